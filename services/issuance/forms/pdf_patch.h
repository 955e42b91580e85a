/*
 * What cairo 1.16 cannot say in a PDF: its language, that its title is shown, and the text that
 * stands for its one figure. Both are put behind the file as an incremental update, PDF's own way
 * to change a file without touching what is there: newer versions of two objects, a table of where
 * they are, and a trailer that leads to the old one.
 */
#ifndef CAIRN_FORMS_PDF_PATCH_H
#define CAIRN_FORMS_PDF_PATCH_H

#include "libshared/arena.h"
#include "services/issuance/forms/problem.h"

/* pdf: as cairo writes it with a cross-reference table, not a stream. alt is ASCII. */
bool pdf_patch(struct bytes pdf, const char *lang, const char *alt, struct arena *a,
	       struct bytes *patched_r, struct form_problem *problem) MUST_CHECK;

#endif
