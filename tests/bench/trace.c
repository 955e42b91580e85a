/* Recording LMDB's writes by the linker's --wrap, and replaying them. */
#include "tests/bench/trace.h"

#include "libshared/base.h"

#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MOST 64
#define NAME_MOST 32
#define MAP_BYTES ((size_t)4 << 30)

enum act { PUT, DELETE, COMMIT };

struct step {
	uint32_t act, table, flags, key_len;
	uint64_t val_len;
};

struct trace {
	uint8_t *data;
	size_t len, room, n_puts;
};

/* A wrapper is given no context of ours: what it records to, and the tables' names. */
static struct trace *recording;
static char names[TABLES_MOST][NAME_MOST];

struct trace *trace_new(void)
{
	struct trace *t = calloc(1, sizeof *t);

	ENSURE(t != NULL);
	return t;
}

void trace_destroy(struct trace **t)
{
	free((*t)->data);
	free(*t);
	*t = NULL;
}

void trace_clear(struct trace *t)
{
	t->len = 0;
	t->n_puts = 0;
}

void trace_record(struct trace *t)
{
	recording = t;
}

size_t trace_puts(const struct trace *t)
{
	return t->n_puts;
}

/* ---- recording ---- */

static void append(struct trace *t, const void *bytes, size_t len)
{
	if (t->len + len > t->room) {
		t->room = MAX(2 * t->room, t->len + len);
		t->data = realloc(t->data, t->room);
		ENSURE(t->data != NULL);
	}
	if (len > 0)
		memcpy(t->data + t->len, bytes, len);
	t->len += len;
}

static void note(enum act act, MDB_dbi table, const MDB_val *key, const MDB_val *val,
		 unsigned flags)
{
	struct step step = {
		.act = act,
		.table = table,
		.flags = flags,
		.key_len = key != NULL ? (uint32_t)key->mv_size : 0,
		.val_len = val != NULL ? val->mv_size : 0,
	};

	if (recording == NULL)
		return;
	append(recording, &step, sizeof step);
	if (key != NULL)
		append(recording, key->mv_data, key->mv_size);
	if (val != NULL)
		append(recording, val->mv_data, val->mv_size);
	recording->n_puts += act == PUT;
}

int __real_mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi);
int __wrap_mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi);
int __wrap_mdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi)
{
	int rc = __real_mdb_dbi_open(txn, name, flags, dbi);

	if (rc == 0 && name != NULL) {
		ENSURE(*dbi < TABLES_MOST);
		snprintf(names[*dbi], sizeof names[0], "%s", name);
	}
	return rc;
}

int __real_mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *val, unsigned flags);
int __wrap_mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *val, unsigned flags);
int __wrap_mdb_cursor_put(MDB_cursor *cursor, MDB_val *key, MDB_val *val, unsigned flags)
{
	note(PUT, mdb_cursor_dbi(cursor), key, val, flags);
	return __real_mdb_cursor_put(cursor, key, val, flags);
}

int __real_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *val);
int __wrap_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *val);
int __wrap_mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *val)
{
	note(DELETE, dbi, key, NULL, 0);
	return __real_mdb_del(txn, dbi, key, val);
}

int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
	note(COMMIT, 0, NULL, NULL, 0);
	return __real_mdb_txn_commit(txn);
}

/* ---- replaying ---- */

struct bare {
	MDB_env *env;
	MDB_dbi tables[TABLES_MOST]; /* by the number that the recorded process had */
};

static void check(int rc)
{
	if (rc != 0)
		fprintf(stderr, "bare: %s\n", mdb_strerror(rc));
	ENSURE(rc == 0);
}

struct bare *bare_open(const char *dir)
{
	struct bare *b = calloc(1, sizeof *b);
	MDB_txn *txn;

	ENSURE(b != NULL);
	check(mdb_env_create(&b->env));
	check(mdb_env_set_maxdbs(b->env, TABLES_MOST));
	check(mdb_env_set_mapsize(b->env, MAP_BYTES));
	check(mdb_env_open(b->env, dir, MDB_NOTLS | MDB_NORDAHEAD, 0600));
	check(mdb_txn_begin(b->env, NULL, 0, &txn));
	for (unsigned i = 0; i < TABLES_MOST; i++)
		if (names[i][0] != '\0')
			check(__real_mdb_dbi_open(txn, names[i], 0, &b->tables[i]));
	check(__real_mdb_txn_commit(txn));
	return b;
}

void bare_close(struct bare **b)
{
	mdb_env_close((*b)->env);
	free(*b);
	*b = NULL;
}

static void write_one(struct bare *b, MDB_txn *txn, const struct step *step, uint8_t *data)
{
	MDB_val key = {step->key_len, data};
	MDB_val val = {step->val_len, data + step->key_len};

	if (step->act == PUT) {
		check(mdb_put(txn, b->tables[step->table], &key, &val, step->flags));
		return;
	}
	int rc = __real_mdb_del(txn, b->tables[step->table], &key, NULL);

	check(rc == MDB_NOTFOUND ? 0 : rc);
}

void bare_replay(struct bare *b, const struct trace *t)
{
	MDB_txn *txn = NULL;
	struct step step;

	for (size_t at = 0; at < t->len; at += step.key_len + step.val_len) {
		memcpy(&step, t->data + at, sizeof step);
		at += sizeof step;
		if (txn == NULL)
			check(mdb_txn_begin(b->env, NULL, 0, &txn));
		if (step.act != COMMIT) {
			write_one(b, txn, &step, t->data + at);
			continue;
		}
		check(__real_mdb_txn_commit(txn));
		txn = NULL;
	}
	ENSURE(txn == NULL);
}
