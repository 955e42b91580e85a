/* The text of files for licensure systems. */
#include "services/issuance/statefile.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "libshared/seal.h"
#include "libshared/zone.h"
#include "services/issuance/tables_ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHOOL_YEAR_MONTH 7

const char statefile_erased[] = "the person was erased";

/* What a row is about. */
struct facts {
	const Issuance__LedgerPosted *posted;
	const Issuance__LicenseNoted *license;
	const Enrollment__LicenseNumber *number;
	const char *name;
	const Issuance__AchievementNoted *achievement;
	const Issuance__StateFileRow *row;
	uint32_t record;
	struct arena *arena; /* of this row */
};

/* ---- the layout ---- */

void statefile_open(struct statefile *f, const struct view *view, const struct caps *caps,
		    const Issuance__StateLayoutNoted *noted, struct arena *arena)
{
	struct reading reading = {.arena = arena};
	json_t *json = json_loads(noted->json, JSON_REJECT_DUPLICATES, NULL);

	*f = (struct statefile){.view = view, .caps = caps, .noted = noted, .arena = arena};
	state_layout_read(part_of(&reading, json, "reporting"), &f->layout);
	json_decref(json);
	f->zone = zone_find(caps->zones, noted->time_zone);
	ENSURE(reading.fault[0] == '\0' && f->zone != NULL); /* read when it was noted */
}

static const Issuance__StateLayoutNoted *layout_of(const struct policy_walk *walk,
						   const Issuance__RenewalPolicyNoted *policy,
						   struct arena *arena)
{
	return file_layout_get(walk->view, bytes_of_pb(policy->policy), policy->version, arena);
}

const Issuance__StateLayoutNoted *statefile_layout(const struct view *view, const char *code,
						   int64_t now_us, const struct caps *caps,
						   struct arena *arena)
{
	const Issuance__StateLayoutNoted *newest = file_layout_newest(view, code, arena);
	struct ledger_clock clock = {caps, now_us};
	struct policy_walk walk = {view, "", ledger_today, &clock, ID_NONE, false};
	const Issuance__RenewalPolicyNoted *policy;

	if (newest == NULL)
		return NULL;
	walk.state = newest->state;
	while ((policy = policy_next(&walk, arena)) != NULL)
		if (bytes_equal(bytes_of_pb(policy->policy), bytes_of_pb(newest->policy)))
			return layout_of(&walk, policy, arena);
	return NULL;
}

bool statefile_period(const char *period, int64_t *day_r)
{
	char first[16];
	int64_t day;
	struct civil c;

	if (strlen(period) != 7 ||
	    snprintf(first, sizeof first, "%s-01", period) >= (int)sizeof first ||
	    !day_of_text(first, &day))
		return false;
	c = civil_of_day(day);
	*day_r = day_of_civil(c.year, c.month + 1, 1) - 1;
	return true;
}

static const char *given_of(const struct statefile *f, const char *name)
{
	for (size_t i = 0; i < f->cut->n_values; i++)
		if (strcmp(f->cut->values[i]->name, name) == 0)
			return f->cut->values[i]->value;
	return NULL;
}

static const char *missing_in(const struct statefile *f, const struct state_record *record)
{
	for (size_t i = 0; i < record->n; i++) {
		const struct state_field *field = &record->fields[i];

		if (field->source == SOURCE_GIVEN && given_of(f, field->value) == NULL)
			return field->value;
	}
	return NULL;
}

const char *statefile_missing(const struct statefile *f)
{
	const struct state_record *const records[] = {&f->layout.header, &f->layout.record,
						      &f->layout.trailer};
	const char *name = NULL;

	for (size_t i = 0; name == NULL && i < ARRAY_LEN(records); i++)
		name = missing_in(f, records[i]);
	return name;
}

/* ---- values ---- */

static const char *number_text(struct arena *arena, uint64_t n)
{
	return arena_printf(arena, "%" PRIu64, n);
}

/* Decimals that the layout has no room for are cut off: no state is told more than was earned. */
static const char *amount_text(struct arena *arena, int64_t hundredths, unsigned decimals)
{
	static const int64_t scale[] = {100, 10, 1};
	int64_t whole = hundredths / 100, rest = hundredths % 100 / scale[decimals];

	if (decimals == 0)
		return arena_printf(arena, "%" PRId64, whole);
	return arena_printf(arena, "%" PRId64 ".%0*" PRId64, whole, (int)decimals, rest);
}

/* A day of ours, "2026-06-30", in the layout's form. */
static const char *date_text(struct arena *arena, const char *day, const char *form)
{
	char text[16];

	if (strlen(day) != 10)
		return "";
	if (strcmp(form, "YYYY-MM-DD") == 0)
		return day;
	if (strcmp(form, "YYYYMMDD") == 0)
		snprintf(text, sizeof text, "%.4s%.2s%.2s", day, day + 5, day + 8);
	else if (strcmp(form, "MMDDYYYY") == 0)
		snprintf(text, sizeof text, "%.2s%.2s%.4s", day + 5, day + 8, day);
	else
		snprintf(text, sizeof text, "%.2s/%.2s/%.4s", day + 5, day + 8, day);
	return arena_printf(arena, "%s", text);
}

static const char *school_year(struct arena *arena, const char *decided_on)
{
	int64_t day = 0;
	struct civil c;
	int first;

	ENSURE(day_of_text(decided_on, &day)); /* our own event */
	c = civil_of_day(day);
	first = c.month >= SCHOOL_YEAR_MONTH ? c.year : c.year - 1;
	return arena_printf(arena, "%02d%02d", first % 100, (first + 1) % 100);
}

static const char *lower(struct arena *arena, const char *text)
{
	char *copy = arena_printf(arena, "%s", text);

	for (char *c = copy; *c != '\0'; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return copy;
}

static const char *const change_names[] = {[ISSUANCE__STATE_CHANGE__STATE_ADD] = "add",
					   [ISSUANCE__STATE_CHANGE__STATE_CHANGED] = "change",
					   [ISSUANCE__STATE_CHANGE__STATE_DELETE] = "delete"};

/* Of the file as a whole. */
static const char *file_value(const struct statefile *f, const struct state_field *field,
			      struct arena *arena)
{
	const Issuance__StateFileCut *cut = f->cut;
	uint64_t records = (uint64_t)cut->added + cut->changed + cut->deleted;

	switch (field->source) {
	case SOURCE_VALUE:
		return field->value;
	case SOURCE_GIVEN:
		return given_of(f, field->value);
	case SOURCE_RUN:
		return number_text(arena, cut->number);
	case SOURCE_PERIOD:
		return cut->period;
	case SOURCE_POLICY:
		return f->noted->code;
	case SOURCE_STATE:
		return f->noted->state;
	case SOURCE_CUT_ON:
		return date_text(arena, cut->cut_on, field->date);
	case SOURCE_RECORDS:
		return number_text(arena, records);
	case SOURCE_ADDED:
		return number_text(arena, cut->added);
	case SOURCE_CHANGED:
		return number_text(arena, cut->changed);
	case SOURCE_DELETED:
		return number_text(arena, cut->deleted);
	case SOURCE_POINTS_TOTAL:
		return amount_text(arena, cut->hundredths, field->decimals);
	default:
		return "";
	}
}

static const char *id_words(struct arena *arena, ProtobufCBinaryData id)
{
	return arena_printf(arena, "%s", ID_STR(bytes_of_pb(id)));
}

static const char *row_value(const struct statefile *f, const struct state_field *field,
			     const struct facts *of)
{
	const Issuance__LedgerPosted *p = of->posted;

	switch (field->source) {
	case SOURCE_CHANGE:
		return change_names[of->row->change];
	case SOURCE_RECORD:
		return number_text(of->arena, of->record);
	case SOURCE_POSTING:
		return id_words(of->arena, p->posting);
	case SOURCE_CREDENTIAL:
		return id_words(of->arena, p->credential);
	case SOURCE_LICENSE_NUMBER:
		return of->number->number;
	case SOURCE_STAFF_ID:
		return of->number->staff_id;
	case SOURCE_LICENSE_TYPE:
		return of->license->type;
	case SOURCE_NAME:
		return of->name;
	case SOURCE_ENTRY_CODE:
		return lower(of->arena, of->achievement->code);
	case SOURCE_ENTRY_TITLE:
		return of->achievement->title;
	case SOURCE_POINTS:
		return amount_text(of->arena, p->hundredths, field->decimals);
	case SOURCE_UNIT:
		return p->unit;
	case SOURCE_DECIDED_ON:
		return date_text(of->arena, p->decided_on, field->date);
	case SOURCE_SCHOOL_YEAR:
		return school_year(of->arena, p->decided_on);
	case SOURCE_TERM_FROM:
		return date_text(of->arena, p->term_from, field->date);
	case SOURCE_TERM_TO:
		return date_text(of->arena, p->term_to, field->date);
	case SOURCE_AFTER_TERM:
		return of->row->after_term ? "yes" : "no";
	default:
		return file_value(f, field, of->arena);
	}
}

static int order_of_codes(const void *a, const void *b)
{
	const struct state_code *x = a, *y = b;

	return strcmp(x->of, y->of);
}

/* ---- lines ---- */

struct line {
	const struct statefile *f;
	struct buffer *to;
	struct arena *arena;
	const char *fault; /* the first one */
};

static void line_fault(struct line *l, const struct state_field *field, const char *what)
{
	if (l->fault == NULL)
		l->fault = arena_printf(l->f->arena, "%s: %s", field->name, what);
}

static const char *coded(struct line *l, const struct state_field *field, const char *value)
{
	struct state_code wanted = {.of = value};
	const struct state_code *code;

	if (field->n_codes == 0)
		return value;
	code = bsearch(&wanted, field->codes, field->n_codes, sizeof wanted, order_of_codes);
	if (code != NULL)
		return code->is;
	line_fault(l, field, arena_printf(l->arena, "there is no code for %.64s", value));
	return "";
}

static bool is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return true;
}

static void put_times(struct buffer *to, char c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buffer_char(to, c);
}

static void put_fixed(struct line *l, const struct state_field *field, const char *value)
{
	size_t room = field->to - field->from + 1, len = strlen(value);
	char pad = field->is_zeros ? '0' : ' ';

	if (!is_plain(value))
		line_fault(l, field, "has other characters than a fixed width takes");
	if (len > room && !field->is_cut)
		line_fault(l, field,
			   arena_printf(l->arena, "%zu characters, but %zu fit", len, room));
	len = MIN(len, room);
	if (field->is_right)
		put_times(l->to, pad, room - len);
	buffer_put(l->to, value, len);
	if (!field->is_right)
		put_times(l->to, pad, room - len);
}

static void put_csv(struct buffer *to, const char *value)
{
	if (value[strcspn(value, ",\"\r\n")] == '\0') {
		buffer_puts(to, value);
		return;
	}
	buffer_char(to, '"');
	for (const char *c = value; *c != '\0'; c++) {
		if (*c == '"')
			buffer_char(to, '"');
		buffer_char(to, *c);
	}
	buffer_char(to, '"');
}

/* The field of the record that begins at that position; NULL: none. */
static const struct state_field *field_from(const struct state_record *record, unsigned from)
{
	for (size_t i = 0; i < record->n; i++)
		if (record->fields[i].from == from)
			return &record->fields[i];
	return NULL;
}

static void put_value(struct line *l, const struct state_field *field, const char *value)
{
	value = coded(l, field, value);
	if (field->is_key && value[0] == '\0')
		line_fault(l, field, "is missing");
	if (l->f->layout.is_fixed)
		put_fixed(l, field, value);
	else
		put_csv(l->to, value);
}

static const char *value_of(const struct statefile *f, const struct state_field *field,
			    const struct facts *of, struct arena *arena)
{
	return of != NULL ? row_value(f, field, of) : file_value(f, field, arena);
}

static void put_line(struct line *l, const struct state_record *record, const struct facts *of)
{
	const struct state_layout *layout = &l->f->layout;
	const struct state_field *field;

	for (size_t i = 0; !layout->is_fixed && i < record->n; i++) {
		if (i > 0)
			buffer_char(l->to, ',');
		put_value(l, &record->fields[i], value_of(l->f, &record->fields[i], of, l->arena));
	}
	for (unsigned at = 1; layout->is_fixed && at <= layout->width;) {
		field = field_from(record, at);
		if (field == NULL)
			buffer_char(l->to, ' ');
		else
			put_value(l, field, value_of(l->f, field, of, l->arena));
		at = field != NULL ? field->to + 1 : at + 1;
	}
	buffer_puts(l->to, layout->line_end);
}

/* ---- rows ---- */

static const ProtobufCMessage *opened(const struct statefile *f, const Cairn__Sealed *sealed,
				      const ProtobufCMessageDescriptor *type, struct arena *arena)
{
	struct message_fault fault;
	struct bytes text;

	return sealed != NULL && unseal(f->caps, sealed, arena, &text)
		       ? message_unpack(type, text, &EVENT_LIMITS, arena, &fault)
		       : NULL;
}

/* Only a layout that shows names opens them. */
static bool shows_names(const struct statefile *f)
{
	for (size_t i = 0; i < f->layout.record.n; i++)
		if (f->layout.record.fields[i].source == SOURCE_NAME)
			return true;
	return false;
}

static bool open_name(const struct statefile *f, struct facts *of)
{
	const Issuance__EducatorNoted *educator = educator_at(
		f->view, bytes_of_pb(of->posted->educator), of->row->person_at, of->arena);
	const Enrollment__Person *person =
		educator != NULL
			? (const Enrollment__Person *)opened(
				  f, educator->person, &enrollment__person__descriptor, of->arena)
			: NULL;

	of->name = person != NULL ? person->name : NULL;
	return person != NULL;
}

/* False: the person was erased. */
static bool gather(const struct statefile *f, struct facts *of)
{
	struct posting row;

	ENSURE(posting_get(f->view, bytes_of_pb(of->row->posting), &row));
	of->posted = posting_event(f->view, &row, of->arena)->ledger_posted;
	of->license = license_at(f->view, bytes_of_pb(of->posted->license), of->row->license_at,
				 of->arena);
	of->achievement = achievement_get(f->view, bytes_of_pb(of->posted->entry),
					  of->posted->version, of->arena);
	ENSURE(of->license != NULL && of->achievement != NULL); /* posted to it, for it */
	of->number = (const Enrollment__LicenseNumber *)opened(
		f, of->license->number, &enrollment__license_number__descriptor, of->arena);
	return of->number != NULL && (!shows_names(f) || open_name(f, of));
}

const char *statefile_write(const struct statefile *f, const Issuance__StateFileRow *row,
			    uint32_t number, struct buffer *to)
{
	struct arena *arena = arena_new(4096);
	struct facts of = {.row = row, .record = number, .arena = arena};
	struct line line = {.f = f, .to = to, .arena = arena};
	size_t before = to->len;

	if (gather(f, &of))
		put_line(&line, &f->layout.record, &of);
	else
		line.fault = statefile_erased;
	if (line.fault != NULL)
		to->len = before;
	arena_destroy(&arena);
	return line.fault;
}

const char *statefile_keys(const struct statefile *f, const Issuance__StateFileRow *row)
{
	struct arena *arena = arena_new(4096);
	struct facts of = {.row = row, .arena = arena};
	const char *keys = gather(f, &of) ? "" : NULL;

	for (size_t i = 0; keys != NULL && i < f->layout.record.n; i++)
		if (f->layout.record.fields[i].is_key)
			keys = arena_printf(f->arena, "%s\n%s", keys,
					    row_value(f, &f->layout.record.fields[i], &of));
	arena_destroy(&arena);
	return keys;
}

/* ---- what stands around them ---- */

static const char *put_around(const struct statefile *f, const struct state_record *record,
			      struct buffer *to)
{
	struct line line = {.f = f, .to = to, .arena = f->arena};

	if (record->n > 0)
		put_line(&line, record, NULL);
	return line.fault;
}

const char *statefile_head(const struct statefile *f, struct buffer *to)
{
	for (size_t i = 0; f->layout.has_names && i < f->layout.record.n; i++) {
		if (i > 0)
			buffer_char(to, ',');
		put_csv(to, f->layout.record.fields[i].name);
	}
	if (f->layout.has_names)
		buffer_puts(to, f->layout.line_end);
	return put_around(f, &f->layout.header, to);
}

const char *statefile_tail(const struct statefile *f, struct buffer *to)
{
	return put_around(f, &f->layout.trailer, to);
}
