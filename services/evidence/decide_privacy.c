/* Rules on students in evidence: redacted copies, attestation. */
#include "services/evidence/rules.h"

#include <string.h>

#define TOOL_MAX 100

enum verdict need_students(struct decision *d, const struct artifact *row)
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
	if (strlen(ask->tool) > TOOL_MAX)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "tool: at most %d bytes are allowed", TOOL_MAX);
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
