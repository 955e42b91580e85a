/* How many badges a second one core signs, against hashing and signing the same bytes alone, and
 * against the npm issuer: bench_badge [--quick] [--npm PER_SECOND], which npm-issuer.mjs prints. */
#include "libshared/blobs.h"
#include "services/issuance/documents/rdfc.h"
#include "tests/bench/bench.h"
#include "tests/support/badge_kit.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 25
#define BADGES 100 /* in a round */
#define ARENA_BYTES ((size_t)1 << 20)

struct bench {
	struct badge_template *template;
	struct badge badge;
	struct badge_kit_key key;
	struct badge_signer signer;
	struct arena *arena;
	struct rdfc_result text;
};

typedef void step_fn(struct bench *b);

static void sign_badge(struct bench *b)
{
	struct badge_document document;
	struct badge_problem problem;

	arena_reset(b->arena);
	ENSURE(badge_sign(&b->badge, &b->signer, b->arena, &document, &problem));
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

/* Microseconds of a processor for each: other programs may run beside this one. */
static double measure(struct bench *b, step_fn *step, size_t n)
{
	double us[ROUNDS];

	for (size_t round = 0; round < ROUNDS; round++) {
		double from = bench_processor();

		for (size_t i = 0; i < n; i++)
			step(b);
		us[round] = (bench_processor() - from) * 1e6 / (double)n;
	}
	return bench_median(us, ROUNDS);
}

static double npm_per_second(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--npm") == 0)
			return strtod(argv[i + 1], NULL);
	return 0;
}

static void report(double bare, double template, double whole, double npm)
{
	struct bench_text against = bench_text("no npm issuer here");

	if (npm > 0)
		against =
			bench_text("%.0f times the npm issuer, %.0f /s", 1e6 / template / npm, npm);
	bench_line("badges signed by one core", bench_text("%.0f /s", 1e6 / template).s, against.s,
		   bench_text("%.0f %% is hashing and Ed25519", 100 * bare / template).s);
	bench_line("  hashing and signing alone", bench_text("%.0f /s", 1e6 / bare).s,
		   bench_text("a badge is at %.2f of it", bare / template).s, "Ed25519");
	bench_line("  the first of an achievement", bench_text("%.0f /s", 1e6 / whole).s,
		   bench_text("%.2f of those that follow", template / whole).s,
		   "making the achievement's template");
}

/* As the service's badges have one. */
static const struct badge_status status = {
	.id = "https://credentials.doe.example/status/1#94567",
	.list = "https://credentials.doe.example/status/1",
	.index = "94567",
};

int main(int argc, char **argv)
{
	size_t n = bench_is_quick(argc, argv) ? BADGES / 4 : BADGES;
	struct badge_problem problem;
	struct arena *text_arena = arena_new(ARENA_BYTES);
	struct bench b = {.arena = arena_new(ARENA_BYTES)};
	double bare, template;

	badge_kit_key(BADGE_KIT_SEED, &b.key);
	b.signer = badge_kit_signer(&b.key);
	b.template = badge_template_new(&badge_kit_issuer, &badge_kit_achievement, &problem);
	ENSURE(b.template != NULL);
	b.badge = badge_kit_badge(b.template);
	b.badge.status = &status;
	ENSURE(badge_canonical(&b.badge, text_arena, &b.text, &problem));
	bare = measure(&b, sign_bare, n);
	template = measure(&b, sign_badge, n);
	report(bare, template, measure(&b, sign_without_template, n), npm_per_second(argc, argv));
	badge_template_destroy(&b.template);
	arena_destroy(&b.arena);
	arena_destroy(&text_arena);
	return EXIT_SUCCESS;
}
