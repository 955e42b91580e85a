/*
 * Batches of the public stream, kept for the next subscriber who stands at the same place and may
 * see and wants the same.
 *
 * What an event says may change with the tables (who holds it is forgotten): a piece is good until
 * the next commit.
 */
#ifndef CAIRN_FEED_PIECE_H
#define CAIRN_FEED_PIECE_H

#include "libshared/bytes.h"

struct piece_key {
	uint64_t state_seq; /* of the log: which tables it was made from */
	uint64_t after_seq, previous_seq;
	const char *scope;
	struct bytes types;
};

struct piece {
	uint64_t through_seq, previous_seq; /* at its end */
	size_t n_records;
	struct bytes body; /* of the frame (follow_wire.h) */
};

struct pieces;

struct pieces *pieces_new(void);
void pieces_destroy(struct pieces **p);
/* Borrowed until the next call; NULL: there is none. */
const struct piece *pieces_find(struct pieces *p, const struct piece_key *key);
/* A copy. */
void pieces_keep(struct pieces *p, const struct piece_key *key, const struct piece *piece);

#endif
