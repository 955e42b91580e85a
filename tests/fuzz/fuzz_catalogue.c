/* Catalogue files: any bytes give commands that the door lets in, or a sentence. */
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"
#include "services/catalogue/catalogue.h"

#include <string.h>

/* What the loader makes passes the door of the service it goes to, and comes out the same twice. */
static void check_command(struct catalogue *c, const Enrollment__Command *one,
			  const Enrollment__Command *two)
{
	struct bytes raw = message_pack(&one->base, c->arena);
	struct id entity = catalogue_entity(one);
	struct message_fault fault;

	ENSURE(message_unpack(&enrollment__command__descriptor, raw, &COMMAND_LIMITS, c->arena,
			      &fault) != NULL);
	ENSURE(bytes_equal(raw, message_pack(&two->base, c->arena)));
	ENSURE(!id_is_none(&entity));
	ENSURE(catalogue_label(c, one)[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 16);
	struct catalogue one = {.arena = arena}, two = {.arena = arena};
	struct bytes text = {data, size};
	bool sound = catalogue_add(&one, "fuzz.json", text);

	ENSURE(sound == (one.fault[0] == '\0'));
	ENSURE(catalogue_add(&two, "fuzz.json", text) == sound);
	ENSURE(sound || one.n == 0);
	ENSURE(memchr(one.fault, '\0', sizeof one.fault) != NULL);
	ENSURE(one.n == two.n);
	catalogue_order(&one);
	catalogue_order(&two);
	for (size_t i = 0; i < one.n; i++)
		check_command(&one, one.commands[i], two.commands[i]);
	arena_destroy(&arena);
	return 0;
}
