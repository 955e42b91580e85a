/*
 * Timers: rows made by apply, so that replay rebuilds them and fires none. A due row becomes an
 * input of the engine (service.h, decide_timer); the event it yields clears it. One per entity and
 * kind.
 */
#ifndef CAIRN_TIMERS_H
#define CAIRN_TIMERS_H

#include "libshared/service.h"

/* Sets or moves. */
void timer_set(struct txn *t, struct bytes entity, uint16_t kind, int64_t due_us);
void timer_clear(struct txn *t, struct bytes entity, uint16_t kind);
bool timer_due(const struct view *v, struct bytes entity, uint16_t kind, int64_t *due_us_r);
/* What a key of TABLE_TIMER says, for the engine's scan of what is due. */
struct timer_due timer_of_key(struct bytes key);

#endif
