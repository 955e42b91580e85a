/* Tests of students in evidence: what passes the seal, consent and its withdrawal, redacted copies.
 */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include "libshared/blobs.h"

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

/* ---- what passes ---- */

enum step { NONE, ATTEST, CONSENT, REDACT };

/* FORMATS 8: student data passes with consent, redaction, or attestation; attestation is not enough
 * where the entry asks for consent. What has no students in it needs nothing, and takes nothing. */
static const struct {
	const char *requirement, *media_type;
	bool said; /* by the teacher */
	enum step step;
	Cairn__Status step_status;
	uint32_t step_reason; /* when it is refused */
	const char *state;
	const char *privacy; /* as the portfolio shows it */
} rules[] = {
	{"lit-101.e1", "text/plain", false, NONE, OK, 0, "ready", "none"},
	{"lit-101.e1", "text/plain", false, ATTEST, REJECTED, REASON(CONSENT_NOT_NEEDED), "ready",
	 "none"},
	{"lit-101.e1", "text/plain", false, CONSENT, REJECTED, REASON(CONSENT_NOT_NEEDED), "ready",
	 "none"},
	{"lit-101.e1", "text/plain", true, NONE, OK, 0, "needs_privacy_step", "needed"},
	{"lit-101.e1", "text/plain", true, ATTEST, OK, 0, "ready", "no_identifiers"},
	{"lit-101.e1", "text/plain", true, CONSENT, OK, 0, "ready", "consent"},
	{"lit-101.e2", "audio/wav", false, NONE, OK, 0, "needs_privacy_step", "needed"},
	{"lit-101.e2", "audio/wav", false, ATTEST, REJECTED, REASON(ATTESTATION_NOT_ENOUGH),
	 "needs_privacy_step", "needed"},
	{"lit-101.e2", "audio/wav", false, CONSENT, OK, 0, "ready", "consent"},
	{"lit-101.e2", "audio/wav", false, REDACT, OK, 0, "ready", "redaction"},
	{"lit-101.e3", "text/csv", false, NONE, OK, 0, "needs_privacy_step", "needed"},
	{"lit-101.e3", "text/csv", false, ATTEST, OK, 0, "ready", "no_identifiers"},
	{"lit-101.e3", "text/csv", false, CONSENT, OK, 0, "ready", "consent"},
	{"lit-101.e3", "text/csv", false, REDACT, OK, 0, "ready", "redaction"},
};

static struct bytes given_upload(const char *requirement, const char *media_type, bool said,
				 const char *content)
{
	struct upload u = {.requirement = requirement,
			   .media_type = media_type,
			   .content = content,
			   .student_data = said};

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_part(&p, u.artifact, 0, content), OK);
	ck_assert_int_eq(when_finished(&p, u.artifact), OK);
	return u.artifact;
}

static const Evidence__ArtifactState *only_item(const char *requirement)
{
	const Evidence__PortfolioAnswer *seen = portfolio_seen(&p);

	for (size_t i = 0; i < seen->n_requirements; i++)
		if (strcmp(seen->requirements[i]->code, requirement) == 0) {
			ck_assert_uint_eq(seen->requirements[i]->n_artifacts, 1);
			return seen->requirements[i]->artifacts[0];
		}
	ck_abort();
}

START_TEST(student_data_passes_by_the_steps_that_the_entry_accepts)
{
	const Evidence__ArtifactState *seen;
	struct bytes artifact = given_upload(rules[_i].requirement, rules[_i].media_type,
					     rules[_i].said, "original");
	Cairn__Status status = OK;

	if (rules[_i].step == ATTEST)
		status = when_attested(&p, artifact);
	else if (rules[_i].step == CONSENT)
		status = when_consent(&p, artifact, kit_id(&p.kit), "");
	else if (rules[_i].step == REDACT)
		status = when_redacted(&p, artifact,
				       given_upload(rules[_i].requirement, rules[_i].media_type,
						    rules[_i].said, "blurred"));
	ck_assert_int_eq(status, rules[_i].step_status);
	if (status != OK)
		ck_assert_uint_eq(p.kit.got.reason, rules[_i].step_reason);
	seen = only_item(rules[_i].requirement);
	ck_assert_str_eq(seen->state, rules[_i].state);
	ck_assert_str_eq(seen->privacy, rules[_i].privacy);
}
END_TEST

START_TEST(consent_may_be_recorded_before_the_upload_ends)
{
	struct upload u = {
		.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "children"};

	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	given_consent(&p, u.artifact);
	ck_assert_str_eq(artifact_state_seen(&p, u.artifact), "uploading");
	ck_assert_int_eq(when_part(&p, u.artifact, 0, u.content), OK);
	ck_assert_int_eq(when_finished(&p, u.artifact), OK);
	ck_assert_str_eq(artifact_state_seen(&p, u.artifact), "ready");
}
END_TEST

/* ---- consent ---- */

static void no_consent_id(Evidence__RecordConsent *ask)
{
	ask->consent.len = 0;
}

static void no_basis(Evidence__RecordConsent *ask)
{
	ask->basis = EVIDENCE__CONSENT_BASIS__BASIS_UNSPECIFIED;
}

static void no_scope(Evidence__RecordConsent *ask)
{
	ask->scope = (char *)(uintptr_t) "";
}

static void no_role(Evidence__RecordConsent *ask)
{
	ask->given_by_role = (char *)(uintptr_t) "";
}

static void no_date(Evidence__RecordConsent *ask)
{
	ask->expires = (char *)(uintptr_t) "next summer";
}

/* A word of the list cannot name a student. */
static void named_role(Evidence__RecordConsent *ask)
{
	ask->given_by_role = (char *)(uintptr_t) "mother of Maria";
}

static void named_scope(Evidence__RecordConsent *ask)
{
	ask->scope = (char *)(uintptr_t) "Maria may be heard";
}

static void other_artifact(Evidence__RecordConsent *ask)
{
	ask->artifact = pb_of_bytes(kit_id(&p.kit));
}

static const struct {
	void (*spoil)(Evidence__RecordConsent *ask);
	uint32_t reason;
} bad_consents[] = {
	{no_consent_id, REASON(BAD_ID)}, {no_basis, REASON(BAD_VALUE)},
	{no_scope, REASON(BAD_VALUE)},   {no_role, REASON(BAD_VALUE)},
	{no_date, REASON(BAD_VALUE)},    {other_artifact, REASON(UNKNOWN_ARTIFACT)},
	{named_role, REASON(BAD_VALUE)}, {named_scope, REASON(BAD_VALUE)},
};

START_TEST(a_consent_that_says_too_little_is_refused)
{
	Evidence__RecordConsent ask = EVIDENCE__RECORD_CONSENT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(given_artifact(&p, "e2", "children"));
	ask.consent = pb_of_bytes(kit_id(&p.kit));
	ask.basis = EVIDENCE__CONSENT_BASIS__PARENT;
	ask.scope = (char *)(uintptr_t) "assessment";
	ask.given_by_role = (char *)(uintptr_t) "parent";
	bad_consents[_i].spoil(&ask);
	cmd.record_consent = &ask;
	ck_assert_int_eq(when_sent(&p, &cmd, EVIDENCE__COMMAND__BODY_RECORD_CONSENT), REJECTED);
	ck_assert_uint_eq(p.kit.got.reason, bad_consents[_i].reason);
}
END_TEST

START_TEST(a_consent_is_recorded_once)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");
	struct bytes consent = given_consent(&p, artifact);

	ck_assert_int_eq(when_consent(&p, artifact, consent, ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ID_TAKEN));
	ck_assert_int_eq(when_consent(&p, artifact, kit_id(&p.kit), ""), OK);
}
END_TEST

/* The kit's day is 2026-01-06; in Chicago, the calendar's zone, it ends at 06:00 UTC. */
#define MIDNIGHT_US (INT64_C(1767765600) * US_PER_S)

static const struct {
	const char *expires;
	int64_t now_us;
	Cairn__Status status;
} last_days[] = {
	{"2026-01-05", KIT_EPOCH_US, REJECTED},
	{"2026-01-06", KIT_EPOCH_US, OK},
	{"2026-01-06", MIDNIGHT_US - 1, OK},
	{"2026-01-06", MIDNIGHT_US, REJECTED},
};

START_TEST(a_consent_holds_to_the_end_of_its_last_day)
{
	struct bytes e2;

	given_artifact(&p, "e1", "plan");
	e2 = given_artifact(&p, "e2", "children");
	ck_assert_int_eq(when_attested(&p, given_artifact(&p, "e3", "1,2")), OK);
	given_answers(&p);
	ck_assert_int_eq(when_consent(&p, e2, kit_id(&p.kit), last_days[_i].expires), OK);
	p.kit.now_us = last_days[_i].now_us;
	ck_assert_int_eq(when_submitted(&p, kit_id(&p.kit)), last_days[_i].status);
	if (last_days[_i].status == OK)
		return;
	ck_assert_int_eq(p.kit.got.reason, REASON(CONSENT_MISSING));
	ck_assert(strstr(p.kit.got.text, "lit-101.e2 item 1") != NULL);
}
END_TEST

START_TEST(a_withdrawn_consent_closes_the_artifact_for_good)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");
	struct bytes consent = given_consent(&p, artifact);

	given_consent(&p, artifact);
	ck_assert_int_eq(when_unconsent(&p, artifact, consent), OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "restricted");
	ck_assert_int_eq(when_unconsent(&p, artifact, consent), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_consent(&p, artifact, kit_id(&p.kit), ""), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_attested(&p, artifact), REJECTED);
	ck_assert_int_eq(when_redacted(&p, artifact, given_artifact(&p, "e2", "blurred")), OK);
	ck_assert_str_eq(only_item("lit-101.e2")->state, "ready");
}
END_TEST

START_TEST(a_consent_that_is_not_on_record_is_not_withdrawn)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");

	ck_assert_int_eq(when_unconsent(&p, artifact, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_CONSENT));
	ck_assert_int_eq(when_unconsent(&p, artifact, BYTES_NONE), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_ID));
}
END_TEST

START_TEST(an_operator_withdraws_for_a_parent_and_another_teacher_may_not)
{
	Evidence__WithdrawConsent ask = EVIDENCE__WITHDRAW_CONSENT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	struct bytes artifact = given_artifact(&p, "e2", "children");

	ask.artifact = pb_of_bytes(artifact);
	ask.consent = pb_of_bytes(given_consent(&p, artifact));
	cmd.withdraw_consent = &ask;
	ck_assert_int_eq(
		when_sent_as(&p, PORTAL, BEN, &cmd, EVIDENCE__COMMAND__BODY_WITHDRAW_CONSENT),
		REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NOT_YOURS));
	ck_assert_int_eq(
		when_sent_as(&p, OPERATOR, BEN, &cmd, EVIDENCE__COMMAND__BODY_WITHDRAW_CONSENT),
		OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifact), "restricted");
}
END_TEST

START_TEST(consent_is_withdrawn_also_when_the_portfolio_is_closed)
{
	struct bytes artifacts[3], submission, consent;

	given_everything(&p, artifacts);
	consent = kit_id(&p.kit);
	ck_assert_int_eq(when_consent(&p, artifacts[1], consent, ""), OK);
	submission = given_sealed(&p);
	hear_decision(&p, submission, "yes yes yes", false);
	ck_assert_str_eq(portfolio_seen(&p)->state, "passed");
	ck_assert_int_eq(when_unconsent(&p, artifacts[1], consent), OK);
	ck_assert_str_eq(artifact_state_seen(&p, artifacts[1]), "restricted");
	ck_assert_str_eq(submission_seen(&p, submission)->state, "decided");
}
END_TEST

/* ---- redaction ---- */

START_TEST(a_redacted_copy_takes_the_place_and_the_originals_bytes_are_to_go)
{
	struct bytes first = given_artifact(&p, "e2", "first"), second, copy;
	const Evidence__PortfolioAnswer *seen;

	given_consent(&p, first);
	second = given_artifact(&p, "e2", "second");
	given_consent(&p, second);
	/* Both stand as items; a third finds no room until one of them goes. */
	ck_assert_int_eq(when_artifact_begun(&p, &(struct upload){.requirement = "lit-101.e2",
								  .media_type = "audio/wav",
								  .content = "x"}),
			 REJECTED);
	ck_assert_int_eq(when_unconsent(&p, first, given_consent(&p, first)), OK);
	copy = given_artifact(&p, "e2", "first, blurred");
	ck_assert_int_eq(when_redacted(&p, first, copy), OK);
	seen = portfolio_seen(&p);
	ck_assert_uint_eq(seen->requirements[1]->n_artifacts, 2);
	ck_assert(bytes_equal(bytes_of_pb(seen->requirements[1]->artifacts[0]->artifact), copy));
	ck_assert(bytes_equal(bytes_of_pb(seen->requirements[1]->artifacts[1]->artifact), second));
	ck_assert_int_eq(when_abandoned(&p, first), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
}
END_TEST

START_TEST(only_a_finished_upload_of_the_same_requirement_is_a_copy)
{
	struct bytes artifact = given_artifact(&p, "e2", "children");
	struct bytes other = given_artifact(&p, "e1", "plan");
	struct upload u = {
		.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "half"};

	ck_assert_int_eq(when_redacted(&p, artifact, artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_ID));
	ck_assert_int_eq(when_redacted(&p, artifact, kit_id(&p.kit)), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_ARTIFACT));
	ck_assert_int_eq(when_redacted(&p, artifact, other), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_VALUE));
	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_redacted(&p, artifact, u.artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_redacted(&p, u.artifact, artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(WRONG_STATE));
	ck_assert_int_eq(when_redacted(&p, other, artifact), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(CONSENT_NOT_NEEDED));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence privacy");
	TCase *tcase = tcase_create("privacy");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_loop_test(tcase, student_data_passes_by_the_steps_that_the_entry_accepts, 0,
			    ARRAY_LEN(rules));
	tcase_add_test(tcase, consent_may_be_recorded_before_the_upload_ends);
	tcase_add_loop_test(tcase, a_consent_that_says_too_little_is_refused, 0,
			    ARRAY_LEN(bad_consents));
	tcase_add_test(tcase, a_consent_is_recorded_once);
	tcase_add_loop_test(tcase, a_consent_holds_to_the_end_of_its_last_day, 0,
			    ARRAY_LEN(last_days));
	tcase_add_test(tcase, a_withdrawn_consent_closes_the_artifact_for_good);
	tcase_add_test(tcase, a_consent_that_is_not_on_record_is_not_withdrawn);
	tcase_add_test(tcase, an_operator_withdraws_for_a_parent_and_another_teacher_may_not);
	tcase_add_test(tcase, consent_is_withdrawn_also_when_the_portfolio_is_closed);
	tcase_add_test(tcase, a_redacted_copy_takes_the_place_and_the_originals_bytes_are_to_go);
	tcase_add_test(tcase, only_a_finished_upload_of_the_same_requirement_is_a_copy);
	suite_add_tcase(suite, tcase);
	return suite;
}
