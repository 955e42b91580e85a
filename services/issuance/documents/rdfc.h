/*
 * RDFC-1.0: the canonical text of a set of quads, whatever its blank nodes were called.
 *
 * Blank nodes are told apart by a hash of the quads around them; those that share a hash by
 * hashing ever wider surroundings, which can take more than all the time there is. That work is
 * limited as deployed canonicalisers limit it, since a document that they refuse is of no use.
 *
 * A part is a set of quads prepared once to be in many documents: its lines are written and
 * sorted, its blank nodes hashed. Nothing outside a part may name its blank nodes; quads that
 * come beside it are begun with rdfc_begin_with().
 */
#ifndef CAIRN_ISSUANCE_RDFC_H
#define CAIRN_ISSUANCE_RDFC_H

#include "services/issuance/documents/digest.h"
#include "services/issuance/documents/quads.h"

struct rdfc_part;

struct rdfc_options {
	enum digest_kind hash;
	/* Of n blank nodes that share a hash, at most n to this power are looked at more widely.
	 * 1 is what deployed canonicalisers allow. */
	unsigned work_factor;
	const struct rdfc_part *part; /* in the document too, or NULL */
};

struct rdfc_result {
	struct bytes text; /* the canonical N-Quads, in the arena of the quads */
	size_t n_lines;
	const uint32_t *numbers; /* blank node b is _:c14nN with N = numbers[b]; [0] is unused */
	bool same_in_utf16;      /* sorting by UTF-16 unit would have given the same text */
};

/* 0, or -1: telling the blank nodes apart takes more work than allowed. */
int rdfc_canonicalize(const struct quads *q, const struct rdfc_options *options,
		      struct rdfc_result *result_r) MUST_CHECK;

/* Borrows q and its arena for as long as the part is used. For SHA-256 only. */
const struct rdfc_part *rdfc_prepare(const struct quads *q);
bool rdfc_part_same_in_utf16(const struct rdfc_part *part);

/* Begins the quads that stand beside the part in one document. */
void rdfc_begin_with(struct quads *q, struct arena *a, const struct rdfc_part *part);

#endif
