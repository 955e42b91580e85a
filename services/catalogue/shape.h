/*
 * What a JSON document must look like: a table of its members, checked before any of it is used.
 *
 * Every member is listed with its kind and bounds. A missing one, an unknown one and one that is
 * out of bounds are faults that name the place: "entries[3].rubric.criteria[0].title: is missing".
 * A document that fits may be read without looking at types again.
 */
#ifndef CAIRN_SHAPE_H
#define CAIRN_SHAPE_H

#include "libshared/base.h"

#include <jansson.h>

enum shape_kind {
	SHAPE_TEXT,   /* least to most bytes, fit for a credential (signable.h) */
	SHAPE_CODE,   /* 1 to 64 letters, digits, dots, dashes, underscores, colons */
	SHAPE_DATE,   /* "2026-06-30" */
	SHAPE_URL,    /* https:// and no white space */
	SHAPE_WHOLE,  /* a number without a fraction, least to most */
	SHAPE_NUMBER, /* any number, least to most */
	SHAPE_FLAG,   /* true or false */
	SHAPE_LIST,   /* least to most elements, each of the shape */
	SHAPE_OBJECT, /* of points to its members; one without a name ends them */
	SHAPE_MAP     /* members of any name that is a code, each of the shape */
};

#define SHAPE_OPTIONAL 1u /* may be absent */
#define SHAPE_NULLABLE 2u /* may be null */

struct shape {
	const char *name;
	enum shape_kind kind;
	unsigned flags;
	int64_t least, most;
	const struct shape *of;
};

#define SHAPE_FAULT_LEN 400

/* False: fault_r (SHAPE_FAULT_LEN bytes) says where and why. */
bool shape_fits(const struct shape *shape, const json_t *json, char *fault_r);

#endif
