/* The command socket over an engine, to a peer in the same process, and its caps. */
#include "libshared/check.h"
#include "libshared/desk.h"
#include "libshared/log.h"
#include "libshared/zap.h"
#include "proto/runtime.pb-c.h"

#include "tests/support/place.h"
#include "tests/support/shelf_service.h"
#include "tests/support/suite.h"

#include <string.h>

#define WALL_US (INT64_C(1767712500) * US_PER_S)

static struct place place;
static struct net *net;
static struct zap *zap;
static struct peers *peers;
static struct net_socket *server, *peer;
static struct engine *engine;
static struct desk *desk;
static struct caps caps;
static struct arena *arena;
static struct id_maker ids;
static struct now now;

static struct {
	unsigned n;
	uint32_t kind;
	Cairn__Status status;
} answered;

static void note_answered(void *ctx, uint32_t kind, Cairn__Status status, int64_t took_us)
{
	(void)ctx;
	(void)took_us;
	answered.n++;
	answered.kind = kind;
	answered.status = status;
}

static struct bytes status_page(void *ctx, struct arena *a)
{
	(void)ctx;
	(void)a;
	return bytes_of_text("the status");
}

static void setup(void)
{
	struct curve_keys server_keys, peer_keys;

	log_start("test", LOG_NONE);
	place_make(&place);
	arena = arena_new(4096);
	memset(&answered, 0, sizeof answered);
	now = (struct now){WALL_US, clock_mono_us()};
	keys_random(&server_keys);
	keys_random(&peer_keys);
	ck_assert_int_eq(peers_add(place_path(&place, "peers"), "gateway", &peer_keys.public_key,
				   "portal,operator", ""),
			 0);
	peers = peers_load(place_path(&place, "peers"));
	net = net_open(1);
	zap = zap_open(net);
	server = net_socket(net, &(struct net_want){.kind = NET_COMMANDS,
						    .endpoints = {"tcp://127.0.0.1:*"},
						    .keys = &server_keys});
	peer = net_socket(net, &(struct net_want){.kind = NET_CLIENT,
						  .endpoints = {net_endpoint(server, 0)},
						  .keys = &peer_keys,
						  .server = &server_keys.public_key});
	engine = engine_open(&shelf_service,
			     &(struct engine_options){.dir = place_path(&place, "db"),
						      .map_bytes = (size_t)1 << 30,
						      .caps = &caps,
						      .fresh_log_id = id_of_name("log", "desk")});
	desk = desk_new(&(struct desk_options){.engine = engine,
					       .socket = server,
					       .inflight = 256,
					       .answered = note_answered,
					       .status = status_page});
}

static void teardown(void)
{
	desk_destroy(&desk);
	engine_close(&engine);
	zap_close(&zap);
	net_close(&net);
	peers_destroy(&peers);
	arena_destroy(&arena);
	place_remove(&place);
}

/* ---- the peer ---- */

static struct bytes put_body(void)
{
	Shelf__Command command = SHELF__COMMAND__INIT;
	Shelf__Put put = SHELF__PUT__INIT;
	struct id item = id_make(&ids, now.wall_us);
	char text[] = "chalk";

	put.item = pb_of_id(&item);
	put.text = text;
	command.body_case = SHELF__COMMAND__BODY_PUT;
	command.put = &put;
	return message_pack(&command.base, arena);
}

static Cairn__Head head_of(uint32_t kind)
{
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct id id = id_make(&ids, now.wall_us);

	head.wire = 1;
	head.kind = kind;
	head.id = pb_of_bytes(arena_copy(arena, bytes_of_id(&id)));
	return head;
}

static void send_request(const Cairn__Head *head, struct bytes body)
{
	struct bytes frames[] = {message_pack(&head->base, arena), body};
	zmq_pollitem_t item = {net_handle(server), 0, ZMQ_POLLIN, 0};

	for (int i = 0; i < 5000 && net_send(peer, NULL, frames, 2) != NET_SENT; i++) {
		zmq_pollitem_t door = {net_handle(zap_socket(zap)), 0, ZMQ_POLLIN, 0};

		zmq_poll(&door, 1, 1);
		zap_turn(zap, peers);
	}
	zmq_poll(&item, 1, 5000);
}

static void run(void)
{
	engine_run(engine, now.wall_us);
	while (engine_poll(engine, desk_reply, desk))
		;
}

static struct bytes reply_body;

/* The next reply's head; NULL: none. */
static const Cairn__ReplyHead *reply(int ms)
{
	zmq_pollitem_t item = {net_handle(peer), 0, ZMQ_POLLIN, 0};
	const Cairn__ReplyHead *head;
	struct message_fault fault;
	struct net_message m;

	zmq_poll(&item, 1, ms);
	if (net_receive(peer, &m) != NET_GOT)
		return NULL;
	head = (const Cairn__ReplyHead *)(void *)message_unpack(&cairn__reply_head__descriptor,
								arena_copy(arena, m.frames[0]),
								&EVENT_LIMITS, arena, &fault);
	reply_body = arena_copy(arena, m.frames[1]);
	net_release(&m);
	return head;
}

START_TEST(a_command_is_answered_after_its_batch_and_not_before)
{
	Cairn__Head head = head_of(SHELF__COMMAND__BODY_PUT);

	send_request(&head, put_body());
	desk_take(desk, peers, &now);
	ck_assert_uint_eq(desk_counts(desk).unanswered, 1);
	ck_assert_ptr_null(reply(20));
	run();
	const Cairn__ReplyHead *got = reply(5000);
	ck_assert_int_eq(got->status, CAIRN__STATUS__OK);
	ck_assert(bytes_equal(bytes_of_pb(got->id), bytes_of_pb(head.id)));
	ck_assert_uint_eq(desk_counts(desk).unanswered, 0);
	ck_assert_uint_eq(answered.kind, SHELF__COMMAND__BODY_PUT);
}
END_TEST

START_TEST(a_peer_that_is_known_no_more_is_forbidden)
{
	struct peers *nobody = peers_none();
	Cairn__Head head = head_of(SHELF__COMMAND__BODY_PUT);

	send_request(&head, put_body());
	desk_take(desk, nobody, &now);
	ck_assert_int_eq(reply(5000)->status, CAIRN__STATUS__FORBIDDEN);
	ck_assert_uint_eq(desk_counts(desk).unknown_peers, 1);
	peers_destroy(&nobody);
}
END_TEST

START_TEST(a_request_whose_time_is_over_is_not_given_to_the_engine)
{
	Cairn__Head head = head_of(SHELF__COMMAND__BODY_PUT);

	head.sent_us = (uint64_t)(now.wall_us - 2 * US_PER_S);
	head.ttl_ms = 1999;
	send_request(&head, put_body());
	desk_take(desk, peers, &now);
	ck_assert_int_eq(reply(5000)->status, CAIRN__STATUS__EXPIRED);
	ck_assert(engine_idle(engine));
	head.ttl_ms = 2000;
	send_request(&head, put_body());
	desk_take(desk, peers, &now);
	ck_assert(!engine_idle(engine));
}
END_TEST

START_TEST(the_daemon_tells_its_status_itself)
{
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	Cairn__GetStatus ask = CAIRN__GET_STATUS__INIT;
	Cairn__Head head =
		head_of(QUERY_BASE + RUNTIME_BASE + CAIRN__RUNTIME_QUERY__BODY_GET_STATUS);

	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_STATUS;
	query.get_status = &ask;
	send_request(&head, message_pack(&query.base, arena));
	desk_take(desk, peers, &now);
	ck_assert_int_eq(reply(5000)->status, CAIRN__STATUS__OK);
	ck_assert(bytes_equal(reply_body, bytes_of_text("the status")));
}
END_TEST

START_TEST(an_answer_that_leaves_a_note_waits_for_it)
{
	Cairn__Head head = head_of(SHELF__COMMAND__BODY_PUT);
	Shelf__Query query = SHELF__QUERY__INIT;
	Shelf__Look look = SHELF__LOOK__INIT;
	struct message_fault fault;
	struct bytes body = put_body();
	const Shelf__Command *put = (const Shelf__Command *)(void *)message_unpack(
		&shelf__command__descriptor, body, &COMMAND_LIMITS, arena, &fault);

	send_request(&head, body);
	desk_take(desk, peers, &now);
	run();
	ck_assert_int_eq(reply(5000)->status, CAIRN__STATUS__OK);
	look.item = put->put->item;
	query.body_case = SHELF__QUERY__BODY_LOOK;
	query.look = &look;
	head = head_of(QUERY_BASE + SHELF__QUERY__BODY_LOOK);
	send_request(&head, message_pack(&query.base, arena));
	desk_take(desk, peers, &now);
	ck_assert_ptr_null(reply(20));
	run();
	ck_assert_int_eq(reply(5000)->status, CAIRN__STATUS__OK);
	ck_assert_uint_gt(reply_body.len, 0);
}
END_TEST

START_TEST(the_cap_halves_under_overload_and_grows_back)
{
	ck_assert_uint_eq(desk_counts(desk).cap, 256);
	for (int i = 0; i < 2; i++)
		desk_note_batch(desk, BATCH_COMMANDS, US_PER_S);
	desk_note_batch(desk, 10, US_PER_S); /* not three in a row */
	ck_assert_uint_eq(desk_counts(desk).cap, 256);
	for (int i = 0; i < 3; i++)
		desk_note_batch(desk, BATCH_COMMANDS, 334 * US_PER_MS);
	ck_assert_uint_eq(desk_counts(desk).cap, 128);
	for (int i = 0; i < 30; i++)
		desk_note_batch(desk, BATCH_COMMANDS, 334 * US_PER_MS);
	ck_assert_uint_eq(desk_counts(desk).cap, 64);
	for (int i = 0; i < 100; i++)
		desk_note_batch(desk, 10, 334 * US_PER_MS);
	ck_assert_uint_eq(desk_counts(desk).cap, 256);
}
END_TEST

START_TEST(full_batches_that_go_quickly_are_no_overload)
{
	for (int i = 0; i < 300; i++)
		desk_note_batch(desk, BATCH_COMMANDS, 333 * US_PER_MS);
	ck_assert_uint_eq(desk_counts(desk).cap, 256);
}
END_TEST

START_TEST(a_request_that_finds_the_batch_full_is_the_first_of_the_next)
{
	Cairn__Head head = head_of(SHELF__COMMAND__BODY_PUT);
	Shelf__Command command = SHELF__COMMAND__INIT;
	Shelf__Put put = SHELF__PUT__INIT;
	struct id item = id_make(&ids, now.wall_us);
	char text[] = "large";

	put.item = pb_of_id(&item);
	put.text = text;
	put.ballast =
		pb_of_bytes((struct bytes){arena_zalloc(arena, (size_t)500 << 10), 500 << 10});
	command.body_case = SHELF__COMMAND__BODY_PUT;
	command.put = &put;
	for (int i = 0; i < 3; i++) {
		head = head_of(SHELF__COMMAND__BODY_PUT);
		send_request(&head, message_pack(&command.base, arena));
		desk_take(desk, peers, &now);
	}
	/* What has arrived by now is taken: two fit into a batch of 1 MiB. */
	for (int i = 0; i < 1000 && !desk_holds(desk); i++)
		desk_take(desk, peers, &now);
	ck_assert(desk_holds(desk));
	ck_assert_uint_eq(desk_counts(desk).unanswered, 2);
	run();
	desk_take(desk, peers, &now);
	ck_assert(!desk_holds(desk));
	run();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(reply(5000)->status, CAIRN__STATUS__OK);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("desk");
	TCase *tc = tcase_create("desk");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_command_is_answered_after_its_batch_and_not_before);
	tcase_add_test(tc, a_peer_that_is_known_no_more_is_forbidden);
	tcase_add_test(tc, a_request_whose_time_is_over_is_not_given_to_the_engine);
	tcase_add_test(tc, the_daemon_tells_its_status_itself);
	tcase_add_test(tc, an_answer_that_leaves_a_note_waits_for_it);
	tcase_add_test(tc, the_cap_halves_under_overload_and_grows_back);
	tcase_add_test(tc, full_batches_that_go_quickly_are_no_overload);
	tcase_add_test(tc, a_request_that_finds_the_batch_full_is_the_first_of_the_next);
	suite_add_tcase(suite, tc);
	return suite;
}
