/*
 * The gateway's own rules and tables, asked like those of any other service but without a socket.
 * Apart from request.h: the runtime has a struct request and an answer() too.
 */
#ifndef CAIRN_GATEWAY_OWN_H
#define CAIRN_GATEWAY_OWN_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "proto/envelope.pb-c.h"

struct engine;
struct view;
struct caps;

/* Set in the token of every command of ours: the reply comes back with it. */
#define OWN_TOKEN (UINT64_C(1) << 63)

/* False: the batch is full. */
bool own_submit(struct engine *e, uint64_t token, struct bytes id, struct bytes entity,
		const ProtobufCMessage *command);

struct own_question {
	const struct view *view;
	const struct caps *caps;
	int64_t now_us;
	struct id actor;
	struct arena *arena;
};
struct own_answer {
	Cairn__Status status;
	const char *text; /* never NULL */
	struct bytes body;
};
struct own_answer own_query(const struct own_question *question, const ProtobufCMessage *query);

struct zone;
/* A time zone by its name; NULL: there is none, logged. */
const struct zone *own_zone(const struct caps *caps, const char *name);

#endif
