/*
 * Encoded pieces of the log, kept for the next follower at the same position.
 *
 * Records never change, so a piece stays true; the few that are kept are the ones used last. A
 * piece is the body of a Batch (follow_wire.h), without what is private, and when it is first asked
 * for, the subjects that its records name.
 */
#ifndef CAIRN_FEED_CHUNK_H
#define CAIRN_FEED_CHUNK_H

#include "libshared/engine.h"
#include "libshared/follow_wire.h"

struct chunk {
	struct id log_id;
	uint64_t after_seq, through_seq;
	size_t n_records;
	struct bytes body;
	bool has_subjects;   /* they have been looked for */
	struct id *subjects; /* named in the records, each once */
	size_t n_subjects;
	uint64_t used; /* 0: empty */
};

struct chunks;

struct chunks *chunks_new(struct engine *engine);
void chunks_destroy(struct chunks **c);

/* The whole commits after seq, up to 256 KiB. NULL: the log is damaged (logged). Borrowed until the
 * next call. */
struct chunk *chunk_after(struct chunks *c, uint64_t seq, struct arena *arena);
/* The same with records of some kinds only, in the arena. NULL as above. */
struct chunk *chunk_of_kinds(struct chunks *c, uint64_t seq, const uint32_t *kinds, size_t n_kinds,
			     struct arena *arena);
/* The keys that are there of the subjects named in the chunk's records: a Batch's keys part, in the
 * arena. Looked up each time: a key may have been destroyed since. 0, or -1: the log is damaged. */
int chunk_keys(struct chunks *c, struct chunk *chunk, const struct caps *caps, struct arena *arena,
	       struct bytes *keys_r) MUST_CHECK;

struct chunk_counts {
	uint64_t encoded, reused;
};
struct chunk_counts chunk_counts(const struct chunks *c);

#endif
