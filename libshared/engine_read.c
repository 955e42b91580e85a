/* What others read of an engine: queries, positions, the log as a follower sees it, facts. */
#include "libshared/check.h"
#include "libshared/cursors.h"
#include "libshared/engine_parts.h"

#include <stdio.h>
#include <string.h>

/* ---- queries ---- */

static Cairn__Status check_query(const struct engine *e, const struct request *r,
				 struct reply *reply)
{
	uint32_t kind = r->head->kind - QUERY_BASE;
	uint32_t need =
		is_runtime_command(kind) ? ANY_PEER | ROLE_FOLLOW : e->service->query_roles(kind);

	if (r->head->wire != 1 || r->head->kind < QUERY_BASE || need == 0) {
		reply->text = "head.kind: no such query in this version of the service";
		return CAIRN__STATUS__INVALID;
	}
	if (!(need & r->roles)) {
		reply->text = "this peer's roles do not allow this query";
		return CAIRN__STATUS__FORBIDDEN;
	}
	if (r->head->actor.len > 0 && !(r->roles & ROLE_ASSERTS)) {
		reply->text = TEXT_NO_ASSERTS;
		return CAIRN__STATUS__FORBIDDEN;
	}
	if (r->head->actor.len != 0 && r->head->actor.len != ID_LEN) {
		reply->text = "head.actor: 16 bytes or absent";
		return CAIRN__STATUS__INVALID;
	}
	if (r->head->min_seq > e->durable_seq) {
		reply->text = "the state asked for is not here yet; ask again";
		reply->retry_ms = 20;
		return CAIRN__STATUS__UNAVAILABLE;
	}
	return CAIRN__STATUS__OK;
}

static bool submit_note(struct engine *e, const struct request *r, const struct query *q,
			int64_t now_us)
{
	static const uint8_t note_mark[10] = {'n', 'o', 't', 'e'};
	struct bytes asked = bytes_of_pb(r->head->id);
	struct id id = is_timed_id(asked) ? id_of_bytes(asked) : id_shaped(now_us, note_mark);

	return engine_submit_own(e, r->token, bytes_of_id(&id), bytes_of_id(&q->note_entity),
				 q->note);
}

static Cairn__Status answer_service_query(struct engine *e, const struct request *r,
					  struct query *q, struct reply *reply)
{
	struct message_fault fault = {.text = "head.kind: the body is another query"};
	const ProtobufCMessage *query =
		message_unpack(e->service->query, r->body, &COMMAND_LIMITS, q->arena, &fault);
	Cairn__Status status;

	if (query == NULL || body_kind(query) != r->head->kind - QUERY_BASE) {
		reply->text = arena_text(q->arena, bytes_of_text(fault.text));
		return CAIRN__STATUS__INVALID;
	}
	status = e->service->answer_query(query, q);
	reply->answer = q->answer;
	reply->text = q->text;
	return status;
}

void engine_query(struct engine *e, const struct request *r, int64_t now_us, struct arena *arena,
		  struct reply *reply_r, bool *held_r)
{
	struct view *v = store_view(e->store);
	struct query q = {
		.view = v,
		.now_us = now_us,
		.principal = r->principal,
		.roles = r->roles,
		.scope = r->scope,
		.caps = e->caps,
		.arena = arena,
	};
	struct bytes id = bytes_of_pb(r->head->id);

	*held_r = false;
	*reply_r = (struct reply){.token = r->token, .seq = e->durable_seq};
	if (id.len == ID_LEN)
		reply_r->id = id_of_bytes(id);
	reply_r->status = check_query(e, r, reply_r);
	if (reply_r->status == CAIRN__STATUS__OK &&
	    is_runtime_command(r->head->kind - QUERY_BASE)) {
		reply_r->status = answer_runtime_query(e, r->head->kind - QUERY_BASE - RUNTIME_BASE,
						       r->body, arena, reply_r);
	} else if (reply_r->status == CAIRN__STATUS__OK) {
		q.actor = id_of_bytes(bytes_of_pb(r->head->actor));
		reply_r->status = answer_service_query(e, r, &q, reply_r);
	}
	view_end(&v);
	if (q.note == NULL || reply_r->status != CAIRN__STATUS__OK)
		return;
	*held_r = submit_note(e, r, &q, now_us);
	if (!*held_r)
		*reply_r = (struct reply){.token = r->token,
					  .id = reply_r->id,
					  .retry_ms = 50,
					  .status = CAIRN__STATUS__BUSY,
					  .text = "busy; ask again"};
}

/* ---- positions and facts ---- */

uint64_t engine_durable_seq(const struct engine *e)
{
	return e->durable_seq;
}

struct log_head engine_head(const struct engine *e)
{
	return e->in_flight ? e->head_before : e->head;
}

bool engine_cursor(const struct engine *e, unsigned upstream, struct position *position_r)
{
	struct view *v = store_view(e->store);
	bool is_found =
		place_get(v, e->service, e->service->upstreams[upstream].stream, position_r);

	view_end(&v);
	return is_found;
}

struct engine_stats engine_stats(const struct engine *e)
{
	return e->stats;
}

const struct view *engine_view_begin(struct engine *e)
{
	ENSURE(e->view == NULL);
	e->view = store_view(e->store);
	return e->view;
}

void engine_view_end(struct engine *e)
{
	view_end(&e->view);
}

uint64_t engine_check_readers(struct engine *e)
{
	return store_check_readers(e->store);
}

void engine_note_subscriber(struct engine *e, const char *stream, const char *name,
			    uint64_t acked_seq, int64_t now_us)
{
	struct sub_note *slot = NULL;

	for (unsigned i = 0; i < e->n_subs && slot == NULL; i++)
		if (strcmp(e->subs[i].name, name) == 0 && strcmp(e->subs[i].stream, stream) == 0)
			slot = &e->subs[i];
	if (slot == NULL && e->n_subs < ARRAY_LEN(e->subs))
		slot = &e->subs[e->n_subs++];
	if (slot == NULL)
		return; /* the next commit makes room, the next acknowledgement says as much */
	snprintf(slot->stream, sizeof slot->stream, "%s", stream);
	snprintf(slot->name, sizeof slot->name, "%s", name);
	slot->acked_seq = acked_seq;
	slot->seen_us = now_us;
}

bool engine_idle(const struct engine *e)
{
	return !e->in_flight && e->collecting.n == 0;
}

bool engine_settled(const struct engine *e)
{
	return !e->in_flight;
}

bool engine_pauses(const struct engine *e, int64_t now_us)
{
	return now_us < e->refused_until_us;
}

/* ---- reading as a follower does ---- */

enum follow_check engine_check_position(struct engine *e, const struct position *at)
{
	struct view *v = store_view(e->store);
	bool named = at->seq == 0 || id_equal(&at->log_id, &e->head.at.log_id) ||
		     eventlog_descends(v, at->log_id, at->seq);
	enum follow_check check = FOLLOW_OK;
	uint8_t chain[CHAIN_LEN];

	if (at->seq > e->durable_seq)
		check = FOLLOW_AHEAD;
	else if (at->seq + 1 < e->head.first_seq)
		check = FOLLOW_TRUNCATED;
	else if (at->seq > 0 &&
		 (!eventlog_chain(v, at->seq, chain) || memcmp(chain, at->chain, CHAIN_LEN) != 0))
		check = named ? FOLLOW_DIVERGED : FOLLOW_AHEAD;
	if (check == FOLLOW_DIVERGED && !id_equal(&at->log_id, &e->head.at.log_id))
		check = FOLLOW_AHEAD;
	view_end(&v);
	return check;
}

int engine_read(struct engine *e, uint64_t after_seq, size_t max_bytes, struct arena *arena,
		struct log_batch *batch_r)
{
	struct view *v = store_view(e->store);
	int rc = eventlog_read(v, after_seq, e->durable_seq, max_bytes, arena, batch_r);

	view_end(&v);
	return rc;
}
