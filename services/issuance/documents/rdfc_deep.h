/*
 * The second half of RDFC-1.0, for blank nodes that share a first-degree hash. Only rdfc.c calls
 * it; the state below is what the halves share.
 */
#ifndef CAIRN_ISSUANCE_RDFC_DEEP_H
#define CAIRN_ISSUANCE_RDFC_DEEP_H

#include "services/issuance/documents/digest.h"
#include "services/issuance/documents/quads.h"

#define RDFC_UNNUMBERED UINT32_MAX

struct rdfc_blank {
	char hash[DIGEST_HEX_LEN]; /* first-degree */
	const struct quad **quads; /* that name it, each once */
	size_t n_quads;
};

struct rdfc {
	struct arena *arena;
	struct digest *digest;
	struct rdfc_blank *blanks; /* [1] to [n_blanks] */
	uint32_t n_blanks;
	uint32_t *numbers; /* canonical, or RDFC_UNNUMBERED */
	uint32_t n_numbered;
	size_t calls_left, permutations_left, depth;
	bool beyond_bmp; /* only then can the orders differ */
	bool same_in_utf16;
};

/* The next canonical number for a blank node that has none. */
void rdfc_number(struct rdfc *c, uint32_t blank);

/* Numbers all of a group that shares a hash, and what they lead to. False: too much work. */
bool rdfc_number_group(struct rdfc *c, const uint32_t *group, size_t n) MUST_CHECK;

#endif
