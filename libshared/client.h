/*
 * Asking a service: commands and queries over its command socket, for cairnctl, effects and tests.
 *
 * A request has one id, made once, and keeps it over all tries: sent again after BUSY, UNAVAILABLE
 * or silence, 0.2 s doubling to 30 s with full jitter, until its deadline. Whoever must survive his
 * own crash chooses the id, keeps it on disk first, and sends it again with client_call().
 *
 *	struct ask ask = {.message = &command.base, .entity = id};
 *	if (client_call(c, &ask, clock_mono_us() + 10 * US_PER_S, &answer) == 0 &&
 *	    answer.status == CAIRN__STATUS__OK) ...
 *
 * For load, many are in the air at once: client_submit() each, client_turn() gives the answers as
 * they come. One client is one connection; answers of different requests come in any order.
 */
#ifndef CAIRN_CLIENT_H
#define CAIRN_CLIENT_H

#include "libshared/id.h"
#include "libshared/net.h"
#include "proto/envelope.pb-c.h"

struct client_options {
	struct net *net;
	const char *endpoint;          /* of the command socket */
	const struct curve_keys *keys; /* ours; not kept */
	const struct key_text *server; /* its public key */
	int64_t silence_us;            /* unanswered for so long: sent again; 0: 2 s */
};

struct ask {
	const ProtobufCMessage *message; /* a Command or a Query of the service: tells the kind */
	struct bytes id;                 /* empty: a fresh one */
	struct bytes entity, actor, cause;
	uint64_t min_seq, expect;
	uint32_t ttl_ms;
};

struct client_answer {
	Cairn__Status status;
	struct id id;
	uint64_t seq;
	uint32_t reason, retry_ms;
	bool repeated;
	const char *text;  /* "" when there is none */
	struct bytes body; /* a packed Answer, or empty */
	unsigned tries;
	int64_t took_us;
};

struct client;

/* NULL: logged. */
struct client *client_open(const struct client_options *options);
void client_close(struct client **c);
struct net_socket *client_socket(const struct client *c);

/* Waits for the answer. 0, or -1: none came in time (what became of it is not known: ask again with
 * the same id). The answer is borrowed until the next call on this client. until_us is monotonic.
 */
int client_call(struct client *c, const struct ask *ask, int64_t until_us,
		struct client_answer *answer_r) MUST_CHECK;

/* Packs and sends, or keeps until there is a connection. */
typedef void answered_fn(void *ctx, uint64_t token, const struct client_answer *answer);
void client_submit(struct client *c, const struct ask *ask, int64_t until_us, uint64_t token);
/* Receives what has come, sends again what is due. The callback gets each answer once; one whose
 * time is over has status STATUS_UNSPECIFIED. It may submit. */
void client_turn(struct client *c, int64_t mono_us, answered_fn *fn, void *ctx);
/* When it wants a turn although nothing is readable. */
int64_t client_next_us(const struct client *c);
size_t client_in_air(const struct client *c);

/* Head.kind of a message: 0 when it is neither a Command nor a Query (by its type's name, which may
 * be the runtime's). */
uint32_t kind_of_message(const ProtobufCMessage *message);

#endif
