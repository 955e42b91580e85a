/* Sockets of the table, messages through them, and the door before them. */
#include "libshared/clock.h"
#include "libshared/log.h"
#include "libshared/net.h"
#include "libshared/peers.h"
#include "libshared/zap.h"

#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct place place;
static struct net *net;
static struct zap *zap;
static struct peers *peers;
static struct curve_keys server_keys, client_keys;

static void setup(void)
{
	log_start("test", LOG_NONE);
	place_make(&place);
	keys_random(&server_keys);
	keys_random(&client_keys);
	ck_assert_int_eq(peers_add(place_path(&place, "peers"), "client", &client_keys.public_key,
				   "portal", ""),
			 0);
	peers = peers_load(place_path(&place, "peers"));
	net = net_open(1);
	zap = zap_open(net);
	ck_assert_ptr_nonnull(zap);
}

static void teardown(void)
{
	zap_close(&zap);
	net_close(&net);
	peers_destroy(&peers);
	place_remove(&place);
}

static struct net_socket *server(enum net_kind kind, const char *endpoint)
{
	return net_socket(
		net,
		&(struct net_want){.kind = kind, .endpoints = {endpoint}, .keys = &server_keys});
}

static struct net_socket *client_of(struct net_socket *s, const struct curve_keys *keys)
{
	return net_socket(net, &(struct net_want){.kind = NET_CLIENT,
						  .endpoints = {net_endpoint(s, 0)},
						  .keys = keys,
						  .server = &server_keys.public_key});
}

/* Lets ZAP answer until s has a message, or ms have gone. */
static bool wait_for(struct net_socket *s, int ms)
{
	int64_t until_us = clock_mono_us() + ms * US_PER_MS;
	zmq_pollitem_t items[] = {{net_handle(zap_socket(zap)), 0, ZMQ_POLLIN, 0},
				  {net_handle(s), 0, ZMQ_POLLIN, 0}};

	while (clock_mono_us() < until_us) {
		zmq_poll(items, 2, 20);
		zap_turn(zap, peers);
		if (items[1].revents != 0)
			return true;
	}
	return false;
}

/* A client whose queue takes nothing before the handshake is done. */
static enum net_sent send_when_open(struct net_socket *s, const struct bytes *frames, unsigned n)
{
	int64_t until_us = clock_mono_us() + 5 * US_PER_S;
	enum net_sent sent = NET_FULL;

	while (sent == NET_FULL && clock_mono_us() < until_us) {
		zmq_pollitem_t item = {net_handle(zap_socket(zap)), 0, ZMQ_POLLIN, 0};

		zmq_poll(&item, 1, 5);
		zap_turn(zap, peers);
		sent = net_send(s, NULL, frames, n);
	}
	return sent;
}

static const struct bytes HELLO[] = {{(const uint8_t *)"head", 4}, {(const uint8_t *)"body", 4}};

START_TEST(a_message_names_its_peer_and_its_answer_finds_the_way_back)
{
	const char *endpoint = _i == 0 ? place_path(&place, "s") : "tcp://127.0.0.1:*";
	char ipc[160];
	struct net_message m;

	if (_i == 0) {
		snprintf(ipc, sizeof ipc, "ipc://%s", endpoint);
		endpoint = ipc;
	}
	struct net_socket *s = server(NET_COMMANDS, endpoint), *c = client_of(s, &client_keys);

	ck_assert_int_eq(send_when_open(c, HELLO, 2), NET_SENT);
	ck_assert(wait_for(s, 5000));
	ck_assert_int_eq(net_receive(s, &m), NET_GOT);
	ck_assert_str_eq(m.user, "client");
	ck_assert_uint_eq(m.n_frames, 2);
	ck_assert(bytes_equal(m.frames[0], HELLO[0]) && bytes_equal(m.frames[1], HELLO[1]));
	ck_assert_int_eq(net_send(s, &m.route, HELLO + 1, 1), NET_SENT);
	net_release(&m);
	ck_assert(wait_for(c, 5000));
	ck_assert_int_eq(net_receive(c, &m), NET_GOT);
	ck_assert_uint_eq(m.n_frames, 1);
	ck_assert_uint_eq(m.route.len, 0);
	ck_assert(bytes_equal(m.frames[0], HELLO[1]));
	net_release(&m);
	ck_assert_int_eq(net_receive(c, &m), NET_NOTHING);
	ck_assert_uint_eq(zap_counts(zap).accepted, 1);
}
END_TEST

START_TEST(three_frames_are_dropped_whole_and_the_next_message_is_heard)
{
	const struct bytes three[] = {HELLO[0], HELLO[1], HELLO[0]};
	struct net_socket *s = server(NET_COMMANDS, "tcp://127.0.0.1:*");
	struct net_socket *c = client_of(s, &client_keys);
	struct net_message m;

	ck_assert_int_eq(send_when_open(c, three, 3), NET_SENT);
	ck_assert_int_eq(send_when_open(c, HELLO, 1), NET_SENT);
	ck_assert(wait_for(s, 5000));
	ck_assert_int_eq(net_receive(s, &m), NET_ODD);
	ck_assert(wait_for(s, 5000));
	ck_assert_int_eq(net_receive(s, &m), NET_GOT);
	ck_assert_uint_eq(m.n_frames, 1);
	net_release(&m);
}
END_TEST

START_TEST(an_answer_to_a_peer_that_has_gone_is_told)
{
	struct net_socket *s = server(NET_COMMANDS, "tcp://127.0.0.1:*");
	struct net_route nobody = {.len = 5, .id = {0, 1, 2, 3, 4}};

	ck_assert_int_eq(net_send(s, &nobody, HELLO, 2), NET_GONE);
}
END_TEST

START_TEST(a_client_without_a_server_says_full_and_keeps_nothing)
{
	struct net_socket *c =
		net_socket(net, &(struct net_want){.kind = NET_CLIENT,
						   .endpoints = {"tcp://127.0.0.1:1"},
						   .keys = &client_keys,
						   .server = &server_keys.public_key});

	ck_assert_int_eq(net_send(c, NULL, HELLO, 2), NET_FULL);
}
END_TEST

START_TEST(an_unknown_key_gets_nothing)
{
	struct net_socket *s = server(NET_LOG, "tcp://127.0.0.1:*");
	struct curve_keys unknown;
	struct net_message m;

	keys_random(&unknown);
	struct net_socket *c = client_of(s, &unknown);
	ck_assert(!wait_for(s, 300));
	ck_assert_int_eq(net_send(c, NULL, HELLO, 1), NET_FULL);
	ck_assert_int_eq(net_receive(s, &m), NET_NOTHING);
	ck_assert_uint_ge(zap_counts(zap).refused, 1);
	ck_assert_uint_eq(zap_counts(zap).accepted, 0);
}
END_TEST

START_TEST(a_client_that_was_refused_comes_in_by_a_new_connection_once_it_is_known)
{
	struct net_socket *s = server(NET_COMMANDS, "tcp://127.0.0.1:*");
	struct curve_keys late;
	struct net_message m;

	keys_random(&late);
	struct net_socket *c = client_of(s, &late);
	ck_assert(!wait_for(s, 300));
	ck_assert_int_eq(
		peers_add(place_path(&place, "peers"), "late", &late.public_key, "portal", ""), 0);
	peers_destroy(&peers);
	peers = peers_load(place_path(&place, "peers"));
	ck_assert_int_eq(net_reconnect(c), 0);
	ck_assert_int_eq(send_when_open(c, HELLO, 1), NET_SENT);
	ck_assert(wait_for(s, 5000));
	ck_assert_int_eq(net_receive(s, &m), NET_GOT);
	ck_assert_str_eq(m.user, "late");
	net_release(&m);
}
END_TEST

START_TEST(a_frame_over_the_limit_ends_the_connection)
{
	static uint8_t large[NET_FOLLOW_MAX + 1];
	struct net_socket *s = server(NET_LOG, "tcp://127.0.0.1:*");
	struct net_socket *c = client_of(s, &client_keys);
	struct net_message m;

	ck_assert_int_eq(send_when_open(c, &BYTES_OF(large), 1), NET_SENT);
	ck_assert(!wait_for(s, 300));
	ck_assert_int_eq(net_receive(s, &m), NET_NOTHING);
	ck_assert_int_eq(send_when_open(c, HELLO, 1), NET_SENT); /* over a new connection */
	ck_assert(wait_for(s, 5000));
	ck_assert_int_eq(net_receive(s, &m), NET_GOT);
	net_release(&m);
}
END_TEST

START_TEST(the_self_test_refuses_a_stranger_and_notices_an_open_door)
{
	struct net_socket *s = server(NET_COMMANDS, "tcp://127.0.0.1:*");
	struct net_socket *open = net_socket(
		net, &(struct net_want){.kind = NET_COMMANDS, .endpoints = {"tcp://127.0.0.1:*"}});

	ck_assert_int_eq(zap_self_test(zap, peers, s, 0, &server_keys.public_key), 0);
	ck_assert_int_eq(zap_self_test(zap, peers, s, 0, &server_keys.public_key), 0);
	/* A server in the clear does not refuse by ZAP. */
	ck_assert_int_eq(zap_self_test(zap, peers, open, 0, &server_keys.public_key), -1);
}
END_TEST

START_TEST(a_socket_path_that_the_system_would_cut_is_refused)
{
	char fault[200], path[130];

	memset(path, 'a', sizeof path);
	memcpy(path, "ipc:///tmp/", 11);
	path[6 + 107] = '\0';
	ck_assert(net_endpoint_check(path, fault));
	path[6 + 107] = 'a';
	path[6 + 108] = '\0';
	ck_assert(!net_endpoint_check(path, fault));
	ck_assert_ptr_nonnull(strstr(fault, "107"));
	ck_assert(!net_endpoint_check("udp://127.0.0.1:1", fault));
	ck_assert_ptr_null(server(NET_LOG, path));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("net");
	TCase *tc = tcase_create("net");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_message_names_its_peer_and_its_answer_finds_the_way_back, 0, 2);
	tcase_add_test(tc, three_frames_are_dropped_whole_and_the_next_message_is_heard);
	tcase_add_test(tc, an_answer_to_a_peer_that_has_gone_is_told);
	tcase_add_test(tc, a_client_without_a_server_says_full_and_keeps_nothing);
	tcase_add_test(tc, an_unknown_key_gets_nothing);
	tcase_add_test(tc, a_client_that_was_refused_comes_in_by_a_new_connection_once_it_is_known);
	tcase_add_test(tc, a_frame_over_the_limit_ends_the_connection);
	tcase_add_test(tc, the_self_test_refuses_a_stranger_and_notices_an_open_door);
	tcase_add_test(tc, a_socket_path_that_the_system_would_cut_is_refused);
	suite_add_tcase(suite, tc);
	return suite;
}
