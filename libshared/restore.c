/* A service's environment from a copy and from its log's archive. */
#include "libshared/restore.h"

#include "libshared/archive.h"
#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/cursors.h"
#include "libshared/engine_parts.h"
#include "libshared/log.h"
#include "proto/runtime.pb-c.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESTORED (RUNTIME_KIND + CAIRN__RUNTIME_EVENT__BODY_RESTORED)

static struct store *open_store(const struct service *service, const char *dir)
{
	return store_open(dir, service->tables, service->n_tables, 0);
}

/* ---- a new name ---- */

static struct bytes pack_restored(const struct position *before, struct arena *arena)
{
	Cairn__Position position = CAIRN__POSITION__INIT;
	Cairn__Restored restored = CAIRN__RESTORED__INIT;
	Cairn__RuntimeEvent event = CAIRN__RUNTIME_EVENT__INIT;

	position.log_id = pb_of_bytes(bytes_of_id(&before->log_id));
	position.epoch = before->epoch;
	position.seq = before->seq;
	position.chain = pb_of_bytes(BYTES_OF(before->chain));
	restored.before = &position;
	event.body_case = CAIRN__RUNTIME_EVENT__BODY_RESTORED;
	event.restored = &restored;
	return message_pack(&event.base, arena);
}

static int rename_in(const struct service *service, struct store *s, struct id log_id,
		     int64_t now_us, struct position *before_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct id_maker maker = {0};
	struct log_commit commit;
	struct log_head head;
	struct record r = {.kind = RESTORED, .schema = service->schema};
	struct txn *t;

	if (eventlog_open(s, log_id, &head) != 0)
		return -1;
	*before_r = head.at;
	r.at_us = MAX(now_us, head.at_us);
	r.id = id_make(&maker, r.at_us);
	r.payload = pack_restored(before_r, arena);
	t = store_begin(s);
	eventlog_rename(&head, t, log_id);
	eventlog_begin(&commit, &head);
	eventlog_append(&commit, t, &r, arena);
	eventlog_end(&commit, t);
	return txn_commit(&t);
}

int restore_rename(const struct service *service, const char *dir, struct id log_id, int64_t now_us,
		   struct position *before_r)
{
	struct store *s = open_store(service, dir);
	int rc = s != NULL ? rename_in(service, s, log_id, now_us, before_r) : -1;

	store_close(&s);
	return rc;
}

/* ---- records from an archive ---- */

static bool restored_of(const struct record *r, struct arena *arena, struct position *before_r)
{
	struct message_fault fault;
	const Cairn__RuntimeEvent *event =
		r->kind != RESTORED ? NULL
				    : (const Cairn__RuntimeEvent *)message_unpack(
					      &cairn__runtime_event__descriptor, r->payload,
					      &EVENT_LIMITS, arena, &fault);
	const Cairn__Position *before;

	if (event == NULL || event->restored == NULL || event->restored->before == NULL)
		return false;
	before = event->restored->before;
	if (!is_id(bytes_of_pb(before->log_id)) || before->chain.len != CHAIN_LEN)
		return false;
	*before_r = (struct position){
		id_of_bytes(bytes_of_pb(before->log_id)), before->epoch, before->seq, {0}};
	memcpy(before_r->chain, before->chain.data, CHAIN_LEN);
	return true;
}

/* The name a log was born with is the one that its first Restored gave up, or else the one it has.
 */
static int find_origin(const char *archive, const char *stream, struct id *origin_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)1 << 20);
	struct log_batch b = {0};
	struct position before;
	struct record r;

	if (!archive_log_id(archive, stream, origin_r)) {
		log_error("restore", "archive=%s stream=%s error=\"no segment of its beginning\"",
			  archive, stream);
		return -1;
	}
	do {
		arena_reset(arena);
		if (archive_read(archive, stream, b.through_seq, arena, &b) != 0)
			return -1;
		for (uint64_t seq = b.after_seq + 1; seq <= b.through_seq; seq++)
			if (record_unpack(b.records[seq - b.after_seq - 1], seq, &r) &&
			    restored_of(&r, arena, &before)) {
				*origin_r = before.log_id;
				return 0;
			}
	} while (b.n_commits > 0);
	return 0;
}

struct extending {
	const char *archive, *stream;
	struct id name; /* by the archive's last segment */
	struct log_head head;
	struct arena *arena;
};

/* Which name each Restored brought stands nowhere, only which one it ended; the last one is known.
 */
static void append_record(struct extending *x, struct log_commit *commit, struct txn *t,
			  struct bytes raw, uint64_t seq)
{
	struct position before;
	struct record r;

	if (!record_unpack(raw, seq, &r)) {
		txn_fault(t, "archive: a record whose sum is wrong");
		return;
	}
	if (restored_of(&r, x->arena, &before)) {
		x->head.at.log_id = before.log_id;
		eventlog_rename(&x->head, t, x->name);
	}
	eventlog_append(commit, t, &r, x->arena);
}

static void append_batch(struct extending *x, struct txn *t, const struct log_batch *b)
{
	uint64_t seq = b->after_seq;

	for (size_t i = 0; i < b->n_commits; i++) {
		struct log_commit commit;

		eventlog_begin(&commit, &x->head);
		for (; seq < b->commit_ends[i]; seq++)
			append_record(x, &commit, t, b->records[seq - b->after_seq], seq + 1);
		eventlog_end(&commit, t);
	}
	if (memcmp(x->head.at.chain, b->chain, CHAIN_LEN) != 0)
		txn_fault(t, "archive: its chain does not go on from this log");
}

/* No layout has the number 0: if this process ends before it has rebuilt the tables, the daemon
 * does. */
static void ask_for_rebuild(struct txn *t)
{
	uint8_t none[4] = {0};

	txn_put(t, TABLE_META, bytes_of_text("tables_layout"), BYTES_OF(none));
}

static int extend(struct extending *x, struct store *s, uint64_t *n_r)
{
	for (*n_r = 0;;) {
		struct log_head kept = x->head;
		struct log_batch b;
		struct txn *t;

		arena_reset(x->arena);
		if (archive_read(x->archive, x->stream, x->head.at.seq, x->arena, &b) != 0)
			return -1;
		if (b.n_commits == 0)
			return 0;
		t = store_begin(s);
		append_batch(x, t, &b);
		ask_for_rebuild(t);
		if (txn_commit(&t) != 0) {
			x->head = kept;
			if (store_last_fault(s) != FAULT_MAP_FULL || store_grow(s) != 0)
				return -1;
			continue;
		}
		*n_r += b.through_seq - b.after_seq;
	}
}

/* A copy of a service that nobody has used yet: there is nothing of it in an archive either. A
 * folder without any copy tells nothing of the kind. */
static bool log_is_empty(const struct service *service, const char *dir)
{
	char file[4096];
	struct log_head head;
	struct store *s;
	bool empty;

	if (snprintf(file, sizeof file, "%s/data.mdb", dir) >= (int)sizeof file ||
	    access(file, F_OK) != 0)
		return false;
	s = open_store(service, dir);
	empty = s != NULL && eventlog_open(s, ID_NONE, &head) == 0 && head.at.seq == 0;
	store_close(&s);
	return empty;
}

int restore_extend(const struct service *service, const char *dir, const char *archive,
		   uint64_t *n_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)4 << 20);
	char stream[64];
	struct extending x = {.archive = archive, .stream = stream, .arena = arena};
	struct position end;
	struct store *s;
	struct id origin;
	int rc = -1;

	*n_r = 0;
	snprintf(stream, sizeof stream, "%s.0.log", service->name);
	if (archive_end(archive, stream, &end) != 0)
		return -1;
	if (end.seq == 0 && log_is_empty(service, dir))
		return 0;
	if (find_origin(archive, stream, &origin) != 0)
		return -1;
	x.name = end.log_id;
	s = open_store(service, dir);
	if (s != NULL && eventlog_open(s, origin, &x.head) == 0)
		rc = extend(&x, s, n_r);
	store_close(&s);
	return rc == 0 && *n_r > 0 ? tables_rebuild(service, dir, archive, 0) : rc;
}

/* ---- cursors ---- */

/* The last 8 bytes of each cause, sorted: of a UUIDv7 they are random. */
struct causes {
	uint64_t *tails;
	size_t n, room;
};

static int compare_u64(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

static void add_cause(struct causes *c, const struct id *cause)
{
	if (id_is_none(cause))
		return;
	if (c->n == c->room) {
		c->room = MAX(2 * c->room, (size_t)1024);
		c->tails = realloc(c->tails, c->room * sizeof *c->tails);
		ENSURE(c->tails != NULL);
	}
	c->tails[c->n++] = get_u64_be(cause->b + 8);
}

static bool is_cause(const struct causes *c, const struct id *id)
{
	uint64_t tail = get_u64_be(id->b + 8);

	return c->n > 0 && bsearch(&tail, c->tails, c->n, sizeof tail, compare_u64) != NULL;
}

static void read_causes(const struct view *v, uint64_t after_seq, struct causes *c)
{
	struct key from = {0};
	struct scan scan = scan_first(v, TABLE_LOG, BYTES_NONE, key_add_u64(&from, after_seq + 1));
	struct bytes key, raw;
	struct record r;

	while (scan_next(&scan, &key, &raw))
		if (record_unpack(raw, get_u64_be(key.data), &r))
			add_cause(c, &r.cause);
	if (c->n > 0)
		qsort(c->tails, c->n, sizeof *c->tails, compare_u64);
}

/* Moves at over one batch: to the end of its last commit that holds a cause. */
static void move_over(const struct log_batch *b, const uint8_t chain[CHAIN_LEN],
		      const struct causes *c, struct position *at)
{
	uint8_t now[CHAIN_LEN];
	uint64_t seq = b->after_seq;

	memcpy(now, chain, CHAIN_LEN);
	for (size_t i = 0; i < b->n_commits; i++) {
		uint64_t end = b->commit_ends[i];
		const struct bytes *records = b->records + (seq - b->after_seq);
		struct record r;

		chain_of_commit(now, records, end - seq, end, now);
		for (uint64_t n = 0; n < end - seq; n++)
			if (record_unpack(records[n], seq + 1 + n, &r) && is_cause(c, &r.id)) {
				at->seq = end;
				memcpy(at->chain, now, CHAIN_LEN);
			}
		seq = end;
	}
}

/* at: the cursor as it is; the archive's beginning when it is zeros. */
static int follow_causes(const char *archive, const char *stream, const struct causes *c,
			 struct position *at)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)4 << 20);
	struct log_batch b = {.through_seq = at->seq};
	uint8_t chain[CHAIN_LEN];
	struct position end;
	struct id origin;

	if (archive_end(archive, stream, &end) != 0 || find_origin(archive, stream, &origin) != 0)
		return -1;
	if (at->seq > 0)
		memcpy(chain, at->chain, CHAIN_LEN);
	else
		chain_of_name(origin, chain);
	at->log_id = end.log_id;
	at->epoch = MAX(at->epoch, UINT64_C(1));
	for (;;) {
		arena_reset(arena);
		if (archive_read(archive, stream, b.through_seq, arena, &b) != 0)
			return -1;
		if (b.n_commits == 0)
			return 0;
		move_over(&b, chain, c, at);
		memcpy(chain, b.chain, CHAIN_LEN);
	}
}

/* Where no log has anything: whoever is asked to serve from there refuses. */
static struct position nowhere(void)
{
	struct position at = {.epoch = 1, .seq = 1};

	memset(at.log_id.b, 0xff, sizeof at.log_id.b);
	return at;
}

static int put_cursor(struct store *s, const char *stream, const struct position *at)
{
	struct txn *t = store_begin(s);

	cursor_put(t, stream, at);
	return txn_commit(&t);
}

static int move_cursor(struct store *s, struct restore_cursor *cursor)
{
	struct causes causes = {0};
	struct view *v = store_view(s);
	struct id log_id;
	bool archived = archive_log_id(cursor->archive, cursor->stream, &log_id);
	int rc = 0;

	cursor->found = cursor_get(v, cursor->stream, &cursor->at) || archived;
	read_causes(v, cursor->after_seq, &causes);
	view_end(&v);
	if (archived)
		rc = follow_causes(cursor->archive, cursor->stream, &causes, &cursor->at);
	else if (!cursor->found)
		cursor->at = nowhere();
	free(causes.tails);
	return rc == 0 ? put_cursor(s, cursor->stream, &cursor->at) : -1;
}

int restore_cursor(const struct service *service, const char *dir, struct restore_cursor *cursor)
{
	struct store *s = open_store(service, dir);
	int rc = s != NULL ? move_cursor(s, cursor) : -1;

	store_close(&s);
	return rc;
}
