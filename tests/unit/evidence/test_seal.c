/* Tests of what a teacher submits: answers, the seal and its manifest, the recall, the next
 * attempt. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include "libshared/blobs.h"

#include <jansson.h>
#include <string.h>

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

/* ---- answers ---- */

START_TEST(an_answer_is_a_draft_without_an_event_and_the_last_one_counts)
{
	const Evidence__PortfolioAnswer *seen;

	forget_evidence(&p);
	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "A first try."), OK);
	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "Twelve children, ages five and six."),
			 OK);
	ck_assert_ptr_null(kit_next_event(&p.kit, NULL));
	kit_reopen(&p.kit);
	seen = portfolio_seen(&p);
	ck_assert_uint_eq(seen->n_questions, 3);
	ck_assert_str_eq(seen->questions[0]->text, "Twelve children, ages five and six.");
	ck_assert_uint_eq(seen->questions[0]->words, 6);
	ck_assert_str_eq(seen->questions[2]->code, "lit-101.f1");
	ck_assert_str_eq(seen->questions[2]->text, "");
}
END_TEST

START_TEST(an_old_save_that_arrives_again_does_not_undo_a_newer_one)
{
	Evidence__SaveAnswer ask = EVIDENCE__SAVE_ANSWER__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes id = kit_id(&p.kit);

	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.question = (char *)(uintptr_t) "lit-101.o1";
	ask.text = (char *)(uintptr_t) "old";
	cmd.body_case = EVIDENCE__COMMAND__BODY_SAVE_ANSWER;
	cmd.save_answer = &ask;
	ck_assert_int_eq(kit_send_as(&p.kit, id, PORTAL, ANA, &cmd.base), OK);
	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "new"), OK);
	ck_assert_int_eq(kit_send_as(&p.kit, id, PORTAL, ANA, &cmd.base), OK);
	ck_assert_str_eq(portfolio_seen(&p)->questions[0]->text, "new");
}
END_TEST

START_TEST(an_answer_that_may_not_be_saved_leaves_the_draft_as_it_was)
{
	Evidence__SaveAnswer ask = EVIDENCE__SAVE_ANSWER__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "hers"), OK);
	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.question = (char *)(uintptr_t) "lit-101.o1";
	ask.text = (char *)(uintptr_t) "not hers";
	cmd.save_answer = &ask;
	ck_assert_int_eq(when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_SAVE_ANSWER),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_YOURS));
	ck_assert_str_eq(portfolio_seen(&p)->questions[0]->text, "hers");
	ck_assert_int_eq(when_answered(&p, "lit-101.o9", "x"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_QUESTION));
	ask.portfolio = pb_of_bytes(kit_id(&p.kit));
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_SAVE_ANSWER), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_PORTFOLIO));
}
END_TEST

/* ---- the seal ---- */

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

START_TEST(a_seal_gives_a_receipt_with_the_manifests_hash_and_the_dates)
{
	struct bytes submission = kit_id(&p.kit);
	const Evidence__Receipt *receipt;
	const Evidence__SubmissionSealed *sealed;

	given_everything(&p, NULL);
	ck_assert_int_eq(when_submitted(&p, submission), OK);
	receipt = got_evidence(&p)->receipt;
	ck_assert_uint_eq(receipt->attempt, 1);
	ck_assert_int_eq(receipt->recall_until_us, KIT_EPOCH_US + 24 * US_PER_HOUR);
	/* The seventh business day after Tuesday, January 6, to its last second in Chicago. */
	ck_assert_int_eq(receipt->due_us / US_PER_S, 1768543199);
	sealed = sealed_event();
	ck_assert(bytes_equal(bytes_of_pb(sealed->submission), submission));
	ck_assert(bytes_equal(bytes_of_pb(sealed->educator), ANA));
	ck_assert(bytes_equal(bytes_of_pb(sealed->school), ORG("elm-school")));
	ck_assert(bytes_equal(bytes_of_pb(sealed->manifest_sha256),
			      bytes_of_pb(receipt->manifest_sha256)));
	/* The tenth; January 19 is a holiday. */
	ck_assert_int_eq(sealed->limit_us / US_PER_S, 1769061599);
	ck_assert_str_eq(sealed->profile, "double-read");
	ck_assert_uint_eq(sealed->calendar_version, 1);
	ck_assert_str_eq(portfolio_seen(&p)->state, "sealed");
}
END_TEST

START_TEST(a_seal_lists_items_by_requirement_and_ordinal_then_answers)
{
	const Evidence__SubmissionSealed *sealed;
	struct bytes second;

	given_everything(&p, NULL);
	second = given_artifact(&p, "e2", "more children");
	given_consent(&p, second);
	given_sealed(&p);
	sealed = sealed_event();
	ck_assert_uint_eq(sealed->n_items, 4);
	ck_assert_str_eq(sealed->items[0]->requirement, "lit-101.e1");
	ck_assert_str_eq(sealed->items[0]->privacy, "none");
	ck_assert_str_eq(sealed->items[0]->captured_on, "2026-01-05");
	ck_assert_str_eq(sealed->items[1]->requirement, "lit-101.e2");
	ck_assert_uint_eq(sealed->items[1]->ordinal, 1);
	ck_assert_str_eq(sealed->items[1]->privacy, "consent");
	ck_assert_str_eq(sealed->items[2]->requirement, "lit-101.e2");
	ck_assert_uint_eq(sealed->items[2]->ordinal, 2);
	ck_assert(bytes_equal(bytes_of_pb(sealed->items[2]->artifact), second));
	ck_assert_str_eq(sealed->items[3]->privacy, "no_identifiers");
	ck_assert_uint_eq(sealed->n_answers, 3);
	ck_assert_str_eq(sealed->answers[2]->question, "lit-101.f1");
	ck_assert_uint_eq(sealed->answers[2]->words, 40);
	ck_assert_uint_eq(sealed->n_rows, 3);
}
END_TEST

START_TEST(the_manifest_and_all_that_it_names_can_be_hashed_again_from_the_files)
{
	const Evidence__SubmissionAnswer *seen;
	struct bytes submission;
	json_t *manifest, *item;
	size_t i;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	seen = submission_seen(&p, submission);
	ck_assert_str_eq(seen->state, "sealed");
	assert_blob_of(seen->sealed->manifest_sha256, NULL);
	manifest = json_loadb((const char *)seen->manifest.data, seen->manifest.len, 0, NULL);
	ck_assert_ptr_nonnull(manifest);
	ck_assert_uint_eq(json_array_size(json_object_get(manifest, "items")), 3);
	json_array_foreach(json_object_get(manifest, "items"), i, item)
	{
		ProtobufCBinaryData hash = {SHA256_LEN, arena_alloc(p.kit.arena, SHA256_LEN)};

		ck_assert(bytes_of_hex(json_string_value(json_object_get(item, "sha256")),
				       hash.data, SHA256_LEN));
		assert_blob_of(hash, NULL);
		ck_assert_mem_eq(hash.data, seen->sealed->items[i]->sha256.data, SHA256_LEN);
	}
	for (i = 0; i < seen->sealed->n_answers; i++)
		assert_blob_of(seen->sealed->answers[i]->sha256, NULL);
	assert_blob_of(seen->sealed->items[0]->sha256, "the plan of ten routines");
	ck_assert_int_eq(json_integer_value(json_object_get(manifest, "rubric_version")), 1);
	json_decref(manifest);
}
END_TEST

START_TEST(nothing_in_a_sealed_portfolio_changes)
{
	struct bytes artifacts[3];
	struct upload u = {.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "x"};

	given_everything(&p, artifacts);
	given_sealed(&p);
	ck_assert_int_eq(when_artifact_begun(&p, &u), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_abandoned(&p, artifacts[0]), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "other"), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

START_TEST(the_same_seal_command_twice_gives_the_same_receipt)
{
	Evidence__Seal ask = EVIDENCE__SEAL__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes id = kit_id(&p.kit), first;

	given_everything(&p, NULL);
	ask.submission = pb_of_bytes(kit_id(&p.kit));
	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.own_work = true;
	ask.ai_use = (char *)(uintptr_t) "none";
	cmd.body_case = EVIDENCE__COMMAND__BODY_SEAL;
	cmd.seal = &ask;
	ck_assert_int_eq(kit_send_as(&p.kit, id, PORTAL, ANA, &cmd.base), OK);
	first = p.kit.got.answer;
	ck_assert_int_eq(kit_send_as(&p.kit, id, PORTAL, ANA, &cmd.base), OK);
	ck_assert(p.kit.got.repeated);
	ck_assert(bytes_equal(first, p.kit.got.answer));
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_SEALED), 1);
}
END_TEST

START_TEST(an_answer_saved_after_the_seal_in_one_batch_does_not_change_what_was_sealed)
{
	Evidence__Seal seal = EVIDENCE__SEAL__INIT;
	Evidence__SaveAnswer save = EVIDENCE__SAVE_ANSWER__INIT;
	Evidence__Command cmds[2] = {EVIDENCE__COMMAND__INIT, EVIDENCE__COMMAND__INIT};

	given_everything(&p, NULL);
	seal.submission = pb_of_bytes(kit_id(&p.kit));
	seal.portfolio = save.portfolio = pb_of_bytes(p.portfolio);
	seal.own_work = true;
	seal.ai_use = (char *)(uintptr_t) "none";
	save.question = (char *)(uintptr_t) "lit-101.o1";
	save.text = (char *)(uintptr_t) "too late";
	cmds[0].body_case = EVIDENCE__COMMAND__BODY_SEAL;
	cmds[0].seal = &seal;
	cmds[1].body_case = EVIDENCE__COMMAND__BODY_SAVE_ANSWER;
	cmds[1].save_answer = &save;
	for (size_t i = 0; i < ARRAY_LEN(cmds); i++)
		kit_submit(&p.kit, kit_id(&p.kit), PORTAL, ANA, &cmds[i].base);
	kit_run(&p.kit);
	ck_assert_int_eq(p.kit.got.status, REJECTED);
	assert_blob_of(sealed_event()->answers[0]->sha256, words_long(&p, 20));
}
END_TEST

/* ---- what is missing ---- */

static void nothing_missing(void)
{
}

static void own_work_not_said(Evidence__Seal *ask)
{
	ask->own_work = false;
}

static void ai_use_not_said(Evidence__Seal *ask)
{
	ask->ai_use = (char *)(uintptr_t) "";
}

static void ai_use_unknown(Evidence__Seal *ask)
{
	ask->ai_use = (char *)(uintptr_t) "lots";
}

static void no_submission(Evidence__Seal *ask)
{
	ask->submission.len = 0;
}

static void other_portfolio(Evidence__Seal *ask)
{
	ask->portfolio = pb_of_bytes(kit_id(&p.kit));
}

static void as_asked(Evidence__Seal *ask)
{
	(void)ask;
}

static struct bytes only_artifact(size_t requirement)
{
	return bytes_of_pb(portfolio_seen(&p)->requirements[requirement]->artifacts[0]->artifact);
}

static void plan_missing(void)
{
	ck_assert_int_eq(when_abandoned(&p, only_artifact(0)), OK);
}

static void upload_unfinished(void)
{
	struct upload u = {.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "x"};

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
}

static void consent_missing(void)
{
	given_artifact(&p, "e2", "unasked children");
}

/* Each waits for its step when the other comes: both find room, and only one may stand. */
static void too_many_items(void)
{
	struct bytes first, second;

	ck_assert_int_eq(when_abandoned(&p, only_artifact(2)), OK);
	first = given_artifact(&p, "e3", "results");
	second = given_artifact(&p, "e3", "more results");
	ck_assert_int_eq(when_attested(&p, first), OK);
	ck_assert_int_eq(when_attested(&p, second), OK);
}

static void consent_gone(void)
{
	struct bytes artifact = only_artifact(1);

	ck_assert_int_eq(when_unconsent(&p, artifact, given_consent(&p, artifact)), OK);
}

static void answer_missing(void)
{
	ck_assert_int_eq(when_answered(&p, "lit-101.o2", " - \n"), OK);
}

static void paused(void)
{
	hear_paused(&p);
}

static void withdrawn(void)
{
	hear_withdrawn(&p);
}

static void lapsed(void)
{
	hear_lapsed(&p);
}

static void retired(void)
{
	hear_retired(&p, US_PER_DAY, "LIT-102");
	kit_advance(&p.kit, US_PER_DAY + 1);
}

static const struct {
	void (*state)(void);
	void (*ask)(Evidence__Seal *ask);
	uint32_t reason;
	const char *text; /* is in what is said */
} bad_seals[] = {
	{nothing_missing, own_work_not_said, REASON(NOT_ATTESTED), "own"},
	{nothing_missing, ai_use_not_said, REASON(NOT_ATTESTED), "AI"},
	{nothing_missing, ai_use_unknown, REASON(BAD_VALUE), "editing"},
	{nothing_missing, no_submission, REASON(BAD_ID), "submission"},
	{nothing_missing, other_portfolio, REASON(UNKNOWN_PORTFOLIO), "portfolio"},
	{plan_missing, as_asked, REASON(ITEM_MISSING), "lit-101.e1: 0 items, at least 1"},
	{upload_unfinished, as_asked, REASON(INCOMPLETE), "lit-101.e2 item 2"},
	{consent_missing, as_asked, REASON(CONSENT_MISSING), "lit-101.e2 item 2"},
	{consent_gone, as_asked, REASON(CONSENT_MISSING), "lit-101.e2 item 1"},
	{too_many_items, as_asked, REASON(TOO_MANY_ITEMS), "lit-101.e3: at most 1"},
	{answer_missing, as_asked, REASON(ANSWER_MISSING), "lit-101.o2"},
	{paused, as_asked, REASON(WRONG_STATE), "paused"},
	{withdrawn, as_asked, REASON(WRONG_STATE), "withdrawn"},
	{lapsed, as_asked, REASON(WRONG_STATE), "lapsed"},
	{retired, as_asked, REASON(FINISH_DATE_PAST), "2026-01-07; its successor is LIT-102"},
};

START_TEST(what_is_not_ready_is_not_sealed_and_is_named)
{
	Evidence__Seal ask = EVIDENCE__SEAL__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	given_everything(&p, NULL);
	bad_seals[_i].state();
	ask.submission = pb_of_bytes(kit_id(&p.kit));
	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.own_work = true;
	ask.ai_use = (char *)(uintptr_t) "none";
	bad_seals[_i].ask(&ask);
	cmd.seal = &ask;
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_SEAL), REJECTED);
	ck_assert_uint_eq(p.kit.got.reason, bad_seals[_i].reason);
	ck_assert_msg(strstr(p.kit.got.text, bad_seals[_i].text) != NULL, "%s", p.kit.got.text);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_SEALED), 0);
}
END_TEST

/* lit-101.o1 takes 5 to 50 words. */
static const struct {
	unsigned words;
	uint32_t reason; /* 0: sealed */
} lengths[] = {
	{0, REASON(ANSWER_MISSING)},
	{1, REASON(TOO_FEW_WORDS)},
	{4, REASON(TOO_FEW_WORDS)},
	{5, 0},
	{6, 0},
	{49, 0},
	{50, 0},
	{51, REASON(TOO_MANY_WORDS)},
};

START_TEST(answers_within_their_word_limits_are_sealed)
{
	given_everything(&p, NULL);
	ck_assert_int_eq(when_answered_words(&p, "lit-101.o1", lengths[_i].words), OK);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)),
			 lengths[_i].reason == 0 ? OK : REJECTED);
	if (lengths[_i].reason != 0)
		ck_assert_uint_eq(p.kit.got.reason, lengths[_i].reason);
	else
		ck_assert_uint_eq(sealed_event()->answers[0]->words, lengths[_i].words);
}
END_TEST

START_TEST(a_resumed_enrollment_seals_with_the_school_of_that_day)
{
	given_everything(&p, NULL);
	hear_paused(&p);
	ck_assert_str_eq(portfolio_seen(&p)->state, "paused");
	hear_resumed(&p, "oak-school");
	given_sealed(&p);
	ck_assert(bytes_equal(bytes_of_pb(sealed_event()->school), ORG("oak-school")));
}
END_TEST

START_TEST(a_retired_one_is_sealed_until_its_last_day)
{
	given_everything(&p, NULL);
	hear_retired(&p, US_PER_DAY, "");
	kit_advance(&p.kit, US_PER_DAY - US_PER_S);
	given_sealed(&p);
}
END_TEST

START_TEST(a_retirement_withdrawn_stops_no_seal)
{
	given_everything(&p, NULL);
	hear_retired(&p, US_PER_DAY, "");
	hear_retirement_withdrawn(&p);
	kit_advance(&p.kit, 3 * US_PER_DAY);
	given_sealed(&p);
}
END_TEST

START_TEST(a_teacher_of_no_school_seals_without_one)
{
	Enrollment__Resumed resumed = ENROLLMENT__RESUMED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	given_everything(&p, NULL);
	resumed.enrollment = pb_of_bytes(p.portfolio);
	event.body_case = ENROLLMENT__EVENT__BODY_RESUMED;
	event.resumed = &resumed;
	kit_upstream(&p.kit, "enrollment.0.log", p.portfolio, &event.base);
	given_sealed(&p);
	ck_assert_uint_eq(sealed_event()->school.len, 0);
}
END_TEST

START_TEST(a_teacher_who_has_moved_seals_with_the_new_school)
{
	given_everything(&p, NULL);
	hear_moved(&p, "fir-school");
	given_sealed(&p);
	ck_assert(bytes_equal(bytes_of_pb(sealed_event()->school), ORG("fir-school")));
}
END_TEST

START_TEST(a_submissions_id_is_used_once)
{
	struct bytes submission;

	given_everything(&p, NULL);
	submission = given_sealed(&p);
	ck_assert_int_eq(when_taken_back(&p, submission), OK);
	ck_assert_int_eq(when_submitted(&p, submission), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ID_TAKEN));
}
END_TEST

START_TEST(without_a_calendar_or_a_profile_nothing_is_sealed)
{
	portfolio_kit_close(&p);
	portfolio_kit_open_empty(&p);
	hear_policy(&p, kit_policy());
	hear_media(&p);
	hear_entry(&p, "standard");
	hear_enrolled(&p, p.portfolio, ANA);
	given_everything(&p, NULL);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(POLICY_MISSING));
	hear_calendar(&p);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(POLICY_MISSING));
	hear_profiles(&p);
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), OK);
}
END_TEST

static void add_seal_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_seal_gives_a_receipt_with_the_manifests_hash_and_the_dates);
	tcase_add_test(tcase, a_seal_lists_items_by_requirement_and_ordinal_then_answers);
	tcase_add_test(tcase,
		       the_manifest_and_all_that_it_names_can_be_hashed_again_from_the_files);
	tcase_add_test(tcase, nothing_in_a_sealed_portfolio_changes);
	tcase_add_test(tcase, the_same_seal_command_twice_gives_the_same_receipt);
	tcase_add_test(tcase,
		       an_answer_saved_after_the_seal_in_one_batch_does_not_change_what_was_sealed);
	tcase_add_loop_test(tcase, what_is_not_ready_is_not_sealed_and_is_named, 0,
			    ARRAY_LEN(bad_seals));
	tcase_add_loop_test(tcase, answers_within_their_word_limits_are_sealed, 0,
			    ARRAY_LEN(lengths));
	tcase_add_test(tcase, a_resumed_enrollment_seals_with_the_school_of_that_day);
	tcase_add_test(tcase, a_retired_one_is_sealed_until_its_last_day);
	tcase_add_test(tcase, a_retirement_withdrawn_stops_no_seal);
	tcase_add_test(tcase, a_teacher_of_no_school_seals_without_one);
	tcase_add_test(tcase, a_teacher_who_has_moved_seals_with_the_new_school);
	tcase_add_test(tcase, a_submissions_id_is_used_once);
	tcase_add_test(tcase, without_a_calendar_or_a_profile_nothing_is_sealed);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence seal");
	TCase *tcase = tcase_create("seal");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, an_answer_is_a_draft_without_an_event_and_the_last_one_counts);
	tcase_add_test(tcase, an_old_save_that_arrives_again_does_not_undo_a_newer_one);
	tcase_add_test(tcase, an_answer_that_may_not_be_saved_leaves_the_draft_as_it_was);
	add_seal_tests(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
