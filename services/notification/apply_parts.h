/*
 * What events change; apply.c has the table of them.
 */
#ifndef CAIRN_NOTIFICATION_APPLY_PARTS_H
#define CAIRN_NOTIFICATION_APPLY_PARTS_H

#include "services/notification/notification.h"
#include "services/notification/tables.h"

typedef void apply_fn(struct txn *txn, const Notification__Event *event,
		      const struct record *record);

/* apply_digest.c */
apply_fn apply_mail_times_set, apply_notice_held, apply_notice_gathered;
/* What became of the letter of row, a digest or not, became of the notices in it. */
void members_follow(struct txn *txn, struct bytes digest, const struct notice *row,
		    const char *why);
/* A letter begins to leave: a digest takes no more; a nudge counts from now. */
void note_leaving(struct txn *txn, struct bytes notice, const struct notice *row);

/* apply.c */
/* False: faulted. */
bool notice_of(struct txn *txn, ProtobufCBinaryData id, struct notice *row_r);

/* apply_mail.c */
apply_fn apply_address_bounced, apply_address_cleared;
/* Where a letter went. */
void note_address(struct txn *txn, const Notification__NoticeSent *e);

/* apply_sink.c */
apply_fn apply_sink_added, apply_sink_changed, apply_sink_secret_rotated, apply_sink_paused,
	apply_sink_resumed, apply_sink_removed, apply_sink_rewound, apply_events_redelivered,
	apply_event_skipped, apply_sink_advanced, apply_sink_introduced, apply_sink_secret_shown,
	apply_sink_owner_told, apply_sink_secret_retired;

#endif
