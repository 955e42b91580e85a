/* Scans of artifacts and answers for what could identify a student: at the end of an upload, at the
 * seal, and when the teacher asks, with a roster. */
#include "services/evidence/rules.h"

#include "services/evidence/duplicates.h"
#include "services/evidence/tables_privacy.h"
#include "services/evidence/text_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- counts ---- */

Evidence__FindingCount **counts_of(struct decision *d, const struct scan_found *found, size_t *n_r)
{
	Evidence__FindingCount **counts = arena_alloc(d->arena, N_FINDING_KINDS * sizeof *counts);
	size_t n = 0;

	for (unsigned kind = 1; kind < N_FINDING_KINDS; kind++) {
		if (found->counts[kind] == 0)
			continue;
		counts[n] = NEW(d, Evidence__FindingCount, EVIDENCE__FINDING_COUNT__INIT);
		counts[n]->kind = (Evidence__FindingKind)kind;
		counts[n++]->count = found->counts[kind];
	}
	*n_r = n;
	return counts;
}

uint32_t counts_total(Evidence__FindingCount *const *counts, size_t n)
{
	uint32_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += counts[i]->count;
	return total;
}

const char *counts_text(struct decision *d, Evidence__FindingCount *const *counts, size_t n)
{
	char text[200] = "";
	size_t len = 0;

	for (size_t i = 0; i < n && len < sizeof text - 40; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%" PRIu32 " %s",
					i == 0 ? "" : ", ", counts[i]->count,
					finding_word((enum finding_kind)counts[i]->kind));
	return arena_text(d->arena, bytes_of_text(text));
}

/* ---- scans ---- */

struct scan_asked scan_asked_of(const struct view *view, const struct work *work,
				struct decision *d)
{
	const Enrollment__Policy *policy = policy_get(view, work->row.policy_version, d->arena);

	return (struct scan_asked){.id_shapes = policy->student_id_shapes,
				   .n_id_shapes = policy->n_student_id_shapes};
}

static void scan_bytes(struct bytes text, const struct scan_asked *asked, struct scanned *s_r)
{
	s_r->text = text;
	s_r->text_bytes = text.len;
	scan_text(text, asked, &s_r->found);
}

bool scan_artifact(const struct view *view, struct decision *d, struct bytes artifact,
		   const struct scan_asked *asked, struct scanned *s_r)
{
	const Evidence__ArtifactBegun *begun = begun_get(view, artifact, d->arena);
	struct artifact row;
	struct bytes file;

	*s_r = (struct scanned){0};
	if (!text_file_is(begun->media_type) || !artifact_get(view, artifact, &row) ||
	    (row.bytes > TEXT_FILE_MAX && strncmp(begun->media_type, "text/", 5) != 0) ||
	    !blobs_read(d->caps->blobs, row.sha256, 0, TEXT_FILE_MAX, d->arena, &file))
		return false;
	scan_bytes(text_file_read(begun->media_type, file, d->arena, &s_r->whole), asked, s_r);
	return true;
}

void emit_scanned(struct decision *d, struct bytes artifact, const struct scanned *s, size_t names)
{
	Evidence__ArtifactScanned scanned = EVIDENCE__ARTIFACT_SCANNED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	scanned.artifact = pb_of_bytes(artifact);
	scanned.findings = counts_of(d, &s->found, &scanned.n_findings);
	scanned.text_bytes = s->text_bytes;
	scanned.whole = s->whole;
	scanned.names = (uint32_t)names;
	scanned.signature = signature_of(d, s->text, &scanned.shingles);
	event.artifact_scanned = &scanned;
	emit_event(d, artifact, &event, EVIDENCE__EVENT__BODY_ARTIFACT_SCANNED);
}

/* ---- on request ---- */

static void answer_scan(struct decision *d, const struct scan_found *found)
{
	Evidence__ScanAnswer scan = EVIDENCE__SCAN_ANSWER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;

	scan.counts = counts_of(d, found, &scan.n_counts);
	scan.first = arena_alloc(d->arena, FINDINGS_FIRST * sizeof *scan.first);
	for (size_t i = 0; i < found->n; i++) {
		Evidence__Finding *f = NEW(d, Evidence__Finding, EVIDENCE__FINDING__INIT);

		f->kind = (Evidence__FindingKind)found->first[i].kind;
		f->at = found->first[i].at;
		f->bytes = found->first[i].len;
		scan.first[scan.n_first++] = f;
	}
	body.body_case = EVIDENCE__ANSWER__BODY_SCAN;
	body.scan = &scan;
	answer(d, &body.base);
}

static enum verdict check_roster(const Evidence__Scan *ask, struct decision *d)
{
	if (ask->n_names > ROSTER_MAX)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "names: at most %zu are looked for at once", ROSTER_MAX);
	for (size_t i = 0; i < ask->n_names; i++)
		if (strlen(ask->names[i]) > ROSTER_NAME_MAX)
			return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
					   "names: at most %zu bytes are allowed in one",
					   ROSTER_NAME_MAX);
	return ACCEPTED;
}

/* What is being typed: the teacher is told, and nothing is kept of it. */
static enum verdict scan_draft(const struct view *view, const Evidence__Scan *ask,
			       struct decision *d)
{
	char code[ANSWER_CODE_LEN];
	struct scan_asked asked;
	struct scanned s = {0};
	struct bytes text;
	struct work work;
	uint16_t question;

	if (open_work(view, d, bytes_of_pb(ask->portfolio), &work) != ACCEPTED)
		return REFUSED;
	question = question_find(&work, ask->question);
	if (question == NOT_FOUND)
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_QUESTION,
				   "question: %s has none of that code", work.entry->code);
	answer_code(question, code);
	if (!draft_read(d->caps->blobs, work.id, code, 0, TEXT_MAX, d->arena, &text))
		return refuse_text(d, EVIDENCE__REASON__ANSWER_MISSING, "%s has no answer yet",
				   ask->question);
	asked = scan_asked_of(view, &work, d);
	asked.names = ask->names;
	asked.n_names = ask->n_names;
	scan_bytes(text, &asked, &s);
	answer_scan(d, &s.found);
	return ACCEPTED;
}

/* What is found more than before is kept, so that a later scan without the roster hides nothing. */
enum verdict decide_scan(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	const Evidence__Scan *ask = cmd->scan;
	const Evidence__ArtifactScanned *before;
	struct scan_asked asked;
	struct artifact row;
	struct scanned s;
	struct work work;

	if (check_roster(ask, d) != ACCEPTED)
		return REFUSED;
	if (ask->artifact.len == 0)
		return scan_draft(view, ask, d);
	if (open_artifact(view, d, bytes_of_pb(ask->artifact), &row, &work) != ACCEPTED)
		return REFUSED;
	if (row.state != ARTIFACT_NEEDS_PRIVACY && row.state != ARTIFACT_READY)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "a finished artifact is needed: its state is %s",
				   artifact_state_word(row.state));
	asked = scan_asked_of(view, &work, d);
	asked.names = ask->names;
	asked.n_names = ask->n_names;
	if (!scan_artifact(view, d, bytes_of_pb(ask->artifact), &asked, &s))
		return refuse_text(d, EVIDENCE__REASON__NO_TEXT,
				   "files of this kind or size are not read; look yourself");
	before = scanned_get(view, bytes_of_pb(ask->artifact), d->arena);
	if (before == NULL || s.found.total > counts_total(before->findings, before->n_findings))
		emit_scanned(d, bytes_of_pb(ask->artifact), &s, ask->n_names);
	answer_scan(d, &s.found);
	return ACCEPTED;
}
