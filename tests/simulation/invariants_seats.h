/*
 * What must hold of assessors' seats (DOMAIN.md 4.3.7, 4.3.8). Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_SEATS_H
#define CAIRN_SIMULATION_INVARIANTS_SEATS_H

#include "tests/simulation/history.h"
#include "tests/simulation/invariants.h"

void check_seats(const struct history *assessment, struct tally *tally);

#endif
