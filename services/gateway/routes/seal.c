/* Sealing: a page that says what leaves the teacher's hands, the seal, its receipt, and the recall.
 */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/next_step.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

/* ---- before ---- */

/* What keeps the seal from being possible, each with where it is mended. */
static json_t *missing_of(struct request *r, const struct work *work)
{
	json_t *list = json_array(), *rows[2] = {requirements_of(r, work), questions_of(r, work)};
	json_t *row;
	size_t i;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		json_array_foreach(rows[k], i, row)
		{
			const char *code = text_in(row, "code");

			if (!is_true_in(row, "open") || is_true_in(row, "is_met"))
				continue;
			json_array_append_new(
				list,
				json_pack("{s:s, s:s, s:s, s:s}", "code", code, "what",
					  k == 0 ? text_in(row, "title") : text_in(row, "prompt"),
					  "count_text", text_in(row, "count_text"), "path",
					  k == 0 ? arena_printf(r->arena, "evidence/%s", code)
						 : "answers"));
		}
		json_decref(rows[k]);
	}
	return list;
}

/* Artifacts for which nothing protects the students in them yet. */
static unsigned unprotected(const struct work *work)
{
	json_t *requirement, *artifact;
	unsigned n = 0;
	size_t i, k;

	json_array_foreach(json_object_get(work->portfolio, "requirements"), i, requirement)
	{
		json_array_foreach(json_object_get(requirement, "artifacts"), k, artifact)
		{
			n += strcmp(text_in(artifact, "state"), "needs_privacy_step") == 0;
		}
	}
	return n;
}

static void seal_page_ready(struct request *r)
{
	const struct work *work = work_of(r);
	json_t *page = work_page(r, work, word(r, "teacher.seal_title"));
	json_t *missing = missing_of(r, work), *questions = questions_of(r, work);
	const char *next = next_step(work->enrollment, work->portfolio);

	put_number(page, "unprotected", unprotected(work));
	if (unprotected(work) > 0)
		put_true(page, "has_unprotected");
	if (json_array_size(missing) > 0)
		put_true(page, "has_missing");
	else if (unprotected(work) == 0 &&
		 (strcmp(next, "seal") == 0 || strcmp(next, "resubmit") == 0))
		put_true(page, "can_seal");
	json_object_set_new(page, "missing", missing);
	json_object_set_new(page, "requirements", requirements_of(r, work));
	json_object_set_new(page, "questions", questions);
	if (number_in(work->portfolio, "attempt") > 1)
		json_object_set_new(page, "open_rows", copy_of_list(work->portfolio, "open_rows"));
	reply_page(r, 200, "seal", page);
}

static void show_seal(struct request *r)
{
	load_work(r, seal_page_ready);
}

/* ---- the seal ---- */

static void sealed(struct request *r)
{
	struct id submission = made_id(r, "submission");
	const char *id = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&submission)));

	if (!refused(r, 0))
		reply_done(r, 201, json_incref(answer(r, 0)), "/submissions/%s", id);
}

/* One checkbox, several, or a list: all as a list. */
static json_t *attested_of(const struct request *r)
{
	json_t *value = json_object_get(r->body, "attested");

	if (json_is_array(value))
		return json_deep_copy(value);
	return json_is_string(value) ? json_pack("[O]", value) : json_array();
}

static void seal_it(struct request *r)
{
	struct id enrollment, submission = made_id(r, "submission");
	json_t *fields;

	if (!param_id(r, "enrollment", &enrollment))
		return;
	fields = json_pack("{s:s, s:s, s:b, s:s, s:o}", "submission",
			   ID_STR(bytes_of_id(&submission)), "portfolio",
			   ID_STR(bytes_of_id(&enrollment)), "own_work", is_sent(r, "own_work"),
			   "ai_use", sent(r, "ai_use"), "attested", attested_of(r));
	if (*sent(r, "language") != '\0')
		put_text(fields, "language", sent(r, "language"));
	order(r, TO_EVIDENCE, "seal", &enrollment, fields);
	then(r, sealed);
}

/* ---- the receipt ---- */

static json_t *items_of(struct request *r, const json_t *sealed_work)
{
	json_t *list = copy_of_list(sealed_work, "items"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_text(row, "size_text", size_text(r, number_in(row, "bytes")));
		put_text(row, "privacy_text", coded(r, "privacy", text_in(row, "privacy")));
	}
	return list;
}

static void tell_receipt(struct request *r, const json_t *work, json_t *page)
{
	const json_t *s = json_object_get(work, "sealed");
	const char *state = text_in(work, "state");

	put_text(page, "state", state);
	put_text(page, "state_text", coded(r, "submission", state));
	put_text(page, "enrollment", text_in(s, "portfolio"));
	put_text(page, "manifest_sha256", text_in(s, "manifest_sha256"));
	put_number(page, "attempt", number_in(s, "attempt"));
	put_number(page, "sealed_us", number_in(s, "sealed_us"));
	put_moment_of(r, page, "sealed_us", "sealed_text");
	put_number(page, "due_us", number_in(s, "due_us"));
	put_date_of(r, page, "due_us", "due_text");
	put_number(page, "limit_us", number_in(s, "limit_us"));
	put_date_of(r, page, "limit_us", "limit_text");
	put_number(page, "recall_until_us", number_in(s, "recall_until_us"));
	put_moment_of(r, page, "recall_until_us", "recall_until_text");
	put_text(page, "ai_use", text_in(s, "ai_use"));
	put_text(page, "ai_text", coded(r, "ai", text_in(s, "ai_use")));
	json_object_set_new(page, "items", items_of(r, s));
	json_object_set_new(page, "answers", copy_of_list(s, "answers"));
	json_object_set_new(page, "rows", copy_of_list(s, "rows"));
	if (strcmp(state, "sealed") == 0 && number_in(s, "recall_until_us") > r->now_us)
		put_true(page, "can_recall");
	if (strcmp(state, "sealed") == 0 || strcmp(state, "opened") == 0)
		put_true(page, "waits");
	if (strcmp(state, "decided") == 0)
		put_true(page, "is_decided");
}

static void receipt_came(struct request *r)
{
	json_t *page;

	if (not_told(r, 0) || !is_own(r, json_object_get(answer(r, 0), "sealed")))
		return;
	page = json_pack("{s:s, s:s}", "title", word(r, "teacher.receipt_title"), "submission",
			 param(r, "submission"));
	tell_receipt(r, answer(r, 0), page);
	reply_page(r, 200, "receipt", page);
}

static void ask_submission(struct request *r, step_fn *next)
{
	struct id id;

	if (!param_id(r, "submission", &id))
		return;
	ask(r, TO_EVIDENCE, "get_submission",
	    json_pack("{s:s}", "submission", ID_STR(bytes_of_id(&id))));
	then(r, next);
}

static void show_receipt(struct request *r)
{
	ask_submission(r, receipt_came);
}

/* ---- recall ---- */

static void recalled(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "submission", param(r, "submission")),
			   "/enrollments/%s", (const char *)r->own);
}

static void recall_owned(struct request *r)
{
	const json_t *s = json_object_get(answer(r, 0), "sealed");
	struct id enrollment;

	if (not_told(r, 0) || !is_own(r, s))
		return;
	r->own = arena_printf(r->arena, "%s", text_in(s, "portfolio"));
	if (!id_of_text(r->own, &enrollment)) {
		reply_nothing_here(r);
		return;
	}
	order(r, TO_EVIDENCE, "recall", &enrollment,
	      json_pack("{s:s}", "submission", param(r, "submission")));
	then(r, recalled);
}

static void recall_it(struct request *r)
{
	ask_submission(r, recall_owned);
}

static const struct route seals[] = {
	{GET, "/enrollments/{enrollment}/seal", show_seal, READS(EVIDENCE_OF),
	 .about = "What will be sealed, and what is still missing"},
	{POST, "/enrollments/{enrollment}/seal", seal_it, CHANGES(EVIDENCE_OF),
	 .takes = "own_work?yes ai_use?text attested?texts language?text",
	 .about = "Seal the work: nothing in it changes afterwards"},
	{GET, "/submissions/{submission}", show_receipt, READS(EVIDENCE_OF),
	 .about = "The receipt: manifest hash, due date, until when it can be recalled"},
	{POST, "/submissions/{submission}/recall", recall_it, CHANGES(EVIDENCE_OF),
	 .about = "Take a submission back before a reader has opened it"},
};

const struct route_list seal_routes = {seals, ARRAY_LEN(seals)};
