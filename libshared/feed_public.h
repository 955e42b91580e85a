/*
 * The public stream as followers read it: rows of a table rendered for one peer's scope.
 *
 * A position in it is (log id, epoch, row number, chain of that row). Each event that is sent
 * carries previoussequence: the row sent to this subscriber before it, or where its session began,
 * so that one who sees only some of the events can prove that none is missing.
 */
#ifndef CAIRN_FEED_PUBLIC_H
#define CAIRN_FEED_PUBLIC_H

#include "libshared/engine.h"
#include "libshared/follow_wire.h"

#define PUBLIC_ROWS_MAX 1000 /* looked at for one batch */
/* Of one batch: more would keep the I/O thread from those who follow live for too long. */
#define PUBLIC_BATCH_BYTES ((size_t)128 << 10)

struct public_reader {
	struct engine *engine;
	const struct public_stream *stream;
	const struct caps *caps;
	const char *scope;
	struct bytes types; /* wanted CloudEvents types, each with its NUL; empty: all */
	struct public_memo *memo;
	struct arena *scratch; /* reset at each row */
};

uint64_t public_head(struct engine *e, const struct public_stream *stream);
enum follow_check public_check(struct engine *e, const struct public_stream *stream,
			       const struct position *at);
/*
 * A batch that is being made, a few rows at a time: what its subscriber may see of the rows after
 * one, at most PUBLIC_BATCH_BYTES of PUBLIC_ROWS_MAX rows. It lives in an arena, and may be left at
 * any time.
 */
struct public_draft {
	struct follow_batch b;
	uint64_t previous_seq; /* of the last event in it, or before it */
	uint64_t *seqs;
	unsigned n_rows; /* looked at */
	struct arena *arena;
};
void public_draft_begin(struct public_draft *d, uint64_t after_seq, uint64_t previous_seq,
			struct arena *arena);
/* Looks at n more rows at most. 0, or -1: a row is missing or damaged (logged). */
int public_draft_add(const struct public_reader *r, struct public_draft *d, unsigned n) MUST_CHECK;
/* There is no more to add now. */
bool public_draft_is_whole(const struct public_draft *d, uint64_t head);
/* The shared part of its frame (follow_wire.h), in its arena. */
struct bytes public_draft_body(struct public_draft *d, uint64_t epoch);

/* What a scope may see of the rows after seq. Of the first PUBLIC_LOOKED_AT each is looked at, of
 * those after them all count: a number to act on, at a bounded cost. */
#define PUBLIC_LOOKED_AT 256
struct public_backlog {
	uint64_t n;
	int64_t oldest_us; /* when the first of them happened; 0: none */
};
struct public_backlog public_backlog(struct engine *e, const struct public_stream *stream,
				     const char *scope, uint64_t after_seq);

#endif
