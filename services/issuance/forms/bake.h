/*
 * Baking: a credential put into its picture, and taken out again.
 *
 * PNG: one iTXt chunk "openbadgecredential" before the image data. SVG: the first child
 * <openbadges:credential>, with JSON as CDATA or a compact JWS in its attribute verify. The JSON
 * is written in ASCII (\uXXXX), which is the same JSON to every reader, also to those that take
 * such chunks for Latin-1.
 *
 * Pictures to read come from strangers: at most BAKED_MAX_BYTES, no compressed text, no entities
 * of their own, nothing twice. What is read out is what stood there; whether it verifies is another
 * question.
 */
#ifndef CAIRN_FORMS_BAKE_H
#define CAIRN_FORMS_BAKE_H

#include "libshared/arena.h"
#include "services/issuance/forms/problem.h"

#define BAKED_MAX_BYTES ((size_t)16 << 20)

/* credential: JSON or a compact JWS. The results lie in the arena. */
bool png_bake(struct bytes png, struct bytes credential, struct arena *a, struct bytes *baked_r,
	      struct form_problem *problem) MUST_CHECK;
bool svg_bake(struct bytes svg, struct bytes credential, struct arena *a, struct bytes *baked_r,
	      struct form_problem *problem) MUST_CHECK;

bool png_unbake(struct bytes png, struct arena *a, struct bytes *credential_r,
		struct form_problem *problem) MUST_CHECK;
bool svg_unbake(struct bytes svg, struct arena *a, struct bytes *credential_r,
		struct form_problem *problem) MUST_CHECK;

/* Of a PNG, an SVG, JSON or a compact JWS: told apart by how it begins. */
bool form_unbake(struct bytes file, struct arena *a, struct bytes *credential_r,
		 struct form_problem *problem) MUST_CHECK;

/* JSON (or ASCII) with \uXXXX for all that is not ASCII, and ]]\u003e for ]]>. */
struct bytes json_ascii(struct bytes json, struct arena *a);

#endif
