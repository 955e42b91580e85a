/*
 * What must hold of what assessment counts (DOMAIN.md 4.3.5). Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_REPORT_H
#define CAIRN_SIMULATION_INVARIANTS_REPORT_H

#include "tests/simulation/history.h"
#include "tests/simulation/world.h"

/* Returns how many rows were read twice. */
unsigned check_reports(struct world *w, const struct history *assessment);

#endif
