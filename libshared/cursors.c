/* Positions in followed logs, and acknowledged positions of subscribers. */
#include "libshared/cursors.h"

#include <string.h>

struct cursor_row {
	uint64_t version;
	struct id log_id;
	uint64_t epoch, seq;
	uint8_t chain[CHAIN_LEN];
};
_Static_assert(sizeof(struct cursor_row) == 72, "no padding");

bool cursor_get(const struct view *v, const char *stream, struct position *at_r)
{
	struct cursor_row row;

	*at_r = (struct position){0};
	if (!ROW_GET(v, TABLE_CURSOR, bytes_of_text(stream), &row))
		return false;
	at_r->log_id = row.log_id;
	at_r->epoch = row.epoch;
	at_r->seq = row.seq;
	memcpy(at_r->chain, row.chain, CHAIN_LEN);
	return true;
}

void cursor_put(struct txn *t, const char *stream, const struct position *at)
{
	struct cursor_row row = {.log_id = at->log_id, .epoch = at->epoch, .seq = at->seq};

	memcpy(row.chain, at->chain, CHAIN_LEN);
	ROW_PUT(t, TABLE_CURSOR, bytes_of_text(stream), &row);
}

static struct bytes sub_key(struct key *k, const char *stream, const char *name)
{
	key_add(k, (struct bytes){(const uint8_t *)stream, strlen(stream) + 1});
	return key_add(k, bytes_of_text(name));
}

void sub_put(struct txn *t, const char *stream, const char *name, uint64_t acked_seq,
	     int64_t seen_us)
{
	struct sub_row row = {.acked_us = seen_us, .acked_seq = acked_seq, .seen_us = seen_us};
	struct key key = {0};
	struct bytes k = sub_key(&key, stream, name);
	struct sub_row old;

	if (ROW_GET(txn_view(t), TABLE_SUB, k, &old) && old.acked_seq == acked_seq)
		row.acked_us = old.acked_us;
	/* No event writes it, so it has no version. */
	txn_put(t, TABLE_SUB, k, BYTES_OF(row));
}

void sub_delete(struct txn *t, const char *stream, const char *name)
{
	struct key key = {0};

	txn_delete(t, TABLE_SUB, sub_key(&key, stream, name));
}

void sub_each(const struct view *v, sub_fn *fn, void *ctx)
{
	struct scan scan = scan_first(v, TABLE_SUB, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		char text[KEY_MAX + 1] = {0};
		struct sub_row row;

		ENSURE(key.len <= KEY_MAX && val.len == sizeof row);
		memcpy(text, key.data, key.len);
		memcpy(&row, val.data, sizeof row);
		fn(ctx, text, text + strlen(text) + 1, &row);
	}
}

struct pin {
	const char *stream;
	int64_t since_us;
	uint64_t seq;
};

static void note_pin(void *ctx, const char *stream, const char *name, const struct sub_row *row)
{
	struct pin *pin = ctx;

	(void)name;
	if (strcmp(stream, pin->stream) == 0 && row->seen_us >= pin->since_us)
		pin->seq = MIN(pin->seq, row->acked_seq);
}

uint64_t sub_pin(const struct view *v, const char *stream, int64_t since_us)
{
	struct pin pin = {stream, since_us, UINT64_MAX};

	sub_each(v, note_pin, &pin);
	return pin.seq;
}
