/*
 * A client of Redis Streams over TLS, for the same load as Cairn's: connections with a client's
 * certificate, a window of XADDs in flight, each answered when it is in the synced file.
 *
 * Redis takes one TLS record of each connection between two syncs of its file: few connections
 * whose commands share records go best, and a trickle through many.
 */
#ifndef CAIRN_BENCH_REDIS_H
#define CAIRN_BENCH_REDIS_H

#include "tests/bench/load.h"

#define REDIS_PAYLOAD_MAX 512
#define REDIS_CONNECTIONS_MAX 512

/* load->ctx of redis_client(). */
struct redis_options {
	uint16_t port;        /* on loopback */
	const char *dir;      /* of ca.crt, client.crt and client.key */
	size_t payload;       /* bytes of the one field */
	unsigned connections; /* of each process */
};

void redis_client(const struct load *load, struct load_part *part);

#endif
