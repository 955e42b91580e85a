/* When mail goes to a person, and what goes together in one letter. */
#include "services/notification/decide_parts.h"
#include "services/notification/mail/mail_times.h"
#include "services/notification/plan.h"

#include <string.h>

/* ---- what persons ask ---- */

static enum verdict check_times(const Notification__SetMailTimes *ask, struct decision *d)
{
	if (ask->quiet_from >= MINUTES_OF_DAY || ask->quiet_to >= MINUTES_OF_DAY)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "quiet_from, quiet_to: expected minutes of the day, 0 to %d",
				   MINUTES_OF_DAY - 1);
	if (protobuf_c_enum_descriptor_get_value(&notification__digest__descriptor,
						 (int)ask->digest) == NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "digest: expected none, daily or weekly");
	if (ask->time_zone[0] != '\0' &&
	    (strlen(ask->time_zone) >= ZONE_LEN || d->caps->zones == NULL ||
	     zone_find(d->caps->zones, ask->time_zone) == NULL))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "time_zone: no zone is called so; expected one as "
				   "America/Chicago, or nothing for the agency's");
	return ACCEPTED;
}

static void emit_held(struct decision *d, struct bytes notice, int64_t at_us)
{
	Notification__NoticeHeld held = NOTIFICATION__NOTICE_HELD__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	held.notice = pb_of_bytes(notice);
	held.at_us = at_us;
	if (d->caps->zones != NULL)
		held.tzdata = arena_text(d->arena, bytes_of_text(zones_version(d->caps->zones)));
	event.notice_held = &held;
	emit_event(d, notice, &event, NOTIFICATION__EVENT__BODY_NOTICE_HELD);
}

/* Who wants no digest any more gets what was gathered now. */
static void end_digest(const struct view *view, struct bytes educator, struct decision *d)
{
	struct id digest;

	if (gathering_get(view, educator, &digest))
		emit_held(d, arena_copy(d->arena, bytes_of_id(&digest)), d->now_us);
}

enum verdict decide_set_mail_times(const struct view *view, const Notification__Command *cmd,
				   struct decision *d)
{
	const Notification__SetMailTimes *ask = cmd->set_mail_times;
	Notification__MailTimesSet set = NOTIFICATION__MAIL_TIMES_SET__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct bytes id = bytes_of_pb(ask->educator);

	if (check_person(view, id, d) == REFUSED || check_times(ask, d) == REFUSED)
		return REFUSED;
	set.educator = ask->educator;
	set.quiet_from = ask->quiet_from;
	set.quiet_to = ask->quiet_to;
	set.time_zone = ask->time_zone;
	set.digest = ask->digest;
	event.mail_times_set = &set;
	emit_event(d, id, &event, NOTIFICATION__EVENT__BODY_MAIL_TIMES_SET);
	if (ask->digest == NOTIFICATION__DIGEST__NO_DIGEST)
		end_digest(view, id, d);
	return ACCEPTED;
}

/* ---- a notice is due: does it go now? ---- */

/* A week after the last nudge that left, whatever held that one back; but not past the day before
 * its own date. */
static int64_t nudge_until(const struct view *view, struct bytes notice, const struct notice *row,
			   const struct decision *d)
{
	struct nudged last;

	if (row->topic != NOTIFICATION__TOPIC__LAPSE_COMING ||
	    !nudged_get(view, BYTES_OF(row->educator), &last) ||
	    bytes_equal(BYTES_OF(last.notice), notice))
		return d->now_us;
	return MAX(MIN(last.sent_us + NUDGE_EVERY_US, row->date_us - US_PER_DAY), d->now_us);
}

static bool has_room(const struct view *view, struct bytes digest)
{
	struct scan scan = members_of(view, digest);
	struct bytes key, val;
	unsigned n = 0;

	while (n < MEMBERS_MOST && scan_next(&scan, &key, &val))
		n++;
	scan_end(&scan);
	return n < MEMBERS_MOST;
}

static struct bytes plan_digest(struct bytes educator, int64_t at_us, struct decision *d)
{
	Notification__NoticePlanned planned = NOTIFICATION__NOTICE_PLANNED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct bytes digest = new_id(d);

	planned.notice = pb_of_bytes(digest);
	planned.educator = pb_of_bytes(educator);
	planned.topic = NOTIFICATION__TOPIC__DIGEST;
	planned.event = pb_of_bytes(digest);
	planned.at_us = at_us;
	event.notice_planned = &planned;
	emit_event(d, digest, &event, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED);
	return digest;
}

static void gather(const struct view *view, struct bytes notice, const struct notice *row,
		   int64_t at_us, struct decision *d)
{
	Notification__NoticeGathered gathered = NOTIFICATION__NOTICE_GATHERED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct bytes digest;
	struct id open;

	if (gathering_get(view, BYTES_OF(row->educator), &open) &&
	    has_room(view, bytes_of_id(&open)))
		digest = bytes_of_id(&open);
	else
		digest = plan_digest(BYTES_OF(row->educator), at_us, d);
	gathered.notice = pb_of_bytes(notice);
	gathered.digest = pb_of_bytes(digest);
	event.notice_gathered = &gathered;
	emit_event(d, notice, &event, NOTIFICATION__EVENT__BODY_NOTICE_GATHERED);
}

/* What names a day must arrive before that day. */
static bool may_be_gathered(const struct mail_times *times, const struct notice *row,
			    int64_t digest_us)
{
	return times->digest != NOTIFICATION__DIGEST__NO_DIGEST &&
	       row->topic != NOTIFICATION__TOPIC__DIGEST && row->state == NOTICE_PLANNED &&
	       row->attempts == 0 && !topic_is_mandatory((Notification__Topic)row->topic) &&
	       (row->date_us == 0 || digest_us < row->date_us - US_PER_DAY);
}

bool waits(const struct view *view, struct bytes notice, const struct notice *row,
	   struct decision *d)
{
	struct mail_times times = mail_times_of(view, BYTES_OF(row->educator));
	const struct zone *zone = zone_of(view, d->caps, &times, d->arena);
	int64_t at_us = nudge_until(view, notice, row, d);

	if (at_us > d->now_us) {
		emit_held(d, notice, at_us);
		return true;
	}
	at_us = digest_at(&times, zone, d->now_us);
	if (may_be_gathered(&times, row, at_us)) {
		gather(view, notice, row, at_us, d);
		return true;
	}
	at_us = quiet_until(&times, zone, d->now_us);
	if (at_us > d->now_us) {
		emit_held(d, notice, at_us);
		return true;
	}
	return false;
}

/* All that was gathered may have become needless. */
bool has_members(const struct view *view, struct bytes digest)
{
	struct scan scan = members_of(view, digest);
	struct bytes key, val;
	bool found = false;

	while (!found && scan_next(&scan, &key, &val)) {
		struct notice row;

		found = notice_get(view, member_of_key(key), &row) && row.state == NOTICE_HELD;
	}
	if (found)
		scan_end(&scan);
	return found;
}
