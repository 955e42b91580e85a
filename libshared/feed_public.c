/* Rows of the public stream, checked, filtered and rendered. */
#include "libshared/feed_public.h"

#include "libshared/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* The event of a row as this subscriber gets it, in scratch; false: it does not. */
static bool render(const struct public_reader *r, const struct public_ask *ask,
		   uint64_t previous_seq, struct bytes *event_r)
{
	char previous[24];
	struct bytes event;

	if (!r->stream->render(ask, &event) || !type_wanted(r->types, event))
		return false;
	snprintf(previous, sizeof previous, "%020" PRIu64, previous_seq);
	*event_r = cloud_event_add(event, "previoussequence", previous, r->scratch);
	return true;
}

void public_draft_begin(struct public_draft *d, uint64_t after_seq, uint64_t previous_seq,
			struct arena *arena)
{
	*d = (struct public_draft){.previous_seq = previous_seq, .arena = arena};
	d->b.log.after_seq = d->b.log.through_seq = after_seq;
	d->b.log.records = arena_alloc(arena, PUBLIC_ROWS_MAX * sizeof *d->b.log.records);
	d->seqs = arena_alloc(arena, PUBLIC_ROWS_MAX * sizeof *d->seqs);
}

static bool is_full(const struct public_draft *d)
{
	return d->n_rows >= PUBLIC_ROWS_MAX || d->b.log.bytes >= PUBLIC_BATCH_BYTES;
}

bool public_draft_is_whole(const struct public_draft *d, uint64_t head)
{
	return is_full(d) || d->b.log.through_seq >= head;
}

static void add_row(const struct public_reader *r, const struct view *v,
		    const struct public_row *row, struct public_draft *d)
{
	struct follow_batch *b = &d->b;
	struct bytes event;

	arena_reset(r->scratch);
	d->n_rows++;
	b->log.through_seq++;
	memcpy(b->log.chain, row->chain.data, CHAIN_LEN);
	if (!render(r,
		    &(struct public_ask){.view = v,
					 .caps = r->caps,
					 .arena = r->scratch,
					 .memo = r->memo,
					 .scope = r->scope,
					 .seq = b->log.through_seq,
					 .row = row->row},
		    d->previous_seq, &event))
		return;
	d->previous_seq = d->seqs[b->n_records] = b->log.through_seq;
	b->log.records[b->n_records++] = arena_copy(d->arena, event);
	b->log.bytes += event.len;
}

int public_draft_add(const struct public_reader *r, struct public_draft *d, unsigned n)
{
	const struct view *v = engine_view_begin(r->engine);
	uint64_t head = last_row(v, r->stream->table);
	struct public_row row;
	bool found = true;

	for (; n > 0 && !public_draft_is_whole(d, head); n--) {
		found = row_of(v, r->stream->table, d->b.log.through_seq + 1, &row);
		if (!found)
			break;
		add_row(r, v, &row, d);
	}
	engine_view_end(r->engine);
	if (found)
		return 0;
	log_error("public_stream_damaged", "missing_seq=%" PRIu64, d->b.log.through_seq + 1);
	return -1;
}

struct bytes public_draft_body(struct public_draft *d, uint64_t epoch)
{
	struct follow_batch *b = &d->b;

	b->epoch = epoch;
	b->seqs = d->seqs;
	b->log.commit_ends = &b->log.through_seq;
	b->log.n_commits = b->log.through_seq > b->log.after_seq;
	return follow_body(b, d->arena);
}

static void count_row(const struct view *v, const struct public_stream *stream, const char *scope,
		      uint64_t seq, struct arena *arena, struct public_backlog *b)
{
	struct public_ask ask = {.view = v, .arena = arena, .scope = scope, .seq = seq};
	struct public_row row;
	int64_t at_us;

	arena_reset(arena);
	if (!row_of(v, stream->table, seq, &row))
		return;
	ask.row = row.row;
	if (!stream->happened(&ask, &at_us))
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
