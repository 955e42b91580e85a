/*
 * Inside the store: what store.c (environment, transactions) and rows.c (rows, scans, keys) share.
 * Nobody else includes this.
 */
#ifndef CAIRN_STORE_PARTS_H
#define CAIRN_STORE_PARTS_H

#include "libshared/store.h"

#include <lmdb.h>

struct view {
	MDB_txn *txn;
	struct store *store;
	MDB_cursor **cursors; /* of the write transaction, one per table; NULL: a snapshot */
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
	struct txn writing; /* the one write transaction, when view.txn is set */
	/* Its cursors, made when first needed, freed by LMDB with the transaction. */
	MDB_cursor *cursors[TABLES_MAX];
	struct view *resting; /* a read transaction that was reset, to be renewed */
	enum store_fault last_fault;
};

/* The first failing call marks the txn. */
void note_fault(struct txn *t, int rc, const char *doing);

#endif
