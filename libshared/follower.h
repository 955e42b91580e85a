/*
 * Following a log of another process: the client's side of the follow protocol as a state machine
 * that the loop drives.
 *
 *	follower_open()             makes the socket
 *	follower_turn(f, mono_us)   whenever it is readable, follower_next_us() has come, or the
 *	                            owner has room again: takes batches, keeps the session alive
 *	follower_durable(f, seq)    what the owner was given up to seq is safe: credit goes back
 *	follower_lost(f, mono_us)   what the owner was given is not: it is followed again
 *	follower_close()
 *
 * It asks where the owner stands, follows from there, and hands each batch over once its session,
 * position and chain are right. The owner says what became of it (enum follower_verdict). Credit is
 * given back, and the position acknowledged, only for what the owner has called durable. After 10
 * seconds of silence, or a gap, it asks the owner again and starts a new session; each time after a
 * longer while, until something has become durable.
 *
 * Truncated, ahead, diverged, forbidden and the like stop it with a reason: it never skips. The
 * owner may call follower_restart() when that has been mended.
 */
#ifndef CAIRN_FOLLOWER_H
#define CAIRN_FOLLOWER_H

#include "libshared/follow_wire.h"

enum follower_verdict {
	FOLLOWER_TAKEN,  /* follower_durable() will tell when it is safe */
	FOLLOWER_SAFE,   /* taken, and on disk already */
	FOLLOWER_FULL,   /* offer it again at the next turn */
	FOLLOWER_GAP,    /* not where the owner stands: ask again and follow from there */
	FOLLOWER_BROKEN, /* a record cannot be read: stop */
	FOLLOWER_STALLED /* a record must be understood and is not: stop */
};

enum follower_state {
	FOLLOWER_WAITING, /* to connect, or until it is worth trying again */
	FOLLOWER_ASKED,
	FOLLOWER_GOING,
	FOLLOWER_STOPPED
};

enum follower_stop {
	STOP_NONE,
	STOP_FORBIDDEN,
	STOP_UNKNOWN,   /* no such stream there */
	STOP_TRUNCATED, /* what comes next is no longer kept there */
	STOP_AHEAD,     /* we hold more than there is: an older backup was restored there */
	STOP_DIVERGED,  /* what we hold is not what stands there */
	STOP_UNSUPPORTED,
	STOP_MOVED,
	STOP_FENCED,
	STOP_BROKEN,
	STOP_STALLED
};

struct follower_options {
	struct net *net;
	const char *endpoint;          /* of the other's log socket */
	const char *stream;            /* "enrollment.0.log" */
	const char *name;              /* as a subscriber that pins the log; NULL: ephemeral */
	const struct curve_keys *keys; /* ours; not kept */
	const struct key_text *server; /* its public key */
	uint64_t window_bytes;         /* 0: 1 MiB */
	const uint32_t *kinds;         /* filters, borrowed; none: all */
	size_t n_kinds;
	const char *const *types;
	size_t n_types;

	void *ctx;
	/* Where the owner stands; all zero: at the beginning. */
	void (*where)(void *ctx, struct position *at_r);
	/* before: the position it follows on. What it points to lives for the call; keys come
	 * first. */
	enum follower_verdict (*batch)(void *ctx, const struct position *before,
				       const struct position *after, const struct follow_batch *b);
};

struct follower;

/* NULL: logged. Strings are borrowed. */
struct follower *follower_open(const struct follower_options *options);
void follower_close(struct follower **f);

struct net_socket *follower_socket(const struct follower *f);
void follower_turn(struct follower *f, int64_t mono_us);
/* When it wants a turn although nothing is readable. */
int64_t follower_next_us(const struct follower *f);
/* The owner has everything up to seq on disk. */
void follower_durable(struct follower *f, uint64_t seq);
/* What was taken and is not yet durable never will be: asks again where the owner stands. */
void follower_lost(struct follower *f, int64_t mono_us);
void follower_restart(struct follower *f);
/* Ends the session politely; what follows is follower_close(). */
void follower_leave(struct follower *f);

enum follower_state follower_state(const struct follower *f);
enum follower_stop follower_stop(const struct follower *f);
const char *follower_stop_text(enum follower_stop stop); /* "" when going */
const char *follower_stream(const struct follower *f);
/* The head of the other's log as last heard, and when (monotonic; 0: never). */
uint64_t follower_head_seq(const struct follower *f);
int64_t follower_heard_us(const struct follower *f);
/* The position after the last batch taken. */
const struct position *follower_position(const struct follower *f);
/* A batch is waiting for the owner to have room. */
bool follower_holds(const struct follower *f);

#endif
