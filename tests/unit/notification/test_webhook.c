/* Webhooks against a server that answers everything that a receiver may answer. */
#include "libshared/cloud_event.h"
#include "services/notification/webhook/webhook_sign.h"
#include "tests/support/suite.h"
#include "tests/support/webhook_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRY "0190f0a0-0000-7000-8000-000000000007"
#define TRACE "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

static struct webhook_play w;

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

/* ---- delivering ---- */

START_TEST(each_answer_has_its_meaning)
{
	webhook_kit_open(&w, say_answer, "127.0.0.0/8", true);
	deliver(&w, arena_printf(w.arena, "/%d", _i), event_of(&w, "{}", ""));
	ck_assert_int_eq(w.got.delivery, answers[_i].delivery);
	ck_assert_uint_eq(w.got.code,
			  answers[_i].head != NULL ? strtoul(answers[_i].head, NULL, 10) : 0);
	ck_assert_msg(strncmp(w.got.why, answers[_i].why, strlen(answers[_i].why)) == 0, "%s",
		      w.got.why);
	ck_assert_int_eq(w.got.why[0] == '\0', answers[_i].delivery == TAKEN);
	if (answers[_i].after_s == 0) {
		ck_assert_int_eq(w.got.not_before_us, 0);
	} else {
		ck_assert_int_ge(w.got.not_before_us, NOW_US + answers[_i].after_s * US_PER_S);
		ck_assert_int_lt(w.got.not_before_us,
				 NOW_US + (answers[_i].after_s + 60) * US_PER_S);
	}
	ck_assert(!w.got_answer.given);
	(void)came(&w);
	ck_assert(!http_server_request(&w.server, w.request)); /* no redirect was followed */
	webhook_kit_close(&w);
}
END_TEST

START_TEST(an_event_is_posted_as_a_signed_cloud_event)
{
	struct webhook_content content = {"msg_" EVENT_ID, NOW_US / US_PER_S, BYTES_NONE};
	Cairn__CloudEvent *event;
	struct buffer body;

	webhook_kit_open(&w, say_answer, "127.0.0.0/8", true);
	event = event_of(&w, "{\"amount\":6.00}", TRACE);
	deliver(&w, "/0?a=b", event);
	buffer_init(&body, w.arena, 1000);
	cloud_event_put(&body, event);
	content.body = buffer_bytes(&body);

	ck_assert(strncmp(came(&w), "POST /0?a=b HTTP/1.1\r\n", 22) == 0);
	ck_assert_str_eq(strstr(w.request, "\r\n\r\n") + 4, buffer_text(&body));
	ck_assert_str_eq(header(&w, "content-type"), "application/cloudevents+json; charset=utf-8");
	ck_assert_str_eq(header(&w, "webhook-id"), "msg_" EVENT_ID);
	ck_assert_str_eq(header(&w, "webhook-timestamp"), "1777644202");
	ck_assert_str_eq(header(&w, "traceparent"), TRACE);
	ck_assert_str_eq(header(&w, "webhook-signature"),
			 webhook_signatures(&content, BYTES_OF(w.target.secrets[0]), w.arena));
	webhook_kit_close(&w);
}
END_TEST

/* That attribute is of how the stream was read, and differs when it is read again. */
START_TEST(what_is_tried_again_has_the_same_body)
{
	static char key[] = "previoussequence", first[] = "00000000000000000001",
		    again[] = "00000000000000000006";
	char body[HTTP_REQUEST_MAX];
	Cairn__CloudEvent *event;

	webhook_kit_open(&w, say_answer, "127.0.0.0/8", true);
	event = event_of(&w, "{}", "");
	event->attributes[0]->key = key;
	event->attributes[0]->value->ce_string = first;
	deliver(&w, "/0", event);
	snprintf(body, sizeof body, "%s", strstr(came(&w), "\r\n\r\n"));
	ck_assert_ptr_null(strstr(body, "previoussequence"));
	event->attributes[0]->value->ce_string = again;
	w.n_got = 0;
	deliver(&w, "/0", event);
	ck_assert_str_eq(strstr(came(&w), "\r\n\r\n"), body);
	webhook_kit_close(&w);
}
END_TEST

START_TEST(without_a_secret_nothing_is_sent)
{
	struct sink_dispatch dispatch;

	webhook_kit_open(&w, say_answer, "127.0.0.0/8", true);
	w.target.n_secrets = 0;
	deliver(&w, "/0", event_of(&w, "{}", ""));
	ck_assert_int_eq(w.got.delivery, UNSETTLED);
	ck_assert_ptr_nonnull(strstr(w.got.why, "sink rotate"));
	w.n_got = 0;
	dispatch = dispatch_of(&w, NULL);
	webhook_ops.introduce(w.kind, &dispatch);
	ck_assert_uint_eq(w.n_got, 1);
	ck_assert_int_eq(w.got.delivery, UNSETTLED);
	ck_assert(!http_server_request(&w.server, w.request));
	webhook_kit_close(&w);
}
END_TEST

START_TEST(while_a_secret_is_replaced_both_sign)
{
	webhook_kit_open(&w, say_answer, "127.0.0.0/8", true);
	w.target.n_secrets = 2;
	deliver(&w, "/0", event_of(&w, "{}", ""));
	(void)came(&w);
	ck_assert_uint_eq(strlen(header(&w, "webhook-signature")), 2 * (47 + 1 + 92) + 1);
	webhook_kit_close(&w);
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
	webhook_kit_open(&w, say_answer, "127.0.0.0/8", true);
	deliver(&w, "/0", event_of(&w, "{}", bad_traces[_i]));
	(void)came(&w);
	ck_assert_ptr_null(header(&w, "traceparent"));
	ck_assert_ptr_null(header(&w, "x"));
	webhook_kit_close(&w);
}
END_TEST

START_TEST(what_the_guard_refuses_is_unsettled_and_says_how_to_allow_it)
{
	webhook_kit_open(&w, say_answer, "", true);
	deliver(&w, "/0", event_of(&w, "{}", ""));
	ck_assert_int_eq(w.got.delivery, UNSETTLED);
	ck_assert_str_eq(w.got.why, "not sent: its address is not public: sink_networks can allow "
				    "its network");
	ck_assert(!http_server_request(&w.server, w.request));
	webhook_kit_close(&w);
}
END_TEST

START_TEST(http_without_tls_needs_the_operators_word)
{
	webhook_kit_open(&w, say_answer, "127.0.0.0/8", false);
	deliver(&w, "/0", event_of(&w, "{}", ""));
	ck_assert_int_eq(w.got.delivery, UNSETTLED);
	ck_assert_str_eq(w.got.why, "not sent: only https:// is spoken: sink_plain=yes allows "
				    "http://");
	ck_assert(!http_server_request(&w.server, w.request));
	webhook_kit_close(&w);
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
	webhook_kit_open(&w, say_accepted, "127.0.0.0/8", true);
	deliver(&w, "/", event_of(&w, POSTING, ""));
	ck_assert_int_eq(w.got.delivery, TAKEN);
	ck_assert(w.got_answer.given && w.got_answer.accepted);
	ck_assert_str_eq(ID_STR(bytes_of_id(&w.got_answer.posting)), ENTRY);
	ck_assert_str_eq(w.got_reference, "R-17");
	webhook_kit_close(&w);
}
END_TEST

START_TEST(a_refusal_of_a_posting_comes_back_and_the_event_is_taken)
{
	webhook_kit_open(&w, say_refused, "127.0.0.0/8", true);
	deliver(&w, "/", event_of(&w, POSTING, ""));
	ck_assert_int_eq(w.got.delivery, TAKEN);
	ck_assert_uint_eq(w.got.code, 202);
	ck_assert(w.got_answer.given && !w.got_answer.accepted);
	ck_assert_str_eq(w.got_because, "lapsed");
	webhook_kit_close(&w);
}
END_TEST

START_TEST(of_another_event_nothing_is_accepted)
{
	webhook_kit_open(&w, say_accepted, "127.0.0.0/8", true);
	deliver(&w, "/", event_of(&w, "{\"credentialId\":\"urn:uuid:" ENTRY "\"}", ""));
	ck_assert_int_eq(w.got.delivery, TAKEN);
	ck_assert(!w.got_answer.given);
	webhook_kit_close(&w);
}
END_TEST

START_TEST(an_answer_that_is_too_long_is_none)
{
	webhook_kit_open(&w, say_much, "127.0.0.0/8", true);
	deliver(&w, "/", event_of(&w, POSTING, ""));
	ck_assert_int_eq(w.got.delivery, TAKEN);
	ck_assert(!w.got_answer.given);
	webhook_kit_close(&w);
}
END_TEST

START_TEST(what_is_on_its_way_at_the_end_is_forgotten)
{
	struct sink_dispatch dispatch;

	webhook_kit_open(&w, say_answer, "127.0.0.0/8", true);
	dispatch = dispatch_of(&w, event_of(&w, "{}", ""));
	snprintf(w.url, sizeof w.url, "http://127.0.0.1:%u/0", w.server.port);
	webhook_ops.deliver(w.kind, &dispatch);
	webhook_ops.introduce(w.kind, &dispatch);
	webhook_kit_close(&w);
	ck_assert_uint_eq(w.n_got, 0);
	webhook_ops.close(&w.kind);
}
END_TEST

/* ---- settings ---- */

START_TEST(settings_of_another_kind_are_refused)
{
	Notification__EdfiProfile edfi = NOTIFICATION__EDFI_PROFILE__INIT;
	char word[] = "x", none[] = "";

	notification__sink__init(&w.sink);
	notification__sink_private__init(&w.private);
	w.arena = arena_new(1024);
	ck_assert_ptr_null(webhook_check(&w.sink, &w.private, w.arena));
	ck_assert_ptr_null(webhook_check(&w.sink, NULL, w.arena));
	w.sink.edfi = &edfi;
	ck_assert_ptr_nonnull(webhook_check(&w.sink, NULL, w.arena));
	w.sink.edfi = NULL;
	w.private.client_id = word;
	ck_assert_ptr_nonnull(webhook_check(&w.sink, &w.private, w.arena));
	w.private.client_id = none;
	w.private.client_secret = word;
	ck_assert_ptr_nonnull(webhook_check(&w.sink, &w.private, w.arena));
	arena_destroy(&w.arena);
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
	tcase_add_test(tcase, what_is_on_its_way_at_the_end_is_forgotten);
	tcase_add_test(tcase, settings_of_another_kind_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
