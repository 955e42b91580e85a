/*
 * The picture of a badge, drawn from the credential: level, title, code and issuer on the colours
 * of its field of study. A single micro-credential is a disc, a stack a disc on a square that
 * stands on its corner. The same credential is the same bytes, as long as the fonts are.
 *
 * The SVG says its title and description to those who cannot see it.
 */
#ifndef CAIRN_FORMS_ARTWORK_H
#define CAIRN_FORMS_ARTWORK_H

#include "services/issuance/forms/facts.h"

#define ARTWORK_SIZE 600 /* pixels of the PNG, units of the SVG; it is a square */

bool artwork_png(const struct form_facts *facts, struct arena *a, struct bytes *png_r,
		 struct form_problem *problem) MUST_CHECK;
bool artwork_svg(const struct form_facts *facts, struct arena *a, struct bytes *svg_r,
		 struct form_problem *problem) MUST_CHECK;

#endif
