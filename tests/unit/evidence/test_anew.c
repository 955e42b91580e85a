/* Tests of a decision that a review makes anew, and of work that is voided: what becomes of the
 * portfolio, whatever is open or out meanwhile. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

static struct portfolio_kit p;

static void open_kit(void)
{
	portfolio_kit_open(&p, "double-read");
}

static void close_kit(void)
{
	portfolio_kit_close(&p);
}

static struct bytes given_decided(const char *met)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_decision(&p, submission, met, false);
	return submission;
}

static const char *state(void)
{
	return portfolio_seen(&p)->state;
}

START_TEST(a_not_yet_overturned_to_a_pass_closes_what_had_opened)
{
	struct bytes submission = given_decided("yes yes no");

	ck_assert_str_eq(state(), "open");
	hear_decision_anew(&p, submission, "yes yes yes");
	ck_assert_str_eq(state(), "passed");
	ck_assert_int_eq(when_answered_words(&p, "lit-101.o1", 10), REJECTED);
}
END_TEST

START_TEST(the_pass_wins_over_an_attempt_that_is_out)
{
	struct bytes first = given_decided("yes yes no"), second, reading;

	second = given_sealed(&p);
	reading = given_opened(&p, second, "ruth");
	hear_decision_anew(&p, first, "yes yes yes");
	hear_left(&p, second);
	ck_assert_str_eq(state(), "passed");
	ck_assert_int_ne(when_listed(&p, reading, READER("ruth")), OK);
	hear_decision(&p, second, "yes yes no", false);
	ck_assert_str_eq(state(), "passed");
}
END_TEST

START_TEST(a_row_won_by_an_appeal_is_open_no_more)
{
	struct bytes submission = given_decided("yes no no");

	ck_assert_uint_eq(portfolio_seen(&p)->n_open_rows, 2);
	hear_decision_anew(&p, submission, "yes yes no");
	ck_assert_str_eq(state(), "open");
	ck_assert_uint_eq(portfolio_seen(&p)->n_open_rows, 1);
	ck_assert_uint_eq(portfolio_seen(&p)->attempt, 2);
}
END_TEST

START_TEST(a_later_attempt_that_is_out_stands_on_its_own)
{
	struct bytes first = given_decided("yes no no"), second = given_sealed(&p);

	hear_decision_anew(&p, first, "yes yes no");
	ck_assert_str_eq(state(), "sealed");
	hear_decision(&p, second, "yes yes no", false);
	ck_assert_str_eq(state(), "open");
	ck_assert_uint_eq(portfolio_seen(&p)->attempt, 3);
}
END_TEST

START_TEST(a_pass_taken_back_opens_the_portfolio_again)
{
	struct bytes submission = given_decided("yes yes yes");

	hear_decision_anew(&p, submission, "yes no yes");
	ck_assert_str_eq(state(), "open");
	ck_assert_uint_eq(portfolio_seen(&p)->n_open_rows, 1);
	ck_assert_uint_eq(portfolio_seen(&p)->attempt, 2);
	/* Enrollment tells of the credential late. */
	hear_completed(&p);
	ck_assert_str_eq(state(), "open");
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), OK);
	ck_assert_uint_eq(got_evidence(&p)->receipt->attempt, 2);
}
END_TEST

START_TEST(a_pass_won_while_another_attempt_was_out_may_be_taken_back_too)
{
	struct bytes first = given_decided("yes yes no");

	given_sealed(&p);
	hear_decision_anew(&p, first, "yes yes yes");
	hear_decision_anew(&p, first, "yes yes no");
	ck_assert_str_eq(state(), "open");
	ck_assert_uint_eq(portfolio_seen(&p)->attempt, 3);
}
END_TEST

START_TEST(what_is_decided_is_opened_to_a_fresh_reader)
{
	struct bytes submission = given_decided("yes yes no");
	struct bytes reading = given_opened(&p, submission, "tess");

	ck_assert_int_eq(when_listed(&p, reading, READER("tess")), OK);
	ck_assert_str_eq(submission_seen(&p, submission)->state, "decided");
	ck_assert_str_eq(state(), "open");
}
END_TEST

START_TEST(voided_work_closes_its_portfolio)
{
	struct bytes submission, reading;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	reading = given_opened(&p, submission, "ruth");
	hear_founded(&p, submission);
	ck_assert_str_eq(state(), "voided");
	ck_assert_int_ne(when_listed(&p, reading, READER("ruth")), OK);
	ck_assert_int_eq(when_answered_words(&p, "lit-101.o1", 10), REJECTED);
}
END_TEST

START_TEST(it_voids_the_work_and_not_a_later_attempt)
{
	struct bytes first = given_decided("yes yes no");

	hear_founded(&p, first);
	ck_assert_str_eq(state(), "open");
	given_sealed(&p);
	hear_founded(&p, first);
	ck_assert_str_eq(state(), "sealed");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence: decisions made anew");
	TCase *tc = tcase_create("anew");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, a_not_yet_overturned_to_a_pass_closes_what_had_opened);
	tcase_add_test(tc, the_pass_wins_over_an_attempt_that_is_out);
	tcase_add_test(tc, a_row_won_by_an_appeal_is_open_no_more);
	tcase_add_test(tc, a_later_attempt_that_is_out_stands_on_its_own);
	tcase_add_test(tc, a_pass_taken_back_opens_the_portfolio_again);
	tcase_add_test(tc, a_pass_won_while_another_attempt_was_out_may_be_taken_back_too);
	tcase_add_test(tc, what_is_decided_is_opened_to_a_fresh_reader);
	tcase_add_test(tc, voided_work_closes_its_portfolio);
	tcase_add_test(tc, it_voids_the_work_and_not_a_later_attempt);
	suite_add_tcase(suite, tc);
	return suite;
}
