/* The evidence for one requirement: what is there, what protects students in it, what is still to
 * add. Bytes come by the upload's own routes. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <stdlib.h>
#include <string.h>

/* ---- the page ---- */

static json_t *findings_of(struct request *r, const json_t *artifact, int64_t *shown_r)
{
	json_t *list = copy_of_list(artifact, "findings"), *row;
	size_t i;

	*shown_r = 0;
	json_array_foreach(list, i, row)
	{
		put_text(row, "kind_text", coded(r, "finding", text_in(row, "kind")));
		*shown_r += number_in(row, "count");
	}
	return list;
}

/* What may be done with an artifact: the page has a form for each. */
static void put_choices(const json_t *requirement, json_t *row)
{
	const char *state = text_in(row, "state");
	bool waits = strcmp(state, "needs_privacy_step") == 0;

	if (waits || strcmp(state, "ready") == 0)
		put_true(row, "can_consent");
	if (waits)
		put_true(row, "needs_step");
	if (waits && !is_true_in(requirement, "consent_required"))
		put_true(row, "can_attest");
	if (is_true_in(requirement, "open") &&
	    (waits || strcmp(state, "ready") == 0 || strcmp(state, "uploading") == 0))
		put_true(row, "can_remove");
	if (strcmp(state, "uploading") != 0 && strcmp(state, "purged") != 0)
		put_true(row, "can_open");
}

static void tell_artifact(struct request *r, const json_t *requirement, json_t *row, size_t i)
{
	int64_t shown;
	json_t *findings = findings_of(r, row, &shown);

	put_number(row, "number", (int64_t)i + 1);
	put_text(row, "state_text", coded(r, "artifact", text_in(row, "state")));
	put_text(row, "privacy_text", coded(r, "privacy", text_in(row, "privacy")));
	put_text(row, "size_text", size_text(r, number_in(row, "bytes")));
	put_text(row, "received_text", size_text(r, number_in(row, "received")));
	put_day_of(r, row, "captured_on", "captured_text");
	if (json_array_size(findings) > 0)
		put_true(row, "has_findings");
	json_object_set_new(row, "findings", findings);
	put_number(row, "shown", shown);
	put_choices(requirement, row);
	if (strcmp(text_in(row, "state"), "uploading") == 0)
		put_true(row, "is_uploading");
}

/* Only what still counts: what was replaced or abandoned is of no use to anybody. */
static json_t *artifacts_of(struct request *r, const json_t *requirement)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(json_object_get(requirement, "artifacts"), i, row)
	{
		if (strcmp(text_in(row, "state"), "abandoned") == 0 ||
		    strcmp(text_in(row, "state"), "replaced") == 0)
			continue;
		tell_artifact(r, requirement, row, json_array_size(list));
		json_array_append(list, row);
	}
	return list;
}

/* The ready ones, each of which may take the place of one that shows too much. */
static json_t *copies_of(const json_t *artifacts)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(artifacts, i, row)
	{
		if (strcmp(text_in(row, "state"), "ready") == 0)
			json_array_append_new(list, json_pack("{s:s, s:O}", "copy",
							      text_in(row, "artifact"), "number",
							      json_object_get(row, "number")));
	}
	return list;
}

static void put_neighbours(const json_t *requirements, const json_t *requirement, json_t *page)
{
	size_t n = (size_t)number_in(requirement, "number");

	if (n > 1)
		put_text(page, "previous", text_in(json_array_get(requirements, n - 2), "code"));
	if (n < json_array_size(requirements))
		put_text(page, "following", text_in(json_array_get(requirements, n), "code"));
}

static void step_ready(struct request *r)
{
	const struct work *work = work_of(r);
	json_t *requirements = keep(r, requirements_of(r, work)), *page, *artifacts;
	json_t *requirement = find_in(requirements, "code", param(r, "requirement"));

	if (requirement == NULL) {
		reply_nothing_here(r);
		return;
	}
	page = work_page(r, work, text_in(requirement, "title"));
	artifacts = artifacts_of(r, requirement);
	put_neighbours(requirements, requirement, page);
	if (is_true_in(requirement, "open") && number_in(requirement, "items_max") > 0 &&
	    (int64_t)json_array_size(artifacts) < number_in(requirement, "items_max") &&
	    strcmp(text_in(work->enrollment, "state"), "ACTIVE") == 0)
		put_true(page, "can_add");
	json_object_set_new(page, "copies", copies_of(artifacts));
	json_object_set(page, "requirement", requirement);
	json_object_set_new(requirement, "artifacts", artifacts);
	put_text(page, "kind", text_in(requirement, "kind"));
	if (is_true_in(requirement, "student_data"))
		put_true(page, "student_data");
	reply_page(r, 200, "evidence_step", page);
}

static void show_step(struct request *r)
{
	load_work(r, step_ready);
}

/* ---- what protects students ---- */

static void changed(struct request *r)
{
	if (refused(r, 0))
		return;
	if (*sent(r, "requirement") != '\0')
		reply_done(r, 200, json_pack("{s:s}", "artifact", param(r, "artifact")),
			   "/enrollments/%s/evidence/%s", param(r, "enrollment"),
			   escaped(r, sent(r, "requirement")));
	else
		reply_done(r, 200, json_pack("{s:s}", "artifact", param(r, "artifact")),
			   "/enrollments/%s", param(r, "enrollment"));
}

/* Evidence itself says whose the artifact is. Steals fields. */
static void change(struct request *r, const char *command, json_t *fields)
{
	struct id artifact, enrollment;

	if (!param_id(r, "artifact", &artifact) || !param_id(r, "enrollment", &enrollment)) {
		json_decref(fields);
		return;
	}
	put_text(fields, "artifact", ID_STR(bytes_of_id(&artifact)));
	order(r, TO_EVIDENCE, command, &enrollment, fields);
	then(r, changed);
}

static void record_consent(struct request *r)
{
	struct id consent = made_id(r, "consent");
	json_t *fields =
		json_pack("{s:s, s:s, s:s}", "consent", ID_STR(bytes_of_id(&consent)), "scope",
			  *sent(r, "scope") != '\0' ? sent(r, "scope") : "assessment",
			  "given_by_role", sent(r, "given_by_role"));

	if (*sent(r, "basis") != '\0')
		put_text(fields, "basis", sent(r, "basis"));
	if (*sent(r, "expires") != '\0')
		put_text(fields, "expires", sent(r, "expires"));
	change(r, "record_consent", fields);
}

static void withdraw_consent(struct request *r)
{
	struct id consent;

	if (param_id(r, "consent", &consent))
		change(r, "withdraw_consent",
		       json_pack("{s:s}", "consent", ID_STR(bytes_of_id(&consent))));
}

static int64_t shown_count(const struct request *r)
{
	json_t *number = json_object_get(r->body, "shown");
	char *end;
	long long value;

	if (json_is_integer(number))
		return json_integer_value(number);
	value = strtoll(sent(r, "shown"), &end, 10);
	return value > 0 && value < 1000000 ? value : 0;
}

static void attest(struct request *r)
{
	change(r, "attest_no_identifiers", json_pack("{s:I}", "shown", (json_int_t)shown_count(r)));
}

static void redact(struct request *r)
{
	struct id copy;

	if (!id_of_text(sent(r, "redacted"), &copy)) {
		problem_at(r, "/redacted", "the id of the copy that was uploaded");
		reply_problem(r, 422, "copy_missing",
			      "Upload the redacted copy first, then choose it here.");
		return;
	}
	change(r, "record_redaction",
	       json_pack("{s:s, s:s, s:I}", "redacted", ID_STR(bytes_of_id(&copy)), "tool",
			 *sent(r, "tool") != '\0' ? sent(r, "tool") : "other", "shown",
			 (json_int_t)shown_count(r)));
}

static void abandon(struct request *r)
{
	change(r, "abandon_artifact", json_object());
}

/* ---- answers ---- */

static void answers_ready(struct request *r)
{
	json_t *page = work_page(r, work_of(r), word(r, "teacher.answers"));

	json_object_set_new(page, "questions", questions_of(r, work_of(r)));
	if (strcmp(text_in(work_of(r)->enrollment, "state"), "ACTIVE") == 0)
		put_true(page, "is_active");
	reply_page(r, 200, "answers", page);
}

static void show_answers(struct request *r)
{
	load_work(r, answers_ready);
}

static void answer_saved(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "question", param(r, "question")),
			   "/enrollments/%s/answers", param(r, "enrollment"));
}

static void save_answer(struct request *r)
{
	struct id enrollment;

	if (!param_id(r, "enrollment", &enrollment))
		return;
	order(r, TO_EVIDENCE, "save_answer", &enrollment,
	      json_pack("{s:s, s:s, s:s}", "portfolio", ID_STR(bytes_of_id(&enrollment)),
			"question", param(r, "question"), "text", sent(r, "text")));
	then(r, answer_saved);
}

#define OF_ARTIFACT "/enrollments/{enrollment}/artifacts/{artifact}"

static const struct route evidence[] = {
	{GET, "/enrollments/{enrollment}/evidence/{requirement}", show_step, READS(EVIDENCE_OF),
	 .about = "What is asked for, what has been added, and what protects students in it"},
	{POST, OF_ARTIFACT "/consent", record_consent, CHANGES(EVIDENCE_OF),
	 .takes = "requirement?text scope?text basis=text given_by_role=text expires?text",
	 .about = "Record that consent was given"},
	{POST, OF_ARTIFACT "/consents/{consent}/withdraw", withdraw_consent, CHANGES(EVIDENCE_OF),
	 .takes = "requirement?text", .about = "Record that a consent was withdrawn"},
	{POST, OF_ARTIFACT "/attest", attest, CHANGES(EVIDENCE_OF),
	 .takes = "requirement?text shown?count",
	 .about = "Say that nothing in it identifies a student, findings looked at"},
	{POST, OF_ARTIFACT "/redaction", redact, CHANGES(EVIDENCE_OF),
	 .takes = "requirement?text redacted=text tool?text shown?count",
	 .about = "Put a redacted copy in its place"},
	{POST, OF_ARTIFACT "/remove", abandon, CHANGES(EVIDENCE_OF), .takes = "requirement?text",
	 .about = "Take an artifact out before it is sealed"},
	{GET, "/enrollments/{enrollment}/answers", show_answers, READS(EVIDENCE_OF),
	 .about = "Questions and reflection with what has been written so far"},
	{POST, "/enrollments/{enrollment}/answers/{question}", save_answer, CHANGES(EVIDENCE_OF),
	 .changes = "/enrollments/{enrollment}/answers", .takes = "text?text",
	 .body_max = (size_t)256 << 10, .about = "Save the draft of an answer"},
};

const struct route_list evidence_routes = {evidence, ARRAY_LEN(evidence)};
