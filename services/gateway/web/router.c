/* From an address to its route. */
#include "services/gateway/web/route.h"

#include "services/gateway/signin/scopes.h"

#include <string.h>

/* Room for a {name}: the text up to the next slash, or all of it for a last {name...}. */
static size_t part_len(const char *pattern, const char *path)
{
	const char *end = strchr(pattern, '}');

	return end[-1] == '.' ? strlen(path) : strcspn(path, "/");
}

/* Parts are counted in n; an empty one is none. */
static bool matches(const char *pattern, const char *path, struct bytes parts[PARAMS_MAX])
{
	unsigned n = 0;

	while (*pattern != '\0') {
		if (*pattern == '{') {
			size_t len = part_len(pattern, path);

			if (len == 0 || n == PARAMS_MAX)
				return false;
			parts[n++] = (struct bytes){(const uint8_t *)path, len};
			path += len;
			pattern = strchr(pattern, '}') + 1;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* Of two that match, the one without a {name} where the other has one is meant: /readings/next. */
static bool is_plainer(const struct route *a, const struct route *b)
{
	return b == NULL || strcspn(a->path, "{") > strcspn(b->path, "{");
}

static bool is_method(const struct route *route, enum method method)
{
	return route->method == method || (method == HEAD && route->method == GET);
}

const struct route *route_find(enum method method, const char *path, struct arena *arena,
			       const char *params_r[PARAMS_MAX], bool *other_method_r)
{
	struct bytes parts[PARAMS_MAX] = {{0}};
	const struct route *found = NULL;

	for (size_t i = 0; i < n_route_lists; i++)
		for (size_t j = 0; j < route_lists[i]->n; j++) {
			const struct route *route = &route_lists[i]->routes[j];

			memset(parts, 0, sizeof parts);
			if (!matches(route->path, path, parts))
				continue;
			*other_method_r = true;
			if (!is_method(route, method) || !is_plainer(route, found))
				continue;
			found = route;
			for (unsigned k = 0; k < PARAMS_MAX; k++)
				params_r[k] =
					parts[k].data != NULL ? arena_text(arena, parts[k]) : NULL;
		}
	return found;
}

static bool token_allows(const struct route *route, const struct person *person)
{
	return route->scope != NULL && (person->scopes & scope_of_name(route->scope)) != 0;
}

enum allowed route_allows(const struct route *route, const struct person *person)
{
	if (person == NULL)
		return route->may & MAY_ANYONE ? ALLOWED : SIGN_IN_FIRST;
	if (person->by_token && !(route->may & MAY_ANYONE) && !token_allows(route, person))
		return NOT_ALLOWED;
	if (!(route->may & MAY_ANYONE) && !(route->may & person->may))
		return NOT_ALLOWED;
	if (route->step_up && !person->by_token && !person->stepped_up)
		return STEP_UP_FIRST;
	return ALLOWED;
}
