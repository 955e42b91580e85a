/*
 * Parked upstream events: what named something not known here yet, and what came behind it for the
 * same entity. Kept with the raw record, decided again in order when the missing thing arrives.
 */
#ifndef CAIRN_PARKED_H
#define CAIRN_PARKED_H

#include "libshared/eventlog.h"

enum park_reason {
	PARK_AWAITS = 1,  /* something it names is not here yet: no alarm before 10 minutes */
	PARK_BEHIND = 2,  /* an earlier event of its entity is parked */
	PARK_REFUSED = 3, /* its handler refused or faulted: a bug, an alarm at once */
};

struct parked {
	char stream[64];
	uint64_t seq;
	struct id entity;
	enum park_reason reason;
	uint16_t awaits_kind;
	struct id awaits_id;
	int64_t since_us;
	struct bytes raw; /* the record */
};

void parked_add(struct txn *t, const struct parked *p);
void parked_remove(struct txn *t, const struct parked *p);
bool parked_has(const struct view *v, const char *stream, const struct id *entity);
/* raw is copied to the arena. False: not parked. */
bool parked_get(const struct view *v, const char *stream, uint64_t seq, struct arena *arena,
		struct parked *p_r);
/* The earliest one of an entity. */
bool parked_first_of(const struct view *v, const char *stream, const struct id *entity,
		     struct arena *arena, struct parked *p_r);
/* The next one that awaits (kind, id) after the one in p, which is zeroed before the first: by
 * stream and seq, so that one that comes to await the same again is not met twice. */
bool parked_next_awaiting(const struct view *v, uint16_t kind, const struct id *id,
			  struct arena *arena, struct parked *p);
typedef void parked_fn(void *ctx, const struct parked *p);
/* All of a stream ("" for all streams), in order; raw is borrowed. */
void parked_each(const struct view *v, const char *stream, parked_fn *fn, void *ctx);

#endif
