/*
 * The parts of the reader of catalogue files, for catalogue*.c only: a file is checked for its
 * shape (catalogue_shape.h), then for what it names (catalogue_refs.c), then made into commands
 * (catalogue_make.c).
 *
 * What is made is copied into the arena: it outlives the document.
 */
#ifndef CAIRN_CATALOGUE_PARTS_H
#define CAIRN_CATALOGUE_PARTS_H

#include "services/catalogue/catalogue.h"

#include <jansson.h>

/* A catalogue file that is being read: what its lists hold, by id. */
struct loading {
	struct catalogue *c;
	const char *file;
	const json_t *root;
	json_t *scales, *profiles, *frameworks, *topics, *categories, *issuers, *entries, *stacks;
};

/* Sets the catalogue's fault, unless it has one; always false. */
bool loading_fault(struct loading *l, const char *format, ...) PRINTF_LIKE(2, 3);

/* False: something names what is not in the file, or parts do not fit; told. The lists are filled.
 */
bool catalogue_refs_ok(struct loading *l);

/* Each gives one command. l's lists are filled, and what is named was found in them. */
Enrollment__Command *make_issuer(struct loading *l, const json_t *issuer);
Enrollment__Command *make_profile(struct loading *l, const json_t *profile);
Enrollment__Command *make_entry(struct loading *l, const json_t *entry);
Enrollment__Command *make_retirement(struct loading *l, const json_t *entry);
Enrollment__Command *make_stack(struct loading *l, const json_t *stack);
Enrollment__Command *make_renewal_policy(struct loading *l, const json_t *policy);
Enrollment__Command *make_policy(struct loading *l, const json_t *policy);
Enrollment__Command *make_calendar(struct loading *l, const json_t *calendar);
Enrollment__Command *make_media(struct loading *l, const json_t *media);
/* NULL: a fault, told. */
Enrollment__Command *make_quality_standard(struct loading *l, const json_t *standard);
Enrollment__Command *make_review(struct loading *l, const json_t *review);

/* Shorthands over checked JSON. An absent or null text is NULL. */
const char *member_text(const json_t *object, const char *member);
const json_t *json_member(const json_t *object, const char *member);

#endif
