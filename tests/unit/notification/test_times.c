/* When mail goes to a person: quiet hours and the hour of digests, where the person is. */
#include "services/notification/mail/mail_times.h"
#include "services/notification/notification.h"
#include "tests/support/suite.h"
#include "tests/support/times_kit.h"

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
		times_to_set(&kit, b->from, b->to, b->zone, (Notification__Digest)b->digest);

	ck_assert_int_ne(when_times_set(&kit, ANA, &ask), CAIRN__STATUS__OK);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_MAIL_TIMES_SET), 0);
}
END_TEST

START_TEST(only_the_person_sets_them_and_only_while_known)
{
	Notification__SetMailTimes ask = times_to_set(&kit, 0, 0, "", NOTIFICATION__DIGEST__DAILY);

	ck_assert_int_eq(when_times_set(&kit, BEN, &ask), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__NOT_YOURS);
	ask.educator = (ProtobufCBinaryData){0};
	ck_assert_int_eq(when_times_set(&kit, BYTES_NONE, &ask), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_ID);
	when_erased(&kit, ANA);
	ask.educator = pb_of_bytes(ANA);
	ck_assert_int_eq(when_times_set(&kit, ANA, &ask), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EDUCATOR);
}
END_TEST

START_TEST(the_person_reads_them_back)
{
	Notification__GetPreferences ask = NOTIFICATION__GET_PREFERENCES__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;
	const Notification__PreferencesAnswer *a;

	given_times(&kit, 21 * 60, 6 * 60 + 30, "America/Denver", NOTIFICATION__DIGEST__WEEKLY);
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

/* It is a quarter past nine in Chicago, the agency's zone. */
START_TEST(a_notice_waits_for_the_end_of_quiet_hours_mandatory_or_not)
{
	struct bytes notice;

	given_times(&kit, 9 * 60, 10 * 60, "", NOTIFICATION__DIGEST__NO_DIGEST);
	notice = given_notice(&kit, "one");
	if (_i == 1) {
		when_sealed(&kit, THE_SUBMISSION, kit_name("enrollment", "one"));
		when_released(&kit, THE_SUBMISSION, false);
		notice = the_notice(&kit, NOTIFICATION__TOPIC__DECISION_READY);
	}
	when_due(&kit, notice);
	ck_assert_uint_eq(notice_row(&kit, notice).state, NOTICE_PLANNED);
	ck_assert_int_eq(notice_row(&kit, notice).at_us - kit.now_us, 45 * US_PER_MINUTE);
	when_due(&kit, notice);
	ck_assert_uint_eq(notice_row(&kit, notice).state, NOTICE_SENDING);
	ck_assert_uint_eq(notice_row(&kit, notice).attempts, 1);
}
END_TEST

START_TEST(a_zone_of_ones_own_goes_before_the_agencys)
{
	struct bytes notice;

	given_times(&kit, 9 * 60, 10 * 60, "America/New_York", NOTIFICATION__DIGEST__NO_DIGEST);
	notice = given_notice(&kit, "one");
	when_due(&kit, notice);
	ck_assert_uint_eq(notice_row(&kit, notice).state, NOTICE_SENDING);
}
END_TEST

START_TEST(another_try_waits_for_the_morning_too)
{
	struct bytes notice = given_notice(&kit, "one");

	when_due(&kit, notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__TEMPORARY, 452);
	given_times(&kit, 9 * 60, 10 * 60, "", NOTIFICATION__DIGEST__NO_DIGEST);
	when_due(&kit, notice);
	ck_assert_uint_eq(notice_row(&kit, notice).state, NOTICE_RETRY);
	when_due(&kit, notice);
	ck_assert_uint_eq(notice_row(&kit, notice).state, NOTICE_SENDING);
}
END_TEST

/* What a crash left uncertain is not left so for a night. */
START_TEST(what_was_begun_before_a_crash_goes_on_in_quiet_hours)
{
	struct bytes notice = given_notice(&kit, "one");

	when_due(&kit, notice);
	given_times(&kit, 9 * 60, 10 * 60, "", NOTIFICATION__DIGEST__NO_DIGEST);
	kit_reopen(&kit);
	when_begun(&kit, notice);
	ck_assert_uint_eq(notice_row(&kit, notice).attempts, 2);
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
	suite_add_tcase(s, t);
	return s;
}
