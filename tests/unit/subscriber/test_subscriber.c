/* A subscriber against a server that the test plays: order, positions, and why it stops. */
#include "services/subscriber/cairn_subscriber.h"

#include "libshared/follow_wire.h"
#include "libshared/check.h"
#include "libshared/keys.h"
#include "proto/public.pb-c.h"
#include "tests/support/suite.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *context, *server;
static struct arena *arena;
static struct curve_keys server_keys, our_keys;
static char endpoint[128], fault[CAIRN_SUBSCRIBER_FAULT_MAX];
static struct cairn_subscriber *s;
static struct id log_id;
static uint8_t route[32];
static int route_len;
static struct cairn_subscriber_options options;

static void serve(void)
{
	int yes = 1, none = 0;

	server = zmq_socket(context, ZMQ_ROUTER);
	zmq_setsockopt(server, ZMQ_CURVE_SERVER, &yes, sizeof yes);
	zmq_setsockopt(server, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(server, ZMQ_CURVE_SECRETKEY, server_keys.secret_key.s, KEY_TEXT_LEN);
	ck_assert_int_eq(zmq_bind(server, endpoint), 0);
}

static void setup(void)
{
	snprintf(endpoint, sizeof endpoint, "ipc:///tmp/cairn-subscriber-%d.l", (int)getpid());
	keys_random(&server_keys);
	keys_random(&our_keys);
	arena = arena_new(4096);
	context = zmq_ctx_new();
	log_id = id_of_name("log", "issuance");
	serve();
	options = (struct cairn_subscriber_options)CAIRN_SUBSCRIBER_OPTIONS;
	options.endpoint = endpoint;
	options.server_key = server_keys.public_key.s;
	options.secret_key = our_keys.secret_key.s;
	options.name = "tncompass";
}

static void teardown(void)
{
	cairn_subscriber_close(&s);
	zmq_close(server);
	zmq_ctx_term(context);
	arena_destroy(&arena);
	unlink(endpoint + strlen("ipc://"));
}

/* ---- the server ---- */

static void open_at(const char *position)
{
	cairn_subscriber_close(&s);
	options.position = position;
	s = cairn_subscriber_open(&options, fault);
	ck_assert_msg(s != NULL, "%s", fault);
}

/* The next Follow; the subscriber turns until it comes, and must have no event yet. */
static const Cairn__Follow *hear(void)
{
	const struct cairn_subscriber_event *event;
	uint8_t frame[4096];

	for (int i = 0; i < 2000; i++) {
		ck_assert_int_eq(cairn_subscriber_next(s, 2, &event), CAIRN_SUBSCRIBER_NOTHING);
		int len = zmq_recv(server, route, sizeof route, ZMQ_DONTWAIT);
		if (len < 0)
			continue;
		route_len = len;
		len = zmq_recv(server, frame, sizeof frame, 0);
		const Cairn__FollowMessage *m =
			follow_message_of((struct bytes){frame, (size_t)len}, arena);
		ck_assert_ptr_nonnull(m);
		if (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_FOLLOW)
			return m->follow;
	}
	ck_abort_msg("the subscriber does not ask");
	return NULL;
}

static void send_frame(const void *data, size_t len)
{
	ck_assert_int_eq(zmq_send(server, route, (size_t)route_len, ZMQ_SNDMORE), route_len);
	ck_assert_int_eq(zmq_send(server, data, len, 0), (int)len);
}

static void say(const Cairn__FollowMessage *m)
{
	struct bytes frame = follow_message_pack(m, arena);

	send_frame(frame.data, frame.len);
}

static void say_following(uint32_t session, uint64_t head)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Following following = CAIRN__FOLLOWING__INIT;

	following.session = session;
	following.log_id = pb_of_bytes(bytes_of_id(&log_id));
	following.epoch = 1;
	following.head_seq = head;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_FOLLOWING;
	m.following = &following;
	say(&m);
}

static void say_refused(uint32_t session, Cairn__RefusedCode code)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Refused refused = CAIRN__REFUSED__INIT;

	refused.session = session;
	refused.code = code;
	refused.head_seq = 7;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_REFUSED;
	m.refused = &refused;
	say(&m);
}

/* Event seq of the history of that name. */
static struct bytes event_of(const char *history, uint64_t seq, uint64_t previous)
{
	Cairn__CloudEvent e = CAIRN__CLOUD_EVENT__INIT;
	struct id id = id_of_name(history, arena_printf(arena, "%" PRIu64, seq));
	struct bytes raw;

	e.id = arena_text(arena, bytes_of_text(ID_STR(bytes_of_id(&id))));
	e.source = arena_printf(arena, "urn:cairn:issuance.0.public");
	e.spec_version = arena_printf(arena, "1.0");
	e.type = arena_printf(arena, "org.cairn.credential.issued.v1");
	e.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	e.text_data = arena_printf(arena, "{\"status\":\"active\"}");
	raw = message_pack(&e.base, arena);
	raw = cloud_event_add(raw, "subject", arena_printf(arena, "urn:%" PRIu64, seq), arena);
	raw = cloud_event_add(raw, "sequence", arena_printf(arena, "%020" PRIu64, seq), arena);
	return cloud_event_add(raw, "previoussequence",
			       arena_printf(arena, "%020" PRIu64, previous), arena);
}

/* Rows after seq up to through: those of seqs are for this subscriber. */
static void say_batch(uint32_t session, const char *history, uint64_t after, uint64_t through,
		      const uint64_t *seqs, size_t n, uint64_t previous)
{
	struct follow_batch b = {.epoch = 1, .seqs = seqs, .n_records = n};
	zmq_msg_t frame;

	b.log = (struct log_batch){.after_seq = after,
				   .through_seq = through,
				   .n_commits = 1,
				   .commit_ends = &through,
				   .chain = {(uint8_t)through}};
	b.log.records = arena_alloc(arena, n * sizeof *b.log.records);
	for (size_t i = 0; i < n; i++) {
		b.log.records[i] = event_of(history, seqs[i], previous);
		previous = seqs[i];
	}
	follow_frame(&frame, session, through, follow_body(&b, arena), BYTES_NONE);
	send_frame(zmq_msg_data(&frame), zmq_msg_size(&frame));
	zmq_msg_close(&frame);
}

/* ---- the subscriber ---- */

static const struct cairn_subscriber_event *next(void)
{
	const struct cairn_subscriber_event *event = NULL;

	ck_assert_msg(cairn_subscriber_next(s, 5000, &event) == CAIRN_SUBSCRIBER_GOT, "%s",
		      cairn_subscriber_text(s));
	return event;
}

static void stops_with(enum cairn_subscriber_reason reason, const char *word)
{
	const struct cairn_subscriber_event *event;
	int got = CAIRN_SUBSCRIBER_NOTHING;

	for (int i = 0; i < 50 && got == CAIRN_SUBSCRIBER_NOTHING; i++)
		got = cairn_subscriber_next(s, 100, &event);
	ck_assert_int_eq(got, CAIRN_SUBSCRIBER_STOPPED);
	ck_assert_int_eq(cairn_subscriber_reason(s), reason);
	ck_assert_msg(strstr(cairn_subscriber_text(s), word) != NULL, "%s",
		      cairn_subscriber_text(s));
	ck_assert_int_eq(cairn_subscriber_next(s, 0, &event), CAIRN_SUBSCRIBER_STOPPED);
}

static const uint64_t three[] = {2, 3, 5};

/* Follows from the beginning and is sent events 2, 3 and 5 of 6. */
static void given_three(void)
{
	uint32_t session;

	open_at(NULL);
	session = hear()->session;
	say_following(session, 6);
	say_batch(session, "one", 0, 6, three, 3, 0);
}

START_TEST(events_come_in_order_and_whole)
{
	const struct cairn_subscriber_event *e;
	struct cairn_subscriber_lag lag;

	given_three();
	e = next();
	ck_assert_uint_eq(e->sequence, 2);
	ck_assert_str_eq(e->type, "org.cairn.credential.issued.v1");
	ck_assert_str_eq(e->subject, "urn:2");
	ck_assert_str_eq(e->data, "{\"status\":\"active\"}");
	cairn_subscriber_lag(s, &lag);
	ck_assert_uint_eq(lag.behind, 4);
	ck_assert_uint_eq(next()->sequence, 3);
	e = next();
	ck_assert_uint_eq(e->sequence, 5);
	ck_assert_uint_eq(e->previous_sequence, 3);
	cairn_subscriber_lag(s, &lag);
	ck_assert_uint_eq(lag.behind, 0);
	ck_assert_str_eq(e->position, cairn_subscriber_position(s));
}
END_TEST

START_TEST(a_batch_is_handed_over_at_once_with_the_position_of_its_end)
{
	const struct cairn_subscriber_event *const *events;
	char position[CAIRN_SUBSCRIBER_POSITION_MAX];
	size_t n;

	given_three();
	ck_assert_int_eq(cairn_subscriber_next_batch(s, 5000, &events, &n), CAIRN_SUBSCRIBER_GOT);
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(events[1]->sequence, 3);
	ck_assert_str_eq(events[2]->position, cairn_subscriber_position(s));
	cairn_subscriber_stored(s);
	snprintf(position, sizeof position, "%s", cairn_subscriber_position(s));
	open_at(position);
	ck_assert_uint_eq(hear()->at->seq, 6);
}
END_TEST

START_TEST(it_goes_on_after_each_event_without_loss_or_repetition)
{
	char position[CAIRN_SUBSCRIBER_POSITION_MAX];
	uint32_t session;

	given_three();
	for (int i = 0; i <= _i; i++)
		snprintf(position, sizeof position, "%s", next()->position);
	open_at(position);
	const Cairn__Follow *follow = hear();
	session = follow->session;
	ck_assert_uint_eq(follow->at->seq, _i == 2 ? 6 : 0);
	say_following(session, 6);
	if (_i < 2) {
		say_batch(session, "one", 0, 6, three, 3, 0);
		ck_assert_uint_eq(next()->sequence, three[_i + 1]);
	}
}
END_TEST

START_TEST(a_changed_event_before_the_position_is_a_divergence)
{
	char position[CAIRN_SUBSCRIBER_POSITION_MAX];
	uint32_t session;

	given_three();
	next();
	snprintf(position, sizeof position, "%s", next()->position);
	open_at(position);
	session = hear()->session;
	say_following(session, 6);
	say_batch(session, "another", 0, 6, three, 3, 0);
	stops_with(CAIRN_SUBSCRIBER_DIVERGED, "history");
}
END_TEST

/* Event 3 is stored; from now on only others are asked for. */
static uint32_t given_other_types(void)
{
	static const char *const others[] = {"org.cairn.credential.revoked.v1"};
	char position[CAIRN_SUBSCRIBER_POSITION_MAX];
	uint32_t session;

	given_three();
	next();
	snprintf(position, sizeof position, "%s", next()->position);
	options.types = others;
	options.n_types = 1;
	open_at(position);
	session = hear()->session;
	say_following(session, 6);
	return session;
}

START_TEST(other_types_may_be_asked_for_in_the_middle_of_a_batch)
{
	static const uint64_t last[] = {5};

	say_batch(given_other_types(), "one", 0, 6, last, 1, 0);
	ck_assert_uint_eq(next()->sequence, 5);
}
END_TEST

START_TEST(other_types_do_not_hide_a_changed_event)
{
	say_batch(given_other_types(), "another", 0, 6, three, 3, 0);
	stops_with(CAIRN_SUBSCRIBER_DIVERGED, "history");
}
END_TEST

START_TEST(with_the_same_types_the_last_event_must_come_again)
{
	static const uint64_t last[] = {5};
	char position[CAIRN_SUBSCRIBER_POSITION_MAX];
	uint32_t session;

	given_three();
	next();
	snprintf(position, sizeof position, "%s", next()->position);
	open_at(position);
	session = hear()->session;
	say_following(session, 6);
	say_batch(session, "one", 0, 6, last, 1, 0);
	stops_with(CAIRN_SUBSCRIBER_DIVERGED, "history");
}
END_TEST

START_TEST(a_stream_that_ends_before_the_position_is_ahead)
{
	char position[CAIRN_SUBSCRIBER_POSITION_MAX];

	given_three();
	next();
	snprintf(position, sizeof position, "%s", next()->position);
	open_at(position);
	say_following(hear()->session, 2);
	stops_with(CAIRN_SUBSCRIBER_AHEAD, "restored");
}
END_TEST

START_TEST(a_missing_event_stops_it)
{
	static const uint64_t seqs[] = {5};
	uint32_t session;

	open_at(NULL);
	session = hear()->session;
	say_following(session, 6);
	say_batch(session, "one", 0, 6, seqs, 1, 3);
	stops_with(CAIRN_SUBSCRIBER_BROKEN, "leaves an event out");
}
END_TEST

static const struct refusal {
	Cairn__RefusedCode code;
	enum cairn_subscriber_reason reason;
	const char *word;
} refusals[] = {
	{CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN, CAIRN_SUBSCRIBER_FORBIDDEN, "role"},
	{CAIRN__REFUSED_CODE__REFUSED_TRUNCATED, CAIRN_SUBSCRIBER_TRUNCATED, "no longer kept"},
	{CAIRN__REFUSED_CODE__REFUSED_AHEAD, CAIRN_SUBSCRIBER_AHEAD, "restored"},
	{CAIRN__REFUSED_CODE__REFUSED_DIVERGED, CAIRN_SUBSCRIBER_DIVERGED, "history"},
	{CAIRN__REFUSED_CODE__REFUSED_UNSUPPORTED, CAIRN_SUBSCRIBER_UNSUPPORTED, "version"},
	{CAIRN__REFUSED_CODE__REFUSED_UNKNOWN, CAIRN_SUBSCRIBER_UNSUPPORTED, "unknown stream"},
};

START_TEST(a_refusal_stops_it_with_its_reason_in_words)
{
	open_at(NULL);
	say_refused(hear()->session, refusals[_i].code);
	stops_with(refusals[_i].reason, refusals[_i].word);
}
END_TEST

START_TEST(a_server_that_is_away_is_nothing_said_in_words)
{
	const struct cairn_subscriber_event *event;

	unlink(endpoint + strlen("ipc://"));
	options.endpoint = "ipc:///tmp/cairn-no-such-socket";
	open_at(NULL);
	ck_assert_int_eq(cairn_subscriber_next(s, 100, &event), CAIRN_SUBSCRIBER_NOTHING);
	ck_assert_int_eq(cairn_subscriber_reason(s), CAIRN_SUBSCRIBER_GOING);
	ck_assert_ptr_nonnull(strstr(cairn_subscriber_text(s), "nothing is heard"));
}
END_TEST

START_TEST(a_loop_of_ones_own_polls_a_descriptor)
{
	const struct cairn_subscriber_event *event;
	enum cairn_subscriber_got got = CAIRN_SUBSCRIBER_NOTHING;

	given_three();
	for (int i = 0; i < 1000 && got == CAIRN_SUBSCRIBER_NOTHING; i++) {
		struct pollfd item = {cairn_subscriber_fd(s), POLLIN, 0};

		got = cairn_subscriber_next(s, 0, &event);
		if (got == CAIRN_SUBSCRIBER_NOTHING)
			poll(&item, 1, cairn_subscriber_wait_ms(s));
	}
	ck_assert_int_eq(got, CAIRN_SUBSCRIBER_GOT);
	ck_assert_uint_eq(event->sequence, 2);
}
END_TEST

START_TEST(wrong_options_are_refused_by_name)
{
	static const char *const names[] = {"endpoint", "server_key", "secret_key", "position",
					    "options"};
	struct cairn_subscriber_options wrong = options;

	if (_i == 0)
		wrong.endpoint = "http://example.org";
	else if (_i == 1)
		wrong.server_key = "short";
	else if (_i == 2)
		wrong.secret_key = NULL;
	else if (_i == 3)
		wrong.position = "cairn1:0:0";
	else
		wrong.size = 0;
	ck_assert_ptr_null(cairn_subscriber_open(&wrong, fault));
	ck_assert_msg(strstr(fault, names[_i]) == fault, "%s", fault);
	ck_assert_msg(strlen(fault) > strlen(names[_i]) + 2, "%s", fault);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("subscriber");
	TCase *tc = tcase_create("subscriber");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, events_come_in_order_and_whole);
	tcase_add_test(tc, a_batch_is_handed_over_at_once_with_the_position_of_its_end);
	tcase_add_loop_test(tc, it_goes_on_after_each_event_without_loss_or_repetition, 0, 3);
	tcase_add_test(tc, a_changed_event_before_the_position_is_a_divergence);
	tcase_add_test(tc, other_types_may_be_asked_for_in_the_middle_of_a_batch);
	tcase_add_test(tc, other_types_do_not_hide_a_changed_event);
	tcase_add_test(tc, with_the_same_types_the_last_event_must_come_again);
	tcase_add_test(tc, a_stream_that_ends_before_the_position_is_ahead);
	tcase_add_test(tc, a_missing_event_stops_it);
	tcase_add_loop_test(tc, a_refusal_stops_it_with_its_reason_in_words, 0,
			    (int)ARRAY_LEN(refusals));
	tcase_add_test(tc, a_server_that_is_away_is_nothing_said_in_words);
	tcase_add_test(tc, a_loop_of_ones_own_polls_a_descriptor);
	tcase_add_loop_test(tc, wrong_options_are_refused_by_name, 0, 5);
	suite_add_tcase(suite, tc);
	return suite;
}
