/* A Merkle tree as RFC 9162 hashes it. */
#include "services/issuance/documents/merkle.h"

#include <string.h>

#define NODE_LEN (1 + 2 * SHA256_LEN)

struct merkle_hash merkle_leaf(struct bytes data)
{
	uint8_t prefixed[1 + MERKLE_LEAF_MAX] = {0};
	struct merkle_hash hash;

	ENSURE(data.len <= MERKLE_LEAF_MAX);
	memcpy(prefixed + 1, data.data, data.len);
	sha256((struct bytes){prefixed, 1 + data.len}, hash.bytes);
	return hash;
}

static struct merkle_hash node_of(const struct merkle_hash *left, const struct merkle_hash *right)
{
	uint8_t both[NODE_LEN] = {1};
	struct merkle_hash hash = {{0}};

	memcpy(both + 1, left->bytes, SHA256_LEN);
	memcpy(both + 1 + SHA256_LEN, right->bytes, SHA256_LEN);
	sha256(BYTES_OF(both), hash.bytes);
	return hash;
}

static bool same_hash(const struct merkle_hash *a, const struct merkle_hash *b)
{
	return memcmp(a->bytes, b->bytes, SHA256_LEN) == 0;
}

/* ---- growing ---- */

void merkle_append(const struct merkle_nodes *nodes, uint64_t size, const struct merkle_hash *leaf)
{
	struct merkle_hash hash = *leaf, left;
	uint64_t index = size;

	nodes->put(nodes->ctx, 0, index, &hash);
	for (unsigned level = 0; index & 1; level++) {
		nodes->get(nodes->ctx, level, index - 1, &left);
		hash = node_of(&left, &hash);
		index >>= 1;
		nodes->put(nodes->ctx, level + 1, index, &hash);
	}
}

/* ---- hashes of ranges ---- */

/* The largest power of two below n > 1, as its exponent. */
static unsigned split_level(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n - 1);
}

/* Of the n > 0 leaves from begin on, a range that the tree splits into: whole subtrees from left to
 * right, each smaller than the one before, hashed from the right. */
static struct merkle_hash range_hash(const struct merkle_nodes *nodes, uint64_t begin, uint64_t n)
{
	struct merkle_hash parts[64];
	size_t n_parts = 0;

	for (int level = 63; level >= 0; level--) {
		if ((n >> level & 1) == 0)
			continue;
		nodes->get(nodes->ctx, (unsigned)level, begin >> level, &parts[n_parts++]);
		begin += (uint64_t)1 << level;
	}
	while (n_parts > 1) {
		parts[n_parts - 2] = node_of(&parts[n_parts - 2], &parts[n_parts - 1]);
		n_parts--;
	}
	return parts[0];
}

struct merkle_hash merkle_root(const struct merkle_nodes *nodes, uint64_t size)
{
	struct merkle_hash empty = {{0}};

	if (size > 0)
		return range_hash(nodes, 0, size);
	sha256(BYTES_NONE, empty.bytes);
	return empty;
}

/* ---- proofs ---- */

static size_t reverse(struct merkle_hash *hashes, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct merkle_hash left = hashes[i];

		hashes[i] = hashes[n - 1 - i];
		hashes[n - 1 - i] = left;
	}
	return n;
}

/* From the root down: at each split the side without the leaf; the path is told from the leaf up.
 */
size_t merkle_inclusion(const struct merkle_nodes *nodes, uint64_t index, uint64_t size,
			struct merkle_hash proof_r[MERKLE_PROOF_MAX])
{
	uint64_t begin = 0, n = size;
	size_t n_proof = 0;

	ENSURE(index < size);
	while (n > 1) {
		uint64_t left = (uint64_t)1 << split_level(n);

		if (index - begin < left) {
			proof_r[n_proof++] = range_hash(nodes, begin + left, n - left);
			n = left;
		} else {
			proof_r[n_proof++] = range_hash(nodes, begin, left);
			begin += left;
			n -= left;
		}
	}
	return reverse(proof_r, n_proof);
}

/* From the root down to where the older tree ends in a whole range: at each split the other side.
 * That range itself is told unless it is the whole older tree, whose root the asker has. */
size_t merkle_consistency(const struct merkle_nodes *nodes, uint64_t from, uint64_t size,
			  struct merkle_hash proof_r[MERKLE_PROOF_MAX])
{
	uint64_t begin = 0, n = size;
	size_t n_proof = 0;

	ENSURE(from > 0 && from <= size);
	while (from - begin < n) {
		uint64_t left = (uint64_t)1 << split_level(n);

		if (from - begin <= left) {
			proof_r[n_proof++] = range_hash(nodes, begin + left, n - left);
			n = left;
		} else {
			proof_r[n_proof++] = range_hash(nodes, begin, left);
			begin += left;
			n -= left;
		}
	}
	if (begin > 0)
		proof_r[n_proof++] = range_hash(nodes, begin, n);
	return reverse(proof_r, n_proof);
}

/* ---- what anyone does with a proof ---- */

bool merkle_inclusion_holds(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
			    struct merkle_proof proof, const struct merkle_hash *root)
{
	struct merkle_hash hash = *leaf;
	uint64_t at = index, last = size - 1;

	if (index >= size)
		return false;
	for (size_t i = 0; i < proof.n; i++) {
		if (last == 0)
			return false;
		if ((at & 1) != 0 || at == last) {
			hash = node_of(&proof.hashes[i], &hash);
			while ((at & 1) == 0 && at != 0)
				at >>= 1, last >>= 1;
		} else {
			hash = node_of(&hash, &proof.hashes[i]);
		}
		at >>= 1, last >>= 1;
	}
	return last == 0 && same_hash(&hash, root);
}

/* Both roots are made from the same hashes: the older from those on its right edge only. */
static bool both_roots_follow(uint64_t from, uint64_t size, struct merkle_proof proof,
			      struct merkle_hash *older_r, struct merkle_hash *newer_r)
{
	uint64_t at = from - 1, last = size - 1;

	while (at & 1)
		at >>= 1, last >>= 1;
	*older_r = *newer_r = proof.hashes[0];
	for (size_t i = 1; i < proof.n; i++) {
		const struct merkle_hash *hash = &proof.hashes[i];

		if (last == 0)
			return false;
		if ((at & 1) != 0 || at == last) {
			*older_r = node_of(hash, older_r);
			*newer_r = node_of(hash, newer_r);
			while ((at & 1) == 0 && at != 0)
				at >>= 1, last >>= 1;
		} else {
			*newer_r = node_of(newer_r, hash);
		}
		at >>= 1, last >>= 1;
	}
	return last == 0;
}

bool merkle_consistency_holds(uint64_t from, const struct merkle_hash *from_root, uint64_t size,
			      const struct merkle_hash *root, struct merkle_proof proof)
{
	struct merkle_hash hashes[MERKLE_PROOF_MAX + 1], older, newer;

	if (from == 0 || from > size || proof.n > MERKLE_PROOF_MAX)
		return false;
	if (from == size)
		return proof.n == 0 && same_hash(from_root, root);
	if (proof.n == 0)
		return false;
	if ((from & (from - 1)) == 0) { /* the older tree is a whole subtree: its root begins */
		hashes[0] = *from_root;
		memcpy(hashes + 1, proof.hashes, proof.n * sizeof *hashes);
		proof = (struct merkle_proof){hashes, proof.n + 1};
	}
	return both_roots_follow(from, size, proof, &older, &newer) &&
	       same_hash(&older, from_root) && same_hash(&newer, root);
}
