/*
 * The Merkle tree of RFC 9162 against its definitions (2.1.1, 2.1.3.1, 2.1.4.1), computed here from
 * all leaves by recursion, and against the well-known roots of Certificate Transparency's own
 * tests.
 */
#include "tests/support/suite.h"

#include "services/issuance/documents/merkle.h"

#include <openssl/sha.h>
#include <string.h>

#define LEAVES 70
#define LEVELS 8

static struct merkle_hash kept[LEVELS][LEAVES];
static bool is_kept[LEVELS][LEAVES];
static struct merkle_hash leaves[LEAVES];

static void get(void *ctx, unsigned level, uint64_t index, struct merkle_hash *hash_r)
{
	(void)ctx;
	ck_assert(level < LEVELS && index < LEAVES && is_kept[level][index]);
	*hash_r = kept[level][index];
}

static void put(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
	(void)ctx;
	ck_assert(level < LEVELS && index < LEAVES && !is_kept[level][index]);
	kept[level][index] = *hash;
	is_kept[level][index] = true;
}

static const struct merkle_nodes nodes = {.get = get, .put = put};

static void setup(void)
{
	memset(is_kept, 0, sizeof is_kept);
	for (uint8_t i = 0; i < LEAVES; i++) {
		leaves[i] = merkle_leaf((struct bytes){&i, 1});
		merkle_append(&nodes, i, &leaves[i]);
	}
}

/* ---- the definitions ---- */

static struct merkle_hash mth(const struct merkle_hash *d, size_t n)
{
	uint8_t both[1 + 2 * SHA256_DIGEST_LENGTH] = {1};
	struct merkle_hash left, right, hash;
	size_t k = 1;

	if (n == 1)
		return d[0];
	while (2 * k < n)
		k *= 2;
	left = mth(d, k);
	right = mth(d + k, n - k);
	memcpy(both + 1, left.bytes, SHA256_DIGEST_LENGTH);
	memcpy(both + 1 + SHA256_DIGEST_LENGTH, right.bytes, SHA256_DIGEST_LENGTH);
	SHA256(both, sizeof both, hash.bytes);
	return hash;
}

static size_t path(size_t m, const struct merkle_hash *d, size_t n, struct merkle_hash *out)
{
	size_t k = 1, len;

	if (n == 1)
		return 0;
	while (2 * k < n)
		k *= 2;
	len = m < k ? path(m, d, k, out) : path(m - k, d + k, n - k, out);
	out[len] = m < k ? mth(d + k, n - k) : mth(d, k);
	return len + 1;
}

static size_t subproof(size_t m, const struct merkle_hash *d, size_t n, bool whole,
		       struct merkle_hash *out)
{
	size_t k = 1, len;

	if (m == n) {
		if (!whole)
			out[0] = mth(d, n);
		return whole ? 0 : 1;
	}
	while (2 * k < n)
		k *= 2;
	len = m <= k ? subproof(m, d, k, whole, out) : subproof(m - k, d + k, n - k, false, out);
	out[len] = m <= k ? mth(d + k, n - k) : mth(d, k);
	return len + 1;
}

/* ---- what must agree ---- */

START_TEST(roots_are_those_of_the_definition)
{
	for (size_t n = 1; n <= LEAVES; n++) {
		struct merkle_hash root = merkle_root(&nodes, n), want = mth(leaves, n);

		ck_assert_mem_eq(&root, &want, sizeof root);
	}
}
END_TEST

/* The empty tree, and the eight leaves of RFC 6962's reference implementation (its test vectors).
 */
START_TEST(known_roots_come_out)
{
	static const char *const texts[] = {"",
					    "00",
					    "10",
					    "2021",
					    "3031",
					    "40414243",
					    "5051525354555657",
					    "606162636465666768696a6b6c6d6e6f"};
	static const char empty[] =
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	static const char eight[] =
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
	uint8_t want[SHA256_LEN], data[16];
	struct merkle_hash root = merkle_root(&nodes, 0);

	ck_assert(bytes_of_hex(empty, want, sizeof want));
	ck_assert_mem_eq(root.bytes, want, sizeof want);
	memset(is_kept, 0, sizeof is_kept);
	for (size_t i = 0; i < 8; i++) {
		size_t len = strlen(texts[i]) / 2;
		struct merkle_hash leaf;

		ck_assert(bytes_of_hex(texts[i], data, len));
		leaf = merkle_leaf((struct bytes){data, len});
		merkle_append(&nodes, i, &leaf);
	}
	root = merkle_root(&nodes, 8);
	ck_assert(bytes_of_hex(eight, want, sizeof want));
	ck_assert_mem_eq(root.bytes, want, sizeof want);
}
END_TEST

START_TEST(inclusion_is_proved_for_every_leaf_of_every_tree_and_for_no_other)
{
	for (size_t n = 1; n <= LEAVES; n++) {
		struct merkle_hash root = merkle_root(&nodes, n);

		for (size_t i = 0; i < n; i++) {
			struct merkle_hash proof[MERKLE_PROOF_MAX], want[MERKLE_PROOF_MAX];
			struct merkle_proof p = {proof, merkle_inclusion(&nodes, i, n, proof)};

			ck_assert_uint_eq(p.n, path(i, leaves, n, want));
			ck_assert_mem_eq(proof, want, p.n * sizeof *proof);
			ck_assert(merkle_inclusion_holds(&leaves[i], i, n, p, &root));
			ck_assert(
				!merkle_inclusion_holds(&leaves[(i + 1) % LEAVES], i, n, p, &root));
			ck_assert(!merkle_inclusion_holds(&leaves[i], i + n, n, p, &root));
			ck_assert(n == 1 ||
				  !merkle_inclusion_holds(&leaves[i], (i + 1) % n, n, p, &root));
			if (p.n > 0)
				proof[p.n / 2].bytes[7] ^= 1;
			ck_assert(p.n == 0 || !merkle_inclusion_holds(&leaves[i], i, n, p, &root));
		}
	}
}
END_TEST

START_TEST(consistency_is_proved_for_every_two_trees_and_not_for_another_history)
{
	for (size_t n = 1; n <= LEAVES; n++) {
		struct merkle_hash root = merkle_root(&nodes, n);

		for (size_t m = 1; m <= n; m++) {
			struct merkle_hash proof[MERKLE_PROOF_MAX], want[MERKLE_PROOF_MAX];
			struct merkle_hash from = merkle_root(&nodes, m), other = from;
			struct merkle_proof p = {proof, merkle_consistency(&nodes, m, n, proof)};

			ck_assert_uint_eq(p.n, subproof(m, leaves, n, true, want));
			ck_assert_mem_eq(proof, want, p.n * sizeof *proof);
			ck_assert(merkle_consistency_holds(m, &from, n, &root, p));
			other.bytes[31] ^= 0x80;
			ck_assert(!merkle_consistency_holds(m, &other, n, &root, p));
			ck_assert(!merkle_consistency_holds(m, &from, n, &other, p));
		}
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("merkle");
	TCase *tree = tcase_create("tree");

	tcase_add_checked_fixture(tree, setup, NULL);
	tcase_add_test(tree, roots_are_those_of_the_definition);
	tcase_add_test(tree, known_roots_come_out);
	tcase_add_test(tree, inclusion_is_proved_for_every_leaf_of_every_tree_and_for_no_other);
	tcase_add_test(tree, consistency_is_proved_for_every_two_trees_and_not_for_another_history);
	suite_add_tcase(suite, tree);
	return suite;
}
