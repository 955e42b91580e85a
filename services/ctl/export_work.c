/* What an educator did: enrollments, evidence as it was sealed, decisions and what readers saw. */
#include "services/ctl/export.h"

#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"

#include <string.h>

/* The wording that was enrolled in, once for all who share it. */
static void export_definition(struct export *x, const Enrollment__EnrollmentAnswer *e)
{
	const char *path = export_path(x, "definitions/%s/v%u.json", e->code, e->version);
	const Enrollment__EntryAnswer *a;

	if (ctl_failed(x->ctl) || export_has(x, path))
		return;
	a = (const Enrollment__EntryAnswer *)ctl_ask_fields(x->ctl, TO_ENROLLMENT, "get_entry",
							    json_pack("{s:s, s:i}", "entry",
								      export_id(x, e->entry),
								      "version", (int)e->version));
	if (a != NULL)
		export_message(x, path, "definition", &a->entry->base);
}

/* ---- evidence ---- */

static void export_artifact(struct export *x, ProtobufCBinaryData artifact, struct bytes sha256)
{
	const char *path = export_path(x, "evidence/%s", export_id(x, artifact));

	if (!ctl_failed(x->ctl) && !export_has(x, path))
		export_fetched(x, path, "evidence", "fetch_own",
			       json_pack("{s:s}", "artifact", export_id(x, artifact)), sha256);
}

static void export_artifacts(struct export *x, const Evidence__PortfolioAnswer *p)
{
	for (size_t i = 0; i < p->n_requirements; i++)
		for (size_t j = 0; j < p->requirements[i]->n_artifacts; j++) {
			const Evidence__ArtifactState *a = p->requirements[i]->artifacts[j];

			if (strcmp(a->state, "uploading") != 0)
				export_artifact(x, a->artifact, bytes_of_pb(a->sha256));
		}
}

/* Scope, basis, role and end: no consent names a student. */
static void export_consents(struct export *x, const char *enrollment)
{
	const Evidence__ConsentLedger *a = (const Evidence__ConsentLedger *)ctl_ask_fields(
		x->ctl, TO_EVIDENCE, "get_consents", json_pack("{s:s}", "portfolio", enrollment));

	if (a == NULL || a->n_consents == 0)
		return;
	export_message(x, export_path(x, "enrollments/%s/consents.json", enrollment), "consents",
		       &a->base);
	if (a->more)
		ctl_fault(x->ctl, CTL_REFUSED,
			  "enrollment %s: it has more consents than are listed", enrollment);
}

/* ---- decisions ---- */

/* A reading is known by its own id: whose it was is nobody's but the installation's. */
static void export_decision(struct export *x, const char *place, const char *submission)
{
	struct id author = x->ctl->actor;
	const ProtobufCMessage *a;
	json_t *json, *reading;
	size_t i;

	x->ctl->actor = ID_NONE; /* how it was made is told to operators */
	a = ctl_ask_fields(x->ctl, TO_ASSESSMENT, "get_decision",
			   json_pack("{s:s}", "submission", submission));
	x->ctl->actor = author;
	if (a == NULL)
		return;
	json = json_of_message(a);
	json_array_foreach(json_object_get(json, "readings"), i, reading)
		json_object_del(reading, "assessor");
	export_json(x, export_path(x, "%s/decision.json", place), "decision", json);
	export_message(x, export_path(x, "%s/feedback.json", place), "feedback",
		       ctl_ask_fields(x->ctl, TO_ASSESSMENT, "get_feedback",
				      json_pack("{s:s}", "submission", submission)));
}

/* ---- submissions ---- */

static void export_submission(struct export *x, const char *enrollment, ProtobufCBinaryData id)
{
	const char *submission = export_id(x, id);
	const char *place = export_path(x, "enrollments/%s/submissions/%s", enrollment, submission);
	const Evidence__SubmissionAnswer *a = (const Evidence__SubmissionAnswer *)ctl_ask_fields(
		x->ctl, TO_EVIDENCE, "get_submission",
		json_pack("{s:s}", "submission", submission));
	const Evidence__SubmissionSealed *sealed = a != NULL ? a->sealed : NULL;

	if (sealed == NULL)
		return;
	export_bytes(x, export_path(x, "%s/sealed-manifest.json", place), "sealed-manifest",
		     bytes_of_pb(a->manifest));
	export_json(x, export_path(x, "%s/submission.json", place), "submission",
		    json_pack("{s:s, s:o}", "state", a->state, "sealed",
			      json_of_message(&sealed->base)));
	for (size_t i = 0; i < sealed->n_items; i++)
		export_artifact(x, sealed->items[i]->artifact,
				bytes_of_pb(sealed->items[i]->sha256));
	for (size_t i = 0; i < sealed->n_answers; i++)
		export_fetched(
			x, export_path(x, "%s/answers/%s.txt", place, sealed->answers[i]->question),
			"answer", "fetch_answer",
			json_pack("{s:s, s:s}", "submission", submission, "question",
				  sealed->answers[i]->question),
			bytes_of_pb(sealed->answers[i]->sha256));
	if (strcmp(a->state, "decided") == 0)
		export_decision(x, place, submission);
}

/* ---- enrollments ---- */

static void export_enrollment(struct export *x, const Enrollment__EnrollmentAnswer *e)
{
	const char *enrollment = export_id(x, e->enrollment);
	const Evidence__PortfolioAnswer *p;

	export_message(x, export_path(x, "enrollments/%s/enrollment.json", enrollment),
		       "enrollment", &e->base);
	export_definition(x, e);
	p = (const Evidence__PortfolioAnswer *)ctl_ask_fields(
		x->ctl, TO_EVIDENCE, "get_portfolio", json_pack("{s:s}", "portfolio", enrollment));
	if (p == NULL)
		return;
	export_message(x, export_path(x, "enrollments/%s/portfolio.json", enrollment), "portfolio",
		       &p->base);
	export_artifacts(x, p);
	export_consents(x, enrollment);
	for (size_t i = 0; i < p->n_submissions && !ctl_failed(x->ctl); i++)
		export_submission(x, enrollment, p->submissions[i]);
}

void export_enrollments(struct export *x)
{
	const Enrollment__EnrollmentList *list;
	json_t *ask = json_pack("{s:s}", "educator", x->educator_text);

	for (;;) {
		list = (const Enrollment__EnrollmentList *)ctl_ask_fields(
			x->ctl, TO_ENROLLMENT, "list_enrollments", json_deep_copy(ask));
		if (list == NULL)
			break;
		for (size_t i = 0; i < list->n_enrollments && !ctl_failed(x->ctl); i++)
			export_enrollment(x, list->enrollments[i]);
		if (list->next.len == 0 || ctl_failed(x->ctl))
			break;
		json_object_set_new(ask, "after", json_string(export_id(x, list->next)));
	}
	json_decref(ask);
}
