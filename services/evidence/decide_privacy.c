/* Rules on students in evidence: consent and its withdrawal, redacted copies, attestation. */
#include "services/evidence/rules.h"

#include "libshared/calendar.h"

#include <string.h>

#define SCOPE_MAX 500
#define ROLE_TEXT_MAX 100

/* The artifact has students in it and may still take a privacy step. */
static enum verdict need_students(struct decision *d, const struct artifact *row)
{
	if (row->state > ARTIFACT_READY)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "no step mends this artifact: its state is %s; upload a copy",
				   artifact_state_word(row->state));
	if (!row->student_data)
		return refuse_text(d, EVIDENCE__REASON__CONSENT_NOT_NEEDED,
				   "this artifact was not said to have students in it");
	return ACCEPTED;
}

/* ---- consent ---- */

static enum verdict check_consent_shape(const Evidence__RecordConsent *ask, struct decision *d)
{
	int64_t day;

	if (!is_id(bytes_of_pb(ask->consent)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "consent: 16 bytes are needed");
	if (ask->basis == EVIDENCE__CONSENT_BASIS__BASIS_UNSPECIFIED)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "basis: PARENT, ADULT_STUDENT or SCHOOL_POLICY is needed");
	if (ask->scope[0] == '\0' || strlen(ask->scope) > SCOPE_MAX)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "scope: what was consented to, in 1 to %d bytes, is needed",
				   SCOPE_MAX);
	if (ask->given_by_role[0] == '\0' || strlen(ask->given_by_role) > ROLE_TEXT_MAX)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "given_by_role: who consented, as a role and not a name, in 1 "
				   "to %d bytes, is needed",
				   ROLE_TEXT_MAX);
	if (ask->expires[0] != '\0' && !day_of_text(ask->expires, &day))
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "expires: a date like 2027-06-30, or nothing, is needed");
	return ACCEPTED;
}

/* Also while a submission is out: the more consent is on record the better. */
enum verdict decide_record_consent(const struct view *view, const Evidence__Command *cmd,
				   struct decision *d)
{
	const Evidence__RecordConsent *ask = cmd->record_consent;
	Evidence__ConsentRecorded recorded = EVIDENCE__CONSENT_RECORDED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct consent taken;
	struct artifact row;
	struct work work;

	if (known_artifact(view, d, bytes_of_pb(ask->artifact), &row, &work) != ACCEPTED ||
	    check_consent_shape(ask, d) != ACCEPTED || need_students(d, &row) != ACCEPTED)
		return REFUSED;
	if (consent_get(view, bytes_of_pb(ask->artifact), bytes_of_pb(ask->consent), &taken))
		return refuse_text(d, EVIDENCE__REASON__ID_TAKEN,
				   "this consent is on record; use a new id for another one");
	recorded.artifact = ask->artifact;
	recorded.consent = ask->consent;
	recorded.scope = ask->scope;
	recorded.basis = ask->basis;
	recorded.given_by_role = ask->given_by_role;
	recorded.expires = ask->expires;
	event.consent_recorded = &recorded;
	emit_event(d, bytes_of_pb(ask->artifact), &event, EVIDENCE__EVENT__BODY_CONSENT_RECORDED);
	return ACCEPTED;
}

static bool submission_shows(const struct view *view, struct bytes submission,
			     struct bytes artifact, struct arena *arena)
{
	const Evidence__SubmissionSealed *sealed = sealed_get(view, submission, arena);

	for (size_t i = 0; i < sealed->n_items; i++)
		if (bytes_equal(bytes_of_pb(sealed->items[i]->artifact), artifact))
			return true;
	return false;
}

/* Whoever reads it now is cut off; the next reader gets a grant in which the item is closed. */
static void cut_readers_off(const struct view *view, struct decision *d, const struct artifact *row,
			    struct bytes artifact)
{
	struct id_scan submissions = id_scan(SUBMISSION_OF, bytes_of_id(&row->portfolio));
	struct id submission;

	while (id_next(&submissions, view, &submission)) {
		struct bytes id = arena_copy(d->arena, bytes_of_id(&submission));

		if (submission_shows(view, id, artifact, d->arena))
			emit_grants_closed(view, d, id, "consent_withdrawn");
	}
}

enum verdict decide_withdraw_consent(const struct view *view, const Evidence__Command *cmd,
				     struct decision *d)
{
	const Evidence__WithdrawConsent *ask = cmd->withdraw_consent;
	Evidence__ConsentWithdrawn withdrawn = EVIDENCE__CONSENT_WITHDRAWN__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct bytes artifact = bytes_of_pb(ask->artifact);
	struct consent consent;
	struct artifact row;
	struct work work;

	if (known_artifact(view, d, artifact, &row, &work) != ACCEPTED)
		return REFUSED;
	if (!is_id(bytes_of_pb(ask->consent)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "consent: 16 bytes are needed");
	if (!consent_get(view, artifact, bytes_of_pb(ask->consent), &consent))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_CONSENT,
				   "no such consent is on record for this artifact");
	if (consent.withdrawn)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "this consent was withdrawn before");
	withdrawn.artifact = ask->artifact;
	withdrawn.consent = ask->consent;
	event.consent_withdrawn = &withdrawn;
	emit_event(d, artifact, &event, EVIDENCE__EVENT__BODY_CONSENT_WITHDRAWN);
	cut_readers_off(view, d, &row, artifact);
	return ACCEPTED;
}

/* ---- redaction ---- */

/* The copy is whole, of the same requirement, and not itself what readers know. */
static enum verdict check_copy(const struct view *view, const Evidence__RecordRedaction *ask,
			       const struct artifact *original, struct decision *d)
{
	struct bytes redacted = bytes_of_pb(ask->redacted);
	struct artifact copy;

	if (!is_id(redacted) || bytes_equal(redacted, bytes_of_pb(ask->artifact)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID,
				   "redacted: the id of another artifact is needed");
	if (!artifact_get(view, redacted, &copy) ||
	    !id_equal(&copy.portfolio, &original->portfolio))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_ARTIFACT,
				   "redacted: no such artifact is in this portfolio");
	if (copy.requirement != original->requirement)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "redacted: upload the copy for the same requirement");
	if ((copy.state != ARTIFACT_NEEDS_PRIVACY && copy.state != ARTIFACT_READY) || copy.sealed)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "redacted: a finished upload that was never sealed is needed; "
				   "its state is %s",
				   artifact_state_word(copy.state));
	return ACCEPTED;
}

enum verdict decide_record_redaction(const struct view *view, const Evidence__Command *cmd,
				     struct decision *d)
{
	const Evidence__RecordRedaction *ask = cmd->record_redaction;
	Evidence__ArtifactRedacted redacted = EVIDENCE__ARTIFACT_REDACTED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct artifact row;
	struct work work;

	if (open_artifact(view, d, bytes_of_pb(ask->artifact), &row, &work) != ACCEPTED)
		return REFUSED;
	/* What consent was withdrawn for is mended by a redacted copy, and by nothing else. */
	if (row.state != ARTIFACT_RESTRICTED && need_students(d, &row) != ACCEPTED)
		return REFUSED;
	if (row.state == ARTIFACT_UPLOADING)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "this artifact is still being uploaded; abandon it and upload "
				   "the redacted copy alone");
	if (strlen(ask->tool) > ROLE_TEXT_MAX)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "tool: at most %d bytes are allowed", ROLE_TEXT_MAX);
	if (check_copy(view, ask, &row, d) != ACCEPTED)
		return REFUSED;
	redacted.artifact = ask->artifact;
	redacted.redacted = ask->redacted;
	redacted.tool = ask->tool;
	event.artifact_redacted = &redacted;
	emit_event(d, bytes_of_pb(ask->artifact), &event, EVIDENCE__EVENT__BODY_ARTIFACT_REDACTED);
	return ACCEPTED;
}

/* ---- attestation ---- */

enum verdict decide_attest_no_identifiers(const struct view *view, const Evidence__Command *cmd,
					  struct decision *d)
{
	Evidence__NoIdentifiersAttested attested = EVIDENCE__NO_IDENTIFIERS_ATTESTED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct bytes artifact = bytes_of_pb(cmd->attest_no_identifiers->artifact);
	struct artifact row;
	struct work work;

	if (open_artifact(view, d, artifact, &row, &work) != ACCEPTED ||
	    need_students(d, &row) != ACCEPTED)
		return REFUSED;
	if (row.consent_required)
		return refuse_text(d, EVIDENCE__REASON__ATTESTATION_NOT_ENOUGH,
				   "%s asks for consent, or for a redacted copy",
				   work.entry->requirements[row.requirement]->code);
	attested.artifact = pb_of_bytes(artifact);
	event.no_identifiers_attested = &attested;
	emit_event(d, artifact, &event, EVIDENCE__EVENT__BODY_NO_IDENTIFIERS_ATTESTED);
	return ACCEPTED;
}
