/* Where sinks stand, what of theirs waits or is dead, and what a webhook is signed with. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/notification/query_parts.h"
#include "services/notification/sinks/sink_secret.h"
#include "services/notification/tables_sink.h"

#include <string.h>

#define ROWS_LOOKED_AT 2000 /* of one list query; the rest comes with the next one */

static const char *const stop_words[] = {
	[NOTIFICATION__SINK_STOP__BY_PERSON] = "paused",
	[NOTIFICATION__SINK_STOP__FAILING] = "failing",
	[NOTIFICATION__SINK_STOP__ENDPOINT_GONE] = "gone",
	[NOTIFICATION__SINK_STOP__NOT_ACCEPTED] = "not_accepted",
	[NOTIFICATION__SINK_STOP__NOT_AGREED] = "not_agreed",
	[NOTIFICATION__SINK_STOP__TOO_MANY_DEAD] = "too_many_dead",
	[NOTIFICATION__SINK_STOP__OUT_OF_STREAM] = "out_of_stream",
};

static const char *state_word(const struct sink_row *row)
{
	if (row->state != SINK_PAUSED)
		return row->state == SINK_NEW ? "new" : "active";
	return row->stop < ARRAY_LEN(stop_words) && stop_words[row->stop] != NULL
		       ? stop_words[row->stop]
		       : "paused";
}

static char *kept_text(const struct query *q, const char *text)
{
	return arena_text(q->arena, bytes_of_text(text));
}

/* Listed events are in the order of the stream, not of their first try: all are looked at, and they
 * are few. */
static int64_t oldest_us(const struct query *q, struct bytes sink)
{
	struct scan scan = sink_events_after(q->view, sink, 0);
	int64_t at_us = INT64_MAX;
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct sink_event row;

		if (sink_event_get(q->view, sink, sink_event_seq(key), &row))
			at_us = MIN(at_us, row.first_us);
	}
	return at_us == INT64_MAX ? 0 : at_us;
}

static Notification__SinkAnswer *sink_answer(struct query *q, struct bytes sink,
					     struct sink_row *row)
{
	const Notification__Sink *settings = sink_settings(q->view, sink, q->arena);
	Notification__SinkAnswer *a = arena_alloc(q->arena, sizeof *a);

	notification__sink_answer__init(a);
	if (settings != NULL) {
		a->sink = arena_alloc(q->arena, sizeof *a->sink);
		*a->sink = *settings;
	}
	a->state = kept_text(q, state_word(row));
	a->why = kept_text(q, row->why);
	a->cursor = row->cursor;
	a->head = row->head;
	a->lag = row->head > row->cursor ? row->head - row->cursor : 0;
	a->waiting = row->n_waiting;
	a->behind = row->n_behind;
	a->dead = row->n_dead;
	a->taken = row->taken;
	a->success_us = row->success_us;
	a->failing_us = row->failing_us;
	a->oldest_us = oldest_us(q, sink);
	a->stopped_us = row->stopped_us;
	a->rate = row->rate;
	a->secret = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->secret)));
	a->old_until_us = row->old_until_us > q->now_us ? row->old_until_us : 0;
	a->added_us = row->added_us;
	a->told_us = row->told_us;
	return a;
}

/* False: refused. */
static bool find(struct query *q, ProtobufCBinaryData id, struct sink_row *row_r,
		 Cairn__Status *status_r)
{
	if (!is_id(bytes_of_pb(id)))
		*status_r =
			query_refuse(q, CAIRN__STATUS__INVALID, "sink: expected an id of 16 bytes");
	else if (!sink_get(q->view, bytes_of_pb(id), row_r))
		*status_r = query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such sink");
	else
		return true;
	return false;
}

Cairn__Status ask_sink(const Notification__Query *query, struct query *q)
{
	const Notification__GetSink *ask = query->get_sink;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	ProtobufCBinaryData id = ask->sink;
	Cairn__Status status;
	struct sink_row row;
	struct id named;

	if (id.len == 0 && ask->name[0] != '\0') {
		if (!sink_of_name(q->view, ask->name, &named))
			return query_refuse(q, CAIRN__STATUS__REJECTED,
					    "there is no sink of this name");
		id = pb_of_id(&named);
	}
	if (!find(q, id, &row, &status))
		return status;
	body.body_case = NOTIFICATION__ANSWER__BODY_SINK;
	body.sink = sink_answer(q, bytes_of_pb(id), &row);
	return query_answer(q, &body.base);
}

Cairn__Status ask_sinks(const Notification__Query *query, struct query *q)
{
	Notification__SinkList list = NOTIFICATION__SINK_LIST__INIT;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	struct scan scan = scan_first(q->view, SINK, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	(void)query;
	list.sinks = arena_alloc(q->arena, SINKS_MOST * sizeof *list.sinks);
	while (list.n_sinks < SINKS_MOST && scan_next(&scan, &key, &val)) {
		struct bytes sink = arena_copy(q->arena, key);
		struct sink_row row;

		if (sink_get(q->view, sink, &row))
			list.sinks[list.n_sinks++] = sink_answer(q, sink, &row);
	}
	scan_end(&scan);
	body.body_case = NOTIFICATION__ANSWER__BODY_SINKS;
	body.sinks = &list;
	return query_answer(q, &body.base);
}

/* ---- their events ---- */

static Notification__SinkEventAnswer *event_answer(struct query *q, uint64_t seq,
						   struct sink_event *row)
{
	Notification__SinkEventAnswer *a = arena_alloc(q->arena, sizeof *a);

	notification__sink_event_answer__init(a);
	a->seq = seq;
	if (is_id(BYTES_OF(row->event))) {
		a->event = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->event)));
		a->subject = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->subject)));
	}
	a->state = kept_text(q, sink_event_state_word(row->state));
	a->tries = row->tries;
	a->code = row->code;
	a->why = kept_text(q, row->why);
	a->first_us = row->first_us;
	a->next_us = row->state == SINK_EVENT_WAITING ? row->next_us : 0;
	return a;
}

static void list_events(const Notification__ListSinkEvents *ask, uint16_t state, struct query *q,
			Notification__SinkEventList *list)
{
	size_t limit = limit_of(ask->limit);
	struct bytes sink = bytes_of_pb(ask->sink), key, val;
	struct scan scan = sink_events_after(q->view, sink, ask->after);
	unsigned looked_at = 0;

	list->events = arena_alloc(q->arena, limit * sizeof *list->events);
	while (scan_next(&scan, &key, &val)) {
		uint64_t seq = sink_event_seq(key);
		struct sink_event row;

		if (sink_event_get(q->view, sink, seq, &row) && (state == 0 || state == row.state))
			list->events[list->n_events++] = event_answer(q, seq, &row);
		if (list->n_events == limit || ++looked_at == ROWS_LOOKED_AT) {
			list->next = seq;
			scan_end(&scan);
			return;
		}
	}
}

Cairn__Status ask_sink_events(const Notification__Query *query, struct query *q)
{
	const Notification__ListSinkEvents *ask = query->list_sink_events;
	Notification__SinkEventList list = NOTIFICATION__SINK_EVENT_LIST__INIT;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	uint16_t state = sink_event_state_of_word(ask->state);
	Cairn__Status status;
	struct sink_row row;

	if (ask->state[0] != '\0' && state == 0)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "state: expected waiting, behind, dead or nothing");
	if (ask->after == UINT64_MAX)
		return query_refuse(q, CAIRN__STATUS__INVALID, "after: no sequence is above it");
	if (!find(q, ask->sink, &row, &status))
		return status;
	list_events(ask, state, q, &list);
	body.body_case = NOTIFICATION__ANSWER__BODY_SINK_EVENTS;
	body.sink_events = &list;
	return query_answer(q, &body.base);
}

/* ---- the secret ---- */

/* "" when there is no key. */
static char *secret_text(const struct query *q, const uint8_t secret[ID_LEN], char **public_r)
{
	struct bytes id = {secret, ID_LEN}, key;
	struct id slot = sink_secret_slot(id);

	if (!is_id(id) || !keyring_get(q->caps->keyring, bytes_of_id(&slot), &key))
		return kept_text(q, "");
	if (public_r != NULL)
		*public_r = sink_public_text(key, q->arena);
	return sink_secret_text(key, q->arena);
}

static void leave_note(struct query *q, ProtobufCBinaryData sink)
{
	Notification__NoteSecretShown *note = arena_alloc(q->arena, sizeof *note);
	Notification__Command *cmd = arena_alloc(q->arena, sizeof *cmd);

	notification__note_secret_shown__init(note);
	note->sink = sink;
	note->by = pb_of_id(&q->actor);
	note->peer = q->principal;
	notification__command__init(cmd);
	cmd->body_case = NOTIFICATION__COMMAND__BODY_NOTE_SECRET_SHOWN;
	cmd->note_secret_shown = note;
	q->note = &cmd->base;
	q->note_entity = id_of_bytes(bytes_of_pb(sink));
}

Cairn__Status ask_sink_secret(const Notification__Query *query, struct query *q)
{
	const Notification__GetSinkSecret *ask = query->get_sink_secret;
	Notification__SinkSecretAnswer a = NOTIFICATION__SINK_SECRET_ANSWER__INIT;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	Cairn__Status status;
	struct sink_row row;

	if (!find(q, ask->sink, &row, &status))
		return status;
	a.sink = ask->sink;
	a.secret = secret_text(q, row.secret, &a.public_key);
	if (a.secret[0] == '\0')
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "the sink's secret is gone from the keyring: rotate it");
	if (row.old_until_us > q->now_us) {
		a.old_secret = secret_text(q, row.old_secret, NULL);
		a.old_until_us = row.old_until_us;
	}
	leave_note(q, ask->sink);
	body.body_case = NOTIFICATION__ANSWER__BODY_SINK_SECRET;
	body.sink_secret = &a;
	return query_answer(q, &body.base);
}
