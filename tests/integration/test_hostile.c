/* A daemon among peers that mean it ill, or an environment that fails: it says no, stays small, and
 * goes on serving the others. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"

#include "tests/support/raw_peer.h"
#include "tests/support/shelf_service.h"
#include "tests/support/suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct daemon_kit kit;
static struct arena *arena;
static struct id_maker ids;

static void setup(void)
{
	daemon_kit_open(&kit);
	arena = arena_new(4096);
}

static void teardown(void)
{
	daemon_kit_close(&kit);
	arena_destroy(&arena);
}

static struct bytes fresh_id(void)
{
	struct id id = id_make(&ids, clock_wall_us());

	return arena_copy(arena, bytes_of_id(&id));
}

static struct bytes put_body(size_t ballast)
{
	Shelf__Command command = SHELF__COMMAND__INIT;
	Shelf__Put put = SHELF__PUT__INIT;
	char text[] = "chalk";

	put.item = pb_of_bytes(fresh_id());
	put.text = text;
	put.ballast = pb_of_bytes((struct bytes){arena_zalloc(arena, ballast), ballast});
	command.body_case = SHELF__COMMAND__BODY_PUT;
	command.put = &put;
	return message_pack(&command.base, arena);
}

static void honest_peer_is_served(struct net_socket *s)
{
	const Cairn__ReplyHead *reply = raw_ask(
		s, raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena), put_body(0), arena);

	ck_assert_int_eq(reply->status, CAIRN__STATUS__OK);
}

static long resident_kb(void)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)daemon_kit_process(&kit, "shelf")->pid);
	f = fopen(path, "re");
	ENSURE(f != NULL);
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "VmRSS: %ld kB", &kb) == 1)
			break;
	fclose(f);
	ENSURE(kb > 0);
	return kb;
}

/* ---- at the door ---- */

START_TEST(an_unknown_key_gets_nothing_on_any_socket)
{
	struct bytes frames[] = {raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena),
				 put_body(0)};
	struct net_socket *honest, *strangers[2];
	struct curve_keys unknown;

	daemon_kit_start(&kit, "shelf", NULL);
	keys_random(&unknown);
	for (int i = 0; i < 2; i++)
		strangers[i] = raw_peer(&kit, "shelf", &unknown,
					daemon_kit_endpoint(&kit, "shelf", i == 0 ? 's' : 'l'));
	ck_assert(!raw_send(strangers[0], frames, 2, 1000));
	ck_assert(!raw_send(strangers[1], frames, 1, 1000));
	ck_assert_ptr_null(raw_receive(strangers[0], 10, arena));
	honest = raw_client(&kit, "shelf", "teacher");
	honest_peer_is_served(honest);
	ck_assert(daemon_kit_said(&kit, "shelf", "event=key_refused"));
}
END_TEST

START_TEST(a_wrong_server_key_is_not_spoken_to)
{
	struct curve_keys keys = daemon_kit_keys(&kit, "teacher"), other;
	struct bytes frames[] = {raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena),
				 put_body(0)};

	daemon_kit_start(&kit, "shelf", NULL);
	keys_random(&other);
	struct net_socket *s = net_socket(
		kit.net, &(struct net_want){.kind = NET_CLIENT,
					    .endpoints = {daemon_kit_endpoint(&kit, "shelf", 's')},
					    .keys = &keys,
					    .server = &other.public_key});
	ck_assert(!raw_send(s, frames, 2, 1000));
	honest_peer_is_served(raw_client(&kit, "shelf", "teacher"));
}
END_TEST

static int connect_tcp(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ENSURE(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

static void start_with_tcp(uint16_t port, char endpoint_r[64])
{
	char word[80];
	const char *const words[] = {word, NULL};

	snprintf(endpoint_r, 64, "tcp://127.0.0.1:%u", (unsigned)port);
	snprintf(word, sizeof word, "commands_tcp=%s", endpoint_r);
	daemon_kit_start(&kit, "shelf", words);
}

START_TEST(a_frame_of_a_gigabyte_announced_before_the_handshake_costs_nothing)
{
	/* ZMTP 3.0: signature, version 3.0, mechanism CURVE, then a long command of 1 GiB. */
	static const uint8_t greeting[64] = {0xff, 0, 0, 0,   0,   0,   0,   0,  1,
					     0x7f, 3, 0, 'C', 'U', 'R', 'V', 'E'};
	static const uint8_t frame[] = {0x06, 0, 0, 0, 0, 0x40, 0, 0, 0};
	static uint8_t chunk[65536];
	uint16_t port = daemon_kit_free_port();
	char endpoint[64];

	start_with_tcp(port, endpoint);
	long before = resident_kb();
	for (int i = 0; i < 8; i++) {
		int fd = connect_tcp(port);
		ssize_t n = 1;

		ck_assert(send(fd, greeting, sizeof greeting, MSG_NOSIGNAL) ==
			  (ssize_t)sizeof greeting);
		ck_assert(send(fd, frame, sizeof frame, MSG_NOSIGNAL) == (ssize_t)sizeof frame);
		for (int k = 0; k < 1000 && n > 0; k++)
			n = send(fd, chunk, sizeof chunk, MSG_NOSIGNAL);
		ck_assert_int_lt(n, 0); /* hung up long before the end */
		close(fd);
	}
	ck_assert_int_lt(resident_kb() - before, 16000);
	honest_peer_is_served(raw_client(&kit, "shelf", "teacher"));
}
END_TEST

START_TEST(a_frame_over_the_limit_ends_its_connection_only)
{
	struct bytes frames[] = {BYTES_NONE, {arena_zalloc(arena, 3 << 20), 3 << 20}};
	struct net_socket *hostile, *honest;

	daemon_kit_start(&kit, "shelf", NULL);
	hostile = raw_client(&kit, "shelf", "gateway");
	honest = raw_client(&kit, "shelf", "teacher");
	honest_peer_is_served(honest);
	long before = resident_kb();
	frames[0] = raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena);
	ck_assert(raw_send(hostile, frames, 2, KIT_WAIT_MS));
	ck_assert_ptr_null(raw_receive(hostile, 500, arena));
	ck_assert_int_lt(resident_kb() - before, 16000);
	honest_peer_is_served(honest);
	honest_peer_is_served(hostile); /* over its next connection */
}
END_TEST

START_TEST(idle_connections_up_to_the_limit_do_not_stop_honest_peers)
{
	static int fds[400];
	uint16_t port = daemon_kit_free_port();
	struct curve_keys keys = daemon_kit_keys(&kit, "teacher");
	char endpoint[64];
	unsigned n = 0;

	kit.files = 128;
	start_with_tcp(port, endpoint);
	for (; n < ARRAY_LEN(fds); n++)
		fds[n] = connect_tcp(port);
	honest_peer_is_served(raw_peer(&kit, "shelf", &keys, endpoint));
	honest_peer_is_served(raw_client(&kit, "shelf", "teacher"));
	while (n > 0)
		if (fds[--n] >= 0)
			close(fds[n]);
}
END_TEST

/* ---- messages ---- */

/* A body of one field that holds a field that holds a field ... */
static struct bytes nested(unsigned depth)
{
	uint8_t *room = arena_alloc(arena, 6 * (size_t)depth), *at = room + 6 * (size_t)depth;
	size_t len = 0;

	for (unsigned i = 0; i < depth; i++) {
		uint8_t size[5];
		size_t n = 0;

		for (size_t rest = len; n == 0 || rest > 0; rest >>= 7)
			size[n++] = (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
		at -= n;
		memcpy(at, size, n);
		*--at = 0x4a; /* field 9, of whatever it is */
		len += n + 1;
	}
	return (struct bytes){at, len};
}

/* 900 KiB of one byte pattern: endless small fields. */
static struct bytes repeated(uint8_t tag, uint8_t value)
{
	size_t len = (size_t)900 << 10;
	uint8_t *data = arena_alloc(arena, len);

	for (size_t i = 0; i < len; i += 2) {
		data[i] = tag;
		data[i + 1] = value;
	}
	return (struct bytes){data, len};
}

START_TEST(bodies_made_to_break_a_reader_are_invalid)
{
	struct net_socket *s;
	struct bytes bodies[] = {
		nested(10000),         /* deep */
		repeated(0x0a, 0),     /* empty sub-messages */
		repeated(0xf8, 0x01),  /* unknown numbers */
		bytes_of_text("\x0a"), /* ends in the middle */
		bytes_of_text("junk!"), BYTES_NONE,
	};

	daemon_kit_start(&kit, "shelf", NULL);
	s = raw_client(&kit, "shelf", "teacher");
	honest_peer_is_served(s);
	long before = resident_kb();
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		const Cairn__ReplyHead *reply = raw_ask(
			s, raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena), bodies[i], arena);

		ck_assert_int_eq(reply->status, CAIRN__STATUS__INVALID);
		ck_assert_str_ne(reply->text, "");
	}
	ck_assert_int_lt(resident_kb() - before, 32000);
	honest_peer_is_served(s);
}
END_TEST

START_TEST(an_unknown_kind_is_invalid_and_named)
{
	static const uint32_t kinds[] = {0, 77, QUERY_BASE + 77, RUNTIME_BASE + 77, UINT32_MAX};
	struct net_socket *s;

	daemon_kit_start(&kit, "shelf", NULL);
	s = raw_client(&kit, "shelf", "cairnctl");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const Cairn__ReplyHead *reply =
			raw_ask(s, raw_head(kinds[i], fresh_id(), arena), put_body(0), arena);

		ck_assert_int_eq(reply->status, CAIRN__STATUS__INVALID);
		ck_assert_str_ne(reply->text, "");
	}
	honest_peer_is_served(s);
}
END_TEST

START_TEST(odd_heads_are_answered_and_odd_messages_dropped)
{
	struct bytes junk = bytes_of_text("\xff\xff\xff\xff\xff");
	struct bytes three[] = {junk, junk, junk};
	struct net_socket *s;

	daemon_kit_start(&kit, "shelf", NULL);
	s = raw_client(&kit, "shelf", "teacher");
	ck_assert_int_eq(raw_ask(s, junk, put_body(0), arena)->status, CAIRN__STATUS__INVALID);
	ck_assert_int_eq(raw_ask(s, BYTES_NONE, put_body(0), arena)->status,
			 CAIRN__STATUS__INVALID);
	ck_assert_int_eq(
		raw_ask(s, raw_head(1, bytes_of_text("short"), arena), put_body(0), arena)->status,
		CAIRN__STATUS__INVALID);
	ck_assert(raw_send(s, &junk, 1, KIT_WAIT_MS));
	ck_assert_int_eq(raw_receive(s, KIT_WAIT_MS, arena)->status, CAIRN__STATUS__INVALID);
	ck_assert(raw_send(s, three, 3, KIT_WAIT_MS));
	ck_assert_ptr_null(raw_receive(s, 200, arena));
	honest_peer_is_served(s);
}
END_TEST

START_TEST(roles_are_asked_for_each_message)
{
	static const struct {
		const char *peer;
		uint32_t kind;
	} forbidden[] = {
		{"tncompass", SHELF__COMMAND__BODY_PUT},
		{"reader", SHELF__COMMAND__BODY_PUT},
		{"teacher", SHELF__COMMAND__BODY_REMIND},
		{"cairnctl", SHELF__COMMAND__BODY_NOTE_LOOK}, /* the service's own */
		{"tncompass", QUERY_BASE + SHELF__QUERY__BODY_GET},
		{"teacher", RUNTIME_BASE + CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG},
	};

	daemon_kit_start(&kit, "shelf", NULL);
	for (size_t i = 0; i < ARRAY_LEN(forbidden); i++) {
		struct net_socket *s = raw_client(&kit, "shelf", forbidden[i].peer);
		const Cairn__ReplyHead *reply = raw_ask(
			s, raw_head(forbidden[i].kind, fresh_id(), arena), put_body(0), arena);

		ck_assert_int_eq(reply->status, CAIRN__STATUS__FORBIDDEN);
		net_socket_close(kit.net, &s);
	}
}
END_TEST

START_TEST(who_has_too_much_unanswered_is_told_busy_and_others_are_served)
{
	static const char *const words[] = {"inflight=4", NULL};
	struct net_socket *greedy, *modest;
	unsigned busy = 0, ok = 0;

	daemon_kit_start(&kit, "shelf", words);
	greedy = raw_client(&kit, "shelf", "gateway");
	modest = raw_client(&kit, "shelf", "teacher");
	honest_peer_is_served(greedy);
	/* All at once: the process is stopped until they have arrived. */
	process_signal(daemon_kit_process(&kit, "shelf"), SIGSTOP);
	for (int i = 0; i < 100; i++) {
		struct bytes frames[] = {raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena),
					 put_body(0)};
		ck_assert(raw_send(greedy, frames, 2, KIT_WAIT_MS));
	}
	process_signal(daemon_kit_process(&kit, "shelf"), SIGCONT);
	for (int i = 0; i < 100; i++) {
		const Cairn__ReplyHead *reply = raw_receive(greedy, KIT_WAIT_MS, arena);

		ck_assert_ptr_nonnull(reply);
		ok += reply->status == CAIRN__STATUS__OK;
		busy += reply->status == CAIRN__STATUS__BUSY && reply->retry_ms > 0;
	}
	ck_assert_uint_gt(busy, 0);
	ck_assert_uint_ge(ok, 4);
	ck_assert_uint_eq(ok + busy, 100);
	honest_peer_is_served(modest);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("hostile");
	TCase *door = tcase_create("door"), *messages = tcase_create("messages");

	tcase_set_timeout(door, 120);
	tcase_add_checked_fixture(door, setup, teardown);
	tcase_add_test(door, an_unknown_key_gets_nothing_on_any_socket);
	tcase_add_test(door, a_wrong_server_key_is_not_spoken_to);
	tcase_add_test(door, a_frame_of_a_gigabyte_announced_before_the_handshake_costs_nothing);
	tcase_add_test(door, a_frame_over_the_limit_ends_its_connection_only);
	tcase_add_test(door, idle_connections_up_to_the_limit_do_not_stop_honest_peers);
	suite_add_tcase(suite, door);

	tcase_set_timeout(messages, 120);
	tcase_add_checked_fixture(messages, setup, teardown);
	tcase_add_test(messages, bodies_made_to_break_a_reader_are_invalid);
	tcase_add_test(messages, an_unknown_kind_is_invalid_and_named);
	tcase_add_test(messages, odd_heads_are_answered_and_odd_messages_dropped);
	tcase_add_test(messages, roles_are_asked_for_each_message);
	tcase_add_test(messages, who_has_too_much_unanswered_is_told_busy_and_others_are_served);
	suite_add_tcase(suite, messages);

	return suite;
}
