/*
 * What must always hold (DESIGN, section 8), checked over the logs and tables of a settled world.
 * Each stops the process by ENSURE when it is broken, so that a failing seed can be replayed under
 * a debugger.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_H
#define CAIRN_SIMULATION_INVARIANTS_H

#include "tests/simulation/world.h"

struct tally {
	unsigned commands, submissions, decisions, credentials, reissued, adjudications, crashes;
	unsigned postings, reversals, revoked, purged;
	unsigned overturned;                  /* decisions that took another's place */
	unsigned double_reads;                /* of a rubric row */
	unsigned seeds, certified, suspended; /* of assessors' seats: drift seeds read ... */
	unsigned awards, holds, ended;        /* of stacks: given, put on hold, over after it */
};

void check_invariants(struct world *w, struct tally *tally_r);
/* A hash over all five logs' names and chains: equal for equal runs. */
uint64_t world_fingerprint(const struct world *w);

#endif
