/*
 * The skill-gap questionnaire. Its statements come from the catalogue's competencies, a topic in
 * turn. The answers stay in the request: they are in no event, no log and no address.
 */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/suggest.h"
#include "services/gateway/routes/teacher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOGUE_MAX 200
#define LOOKED_AT 28

struct gap {
	struct competency *all; /* of the catalogue, as the summaries tell */
	size_t n;
	json_t *summaries;
	size_t chosen[STATEMENTS_MAX];
	size_t n_chosen;
	struct statement statements[STATEMENTS_MAX];
	json_t *asked[STATEMENTS_MAX]; /* Entry */
	size_t candidates[LOOKED_AT];
	size_t n_candidates;
	step_fn *ready;
};

/* ---- the catalogue ---- */

static bool is_taken(const json_t *enrollments, const char *code)
{
	json_t *e = find_in(json_object_get(enrollments, "enrollments"), "code", code);

	return e != NULL && (strcmp(text_in(e, "state"), "ACTIVE") == 0 ||
			     strcmp(text_in(e, "state"), "PAUSED") == 0 ||
			     strcmp(text_in(e, "state"), "COMPLETED") == 0);
}

static void take_summaries(struct request *r, struct gap *gap, const json_t *enrollments)
{
	json_t *entries = json_object_get(gap->summaries, "entries"), *e;
	size_t i;

	gap->all = arena_alloc(r->arena, (json_array_size(entries) + 1) * sizeof *gap->all);
	json_array_foreach(entries, i, e)
	{
		if (!is_true_in(e, "retired"))
			gap->all[gap->n++] = (struct competency){
				.code = text_in(e, "code"),
				.topic = text_in(e, "topic"),
				.grade_band = text_in(e, "grade_band"),
				.hours = (uint32_t)number_in(e, "hours_typical"),
				.taken = is_taken(enrollments, text_in(e, "code"))};
	}
	gap->n_chosen = choose_statements(gap->all, gap->n, gap->chosen, STATEMENTS_MAX);
}

static void take_alignments(struct request *r, struct competency *c, const json_t *entry)
{
	json_t *a;
	size_t i;

	c->n_alignments = 0;
	json_array_foreach(json_object_get(entry, "alignments"), i, a)
	{
		if (c->n_alignments < ALIGNMENTS_MAX)
			c->alignments[c->n_alignments++] = arena_printf(
				r->arena, "%s:%s", text_in(a, "framework"), text_in(a, "code"));
	}
}

static void statements_came(struct request *r)
{
	struct gap *gap = r->own;

	for (size_t i = 0; i < gap->n_chosen; i++) {
		json_t *entry = json_object_get(answer(r, (unsigned)i), "entry");

		if (refused(r, (unsigned)i))
			return;
		gap->asked[i] = entry;
		json_object_set(gap->summaries, text_in(entry, "code"), entry); /* lives as long */
		take_alignments(r, &gap->all[gap->chosen[i]], entry);
		gap->statements[i].about = &gap->all[gap->chosen[i]];
	}
	gap->ready(r);
}

static void ask_entry(struct request *r, const char *code)
{
	char lower[65];
	size_t n = strlen(code);
	struct id id;

	ENSURE(n < sizeof lower);
	for (size_t i = 0; i <= n; i++)
		lower[i] = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] + 32 : code[i]);
	id = id_of_name("entry", lower);
	ask(r, TO_ENROLLMENT, "get_entry", json_pack("{s:s}", "entry", ID_STR(bytes_of_id(&id))));
}

static void catalogue_came(struct request *r)
{
	struct gap *gap = r->own;

	if (refused(r, 0) || refused(r, 1))
		return;
	gap->summaries = keep(r, json_incref(answer(r, 0)));
	take_summaries(r, gap, keep(r, json_incref(answer(r, 1))));
	for (size_t i = 0; i < gap->n_chosen; i++)
		ask_entry(r, gap->all[gap->chosen[i]].code);
	then(r, statements_came);
}

static void load_questions(struct request *r, step_fn *ready)
{
	struct gap *gap = arena_alloc(r->arena, sizeof *gap);

	*gap = (struct gap){.ready = ready};
	r->own = gap;
	ask(r, TO_ENROLLMENT, "search_entries", json_pack("{s:i}", "limit", CATALOGUE_MAX));
	ask(r, TO_ENROLLMENT, "list_enrollments",
	    json_pack("{s:s, s:i}", "educator", own_id(r), "limit", 100));
	then(r, catalogue_came);
}

/* ---- the questions ---- */

static const char *topic_text(const struct request *r, const char *topic)
{
	return coded(r, "topic", topic);
}

static json_t *statement_row(const struct request *r, const struct gap *gap, size_t i)
{
	static const char *const names[] = {NULL, "not_yet", "a_little", "mostly", "sure"};
	const struct statement *s = &gap->statements[i];
	json_t *row =
		json_pack("{s:s, s:I, s:s, s:s, s:s}", "code", s->about->code, "number",
			  (json_int_t)i + 1, "competency", text_in(gap->asked[i], "competency"),
			  "topic", s->about->topic, "topic_text", topic_text(r, s->about->topic));

	ENSURE(row != NULL);
	if (s->answer != NOT_ANSWERED) {
		put_number(row, "answer", (int64_t)s->answer);
		put_true(row, arena_printf(r->arena, "is_%s", names[s->answer]));
	}
	return row;
}

static json_t *grade_bands_of(const struct gap *gap)
{
	json_t *list = json_array();

	for (size_t i = 0; i < gap->n; i++)
		if (!holds_text(list, gap->all[i].grade_band))
			json_array_append_new(list, json_string(gap->all[i].grade_band));
	return list;
}

static json_t *questions_page(struct request *r)
{
	const struct gap *gap = r->own;
	json_t *page = json_pack("{s:s}", "title", word(r, "teacher.questions"));
	json_t *list = json_array();

	for (size_t i = 0; i < gap->n_chosen; i++)
		json_array_append_new(list, statement_row(r, gap, i));
	json_object_set_new(page, "statements", list);
	json_object_set_new(page, "grade_bands", grade_bands_of(gap));
	return page;
}

static void questions_ready(struct request *r)
{
	reply_page(r, 200, "questions", questions_page(r));
}

static void show_questions(struct request *r)
{
	load_questions(r, questions_ready);
}

/* ---- the answers ---- */

static void read_answers(struct request *r, struct gap *gap)
{
	for (size_t i = 0; i < gap->n_chosen; i++) {
		const char *name = gap->statements[i].about->code;
		json_t *value = json_object_get(r->body, name);
		long said = json_is_integer(value) ? (long)json_integer_value(value)
						   : strtol(sent(r, name), NULL, 10);

		if (said >= NOT_YET && said <= SURE)
			gap->statements[i].answer = (enum confidence)said;
	}
}

static json_t *reason_row(struct request *r, const struct gap *gap, const struct reason *reason)
{
	size_t i = (size_t)(reason->statement - gap->statements);
	const char *key = reason->why & BECAUSE_ITSELF     ? "teacher.because_itself"
			  : reason->why & BECAUSE_STANDARD ? "teacher.because_standard"
							   : "teacher.because_topic";
	char number[24];

	snprintf(number, sizeof number, "%zu", i + 1);
	return json_pack(
		"{s:s, s:I, s:s}", "statement", reason->statement->about->code, "number",
		(json_int_t)i + 1, "text",
		say(r, key, number,
		    coded(r, "sure", arena_printf(r->arena, "%d", (int)reason->statement->answer)),
		    topic_text(r, reason->statement->about->topic), NULL));
}

static json_t *suggestion_row(struct request *r, const struct gap *gap, const struct suggestion *s)
{
	json_t *summary = find_in(json_object_get(gap->summaries, "entries"), "code", s->of->code);
	json_t *row =
		json_pack("{s:s, s:s, s:s, s:I, s:I}", "code", s->of->code, "name",
			  text_in(summary, "title"), "topic_text", topic_text(r, s->of->topic),
			  "hours", (json_int_t)s->of->hours, "points", (json_int_t)s->points);
	json_t *reasons = json_array();

	ENSURE(row != NULL);
	put_text(row, "entry", text_in(summary, "entry"));
	put_text(row, "grade_band", s->of->grade_band);
	for (size_t i = 0; i < s->n_reasons && i < 3; i++)
		json_array_append_new(reasons, reason_row(r, gap, &s->reasons[i]));
	json_object_set_new(row, "reasons", reasons);
	return row;
}

static void reply_suggestions(struct request *r, const struct gap *gap,
			      const struct competency *candidates, size_t n)
{
	struct suggestion *list = arena_alloc(r->arena, (SUGGESTED_MAX + 1) * sizeof *list);
	json_t *page = questions_page(r), *rows = json_array();
	size_t found = suggest(gap->statements, gap->n_chosen, candidates, n, sent(r, "grade_band"),
			       list, SUGGESTED_MAX);

	for (size_t i = 0; i < found; i++)
		json_array_append_new(rows, suggestion_row(r, gap, &list[i]));
	put_text(page, "title", word(r, "teacher.suggestions"));
	put_true(page, "is_answered");
	if (found > 0)
		put_true(page, "has_suggestions");
	json_object_set_new(page, "suggestions", rows);
	reply_cache(r, "no-store");
	reply_page(r, 200, "suggestions", page);
}

static void candidates_came(struct request *r)
{
	struct gap *gap = r->own;
	struct competency *looked = arena_alloc(r->arena, LOOKED_AT * sizeof *looked);

	for (size_t i = 0; i < gap->n_candidates; i++) {
		looked[i] = gap->all[gap->candidates[i]];
		take_alignments(r, &looked[i], json_object_get(answer(r, (unsigned)i), "entry"));
	}
	reply_suggestions(r, gap, looked, gap->n_candidates);
}

/* By topic alone first, which the summaries tell: only the best of those are looked at closely. */
static void answers_ready(struct request *r)
{
	struct gap *gap = r->own;
	struct suggestion *list = arena_alloc(r->arena, (LOOKED_AT + 1) * sizeof *list);

	read_answers(r, gap);
	gap->n_candidates = suggest(gap->statements, gap->n_chosen, gap->all, gap->n,
				    sent(r, "grade_band"), list, LOOKED_AT);
	for (size_t i = 0; i < gap->n_candidates; i++) {
		gap->candidates[i] = (size_t)(list[i].of - gap->all);
		ask_entry(r, list[i].of->code);
	}
	then(r, candidates_came);
}

static void take_answers(struct request *r)
{
	load_questions(r, answers_ready);
}

/* The answers are a form's members named by code: what they are depends on the catalogue. */
static const struct route questions[] = {
	{GET, "/plan/questions", show_questions, READS(WORK),
	 .about = "Statements about your teaching, to find what to learn next"},
	{POST, "/plan/questions", take_answers, CHANGES(WORK),
	 .about = "Suggestions with their reasons; the answers are kept nowhere"},
};

const struct route_list question_routes = {questions, ARRAY_LEN(questions)};
