/* The asking side against a server that the test plays. */
#include "libshared/check.h"
#include "libshared/client.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/log.h"
#include "proto/runtime.pb-c.h"

#include "tests/support/suite.h"
#include "tests/support/toy.pb-c.h"

#include <string.h>

static struct net *net;
static struct net_socket *server;
static struct client *client;
static struct arena *arena;
static int64_t now_us;

static void setup(void)
{
	log_start("test", LOG_NONE);
	arena = arena_new(4096);
	net = net_open(1);
	server = net_socket(net,
			    &(struct net_want){.kind = NET_COMMANDS, .endpoints = {"inproc://s"}});
	client = client_open(&(struct client_options){.net = net, .endpoint = "inproc://s"});
	ck_assert_ptr_nonnull(client);
	now_us = clock_mono_us();
}

static void teardown(void)
{
	client_close(&client);
	net_close(&net);
	arena_destroy(&arena);
}

/* ---- the server ---- */

static struct net_route route;

/* The next request's head, or NULL. */
static const Cairn__Head *hear(void)
{
	zmq_pollitem_t item = {net_handle(server), 0, ZMQ_POLLIN, 0};
	struct message_fault fault;
	struct net_message m;
	const Cairn__Head *head;

	zmq_poll(&item, 1, 50);
	if (net_receive(server, &m) != NET_GOT)
		return NULL;
	route = m.route;
	head = (const Cairn__Head *)(void *)message_unpack(&cairn__head__descriptor,
							   arena_copy(arena, m.frames[0]),
							   &EVENT_LIMITS, arena, &fault);
	net_release(&m);
	return head;
}

static void reply(const Cairn__Head *to, Cairn__Status status, const char *body)
{
	Cairn__ReplyHead head = CAIRN__REPLY_HEAD__INIT;

	head.wire = 1;
	head.status = status;
	head.id = to->id;
	struct bytes frames[] = {message_pack(&head.base, arena), bytes_of_text(body)};
	ck_assert_int_eq(net_send(server, &route, frames, 2), NET_SENT);
}

/* ---- the client ---- */

static struct {
	unsigned n;
	uint64_t token;
	Cairn__Status status;
	unsigned tries;
	char body[16];
} got;

static void answered(void *ctx, uint64_t token, const struct client_answer *answer)
{
	(void)ctx;
	got.n++;
	got.token = token;
	got.status = answer->status;
	got.tries = answer->tries;
	if (answer->body.len > 0)
		memcpy(got.body, answer->body.data, MIN(answer->body.len, sizeof got.body - 1));
}

static void turn(void)
{
	zmq_pollitem_t item = {net_handle(client_socket(client)), 0, ZMQ_POLLIN, 0};

	zmq_poll(&item, 1, 20);
	client_turn(client, now_us, answered, NULL);
}

static void submit(int64_t until_us, uint64_t token)
{
	Toy__Command command = TOY__COMMAND__INIT;
	Toy__Crash crash = TOY__CRASH__INIT;

	memset(&got, 0, sizeof got);
	command.body_case = TOY__COMMAND__BODY_CRASH;
	command.crash = &crash;
	client_submit(client, &(struct ask){.message = &command.base}, until_us, token);
}

START_TEST(an_answer_finds_its_request)
{
	const Cairn__Head *first, *second;

	submit(now_us + US_PER_S, 7);
	first = hear();
	submit(now_us + US_PER_S, 8);
	second = hear();
	ck_assert_uint_eq(first->kind, TOY__COMMAND__BODY_CRASH);
	ck_assert(is_timed_id(bytes_of_pb(first->id)));
	reply(second, CAIRN__STATUS__REJECTED, "b");
	turn();
	ck_assert_uint_eq(got.token, 8);
	ck_assert_int_eq(got.status, CAIRN__STATUS__REJECTED);
	reply(first, CAIRN__STATUS__OK, "a");
	turn();
	ck_assert_uint_eq(got.token, 7);
	ck_assert_str_eq(got.body, "a");
	ck_assert_uint_eq(client_in_air(client), 0);
	reply(first, CAIRN__STATUS__OK, "a"); /* late and twice */
	turn();
	ck_assert_uint_eq(got.n, 2);
}
END_TEST

static const Cairn__Status worth_it[] = {CAIRN__STATUS__BUSY, CAIRN__STATUS__UNAVAILABLE};

START_TEST(busy_and_unavailable_are_tried_again_under_the_same_id)
{
	const Cairn__Head *first, *again;

	submit(now_us + 60 * US_PER_S, 1);
	first = hear();
	reply(first, worth_it[_i], "");
	turn();
	ck_assert_uint_eq(got.n, 0);
	ck_assert_int_le(client_next_us(client), now_us + 200 * US_PER_MS + 1);
	now_us = client_next_us(client);
	turn();
	again = hear();
	ck_assert_ptr_nonnull(again);
	ck_assert(bytes_equal(bytes_of_pb(first->id), bytes_of_pb(again->id)));
	reply(again, CAIRN__STATUS__OK, "");
	turn();
	ck_assert_int_eq(got.status, CAIRN__STATUS__OK);
	ck_assert_uint_eq(got.tries, 2);
}
END_TEST

START_TEST(silence_is_tried_again_and_in_the_end_told)
{
	unsigned heard = 0;
	int64_t began_us = now_us;

	submit(now_us + 20 * US_PER_S, 5);
	while (got.n == 0) {
		heard += hear() != NULL;
		now_us = client_next_us(client);
		turn();
	}
	/* At 0, 2, 6 and 14 seconds; the next would have been at 30. */
	ck_assert_uint_eq(heard, 4);
	ck_assert_int_eq(got.status, CAIRN__STATUS__STATUS_UNSPECIFIED);
	ck_assert_uint_eq(got.token, 5);
	ck_assert_int_ge(now_us - began_us, 20 * US_PER_S - US_PER_S);
	ck_assert_uint_eq(client_in_air(client), 0);
}
END_TEST

START_TEST(many_in_the_air_are_all_answered)
{
	for (uint64_t i = 0; i < 2000; i++)
		submit(now_us + US_PER_S, i);
	ck_assert_uint_eq(client_in_air(client), 2000);
	for (const Cairn__Head *head; (head = hear()) != NULL;)
		reply(head, CAIRN__STATUS__OK, "");
	for (int i = 0; i < 10; i++)
		turn();
	ck_assert_uint_eq(got.n, 2000);
	ck_assert_uint_eq(client_in_air(client), 0);
}
END_TEST

START_TEST(bytes_that_are_no_reply_are_dropped)
{
	struct bytes junk[] = {bytes_of_text("\xff\xff\xff"), BYTES_NONE};

	submit(now_us + US_PER_S, 1);
	const Cairn__Head *head = hear();
	ck_assert_int_eq(net_send(server, &route, junk, 2), NET_SENT);
	ck_assert_int_eq(net_send(server, &route, junk, 1), NET_SENT);
	turn();
	ck_assert_uint_eq(got.n, 0);
	reply(head, CAIRN__STATUS__OK, "");
	turn();
	ck_assert_uint_eq(got.n, 1);
}
END_TEST

START_TEST(a_call_without_a_server_ends_in_time)
{
	Toy__Query query = TOY__QUERY__INIT;
	Toy__Get get = TOY__GET__INIT;
	struct client_answer answer;
	struct client *lonely =
		client_open(&(struct client_options){.net = net, .endpoint = "tcp://127.0.0.1:1"});

	query.body_case = TOY__QUERY__BODY_GET;
	query.get = &get;
	ck_assert_int_eq(client_call(lonely, &(struct ask){.message = &query.base},
				     clock_mono_us() + 100 * US_PER_MS, &answer),
			 -1);
	client_close(&lonely);
}
END_TEST

START_TEST(the_kind_follows_from_the_message)
{
	Toy__Command command = TOY__COMMAND__INIT;
	Toy__Query query = TOY__QUERY__INIT;
	Cairn__RuntimeQuery status = CAIRN__RUNTIME_QUERY__INIT;
	Toy__Open other = TOY__OPEN__INIT;

	command.body_case = TOY__COMMAND__BODY_FILL;
	query.body_case = TOY__QUERY__BODY_GET_NOTED;
	status.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_STATUS;
	ck_assert_uint_eq(kind_of_message(&command.base), 7);
	ck_assert_uint_eq(kind_of_message(&query.base), 1002);
	ck_assert_uint_eq(kind_of_message(&status.base), 1901);
	ck_assert_uint_eq(kind_of_message(&other.base), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("client");
	TCase *tc = tcase_create("client");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_answer_finds_its_request);
	tcase_add_loop_test(tc, busy_and_unavailable_are_tried_again_under_the_same_id, 0,
			    (int)ARRAY_LEN(worth_it));
	tcase_add_test(tc, silence_is_tried_again_and_in_the_end_told);
	tcase_add_test(tc, many_in_the_air_are_all_answered);
	tcase_add_test(tc, bytes_that_are_no_reply_are_dropped);
	tcase_add_test(tc, a_call_without_a_server_ends_in_time);
	tcase_add_test(tc, the_kind_follows_from_the_message);
	suite_add_tcase(suite, tc);
	return suite;
}
