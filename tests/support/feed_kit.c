/* A feed and its followers in one process. */
#include "tests/support/feed_kit.h"

#include "libshared/check.h"
#include "libshared/log.h"
#include "libshared/seal.h"
#include "proto/public.pb-c.h"

#include <stdio.h>
#include <string.h>

#define WALL_US (INT64_C(1767712500) * US_PER_S)

static const uint8_t SEED[32] = "a seed of thirty-two bytes .....";

static void open_engine(struct feed_kit *k)
{
	k->engine =
		engine_open(&shelf_service,
			    &(struct engine_options){.dir = place_path(&k->place, "db"),
						     .map_bytes = (size_t)1 << 30,
						     .caps = &k->caps,
						     .fresh_log_id = id_of_name("log", "feed")});
	ENSURE(k->engine != NULL);
	k->feed = feed_new(k->engine, &k->caps, k->server);
}

static void close_engine(struct feed_kit *k)
{
	feed_destroy(&k->feed);
	engine_close(&k->engine);
}

void feed_kit_open(struct feed_kit *k)
{
	log_start("test", LOG_NONE);
	*k = (struct feed_kit){.now = {WALL_US, clock_mono_us()}};
	k->peer = (struct peer){.name = "evidence", .roles = ROLE_FOLLOW};
	place_make(&k->place);
	k->arena = arena_new(4096);
	k->caps.keyring = keyring_open(NULL, SEED);
	k->net = net_open(1);
	ENSURE(k->caps.keyring != NULL && k->net != NULL);
	k->server = net_socket(k->net,
			       &(struct net_want){.kind = NET_LOG, .endpoints = {"inproc://log"}});
	ENSURE(k->server != NULL);
	open_engine(k);
}

void feed_kit_close(struct feed_kit *k)
{
	close_engine(k);
	net_close(&k->net);
	keyring_close(&k->caps.keyring);
	arena_destroy(&k->arena);
	place_remove(&k->place);
}

void feed_kit_restart(struct feed_kit *k)
{
	close_engine(k);
	open_engine(k);
}

/* ---- writing to the log ---- */

static void expect_ok(void *ctx, const struct reply *reply)
{
	(void)ctx;
	ENSURE(reply->status == CAIRN__STATUS__OK);
}

void feed_kit_commit(struct feed_kit *k)
{
	engine_run(k->engine, k->now.wall_us);
	while (engine_poll(k->engine, expect_ok, NULL))
		;
}

void feed_kit_submit(struct feed_kit *k, const Shelf__Put *put)
{
	Shelf__Command command = SHELF__COMMAND__INIT;
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct id id = id_make(&k->ids, k->now.wall_us);
	Shelf__Put copy = *put;

	command.body_case = SHELF__COMMAND__BODY_PUT;
	command.put = &copy;
	head.wire = 1;
	head.kind = SHELF__COMMAND__BODY_PUT;
	head.id = pb_of_id(&id);
	ENSURE(engine_submit(k->engine,
			     &(struct request){.head = &head,
					       .body = message_pack(&command.base, k->arena),
					       .roles = ROLE_PORTAL},
			     k->now.wall_us));
}

void feed_kit_put(struct feed_kit *k, const char *text, bool shown)
{
	Shelf__Put put = SHELF__PUT__INIT;
	struct id item = id_make(&k->ids, k->now.wall_us);

	put.item = pb_of_id(&item);
	put.text = arena_text(k->arena, bytes_of_text(text));
	put.shown = shown;
	feed_kit_submit(k, &put);
}

void feed_kit_put_secret(struct feed_kit *k, const char *person)
{
	Shelf__Put put = SHELF__PUT__INIT;
	struct id item = id_make(&k->ids, k->now.wall_us), subject = id_of_name("person", person);
	char text[] = "text", secret[] = "secret";

	put.item = pb_of_id(&item);
	put.text = text;
	put.subject = pb_of_id(&subject);
	put.secret = secret;
	feed_kit_submit(k, &put);
}

void feed_kit_write(struct feed_kit *k, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		feed_kit_put(k, "a text", false);
		feed_kit_commit(k);
	}
}

/* ---- reading it ---- */

static void tell_where(void *ctx, struct position *at_r)
{
	*at_r = ((struct feed_reader *)ctx)->at;
}

static void note_event(struct feed_reader *r, struct bytes raw)
{
	struct message_fault fault;
	const Cairn__CloudEvent *event = (const Cairn__CloudEvent *)(void *)message_unpack(
		&cairn__cloud_event__descriptor, raw, &EVENT_LIMITS, r->kit->arena, &fault);

	ENSURE(event != NULL && r->n_texts < ARRAY_LEN(r->texts));
	snprintf(r->texts[r->n_texts], sizeof r->texts[0], "%s", event->text_data);
	snprintf(r->previous[r->n_texts++], sizeof r->previous[0], "%s",
		 event->attributes[0]->value->ce_string);
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	struct feed_reader *r = ctx;
	struct arena *arena = r->kit->arena;

	ENSURE(before->seq == r->at.seq);
	r->at = *after;
	r->batches++;
	r->largest = MAX(r->largest, b->log.bytes);
	for (size_t i = 0; i < b->n_records; i++) {
		if (r->records < ARRAY_LEN(r->seqs))
			r->seqs[r->records] =
				b->seqs != NULL ? b->seqs[i] : b->log.after_seq + 1 + i;
		r->records++;
		if (strstr(follower_stream(r->follower), "public") != NULL)
			note_event(r, b->log.records[i]);
	}
	for (size_t i = 0; i < b->n_keys && r->n_keys < ARRAY_LEN(r->keys); i++)
		r->keys[r->n_keys++] = (struct subject_key){arena_copy(arena, b->keys[i].subject),
							    arena_copy(arena, b->keys[i].key)};
	return FOLLOWER_SAFE;
}

void feed_kit_follow(struct feed_reader *r, struct follower_options o)
{
	o.net = r->kit->net;
	o.endpoint = "inproc://log";
	o.ctx = r;
	o.where = tell_where;
	o.batch = take;
	if (o.stream == NULL)
		o.stream = "shelf.0.log";
	r->follower = follower_open(&o);
	ENSURE(r->follower != NULL);
}

void feed_kit_turn(struct feed_reader *r, int n)
{
	struct feed_kit *k = r->kit;
	struct net_message m;

	for (int i = 0; i < n; i++) {
		zmq_pollitem_t items[] = {
			{net_handle(k->server), 0, ZMQ_POLLIN, 0},
			{net_handle(follower_socket(r->follower)), 0, ZMQ_POLLIN, 0}};

		follower_turn(r->follower, k->now.mono_us);
		while (net_receive(k->server, &m) == NET_GOT) {
			feed_take(k->feed, &m, k->peer.name[0] != '\0' ? &k->peer : NULL, &k->now);
			net_release(&m);
		}
		feed_turn(k->feed, &k->now);
		zmq_poll(items, 2, 1);
	}
}

void feed_kit_read(struct feed_reader *r, uint64_t seq)
{
	for (int i = 0; i < 5000 && r->at.seq < seq; i++)
		feed_kit_turn(r, 1);
	ENSURE(r->at.seq == seq);
}

enum follower_stop feed_kit_stop(struct feed_kit *k, struct follower_options o, struct position at)
{
	struct feed_reader r = {.kit = k, .at = at};
	enum follower_stop stop;

	feed_kit_follow(&r, o);
	for (int i = 0; i < 500 && follower_state(r.follower) != FOLLOWER_STOPPED; i++)
		feed_kit_turn(&r, 1);
	stop = follower_stop(r.follower);
	follower_close(&r.follower);
	return stop;
}
