/* The log socket, over an engine with a small service, to followers in the same process. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/feed.h"
#include "libshared/follow_wire.h"
#include "libshared/follower.h"
#include "libshared/log.h"
#include "libshared/seal.h"
#include "proto/public.pb-c.h"

#include "tests/support/place.h"
#include "tests/support/shelf_service.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALL_US (INT64_C(1767712500) * US_PER_S)

static struct place place;
static struct net *net;
static struct net_socket *server;
static struct engine *engine;
static struct feed *feed;
static struct caps caps;
static struct arena *arena;
static struct id_maker ids;
static struct now now;

/* Who the follower on the other side is: in the clear no key says so. */
static struct peer peer;

static void open_engine(void)
{
	engine = engine_open(&shelf_service,
			     &(struct engine_options){.dir = place_path(&place, "db"),
						      .map_bytes = (size_t)1 << 30,
						      .caps = &caps,
						      .fresh_log_id = id_of_name("log", "feed")});
	ck_assert_ptr_nonnull(engine);
	feed = feed_new(engine, &caps, server);
}

static void close_engine(void)
{
	feed_destroy(&feed);
	engine_close(&engine);
}

static void setup(void)
{
	log_start("test", LOG_NONE);
	place_make(&place);
	arena = arena_new(4096);
	now = (struct now){WALL_US, clock_mono_us()};
	peer = (struct peer){.name = "evidence", .roles = ROLE_FOLLOW};
	caps.keyring = keyring_open(NULL, (const uint8_t *)"a seed of thirty-two bytes length");
	net = net_open(1);
	server =
		net_socket(net, &(struct net_want){.kind = NET_LOG, .endpoints = {"inproc://log"}});
	open_engine();
}

static void teardown(void)
{
	close_engine();
	net_close(&net);
	keyring_close(&caps.keyring);
	arena_destroy(&arena);
	place_remove(&place);
}

/* ---- writing to the log ---- */

static void expect_ok(void *ctx, const struct reply *reply)
{
	(void)ctx;
	ck_assert_int_eq(reply->status, CAIRN__STATUS__OK);
}

static void commit(void)
{
	engine_run(engine, now.wall_us);
	while (engine_poll(engine, expect_ok, NULL))
		;
}

static void submit(const Shelf__Put *put)
{
	Shelf__Command command = SHELF__COMMAND__INIT;
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct id id = id_make(&ids, now.wall_us);
	Shelf__Put copy = *put;

	command.body_case = SHELF__COMMAND__BODY_PUT;
	command.put = &copy;
	head.wire = 1;
	head.kind = SHELF__COMMAND__BODY_PUT;
	head.id = pb_of_id(&id);
	ck_assert(engine_submit(engine,
				&(struct request){.head = &head,
						  .body = message_pack(&command.base, arena),
						  .roles = ROLE_PORTAL},
				now.wall_us));
}

static void put(const char *text, bool shown)
{
	Shelf__Put put = SHELF__PUT__INIT;
	struct id item = id_make(&ids, now.wall_us);

	put.item = pb_of_id(&item);
	put.text = arena_text(arena, bytes_of_text(text));
	put.shown = shown;
	submit(&put);
}

static void put_secret(const char *person)
{
	Shelf__Put put = SHELF__PUT__INIT;
	struct id item = id_make(&ids, now.wall_us), subject = id_of_name("person", person);
	char text[] = "text", secret[] = "secret";

	put.item = pb_of_id(&item);
	put.text = text;
	put.subject = pb_of_id(&subject);
	put.secret = secret;
	submit(&put);
}

/* n commits of one record each. */
static void write_records(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		put("a text", false);
		commit();
	}
}

/* ---- a follower that keeps what it gets ---- */

struct reader {
	struct follower *follower;
	struct position at;
	uint64_t records, batches, largest;
	uint64_t seqs[64];
	struct subject_key keys[16];
	size_t n_keys;
	char texts[16][64]; /* of public events */
	char previous[16][24];
	unsigned n_texts;
};

static void tell_where(void *ctx, struct position *at_r)
{
	*at_r = ((struct reader *)ctx)->at;
}

static void note_event(struct reader *r, struct bytes raw)
{
	struct message_fault fault;
	const Cairn__CloudEvent *event = (const Cairn__CloudEvent *)(void *)message_unpack(
		&cairn__cloud_event__descriptor, raw, &EVENT_LIMITS, arena, &fault);

	ck_assert_ptr_nonnull(event);
	snprintf(r->texts[r->n_texts], sizeof r->texts[0], "%s", event->text_data);
	snprintf(r->previous[r->n_texts++], sizeof r->previous[0], "%s",
		 event->attributes[0]->value->ce_string);
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	struct reader *r = ctx;

	ck_assert_uint_eq(before->seq, r->at.seq);
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

static void follow(struct reader *r, struct follower_options o)
{
	o.net = net;
	o.endpoint = "inproc://log";
	o.ctx = r;
	o.where = tell_where;
	o.batch = take;
	if (o.stream == NULL)
		o.stream = "shelf.0.log";
	r->follower = follower_open(&o);
	ck_assert_ptr_nonnull(r->follower);
}

/* Both sides turn: n rounds of a loop in which nothing waits long. */
static void turn(struct reader *r, int n)
{
	struct net_message m;

	for (int i = 0; i < n; i++) {
		zmq_pollitem_t items[] = {
			{net_handle(server), 0, ZMQ_POLLIN, 0},
			{net_handle(follower_socket(r->follower)), 0, ZMQ_POLLIN, 0}};

		follower_turn(r->follower, now.mono_us);
		while (net_receive(server, &m) == NET_GOT) {
			feed_take(feed, &m, peer.name[0] != '\0' ? &peer : NULL, &now);
			net_release(&m);
		}
		feed_turn(feed, &now);
		zmq_poll(items, 2, 1);
	}
}

static void turn_until(struct reader *r, uint64_t seq)
{
	for (int i = 0; i < 2000 && r->at.seq < seq; i++)
		turn(r, 1);
	ck_assert_uint_eq(r->at.seq, seq);
}

/* ---- the log ---- */

START_TEST(a_follower_gets_all_records_from_the_beginning_and_then_live)
{
	struct reader r = {.records = 0};
	struct log_head head;

	write_records(10);
	follow(&r, (struct follower_options){.name = "evidence"});
	turn_until(&r, 10);
	write_records(3);
	turn_until(&r, 13);
	head = engine_head(engine);
	ck_assert_uint_eq(r.records, 13);
	ck_assert_mem_eq(&r.at, &head.at, sizeof r.at);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_follower_goes_on_from_where_it_stood)
{
	struct reader r = {.records = 0};

	write_records(5);
	follow(&r, (struct follower_options){0});
	turn_until(&r, 5);
	follower_close(&r.follower);
	write_records(5);
	follow(&r, (struct follower_options){0});
	turn_until(&r, 10);
	ck_assert_uint_eq(r.records, 10);
	for (uint64_t i = 0; i < 10; i++)
		ck_assert_uint_eq(r.seqs[i], i + 1);
	follower_close(&r.follower);
}
END_TEST

START_TEST(batches_are_whole_commits_of_at_most_256_KiB_or_one_commit)
{
	struct reader r = {.records = 0};
	Shelf__Put large = SHELF__PUT__INIT;
	struct id item = id_make(&ids, now.wall_us);
	static uint8_t ballast[100000];
	char text[] = "x";

	large.item = pb_of_id(&item);
	large.text = text;
	large.ballast = pb_of_bytes(BYTES_OF(ballast));
	for (int i = 0; i < 7; i++) {
		submit(&large);
		submit(&large);
		if (i == 3)
			submit(&large); /* 300 kB in one commit */
		commit();
	}
	follow(&r, (struct follower_options){0});
	turn_until(&r, 15);
	ck_assert_uint_eq(r.batches, 7);
	ck_assert_uint_gt(r.largest, 300000);
	ck_assert_uint_lt(r.largest, 301000);
	follower_close(&r.follower);
}
END_TEST

START_TEST(one_byte_of_credit_gets_one_batch_at_a_time)
{
	struct reader r = {.records = 0};

	write_records(600); /* more than one batch: 512 commits */
	follow(&r, (struct follower_options){.window_bytes = 1});
	turn_until(&r, 600);
	ck_assert_uint_ge(r.batches, 2);
	follower_close(&r.follower);
}
END_TEST

START_TEST(without_credit_nothing_is_sent)
{
	struct reader r = {.records = 0};

	write_records(600);
	follow(&r, (struct follower_options){.window_bytes = 1});
	turn(&r, 3); /* asked and answered; from here on the follower does not turn */
	uint64_t batches = feed_counts(feed).batches;
	ck_assert_uint_ge(batches, 1);
	for (int i = 0; i < 50; i++)
		ck_assert(!feed_turn(feed, &now));
	ck_assert_uint_eq(feed_counts(feed).batches, batches);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_filter_leaves_its_kinds_and_still_moves_on)
{
	static const uint32_t kinds[] = {SHELF__EVENT__BODY_REMINDED};
	struct reader r = {.records = 0};

	write_records(20);
	follow(&r, (struct follower_options){.kinds = kinds, .n_kinds = 1});
	turn_until(&r, 20);
	ck_assert_uint_eq(r.records, 0);
	ck_assert_mem_eq(r.at.chain, engine_head(engine).at.chain, CHAIN_LEN);
	follower_close(&r.follower);
}
END_TEST

START_TEST(what_is_encoded_for_one_serves_the_others)
{
	struct reader readers[5] = {{0}};

	write_records(100);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		follow(&readers[i], (struct follower_options){0});
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		turn_until(&readers[i], 100);
	ck_assert_uint_eq(feed_counts(feed).encoded, 1);
	ck_assert_uint_eq(feed_counts(feed).reused, 4);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		follower_close(&readers[i].follower);
}
END_TEST

START_TEST(a_named_subscriber_is_kept_with_what_it_acknowledged)
{
	struct reader r = {.records = 0};
	Cairn__RuntimeStatus *status;

	write_records(5);
	follow(&r, (struct follower_options){.name = "evidence.main", .window_bytes = 1});
	turn_until(&r, 5);
	turn(&r, 20);
	ck_assert(feed_has(feed, "shelf.0.log", "evidence.main"));
	write_records(1);
	status = engine_status(engine, arena);
	ck_assert_uint_eq(status->n_subscribers, 1);
	ck_assert_str_eq(status->subscribers[0]->name, "evidence.main");
	ck_assert_uint_eq(status->subscribers[0]->acked_seq, 5);
	follower_close(&r.follower);
}
END_TEST

/* ---- refusals ---- */

static enum follower_stop stop_of(struct follower_options o, struct position at)
{
	struct reader r = {.at = at};
	enum follower_stop stop;

	follow(&r, o);
	for (int i = 0; i < 500 && follower_state(r.follower) != FOLLOWER_STOPPED; i++)
		turn(&r, 1);
	stop = follower_stop(r.follower);
	follower_close(&r.follower);
	return stop;
}

START_TEST(a_peer_without_the_role_is_forbidden)
{
	peer.roles = ROLE_PORTAL | ROLE_OPERATOR | ROLE_LICENSURE;
	ck_assert_int_eq(stop_of((struct follower_options){0}, (struct position){0}),
			 STOP_FORBIDDEN);
	peer.name[0] = '\0'; /* nobody any more */
	ck_assert_int_eq(stop_of((struct follower_options){0}, (struct position){0}),
			 STOP_FORBIDDEN);
}
END_TEST

START_TEST(nobody_acknowledges_under_anothers_name)
{
	ck_assert_int_eq(
		stop_of((struct follower_options){.name = "assessment"}, (struct position){0}),
		STOP_FORBIDDEN);
	ck_assert_int_eq(
		stop_of((struct follower_options){.name = "evidence2"}, (struct position){0}),
		STOP_FORBIDDEN);
}
END_TEST

START_TEST(a_stream_of_another_service_is_unknown)
{
	ck_assert_int_eq(
		stop_of((struct follower_options){.stream = "other.0.log"}, (struct position){0}),
		STOP_UNKNOWN);
}
END_TEST

START_TEST(a_position_beyond_the_head_is_ahead)
{
	struct position at;

	write_records(3);
	at = engine_head(engine).at;
	at.seq = 9;
	ck_assert_int_eq(stop_of((struct follower_options){0}, at), STOP_AHEAD);
}
END_TEST

START_TEST(a_position_with_another_chain_has_diverged)
{
	struct position at;

	write_records(3);
	at = engine_head(engine).at;
	at.chain[0] ^= 1;
	ck_assert_int_eq(stop_of((struct follower_options){0}, at), STOP_DIVERGED);
}
END_TEST

START_TEST(sixty_four_sessions_of_one_peer_are_enough)
{
	struct reader readers[FEED_SESSIONS_PER_PEER + 1] = {{0}};

	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		follow(&readers[i], (struct follower_options){0});
		turn(&readers[i], 5);
	}
	ck_assert_uint_eq(feed_counts(feed).sessions, FEED_SESSIONS_PER_PEER);
	ck_assert_int_eq(follower_state(readers[FEED_SESSIONS_PER_PEER].follower),
			 FOLLOWER_WAITING);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		follower_close(&readers[i].follower);
}
END_TEST

START_TEST(who_loses_the_right_is_refused_at_once)
{
	struct reader r = {.records = 0};
	struct peers *nobody = peers_none();

	write_records(3);
	follow(&r, (struct follower_options){0});
	turn_until(&r, 3);
	feed_recheck(feed, nobody);
	turn(&r, 10);
	ck_assert_int_eq(follower_stop(r.follower), STOP_FORBIDDEN);
	ck_assert_uint_eq(feed_counts(feed).sessions, 0);
	peers_destroy(&nobody);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_silent_follower_is_dropped_after_ten_seconds)
{
	struct reader r = {.records = 0};

	follow(&r, (struct follower_options){0});
	turn(&r, 20);
	ck_assert_uint_eq(feed_counts(feed).sessions, 1);
	now.mono_us += 9 * US_PER_S;
	feed_turn(feed, &now);
	ck_assert_uint_eq(feed_counts(feed).sessions, 1);
	now.mono_us += US_PER_S;
	feed_turn(feed, &now);
	ck_assert_uint_eq(feed_counts(feed).sessions, 0);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_follower_of_a_server_that_started_anew_comes_again_at_once)
{
	struct reader r = {.records = 0};

	write_records(3);
	follow(&r, (struct follower_options){0});
	turn_until(&r, 3);
	close_engine();
	open_engine();
	write_records(2);
	now.mono_us += 2 * US_PER_S; /* its next beat is answered: not known here */
	turn(&r, 50);
	now.mono_us += US_PER_S;
	turn_until(&r, 5);
	ck_assert_uint_eq(r.records, 5);
	follower_close(&r.follower);
}
END_TEST

START_TEST(bytes_that_are_no_message_end_nothing)
{
	struct reader r = {.records = 0};
	struct bytes junk = bytes_of_text("\x0a\xff\xff\xff\xff\xff\xff");

	write_records(3);
	follow(&r, (struct follower_options){0});
	turn_until(&r, 3);
	ck_assert_int_eq(net_send(follower_socket(r.follower), NULL, &junk, 1), NET_SENT);
	struct net_message m;
	zmq_pollitem_t item = {net_handle(server), 0, ZMQ_POLLIN, 0};
	zmq_poll(&item, 1, 1000);
	ck_assert_int_eq(net_receive(server, &m), NET_GOT);
	feed_take(feed, &m, &peer, &now);
	net_release(&m);
	ck_assert_uint_eq(feed_counts(feed).sessions, 1);
	follower_close(&r.follower);
}
END_TEST

/* ---- subjects' keys ---- */

START_TEST(keys_go_to_peers_with_names_only_each_once_and_not_when_destroyed)
{
	struct reader r = {.records = 0}, plain = {.records = 0}, late = {.records = 0};
	struct id ana = id_of_name("person", "ana"), ben = id_of_name("person", "ben");
	struct bytes key;

	put_secret("ana");
	put_secret("ben");
	put_secret("ana");
	commit();
	follow(&plain, (struct follower_options){0});
	turn_until(&plain, 3);
	ck_assert_uint_eq(plain.n_keys, 0);

	peer.roles |= ROLE_NAMES;
	follow(&r, (struct follower_options){0});
	turn_until(&r, 3);
	ck_assert_uint_eq(r.n_keys, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(keyring_get(caps.keyring, r.keys[i].subject, &key));
		ck_assert(bytes_equal(r.keys[i].key, key));
	}

	ck_assert_int_eq(keyring_destroy(caps.keyring, bytes_of_id(&ana)), 0);
	follow(&late, (struct follower_options){0});
	turn_until(&late, 3);
	ck_assert_uint_eq(late.n_keys, 1);
	ck_assert(bytes_equal(late.keys[0].subject, bytes_of_id(&ben)));
	follower_close(&r.follower);
	follower_close(&plain.follower);
	follower_close(&late.follower);
}
END_TEST

/* ---- the public stream ---- */

static void show(void)
{
	put("TN one", true);
	put("KY two", true);
	put("not shown", false);
	put("TN three", true);
	put("TN four", true);
	commit();
}

START_TEST(a_scoped_peer_sees_its_rows_and_can_prove_that_none_is_missing)
{
	struct reader r = {.records = 0};

	peer = (struct peer){.name = "tncompass", .scope = "TN", .roles = ROLE_LICENSURE};
	show();
	follow(&r, (struct follower_options){.stream = "shelf.0.public"});
	turn_until(&r, 4);
	ck_assert_uint_eq(r.n_texts, 3);
	ck_assert_str_eq(r.texts[0], "TN one");
	ck_assert_str_eq(r.texts[1], "TN three");
	ck_assert_str_eq(r.texts[2], "TN four");
	ck_assert_str_eq(r.previous[0], "00000000000000000000");
	ck_assert_str_eq(r.previous[1], "00000000000000000001");
	ck_assert_str_eq(r.previous[2], "00000000000000000003");
	follower_close(&r.follower);
	show();
	follow(&r, (struct follower_options){.stream = "public"});
	turn_until(&r, 8);
	ck_assert_str_eq(r.previous[3], "00000000000000000004");
	ck_assert_uint_eq(r.n_texts, 6);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_filter_by_types_leaves_those)
{
	static const char *const types[] = {"org.cairn.shelf.even.v1", "org.cairn.none.v1"};
	struct reader r = {.records = 0};

	show();
	follow(&r,
	       (struct follower_options){.stream = "shelf.0.public", .types = types, .n_types = 2});
	turn_until(&r, 4);
	ck_assert_uint_eq(r.n_texts, 2);
	ck_assert_str_eq(r.texts[0], "KY two");
	ck_assert_str_eq(r.texts[1], "TN four");
	follower_close(&r.follower);
}
END_TEST

START_TEST(public_positions_are_checked_by_their_chain)
{
	struct follower_options o = {.stream = "shelf.0.public"};
	struct reader r = {.records = 0};
	struct position at;

	show();
	follow(&r, o);
	turn_until(&r, 4);
	follower_close(&r.follower);
	at = r.at;
	at.chain[5] ^= 1;
	ck_assert_int_eq(stop_of(o, at), STOP_DIVERGED);
	at = r.at;
	at.seq = 5;
	ck_assert_int_eq(stop_of(o, at), STOP_AHEAD);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("feed");
	TCase *log = tcase_create("log"), *refusals = tcase_create("refusals");
	TCase *public = tcase_create("public");

	tcase_set_timeout(log, 30);
	tcase_add_checked_fixture(log, setup, teardown);
	tcase_add_test(log, a_follower_gets_all_records_from_the_beginning_and_then_live);
	tcase_add_test(log, a_follower_goes_on_from_where_it_stood);
	tcase_add_test(log, batches_are_whole_commits_of_at_most_256_KiB_or_one_commit);
	tcase_add_test(log, one_byte_of_credit_gets_one_batch_at_a_time);
	tcase_add_test(log, without_credit_nothing_is_sent);
	tcase_add_test(log, a_filter_leaves_its_kinds_and_still_moves_on);
	tcase_add_test(log, what_is_encoded_for_one_serves_the_others);
	tcase_add_test(log, a_named_subscriber_is_kept_with_what_it_acknowledged);
	tcase_add_test(log, keys_go_to_peers_with_names_only_each_once_and_not_when_destroyed);
	suite_add_tcase(suite, log);

	tcase_set_timeout(refusals, 30);
	tcase_add_checked_fixture(refusals, setup, teardown);
	tcase_add_test(refusals, a_peer_without_the_role_is_forbidden);
	tcase_add_test(refusals, nobody_acknowledges_under_anothers_name);
	tcase_add_test(refusals, a_stream_of_another_service_is_unknown);
	tcase_add_test(refusals, a_position_beyond_the_head_is_ahead);
	tcase_add_test(refusals, a_position_with_another_chain_has_diverged);
	tcase_add_test(refusals, sixty_four_sessions_of_one_peer_are_enough);
	tcase_add_test(refusals, who_loses_the_right_is_refused_at_once);
	tcase_add_test(refusals, a_silent_follower_is_dropped_after_ten_seconds);
	tcase_add_test(refusals, a_follower_of_a_server_that_started_anew_comes_again_at_once);
	tcase_add_test(refusals, bytes_that_are_no_message_end_nothing);
	suite_add_tcase(suite, refusals);

	tcase_set_timeout(public, 30);
	tcase_add_checked_fixture(public, setup, teardown);
	tcase_add_test(public, a_scoped_peer_sees_its_rows_and_can_prove_that_none_is_missing);
	tcase_add_test(public, a_filter_by_types_leaves_those);
	tcase_add_test(public, public_positions_are_checked_by_their_chain);
	suite_add_tcase(suite, public);
	return suite;
}
