/* Times of mail chosen, and what the daemon does when a notice is due. */
#include "tests/support/times_kit.h"

#include "libshared/check.h"

struct notice notice_row(struct kit *k, struct bytes notice)
{
	struct notice row;

	ENSURE(notice_get(kit_view(k), notice, &row));
	return row;
}

Notification__SetMailTimes times_to_set(struct kit *k, uint32_t from, uint32_t to, const char *zone,
					Notification__Digest digest)
{
	Notification__SetMailTimes ask = NOTIFICATION__SET_MAIL_TIMES__INIT;

	ask.educator = pb_of_bytes(ANA);
	ask.quiet_from = from;
	ask.quiet_to = to;
	ask.time_zone = arena_text(k->arena, bytes_of_text(zone));
	ask.digest = digest;
	return ask;
}

Cairn__Status when_times_set(struct kit *k, struct bytes actor, Notification__SetMailTimes *ask)
{
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	command.body_case = NOTIFICATION__COMMAND__BODY_SET_MAIL_TIMES;
	command.set_mail_times = ask;
	return kit_send_as(k, kit_id(k), ROLE_PORTAL | ROLE_ASSERTS, actor, &command.base);
}

void given_times(struct kit *k, uint32_t from, uint32_t to, const char *zone,
		 Notification__Digest digest)
{
	Notification__SetMailTimes ask = times_to_set(k, from, to, zone, digest);

	ENSURE(when_times_set(k, ANA, &ask) == CAIRN__STATUS__OK);
}

void given_digest(struct kit *k, Notification__Digest digest)
{
	given_times(k, 0, 0, "", digest);
}

struct bytes given_notice(struct kit *k, const char *name)
{
	given_enrolled(k, kit_name("enrollment", name), ANA);
	return the_notice(k, NOTIFICATION__TOPIC__ENROLLED);
}

static void advance_to(struct kit *k, int64_t at_us)
{
	kit_advance(k, at_us - k->now_us);
}

void when_due(struct kit *k, struct bytes notice)
{
	if (notice_row(k, notice).at_us > k->now_us)
		advance_to(k, notice_row(k, notice).at_us);
	when_begun(k, notice);
	ENSURE(k->got.status == CAIRN__STATUS__OK);
}

void when_taken(struct kit *k, struct bytes notice)
{
	when_recorded(k, notice, notice_row(k, notice).attempts, NOTIFICATION__OUTCOME__DELIVERED,
		      250);
	ENSURE(k->got.status == CAIRN__STATUS__OK);
}
