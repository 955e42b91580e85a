/* When mail goes to a person: quiet hours where the person is, digests, one nudge a week. */
#include "services/notification/mail/deliver.h"
#include "services/notification/mail/mail_times.h"
#include "services/notification/notification.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include "libshared/zone.h"

#include <string.h>

#define US_PER_MINUTE (60 * US_PER_S)

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
	given_ana(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static struct notice row_of(struct bytes notice)
{
	struct notice row;

	ENSURE(notice_get(kit_view(&kit), notice, &row));
	return row;
}

static const char *why_of(struct bytes notice)
{
	return why_get(kit_view(&kit), notice, kit.arena);
}

/* ---- the clock ---- */

static int64_t moment(const char *zone, int month, int day, int hour, int minute)
{
	const struct zone *z = zone_find(kit.caps.zones, zone);

	ENSURE(z != NULL);
	return zone_moment(z, (struct civil){2026, month, day, hour, minute, 0});
}

static const struct quiet_case {
	const char *zone;
	int from, to; /* hours of the clock */
	int month, day, hour, minute;
	int minutes; /* that it waits */
} quiet_cases[] = {
	{"America/Chicago", 20, 7, 1, 6, 9, 15, 0},
	{"America/Chicago", 20, 7, 1, 6, 19, 59, 0},
	{"America/Chicago", 20, 7, 1, 6, 20, 0, 11 * 60},
	{"America/Chicago", 20, 7, 1, 6, 6, 59, 1},
	{"America/Chicago", 20, 7, 1, 6, 7, 0, 0},
	{"America/Chicago", 20, 7, 12, 31, 23, 30, 7 * 60 + 30},
	{"America/Chicago", 9, 17, 1, 6, 9, 0, 8 * 60},
	{"America/Chicago", 9, 17, 1, 6, 8, 59, 0},
	{"America/Chicago", 9, 9, 1, 6, 9, 0, 0},
	/* on March 8 the clock goes from 2 to 3, on November 1 from 2 back to 1 */
	{"America/Chicago", 20, 7, 3, 7, 20, 0, 10 * 60},
	{"America/Chicago", 20, 7, 10, 31, 20, 0, 12 * 60},
	{"America/Chicago", 20, 2, 3, 7, 20, 0, 6 * 60},
	{"Asia/Kolkata", 20, 7, 1, 6, 20, 0, 11 * 60},
};

START_TEST(quiet_hours_are_those_of_the_clock_there)
{
	const struct quiet_case *c = &quiet_cases[_i];
	struct mail_times times = {.quiet_from = (uint16_t)(c->from * 60),
				   .quiet_to = (uint16_t)(c->to * 60)};
	int64_t now_us = moment(c->zone, c->month, c->day, c->hour, c->minute);

	ck_assert_int_eq(quiet_until(&times, zone_find(kit.caps.zones, c->zone), now_us) - now_us,
			 c->minutes * US_PER_MINUTE);
}
END_TEST

/* 1:10 comes twice; quiet until 1:30, which is over the first time. */
START_TEST(an_hour_that_comes_twice_is_quiet_twice)
{
	struct mail_times times = {.quiet_from = 22 * 60, .quiet_to = 90};
	const struct zone *zone = zone_find(kit.caps.zones, "America/Chicago");
	int64_t first_us = moment("America/Chicago", 11, 1, 1, 10), second_us;

	second_us = first_us + US_PER_HOUR;
	ck_assert_int_eq(quiet_until(&times, zone, first_us) - first_us, 20 * US_PER_MINUTE);
	ck_assert_int_eq(quiet_until(&times, zone, second_us) - second_us, 20 * US_PER_MINUTE);
}
END_TEST

START_TEST(without_a_zone_the_clock_is_utc)
{
	struct mail_times times = {
		.quiet_from = 15 * 60, .quiet_to = 16 * 60, .digest = NOTIFICATION__DIGEST__DAILY};

	ck_assert_int_eq(quiet_until(&times, NULL, KIT_EPOCH_US) - KIT_EPOCH_US,
			 45 * US_PER_MINUTE);
	ck_assert_int_eq(digest_at(&times, NULL, KIT_EPOCH_US) - KIT_EPOCH_US,
			 15 * US_PER_HOUR + 45 * US_PER_MINUTE);
}
END_TEST

static const struct digest_case {
	Notification__Digest digest;
	int month, day, hour, minute, hours;
} digest_cases[] = {
	{NOTIFICATION__DIGEST__DAILY, 1, 6, 6, 0, 1},
	{NOTIFICATION__DIGEST__DAILY, 1, 6, 7, 0, 24},
	{NOTIFICATION__DIGEST__DAILY, 3, 7, 7, 0, 23},
	{NOTIFICATION__DIGEST__DAILY, 10, 31, 7, 0, 25},
	{NOTIFICATION__DIGEST__WEEKLY, 1, 6, 7, 0, 6 * 24},
	{NOTIFICATION__DIGEST__WEEKLY, 1, 5, 6, 0, 1},
	{NOTIFICATION__DIGEST__WEEKLY, 1, 5, 7, 0, 7 * 24},
	{NOTIFICATION__DIGEST__WEEKLY, 3, 2, 7, 0, 7 * 24 - 1},
};

START_TEST(a_digest_comes_at_seven_of_the_clock_there)
{
	const struct digest_case *c = &digest_cases[_i];
	struct mail_times times = {.digest = (uint16_t)c->digest};
	int64_t now_us = moment("America/Chicago", c->month, c->day, c->hour, c->minute);

	ck_assert_int_eq(digest_at(&times, zone_find(kit.caps.zones, "America/Chicago"), now_us) -
				 now_us,
			 c->hours * US_PER_HOUR);
}
END_TEST

/* ---- choosing ---- */

static Cairn__Status set_times_as(struct bytes actor, Notification__SetMailTimes *ask)
{
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	command.body_case = NOTIFICATION__COMMAND__BODY_SET_MAIL_TIMES;
	command.set_mail_times = ask;
	return kit_send_as(&kit, kit_id(&kit), ROLE_PORTAL | ROLE_ASSERTS, actor, &command.base);
}

static Notification__SetMailTimes times_of(uint32_t from, uint32_t to, const char *zone,
					   Notification__Digest digest)
{
	Notification__SetMailTimes ask = NOTIFICATION__SET_MAIL_TIMES__INIT;

	ask.educator = pb_of_bytes(ANA);
	ask.quiet_from = from;
	ask.quiet_to = to;
	ask.time_zone = arena_text(kit.arena, bytes_of_text(zone));
	ask.digest = digest;
	return ask;
}

static void given_times(uint32_t from, uint32_t to, const char *zone, Notification__Digest digest)
{
	Notification__SetMailTimes ask = times_of(from, to, zone, digest);

	ck_assert_int_eq(set_times_as(ANA, &ask), CAIRN__STATUS__OK);
}

static void given_digest(Notification__Digest digest)
{
	given_times(0, 0, "", digest);
}

static const struct bad_times {
	uint32_t from, to;
	const char *zone;
	int digest;
} bad_times[] = {
	{1440, 0, "", 0},
	{0, 1440, "", 0},
	{0, 0, "America/Nowhere", 0},
	{0, 0, "../../etc/passwd", 0},
	{0, 0, "America/Argentina/ComodRivadavia/and/longer/still", 0},
	{0, 0, "", 3},
};

START_TEST(times_that_cannot_be_are_refused)
{
	const struct bad_times *b = &bad_times[_i];
	Notification__SetMailTimes ask =
		times_of(b->from, b->to, b->zone, (Notification__Digest)b->digest);

	ck_assert_int_ne(set_times_as(ANA, &ask), CAIRN__STATUS__OK);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_MAIL_TIMES_SET), 0);
}
END_TEST

START_TEST(only_the_person_sets_them_and_only_while_known)
{
	Notification__SetMailTimes ask = times_of(0, 0, "", NOTIFICATION__DIGEST__DAILY);

	ck_assert_int_eq(set_times_as(BEN, &ask), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__NOT_YOURS);
	ask.educator = (ProtobufCBinaryData){0};
	ck_assert_int_eq(set_times_as(BYTES_NONE, &ask), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_ID);
	when_erased(&kit, ANA);
	ask.educator = pb_of_bytes(ANA);
	ck_assert_int_eq(set_times_as(ANA, &ask), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EDUCATOR);
}
END_TEST

START_TEST(the_person_reads_them_back)
{
	Notification__GetPreferences ask = NOTIFICATION__GET_PREFERENCES__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;
	const Notification__PreferencesAnswer *a;

	given_times(21 * 60, 6 * 60 + 30, "America/Denver", NOTIFICATION__DIGEST__WEEKLY);
	ask.educator = pb_of_bytes(ANA);
	query.body_case = NOTIFICATION__QUERY__BODY_GET_PREFERENCES;
	query.get_preferences = &ask;
	ck_assert_int_eq(kit_ask(&kit, ANA, &query.base), CAIRN__STATUS__OK);
	a = ((const Notification__Answer *)kit.answer)->preferences;
	ck_assert_uint_eq(a->quiet_from, 21 * 60);
	ck_assert_uint_eq(a->quiet_to, 6 * 60 + 30);
	ck_assert_str_eq(a->time_zone, "America/Denver");
	ck_assert_int_eq(a->digest, NOTIFICATION__DIGEST__WEEKLY);
}
END_TEST

/* ---- quiet hours ---- */

static struct bytes given_notice(const char *name)
{
	given_enrolled(&kit, kit_name("enrollment", name), ANA);
	return the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
}

static void advance_to(int64_t at_us)
{
	kit_advance(&kit, at_us - kit.now_us);
}

/* What the daemon does when the notice is due. */
static void when_due(struct bytes notice)
{
	if (row_of(notice).at_us > kit.now_us)
		advance_to(row_of(notice).at_us);
	when_begun(&kit, notice);
	ENSURE(kit.got.status == CAIRN__STATUS__OK);
}

static void when_taken(struct bytes notice)
{
	when_recorded(&kit, notice, row_of(notice).attempts, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ENSURE(kit.got.status == CAIRN__STATUS__OK);
}

/* It is a quarter past nine in Chicago, the agency's zone. */
START_TEST(a_notice_waits_for_the_end_of_quiet_hours_mandatory_or_not)
{
	struct bytes notice;

	given_times(9 * 60, 10 * 60, "", NOTIFICATION__DIGEST__NO_DIGEST);
	notice = given_notice("one");
	if (_i == 1) {
		when_sealed(&kit, THE_SUBMISSION, kit_name("enrollment", "one"));
		when_released(&kit, THE_SUBMISSION, false);
		notice = the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY);
	}
	when_due(notice);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_PLANNED);
	ck_assert_int_eq(row_of(notice).at_us - kit.now_us, 45 * US_PER_MINUTE);
	when_due(notice);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENDING);
	ck_assert_uint_eq(row_of(notice).attempts, 1);
}
END_TEST

START_TEST(a_zone_of_ones_own_goes_before_the_agencys)
{
	struct bytes notice;

	given_times(9 * 60, 10 * 60, "America/New_York", NOTIFICATION__DIGEST__NO_DIGEST);
	notice = given_notice("one");
	when_due(notice);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENDING);
}
END_TEST

START_TEST(another_try_waits_for_the_morning_too)
{
	struct bytes notice = given_notice("one");

	when_due(notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__TEMPORARY, 452);
	given_times(9 * 60, 10 * 60, "", NOTIFICATION__DIGEST__NO_DIGEST);
	when_due(notice);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_RETRY);
	when_due(notice);
	ck_assert_uint_eq(row_of(notice).state, NOTICE_SENDING);
}
END_TEST

/* What a crash left uncertain is not left so for a night. */
START_TEST(what_was_begun_before_a_crash_goes_on_in_quiet_hours)
{
	struct bytes notice = given_notice("one");

	when_due(notice);
	given_times(9 * 60, 10 * 60, "", NOTIFICATION__DIGEST__NO_DIGEST);
	kit_reopen(&kit);
	when_begun(&kit, notice);
	ck_assert_uint_eq(row_of(notice).attempts, 2);
}
END_TEST

/* ---- digests ---- */

/* Mail to Ana came back, as a report tells, and an operator knows that it comes back no more. */
static void when_cleared(void)
{
	Notification__NoteBounce bounce = NOTIFICATION__NOTE_BOUNCE__INIT;
	Notification__ClearBounce clear = NOTIFICATION__CLEAR_BOUNCE__INIT;
	Notification__RecordAttempt record = NOTIFICATION__RECORD_ATTEMPT__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct bytes notice;
	static char status[] = "5.1.1", channel[] = "smtp";

	given_digest(NOTIFICATION__DIGEST__NO_DIGEST);
	notice = given_notice("of a report");
	when_due(notice);
	record.notice = record.address = pb_of_bytes(notice);
	record.attempt = 1;
	record.outcome = NOTIFICATION__OUTCOME__DELIVERED;
	record.channel = channel;
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_ATTEMPT;
	command.record_attempt = &record;
	ENSURE(kit_send_as(&kit, kit_id(&kit), ROLE_SELF, BYTES_NONE, &command.base) ==
	       CAIRN__STATUS__OK);
	bounce.notice = pb_of_bytes(notice);
	bounce.status = status;
	command.body_case = NOTIFICATION__COMMAND__BODY_NOTE_BOUNCE;
	command.note_bounce = &bounce;
	ENSURE(kit_send(&kit, BYTES_NONE, &command.base) == CAIRN__STATUS__OK);
	clear.educator = pb_of_bytes(ANA);
	command.body_case = NOTIFICATION__COMMAND__BODY_CLEAR_BOUNCE;
	command.clear_bounce = &clear;
	ENSURE(kit_send(&kit, BYTES_NONE, &command.base) == CAIRN__STATUS__OK);
}

static struct id digest_of(struct bytes notice)
{
	struct id digest;

	ENSURE(gathered_in(kit_view(&kit), notice, &digest));
	return digest;
}

static struct bytes borrowed(struct id id)
{
	return arena_copy(kit.arena, bytes_of_id(&id));
}

START_TEST(what_may_be_off_is_gathered_into_one_letter)
{
	struct bytes one, two, digest;

	given_digest(NOTIFICATION__DIGEST__DAILY);
	one = given_notice("one");
	when_due(one);
	ck_assert_uint_eq(row_of(one).state, NOTICE_HELD);
	kit_advance(&kit, US_PER_HOUR);
	two = given_notice("two");
	when_due(two);
	digest = borrowed(digest_of(one));
	ck_assert(bytes_equal(digest, borrowed(digest_of(two))));
	ck_assert_int_eq(row_of(digest).topic, NOTIFICATION__TOPIC__DIGEST);
	ck_assert_int_eq(row_of(digest).at_us, moment("America/Chicago", 1, 7, 7, 0));
	when_due(digest);
	ck_assert_uint_eq(row_of(digest).state, NOTICE_SENDING);
	ck_assert_uint_eq(row_of(one).state, NOTICE_HELD);
	when_taken(digest);
	ck_assert_uint_eq(row_of(one).state, NOTICE_SENT);
	ck_assert_uint_eq(row_of(two).state, NOTICE_SENT);
	ck_assert_str_eq(row_of(two).channel, "smtp");
}
END_TEST

START_TEST(what_is_mandatory_goes_at_once)
{
	struct bytes ready;

	given_digest(NOTIFICATION__DIGEST__WEEKLY);
	given_notice("one");
	when_sealed(&kit, THE_SUBMISSION, kit_name("enrollment", "one"));
	when_released(&kit, THE_SUBMISSION, false);
	ready = the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY);
	when_due(ready);
	ck_assert_uint_eq(row_of(ready).state, NOTICE_SENDING);
}
END_TEST

/* The submission's date is a week ahead; the weekly digest of the day before would come too late
 * for one that lapses on that day. */
START_TEST(what_names_a_day_before_the_digest_goes_by_itself)
{
	struct bytes soon;

	given_digest(NOTIFICATION__DIGEST__WEEKLY);
	given_notice("one");
	when_lapse_noticed(&kit, kit_name("enrollment", "one"), kit.now_us + 6 * US_PER_DAY, 6);
	soon = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	when_due(soon);
	ck_assert_uint_eq(row_of(soon).state, NOTICE_SENDING);
}
END_TEST

START_TEST(what_comes_while_a_digest_leaves_goes_into_the_next_one)
{
	struct bytes one, two, digest;

	given_digest(NOTIFICATION__DIGEST__DAILY);
	one = given_notice("one");
	when_due(one);
	digest = borrowed(digest_of(one));
	when_due(digest);
	two = given_notice("two");
	when_due(two);
	ck_assert(!bytes_equal(digest, borrowed(digest_of(two))));
	when_taken(digest);
	ck_assert_uint_eq(row_of(two).state, NOTICE_HELD);
}
END_TEST

START_TEST(a_digest_that_is_full_makes_room_for_another)
{
	struct bytes first = BYTES_NONE, last = BYTES_NONE;

	given_digest(NOTIFICATION__DIGEST__DAILY);
	for (unsigned i = 0; i < MEMBERS_MOST + 1; i++) {
		last = given_notice(arena_printf(kit.arena, "%u", i));
		when_due(last);
		if (i == 0)
			first = last;
	}
	ck_assert(!bytes_equal(borrowed(digest_of(first)), borrowed(digest_of(last))));
}
END_TEST

START_TEST(a_digest_of_which_nothing_is_left_is_not_sent)
{
	Notification__SetPreference off = NOTIFICATION__SET_PREFERENCE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct bytes one, digest;

	given_digest(NOTIFICATION__DIGEST__DAILY);
	one = given_notice("one");
	when_due(one);
	digest = borrowed(digest_of(one));
	off.educator = pb_of_bytes(ANA);
	off.topic = NOTIFICATION__TOPIC__ENROLLED;
	off.off = true;
	command.body_case = NOTIFICATION__COMMAND__BODY_SET_PREFERENCE;
	command.set_preference = &off;
	kit_send(&kit, ANA, &command.base);
	ck_assert_uint_eq(row_of(one).state, NOTICE_CANCELLED);
	when_due(digest);
	ck_assert_uint_eq(row_of(digest).state, NOTICE_CANCELLED);
	ck_assert_str_eq(why_of(digest), "empty");
}
END_TEST

START_TEST(who_wants_no_digest_any_more_gets_what_was_gathered_now)
{
	struct bytes one, digest;

	given_digest(NOTIFICATION__DIGEST__WEEKLY);
	one = given_notice("one");
	when_due(one);
	digest = borrowed(digest_of(one));
	given_digest(NOTIFICATION__DIGEST__NO_DIGEST);
	ck_assert_int_eq(row_of(digest).at_us, kit.now_us);
	when_due(digest);
	when_taken(digest);
	ck_assert_uint_eq(row_of(one).state, NOTICE_SENT);
}
END_TEST

START_TEST(what_becomes_of_the_letter_becomes_of_its_notices)
{
	Notification__Redeliver again = NOTIFICATION__REDELIVER__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct bytes one, digest;

	given_digest(NOTIFICATION__DIGEST__DAILY);
	one = given_notice("one");
	when_due(one);
	digest = borrowed(digest_of(one));
	when_due(digest);
	when_recorded(&kit, digest, 1, NOTIFICATION__OUTCOME__PERMANENT, 554);
	ck_assert_uint_eq(row_of(one).state, NOTICE_DEAD);
	ck_assert_str_eq(why_of(one), "refused");
	again.notice = pb_of_bytes(digest);
	command.body_case = NOTIFICATION__COMMAND__BODY_REDELIVER;
	command.redeliver = &again;
	kit_send(&kit, BYTES_NONE, &command.base);
	ck_assert_uint_eq(row_of(one).state, NOTICE_HELD);
	when_due(digest);
	when_taken(digest);
	ck_assert_uint_eq(row_of(one).state, NOTICE_SENT);
}
END_TEST

START_TEST(a_digest_that_came_back_goes_again_with_all_that_is_in_it)
{
	struct bytes one, digest;

	given_digest(NOTIFICATION__DIGEST__DAILY);
	one = given_notice("one");
	when_due(one);
	digest = borrowed(digest_of(one));
	when_due(digest);
	when_recorded(&kit, digest, 1, NOTIFICATION__OUTCOME__BAD_ADDRESS, 0);
	ck_assert_str_eq(why_of(one), "bad_address");
	kit.seen_seq = 0;
	count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_REDELIVERED);
	when_cleared();
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_REDELIVERED), 1);
	ck_assert_uint_eq(row_of(digest).state, NOTICE_PLANNED);
	ck_assert_uint_eq(row_of(one).state, NOTICE_HELD);
}
END_TEST

START_TEST(erasure_leaves_nothing_of_a_digest)
{
	struct bytes one, digest;
	struct id open;

	given_digest(NOTIFICATION__DIGEST__DAILY);
	one = given_notice("one");
	when_due(one);
	digest = borrowed(digest_of(one));
	when_erased(&kit, ANA);
	ck_assert_uint_eq(row_of(one).state, NOTICE_CANCELLED);
	ck_assert_uint_eq(row_of(digest).state, NOTICE_CANCELLED);
	ck_assert(!gathering_get(kit_view(&kit), ANA, &open));
	ck_assert_uint_eq(view_count(kit_view(&kit), MEMBER), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), MAIL_TIMES), 0);
}
END_TEST

START_TEST(a_digest_is_no_topic_that_is_switched)
{
	Notification__SetPreference off = NOTIFICATION__SET_PREFERENCE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	off.educator = pb_of_bytes(ANA);
	off.topic = NOTIFICATION__TOPIC__DIGEST;
	off.off = true;
	command.body_case = NOTIFICATION__COMMAND__BODY_SET_PREFERENCE;
	command.set_preference = &off;
	ck_assert_int_eq(kit_send(&kit, ANA, &command.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_VALUE);
}
END_TEST

/* The letter, its soft breaks taken away. */
static const char *letter_of(struct bytes notice, const char *portal)
{
	struct writing writing = {.view = kit_view(&kit),
				  .caps = &kit.caps,
				  .from = {"", "no-reply@cairn.example"},
				  .portal = portal};
	struct notice row = row_of(notice);
	struct letter letter;
	char *text, *to;

	writing.view = kit_view(&kit);
	ENSURE(letter_write(&writing, notice, &row, kit.arena, &letter) == LETTER_READY);
	text = to = arena_text(kit.arena, letter.content);
	for (const char *from = text; *from != '\0';) {
		if (strncmp(from, "=\r\n", 3) == 0)
			from += 3;
		else
			*to++ = *from++;
	}
	*to = '\0';
	return text;
}

START_TEST(a_digest_names_each_notice_and_its_page_in_one_language)
{
	struct bytes one, two, lapse, digest;
	const char *text;

	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, ANA_ADDRESS, "es"});
	given_digest(NOTIFICATION__DIGEST__WEEKLY);
	one = given_notice("one");
	when_due(one);
	when_lapse_noticed(&kit, kit_name("enrollment", "one"), kit.now_us + 30 * US_PER_DAY, 30);
	lapse = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	when_due(lapse);
	when_sealed(&kit, THE_SUBMISSION, kit_name("enrollment", "one"));
	two = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	when_due(two);
	digest = borrowed(digest_of(one));
	when_due(digest);
	text = letter_of(digest, "https://cairn.example/");
	ck_assert_ptr_nonnull(strstr(text, "Subject: Sus avisos de Cairn\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "Content-Language: es\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "- Su inscripci=C3=B3n en LIT-101\r\n"));
	ck_assert_ptr_nonnull(strstr(
		text, arena_printf(kit.arena, "\r\n  https://cairn.example/enrollments/%s\r\n",
				   ID_STR(kit_name("enrollment", "one")))));
	ck_assert_ptr_nonnull(strstr(text, "- LIT-101: hemos recibido su entrega\r\n"));
	/* planned with 30 days, and it leaves almost six days later */
	ck_assert_ptr_nonnull(strstr(text, "- LIT-101: quedan 25 d=C3=ADas\r\n"));
	ck_assert_ptr_null(strstr(letter_of(digest, NULL), "https://"));
}
END_TEST

/* ---- one nudge a week ---- */

static struct bytes given_nudge(const char *enrollment)
{
	when_lapse_noticed(&kit, kit_name("enrollment", enrollment), kit.now_us + 60 * US_PER_DAY,
			   60);
	return the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
}

/* Held in a digest, the first nudge leaves six days late; the second one counts from then, although
 * it was planned before and the process died. */
START_TEST(a_week_between_nudges_counts_from_when_they_left)
{
	struct bytes first, second, digest;
	int64_t left_us;

	given_notice("one");
	given_digest(NOTIFICATION__DIGEST__WEEKLY);
	first = given_nudge("one");
	second = given_nudge("one");
	when_due(first);
	digest = borrowed(digest_of(first));
	when_due(digest);
	left_us = kit.now_us;
	when_taken(digest);
	given_digest(NOTIFICATION__DIGEST__NO_DIGEST);
	kit_reopen(&kit);
	ck_assert_int_lt(row_of(second).at_us, left_us + 2 * US_PER_DAY);
	when_due(second);
	ck_assert_uint_eq(row_of(second).state, NOTICE_PLANNED);
	ck_assert_int_eq(row_of(second).at_us, left_us + 7 * US_PER_DAY);
	when_due(second);
	ck_assert_uint_eq(row_of(second).state, NOTICE_SENDING);
}
END_TEST

START_TEST(another_try_of_the_same_nudge_does_not_wait_a_week)
{
	struct bytes nudge;

	given_notice("one");
	nudge = given_nudge("one");
	when_due(nudge);
	when_recorded(&kit, nudge, 1, NOTIFICATION__OUTCOME__TEMPORARY, 452);
	when_due(nudge);
	ck_assert_uint_eq(row_of(nudge).state, NOTICE_SENDING);
}
END_TEST

/* Whatever a person chooses and whenever the daemon dies: never two within a week. */
START_TEST(no_two_nudges_leave_within_a_week)
{
	static const Notification__Digest choices[] = {NOTIFICATION__DIGEST__NO_DIGEST,
						       NOTIFICATION__DIGEST__WEEKLY,
						       NOTIFICATION__DIGEST__DAILY};
	struct bytes nudges[6];
	int64_t left_us = 0;

	given_notice("one");
	for (unsigned i = 0; i < ARRAY_LEN(nudges); i++)
		nudges[i] = given_nudge("one");
	for (unsigned i = 0; i < ARRAY_LEN(nudges); i++) {
		struct bytes letter = nudges[i];

		given_times(22 * 60, 9 * 60, "", choices[(i + (unsigned)_i) % 3]);
		for (unsigned turns = 0; row_of(letter).state == NOTICE_PLANNED; turns++) {
			ck_assert_uint_lt(turns, 10);
			kit_reopen(&kit);
			when_due(letter);
			if (row_of(letter).state == NOTICE_HELD)
				letter = borrowed(digest_of(letter));
		}
		ck_assert_uint_eq(row_of(letter).state, NOTICE_SENDING);
		ck_assert(left_us == 0 || kit.now_us - left_us >= 7 * US_PER_DAY);
		left_us = kit.now_us;
		when_taken(letter);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification times");
	TCase *t = tcase_create("times");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_loop_test(t, quiet_hours_are_those_of_the_clock_there, 0, ARRAY_LEN(quiet_cases));
	tcase_add_test(t, an_hour_that_comes_twice_is_quiet_twice);
	tcase_add_test(t, without_a_zone_the_clock_is_utc);
	tcase_add_loop_test(t, a_digest_comes_at_seven_of_the_clock_there, 0,
			    ARRAY_LEN(digest_cases));
	tcase_add_loop_test(t, times_that_cannot_be_are_refused, 0, ARRAY_LEN(bad_times));
	tcase_add_test(t, only_the_person_sets_them_and_only_while_known);
	tcase_add_test(t, the_person_reads_them_back);
	tcase_add_loop_test(t, a_notice_waits_for_the_end_of_quiet_hours_mandatory_or_not, 0, 2);
	tcase_add_test(t, a_zone_of_ones_own_goes_before_the_agencys);
	tcase_add_test(t, another_try_waits_for_the_morning_too);
	tcase_add_test(t, what_was_begun_before_a_crash_goes_on_in_quiet_hours);
	tcase_add_test(t, what_may_be_off_is_gathered_into_one_letter);
	tcase_add_test(t, what_is_mandatory_goes_at_once);
	tcase_add_test(t, what_names_a_day_before_the_digest_goes_by_itself);
	tcase_add_test(t, what_comes_while_a_digest_leaves_goes_into_the_next_one);
	tcase_add_test(t, a_digest_that_is_full_makes_room_for_another);
	tcase_add_test(t, a_digest_of_which_nothing_is_left_is_not_sent);
	tcase_add_test(t, who_wants_no_digest_any_more_gets_what_was_gathered_now);
	tcase_add_test(t, what_becomes_of_the_letter_becomes_of_its_notices);
	tcase_add_test(t, a_digest_that_came_back_goes_again_with_all_that_is_in_it);
	tcase_add_test(t, erasure_leaves_nothing_of_a_digest);
	tcase_add_test(t, a_digest_is_no_topic_that_is_switched);
	tcase_add_test(t, a_digest_names_each_notice_and_its_page_in_one_language);
	tcase_add_test(t, a_week_between_nudges_counts_from_when_they_left);
	tcase_add_test(t, another_try_of_the_same_nudge_does_not_wait_a_week);
	tcase_add_loop_test(t, no_two_nudges_leave_within_a_week, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
