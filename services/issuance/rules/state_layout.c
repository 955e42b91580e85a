/* Reading a state's file layout out of a renewal policy. */
#include "services/issuance/rules/state_layout.h"

#include <stdlib.h>
#include <string.h>

#define DAYS_MAX 366
#define SKIP_MAX 100
#define DECIMALS_MAX 2

static const char *const sources[N_STATE_SOURCES] = {
	[SOURCE_FILLER] = "filler",
	[SOURCE_VALUE] = "value",
	[SOURCE_GIVEN] = "given",
	[SOURCE_CHANGE] = "change",
	[SOURCE_RECORD] = "record",
	[SOURCE_RUN] = "run",
	[SOURCE_PERIOD] = "period",
	[SOURCE_POLICY] = "policy",
	[SOURCE_STATE] = "state",
	[SOURCE_CUT_ON] = "cut_on",
	[SOURCE_POSTING] = "posting",
	[SOURCE_CREDENTIAL] = "credential",
	[SOURCE_LICENSE_NUMBER] = "license_number",
	[SOURCE_STAFF_ID] = "staff_id",
	[SOURCE_LICENSE_TYPE] = "license_type",
	[SOURCE_NAME] = "name",
	[SOURCE_ENTRY_CODE] = "entry_code",
	[SOURCE_ENTRY_TITLE] = "entry_title",
	[SOURCE_POINTS] = "points",
	[SOURCE_UNIT] = "unit",
	[SOURCE_DECIDED_ON] = "decided_on",
	[SOURCE_SCHOOL_YEAR] = "school_year",
	[SOURCE_TERM_FROM] = "term_from",
	[SOURCE_TERM_TO] = "term_to",
	[SOURCE_AFTER_TERM] = "after_term",
	[SOURCE_RECORDS] = "records",
	[SOURCE_ADDED] = "added",
	[SOURCE_CHANGED] = "changed",
	[SOURCE_DELETED] = "deleted",
	[SOURCE_POINTS_TOTAL] = "points_total",
};

static const char *const answer_sources[N_ANSWER_SOURCES] = {
	[ANSWER_IGNORED] = "ignored",     [ANSWER_RUN] = "run",   [ANSWER_RECORD] = "record",
	[ANSWER_RESULT] = "result",       [ANSWER_CODE] = "code", [ANSWER_TEXT] = "text",
	[ANSWER_REFERENCE] = "reference",
};

static const char *const dates[] = {"YYYYMMDD", "MMDDYYYY", "YYYY-MM-DD", "MM/DD/YYYY"};

/* The number of a word among those that are known; 0 and a fault: none of them. */
static unsigned word_of(struct part of, const char *member, const char *const *words, size_t n)
{
	const char *text = part_text(of, member);

	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return (unsigned)i;
	part_fault(part_member(of, member), "\"%.40s\" is none that is known", text);
	return 0;
}

static bool is_word(struct part of, const char *member, const char *yes, const char *no)
{
	const char *text = part_text_or(of, member, no);

	if (strcmp(text, yes) != 0 && strcmp(text, no) != 0)
		part_fault(part_member(of, member), "%s or %s is expected", yes, no);
	return strcmp(text, yes) == 0;
}

/* ---- fields ---- */

static unsigned position(struct part at, const char *member, bool is_fixed)
{
	if (is_fixed)
		return (unsigned)part_whole(at, member, STATE_WIDTH_MAX);
	if (part_member(at, member).json != NULL)
		part_fault(part_member(at, member), "only a fixed width has positions");
	return 0;
}

static int order_of_codes(const void *a, const void *b)
{
	const struct state_code *x = a, *y = b;

	return strcmp(x->of, y->of);
}

static void read_codes(struct part at, struct state_field *field)
{
	struct part codes = part_member(at, "codes");
	struct arena *arena = at.reading->arena;
	struct state_code *list;
	const char *name;
	json_t *value;

	if (codes.json == NULL)
		return;
	if (!json_is_object(codes.json) || json_object_size(codes.json) == 0 ||
	    json_object_size(codes.json) > STATE_CODES_MAX) {
		part_fault(codes, "an object of 1 to %d codes is expected", STATE_CODES_MAX);
		return;
	}
	list = arena_alloc(arena, json_object_size(codes.json) * sizeof *list);
	json_object_foreach((json_t *)(uintptr_t)codes.json, name, value)
	{
		list[field->n_codes].of = arena_text(arena, bytes_of_text(name));
		list[field->n_codes++].is = part_text(codes, name);
	}
	qsort(list, field->n_codes, sizeof *list, order_of_codes);
	field->codes = list;
}

static bool is_total(enum state_source source)
{
	return source >= SOURCE_RECORDS;
}

/* What a header or a trailer may say: it is of no single record. */
static bool is_of_file(enum state_source source)
{
	return is_total(source) || source <= SOURCE_GIVEN ||
	       (source >= SOURCE_RUN && source <= SOURCE_CUT_ON);
}

static void read_source(struct part at, struct state_field *field, bool is_record)
{
	struct part source = part_member(at, "source");

	field->source = (enum state_source)word_of(at, "source", sources, N_STATE_SOURCES);
	if (field->source == SOURCE_VALUE)
		field->value = part_text(at, "value");
	else if (part_member(at, "value").json != NULL)
		part_fault(part_member(at, "value"), "only the source value has one");
	if (field->source == SOURCE_GIVEN)
		field->value = part_text_or(at, "given", field->name);
	if (is_record && is_total(field->source))
		part_fault(source, "a total stands in a header or a trailer");
	if (!is_record && !is_of_file(field->source))
		part_fault(source, "a header or a trailer is of no single record");
}

static void read_writing(struct part at, struct state_field *field)
{
	const char *date = part_text_or(at, "date", "YYYY-MM-DD");

	field->is_right = is_word(at, "justify", "right", "left");
	field->is_zeros = is_word(at, "pad", "zeros", "spaces");
	field->is_cut = part_flag_or(at, "cut", false);
	field->is_key = part_flag_or(at, "key", false);
	if (field->is_zeros && !field->is_right)
		part_fault(part_member(at, "pad"), "zeros are of what is justified right");
	if (field->is_key && field->is_cut)
		part_fault(part_member(at, "cut"), "a key is never cut");
	if (part_member(at, "decimals").json != NULL)
		field->decimals = (unsigned)part_whole(at, "decimals", DECIMALS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(dates); i++)
		if (strcmp(date, dates[i]) == 0)
			field->date = dates[i];
	if (field->date == NULL)
		part_fault(part_member(at, "date"),
			   "YYYYMMDD, MMDDYYYY, YYYY-MM-DD or MM/DD/YYYY is expected");
	read_codes(at, field);
}

static void check_positions(struct part at, const struct state_field *fields, size_t i)
{
	if (fields[i].from == 0 || fields[i].to < fields[i].from)
		part_fault(part_member(at, "to"), "from 1 on, and not before from, is expected");
	for (size_t j = 0; j < i; j++)
		if (fields[i].from <= fields[j].to && fields[j].from <= fields[i].to)
			part_fault(part_member(at, "from"), "these positions are of %.60s already",
				   fields[j].name);
}

static void read_field(struct part at, struct state_field *field, bool is_fixed, bool is_record)
{
	static const char *const members[] = {
		"item",  "from",    "to",  "type", "name",     "key",  "source", "value",
		"given", "justify", "pad", "cut",  "decimals", "date", "codes",  NULL};

	part_only(at, members);
	field->name = part_text(at, "name");
	field->from = position(at, "from", is_fixed);
	field->to = position(at, "to", is_fixed);
	read_source(at, field, is_record);
	read_writing(at, field);
}

static struct state_record read_record(struct part layout, const char *member, bool is_fixed)
{
	struct part list = part_list(layout, member, STATE_FIELDS_MAX);
	struct state_record record = {.n = part_count(list)};
	struct state_field *fields =
		arena_zalloc(layout.reading->arena, (record.n + 1) * sizeof *fields);

	for (size_t i = 0; i < record.n; i++) {
		read_field(part_element(list, i), &fields[i], is_fixed,
			   strcmp(member, "fields") == 0);
		if (is_fixed)
			check_positions(part_element(list, i), fields, i);
	}
	record.fields = fields;
	return record;
}

static unsigned width_of(struct state_record record)
{
	unsigned width = 0;

	for (size_t i = 0; i < record.n; i++)
		width = MAX(width, record.fields[i].to);
	return width;
}

/* ---- answers ---- */

static void read_answer_field(struct part at, struct answer_field *field, bool is_fixed)
{
	static const char *const members[] = {"name", "source", "from", "to", NULL};

	part_only(at, members);
	field->name = part_text(at, "name");
	field->source = (enum answer_source)word_of(at, "source", answer_sources, N_ANSWER_SOURCES);
	field->from = position(at, "from", is_fixed);
	field->to = position(at, "to", is_fixed);
	if (is_fixed && (field->from == 0 || field->to < field->from))
		part_fault(part_member(at, "to"), "from 1 on, and not before from, is expected");
}

static bool answers_have(const struct answer_layout *a, enum answer_source source)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->fields[i].source == source)
			return true;
	return false;
}

static void read_answers(struct part layout, struct answer_layout *a)
{
	struct part at = part_member(layout, "acknowledgement"), list;
	struct answer_field *fields;

	if (at.json == NULL)
		return;
	at = part_object(layout, "acknowledgement");
	a->is_fixed = is_word(at, "kind", "fixed_width", "csv");
	a->accepted = part_text(at, "accepted");
	a->refused = part_text(at, "refused");
	a->days = (unsigned)part_whole(at, "days", DAYS_MAX);
	if (part_member(at, "skip_lines").json != NULL)
		a->skip = (unsigned)part_whole(at, "skip_lines", SKIP_MAX);
	list = part_list(at, "fields", STATE_FIELDS_MAX);
	a->n = part_count(list);
	fields = arena_zalloc(layout.reading->arena, (a->n + 1) * sizeof *fields);
	for (size_t i = 0; i < a->n; i++)
		read_answer_field(part_element(list, i), &fields[i], a->is_fixed);
	a->fields = fields;
	if (!answers_have(a, ANSWER_RECORD) || !answers_have(a, ANSWER_RESULT))
		part_fault(list, "one of source record and one of source result are expected");
	if (strcmp(a->accepted, a->refused) == 0)
		part_fault(part_member(at, "refused"), "another word than accepted is expected");
}

/* ---- all of it ---- */

void state_layout_read(struct part reporting, struct state_layout *l)
{
	struct part layout = part_member(reporting, "layout");

	*l = (struct state_layout){.line_end = "\n"};
	if (layout.json == NULL || part_member(layout, "kind").json == NULL)
		return;
	l->is_used = true;
	l->is_fixed = is_word(layout, "kind", "fixed_width", "csv");
	if (is_word(layout, "line_end", "crlf", "lf"))
		l->line_end = "\r\n";
	l->has_names = part_flag_or(layout, "column_names", false);
	if (l->is_fixed && l->has_names)
		part_fault(part_member(layout, "column_names"), "only a CSV file has them");
	l->header = read_record(layout, "header", l->is_fixed);
	l->record = read_record(layout, "fields", l->is_fixed);
	l->trailer = read_record(layout, "trailer", l->is_fixed);
	l->width = MAX(width_of(l->record), MAX(width_of(l->header), width_of(l->trailer)));
	if (l->record.n == 0)
		part_fault(part_member(layout, "fields"), "is missing");
	read_answers(layout, &l->answers);
}
