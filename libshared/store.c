/* Durable tables over LMDB: opening, transactions with sticky faults, growth, copies. */
#include "libshared/store.h"
#include "libshared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DEFAULT_MAP_BYTES ((size_t)64 << 30)
#define SMALL_FREE_BYTES ((uint64_t)1 << 20)

static const char *const runtime_tables[SERVICE_TABLES] = {
	[TABLE_META] = "meta",           [TABLE_LOG] = "log",     [TABLE_COMMIT] = "commit",
	[TABLE_DEDUPE] = "dedupe",       [TABLE_TIMER] = "timer", [TABLE_TIMER_OF] = "timer_of",
	[TABLE_CURSOR] = "cursor",       [TABLE_SUB] = "sub",     [TABLE_PARKED] = "parked",
	[TABLE_PARKED_OF] = "parked_of",
};

struct view {
	MDB_txn *txn;
	struct store *store;
};

struct txn {
	struct view view;
	enum store_fault fault;
	uint64_t seq;
};

struct store {
	MDB_env *env;
	char *dir;
	int owner_fd;
	unsigned n_tables;
	MDB_dbi tables[TABLES_MAX];
	size_t map_bytes;
	struct txn writing;   /* the one write transaction, when view.txn is set */
	struct view *resting; /* a read transaction that was reset, to be renewed */
	enum store_fault last_fault;
};

/* ---- opening ------------------------------------------------------------------------------- */

static int refuse_network_file_system(const char *dir)
{
	static const uint32_t magics[] = {0x6969 /* NFS */, 0x517B /* SMB */, 0xFF534D42 /* CIFS */,
					  0xFE534D42 /* SMB2 */, 0x01021997 /* 9P */};
	struct statfs fs;

	if (statfs(dir, &fs) != 0) {
		log_error("store_open", "dir=%s error=\"%s\"", dir, strerror(errno));
		return -1;
	}
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if ((uint32_t)fs.f_type == magics[i]) {
			log_error("store_open",
				  "dir=%s error=\"a network file system cannot hold "
				  "a store; use a local disk\"",
				  dir);
			return -1;
		}
	return 0;
}

/* Two processes on one environment are legal for LMDB and fatal for the head kept in memory. */
static int take_owner_lock(struct store *s)
{
	char path[512];

	snprintf(path, sizeof path, "%s/owner", s->dir);
	s->owner_fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (s->owner_fd < 0 || flock(s->owner_fd, LOCK_EX | LOCK_NB) != 0) {
		log_error("store_open", "dir=%s error=\"another process owns it\"", s->dir);
		return -1;
	}
	return 0;
}

static void assert_failed(MDB_env *env, const char *message)
{
	(void)env;
	log_error("lmdb_assert", "message=\"%s\"", message);
	abort();
}

static int claim_dir(struct store *s)
{
	if (mkdir(s->dir, 0700) != 0 && errno != EEXIST) {
		log_error("store_open", "dir=%s error=\"%s\"", s->dir, strerror(errno));
		return -1;
	}
	return refuse_network_file_system(s->dir) != 0 ? -1 : take_owner_lock(s);
}

static int open_env(struct store *s, unsigned flags)
{
	int rc;

	if ((rc = mdb_env_create(&s->env)) != 0 ||
	    (rc = mdb_env_set_maxdbs(s->env, TABLES_MAX)) != 0 ||
	    (rc = mdb_env_set_mapsize(s->env, s->map_bytes)) != 0 ||
	    (rc = mdb_env_set_assert(s->env, assert_failed)) != 0 ||
	    (rc = mdb_env_open(s->env, s->dir, MDB_NOTLS | MDB_NORDAHEAD | flags, 0600)) != 0) {
		log_error("store_open", "dir=%s error=\"%s\"", s->dir, mdb_strerror(rc));
		return -1;
	}
	return 0;
}

/* flags: MDB_RDONLY, or 0 and what is missing is made. */
static int open_tables(struct store *s, const char *const *tables, unsigned n_tables,
		       unsigned flags)
{
	unsigned make = flags == MDB_RDONLY ? 0 : MDB_CREATE;
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, flags, &txn);

	s->n_tables = SERVICE_TABLES + n_tables;
	ENSURE(s->n_tables <= TABLES_MAX);
	for (unsigned i = 0; rc == 0 && i < s->n_tables; i++) {
		const char *name =
			i < SERVICE_TABLES ? runtime_tables[i] : tables[i - SERVICE_TABLES];

		rc = mdb_dbi_open(txn, name, make, &s->tables[i]);
	}
	if (rc == 0)
		rc = mdb_txn_commit(txn);
	if (rc != 0)
		log_error("store_open", "dir=%s error=\"%s\"", s->dir, mdb_strerror(rc));
	return rc == 0 ? 0 : -1;
}

static struct store *store_new(const char *dir, size_t map_bytes)
{
	struct store *s = calloc(1, sizeof *s);

	ENSURE(s != NULL && (s->dir = strdup(dir)) != NULL);
	s->owner_fd = -1;
	s->map_bytes = map_bytes != 0 ? map_bytes : DEFAULT_MAP_BYTES;
	return s;
}

struct store *store_open(const char *dir, const char *const *tables, unsigned n_tables,
			 size_t map_bytes)
{
	struct store *s = store_new(dir, map_bytes);

	if (claim_dir(s) != 0 || open_env(s, 0) != 0 || open_tables(s, tables, n_tables, 0) != 0) {
		store_close(&s);
		return NULL;
	}
	store_check_readers(s);
	return s;
}

struct store *store_open_reading(const char *dir, const char *const *tables, unsigned n_tables)
{
	struct store *s = store_new(dir, 0);

	if (open_env(s, MDB_RDONLY) != 0 || open_tables(s, tables, n_tables, MDB_RDONLY) != 0)
		store_close(&s);
	return s;
}

void store_close(struct store **store)
{
	struct store *s = *store;

	if (s == NULL)
		return;
	if (s->resting != NULL) {
		mdb_txn_abort(s->resting->txn);
		free(s->resting);
	}
	if (s->env != NULL)
		mdb_env_close(s->env);
	if (s->owner_fd >= 0)
		close(s->owner_fd);
	free(s->dir);
	free(s);
	*store = NULL;
}

/* ---- room ---------------------------------------------------------------------------------------
 */

int store_grow(struct store *s)
{
	int rc;

	ENSURE(s->writing.view.txn == NULL);
	if (s->resting != NULL) {
		mdb_txn_abort(s->resting->txn);
		free(s->resting);
		s->resting = NULL;
	}
	rc = mdb_env_set_mapsize(s->env, 2 * s->map_bytes);
	if (rc != 0) {
		log_error("store_grow", "map_bytes=%zu error=\"%s\"", 2 * s->map_bytes,
			  mdb_strerror(rc));
		return -1;
	}
	s->map_bytes *= 2;
	log_info("store_grown", "map_bytes=%zu", s->map_bytes);
	return 0;
}

struct store_room store_room(const struct store *s)
{
	struct store_room room = {0};
	struct statvfs fs;
	MDB_envinfo info;
	MDB_stat stat;

	if (mdb_env_info(s->env, &info) == 0 && mdb_env_stat(s->env, &stat) == 0) {
		room.used_bytes = (info.me_last_pgno + 1) * stat.ms_psize;
		room.map_bytes = info.me_mapsize;
	}
	if (statvfs(s->dir, &fs) == 0) {
		room.disk_free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
		room.disk_bytes = (uint64_t)fs.f_blocks * fs.f_frsize;
	}
	return room;
}

struct oldest_reader {
	unsigned line;
	uint64_t oldest_txn;
};

/* Lines after the heading are "pid thread txnid", with "-" for a slot that holds no snapshot. */
static int note_reader(const char *line, void *ctx)
{
	struct oldest_reader *o = ctx;
	unsigned long long txn;

	if (o->line++ > 0 && sscanf(line, "%*d %*x %llu", &txn) == 1 && txn < o->oldest_txn)
		o->oldest_txn = txn;
	return 0;
}

uint64_t store_check_readers(struct store *s)
{
	struct oldest_reader o = {0, UINT64_MAX};
	MDB_envinfo info;
	int dead = 0;

	if (mdb_reader_check(s->env, &dead) == 0 && dead > 0)
		log_warn("stale_readers_cleared", "n=%d", dead);
	if (mdb_env_info(s->env, &info) != 0 || mdb_reader_list(s->env, note_reader, &o) < 0)
		return 0;
	return o.oldest_txn >= info.me_last_txnid ? 0 : info.me_last_txnid - o.oldest_txn;
}

int store_copy(const char *dir, const char *to_dir)
{
	MDB_env *env = NULL;
	int rc;

	if (mkdir(to_dir, 0700) != 0 && errno != EEXIST) {
		log_error("store_copy", "to=%s error=\"%s\"", to_dir, strerror(errno));
		return -1;
	}
	if ((rc = mdb_env_create(&env)) == 0 && (rc = mdb_env_set_maxdbs(env, TABLES_MAX)) == 0 &&
	    (rc = mdb_env_open(env, dir, MDB_RDONLY | MDB_NOTLS | MDB_NORDAHEAD, 0600)) == 0)
		rc = mdb_env_copy(env, to_dir);
	if (env != NULL)
		mdb_env_close(env);
	if (rc != 0)
		log_error("store_copy", "dir=%s to=%s error=\"%s\"", dir, to_dir, mdb_strerror(rc));
	return rc == 0 ? 0 : -1;
}

/* ---- transactions
 * -------------------------------------------------------------------------------- */

/* A short write on a full disk is reported by LMDB as EIO. */
static enum store_fault kind_of_error(const struct store *s, int rc)
{
	if (rc == MDB_MAP_FULL)
		return FAULT_MAP_FULL;
	if (rc == ENOSPC || rc == EDQUOT ||
	    (rc == EIO && store_room(s).disk_free_bytes < SMALL_FREE_BYTES))
		return FAULT_DISK_FULL;
	return FAULT_BROKEN;
}

static void note_fault(struct txn *t, int rc, const char *doing)
{
	if (t->fault != FAULT_NONE)
		return;
	t->fault = kind_of_error(t->view.store, rc);
	if (t->fault == FAULT_BROKEN)
		log_error("store_fault", "doing=%s error=\"%s\"", doing, mdb_strerror(rc));
}

struct txn *store_begin(struct store *s)
{
	struct txn *t = &s->writing;
	int rc;

	ENSURE(t->view.txn == NULL);
	*t = (struct txn){.view = {.store = s}};
	rc = mdb_txn_begin(s->env, NULL, 0, &t->view.txn);
	if (rc != 0) {
		t->view.txn = NULL;
		note_fault(t, rc, "begin");
	}
	return t;
}

int txn_commit(struct txn **txn)
{
	struct txn *t = *txn;
	struct store *s = t->view.store;
	int rc;

	if (t->fault != FAULT_NONE) {
		txn_abort(txn);
		return -1;
	}
	rc = mdb_txn_commit(t->view.txn);
	t->view.txn = NULL;
	if (rc != 0)
		note_fault(t, rc, "commit");
	s->last_fault = t->fault;
	*txn = NULL;
	return rc == 0 ? 0 : -1;
}

void txn_abort(struct txn **txn)
{
	struct txn *t = *txn;

	if (t == NULL)
		return;
	if (t->view.txn != NULL)
		mdb_txn_abort(t->view.txn);
	t->view.txn = NULL;
	t->view.store->last_fault = t->fault;
	*txn = NULL;
}

enum store_fault store_last_fault(const struct store *s)
{
	return s->last_fault;
}

enum store_fault txn_fault_kind(const struct txn *t)
{
	return t->fault;
}

void txn_fault(struct txn *t, const char *what)
{
	if (t->fault != FAULT_NONE)
		return;
	t->fault = FAULT_RULE;
	log_error("apply_fault", "what=\"%s\" seq=%llu", what, (unsigned long long)t->seq);
}

const struct view *txn_view(const struct txn *t)
{
	return &t->view;
}

uint64_t txn_seq(const struct txn *t)
{
	return t->seq;
}

void txn_set_seq(struct txn *t, uint64_t seq)
{
	t->seq = seq;
}

struct view *store_view(struct store *s)
{
	struct view *v = s->resting;
	int rc;

	s->resting = NULL;
	if (v != NULL) {
		rc = mdb_txn_renew(v->txn);
	} else {
		v = calloc(1, sizeof *v);
		ENSURE(v != NULL);
		v->store = s;
		rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &v->txn);
	}
	if (rc != 0) {
		log_error("store_view", "error=\"%s\"", mdb_strerror(rc));
		_exit(EXIT_FAILURE); /* start-up is the recovery path */
	}
	return v;
}

void view_end(struct view **view)
{
	struct view *v = *view;

	if (v == NULL)
		return;
	if (v->store->resting == NULL) {
		mdb_txn_reset(v->txn);
		v->store->resting = v;
	} else {
		mdb_txn_abort(v->txn);
		free(v);
	}
	*view = NULL;
}

/* ---- rows
 * ------------------------------------------------------------------------------------------ */

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

/* A damaged page under a read is not survivable: the process leaves, the operator restores. */
static bool found(const struct view *v, int rc)
{
	if (rc == 0)
		return true;
	if (rc != MDB_NOTFOUND) {
		log_error("store_read", "dir=%s error=\"%s\"", v->store->dir, mdb_strerror(rc));
		_exit(EXIT_FAILURE);
	}
	return false;
}

bool view_get(const struct view *v, unsigned table, struct bytes key, struct bytes *val_r)
{
	MDB_val k = val_of(key), val;

	if (v->txn == NULL || key.len == 0 || key.len > KEY_MAX)
		return false;
	if (!found(v, mdb_get(v->txn, v->store->tables[table], &k, &val)))
		return false;
	*val_r = bytes_of_val(&val);
	return true;
}

static void put(struct txn *t, unsigned table, struct bytes key, struct bytes val, unsigned flags)
{
	MDB_val k = val_of(key), v = val_of(val);
	int rc;

	if (t->fault != FAULT_NONE)
		return;
	if (key.len == 0 || key.len > KEY_MAX) {
		txn_fault(t, "key is empty or too long");
		return;
	}
	rc = mdb_put(t->view.txn, t->view.store->tables[table], &k, &v, flags);
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

	if (t->fault != FAULT_NONE)
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

/* ---- scans
 * ------------------------------------------------------------------------------------------ */

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

	if (v->txn == NULL || !found(v, mdb_cursor_open(v->txn, v->store->tables[table], &cursor)))
		return false;
	past = key.mv_size > 0 && found(v, mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE));
	is_found = found(v, mdb_cursor_get(cursor, &key, &val, past ? MDB_PREV : MDB_LAST)) &&
		   key.mv_size >= prefix.len &&
		   (prefix.len == 0 || memcmp(key.mv_data, prefix.data, prefix.len) == 0);
	mdb_cursor_close(cursor);
	if (!is_found)
		return false;
	*key_r = bytes_of_val(&key);
	*val_r = bytes_of_val(&val);
	return true;
}

/* ---- keys
 * --------------------------------------------------------------------------------------------- */

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
