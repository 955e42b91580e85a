/* The sample catalogue, published. */
#include "tests/support/shelves.h"

#include "services/catalogue/catalogue.h"
#include "tests/support/kit.h"
#include "tests/support/tree.h"

#include <stdlib.h>

extern const struct service enrollment_service;

static void publish_sample(struct kit *k)
{
	static const char *const files[] = {"catalogue.json", "policy.json", "calendar.json",
					    "media.json"};
	struct catalogue c = {.arena = k->arena};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		ENSURE(catalogue_add(
			&c, files[i],
			tree_read(arena_printf(k->arena, "deploy/sample/%s", files[i]), k->arena)));
	catalogue_order(&c);
	for (size_t i = 0; i < c.n; i++)
		ENSURE(kit_send(k, BYTES_NONE, &c.commands[i]->base) == CAIRN__STATUS__OK);
}

struct kit *shelves_new(void)
{
	struct kit *k = calloc(1, sizeof *k);

	ENSURE(k != NULL);
	kit_open(k, &enrollment_service);
	publish_sample(k);
	return k;
}

void shelves_destroy(struct kit **k)
{
	kit_close(*k);
	free(*k);
	*k = NULL;
}
