/* Durable tables over LMDB: opening, transactions with sticky faults, growth, copies. */
#include "libshared/log.h"
#include "libshared/store_parts.h"

#include <errno.h>
#include <fcntl.h>
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

/* ---- opening ---- */

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

/* ---- room ---- */

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

/* ---- transactions ---- */

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

void note_fault(struct txn *t, int rc, const char *doing)
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
	*t = (struct txn){.view = {.store = s, .cursors = s->cursors}};
	memset(s->cursors, 0, sizeof s->cursors);
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
