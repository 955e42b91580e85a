/* Letters to the contacts of sinks that stopped. */
#include "services/notification/sinks/owners.h"

#include "libshared/check.h"
#include "libshared/json.h"
#include "libshared/seal.h"

#include <inttypes.h>
#include <string.h>

#define OWNERS_TOKEN (OUTSIDE_TOKEN | UINT64_C(1) << 41)

/* ---- the letter ---- */

static const char *const stop_words[] = {
	[NOTIFICATION__SINK_STOP__FAILING] =
		"it was tried for three days and did not take an event",
	[NOTIFICATION__SINK_STOP__ENDPOINT_GONE] = "it wants no more events",
	[NOTIFICATION__SINK_STOP__NOT_ACCEPTED] = "it does not accept our credentials or settings",
	[NOTIFICATION__SINK_STOP__TOO_MANY_DEAD] = "it refused too many events",
	[NOTIFICATION__SINK_STOP__OUT_OF_STREAM] = "the events that come next are not to be had",
};

static const char *stop_word(uint16_t stop)
{
	return stop < ARRAY_LEN(stop_words) && stop_words[stop] != NULL ? stop_words[stop]
									: "it stopped";
}

static char *body_of(const Notification__Sink *sink, const struct sink_row *row,
		     struct arena *arena)
{
	char since[32];

	time_text(row->stopped_us, since);
	return arena_printf(
		arena,
		"Nothing is delivered any more to the sink %s, which takes what teachers of %s\n"
		"earn to\n\n    %s\n\n"
		"Why: %s%s%s%s.\nSince: %s\n"
		"Waiting: %" PRIu32 "; dead, for a person to look at: %" PRIu32 ".\n\n"
		"Nothing is lost. Once this is mended, an operator resumes it:\n\n"
		"    cairnctl sink show %s\n    cairnctl sink events %s\n"
		"    cairnctl sink resume %s\n",
		sink->name, sink->state, sink->url, stop_word(row->stop),
		row->why[0] != '\0' ? " (" : "", row->why, row->why[0] != '\0' ? ")" : "", since,
		row->n_waiting + row->n_behind, row->n_dead, sink->name, sink->name, sink->name);
}

/* NULL: there is no key to open it with. */
static const char *contact_of(const struct caps *caps, const struct view *view, struct bytes sink,
			      struct arena *arena)
{
	const Notification__SinkPrivate *private;
	struct message_fault fault;
	struct bytes subject, box, text;

	if (!sink_private_get(view, sink, &subject, &box) ||
	    !unseal_bytes(caps, subject, box, arena, &text))
		return NULL;
	private = (const Notification__SinkPrivate *)message_unpack(
		&notification__sink_private__descriptor, text, &EVENT_LIMITS, arena, &fault);
	return private != NULL && address_is_sound(private->contact) ? private->contact : NULL;
}

/* The same for each try, so that a mailbox which gets two can tell. */
static struct id letter_id(struct bytes sink, int64_t stopped_us, struct arena *arena)
{
	return id_of_name("sink_stop",
			  arena_printf(arena, "%s.%" PRId64, ID_STR(sink), stopped_us));
}

static void send_letter(struct owners *o, const struct owners_means *means, const struct view *view,
			int64_t now_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct bytes sink = bytes_of_id(&o->sink);
	const Notification__Sink *settings = sink_settings(view, sink, arena);
	const char *to = contact_of(means->caps, view, sink, arena);
	struct mail mail = {.from = means->from, .language = "en", .date_us = now_us};
	struct sink_row row;
	struct id id;

	o->outcome = NOTIFICATION__OUTCOME__NO_ADDRESS;
	o->code = 0;
	o->state = OWNERS_DONE;
	if (settings == NULL || to == NULL || !sink_get(view, sink, &row))
		return;
	o->stopped_us = row.stopped_us;
	id = letter_id(sink, row.stopped_us, arena);
	mail.to = (struct mailbox){"", to};
	mail.subject = arena_printf(arena, "The sink %s has stopped", settings->name);
	mail.body = body_of(settings, &row, arena);
	mail.id = arena_printf(arena, "%s", ID_STR(bytes_of_id(&id)));
	o->state = OWNERS_ACTING;
	means->channel->ops->send(means->channel,
				  &(struct parcel){.slot = OWNER_SLOT,
						   .notice = id,
						   .from = means->from.address,
						   .to = to,
						   .content = mail_compose(&mail, arena)},
				  now_us);
}

/* ---- one after another ---- */

/* False: nobody is to be told now. */
static bool find_next(struct owners *o, const struct view *view, int64_t now_us)
{
	struct scan scan = scan_first(view, SINK, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	o->next_us = INT64_MAX;
	while (scan_next(&scan, &key, &val)) {
		struct sink_row row;

		if (!sink_get(view, key, &row) || !sink_owner_is_to_be_told(&row))
			continue;
		o->next_us = MIN(o->next_us, row.tell_us);
		if (row.tell_us > now_us)
			continue;
		o->sink = id_of_bytes(key);
		o->stopped_us = row.stopped_us;
		scan_end(&scan);
		return true;
	}
	return false;
}

static void report(struct owners *o, const struct owners_means *means, struct engine *e,
		   int64_t now_us)
{
	Notification__RecordOwnerTold record = NOTIFICATION__RECORD_OWNER_TOLD__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct id id = id_make(means->ids, now_us);

	record.sink = pb_of_id(&o->sink);
	record.stopped_us = o->stopped_us;
	record.outcome = o->outcome;
	record.code = o->code;
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_OWNER_TOLD;
	command.record_owner_told = &record;
	if (engine_submit_own(e, OWNERS_TOKEN, bytes_of_id(&id), bytes_of_id(&o->sink),
			      &command.base))
		o->state = OWNERS_REPORTED;
}

void owners_turn(struct owners *o, const struct owners_means *means, struct engine *e,
		 int64_t now_us)
{
	const struct view *view;

	if (o->state == OWNERS_IDLE) {
		view = engine_view_begin(e);
		if (find_next(o, view, now_us))
			send_letter(o, means, view, now_us);
		engine_view_end(e);
	}
	if (o->state == OWNERS_DONE)
		report(o, means, e, now_us);
}

void owners_end(struct owners *o, const struct delivery *delivery)
{
	ENSURE(o->state == OWNERS_ACTING);
	o->state = OWNERS_DONE;
	o->outcome = delivery->outcome;
	o->code = delivery->code;
}

bool owners_replied(struct owners *o, const struct reply *reply)
{
	if (reply->token != OWNERS_TOKEN)
		return false;
	if (o->state == OWNERS_REPORTED)
		o->state = reply->status == CAIRN__STATUS__UNAVAILABLE ||
					   reply->status == CAIRN__STATUS__BUSY
				   ? OWNERS_DONE
				   : OWNERS_IDLE;
	return true;
}

int64_t owners_next_us(const struct owners *o, int64_t now_us)
{
	if (o->state == OWNERS_IDLE)
		return o->next_us == 0 ? INT64_MAX : o->next_us;
	return o->state == OWNERS_DONE ? now_us + US_PER_S : INT64_MAX;
}
