/*
 * An append-only Merkle tree with the hashing of RFC 9162 (Certificate Transparency 2.0), section
 * 2.1: leaf = SHA-256(00 || data), node = SHA-256(01 || left || right), and a tree of n leaves
 *splits at the largest power of two below n.
 *
 * The caller keeps the hashes of whole subtrees: node (level, i) covers the leaves i << level up to
 * (i + 1) << level. Such a node never changes once its last leaf is there, so an append only adds
 * nodes, two for each leaf on average, and a proof reads a few dozen.
 *
 *	merkle_append(&nodes, size, leaf);                      leaf number size, from 0
 *	merkle_root(&nodes, size + 1, root);
 *	n = merkle_inclusion(&nodes, index, size, proof);       that leaf is in that tree
 *	n = merkle_consistency(&nodes, from, size, proof);      that tree begins with the older one
 *
 * The two *_holds() need no tree: they are what anyone else does with a proof.
 */
#ifndef CAIRN_ISSUANCE_MERKLE_H
#define CAIRN_ISSUANCE_MERKLE_H

#include "libshared/blobs.h"

/* Of a tree below 2^48 leaves; inclusion needs one hash for each level, consistency one more. */
#define MERKLE_PROOF_MAX 50

struct merkle_hash {
	uint8_t bytes[SHA256_LEN];
};

/* Where the hashes of whole subtrees are kept. get: the node is there, as it was put. */
struct merkle_nodes {
	void *ctx;
	void (*get)(void *ctx, unsigned level, uint64_t index, struct merkle_hash *hash_r);
	void (*put)(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash);
};

#define MERKLE_LEAF_MAX 512 /* bytes of a leaf's data */
struct merkle_hash merkle_leaf(struct bytes data);

/* Leaf number size, the next one: puts it and every node that it completes. */
void merkle_append(const struct merkle_nodes *nodes, uint64_t size, const struct merkle_hash *leaf);
/* Of the first size leaves; of none: SHA-256 of nothing. */
struct merkle_hash merkle_root(const struct merkle_nodes *nodes, uint64_t size);

/* The audit path of leaf index < size. Returns its length. */
size_t merkle_inclusion(const struct merkle_nodes *nodes, uint64_t index, uint64_t size,
			struct merkle_hash proof_r[MERKLE_PROOF_MAX]);
/* That the tree of size leaves begins with that of 0 < from <= size. Returns its length. */
size_t merkle_consistency(const struct merkle_nodes *nodes, uint64_t from, uint64_t size,
			  struct merkle_hash proof_r[MERKLE_PROOF_MAX]);

struct merkle_proof {
	const struct merkle_hash *hashes;
	size_t n;
};
/* RFC 9162, 2.1.3.2. */
bool merkle_inclusion_holds(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
			    struct merkle_proof proof, const struct merkle_hash *root);
/* RFC 9162, 2.1.4.2. */
bool merkle_consistency_holds(uint64_t from, const struct merkle_hash *from_root, uint64_t size,
			      const struct merkle_hash *root, struct merkle_proof proof);

#endif
