/* The event log: commits and their chain, reading, trimming, renaming. */
#include "libshared/eventlog.h"
#include "libshared/log.h"

#include <string.h>

/* ---- the chain ---- */

bool eventlog_chain(const struct view *v, uint64_t seq, uint8_t chain_r[CHAIN_LEN])
{
	struct key key = {0};
	struct commit_row row;
	struct bytes origin;

	if (seq == 0) {
		ENSURE(view_get(v, TABLE_META, bytes_of_text("origin"), &origin));
		chain_of_name(id_of_bytes(origin), chain_r);
		return true;
	}
	if (!ROW_GET(v, TABLE_COMMIT, key_add_u64(&key, seq), &row))
		return false;
	memcpy(chain_r, row.chain, CHAIN_LEN);
	return true;
}

/* ---- opening ---- */

static void put_meta_u64(struct txn *t, const char *name, uint64_t value)
{
	uint8_t at[8];

	put_u64_le(at, value);
	txn_put(t, TABLE_META, bytes_of_text(name), BYTES_OF(at));
}

static uint64_t get_meta_u64(const struct view *v, const char *name)
{
	struct bytes val;

	return view_get(v, TABLE_META, bytes_of_text(name), &val) && val.len == 8
		       ? get_u64_le(val.data)
		       : 0;
}

static int name_fresh_log(struct store *s, struct id log_id)
{
	struct txn *t = store_begin(s);

	txn_put(t, TABLE_META, bytes_of_text("log_id"), bytes_of_id(&log_id));
	txn_put(t, TABLE_META, bytes_of_text("origin"), bytes_of_id(&log_id));
	put_meta_u64(t, "epoch", 1);
	put_meta_u64(t, "first_seq", 1);
	return txn_commit(&t);
}

static void read_head(const struct view *v, struct log_head *head)
{
	struct bytes key, val, log_id;
	struct commit_row row;

	ENSURE(view_get(v, TABLE_META, bytes_of_text("log_id"), &log_id));
	*head = (struct log_head){.at.log_id = id_of_bytes(log_id)};
	head->at.epoch = get_meta_u64(v, "epoch");
	head->first_seq = get_meta_u64(v, "first_seq");
	if (view_last(v, TABLE_COMMIT, BYTES_NONE, &key, &val)) {
		ENSURE(val.len == sizeof row);
		memcpy(&row, val.data, sizeof row);
		head->at.seq = get_u64_be(key.data);
		head->at_us = row.at_us;
	}
	ENSURE(eventlog_chain(v, head->at.seq, head->at.chain));
}

int eventlog_open(struct store *s, struct id log_id, struct log_head *head_r)
{
	struct view *v = store_view(s);
	struct bytes val;
	bool fresh = !view_get(v, TABLE_META, bytes_of_text("log_id"), &val);

	view_end(&v);
	if (fresh && name_fresh_log(s, log_id) != 0)
		return -1;
	v = store_view(s);
	read_head(v, head_r);
	view_end(&v);
	return 0;
}

/* ---- appending ---- */

void eventlog_begin(struct log_commit *c, struct log_head *head)
{
	c->head = head;
	c->first_seq = head->at.seq + 1;
	chain_start(&c->chain, head->at.chain);
}

void eventlog_append(struct log_commit *c, struct txn *t, struct record *r, struct arena *arena)
{
	struct key key = {0};
	struct bytes raw;

	r->seq = ++c->head->at.seq;
	raw = record_pack(r, arena);
	txn_append(t, TABLE_LOG, key_add_u64(&key, r->seq), raw);
	crypto_generichash_update(&c->chain, raw.data, raw.len);
	c->head->at_us = r->at_us;
}

void eventlog_end(struct log_commit *c, struct txn *t)
{
	struct log_head *head = c->head;
	struct commit_row row = {c->first_seq, head->at.epoch, head->at_us, {0}};
	struct key key = {0};

	if (head->at.seq < c->first_seq)
		return;
	chain_end(&c->chain, head->at.seq, head->at.chain);
	memcpy(row.chain, head->at.chain, CHAIN_LEN);
	txn_append(t, TABLE_COMMIT, key_add_u64(&key, head->at.seq), BYTES_OF(row));
}

/* ---- reading ---- */

/* Room for pointers to records, grown as commits are read. */
struct reading {
	struct arena *arena;
	size_t room;
};

static void make_room(struct reading *r, struct log_batch *b, size_t n)
{
	size_t have = b->through_seq - b->after_seq;
	struct bytes *records;

	if (have + n <= r->room)
		return;
	r->room = MAX(2 * r->room, have + n);
	records = arena_alloc(r->arena, r->room * sizeof *records);
	if (have > 0)
		memcpy(records, b->records, have * sizeof *records);
	b->records = records;
}

static size_t bytes_of_commit(const struct view *v, uint64_t first, uint64_t last,
			      struct bytes *raw)
{
	struct key from = {0};
	struct scan scan = scan_first(v, TABLE_LOG, BYTES_NONE, key_add_u64(&from, first));
	struct bytes key, val;
	size_t bytes = 0;

	for (uint64_t seq = first; seq <= last; seq++) {
		if (!scan_next(&scan, &key, &val) || get_u64_be(key.data) != seq) {
			log_error("log_damaged", "missing_seq=%llu", (unsigned long long)seq);
			scan_end(&scan);
			return 0;
		}
		raw[seq - first] = val;
		bytes += val.len;
	}
	scan_end(&scan);
	return bytes;
}

/* Adds the commit that ends at last; false when it does not fit, with *damaged_r when it cannot be
 * read. */
static bool add_commit(const struct view *v, struct reading *r, struct log_batch *b, uint64_t last,
		       size_t max_bytes, bool *damaged_r)
{
	uint64_t first = b->through_seq + 1;
	size_t n = last - b->through_seq, bytes;
	struct bytes *raw;

	make_room(r, b, n);
	raw = b->records + (b->through_seq - b->after_seq);
	bytes = bytes_of_commit(v, first, last, raw);
	if (bytes == 0) {
		*damaged_r = true;
		return false;
	}
	if (b->n_commits > 0 && b->bytes + bytes > max_bytes)
		return false;
	for (size_t i = 0; i < n; i++)
		raw[i] = arena_copy(r->arena, raw[i]);
	b->bytes += bytes;
	b->through_seq = last;
	return true;
}

#define COMMITS_IN_BATCH 512

int eventlog_read(const struct view *v, uint64_t after_seq, uint64_t through_seq, size_t max_bytes,
		  struct arena *arena, struct log_batch *batch_r)
{
	struct log_batch b = {.after_seq = after_seq, .through_seq = after_seq};
	struct reading r = {arena, 0};
	struct key from = {0};
	struct bytes key, val;
	struct scan scan;
	bool damaged = false;

	b.commit_ends = arena_alloc(arena, COMMITS_IN_BATCH * sizeof *b.commit_ends);
	if (!eventlog_chain(v, after_seq, b.chain))
		return -1;
	scan = scan_first(v, TABLE_COMMIT, BYTES_NONE, key_add_u64(&from, after_seq + 1));
	while (b.n_commits < COMMITS_IN_BATCH && scan_next(&scan, &key, &val)) {
		uint64_t last = get_u64_be(key.data);

		if (last > through_seq || !add_commit(v, &r, &b, last, max_bytes, &damaged))
			break;
		b.commit_ends[b.n_commits++] = last;
		memcpy(b.chain, val.data + offsetof(struct commit_row, chain), CHAIN_LEN);
	}
	scan_end(&scan);
	*batch_r = b;
	return damaged ? -1 : 0;
}

bool eventlog_get(const struct view *v, uint64_t seq, struct record *r)
{
	struct key key = {0};
	struct bytes raw;

	if (!view_get(v, TABLE_LOG, key_add_u64(&key, seq), &raw))
		return false;
	if (record_unpack(raw, seq, r))
		return true;
	log_error("log_damaged", "bad_sum_seq=%llu", (unsigned long long)seq);
	return false;
}

/* ---- forgetting and renaming ---- */

void eventlog_trim(struct log_head *head, struct txn *t, uint64_t seq, uint64_t max_records)
{
	const struct view *v = txn_view(t);
	uint64_t first = head->first_seq, done = 0, last;
	struct key from = {0};
	struct bytes key, val;
	struct scan scan = scan_first(v, TABLE_COMMIT, BYTES_NONE, key_add_u64(&from, first));

	/* The last forgotten commit keeps its row: its chain is what the first kept one follows. */
	for (last = first - 1; scan_next(&scan, &key, &val) && done < max_records;) {
		uint64_t end = get_u64_be(key.data);

		if (end > seq)
			break;
		done += end - last;
		last = end;
	}
	scan_end(&scan);
	for (uint64_t i = first - 1; i < last; i++) {
		struct key commit = {0}, record = {0};

		txn_delete(t, TABLE_COMMIT, key_add_u64(&commit, i));
		txn_delete(t, TABLE_LOG, key_add_u64(&record, i + 1));
	}
	head->first_seq = last + 1;
	put_meta_u64(t, "first_seq", head->first_seq);
}

static struct bytes ancestor_key(struct key *k, struct id log_id)
{
	key_add(k, bytes_of_text("ancestor:"));
	return key_add(k, bytes_of_id(&log_id));
}

void eventlog_rename(struct log_head *head, struct txn *t, struct id log_id)
{
	struct key key = {0};
	uint8_t upto[8];

	put_u64_le(upto, head->at.seq);
	txn_put(t, TABLE_META, ancestor_key(&key, head->at.log_id), BYTES_OF(upto));
	txn_put(t, TABLE_META, bytes_of_text("log_id"), bytes_of_id(&log_id));
	head->at.epoch++;
	put_meta_u64(t, "epoch", head->at.epoch);
	head->at.log_id = log_id;
}

bool eventlog_descends(const struct view *v, struct id log_id, uint64_t seq)
{
	struct key key = {0};
	struct bytes upto;

	return view_get(v, TABLE_META, ancestor_key(&key, log_id), &upto) &&
	       seq <= get_u64_le(upto.data);
}
