/*
 * Who does something in the simulation: an operator who sets all up, a keeper of keys, a clerk who
 * links licenses, a registrar of credentials, a publisher of stacks, a dean of assessors, a
 * custodian of evidence, teachers,
 * assessors, a lead reader. Each decides by what a query tells now, so that a lost or late command
 * changes only when, not whether.
 */
#ifndef CAIRN_SIMULATION_ACTORS_H
#define CAIRN_SIMULATION_ACTORS_H

#include "tests/simulation/world.h"

#define TEACHERS 6
#define ASSESSORS 8 /* the last two are leads, of whom one also reads */
#define SCHOOLS 3
#define ENTRIES 2

struct actor {
	struct id id;
	bool waiting;    /* for an answer */
	int64_t rest_us; /* does nothing before */
	unsigned phase;
	struct id holds; /* teacher: the enrollment; assessor: the reading */
	bool opened;     /* assessor: the evidence */
	Cairn__Status last;
};

struct cast {
	struct actor operator, keeper, clerk, registrar, publisher, dean, custodian, auditor;
	struct actor teachers[TEACHERS], assessors[ASSESSORS];
	struct id orgs[SCHOOLS];
};

void cast_open(struct world *w, struct cast *c);
/* One random actor does its next thing. */
void cast_step(struct world *w, struct cast *c);
/* True once the operator has set all up. */
bool cast_is_ready(const struct cast *c);

#endif
