/* Sinks at work, with a stream and another side that the test plays: order, window, another try,
 * what a crash loses. */
#include "libshared/check.h"
#include "services/notification/notification.h"
#include "services/notification/sinks/schedule.h"
#include "services/notification/sinks/sinks.h"
#include "tests/support/sink_kit.h"
#include "tests/support/suite.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MOST 600
#define MINUTE (60 * US_PER_S)
#define SEEDS 20
#define SEEDS_LONG 300

static struct kit kit;
static struct sinks *sinks;
static struct notification_config config;

/* ---- the stream ---- */

static struct {
	unsigned subject_of[EVENTS_MOST + 1]; /* by seq */
	bool elsewhere[EVENTS_MOST + 1];      /* another state's */
	bool untyped[EVENTS_MOST + 1];        /* not of the types that a sink chose */
	uint64_t nameless;                    /* its event has no id; 0: none */
	uint64_t head;
	struct asked {
		uint64_t after, limit, token;
		bool typed;
	} asked[64];
	size_t n_asked;
	uint64_t n_reads;
	bool pages_held; /* not those of one event */
	/* what issuance was told */
	uint64_t n_told, told_token;
	struct id told_id, told_posting;
	bool told_accepted;
	Cairn__Status told_status;
} stream;

static void given_events(const char *subjects)
{
	for (; *subjects != '\0'; subjects++)
		stream.subject_of[++stream.head] = (unsigned)*subjects;
}

/* Each of a subject of its own. */
static void given_strangers(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		stream.head++;
		stream.subject_of[stream.head] = 1000 + (unsigned)stream.head;
	}
}

static Issuance__PublicEvent *public_event(uint64_t seq)
{
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	Cairn__CloudEventAttribute subject = CAIRN__CLOUD_EVENT_ATTRIBUTE__INIT, *all = &subject;
	Cairn__CloudEventAttributeValue value = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__INIT;
	Issuance__PublicEvent *e = arena_alloc(kit.arena, sizeof *e);
	char name[32];
	struct id id;

	snprintf(name, sizeof name, "%" PRIu64, seq);
	id = seq == stream.nameless ? ID_NONE : id_of_name("event", name);
	event.id = arena_printf(kit.arena, "%s", ID_STR(bytes_of_id(&id)));
	snprintf(name, sizeof name, "%u", stream.subject_of[seq]);
	value.attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING;
	id = id_of_name("credential", name);
	value.ce_string = arena_printf(kit.arena, "urn:uuid:%s", ID_STR(bytes_of_id(&id)));
	subject.key = arena_printf(kit.arena, "subject");
	subject.value = &value;
	event.n_attributes = 1;
	event.attributes = &all;
	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = arena_printf(kit.arena, "{}");
	issuance__public_event__init(e);
	e->seq = seq;
	e->event = pb_of_bytes(message_pack(&event.base, kit.arena));
	return e;
}

static void feed_close(struct sink_feed **f)
{
	*f = NULL;
}

static void feed_read(struct sink_feed *f, const Issuance__ReadPublic *ask, uint64_t token)
{
	(void)f;
	ENSURE(stream.n_asked < ARRAY_LEN(stream.asked));
	stream.asked[stream.n_asked].after = ask->after;
	stream.asked[stream.n_asked].limit = ask->limit;
	stream.asked[stream.n_asked].typed = ask->n_types > 0;
	stream.asked[stream.n_asked++].token = token;
	stream.n_reads++;
}

static void feed_tell(struct sink_feed *f, const Issuance__Command *command, const struct id *id,
		      uint64_t token)
{
	(void)f;
	stream.n_told++;
	stream.told_token = token;
	stream.told_id = *id;
	stream.told_accepted = command->body_case == ISSUANCE__COMMAND__BODY_ACKNOWLEDGE_LEDGER;
	stream.told_posting =
		id_of_bytes(bytes_of_pb(stream.told_accepted ? command->acknowledge_ledger->posting
							     : command->dispute_ledger->posting));
}

static bool is_shown(const struct asked *asked, uint64_t seq)
{
	return !stream.elsewhere[seq] && !(asked->typed && stream.untyped[seq]);
}

static void answer_page(const struct asked *asked, sink_feed_fn *fn, void *ctx)
{
	Issuance__PublicPage page = ISSUANCE__PUBLIC_PAGE__INIT;
	Issuance__PublicEvent *events[RUN_PAGE];

	page.position = arena_printf(kit.arena, asked->after > stream.head ? "ahead" : "ok");
	page.head = stream.head;
	page.through = asked->after;
	page.events = events;
	while (page.through < stream.head && page.n_events < asked->limit)
		if (is_shown(asked, ++page.through))
			events[page.n_events++] = public_event(page.through);
	fn(ctx,
	   &(struct sink_feed_answer){
		   .token = asked->token, .status = CAIRN__STATUS__OK, .text = "", .page = &page});
}

static void feed_turn(struct sink_feed *f, sink_feed_fn *fn, void *ctx)
{
	(void)f;
	for (size_t i = stream.n_asked; i > 0; i--) {
		struct asked asked = stream.asked[i - 1];

		if (asked.limit > 1 && stream.pages_held)
			continue;
		stream.asked[i - 1] = stream.asked[--stream.n_asked];
		answer_page(&asked, fn, ctx);
	}
	if (stream.told_token != 0 && stream.told_status != CAIRN__STATUS__STATUS_UNSPECIFIED) {
		uint64_t token = stream.told_token;

		stream.told_token = 0;
		fn(ctx, &(struct sink_feed_answer){
				.token = token, .status = stream.told_status, .text = ""});
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
	stream.n_asked = 0;
	stream.told_token = 0;
	return &the_feed;
}

/* ---- the other side ---- */

struct held {
	uint64_t seq;
	struct id sink;
	sink_finish_fn *finish;
	void *ctx;
};

static struct {
	Notification__Delivery (*answers)(uint64_t seq); /* NULL: held */
	struct held held[256];
	size_t n_held;
	uint64_t taken[8 * EVENTS_MOST]; /* seqs, in the order in which they were taken */
	size_t n_taken;
	unsigned tries[EVENTS_MOST + 1];
	unsigned n_tries;
	struct sink_answer answer; /* given with what is taken */
	Notification__Delivery greeting;
	bool greeting_held;
	struct held greeted;
	char asked[64]; /* the url that was greeted last */
	unsigned n_greetings;
	int64_t wait_until_us; /* asked for with what is not taken */
} side;

static void finish_as(struct held h, Notification__Delivery delivery)
{
	struct sink_finish finish = {.delivery = delivery, .code = 503, .answer = side.answer};

	if (delivery == NOTIFICATION__DELIVERY__TAKEN)
		side.taken[side.n_taken++] = h.seq;
	else
		snprintf(finish.why, sizeof finish.why, "HTTP 503");
	finish.not_before_us = delivery == NOTIFICATION__DELIVERY__TAKEN ? 0 : side.wait_until_us;
	h.finish(h.ctx, &finish);
}

static void kind_deliver(struct sink_kind *k, const struct sink_dispatch *d)
{
	struct held h = {.seq = d->seq,
			 .sink = id_of_bytes(bytes_of_pb(d->target->sink->sink)),
			 .finish = d->finish,
			 .ctx = d->ctx};

	(void)k;
	ENSURE(d->event != NULL && d->target->n_secrets == 1);
	ENSURE(strcmp(d->target->secret->contact, THE_CONTACT) == 0);
	side.n_tries++;
	side.tries[d->seq]++;
	if (side.answers != NULL && side.answers(d->seq) != 0) {
		finish_as(h, side.answers(d->seq));
		return;
	}
	ENSURE(side.n_held < ARRAY_LEN(side.held));
	side.held[side.n_held++] = h;
}

static void kind_introduce(struct sink_kind *k, const struct sink_dispatch *d)
{
	struct sink_finish finish = {.delivery = side.greeting};

	(void)k;
	snprintf(side.asked, sizeof side.asked, "%s", d->target->sink->url);
	side.n_greetings++;
	if (side.greeting_held)
		side.greeted = (struct held){.finish = d->finish, .ctx = d->ctx};
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
	side.n_held = 0;
}

static const struct sink_ops fake_ops = {"fake", kind_open, kind_close, kind_deliver,
					 kind_introduce};
static const struct sink_ops *const fake_kinds[] = {[NOTIFICATION__SINK_KIND__WEBHOOK] = &fake_ops};
static const struct sinks_world world = {open_feed, fake_kinds, ARRAY_LEN(fake_kinds)};

static bool is_held(uint64_t seq)
{
	for (size_t i = 0; i < side.n_held; i++)
		if (side.held[i].seq == seq)
			return true;
	return false;
}

static void answer_held(uint64_t seq, Notification__Delivery delivery)
{
	for (size_t i = 0; i < side.n_held; i++)
		if (side.held[i].seq == seq) {
			struct held h = side.held[i];

			side.held[i] = side.held[--side.n_held];
			finish_as(h, delivery);
			return;
		}
	ENSURE(!"it is held");
}

static Notification__Delivery all_taken(uint64_t seq)
{
	(void)seq;
	return NOTIFICATION__DELIVERY__TAKEN;
}

static Notification__Delivery all_later(uint64_t seq)
{
	(void)seq;
	return NOTIFICATION__DELIVERY__LATER;
}

/* ---- turns ---- */

static void on_reply(void *ctx, const struct reply *reply)
{
	(void)ctx;
	ENSURE(reply->status != CAIRN__STATUS__INVALID &&
	       reply->status != CAIRN__STATUS__FORBIDDEN);
	sinks_replied(sinks, reply);
}

static void turn(void)
{
	engine_view_end(kit.engine); /* of kit_view() */
	sinks_turn(sinks, kit.engine, kit.now_us);
	engine_run(kit.engine, kit.now_us);
	ENSURE(!engine_poll(kit.engine, on_reply, NULL));
}

/* Until nothing happens any more at this moment. */
static void settle(void)
{
	for (unsigned quiet = 0; quiet < 3;) {
		uint64_t seq = engine_durable_seq(kit.engine), reads = stream.n_reads;
		unsigned tries = side.n_tries;

		turn();
		quiet = seq == engine_durable_seq(kit.engine) && reads == stream.n_reads &&
					tries == side.n_tries
				? quiet + 1
				: 0;
	}
}

static void advance(int64_t us)
{
	kit.now_us += us;
	settle();
}

/* Goes on whenever the sinks say that they have something to do, until then; over long times not at
 * each look for new events. */
static void go_on_until(int64_t until_us)
{
	int64_t least_us = (until_us - kit.now_us) / 400;

	settle();
	for (;;) {
		int64_t next_us = MAX(sinks_next_us(sinks), kit.now_us + MAX(least_us, INT64_C(1)));

		if (next_us > until_us)
			break;
		kit.now_us = next_us;
		settle();
	}
	kit.now_us = until_us;
	settle();
}

static void open_sinks(void)
{
	struct outside_setup setup = {
		.caps = &kit.caps, .config = &config, .dir = kit.dir, .keys_dir = "", .peers = ""};

	sinks = sinks_open(&setup, &world);
	ENSURE(sinks != NULL);
}

static void crash(void)
{
	sinks_close(&sinks);
	kit_reopen(&kit);
	open_sinks();
}

static void setup(void)
{
	memset(&stream, 0, sizeof stream);
	memset(&side, 0, sizeof side);
	stream.told_status = CAIRN__STATUS__OK;
	side.answers = all_taken;
	side.greeting = NOTIFICATION__DELIVERY__TAKEN;
	config = (struct notification_config){.portal = "https://cairn.example/",
					      .issuance = "",
					      .sinks_parallel = 8,
					      .sinks_retry = 1000,
					      .sink_networks = "",
					      .sink_ca_file = "",
					      .sink_timeout_ms = 1000};
	kit_open(&kit, &notification_service);
	open_sinks();
}

static void teardown(void)
{
	sinks_close(&sinks);
	kit_close(&kit);
}

static unsigned n_events_of(Notification__Event__BodyCase kind)
{
	const Notification__Event *event;
	unsigned n = 0;

	while ((event = (const Notification__Event *)kit_next_event(&kit, NULL)) != NULL)
		n += event->body_case == kind;
	return n;
}

/* ---- tests ---- */

START_TEST(events_are_taken_in_order_with_one_report)
{
	given_events("abcdefghij");
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ck_assert_uint_eq(side.n_taken, 10);
	for (uint64_t i = 0; i < 10; i++)
		ck_assert_uint_eq(side.taken[i], i + 1);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 10);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).taken, 10);
	ck_assert_uint_eq(n_events_of(NOTIFICATION__EVENT__BODY_SINK_ADVANCED), 1);
	given_events("k");
	advance(5 * US_PER_S);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 11);
}
END_TEST

START_TEST(a_target_that_does_not_agree_gets_nothing)
{
	side.greeting = NOTIFICATION__DELIVERY__DELIVERY_REFUSED;
	given_events("a");
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ck_assert_uint_eq(side.n_tries, 0);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_PAUSED);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).stop, NOTIFICATION__SINK_STOP__NOT_AGREED);
	side.greeting = NOTIFICATION__DELIVERY__TAKEN;
	ENSURE(when_sink_resumed(&kit, THE_SINK) == CAIRN__STATUS__OK);
	settle();
	ck_assert_uint_eq(side.n_taken, 1);
}
END_TEST

/* The yes is of the address that was asked. */
START_TEST(who_is_set_while_another_is_asked_is_asked_too)
{
	static const struct sink_finish yes = {.delivery = NOTIFICATION__DELIVERY__TAKEN};
	Notification__ChangeSink m = NOTIFICATION__CHANGE_SINK__INIT;

	side.greeting_held = true;
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ck_assert_uint_eq(side.n_greetings, 1);
	m.sink = sink_to_add(&kit, THE_SINK, "tn")->sink;
	m.sink->url = arena_printf(kit.arena, "https://elsewhere.example/hook");
	ENSURE(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_CHANGE_SINK, &m) ==
	       CAIRN__STATUS__OK);
	side.greeted.finish(side.greeted.ctx, &yes);
	settle();
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_NEW);
	ck_assert_uint_eq(side.n_greetings, 2);
	ck_assert_str_eq(side.asked, "https://elsewhere.example/hook");
	side.greeted.finish(side.greeted.ctx, &yes);
	settle();
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_ACTIVE);
}
END_TEST

START_TEST(of_a_subject_one_is_on_its_way_and_others_go_beside_it)
{
	side.answers = NULL;
	given_events("aabca");
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ck_assert_uint_eq(side.n_held, 3);
	ck_assert(is_held(1) && is_held(3) && is_held(4));
	answer_held(1, NOTIFICATION__DELIVERY__TAKEN);
	settle();
	ck_assert(is_held(2) && !is_held(5));
	answer_held(2, NOTIFICATION__DELIVERY__TAKEN);
	settle();
	ck_assert(is_held(5));
}
END_TEST

START_TEST(while_all_wait_for_one_that_is_slow_nothing_is_done)
{
	side.answers = NULL;
	given_strangers(4);
	given_sink(&kit, THE_SINK, "tn");
	settle();
	for (uint64_t seq = 2; seq <= 4; seq++)
		answer_held(seq, NOTIFICATION__DELIVERY__TAKEN);
	advance(3 * US_PER_S);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 0);
	ck_assert_int_gt(sinks_next_us(sinks), kit.now_us);
	answer_held(1, NOTIFICATION__DELIVERY__TAKEN);
	settle();
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 4);
}
END_TEST

START_TEST(no_more_than_so_many_are_on_their_way)
{
	side.answers = NULL;
	given_strangers(100);
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ck_assert_uint_eq(side.n_held, 8);
	answer_held(5, NOTIFICATION__DELIVERY__TAKEN);
	settle();
	ck_assert_uint_eq(side.n_held, 8);
	ck_assert(is_held(9));
}
END_TEST

START_TEST(one_that_is_tried_again_holds_back_its_subject_and_no_other)
{
	side.answers = NULL;
	given_events("aab");
	given_sink(&kit, THE_SINK, "tn");
	settle();
	answer_held(1, NOTIFICATION__DELIVERY__LATER);
	answer_held(3, NOTIFICATION__DELIVERY__TAKEN);
	advance(US_PER_S);
	ck_assert_uint_eq(side.n_held, 0);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 3);
	ck_assert_uint_eq(sink_event_of(&kit, THE_SINK, 1).state, SINK_EVENT_WAITING);
	ck_assert_uint_eq(sink_event_of(&kit, THE_SINK, 2).state, SINK_EVENT_BEHIND);
	advance(6 * US_PER_S);
	ck_assert_uint_eq(side.n_held, 1);
	answer_held(1, NOTIFICATION__DELIVERY__TAKEN);
	settle();
	answer_held(2, NOTIFICATION__DELIVERY__TAKEN);
	advance(US_PER_S);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
	ck_assert_uint_eq(side.taken[1], 1);
	ck_assert_uint_eq(side.taken[2], 2);
}
END_TEST

static Notification__Delivery first_refused(uint64_t seq)
{
	return seq == 1 ? NOTIFICATION__DELIVERY__DELIVERY_REFUSED : NOTIFICATION__DELIVERY__TAKEN;
}

static Cairn__Status skip(uint64_t seq)
{
	Notification__SkipEvent m = NOTIFICATION__SKIP_EVENT__INIT;

	m.sink = pb_of_bytes(THE_SINK);
	m.seq = seq;
	m.why = arena_printf(kit.arena, "entered_by_hand");
	return when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_SKIP_EVENT, &m);
}

static Cairn__Status redeliver(uint64_t first, uint64_t last)
{
	Notification__RedeliverEvents m = NOTIFICATION__REDELIVER_EVENTS__INIT;

	m.sink = pb_of_bytes(THE_SINK);
	m.first = first;
	m.last = last;
	return when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_REDELIVER_EVENTS, &m);
}

static void given_a_dead_one(void)
{
	side.answers = first_refused;
	given_events("aab");
	given_sink(&kit, THE_SINK, "tn");
	settle();
	go_on_until(kit.now_us + 100 * US_PER_DAY);
	ck_assert_uint_eq(side.n_taken, 1);
	ck_assert_uint_eq(side.tries[1], 1);
	ck_assert_uint_eq(sink_event_of(&kit, THE_SINK, 1).state, SINK_EVENT_DEAD);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_ACTIVE);
}

START_TEST(a_dead_one_holds_back_its_subject_until_it_is_skipped)
{
	given_a_dead_one();
	ck_assert_int_eq(skip(1), CAIRN__STATUS__OK);
	settle();
	advance(US_PER_S);
	ck_assert_uint_eq(side.n_taken, 2);
	ck_assert_uint_eq(side.taken[1], 2);
	ck_assert_uint_eq(side.tries[1], 1);
}
END_TEST

START_TEST(a_dead_one_holds_back_its_subject_until_it_is_delivered_after_all)
{
	given_a_dead_one();
	side.answers = all_taken;
	ck_assert_int_eq(redeliver(1, 1), CAIRN__STATUS__OK);
	settle();
	advance(US_PER_S);
	ck_assert_uint_eq(side.n_taken, 3);
	ck_assert_uint_eq(side.taken[1], 1);
	ck_assert_uint_eq(side.taken[2], 2);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(while_nothing_is_taken_little_is_read_and_written)
{
	uint64_t reads, seq;

	side.answers = all_later;
	given_strangers(500);
	given_sink(&kit, THE_SINK, "tn");
	settle();
	advance(US_PER_S);
	ck_assert_uint_le(sink_row_of(&kit, THE_SINK).n_waiting, RUN_WAITING);
	ck_assert_uint_ge(sink_row_of(&kit, THE_SINK).n_waiting, RUN_WAITING - 8);
	seq = engine_durable_seq(kit.engine);
	reads = stream.n_reads;
	go_on_until(kit.now_us + 3 * US_PER_S);
	ck_assert_uint_le(engine_durable_seq(kit.engine), seq + 2);
	ck_assert_uint_le(stream.n_reads, reads + 2);
	given_strangers(50);
	go_on_until(kit.now_us + 6 * US_PER_S);
	ck_assert_uint_eq(sinks_head(sinks), 550); /* how far it lags is known all the same */
	go_on_until(kit.now_us + 60 * US_PER_HOUR);
	ck_assert_uint_le(view_count(kit_view(&kit), SINK_EVENT), RUN_WAITING);
	ck_assert_uint_le(side.n_tries, RUN_WAITING * SCHEDULE_TRIES);

	/* It takes again: with one of them all go, and then all that came meanwhile. */
	side.answers = all_taken;
	go_on_until(kit.now_us + 25 * US_PER_HOUR);
	ck_assert_uint_eq(side.n_taken, 550);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 550);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(one_success_makes_all_that_waits_due)
{
	side.answers = all_later;
	given_strangers(20);
	given_sink(&kit, THE_SINK, "tn");
	go_on_until(kit.now_us + 40 * MINUTE); /* the next tries are two hours away */
	ck_assert_uint_eq(side.n_taken, 0);
	side.answers = all_taken;
	given_strangers(1);
	go_on_until(kit.now_us + 10 * US_PER_S);
	ck_assert_uint_eq(side.n_taken, 21);
}
END_TEST

/* It said when: what it takes in between is no word against that. */
START_TEST(what_the_other_side_asked_to_wait_for_waits_although_it_takes_others)
{
	int64_t until_us = kit.now_us + 3 * US_PER_HOUR;

	side.answers = all_later;
	side.wait_until_us = until_us;
	given_strangers(20);
	given_sink(&kit, THE_SINK, "tn");
	go_on_until(kit.now_us + MINUTE);
	side.answers = all_taken;
	given_strangers(1);
	go_on_until(until_us - MINUTE);
	ck_assert_uint_eq(side.n_taken, 1);
	go_on_until(until_us + MINUTE);
	ck_assert_uint_eq(side.n_taken, 21);
}
END_TEST

static Notification__Delivery first_later(uint64_t seq)
{
	return seq == 1 ? NOTIFICATION__DELIVERY__LATER : NOTIFICATION__DELIVERY__TAKEN;
}

/* It is not the sink that is down. */
START_TEST(one_that_alone_fails_keeps_its_times)
{
	side.answers = first_later;
	given_events("a");
	given_sink(&kit, THE_SINK, "tn");
	for (unsigned i = 0; i < 200; i++) {
		given_strangers(1);
		go_on_until(kit.now_us + 10 * US_PER_S);
	}
	ck_assert_uint_eq(side.n_taken, 200);
	ck_assert_uint_le(side.tries[1], 4);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_ACTIVE);
}
END_TEST

START_TEST(after_the_last_try_the_sink_fails_and_stops)
{
	side.answers = all_later;
	given_events("ab");
	given_sink(&kit, THE_SINK, "tn");
	go_on_until(kit.now_us + 100 * US_PER_HOUR);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_PAUSED);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).stop, NOTIFICATION__SINK_STOP__FAILING);
	ck_assert_uint_ge(side.tries[1] + side.tries[2], 19);
	side.n_tries = 0;
	go_on_until(kit.now_us + 100 * US_PER_DAY);
	ck_assert_uint_eq(side.n_tries, 0);
}
END_TEST

static const struct {
	Notification__Delivery delivery;
	Notification__SinkStop stop;
} stops[] = {
	{NOTIFICATION__DELIVERY__GONE, NOTIFICATION__SINK_STOP__ENDPOINT_GONE},
	{NOTIFICATION__DELIVERY__UNSETTLED, NOTIFICATION__SINK_STOP__NOT_ACCEPTED},
};

START_TEST(a_sink_that_is_gone_or_unsettled_stops_at_once_and_loses_nothing)
{
	side.answers = NULL;
	given_strangers(20);
	given_sink(&kit, THE_SINK, "tn");
	settle();
	answer_held(1, stops[_i].delivery);
	settle();
	advance(US_PER_S);
	while (side.n_held > 0) /* those that were on their way */
		answer_held(side.held[0].seq, stops[_i].delivery);
	settle();
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_PAUSED);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).stop, stops[_i].stop);
	side.answers = all_taken;
	go_on_until(kit.now_us + 30 * US_PER_DAY);
	ck_assert_uint_eq(side.n_taken, 0);
	ENSURE(when_sink_resumed(&kit, THE_SINK) == CAIRN__STATUS__OK);
	go_on_until(kit.now_us + 10 * US_PER_S);
	ck_assert_uint_eq(side.n_taken, 20);
}
END_TEST

START_TEST(a_sink_that_does_not_answer_does_not_delay_another)
{
	side.answers = NULL;
	given_strangers(100);
	given_sink(&kit, THE_SINK, "silent");
	settle();
	ck_assert_uint_eq(side.n_held, 8);
	side.answers = all_taken;
	given_sink(&kit, OTHER_SINK, "other");
	settle();
	ck_assert_uint_eq(side.n_taken, 100);
	ck_assert_uint_eq(sink_row_of(&kit, OTHER_SINK).cursor, 100);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 0);
}
END_TEST

START_TEST(a_rate_is_kept)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "tn");

	ask->sink->rate = 5;
	ENSURE(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, ask) == CAIRN__STATUS__OK);
	given_strangers(60);
	go_on_until(kit.now_us + 10 * US_PER_S);
	ck_assert_uint_ge(side.n_taken, 48);
	ck_assert_uint_le(side.n_taken, 52);
}
END_TEST

START_TEST(an_answer_is_told_to_issuance_before_the_event_counts_as_taken)
{
	struct id first;

	side.answer = (struct sink_answer){.given = true,
					   .accepted = true,
					   .posting = id_of_bytes(kit_name("posting", "the one")),
					   .reference = "TN-77",
					   .because = ""};
	stream.told_status = CAIRN__STATUS__STATUS_UNSPECIFIED; /* not answered yet */
	given_events("a");
	given_sink(&kit, THE_SINK, "tn");
	settle();
	advance(2 * US_PER_S);
	ck_assert_uint_eq(stream.n_told, 1);
	ck_assert(stream.told_accepted);
	ck_assert(bytes_equal(bytes_of_id(&stream.told_posting), kit_name("posting", "the one")));
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 0);
	first = stream.told_id;

	/* Lost with it: delivered and told again, as the same command. */
	crash();
	stream.told_status = CAIRN__STATUS__OK;
	settle();
	ck_assert_uint_eq(side.tries[1], 2);
	ck_assert(id_equal(&first, &stream.told_id));
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 1);
}
END_TEST

START_TEST(what_was_taken_is_delivered_again_when_asked_for)
{
	Notification__RewindSink m = NOTIFICATION__REWIND_SINK__INIT;

	given_events("abc");
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ck_assert_int_eq(redeliver(2, 3), CAIRN__STATUS__OK);
	settle();
	advance(US_PER_S);
	ck_assert_uint_eq(side.n_taken, 5);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
	m.sink = pb_of_bytes(THE_SINK);
	m.to = 1;
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_REWIND_SINK, &m),
			 CAIRN__STATUS__OK);
	settle();
	advance(US_PER_S);
	ck_assert_uint_eq(side.n_taken, 7);
	ck_assert_uint_eq(side.taken[5], 2);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 3);
}
END_TEST

/* A range is of the stream: what of it is not the sink's is passed by, as it was the first time. */
START_TEST(what_is_not_the_sinks_is_passed_by_when_a_range_is_asked_for)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "tn");
	char type[] = "org.cairn.credential.*", *types[] = {type};
	unsigned tries;

	ask->sink->n_types = 1;
	ask->sink->types = types;
	stream.elsewhere[2] = stream.untyped[4] = true;
	given_events("abcde");
	ENSURE(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, ask) == CAIRN__STATUS__OK);
	settle();
	go_on_until(kit.now_us + 2 * MINUTE);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 5);
	tries = side.n_tries;
	ck_assert_int_eq(redeliver(1, 5), CAIRN__STATUS__OK);
	go_on_until(kit.now_us + 10 * US_PER_S);
	ck_assert_uint_eq(side.n_tries, tries + 3);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
}
END_TEST

/* A report that is refused for what it says would be refused for ever. */
START_TEST(a_report_that_is_refused_makes_no_storm)
{
	stream.nameless = 2;
	side.answers = all_later;
	given_events("abc");
	given_sink(&kit, THE_SINK, "tn");
	go_on_until(kit.now_us + 5 * MINUTE);
	ck_assert_uint_ge(side.tries[2], 2);
	ck_assert_uint_le(side.tries[2], 6);
}
END_TEST

/* What ended stays in hand until the engine has it, and a page that comes late needs its room. */
START_TEST(while_reports_are_not_taken_no_more_is_in_hand_than_there_is_room_for)
{
	unsigned tries;

	given_strangers(400);
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ck_assert_uint_eq(side.n_taken, 400);
	tries = side.n_tries;
	stream.pages_held = true;
	advance(6 * US_PER_S);
	ck_assert_uint_eq(stream.n_asked, 1);
	ck_assert_int_eq(redeliver(1, 400), CAIRN__STATUS__OK);
	given_strangers(100);
	engine_view_end(kit.engine);
	for (unsigned i = 0; i < 1000; i++)
		sinks_turn(sinks, kit.engine, kit.now_us);
	stream.pages_held = false;
	for (unsigned i = 0; i < 1000; i++)
		sinks_turn(sinks, kit.engine, kit.now_us);
	ck_assert_uint_le(side.n_tries - tries, RUN_ITEMS);
	settle();
	go_on_until(kit.now_us + MINUTE);
	ck_assert_uint_eq(side.n_taken, 900);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(a_sink_removed_under_way_leaves_nothing)
{
	side.answers = NULL;
	given_strangers(20);
	given_sink(&kit, THE_SINK, "tn");
	settle();
	ENSURE(when_sink_removed(&kit, THE_SINK) == CAIRN__STATUS__OK);
	settle();
	answer_held(1, NOTIFICATION__DELIVERY__TAKEN);
	answer_held(2, NOTIFICATION__DELIVERY__LATER);
	settle();
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(a_cursor_that_the_stream_does_not_reach_stops_the_sink)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "tn");

	ask->sink->from = 100;
	given_events("abc");
	ENSURE(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, ask) == CAIRN__STATUS__OK);
	settle();
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).stop, NOTIFICATION__SINK_STOP__OUT_OF_STREAM);
}
END_TEST

/* ---- by chance ---- */

static uint32_t chance;

static unsigned roll(unsigned n)
{
	chance = chance * 1664525u + 1013904223u;
	return (chance >> 16) % n;
}

static Notification__Delivery mostly_taken(uint64_t seq)
{
	(void)seq;
	switch (roll(8)) {
	case 0:
		return NOTIFICATION__DELIVERY__LATER;
	case 1:
		return NOTIFICATION__DELIVERY__DELIVERY_UNSPECIFIED; /* held */
	default:
		return NOTIFICATION__DELIVERY__TAKEN;
	}
}

/* Each was taken, and when it first was, all before it of its subject had been. */
static void check_order(void)
{
	bool taken[EVENTS_MOST + 1] = {false};

	for (size_t i = 0; i < side.n_taken; i++) {
		uint64_t seq = side.taken[i];

		for (uint64_t before = 1; before < seq; before++)
			ck_assert(taken[before] ||
				  stream.subject_of[before] != stream.subject_of[seq]);
		taken[seq] = true;
	}
	for (uint64_t seq = 1; seq <= stream.head; seq++)
		ck_assert(taken[seq]);
}

START_TEST(whatever_fails_and_crashes_nothing_is_lost_or_overtaken)
{
	chance = (uint32_t)_i + 1;
	side.answers = mostly_taken;
	given_sink(&kit, THE_SINK, "tn");
	for (unsigned step = 0; step < 60; step++) {
		for (unsigned n = roll(8); n > 0; n--)
			stream.subject_of[++stream.head] = roll(12);
		go_on_until(kit.now_us + (int64_t)roll(4) * US_PER_S);
		while (side.n_held > 4)
			answer_held(side.held[roll((unsigned)side.n_held)].seq,
				    roll(2) ? NOTIFICATION__DELIVERY__TAKEN
					    : NOTIFICATION__DELIVERY__LATER);
		if (roll(10) == 0)
			crash();
	}
	side.answers = all_taken;
	while (side.n_held > 0)
		answer_held(side.held[0].seq, NOTIFICATION__DELIVERY__TAKEN);
	go_on_until(kit.now_us + 30 * US_PER_HOUR);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, stream.head);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
	check_order();
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification sinks");
	TCase *t = tcase_create("sinks");
	const char *is_long = getenv("CAIRN_LONG");
	int seeds = is_long != NULL && is_long[0] != '\0' ? SEEDS_LONG : SEEDS;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, events_are_taken_in_order_with_one_report);
	tcase_add_test(t, a_target_that_does_not_agree_gets_nothing);
	tcase_add_test(t, who_is_set_while_another_is_asked_is_asked_too);
	tcase_add_test(t, of_a_subject_one_is_on_its_way_and_others_go_beside_it);
	tcase_add_test(t, while_all_wait_for_one_that_is_slow_nothing_is_done);
	tcase_add_test(t, no_more_than_so_many_are_on_their_way);
	tcase_add_test(t, one_that_is_tried_again_holds_back_its_subject_and_no_other);
	tcase_add_test(t, a_dead_one_holds_back_its_subject_until_it_is_skipped);
	tcase_add_test(t, a_dead_one_holds_back_its_subject_until_it_is_delivered_after_all);
	tcase_add_test(t, while_nothing_is_taken_little_is_read_and_written);
	tcase_add_test(t, one_success_makes_all_that_waits_due);
	tcase_add_test(t, what_the_other_side_asked_to_wait_for_waits_although_it_takes_others);
	tcase_add_test(t, one_that_alone_fails_keeps_its_times);
	tcase_add_test(t, after_the_last_try_the_sink_fails_and_stops);
	tcase_add_loop_test(t, a_sink_that_is_gone_or_unsettled_stops_at_once_and_loses_nothing, 0,
			    ARRAY_LEN(stops));
	tcase_add_test(t, a_sink_that_does_not_answer_does_not_delay_another);
	tcase_add_test(t, a_rate_is_kept);
	tcase_add_test(t, an_answer_is_told_to_issuance_before_the_event_counts_as_taken);
	tcase_add_test(t, what_was_taken_is_delivered_again_when_asked_for);
	tcase_add_test(t, what_is_not_the_sinks_is_passed_by_when_a_range_is_asked_for);
	tcase_add_test(t, a_report_that_is_refused_makes_no_storm);
	tcase_add_test(t, while_reports_are_not_taken_no_more_is_in_hand_than_there_is_room_for);
	tcase_add_test(t, a_sink_removed_under_way_leaves_nothing);
	tcase_add_test(t, a_cursor_that_the_stream_does_not_reach_stops_the_sink);
	tcase_add_loop_test(t, whatever_fails_and_crashes_nothing_is_lost_or_overtaken, 0, seeds);
	suite_add_tcase(s, t);
	return s;
}
