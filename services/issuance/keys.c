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
