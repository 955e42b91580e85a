/*
 * The port that machines watch a daemon by: GET /metrics, /livez and /readyz over HTTP, on loopback
 * only, in the daemon's own loop.
 *
 * Bounded on every side: 16 connections (one more is closed at once), 4 KiB of request, 5 seconds
 * for all of it, one answer per connection. It never blocks and reads nothing but the first line.
 */
#ifndef CAIRN_MONITOR_H
#define CAIRN_MONITOR_H

#include "libshared/arena.h"

#include <zmq.h>

#define MONITOR_ITEMS 17 /* poll items at most */

/* What the pages say. The text of metrics lives in the arena. */
struct monitor_pages {
	void *ctx;
	struct bytes (*metrics)(void *ctx, struct arena *arena);
	const char *(*not_ready)(void *ctx); /* NULL: ready; else why not */
};

struct monitor;

/* port 0: one that is free. NULL: logged. */
struct monitor *monitor_open(uint16_t port, const struct monitor_pages *pages);
void monitor_close(struct monitor **m);
uint16_t monitor_port(const struct monitor *m);

/* Fills in what to poll for; returns how many. */
unsigned monitor_items(const struct monitor *m, zmq_pollitem_t items[MONITOR_ITEMS]);
/* Reads, answers, and drops who took too long. */
void monitor_turn(struct monitor *m, int64_t mono_us);

#endif
