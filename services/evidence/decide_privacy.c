/* Rules on students in evidence: redacted copies, attestation. */
#include "services/evidence/rules.h"

#include "services/evidence/tables_privacy.h"

#include <inttypes.h>
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

static uint32_t count_of(const Evidence__ArtifactScanned *scanned, Evidence__FindingKind kind)
{
	for (size_t i = 0; scanned != NULL && i < scanned->n_findings; i++)
		if (scanned->findings[i]->kind == kind)
			return scanned->findings[i]->count;
	return 0;
}

/* Which findings of the original are gone. What the copy still has was shown to the teacher. */
static enum verdict add_findings(const struct view *view, const Evidence__RecordRedaction *ask,
				 struct decision *d, Evidence__ArtifactRedacted *redacted)
{
	const Evidence__ArtifactScanned *original =
		scanned_get(view, bytes_of_pb(ask->artifact), d->arena);
	const Evidence__ArtifactScanned *copy =
		scanned_get(view, bytes_of_pb(ask->redacted), d->arena);
	struct scan_found gone = {0};

	if (copy != NULL) {
		redacted->attested = copy->findings;
		redacted->n_attested = copy->n_findings;
	}
	if (counts_total(redacted->attested, redacted->n_attested) != ask->shown)
		return refuse_text(d, EVIDENCE__REASON__FINDINGS_REMAIN,
				   "redacted: the copy's scan found %s; mend it, or look at them "
				   "and say shown: %" PRIu32,
				   redacted->n_attested == 0 ? "nothing"
							     : counts_text(d, redacted->attested,
									   redacted->n_attested),
				   counts_total(redacted->attested, redacted->n_attested));
	for (unsigned kind = 1; kind < N_FINDING_KINDS; kind++) {
		uint32_t was = count_of(original, (Evidence__FindingKind)kind),
			 is = count_of(copy, (Evidence__FindingKind)kind);

		gone.counts[kind] = was > is ? was - is : 0;
	}
	redacted->gone = counts_of(d, &gone, &redacted->n_gone);
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
	redacted.by = pb_of_id(&d->actor);
	if (add_findings(view, ask, d, &redacted) != ACCEPTED)
		return REFUSED;
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
	const Evidence__ArtifactScanned *scanned;
	struct artifact row;
	struct work work;
	uint32_t total;

	if (open_artifact(view, d, artifact, &row, &work) != ACCEPTED ||
	    need_students(d, &row) != ACCEPTED)
		return REFUSED;
	if (row.consent_required)
		return refuse_text(d, EVIDENCE__REASON__ATTESTATION_NOT_ENOUGH,
				   "%s asks for consent, or for a redacted copy",
				   work.entry->requirements[row.requirement]->code);
	scanned = scanned_get(view, artifact, d->arena);
	if (scanned != NULL) {
		attested.findings = scanned->findings;
		attested.n_findings = scanned->n_findings;
	}
	total = counts_total(attested.findings, attested.n_findings);
	if (total != cmd->attest_no_identifiers->shown)
		return refuse_text(d, EVIDENCE__REASON__FINDINGS_NOT_SHOWN,
				   "the scan found %s; look at them, and if they identify nobody "
				   "say shown: %" PRIu32,
				   total == 0
					   ? "nothing"
					   : counts_text(d, attested.findings, attested.n_findings),
				   total);
	attested.artifact = pb_of_bytes(artifact);
	event.no_identifiers_attested = &attested;
	emit_event(d, artifact, &event, EVIDENCE__EVENT__BODY_NO_IDENTIFIERS_ATTESTED);
	return ACCEPTED;
}
