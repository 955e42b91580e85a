/*
 * The world of a simulation: five engines in one process, a clock, a network that loses, repeats,
 * delays and reorders, and crashes at any edge of a commit; all of it decided by one seed.
 *
 *	world_open(&w, seed);
 *	while (...) world_step(&w);      one thing happens somewhere
 *	world_settle(&w);                the network heals, nothing crashes, until all is quiet
 *	world_close(&w);
 */
#ifndef CAIRN_SIMULATION_WORLD_H
#define CAIRN_SIMULATION_WORLD_H

#include "libshared/engine.h"
#include "tests/simulation/chance.h"

enum { ENROLLMENT, EVIDENCE, ASSESSMENT, ISSUANCE, NOTIFICATION, N_SERVICES };

/* ---- one service ---- */

/* A durability that answers late, sometimes fails, and is in the way of a crash. */
struct late {
	struct chance *chance;
	struct txn *txn; /* held until it is durable */
	unsigned wait;   /* polls to go */
	bool healed;     /* no more delays, no more failures */
};

struct node {
	const struct service *service;
	struct engine *engine;
	struct caps caps;
	struct late late;
	struct durability durability;
	bool is_late; /* uses it; else local */
	char dir[120];
	struct id log_id;
	unsigned crashes;
};

/* ---- the network ---- */

#define LINK_MESSAGES 6

struct message {
	struct arena *arena; /* NULL: an empty slot */
	struct position source;
	struct log_batch batch;
	int64_t at_us; /* arrives */
};

/* One service following another. */
struct link {
	unsigned to, from, upstream; /* upstream: its number in to's table */
	uint64_t next_seq;           /* what the follower asks for next */
	struct message messages[LINK_MESSAGES];
};
#define N_LINKS 13

/* ---- commands in the air ---- */

#define CALLS 4096

struct world;
typedef void replied_fn(struct world *w, void *actor, const struct reply *reply);

/* A command some actor has sent: sent again with the same id until it is answered. */
struct call {
	unsigned to;
	struct id id, entity, actor_id;
	uint8_t *body;
	size_t len;
	uint32_t kind;
	replied_fn *fn;
	void *actor;
	int64_t again_us;
	bool answered;
	struct reply first; /* its first answer; text and answer are not kept */
	uint64_t answer_hash;
};

struct world {
	struct chance chance;
	int64_t now_us;
	bool healed;
	char dir[100];
	struct node nodes[N_SERVICES];
	struct link links[N_LINKS];
	struct call *calls;
	size_t n_calls;
	struct arena *arena; /* of the step */
	uint64_t ids;        /* made so far */
	uint8_t seed[32];
};

void world_open(struct world *w, uint64_t seed);
void world_close(struct world *w);
void world_step(struct world *w);
void world_settle(struct world *w);
/* Nothing is on its way, every link has caught up. */
bool world_is_quiet(struct world *w);

/* A fresh id of this world. */
struct id world_id(struct world *w);
/* Sends a command of actor_id (or none); fn hears its first answer. */
void world_call(struct world *w, unsigned to, struct bytes actor_id,
		const ProtobufCMessage *command, replied_fn *fn, void *actor);
/* Asks a service at once; NULL: refused. The answer lives until the end of the step. */
const ProtobufCMessage *world_ask(struct world *w, unsigned to, struct bytes actor_id,
				  const ProtobufCMessage *query);

/* network.c */
void links_open(struct world *w);
void links_close(struct world *w);
/* One random link reads, delivers or loses something. */
void link_step(struct world *w);
/* What a crashed service had received and not committed is gone: its links ask anew. */
void links_forget(struct world *w, unsigned service);
bool links_are_quiet(struct world *w);
bool link_caught_up(struct world *w, const struct link *l);

#endif
