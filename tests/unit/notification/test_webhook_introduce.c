/* Webhooks that ask a target whether it agrees. */
#include "services/notification/sinks/sink_secret.h"
#include "services/notification/webhook/webhook_sign.h"
#include "tests/support/suite.h"
#include "tests/support/webhook_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct webhook_play w;

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
	struct sink_dispatch dispatch = dispatch_of(&w, NULL);

	dispatch.origin = origin;
	snprintf(w.url, sizeof w.url, "http://127.0.0.1:%u/%d", w.server.port, i);
	webhook_ops.introduce(w.kind, &dispatch);
	memset(w.url, 0, sizeof w.url);
	memset(w.target.secrets, 0, sizeof w.target.secrets);
	webhook_run(&w);
	ck_assert_uint_eq(w.n_got, 1);
}

START_TEST(a_target_agrees_or_does_not)
{
	webhook_kit_open(&w, say_introduced, "127.0.0.0/8", true);
	introduce(_i, "cairn.sea.example.gov");
	ck_assert_int_eq(w.got.delivery, introductions[_i].delivery);
	ck_assert_uint_eq(w.got.code, introductions[_i].code);
	ck_assert_msg(strncmp(w.got.why, introductions[_i].why, strlen(introductions[_i].why)) == 0,
		      "%s", w.got.why);
	ck_assert_int_eq(w.got.why[0] == '\0', introductions[_i].delivery == TAKEN);

	ck_assert(strncmp(came(&w), "OPTIONS /", 9) == 0);
	ck_assert_str_eq(header(&w, "WebHook-Request-Origin"), "cairn.sea.example.gov");
	ck_assert_ptr_null(header(&w, "WebHook-Request-Rate"));
	ck_assert_int_eq(http_server_request(&w.server, w.request),
			 introductions[_i].challenge != NULL);
	webhook_kit_close(&w);
}
END_TEST

START_TEST(a_rate_is_asked_for_by_the_minute)
{
	webhook_kit_open(&w, say_introduced, "127.0.0.0/8", true);
	w.sink.rate = 5;
	introduce(0, "cairn.sea.example.gov");
	(void)came(&w);
	ck_assert_str_eq(header(&w, "WebHook-Request-Rate"), "300");
	webhook_kit_close(&w);
}
END_TEST

static const char *const no_origins[] = {NULL, "", "a b", "a\r\nb: c"};

START_TEST(who_has_no_host_is_cairn)
{
	webhook_kit_open(&w, say_introduced, "127.0.0.0/8", true);
	introduce(2, no_origins[_i]);
	(void)came(&w);
	ck_assert_str_eq(header(&w, "WebHook-Request-Origin"), "cairn");
	ck_assert_ptr_null(header(&w, "b"));
	webhook_kit_close(&w);
}
END_TEST

START_TEST(the_test_event_is_signed_and_tells_its_type)
{
	struct webhook_content content = {.timestamp_s = NOW_US / US_PER_S};
	uint8_t secret[SINK_SECRET_LEN];

	webhook_kit_open(&w, say_introduced, "127.0.0.0/8", true);
	memcpy(secret, w.target.secrets[0], sizeof secret);
	introduce(8, "cairn.sea.example.gov");
	(void)came(&w);
	(void)came(&w);
	content.id = header(&w, "webhook-id");
	content.body = bytes_of_text(strstr(w.request, "\r\n\r\n") + 4);
	ck_assert(strncmp(content.id, "msg_", 4) == 0);
	ck_assert_str_eq(header(&w, "webhook-signature"),
			 webhook_signatures(&content, BYTES_OF(secret), w.arena));
	ck_assert_ptr_nonnull(strstr(w.request, "\"type\":\"org.cairn.webhook.challenge.v1\""));
	ck_assert_ptr_nonnull(strstr(w.request, "\"time\":\"2026-05-01T14:03:22.123Z\""));
	webhook_kit_close(&w);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("webhook introduces");
	TCase *tcase = tcase_create("webhook introduces");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_target_agrees_or_does_not, 0, (int)ARRAY_LEN(introductions));
	tcase_add_test(tcase, a_rate_is_asked_for_by_the_minute);
	tcase_add_loop_test(tcase, who_has_no_host_is_cairn, 0, (int)ARRAY_LEN(no_origins));
	tcase_add_test(tcase, the_test_event_is_signed_and_tells_its_type);
	suite_add_tcase(suite, tcase);
	return suite;
}
