/*
 * Random records of badges, made into documents as the service makes them.
 */
#ifndef CAIRN_INTEROP_RANDOM_RECORD_H
#define CAIRN_INTEROP_RANDOM_RECORD_H

#include "libshared/arena.h"
#include "tests/interop/dice.h"

#include <jansson.h>

/* The signed document without its proof, a new reference. */
json_t *random_record(struct dice *d, struct arena *a, struct random_result *result_r);

#endif
