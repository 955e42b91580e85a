/* What the daemon reports of deliveries, and what follows: done, another try, dead, a stop. */
#include "libshared/check.h"
#include "services/notification/decide_parts.h"
#include "services/notification/mail/deliver.h"
#include "services/notification/plan.h"
#include "services/notification/sinks/schedule.h"

#include <inttypes.h>
#include <string.h>

#define PERMILLE_MOST 1000
/* After so many failures in a row the other side is thought to be down, and the next event that it
 * takes makes all that waits due. An event that alone fails, between others that are taken, keeps
 * its times. */
#define DOWN_AFTER 3

/* One report, while it is decided. */
struct report {
	const struct view *view;
	struct decision *d;
	const Notification__RecordDeliveries *ask;
	const struct sink_row *sink;
	Notification__SinkAdvanced *advanced;
	Notification__SinkPaused *paused; /* stop 0: not to be */
	uint32_t n_failed, n_dead;
};

/* The first reason to stop is told; the other side's wish to hear no more goes before all. */
static void stop(struct report *r, Notification__SinkStop why_stop, const char *why)
{
	if (r->paused->stop != NOTIFICATION__SINK_STOP__SINK_STOP_UNSPECIFIED &&
	    why_stop != NOTIFICATION__SINK_STOP__ENDPOINT_GONE)
		return;
	r->paused->stop = why_stop;
	r->paused->why = arena_text(r->d->arena, bytes_of_text(why));
}

static int64_t next_try_us(const struct report *r, uint32_t tries)
{
	struct decision *d = r->d;
	unsigned permille = r->ask->retry_permille == 0 ? PERMILLE_MOST : r->ask->retry_permille;

	return d->now_us + schedule_delay_us(tries, permille, (unsigned)draw(d, SCHEDULE_JITTER));
}

/* A try before its time, since the other side took something in between, does not count. */
static void later(struct report *r, const Notification__DeliveryAttempt *a,
		  const struct sink_event *before, Notification__SinkEventRow *row)
{
	r->n_failed++;
	row->state = NOTIFICATION__SINK_EVENT_STATE__EVENT_WAITING;
	row->asked_us = MIN(a->not_before_us, r->d->now_us + SCHEDULE_ASKED_US);
	if (before->state == SINK_EVENT_WAITING && before->tries > 0 &&
	    before->due_us > r->d->now_us) {
		row->next_us = MAX(before->due_us, row->asked_us);
		return;
	}
	row->tries++;
	if (row->tries < SCHEDULE_TRIES) {
		row->next_us = MAX(next_try_us(r, row->tries), row->asked_us);
		return;
	}
	row->state = NOTIFICATION__SINK_EVENT_STATE__EVENT_DEAD;
	stop(r, NOTIFICATION__SINK_STOP__FAILING, a->why);
}

static void refused(struct report *r, const Notification__DeliveryAttempt *a,
		    const struct sink_event *before, Notification__SinkEventRow *row)
{
	(void)r;
	(void)a;
	(void)before;
	row->tries++;
	row->state = NOTIFICATION__SINK_EVENT_STATE__EVENT_DEAD;
}

/* It is not the event that is wrong: it is tried again, uncounted, when a person has resumed the
 * sink. */
static void stopped(struct report *r, const Notification__DeliveryAttempt *a,
		    const struct sink_event *before, Notification__SinkEventRow *row)
{
	(void)before;
	row->state = NOTIFICATION__SINK_EVENT_STATE__EVENT_WAITING;
	row->next_us = r->d->now_us;
	stop(r,
	     a->delivery == NOTIFICATION__DELIVERY__GONE ? NOTIFICATION__SINK_STOP__ENDPOINT_GONE
							 : NOTIFICATION__SINK_STOP__NOT_ACCEPTED,
	     a->why);
}

static void behind(struct report *r, const Notification__DeliveryAttempt *a,
		   const struct sink_event *before, Notification__SinkEventRow *row)
{
	(void)r;
	(void)a;
	(void)before;
	row->state = NOTIFICATION__SINK_EVENT_STATE__EVENT_BEHIND;
}

static void done(struct report *r, const Notification__DeliveryAttempt *a,
		 const struct sink_event *before, Notification__SinkEventRow *row)
{
	(void)a;
	(void)before;
	row->state = NOTIFICATION__SINK_EVENT_STATE__EVENT_DONE;
	r->advanced->taken++;
}

typedef void delivery_fn(struct report *r, const Notification__DeliveryAttempt *a,
			 const struct sink_event *before, Notification__SinkEventRow *row);

static delivery_fn *const outcomes[] = {
	[NOTIFICATION__DELIVERY__TAKEN] = done,
	[NOTIFICATION__DELIVERY__LATER] = later,
	[NOTIFICATION__DELIVERY__DELIVERY_REFUSED] = refused,
	[NOTIFICATION__DELIVERY__GONE] = stopped,
	[NOTIFICATION__DELIVERY__UNSETTLED] = stopped,
	[NOTIFICATION__DELIVERY__BEHIND] = behind,
};

/* What is not listed and not new was skipped, or taken, in the meantime. */
static void take_attempt(struct report *r, const Notification__DeliveryAttempt *a)
{
	static const Notification__SinkEventRow init = NOTIFICATION__SINK_EVENT_ROW__INIT;
	struct bytes sink = bytes_of_pb(r->ask->sink);
	struct sink_event before = {0};
	Notification__SinkEventRow *row;
	bool is_listed = sink_event_get(r->view, sink, a->seq, &before);

	if (!is_listed && (a->seq <= r->ask->after || a->delivery == NOTIFICATION__DELIVERY__TAKEN))
		return;
	row = decision_keep(r->d, &init, sizeof init);
	row->seq = a->seq;
	row->event = a->event;
	row->subject = a->subject;
	row->tries = before.tries;
	row->code = a->code;
	row->why = a->why;
	row->tried_us = r->d->now_us;
	ENSURE(outcomes[a->delivery] != NULL); /* attempt_is_sound() */
	outcomes[a->delivery](r, a, &before, row);
	if (row->state == NOTIFICATION__SINK_EVENT_STATE__EVENT_DEAD)
		r->n_dead++;
	r->advanced->rows[r->advanced->n_rows++] = row;
}

/* One that this sink does not get any more was not read: then it has no ids. */
static bool ids_are_sound(const Notification__DeliveryAttempt *a)
{
	bool unread = a->event.len == 0 && a->subject.len == 0;

	return (unread && a->delivery == NOTIFICATION__DELIVERY__TAKEN) ||
	       (is_id(bytes_of_pb(a->event)) && is_id(bytes_of_pb(a->subject)));
}

static bool attempt_is_sound(const Notification__RecordDeliveries *ask, size_t i)
{
	const Notification__DeliveryAttempt *a = ask->attempts[i];

	return a->seq > (i > 0 ? ask->attempts[i - 1]->seq : 0) && a->seq <= ask->through &&
	       ids_are_sound(a) && a->delivery > 0 && (size_t)a->delivery < ARRAY_LEN(outcomes) &&
	       strlen(a->why) < SINK_WHY_LEN && a->not_before_us >= 0;
}

static enum verdict check_report(const Notification__RecordDeliveries *ask,
				 const struct sink_row *sink, struct decision *d)
{
	if (ask->after != sink->cursor)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "the sink stands at %" PRIu64 " now, not at %" PRIu64,
				   sink->cursor, ask->after);
	if (ask->through < ask->after || ask->taken > ask->through - ask->after ||
	    ask->retry_permille > PERMILLE_MOST || strlen(ask->why) >= SINK_WHY_LEN ||
	    (ask->stop != 0 && ask->stop != NOTIFICATION__SINK_STOP__OUT_OF_STREAM))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "through, taken, retry_permille or stop is out of range");
	for (size_t i = 0; i < ask->n_attempts; i++)
		if (!attempt_is_sound(ask, i))
			return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
					   "attempts: expected in order, up to through, and whole");
	return ACCEPTED;
}

static void emit_advanced(struct report *r)
{
	Notification__SinkAdvanced *advanced = r->advanced;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	advanced->sink = r->ask->sink;
	advanced->through = r->ask->through;
	advanced->head = MAX(r->ask->head, r->ask->through);
	advanced->taken += r->ask->taken;
	advanced->failed = (advanced->taken > 0 ? 0 : r->sink->failed) + r->n_failed;
	advanced->released = advanced->taken > 0 && r->sink->failed >= DOWN_AFTER;
	event.sink_advanced = advanced;
	emit_event(r->d, bytes_of_pb(r->ask->sink), &event,
		   NOTIFICATION__EVENT__BODY_SINK_ADVANCED);
}

static void emit_paused(struct report *r)
{
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	if (r->sink->n_dead + r->n_dead >= SINK_DEAD_MOST)
		stop(r, NOTIFICATION__SINK_STOP__TOO_MANY_DEAD,
		     "too many events were refused: it is not one of them that is wrong");
	if (r->paused->stop == 0 || r->sink->state == SINK_PAUSED)
		return;
	r->paused->sink = r->ask->sink;
	event.sink_paused = r->paused;
	emit_event(r->d, bytes_of_pb(r->ask->sink), &event, NOTIFICATION__EVENT__BODY_SINK_PAUSED);
}

/* Of one sink, what became of all that ended since the last report. */
enum verdict decide_record_deliveries(const struct view *view, const Notification__Command *cmd,
				      struct decision *d)
{
	const Notification__RecordDeliveries *ask = cmd->record_deliveries;
	Notification__SinkAdvanced advanced = NOTIFICATION__SINK_ADVANCED__INIT;
	Notification__SinkPaused paused = NOTIFICATION__SINK_PAUSED__INIT;
	struct sink_row sink;
	struct report r = {.view = view,
			   .d = d,
			   .ask = ask,
			   .sink = &sink,
			   .advanced = &advanced,
			   .paused = &paused};

	if (!find_sink(view, ask->sink, &sink, d) || check_report(ask, &sink, d) == REFUSED)
		return REFUSED;
	if (ask->stop != 0)
		stop(&r, ask->stop, ask->why);
	advanced.rows = arena_alloc(d->arena, (ask->n_attempts + 1) * sizeof *advanced.rows);
	for (size_t i = 0; i < ask->n_attempts; i++)
		take_attempt(&r, ask->attempts[i]);
	emit_advanced(&r);
	emit_paused(&r);
	return ACCEPTED;
}

/* The sink may have been changed while it was asked. */
static bool is_of_url(const struct view *view, const Notification__RecordHandshake *ask,
		      struct decision *d)
{
	const Notification__Sink *settings = sink_settings(view, bytes_of_pb(ask->sink), d->arena);

	ENSURE(settings != NULL);
	return strcmp(settings->url, ask->url) == 0;
}

/* The target's answer to the question whether it wants to hear from us. */
enum verdict decide_record_handshake(const struct view *view, const Notification__Command *cmd,
				     struct decision *d)
{
	const Notification__RecordHandshake *ask = cmd->record_handshake;
	Notification__SinkIntroduced introduced = NOTIFICATION__SINK_INTRODUCED__INIT;
	Notification__SinkPaused paused = NOTIFICATION__SINK_PAUSED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT, stop_event = event;
	struct sink_row sink;

	if (!find_sink(view, ask->sink, &sink, d))
		return REFUSED;
	if (sink.state != SINK_NEW || !is_of_url(view, ask, d))
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "the sink is not waiting for the target's word");
	if (strlen(ask->why) >= SINK_WHY_LEN)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "why: too long");
	introduced.sink = ask->sink;
	introduced.agreed = ask->agreed;
	introduced.rate = ask->rate;
	introduced.why = ask->why;
	event.sink_introduced = &introduced;
	emit_event(d, bytes_of_pb(ask->sink), &event, NOTIFICATION__EVENT__BODY_SINK_INTRODUCED);
	if (ask->agreed)
		return ACCEPTED;
	paused.sink = ask->sink;
	paused.stop = NOTIFICATION__SINK_STOP__NOT_AGREED;
	paused.why = ask->why;
	stop_event.sink_paused = &paused;
	emit_event(d, bytes_of_pb(ask->sink), &stop_event, NOTIFICATION__EVENT__BODY_SINK_PAUSED);
	return ACCEPTED;
}

enum verdict decide_note_secret_shown(const struct view *view, const Notification__Command *cmd,
				      struct decision *d)
{
	const Notification__NoteSecretShown *ask = cmd->note_secret_shown;
	Notification__SinkSecretShown shown = NOTIFICATION__SINK_SECRET_SHOWN__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_row sink;

	if (!find_sink(view, ask->sink, &sink, d))
		return REFUSED;
	shown.sink = ask->sink;
	shown.by = is_id(bytes_of_pb(ask->by)) ? ask->by : pb_of_bytes(BYTES_NONE);
	shown.peer = ask->peer;
	event.sink_secret_shown = &shown;
	emit_event(d, bytes_of_pb(ask->sink), &event, NOTIFICATION__EVENT__BODY_SINK_SECRET_SHOWN);
	return ACCEPTED;
}

/* A letter to the contact left, or did not. It is tried again as other letters are, for as long. */
enum verdict decide_record_owner_told(const struct view *view, const Notification__Command *cmd,
				      struct decision *d)
{
	const Notification__RecordOwnerTold *ask = cmd->record_owner_told;
	Notification__SinkOwnerTold told = NOTIFICATION__SINK_OWNER_TOLD__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct sink_row sink;

	if (!find_sink(view, ask->sink, &sink, d))
		return REFUSED;
	if (ask->outcome == NOTIFICATION__OUTCOME__OUTCOME_UNSPECIFIED)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "outcome: unknown");
	if (!sink_owner_is_to_be_told(&sink) || ask->stopped_us != sink.stopped_us)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "the contact is not to be told of that stop any more");
	told.sink = ask->sink;
	told.outcome = ask->outcome;
	told.code = ask->code;
	if (ask->outcome == NOTIFICATION__OUTCOME__TEMPORARY &&
	    d->now_us < sink.stopped_us + RETRY_FOR_US)
		told.next_us = d->now_us + retry_delay_us(sink.tell_tries + 1);
	event.sink_owner_told = &told;
	emit_event(d, bytes_of_pb(ask->sink), &event, NOTIFICATION__EVENT__BODY_SINK_OWNER_TOLD);
	return ACCEPTED;
}
