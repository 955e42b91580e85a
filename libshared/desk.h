/*
 * The command socket: requests come in, are looked at as far as the runtime may, go to the engine,
 * and their replies go back by the way they came.
 *
 * Before the engine: who asks (by name, in the peers table as it is now), whether the request is
 * worth anything still (ttl), and whether this peer already has too much unanswered. Everything
 * else (shape, roles, id, body) is the engine's.
 *
 * A peer has at most so many commands unanswered; more is answered BUSY at once. When three batches
 * in a row were full and took more than a second, everybody's cap is halved, and grows again step
 * by step. Full batches that go quickly are no overload: large ones are what a disk does best.
 */
#ifndef CAIRN_DESK_H
#define CAIRN_DESK_H

#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/net.h"
#include "libshared/peers.h"

struct desk_options {
	struct engine *engine;
	struct net_socket *socket;
	unsigned inflight; /* unanswered commands per peer */
	void *ctx;
	/* A request has been answered: its Head.kind (0: unreadable), and how long that took. */
	void (*answered)(void *ctx, uint32_t kind, Cairn__Status status, int64_t took_us);
	/* The packed RuntimeAnswer to get_status, in the arena. */
	struct bytes (*status)(void *ctx, struct arena *arena);
};

struct desk;

struct desk *desk_new(const struct desk_options *options); /* all borrowed */
void desk_destroy(struct desk **d);

/* Takes requests until there are no more or the engine's batch is full. */
void desk_take(struct desk *d, const struct peers *peers, const struct now *now);
/* A request in hand found the batch full: it is the first of the next turn. */
bool desk_holds(const struct desk *d);
/* A reply_fn for engine_poll(), with the desk as ctx. */
void desk_reply(void *desk, const struct reply *reply);
/* How many inputs the last batch had, and how long it took. */
void desk_note_batch(struct desk *d, unsigned n_inputs, int64_t took_us);

struct desk_counts {
	uint64_t unanswered, busy, odd, unknown_peers, undelivered;
	unsigned cap; /* as it is now */
};
struct desk_counts desk_counts(const struct desk *d);

#endif
