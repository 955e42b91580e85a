/*
 * What must hold of stacks (DOMAIN 4.6): after each decision every award is what the rule makes of
 * all that happened until then. Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_STACK_H
#define CAIRN_SIMULATION_INVARIANTS_STACK_H

#include "tests/simulation/invariants_ledger.h"

void check_stacks(struct world *w, const struct history *enrollment, const struct history *issuance,
		  struct tally *tally);

#endif
