/*
 * Places in logs: where this service stands in the logs it follows (cursor), and what named
 * subscribers have acknowledged of its own (sub).
 */
#ifndef CAIRN_CURSORS_H
#define CAIRN_CURSORS_H

#include "libshared/eventlog.h"

/* False: at the beginning; then *at_r is zeros. */
bool cursor_get(const struct view *v, const char *stream, struct position *at_r);
void cursor_put(struct txn *t, const char *stream, const struct position *at);

struct sub_row {
	int64_t acked_us; /* when acked_seq last moved; 0: not known */
	uint64_t acked_seq;
	int64_t seen_us;
};
_Static_assert(sizeof(struct sub_row) == 24, "no padding");

/* key: stream, 0, name */
void sub_put(struct txn *t, const char *stream, const char *name, uint64_t acked_seq,
	     int64_t seen_us);
void sub_delete(struct txn *t, const char *stream, const char *name);
typedef void sub_fn(void *ctx, const char *stream, const char *name, const struct sub_row *row);
void sub_each(const struct view *v, sub_fn *fn, void *ctx);
/* The lowest seq acknowledged by a subscriber of stream seen since; UINT64_MAX: no pin. */
uint64_t sub_pin(const struct view *v, const char *stream, int64_t since_us);

#endif
