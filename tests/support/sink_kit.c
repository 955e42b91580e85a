/* Sinks for tests. */
#include "tests/support/sink_kit.h"

#include <inttypes.h>
#include <stdio.h>

static char *text(struct kit *k, const char *s)
{
	return arena_text(k->arena, bytes_of_text(s));
}

Notification__AddSink *sink_to_add(struct kit *k, struct bytes sink, const char *name)
{
	Notification__AddSink *ask = arena_alloc(k->arena, sizeof *ask);

	notification__add_sink__init(ask);
	ask->sink = arena_alloc(k->arena, sizeof *ask->sink);
	notification__sink__init(ask->sink);
	ask->sink->sink = pb_of_bytes(sink);
	ask->sink->name = text(k, name);
	ask->sink->kind = NOTIFICATION__SINK_KIND__WEBHOOK;
	ask->sink->state = text(k, "TN");
	ask->sink->url = text(k, THE_URL);
	ask->private_ = arena_alloc(k->arena, sizeof *ask->private_);
	notification__sink_private__init(ask->private_);
	ask->private_->contact = text(k, THE_CONTACT);
	ask->secret = pb_of_bytes(kit_id(k));
	return ask;
}

Cairn__Status when_of_sink(struct kit *k, Notification__Command__BodyCase kind, void *message)
{
	Notification__Command cmd = NOTIFICATION__COMMAND__INIT;

	cmd.body_case = kind;
	cmd.add_sink = message; /* a union of pointers */
	return kit_send_as(k, kit_id(k), ROLE_SELF | ROLE_OPERATOR, BYTES_NONE, &cmd.base);
}

void given_sink(struct kit *k, struct bytes sink, const char *name)
{
	ENSURE(when_of_sink(k, NOTIFICATION__COMMAND__BODY_ADD_SINK, sink_to_add(k, sink, name)) ==
	       CAIRN__STATUS__OK);
}

void given_active_sink(struct kit *k, struct bytes sink, const char *name)
{
	Notification__RecordHandshake agreed = NOTIFICATION__RECORD_HANDSHAKE__INIT;

	given_sink(k, sink, name);
	agreed.sink = pb_of_bytes(sink);
	agreed.agreed = true;
	agreed.url = text(k, THE_URL);
	ENSURE(when_of_sink(k, NOTIFICATION__COMMAND__BODY_RECORD_HANDSHAKE, &agreed) ==
	       CAIRN__STATUS__OK);
}

static Notification__DeliveryAttempt *attempt_of(struct kit *k, const struct sink_attempt *a)
{
	Notification__DeliveryAttempt *m = arena_alloc(k->arena, sizeof *m);
	char name[32];

	notification__delivery_attempt__init(m);
	snprintf(name, sizeof name, "%" PRIu64, a->seq);
	m->seq = a->seq;
	m->event = pb_of_bytes(kit_name("event", name));
	m->subject = pb_of_bytes(kit_name("credential", a->subject));
	m->delivery = a->delivery;
	m->code = 503;
	m->not_before_us = a->not_before_us;
	m->why = text(k, a->delivery == NOTIFICATION__DELIVERY__TAKEN ? "" : "HTTP 503");
	return m;
}

Cairn__Status when_reported(struct kit *k, struct bytes sink, const struct sink_report *report)
{
	Notification__RecordDeliveries m = NOTIFICATION__RECORD_DELIVERIES__INIT;
	Notification__DeliveryAttempt *attempts[64];

	ENSURE(report->n_attempts <= ARRAY_LEN(attempts));
	m.sink = pb_of_bytes(sink);
	m.after = sink_row_of(k, sink).cursor;
	m.through = MAX(report->through, m.after);
	m.head = m.through + 10;
	m.taken = report->taken;
	m.attempts = attempts;
	for (size_t i = 0; i < report->n_attempts; i++)
		attempts[m.n_attempts++] = attempt_of(k, &report->attempts[i]);
	return when_of_sink(k, NOTIFICATION__COMMAND__BODY_RECORD_DELIVERIES, &m);
}

Cairn__Status when_sink_resumed(struct kit *k, struct bytes sink)
{
	Notification__ResumeSink m = NOTIFICATION__RESUME_SINK__INIT;

	m.sink = pb_of_bytes(sink);
	return when_of_sink(k, NOTIFICATION__COMMAND__BODY_RESUME_SINK, &m);
}

Cairn__Status when_sink_removed(struct kit *k, struct bytes sink)
{
	Notification__RemoveSink m = NOTIFICATION__REMOVE_SINK__INIT;

	m.sink = pb_of_bytes(sink);
	return when_of_sink(k, NOTIFICATION__COMMAND__BODY_REMOVE_SINK, &m);
}

struct sink_row sink_row_of(struct kit *k, struct bytes sink)
{
	struct sink_row row;

	ENSURE(sink_get(kit_view(k), sink, &row));
	return row;
}

struct sink_event sink_event_of(struct kit *k, struct bytes sink, uint64_t seq)
{
	struct sink_event row = {0};

	sink_event_get(kit_view(k), sink, seq, &row);
	return row;
}
