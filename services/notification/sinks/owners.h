/*
 * The contact of a sink is told by mail when it stops, once for each stop: one letter at a time,
 * through the channel of the notices.
 *
 *	a stop that is not told ──> the channel ──owners_end()──> RecordOwnerTold
 *
 * After a crash in between the letter leaves again, under the same Message-ID.
 */
#ifndef CAIRN_NOTIFICATION_OWNERS_H
#define CAIRN_NOTIFICATION_OWNERS_H

#include "libshared/daemon.h"
#include "services/notification/mail/channel.h"
#include "services/notification/mail/mime.h"
#include "services/notification/tables_sink.h"

struct owners {
	enum owners_state {
		OWNERS_IDLE,
		OWNERS_ACTING, /* with the channel */
		OWNERS_DONE,   /* to be reported */
		OWNERS_REPORTED
	} state;
	struct id sink;
	int64_t stopped_us;
	Notification__Outcome outcome;
	uint32_t code;
	int64_t next_us; /* another one is to be told */
};

struct owners_means {
	struct channel *channel;
	const struct caps *caps;
	struct mailbox from;
	struct id_maker *ids;
};

void owners_turn(struct owners *o, const struct owners_means *means, struct engine *e,
		 int64_t now_us);
/* What became of the letter in OWNER_SLOT. */
void owners_end(struct owners *o, const struct delivery *delivery);
/* False: the reply is to another's command. */
bool owners_replied(struct owners *o, const struct reply *reply);
int64_t owners_next_us(const struct owners *o, int64_t now_us);

#endif
