/*
 * Text on a cairo surface: one font, wrapped, as large as fits.
 *
 * The font is Inter. Other scripts come from whatever other font the system has for them; a
 * character that no font has would be drawn as a box, so it is refused with the package that
 * brings it. No hinting, so that the same text has the same shape on every surface.
 */
#ifndef CAIRN_FORMS_WORDS_H
#define CAIRN_FORMS_WORDS_H

#include "services/issuance/forms/problem.h"

#include <cairo.h>

enum words_align { WORDS_LEFT, WORDS_CENTER };

struct words {
	const char *text;
	double size;        /* of the font, in the surface's units */
	double least_size;  /* down to which it shrinks to fit room_lines; 0: it does not */
	double width;       /* wrapped at this */
	unsigned max_lines; /* 0: any number; what does not fit ends in ... */
	uint32_t colour;
	enum words_align align;
	bool is_bold;
};

/* How high the words are when drawn; true and *height_r written, or refused. Draws at the top
 * left corner x, y when cr's target shall show them. */
bool words_height(cairo_t *cr, const struct words *w, double *height_r,
		  struct form_problem *problem) MUST_CHECK;
bool words_draw(cairo_t *cr, const struct words *w, double x, double y,
		struct form_problem *problem) MUST_CHECK;

void colour_set(cairo_t *cr, uint32_t colour);

#endif
