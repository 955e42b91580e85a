/* The tables of parked upstream events: by stream and seq, by entity, by what they await. */
#include "libshared/parked.h"

#include <string.h>

struct parked_row {
	uint64_t version;
	struct id entity, awaits_id;
	int64_t since_us;
	uint16_t awaits_kind, reason;
	uint32_t unused;
};
_Static_assert(sizeof(struct parked_row) == 56, "no padding");

/* A name that a peer sent may be longer than any stream's. */
static bool is_stream(const char *name)
{
	return strlen(name) < sizeof((struct parked *)0)->stream;
}

static void key_add_stream(struct key *k, const char *stream)
{
	key_add(k, (struct bytes){(const uint8_t *)stream, strlen(stream) + 1});
}

static struct bytes row_key(struct key *k, const char *stream, uint64_t seq)
{
	key_add_stream(k, stream);
	return key_add_u64(k, seq);
}

static struct bytes entity_key(struct key *k, const char *stream, const struct id *entity)
{
	key_add(k, bytes_of_text("e"));
	key_add_stream(k, stream);
	return key_add(k, bytes_of_id(entity));
}

static struct bytes awaits_key(struct key *k, uint16_t kind, const struct id *id)
{
	key_add(k, bytes_of_text("w"));
	key_add_u16(k, kind);
	return key_add(k, bytes_of_id(id));
}

static void index_keys(const struct parked *p, struct key *by_entity, struct key *by_awaited)
{
	entity_key(by_entity, p->stream, &p->entity);
	key_add_u64(by_entity, p->seq);
	awaits_key(by_awaited, p->awaits_kind, &p->awaits_id);
	row_key(by_awaited, p->stream, p->seq);
}

void parked_add(struct txn *t, const struct parked *p)
{
	struct parked_row row = {
		txn_seq(t),          p->entity, p->awaits_id, p->since_us, p->awaits_kind,
		(uint16_t)p->reason, 0};
	struct key key = {0}, by_entity = {0}, by_awaited = {0};
	struct arena *arena = arena_new(sizeof row + p->raw.len + 64);
	uint8_t *val = arena_alloc(arena, sizeof row + p->raw.len);

	memcpy(val, &row, sizeof row);
	memcpy(val + sizeof row, p->raw.data, p->raw.len);
	txn_put(t, TABLE_PARKED, row_key(&key, p->stream, p->seq),
		(struct bytes){val, sizeof row + p->raw.len});
	arena_destroy(&arena);
	index_keys(p, &by_entity, &by_awaited);
	txn_put(t, TABLE_PARKED_OF, key_bytes(&by_entity), BYTES_NONE);
	if (p->reason == PARK_AWAITS)
		txn_put(t, TABLE_PARKED_OF, key_bytes(&by_awaited), BYTES_NONE);
}

void parked_remove(struct txn *t, const struct parked *p)
{
	struct key key = {0}, by_entity = {0}, by_awaited = {0};

	txn_delete(t, TABLE_PARKED, row_key(&key, p->stream, p->seq));
	index_keys(p, &by_entity, &by_awaited);
	txn_delete(t, TABLE_PARKED_OF, key_bytes(&by_entity));
	txn_delete(t, TABLE_PARKED_OF, key_bytes(&by_awaited));
}

/* The first seq whose index key starts with prefix, which ends the key but for the seq. */
static bool first_seq(const struct view *v, struct bytes prefix, uint64_t *seq_r)
{
	struct scan scan = scan_first(v, TABLE_PARKED_OF, prefix, prefix);
	struct bytes key, val;

	if (!scan_next(&scan, &key, &val))
		return false;
	*seq_r = get_u64_be(key.data + key.len - 8);
	scan_end(&scan);
	return true;
}

bool parked_has(const struct view *v, const char *stream, const struct id *entity)
{
	struct key prefix = {0};
	uint64_t seq;

	return first_seq(v, entity_key(&prefix, stream, entity), &seq);
}

static struct parked parked_of_row(struct bytes key, struct bytes val)
{
	struct parked p = {.seq = get_u64_be(key.data + key.len - 8)};
	struct parked_row row;

	ENSURE(val.len >= sizeof row && key.len - 8 <= sizeof p.stream);
	memcpy(&row, val.data, sizeof row);
	memcpy(p.stream, key.data, key.len - 8);
	p.entity = row.entity;
	p.reason = (enum park_reason)row.reason;
	p.awaits_kind = row.awaits_kind;
	p.awaits_id = row.awaits_id;
	p.since_us = row.since_us;
	p.raw = (struct bytes){val.data + sizeof row, val.len - sizeof row};
	return p;
}

bool parked_get(const struct view *v, const char *stream, uint64_t seq, struct arena *arena,
		struct parked *p_r)
{
	struct key key = {0};
	struct bytes val;

	if (!is_stream(stream) || !view_get(v, TABLE_PARKED, row_key(&key, stream, seq), &val))
		return false;
	*p_r = parked_of_row(key_bytes(&key), val);
	p_r->raw = arena_copy(arena, p_r->raw);
	return true;
}

bool parked_first_of(const struct view *v, const char *stream, const struct id *entity,
		     struct arena *arena, struct parked *p_r)
{
	struct key prefix = {0};
	uint64_t seq;

	return first_seq(v, entity_key(&prefix, stream, entity), &seq) &&
	       parked_get(v, stream, seq, arena, p_r);
}

bool parked_next_awaiting(const struct view *v, uint16_t kind, const struct id *id,
			  struct arena *arena, struct parked *p)
{
	struct key prefix = {0}, from;
	struct bytes start = awaits_key(&prefix, kind, id), key, val;
	char stream[KEY_MAX + 1] = {0};
	struct scan scan;

	from = prefix;
	if (p->stream[0] != '\0')
		row_key(&from, p->stream, p->seq + 1);
	scan = scan_first(v, TABLE_PARKED_OF, start, key_bytes(&from));
	if (!scan_next(&scan, &key, &val))
		return false;
	memcpy(stream, key.data + start.len, key.len - start.len - 8);
	ENSURE(parked_get(v, stream, get_u64_be(key.data + key.len - 8), arena, p));
	scan_end(&scan);
	return true;
}

void parked_each(const struct view *v, const char *stream, parked_fn *fn, void *ctx)
{
	struct key prefix = {0};
	struct bytes key, val;
	struct scan scan;

	if (!is_stream(stream))
		return;
	if (stream[0] != '\0')
		key_add_stream(&prefix, stream);
	scan = scan_first(v, TABLE_PARKED, key_bytes(&prefix), key_bytes(&prefix));
	while (scan_next(&scan, &key, &val)) {
		struct parked p = parked_of_row(key, val);

		fn(ctx, &p);
	}
}
