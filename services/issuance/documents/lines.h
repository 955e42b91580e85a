/*
 * Lines of N-Quads in the order in which they are hashed: by code point, each once.
 *
 * Code point order is the byte order of UTF-8. Some deployed canonicalisers sort by UTF-16 unit
 * instead, where a character beyond U+FFFF stands before U+E000 to U+FFFF; lines_same_in_utf16()
 * tells whether that makes a difference.
 */
#ifndef CAIRN_ISSUANCE_LINES_H
#define CAIRN_ISSUANCE_LINES_H

#include "libshared/arena.h"

struct quad;

struct line {
	const uint8_t *at;
	size_t len;
	const struct quad *quad; /* what it was made from, where that matters */
};

/* Sorts in place; equal lines keep their order. The arena gives room to merge in. */
void lines_sort(struct line *lines, size_t n, struct arena *a);

/* Drops repeated lines of a sorted list; how many are left. */
size_t lines_distinct(struct line *lines, size_t n);

/* Both lists sorted; all_r holds n + m lines. */
void lines_merge(const struct line *one, size_t n, const struct line *other, size_t m,
		 struct line *all_r);

/* Whether sorting by UTF-16 unit would keep the order of a sorted list. */
bool lines_same_in_utf16(const struct line *lines, size_t n);

bool line_equal(const struct line *a, const struct line *b);

#endif
