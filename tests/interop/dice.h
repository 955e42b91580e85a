/*
 * Random choices that a seed repeats: numbers, and texts that give canonicalisers trouble.
 */
#ifndef CAIRN_INTEROP_DICE_H
#define CAIRN_INTEROP_DICE_H

#include "libshared/bytes.h"

struct dice {
	uint64_t state;
};

/* A document's canonical text, or why it has none. */
struct random_result {
	struct bytes nquads;
	bool same_in_utf16;
	const char *fault;
};

struct dice dice_of_seed(uint64_t seed);
uint64_t dice_roll(struct dice *d, uint64_t sides); /* 0 to sides - 1 */
bool dice_chance(struct dice *d, unsigned percent);

/* Constant texts: some plain, some with quotes, other scripts, characters beyond U+FFFF. */
const char *dice_text(struct dice *d);
/* The same, or one with control characters. */
const char *dice_wild_text(struct dice *d);
const char *dice_iri(struct dice *d);

#endif
