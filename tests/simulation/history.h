/*
 * The log of a service in a settled world, unpacked. Private to invariants*.c.
 */
#ifndef CAIRN_SIMULATION_HISTORY_H
#define CAIRN_SIMULATION_HISTORY_H

#include "libshared/eventlog.h"

struct event {
	struct record record;
	const ProtobufCMessage *message; /* NULL: the runtime's own */
};

struct history {
	struct event *events; /* seq - 1 */
	size_t n;
};

#endif
