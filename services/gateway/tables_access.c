/* What the audit page shows: one entry for each event, newest first. */
#include "services/gateway/tables.h"

#include "libshared/check.h"

/* Keys go up, the newest comes first. */
static uint64_t down(uint64_t seq)
{
	return UINT64_MAX - seq;
}

void access_put(struct txn *t, const Gateway__AccessEntry *entry)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	struct bytes account = bytes_of_pb(entry->account);
	struct key k = {0}, of = {0};

	txn_put(t, ACCESS, key_add_u64(&k, down(entry->seq)), message_pack(&entry->base, arena));
	if (!is_id(account))
		return;
	key_add(&of, account);
	txn_put(t, ACCESS_OF, key_add_u64(&of, down(entry->seq)), BYTES_NONE);
}

struct access_scan access_first(const struct view *v, struct bytes account, uint64_t before)
{
	struct access_scan s = {.view = v, .table = account.len == 0 ? ACCESS : ACCESS_OF};
	struct key from = {0};

	key_add(&from, account);
	key_add_u64(&from, before == 0 ? 0 : down(before) + 1);
	s.scan = scan_first(v, s.table, account, key_bytes(&from));
	return s;
}

const Gateway__AccessEntry *access_next(struct access_scan *s, struct arena *arena)
{
	struct bytes key, val;

	if (!scan_next(&s->scan, &key, &val))
		return NULL;
	if (s->table == ACCESS_OF &&
	    !view_get(s->view, ACCESS, (struct bytes){key.data + ID_LEN, 8}, &val))
		return NULL;
	return (const Gateway__AccessEntry *)message_unpack_own(&gateway__access_entry__descriptor,
								arena_copy(arena, val), arena);
}

void access_end(struct access_scan *s)
{
	scan_end(&s->scan);
}
