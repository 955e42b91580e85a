/* What single fields of a command must be. */
#include "services/enrollment/must.h"

#include "libshared/calendar.h"
#include "libshared/signable.h"
#include "proto/enrollment.pb-c.h"

#include <inttypes.h>
#include <string.h>

#define CODE_MAX 64

const char *field_at(struct decision *d, const char *list, size_t i, const char *field)
{
	return arena_printf(d->arena, "%s[%zu].%s", list, i, field);
}

bool refuse_field(struct decision *d, const char *field, const char *why)
{
	refuse_text(d, ENROLLMENT__REASON__BAD_VALUE, "%s: %s", field, why);
	return false;
}

static bool missing(struct decision *d, const char *field)
{
	refuse_text(d, ENROLLMENT__REASON__MISSING_FIELD, "%s is missing", field);
	return false;
}

bool must_id(struct decision *d, const char *field, ProtobufCBinaryData id)
{
	if (is_id(bytes_of_pb(id)))
		return true;
	refuse_text(d, ENROLLMENT__REASON__BAD_ID, "%s: an id is 16 bytes that are not all zero",
		    field);
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool must_name_id(struct decision *d, const char *kind, ProtobufCBinaryData id, const char *code)
{
	char name[CODE_MAX + 1];
	struct id expected;
	size_t i;

	if (!must_code(d, "code", code))
		return false;
	for (i = 0; code[i] != '\0'; i++)
		name[i] = lower(code[i]);
	name[i] = '\0';
	expected = id_of_name(kind, name);
	if (bytes_equal(bytes_of_pb(id), bytes_of_id(&expected)))
		return true;
	refuse_text(d, ENROLLMENT__REASON__BAD_ID, "%s \"%s\" has another id: %s", kind, name,
		    ID_STR(bytes_of_id(&expected)));
	return false;
}

static bool is_code_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr(".-_:", c) != NULL);
}

bool must_code(struct decision *d, const char *field, const char *code)
{
	size_t len = 0;

	if (*code == '\0')
		return missing(d, field);
	while (is_code_char(code[len]))
		len++;
	if (code[len] == '\0' && len <= CODE_MAX)
		return true;
	return refuse_field(d, field,
			    "1 to 64 letters, digits, dots, dashes, underscores or colons");
}

bool must_text(struct decision *d, const char *field, const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len == 0)
		return missing(d, field);
	if (len > max) {
		refuse_text(d, ENROLLMENT__REASON__BAD_VALUE,
			    "%s has %zu bytes; at most %zu are allowed", field, len, max);
		return false;
	}
	if (text_is_signable(text))
		return true;
	refuse_text(d, ENROLLMENT__REASON__TEXT_NOT_SIGNABLE,
		    "%s holds a tab or another control character, which verifiers of credentials "
		    "treat differently; use spaces and line feeds",
		    field);
	return false;
}

bool must_word(struct decision *d, const char *field, const char *text, const char *const *words,
	       size_t n)
{
	char *all = arena_printf(d->arena, "one of");

	for (size_t i = 0; i < n; i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
		all = arena_printf(d->arena, "%s %s", all, words[i]);
	}
	return *text == '\0' ? missing(d, field) : refuse_field(d, field, all);
}

static bool between(char c, char first, char last)
{
	return c >= first && c <= last;
}

bool must_language(struct decision *d, const char *field, const char *text)
{
	bool plain = between(text[0], 'a', 'z') && between(text[1], 'a', 'z');

	if (plain && text[2] == '\0')
		return true;
	if (plain && text[2] == '-' && between(text[3], 'A', 'Z') && between(text[4], 'A', 'Z') &&
	    text[5] == '\0')
		return true;
	return *text == '\0' ? missing(d, field)
			     : refuse_field(d, field, "a language as en, es or en-US");
}

bool must_state(struct decision *d, const char *field, const char *text)
{
	if (between(text[0], 'A', 'Z') && between(text[1], 'A', 'Z') && text[2] == '\0')
		return true;
	return *text == '\0' ? missing(d, field)
			     : refuse_field(d, field, "a state in two capitals, as TN");
}

bool must_date(struct decision *d, const char *field, const char *text, int64_t *day_r)
{
	if (*text == '\0')
		return missing(d, field);
	return day_of_text(text, day_r) || refuse_field(d, field, "a date as 2026-06-30");
}

bool must_https(struct decision *d, const char *field, const char *text)
{
	static const char scheme[] = "https://";
	size_t len = strlen(text);
	bool ok = len > sizeof scheme - 1 && len <= 500 &&
		  memcmp(text, scheme, sizeof scheme - 1) == 0;

	if (len == 0)
		return missing(d, field);
	for (size_t i = 0; i < len; i++)
		ok = ok && between(text[i], '!', '~') && strchr("<>\"{}|\\^`", text[i]) == NULL;
	return ok || refuse_field(d, field, "an address that begins with https://, without spaces");
}

bool must_range(struct decision *d, const char *field, uint64_t value, uint64_t least,
		uint64_t most)
{
	if (value >= least && value <= most)
		return true;
	refuse_text(d, ENROLLMENT__REASON__BAD_VALUE,
		    "%s is %" PRIu64 "; %" PRIu64 " to %" PRIu64 " are allowed", field, value,
		    least, most);
	return false;
}

bool must_count(struct decision *d, const char *field, size_t n, size_t least, size_t most)
{
	if (n >= least && n <= most)
		return true;
	if (n == 0)
		return missing(d, field);
	refuse_text(d, ENROLLMENT__REASON__BAD_VALUE, "%s has %zu elements; %zu to %zu are allowed",
		    field, n, least, most);
	return false;
}
