/* Tests of scans in the service: what is found puts an artifact among those with students, keeps an
 * answer from being sealed, and stands in the log as counts, never as text. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

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

static struct bytes given_text(const char *requirement, const char *media_type, const char *content)
{
	struct upload u = {
		.requirement = requirement, .media_type = media_type, .content = content};

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, content), OK);
	ck_assert_int_eq(when_finished(&p, u.artifact), OK);
	return u.artifact;
}

static Cairn__Status when_scanned(struct bytes artifact, const char *question, const char *name)
{
	Evidence__Scan ask = EVIDENCE__SCAN__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	char *names[] = {arena_text(p.kit.arena, bytes_of_text(name))};

	if (artifact.len > 0)
		ask.artifact = pb_of_bytes(artifact);
	else
		ask.portfolio = pb_of_bytes(p.portfolio);
	ask.question = arena_text(p.kit.arena, bytes_of_text(question));
	ask.names = names;
	ask.n_names = name[0] != '\0';
	cmd.scan = &ask;
	return when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_SCAN);
}

static Cairn__Status when_attested_shown(struct bytes artifact, uint32_t shown)
{
	Evidence__AttestNoIdentifiers ask = EVIDENCE__ATTEST_NO_IDENTIFIERS__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.shown = shown;
	cmd.attest_no_identifiers = &ask;
	return when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_ATTEST_NO_IDENTIFIERS);
}

static Cairn__Status when_redacted_shown(struct bytes artifact, struct bytes copy, uint32_t shown)
{
	Evidence__RecordRedaction ask = EVIDENCE__RECORD_REDACTION__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.redacted = pb_of_bytes(copy);
	ask.tool = arena_text(p.kit.arena, bytes_of_text("an editor"));
	ask.shown = shown;
	cmd.record_redaction = &ask;
	return when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_RECORD_REDACTION);
}

#define LEAKY "Ring 615-555-0143 or write to kid@school.example."

START_TEST(a_text_with_identifiers_takes_a_privacy_step_that_nobody_announced)
{
	struct bytes artifact = given_text("lit-101.e1", "text/plain", LEAKY);
	const Evidence__Event *event = next_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_SCANNED);

	ck_assert_str_eq(artifact_state_seen(&p, artifact), "needs_privacy_step");
	ck_assert_uint_eq(event->artifact_scanned->n_findings, 2);
	ck_assert_uint_eq(event->artifact_scanned->text_bytes, strlen(LEAKY));
	ck_assert(event->artifact_scanned->whole);
	ck_assert_int_eq(event->artifact_scanned->findings[0]->kind, EVIDENCE__FINDING_KIND__EMAIL);
}
END_TEST

START_TEST(a_text_without_identifiers_is_ready)
{
	struct bytes artifact = given_text("lit-101.e1", "text/plain", "ten routines");

	ck_assert_str_eq(artifact_state_seen(&p, artifact), "ready");
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_SCANNED), 1);
}
END_TEST

START_TEST(findings_are_attested_only_when_all_of_them_were_shown)
{
	struct bytes artifact = given_text("lit-101.e1", "text/plain", LEAKY);

	ck_assert_int_eq(when_attested_shown(artifact, 0), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(FINDINGS_NOT_SHOWN));
	ck_assert_ptr_nonnull(strstr(p.kit.got.text, "1 email, 1 phone"));
	ck_assert_int_eq(when_attested_shown(artifact, 2), OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "ready");
	ck_assert_uint_eq(next_evidence(&p, EVIDENCE__EVENT__BODY_NO_IDENTIFIERS_ATTESTED)
				  ->no_identifiers_attested->n_findings,
			  2);
}
END_TEST

START_TEST(a_roster_finds_names_and_no_event_has_one)
{
	struct bytes artifact = given_text("lit-101.e1", "text/plain", "Then Quetzalli read.");
	const Evidence__ScanAnswer *scan;
	struct record record;

	ck_assert_int_eq(when_scanned(artifact, "", "Quetzalli Ortiz"), OK);
	scan = got_evidence(&p)->scan;
	ck_assert_uint_eq(scan->n_first, 1);
	ck_assert_int_eq(scan->first[0]->kind, EVIDENCE__FINDING_KIND__NAME);
	ck_assert_uint_eq(scan->first[0]->at, 5);
	ck_assert_uint_eq(scan->first[0]->bytes, 9);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "needs_privacy_step");
	p.kit.seen_seq = 0;
	while (kit_next_event(&p.kit, &record) != NULL)
		ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "Quetzalli", 9));
	/* Without the roster there is nothing; what was found stays. */
	ck_assert_int_eq(when_scanned(artifact, "", ""), OK);
	ck_assert_uint_eq(got_evidence(&p)->scan->n_first, 0);
	ck_assert_int_eq(when_attested_shown(artifact, 0), REJECTED);
	ck_assert_int_eq(when_attested_shown(artifact, 1), OK);
}
END_TEST

START_TEST(what_was_attested_before_a_scan_found_more_is_not_attested)
{
	struct upload u = {.requirement = "lit-101.e1",
			   .media_type = "text/plain",
			   .content = "Quetzalli reads",
			   .student_data = true};

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, u.content), OK);
	ck_assert_int_eq(when_finished(&p, u.artifact), OK);
	ck_assert_int_eq(when_attested_shown(u.artifact, 0), OK);
	ck_assert_str_eq(artifact_state_seen(&p, u.artifact), "ready");
	ck_assert_int_eq(when_scanned(u.artifact, "", "Quetzalli"), OK);
	ck_assert_str_eq(artifact_state_seen(&p, u.artifact), "needs_privacy_step");
}
END_TEST

START_TEST(a_redacted_copy_is_clean_or_what_it_still_has_was_shown)
{
	struct bytes artifact = given_text("lit-101.e1", "text/plain", LEAKY);
	struct bytes half = given_text("lit-101.e1", "text/plain", "Write to kid@school.example");
	struct bytes clean = given_text("lit-101.e1", "text/plain", "Ring or write.");
	const Evidence__ArtifactRedacted *redacted;

	ck_assert_int_eq(when_redacted_shown(artifact, half, 0), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(FINDINGS_REMAIN));
	ck_assert_int_eq(when_redacted_shown(artifact, half, 1), OK);
	redacted = next_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_REDACTED)->artifact_redacted;
	ck_assert_uint_eq(redacted->n_gone, 1);
	ck_assert_int_eq(redacted->gone[0]->kind, EVIDENCE__FINDING_KIND__PHONE);
	ck_assert_uint_eq(redacted->n_attested, 1);
	ck_assert(bytes_equal(bytes_of_pb(redacted->by), ANA));
	ck_assert_int_eq(when_redacted_shown(half, clean, 0), OK);
	redacted = next_evidence(&p, EVIDENCE__EVENT__BODY_ARTIFACT_REDACTED)->artifact_redacted;
	ck_assert_uint_eq(redacted->n_gone, 1);
	ck_assert_uint_eq(redacted->n_attested, 0);
}
END_TEST

/* ---- answers ---- */

static Cairn__Status when_sealed_attesting(const char *question)
{
	Evidence__Seal ask = EVIDENCE__SEAL__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	char *attested[] = {arena_text(p.kit.arena, bytes_of_text(question))};

	ask.submission = pb_of_bytes(kit_id(&p.kit));
	ask.portfolio = pb_of_bytes(p.portfolio);
	ask.own_work = true;
	ask.ai_use = arena_text(p.kit.arena, bytes_of_text("none"));
	ask.attested = attested;
	ask.n_attested = question[0] != '\0';
	cmd.seal = &ask;
	return when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_SEAL);
}

START_TEST(an_answer_with_identifiers_is_sealed_when_they_are_out_or_attested)
{
	const Evidence__SubmissionSealed *sealed;

	given_everything(&p, NULL);
	ck_assert_int_eq(when_answered(&p, "lit-101.o1", "I rang 615-555-0143 on four days."), OK);
	ck_assert_int_eq(when_scanned(BYTES_NONE, "lit-101.o1", ""), OK);
	ck_assert_uint_eq(got_evidence(&p)->scan->first[0]->at, 7);
	ck_assert_int_eq(when_sealed_attesting(""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(IDENTIFIERS_FOUND));
	ck_assert_ptr_nonnull(
		strstr(p.kit.got.text, "lit-101.o1 has 1 phone, the first at byte 7"));
	ck_assert_int_eq(when_sealed_attesting("lit-101.o2"), REJECTED);
	ck_assert_int_eq(when_sealed_attesting("lit-101.o1"), OK);
	sealed = next_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_SEALED)->submission_sealed;
	ck_assert_uint_eq(sealed->answers[0]->n_attested, 1);
	ck_assert_uint_eq(sealed->answers[1]->n_attested, 0);
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_scan_that_cannot_be_made_is_refused)
{
	struct bytes pdf = given_artifact(&p, "e1", "%PDF");
	Evidence__Scan ask = EVIDENCE__SCAN__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	char *names[501];

	ck_assert_int_eq(when_scanned(pdf, "", ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NO_TEXT));
	ck_assert_int_eq(when_scanned(kit_id(&p.kit), "", ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_ARTIFACT));
	ck_assert_int_eq(when_scanned(BYTES_NONE, "lit-101.o9", ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_QUESTION));
	ck_assert_int_eq(when_scanned(BYTES_NONE, "lit-101.o1", ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ANSWER_MISSING));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		names[i] = (char *)(uintptr_t) "A";
	ask.names = names;
	ask.n_names = ARRAY_LEN(names);
	cmd.scan = &ask;
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_SCAN), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_VALUE));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence scans");
	TCase *tcase = tcase_create("scan");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, a_text_with_identifiers_takes_a_privacy_step_that_nobody_announced);
	tcase_add_test(tcase, a_text_without_identifiers_is_ready);
	tcase_add_test(tcase, findings_are_attested_only_when_all_of_them_were_shown);
	tcase_add_test(tcase, a_roster_finds_names_and_no_event_has_one);
	tcase_add_test(tcase, what_was_attested_before_a_scan_found_more_is_not_attested);
	tcase_add_test(tcase, a_redacted_copy_is_clean_or_what_it_still_has_was_shown);
	tcase_add_test(tcase, an_answer_with_identifiers_is_sealed_when_they_are_out_or_attested);
	tcase_add_test(tcase, a_scan_that_cannot_be_made_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
