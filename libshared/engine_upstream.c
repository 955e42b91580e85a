/* Records of the logs this service follows: taking them, deciding them, parking what must wait. */
#include "libshared/check.h"
#include "libshared/cursors.h"
#include "libshared/engine_parts.h"
#include "libshared/log.h"
#include "libshared/parked.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- taking a batch of a neighbour's log ---- */

/* Sets the event, leaves it NULL for a kind that may be skipped, or says why the stream must stall.
 */
static void unpack_record(const struct engine *e, unsigned upstream, struct upstream_record *u,
			  struct arena *arena, const char **stall_r)
{
	struct message_fault fault;
	const ProtobufCMessage *event;

	if (u->record.kind >= RUNTIME_KIND)
		return;
	event = message_unpack(e->service->upstreams[upstream].event, u->record.payload,
			       &EVENT_LIMITS, arena, &fault);
	if (event != NULL && body_kind(event) != 0)
		u->event = event;
	else if ((event == NULL && !fault.newer) || u->record.flags & RECORD_MUST_UNDERSTAND)
		*stall_r = "it holds an event this version cannot read; upgrade this service";
}

static bool rereads(const struct engine *e, unsigned upstream)
{
	return reread_goes_on(e->service, e->service->upstreams[upstream].stream,
			      &e->rereads[upstream]);
}

/* It was decided when it was read before, or still is of no use. */
static bool is_old(const struct engine *e, const struct input *in, const struct record *r)
{
	return in->once_more &&
	       !reread_wants(e->service, e->service->upstreams[in->upstream].stream,
			     &e->rereads[in->upstream], r->kind);
}

static bool unpack_records(struct engine *e, struct input *in, const struct log_batch *batch)
{
	struct arena *arena = e->collecting.arena;

	in->n_records = in->after.seq - batch->after_seq;
	in->records = arena_zalloc(arena, MAX(in->n_records, (size_t)1) * sizeof *in->records);
	for (size_t i = 0; i < in->n_records; i++) {
		struct upstream_record *u = &in->records[i];
		const char **stall = &e->stalled[in->upstream];

		u->raw = arena_copy(arena, batch->records[i]);
		if (!record_unpack(u->raw, batch->after_seq + 1 + i, &u->record))
			return false;
		if (is_old(e, in, &u->record))
			continue;
		if (suspects_quarantined(e->suspects, &u->record.id))
			*stall = "an event of it stopped this service twice";
		else
			unpack_record(e, in->upstream, u, arena, stall);
		if (*stall != NULL)
			return false;
	}
	return true;
}

/* A batch that is read once more ends where the cursor stands, at the latest: what comes after is
 * followed from there, with the checks of a position. */
static void place_input(const struct engine *e, struct input *in, const struct position *source,
			const struct log_batch *batch)
{
	const struct position *until = &e->reread_until[in->upstream];

	in->once_more = rereads(e, in->upstream) && batch->after_seq < until->seq;
	in->after = (struct position){source->log_id, source->epoch, batch->through_seq, {0}};
	memcpy(in->after.chain, batch->chain, CHAIN_LEN);
	if (in->once_more && batch->through_seq >= until->seq)
		in->after = *until;
}

enum upstream_verdict engine_submit_upstream(struct engine *e, unsigned upstream,
					     const struct position *source,
					     const struct log_batch *batch)
{
	struct position *expected = &e->expected[upstream];
	struct input *in;

	ENSURE(upstream < e->service->n_upstreams);
	if (e->stalled[upstream] != NULL)
		return UPSTREAM_STALLED;
	if (batch->after_seq != expected->seq)
		return UPSTREAM_GAP;
	if (e->collecting.n > 0 && e->collecting.bytes + batch->bytes > BATCH_BYTES)
		return UPSTREAM_FULL;
	if (expected->seq > 0 && !log_batch_follows(batch, expected->chain))
		return UPSTREAM_BROKEN;
	in = batch_add(&e->collecting, INPUT_UPSTREAM);
	in->upstream = upstream;
	place_input(e, in, source, batch);
	if (!unpack_records(e, in, batch)) {
		e->collecting.n--;
		if (e->stalled[upstream] == NULL)
			return UPSTREAM_BROKEN;
		log_error("stream_stalled", "of=%s after_seq=%llu why=\"%s\"",
			  e->service->upstreams[upstream].stream,
			  (unsigned long long)batch->after_seq, e->stalled[upstream]);
		return UPSTREAM_STALLED;
	}
	e->collecting.bytes += batch->bytes;
	*expected = in->after;
	return UPSTREAM_TAKEN;
}

/* ---- deciding them ---- */

static void park(struct engine *e, struct txn *t, const struct upstream_record *u,
		 const char *stream, enum park_reason reason, const struct decision *d,
		 int64_t now_us)
{
	struct parked p = {.seq = u->record.seq, .entity = u->record.entity, .reason = reason};

	snprintf(p.stream, sizeof p.stream, "%s", stream);
	p.since_us = now_us;
	p.raw = u->raw;
	if (reason == PARK_AWAITS) {
		p.awaits_kind = d->awaits_kind;
		p.awaits_id = d->awaits_id;
	}
	if (reason == PARK_REFUSED)
		log_error("event_parked", "of=%s seq=%llu kind=%u", stream,
			  (unsigned long long)u->record.seq, u->record.kind);
	parked_add(t, &p);
	e->stats.parked++;
}

static enum verdict decide_record(struct engine *e, struct txn *t, unsigned upstream,
				  const struct upstream_record *u, struct decision *d)
{
	enum verdict verdict;

	d->input_id = u->record.id;
	d->entity = u->record.entity;
	suspects_take(e->suspects, &u->record.id);
	verdict = e->service->upstreams[upstream].decide(txn_view(t), u->event, &u->record, d);
	if (verdict == ACCEPTED)
		decision_write(e, t, d, u->record.id);
	suspects_put_down(e->suspects);
	return verdict;
}

static void decide_or_park(struct engine *e, struct txn *t, const struct input *in,
			   struct upstream_record *u, int64_t now_us)
{
	const char *stream = e->service->upstreams[in->upstream].stream;
	struct parked waiting;
	struct decision d;

	decision_begin(e, &d, now_us, e->flying.arena);
	if (in->once_more &&
	    parked_get(txn_view(t), stream, u->record.seq, e->flying.arena, &waiting))
		return; /* since it was read before */
	if (parked_has(txn_view(t), stream, &u->record.entity)) {
		park(e, t, u, stream, PARK_BEHIND, &d, now_us);
		return;
	}
	if (u->poisoned) {
		park(e, t, u, stream, PARK_REFUSED, &d, now_us);
		return;
	}
	switch (decide_record(e, t, in->upstream, u, &d)) {
	case ACCEPTED:
		break;
	case AWAITING:
		park(e, t, u, stream, PARK_AWAITS, &d, now_us);
		break;
	case REFUSED:
		park(e, t, u, stream, PARK_REFUSED, &d, now_us);
		break;
	}
}

/* What is in memory says nothing of batches that come behind, and may stay. */
static void move_reread(const struct engine *e, struct txn *t, const struct input *in)
{
	const char *stream = e->service->upstreams[in->upstream].stream;

	if (in->after.seq < e->reread_until[in->upstream].seq) {
		reread_move(t, stream, &in->after);
		return;
	}
	reread_end(t, e->service, stream);
	log_info("reread_done", "of=%s seq=%" PRIu64, stream, in->after.seq);
}

void decide_upstream(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	const char *stream = e->service->upstreams[in->upstream].stream;
	struct position at;

	place_get(txn_view(t), e->service, stream, &at);
	if (at.seq + in->n_records != in->after.seq)
		return; /* a batch before it failed: it will be followed again */
	for (size_t i = 0; i < in->n_records; i++) {
		struct upstream_record *u = &in->records[i];

		e->record_in_hand = u;
		if (u->event != NULL)
			decide_or_park(e, t, in, u, now_us);
		if (txn_fault_kind(t) != FAULT_NONE)
			return;
	}
	e->record_in_hand = NULL;
	if (in->once_more)
		move_reread(e, t, in);
	else
		cursor_put(t, stream, &in->after);
	e->stats.upstream_events += in->n_records;
}

void engine_skip_reread(struct engine *e, unsigned upstream)
{
	const char *stream = e->service->upstreams[upstream].stream;
	const struct position *until = &e->reread_until[upstream];
	struct txn *t;

	ENSURE(e->collecting.n == 0 && !e->in_flight);
	if (!rereads(e, upstream) || e->expected[upstream].seq >= until->seq)
		return;
	t = store_begin(e->store);
	reread_end(t, e->service, stream);
	if (txn_commit(&t) != 0)
		return; /* logged; asked again */
	log_error("reread_skipped",
		  "of=%s through_seq=%" PRIu64 " error=\"its older records are not kept there any "
		  "more\" remedy=\"publish again what this service does not know\"",
		  stream, until->seq);
	e->rereads[upstream] = (struct reread){0};
	e->expected[upstream] = *until;
}

/* ---- deciding again what was parked ---- */

static bool find_upstream(const struct engine *e, const char *stream, unsigned *upstream_r)
{
	for (unsigned i = 0; i < e->service->n_upstreams; i++)
		if (strcmp(e->service->upstreams[i].stream, stream) == 0) {
			*upstream_r = i;
			return true;
		}
	return false;
}

/* One that faulted, or stopped the process twice, is not decided again, whatever releases it. */
static enum verdict decide_again(struct engine *e, struct txn *t, unsigned upstream,
				 const struct upstream_record *u, struct decision *d)
{
	struct id before = e->parked_in_hand;
	enum verdict verdict;

	if (u->event == NULL)
		return ACCEPTED;
	if (is_set_aside(e, &u->record.id))
		return REFUSED;
	e->parked_in_hand = u->record.id;
	verdict = decide_record(e, t, upstream, u, d);
	if (txn_fault_kind(t) == FAULT_NONE)
		e->parked_in_hand = before;
	return verdict;
}

/* True: it took effect, the next one of its entity may be tried. */
static bool decide_parked(struct engine *e, struct txn *t, unsigned upstream, struct parked *p,
			  int64_t now_us, struct arena *arena)
{
	struct upstream_record u = {.raw = p->raw};
	const char *stall = NULL;
	struct decision d;

	if (record_unpack(p->raw, p->seq, &u.record))
		unpack_record(e, upstream, &u, arena, &stall);
	else
		stall = "damaged";
	if (stall != NULL) {
		txn_fault(t, "a parked record is damaged");
		return false;
	}
	parked_remove(t, p);
	decision_begin(e, &d, now_us, arena);
	switch (decide_again(e, t, upstream, &u, &d)) {
	case ACCEPTED:
		return true;
	case AWAITING:
		p->reason = PARK_AWAITS;
		p->awaits_kind = d.awaits_kind;
		p->awaits_id = d.awaits_id;
		break;
	case REFUSED:
		p->reason = PARK_REFUSED;
		log_error("event_parked", "of=%s seq=%llu kind=%u", p->stream,
			  (unsigned long long)p->seq, u.record.kind);
		break;
	}
	parked_add(t, p);
	return false;
}

void release_entity(struct engine *e, struct txn *t, const char *stream, const struct id *entity,
		    int64_t now_us, struct arena *arena)
{
	struct parked p;
	unsigned upstream;

	if (!find_upstream(e, stream, &upstream))
		return;
	while (txn_fault_kind(t) == FAULT_NONE &&
	       parked_first_of(txn_view(t), stream, entity, arena, &p))
		if (!decide_parked(e, t, upstream, &p, now_us, arena))
			return;
}

void release_awaiting(struct engine *e, struct txn *t, const struct brought *brought,
		      int64_t now_us, struct arena *arena)
{
	const struct view *v = txn_view(t);
	struct parked p = {.stream = ""};

	if (view_count(v, TABLE_PARKED) == 0) /* as it mostly is */
		return;
	while (txn_fault_kind(t) == FAULT_NONE &&
	       parked_next_awaiting(v, brought->kind, &brought->id, arena, &p))
		release_entity(e, t, p.stream, &p.entity, now_us, arena);
}
