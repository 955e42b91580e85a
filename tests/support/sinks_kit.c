/* Sinks at work, and what they work with: a stream, another side, turns. */
#include "tests/support/sinks_kit.h"

#include "libshared/check.h"
#include "services/notification/notification.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The one that is open: who opens a feed or a kind is told nothing that names it. */
static struct sinks_play *now;

/* ---- the stream ---- */

void given_events(struct sinks_play *p, const char *subjects)
{
	for (; *subjects != '\0'; subjects++)
		p->stream.subject_of[++p->stream.head] = (unsigned)*subjects;
}

void given_strangers(struct sinks_play *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		p->stream.head++;
		p->stream.subject_of[p->stream.head] = 1000 + (unsigned)p->stream.head;
	}
}

static Issuance__PublicEvent *public_event(struct sinks_play *p, uint64_t seq)
{
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	Cairn__CloudEventAttribute subject = CAIRN__CLOUD_EVENT_ATTRIBUTE__INIT, *all = &subject;
	Cairn__CloudEventAttributeValue value = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__INIT;
	Issuance__PublicEvent *e = arena_alloc(p->kit.arena, sizeof *e);
	char name[32];
	struct id id;

	snprintf(name, sizeof name, "%" PRIu64, seq);
	id = seq == p->stream.nameless ? ID_NONE : id_of_name("event", name);
	event.id = arena_printf(p->kit.arena, "%s", ID_STR(bytes_of_id(&id)));
	snprintf(name, sizeof name, "%u", p->stream.subject_of[seq]);
	value.attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING;
	id = id_of_name("credential", name);
	value.ce_string = arena_printf(p->kit.arena, "urn:uuid:%s", ID_STR(bytes_of_id(&id)));
	subject.key = arena_printf(p->kit.arena, "subject");
	subject.value = &value;
	event.n_attributes = 1;
	event.attributes = &all;
	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = arena_printf(p->kit.arena, "{}");
	issuance__public_event__init(e);
	e->seq = seq;
	e->event = pb_of_bytes(message_pack(&event.base, p->kit.arena));
	return e;
}

static void feed_close(struct sink_feed **f)
{
	*f = NULL;
}

static void feed_read(struct sink_feed *f, const Issuance__ReadPublic *ask, uint64_t token)
{
	(void)f;
	ENSURE(now->stream.n_asked < ARRAY_LEN(now->stream.asked));
	now->stream.asked[now->stream.n_asked].after = ask->after;
	now->stream.asked[now->stream.n_asked].limit = ask->limit;
	now->stream.asked[now->stream.n_asked].typed = ask->n_types > 0;
	now->stream.asked[now->stream.n_asked++].token = token;
	now->stream.n_reads++;
}

static void feed_tell(struct sink_feed *f, const Issuance__Command *command, const struct id *id,
		      uint64_t token)
{
	(void)f;
	now->stream.n_told++;
	now->stream.told_token = token;
	now->stream.told_id = *id;
	now->stream.told_accepted =
		command->body_case == ISSUANCE__COMMAND__BODY_ACKNOWLEDGE_LEDGER;
	now->stream.told_posting = id_of_bytes(
		bytes_of_pb(now->stream.told_accepted ? command->acknowledge_ledger->posting
						      : command->dispute_ledger->posting));
}

static bool is_shown(struct sinks_play *p, const struct asked *asked, uint64_t seq)
{
	return !p->stream.elsewhere[seq] && !(asked->typed && p->stream.untyped[seq]);
}

static void answer_page(struct sinks_play *p, const struct asked *asked, sink_feed_fn *fn,
			void *ctx)
{
	Issuance__PublicPage page = ISSUANCE__PUBLIC_PAGE__INIT;
	Issuance__PublicEvent *events[RUN_PAGE];

	page.position = arena_printf(p->kit.arena, asked->after > p->stream.head ? "ahead" : "ok");
	page.head = p->stream.head;
	page.through = asked->after;
	page.events = events;
	while (page.through < p->stream.head && page.n_events < asked->limit)
		if (is_shown(p, asked, ++page.through))
			events[page.n_events++] = public_event(p, page.through);
	fn(ctx,
	   &(struct sink_feed_answer){
		   .token = asked->token, .status = CAIRN__STATUS__OK, .text = "", .page = &page});
}

static void feed_turn(struct sink_feed *f, sink_feed_fn *fn, void *ctx)
{
	(void)f;
	for (size_t i = now->stream.n_asked; i > 0; i--) {
		struct asked asked = now->stream.asked[i - 1];

		if (asked.limit > 1 ? now->stream.pages_held : now->stream.rows_held)
			continue;
		now->stream.asked[i - 1] = now->stream.asked[--now->stream.n_asked];
		answer_page(now, &asked, fn, ctx);
	}
	if (now->stream.told_token != 0 &&
	    now->stream.told_status != CAIRN__STATUS__STATUS_UNSPECIFIED) {
		uint64_t token = now->stream.told_token;

		now->stream.told_token = 0;
		fn(ctx, &(struct sink_feed_answer){
				.token = token, .status = now->stream.told_status, .text = ""});
	}
}

static unsigned feed_items(struct sink_feed *f, zmq_pollitem_t *items, unsigned room)
{
	(void)f;
	(void)items;
	(void)room;
	return 0;
}

static int64_t feed_next_us(const struct sink_feed *f, int64_t now_us)
{
	(void)f;
	(void)now_us;
	return INT64_MAX;
}

static const struct sink_feed_ops feed_ops = {feed_close, feed_read,  feed_tell,
					      feed_turn,  feed_items, feed_next_us};
static struct sink_feed the_feed = {&feed_ops};

static struct sink_feed *open_feed(const struct outside_setup *setup, const char *endpoint)
{
	(void)setup;
	(void)endpoint;
	now->stream.n_asked = 0;
	now->stream.told_token = 0;
	return &the_feed;
}

/* ---- the other side ---- */

static void finish_as(struct sinks_play *p, struct held h, Notification__Delivery delivery)
{
	struct sink_finish finish = {.delivery = delivery, .code = 503, .answer = p->side.answer};

	if (delivery == NOTIFICATION__DELIVERY__TAKEN)
		p->side.taken[p->side.n_taken++] = h.seq;
	else
		snprintf(finish.why, sizeof finish.why, "HTTP 503");
	finish.not_before_us =
		delivery == NOTIFICATION__DELIVERY__TAKEN ? 0 : p->side.wait_until_us;
	h.finish(h.ctx, &finish);
}

static void kind_deliver(struct sink_kind *k, const struct sink_dispatch *d)
{
	struct held h = {.seq = d->seq,
			 .sink = id_of_bytes(bytes_of_pb(d->target->sink->sink)),
			 .finish = d->finish,
			 .ctx = d->ctx};
	Notification__Delivery answer = NOTIFICATION__DELIVERY__DELIVERY_UNSPECIFIED;

	(void)k;
	ENSURE(d->event != NULL && d->target->n_secrets == 1);
	ENSURE(strcmp(d->target->secret->contact, THE_CONTACT) == 0);
	now->side.n_tries++;
	now->side.tries[d->seq]++;
	if (now->side.answers != NULL)
		answer = now->side.answers(d->seq);
	if (answer != NOTIFICATION__DELIVERY__DELIVERY_UNSPECIFIED) {
		finish_as(now, h, answer);
		return;
	}
	ENSURE(now->side.n_held < ARRAY_LEN(now->side.held));
	now->side.held[now->side.n_held++] = h;
}

static void kind_introduce(struct sink_kind *k, const struct sink_dispatch *d)
{
	struct sink_finish finish = {.delivery = now->side.greeting};

	(void)k;
	snprintf(now->side.asked, sizeof now->side.asked, "%s", d->target->sink->url);
	now->side.n_greetings++;
	if (now->side.greeting_held)
		now->side.greeted = (struct held){.finish = d->finish, .ctx = d->ctx};
	else
		d->finish(d->ctx, &finish);
}

static int nothing;
static struct sink_kind *kind_open(struct http *http)
{
	(void)http;
	return (struct sink_kind *)&nothing;
}

static void kind_close(struct sink_kind **k)
{
	*k = NULL;
	now->side.n_held = 0;
}

static const struct sink_ops fake_ops = {"fake", kind_open, kind_close, kind_deliver,
					 kind_introduce};
static const struct sink_ops *const fake_kinds[] = {[NOTIFICATION__SINK_KIND__WEBHOOK] = &fake_ops};
static const struct sinks_world world = {open_feed, fake_kinds, ARRAY_LEN(fake_kinds)};

bool is_held(const struct sinks_play *p, uint64_t seq)
{
	for (size_t i = 0; i < p->side.n_held; i++)
		if (p->side.held[i].seq == seq)
			return true;
	return false;
}

void answer_held(struct sinks_play *p, uint64_t seq, Notification__Delivery delivery)
{
	size_t i = 0;
	struct held h;

	while (i < p->side.n_held && p->side.held[i].seq != seq)
		i++;
	ENSURE(i < p->side.n_held); /* it is held */
	h = p->side.held[i];
	p->side.held[i] = p->side.held[--p->side.n_held];
	finish_as(p, h, delivery);
}

Notification__Delivery all_taken(uint64_t seq)
{
	(void)seq;
	return NOTIFICATION__DELIVERY__TAKEN;
}

Notification__Delivery all_later(uint64_t seq)
{
	(void)seq;
	return NOTIFICATION__DELIVERY__LATER;
}

/* ---- turns ---- */

static void on_reply(void *ctx, const struct reply *reply)
{
	struct sinks_play *p = ctx;

	ENSURE(reply->status != CAIRN__STATUS__INVALID &&
	       reply->status != CAIRN__STATUS__FORBIDDEN);
	sinks_replied(p->sinks, reply);
}

static void turn(struct sinks_play *p)
{
	engine_view_end(p->kit.engine); /* of kit_view() */
	sinks_turn(p->sinks, p->kit.engine, p->kit.now_us);
	engine_run(p->kit.engine, p->kit.now_us);
	ENSURE(!engine_poll(p->kit.engine, on_reply, p));
}

void settle(struct sinks_play *p)
{
	for (unsigned quiet = 0; quiet < 3;) {
		uint64_t seq = engine_durable_seq(p->kit.engine), reads = p->stream.n_reads;
		unsigned tries = p->side.n_tries;

		turn(p);
		quiet = seq == engine_durable_seq(p->kit.engine) && reads == p->stream.n_reads &&
					tries == p->side.n_tries
				? quiet + 1
				: 0;
	}
}

void advance(struct sinks_play *p, int64_t us)
{
	p->kit.now_us += us;
	settle(p);
}

void go_on_until(struct sinks_play *p, int64_t until_us)
{
	int64_t least_us = (until_us - p->kit.now_us) / 400;

	settle(p);
	for (;;) {
		int64_t next_us =
			MAX(sinks_next_us(p->sinks), p->kit.now_us + MAX(least_us, INT64_C(1)));

		if (next_us > until_us)
			break;
		p->kit.now_us = next_us;
		settle(p);
	}
	p->kit.now_us = until_us;
	settle(p);
}

static void open_sinks(struct sinks_play *p)
{
	struct outside_setup setup = {.caps = &p->kit.caps,
				      .config = &p->config,
				      .dir = p->kit.dir,
				      .keys_dir = "",
				      .peers = ""};

	p->sinks = sinks_open(&setup, &world);
	ENSURE(p->sinks != NULL);
}

void crash(struct sinks_play *p)
{
	sinks_close(&p->sinks);
	kit_reopen(&p->kit);
	open_sinks(p);
}

void play_open(struct sinks_play *p)
{
	memset(p, 0, sizeof *p);
	now = p;
	p->stream.told_status = CAIRN__STATUS__OK;
	p->side.answers = all_taken;
	p->side.greeting = NOTIFICATION__DELIVERY__TAKEN;
	p->config = (struct notification_config){.portal = "https://cairn.example/",
						 .issuance = "",
						 .sinks_parallel = 8,
						 .sinks_retry = 1000,
						 .sink_networks = "",
						 .sink_ca_file = "",
						 .sink_timeout_ms = 1000};
	kit_open(&p->kit, &notification_service);
	open_sinks(p);
}

void play_close(struct sinks_play *p)
{
	sinks_close(&p->sinks);
	kit_close(&p->kit);
}

Cairn__Status redeliver(struct sinks_play *p, uint64_t first, uint64_t last)
{
	Notification__RedeliverEvents m = NOTIFICATION__REDELIVER_EVENTS__INIT;

	m.sink = pb_of_bytes(THE_SINK);
	m.first = first;
	m.last = last;
	return when_of_sink(&p->kit, NOTIFICATION__COMMAND__BODY_REDELIVER_EVENTS, &m);
}

unsigned n_events_of(struct sinks_play *p, Notification__Event__BodyCase kind)
{
	const Notification__Event *event;
	unsigned n = 0;

	while ((event = (const Notification__Event *)kit_next_event(&p->kit, NULL)) != NULL)
		n += event->body_case == kind;
	return n;
}
