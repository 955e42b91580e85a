/* Prints random documents, each with its canonical N-Quads, for canon.mjs to compare with.
 *
 * Half of them are badges from random records, signed as the service does it; half are objects
 * made at random from the tables of terms: every type and member, values of every kind, lists,
 * nested credentials with proofs, things alike enough to need all of RDFC-1.0. */
#include "libshared/json_text.h"
#include "tests/interop/random_document.h"
#include "tests/interop/random_record.h"

#include <stdio.h>
#include <stdlib.h>

#define ARENA_BYTES ((size_t)1 << 20)

static void print_line(struct arena *a, json_t *document, const struct random_result *r)
{
	struct buffer b;

	buffer_init(&b, a, (size_t)64 << 10);
	buffer_puts(&b, "{\"document\":");
	json_put(&b, document, NULL);
	if (r->fault != NULL) {
		buffer_puts(&b, ",\"fault\":");
		json_put_string(&b, bytes_of_text(r->fault));
	} else {
		buffer_puts(&b, ",\"nquads\":");
		json_put_string(&b, r->nquads);
		buffer_puts(&b, r->same_in_utf16 ? ",\"same_in_utf16\":true"
						 : ",\"same_in_utf16\":false");
	}
	buffer_puts(&b, "}");
	puts(buffer_text(&b));
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct dice dice;

	if (argc != 3) {
		fprintf(stderr, "usage: %s SEED COUNT\n", argv[0]);
		return 2;
	}
	dice = dice_of_seed(strtoull(argv[1], NULL, 10));
	for (long i = 0, n = strtol(argv[2], NULL, 10); i < n; i++) {
		struct random_result result = {0};
		json_t *document = i % 2 == 0 ? random_document(&dice, arena, &result)
					      : random_record(&dice, arena, &result);

		print_line(arena, document, &result);
		json_decref(document);
		arena_reset(arena);
	}
	arena_destroy(&arena);
	return EXIT_SUCCESS;
}
