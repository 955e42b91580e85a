/* Templates and data of any bytes: a template is refused with its line, or rendered within bounds,
 * twice alike. */
#include "tests/fuzz/fuzz.h"

#include "services/gateway/render/mustache.h"

#include <string.h>

static const struct mustache *itself(void *ctx, const char *name)
{
	return name[0] == 'p' ? ctx : NULL;
}

static void check_render(struct mustache *m, json_t *data)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	json_t *objects[2] = {data, data};
	struct bytes one = mustache_render(m, objects, 2, itself, m, arena);
	struct bytes two = mustache_render(m, objects, 2, itself, m, arena);

	ENSURE(bytes_equal(one, two));
}

static void ignore_name(void *ctx, char tag, const char *name)
{
	(void)ctx;
	ENSURE(tag != '\0' && name[0] != '\0');
}

/* The template, a NUL, the data as JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\0', size);
	char fault[200] = "";
	struct mustache *m;
	json_t *json;

	if (end == NULL || (size_t)(end - data) > 400 || size > 1000)
		return 0;
	m = mustache_parse((const char *)data, fault);
	ENSURE((m == NULL) == (strncmp(fault, "line ", 5) == 0));
	json = json_loadb((const char *)end + 1, size - (size_t)(end - data) - 1, 0, NULL);
	if (m != NULL && json_is_object(json)) {
		check_render(m, json);
		mustache_names(m, ignore_name, NULL);
	}
	json_decref(json);
	mustache_destroy(&m);
	return 0;
}
