/* An assessor's own readings: taking the next one, rating it beside its evidence, handing it back.
 * An assessor is told a reading's id, its micro-credential and the evidence, and nothing of whose
 * it is; a hidden anchor goes the same way, step by step. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/reader.h"

#include <string.h>

/* ---- the queue ---- */

static json_t *queue_page(struct request *r, const json_t *assessor)
{
	int64_t cap = number_in(assessor, "daily_cap"), today = number_in(assessor, "today");
	int64_t left = cap > today ? cap - today : 0;
	json_t *page = json_pack("{s:s, s:I, s:I, s:I}", "title", word(r, "reading.queue_title"),
				 "today", (json_int_t)today, "daily_cap", (json_int_t)cap, "left",
				 (json_int_t)left);

	ENSURE(page != NULL);
	put_text(page, "today_text",
		 say(r, "reading.today", arena_printf(r->arena, "%" PRId64, today),
		     arena_printf(r->arena, "%" PRId64, cap), NULL));
	if (is_true_in(assessor, "lead"))
		put_true(page, "is_lead");
	if (json_array_size(json_object_get(assessor, "qualifications")) == 0)
		put_true(page, "has_no_seat");
	return page;
}

static json_t *held_part(struct request *r, const json_t *reading)
{
	json_t *held =
		json_pack("{s:s, s:s, s:s, s:I}", "reading", text_in(reading, "reading"), "code",
			  text_in(reading, "code"), "name", text_in(reading, "title"), "until_us",
			  (json_int_t)number_in(reading, "until_us"));

	ENSURE(held != NULL);
	put_moment_of(r, held, "until_us", "until_text");
	return held;
}

static void reply_queue(struct request *r, const json_t *reading)
{
	json_t *page = queue_page(r, r->own);

	if (reading != NULL)
		json_object_set_new(page, "held", held_part(r, reading));
	else if (number_in(page, "left") > 0)
		put_true(page, "can_take");
	reply_page(r, 200, "readings", page);
}

static void held_came(struct request *r)
{
	if (!refused(r, 0))
		reply_queue(r, answer(r, 0));
}

static void assessor_came(struct request *r)
{
	const char *holds;

	if (refused(r, 0))
		return;
	r->own = keep(r, json_incref(answer(r, 0)));
	holds = text_in(r->own, "holds");
	if (*holds == '\0') {
		reply_queue(r, NULL);
		return;
	}
	ask(r, TO_ASSESSMENT, "get_reading", json_pack("{s:s}", "reading", holds));
	then(r, held_came);
}

static void show_queue(struct request *r)
{
	ask(r, TO_ASSESSMENT, "get_assessor", json_pack("{s:s}", "assessor", own_assessor(r)));
	then(r, assessor_came);
}

static void next_came(struct request *r)
{
	const char *reading;

	if (refused(r, 0))
		return;
	reading = text_in(answer(r, 0), "reading");
	reply_done(r, 201,
		   json_pack("{s:s, s:I}", "reading", reading, "until_us",
			     (json_int_t)number_in(answer(r, 0), "until_us")),
		   "/readings/%s", reading);
}

static void take_next(struct request *r)
{
	struct id reading = made_id(r, "reading");

	order(r, TO_ASSESSMENT, "next_reading", &r->person->assessor,
	      json_pack("{s:s, s:s}", "assessor", own_assessor(r), "reading",
			ID_STR(bytes_of_id(&reading))));
	then(r, next_came);
}

/* ---- a reading ---- */

struct shown {
	json_t *reading; /* ReadingAnswer */
	json_t *items;   /* ItemList; NULL: not opened */
	json_t *values, *wrong;
	unsigned status;
	bool asks_difference;
};

static struct shown *shown_of(struct request *r)
{
	if (r->own == NULL) {
		struct shown *s = arena_alloc(r->arena, sizeof *s);

		*s = (struct shown){.status = 200};
		r->own = s;
	}
	return r->own;
}

static struct rating_form form_of(const json_t *reading)
{
	return (struct rating_form){
		.criteria = json_object_get(reading, "rows"),
		.levels = json_object_get(reading, "levels"),
		.pass_ordinal = number_in(reading, "pass_ordinal"),
		.words_min = number_in(reading, "feedback_words_min"),
	};
}

static json_t *reading_page(struct request *r, const json_t *reading)
{
	json_t *page = held_part(r, reading);

	put_text(page, "title", say(r, "reading.title", text_in(reading, "title"), NULL));
	put_text(page, "state", text_in(reading, "state"));
	return page;
}

static json_t *differences_asked(struct request *r)
{
	static const char *const whys[] = {"own_part_differs", "context_differs",
					   "other_reading_mistaken"};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(whys); i++)
		json_array_append_new(
			list,
			json_pack("{s:s, s:s}", "why", whys[i], "text",
				  word(r, arena_printf(r->arena, "reading.why_%s", whys[i]))));
	return list;
}

static void reading_ready(struct request *r)
{
	struct shown *s = shown_of(r);
	const struct rating_form form = form_of(s->reading);
	json_t *page = reading_page(r, s->reading), *rows, *shown;

	if (refused(r, 0)) {
		json_decref(page);
		return;
	}
	shown = shown_items(r, param(r, "reading"), s->items,
			    json_object_get(answer(r, 0), "entry"));
	rows = rating_rows(r, &form, s->values, s->wrong);
	add_judged_by(form.criteria, rows, shown);
	if (s->asks_difference) {
		put_true(page, "asks_difference");
		json_object_set_new(page, "whys", differences_asked(r));
	}
	if (s->wrong != NULL || s->asks_difference)
		put_true(page, "is_wrong");
	json_object_set_new(page, "items", shown);
	json_object_set_new(page, "rows", rows);
	put_text(page, "form_action", arena_printf(r->arena, "/readings/%s", param(r, "reading")));
	reply_page(r, s->status, "reading", page);
}

/* The entry in the version that the work was begun under: what its items answer. */
static void ask_entry_of(struct request *r, const json_t *reading)
{
	ask(r, TO_ENROLLMENT, "get_entry",
	    json_pack("{s:s, s:I}", "entry", text_in(reading, "entry"), "version",
		      (json_int_t)number_in(reading, "version")));
	then(r, reading_ready);
}

/* What another one reads, or nobody, is not there. True: it was replied. */
static bool is_hidden(struct request *r, unsigned slot)
{
	Cairn__Status status = status_of(r, slot);

	if (status == CAIRN__STATUS__OK)
		return false;
	if (status == CAIRN__STATUS__BUSY || status == CAIRN__STATUS__UNAVAILABLE)
		return refused(r, slot);
	reply_nothing_here(r);
	return true;
}

static void reply_over(struct request *r, const json_t *reading)
{
	json_t *page = reading_page(r, reading);

	put_text(page, "state_text",
		 word(r, arena_printf(r->arena, "reading.state_%s", text_in(reading, "state"))));
	reply_page(r, 200, "reading_over", page);
}

static bool is_in_hand(const json_t *reading)
{
	return strcmp(text_in(reading, "state"), "in_hand") == 0;
}

static void reading_came(struct request *r)
{
	struct shown *s = shown_of(r);

	if (is_hidden(r, 0))
		return;
	s->reading = keep(r, json_incref(answer(r, 0)));
	if (!is_in_hand(s->reading)) {
		reply_over(r, s->reading);
		return;
	}
	if (status_of(r, 1) != CAIRN__STATUS__OK) {
		reply_page(r, 200, "reading_start", reading_page(r, s->reading));
		return;
	}
	s->items = keep(r, json_incref(answer(r, 1)));
	s->values = keep(r, ratings_of_list(json_object_get(answer(r, 2), "ratings")));
	ask_entry_of(r, s->reading);
}

static void ask_reading(struct request *r, step_fn *next)
{
	struct id reading;

	if (!param_id(r, "reading", &reading))
		return;
	ask(r, TO_ASSESSMENT, "get_reading", json_pack("{s:s}", "reading", param(r, "reading")));
	ask(r, TO_EVIDENCE, "list_items", json_pack("{s:s}", "reading", param(r, "reading")));
	ask(r, TO_ASSESSMENT, "get_draft", json_pack("{s:s}", "reading", param(r, "reading")));
	then(r, next);
}

static void show_reading(struct request *r)
{
	ask_reading(r, reading_came);
}

/* ---- opening the evidence ---- */

/* Evidence may not have heard of the reading yet: the next try is another intention. */
static void opened(struct request *r)
{
	if (strcmp(reason_of(r, 0), "NO_GRANT") == 0) {
		reply_header(r, "Retry-After", "1");
		reply_problem(r, 503, "not_ready", "%s", word(r, "reading.not_ready"));
		return;
	}
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "reading", param(r, "reading")),
			   "/readings/%s", param(r, "reading"));
}

static void open_it(struct request *r)
{
	struct id reading;

	if (is_hidden(r, 0) || !param_id(r, "reading", &reading))
		return;
	if (!is_in_hand(answer(r, 0))) {
		reply_problem(r, 409, "LEASE_OVER", "%s", word_of(r, "reasons", "LEASE_OVER"));
		return;
	}
	order(r, TO_EVIDENCE, "open_reading", &reading,
	      json_pack("{s:s}", "reading", param(r, "reading")));
	then(r, opened);
}

static void open_reading(struct request *r)
{
	ask_reading(r, open_it);
}

/* ---- drafts ---- */

static void saved(struct request *r)
{
	if (refused(r, 0))
		return;
	reply_done(r, 200, json_pack("{s:b}", "saved", 1), "/readings/%s?done=saved",
		   param(r, "reading"));
}

static bool order_draft(struct request *r, const json_t *values)
{
	struct id reading;

	if (!param_id(r, "reading", &reading))
		return false;
	order(r, TO_ASSESSMENT, "save_ratings", &reading,
	      json_pack("{s:s, s:o}", "reading", param(r, "reading"), "ratings",
			ratings_list(values)));
	return true;
}

static void save_it(struct request *r)
{
	if (is_hidden(r, 0) || !order_draft(r, keep(r, ratings_sent(r))))
		return;
	then(r, saved);
}

static void save_draft(struct request *r)
{
	ask_reading(r, save_it);
}

/* ---- completing ---- */

static void completed(struct request *r)
{
	struct shown *s = shown_of(r);

	if (strcmp(reason_of(r, 0), "SHARED_ROW_DIFFERS") == 0 && !r->wants_json &&
	    s->items != NULL) {
		s->status = 422;
		s->asks_difference = true;
		ask_entry_of(r, s->reading);
		return;
	}
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "state", text_in(answer(r, 0), "state")),
			   "/readings?done=sent");
}

/* Of every row that says why. */
static json_t *differences_sent(struct request *r)
{
	static const char prefix[] = "differs-";
	json_t *list = json_array(), *value;
	const char *name;

	if (json_is_array(json_object_get(r->body, "differences"))) {
		json_decref(list);
		return json_deep_copy(json_object_get(r->body, "differences"));
	}
	json_object_foreach(r->body, name, value)
	{
		if (strncmp(name, prefix, sizeof prefix - 1) == 0 && json_is_string(value) &&
		    *json_string_value(value) != '\0')
			json_array_append_new(list,
					      json_pack("{s:s, s:O}", "row",
							name + sizeof prefix - 1, "why", value));
	}
	return list;
}

static void order_complete(struct request *r, const struct shown *s)
{
	struct id reading;

	if (!param_id(r, "reading", &reading))
		return;
	order(r, TO_ASSESSMENT, "complete_reading", &reading,
	      json_pack("{s:s, s:o, s:o}", "reading", param(r, "reading"), "ratings",
			ratings_list(s->values), "differences", differences_sent(r)));
	then(r, completed);
}

/* What was typed is kept, whatever is still wrong with it. */
static void draft_kept(struct request *r)
{
	ask_entry_of(r, shown_of(r)->reading);
}

static void reply_wrong(struct request *r, struct shown *s)
{
	if (r->wants_json) {
		reply_problem(r, 422, "ratings_wrong", "%s", word(r, "reading.wrong"));
		return;
	}
	s->status = 422;
	if (order_draft(r, s->values))
		then(r, draft_kept);
}

static void complete_came(struct request *r)
{
	struct shown *s = shown_of(r);
	struct rating_form form;

	if (is_hidden(r, 0))
		return;
	s->reading = keep(r, json_incref(answer(r, 0)));
	s->values = keep(r, ratings_sent(r));
	if (is_in_hand(s->reading) && status_of(r, 1) != CAIRN__STATUS__OK) {
		reply_problem(r, 409, "NOT_OPENED", "%s", word_of(r, "reasons", "NOT_OPENED"));
		return;
	}
	s->items = keep(r, json_incref(answer(r, 1)));
	form = form_of(s->reading);
	s->wrong = is_in_hand(s->reading) ? keep(r, ratings_wrong(r, &form, s->values)) : NULL;
	if (s->wrong != NULL)
		reply_wrong(r, s);
	else
		order_complete(r, s);
}

static void complete_reading(struct request *r)
{
	ask_reading(r, strcmp(sent(r, "do"), "save") == 0 ? save_it : complete_came);
}

/* ---- a conflict of interest ---- */

static void handed_back(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "state", "handed_back"),
			   "/readings?done=handed_back");
}

static void conflict_came(struct request *r)
{
	struct id reading;

	if (is_hidden(r, 0) || !param_id(r, "reading", &reading))
		return;
	order(r, TO_ASSESSMENT, "declare_conflict", &reading,
	      json_pack("{s:s}", "reading", param(r, "reading")));
	then(r, handed_back);
}

static void declare_conflict(struct request *r)
{
	ask_reading(r, conflict_came);
}

static const struct route readings[] = {
	{GET, "/readings", show_queue, ASSESSES, .about = "What the assessor holds, and may take"},
	{POST, "/readings", take_next, RATES, .about = "Take the next reading"},
	{GET, "/readings/{reading}", show_reading, ASSESSES, .hides = true,
	 .about = "A reading: its evidence beside the rubric"},
	{POST, "/readings/{reading}/open", open_reading, RATES, .hides = true,
	 .about = "Open the evidence of a reading"},
	{PUT, "/readings/{reading}/draft", save_draft, RATES, .hides = true,
	 .changes = "/readings/{reading}", .body_max = (size_t)512 << 10,
	 .about = "Save ratings as far as they are typed"},
	{POST, "/readings/{reading}", complete_reading, RATES, .hides = true,
	 .changes = "/readings/{reading}", .body_max = (size_t)512 << 10,
	 .about = "Complete a reading: every open row"},
	{POST, "/readings/{reading}/conflict", declare_conflict, RATES, .hides = true,
	 .changes = "/readings/{reading}",
	 .about = "Declare a conflict of interest and hand the reading back"},
};

const struct route_list readings_routes = {readings, ARRAY_LEN(readings)};
