/* Credentials as quads and as canonical text: any JSON is refused with a sentence, or has one
 * canonical form, whatever order its quads come in. */
#include "tests/fuzz/fuzz.h"

#include "services/issuance/documents/nquads.h"
#include "services/issuance/documents/rdfc.h"

#include <string.h>

/* The place quotes the document as it is; fuzz_verify.c sees that what is told of it is clean. */
static void check_problem(const struct badge_problem *problem)
{
	ENSURE(problem->fault > BADGE_SOUND && problem->fault < BADGE_FAULTS);
	ENSURE(badge_fault_sentence(problem->fault)[0] != '\0');
	ENSURE(memchr(problem->where, '\0', sizeof problem->where) != NULL);
}

/* The same quads last to first. */
static struct quads backwards(const struct quads *q)
{
	struct quads r;

	quads_init(&r, q->arena, 1);
	for (size_t i = q->n; i > 0; i--)
		quads_add(&r, q->list[i - 1]);
	r.n_blanks = q->n_blanks;
	r.beyond_bmp = q->beyond_bmp;
	return r;
}

static void check_canon(const struct quads *q)
{
	const struct rdfc_options options = {.hash = DIGEST_SHA256, .work_factor = 1};
	struct quads reversed = backwards(q);
	struct rdfc_result one, two;
	bool done = rdfc_canonicalize(q, &options, &one) == 0;

	ENSURE((rdfc_canonicalize(&reversed, &options, &two) == 0) == done);
	if (!done)
		return;
	ENSURE(bytes_equal(one.text, two.text));
	ENSURE(one.n_lines <= q->n);
	ENSURE(one.text.len == 0 || one.text.data[one.text.len - 1] == '\n');
}

/* The first byte: strict or not; the contexts in force. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	struct badge_problem problem = {0};
	struct nquads_source source = {0};
	struct quads q;

	if (size == 0)
		return 0;
	source.strict = data[0] & 1;
	source.contexts = (data[0] >> 1) & 7;
	source.without = data[0] & 0x40 ? "proof" : NULL;
	source.document = json_loadb((const char *)data + 1, size - 1, 0, NULL);
	if (!json_is_object(source.document)) {
		json_decref(source.document);
		return 0;
	}
	quads_init(&q, arena, 1);
	if (nquads_emit(&source, &q, &problem))
		check_canon(&q);
	else
		check_problem(&problem);
	json_decref(source.document);
	return 0;
}
