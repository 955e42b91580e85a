/* Rosters of strangers: people that enrollment can be told of, each once, or a sentence. */
#include "tests/fuzz/fuzz.h"

#include "services/gateway/roster/roster.h"

#include <string.h>

static void check_people(const struct roster *r)
{
	ENSURE(r->n_people <= ROSTER_PEOPLE_MAX);
	for (size_t i = 0; i < r->n_people; i++) {
		const struct roster_person *p = &r->people[i];

		ENSURE(p->roles != 0 && p->n_schools <= ROSTER_SCHOOLS_MAX);
		ENSURE(*p->identifier != '\0' && strchr(p->email, '@') != NULL);
		ENSURE(i == 0 || strcmp(p[-1].identifier, p->identifier) < 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new((size_t)64 << 10);
	struct roster r;

	roster_init(&r, arena);
	if (roster_add(&r, (struct bytes){data, size}) && roster_finish(&r)) {
		ENSURE(r.fault[0] == '\0');
		check_people(&r);
	} else {
		ENSURE(r.fault[0] != '\0');
	}
	arena_destroy(&arena);
	return 0;
}
