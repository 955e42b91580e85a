/*
 * The text of a file that is read here: plain text of any kind, and what a word processor, a
 * spreadsheet or a presentation keeps in a zip of XML (Office Open XML, OpenDocument). PDF is not
 * read.
 *
 * Bounded: files above TEXT_FILE_MAX are not read, and of longer texts the beginning is.
 */
#ifndef CAIRN_EVIDENCE_TEXT_FILE_H
#define CAIRN_EVIDENCE_TEXT_FILE_H

#include "libshared/arena.h"
#include "libshared/bytes.h"

#define TEXT_FILE_MAX ((size_t)8 << 20)
#define TEXT_MAX ((size_t)256 << 10)

/* It may have text that is read here. */
bool text_file_is(const char *media_type);
/* In the arena, at most TEXT_MAX bytes; a damaged file has what comes before the damage. whole_r:
 * it is all of it. */
struct bytes text_file_read(const char *media_type, struct bytes file, struct arena *arena,
			    bool *whole_r);

#endif
