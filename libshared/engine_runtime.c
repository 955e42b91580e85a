/* What every service answers besides its own: operators' commands, status, subscribers, reading the
 * log. */
#include "libshared/check.h"
#include "libshared/cursors.h"
#include "libshared/engine_parts.h"
#include "libshared/log.h"
#include "libshared/parked.h"
#include "libshared/replies.h"

#include <stdio.h>
#include <string.h>

#define TRIM_RECORDS 4096
#define PIN_US (30 * US_PER_DAY)

/* ---- runtime commands ---- */

bool is_runtime_command(uint32_t kind)
{
	return kind > RUNTIME_BASE && kind < QUERY_BASE;
}

ProtobufCMessage *unpack_runtime(uint32_t kind, struct bytes body, struct arena *arena,
				 const char **fault_r)
{
	struct message_fault fault = {.text = "head.kind: no such runtime command"};
	ProtobufCMessage *message = message_unpack(&cairn__runtime_command__descriptor, body,
						   &COMMAND_LIMITS, arena, &fault);

	if (message != NULL && body_kind(message) == kind - RUNTIME_BASE)
		return message;
	*fault_r = arena_text(arena, bytes_of_text(fault.text));
	return NULL;
}

static void write_runtime_event(struct engine *e, struct txn *t, const struct input *in,
				const Cairn__RuntimeEvent *event, int64_t now_us)
{
	struct decision d;
	struct record r;

	decision_begin(e, &d, now_us, e->flying.arena);
	d.input_id = in->id;
	r = (struct record){
		.kind = (uint16_t)(RUNTIME_KIND + body_kind(&event->base)),
		.schema = e->service->schema,
		.at_us = now_us,
		.id = id_of_bytes(new_id(&d)),
		.entity = in->entity,
		.cause = in->id,
		.actor = in->actor,
		.principal = in->principal,
		.payload = message_pack(&event->base, e->flying.arena),
	};
	write_event(e, t, &r, e->flying.arena);
}

static void reject(struct input *in, const char *text)
{
	in->reply.status = CAIRN__STATUS__REJECTED;
	in->reply.text = text;
}

static Cairn__Position *position_message(const struct position *p, struct arena *arena)
{
	Cairn__Position *m = arena_alloc(arena, sizeof *m);

	cairn__position__init(m);
	m->log_id = pb_of_bytes(arena_copy(arena, bytes_of_id(&p->log_id)));
	m->epoch = p->epoch;
	m->seq = p->seq;
	m->chain = pb_of_bytes(arena_copy(arena, BYTES_OF(p->chain)));
	return m;
}

static bool position_of_message(const Cairn__Position *m, struct position *p_r)
{
	if (m == NULL || !is_id(bytes_of_pb(m->log_id)) || m->chain.len != CHAIN_LEN)
		return false;
	*p_r = (struct position){
		.log_id = id_of_bytes(bytes_of_pb(m->log_id)), .epoch = m->epoch, .seq = m->seq};
	memcpy(p_r->chain, m->chain.data, CHAIN_LEN);
	return true;
}

static int upstream_of(const struct engine *e, const char *stream)
{
	for (unsigned i = 0; i < e->service->n_upstreams; i++)
		if (strcmp(e->service->upstreams[i].stream, stream) == 0)
			return (int)i;
	return -1;
}

static void decide_rejoin(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	const Cairn__Rejoin *ask = ((const Cairn__RuntimeCommand *)in->message)->rejoin;
	Cairn__Rejoined rejoined = CAIRN__REJOINED__INIT;
	Cairn__RuntimeEvent event = CAIRN__RUNTIME_EVENT__INIT;
	int upstream = upstream_of(e, ask->stream);
	struct position at, before;

	if (upstream < 0) {
		reject(in, "stream: this service does not follow it");
		return;
	}
	if (!position_of_message(ask->at, &at) || ask->because[0] == '\0') {
		reject(in, "at and because: a whole position and a reason are expected");
		return;
	}
	cursor_get(txn_view(t), ask->stream, &before);
	rejoined.stream = ask->stream;
	rejoined.before = position_message(&before, e->flying.arena);
	rejoined.at = ask->at;
	rejoined.because = ask->because;
	event.body_case = CAIRN__RUNTIME_EVENT__BODY_REJOINED;
	event.rejoined = &rejoined;
	write_runtime_event(e, t, in, &event, now_us);
	cursor_put(t, ask->stream, &at);
	reread_end(t, e->service, ask->stream);
	e->rereads[upstream] = (struct reread){0};
	e->expected[upstream] = at;
	e->stalled[upstream] = NULL;
}

static void decide_release_parked(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	const Cairn__ReleaseParked *ask =
		((const Cairn__RuntimeCommand *)in->message)->release_parked;
	Cairn__ParkedReleased released = CAIRN__PARKED_RELEASED__INIT;
	Cairn__RuntimeEvent event = CAIRN__RUNTIME_EVENT__INIT;
	struct parked p;

	if (!parked_get(txn_view(t), ask->stream, ask->seq, e->flying.arena, &p)) {
		reject(in, "no event of that stream and seq is parked");
		return;
	}
	released.stream = ask->stream;
	released.seq = ask->seq;
	event.body_case = CAIRN__RUNTIME_EVENT__BODY_PARKED_RELEASED;
	event.parked_released = &released;
	write_runtime_event(e, t, in, &event, now_us);
	release_entity(e, t, p.stream, &p.entity, now_us, e->flying.arena);
}

static void decide_skip_parked(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	const Cairn__SkipParked *ask = ((const Cairn__RuntimeCommand *)in->message)->skip_parked;
	Cairn__ParkedSkipped skipped = CAIRN__PARKED_SKIPPED__INIT;
	Cairn__RuntimeEvent event = CAIRN__RUNTIME_EVENT__INIT;
	struct parked p;

	if (ask->because[0] == '\0' ||
	    !parked_get(txn_view(t), ask->stream, ask->seq, e->flying.arena, &p)) {
		reject(in, "a reason, and the stream and seq of a parked event, are expected");
		return;
	}
	skipped.stream = ask->stream;
	skipped.seq = ask->seq;
	skipped.because = ask->because;
	event.body_case = CAIRN__RUNTIME_EVENT__BODY_PARKED_SKIPPED;
	event.parked_skipped = &skipped;
	write_runtime_event(e, t, in, &event, now_us);
	parked_remove(t, &p);
	release_entity(e, t, p.stream, &p.entity, now_us, e->flying.arena);
}

static void decide_trim_log(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	const Cairn__TrimLog *ask = ((const Cairn__RuntimeCommand *)in->message)->trim_log;
	Cairn__LogTrimmed trimmed = CAIRN__LOG_TRIMMED__INIT;
	Cairn__RuntimeEvent event = CAIRN__RUNTIME_EVENT__INIT;
	char stream[64];

	snprintf(stream, sizeof stream, "%s.0.log", e->service->name);
	if (ask->through_seq > e->durable_seq ||
	    ask->through_seq > sub_pin(txn_view(t), stream, now_us - PIN_US)) {
		reject(in, "through_seq: beyond the log's head, or a named subscriber has not read "
			   "so far; "
			   "wait for it or forget it");
		return;
	}
	eventlog_trim(&e->head, t, ask->through_seq, TRIM_RECORDS);
	trimmed.through_seq = e->head.first_seq - 1;
	event.body_case = CAIRN__RUNTIME_EVENT__BODY_LOG_TRIMMED;
	event.log_trimmed = &trimmed;
	write_runtime_event(e, t, in, &event, now_us);
}

static void decide_forget_subscriber(struct engine *e, struct txn *t, struct input *in,
				     int64_t now_us)
{
	const Cairn__ForgetSubscriber *ask =
		((const Cairn__RuntimeCommand *)in->message)->forget_subscriber;
	Cairn__SubscriberForgotten forgotten = CAIRN__SUBSCRIBER_FORGOTTEN__INIT;
	Cairn__RuntimeEvent event = CAIRN__RUNTIME_EVENT__INIT;
	char stream[64];

	if (strlen(ask->name) > 60 || ask->name[0] == '\0') {
		reject(in, "name: a subscriber's name is expected");
		return;
	}
	snprintf(stream, sizeof stream, "%s.0.log", e->service->name);
	sub_delete(t, stream, ask->name);
	if (e->service->public_stream != NULL)
		sub_delete(t, e->service->public_stream->stream, ask->name);
	forgotten.name = ask->name;
	event.body_case = CAIRN__RUNTIME_EVENT__BODY_SUBSCRIBER_FORGOTTEN;
	event.subscriber_forgotten = &forgotten;
	write_runtime_event(e, t, in, &event, now_us);
}

void decide_runtime(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	static void (*const decide[])(struct engine *, struct txn *, struct input *, int64_t) = {
		[CAIRN__RUNTIME_COMMAND__BODY_REJOIN] = decide_rejoin,
		[CAIRN__RUNTIME_COMMAND__BODY_RELEASE_PARKED] = decide_release_parked,
		[CAIRN__RUNTIME_COMMAND__BODY_SKIP_PARKED] = decide_skip_parked,
		[CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG] = decide_trim_log,
		[CAIRN__RUNTIME_COMMAND__BODY_FORGET_SUBSCRIBER] = decide_forget_subscriber,
	};
	uint32_t kind = body_kind(in->message);

	in->reply = (struct reply){.token = in->reply.token, .id = in->id};
	switch (reply_find(txn_view(t), &in->id, in->hash, in->principal, e->flying.arena,
			   &in->reply)) {
	case RECORDED_SAME:
		return;
	case RECORDED_OTHER:
		in->reply.status = CAIRN__STATUS__ID_REUSED;
		return;
	case RECORDED_NONE:
		break;
	}
	if (kind == 0 || kind >= ARRAY_LEN(decide)) {
		in->reply.status = CAIRN__STATUS__INVALID;
		in->reply.text = "head.kind: no such runtime command";
		return;
	}
	in->reply.status = CAIRN__STATUS__OK;
	decide[kind](e, t, in, now_us);
	if (in->reply.status == CAIRN__STATUS__OK)
		in->reply.seq = e->head.at.seq;
	reply_put(t, &in->id, in->hash, in->principal, &in->reply);
}

/* ---- status and parked events ---- */

struct status_rows {
	Cairn__RuntimeStatus *status;
	struct arena *arena;
	size_t room;
};

static Cairn__SubscriberStatus *find_subscriber(const Cairn__RuntimeStatus *status,
						const struct sub_note *n)
{
	for (size_t i = 0; i < status->n_subscribers; i++)
		if (strcmp(status->subscribers[i]->name, n->name) == 0 &&
		    strcmp(status->subscribers[i]->stream, n->stream) == 0)
			return status->subscribers[i];
	return NULL;
}

static void add_subscriber(void *ctx, const char *stream, const char *name,
			   const struct sub_row *row)
{
	struct status_rows *rows = ctx;
	Cairn__SubscriberStatus *s;

	if (rows->status->n_subscribers == rows->room)
		return;
	s = arena_alloc(rows->arena, sizeof *s);
	cairn__subscriber_status__init(s);
	s->stream = arena_text(rows->arena, bytes_of_text(stream));
	s->name = arena_text(rows->arena, bytes_of_text(name));
	s->acked_seq = row->acked_seq;
	s->acked_us = row->acked_us;
	s->seen_us = row->seen_us;
	rows->status->subscribers[rows->status->n_subscribers++] = s;
}

/* What subscribers have said since the last commit. */
static void add_notes(const struct engine *e, struct status_rows *rows)
{
	for (unsigned i = 0; i < e->n_subs; i++) {
		const struct sub_note *n = &e->subs[i];
		const struct sub_row row = {n->seen_us, n->acked_seq, n->seen_us};
		Cairn__SubscriberStatus *s = find_subscriber(rows->status, n);

		if (s == NULL) {
			add_subscriber(rows, n->stream, n->name, &row);
			continue;
		}
		if (s->acked_seq != n->acked_seq)
			s->acked_us = n->seen_us;
		s->acked_seq = n->acked_seq;
		s->seen_us = n->seen_us;
	}
}

static void add_upstreams(struct engine *e, const struct view *v, Cairn__RuntimeStatus *status,
			  struct arena *arena)
{
	status->n_upstreams = e->service->n_upstreams;
	status->upstreams =
		arena_alloc(arena, MAX(status->n_upstreams, (size_t)1) * sizeof(void *));
	for (unsigned i = 0; i < e->service->n_upstreams; i++) {
		Cairn__UpstreamStatus *u = arena_alloc(arena, sizeof *u);
		struct position at;

		cairn__upstream_status__init(u);
		u->stream = arena_text(arena, bytes_of_text(e->service->upstreams[i].stream));
		place_get(v, e->service, u->stream, &at);
		u->at = position_message(&at, arena);
		if (e->stalled[i] != NULL)
			u->stopped = arena_text(arena, bytes_of_text(e->stalled[i]));
		status->upstreams[i] = u;
	}
}

Cairn__RuntimeStatus *engine_status(struct engine *e, struct arena *arena)
{
	Cairn__RuntimeStatus *status = arena_alloc(arena, sizeof *status);
	struct store_room room = store_room(e->store);
	struct view *v = store_view(e->store);
	struct status_rows rows = {status, arena, view_count(v, TABLE_SUB) + e->n_subs};

	cairn__runtime_status__init(status);
	status->service = arena_text(arena, bytes_of_text(e->service->name));
	status->version = arena_text(arena, bytes_of_text(CAIRN_VERSION));
	status->head = position_message(&e->head.at, arena);
	status->first_seq = e->head.first_seq;
	status->durable_seq = e->durable_seq;
	status->at_us = e->head.at_us;
	status->subscribers = arena_alloc(arena, MAX(rows.room, (size_t)1) * sizeof(void *));
	sub_each(v, add_subscriber, &rows);
	add_notes(e, &rows);
	add_upstreams(e, v, status, arena);
	status->parked = view_count(v, TABLE_PARKED);
	status->commands = e->stats.commands;
	status->refused = e->stats.refused;
	status->events = e->stats.events;
	status->store_used_bytes = room.used_bytes;
	status->store_map_bytes = room.map_bytes;
	status->disk_free_bytes = room.disk_free_bytes;
	status->disk_full = e->stats.disk_full;
	view_end(&v);
	return status;
}

struct parked_rows {
	Cairn__ParkedList *list;
	struct arena *arena;
	size_t room;
};

static void add_parked(void *ctx, const struct parked *p)
{
	static const char *const reasons[] = {
		[PARK_AWAITS] = "awaits", [PARK_BEHIND] = "behind", [PARK_REFUSED] = "refused"};
	struct parked_rows *rows = ctx;
	Cairn__ParkedEvent *event;
	struct record r;

	if (rows->list->n_events == rows->room || !record_unpack(p->raw, p->seq, &r))
		return;
	event = arena_alloc(rows->arena, sizeof *event);
	cairn__parked_event__init(event);
	event->stream = arena_text(rows->arena, bytes_of_text(p->stream));
	event->seq = p->seq;
	event->kind = r.kind;
	event->entity = pb_of_bytes(arena_copy(rows->arena, bytes_of_id(&p->entity)));
	event->awaits_kind = p->awaits_kind;
	event->awaits_id = pb_of_bytes(arena_copy(rows->arena, bytes_of_id(&p->awaits_id)));
	event->since_us = p->since_us;
	event->reason = arena_text(rows->arena, bytes_of_text(reasons[p->reason]));
	rows->list->events[rows->list->n_events++] = event;
}

static Cairn__ParkedList *list_parked(struct engine *e, const char *stream, struct arena *arena)
{
	Cairn__ParkedList *list = arena_alloc(arena, sizeof *list);
	struct view *v = store_view(e->store);
	struct parked_rows rows = {list, arena, MIN(view_count(v, TABLE_PARKED), (uint64_t)500)};

	cairn__parked_list__init(list);
	list->events = arena_alloc(arena, MAX(rows.room, (size_t)1) * sizeof(void *));
	parked_each(v, stream, add_parked, &rows);
	view_end(&v);
	return list;
}

/* ---- positions ---- */

/* Where the last commit ends that is not beyond seq; false: its chain is forgotten. */
static bool commit_position(const struct view *v, uint64_t seq, struct position *at)
{
	struct bytes key, val;
	struct commit_row row;
	struct key from = {0};
	struct scan scan = scan_first(v, TABLE_COMMIT, BYTES_NONE, key_add_u64(&from, seq));

	at->seq = seq;
	if (scan_next(&scan, &key, &val)) {
		ENSURE(val.len == sizeof row);
		memcpy(&row, val.data, sizeof row);
		if (get_u64_be(key.data) != seq)
			at->seq = row.first_seq - 1;
	} else {
		at->seq = view_last(v, TABLE_COMMIT, BYTES_NONE, &key, &val) ? get_u64_be(key.data)
									     : 0;
	}
	scan_end(&scan);
	return eventlog_chain(v, at->seq, at->chain);
}

/* Of the public stream's row seq, or of its last one. */
static bool row_position(const struct view *v, unsigned table, uint64_t seq, struct position *at)
{
	struct bytes key, val;
	struct key want = {0};

	at->seq = view_last(v, table, BYTES_NONE, &key, &val) ? MIN(seq, get_u64_be(key.data)) : 0;
	if (at->seq == 0)
		return true;
	if (!view_get(v, table, key_add_u64(&want, at->seq), &val))
		return false;
	memcpy(at->chain, val.data, CHAIN_LEN);
	return true;
}

static Cairn__Status answer_position(struct engine *e, const Cairn__GetPosition *ask,
				     struct arena *arena, Cairn__RuntimeAnswer *answer_r,
				     const char **text_r)
{
	const struct public_stream *public_stream = e->service->public_stream;
	struct position at = {.log_id = e->head.at.log_id, .epoch = e->head.at.epoch};
	struct view *v = store_view(e->store);
	char log[64];
	bool found;

	snprintf(log, sizeof log, "%s.0.log", e->service->name);
	if (public_stream != NULL && strcmp(ask->stream, public_stream->stream) == 0)
		found = row_position(v, public_stream->table, ask->seq, &at);
	else
		found = strcmp(ask->stream, log) == 0 && commit_position(v, ask->seq, &at);
	view_end(&v);
	if (!found) {
		*text_r = "no such stream here, or that part of it is forgotten";
		return CAIRN__STATUS__REJECTED;
	}
	answer_r->body_case = CAIRN__RUNTIME_ANSWER__BODY_POSITION;
	answer_r->position = position_message(&at, arena);
	return CAIRN__STATUS__OK;
}

Cairn__Status answer_runtime_query(struct engine *e, uint32_t kind, struct bytes body,
				   struct arena *arena, struct reply *reply)
{
	struct message_fault fault = {.text = "head.kind: the body is another query"};
	const Cairn__RuntimeQuery *query = (const Cairn__RuntimeQuery *)message_unpack(
		&cairn__runtime_query__descriptor, body, &COMMAND_LIMITS, arena, &fault);
	Cairn__RuntimeAnswer answer_message = CAIRN__RUNTIME_ANSWER__INIT;
	Cairn__Status status = CAIRN__STATUS__OK;

	if (query == NULL || body_kind(&query->base) != kind) {
		reply->text = arena_text(arena, bytes_of_text(fault.text));
		return CAIRN__STATUS__INVALID;
	}
	if (query->body_case == CAIRN__RUNTIME_QUERY__BODY_GET_STATUS) {
		answer_message.body_case = CAIRN__RUNTIME_ANSWER__BODY_STATUS;
		answer_message.status = engine_status(e, arena);
	} else if (query->body_case == CAIRN__RUNTIME_QUERY__BODY_LIST_PARKED) {
		answer_message.body_case = CAIRN__RUNTIME_ANSWER__BODY_PARKED;
		answer_message.parked = list_parked(e, query->list_parked->stream, arena);
	} else {
		status = answer_position(e, query->get_position, arena, &answer_message,
					 &reply->text);
	}
	if (status == CAIRN__STATUS__OK)
		reply->answer = message_pack(&answer_message.base, arena);
	return status;
}
