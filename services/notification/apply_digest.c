/* What becomes of the notices in a digest: what becomes of its letter. */
#include "services/notification/apply_parts.h"
#include "services/notification/tables_mail.h"

#include <string.h>

void apply_mail_times_set(struct txn *txn, const Notification__Event *event,
			  const struct record *record)
{
	const Notification__MailTimesSet *e = event->mail_times_set;
	struct mail_times row = {.quiet_from = (uint16_t)e->quiet_from,
				 .quiet_to = (uint16_t)e->quiet_to,
				 .digest = (uint16_t)e->digest};

	(void)record;
	fixed_text(row.zone, sizeof row.zone, e->time_zone);
	mail_times_put(txn, bytes_of_pb(e->educator), &row);
}

void apply_notice_held(struct txn *txn, const Notification__Event *event,
		       const struct record *record)
{
	const Notification__NoticeHeld *e = event->notice_held;
	struct notice before, row;

	(void)record;
	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.at_us = e->at_us;
	notice_put(txn, bytes_of_pb(e->notice), &before, &row);
}

void apply_notice_gathered(struct txn *txn, const Notification__Event *event,
			   const struct record *record)
{
	const Notification__NoticeGathered *e = event->notice_gathered;
	struct notice before, row;

	(void)record;
	if (!notice_of(txn, e->notice, &before))
		return;
	row = before;
	row.state = NOTICE_HELD;
	row.at_us = 0;
	notice_put(txn, bytes_of_pb(e->notice), &before, &row);
	member_put(txn, bytes_of_pb(e->digest), bytes_of_pb(e->notice));
}

/* A member that left the digest meanwhile, cancelled or sent by itself, stays as it is. */
static void member_follows(struct txn *txn, struct bytes notice, const struct notice *digest,
			   const char *why)
{
	uint16_t from = digest->state == NOTICE_PLANNED ? NOTICE_DEAD : NOTICE_HELD;
	struct notice before, row;

	if (!notice_get(txn_view(txn), notice, &before) || before.state != from)
		return;
	row = before;
	row.state = digest->state == NOTICE_PLANNED ? NOTICE_HELD : digest->state;
	row.code = digest->code;
	row.since_us = digest->since_us;
	memcpy(row.channel, digest->channel, sizeof row.channel);
	notice_put(txn, notice, &before, &row);
	why_put(txn, notice, why);
}

void members_follow(struct txn *txn, struct bytes digest, const struct notice *row, const char *why)
{
	struct id members[MEMBERS_MOST];
	struct scan scan;
	struct bytes key, val;
	unsigned n = 0;

	if (row->topic != NOTIFICATION__TOPIC__DIGEST)
		return;
	scan = members_of(txn_view(txn), digest);
	while (n < MEMBERS_MOST && scan_next(&scan, &key, &val))
		members[n++] = id_of_bytes(member_of_key(key));
	scan_end(&scan);
	for (unsigned i = 0; i < n; i++)
		member_follows(txn, bytes_of_id(&members[i]), row, why);
}

static bool holds_a_nudge(struct txn *txn, struct bytes digest)
{
	struct scan scan = members_of(txn_view(txn), digest);
	struct bytes key, val;
	bool found = false;

	while (!found && scan_next(&scan, &key, &val)) {
		struct notice row;

		found = notice_get(txn_view(txn), member_of_key(key), &row) &&
			row.state == NOTICE_HELD && row.topic == NOTIFICATION__TOPIC__LAPSE_COMING;
	}
	if (found)
		scan_end(&scan);
	return found;
}

void note_leaving(struct txn *txn, struct bytes notice, const struct notice *row)
{
	struct nudged nudged = {.sent_us = row->sending_us};

	if (row->topic == NOTIFICATION__TOPIC__DIGEST)
		gathering_end(txn, BYTES_OF(row->educator), notice);
	if (row->topic != NOTIFICATION__TOPIC__LAPSE_COMING &&
	    (row->topic != NOTIFICATION__TOPIC__DIGEST || !holds_a_nudge(txn, notice)))
		return;
	memcpy(nudged.notice, notice.data, ID_LEN);
	nudged_put(txn, BYTES_OF(row->educator), &nudged);
}
