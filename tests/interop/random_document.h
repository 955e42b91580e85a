/*
 * Random objects of the known types, as a credential's document.
 */
#ifndef CAIRN_INTEROP_RANDOM_DOCUMENT_H
#define CAIRN_INTEROP_RANDOM_DOCUMENT_H

#include "libshared/arena.h"
#include "tests/interop/dice.h"

#include <jansson.h>

/* A new reference. */
json_t *random_document(struct dice *d, struct arena *a, struct random_result *result_r);

#endif
