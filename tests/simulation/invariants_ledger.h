/*
 * What must hold of the renewal ledgers (DESIGN, section 8.7). Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_LEDGER_H
#define CAIRN_SIMULATION_INVARIANTS_LEDGER_H

#include "tests/simulation/history.h"
#include "tests/simulation/invariants.h"

void check_ledgers(struct world *w, const struct history *issuance, struct tally *tally);

#endif
