/*
 * The colours of forms. Whatever is written is written in an ink on its ground, so that the
 * contrast of every text is known from this table alone.
 */
#ifndef CAIRN_FORMS_THEME_H
#define CAIRN_FORMS_THEME_H

#include <stddef.h>
#include <stdint.h>

/* sRGB, 0xRRGGBB. */
struct theme {
	uint32_t ground, ink; /* of the badge, and the head of a certificate */
	uint32_t label;       /* the ground of the words that tell the level */
	uint32_t label_ink;
	uint32_t ring;   /* drawn on ground, and nothing is written on it */
	uint32_t accent; /* headings on paper */
};

#define THEME_PAPER 0xFFFFFFU
#define THEME_TEXT 0x1B1B1BU  /* on paper */
#define THEME_QUIET 0x565C65U /* on paper */

extern const struct theme themes[];
extern const size_t n_themes;

/* The same field of study has the same colours wherever it is drawn. */
const struct theme *theme_of_field(const char *field);

/* 1 to 21, as WCAG 2 defines it. */
double theme_contrast(uint32_t a, uint32_t b);

#endif
