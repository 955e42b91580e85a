/* Tables from the log: when their layout changes, and to prove that the live ones are right. */
#include "libshared/archive.h"
#include "libshared/engine_parts.h"
#include "libshared/folder.h"
#include "libshared/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES ((size_t)1 << 20)
#define PROGRESS_RECORDS UINT64_C(1000000)

/* Where records come from: the log of a store, and an archive for what it has forgotten. */
struct source {
	struct store *store;
	const char *archive; /* or NULL */
	char stream[64];
	uint64_t first_seq, head_seq;
};

static void source_init(struct source *src, struct store *store, const struct service *service,
			const char *archive, const struct log_head *head)
{
	*src = (struct source){store, archive, "", head->first_seq, head->at.seq};
	snprintf(src->stream, sizeof src->stream, "%s.0.log", service->name);
}

static int source_read(const struct source *src, uint64_t after_seq, struct arena *arena,
		       struct log_batch *b)
{
	struct view *v;
	int rc;

	if (after_seq + 1 < src->first_seq) {
		if (src->archive == NULL) {
			log_error("rebuild",
				  "stream=%s first_seq=%" PRIu64
				  " error=\"older records are forgotten here; name an archive\"",
				  src->stream, src->first_seq);
			return -1;
		}
		rc = archive_read(src->archive, src->stream, after_seq, arena, b);
		if (rc == 0 && b->n_commits == 0)
			log_error("rebuild", "archive=%s missing_seq=%" PRIu64, src->archive,
				  after_seq + 1);
		return rc == 0 && b->n_commits > 0 ? 0 : -1;
	}
	v = store_view(src->store);
	rc = eventlog_read(v, after_seq, src->head_seq, READ_BYTES, arena, b);
	view_end(&v);
	return rc;
}

static bool apply_batch(const struct service *service, struct txn *t, const struct log_batch *b,
			struct arena *arena)
{
	for (uint64_t seq = b->after_seq + 1; seq <= b->through_seq; seq++) {
		struct record r;

		if (!record_unpack(b->records[seq - b->after_seq - 1], seq, &r)) {
			log_error("log_damaged", "bad_sum_seq=%" PRIu64, seq);
			return false;
		}
		apply_record(service, t, &r, arena);
	}
	return true;
}

static void tell_progress(const struct service *service, const struct log_batch *b,
			  uint64_t head_seq)
{
	if (b->through_seq / PROGRESS_RECORDS != b->after_seq / PROGRESS_RECORDS)
		log_info("rebuilding", "of=%s seq=%" PRIu64 " head_seq=%" PRIu64, service->name,
			 b->through_seq, head_seq);
}

/* Replays everything from src into the (empty) tables of to, checking sums and chain. */
static int replay(const struct service *service, const struct source *src, struct store *to)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4 * READ_BYTES);
	struct view *v = store_view(src->store);
	uint8_t chain[CHAIN_LEN];
	uint64_t seq = 0;

	ENSURE(eventlog_chain(v, 0, chain));
	view_end(&v);
	while (seq < src->head_seq) {
		struct log_batch b;
		struct txn *t;

		arena_reset(arena);
		if (source_read(src, seq, arena, &b) != 0 || b.n_commits == 0 ||
		    !log_batch_follows(&b, chain)) {
			log_error("log_damaged", "stream=%s after_seq=%" PRIu64, src->stream, seq);
			return -1;
		}
		t = store_begin(to);
		if (!apply_batch(service, t, &b, arena)) {
			txn_abort(&t);
			return -1;
		}
		if (txn_commit(&t) != 0) {
			if (store_last_fault(to) != FAULT_MAP_FULL || store_grow(to) != 0)
				return -1;
			continue;
		}
		tell_progress(service, &b, src->head_seq);
		memcpy(chain, b.chain, CHAIN_LEN);
		seq = b.through_seq;
	}
	return 0;
}

/* ---- a new layout ---- */

static int put_layout(struct store *s, uint32_t layout)
{
	struct txn *t = store_begin(s);
	uint8_t at[4];

	put_u32_le(at, layout);
	txn_put(t, TABLE_META, bytes_of_text("tables_layout"), BYTES_OF(at));
	return txn_commit(&t);
}

int tables_are_current(struct store *s, const struct service *service, bool *current_r)
{
	struct view *v = store_view(s);
	struct bytes val;
	bool known = view_get(v, TABLE_META, bytes_of_text("tables_layout"), &val) && val.len == 4;

	*current_r = known && get_u32_le(val.data) == service->tables_layout;
	view_end(&v);
	if (known)
		return 0;
	*current_r = true; /* a fresh environment */
	return put_layout(s, service->tables_layout);
}

static int clear_tables(struct store *s, const struct service *service)
{
	struct txn *t = store_begin(s);

	for (unsigned i = 0; i < service->n_tables; i++)
		txn_clear(t, SERVICE_TABLES + i);
	txn_clear(t, TABLE_TIMER);
	txn_clear(t, TABLE_TIMER_OF);
	return txn_commit(&t);
}

static int rebuild_copy(const struct service *service, const char *copy, const char *archive,
			size_t map_bytes)
{
	struct store *s = store_open(copy, service->tables, service->n_tables, map_bytes);
	struct log_head head;
	struct source src;
	int rc = -1;

	if (s == NULL)
		return -1;
	if (eventlog_open(s, ID_NONE, &head) == 0 && clear_tables(s, service) == 0) {
		source_init(&src, s, service, archive, &head);
		rc = replay(service, &src, s);
	}
	if (rc == 0)
		rc = put_layout(s, service->tables_layout);
	store_close(&s);
	return rc;
}

/* In a copy, so that a failure leaves the old tables for the old program. */
int tables_rebuild(const struct service *service, const char *dir, const char *archive,
		   size_t map_bytes)
{
	char copy[512], from[600], to[600];

	log_info("rebuild_start", "of=%s tables_layout=%u", service->name, service->tables_layout);
	snprintf(copy, sizeof copy, "%s/rebuild", dir);
	snprintf(from, sizeof from, "%s/data.mdb", copy);
	snprintf(to, sizeof to, "%s/data.mdb", dir);
	unlink(from); /* left by a rebuild that did not end */
	if (store_copy(dir, copy) != 0 || rebuild_copy(service, copy, archive, map_bytes) != 0)
		return -1;
	/* What is acknowledged from now on is in the file that has the name. */
	if (rename(from, to) != 0 || folder_sync(dir) != 0) {
		log_error("rebuild", "from=%s error=\"%s\"", from, strerror(errno));
		return -1;
	}
	log_info("rebuild_done", "of=%s", service->name);
	return 0;
}

/* ---- verify ---- */

struct report {
	report_fn *fn;
	void *ctx;
};

static void tell(const struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);

static void tell(const struct report *report, const char *format, ...)
{
	char line[300];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	report->fn(report->ctx, line);
}

static const char *table_name(const struct service *service, unsigned table)
{
	if (table >= SERVICE_TABLES)
		return service->tables[table - SERVICE_TABLES];
	return table == TABLE_TIMER ? "timer" : "timer_of";
}

static bool compare_table(const struct service *service, unsigned table, const struct view *live,
			  const struct view *rebuilt, const struct report *report)
{
	struct scan a = scan_first(live, table, BYTES_NONE, BYTES_NONE);
	struct scan b = scan_first(rebuilt, table, BYTES_NONE, BYTES_NONE);
	struct bytes key_a, val_a, key_b, val_b;
	uint64_t rows = 0;
	bool more_a, more_b;

	for (;; rows++) {
		char hex[2 * KEY_MAX + 1] = "";

		more_a = scan_next(&a, &key_a, &val_a);
		more_b = scan_next(&b, &key_b, &val_b);
		if (!more_a && !more_b)
			return true;
		if (more_a && more_b && bytes_equal(key_a, key_b) && bytes_equal(val_a, val_b))
			continue;
		hex_of_bytes(more_a ? key_a : key_b, hex);
		tell(report, "%s: table %s differs at row %" PRIu64 ", key %s (%s)", service->name,
		     table_name(service, table), rows, hex,
		     !more_a   ? "only in the rebuilt"
		     : !more_b ? "only in the live"
			       : "other bytes");
		scan_end(&a);
		scan_end(&b);
		return false;
	}
}

static bool compare_tables(const struct service *service, struct store *live, struct store *rebuilt,
			   const struct report *report)
{
	struct view *a = store_view(live), *b = store_view(rebuilt);
	bool equal = compare_table(service, TABLE_TIMER, a, b, report) &&
		     compare_table(service, TABLE_TIMER_OF, a, b, report);

	for (unsigned i = 0; i < service->n_tables; i++)
		equal = compare_table(service, SERVICE_TABLES + i, a, b, report) && equal;
	view_end(&a);
	view_end(&b);
	return equal;
}

static int verify_copy(const struct service *service, struct store *live, struct store *rebuilt,
		       const char *archive, const struct report *report)
{
	struct log_head head, fresh;
	struct source src;

	if (eventlog_open(live, ID_NONE, &head) != 0 ||
	    eventlog_open(rebuilt, head.at.log_id, &fresh) != 0)
		return -1;
	source_init(&src, live, service, archive, &head);
	if (replay(service, &src, rebuilt) != 0) {
		tell(report, "%s: the log cannot be replayed to its end", service->name);
		return 1;
	}
	if (!compare_tables(service, live, rebuilt, report))
		return 1;
	tell(report, "%s: %" PRIu64 " records, %u tables equal", service->name, head.at.seq,
	     service->n_tables + 2);
	return 0;
}

static void remove_env(const char *dir)
{
	static const char *const files[] = {"data.mdb", "lock.mdb", "owner"};
	char path[600];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof path, "%s/%s", dir, files[i]);
		unlink(path);
	}
	rmdir(dir);
}

int engine_verify(const struct service *service, const char *dir, const char *archive,
		  const char *scratch_dir, report_fn *report, void *ctx)
{
	struct report to = {report, ctx};
	struct store *live = NULL, *rebuilt = NULL;
	char copy[512], fresh[512];
	int rc = -1;

	snprintf(copy, sizeof copy, "%s/copy", scratch_dir);
	snprintf(fresh, sizeof fresh, "%s/rebuilt", scratch_dir);
	remove_env(copy);
	remove_env(fresh);
	if (store_copy(dir, copy) == 0) {
		live = store_open(copy, service->tables, service->n_tables, 0);
		rebuilt = store_open(fresh, service->tables, service->n_tables, 0);
	}
	if (live != NULL && rebuilt != NULL)
		rc = verify_copy(service, live, rebuilt, archive, &to);
	store_close(&live);
	store_close(&rebuilt);
	remove_env(copy);
	remove_env(fresh);
	return rc;
}
