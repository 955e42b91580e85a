/*
 * How alike two texts are, from signatures that say nothing of what they hold.
 *
 * A text is the set of its runs of five words (shingles), folded as in words.h. For each of 128
 * permutations of all shingles the signature keeps, of the least one, 16 bits; the share of places
 * in which two signatures agree estimates the share of shingles that two texts have in common
 * (Jaccard), within 0.09 nineteen times of twenty. Shingles are hashed under a key, so that a
 * signature can neither be made for a guessed text nor be read backwards without it; signatures
 * under two keys are not alike.
 *
 * Texts that are alike share a band of four places: of a pair at 0.8 one in a million does not, of
 * one at 0.1 one in three hundred does.
 */
#ifndef CAIRN_EVIDENCE_MINHASH_H
#define CAIRN_EVIDENCE_MINHASH_H

#include "libshared/bytes.h"

#define SHINGLE_WORDS 5
#define MINHASH_PLACES 128
#define MINHASH_BANDS 32
#define MINHASH_BYTES ((size_t)MINHASH_PLACES * 2)

struct minhash {
	uint16_t places[MINHASH_PLACES];
	uint32_t shingles; /* different ones; 0: fewer than five words, and no signature */
};

void minhash_of(struct bytes text, const uint8_t key[32], struct minhash *m_r);
/* Of a thousand; 0 when either has no signature. */
uint32_t minhash_permille(const struct minhash *a, const struct minhash *b);
/* Places of band 0 .. MINHASH_BANDS - 1, as a key. */
uint64_t minhash_band(const struct minhash *m, unsigned band);

/* As an event holds it: MINHASH_BYTES, little-endian. */
void minhash_put(const struct minhash *m, uint8_t bytes_r[MINHASH_BYTES]);
/* False: no signature of this kind. */
bool minhash_get(struct bytes bytes, uint32_t shingles, struct minhash *m_r);

#endif
