/* Rows of the public stream, checked, filtered and rendered. */
#include "libshared/feed_public.h"

#include "libshared/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROWS_MAX 1000

/* A row of the table: its chain, and what the service put there. */
struct public_row {
	struct bytes chain, row;
};

static bool row_of(const struct view *v, unsigned table, uint64_t seq, struct public_row *row_r)
{
	struct key key = {0};
	struct bytes val;

	if (!view_get(v, table, key_add_u64(&key, seq), &val) || val.len < CHAIN_LEN)
		return false;
	row_r->chain = (struct bytes){val.data, CHAIN_LEN};
	row_r->row = (struct bytes){val.data + CHAIN_LEN, val.len - CHAIN_LEN};
	return true;
}

static uint64_t last_row(const struct view *v, unsigned table)
{
	struct bytes key, val;

	if (!view_last(v, table, BYTES_NONE, &key, &val) || key.len != 8)
		return 0;
	return get_u64_be(key.data);
}

uint64_t public_head(struct engine *e, const struct public_stream *stream)
{
	const struct view *v = engine_view_begin(e);
	uint64_t seq = last_row(v, stream->table);

	engine_view_end(e);
	return seq;
}

static enum follow_check check_row(const struct view *v, unsigned table, const struct position *at)
{
	struct public_row row;

	if (at->seq == 0)
		return FOLLOW_OK;
	if (at->seq > last_row(v, table))
		return FOLLOW_AHEAD;
	if (!row_of(v, table, at->seq, &row))
		return FOLLOW_TRUNCATED;
	return bytes_equal(row.chain, BYTES_OF(at->chain)) ? FOLLOW_OK : FOLLOW_DIVERGED;
}

/* The chain proves the position whatever the log is called now: rows come before a restore or
 * after. */
enum follow_check public_check(struct engine *e, const struct public_stream *stream,
			       const struct position *at)
{
	const struct view *v = engine_view_begin(e);
	enum follow_check check = check_row(v, stream->table, at);

	engine_view_end(e);
	return check;
}

static bool type_wanted(struct bytes types, struct bytes event)
{
	struct bytes type = cloud_event_type(event);

	if (types.len == 0)
		return true;
	for (size_t at = 0; at < types.len;) {
		struct bytes one = bytes_of_text((const char *)types.data + at);

		if (bytes_equal(one, type))
			return true;
		at += one.len + 1;
	}
	return false;
}

/* The event of a row as this subscriber gets it; false: it does not. */
static bool render(const struct public_reader *r, const struct view *v, uint64_t seq,
		   uint64_t previous_seq, struct bytes row, struct bytes *event_r)
{
	char previous[24];
	struct bytes event;

	if (!r->stream->render(v, seq, row, r->scope, r->caps, r->arena, &event) ||
	    !type_wanted(r->types, event))
		return false;
	snprintf(previous, sizeof previous, "%020" PRIu64, previous_seq);
	*event_r = cloud_event_add(event, "previoussequence", previous, r->arena);
	return true;
}

/* Reads on until there is enough. Returns the last row looked at; stops before one that is missing.
 */
static uint64_t read_rows(const struct public_reader *r, const struct view *v,
			  uint64_t *previous_seq, struct follow_batch *b)
{
	uint64_t *seqs = arena_alloc(r->arena, ROWS_MAX * sizeof *seqs);
	uint64_t seq = b->log.after_seq;
	struct public_row row;
	struct bytes event;

	b->log.records = arena_alloc(r->arena, ROWS_MAX * sizeof *b->log.records);
	for (unsigned i = 0; i < ROWS_MAX && b->log.bytes < FOLLOW_BATCH_BYTES; i++) {
		if (!row_of(v, r->stream->table, seq + 1, &row))
			break;
		seq++;
		memcpy(b->log.chain, row.chain.data, CHAIN_LEN);
		if (!render(r, v, seq, *previous_seq, row.row, &event))
			continue;
		*previous_seq = seqs[b->n_records] = seq;
		b->log.records[b->n_records++] = event;
		b->log.bytes += event.len;
	}
	b->seqs = seqs;
	return seq;
}

int public_read(const struct public_reader *r, uint64_t after_seq, uint64_t *previous_seq,
		struct follow_batch *b_r)
{
	const struct view *v = engine_view_begin(r->engine);
	uint64_t head = last_row(v, r->stream->table), seq;

	b_r->log.after_seq = after_seq;
	seq = read_rows(r, v, previous_seq, b_r);
	engine_view_end(r->engine);
	b_r->log.through_seq = seq;
	b_r->log.commit_ends = arena_alloc(r->arena, sizeof seq);
	*b_r->log.commit_ends = seq;
	b_r->log.n_commits = seq > after_seq;
	if (seq > after_seq || head <= after_seq)
		return 0;
	log_error("public_stream_damaged", "missing_seq=%" PRIu64, seq + 1);
	return -1;
}

static void count_row(const struct view *v, const struct public_stream *stream, const char *scope,
		      uint64_t seq, struct arena *arena, struct public_backlog *b)
{
	struct public_row row;
	int64_t at_us;

	arena_reset(arena);
	if (!row_of(v, stream->table, seq, &row) ||
	    !stream->happened(v, row.row, scope, arena, &at_us))
		return;
	b->n++;
	if (b->oldest_us == 0)
		b->oldest_us = at_us;
}

struct public_backlog public_backlog(struct engine *e, const struct public_stream *stream,
				     const char *scope, uint64_t after_seq)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const struct view *v = engine_view_begin(e);
	uint64_t head = last_row(v, stream->table), seq = after_seq;
	struct public_backlog b = {0};

	while (seq < head && seq < after_seq + PUBLIC_LOOKED_AT)
		count_row(v, stream, scope, ++seq, arena, &b);
	if (seq < head) {
		uint64_t rest = head - seq;

		count_row(v, stream, "", seq + 1, arena, &b);
		b.n += rest - 1;
	}
	engine_view_end(e);
	return b;
}
