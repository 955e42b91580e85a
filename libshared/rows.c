/* Rows in the tables of a store: put, get, scan in order of key; and keys of fixed parts. */
#include "libshared/log.h"
#include "libshared/store_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- rows ---- */

static MDB_val val_of(struct bytes b)
{
	MDB_val val = {.mv_size = b.len};

	memcpy(&val.mv_data, &b.data, sizeof val.mv_data);
	return val;
}

static struct bytes bytes_of_val(const MDB_val *val)
{
	return (struct bytes){val->mv_data, val->mv_size};
}

/* A damaged page under a read is not survivable: the process leaves, the operator restores. In a
 * transaction that has faulted LMDB reads no more: nothing is found, and nothing will come of it.
 */
static bool found(const struct view *v, int rc)
{
	if (rc == 0)
		return true;
	if (rc != MDB_NOTFOUND && rc != MDB_BAD_TXN) {
		log_error("store_read", "dir=%s error=\"%s\"", v->store->dir, mdb_strerror(rc));
		_exit(EXIT_FAILURE);
	}
	return false;
}

/* The write transaction's cursor in a table stays where it was used last: most rows are looked at
 * just before they are put, and keys ordered in time lie side by side, so that LMDB need not come
 * down from the root again. */
static int cursor_near(const struct view *v, unsigned table, MDB_cursor **cursor_r)
{
	int rc = 0;

	if (v->cursors[table] == NULL)
		rc = mdb_cursor_open(v->txn, v->store->tables[table], &v->cursors[table]);
	*cursor_r = v->cursors[table];
	return rc;
}

/* That one, or in a snapshot a fresh one, to be closed. */
static int cursor_to_read(const struct view *v, unsigned table, MDB_cursor **cursor_r)
{
	if (v->cursors != NULL)
		return cursor_near(v, table, cursor_r);
	return mdb_cursor_open(v->txn, v->store->tables[table], cursor_r);
}

static int get_near(const struct view *v, unsigned table, MDB_val *key, MDB_val *val_r)
{
	MDB_cursor *cursor;
	int rc = cursor_near(v, table, &cursor);

	return rc == 0 ? mdb_cursor_get(cursor, key, val_r, MDB_SET) : rc;
}

bool view_get(const struct view *v, unsigned table, struct bytes key, struct bytes *val_r)
{
	MDB_val k = val_of(key), val;
	int rc;

	if (v->txn == NULL || key.len == 0 || key.len > KEY_MAX)
		return false;
	if (v->cursors != NULL)
		rc = get_near(v, table, &k, &val);
	else
		rc = mdb_get(v->txn, v->store->tables[table], &k, &val);
	if (!found(v, rc))
		return false;
	*val_r = bytes_of_val(&val);
	return true;
}

/* What LMDB would call a broken environment is a rule's mistake. */
static bool key_fits(struct txn *t, struct bytes key)
{
	if (key.len > 0 && key.len <= KEY_MAX)
		return true;
	txn_fault(t, "key is empty or too long");
	return false;
}

static void put(struct txn *t, unsigned table, struct bytes key, struct bytes val, unsigned flags)
{
	MDB_val k = val_of(key), v = val_of(val);
	MDB_cursor *cursor;
	int rc;

	if (t->fault != FAULT_NONE || !key_fits(t, key))
		return;
	rc = cursor_near(&t->view, table, &cursor);
	if (rc == 0)
		rc = mdb_cursor_put(cursor, &k, &v, flags);
	if (rc != 0)
		note_fault(t, rc, "put");
}

void txn_put(struct txn *t, unsigned table, struct bytes key, struct bytes val)
{
	put(t, table, key, val, 0);
}

void txn_append(struct txn *t, unsigned table, struct bytes key, struct bytes val)
{
	put(t, table, key, val, MDB_APPEND);
}

void txn_delete(struct txn *t, unsigned table, struct bytes key)
{
	MDB_val k = val_of(key);
	int rc;

	if (t->fault != FAULT_NONE || !key_fits(t, key))
		return;
	rc = mdb_del(t->view.txn, t->view.store->tables[table], &k, NULL);
	if (rc != 0 && rc != MDB_NOTFOUND)
		note_fault(t, rc, "delete");
}

void txn_clear(struct txn *t, unsigned table)
{
	int rc;

	if (t->fault != FAULT_NONE)
		return;
	rc = mdb_drop(t->view.txn, t->view.store->tables[table], 0);
	if (rc != 0)
		note_fault(t, rc, "clear");
}

uint64_t view_count(const struct view *v, unsigned table)
{
	MDB_stat stat;

	if (v->txn == NULL || mdb_stat(v->txn, v->store->tables[table], &stat) != 0)
		return 0;
	return stat.ms_entries;
}

bool row_get(const struct view *v, unsigned table, struct bytes key, void *row_r, size_t size)
{
	struct bytes val;

	if (!view_get(v, table, key, &val))
		return false;
	ENSURE(val.len == size);
	memcpy(row_r, val.data, size);
	return true;
}

void row_put(struct txn *t, unsigned table, struct bytes key, void *row, size_t size)
{
	memcpy(row, &t->seq, sizeof t->seq);
	txn_put(t, table, key, (struct bytes){row, size});
}

/* ---- scans ---- */

struct scan scan_first(const struct view *v, unsigned table, struct bytes prefix, struct bytes from)
{
	struct scan scan = {.prefix = prefix};
	MDB_cursor *cursor;

	ENSURE(from.len <= KEY_MAX && prefix.len <= KEY_MAX);
	if (bytes_compare(from, prefix) < 0)
		from = prefix;
	if (from.len > 0)
		memcpy(scan.from, from.data, from.len);
	scan.from_len = from.len;
	if (v->txn != NULL && found(v, mdb_cursor_open(v->txn, v->store->tables[table], &cursor)))
		scan.cursor = cursor;
	return scan;
}

bool scan_next(struct scan *scan, struct bytes *key_r, struct bytes *val_r)
{
	MDB_val key = {.mv_size = scan->from_len, .mv_data = scan->from}, val;
	MDB_cursor_op op = scan->started        ? MDB_NEXT
			   : scan->from_len > 0 ? MDB_SET_RANGE
						: MDB_FIRST;

	if (scan->cursor == NULL)
		return false;
	scan->started = true;
	if (mdb_cursor_get(scan->cursor, &key, &val, op) != 0 || key.mv_size < scan->prefix.len ||
	    (scan->prefix.len > 0 &&
	     memcmp(key.mv_data, scan->prefix.data, scan->prefix.len) != 0)) {
		scan_end(scan);
		return false;
	}
	*key_r = bytes_of_val(&key);
	*val_r = bytes_of_val(&val);
	return true;
}

void scan_end(struct scan *scan)
{
	if (scan->cursor != NULL)
		mdb_cursor_close(scan->cursor);
	scan->cursor = NULL;
}

/* The first key after every key that starts with prefix; empty when there is none. */
static size_t key_after(struct bytes prefix, uint8_t after[KEY_MAX])
{
	size_t len = prefix.len;

	if (len > 0)
		memcpy(after, prefix.data, len);
	while (len > 0 && after[len - 1] == 0xff)
		len--;
	if (len > 0)
		after[len - 1]++;
	return len;
}

bool view_last(const struct view *v, unsigned table, struct bytes prefix, struct bytes *key_r,
	       struct bytes *val_r)
{
	uint8_t after[KEY_MAX];
	MDB_val key = {.mv_size = key_after(prefix, after), .mv_data = after}, val;
	MDB_cursor *cursor;
	bool past, is_found;

	if (v->txn == NULL || !found(v, cursor_to_read(v, table, &cursor)))
		return false;
	past = key.mv_size > 0 && found(v, mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE));
	is_found = found(v, mdb_cursor_get(cursor, &key, &val, past ? MDB_PREV : MDB_LAST)) &&
		   key.mv_size >= prefix.len &&
		   (prefix.len == 0 || memcmp(key.mv_data, prefix.data, prefix.len) == 0);
	if (v->cursors == NULL)
		mdb_cursor_close(cursor);
	if (!is_found)
		return false;
	*key_r = bytes_of_val(&key);
	*val_r = bytes_of_val(&val);
	return true;
}

/* ---- keys ---- */

struct bytes key_bytes(const struct key *k)
{
	return (struct bytes){k->data, k->len};
}

struct bytes key_add(struct key *k, struct bytes part)
{
	ENSURE(k->len + part.len <= KEY_MAX);
	if (part.len > 0)
		memcpy(k->data + k->len, part.data, part.len);
	k->len += part.len;
	return key_bytes(k);
}

struct bytes key_add_u16(struct key *k, uint16_t value)
{
	uint8_t part[sizeof value];

	put_u16_be(part, value);
	return key_add(k, BYTES_OF(part));
}

struct bytes key_add_u32(struct key *k, uint32_t value)
{
	uint8_t part[sizeof value];

	put_u32_be(part, value);
	return key_add(k, BYTES_OF(part));
}

struct bytes key_add_u64(struct key *k, uint64_t value)
{
	uint8_t part[sizeof value];

	put_u64_be(part, value);
	return key_add(k, BYTES_OF(part));
}
