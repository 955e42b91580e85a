/* HTTP against a server of our own, in a process beside the test: bounds, refusals, connections. */
#include "tests/support/http_kit.h"
#include "tests/support/suite.h"

#include "libshared/clock.h"
#include "services/notification/sinks/http.h"

#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONG_BODY ((size_t)100000)

/* ---- names: libcurl asks this one ---- */

typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **list_r)
{
	getaddrinfo_fn *real;

	*(void **)(void *)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	while (strcmp(node, "stuck.test") == 0)
		pause();
	return real(strcmp(node, "inside.test") == 0 ? "127.0.0.1" : node, service, hints, list_r);
}

/* ---- the server ---- */

static struct http_server server;

static void say_long(int fd, size_t len)
{
	char *body = malloc(len + 1);

	memset(body, 'x', len);
	body[len] = '\0';
	http_say(fd, "200 OK", body);
	free(body);
}

static void serve(int fd, const char *request, unsigned connection)
{
	const char *path = strchr(request, ' ') + 1;
	char text[40];

	if (strncmp(path, "/echo", 5) == 0) {
		http_say(fd, "200 OK\r\nX-Said:  a b \r\nX-Twice: one\r\nX-Twice: two", request);
	} else if (strncmp(path, "/connection", 11) == 0) {
		snprintf(text, sizeof text, "%u", connection);
		http_say(fd, "200 OK", text);
	} else if (strncmp(path, "/busy", 5) == 0) {
		http_say(fd, "503 Busy\r\nRetry-After: 120", "");
	} else if (strncmp(path, "/later", 6) == 0) {
		http_say(fd, "429 Later\r\nRetry-After: 99999999999999", "");
	} else if (strncmp(path, "/moved", 6) == 0) {
		http_say(fd, "302 Moved\r\nLocation: /echo", "");
	} else if (strncmp(path, "/none", 5) == 0) {
		http_say_raw(fd, "HTTP/1.1 204 None\r\n\r\n");
	} else if (strncmp(path, "/most", 5) == 0) {
		say_long(fd, HTTP_BODY_MAX);
	} else if (strncmp(path, "/long", 5) == 0) {
		say_long(fd, LONG_BODY);
	} else if (strncmp(path, "/headers", 8) == 0) {
		http_say_raw(fd, "HTTP/1.1 200 OK\r\n");
		for (;;)
			http_say_raw(fd, "X-More: 0123456789012345678901234567890123456789\r\n");
	} else if (strncmp(path, "/broken", 7) == 0) {
		_exit(0);
	} else {
		pause();
	}
}

/* ---- the client ---- */

#define SENT_MOST 16

static struct http *http;

struct got {
	unsigned calls, order;
	uint32_t code;
	int64_t retry_after_us;
	bool refused, cut;
	char fault[160], said[40], twice[40], absent[40];
	size_t len;
	char body[4096];
} got[SENT_MOST];

static unsigned answered;
static const char *next_path; /* asked for by the answer of another */

static void keep(char *to, size_t room, const char *text)
{
	snprintf(to, room, "%s", text != NULL ? text : "(none)");
}

static void send_to(unsigned i, const char *method, const char *path);

static void on_answer(void *ctx, const struct http_answer *a)
{
	struct got *g = ctx;

	g->calls++;
	g->order = ++answered;
	g->code = a->code;
	g->retry_after_us = a->retry_after_us;
	g->refused = a->refused;
	g->cut = a->cut;
	keep(g->fault, sizeof g->fault, a->fault);
	keep(g->said, sizeof g->said, a->header(a, "x-said"));
	keep(g->twice, sizeof g->twice, a->header(a, "X-Twice"));
	keep(g->absent, sizeof g->absent, a->header(a, "x-absent"));
	g->len = a->body.len;
	snprintf(g->body, sizeof g->body, "%.*s", (int)MIN(a->body.len, sizeof g->body - 1),
		 (const char *)a->body.data);
	if (next_path != NULL) {
		const char *path = next_path;

		next_path = NULL;
		send_to((unsigned)(g - got) + 1, "GET", path);
	}
}

static void open_with(const char *networks, uint64_t timeout_ms, unsigned parallel)
{
	struct http_options options = {networks, "", true, timeout_ms, parallel};

	http = http_open(&options);
	ck_assert_ptr_nonnull(http);
}

static void send_url(unsigned i, const char *method, const char *url)
{
	struct http_request request = {.method = method, .url = url};

	http_send(http, &request, on_answer, &got[i]);
}

static void send_to(unsigned i, const char *method, const char *path)
{
	char url[200];

	snprintf(url, sizeof url, "http://127.0.0.1:%u%s", server.port, path);
	send_url(i, method, url);
}

/* One wait of a loop, and what it woke up for. */
static void turn(void)
{
	int64_t now_us = clock_wall_us(), next_us = http_next_us(http);
	struct pollfd in = {http_fd(http), POLLIN, 0};
	int64_t ms = next_us <= now_us ? 0 : (next_us - now_us) / US_PER_MS + 1;

	poll(&in, 1, (int)MIN(ms, 1000));
	http_turn(http, clock_wall_us());
}

static void run(void)
{
	while (http_in_air(http) > 0)
		turn();
}

static void setup(void)
{
	http_server_start(&server, serve);
}

static void teardown(void)
{
	http_close(&http);
	http_server_stop(&server);
}

/* ---- tests ---- */

START_TEST(a_request_arrives_as_it_was_given)
{
	char url[100];
	const char *headers[] = {"content-type: text/x", "webhook-id: msg_1"};
	struct http_request request = {.method = "POST",
				       .url = url,
				       .headers = headers,
				       .n_headers = 2,
				       .body = bytes_of_text("the body"),
				       .user = "ana",
				       .password = "secret"};

	open_with("127.0.0.0/8", 5000, 4);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/echo?a=b", server.port);
	http_send(http, &request, on_answer, &got[0]);
	memset(url, 0, sizeof url); /* it was copied */
	headers[0] = headers[1] = "gone: gone";
	run();

	ck_assert_uint_eq(got[0].calls, 1);
	ck_assert_uint_eq(got[0].code, 200);
	ck_assert_str_eq(got[0].fault, "(none)");
	ck_assert(strncmp(got[0].body, "POST /echo?a=b HTTP/1.1\r\n", 25) == 0);
	ck_assert_ptr_nonnull(strstr(got[0].body, "\r\ncontent-type: text/x\r\n"));
	ck_assert_ptr_nonnull(strstr(got[0].body, "\r\nwebhook-id: msg_1\r\n"));
	ck_assert_ptr_nonnull(strstr(got[0].body, "\r\nAuthorization: Basic YW5hOnNlY3JldA==\r\n"));
	ck_assert_ptr_nonnull(strstr(got[0].body, "\r\n\r\nthe body"));
	ck_assert_ptr_null(strstr(got[0].body, "Expect"));
}
END_TEST

START_TEST(headers_of_the_answer_are_found_by_any_case_and_the_first_of_two)
{
	open_with("127.0.0.0/8", 5000, 4);
	send_to(0, "OPTIONS", "/echo");
	run();
	ck_assert_str_eq(got[0].said, "a b");
	ck_assert_str_eq(got[0].twice, "one");
	ck_assert_str_eq(got[0].absent, "(none)");
	ck_assert(strncmp(got[0].body, "OPTIONS /echo HTTP/1.1\r\n", 24) == 0);
}
END_TEST

START_TEST(an_empty_post_says_so)
{
	open_with("127.0.0.0/8", 5000, 4);
	send_to(0, "POST", "/echo");
	run();
	ck_assert_ptr_nonnull(strstr(got[0].body, "\r\nContent-Length: 0\r\n"));
}
END_TEST

START_TEST(a_wait_that_is_asked_for_is_told_and_is_at_most_a_day)
{
	open_with("127.0.0.0/8", 5000, 4);
	send_to(0, "POST", "/busy");
	send_to(1, "POST", "/later");
	send_to(2, "POST", "/none");
	run();
	ck_assert_uint_eq(got[0].code, 503);
	ck_assert_int_eq(got[0].retry_after_us, 120 * US_PER_S);
	ck_assert_uint_eq(got[1].code, 429);
	ck_assert_int_eq(got[1].retry_after_us, US_PER_DAY);
	ck_assert_uint_eq(got[2].code, 204);
	ck_assert_int_eq(got[2].retry_after_us, 0);
}
END_TEST

START_TEST(a_redirect_is_not_followed)
{
	open_with("127.0.0.0/8", 5000, 4);
	send_to(0, "GET", "/moved");
	run();
	ck_assert_uint_eq(got[0].code, 302);
	ck_assert_uint_eq(got[0].len, 0);
}
END_TEST

START_TEST(a_long_body_is_cut_and_the_answer_still_counts)
{
	open_with("127.0.0.0/8", 5000, 4);
	send_to(0, "GET", "/most");
	send_to(1, "GET", "/long");
	run();
	ck_assert_uint_eq(got[0].code, 200);
	ck_assert_uint_eq(got[0].len, HTTP_BODY_MAX);
	ck_assert(!got[0].cut);
	ck_assert_uint_eq(got[1].code, 200);
	ck_assert_uint_eq(got[1].len, HTTP_BODY_MAX);
	ck_assert(got[1].cut);
	ck_assert_str_eq(got[1].fault, "(none)");
}
END_TEST

START_TEST(headers_without_end_are_not_read_to_the_end)
{
	open_with("127.0.0.0/8", 30000, 4);
	send_to(0, "GET", "/headers");
	run();
	ck_assert_uint_eq(got[0].code, 0);
	ck_assert_str_ne(got[0].fault, "Timeout was reached");
}
END_TEST

START_TEST(a_connection_is_used_again)
{
	open_with("127.0.0.0/8", 5000, 4);
	send_to(0, "GET", "/connection");
	run();
	send_to(1, "GET", "/connection");
	run();
	ck_assert_str_eq(got[0].body, "1");
	ck_assert_str_eq(got[1].body, "1");
}
END_TEST

START_TEST(no_more_connections_than_allowed_and_the_others_wait_in_order)
{
	open_with("127.0.0.0/8", 5000, 2);
	for (unsigned i = 0; i < SENT_MOST; i++)
		send_to(i, "GET", "/connection");
	ck_assert_uint_eq(http_in_air(http), SENT_MOST);
	run();
	for (unsigned i = 0; i < SENT_MOST; i++) {
		ck_assert_uint_eq(got[i].calls, 1);
		ck_assert(strcmp(got[i].body, "1") == 0 || strcmp(got[i].body, "2") == 0);
		/* Two are on their way at once, so one may overtake one. */
		ck_assert_uint_le(got[i].order, i + 2);
	}
}
END_TEST

START_TEST(one_that_hangs_ends_with_its_time_and_holds_up_no_other)
{
	open_with("127.0.0.0/8", 1000, 2);
	send_to(0, "POST", "/hangs");
	for (unsigned i = 1; i < 8; i++)
		send_to(i, "POST", "/none");
	run();
	ck_assert_uint_eq(got[0].order, 8);
	ck_assert_uint_eq(got[0].code, 0);
	ck_assert(!got[0].refused);
	ck_assert_str_eq(got[0].fault, "Timeout was reached");
	for (unsigned i = 1; i < 8; i++)
		ck_assert_uint_eq(got[i].code, 204);
}
END_TEST

START_TEST(a_connection_that_breaks_is_a_fault_in_words_without_addresses)
{
	open_with("127.0.0.0/8", 5000, 4);
	send_to(0, "POST", "/broken");
	run();
	ck_assert_uint_eq(got[0].code, 0);
	ck_assert(!got[0].refused);
	ck_assert_str_eq(got[0].fault, "Server returned nothing (no headers, no data)");
}
END_TEST

static const char *const inside[] = {
	"http://127.0.0.1:%u/echo",  "http://inside.test:%u/echo",
	"http://2130706433:%u/echo", "http://0x7f.1:%u/echo",
	"http://[::1]:%u/echo",      "http://[::ffff:127.0.0.1]:%u/echo",
	"http://0:%u/echo",
};

START_TEST(whatever_leads_inside_is_refused_before_it_is_connected_to)
{
	char url[100];

	snprintf(url, sizeof url, inside[_i], server.port);
	open_with("", 5000, 4);
	send_url(0, "POST", url);
	run();
	ck_assert_uint_eq(got[0].calls, 1);
	ck_assert_uint_eq(got[0].code, 0);
	ck_assert(got[0].refused);
	ck_assert_str_eq(got[0].fault,
			 "its address is not public: sink_networks can allow its network");
	http_close(&http);

	open_with("127.0.0.0/8", 5000, 4); /* nobody came before this one */
	send_to(1, "GET", "/connection");
	run();
	ck_assert_str_eq(got[1].body, "1");
}
END_TEST

START_TEST(a_name_that_leads_to_an_allowed_network_is_connected_to)
{
	char url[100];

	snprintf(url, sizeof url, "http://inside.test:%u/connection", server.port);
	open_with("127.0.0.0/8", 5000, 4);
	send_url(0, "GET", url);
	run();
	ck_assert_uint_eq(got[0].code, 200);
}
END_TEST

static const struct {
	const char *url, *fault;
	bool plain;
} unspoken[] = {
	{"http://127.0.0.1:1/", "only https:// is spoken: sink_plain=yes allows http://", false},
	{"ftp://127.0.0.1:1/", "only https:// and http:// are spoken", true},
	{"file:///etc/hostname", "only https:// and http:// are spoken", true},
	{"https://", "the url cannot be read", true},
	{"https://a:b@127.0.0.1:1/", "a user's name does not belong into the url", true},
};

START_TEST(other_protocols_are_not_spoken)
{
	struct http_options options = {"127.0.0.0/8", "", unspoken[_i].plain, 1000, 1};

	http = http_open(&options);
	send_url(0, "GET", unspoken[_i].url);
	run();
	ck_assert_uint_eq(got[0].code, 0);
	ck_assert(got[0].refused);
	ck_assert_str_eq(got[0].fault, unspoken[_i].fault);
}
END_TEST

START_TEST(a_name_that_nobody_answers_for_stops_neither_the_loop_nor_the_end)
{
	int64_t longest_us = 0, from_us;

	open_with("127.0.0.0/8", 1000, 2);
	send_url(0, "POST", "http://stuck.test/");
	send_to(1, "POST", "/none");
	while (http_in_air(http) > 0) {
		struct pollfd in = {http_fd(http), POLLIN, 0};

		poll(&in, 1, 10);
		from_us = clock_mono_us();
		http_turn(http, clock_wall_us());
		longest_us = MAX(longest_us, clock_mono_us() - from_us);
	}
	ck_assert_uint_eq(got[1].code, 204);
	ck_assert_uint_eq(got[1].order, 1);
	ck_assert_uint_eq(got[0].code, 0);
	ck_assert(!got[0].refused);
	ck_assert_int_lt(longest_us, 2 * US_PER_S);

	send_url(2, "POST", "http://stuck.test/");
	turn();
	from_us = clock_mono_us();
	http_close(&http);
	ck_assert_int_lt(clock_mono_us() - from_us, 2 * US_PER_S);
	ck_assert_uint_eq(got[2].calls, 0);
}
END_TEST

START_TEST(an_answer_may_send_the_next)
{
	open_with("127.0.0.0/8", 5000, 1);
	next_path = "/connection";
	send_to(0, "POST", "/none");
	run();
	ck_assert_uint_eq(got[1].calls, 1);
	ck_assert_str_eq(got[1].body, "1");
}
END_TEST

START_TEST(what_is_on_its_way_or_waits_is_dropped_at_the_end_without_a_call)
{
	open_with("127.0.0.0/8", 5000, 1);
	send_to(0, "POST", "/hangs");
	send_to(1, "POST", "/none");
	turn();
	http_close(&http);
	ck_assert_ptr_null(http);
	ck_assert_uint_eq(got[0].calls + got[1].calls, 0);
	http_close(&http);
}
END_TEST

START_TEST(wrong_settings_do_not_open)
{
	struct http_options options = {"10.0.0.0", "", false, 1000, 1};

	ck_assert_ptr_null(http_open(&options));
	options = (struct http_options){"", "/nonexistent", false, 1000, 1};
	ck_assert_ptr_null(http_open(&options));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("http");
	TCase *tcase = tcase_create("http");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_request_arrives_as_it_was_given);
	tcase_add_test(tcase, headers_of_the_answer_are_found_by_any_case_and_the_first_of_two);
	tcase_add_test(tcase, an_empty_post_says_so);
	tcase_add_test(tcase, a_wait_that_is_asked_for_is_told_and_is_at_most_a_day);
	tcase_add_test(tcase, a_redirect_is_not_followed);
	tcase_add_test(tcase, a_long_body_is_cut_and_the_answer_still_counts);
	tcase_add_test(tcase, headers_without_end_are_not_read_to_the_end);
	tcase_add_test(tcase, a_connection_is_used_again);
	tcase_add_test(tcase, no_more_connections_than_allowed_and_the_others_wait_in_order);
	tcase_add_test(tcase, one_that_hangs_ends_with_its_time_and_holds_up_no_other);
	tcase_add_test(tcase, a_connection_that_breaks_is_a_fault_in_words_without_addresses);
	tcase_add_loop_test(tcase, whatever_leads_inside_is_refused_before_it_is_connected_to, 0,
			    (int)ARRAY_LEN(inside));
	tcase_add_test(tcase, a_name_that_leads_to_an_allowed_network_is_connected_to);
	tcase_add_loop_test(tcase, other_protocols_are_not_spoken, 0, (int)ARRAY_LEN(unspoken));
	tcase_add_test(tcase, a_name_that_nobody_answers_for_stops_neither_the_loop_nor_the_end);
	tcase_add_test(tcase, an_answer_may_send_the_next);
	tcase_add_test(tcase, what_is_on_its_way_or_waits_is_dropped_at_the_end_without_a_call);
	tcase_add_test(tcase, wrong_settings_do_not_open);
	suite_add_tcase(suite, tcase);
	return suite;
}
