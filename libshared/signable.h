/*
 * Text that may stand in a signed credential.
 *
 * Deployed verifiers canonicalise some text otherwise than the standard says, and then refuse a
 * correct signature. Such text is refused where it comes in: with the catalogue, long before a
 * badge is made of it.
 */
#ifndef CAIRN_SIGNABLE_H
#define CAIRN_SIGNABLE_H

#include "libshared/base.h"

/* UTF-8 without control characters other than line feed: tabs and the rest are escaped
 * differently. */
bool text_is_signable(const char *text);

/* Lines that differ first in a character beyond U+FFFF and one from U+E000 to U+FFFF sort
 * differently by code point and by UTF-16 unit, so one credential must not hold both kinds. The
 * kinds in a text, to be or-ed over the texts that meet in a credential. */
#define TEXT_BEYOND_FFFF 1u
#define TEXT_FROM_E000 2u
#define TEXT_UNSORTABLE (TEXT_BEYOND_FFFF | TEXT_FROM_E000)
unsigned text_kinds(const char *signable);

#endif
