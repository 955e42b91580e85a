/* The table of timers, by due time and by entity. */
#include "libshared/timers.h"

#define TIMER_KEY_LEN (8 + ID_LEN + 2)

static struct bytes key_of(struct key *k, struct bytes entity, uint16_t kind)
{
	key_add(k, entity);
	return key_add_u16(k, kind);
}

void timer_set(struct txn *t, struct bytes entity, uint16_t kind, int64_t due_us)
{
	struct key of = {0}, at = {0};
	uint8_t due[8];

	timer_clear(t, entity, kind);
	put_u64_be(due, (uint64_t)due_us);
	txn_put(t, TABLE_TIMER_OF, key_of(&of, entity, kind), BYTES_OF(due));
	key_add(&at, BYTES_OF(due));
	txn_put(t, TABLE_TIMER, key_of(&at, entity, kind), BYTES_NONE);
}

void timer_clear(struct txn *t, struct bytes entity, uint16_t kind)
{
	struct key of = {0}, at = {0};
	int64_t due_us;

	if (!timer_due(txn_view(t), entity, kind, &due_us))
		return;
	txn_delete(t, TABLE_TIMER_OF, key_of(&of, entity, kind));
	key_add_u64(&at, (uint64_t)due_us);
	txn_delete(t, TABLE_TIMER, key_of(&at, entity, kind));
}

bool timer_due(const struct view *v, struct bytes entity, uint16_t kind, int64_t *due_us_r)
{
	struct key of = {0};
	struct bytes val;

	if (!view_get(v, TABLE_TIMER_OF, key_of(&of, entity, kind), &val))
		return false;
	*due_us_r = (int64_t)get_u64_be(val.data);
	return true;
}

struct timer_due timer_of_key(struct bytes key)
{
	ENSURE(key.len == TIMER_KEY_LEN);
	return (struct timer_due){
		.due_us = (int64_t)get_u64_be(key.data),
		.entity = id_of_bytes((struct bytes){key.data + 8, ID_LEN}),
		.kind = get_u16_be(key.data + 8 + ID_LEN),
	};
}
