/*
 * Preview cards: what a link shows where it is pasted (Open Graph), 1200 x 630. On the colours of
 * its field of study, with the words that stand on its badge. Only drawing.c calls this.
 */
#ifndef CAIRN_GATEWAY_CARD_H
#define CAIRN_GATEWAY_CARD_H

#include "libshared/arena.h"
#include "services/issuance/forms/problem.h"

struct card {
	const char *kicker; /* what it is: "Micro-credential" */
	const char *title;
	const char *issuer;
	const char *field; /* of study */
};

bool card_png(const struct card *card, struct arena *a, struct bytes *png_r,
	      struct form_problem *problem) MUST_CHECK;

#endif
