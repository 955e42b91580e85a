/* Words of a route's takes. */
#include "services/gateway/web/takes.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {"text", "count"};

static bool is_kind(const char *kind)
{
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
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
	if (!is_kind(taken.kind))
		return false;
	*taken_r = taken;
	*at = kind + kind_len;
	return true;
}
