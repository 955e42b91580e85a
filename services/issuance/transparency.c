/* The transparency log's tables: leaves, nodes of the tree, checkpoints. */
#include "services/issuance/transparency.h"

#include "libshared/json.h"
#include "libshared/timers.h"
#include "services/issuance/tables.h"

#include <stdio.h>
#include <string.h>

struct id transparency_id(void)
{
	return id_of_name("log", "transparency");
}

/* ---- nodes ---- */

static struct bytes node_key(struct key *k, unsigned level, uint64_t index)
{
	key_add_u16(k, (uint16_t)level);
	return key_add_u64(k, index);
}

static bool read_node(const struct view *v, unsigned level, uint64_t index,
		      struct merkle_hash *hash_r)
{
	struct key key = {0};
	struct bytes val;

	if (!view_get(v, TREE_NODE, node_key(&key, level, index), &val) ||
	    val.len != sizeof *hash_r)
		return false;
	memcpy(hash_r, val.data, sizeof *hash_r);
	return true;
}

static void get_of_view(void *ctx, unsigned level, uint64_t index, struct merkle_hash *hash_r)
{
	ENSURE(read_node(*(const struct view *const *)ctx, level, index, hash_r));
}

struct merkle_nodes transparency_nodes(const struct view *const *v)
{
	return (struct merkle_nodes){.ctx = (void *)(uintptr_t)v, .get = get_of_view};
}

static void get_of_txn(void *ctx, unsigned level, uint64_t index, struct merkle_hash *hash_r)
{
	if (read_node(txn_view(ctx), level, index, hash_r))
		return;
	memset(hash_r, 0, sizeof *hash_r);
	txn_fault(ctx, "the transparency log lacks a node"); /* or the txn is faulted already */
}

static void put_in_txn(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
	struct key key = {0};

	txn_put(ctx, TREE_NODE, node_key(&key, level, index),
		(struct bytes){hash->bytes, sizeof hash->bytes});
}

/* ---- leaves ---- */

uint64_t transparency_size(const struct view *v)
{
	struct bytes key, val;

	return view_last(v, LEAF, BYTES_NONE, &key, &val) ? get_u64_be(key.data) + 1 : 0;
}

static struct bytes leaf_text(const char *what, struct bytes credential, struct bytes sha256_of,
			      int64_t at_us, char text_r[MERKLE_LEAF_MAX])
{
	char at[32], hex[2 * SHA256_LEN + 1];

	ENSURE(sha256_of.len == SHA256_LEN);
	time_text(at_us, at);
	hex_of_bytes(sha256_of, hex);
	snprintf(text_r, MERKLE_LEAF_MAX,
		 "{\"what\":\"%s\",\"credential\":\"urn:uuid:%s\",\"sha256\":\"%s\",\"at\":\"%s\"}",
		 what, ID_STR(credential), hex, at);
	return bytes_of_text(text_r);
}

/* When the newest checkpoint was signed; INT64_MIN: there is none. */
static int64_t last_signed_us(const struct view *v)
{
	struct bytes key, val;

	if (!view_last(v, CHECKPOINT, BYTES_NONE, &key, &val))
		return INT64_MIN;
	return (int64_t)get_u64_le(val.data);
}

/* At once, or a while after the last one. */
static void expect_checkpoint(struct txn *t, int64_t at_us)
{
	const struct id log = transparency_id();
	int64_t last_us = last_signed_us(txn_view(t)), due_us;

	if (timer_due(txn_view(t), bytes_of_id(&log), TIMER_CHECKPOINT, &due_us))
		return;
	if (last_us != INT64_MIN)
		at_us = MAX(at_us, last_us + CHECKPOINT_EVERY_US);
	timer_set(t, bytes_of_id(&log), TIMER_CHECKPOINT, at_us);
}

void transparency_append(struct txn *t, const char *what, struct bytes credential,
			 struct bytes sha256_of, int64_t at_us)
{
	struct merkle_nodes nodes = {t, get_of_txn, put_in_txn};
	uint64_t number = transparency_size(txn_view(t));
	char text[MERKLE_LEAF_MAX];
	struct bytes leaf = leaf_text(what, credential, sha256_of, at_us, text);
	struct merkle_hash hash = merkle_leaf(leaf);
	struct key key = {0}, of = {0};

	txn_put(t, LEAF, key_add_u64(&key, number), leaf);
	key_add(&of, credential);
	txn_put(t, LEAF_OF, key_add_u64(&of, number), BYTES_NONE);
	merkle_append(&nodes, number, &hash);
	expect_checkpoint(t, at_us);
}

/* ---- checkpoints ---- */

static const Issuance__CheckpointSigned *checkpoint_of_row(struct bytes val, struct arena *arena,
							   int64_t *signed_us_r)
{
	struct bytes raw = {val.data + sizeof(uint64_t), val.len - sizeof(uint64_t)};

	*signed_us_r = (int64_t)get_u64_le(val.data);
	return event_of_row(raw, arena)->checkpoint_signed;
}

const Issuance__CheckpointSigned *checkpoint_get(const struct view *v, uint64_t size,
						 struct arena *arena, int64_t *signed_us_r)
{
	struct key from = {0};
	struct bytes key, val;
	bool found;

	if (size == 0) {
		found = view_last(v, CHECKPOINT, BYTES_NONE, &key, &val);
	} else {
		struct scan scan = scan_first(v, CHECKPOINT, BYTES_NONE, key_add_u64(&from, size));

		found = scan_next(&scan, &key, &val);
		scan_end(&scan);
	}
	return found ? checkpoint_of_row(val, arena, signed_us_r) : NULL;
}

void checkpoint_put(struct txn *t, const Issuance__CheckpointSigned *c, const struct record *record)
{
	const struct id log = transparency_id();
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	size_t len = sizeof(uint64_t) + record->payload.len;
	uint8_t *val = arena_alloc(arena, len);
	struct key key = {0};

	put_u64_le(val, (uint64_t)record->at_us);
	memcpy(val + sizeof(uint64_t), record->payload.data, record->payload.len);
	txn_put(t, CHECKPOINT, key_add_u64(&key, c->size), (struct bytes){val, len});
	timer_clear(t, bytes_of_id(&log), TIMER_CHECKPOINT);
}
