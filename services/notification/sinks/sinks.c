/* Sinks at work: which there are, their turns, and the reports of what became of events. */
#include "services/notification/sinks/sinks_parts.h"

#include "libshared/log.h"
#include "services/notification/notification.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_US US_PER_S       /* after the engine could not take a report for now */
#define ANEW_US (60 * US_PER_S) /* after a report was refused */
#define OPEN_AGAIN_US (10 * US_PER_S)
#define POLL_LEAST_US (100 * US_PER_MS)
#define CONNECTIONS_MOST 256 /* of all sinks: several that hang leave room for the others */
#define GENERATIONS 12       /* bits: of one slot */
#define TOKENS (OUTSIDE_TOKEN | UINT64_C(1) << 40)

/* ---- reports ---- */

static uint64_t token_of(const struct sinks *s, unsigned number, bool is_greeting)
{
	uint64_t generation = s->slots[number]->run.generation & 0xffffff;

	return TOKENS | generation << 16 | (uint64_t)number << 1 | is_greeting;
}

static bool submit(struct sinks *s, struct engine *e, unsigned number, bool is_greeting,
		   const Notification__Command *command)
{
	struct id id = id_make(&s->ids, s->now_us);

	return engine_submit_own(e, token_of(s, number, is_greeting), bytes_of_id(&id),
				 bytes_of_id(&s->slots[number]->run.sink), &command->base);
}

static void report(struct sinks *s, struct engine *e, unsigned number)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	Notification__RecordDeliveries record;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct sink_run *r = &s->slots[number]->run;

	if (!run_report(r, s->now_us, arena, &record))
		return;
	record.retry_permille = (uint32_t)s->config->sinks_retry;
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_DELIVERIES;
	command.record_deliveries = &record;
	if (!submit(s, e, number, false, &command))
		run_reported(r, false);
}

static void report_greeting(struct sinks *s, struct engine *e, unsigned number)
{
	Notification__RecordHandshake record = NOTIFICATION__RECORD_HANDSHAKE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct slot *slot = s->slots[number];

	record.sink = pb_of_id(&slot->run.sink);
	record.agreed = slot->agreed;
	record.rate = slot->rate;
	record.why = slot->why;
	record.url = slot->asked_url;
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_HANDSHAKE;
	command.record_handshake = &record;
	if (submit(s, e, number, true, &command))
		slot->greeting = GREETING_REPORTED;
}

/* When it was moved in between, all of it comes anew. Whatever else was refused would be again, and
 * be delivered again before that: not without a pause. */
static void begin_anew(struct sinks *s, struct slot *slot, const struct reply *reply)
{
	run_reset(&slot->run);
	if (reply->reason == NOTIFICATION__REASON__WRONG_STATE ||
	    reply->reason == NOTIFICATION__REASON__UNKNOWN_SINK)
		return;
	log_error("report_of_sink_refused", "sink=%s status=%d reason=%" PRIu32,
		  ID_STR(bytes_of_id(&slot->run.sink)), (int)reply->status, reply->reason);
	slot->run.start_us = s->now_us + ANEW_US;
}

bool sinks_replied(struct sinks *s, const struct reply *reply)
{
	unsigned number = (unsigned)(reply->token >> 1 & 0xff);
	bool later =
		reply->status == CAIRN__STATUS__UNAVAILABLE || reply->status == CAIRN__STATUS__BUSY;
	struct slot *slot;

	if ((reply->token & TOKENS) != TOKENS)
		return false;
	slot = number < SINKS_MOST ? s->slots[number] : NULL;
	if (slot == NULL || token_of(s, number, reply->token & 1) != reply->token)
		return true; /* of one that is over */
	if (later)
		s->pause_us = s->now_us + PAUSE_US;
	if (reply->token & 1)
		slot->greeting = later ? GREETING_ANSWERED : GREETING_NONE;
	else if (reply->status == CAIRN__STATUS__OK || later)
		run_reported(&slot->run, !later);
	else
		begin_anew(s, slot, reply);
	return true;
}

/* ---- which sinks there are ---- */

static struct slot *slot_of_sink(struct sinks *s, struct bytes sink, unsigned *free_r)
{
	*free_r = SINKS_MOST;
	for (unsigned i = 0; i < SINKS_MOST; i++) {
		if (s->slots[i] == NULL)
			*free_r = MIN(*free_r, i);
		else if (bytes_equal(bytes_of_id(&s->slots[i]->run.sink), sink))
			return s->slots[i];
	}
	return NULL;
}

static void slot_free(struct slot *slot)
{
	run_free(&slot->run);
	free(slot->asked_url);
	free(slot);
}

static void load_new(struct sinks *s, const struct view *view)
{
	struct scan scan = scan_first(view, SINK, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	unsigned number;

	while (scan_next(&scan, &key, &val)) {
		if (slot_of_sink(s, key, &number) != NULL || number == SINKS_MOST)
			continue;
		s->slots[number] = calloc(1, sizeof *s->slots[number]);
		ENSURE(s->slots[number] != NULL);
		s->slots[number]->run.sink = id_of_bytes(key);
		s->slots[number]->run.generation = ++s->n_made << GENERATIONS;
	}
}

/* One that is gone keeps its slot until nothing of it is in the air. */
static void load(struct sinks *s, const struct view *view)
{
	load_new(s, view);
	for (unsigned i = 0; i < SINKS_MOST; i++) {
		struct slot *slot = s->slots[i];

		if (slot == NULL || run_load(&slot->run, view))
			continue;
		run_reset(&slot->run);
		slot->run.row.state = SINK_PAUSED;
		if (slot->in_air > 0)
			continue;
		slot_free(slot);
		s->slots[i] = NULL;
	}
}

static bool is_open(struct sinks *s)
{
	if (s->feed != NULL)
		return true;
	if (s->now_us < s->open_us)
		return false;
	s->open_us = s->now_us + OPEN_AGAIN_US;
	s->feed = s->world->open_feed(&s->setup, s->config->issuance);
	return s->feed != NULL;
}

/* Issuance wrote something: there may be more to read. */
static void hurry(struct sinks *s, struct engine *e)
{
	struct position at = {.seq = 0};

	if (engine_cursor(e, UP_ISSUANCE, &at) && at.seq != s->upstream_seq) {
		s->upstream_seq = at.seq;
		s->hurry_us = MAX(s->now_us, s->hurried_us + POLL_LEAST_US);
	}
	if (s->now_us < s->hurry_us)
		return;
	s->hurried_us = s->now_us;
	s->hurry_us = INT64_MAX;
	s->look_us = MIN(s->look_us, s->now_us);
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL)
			s->slots[i]->run.poll_us = MIN(s->slots[i]->run.poll_us, s->now_us);
}

/* ---- a turn ---- */

static void work(struct sinks *s, struct engine *e, unsigned number)
{
	struct slot *slot = s->slots[number];
	bool may_submit;

	if (engine_pauses(e, s->now_us))
		s->pause_us = s->now_us + PAUSE_US;
	may_submit = s->now_us >= s->pause_us;

	if (slot->run.row.state == SINK_NEW && slot->greeting == GREETING_NONE)
		sinks_greet(s, number);
	if (slot->greeting == GREETING_ANSWERED && may_submit)
		report_greeting(s, e, number);
	sinks_read(s, number);
	sinks_begin(s, number);
	if (may_submit)
		report(s, e, number);
}

static bool any_sink(const struct sinks *s)
{
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL)
			return true;
	return false;
}

void sinks_turn(struct sinks *s, struct engine *e, int64_t now_us)
{
	const struct view *view = engine_view_begin(e);

	s->now_us = now_us;
	load(s, view);
	engine_view_end(e);
	if (!any_sink(s) || !is_open(s))
		return;
	hurry(s, e);
	s->feed->ops->turn(s->feed, sinks_heard, s);
	http_turn(s->http, now_us);
	sinks_look(s);
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL && s->slots[i]->run.row.version > 0)
			work(s, e, i);
}

/* A report waits for the engine. */
static int64_t slot_next_us(const struct sinks *s, const struct slot *slot)
{
	int64_t report_us = run_report_us(&slot->run);

	if (slot->greeting == GREETING_ANSWERED)
		report_us = 0;
	if (report_us != INT64_MAX)
		report_us = MAX(report_us, s->pause_us);
	return MIN(report_us, run_next_us(&slot->run, s->now_us));
}

int64_t sinks_next_us(const struct sinks *s)
{
	int64_t next_us = INT64_MAX;

	if (s->feed == NULL)
		return any_sink(s) ? s->open_us : INT64_MAX;
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL)
			next_us = MIN(next_us, slot_next_us(s, s->slots[i]));
	if (!any_sink(s))
		return INT64_MAX;
	next_us = MIN(next_us, s->feed->ops->next_us(s->feed, s->now_us));
	next_us = MIN(next_us, MIN(http_next_us(s->http), s->hurry_us));
	return s->looking ? next_us : MIN(next_us, s->look_us);
}

unsigned sinks_items(struct sinks *s, zmq_pollitem_t *items, unsigned room)
{
	unsigned n = 0;

	if (s->feed != NULL)
		n += s->feed->ops->items(s->feed, items, room);
	if (n < room)
		items[n++] = (zmq_pollitem_t){NULL, http_fd(s->http), ZMQ_POLLIN, 0};
	return n;
}

uint64_t sinks_delivered(const struct sinks *s, Notification__SinkKind kind,
			 Notification__Delivery delivery)
{
	return kind < SINK_KINDS && delivery < SINK_DELIVERIES ? s->delivered[kind][delivery] : 0;
}

uint64_t sinks_head(const struct sinks *s)
{
	return s->head;
}

/* ---- start and end ---- */

/* The host that a URL names, without its port. */
static void origin_of(const char *url, char origin_r[ORIGIN_MAX + 1])
{
	const char *host = strstr(url, "://");
	size_t len;

	host = host != NULL ? host + strlen("://") : url;
	len = strcspn(host, ":/?#");
	snprintf(origin_r, ORIGIN_MAX + 1, "%.*s", (int)MIN(len, (size_t)ORIGIN_MAX), host);
}

struct sinks *sinks_open(const struct outside_setup *setup, const struct sinks_world *world)
{
	const struct notification_config *c = setup->config;
	struct sinks *s = calloc(1, sizeof *s);

	ENSURE(s != NULL);
	s->setup = *setup;
	s->config = c;
	s->world = world;
	s->hurry_us = INT64_MAX;
	origin_of(c->portal, s->origin);
	s->kinds = calloc(world->n_kinds, sizeof *s->kinds);
	ENSURE(s->kinds != NULL);
	s->http = http_open(&(struct http_options){.networks = c->sink_networks,
						   .ca_file = c->sink_ca_file,
						   .plain = c->sink_plain,
						   .timeout_ms = c->sink_timeout_ms,
						   .parallel = CONNECTIONS_MOST});
	if (s->http == NULL)
		sinks_close(&s);
	return s;
}

void sinks_close(struct sinks **sinks)
{
	struct sinks *s = *sinks;

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->world->n_kinds; i++)
		if (s->kinds[i] != NULL)
			s->world->kinds[i]->close(&s->kinds[i]);
	http_close(&s->http);
	if (s->feed != NULL)
		s->feed->ops->close(&s->feed);
	sinks_forget_flights(s);
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL)
			slot_free(s->slots[i]);
	free(s->kinds);
	free(s);
	*sinks = NULL;
}

static const struct sink_ops *const kinds[] = {
	[NOTIFICATION__SINK_KIND__WEBHOOK] = &webhook_ops,
	[NOTIFICATION__SINK_KIND__EDFI] = &edfi_ops,
};

const struct sinks_world sinks_outside = {issuance_feed_open, kinds, ARRAY_LEN(kinds)};
