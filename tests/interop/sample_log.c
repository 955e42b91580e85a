/*
 * sample_log: a transparency log of some leaves, for other people's verifiers. Prints JSON: the
 * verifier key, the leaves, and for each size a checkpoint, an audit path for each leaf, and the
 * consistency proof from each smaller size.
 */
#include "services/issuance/documents/checkpoint.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define LEAVES 21
#define LEVELS 6

static struct merkle_hash kept[LEVELS][LEAVES];

static void get(void *ctx, unsigned level, uint64_t index, struct merkle_hash *hash_r)
{
	(void)ctx;
	*hash_r = kept[level][index];
}

static void put(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
	(void)ctx;
	kept[level][index] = *hash;
}

static const struct merkle_nodes nodes = {.get = get, .put = put};
static const char origin[] = "doe.example/transparency";
static uint8_t public_key[ED25519_PUBLIC_LEN], secret_key[crypto_sign_SECRETKEYBYTES];
static struct arena *arena;

static json_t *hex_list(const struct merkle_hash *proof, size_t n)
{
	json_t *list = json_array();
	char hex[2 * SHA256_LEN + 1];

	for (size_t i = 0; i < n; i++) {
		hex_of_bytes(BYTES_OF(proof[i].bytes), hex);
		json_array_append_new(list, json_string(hex));
	}
	return list;
}

static json_t *note_of(uint64_t size)
{
	struct checkpoint c = {origin, size, merkle_root(&nodes, size)};
	struct bytes text = checkpoint_text(&c, arena);
	uint8_t signature[ED25519_SIGNATURE_LEN];

	crypto_sign_detached(signature, NULL, text.data, text.len, secret_key);
	return json_string(checkpoint_note(text, origin, public_key, signature, arena));
}

/* The tree as it is with size leaves, and all its proofs. */
static json_t *tree_of(uint64_t size)
{
	json_t *inclusion = json_array(), *consistency = json_array();
	struct merkle_hash proof[MERKLE_PROOF_MAX];

	for (uint64_t i = 0; i < size; i++)
		json_array_append_new(inclusion,
				      hex_list(proof, merkle_inclusion(&nodes, i, size, proof)));
	for (uint64_t from = 1; from <= size; from++)
		json_array_append_new(
			consistency,
			hex_list(proof, merkle_consistency(&nodes, from, size, proof)));
	return json_pack("{s:o, s:o, s:o}", "note", note_of(size), "inclusion", inclusion,
			 "consistency", consistency);
}

int main(void)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = {42};
	json_t *leaves = json_array(), *trees = json_array(), *all;

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	crypto_sign_seed_keypair(public_key, secret_key, seed);
	arena = arena_new(1 << 16);
	for (uint64_t n = 0; n < LEAVES; n++) {
		const char *text = arena_printf(arena, "{\"what\":\"issued\",\"n\":%d}", (int)n);
		struct merkle_hash leaf = merkle_leaf(bytes_of_text(text));

		merkle_append(&nodes, n, &leaf);
		json_array_append_new(leaves, json_string(text));
		json_array_append_new(trees, tree_of(n + 1));
	}
	all = json_pack("{s:s, s:o, s:o}", "verifier",
			checkpoint_verifier(origin, public_key, arena), "leaves", leaves, "trees",
			trees);
	json_dumpf(all, stdout, JSON_INDENT(1));
	json_decref(all);
	arena_destroy(&arena);
	return EXIT_SUCCESS;
}
