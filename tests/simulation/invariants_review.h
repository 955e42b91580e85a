/*
 * What must hold of decisions that are made anew (DESIGN, section 8). Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_REVIEW_H
#define CAIRN_SIMULATION_INVARIANTS_REVIEW_H

#include "tests/simulation/history.h"

/* Returns how many decisions took the place of another. */
unsigned check_overturned(const struct history *assessment, const struct history *issuance);

#endif
