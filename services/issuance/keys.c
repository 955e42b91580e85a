/* The rows of issuers' keys. */
#include "services/issuance/keys.h"
#include "libshared/check.h"

#include <string.h>

static struct bytes number_key(struct key *k, struct bytes issuer, uint32_t n)
{
	key_add(k, issuer);
	return key_add_u16(k, (uint16_t)n);
}

static void read_key(const struct view *v, struct bytes issuer, uint16_t n, struct arena *arena,
		     struct issuer_key *key_r)
{
	struct key key = {0};
	struct bytes at = number_key(&key, issuer, n), raw;

	ENSURE(view_get(v, ISSUER_KEY, at, &raw));
	key_r->added = event_of_row(raw, arena)->key_added;
	ENSURE(ROW_GET(v, KEY_STATE, at, &key_r->row));
	key_r->because = view_get(v, KEY_WHY, at, &raw) ? arena_text(arena, raw) : "";
	key_r->n = n;
}

unsigned issuer_keys(const struct view *v, struct bytes issuer, struct arena *arena,
		     struct issuer_key **keys_r)
{
	unsigned n = issuer_key_count(v, issuer);
	struct issuer_key *keys = arena_alloc(arena, MAX(n, 1U) * sizeof *keys);

	for (unsigned i = 0; i < n; i++)
		read_key(v, issuer, (uint16_t)i, arena, &keys[i]);
	*keys_r = keys;
	return n;
}

bool issuer_key_find(const struct view *v, struct bytes issuer, const char *name,
		     struct arena *arena, struct issuer_key *key_r)
{
	struct issuer_key *keys;
	unsigned n = issuer_keys(v, issuer, arena, &keys);

	for (unsigned i = 0; i < n; i++)
		if (strcmp(keys[i].added->key, name) == 0) {
			*key_r = keys[i];
			return true;
		}
	return false;
}

bool issuer_key_row(const struct view *v, struct bytes issuer, const char *name, uint16_t *n_r,
		    struct key_row *row_r)
{
	struct arena *arena = arena_new(1024);
	struct issuer_key key;
	bool found = issuer_key_find(v, issuer, name, arena, &key);

	if (found) {
		*n_r = key.n;
		*row_r = key.row;
	}
	arena_destroy(&arena);
	return found;
}

const Issuance__KeyAdded *issuer_key_of(const struct view *v, struct bytes issuer,
					Issuance__KeyKind kind, struct arena *arena)
{
	struct key of_kind = {0}, key = {0};
	struct bytes raw;
	bool found = view_get(v, ACTIVE_KEY, number_key(&of_kind, issuer, kind), &raw);

	if (!found)
		return NULL;
	found = view_get(v, ISSUER_KEY, number_key(&key, issuer, get_u16_be(raw.data)), &raw);
	ENSURE(found);
	return event_of_row(raw, arena)->key_added;
}

const Issuance__KeyAdded *issuer_key(const struct view *v, struct bytes issuer, struct arena *arena)
{
	return issuer_key_of(v, issuer, ISSUANCE__KEY_KIND__ED25519, arena);
}

uint16_t issuer_key_next(const struct view *v, struct bytes issuer)
{
	struct bytes last, val;

	if (!view_last(v, ISSUER_KEY, issuer, &last, &val))
		return 0;
	return (uint16_t)(get_u16_be(last.data + ID_LEN) + 1);
}

unsigned issuer_key_count(const struct view *v, struct bytes issuer)
{
	return issuer_key_next(v, issuer); /* none is ever dropped */
}

void issuer_key_put(struct txn *t, struct bytes issuer, uint16_t n, const struct key_row *row,
		    const char *because)
{
	struct key key = {0}, of_kind = {0};
	struct bytes at = number_key(&key, issuer, n), active;
	struct bytes kind = number_key(&of_kind, issuer, row->kind);
	struct key_row copy = *row;
	uint8_t number[2];

	put_u16_be(number, n);
	if (row->state == STATE_ACTIVE)
		txn_put(t, ACTIVE_KEY, kind, BYTES_OF(number));
	else if (view_get(txn_view(t), ACTIVE_KEY, kind, &active) &&
		 bytes_equal(active, BYTES_OF(number)))
		txn_delete(t, ACTIVE_KEY, kind);
	ROW_PUT(t, KEY_STATE, at, &copy);
	txn_put(t, KEY_WHY, at, bytes_of_text(because));
}

/* ---- what a key signed ---- */

struct id key_id(const char *name)
{
	return id_of_name("key", name);
}

static struct bytes signed_key(struct key *k, const struct id *key, struct bytes credential)
{
	key_add(k, bytes_of_id(key));
	return key_add(k, credential);
}

static uint64_t count_of(const struct view *v, const struct id *key)
{
	struct bytes raw;

	return view_get(v, SIGNED_COUNT, bytes_of_id(key), &raw) ? get_u64_le(raw.data) : 0;
}

static void count_put(struct txn *t, const struct id *key, uint64_t count)
{
	uint8_t raw[8];

	put_u64_le(raw, count);
	txn_put(t, SIGNED_COUNT, bytes_of_id(key), BYTES_OF(raw));
}

void signed_put(struct txn *t, const char *name, struct bytes credential)
{
	struct id id = key_id(name);
	struct key key = {0};

	txn_put(t, SIGNED_BY, signed_key(&key, &id, credential), BYTES_NONE);
	count_put(t, &id, count_of(txn_view(t), &id) + 1);
}

void signed_drop(struct txn *t, const char *name, struct bytes credential)
{
	struct id id = key_id(name);
	struct key key = {0};

	txn_delete(t, SIGNED_BY, signed_key(&key, &id, credential));
	count_put(t, &id, count_of(txn_view(t), &id) - 1);
}

uint64_t signed_count(const struct view *v, const char *name)
{
	struct id id = key_id(name);

	return count_of(v, &id);
}

/* ---- signing that again ---- */

bool reissue_get(const struct view *v, const char *name, struct reissue *row_r)
{
	struct id id = key_id(name);

	return ROW_GET(v, REISSUE, bytes_of_id(&id), row_r);
}

void reissue_put(struct txn *t, const char *name, struct reissue *row)
{
	struct id id = key_id(name);

	ROW_PUT(t, REISSUE, bytes_of_id(&id), row);
}

const char *reissue_key(const struct view *v, const struct reissue *row, struct arena *arena)
{
	struct issuer_key key;

	read_key(v, BYTES_OF(row->issuer), (uint16_t)row->n, arena, &key);
	return key.added->key;
}

bool reissue_running(const struct view *v, struct arena *arena, struct reissue *row_r,
		     const char **name_r)
{
	struct scan scan = scan_first(v, REISSUE, BYTES_NONE, BYTES_NONE);
	struct bytes key, raw;

	while (scan_next(&scan, &key, &raw)) {
		ENSURE(raw.len == sizeof *row_r);
		memcpy(row_r, raw.data, sizeof *row_r);
		if (row_r->state == REISSUE_RUNNING) {
			scan_end(&scan);
			*name_r = reissue_key(v, row_r, arena);
			return true;
		}
	}
	return false;
}
