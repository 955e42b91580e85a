/* Tests of what is read next among equals: whose license ends soon, and nothing but the order. */
#include "services/assessment/assessment.h"

#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

/* The kit's clock begins on 2026-01-06. */
#define IN_30_DAYS "2026-02-05"
#define IN_31_DAYS "2026-02-06"

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static struct bytes due(const char *educator, int64_t days)
{
	return given_work(&kit, &(struct work){.educator = educator,
					       .due_us = KIT_EPOCH_US + days * US_PER_DAY});
}

static struct bytes next_of(const char *reader)
{
	forget_events(&kit);
	ck_assert_int_eq(when_next(&kit, reader, kit_id(&kit)), CAIRN__STATUS__OK);
	return bytes_of_pb(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_ASSIGNED)
				   ->reading_assigned->submission);
}

static const char *renewal_of_last(void)
{
	const char *renewal = NULL;
	const Assessment__Event *event;

	kit.seen_seq = 0;
	while ((event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED)) != NULL)
		renewal = event->submission_received->renewal_by;
	return renewal;
}

START_TEST(of_two_due_at_once_the_license_that_ends_within_thirty_days_comes_first)
{
	struct bytes soon;

	tell_license(&kit, "late", IN_31_DAYS);
	tell_license(&kit, "soon", IN_30_DAYS);
	due("none", 5);
	due("late", 5);
	ck_assert_str_eq(renewal_of_last(), "");
	soon = due("soon", 5);
	ck_assert_str_eq(renewal_of_last(), IN_30_DAYS);
	ck_assert(bytes_equal(next_of("ruth"), soon));
}
END_TEST

START_TEST(of_two_such_licenses_the_one_that_ends_first_comes_first)
{
	struct bytes first;

	tell_license(&kit, "ana", "2026-01-30");
	tell_license(&kit, "ben", "2026-01-20");
	tell_license(&kit, "ben", "2026-01-25");
	due("ana", 5);
	first = due("ben", 5);
	ck_assert_str_eq(renewal_of_last(), "2026-01-20");
	ck_assert(bytes_equal(next_of("ruth"), first));
}
END_TEST

START_TEST(what_is_due_earlier_comes_before_any_license)
{
	struct bytes earlier;

	tell_license(&kit, "ana", "2026-01-07");
	due("ana", 5);
	earlier = due("ben", 4);
	ck_assert(bytes_equal(next_of("ruth"), earlier));
}
END_TEST

START_TEST(a_license_that_has_ended_or_has_no_end_gives_no_priority)
{
	tell_license(&kit, "ana", "2026-01-05");
	tell_license(&kit, "ben", "");
	due("ana", 5);
	ck_assert_str_eq(renewal_of_last(), "");
	due("ben", 5);
	ck_assert_str_eq(renewal_of_last(), "");
}
END_TEST

START_TEST(a_renewed_license_gives_priority_again_when_its_new_term_ends)
{
	struct bytes renewed;

	tell_license(&kit, "ana", "2026-01-05");
	tell_license_renewed(&kit, "ana", IN_30_DAYS);
	tell_license_renewed(&kit, "ana", IN_30_DAYS);
	kit.seen_seq = 0;
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_RENEWAL_NOTED), 2);
	due("none", 5);
	renewed = due("ana", 5);
	ck_assert_str_eq(renewal_of_last(), IN_30_DAYS);
	ck_assert(bytes_equal(next_of("ruth"), renewed));
}
END_TEST

START_TEST(a_license_told_twice_is_kept_once_and_of_it_only_the_day)
{
	const Assessment__Event *event;

	tell_license(&kit, "ana", IN_30_DAYS);
	tell_license(&kit, "ana", IN_30_DAYS);
	kit.seen_seq = 0;
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_RENEWAL_NOTED);
	ck_assert_str_eq(event->renewal_noted->renewal_by, IN_30_DAYS);
	ck_assert(bytes_equal(bytes_of_pb(event->renewal_noted->educator), EDUCATOR("ana")));
	ck_assert_ptr_null(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_RENEWAL_NOTED));
}
END_TEST

/* Two submissions alike but for the license: readings, rule and decision are the same. */
START_TEST(the_standard_is_the_same)
{
	const Assessment__DecisionAnswer *a, *b;
	struct bytes hurried, other;

	given_reader(&kit, "sol");
	tell_license(&kit, "ana", IN_30_DAYS);
	hurried = due("ana", 5);
	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
	other = due("ben", 5);
	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
	a = decision_of_work(&kit, hurried);
	b = decision_of_work(&kit, other);
	ck_assert_str_eq(a->rule, b->rule);
	ck_assert_str_eq(a->second_why, b->second_why);
	ck_assert_uint_eq(a->reads, b->reads);
	ck_assert(a->passed == b->passed);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: priority");
	TCase *tc = tcase_create("priority");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, of_two_due_at_once_the_license_that_ends_within_thirty_days_comes_first);
	tcase_add_test(tc, of_two_such_licenses_the_one_that_ends_first_comes_first);
	tcase_add_test(tc, what_is_due_earlier_comes_before_any_license);
	tcase_add_test(tc, a_license_that_has_ended_or_has_no_end_gives_no_priority);
	tcase_add_test(tc, a_renewed_license_gives_priority_again_when_its_new_term_ends);
	tcase_add_test(tc, a_license_told_twice_is_kept_once_and_of_it_only_the_day);
	tcase_add_test(tc, the_standard_is_the_same);
	suite_add_tcase(suite, tc);
	return suite;
}
