/* What a session is sent: batches made at once or drawn up in slices. */
#include "libshared/feed_parts.h"

#define TURN_BYTES ((size_t)4 << 20) /* after which others have their turn */
#define ROUNDS 8                     /* of batches to each follower, in one turn */
/* A subscriber of the public stream this far behind gets its batches a slice at a time: those who
 * follow live must not wait for it. A slice is at least so long, and a part of the time that all
 * else takes, so that under load it goes on too. */
#define BEHIND 256
#define SLICE_ROWS 8 /* between two looks at the clock */
#define SLICE_LEAST_US 100
#define SLICE_MOST_US (10 * US_PER_MS)
#define SLICE_PART 4

/* ---- a batch at once ---- */

/* A batch is what is sent now, and where the follower stands after it. */
struct outgoing {
	struct bytes body, keys;
	uint64_t through_seq;
	size_t n_records;
};

static int next_of_log(struct feed *f, struct session *s, struct outgoing *out)
{
	struct chunk *chunk = s->n_kinds == 0 ? chunk_after(f->chunks, s->at_seq, f->arena)
					      : chunk_of_kinds(f->chunks, s->at_seq, s->kinds,
							       s->n_kinds, f->arena);

	if (chunk == NULL)
		return -1;
	*out = (struct outgoing){chunk->body, BYTES_NONE, chunk->through_seq, chunk->n_records};
	if ((s->roles & ROLE_NAMES) == 0)
		return 0;
	return chunk_keys(f->chunks, chunk, f->caps, f->arena, &out->keys);
}

static struct public_reader reader_for(struct feed *f, const struct session *s)
{
	uint64_t seq = engine_durable_seq(f->engine);

	if (f->memo_seq != seq) {
		arena_reset(f->memo.arena);
		f->memo.own = NULL;
		f->memo_seq = seq;
	}
	return (struct public_reader){
		.engine = f->engine,
		.stream = s->public_stream,
		.caps = f->caps,
		.scope = s->scope,
		.types = {(const uint8_t *)s->types, s->types_len},
		.memo = &f->memo,
		.scratch = f->scratch,
	};
}

/* The batch behind where the session stands, made at once. */
static int make_piece(struct feed *f, const struct session *s, struct piece *piece_r)
{
	struct public_reader reader = reader_for(f, s);
	struct public_draft draft;

	public_draft_begin(&draft, s->at_seq, s->previous_seq, f->arena);
	if (public_draft_add(&reader, &draft, PUBLIC_ROWS_MAX) != 0)
		return -1;
	*piece_r =
		(struct piece){.through_seq = draft.b.log.through_seq,
			       .previous_seq = draft.previous_seq,
			       .n_records = draft.b.n_records,
			       .body = public_draft_body(&draft, engine_head(f->engine).at.epoch)};
	return 0;
}

static int next_of_public(struct feed *f, struct session *s, struct outgoing *out)
{
	struct piece_key key = {.state_seq = engine_durable_seq(f->engine),
				.after_seq = s->at_seq,
				.previous_seq = s->previous_seq,
				.scope = s->scope,
				.types = {(const uint8_t *)s->types, s->types_len}};
	const struct piece *kept = pieces_find(f->pieces, &key);
	struct piece made;

	if (kept != NULL) {
		f->counts.reused++;
	} else {
		if (make_piece(f, s, &made) != 0)
			return -1;
		f->counts.encoded++;
		pieces_keep(f->pieces, &key, &made);
		kept = &made;
	}
	s->previous_seq = kept->previous_seq;
	*out = (struct outgoing){kept->body, BYTES_NONE, kept->through_seq, kept->n_records};
	return 0;
}

/* What cannot be read any more is trimmed, or damaged: a new Follow is told which. */
static void send_away(struct feed *f, struct session *s)
{
	feed_send_refused(f, &s->route, s->number, CAIRN__REFUSED_CODE__REFUSED_BUSY);
	s->gone = true;
}

/* Returns its bytes; 0: it is not sent. */
static size_t send_out(struct feed *f, struct session *s, const struct outgoing *out,
		       const struct now *now)
{
	zmq_msg_t frame;
	size_t len;

	if (out->through_seq == s->at_seq)
		return 0;
	follow_frame(&frame, s->number, feed_head_of(f, s), out->body, out->keys);
	len = zmq_msg_size(&frame);
	if (net_send_frame(f->socket, &s->route, &frame) != NET_SENT) {
		s->gone = true;
		return 0;
	}
	s->at_seq = out->through_seq;
	s->credit -= (int64_t)len;
	s->sent_us = now->mono_us;
	f->counts.batches++;
	f->counts.records += out->n_records;
	f->counts.bytes += len;
	return len;
}

/* There is more than one batch for it, and its slices come when the others have theirs. */
static bool is_behind(const struct session *s, uint64_t head)
{
	return s->public_stream != NULL && head > s->at_seq + BEHIND;
}

/* Sends the next batch of a session that has credit; returns its bytes, 0: nothing to send. */
static size_t send_batch(struct feed *f, struct session *s, const struct now *now)
{
	uint64_t head = feed_head_of(f, s);
	struct outgoing out = {0};

	if (s->gone || s->credit <= 0 || s->at_seq >= head || is_behind(s, head))
		return 0;
	if (f->drafting == s)
		f->drafting = NULL;
	arena_reset(f->arena);
	if ((s->public_stream != NULL ? next_of_public : next_of_log)(f, s, &out) != 0) {
		send_away(f, s);
		return 0;
	}
	return send_out(f, s, &out, now);
}

/* ---- those who are behind ---- */

/* Who has waited longest; NULL: nobody waits. */
static struct session *next_behind(struct feed *f)
{
	struct session *found = NULL;

	for (struct session *s = f->sessions; s != NULL; s = s->next)
		if (!s->gone && s->credit > 0 && is_behind(s, feed_head_of(f, s)) &&
		    (found == NULL || s->drafted < found->drafted))
			found = s;
	return found;
}

static void begin_draft(struct feed *f, struct session *s)
{
	arena_reset(f->draft_arena);
	public_draft_begin(&f->draft, s->at_seq, s->previous_seq, f->draft_arena);
	s->drafted = ++f->n_drafts;
	f->drafting = s;
}

static void send_draft(struct feed *f, const struct now *now)
{
	struct session *s = f->drafting;
	struct outgoing out = {
		.body = public_draft_body(&f->draft, engine_head(f->engine).at.epoch),
		.through_seq = f->draft.b.log.through_seq,
		.n_records = f->draft.b.n_records};

	arena_reset(f->arena);
	f->drafting = NULL;
	s->previous_seq = f->draft.previous_seq;
	send_out(f, s, &out, now);
}

/* Goes on with a draft until a moment; sends it when it is whole. */
static void draw_up(struct feed *f, int64_t until_us, const struct now *now)
{
	struct public_reader reader = reader_for(f, f->drafting);
	uint64_t head = feed_head_of(f, f->drafting);

	do {
		if (public_draft_add(&reader, &f->draft, SLICE_ROWS) != 0) {
			arena_reset(f->arena);
			send_away(f, f->drafting);
			f->drafting = NULL;
			return;
		}
	} while (!public_draft_is_whole(&f->draft, head) && clock_mono_us() < until_us);
	if (public_draft_is_whole(&f->draft, head))
		send_draft(f, now);
}

/* True: there is more to do. */
static bool slice(struct feed *f, const struct now *now)
{
	int64_t from_us = clock_mono_us(), since_us = from_us - f->sliced_us;
	int64_t length_us =
		MIN(MAX(since_us / SLICE_PART, (int64_t)SLICE_LEAST_US), (int64_t)SLICE_MOST_US);
	struct session *s;

	if (f->drafting != NULL && f->drafting->gone)
		f->drafting = NULL;
	s = f->drafting != NULL ? f->drafting : next_behind(f);
	if (s == NULL)
		return false;
	if (f->drafting == NULL)
		begin_draft(f, s);
	draw_up(f, from_us + length_us, now);
	f->sliced_us = clock_mono_us();
	return f->drafting != NULL || next_behind(f) != NULL;
}

bool feed_send(struct feed *f, const struct now *now)
{
	size_t sent = 0, in_round = 1;
	bool more;

	for (int round = 0; round < ROUNDS && in_round > 0 && sent < TURN_BYTES; round++) {
		in_round = 0;
		for (struct session *s = f->sessions; s != NULL; s = s->next)
			in_round += send_batch(f, s, now);
		sent += in_round;
	}
	more = slice(f, now);
	return in_round > 0 || more;
}
