/* Tests of appeals. */
#include "services/assessment/tables_due.h"
#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

static struct kit kit;

static void open_kit(void)
{
	review_kit_open(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static unsigned told(Assessment__Event__BodyCase kind)
{
	kit.seen_seq = 0;
	return count_of_kind(&kit, kind);
}

static void ck_refused(Cairn__Status status, Assessment__Reason reason)
{
	ck_assert_int_eq(status, CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, reason);
}

/* ---- who, what, when ---- */

START_TEST(only_whose_work_it_is_appeals_and_says_why)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_refused(when_appealed_by(&kit, work, "ben", "because"), ASSESSMENT__REASON__NOT_YOU);
	ck_refused(when_appealed_by(&kit, work, "ana", " "), ASSESSMENT__REASON__NO_REASON_GIVEN);
	ck_assert_int_eq(when_appealed_by(&kit, work, "ana", "because"), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(what_is_not_released_and_what_passed_is_not_appealed)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	ck_refused(when_appealed(&kit, work, NULL), ASSESSMENT__REASON__WRONG_STATE);
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_refused(when_appealed(&kit, work, NULL), ASSESSMENT__REASON__NOTHING_TO_APPEAL);
}
END_TEST

START_TEST(only_rows_judged_below_pass_are_appealed)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_refused(when_appealed(&kit, work, "lit-101.r1"), ASSESSMENT__REASON__ROW_NOT_APPEALABLE);
	ck_refused(when_appealed(&kit, work, "lit-101.r9"), ASSESSMENT__REASON__ROW_NOT_APPEALABLE);
	ck_assert_int_eq(when_appealed(&kit, work, "lit-101.r3"), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(the_window_is_open_for_the_profiles_days)
{
	struct bytes work = given_decided(&kit, "yes yes almost");
	struct bytes other = given_work(&kit, &(struct work){.educator = "ben"});

	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
	kit.now_us += 30 * US_PER_DAY;
	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	kit.now_us += 1;
	ck_refused(when_appealed_by(&kit, other, "ben", "because"),
		   ASSESSMENT__REASON__APPEAL_TOO_LATE);
}
END_TEST

START_TEST(a_decision_is_appealed_against_once)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_refused(when_appealed(&kit, work, NULL), ASSESSMENT__REASON__APPEALED_BEFORE);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes almost"), CAIRN__STATUS__OK);
	ck_refused(when_appealed(&kit, work, NULL), ASSESSMENT__REASON__APPEALED_BEFORE);
}
END_TEST

/* The 15th business day after January 6: see test_review.c. */
START_TEST(the_earner_is_told_when_it_is_decided_at_the_latest)
{
	struct bytes work = given_decided(&kit, "yes yes almost");
	const Assessment__AppealFiled *filed;

	forget_events(&kit);
	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_int_eq(((const Assessment__Answer *)kit.answer)->appeal->due_us,
			 INT64_C(1769666399) * US_PER_S);
	filed = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_APPEAL_FILED)->appeal_filed;
	ck_assert_uint_eq(filed->reason_words, 5);
	ck_assert_uint_eq(filed->reason_sha256.len, 32);
}
END_TEST

/* ---- what comes of it ---- */

START_TEST(a_fresh_reader_who_agrees_upholds_the_decision)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes not_yet"),
			 CAIRN__STATUS__OK);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_APPEAL_UPHELD), 1);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_DECISION_RELEASED), 1);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

START_TEST(a_fresh_reader_who_sees_it_met_overturns_it_at_once)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED), 1);
	ck_assert(decision_of_work(&kit, work)->passed);
	ck_assert_str_eq(decision_of_work(&kit, work)->rule, "reviewed");
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

START_TEST(only_the_appealed_row_may_change)
{
	struct bytes work = given_decided(&kit, "yes almost almost");
	const Assessment__DecisionAnswer *decision;

	ck_assert_int_eq(when_appealed(&kit, work, "lit-101.r3"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	decision = decision_of_work(&kit, work);
	ck_assert(!decision->passed);
	ck_assert(decision->rows[0]->met && !decision->rows[1]->met && decision->rows[2]->met);
}
END_TEST

START_TEST(an_appeal_never_worsens_a_row)
{
	struct bytes work = given_decided(&kit, "yes yes almost");
	const Assessment__DecisionAnswer *decision;

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "almost yes almost"),
			 CAIRN__STATUS__OK);
	decision = decision_of_work(&kit, work);
	ck_assert_str_eq(decision->state, "released");
	ck_assert(decision->rows[0]->met);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_APPEAL_UPHELD), 1);
}
END_TEST

START_TEST(what_somebody_else_asked_for_too_goes_to_a_lead)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	given_review(&kit, work, ASSESSMENT__REVIEW_WHY__FAIRNESS);
	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "review_adjudication");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - yes"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED), 1);
	ck_assert(decision_of_work(&kit, work)->passed);
}
END_TEST

START_TEST(what_was_not_overturned_of_a_new_decision_may_be_appealed_again)
{
	struct bytes work = given_decided(&kit, "yes almost almost");

	ck_assert_int_eq(when_appealed(&kit, work, "lit-101.r3"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_refused(when_appealed(&kit, work, "lit-101.r3"), ASSESSMENT__REASON__ROW_NOT_APPEALABLE);
	ck_assert_int_eq(when_appealed(&kit, work, "lit-101.r2"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "una"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert(decision_of_work(&kit, work)->passed);
}
END_TEST

/* ---- a later attempt ---- */

START_TEST(a_pass_after_all_spares_the_later_attempt_its_reading)
{
	struct bytes first = given_decided(&kit, "yes yes almost"), second, reading;

	ck_assert_int_eq(when_appealed(&kit, first, NULL), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT), 0);

	first = given_work(&kit, &(struct work){.educator = "ben"});
	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
	second = given_work(&kit,
			    &(struct work){.educator = "ben", .attempt = 2, .rows = "lit-101.r3"});
	given_reader(&kit, "vic");
	reading = take(&kit, "vic");
	ck_assert_int_eq(when_appealed_by(&kit, first, "ben", "because"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, second), "left");
	ck_refused(when_rated(&kit, reading, "- - yes"), ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

START_TEST(a_later_attempt_that_is_decided_stands)
{
	struct bytes first = given_decided(&kit, "yes almost almost"), second;
	const Assessment__SubmissionReceived *third;

	given_reader(&kit, "vic");
	second = given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r2 lit-101.r3"});
	given_read_twice(&kit, "tess", "una", "- almost yes", "- almost yes");
	ck_assert_int_eq(when_appealed(&kit, first, "lit-101.r2"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "vic"), "yes yes almost"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, second), "released");
	/* Won in the first, met in the second: nothing is open but what the seal opens. */
	forget_events(&kit);
	given_work(&kit, &(struct work){.attempt = 3, .rows = "lit-101.r1"});
	third = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED)
			->submission_received;
	ck_assert_uint_eq(third->n_rows, 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: appeals");
	TCase *tc = tcase_create("appeals");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, only_whose_work_it_is_appeals_and_says_why);
	tcase_add_test(tc, what_is_not_released_and_what_passed_is_not_appealed);
	tcase_add_test(tc, only_rows_judged_below_pass_are_appealed);
	tcase_add_test(tc, the_window_is_open_for_the_profiles_days);
	tcase_add_test(tc, a_decision_is_appealed_against_once);
	tcase_add_test(tc, the_earner_is_told_when_it_is_decided_at_the_latest);
	tcase_add_test(tc, a_fresh_reader_who_agrees_upholds_the_decision);
	tcase_add_test(tc, a_fresh_reader_who_sees_it_met_overturns_it_at_once);
	tcase_add_test(tc, only_the_appealed_row_may_change);
	tcase_add_test(tc, an_appeal_never_worsens_a_row);
	tcase_add_test(tc, what_somebody_else_asked_for_too_goes_to_a_lead);
	tcase_add_test(tc, what_was_not_overturned_of_a_new_decision_may_be_appealed_again);
	tcase_add_test(tc, a_pass_after_all_spares_the_later_attempt_its_reading);
	tcase_add_test(tc, a_later_attempt_that_is_decided_stands);
	suite_add_tcase(suite, tc);
	return suite;
}
