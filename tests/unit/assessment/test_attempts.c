/* Tests of further attempts: which rows are kept, and which are judged again. */
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* Attempt 1, in which only the third row was not met. */
static void given_first_attempt(void)
{
	given_work(&kit, &(struct work){0});
	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
}

START_TEST(rows_that_were_met_are_kept_for_the_next_attempt)
{
	struct bytes work;
	const Assessment__DecisionAnswer *decision;
	int64_t first_us = kit.now_us;

	given_first_attempt();
	given_reader(&kit, "tess");
	given_reader(&kit, "una");
	kit_advance(&kit, 30 * US_PER_DAY);
	work = given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	given_read_twice(&kit, "tess", "una", "- - yes", "- - yes");
	decision = decision_of_work(&kit, work);
	ck_assert(decision->passed);
	ck_assert_uint_eq(decision->n_rows, 3);
	ck_assert(decision->rows[0]->kept && decision->rows[1]->kept && !decision->rows[2]->kept);
	ck_assert_uint_eq(decision->rows[0]->attempt, 1);
	ck_assert_int_eq(decision->rows[0]->met_us, first_us);
	ck_assert_uint_eq(decision->rows[2]->attempt, 2);
	ck_assert_int_eq(decision->rows[2]->met_us, kit.now_us);
}
END_TEST

static const Assessment__SubmissionReceived *received_again(const struct work *work)
{
	forget_events(&kit);
	given_work(&kit, work);
	return next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED)->submission_received;
}

START_TEST(rows_met_more_than_the_policys_months_ago_are_judged_again)
{
	const struct work again = {.attempt = 2, .rows = "lit-101.r3"};

	given_first_attempt();
	kit.now_us += 365 * US_PER_DAY; /* January 6 to January 6: twelve months to the second */
	ck_assert_uint_eq(received_again(&again)->n_rows, 1);
	kit.now_us += US_PER_S;
	ck_assert_uint_eq(received_again(&again)->n_rows, 3);
}
END_TEST

START_TEST(rows_that_a_new_version_changed_are_judged_again)
{
	Enrollment__Entry second = *kit_entry();
	Enrollment__Rubric rubric = *second.rubric;
	Enrollment__Criterion changed = *rubric.criteria[0];
	Enrollment__Criterion *criteria[] = {&changed, rubric.criteria[1], rubric.criteria[2]};
	const Assessment__SubmissionReceived *received;
	char title[] = "Another title";

	changed.title = title;
	rubric.criteria = criteria;
	second.rubric = &rubric;
	second.version = 2;
	given_first_attempt();
	tell_entry(&kit, &second);
	received = received_again(
		&(struct work){.attempt = 2, .rows = "lit-101.r3", .entry_version = 2});
	ck_assert_uint_eq(received->n_rows, 2);
	ck_assert_str_eq(received->rows[0], "lit-101.r1");
	ck_assert_str_eq(received->rows[1], "lit-101.r3");
}
END_TEST

START_TEST(a_row_that_failed_when_judged_again_is_kept_no_more)
{
	given_first_attempt();
	given_reader(&kit, "tess");
	given_reader(&kit, "una");
	given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r1 lit-101.r3"});
	given_read_twice(&kit, "tess", "una", "almost - yes", "almost - yes");
	ck_assert_uint_eq(
		received_again(&(struct work){.attempt = 3, .rows = "lit-101.r2"})->n_rows, 2);
}
END_TEST

START_TEST(a_lead_who_read_an_earlier_attempt_does_not_adjudicate_the_next_unless_waived)
{
	Assessment__WaiveSameReader ask = ASSESSMENT__WAIVE_SAME_READER__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	struct bytes work;

	given_lead_reader(&kit, "lea");
	given_work(&kit, &(struct work){0});
	given_read_twice(&kit, "lea", "sol", "yes yes almost", "yes yes almost");
	given_reader(&kit, "tess");
	given_reader(&kit, "una");
	work = given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	given_read_twice(&kit, "tess", "una", "- - yes", "- - almost");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - yes"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__READ_IT_BEFORE);
	ask.submission = pb_of_bytes(work);
	ask.assessor = pb_of_bytes(READER("lea"));
	cmd.body_case = ASSESSMENT__COMMAND__BODY_WAIVE_SAME_READER;
	cmd.waive_same_reader = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - yes"), CAIRN__STATUS__OK);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: attempts");
	TCase *tc = tcase_create("attempts");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, rows_that_were_met_are_kept_for_the_next_attempt);
	tcase_add_test(tc, rows_met_more_than_the_policys_months_ago_are_judged_again);
	tcase_add_test(tc, rows_that_a_new_version_changed_are_judged_again);
	tcase_add_test(tc, a_row_that_failed_when_judged_again_is_kept_no_more);
	tcase_add_test(
		tc, a_lead_who_read_an_earlier_attempt_does_not_adjudicate_the_next_unless_waived);
	suite_add_tcase(suite, tc);
	return suite;
}
