/* Pieces of the log encoded once, and the subjects they name. */
#include "libshared/feed_chunk.h"

#include "libshared/check.h"
#include "libshared/seal.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKS_KEPT 16

struct chunks {
	struct engine *engine;
	struct chunk kept[CHUNKS_KEPT];
	uint64_t clock; /* of use */
	struct chunk_counts counts;
};

struct chunks *chunks_new(struct engine *engine)
{
	struct chunks *c = calloc(1, sizeof *c);

	ENSURE(c != NULL);
	c->engine = engine;
	return c;
}

static void empty(struct chunk *chunk)
{
	AUTO(free_ptr) uint8_t *body = NULL;

	memcpy(&body, &chunk->body.data, sizeof body);
	free(chunk->subjects);
	*chunk = (struct chunk){.used = 0};
}

void chunks_destroy(struct chunks **c)
{
	if (*c == NULL)
		return;
	for (unsigned i = 0; i < CHUNKS_KEPT; i++)
		empty(&(*c)->kept[i]);
	free(*c);
	*c = NULL;
}

struct chunk_counts chunk_counts(const struct chunks *c)
{
	return c->counts;
}

/* ---- encoding ---- */

static bool is_private(struct bytes raw)
{
	return raw.len >= RECORD_HEADER && (raw.data[1] & RECORD_PRIVATE) != 0;
}

static bool kind_wanted(struct bytes raw, const uint32_t *kinds, size_t n_kinds)
{
	uint16_t kind = get_u16_le(raw.data + 2);

	if (is_private(raw))
		return false;
	for (size_t i = 0; i < n_kinds; i++)
		if (kinds[i] == kind)
			return true;
	return n_kinds == 0;
}

/* Leaves the records that are wanted, with their seqs. */
static void filter(struct follow_batch *b, const uint32_t *kinds, size_t n_kinds,
		   struct arena *arena)
{
	size_t n = b->log.through_seq - b->log.after_seq, left = 0;
	uint64_t *seqs = arena_alloc(arena, n * sizeof *seqs);

	for (size_t i = 0; i < n; i++)
		if (kind_wanted(b->log.records[i], kinds, n_kinds)) {
			seqs[left] = b->log.after_seq + 1 + i;
			b->log.records[left++] = b->log.records[i];
		}
	b->n_records = left;
	if (left < n)
		b->seqs = seqs;
}

/* Reads and encodes; the body is in the arena. */
static int encode(struct chunks *c, struct chunk *chunk, const uint32_t *kinds, size_t n_kinds,
		  struct arena *arena)
{
	struct log_head head = engine_head(c->engine);
	struct follow_batch b = {.epoch = head.at.epoch};

	if (engine_read(c->engine, chunk->after_seq, FOLLOW_BATCH_BYTES, arena, &b.log) != 0)
		return -1;
	filter(&b, kinds, n_kinds, arena);
	c->counts.encoded++;
	chunk->log_id = head.at.log_id;
	chunk->through_seq = b.log.through_seq;
	chunk->n_records = b.n_records;
	chunk->body = follow_body(&b, arena);
	return 0;
}

struct chunk *chunk_of_kinds(struct chunks *c, uint64_t seq, const uint32_t *kinds, size_t n_kinds,
			     struct arena *arena)
{
	struct chunk *chunk = arena_zalloc(arena, sizeof *chunk);

	chunk->after_seq = seq;
	return encode(c, chunk, kinds, n_kinds, arena) == 0 ? chunk : NULL;
}

/* ---- keeping ---- */

/* The kept piece after seq, or else the one that was used longest ago. */
static struct chunk *place_of(struct chunks *c, uint64_t seq, bool *found_r)
{
	struct log_head head = engine_head(c->engine);
	struct chunk *oldest = &c->kept[0];

	for (unsigned i = 0; i < CHUNKS_KEPT; i++) {
		struct chunk *chunk = &c->kept[i];

		if (chunk->used > 0 && chunk->after_seq == seq &&
		    id_equal(&chunk->log_id, &head.at.log_id)) {
			*found_r = true;
			return chunk;
		}
		if (chunk->used < oldest->used)
			oldest = chunk;
	}
	*found_r = false;
	return oldest;
}

struct chunk *chunk_after(struct chunks *c, uint64_t seq, struct arena *arena)
{
	bool found;
	struct chunk *chunk = place_of(c, seq, &found);
	uint8_t *body;

	if (found) {
		c->counts.reused++;
		chunk->used = ++c->clock;
		return chunk;
	}
	empty(chunk);
	chunk->after_seq = seq;
	if (encode(c, chunk, NULL, 0, arena) != 0) {
		*chunk = (struct chunk){.used = 0};
		return NULL;
	}
	body = malloc(chunk->body.len);
	ENSURE(body != NULL);
	memcpy(body, chunk->body.data, chunk->body.len);
	chunk->body.data = body;
	chunk->used = ++c->clock;
	return chunk;
}

/* ---- subjects ---- */

struct naming {
	struct id *ids;
	size_t n, room;
};

static void note_subject(void *ctx, struct bytes subject)
{
	struct naming *x = ctx;

	if (subject.len != ID_LEN)
		return;
	if (x->n == x->room) {
		x->room = MAX(2 * x->room, (size_t)64);
		x->ids = realloc(x->ids, x->room * sizeof *x->ids);
		ENSURE(x->ids != NULL);
	}
	x->ids[x->n++] = id_of_bytes(subject);
}

static int order_of_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_LEN);
}

static void keep_each_once(struct naming *x)
{
	size_t left = 0;

	if (x->n > 1)
		qsort(x->ids, x->n, sizeof *x->ids, order_of_ids);
	for (size_t i = 0; i < x->n; i++)
		if (left == 0 || !id_equal(&x->ids[left - 1], &x->ids[i]))
			x->ids[left++] = x->ids[i];
	x->n = left;
}

/* Whom the records name. Events of the runtime name nobody. */
static void name_subjects(struct chunks *c, const struct log_batch *log, uint64_t through_seq,
			  struct naming *x)
{
	struct arena *scratch = arena_new((size_t)64 << 10);

	for (uint64_t seq = log->after_seq + 1; seq <= through_seq; seq++) {
		struct bytes raw = log->records[seq - log->after_seq - 1];
		struct message_fault fault;
		struct record r;
		ProtobufCMessage *event;

		if (is_private(raw) || !record_unpack(raw, seq, &r) || r.kind >= RUNTIME_KIND)
			continue;
		event = message_unpack(engine_service(c->engine)->event, r.payload, &EVENT_LIMITS,
				       scratch, &fault);
		if (event != NULL)
			message_subjects(event, note_subject, x);
		arena_reset(scratch);
	}
	arena_destroy(&scratch);
	keep_each_once(x);
}

/* Reads the records again: they begin with those of the chunk. */
static int find_subjects(struct chunks *c, struct chunk *chunk, struct arena *arena)
{
	struct naming x = {NULL, 0, 0};
	struct log_batch log;

	if (engine_read(c->engine, chunk->after_seq, FOLLOW_BATCH_BYTES, arena, &log) != 0)
		return -1;
	ENSURE(log.through_seq >= chunk->through_seq);
	name_subjects(c, &log, chunk->through_seq, &x);
	chunk->has_subjects = true;
	chunk->n_subjects = x.n;
	if (chunk->used > 0) {
		chunk->subjects = x.ids;
		return 0;
	}
	chunk->subjects = arena_alloc(arena, x.n * sizeof *x.ids);
	if (x.n > 0)
		memcpy(chunk->subjects, x.ids, x.n * sizeof *x.ids);
	free(x.ids);
	return 0;
}

int chunk_keys(struct chunks *c, struct chunk *chunk, const struct caps *caps, struct arena *arena,
	       struct bytes *keys_r)
{
	struct subject_key *keys;
	size_t n = 0;

	*keys_r = BYTES_NONE;
	if (caps->keyring == NULL)
		return 0;
	if (!chunk->has_subjects && find_subjects(c, chunk, arena) != 0)
		return -1;
	keys = arena_alloc(arena, chunk->n_subjects * sizeof *keys);
	for (size_t i = 0; i < chunk->n_subjects; i++) {
		keys[n].subject = bytes_of_id(&chunk->subjects[i]);
		if (keyring_get(caps->keyring, keys[n].subject, &keys[n].key))
			n++;
	}
	*keys_r = follow_keys(keys, n, arena);
	return 0;
}
