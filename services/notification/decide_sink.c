/* What operators ask of sinks, and what happened then. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/notification/decide_parts.h"
#include "services/notification/plan.h"
#include "services/notification/sinks/sink_rules.h"

#include <inttypes.h>
#include <string.h>

#define OVERLAP_MAX_US (30 * US_PER_DAY)

bool find_sink(const struct view *view, ProtobufCBinaryData id, struct sink_row *row_r,
	       struct decision *d)
{
	struct bytes sink = bytes_of_pb(id);

	if (!is_id(sink))
		refuse_text(d, NOTIFICATION__REASON__BAD_ID, "sink: expected an id of 16 bytes");
	else if (!sink_get(view, sink, row_r))
		refuse_text(d, NOTIFICATION__REASON__UNKNOWN_SINK, "there is no sink %s",
			    ID_STR(sink));
	else
		return true;
	return false;
}

static enum verdict emit_about_sink(struct decision *d, ProtobufCBinaryData sink,
				    Notification__Event *event, Notification__Event__BodyCase kind)
{
	emit_event(d, bytes_of_pb(sink), event, kind);
	return ACCEPTED;
}

/* ---- adding, changing, removing ---- */

/* NULL: its slot was destroyed, or never made. */
static Cairn__Sealed *seal_private(struct decision *d, ProtobufCBinaryData sink,
				   const Notification__SinkPrivate *hidden)
{
	struct id slot = sink_slot(bytes_of_pb(sink));

	return seal(d, bytes_of_id(&slot), message_pack(&hidden->base, d->arena));
}

static bool signs(const struct view *view, struct bytes secret)
{
	struct scan scan = scan_first(view, SINK, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	bool found = false;

	while (!found && scan_next(&scan, &key, &val)) {
		struct sink_row row;

		found = sink_get(view, key, &row) &&
			(bytes_equal(BYTES_OF(row.secret), secret) ||
			 bytes_equal(BYTES_OF(row.old_secret), secret));
	}
	if (found)
		scan_end(&scan);
	return found;
}

/* It has a key, of no sink, that is not to be destroyed. */
static bool secret_is_new(const struct view *view, ProtobufCBinaryData secret,
			  const struct decision *d)
{
	struct id slot = sink_secret_slot(bytes_of_pb(secret));
	struct bytes key;

	return keyring_get(d->caps->keyring, bytes_of_id(&slot), &key) &&
	       !to_forget(view, bytes_of_id(&slot)) && !signs(view, bytes_of_pb(secret));
}

static enum verdict check_settings(const struct view *view, const Notification__Sink *sink,
				   const Notification__SinkPrivate *hidden, struct decision *d)
{
	const char *fault = sink_fault(sink, hidden, d->arena);
	struct id other;

	if (fault != NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "%s", fault);
	if (sink_of_name(view, sink->name, &other) &&
	    !bytes_equal(bytes_of_id(&other), bytes_of_pb(sink->sink)))
		return refuse_text(d, NOTIFICATION__REASON__NAME_TAKEN,
				   "another sink is called \"%s\"", sink->name);
	return ACCEPTED;
}

static enum verdict check_new(const struct view *view, const Notification__AddSink *ask,
			      struct decision *d)
{
	struct sink_row row;

	if (ask->sink == NULL || ask->private_ == NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "sink, private: missing");
	if (!is_id(bytes_of_pb(ask->sink->sink)) || !is_id(bytes_of_pb(ask->secret)))
		return refuse_text(d, NOTIFICATION__REASON__BAD_ID,
				   "sink, secret: expected new ids of 16 bytes");
	if (sink_get(view, bytes_of_pb(ask->sink->sink), &row))
		return refuse_text(d, NOTIFICATION__REASON__ID_TAKEN, "the sink is there already");
	if (view_count(view, SINK) >= SINKS_MOST)
		return refuse_text(d, NOTIFICATION__REASON__TOO_MANY_SINKS,
				   "there are %d sinks, the most there can be: remove one first",
				   SINKS_MOST);
	return check_settings(view, ask->sink, ask->private_, d);
}

enum verdict decide_add_sink(const struct view *view, const Notification__Command *cmd,
			     struct decision *d)
{
	const Notification__AddSink *ask = cmd->add_sink;
	Notification__SinkAdded added = NOTIFICATION__SINK_ADDED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	if (check_new(view, ask, d) == REFUSED)
		return REFUSED;
	added.sink = ask->sink;
	added.secret = ask->secret;
	added.private_ = seal_private(d, ask->sink->sink, ask->private_);
	if (added.private_ == NULL || !secret_is_new(view, ask->secret, d))
		return refuse_text(d, NOTIFICATION__REASON__ID_TAKEN,
				   "the sink or its secret was used before: expected new ids");
	event.sink_added = &added;
	return emit_about_sink(d, ask->sink->sink, &event, NOTIFICATION__EVENT__BODY_SINK_ADDED);
}

/* What is not given anew stays. */
static const Notification__SinkPrivate *merged(const struct view *view,
					       const Notification__ChangeSink *ask,
					       struct decision *d)
{
	struct bytes subject, box, text;
	Notification__SinkPrivate *hidden;
	struct message_fault fault;

	if (ask->private_ == NULL)
		return NULL;
	if (!sink_private_get(view, bytes_of_pb(ask->sink->sink), &subject, &box) ||
	    !unseal_bytes(d->caps, subject, box, d->arena, &text))
		return ask->private_;
	hidden = (Notification__SinkPrivate *)message_unpack(
		&notification__sink_private__descriptor, text, &EVENT_LIMITS, d->arena, &fault);
	if (hidden == NULL)
		return ask->private_;
	if (ask->private_->contact[0] != '\0')
		hidden->contact = ask->private_->contact;
	if (ask->private_->client_id[0] != '\0')
		hidden->client_id = ask->private_->client_id;
	if (ask->private_->client_secret[0] != '\0')
		hidden->client_secret = ask->private_->client_secret;
	return hidden;
}

enum verdict decide_change_sink(const struct view *view, const Notification__Command *cmd,
				struct decision *d)
{
	const Notification__ChangeSink *ask = cmd->change_sink;
	Notification__SinkChanged changed = NOTIFICATION__SINK_CHANGED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	const Notification__SinkPrivate *hidden;
	const Notification__Sink *old;
	Notification__Sink sink;
	struct sink_row row;

	if (ask->sink == NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "sink: missing");
	if (!find_sink(view, ask->sink->sink, &row, d))
		return REFUSED;
	old = sink_settings(view, bytes_of_pb(ask->sink->sink), d->arena);
	ENSURE(old != NULL);
	sink = *ask->sink;
	sink.kind = old->kind;
	sink.state = old->state;
	sink.from = old->from;
	hidden = merged(view, ask, d);
	if (check_settings(view, &sink, hidden, d) == REFUSED)
		return REFUSED;
	if (hidden != NULL)
		changed.private_ = seal_private(d, sink.sink, hidden);
	if (hidden != NULL && changed.private_ == NULL)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "the sink's key is gone from the keyring: remove the sink and "
				   "add it anew");
	changed.sink = &sink;
	event.sink_changed = &changed;
	return emit_about_sink(d, sink.sink, &event, NOTIFICATION__EVENT__BODY_SINK_CHANGED);
}

enum verdict decide_remove_sink(const struct view *view, const Notification__Command *cmd,
				struct decision *d)
{
	Notification__SinkRemoved removed = NOTIFICATION__SINK_REMOVED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_row row;

	removed.sink = cmd->remove_sink->sink;
	if (!find_sink(view, removed.sink, &row, d))
		return REFUSED;
	event.sink_removed = &removed;
	return emit_about_sink(d, removed.sink, &event, NOTIFICATION__EVENT__BODY_SINK_REMOVED);
}

/* Both secrets sign until the overlap ends, so that the other side can change over in its time. */
enum verdict decide_rotate_sink_secret(const struct view *view, const Notification__Command *cmd,
				       struct decision *d)
{
	const Notification__RotateSinkSecret *ask = cmd->rotate_sink_secret;
	Notification__SinkSecretRotated rotated = NOTIFICATION__SINK_SECRET_ROTATED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_row row;

	if (!find_sink(view, ask->sink, &row, d))
		return REFUSED;
	if (!is_id(bytes_of_pb(ask->secret)))
		return refuse_text(d, NOTIFICATION__REASON__BAD_ID,
				   "secret: expected a new id of 16 bytes");
	if (ask->overlap_us < 0 || ask->overlap_us > OVERLAP_MAX_US)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "overlap_us: expected 0 to 30 days");
	if (!secret_is_new(view, ask->secret, d))
		return refuse_text(d, NOTIFICATION__REASON__ID_TAKEN,
				   "the secret was used before: expected a new id");
	rotated.sink = ask->sink;
	rotated.secret = ask->secret;
	rotated.old_until_us = d->now_us + ask->overlap_us;
	event.sink_secret_rotated = &rotated;
	return emit_about_sink(d, ask->sink, &event, NOTIFICATION__EVENT__BODY_SINK_SECRET_ROTATED);
}

/* A secret that signs no more is kept no longer. */
enum verdict notification_decide_timer(const struct view *view, const struct timer_due *timer,
				       struct decision *d)
{
	Notification__SinkSecretRetired retired = NOTIFICATION__SINK_SECRET_RETIRED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	(void)view;
	ENSURE(timer->kind == SINK_TIMER_SECRET); /* there is no other */
	retired.sink = pb_of_id(&timer->entity);
	event.sink_secret_retired = &retired;
	return emit_about_sink(d, retired.sink, &event,
			       NOTIFICATION__EVENT__BODY_SINK_SECRET_RETIRED);
}

/* ---- pausing and going on ---- */

enum verdict decide_pause_sink(const struct view *view, const Notification__Command *cmd,
			       struct decision *d)
{
	const Notification__PauseSink *ask = cmd->pause_sink;
	Notification__SinkPaused paused = NOTIFICATION__SINK_PAUSED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_row row;

	if (!find_sink(view, ask->sink, &row, d))
		return REFUSED;
	if (!is_word(ask->why))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "why: expected a word of a-z, 0-9 and _, at most %d", WORD_MAX);
	if (row.state == SINK_PAUSED)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "the sink is paused already");
	paused.sink = ask->sink;
	paused.stop = NOTIFICATION__SINK_STOP__BY_PERSON;
	paused.why = ask->why;
	event.sink_paused = &paused;
	return emit_about_sink(d, ask->sink, &event, NOTIFICATION__EVENT__BODY_SINK_PAUSED);
}

enum verdict decide_resume_sink(const struct view *view, const Notification__Command *cmd,
				struct decision *d)
{
	Notification__SinkResumed resumed = NOTIFICATION__SINK_RESUMED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_row row;

	resumed.sink = cmd->resume_sink->sink;
	if (!find_sink(view, resumed.sink, &row, d))
		return REFUSED;
	if (row.state != SINK_PAUSED)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE, "the sink is not paused");
	event.sink_resumed = &resumed;
	return emit_about_sink(d, resumed.sink, &event, NOTIFICATION__EVENT__BODY_SINK_RESUMED);
}

/* ---- its events ---- */

/* By the id it has at the other side. Only what is listed is known by its id. */
static bool seq_of_event(const struct view *view, struct bytes sink, struct bytes event,
			 uint64_t *seq_r)
{
	struct scan scan = sink_events_after(view, sink, 0);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct sink_event row;

		*seq_r = sink_event_seq(key);
		if (sink_event_get(view, sink, *seq_r, &row) &&
		    bytes_equal(BYTES_OF(row.event), event)) {
			scan_end(&scan);
			return true;
		}
	}
	return false;
}

/* An Ed-Fi API keeps the last state that it is told of a credential: what it has taken is not told
 * again without all that came after. */
static bool would_set_back(const struct view *view, const Notification__EventsRedelivered *range,
			   uint64_t cursor, struct decision *d)
{
	struct bytes sink = bytes_of_pb(range->sink);
	const Notification__Sink *settings = sink_settings(view, sink, d->arena);
	struct sink_event row;

	ENSURE(settings != NULL);
	if (settings->kind != NOTIFICATION__SINK_KIND__EDFI || range->last == cursor)
		return false;
	for (uint64_t seq = range->first; seq <= range->last; seq++)
		if (!sink_event_get(view, sink, seq, &row))
			return true;
	return false;
}

static enum verdict check_range(const struct view *view, const Notification__RedeliverEvents *ask,
				Notification__EventsRedelivered *range, struct decision *d)
{
	struct sink_row row;

	if (!find_sink(view, ask->sink, &row, d))
		return REFUSED;
	range->sink = ask->sink;
	range->first = ask->first;
	range->last = ask->last;
	if (ask->event.len > 0) {
		if (!seq_of_event(view, bytes_of_pb(ask->sink), bytes_of_pb(ask->event),
				  &range->first))
			return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_EVENT,
					   "no event of this id is waiting or dead: name it by its "
					   "sequence");
		range->last = range->first;
	}
	if (range->first == 0 || range->last < range->first || range->last > row.cursor)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "first, last: expected sequences up to %" PRIu64
				   ", where the sink stands",
				   row.cursor);
	if (row.n_waiting >= SINK_AGAIN_MOST)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "%" PRIu32 " events wait already: let them be delivered first",
				   row.n_waiting);
	if (range->last - range->first >= SINK_AGAIN_MOST)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "first, last: at most %d events at once; rewind goes further",
				   SINK_AGAIN_MOST);
	if (would_set_back(view, range, row.cursor, d))
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "an Ed-Fi API keeps the last state that it is told: redeliver "
				   "up to %" PRIu64 ", where the sink stands, or rewind",
				   row.cursor);
	return ACCEPTED;
}

enum verdict decide_redeliver_events(const struct view *view, const Notification__Command *cmd,
				     struct decision *d)
{
	Notification__EventsRedelivered redelivered = NOTIFICATION__EVENTS_REDELIVERED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	if (check_range(view, cmd->redeliver_events, &redelivered, d) == REFUSED)
		return REFUSED;
	event.events_redelivered = &redelivered;
	return emit_about_sink(d, redelivered.sink, &event,
			       NOTIFICATION__EVENT__BODY_EVENTS_REDELIVERED);
}

enum verdict decide_skip_event(const struct view *view, const Notification__Command *cmd,
			       struct decision *d)
{
	const Notification__SkipEvent *ask = cmd->skip_event;
	Notification__EventSkipped skipped = NOTIFICATION__EVENT_SKIPPED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_event row;
	struct sink_row sink;

	if (!find_sink(view, ask->sink, &sink, d))
		return REFUSED;
	if (!is_word(ask->why))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "why: expected a word of a-z, 0-9 and _, at most %d", WORD_MAX);
	if (!sink_event_get(view, bytes_of_pb(ask->sink), ask->seq, &row))
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_EVENT,
				   "event %" PRIu64 " is neither waiting nor dead", ask->seq);
	skipped.sink = ask->sink;
	skipped.seq = ask->seq;
	skipped.why = ask->why;
	event.event_skipped = &skipped;
	return emit_about_sink(d, ask->sink, &event, NOTIFICATION__EVENT__BODY_EVENT_SKIPPED);
}

enum verdict decide_rewind_sink(const struct view *view, const Notification__Command *cmd,
				struct decision *d)
{
	const Notification__RewindSink *ask = cmd->rewind_sink;
	Notification__SinkRewound rewound = NOTIFICATION__SINK_REWOUND__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_row row;

	if (!find_sink(view, ask->sink, &row, d))
		return REFUSED;
	if (ask->to >= row.cursor)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "to: expected a sequence below %" PRIu64
				   ", where the sink stands",
				   row.cursor);
	rewound.sink = ask->sink;
	rewound.to = ask->to;
	event.sink_rewound = &rewound;
	return emit_about_sink(d, ask->sink, &event, NOTIFICATION__EVENT__BODY_SINK_REWOUND);
}
