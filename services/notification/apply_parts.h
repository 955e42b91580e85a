/*
 * What events change; apply.c has the table of them.
 */
#ifndef CAIRN_NOTIFICATION_APPLY_PARTS_H
#define CAIRN_NOTIFICATION_APPLY_PARTS_H

#include "services/notification/notification.h"

typedef void apply_fn(struct txn *txn, const Notification__Event *event,
		      const struct record *record);

/* apply_mail.c */
apply_fn apply_address_bounced, apply_address_cleared;
/* Where a letter went. */
void note_address(struct txn *txn, const Notification__NoticeSent *e);

#endif
