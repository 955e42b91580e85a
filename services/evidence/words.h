/*
 * The words of a text, for looking into it: letters and digits between anything else, folded so
 * that "María", "MARIA" and a decomposed "María" are the same word.
 *
 * Text is UTF-8; a byte that is none separates words, like a space. Every call reads at most
 * WORD_BYTES_MAX bytes of one word, and a longer word is one whose end is not kept.
 */
#ifndef CAIRN_EVIDENCE_WORDS_H
#define CAIRN_EVIDENCE_WORDS_H

#include "libshared/bytes.h"

#define WORD_MAX ((size_t)32)        /* kept bytes of a folded word */
#define WORD_BYTES_MAX ((size_t)200) /* of one word in the text */

struct word {
	size_t at, end; /* its bytes in the text */
	size_t len;     /* of folded */
	char folded[WORD_MAX + 1];
	bool capital; /* it begins with a capital letter */
	bool digits;  /* of digits only */
};

/* How many bytes the letter or digit at, or right before, a place takes; 0: there is none. */
size_t letter_at(struct bytes text, size_t at);
size_t letter_before(struct bytes text, size_t at);
/* The word that begins there. False: none does. */
bool word_at(struct bytes text, size_t at, struct word *word_r);
/* The first word that begins at or after from. False: there is none. */
bool word_next(struct bytes text, size_t from, struct word *word_r);
bool word_is(const struct word *word, const char *folded);
/* One of a list that a NULL ends. */
bool word_is_of(const struct word *word, const char *const *list);

#endif
