/* Webhooks against a server that answers everything that a receiver may answer. */
#include "tests/support/http_kit.h"
#include "tests/support/suite.h"

#include "libshared/clock.h"
#include "libshared/cloud_event.h"
#include "services/notification/sinks/sink_secret.h"
#include "services/notification/webhook/webhook_sign.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW_US INT64_C(1777644202123456)
#define EVENT_ID "0190f0a0-0000-7000-8000-000000000001"
#define ENTRY "0190f0a0-0000-7000-8000-000000000007"
#define TRACE "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
#define LATER NOTIFICATION__DELIVERY__LATER
#define TAKEN NOTIFICATION__DELIVERY__TAKEN
#define GONE NOTIFICATION__DELIVERY__GONE
#define REFUSED NOTIFICATION__DELIVERY__DELIVERY_REFUSED
#define UNSETTLED NOTIFICATION__DELIVERY__UNSETTLED

static struct arena *arena;
static struct http_server server;
static struct http *http;
static struct sink_kind *kind;

static Notification__Sink sink;
static Notification__SinkPrivate private;
static struct sink_target target;
static uint8_t sink_id[ID_LEN] = {1, 2, 3};
static char url[200];

static struct sink_finish got;
static struct sink_answer got_answer;
static char got_reference[210], got_because[210];
static unsigned n_got;

static void on_finish(void *ctx, const struct sink_finish *finish)
{
	(void)ctx;
	n_got++;
	got = *finish;
	got_answer = finish->answer;
	snprintf(got_reference, sizeof got_reference, "%s",
		 finish->answer.given ? finish->answer.reference : "");
	snprintf(got_because, sizeof got_because, "%s",
		 finish->answer.given ? finish->answer.because : "");
}

/* ---- events ---- */

static Cairn__CloudEvent *event_of(const char *data, const char *trace)
{
	Cairn__CloudEvent *event = arena_zalloc(arena, sizeof *event);
	Cairn__CloudEventAttribute *a = arena_zalloc(arena, sizeof *a);
	Cairn__CloudEventAttributeValue *value = arena_zalloc(arena, sizeof *value);

	cairn__cloud_event__init(event);
	cairn__cloud_event_attribute__init(a);
	cairn__cloud_event_attribute_value__init(value);
	event->id = arena_text(arena, bytes_of_text(EVENT_ID));
	event->source = arena_text(arena, bytes_of_text("urn:cairn:issuance.0.public"));
	event->spec_version = arena_text(arena, bytes_of_text("1.0"));
	event->type = arena_text(arena, bytes_of_text("org.cairn.credential.issued.v1"));
	event->data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event->text_data = arena_text(arena, bytes_of_text(data));
	a->key = arena_text(arena, bytes_of_text("traceparent"));
	a->value = value;
	value->attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING;
	value->ce_string = arena_text(arena, bytes_of_text(trace));
	event->attributes = arena_alloc(arena, sizeof(void *));
	event->attributes[0] = a;
	event->n_attributes = 1;
	return event;
}

#define POSTING "{\"ledger\":{\"entryId\":\"urn:uuid:" ENTRY "\"},\"credentialId\":\"x\"}"

/* ---- what the server says ---- */

static const struct {
	const char *head, *body; /* NULL: it hangs up */
	Notification__Delivery delivery;
	const char *why; /* its beginning */
	int64_t after_s;
} answers[] = {
	{"200 OK", "thanks", TAKEN, "", 0},
	{"201 Created", "", TAKEN, "", 0},
	{"202 Accepted\r\nRetry-After: 60", "", TAKEN, "", 0},
	{"299 Yes", "{\"status\":\"maybe\"}", TAKEN, "", 0},
	{"301 Moved\r\nLocation: /0", "", LATER, "it answered 301: a redirect", 0},
	{"302 Found\r\nLocation: /0", "", LATER, "it answered 302: a redirect", 0},
	{"307 Moved\r\nLocation: /0", "", LATER, "it answered 307: a redirect", 0},
	{"308 Moved\r\nLocation: /0", "", LATER, "it answered 308: a redirect", 0},
	{"400 Bad", "", LATER, "it answered 400", 0},
	{"401 Who", "", LATER, "it answered 401: does it check signatures", 0},
	{"403 No", "", LATER, "it answered 403: does it check signatures", 0},
	{"404 No", "", LATER, "it answered 404", 0},
	{"408 Slow", "", LATER, "it answered 408", 0},
	{"409 No", "", LATER, "it answered 409", 0},
	{"410 Gone", "", GONE, "it answered 410: it wants no more", 0},
	{"413 Big", "", LATER, "it answered 413", 0},
	{"415 What", "", LATER, "it answered 415", 0},
	{"422 What", "{\"status\":\"refused\"}", LATER, "it answered 422", 0},
	{"429 Many\r\nRetry-After: 120", "", LATER, "it answered 429", 120},
	{"429 Many", "", LATER, "it answered 429", 0},
	{"500 Broken", "", LATER, "it answered 500", 0},
	{"500 Broken\r\nRetry-After: soon", "", LATER, "it answered 500", 0},
	{"502 Behind", "", LATER, "it answered 502", 0},
	{"503 Busy\r\nRetry-After: 3600", "", LATER, "it answered 503", 3600},
	{"504 Behind\r\nRetry-After: 1", "", LATER, "it answered 504", 1},
	{NULL, NULL, LATER, "no answer: ", 0},
};

static void say_answer(int fd, const char *request, unsigned connection)
{
	size_t i = strtoul(strchr(request, '/') + 1, NULL, 10);

	(void)connection;
	if (i >= ARRAY_LEN(answers) || answers[i].head == NULL)
		_exit(0);
	http_say(fd, answers[i].head, answers[i].body);
}

/* ---- the kit ---- */

static void open_all(http_serve_fn *serve, const char *networks, bool plain)
{
	struct http_options options = {networks, "", plain, 5000, 4};

	arena = arena_new(4096);
	http_server_start(&server, serve);
	http = http_open(&options);
	ck_assert_ptr_nonnull(http);
	kind = webhook_ops.open(http);
	notification__sink__init(&sink);
	notification__sink_private__init(&private);
	sink.sink = pb_of_bytes(BYTES_OF(sink_id));
	sink.url = url;
	target = (struct sink_target){.sink = &sink, .secret = &private, .n_secrets = 1};
	memset(target.secrets[0], 7, SINK_SECRET_LEN);
	memset(target.secrets[1], 8, SINK_SECRET_LEN);
	n_got = 0;
	got = (struct sink_finish){0};
}

static void close_all(void)
{
	webhook_ops.close(&kind);
	http_close(&http);
	http_server_stop(&server);
	arena_destroy(&arena);
}

static void run(void)
{
	while (http_in_air(http) > 0) {
		struct pollfd in = {http_fd(http), POLLIN, 0};

		poll(&in, 1, 10);
		http_turn(http, clock_wall_us());
	}
}

static struct sink_dispatch dispatch_of(const Cairn__CloudEvent *event)
{
	return (struct sink_dispatch){.target = &target,
				      .seq = 7,
				      .event = event,
				      .origin = "cairn.sea.example.gov",
				      .now_us = NOW_US,
				      .finish = on_finish};
}

static void deliver(const char *path, const Cairn__CloudEvent *event)
{
	struct sink_dispatch dispatch = dispatch_of(event);

	snprintf(url, sizeof url, "http://127.0.0.1:%u%s", server.port, path);
	webhook_ops.deliver(kind, &dispatch);
	memset(url, 0, sizeof url);
	run();
	ck_assert_uint_eq(n_got, 1);
}

static char request[HTTP_REQUEST_MAX];

static const char *came(void)
{
	ck_assert(http_server_request(&server, request));
	return request;
}

/* The value of a header of request, in the arena. */
static const char *header(const char *name)
{
	const char *at = strstr(request, arena_printf(arena, "\r\n%s: ", name));

	if (at == NULL)
		return NULL;
	at = strchr(at, ':') + 2;
	return arena_printf(arena, "%.*s", (int)strcspn(at, "\r"), at);
}

/* ---- delivering ---- */

START_TEST(each_answer_has_its_meaning)
{
	open_all(say_answer, "127.0.0.0/8", true);
	deliver(arena_printf(arena, "/%d", _i), event_of("{}", ""));
	ck_assert_int_eq(got.delivery, answers[_i].delivery);
	ck_assert_uint_eq(got.code,
			  answers[_i].head != NULL ? strtoul(answers[_i].head, NULL, 10) : 0);
	ck_assert_msg(strncmp(got.why, answers[_i].why, strlen(answers[_i].why)) == 0, "%s",
		      got.why);
	ck_assert_int_eq(got.why[0] == '\0', answers[_i].delivery == TAKEN);
	if (answers[_i].after_s == 0) {
		ck_assert_int_eq(got.not_before_us, 0);
	} else {
		ck_assert_int_ge(got.not_before_us, NOW_US + answers[_i].after_s * US_PER_S);
		ck_assert_int_lt(got.not_before_us, NOW_US + (answers[_i].after_s + 60) * US_PER_S);
	}
	ck_assert(!got_answer.given);
	(void)came();
	ck_assert(!http_server_request(&server, request)); /* no redirect was followed */
	close_all();
}
END_TEST

START_TEST(an_event_is_posted_as_a_signed_cloud_event)
{
	struct webhook_content content = {"msg_" EVENT_ID, NOW_US / US_PER_S, BYTES_NONE};
	Cairn__CloudEvent *event;
	struct buffer body;

	open_all(say_answer, "127.0.0.0/8", true);
	event = event_of("{\"amount\":6.00}", TRACE);
	deliver("/0?a=b", event);
	buffer_init(&body, arena, 1000);
	cloud_event_put(&body, event);
	content.body = buffer_bytes(&body);

	ck_assert(strncmp(came(), "POST /0?a=b HTTP/1.1\r\n", 22) == 0);
	ck_assert_str_eq(strstr(request, "\r\n\r\n") + 4, buffer_text(&body));
	ck_assert_str_eq(header("content-type"), "application/cloudevents+json; charset=utf-8");
	ck_assert_str_eq(header("webhook-id"), "msg_" EVENT_ID);
	ck_assert_str_eq(header("webhook-timestamp"), "1777644202");
	ck_assert_str_eq(header("traceparent"), TRACE);
	ck_assert_str_eq(header("webhook-signature"),
			 webhook_signatures(&content, BYTES_OF(target.secrets[0]), arena));
	close_all();
}
END_TEST

/* That attribute is of how the stream was read, and differs when it is read again. */
START_TEST(what_is_tried_again_has_the_same_body)
{
	static char key[] = "previoussequence", first[] = "00000000000000000001",
		    again[] = "00000000000000000006";
	char body[HTTP_REQUEST_MAX];
	Cairn__CloudEvent *event;

	open_all(say_answer, "127.0.0.0/8", true);
	event = event_of("{}", "");
	event->attributes[0]->key = key;
	event->attributes[0]->value->ce_string = first;
	deliver("/0", event);
	snprintf(body, sizeof body, "%s", strstr(came(), "\r\n\r\n"));
	ck_assert_ptr_null(strstr(body, "previoussequence"));
	event->attributes[0]->value->ce_string = again;
	n_got = 0;
	deliver("/0", event);
	ck_assert_str_eq(strstr(came(), "\r\n\r\n"), body);
	close_all();
}
END_TEST

START_TEST(without_a_secret_nothing_is_sent)
{
	struct sink_dispatch dispatch;

	open_all(say_answer, "127.0.0.0/8", true);
	target.n_secrets = 0;
	deliver("/0", event_of("{}", ""));
	ck_assert_int_eq(got.delivery, UNSETTLED);
	ck_assert_ptr_nonnull(strstr(got.why, "sink rotate"));
	n_got = 0;
	dispatch = dispatch_of(NULL);
	webhook_ops.introduce(kind, &dispatch);
	ck_assert_uint_eq(n_got, 1);
	ck_assert_int_eq(got.delivery, UNSETTLED);
	ck_assert(!http_server_request(&server, request));
	close_all();
}
END_TEST

START_TEST(while_a_secret_is_replaced_both_sign)
{
	open_all(say_answer, "127.0.0.0/8", true);
	target.n_secrets = 2;
	deliver("/0", event_of("{}", ""));
	(void)came();
	ck_assert_uint_eq(strlen(header("webhook-signature")), 2 * (47 + 1 + 92) + 1);
	close_all();
}
END_TEST

static const char *const bad_traces[] = {
	"",
	"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
	"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
	"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
	"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\n",
	"00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
	"x\r\nx: y",
};

START_TEST(a_trace_that_is_none_is_not_sent)
{
	open_all(say_answer, "127.0.0.0/8", true);
	deliver("/0", event_of("{}", bad_traces[_i]));
	(void)came();
	ck_assert_ptr_null(header("traceparent"));
	ck_assert_ptr_null(header("x"));
	close_all();
}
END_TEST

START_TEST(what_the_guard_refuses_is_unsettled_and_says_how_to_allow_it)
{
	open_all(say_answer, "", true);
	deliver("/0", event_of("{}", ""));
	ck_assert_int_eq(got.delivery, UNSETTLED);
	ck_assert_str_eq(got.why, "not sent: its address is not public: sink_networks can allow "
				  "its network");
	ck_assert(!http_server_request(&server, request));
	close_all();
}
END_TEST

START_TEST(http_without_tls_needs_the_operators_word)
{
	open_all(say_answer, "127.0.0.0/8", false);
	deliver("/0", event_of("{}", ""));
	ck_assert_int_eq(got.delivery, UNSETTLED);
	ck_assert_str_eq(got.why, "not sent: only https:// is spoken: sink_plain=yes allows "
				  "http://");
	ck_assert(!http_server_request(&server, request));
	close_all();
}
END_TEST

/* ---- what it says of a posting ---- */

static void say_accepted(int fd, const char *text, unsigned connection)
{
	(void)text;
	(void)connection;
	http_say(fd, "200 OK", "{\"status\":\"accepted\",\"reference\":\"R-17\"}");
}

static void say_refused(int fd, const char *text, unsigned connection)
{
	(void)text;
	(void)connection;
	http_say(fd, "202 Accepted", "{\"status\":\"refused\",\"reason\":\"lapsed\"}");
}

/* More than is kept, so what stands in it is not believed. */
static void say_much(int fd, const char *text, unsigned connection)
{
	char *body = malloc(HTTP_BODY_MAX + 100);

	(void)text;
	(void)connection;
	memset(body, ' ', HTTP_BODY_MAX + 100);
	memcpy(body, "{\"status\":\"accepted\"}", 21);
	body[HTTP_BODY_MAX + 99] = '\0';
	http_say(fd, "200 OK", body);
	free(body);
}

START_TEST(an_answer_to_a_posting_comes_back)
{
	open_all(say_accepted, "127.0.0.0/8", true);
	deliver("/", event_of(POSTING, ""));
	ck_assert_int_eq(got.delivery, TAKEN);
	ck_assert(got_answer.given && got_answer.accepted);
	ck_assert_str_eq(ID_STR(bytes_of_id(&got_answer.posting)), ENTRY);
	ck_assert_str_eq(got_reference, "R-17");
	close_all();
}
END_TEST

START_TEST(a_refusal_of_a_posting_comes_back_and_the_event_is_taken)
{
	open_all(say_refused, "127.0.0.0/8", true);
	deliver("/", event_of(POSTING, ""));
	ck_assert_int_eq(got.delivery, TAKEN);
	ck_assert_uint_eq(got.code, 202);
	ck_assert(got_answer.given && !got_answer.accepted);
	ck_assert_str_eq(got_because, "lapsed");
	close_all();
}
END_TEST

START_TEST(of_another_event_nothing_is_accepted)
{
	open_all(say_accepted, "127.0.0.0/8", true);
	deliver("/", event_of("{\"credentialId\":\"urn:uuid:" ENTRY "\"}", ""));
	ck_assert_int_eq(got.delivery, TAKEN);
	ck_assert(!got_answer.given);
	close_all();
}
END_TEST

START_TEST(an_answer_that_is_too_long_is_none)
{
	open_all(say_much, "127.0.0.0/8", true);
	deliver("/", event_of(POSTING, ""));
	ck_assert_int_eq(got.delivery, TAKEN);
	ck_assert(!got_answer.given);
	close_all();
}
END_TEST

/* ---- introducing ---- */

#define ALLOW "WebHook-Allowed-Origin: cairn.sea.example.gov"
#define ECHO_IT "echo"

static const struct {
	const char *options;   /* the answer's head; NULL: it hangs up */
	const char *challenge; /* the answer to the test event: its head; ECHO_IT: 200 and the
				  challenge; NULL: none must come */
	Notification__Delivery delivery;
	uint32_t code;
	const char *why;
} introductions[] = {
	{"200 OK\r\n" ALLOW "\r\nWebHook-Allowed-Rate: 120", NULL, TAKEN, 2, ""},
	{"200 OK\r\nwebhook-allowed-origin: CAIRN.sea.example.gov", NULL, TAKEN, 0, ""},
	{"204 None\r\nWebHook-Allowed-Origin: *\r\nWebHook-Allowed-Rate: *", NULL, TAKEN, 0, ""},
	{"200 OK\r\n" ALLOW "\r\nWebHook-Allowed-Rate: 90", NULL, TAKEN, 1, ""},
	{"200 OK\r\n" ALLOW "\r\nWebHook-Allowed-Rate: 59", NULL, REFUSED, 200,
	 "its WebHook-Allowed-Rate is neither"},
	{"200 OK\r\n" ALLOW "\r\nWebHook-Allowed-Rate: -1", NULL, REFUSED, 200,
	 "its WebHook-Allowed-Rate is neither"},
	{"200 OK\r\n" ALLOW "\r\nWebHook-Allowed-Rate: 9999999999", NULL, REFUSED, 200,
	 "its WebHook-Allowed-Rate is neither"},
	{"200 OK\r\nWebHook-Allowed-Origin: other.example", NULL, REFUSED, 200,
	 "its WebHook-Allowed-Origin is not ours"},
	{"200 OK\r\nAllow: POST", ECHO_IT, TAKEN, 0, ""},
	{"204 None", ECHO_IT, TAKEN, 0, ""},
	{"400 What", ECHO_IT, TAKEN, 0, ""},
	{"401 Who", ECHO_IT, TAKEN, 0, ""},
	{"404 Where", ECHO_IT, TAKEN, 0, ""},
	{"405 No\r\n" ALLOW, ECHO_IT, TAKEN, 0, ""},
	{"501 No", ECHO_IT, TAKEN, 0, ""},
	{"405 No", "200 OK", REFUSED, 200, "it knows no handshake by OPTIONS, and to the test"},
	{"405 No", "403 No", REFUSED, 403, "it knows no handshake by OPTIONS, and to the test"},
	{"405 No", "410 Gone", REFUSED, 410, "it knows no handshake by OPTIONS, and to the test"},
	{"301 Moved\r\nLocation: /", NULL, LATER, 301, "it answered 301: a redirect"},
	{"410 Gone", NULL, GONE, 410, "it answered 410"},
	{"429 Many\r\nRetry-After: 60", NULL, LATER, 429, "it answered 429"},
	{"503 Busy", NULL, LATER, 503, "it answered 503"},
	{NULL, NULL, LATER, 0, "no answer: "},
};

static void say_challenge(int fd, const char *text)
{
	static const char name[] = "{\"challenge\":\"";
	const char *at = strstr(text, name);
	char challenge[80];

	if (at == NULL)
		_exit(0);
	at += strlen(name);
	snprintf(challenge, sizeof challenge, "%.*s", (int)strcspn(at, "\""), at);
	http_say(fd, "200 OK", challenge);
}

static void say_introduced(int fd, const char *text, unsigned connection)
{
	size_t i = strtoul(strchr(text, '/') + 1, NULL, 10);
	bool asked = strncmp(text, "OPTIONS ", 8) == 0;
	const char *head;

	(void)connection;
	if (i >= ARRAY_LEN(introductions))
		_exit(0);
	head = asked ? introductions[i].options : introductions[i].challenge;
	if (head == NULL)
		_exit(0);
	if (strcmp(head, ECHO_IT) == 0)
		say_challenge(fd, text);
	else
		http_say(fd, head, "");
}

static void introduce(int i, const char *origin)
{
	struct sink_dispatch dispatch = dispatch_of(NULL);

	dispatch.origin = origin;
	snprintf(url, sizeof url, "http://127.0.0.1:%u/%d", server.port, i);
	webhook_ops.introduce(kind, &dispatch);
	memset(url, 0, sizeof url);
	memset(target.secrets, 0, sizeof target.secrets);
	run();
	ck_assert_uint_eq(n_got, 1);
}

START_TEST(a_target_agrees_or_does_not)
{
	open_all(say_introduced, "127.0.0.0/8", true);
	introduce(_i, "cairn.sea.example.gov");
	ck_assert_int_eq(got.delivery, introductions[_i].delivery);
	ck_assert_uint_eq(got.code, introductions[_i].code);
	ck_assert_msg(strncmp(got.why, introductions[_i].why, strlen(introductions[_i].why)) == 0,
		      "%s", got.why);
	ck_assert_int_eq(got.why[0] == '\0', introductions[_i].delivery == TAKEN);

	ck_assert(strncmp(came(), "OPTIONS /", 9) == 0);
	ck_assert_str_eq(header("WebHook-Request-Origin"), "cairn.sea.example.gov");
	ck_assert_ptr_null(header("WebHook-Request-Rate"));
	ck_assert_int_eq(http_server_request(&server, request),
			 introductions[_i].challenge != NULL);
	close_all();
}
END_TEST

START_TEST(a_rate_is_asked_for_by_the_minute)
{
	open_all(say_introduced, "127.0.0.0/8", true);
	sink.rate = 5;
	introduce(0, "cairn.sea.example.gov");
	(void)came();
	ck_assert_str_eq(header("WebHook-Request-Rate"), "300");
	close_all();
}
END_TEST

static const char *const no_origins[] = {NULL, "", "a b", "a\r\nb: c"};

START_TEST(who_has_no_host_is_cairn)
{
	open_all(say_introduced, "127.0.0.0/8", true);
	introduce(2, no_origins[_i]);
	(void)came();
	ck_assert_str_eq(header("WebHook-Request-Origin"), "cairn");
	ck_assert_ptr_null(header("b"));
	close_all();
}
END_TEST

START_TEST(the_test_event_is_signed_and_tells_its_type)
{
	struct webhook_content content = {.timestamp_s = NOW_US / US_PER_S};
	uint8_t secret[SINK_SECRET_LEN];

	open_all(say_introduced, "127.0.0.0/8", true);
	memcpy(secret, target.secrets[0], sizeof secret);
	introduce(8, "cairn.sea.example.gov");
	(void)came();
	(void)came();
	content.id = header("webhook-id");
	content.body = bytes_of_text(strstr(request, "\r\n\r\n") + 4);
	ck_assert(strncmp(content.id, "msg_", 4) == 0);
	ck_assert_str_eq(header("webhook-signature"),
			 webhook_signatures(&content, BYTES_OF(secret), arena));
	ck_assert_ptr_nonnull(strstr(request, "\"type\":\"org.cairn.webhook.challenge.v1\""));
	ck_assert_ptr_nonnull(strstr(request, "\"time\":\"2026-05-01T14:03:22.123Z\""));
	close_all();
}
END_TEST

START_TEST(what_is_on_its_way_at_the_end_is_forgotten)
{
	struct sink_dispatch dispatch;

	open_all(say_answer, "127.0.0.0/8", true);
	dispatch = dispatch_of(event_of("{}", ""));
	snprintf(url, sizeof url, "http://127.0.0.1:%u/0", server.port);
	webhook_ops.deliver(kind, &dispatch);
	webhook_ops.introduce(kind, &dispatch);
	close_all();
	ck_assert_uint_eq(n_got, 0);
	webhook_ops.close(&kind);
}
END_TEST

/* ---- settings ---- */

START_TEST(settings_of_another_kind_are_refused)
{
	Notification__EdfiProfile edfi = NOTIFICATION__EDFI_PROFILE__INIT;
	char word[] = "x", none[] = "";

	notification__sink__init(&sink);
	notification__sink_private__init(&private);
	arena = arena_new(1024);
	ck_assert_ptr_null(webhook_check(&sink, &private, arena));
	ck_assert_ptr_null(webhook_check(&sink, NULL, arena));
	sink.edfi = &edfi;
	ck_assert_ptr_nonnull(webhook_check(&sink, NULL, arena));
	sink.edfi = NULL;
	private.client_id = word;
	ck_assert_ptr_nonnull(webhook_check(&sink, &private, arena));
	private.client_id = none;
	private.client_secret = word;
	ck_assert_ptr_nonnull(webhook_check(&sink, &private, arena));
	arena_destroy(&arena);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("webhook");
	TCase *tcase = tcase_create("webhook");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, each_answer_has_its_meaning, 0, (int)ARRAY_LEN(answers));
	tcase_add_test(tcase, an_event_is_posted_as_a_signed_cloud_event);
	tcase_add_test(tcase, what_is_tried_again_has_the_same_body);
	tcase_add_test(tcase, without_a_secret_nothing_is_sent);
	tcase_add_test(tcase, while_a_secret_is_replaced_both_sign);
	tcase_add_loop_test(tcase, a_trace_that_is_none_is_not_sent, 0, (int)ARRAY_LEN(bad_traces));
	tcase_add_test(tcase, what_the_guard_refuses_is_unsettled_and_says_how_to_allow_it);
	tcase_add_test(tcase, http_without_tls_needs_the_operators_word);
	tcase_add_test(tcase, an_answer_to_a_posting_comes_back);
	tcase_add_test(tcase, a_refusal_of_a_posting_comes_back_and_the_event_is_taken);
	tcase_add_test(tcase, of_another_event_nothing_is_accepted);
	tcase_add_test(tcase, an_answer_that_is_too_long_is_none);
	tcase_add_loop_test(tcase, a_target_agrees_or_does_not, 0, (int)ARRAY_LEN(introductions));
	tcase_add_test(tcase, a_rate_is_asked_for_by_the_minute);
	tcase_add_loop_test(tcase, who_has_no_host_is_cairn, 0, (int)ARRAY_LEN(no_origins));
	tcase_add_test(tcase, the_test_event_is_signed_and_tells_its_type);
	tcase_add_test(tcase, what_is_on_its_way_at_the_end_is_forgotten);
	tcase_add_test(tcase, settings_of_another_kind_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
