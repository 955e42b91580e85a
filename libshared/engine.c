/* The engine: collecting a batch, running it in one transaction, answering once it is durable. */
#include "libshared/check.h"
#include "libshared/cursors.h"
#include "libshared/engine_parts.h"
#include "libshared/log.h"
#include "libshared/replies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define REFUSE_BELOW_BYTES ((uint64_t)256 << 20)
#define REFUSE_BELOW_PERCENT 5
#define DISK_RETRY_US US_PER_S
#define BATCH_ARENA_BYTES ((size_t)4 << 20)

/* ---- opening ---- */

static void batch_init(struct batch *b)
{
	*b = (struct batch){.arena = arena_new(BATCH_ARENA_BYTES)};
}

static void batch_finish(struct batch *b)
{
	arena_destroy(&b->arena);
	free(b->inputs);
}

static void batch_reset(struct batch *b)
{
	arena_reset(b->arena);
	b->n = 0;
	b->n_commands = 0;
	b->bytes = 0;
}

struct input *batch_add(struct batch *b, enum input_kind kind)
{
	struct input *in;

	if (b->n == b->room) {
		b->room = MAX(2 * b->room, (size_t)64);
		b->inputs = realloc(b->inputs, b->room * sizeof *b->inputs);
		ENSURE(b->inputs != NULL);
	}
	in = &b->inputs[b->n++];
	*in = (struct input){.kind = kind};
	return in;
}

static int open_store(struct engine *e, const struct engine_options *o)
{
	const struct service *s = e->service;
	bool current;

	for (int tries = 0; tries < 2; tries++) {
		e->store = store_open(o->dir, s->tables, s->n_tables, o->map_bytes);
		if (e->store == NULL || tables_are_current(e->store, s, &current) != 0)
			return -1;
		if (current)
			return eventlog_open(e->store, o->fresh_log_id, &e->head) == 0
				       ? rereads_begin(e->store, s)
				       : -1;
		store_close(&e->store);
		if (tables_rebuild(s, o->dir, o->archive_dir, o->map_bytes) != 0)
			return -1;
	}
	log_error("engine_open", "dir=%s error=\"tables are not current after a rebuild\"", o->dir);
	return -1;
}

static void read_cursors(struct engine *e)
{
	struct view *v = store_view(e->store);

	for (unsigned i = 0; i < e->service->n_upstreams; i++) {
		const char *stream = e->service->upstreams[i].stream;

		cursor_get(v, stream, &e->reread_until[i]);
		reread_get(v, stream, &e->rereads[i]);
		place_get(v, e->service, stream, &e->expected[i]);
	}
	view_end(&v);
}

struct engine *engine_open(const struct service *service, const struct engine_options *options)
{
	struct engine *e = calloc(1, sizeof *e);
	char path[512];

	ENSURE(e != NULL && service->n_upstreams <= UPSTREAMS_MAX);
	e->service = service;
	e->caps = options->caps;
	e->durability = options->durability;
	batch_init(&e->collecting);
	batch_init(&e->flying);
	if (open_store(e, options) != 0) {
		engine_close(&e);
		return NULL;
	}
	snprintf(path, sizeof path, "%s/in_hand", options->dir);
	e->suspects = suspects_open(path);
	if (e->suspects == NULL) {
		engine_close(&e);
		return NULL;
	}
	e->durable_seq = e->head.at.seq;
	read_cursors(e);
	return e;
}

void engine_close(struct engine **engine)
{
	struct engine *e = *engine;

	if (e == NULL)
		return;
	view_end(&e->view);
	suspects_close(&e->suspects);
	store_close(&e->store);
	batch_finish(&e->collecting);
	batch_finish(&e->flying);
	free(e);
	*engine = NULL;
}

const struct service *engine_service(const struct engine *e)
{
	return e->service;
}

/* ---- the door ---- */

static struct bytes entity_of_head(const Cairn__Head *head)
{
	return bytes_of_pb(head->entity);
}

static bool is_id_or_none(ProtobufCBinaryData data)
{
	return data.len == 0 || is_id(bytes_of_pb(data));
}

/* What is wrong with the head of a request, or OK. */
static Cairn__Status check_head(const struct request *r, const char **text_r)
{
	const Cairn__Head *head = r->head;

	*text_r = NULL;
	if (head->wire != 1)
		*text_r = "head.wire: this service speaks wire version 1";
	else if (!is_timed_id(bytes_of_pb(head->id)))
		*text_r = "head.id: 16 bytes, a UUIDv7, are expected";
	else if (!is_id_or_none(head->entity) || !is_id_or_none(head->cause) ||
		 !is_id_or_none(head->actor))
		*text_r = "head: entity, cause and actor are 16 bytes or absent";
	if (*text_r != NULL)
		return CAIRN__STATUS__INVALID;
	if (head->actor.len > 0 && !(r->roles & ROLE_ASSERTS)) {
		*text_r = TEXT_NO_ASSERTS;
		return CAIRN__STATUS__FORBIDDEN;
	}
	return CAIRN__STATUS__OK;
}

static Cairn__Status check_age(const struct request *r, int64_t now_us, const char **text_r)
{
	int64_t at_us = id_time_us(bytes_of_pb(r->head->id));

	if (at_us > now_us + REPLY_AHEAD_US) {
		*text_r = "head.id: its time is more than 5 minutes ahead; set the sender's clock";
		return CAIRN__STATUS__INVALID;
	}
	if (at_us < now_us - REPLY_WINDOW_US) {
		*text_r = "head.id: older than 7 days, too old to tell whether it was done; look, "
			  "then "
			  "use a new id";
		return CAIRN__STATUS__ID_TOO_OLD;
	}
	return CAIRN__STATUS__OK;
}

static Cairn__Status check_roles(const struct engine *e, const struct request *r,
				 const char **text_r)
{
	bool runtime = is_runtime_command(r->head->kind);
	uint32_t need = runtime ? ROLE_OPERATOR : e->service->command_roles(r->head->kind);

	if (need == 0) {
		*text_r = "head.kind: no such command in this version of the service";
		return CAIRN__STATUS__INVALID;
	}
	if (!(need & r->roles)) {
		*text_r = "this peer's roles do not allow this command";
		return CAIRN__STATUS__FORBIDDEN;
	}
	return CAIRN__STATUS__OK;
}

static Cairn__Status unpack_command(struct engine *e, const struct request *r, struct input *in)
{
	struct arena *arena = e->collecting.arena;
	struct message_fault fault;
	ProtobufCMessage *message;

	if (is_runtime_command(r->head->kind)) {
		in->kind = INPUT_RUNTIME;
		in->message = unpack_runtime(r->head->kind, r->body, arena, &in->reply.text);
		return in->message != NULL ? CAIRN__STATUS__OK : CAIRN__STATUS__INVALID;
	}
	message = message_unpack(e->service->command, r->body, &COMMAND_LIMITS, arena, &fault);
	if (message != NULL && body_kind(message) == r->head->kind) {
		in->message = message;
		return CAIRN__STATUS__OK;
	}
	in->reply.text = message == NULL ? arena_text(arena, bytes_of_text(fault.text))
					 : "head.kind: the body is another command";
	return CAIRN__STATUS__INVALID;
}

static Cairn__Status pass_door(struct engine *e, const struct request *r, struct input *in,
			       int64_t now_us)
{
	Cairn__Status status = check_head(r, &in->reply.text);

	if (status == CAIRN__STATUS__OK)
		status = check_age(r, now_us, &in->reply.text);
	if (status == CAIRN__STATUS__OK)
		status = check_roles(e, r, &in->reply.text);
	if (status == CAIRN__STATUS__OK)
		status = unpack_command(e, r, in);
	if (status == CAIRN__STATUS__OK && engine_pauses(e, now_us)) {
		in->reply.text = "the disk is nearly full; send it again later with the same id";
		in->reply.retry_ms = 1000;
		status = CAIRN__STATUS__UNAVAILABLE;
	}
	return status;
}

bool engine_submit(struct engine *e, const struct request *r, int64_t now_us)
{
	const Cairn__Head *head = r->head;
	struct batch *b = &e->collecting;
	struct input *in;

	if (b->n_commands == BATCH_COMMANDS || (b->n > 0 && b->bytes + r->body.len > BATCH_BYTES))
		return false;
	in = batch_add(b, INPUT_COMMAND);
	in->reply.token = r->token;
	if (head->id.len == ID_LEN)
		in->id = in->reply.id = id_of_bytes(bytes_of_pb(head->id));
	in->reply.status = pass_door(e, r, in, now_us);
	b->n_commands++;
	b->bytes += r->body.len;
	in->answered = in->reply.status != CAIRN__STATUS__OK;
	if (in->answered)
		return true;
	in->entity = id_of_bytes(entity_of_head(head));
	in->actor = id_of_bytes(bytes_of_pb(head->actor));
	in->principal = r->principal;
	in->roles = r->roles;
	if (r->scope != NULL)
		in->scope = arena_text(b->arena, bytes_of_text(r->scope));
	in->expect = head->expect;
	in->hash = request_hash(head->kind, entity_of_head(head), r->body);
	return true;
}

bool engine_submit_own(struct engine *e, uint64_t token, struct bytes id, struct bytes entity,
		       const ProtobufCMessage *command)
{
	struct batch *b = &e->collecting;
	struct bytes body;
	struct message_fault fault;
	struct input *in;

	if (b->n_commands == BATCH_COMMANDS || b->bytes > BATCH_BYTES)
		return false;
	body = message_pack(command, b->arena);
	in = batch_add(b, INPUT_COMMAND);
	in->message = message_unpack(e->service->command, body, &COMMAND_LIMITS, b->arena, &fault);
	ENSURE(in->message != NULL);
	in->reply.token = token;
	in->id = in->reply.id = id_of_bytes(id);
	in->entity = id_of_bytes(entity);
	in->roles = ROLE_SELF;
	in->hash = request_hash(body_kind(command), entity, body);
	b->n_commands++;
	b->bytes += body.len;
	return true;
}

/* ---- running a batch ---- */

bool is_set_aside(const struct engine *e, const struct id *id)
{
	for (unsigned i = 0; i < e->n_set_aside; i++)
		if (id_equal(&e->set_aside[i], id))
			return true;
	return suspects_quarantined(e->suspects, id);
}

/* False: there are too many already. */
static bool set_aside(struct engine *e, struct id id)
{
	if (e->n_set_aside == ARRAY_LEN(e->set_aside))
		return false;
	e->set_aside[e->n_set_aside++] = id;
	return true;
}

static bool is_skipped(const struct engine *e, const struct timer_due *timer)
{
	struct id id = timer_input_id(timer);

	return is_set_aside(e, &id);
}

static void add_due_timers(struct engine *e, int64_t now_us)
{
	struct view *v = store_view(e->store);
	struct scan scan = scan_first(v, TABLE_TIMER, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	for (unsigned n = 0; n < TIMERS_IN_BATCH && scan_next(&scan, &key, &val);) {
		struct timer_due timer = timer_of_key(key);

		if (timer.due_us > now_us)
			break;
		if (is_skipped(e, &timer))
			continue;
		batch_add(&e->flying, INPUT_TIMER)->timer = timer;
		n++;
	}
	scan_end(&scan);
	view_end(&v);
}

static void answer_all(struct engine *e, Cairn__Status status, const char *text)
{
	for (size_t i = 0; i < e->flying.n; i++) {
		struct input *in = &e->flying.inputs[i];

		if (in->answered)
			continue;
		in->answered = true;
		in->reply = (struct reply){.token = in->reply.token,
					   .id = in->id,
					   .status = status,
					   .retry_ms = 500,
					   .text = text};
	}
}

/* Timers first, then neighbours, then commands: a flood of commands cannot starve the first two. */
static void decide_inputs(struct engine *e, struct txn *t, int64_t now_us)
{
	static void (*const decide[])(struct engine *, struct txn *, struct input *, int64_t) = {
		[INPUT_TIMER] = decide_timer,
		[INPUT_UPSTREAM] = decide_upstream,
		[INPUT_COMMAND] = decide_command,
		[INPUT_RUNTIME] = decide_runtime,
	};

	for (enum input_kind kind = INPUT_TIMER; kind <= INPUT_RUNTIME; kind++)
		for (size_t i = 0; i < e->flying.n; i++) {
			struct input *in = &e->flying.inputs[i];

			if (in->kind != kind || in->answered)
				continue;
			e->in_hand = in;
			decide[kind](e, t, in, now_us);
			if (txn_fault_kind(t) != FAULT_NONE)
				return;
		}
	e->in_hand = NULL;
}

/* The input in hand faulted the transaction: it is answered or parked, the others run again. Or a
 * parked record did that it released: then that one stays parked, and the input runs again too. */
static void set_aside_in_hand(struct engine *e)
{
	struct input *in = e->in_hand;

	ENSURE(in != NULL);
	e->stats.reruns++;
	suspects_put_down(e->suspects);
	if (!id_is_none(&e->parked_in_hand) && set_aside(e, e->parked_in_hand))
		return;
	if (in->kind == INPUT_TIMER) {
		in->answered = true;
		set_aside(e, timer_input_id(&in->timer));
	} else if (in->kind == INPUT_UPSTREAM) {
		ENSURE(e->record_in_hand != NULL && !e->record_in_hand->poisoned);
		e->record_in_hand->poisoned = true;
	} else {
		in->answered = true;
		in->reply = (struct reply){
			.token = in->reply.token,
			.id = in->id,
			.status = CAIRN__STATUS__UNAVAILABLE,
			.text = "it broke a rule of ours and was not done; it has been reported"};
	}
}

static void write_subscribers(struct engine *e, struct txn *t)
{
	for (unsigned i = 0; i < e->n_subs; i++) {
		const struct sub_note *n = &e->subs[i];

		sub_put(t, n->stream, n->name, n->acked_seq, n->seen_us);
	}
}

static int seal(struct engine *e, struct txn **t)
{
	if (e->prepared && e->service->prepare_sync(e->caps) != 0) {
		txn_abort(t);
		return -1;
	}
	if (e->durability == NULL)
		return txn_commit(t);
	e->handed_over = e->durability->seal(e->durability->ctx, t, e->head.at.seq) == 0;
	return e->handed_over ? 0 : -1;
}

enum outcome { OUTCOME_SEALED, OUTCOME_AGAIN, OUTCOME_FAILED };

static enum outcome outcome_of_fault(struct engine *e, enum store_fault fault)
{
	e->head = e->head_before;
	switch (fault) {
	case FAULT_MAP_FULL:
		return store_grow(e->store) == 0 ? OUTCOME_AGAIN : OUTCOME_FAILED;
	case FAULT_RULE:
		set_aside_in_hand(e);
		return OUTCOME_AGAIN;
	case FAULT_DISK_FULL:
		if (!e->stats.disk_full)
			log_error("disk_full", "service=%s answer=unavailable", e->service->name);
		e->stats.disk_full = true;
		return OUTCOME_FAILED;
	case FAULT_NONE: /* the durability refused */
		return OUTCOME_FAILED;
	case FAULT_BROKEN:
		break;
	}
	log_error("store_broken", "service=%s action=exit", e->service->name);
	_Exit(EXIT_FAILURE); /* start-up is the recovery path */
}

static enum outcome run_once(struct engine *e, int64_t now_us)
{
	struct txn *t = store_begin(e->store);
	enum store_fault fault;

	e->head_before = e->head;
	e->record_in_hand = NULL;
	e->parked_in_hand = ID_NONE;
	e->prepared = false;
	eventlog_begin(&e->commit, &e->head);
	decide_inputs(e, t, now_us);
	fault = txn_fault_kind(t);
	if (fault == FAULT_NONE) {
		eventlog_end(&e->commit, t);
		reply_prune(t, now_us, 64);
		write_subscribers(e, t);
		fault = txn_fault_kind(t);
	}
	if (fault != FAULT_NONE) {
		txn_abort(&t);
		return outcome_of_fault(e, fault);
	}
	if (seal(e, &t) == 0)
		return OUTCOME_SEALED;
	return outcome_of_fault(e, store_last_fault(e->store));
}

/* A batch that did not happen: commands may be sent again, neighbours' records are followed again
 * from the cursors; what has been collected of them meanwhile would leave a gap. */
static void fail_batch(struct engine *e, int64_t now_us)
{
	for (size_t i = 0; i < e->collecting.n; i++)
		if (e->collecting.inputs[i].kind == INPUT_UPSTREAM)
			e->collecting.inputs[i].answered = true;
	e->refused_until_us = now_us + DISK_RETRY_US;
	answer_all(e, CAIRN__STATUS__UNAVAILABLE,
		   "it could not be stored just now; send it again with the same id");
	read_cursors(e);
}

static bool disk_is_low(struct engine *e)
{
	struct store_room room = store_room(e->store);
	uint64_t floor = MIN(room.disk_bytes / 100 * REFUSE_BELOW_PERCENT, REFUSE_BELOW_BYTES);
	bool low = room.disk_free_bytes < floor;

	if (low && !e->stats.disk_full)
		log_error("disk_low", "free_bytes=%llu answer=unavailable",
			  (unsigned long long)room.disk_free_bytes);
	if (!low && e->stats.disk_full)
		log_info("disk_has_room", "free_bytes=%llu",
			 (unsigned long long)room.disk_free_bytes);
	e->stats.disk_full = low;
	return low;
}

unsigned engine_run(struct engine *e, int64_t now_us)
{
	struct batch taken = e->collecting;
	enum outcome outcome = OUTCOME_AGAIN;

	if (e->in_flight)
		return 0;
	e->collecting = e->flying;
	e->flying = taken;
	now_us = MAX(now_us, e->head.at_us);
	if (!engine_pauses(e, now_us))
		add_due_timers(e, now_us);
	if (e->flying.n == 0 && e->n_subs == 0)
		return 0;
	e->handed_over = false;
	if (disk_is_low(e))
		outcome = OUTCOME_FAILED;
	while (outcome == OUTCOME_AGAIN)
		outcome = run_once(e, now_us);
	if (outcome == OUTCOME_FAILED)
		fail_batch(e, now_us);
	e->n_subs = 0;
	e->in_flight = true;
	e->stats.batches++;
	return (unsigned)e->flying.n;
}

/* ---- answering ---- */

static enum durable_state flying_state(struct engine *e)
{
	if (!e->handed_over)
		return DURABLE_DONE; /* committed, or failed and answered so */
	return e->durability->poll(e->durability->ctx);
}

static void send_replies(struct engine *e, reply_fn *sink, void *ctx)
{
	for (size_t i = 0; i < e->flying.n; i++) {
		const struct input *in = &e->flying.inputs[i];

		if (in->kind == INPUT_COMMAND || in->kind == INPUT_RUNTIME)
			sink(ctx, &in->reply);
	}
}

bool engine_poll(struct engine *e, reply_fn *sink, void *ctx)
{
	enum durable_state state;

	if (!e->in_flight)
		return false;
	state = flying_state(e);
	if (state == DURABLE_PENDING)
		return true;
	if (state != DURABLE_DONE) {
		e->stats.fenced = state == DURABLE_FENCED;
		e->head = e->head_before;
		fail_batch(e, e->head.at_us);
	}
	e->durable_seq = e->head.at.seq;
	e->in_flight = false;
	send_replies(e, sink, ctx);
	batch_reset(&e->flying);
	return false;
}

int64_t engine_next_timer_us(const struct engine *e)
{
	struct view *v = store_view(e->store);
	struct scan scan = scan_first(v, TABLE_TIMER, BYTES_NONE, BYTES_NONE);
	int64_t due_us = INT64_MAX;
	struct bytes key, val;

	while (due_us == INT64_MAX && scan_next(&scan, &key, &val)) {
		struct timer_due timer = timer_of_key(key);

		if (!is_skipped(e, &timer))
			due_us = MAX(timer.due_us, e->refused_until_us);
	}
	scan_end(&scan);
	view_end(&v);
	return due_us;
}
