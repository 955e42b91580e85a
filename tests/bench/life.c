/* What becomes of a credential once it is issued: revoked and told of in a status list, through the
 * engine on memory, against issuing; and verified, against its Ed25519 signature alone:
 * bench_life [--quick]. */
#include "libshared/check.h"
#include "services/issuance/issuance.h"
#include "services/issuance/status.h"
#include "services/issuance/documents/verify.h"
#include "tests/bench/bench.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define VERIFICATIONS 2000
#define LISTS 20

static struct kit kit;
static struct bytes olga, pavel; /* two who decide together */

static double issue(struct bytes credentials[], size_t n)
{
	double spent = 0;

	for (size_t i = 0; i < n; i++) {
		struct bytes educator = kit_id(&kit);
		double from;

		issuance_given_educator(&kit, educator);
		from = bench_processor();
		issuance_released(&kit, educator, true);
		spent += bench_processor() - from;
		credentials[i] = bytes_of_pb(issuance_next_issued(&kit)->credential);
	}
	return spent;
}

static void revoke_one(struct bytes credential)
{
	ENSURE(kit_send(&kit, BYTES_NONE,
			life_revoke(kit.arena, credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
				    olga, pavel)) == CAIRN__STATUS__OK);
}

static double revoke_all(const struct bytes credentials[], size_t n)
{
	double from = bench_processor();

	for (size_t i = 0; i < n; i++)
		revoke_one(credentials[i]);
	return bench_processor() - from;
}

/* One list, changed each time, signed by its timer. */
static double sign_lists(const struct bytes credentials[])
{
	double spent = 0;

	for (unsigned i = 0; i < LISTS; i++) {
		double from;

		revoke_one(credentials[i]);
		from = bench_processor();
		kit_advance(&kit, STATUS_PAUSE_US);
		spent += bench_processor() - from;
		ENSURE(issuance_next(&kit, ISSUANCE__EVENT__BODY_STATUS_LIST_SIGNED) != NULL);
	}
	return spent;
}

static const char *list_document(void)
{
	return life_list(&kit, 1)->document;
}

static double verify(struct verify_input *input)
{
	struct verification v;
	double from = bench_processor();

	for (unsigned i = 0; i < VERIFICATIONS; i++) {
		credential_verify(input, &v);
		ENSURE(v.verified);
	}
	return (bench_processor() - from) * 1e6 / VERIFICATIONS;
}

static double verify_bare(void)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
	uint8_t signature[crypto_sign_BYTES], hashes[64] = {7};
	double from;

	crypto_sign_keypair(public, secret);
	crypto_sign_detached(signature, NULL, hashes, sizeof hashes, secret);
	from = bench_processor();
	for (unsigned i = 0; i < VERIFICATIONS; i++)
		ENSURE(crypto_sign_verify_detached(signature, hashes, sizeof hashes, public) == 0);
	return (bench_processor() - from) * 1e6 / VERIFICATIONS;
}

static void verifications(struct bytes credential)
{
	struct verify_input input = {.now_us = kit.now_us};
	double bare = verify_bare(), alone, with_list;

	input.credential = bytes_of_text(issuance_credential(&kit, credential)->document);
	input.did_document = bytes_of_text(issuance_did_document(&kit));
	alone = verify(&input);
	input.status_list = bytes_of_text(list_document());
	with_list = verify(&input);
	bench_line("one credential verified", bench_text("%.0f us", alone).s,
		   bench_text("%.1f times Ed25519 alone, %.0f us", alone / bare, bare).s,
		   "its canonical form");
	bench_line("  and its status list with it", bench_text("%.0f us", with_list).s,
		   bench_text("%.1f times without", with_list / alone).s,
		   "the list's own proof and its inflated bits");
}

int main(int argc, char **argv)
{
	size_t n = bench_is_quick(argc, argv) ? 1000 : 4000, held;
	struct bytes *credentials = calloc(n, sizeof *credentials);
	double issued, revoked, lists;

	ENSURE(credentials != NULL);
	kit_open(&kit, &issuance_service);
	olga = kit_id(&kit);
	pavel = kit_id(&kit);
	issuance_given_all(&kit);
	issued = issue(credentials, n);
	kit_advance(&kit, STATUS_PAUSE_US);
	while (issuance_next(&kit, ISSUANCE__EVENT__BODY_STATUS_LIST_SIGNED) != NULL)
		;
	lists = sign_lists(credentials);
	held = bench_anonymous(getpid());
	revoked = revoke_all(credentials + LISTS, n - LISTS - 1);
	held = bench_anonymous(getpid()) - held;
	bench_line("credentials revoked by one core",
		   bench_text("%.0f /s", (double)(n - LISTS - 1) / revoked).s,
		   bench_text("issued: %.0f /s", (double)n / issued).s,
		   bench_text("a commit each; held %zu kB more", held / 1024).s);
	bench_line("a status list signed", bench_text("%.1f ms", lists * 1e3 / LISTS).s,
		   bench_text("issuing %.2f ms", issued * 1e3 / (double)n).s,
		   "deflating 131,072 bits, its canonical form");
	kit_advance(&kit, STATUS_PAUSE_US);
	verifications(credentials[n - 1]);
	kit_close(&kit);
	free(credentials);
	return EXIT_SUCCESS;
}
