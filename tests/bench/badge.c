/* How many badges a second one core signs, against hashing and signing the same bytes alone. */
#include "libshared/blobs.h"
#include "services/issuance/rdfc.h"
#include "tests/support/badge_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 50
#define ARENA_BYTES ((size_t)1 << 20)

struct bench {
	struct badge_template *template;
	struct badge badge;
	struct badge_kit_key key;
	struct badge_signer signer;
	struct arena *arena;
	struct rdfc_result text;
	size_t json_len;
};

typedef void step_fn(struct bench *b);

static void sign_badge(struct bench *b)
{
	struct badge_document document;
	struct badge_problem problem;

	arena_reset(b->arena);
	ENSURE(badge_sign(&b->badge, &b->signer, b->arena, &document, &problem));
	b->json_len = document.json.len;
}

static void sign_without_template(struct bench *b)
{
	const struct badge_template *kept = b->badge.template;
	struct badge_problem problem;
	struct badge_template *fresh =
		badge_template_new(&badge_kit_issuer, &badge_kit_achievement, &problem);

	b->badge.template = fresh;
	sign_badge(b);
	b->badge.template = kept;
	badge_template_destroy(&fresh);
}

/* What no issuer can do without: the document's hash, and the signature. */
static void sign_bare(struct bench *b)
{
	uint8_t hash[2 * SHA256_LEN] = {0}, signature[ED25519_SIGNATURE_LEN];

	sha256(b->text.text, hash);
	ENSURE(b->signer.sign(b->signer.ctx, b->signer.key, BYTES_OF(hash), signature) == 0);
}

/* Time of the processor, not of the wall: other programs may run beside this one. */
static double cpu_us(void)
{
	struct timespec now;

	ENSURE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* The best of several rounds, in microseconds each. */
static double measure(struct bench *b, step_fn *step, int n)
{
	double best = 1e12;

	for (int round = 0; round < ROUNDS; round++) {
		double start = cpu_us();

		for (int i = 0; i < n; i++)
			step(b);
		best = MIN(best, (cpu_us() - start) / n);
	}
	return best;
}

static void report(const char *what, double us, double bare_us)
{
	printf("%-34s %8.1f us  %8.0f /s  %5.2f x bare\n", what, us, 1e6 / us, us / bare_us);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100;
	struct badge_problem problem;
	struct arena *text_arena = arena_new(ARENA_BYTES);
	struct bench b = {.arena = arena_new(ARENA_BYTES)};
	double bare, template, whole;

	badge_kit_key(BADGE_KIT_SEED, &b.key);
	b.signer = badge_kit_signer(&b.key);
	b.template = badge_template_new(&badge_kit_issuer, &badge_kit_achievement, &problem);
	ENSURE(b.template != NULL);
	b.badge = badge_kit_badge(b.template);
	ENSURE(badge_canonical(&b.badge, text_arena, &b.text, &problem));
	bare = measure(&b, sign_bare, n);
	template = measure(&b, sign_badge, n);
	whole = measure(&b, sign_without_template, n);
	printf("%zu quads, %zu bytes canonical, %zu bytes JSON, best of %d rounds of %d\n",
	       b.text.n_lines, b.text.text.len, b.json_len, ROUNDS, n);
	report("bare: SHA-256 and Ed25519", bare, bare);
	report("badge, template at hand", template, bare);
	report("badge, template made each time", whole, bare);
	badge_template_destroy(&b.template);
	arena_destroy(&b.arena);
	arena_destroy(&text_arena);
	return EXIT_SUCCESS;
}
