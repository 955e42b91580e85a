/* What a decision says: each row with its level and feedback, what is open again, and the appeal.
 */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

#define APPEAL_MAX 4000

struct feedback {
	json_t *submission; /* SubmissionAnswer */
	json_t *told;       /* FeedbackAnswer */
};

/* ---- the page ---- */

static json_t *rows_of(struct request *r, const json_t *told, const json_t *rubric, unsigned *met_r)
{
	json_t *list = copy_of_list(told, "rows"), *row;
	size_t i;

	*met_r = 0;
	json_array_foreach(list, i, row)
	{
		const json_t *level =
			find_in(json_object_get(rubric, "levels"), "code", text_in(row, "level"));
		const json_t *appealed = find_in(json_object_get(rubric, "levels"), "code",
						 text_in(row, "appeal_level"));

		put_text(row, "level_text",
			 level != NULL ? text_in(level, "label") : text_in(row, "level"));
		if (*text_in(row, "appeal_level") != '\0')
			put_text(row, "appeal_level_text",
				 appealed != NULL ? text_in(appealed, "label")
						  : text_in(row, "appeal_level"));
		put_text(row, "reason_text", coded(r, "why", text_in(row, "reason")));
		*met_r += is_true_in(row, "met");
	}
	return list;
}

static void put_outcome(struct request *r, const struct feedback *f, const json_t *portfolio,
			json_t *page)
{
	const char *state = text_in(portfolio, "state");

	put_number(page, "attempt", number_in(f->told, "attempt"));
	if (is_true_in(f->told, "passed"))
		put_true(page, "passed");
	put_text(page, "outcome_text",
		 word(r, is_true_in(f->told, "passed") ? "teacher.outcome_passed"
						       : "teacher.outcome_not_yet"));
	if (!is_true_in(f->told, "passed") && strcmp(state, "open") == 0)
		put_true(page, "can_resubmit");
	if (strcmp(state, "coach_first") == 0)
		put_true(page, "coach_first");
	json_object_set_new(page, "open_rows", copy_of_list(portfolio, "open_rows"));
}

static void feedback_ready(struct request *r)
{
	const struct feedback *f = r->own;
	const json_t *sealed = json_object_get(f->submission, "sealed");
	json_t *page, *rows;
	unsigned met;

	if (refused(r, 0))
		return;
	rows = rows_of(r, f->told,
		       json_object_get(json_object_get(answer(r, 0), "entry"), "rubric"), &met);
	page = json_pack("{s:s, s:s, s:s, s:s, s:s}", "title", word(r, "teacher.feedback_title"),
			 "submission", param(r, "submission"), "enrollment",
			 text_in(sealed, "portfolio"), "code",
			 text_in(json_object_get(answer(r, 0), "entry"), "code"), "name",
			 text_in(json_object_get(answer(r, 0), "entry"), "title"));
	ENSURE(page != NULL);
	put_text(page, "met_text",
		 say(r, "teacher.rows_met", arena_printf(r->arena, "%u", met),
		     arena_printf(r->arena, "%zu", json_array_size(rows)), NULL));
	json_object_set_new(page, "rows", rows);
	put_outcome(r, f, answer(r, 1), page);
	reply_page(r, 200, "feedback", page);
}

/* Before it is released there is none: that is said, not hidden. */
static void feedback_came(struct request *r)
{
	struct feedback *f = r->own;
	const json_t *sealed = json_object_get(answer(r, 0), "sealed");

	if (not_told(r, 0) || !is_own(r, sealed))
		return;
	if (status_of(r, 1) == CAIRN__STATUS__UNAVAILABLE ||
	    status_of(r, 1) == CAIRN__STATUS__BUSY) {
		refused(r, 1);
		return;
	}
	if (answer(r, 1) == NULL) {
		reply_problem(r, 404, "not_decided", "%s", word(r, "teacher.not_decided"));
		return;
	}
	f->submission = keep(r, json_incref(answer(r, 0)));
	f->told = keep(r, json_incref(answer(r, 1)));
	ask(r, TO_ENROLLMENT, "get_entry",
	    json_pack("{s:s, s:I}", "entry", text_in(sealed, "entry"), "version",
		      (json_int_t)number_in(sealed, "version")));
	ask(r, TO_EVIDENCE, "get_portfolio",
	    json_pack("{s:s}", "portfolio", text_in(sealed, "portfolio")));
	then(r, feedback_ready);
}

static void show_feedback(struct request *r)
{
	struct feedback *f = arena_alloc(r->arena, sizeof *f);
	struct id id;

	if (!param_id(r, "submission", &id))
		return;
	*f = (struct feedback){0};
	r->own = f;
	ask(r, TO_EVIDENCE, "get_submission",
	    json_pack("{s:s}", "submission", ID_STR(bytes_of_id(&id))));
	ask(r, TO_ASSESSMENT, "get_feedback",
	    json_pack("{s:s}", "submission", ID_STR(bytes_of_id(&id))));
	then(r, feedback_came);
}

/* ---- the appeal ---- */

static void appealed(struct request *r)
{
	json_t *receipt;

	if (refused(r, 0))
		return;
	receipt = json_pack("{s:s, s:I}", "submission", param(r, "submission"), "due_us",
			    (json_int_t)number_in(answer(r, 0), "due_us"));
	put_date_of(r, receipt, "due_us", "due_text");
	if (!r->wants_json) {
		put_text(receipt, "title", word(r, "teacher.appeal_filed"));
		reply_page(r, 201, "appeal", receipt);
		return;
	}
	reply_json(r, 201, receipt);
}

static json_t *rows_sent(const struct request *r)
{
	json_t *value = json_object_get(r->body, "rows");

	if (json_is_array(value))
		return json_deep_copy(value);
	return json_is_string(value) ? json_pack("[O]", value) : json_array();
}

/* Assessment knows a submission's author as well; evidence is asked so that somebody else's looks
 * like nothing. */
static void appeal_owned(struct request *r)
{
	struct id submission;

	if (not_told(r, 0) || !is_own(r, json_object_get(answer(r, 0), "sealed")) ||
	    !param_id(r, "submission", &submission))
		return;
	order(r, TO_ASSESSMENT, "file_appeal", &submission,
	      json_pack("{s:s, s:o, s:s}", "submission", ID_STR(bytes_of_id(&submission)), "rows",
			rows_sent(r), "reason", sent(r, "reason")));
	then(r, appealed);
}

static void file_appeal(struct request *r)
{
	struct id submission;
	const char *reason = sent(r, "reason");

	if (!param_id(r, "submission", &submission))
		return;
	if (*reason == '\0' || strlen(reason) > APPEAL_MAX) {
		problem_at(r, "/reason", "1 to 4000 characters");
		reply_problem(r, 422, "reason_missing", "%s", word(r, "teacher.appeal_reason"));
		return;
	}
	ask(r, TO_EVIDENCE, "get_submission",
	    json_pack("{s:s}", "submission", ID_STR(bytes_of_id(&submission))));
	then(r, appeal_owned);
}

static const struct route feedbacks[] = {
	{GET, "/submissions/{submission}/feedback", show_feedback, READS(EVIDENCE_OF),
	 .about = "The decision: each row with its level and feedback"},
	{POST, "/submissions/{submission}/appeal", file_appeal, CHANGES(EVIDENCE_OF),
	 .takes = "rows?texts reason?text", .about = "Ask for a fresh blind reader"},
};

const struct route_list feedback_routes = {feedbacks, ARRAY_LEN(feedbacks)};
