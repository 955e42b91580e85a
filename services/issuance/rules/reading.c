/* Reading rules and cases out of JSON. */
#include "services/issuance/rules/reading.h"

#include "libshared/calendar.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 2000
#define DECIMALS_READ 9

bool part_fault(struct part at, const char *format, ...)
{
	struct reading *r = at.reading;
	va_list args;
	int used;

	if (r->fault[0] != '\0')
		return false;
	used = snprintf(r->fault, sizeof r->fault, "%.200s: ", at.name);
	va_start(args, format);
	vsnprintf(r->fault + used, sizeof r->fault - (size_t)used, format, args);
	va_end(args);
	return false;
}

struct part part_of(struct reading *r, const json_t *json, const char *name)
{
	return (struct part){r, json, name};
}

struct part part_member(struct part of, const char *name)
{
	const json_t *json = json_object_get(of.json, name);
	struct part member = {.reading = of.reading};

	member.json = json_is_null(json) ? NULL : json;
	member.name =
		of.name[0] == '\0' ? name : arena_printf(of.reading->arena, "%s.%s", of.name, name);
	return member;
}

struct part part_object(struct part of, const char *name)
{
	struct part member = part_member(of, name);

	if (member.json == NULL)
		part_fault(member, "is missing");
	else if (!json_is_object(member.json))
		part_fault(member, "an object is expected");
	return member;
}

struct part part_list(struct part of, const char *name, size_t most)
{
	struct part member = part_member(of, name);

	if (member.json == NULL)
		return member;
	if (!json_is_array(member.json))
		part_fault(member, "a list is expected");
	else if (json_array_size(member.json) > most)
		part_fault(member, "at most %zu are expected", most);
	else
		return member;
	member.json = NULL;
	return member;
}

size_t part_count(struct part list)
{
	return json_array_size(list.json);
}

struct part part_element(struct part list, size_t i)
{
	struct part element = {.reading = list.reading, .json = json_array_get(list.json, i)};

	element.name = arena_printf(list.reading->arena, "%s[%zu]", list.name, i);
	return element;
}

static bool is_among(const char *name, const char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void part_only(struct part object, const char *const names[])
{
	json_t *json = (json_t *)(uintptr_t)object.json; /* jansson walks only what may change */
	void *at;

	if (!json_is_object(json)) {
		part_fault(object, "an object is expected");
		return;
	}
	for (at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at))
		if (!is_among(json_object_iter_key(at), names))
			part_fault(part_member(object, json_object_iter_key(at)),
				   "there is no such member");
}

/* ---- single values ---- */

static const char *text_of(struct part at)
{
	const char *text = json_string_value(at.json);

	if (text == NULL)
		part_fault(at, at.json == NULL ? "is missing" : "a text is expected");
	else if (text[0] == '\0' || json_string_length(at.json) > TEXT_MAX)
		part_fault(at, "1 to %d bytes are expected", TEXT_MAX);
	return text != NULL ? arena_text(at.reading->arena, bytes_of_text(text)) : "";
}

const char *part_text(struct part of, const char *name)
{
	return text_of(part_member(of, name));
}

const char *part_text_or(struct part of, const char *name, const char *otherwise)
{
	struct part member = part_member(of, name);

	return member.json == NULL ? otherwise : text_of(member);
}

bool part_flag_or(struct part of, const char *name, bool otherwise)
{
	struct part member = part_member(of, name);

	if (member.json == NULL)
		return otherwise;
	if (!json_is_boolean(member.json))
		part_fault(member, "true or false is expected");
	return json_is_true(member.json);
}

int64_t part_day(struct part of, const char *name)
{
	struct part member = part_member(of, name);
	const char *text = text_of(member);
	int64_t day = 0;

	if (!day_of_text(text, &day))
		part_fault(member, "a date like 2026-06-30 is expected");
	return day;
}

int64_t part_whole(struct part of, const char *name, int64_t most)
{
	struct part member = part_member(of, name);
	int64_t value = json_integer_value(member.json);

	if (member.json == NULL)
		part_fault(member, "is missing");
	else if (!json_is_integer(member.json) || value < 0 || value > most)
		part_fault(member, "a whole number from 0 to %" PRId64 " is expected", most);
	else
		return value;
	return 0;
}

/* jansson gives a fraction as a double; its nearest decimal text is what was written. */
static bool digits_of(const json_t *json, char text[40])
{
	double value = json_real_value(json);

	if (json_is_integer(json))
		return snprintf(text, 40, "%" JSON_INTEGER_FORMAT ".000000000",
				json_integer_value(json)) < 40;
	return json_is_real(json) && value >= 0 && value < 1e9 &&
	       snprintf(text, 40, "%.*f", DECIMALS_READ, value) < 40;
}

/* "2.500000000" with two decimals: 250; false: more decimals are set. */
static bool whole_of_digits(const char *text, unsigned decimals, int64_t *value_r)
{
	const char *dot = strchr(text, '.');
	int64_t value = 0;

	for (const char *c = text; c < dot; c++)
		value = value * 10 + (*c - '0');
	for (unsigned i = 0; i < DECIMALS_READ; i++) {
		if (i < decimals)
			value = value * 10 + (dot[1 + i] - '0');
		else if (dot[1 + i] != '0')
			return false;
	}
	*value_r = value;
	return true;
}

int64_t part_decimal(struct part of, const char *name, unsigned decimals, int64_t most)
{
	struct part member = part_member(of, name);
	int64_t value = 0;
	char text[40];

	if (member.json == NULL)
		part_fault(member, "is missing");
	else if (!json_is_number(member.json) || !(json_number_value(member.json) >= 0) ||
		 json_number_value(member.json) > (double)most || !digits_of(member.json, text))
		part_fault(member, "a number from 0 to %" PRId64 " is expected", most);
	else if (!whole_of_digits(text, decimals, &value))
		part_fault(member, "at most %u decimals are expected", decimals);
	return value;
}

const char *const *part_texts(struct part of, const char *name, size_t most, size_t *n_r)
{
	struct part list = part_list(of, name, most);
	size_t n = part_count(list);
	const char **texts = arena_alloc(of.reading->arena, MAX(n, (size_t)1) * sizeof *texts);

	for (size_t i = 0; i < n; i++)
		texts[i] = text_of(part_element(list, i));
	*n_r = n;
	return texts;
}
