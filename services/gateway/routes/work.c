/* The work of one enrollment: asked of enrollment and evidence, and told in words. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/next_step.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

struct work *work_of(const struct request *r)
{
	ENSURE(r->own != NULL);
	return r->own;
}

static json_t *kept(struct request *r, json_t *value)
{
	return value != NULL ? keep(r, json_incref(value)) : NULL;
}

/* ---- loading ---- */

static void details_came(struct request *r)
{
	struct work *work = work_of(r);

	if (refused(r, 0))
		return;
	work->entry = kept(r, answer(r, 0));
	if (work->portfolio != NULL && *text_in(work->portfolio, "submission") != '\0')
		work->submission = kept(r, answer(r, 1));
	work->ready(r);
}

static void work_came(struct request *r)
{
	struct work *work = work_of(r);
	const char *submission;

	if (not_told(r, 0) || !is_own(r, answer(r, 0)))
		return;
	if (status_of(r, 1) == CAIRN__STATUS__UNAVAILABLE ||
	    status_of(r, 1) == CAIRN__STATUS__BUSY) {
		refused(r, 1);
		return;
	}
	work->enrollment = kept(r, answer(r, 0));
	work->portfolio = kept(r, answer(r, 1));
	ask(r, TO_ENROLLMENT, "get_entry",
	    json_pack("{s:s, s:I}", "entry", text_in(work->enrollment, "entry"), "version",
		      (json_int_t)number_in(work->enrollment, "version")));
	submission = text_in(work->portfolio, "submission");
	if (*submission != '\0')
		ask(r, TO_EVIDENCE, "get_submission", json_pack("{s:s}", "submission", submission));
	then(r, details_came);
}

void load_work(struct request *r, step_fn *ready)
{
	struct work *work = arena_alloc(r->arena, sizeof *work);
	struct id id;

	if (!param_id(r, "enrollment", &id))
		return;
	*work = (struct work){.ready = ready};
	r->own = work;
	ask(r, TO_ENROLLMENT, "get_enrollment",
	    json_pack("{s:s}", "enrollment", ID_STR(bytes_of_id(&id))));
	ask(r, TO_EVIDENCE, "get_portfolio",
	    json_pack("{s:s}", "portfolio", ID_STR(bytes_of_id(&id))));
	then(r, work_came);
}

/* ---- telling ---- */

static void put_next(struct request *r, const struct work *work, json_t *page)
{
	const char *next = next_step(work->enrollment, work->portfolio);

	put_text(page, "next", next);
	put_text(page, "next_text", coded(r, "next", next));
	put_true(page, arena_printf(r->arena, "next_%s", next));
	put_number(page, "items_missing", items_missing(work->portfolio));
	put_number(page, "answers_missing", answers_missing(work->portfolio));
}

static void put_submission(struct request *r, const struct work *work, json_t *page)
{
	json_t *sealed = json_object_get(work->submission, "sealed");

	if (sealed == NULL || strcmp(text_in(work->submission, "state"), "recalled") == 0)
		return;
	put_text(page, "submission", text_in(sealed, "submission"));
	put_text(page, "submission_state", text_in(work->submission, "state"));
	put_number(page, "due_us", number_in(sealed, "due_us"));
	put_date_of(r, page, "due_us", "due_text");
	put_number(page, "recall_until_us", number_in(sealed, "recall_until_us"));
	put_moment_of(r, page, "recall_until_us", "recall_until_text");
}

json_t *work_page(struct request *r, const struct work *work, const char *title)
{
	const json_t *enrollment = work->enrollment;
	json_t *page =
		json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "title", title, "enrollment",
			  text_in(enrollment, "enrollment"), "code", text_in(enrollment, "code"),
			  "name", text_in(json_object_get(work->entry, "entry"), "title"),
			  "version", (json_int_t)number_in(enrollment, "version"), "state",
			  text_in(enrollment, "state"));

	ENSURE(page != NULL);
	put_text(page, "state_text", coded(r, "state", text_in(enrollment, "state")));
	put_number(page, "enrolled_us", number_in(enrollment, "enrolled_us"));
	put_date_of(r, page, "enrolled_us", "enrolled_text");
	put_number(page, "lapses_us", number_in(enrollment, "lapses_us"));
	put_date_of(r, page, "lapses_us", "lapses_text");
	put_number(page, "attempt", number_in(work->portfolio, "attempt"));
	if (is_true_in(work->portfolio, "coach_first"))
		put_true(page, "coach_first");
	if (*text_in(enrollment, "credential") != '\0')
		put_text(page, "credential", text_in(enrollment, "credential"));
	put_submission(r, work, page);
	put_next(r, work, page);
	return page;
}

static void put_collected(const json_t *state, json_t *row)
{
	put_number(row, "items", number_in(state, "items"));
	if (is_true_in(state, "open"))
		put_true(row, "open");
	if (number_in(state, "items") >= number_in(row, "items_min"))
		put_true(row, "is_met");
	json_object_set_new(row, "artifacts", copy_of_list(state, "artifacts"));
}

json_t *requirements_of(struct request *r, const struct work *work)
{
	json_t *list = copy_of_list(json_object_get(work->entry, "entry"), "requirements"), *row;
	json_t *states = json_object_get(work->portfolio, "requirements");
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_collected(find_in(states, "code", text_in(row, "code")), row);
		put_number(row, "number", (int64_t)i + 1);
		put_text(row, "kind_text", coded(r, "kind", text_in(row, "kind")));
		put_text(row, "count_text",
			 say(r, "teacher.items_of",
			     arena_printf(r->arena, "%" PRId64, number_in(row, "items")),
			     arena_printf(r->arena, "%" PRId64, number_in(row, "items_min")),
			     arena_printf(r->arena, "%" PRId64, number_in(row, "items_max")),
			     NULL));
	}
	return list;
}

static json_t *question_row(struct request *r, const json_t *question, const json_t *state)
{
	json_t *row = json_deep_copy(question);

	put_text(row, "text", text_in(state, "text"));
	put_number(row, "words", number_in(state, "words"));
	if (is_true_in(state, "open"))
		put_true(row, "open");
	if (number_in(state, "words") >= number_in(question, "words_min") &&
	    number_in(state, "words") <= number_in(question, "words_max"))
		put_true(row, "is_met");
	put_text(row, "count_text",
		 say(r, "teacher.words_of",
		     arena_printf(r->arena, "%" PRId64, number_in(row, "words")),
		     arena_printf(r->arena, "%" PRId64, number_in(row, "words_min")),
		     arena_printf(r->arena, "%" PRId64, number_in(row, "words_max")), NULL));
	return row;
}

json_t *questions_of(struct request *r, const struct work *work)
{
	const json_t *entry = json_object_get(work->entry, "entry");
	json_t *asked = copy_of_list(entry, "questions"), *list = json_array(), *question;
	json_t *states = json_object_get(work->portfolio, "questions");
	size_t i;

	if (json_object_get(entry, "reflection") != NULL)
		json_array_append(asked, json_object_get(entry, "reflection"));
	json_array_foreach(asked, i, question)
	{
		json_array_append_new(
			list, question_row(r, question,
					   find_in(states, "code", text_in(question, "code"))));
	}
	json_decref(asked);
	return list;
}
