/*
 * What must hold of privacy. Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_PRIVACY_H
#define CAIRN_SIMULATION_INVARIANTS_PRIVACY_H

#include "tests/simulation/history.h"
#include "tests/simulation/invariants.h"

/* No event of it holds a name, an address, a school's name or a license number of the world. */
void check_no_names(const struct history *h);
/* Nothing is purged while it is held; what was purged cannot be read. */
void check_purges(struct world *w, const struct history *evidence, struct tally *tally);

#endif
