/*
 * Any address at the gateway's real routes: what is found is what the address says, name by name.
 * And any text as what a route takes: words with an end.
 */
#include "services/gateway/web/route.h"
#include "services/gateway/web/takes.h"
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"

#include <string.h>

/* The route's path with its names filled again is the address. */
static void check_found(const struct route *route, const char *path,
			const char *const params[PARAMS_MAX])
{
	unsigned n = 0;

	for (const char *at = route->path; *at != '\0';) {
		if (*at != '{') {
			ENSURE(*at++ == *path++);
			continue;
		}
		const char *end = strchr(at, '}'), *value = params[n++];

		ENSURE(value != NULL && value[0] != '\0');
		ENSURE(end[-1] == '.' || strchr(value, '/') == NULL);
		ENSURE(strncmp(path, value, strlen(value)) == 0);
		path += strlen(value);
		at = end + 1;
	}
	ENSURE(*path == '\0');
	for (; n < PARAMS_MAX; n++)
		ENSURE(params[n] == NULL);
}

static void find(const char *path, struct arena *arena)
{
	for (enum method method = GET; method <= N_METHODS; method++) {
		const char *params[PARAMS_MAX] = {NULL};
		bool other = false;
		const struct route *route = route_find(method, path, arena, params, &other);

		ENSURE(route == NULL || other);
		if (route != NULL)
			check_found(route, path, params);
	}
}

static void read_takes(const char *text)
{
	const char *at = text;
	struct taken taken;

	while (takes_next(&at, &taken))
		ENSURE(taken.name[0] != '\0' && taken.kind[0] != '\0');
	ENSURE(at >= text && at <= text + strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const char *text = arena_text(arena, (struct bytes){data, size});

	find(text, arena);
	read_takes(text);
	return 0;
}
