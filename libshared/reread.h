/*
 * Reading a neighbour's log once more after an upgrade, for the kinds that the release before did
 * not know and passed over (service.h, struct learned).
 *
 * A row of meta says which kinds an installation has learned. Where a release knows more, it also
 * says how far the log was read once more for the new ones: from its beginning to where the cursor
 * stands, which stays there meanwhile (a release before may go on from it). The row and what the
 * records cause commit together, so a crash goes on in the middle, and what is over costs nothing.
 */
#ifndef CAIRN_REREAD_H
#define CAIRN_REREAD_H

#include "libshared/engine.h"

struct reread {
	uint64_t version;
	struct id log_id; /* how far, as a position */
	uint64_t epoch, seq;
	uint8_t chain[CHAIN_LEN];
	uint32_t from, to; /* kinds of from < since <= to are new; equal: nothing is read */
};
_Static_assert(sizeof(struct reread) == 80, "no padding");

/* Begins where there is something to learn. When an environment is opened, after the log is. */
int rereads_begin(struct store *s, const struct service *service) MUST_CHECK;
/* Zeros: nothing is known of that stream. */
void reread_get(const struct view *v, const char *stream, struct reread *row_r);
/* Whether a record that was read past matters now. */
bool reread_wants(const struct service *service, const char *stream, const struct reread *row,
		  uint32_t kind);
/* A row that a later release has left is left to it. */
bool reread_goes_on(const struct service *service, const char *stream, const struct reread *row);
/* Where a stream is followed from: how far it is read once more, or the cursor. False: from its
 * beginning. */
bool place_get(const struct view *v, const struct service *service, const char *stream,
	       struct position *at_r);
void reread_move(struct txn *t, const char *stream, const struct position *at);
/* All is learned. */
void reread_end(struct txn *t, const struct service *service, const char *stream);

#endif
