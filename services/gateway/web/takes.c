/* Words of a route's takes. */
#include "services/gateway/web/takes.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define COUNT_DIGITS_MAX 15

static bool is_text(const json_t *value)
{
	return json_is_string(value);
}

static bool are_texts(const json_t *value)
{
	const json_t *one;
	size_t i;

	json_array_foreach(value, i, one)
	{
		if (!json_is_string(one))
			return false;
	}
	return json_is_array(value) || json_is_string(value);
}

static bool is_count(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text != NULL)
		return strlen(text) <= COUNT_DIGITS_MAX &&
		       strspn(text, "0123456789") == strlen(text);
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_yes(const json_t *value)
{
	return json_is_boolean(value) || json_is_string(value);
}

static const struct kind {
	const char *name;
	bool (*fits)(const json_t *value);
} kinds[] = {{"text", is_text}, {"texts", are_texts}, {"count", is_count}, {"yes", is_yes}};

static const struct kind *kind_of(const char *name)
{
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return NULL;
}

bool takes_next(const char **at, struct taken *taken_r)
{
	const char *word, *kind;
	struct taken taken;
	size_t name_len, kind_len;

	*at += strspn(*at, " ");
	word = *at;
	name_len = strcspn(word, "?= ");
	kind = word + name_len + 1;
	if (name_len == 0 || name_len >= sizeof taken.name ||
	    (word[name_len] != '?' && word[name_len] != '='))
		return false;
	kind_len = strcspn(kind, " ");
	if (kind_len >= sizeof taken.kind)
		return false;
	taken.must = word[name_len] == '=';
	snprintf(taken.name, sizeof taken.name, "%.*s", (int)name_len, word);
	snprintf(taken.kind, sizeof taken.kind, "%.*s", (int)kind_len, kind);
	if (kind_of(taken.kind) == NULL)
		return false;
	*taken_r = taken;
	*at = kind + kind_len;
	return true;
}

static bool is_named(const struct taken *taken, const char *name)
{
	size_t len = strlen(taken->name);

	if (taken->name[len - 1] == '*')
		return strncmp(taken->name, name, len - 1) == 0;
	return strcmp(taken->name, name) == 0;
}

/* NULL: it is not taken. */
static const struct kind *kind_taken(const char *takes, const char *name)
{
	struct taken taken;

	while (takes_next(&takes, &taken))
		if (is_named(&taken, name))
			return kind_of(taken.kind);
	return NULL;
}

const char *takes_misfit(const char *takes, const json_t *body, const char **kind_r)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)body, name, value)
	{
		const struct kind *kind;

		if (strcmp(name, "csrf") == 0 || strcmp(name, "intention") == 0)
			continue;
		kind = kind_taken(takes, name);
		*kind_r = kind != NULL ? kind->name : NULL;
		if (kind == NULL || !(json_is_null(value) || kind->fits(value)))
			return name;
	}
	return NULL;
}
