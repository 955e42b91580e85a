/* A lead reader's work: rows that two readers dispute, submissions that a person must screen, and
 * what nobody may read. Readings come without names, submissions without authors. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/reader.h"

#include <string.h>

#define QUEUE_MAX 100

/* ---- the queue ---- */

static const struct part {
	const char *state, *member;
} parts[] = {
	{"adjudication", "disputed"},    {"review_adjudication", "reviewed"},
	{"screening", "to_screen"},      {"queued", "alone"},
	{"second_read", "alone_second"}, {"review", "alone_review"},
};

static json_t *queue_row(struct request *r, const json_t *from)
{
	json_t *row = json_pack("{s:s, s:s, s:I, s:I, s:I}", "submission",
				text_in(from, "submission"), "code", text_in(from, "code"),
				"attempt", (json_int_t)number_in(from, "attempt"), "due_us",
				(json_int_t)number_in(from, "due_us"), "limit_us",
				(json_int_t)number_in(from, "limit_us"));

	ENSURE(row != NULL);
	put_date_of(r, row, "due_us", "due_text");
	put_date_of(r, row, "limit_us", "limit_text");
	if (strncmp(text_in(from, "late"), "past_", 5) == 0)
		put_true(row, "is_late");
	return row;
}

/* Of what waits for a reader only what nobody may read. */
static json_t *queue_part(struct request *r, const json_t *queue, bool alone)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(json_object_get(queue, "rows"), i, row)
	{
		if (!alone || is_true_in(row, "no_eligible_reader"))
			json_array_append_new(list, queue_row(r, row));
	}
	return list;
}

static void queue_came(struct request *r)
{
	json_t *page = json_pack("{s:s}", "title", word(r, "reading.lead_title"));

	for (unsigned i = 0; i < ARRAY_LEN(parts); i++) {
		bool alone = strncmp(parts[i].member, "alone", 5) == 0;
		json_t *list;

		if (refused(r, i)) {
			json_decref(page);
			return;
		}
		list = queue_part(r, answer(r, i), alone);
		if (alone && json_object_get(page, "alone") != NULL) {
			json_array_extend(json_object_get(page, "alone"), list);
			json_decref(list);
		} else {
			json_object_set_new(page, parts[i].member, list);
		}
	}
	reply_page(r, 200, "adjudications", page);
}

static void show_queue(struct request *r)
{
	for (unsigned i = 0; i < ARRAY_LEN(parts); i++)
		ask(r, TO_ASSESSMENT, "get_queue",
		    json_pack("{s:s, s:i}", "state", parts[i].state, "limit", QUEUE_MAX));
	then(r, queue_came);
}

/* ---- one dispute ---- */

struct dispute {
	json_t *told;     /* AdjudicationAnswer */
	json_t *items;    /* ItemList; NULL: not opened */
	json_t *criteria; /* of the disputed rows */
	json_t *values, *wrong;
	unsigned status;
};

static struct dispute *dispute_of(struct request *r)
{
	if (r->own == NULL) {
		struct dispute *d = arena_alloc(r->arena, sizeof *d);

		*d = (struct dispute){.status = 200};
		r->own = d;
	}
	return r->own;
}

static struct rating_form form_of(const struct dispute *d)
{
	return (struct rating_form){
		.criteria = d->criteria,
		.levels = json_object_get(d->told, "levels"),
		.pass_ordinal = number_in(d->told, "pass_ordinal"),
		.words_min = number_in(d->told, "feedback_words_min"),
	};
}

static json_t *both_of(const struct dispute *d, const char *row)
{
	json_t *list = json_array(), *reading;
	size_t i;

	json_array_foreach(json_object_get(d->told, "readings"), i, reading)
	{
		const json_t *rating = find_in(json_object_get(reading, "ratings"), "row", row);

		if (rating == NULL)
			continue;
		json_array_append_new(
			list, json_pack("{s:I, s:s, s:s, s:I, s:s}", "reading", (json_int_t)i + 1,
					"level", text_in(rating, "level"), "level_text",
					level_label(json_object_get(d->told, "levels"),
						    text_in(rating, "level")),
					"confidence", (json_int_t)number_in(rating, "confidence"),
					"feedback", text_in(rating, "feedback")));
	}
	return list;
}

static json_t *criteria_of(const json_t *told, const json_t *entry)
{
	json_t *list = json_array(), *criterion;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(entry, "rubric"), "criteria"), i,
			   criterion)
	{
		if (holds_text(json_object_get(told, "rows"), text_in(criterion, "code")))
			json_array_append(list, criterion);
	}
	return list;
}

static const char *reading_opened(const struct request *r)
{
	const char *reading = query_text(r, "reading");

	reading = reading != NULL ? reading : body_text(r, "reading");
	return reading != NULL ? reading : "";
}

static json_t *dispute_page(struct request *r, const struct dispute *d, const json_t *entry)
{
	const struct rating_form form = form_of(d);
	json_t *page = json_pack("{s:s, s:s, s:s, s:s}", "title", word(r, "reading.dispute_title"),
				 "submission", param(r, "submission"), "code",
				 text_in(d->told, "code"), "name", text_in(entry, "title"));
	json_t *rows = rating_rows(r, &form, d->values, d->wrong), *row, *shown;
	size_t i;

	ENSURE(page != NULL);
	json_array_foreach(rows, i, row)
	{
		json_object_set_new(row, "said", both_of(d, text_in(row, "row")));
	}
	if (d->items != NULL) {
		shown = shown_items(r, reading_opened(r), d->items, entry);
		add_judged_by(d->criteria, rows, shown);
		put_text(page, "reading", reading_opened(r));
		json_object_set_new(page, "items", shown);
	}
	if (d->wrong != NULL)
		put_true(page, "is_wrong");
	json_object_set_new(page, "rows", rows);
	return page;
}

static void order_adjudicate(struct request *r, const struct dispute *d);

static void entry_came(struct request *r)
{
	struct dispute *d = dispute_of(r);
	const json_t *entry;
	struct rating_form form;

	if (refused(r, 0))
		return;
	entry = json_object_get(answer(r, 0), "entry");
	d->criteria = keep(r, criteria_of(d->told, entry));
	form = form_of(d);
	if (r->method == GET) {
		reply_page(r, 200, "adjudication", dispute_page(r, d, entry));
		return;
	}
	d->wrong = keep(r, ratings_wrong(r, &form, d->values));
	if (d->wrong == NULL)
		order_adjudicate(r, d);
	else if (r->wants_json)
		reply_problem(r, 422, "ratings_wrong", "%s", word(r, "reading.wrong"));
	else
		reply_page(r, 422, "adjudication", dispute_page(r, d, entry));
}

/* Whoever may not settle it is told no more than of one that is not there. */
static void dispute_came(struct request *r)
{
	struct dispute *d = dispute_of(r);
	Cairn__Status status = status_of(r, 0);

	if (status == CAIRN__STATUS__BUSY || status == CAIRN__STATUS__UNAVAILABLE) {
		refused(r, 0);
		return;
	}
	if (status != CAIRN__STATUS__OK) {
		reply_nothing_here(r);
		return;
	}
	d->told = keep(r, json_incref(answer(r, 0)));
	if (*reading_opened(r) != '\0' && status_of(r, 1) == CAIRN__STATUS__OK)
		d->items = keep(r, json_incref(answer(r, 1)));
	d->values = keep(r, r->method == GET ? json_object() : ratings_sent(r));
	ask(r, TO_ENROLLMENT, "get_entry",
	    json_pack("{s:s, s:I}", "entry", text_in(d->told, "entry"), "version",
		      (json_int_t)number_in(d->told, "version")));
	then(r, entry_came);
}

static void load_dispute(struct request *r)
{
	struct id submission, reading;

	if (!param_id(r, "submission", &submission))
		return;
	ask(r, TO_ASSESSMENT, "get_adjudication",
	    json_pack("{s:s}", "submission", param(r, "submission")));
	if (*reading_opened(r) != '\0') {
		if (!id_of_text(reading_opened(r), &reading)) {
			reply_nothing_here(r);
			return;
		}
		ask(r, TO_EVIDENCE, "list_items", json_pack("{s:s}", "reading", reading_opened(r)));
	}
	then(r, dispute_came);
}

/* ---- its evidence ---- */

static void opened(struct request *r)
{
	struct id reading = made_id(r, "reading");

	if (!refused(r, 0))
		reply_done(r, 201, json_pack("{s:s}", "reading", ID_STR(bytes_of_id(&reading))),
			   "/adjudications/%s?reading=%s", param(r, "submission"),
			   ID_STR(bytes_of_id(&reading)));
}

static void open_dispute(struct request *r)
{
	struct id submission, reading = made_id(r, "reading");

	if (!param_id(r, "submission", &submission))
		return;
	order(r, TO_EVIDENCE, "open_reading", &submission,
	      json_pack("{s:s, s:s}", "reading", ID_STR(bytes_of_id(&reading)), "submission",
			param(r, "submission")));
	then(r, opened);
}

/* ---- deciding ---- */

static void settled(struct request *r)
{
	const json_t *outcome = answer(r, 0);

	if (!refused(r, 0))
		reply_done(r, 200,
			   json_pack("{s:s, s:b, s:b}", "state", text_in(outcome, "state"),
				     "decided", is_true_in(outcome, "decided"), "passed",
				     is_true_in(outcome, "passed")),
			   "/adjudications?done=sent");
}

static void order_adjudicate(struct request *r, const struct dispute *d)
{
	struct id submission;

	if (!param_id(r, "submission", &submission))
		return;
	order(r, TO_ASSESSMENT, "adjudicate", &submission,
	      json_pack("{s:s, s:s, s:o}", "submission", param(r, "submission"), "assessor",
			own_assessor(r), "ratings", ratings_list(d->values)));
	then(r, settled);
}

/* ---- screening, and who read it before ---- */

static void lead_done(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "submission", param(r, "submission")),
			   "/adjudications?done=saved");
}

static void lead_order(struct request *r, const char *command, const char *member,
		       const char *value)
{
	json_t *fields = json_pack("{s:s}", "submission", param(r, "submission"));
	struct id submission;

	if (!param_id(r, "submission", &submission)) {
		json_decref(fields);
		return;
	}
	if (member != NULL)
		put_text(fields, member, value);
	order(r, TO_ASSESSMENT, command, &submission, fields);
	then(r, lead_done);
}

static void screen(struct request *r)
{
	lead_order(r, "screen", NULL, NULL);
}

static void return_it(struct request *r)
{
	lead_order(r, "return_incomplete", "why", sent(r, "why"));
}

static void waive(struct request *r)
{
	lead_order(r, "waive_same_reader", "assessor", own_assessor(r));
}

static const struct route adjudications[] = {
	{GET, "/adjudications", show_queue, LEADS, .about = "What waits for a lead reader"},
	{GET, "/adjudications/{submission}", load_dispute, LEADS, .hides = true,
	 .takes = "reading?text", .about = "Both readings of a disputed submission"},
	{POST, "/adjudications/{submission}/open", open_dispute, LEADS, .hides = true,
	 .body = BODY_FORM, .about = "Open the evidence of a disputed submission"},
	{POST, "/adjudications/{submission}", load_dispute, LEADS, .hides = true, .body = BODY_FORM,
	 .changes = "/adjudications/{submission}", .body_max = (size_t)512 << 10,
	 .about = "Settle the rows that two readers dispute"},
	{POST, "/adjudications/{submission}/waive", waive, LEADS, .hides = true, .body = BODY_FORM,
	 .about = "Let those read who read an earlier attempt"},
	{POST, "/adjudications/{submission}/screen", screen, LEADS, .hides = true,
	 .body = BODY_FORM, .about = "Let a submission pass that a person must screen"},
	{POST, "/adjudications/{submission}/return", return_it, LEADS, .hides = true,
	 .changes = "/adjudications/{submission}", .body = BODY_FORM, .takes = "why=text",
	 .about = "Give an incomplete submission back; it is no attempt"},
};

const struct route_list adjudications_routes = {adjudications, ARRAY_LEN(adjudications)};
