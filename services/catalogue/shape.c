/* What a JSON document must look like. */
#include "services/catalogue/shape.h"

#include "libshared/calendar.h"
#include "libshared/signable.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 24
#define CODE_MAX 64

/* Where the walk stands; lives on the stack, spelled out only for a fault. */
struct at {
	const struct at *up;
	const char *name; /* NULL: an element of a list */
	size_t index;
	unsigned depth;
	char *fault;
};

static size_t put_place(const struct at *at, char *text, size_t room)
{
	size_t used = at->up != NULL ? put_place(at->up, text, room) : 0;
	int more = 0;

	if (at->name != NULL)
		more = snprintf(text + used, room - used, "%s%.64s", used > 0 ? "." : "", at->name);
	else if (at->up != NULL)
		more = snprintf(text + used, room - used, "[%zu]", at->index);
	return MIN(used + (size_t)more, room - 1);
}

/* Always false, so that a check can return it. */
PRINTF_LIKE(2, 3)
static bool fault(const struct at *at, const char *format, ...)
{
	size_t used = put_place(at, at->fault, SHAPE_FAULT_LEN - 150);
	va_list args;

	used += (size_t)snprintf(at->fault + used, SHAPE_FAULT_LEN - used, used > 0 ? ": " : "");
	va_start(args, format);
	vsnprintf(at->fault + used, SHAPE_FAULT_LEN - used, format, args);
	va_end(args);
	return false;
}

/* ---- single values ---- */

static bool is_code(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789.-_:");

	return len > 0 && len <= CODE_MAX && text[len] == '\0';
}

static bool is_url(const char *text)
{
	return strncmp(text, "https://", 8) == 0 && text[8] != '\0' && strlen(text) <= 500 &&
	       strpbrk(text, " \t\r\n<>\"{}|\\^`") == NULL;
}

static bool text_fits(const struct shape *shape, const char *text, const struct at *at)
{
	size_t len = strlen(text);

	if ((int64_t)len < shape->least || (int64_t)len > shape->most)
		return fault(at, "%zu bytes of text; %" PRId64 " to %" PRId64 " are allowed", len,
			     shape->least, shape->most);
	if (!text_is_signable(text))
		return fault(at, "holds a tab or another control character, which verifiers of "
				 "credentials treat differently");
	return true;
}

static bool string_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	const char *text = json_string_value(json);
	int64_t day;

	if (text == NULL)
		return fault(at, "is no text");
	if (shape->kind == SHAPE_CODE)
		return is_code(text) || fault(at, "is no code: 1 to 64 letters, digits, dots, "
						  "dashes, underscores or colons");
	if (shape->kind == SHAPE_DATE)
		return day_of_text(text, &day) || fault(at, "is no date as 2026-06-30");
	if (shape->kind == SHAPE_URL)
		return is_url(text) || fault(at, "is no address that begins with https://");
	return text_fits(shape, text, at);
}

static bool whole_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	if (!json_is_integer(json))
		return fault(at, "is no whole number");
	if (json_integer_value(json) < shape->least || json_integer_value(json) > shape->most)
		return fault(at,
			     "is %" JSON_INTEGER_FORMAT "; %" PRId64 " to %" PRId64 " are allowed",
			     json_integer_value(json), shape->least, shape->most);
	return true;
}

static bool number_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	double value = json_number_value(json);

	if (!json_is_number(json))
		return fault(at, "is no number");
	if (value < (double)shape->least || value > (double)shape->most)
		return fault(at, "is %g; %" PRId64 " to %" PRId64 " are allowed", value,
			     shape->least, shape->most);
	return true;
}

/* ---- lists and objects ---- */

static bool value_fits(const struct shape *shape, const json_t *json, const struct at *at);

static bool list_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	size_t n = json_array_size(json);

	if (!json_is_array(json))
		return fault(at, "is no list");
	if ((int64_t)n < shape->least || (int64_t)n > shape->most)
		return fault(at, "%zu elements; %" PRId64 " to %" PRId64 " are allowed", n,
			     shape->least, shape->most);
	for (size_t i = 0; i < n; i++) {
		struct at here = {at, NULL, i, at->depth + 1, at->fault};

		if (!value_fits(shape->of, json_array_get(json, i), &here))
			return false;
	}
	return true;
}

static bool is_member(const struct shape *members, const char *name)
{
	for (; members->name != NULL; members++)
		if (strcmp(members->name, name) == 0)
			return true;
	return false;
}

static bool members_fit(const struct shape *members, const json_t *json, const struct at *at)
{
	for (; members->name != NULL; members++) {
		struct at here = {at, members->name, 0, at->depth + 1, at->fault};
		const json_t *value = json_object_get(json, members->name);

		if (value == NULL && (members->flags & SHAPE_OPTIONAL) == 0)
			return fault(&here, "is missing");
		if (value != NULL && !value_fits(members, value, &here))
			return false;
	}
	return true;
}

/* jansson's iteration takes objects that are not const, and changes none. */
static void *first_member(const json_t *json, json_t **object_r)
{
	memcpy(object_r, &json, sizeof *object_r);
	return json_object_iter(*object_r);
}

static bool object_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	json_t *object;

	if (!json_is_object(json))
		return fault(at, "is no object");
	for (void *i = first_member(json, &object); i != NULL; i = json_object_iter_next(object, i))
		if (!is_member(shape->of, json_object_iter_key(i)))
			return fault(at, "unknown member \"%.64s\"", json_object_iter_key(i));
	return members_fit(shape->of, json, at);
}

static bool map_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	json_t *object;

	if (!json_is_object(json))
		return fault(at, "is no object");
	for (void *i = first_member(json, &object); i != NULL;
	     i = json_object_iter_next(object, i)) {
		const char *name = json_object_iter_key(i);
		struct at here = {at, name, 0, at->depth + 1, at->fault};

		if (!is_code(name))
			return fault(at, "unknown member \"%.64s\"", name);
		if (!value_fits(shape->of, json_object_iter_value(i), &here))
			return false;
	}
	return true;
}

static bool flag_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	(void)shape;
	return json_is_boolean(json) || fault(at, "is neither true nor false");
}

/* Recursion ends at DEPTH_MAX: a rule of a stack may hold rules. */
static bool value_fits(const struct shape *shape, const json_t *json, const struct at *at)
{
	static bool (*const fits[])(const struct shape *, const json_t *, const struct at *) = {
		[SHAPE_TEXT] = string_fits,   [SHAPE_CODE] = string_fits,
		[SHAPE_DATE] = string_fits,   [SHAPE_URL] = string_fits,
		[SHAPE_WHOLE] = whole_fits,   [SHAPE_NUMBER] = number_fits,
		[SHAPE_FLAG] = flag_fits,     [SHAPE_LIST] = list_fits,
		[SHAPE_OBJECT] = object_fits, [SHAPE_MAP] = map_fits,
	};

	if (at->depth > DEPTH_MAX)
		return fault(at, "is nested too deeply");
	if (json_is_null(json) && (shape->flags & SHAPE_NULLABLE) != 0)
		return true;
	return fits[shape->kind](shape, json, at);
}

bool shape_fits(const struct shape *shape, const json_t *json, char *fault_r)
{
	struct at top = {NULL, NULL, 0, 0, fault_r};

	return value_fits(shape, json, &top);
}
