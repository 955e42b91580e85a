/*
 * Micro-credentials as public pages tell of them: a row of a list, hours in plain words, and what
 * one counts for in a state.
 */
#ifndef CAIRN_GATEWAY_LISTED_H
#define CAIRN_GATEWAY_LISTED_H

#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

/* Of an EntrySummary: code, name, competency, topic and its label, hours in words ... */
json_t *listed_entry(struct request *r, const json_t *summary);
/* "About 12 hours (8 to 16)". */
const char *hours_text(struct request *r, const json_t *entry);
/* "English, Spanish" of the member languages. */
const char *languages_text(struct request *r, const json_t *object);

/* What an entry counts for under a state's policy, as the catalogue has it: a number of the state's
 * unit, of how many, and what must be true beside. NULL: the policy does not say. */
json_t *counts_for(struct request *r, const json_t *entry, const json_t *policy);

#endif
