/* Retirement: the last day, who is told of it, what is refused after it, and how it is withdrawn.
 */
#include "libshared/calendar.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	ENSURE(publish_entry(&kit, another_entry(&kit, "LIT-102", "lit-102")) == OK);
	given_educator(&kit, ANA, "ana");
	given_educator(&kit, BEN, "ben");
}

static void teardown(void)
{
	kit_close(&kit);
}

static void until_day(const char *date)
{
	int64_t day;

	ck_assert(day_of_text(date, &day));
	kit_advance(&kit, day * US_PER_DAY - kit.now_us);
}

static const Enrollment__EntryAnswer *entry_now(struct bytes entry)
{
	Enrollment__GetEntry ask = ENROLLMENT__GET_ENTRY__INIT;

	ask.entry = pb_of_bytes(entry);
	ck_assert_int_eq(ASK(&kit, NOBODY, GET_ENTRY, get_entry, &ask), OK);
	return got_answer(&kit)->entry;
}

/* ---- the last day ---- */

START_TEST(the_days_to_finish_are_days_across_a_leap_year_too)
{
	static const struct {
		const char *retired, *last;
	} cases[] = {
		{"2027-03-01", "2028-02-29"}, /* a leap day is one of the 365 */
		{"2028-02-29", "2029-02-28"},
		{"2028-03-01", "2029-03-01"},
	};
	char day[11];

	until_day(cases[_i].retired);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	text_of_day(NEXT(&kit, ENTRY_RETIRED)->entry_retired->finish_by_us / US_PER_DAY, day);
	ck_assert_str_eq(day, cases[_i].last);
}
END_TEST

START_TEST(who_would_enroll_is_told_the_day_and_the_successor)
{
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	ck_refused(enroll(&kit, kit_id(&kit), ANA), RETIRED);
	ck_assert_str_eq(kit.got.text,
			 "this micro-credential is retired: who is enrolled finishes it by "
			 "2027-01-06; its successor is LIT-102");
}
END_TEST

START_TEST(who_would_resume_too_late_is_told_the_day_and_the_successor)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	kit_advance(&kit, 365 * US_PER_DAY + 1);
	ck_refused(resume_it(&kit, ANA, id), FINISH_DATE_PAST);
	ck_assert_str_eq(kit.got.text,
			 "this micro-credential is retired, and the last day to finish it was "
			 "2027-01-06; its successor is LIT-102");
}
END_TEST

START_TEST(a_retired_entry_names_its_successor_and_the_successor_what_it_follows)
{
	Enrollment__Entry *next = another_entry(&kit, "LIT-103", "lit-103");

	next->supersedes = pb_of_bytes(LIT_101);
	ck_assert_int_eq(publish_entry(&kit, next), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, kit_name("entry", "lit-103")), OK);
	ck_assert(entry_now(LIT_101)->retired);
	ck_assert_str_eq(entry_now(LIT_101)->superseded_by_code, "LIT-103");
	ck_assert_str_eq(entry_now(LIT_101)->superseded_by_title, "Phonemic Awareness Routines");
	ck_assert_str_eq(entry_now(kit_name("entry", "lit-103"))->supersedes_code, "LIT-101");
}
END_TEST

/* ---- who is told ---- */

START_TEST(each_who_is_enrolled_is_told_the_last_day_once)
{
	struct bytes ana = given_enrolled(&kit, ANA), ben = given_enrolled(&kit, BEN);
	const Enrollment__FinishNoticed *e;

	ck_assert_int_eq(pause_it(&kit, BEN, ben), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	kit_advance(&kit, 0);
	e = NEXT(&kit, FINISH_NOTICED)->finish_noticed;
	ck_assert(bytes_equal(bytes_of_pb(e->enrollment), ana));
	ck_assert(bytes_equal(bytes_of_pb(e->educator), ANA));
	ck_assert(bytes_equal(bytes_of_pb(e->successor), LIT_102));
	ck_assert_int_eq(e->finish_by_us, KIT_EPOCH_US + 365 * US_PER_DAY);
	e = NEXT(&kit, FINISH_NOTICED)->finish_noticed;
	ck_assert(bytes_equal(bytes_of_pb(e->enrollment), ben));
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_null(NEXT(&kit, FINISH_NOTICED));
}
END_TEST

START_TEST(who_has_left_is_not_told)
{
	struct bytes ana = given_enrolled(&kit, ANA);

	ck_assert_int_eq(withdraw(&kit, ANA, ana), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_null(NEXT(&kit, FINISH_NOTICED));
}
END_TEST

START_TEST(who_resumes_a_retired_one_hears_the_last_day_then)
{
	struct bytes ana = given_enrolled(&kit, ANA);

	kit_advance(&kit, 731 * US_PER_DAY);
	ck_assert_int_eq(state_of(&kit, ana), ENROLLMENT__STATE__LAPSED);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	ck_assert_int_eq(resume_it(&kit, ANA, ana), OK);
	ck_assert(bytes_equal(bytes_of_pb(NEXT(&kit, FINISH_NOTICED)->finish_noticed->enrollment),
			      ana));
}
END_TEST

#define CROWD 250

START_TEST(a_crowd_is_told_in_portions_everybody_once)
{
	unsigned n = 0, portions = 0;
	const Enrollment__Event *event;

	for (unsigned i = 0; i < CROWD; i++) {
		struct bytes id = kit_id(&kit);

		given_educator(&kit, id, arena_printf(kit.arena, "teacher-%u", i));
		given_enrolled(&kit, id);
	}
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	kit_advance(&kit, US_PER_DAY);
	while ((event = (const Enrollment__Event *)kit_next_event(&kit, NULL)) != NULL) {
		n += event->body_case == ENROLLMENT__EVENT__BODY_FINISH_NOTICED;
		portions += event->body_case == ENROLLMENT__EVENT__BODY_RETIREMENT_TOLD;
	}
	ck_assert_uint_eq(n, CROWD);
	ck_assert_uint_eq(portions, 3);
}
END_TEST

/* ---- withdrawn ---- */

START_TEST(a_retirement_withdrawn_in_time_leaves_all_as_it_was)
{
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	kit_advance(&kit, 365 * US_PER_DAY);
	ck_assert_int_eq(withdraw_retirement(&kit, LIT_101), OK);
	ck_assert(!entry_now(LIT_101)->retired);
	ck_assert_str_eq(entry_now(LIT_101)->superseded_by_code, "");
	given_enrolled(&kit, ANA);
	ck_refused(withdraw_retirement(&kit, LIT_101), NOT_RETIRED);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, BYTES_NONE), OK);
}
END_TEST

START_TEST(after_the_last_day_a_retirement_stands)
{
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	kit_advance(&kit, 365 * US_PER_DAY + 1);
	ck_refused(withdraw_retirement(&kit, LIT_101), FINISH_DATE_PAST);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "2027-01-06"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment retire");
	TCase *tc = tcase_create("retire");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, the_days_to_finish_are_days_across_a_leap_year_too, 0, 3);
	tcase_add_test(tc, who_would_enroll_is_told_the_day_and_the_successor);
	tcase_add_test(tc, who_would_resume_too_late_is_told_the_day_and_the_successor);
	tcase_add_test(tc, a_retired_entry_names_its_successor_and_the_successor_what_it_follows);
	tcase_add_test(tc, each_who_is_enrolled_is_told_the_last_day_once);
	tcase_add_test(tc, who_has_left_is_not_told);
	tcase_add_test(tc, who_resumes_a_retired_one_hears_the_last_day_then);
	tcase_add_test(tc, a_crowd_is_told_in_portions_everybody_once);
	tcase_add_test(tc, a_retirement_withdrawn_in_time_leaves_all_as_it_was);
	tcase_add_test(tc, after_the_last_day_a_retirement_stands);
	suite_add_tcase(suite, tc);
	return suite;
}
