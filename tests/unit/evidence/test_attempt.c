/* Tests of what comes after a seal: its recall, a decision, and the next attempt. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include "libshared/blobs.h"

static struct portfolio_kit p;

static void open_kit(void)
{
	portfolio_kit_open(&p, "double-read");
}

static void close_kit(void)
{
	portfolio_kit_close(&p);
}

static const Evidence__SubmissionSealed *sealed_event(void)
{
	const Evidence__Event *event = next_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_SEALED);

	ck_assert_ptr_nonnull(event);
	return event->submission_sealed;
}

static void assert_blob_of(ProtobufCBinaryData hash, const char *expected)
{
	struct bytes content;
	uint8_t again[SHA256_LEN];

	ck_assert_uint_eq(hash.len, SHA256_LEN);
	ck_assert(blobs_read(p.kit.caps.blobs, hash.data, 0, 100000, p.kit.arena, &content));
	sha256(content, again);
	ck_assert_mem_eq(again, hash.data, SHA256_LEN);
	if (expected != NULL)
		ck_assert(bytes_equal(content, bytes_of_text(expected)));
}

/* ---- recall ---- */

START_TEST(an_unopened_submission_is_recalled_to_the_last_microsecond)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	p.kit.now_us += 24 * US_PER_HOUR - 1;
	ck_assert_int_eq(when_taken_back(&p, submission), OK);
	ck_assert_str_eq(portfolio_seen(&p)->state, "open");
	ck_assert_str_eq(submission_seen(&p, submission)->state, "recalled");
	ck_assert_int_eq(when_answered_words(&p, "lit-101.o1", 10), OK);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), OK);
	ck_assert_uint_eq(got_evidence(&p)->receipt->attempt, 1);
}
END_TEST

START_TEST(a_recall_a_microsecond_later_is_too_late)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	p.kit.now_us += 24 * US_PER_HOUR;
	ck_assert_int_eq(when_taken_back(&p, submission), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(RECALL_TOO_LATE));
	ck_assert_str_eq(portfolio_seen(&p)->state, "sealed");
}
END_TEST

START_TEST(an_opened_submission_is_not_recalled)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	given_opened(&p, submission, "ruth");
	ck_assert_int_eq(when_taken_back(&p, submission), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ALREADY_OPENED));
}
END_TEST

START_TEST(only_her_own_submission_that_is_out_is_recalled)
{
	Evidence__Recall ask = EVIDENCE__RECALL__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	ck_assert_int_eq(when_taken_back(&p, BYTES_NONE), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_ID));
	ck_assert_int_eq(when_taken_back(&p, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_SUBMISSION));
	ask.submission = pb_of_bytes(submission);
	cmd.recall = &ask;
	ck_assert_int_eq(when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_RECALL),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_YOURS));
	ck_assert_int_eq(when_taken_back(&p, submission), OK);
	ck_assert_int_eq(when_taken_back(&p, submission), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

/* ---- the next attempt ---- */

START_TEST(after_a_not_yet_only_what_unmet_rows_are_judged_by_opens)
{
	struct bytes artifacts[3], submission;
	const Evidence__PortfolioAnswer *seen;
	const Evidence__PortfolioReopened *reopened;

	given_everything(&p, artifacts);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "no yes yes", false);
	reopened = next_evidence(&p, EVIDENCE__EVENT__BODY_PORTFOLIO_REOPENED)->portfolio_reopened;
	ck_assert_uint_eq(reopened->n_rows, 1);
	ck_assert_str_eq(reopened->rows[0], "lit-101.r1");
	ck_assert_uint_eq(reopened->n_requirements, 1);
	ck_assert_str_eq(reopened->requirements[0], "lit-101.e1");
	ck_assert_uint_eq(reopened->attempt, 2);
	seen = portfolio_seen(&p);
	ck_assert_str_eq(seen->state, "open");
	ck_assert_uint_eq(seen->attempt, 2);
	ck_assert_uint_eq(seen->n_open_rows, 1);
	ck_assert(seen->requirements[0]->open);
	ck_assert(!seen->requirements[1]->open);
	ck_assert(!seen->requirements[2]->open);
	/* No row names a question: they belong to the package and stay open. */
	ck_assert(seen->questions[0]->open && seen->questions[2]->open);
	ck_assert_str_eq(submission_seen(&p, submission)->state, "decided");
	ck_assert_int_eq(when_abandoned(&p, artifacts[1]), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(REQUIREMENT_CLOSED));
	ck_assert_int_eq(when_artifact_begun(&p, &(struct upload){.requirement = "lit-101.e3",
								  .media_type = "text/csv",
								  .content = "x"}),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(REQUIREMENT_CLOSED));
}
END_TEST

START_TEST(a_row_judged_by_two_requirements_opens_both)
{
	struct bytes submission;
	const Evidence__PortfolioAnswer *seen;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "yes yes no", false);
	seen = portfolio_seen(&p);
	ck_assert(!seen->requirements[0]->open);
	ck_assert(seen->requirements[1]->open);
	ck_assert(seen->requirements[2]->open);
}
END_TEST

START_TEST(the_second_attempt_lists_the_whole_package_with_kept_items_unchanged)
{
	const Evidence__SubmissionSealed *first, *second;
	struct bytes artifacts[3], submission, plan;

	given_everything(&p, artifacts);
	submission = given_sealed(&p);
	first = sealed_event();
	hear_decision(&p, submission, "no yes yes", false);
	ck_assert_int_eq(when_abandoned(&p, artifacts[0]), OK);
	plan = given_artifact(&p, "e1", "a better plan");
	given_sealed(&p);
	second = sealed_event();
	ck_assert_uint_eq(second->attempt, 2);
	ck_assert_uint_eq(second->n_rows, 1);
	ck_assert_str_eq(second->rows[0], "lit-101.r1");
	ck_assert_uint_eq(second->n_items, 3);
	ck_assert(bytes_equal(bytes_of_pb(second->items[0]->artifact), plan));
	for (size_t i = 1; i < 3; i++) {
		ck_assert(bytes_equal(bytes_of_pb(second->items[i]->sha256),
				      bytes_of_pb(first->items[i]->sha256)));
		ck_assert_str_eq(second->items[i]->privacy, first->items[i]->privacy);
	}
	ck_assert_uint_eq(second->n_answers, 3);
	/* What was sealed first stays what it was. */
	assert_blob_of(first->items[0]->sha256, "the plan of ten routines");
	assert_blob_of(first->manifest_sha256, NULL);
	ck_assert(!bytes_equal(bytes_of_pb(first->manifest_sha256),
			       bytes_of_pb(second->manifest_sha256)));
}
END_TEST

START_TEST(a_kept_item_whose_consent_is_gone_does_not_stop_the_next_seal)
{
	struct bytes artifacts[3], submission, consent = kit_id(&p.kit);

	given_everything(&p, artifacts);
	ck_assert_int_eq(when_consent(&p, artifacts[1], consent, ""), OK);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "no yes yes", false);
	ck_assert_int_eq(when_unconsent(&p, artifacts[1], consent), OK);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifacts[1]), "restricted");
}
END_TEST

START_TEST(a_recalled_second_attempt_is_still_the_second)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "no yes yes", false);
	ck_assert_int_eq(when_taken_back(&p, given_sealed(&p)), OK);
	ck_assert(bytes_equal(bytes_of_pb(portfolio_seen(&p)->submission), submission));
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), OK);
	ck_assert_uint_eq(got_evidence(&p)->receipt->attempt, 2);
}
END_TEST

START_TEST(an_incomplete_return_is_no_attempt_and_opens_what_was_open)
{
	struct bytes first, second;
	const Evidence__PortfolioAnswer *seen;

	given_everything(&p, NULL);
	first = given_sealed(&p);
	hear_returned(&p, first);
	ck_assert_str_eq(submission_seen(&p, first)->state, "returned");
	seen = portfolio_seen(&p);
	ck_assert_uint_eq(seen->attempt, 1);
	ck_assert(seen->requirements[0]->open && seen->requirements[2]->open);
	second = given_sealed(&p);
	hear_decision(&p, second, "no yes yes", false);
	hear_returned(&p, given_sealed(&p));
	seen = portfolio_seen(&p);
	ck_assert_uint_eq(seen->attempt, 2);
	ck_assert(seen->requirements[0]->open && !seen->requirements[2]->open);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), OK);
	ck_assert_uint_eq(got_evidence(&p)->receipt->attempt, 2);
}
END_TEST

START_TEST(after_the_last_attempt_a_coach_meeting_opens_the_next)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "no yes yes", true);
	ck_assert_str_eq(portfolio_seen(&p)->state, "coach_first");
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(COACH_FIRST));
	hear_coached(&p);
	ck_assert_str_eq(portfolio_seen(&p)->state, "open");
	ck_assert(!portfolio_seen(&p)->requirements[1]->open);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), OK);
	ck_assert_uint_eq(got_evidence(&p)->receipt->attempt, 2);
}
END_TEST

START_TEST(a_passed_portfolio_is_closed)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "yes yes yes", false);
	ck_assert_str_eq(portfolio_seen(&p)->state, "passed");
	ck_assert_uint_eq(portfolio_seen(&p)->n_open_rows, 0);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

static void add_attempt_tests(TCase *tcase)
{
	tcase_add_test(tcase, after_a_not_yet_only_what_unmet_rows_are_judged_by_opens);
	tcase_add_test(tcase, a_row_judged_by_two_requirements_opens_both);
	tcase_add_test(tcase, the_second_attempt_lists_the_whole_package_with_kept_items_unchanged);
	tcase_add_test(tcase, a_kept_item_whose_consent_is_gone_does_not_stop_the_next_seal);
	tcase_add_test(tcase, a_recalled_second_attempt_is_still_the_second);
	tcase_add_test(tcase, an_incomplete_return_is_no_attempt_and_opens_what_was_open);
	tcase_add_test(tcase, after_the_last_attempt_a_coach_meeting_opens_the_next);
	tcase_add_test(tcase, a_passed_portfolio_is_closed);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence attempts");
	TCase *tcase = tcase_create("attempts");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, an_unopened_submission_is_recalled_to_the_last_microsecond);
	tcase_add_test(tcase, a_recall_a_microsecond_later_is_too_late);
	tcase_add_test(tcase, an_opened_submission_is_not_recalled);
	tcase_add_test(tcase, only_her_own_submission_that_is_out_is_recalled);
	add_attempt_tests(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
