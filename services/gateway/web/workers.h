/*
 * What takes longer than the loop may stand: hashing a password, drawing a card. Done by children
 * of this process, each at one job at a time, that share nothing with it but a socket.
 *
 * A kind of job is a row of a table (workers_jobs.c): a function from bytes to bytes that runs in
 * the child. Another one takes the place of a child that dies, and tries its job once more; one
 * that takes too long is ended and its job has failed. What waits is bounded: a full queue says so
 * at once.
 *
 * Children are forked before threads hold locks that they would need, keep no descriptor but their
 * socket, and end with their parent.
 */
#ifndef CAIRN_GATEWAY_WORKERS_H
#define CAIRN_GATEWAY_WORKERS_H

#include "libshared/arena.h"

#include <zmq.h>

enum work {
	WORK_HASH,   /* password -> argon2id text */
	WORK_VERIFY, /* argon2id text, NUL, password -> 1: right; 2: right, hash it anew; 0: wrong
		      */
	WORK_DRAW,   /* a job of proof/drawing.h as JSON -> the file */
	N_WORKS
};

struct work_kind {
	const char *name;
	int64_t most_us; /* the child is ended when it takes longer */
	/* In the child. The result lives in the arena. 0, or -1: it cannot be done. */
	int (*run)(struct bytes in, struct arena *arena, struct bytes *out_r);
};
extern const struct work_kind work_kinds[N_WORKS];

#define WORKERS_MAX 4
#define WORK_BYTES_MAX ((size_t)8 << 20) /* of what goes in or comes out */
#define WORK_QUEUE_MAX 64

struct workers;

/* NULL: logged. */
struct workers *workers_open(unsigned n);
void workers_close(struct workers **w);

/* Who wants to know; copied, and forgotten at workers_close(). A request waits by work_for()
 * (signin/waiting.h). */
struct work_owner {
	/* out is borrowed until it returns; ok false: it could not be done. */
	void (*done)(const struct work_owner *owner, bool ok, struct bytes out);
	void *ctx, *into; /* the owner's */
	uint64_t token;
};
/* Copies in. False: too much waits already. */
bool work_submit(struct workers *w, enum work kind, struct bytes in,
		 const struct work_owner *owner) MUST_CHECK;

/* For the loop: what to wait for (one for each worker), until when (monotonic; INT64_MAX), and what
 * to do then. */
unsigned workers_items(const struct workers *w, zmq_pollitem_t *items, unsigned room);
int64_t workers_next_us(const struct workers *w);
void workers_turn(struct workers *w, int64_t mono_us);

#endif
