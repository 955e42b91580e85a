/* Which kinds of a neighbour's log were learned, and reading it once more for those that are new.
 */
#include "libshared/reread.h"

#include "libshared/cursors.h"
#include "libshared/log.h"

#include <inttypes.h>
#include <string.h>

static struct bytes row_key(struct key *k, const char *stream)
{
	key_add(k, bytes_of_text("learned:"));
	return key_add(k, bytes_of_text(stream));
}

void reread_get(const struct view *v, const char *stream, struct reread *row_r)
{
	struct key key = {0};

	*row_r = (struct reread){0};
	ROW_GET(v, TABLE_META, row_key(&key, stream), row_r);
}

static void learned_put(struct txn *t, const char *stream, struct reread *row)
{
	struct key key = {0};

	ROW_PUT(t, TABLE_META, row_key(&key, stream), row);
}

static bool is_of(const struct learned *l, const char *stream)
{
	return strcmp(l->stream, stream) == 0;
}

static uint32_t newest(const struct service *service, const char *stream)
{
	uint32_t since = 0;

	for (unsigned i = 0; i < service->n_learned; i++)
		if (is_of(&service->learned[i], stream))
			since = MAX(since, service->learned[i].since);
	return since;
}

bool reread_wants(const struct service *service, const char *stream, const struct reread *row,
		  uint32_t kind)
{
	for (unsigned i = 0; i < service->n_learned; i++) {
		const struct learned *l = &service->learned[i];

		if (l->kind == kind && l->since > row->from && is_of(l, stream))
			return true;
	}
	return false;
}

bool reread_goes_on(const struct service *service, const char *stream, const struct reread *row)
{
	return row->from < row->to && row->to <= newest(service, stream);
}

bool place_get(const struct view *v, const struct service *service, const char *stream,
	       struct position *at_r)
{
	struct reread row;

	reread_get(v, stream, &row);
	if (!reread_goes_on(service, stream, &row))
		return cursor_get(v, stream, at_r);
	*at_r = (struct position){.log_id = row.log_id, .epoch = row.epoch, .seq = row.seq};
	memcpy(at_r->chain, row.chain, CHAIN_LEN);
	return row.seq > 0;
}

void reread_move(struct txn *t, const char *stream, const struct position *at)
{
	struct reread row;

	reread_get(txn_view(t), stream, &row);
	row.log_id = at->log_id;
	row.epoch = at->epoch;
	row.seq = at->seq;
	memcpy(row.chain, at->chain, CHAIN_LEN);
	learned_put(t, stream, &row);
}

void reread_end(struct txn *t, const struct service *service, const char *stream)
{
	struct reread row = {.from = newest(service, stream), .to = newest(service, stream)};

	learned_put(t, stream, &row);
}

/* One that goes on begins again for the kinds that are newer still. */
static void begin_one(struct txn *t, const struct service *service, const char *stream)
{
	struct position cursor;
	struct reread row;

	reread_get(txn_view(t), stream, &row);
	if (row.to >= newest(service, stream))
		return;
	if (!cursor_get(txn_view(t), stream, &cursor) || cursor.seq == 0) {
		reread_end(t, service, stream);
		return;
	}
	row = (struct reread){.from = row.from, .to = newest(service, stream)};
	learned_put(t, stream, &row);
	log_info("reread_start", "of=%s through_seq=%" PRIu64, stream, cursor.seq);
}

static bool all_learned(const struct view *v, const struct service *service)
{
	struct reread row;

	for (unsigned i = 0; i < service->n_upstreams; i++) {
		reread_get(v, service->upstreams[i].stream, &row);
		if (row.to < newest(service, service->upstreams[i].stream))
			return false;
	}
	return true;
}

int rereads_begin(struct store *s, const struct service *service)
{
	struct view *v = store_view(s);
	bool done = all_learned(v, service);
	struct txn *t;

	view_end(&v);
	if (done)
		return 0;
	t = store_begin(s);
	for (unsigned i = 0; i < service->n_upstreams; i++)
		begin_one(t, service, service->upstreams[i].stream);
	return txn_commit(&t);
}
