/* A webhook of Tennessee and the daemons before it: it has every public event, in order for each
 * credential, whatever it answers and whoever is killed; and what it answers reaches the ledger. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/decision.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "tests/integration/mile.h"
#include "tests/support/http_kit.h"
#include "tests/support/suite.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CREDENTIALS 60
#define TAKEN_MOST 2000
#define WAIT_US (60 * US_PER_S)

static struct mile m;
static struct http_server server;
static struct client *notification;
static struct id sink;

/* What the receiver, a process a connection, has said 200 to, in order. */
static struct receiver {
	atomic_uint n_requests, n_taken;
	atomic_bool down, flaky;
	struct taken {
		char id[ID_TEXT_LEN + 1], subject[ID_TEXT_LEN + 1];
	} taken[TAKEN_MOST];
} * receiver;

static void copy_behind(const char *request, const char *name, char text_r[ID_TEXT_LEN + 1])
{
	const char *at = strstr(request, name);

	ENSURE(at != NULL);
	snprintf(text_r, ID_TEXT_LEN + 1, "%s", at + strlen(name));
}

static void take(const char *request)
{
	struct taken *t = &receiver->taken[atomic_fetch_add(&receiver->n_taken, 1)];

	ENSURE(t < receiver->taken + TAKEN_MOST);
	copy_behind(request, "\"id\":\"", t->id);
	copy_behind(request, "\"subject\":\"urn:uuid:", t->subject);
}

static void serve(int fd, const char *request, unsigned connection)
{
	unsigned n = atomic_fetch_add(&receiver->n_requests, 1);

	(void)connection;
	if (strncmp(request, "OPTIONS", 7) == 0) {
		http_say(fd, "200 OK\r\nWebHook-Allowed-Origin: *", "");
		return;
	}
	if (atomic_load(&receiver->down) || (atomic_load(&receiver->flaky) && n % 3 == 0)) {
		http_say(fd, "503 Service Unavailable", "");
		return;
	}
	take(request);
	http_say(fd, "200 OK",
		 strstr(request, "\"ledger\"") != NULL
			 ? "{\"status\": \"accepted\", \"reference\": \"TN-77\"}"
			 : "");
}

/* ---- asking ---- */

static void drop_requests(void)
{
	static char request[HTTP_REQUEST_MAX];

	while (http_server_request(&server, request))
		;
}

static const Notification__SinkAnswer *the_sink(void)
{
	Notification__Query query = NOTIFICATION__QUERY__INIT;
	Notification__GetSink get = NOTIFICATION__GET_SINK__INIT;
	const Notification__Answer *body;
	struct client_answer got;
	struct message_fault fault;

	arena_reset(m.arena);
	get.sink = pb_of_id(&sink);
	query.body_case = NOTIFICATION__QUERY__BODY_GET_SINK;
	query.get_sink = &get;
	ck_assert_int_eq(daemon_kit_ask(notification, &(struct ask){.message = &query.base}, &got),
			 CAIRN__STATUS__OK);
	body = (const Notification__Answer *)message_unpack(&notification__answer__descriptor,
							    arena_copy(m.arena, got.body),
							    &EVENT_LIMITS, m.arena, &fault);
	ck_assert_ptr_nonnull(body);
	return body->sink;
}

static uint64_t stream_head(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ReadPublic read = ISSUANCE__READ_PUBLIC__INIT;
	const Issuance__Answer *body;
	struct client_answer got;
	struct message_fault fault;
	struct client *c = daemon_kit_client(&m.daemons, "issuance", "notification");

	read.limit = 1;
	query.body_case = ISSUANCE__QUERY__BODY_READ_PUBLIC;
	query.read_public = &read;
	ck_assert_int_eq(daemon_kit_ask(c, &(struct ask){.message = &query.base}, &got),
			 CAIRN__STATUS__OK);
	body = (const Issuance__Answer *)message_unpack(&issuance__answer__descriptor,
							arena_copy(m.arena, got.body),
							&EVENT_LIMITS, m.arena, &fault);
	ck_assert_ptr_nonnull(body);
	client_close(&c);
	return body->public_page->head;
}

static void add_sink(void)
{
	Notification__Command cmd = NOTIFICATION__COMMAND__INIT;
	Notification__AddSink add = NOTIFICATION__ADD_SINK__INIT;
	Notification__Sink s = NOTIFICATION__SINK__INIT;
	Notification__SinkPrivate private = NOTIFICATION__SINK_PRIVATE__INIT;
	struct id secret = id_make(&m.roster.ids, clock_wall_us());
	static char name[] = "tncompass", state[] = "TN", contact[] = "duty@tn.example";
	struct client_answer got;

	sink = id_make(&m.roster.ids, clock_wall_us());
	s.sink = pb_of_id(&sink);
	s.name = name;
	s.kind = NOTIFICATION__SINK_KIND__WEBHOOK;
	s.state = state;
	s.url = arena_printf(m.arena, "http://127.0.0.1:%u/hook", server.port);
	private.contact = contact;
	add.sink = &s;
	add.private_ = &private;
	add.secret = pb_of_id(&secret);
	cmd.body_case = NOTIFICATION__COMMAND__BODY_ADD_SINK;
	cmd.add_sink = &add;
	ck_assert_int_eq(daemon_kit_ask(notification, &(struct ask){.message = &cmd.base}, &got),
			 CAIRN__STATUS__OK);
}

/* Until the sink has taken all that the stream has. */
static void until_all_is_taken(void)
{
	int64_t until_us = clock_mono_us() + WAIT_US;
	const Notification__SinkAnswer *a;
	uint64_t head = stream_head();

	for (;;) {
		a = the_sink();
		drop_requests();
		if (a->cursor >= head && a->waiting + a->behind == 0)
			break;
		ck_assert_msg(clock_mono_us() < until_us,
			      "%s (%s): at %" PRIu64 " of %" PRIu64
			      ", %u waiting, %u behind, %u dead",
			      a->state, a->why, a->cursor, head, a->waiting, a->behind, a->dead);
	}
	ck_assert_str_eq(a->state, "active");
	ck_assert_uint_eq(a->dead, 0);
}

/* ---- what has come ---- */

struct line {
	char id[ID_TEXT_LEN + 1], subject[ID_TEXT_LEN + 1];
	bool taken;
};

static size_t read_stream(struct line *lines)
{
	const char *path = place_path(&m.daemons.place, "stream");
	char line[300];
	size_t n = 0;
	FILE *f;

	mile_write_stream(&m, path);
	f = fopen(place_path(&m.daemons.place, "stream"), "re");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f) != NULL) {
		ck_assert_uint_lt(n, TAKEN_MOST);
		ck_assert_int_eq(sscanf(line, "%*[^|]|%36[^|]|%*[^|]|urn:uuid:%36s", lines[n].id,
					lines[n].subject),
				 2);
		n++;
	}
	fclose(f);
	return n;
}

/* Each event came, and when it first did, all before it of its credential had. */
static void check_taken(void)
{
	static struct line lines[TAKEN_MOST];
	size_t n = read_stream(lines);
	unsigned n_taken = atomic_load(&receiver->n_taken);

	ck_assert_uint_gt(n, CREDENTIALS);
	for (unsigned i = 0; i < n_taken; i++) {
		size_t at = 0;

		while (at < n && strcmp(lines[at].id, receiver->taken[i].id) != 0)
			at++;
		ck_assert_uint_lt(at, n);
		for (size_t before = 0; before < at; before++)
			ck_assert(lines[before].taken ||
				  strcmp(lines[before].subject, lines[at].subject) != 0);
		lines[at].taken = true;
	}
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(lines[i].taken, "%s did not come", lines[i].id);
}

static void setup(void)
{
	static const char *const words[] = {"sink_plain=yes", "sink_networks=127.0.0.0/8",
					    "sinks_retry=1"};

	receiver = mmap(NULL, sizeof *receiver, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	ENSURE(receiver != MAP_FAILED);
	http_server_start(&server, serve);
	mile_open(&m, CREDENTIALS);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		m.words[i] = words[i];
	mile_start(&m);
	notification = daemon_kit_client(&m.daemons, "notification", "cairnctl");
}

static void teardown(void)
{
	client_close(&notification);
	mile_close(&m);
	http_server_stop(&server);
	munmap(receiver, sizeof *receiver);
}

START_TEST(a_webhook_has_every_event_whatever_it_answers_and_whoever_is_killed)
{
	add_sink();
	mile_release(&m, 20);
	mile_shake(&m);
	mile_settle(&m);
	until_all_is_taken();

	atomic_store(&receiver->flaky, true);
	for (unsigned round = 0; round < 4; round++) {
		mile_release(&m, 10);
		mile_shake(&m);
		mile_revoke(&m, 2);
		mile_kill(&m, round % 2 == 0 ? "notification" : "issuance");
		drop_requests();
	}
	mile_settle(&m);
	until_all_is_taken();

	atomic_store(&receiver->flaky, false);
	atomic_store(&receiver->down, true);
	mile_shake(&m);
	while (the_sink()->failing_us == 0)
		drop_requests();
	mile_kill(&m, "notification");
	atomic_store(&receiver->down, false);
	until_all_is_taken();
	check_taken();
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("integration sinks");
	TCase *t = tcase_create("webhook");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_webhook_has_every_event_whatever_it_answers_and_whoever_is_killed);
	suite_add_tcase(s, t);
	return s;
}
