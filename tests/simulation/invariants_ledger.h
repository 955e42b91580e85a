/*
 * What must hold of the renewal ledgers (DESIGN, section 8.7). Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_INVARIANTS_LEDGER_H
#define CAIRN_SIMULATION_INVARIANTS_LEDGER_H

#include "tests/simulation/invariants.h"

struct event {
	struct record record;
	const ProtobufCMessage *message; /* NULL: the runtime's own */
};

struct history {
	struct event *events; /* seq - 1 */
	size_t n;
};

void check_ledgers(struct world *w, const struct history *issuance, struct tally *tally);

#endif
