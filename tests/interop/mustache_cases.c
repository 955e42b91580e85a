/* Renders what mustache.mjs asks for: a case per line in, a JSON string or null per line out. */
#include "services/gateway/render/mustache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Partials are parsed when they are met, and live as long as the program. */
static const struct mustache *partial(void *ctx, const char *name)
{
	const char *text = json_string_value(json_object_get(ctx, name));
	char fault[200];

	return text == NULL ? NULL : mustache_parse(text, fault);
}

static void print_case(json_t *one)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	json_t *data = json_object_get(one, "data");
	char fault[200];
	AUTO(mustache_destroy)
	struct mustache *m =
		mustache_parse(json_string_value(json_object_get(one, "template")), fault);
	json_t *text = json_null();

	if (m != NULL) {
		struct bytes out = mustache_render(m, &data, 1, partial,
						   json_object_get(one, "partials"), arena);

		text = json_stringn((const char *)out.data, out.len);
	}
	json_dumpf(text, stdout, JSON_ENCODE_ANY);
	putchar('\n');
	json_decref(text);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		json_t *one = json_loads(line, 0, NULL);

		if (!json_is_object(one))
			return EXIT_FAILURE;
		print_case(one);
		json_decref(one);
	}
	free(line);
	return EXIT_SUCCESS;
}
