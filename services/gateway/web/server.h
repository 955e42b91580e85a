/*
 * The HTTP server in the daemon's loop: what effects.c turns.
 */
#ifndef CAIRN_GATEWAY_SERVER_H
#define CAIRN_GATEWAY_SERVER_H

#include "libshared/id.h"
#include "proto/envelope.pb-c.h"
#include "services/gateway/web/web.h"

struct engine;
struct server;

/* Listens, and connects to the services with the keys gateway and office. NULL: logged. */
struct server *server_open(struct web *web, const char *peers_file);
/* Replies that are made leave; whoever waits for a service is told to come again. */
void server_close(struct server **s);

unsigned server_items(struct server *s, zmq_pollitem_t *items, unsigned room);
int64_t server_next_us(const struct server *s); /* wall clock; INT64_MAX: not by itself */
/* Takes what has come from browsers and services. */
void server_turn(struct server *s, struct engine *e);

/* The reply to a command that a request gave to the gateway's own engine. */
struct own_reply {
	uint64_t token;
	Cairn__Status status;
	struct id id;
	uint32_t reason, retry_ms;
	const char *text; /* never NULL */
	struct bytes body;
};
void server_replied(struct server *s, const struct own_reply *reply);

struct server_counts {
	uint64_t replied[6]; /* by hundreds of their status */
	uint64_t refused;    /* by the guard */
	uint64_t in_hand;    /* requests that have begun and not ended */
};
struct server_counts server_counts(const struct server *s);

#endif
