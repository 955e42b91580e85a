/* What the events of sinks change. */
#include "services/notification/apply_parts.h"

#include "libshared/timers.h"
#include "services/notification/tables_sink.h"

#include <string.h>

/* False: faulted. */
static bool sink_of(struct txn *txn, ProtobufCBinaryData id, struct sink_row *row_r)
{
	if (sink_get(txn_view(txn), bytes_of_pb(id), row_r))
		return true;
	txn_fault(txn, "no such sink");
	return false;
}

/* Its settings as they stand; NULL: faulted. */
static const Notification__Sink *settings_of(struct txn *txn, ProtobufCBinaryData id,
					     struct arena *arena)
{
	const Notification__Sink *settings = sink_settings(txn_view(txn), bytes_of_pb(id), arena);

	if (settings == NULL)
		txn_fault(txn, "no settings of the sink");
	return settings;
}

/* ---- the sink ---- */

void apply_sink_added(struct txn *txn, const Notification__Event *event,
		      const struct record *record)
{
	const Notification__SinkAdded *e = event->sink_added;
	struct sink_row row = {.cursor = e->sink->from,
			       .head = e->sink->from,
			       .added_us = record->at_us,
			       .rate = e->sink->rate,
			       .state = e->sink->unasked ? SINK_ACTIVE : SINK_NEW};

	id_put(row.secret, e->secret);
	sink_settings_put(txn, e->sink);
	sink_private_put(txn, bytes_of_pb(e->sink->sink), e->private_);
	sink_put(txn, bytes_of_pb(e->sink->sink), &row);
}

/* Another address is asked anew. */
void apply_sink_changed(struct txn *txn, const Notification__Event *event,
			const struct record *record)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(2048);
	const Notification__Sink *now = event->sink_changed->sink, *before;
	struct sink_row row;

	(void)record;
	if (!sink_of(txn, now->sink, &row) || (before = settings_of(txn, now->sink, arena)) == NULL)
		return;
	if (strcmp(before->name, now->name) != 0)
		txn_delete(txn, SINK_NAME, bytes_of_text(before->name));
	if (strcmp(before->url, now->url) != 0 && row.state == SINK_ACTIVE && !now->unasked)
		row.state = SINK_NEW;
	else if (row.state == SINK_NEW && now->unasked)
		row.state = SINK_ACTIVE;
	row.rate = now->rate;
	sink_settings_put(txn, now);
	if (event->sink_changed->private_ != NULL)
		sink_private_put(txn, bytes_of_pb(now->sink), event->sink_changed->private_);
	sink_put(txn, bytes_of_pb(now->sink), &row);
}

/* A key that nothing needs any more is destroyed after the commit, as an erased person's is. */
static void forget_secret(struct txn *txn, const uint8_t secret[ID_LEN])
{
	struct bytes id = {secret, ID_LEN};
	struct id slot;

	if (!is_id(id))
		return;
	slot = sink_secret_slot(id);
	txn_put(txn, TO_FORGET, bytes_of_id(&slot), BYTES_NONE);
}

void apply_sink_secret_rotated(struct txn *txn, const Notification__Event *event,
			       const struct record *record)
{
	const Notification__SinkSecretRotated *e = event->sink_secret_rotated;
	struct sink_row row;

	(void)record;
	if (!sink_of(txn, e->sink, &row))
		return;
	forget_secret(txn, row.old_secret);
	memcpy(row.old_secret, row.secret, sizeof row.old_secret);
	id_put(row.secret, e->secret);
	row.old_until_us = e->old_until_us;
	timer_set(txn, bytes_of_pb(e->sink), SINK_TIMER_SECRET, e->old_until_us);
	sink_put(txn, bytes_of_pb(e->sink), &row);
}

void apply_sink_secret_retired(struct txn *txn, const Notification__Event *event,
			       const struct record *record)
{
	ProtobufCBinaryData sink = event->sink_secret_retired->sink;
	struct sink_row row;

	(void)record;
	timer_clear(txn, bytes_of_pb(sink), SINK_TIMER_SECRET);
	if (!sink_of(txn, sink, &row))
		return;
	forget_secret(txn, row.old_secret);
	memset(row.old_secret, 0, sizeof row.old_secret);
	row.old_until_us = 0;
	sink_put(txn, bytes_of_pb(sink), &row);
}

void apply_sink_paused(struct txn *txn, const Notification__Event *event,
		       const struct record *record)
{
	const Notification__SinkPaused *e = event->sink_paused;
	struct sink_row row;

	if (!sink_of(txn, e->sink, &row))
		return;
	row.state = SINK_PAUSED;
	row.stop = (uint16_t)e->stop;
	row.stopped_us = record->at_us;
	row.told_us = row.tell_us = 0;
	row.tell_tries = 0;
	fixed_text(row.why, sizeof row.why, e->why);
	sink_put(txn, bytes_of_pb(e->sink), &row);
}

/* All that waits is due at at_us; anew: with all its tries before it. */
static void release(struct txn *txn, struct bytes sink, struct sink_row *of, int64_t at_us,
		    bool anew)
{
	uint64_t seq = 0;
	struct bytes key, val;

	for (;;) {
		struct scan scan = sink_events_after(txn_view(txn), sink, seq);
		struct sink_event row;

		if (!scan_next(&scan, &key, &val))
			return;
		seq = sink_event_seq(key);
		scan_end(&scan);
		if (!sink_event_get(txn_view(txn), sink, seq, &row))
			return;
		if (row.state != SINK_EVENT_WAITING)
			continue;
		row.next_us = MIN(row.next_us, anew ? at_us : MAX(at_us, row.asked_us));
		if (anew) {
			row.due_us = row.next_us;
			row.tries = 0;
		}
		sink_event_set(txn, sink, of, seq, &row);
	}
}

void apply_sink_resumed(struct txn *txn, const Notification__Event *event,
			const struct record *record)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(2048);
	ProtobufCBinaryData sink = event->sink_resumed->sink;
	const Notification__Sink *settings;
	struct sink_row row;

	if (!sink_of(txn, sink, &row) || (settings = settings_of(txn, sink, arena)) == NULL)
		return;
	row.state = settings->unasked ? SINK_ACTIVE : SINK_NEW;
	row.stop = 0;
	row.stopped_us = 0;
	row.failed = 0;
	fixed_text(row.why, sizeof row.why, "");
	release(txn, bytes_of_pb(sink), &row, record->at_us, true);
	sink_put(txn, bytes_of_pb(sink), &row);
}

void apply_sink_removed(struct txn *txn, const Notification__Event *event,
			const struct record *record)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(2048);
	ProtobufCBinaryData sink = event->sink_removed->sink;
	const Notification__Sink *settings;
	struct sink_row row;
	struct id slot;

	(void)record;
	if (!sink_of(txn, sink, &row) || (settings = settings_of(txn, sink, arena)) == NULL)
		return;
	slot = sink_slot(bytes_of_pb(sink));
	txn_put(txn, TO_FORGET, bytes_of_id(&slot), BYTES_NONE);
	forget_secret(txn, row.secret);
	forget_secret(txn, row.old_secret);
	timer_clear(txn, bytes_of_pb(sink), SINK_TIMER_SECRET);
	sink_delete(txn, bytes_of_pb(sink), settings->name);
}

void apply_sink_introduced(struct txn *txn, const Notification__Event *event,
			   const struct record *record)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(2048);
	const Notification__SinkIntroduced *e = event->sink_introduced;
	const Notification__Sink *settings;
	struct sink_row row;

	(void)record;
	if (!sink_of(txn, e->sink, &row) || (settings = settings_of(txn, e->sink, arena)) == NULL)
		return;
	if (e->agreed)
		row.state = SINK_ACTIVE;
	row.rate = settings->rate;
	if (e->rate > 0 && (row.rate == 0 || e->rate < row.rate))
		row.rate = e->rate;
	sink_put(txn, bytes_of_pb(e->sink), &row);
}

void apply_sink_owner_told(struct txn *txn, const Notification__Event *event,
			   const struct record *record)
{
	const Notification__SinkOwnerTold *e = event->sink_owner_told;
	struct sink_row row;

	if (!sink_of(txn, e->sink, &row))
		return;
	row.tell_tries++;
	row.tell_us = e->next_us != 0 ? e->next_us : INT64_MAX;
	if (e->outcome == NOTIFICATION__OUTCOME__DELIVERED)
		row.told_us = record->at_us;
	sink_put(txn, bytes_of_pb(e->sink), &row);
}

void apply_sink_secret_shown(struct txn *txn, const Notification__Event *event,
			     const struct record *record)
{
	(void)txn; /* it stands in the log */
	(void)event;
	(void)record;
}

/* ---- its events ---- */

void apply_sink_rewound(struct txn *txn, const Notification__Event *event,
			const struct record *record)
{
	const Notification__SinkRewound *e = event->sink_rewound;
	struct bytes sink = bytes_of_pb(e->sink), key, val;
	struct sink_row row;

	(void)record;
	if (!sink_of(txn, e->sink, &row))
		return;
	for (;;) {
		struct scan scan = sink_events_after(txn_view(txn), sink, e->to);
		uint64_t seq;

		if (!scan_next(&scan, &key, &val))
			break;
		seq = sink_event_seq(key);
		scan_end(&scan);
		sink_event_set(txn, sink, &row, seq, NULL);
		if (txn_fault_kind(txn) != FAULT_NONE)
			return;
	}
	row.cursor = e->to;
	row.rewinds++;
	sink_put(txn, sink, &row);
}

/* What was taken before is listed once more; what it is about is seen when it is read. */
void apply_events_redelivered(struct txn *txn, const Notification__Event *event,
			      const struct record *record)
{
	const Notification__EventsRedelivered *e = event->events_redelivered;
	struct bytes sink = bytes_of_pb(e->sink);
	struct sink_row row;

	if (!sink_of(txn, e->sink, &row))
		return;
	for (uint64_t seq = e->first; seq <= e->last; seq++) {
		struct sink_event at = {.first_us = record->at_us};

		sink_event_get(txn_view(txn), sink, seq, &at);
		if (at.state == SINK_EVENT_BEHIND)
			continue;
		at.state = SINK_EVENT_WAITING;
		at.next_us = at.due_us = record->at_us;
		at.tries = 0;
		sink_event_set(txn, sink, &row, seq, &at);
	}
	sink_put(txn, sink, &row);
}

void apply_event_skipped(struct txn *txn, const Notification__Event *event,
			 const struct record *record)
{
	const Notification__EventSkipped *e = event->event_skipped;
	struct sink_row row;

	(void)record;
	if (!sink_of(txn, e->sink, &row))
		return;
	sink_event_set(txn, bytes_of_pb(e->sink), &row, e->seq, NULL);
	sink_put(txn, bytes_of_pb(e->sink), &row);
}

static const uint16_t listed_as[] = {
	[NOTIFICATION__SINK_EVENT_STATE__EVENT_WAITING] = SINK_EVENT_WAITING,
	[NOTIFICATION__SINK_EVENT_STATE__EVENT_BEHIND] = SINK_EVENT_BEHIND,
	[NOTIFICATION__SINK_EVENT_STATE__EVENT_DEAD] = SINK_EVENT_DEAD,
};

static void take_row(struct txn *txn, struct bytes sink, struct sink_row *of,
		     const Notification__SinkEventRow *e)
{
	struct sink_event row = {.first_us = e->tried_us};

	if (e->state == NOTIFICATION__SINK_EVENT_STATE__EVENT_DONE) {
		sink_event_set(txn, sink, of, e->seq, NULL);
		return;
	}
	if ((size_t)e->state >= ARRAY_LEN(listed_as) || listed_as[e->state] == 0)
		return; /* of a newer version */
	sink_event_get(txn_view(txn), sink, e->seq, &row);
	id_put(row.event, e->event);
	id_put(row.subject, e->subject);
	row.state = listed_as[e->state];
	row.next_us = row.due_us = e->next_us;
	row.asked_us = e->asked_us;
	row.tries = e->tries;
	row.code = e->code;
	fixed_text(row.why, sizeof row.why, e->why);
	sink_event_set(txn, sink, of, e->seq, &row);
}

void apply_sink_advanced(struct txn *txn, const Notification__Event *event,
			 const struct record *record)
{
	const Notification__SinkAdvanced *e = event->sink_advanced;
	struct bytes sink = bytes_of_pb(e->sink);
	struct sink_row row;

	if (!sink_of(txn, e->sink, &row))
		return;
	row.cursor = e->through;
	row.head = e->head;
	row.taken += e->taken;
	row.failed = e->failed;
	if (e->taken > 0)
		row.success_us = record->at_us;
	if (e->failed == 0)
		row.failing_us = 0;
	else if (row.failing_us == 0 || e->taken > 0)
		row.failing_us = record->at_us;
	if (e->released)
		release(txn, sink, &row, record->at_us, false);
	for (size_t i = 0; i < e->n_rows; i++)
		take_row(txn, sink, &row, e->rows[i]);
	sink_put(txn, sink, &row);
}
