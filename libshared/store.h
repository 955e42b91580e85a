/*
 * Durable tables over LMDB: one environment per service, one writer.
 *
 * A view reads, a txn reads and writes. Rules are given a view, so they cannot write; only
 * the runtime begins and commits a txn.
 *
 * Faults stick. The first failing call (disk full, corrupt page, map full) marks the txn;
 * every later call on it does nothing, and txn_commit() reports it. Code that writes needs
 * no error branches: it is a straight list of puts.
 *
 * Tables are named by small numbers: the runtime's own come first (enum runtime_table), a
 * service's follow from SERVICE_TABLES. Keys are at most KEY_MAX bytes, big-endian where order
 * matters, ordered in time where they are hot. Pointers into a value are borrowed from the page:
 * read them before the next put, and copy what must live longer.
 */
#ifndef CAIRN_STORE_H
#define CAIRN_STORE_H

#include "libshared/bytes.h"

#define KEY_MAX 128
#define TABLES_MAX 96

enum runtime_table {
	TABLE_META,      /* short text -> value */
	TABLE_LOG,       /* seq u64 BE -> record (eventlog.h) */
	TABLE_COMMIT,    /* last seq u64 BE -> struct commit_row */
	TABLE_DEDUPE,    /* command id -> recorded reply (replies.h) */
	TABLE_TIMER,     /* due u64 BE, entity, kind u16 BE -> empty (timers.h) */
	TABLE_TIMER_OF,  /* entity, kind u16 BE -> due */
	TABLE_CURSOR,    /* stream name -> position in it (cursors.h) */
	TABLE_SUB,       /* subscriber name -> acknowledged position, pin (cursors.h) */
	TABLE_PARKED,    /* stream, 0, seq u64 BE -> parked record (parked.h) */
	TABLE_PARKED_OF, /* entity -> count of its parked records; awaited kind and id -> entity */
	SERVICE_TABLES
};

enum store_fault {
	FAULT_NONE,
	FAULT_MAP_FULL,  /* grow the map and run the batch again */
	FAULT_DISK_FULL, /* nothing was written; the environment is sound */
	FAULT_RULE,      /* apply met what must not be: that input's fault */
	FAULT_BROKEN     /* the environment cannot be trusted: leave the process */
};

struct store;
struct view;
struct txn;

/* Opens (and makes) the environment in dir, takes the owner lock, reaps stale readers. tables are
 * the service's table names, in the order of its numbers. NULL: logged why. dir must not be on a
 * network file system. */
struct store *store_open(const char *dir, const char *const *tables, unsigned n_tables,
			 size_t map_bytes);
/* Only to read from: a copy, or an environment that another process owns. Tables that are not there
 * are an error. NULL: logged why. */
struct store *store_open_reading(const char *dir, const char *const *tables, unsigned n_tables);
void store_close(struct store **s);

/* Doubles the map; no txn or view may be open. 0, or -1: logged. */
int store_grow(struct store *s) MUST_CHECK;
/* Bytes used, bytes of the map, free bytes of the file system. */
struct store_room {
	uint64_t used_bytes, map_bytes, disk_free_bytes, disk_bytes;
};
struct store_room store_room(const struct store *s);
/* Clears the slots of dead readers; returns how many transactions the oldest one is behind. */
uint64_t store_check_readers(struct store *s);
/* A consistent copy of a live environment, made by another process or this one, into to_dir (made
 * if needed, must be empty). 0, or -1: logged. */
int store_copy(const char *dir, const char *to_dir) MUST_CHECK;

struct txn *store_begin(struct store *s);
int txn_commit(struct txn **t) MUST_CHECK; /* 0, or -1: nothing was written */
void txn_abort(struct txn **t);
enum store_fault txn_fault_kind(const struct txn *t);
/* Why the last txn that ended did not commit. */
enum store_fault store_last_fault(const struct store *s);
/* Marks the txn: what it found must not be. Logged once; the input that did it is refused. */
void txn_fault(struct txn *t, const char *what);
const struct view *txn_view(const struct txn *t);

/* A snapshot to read from. Ends within the same turn of the loop. */
struct view *store_view(struct store *s);
void view_end(struct view **v);

/* True if found. *val_r is borrowed from the page: read it before the next put. */
bool view_get(const struct view *v, unsigned table, struct bytes key, struct bytes *val_r);
void txn_put(struct txn *t, unsigned table, struct bytes key, struct bytes val);
/* The key is greater than all in the table: faults otherwise, a guard against a second writer. */
void txn_append(struct txn *t, unsigned table, struct bytes key, struct bytes val);
void txn_delete(struct txn *t, unsigned table, struct bytes key); /* no fault if absent */
/* Every row of the table. */
void txn_clear(struct txn *t, unsigned table);
uint64_t view_count(const struct view *v, unsigned table);

/*
 * Rows in order of key. scan_first() starts at the first key that is not below from; the scan
 * ends after the last key that starts with prefix. Key and value are borrowed.
 *
 *	struct scan scan = scan_first(view, TABLE, prefix, from);
 *	while (scan_next(&scan, &key, &val)) ...
 *	scan_end(&scan);      (not needed when scan_next() returned false)
 */
struct scan {
	void *cursor;
	struct bytes prefix;
	uint8_t from[KEY_MAX];
	size_t from_len;
	bool started;
};
struct scan scan_first(const struct view *v, unsigned table, struct bytes prefix,
		       struct bytes from);
bool scan_next(struct scan *scan, struct bytes *key_r, struct bytes *val_r);
void scan_end(struct scan *scan);
/* The last row whose key starts with prefix. */
bool view_last(const struct view *v, unsigned table, struct bytes prefix, struct bytes *key_r,
	       struct bytes *val_r);

/*
 * Rows: a fixed little-endian struct without padding, first field u64 version (the seq of the
 * last event that touched it), copied in and out. row_put() sets the version from the txn.
 */
bool row_get(const struct view *v, unsigned table, struct bytes key, void *row_r, size_t size);
void row_put(struct txn *t, unsigned table, struct bytes key, void *row, size_t size);
#define ROW_GET(view, table, key, row) row_get(view, table, key, row, sizeof *(row))
#define ROW_PUT(txn, table, key, row) row_put(txn, table, key, row, sizeof *(row))

/* The seq of the event being applied; set by the runtime, 0 outside apply. */
uint64_t txn_seq(const struct txn *t);
void txn_set_seq(struct txn *t, uint64_t seq);

/*
 * Keys of fixed parts: key_add*() append to a key and return it as bytes, borrowed from it.
 *
 *	struct key k = {0};
 *	key_add(&k, educator);
 *	view_get(view, ACTIVE, key_add(&k, entry), &val);
 */
struct key {
	uint8_t data[KEY_MAX];
	size_t len;
};
struct bytes key_bytes(const struct key *k);
struct bytes key_add(struct key *k, struct bytes part);
struct bytes key_add_u16(struct key *k, uint16_t value);
struct bytes key_add_u32(struct key *k, uint32_t value);
struct bytes key_add_u64(struct key *k, uint64_t value);

#endif
