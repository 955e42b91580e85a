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

struct public_reader {
	struct engine *engine;
	const struct public_stream *stream;
	const struct caps *caps;
	const char *scope;
	struct bytes types; /* wanted CloudEvents types, each with its NUL; empty: all */
	struct arena *arena;
};

uint64_t public_head(struct engine *e, const struct public_stream *stream);
enum follow_check public_check(struct engine *e, const struct public_stream *stream,
			       const struct position *at);
/* What this subscriber may see of the rows after seq, at most 256 KiB and 1,000 rows; b_r is
 * filtered. Moves *previous_seq. 0, or -1: a row is missing or damaged (logged). */
int public_read(const struct public_reader *r, uint64_t after_seq, uint64_t *previous_seq,
		struct follow_batch *b_r) MUST_CHECK;

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
