/* What operators may ask of sinks, and that nothing of their secrets stands in clear. */
#include "libshared/seal.h"
#include "services/notification/notification.h"
#include "tests/support/sink_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static Cairn__Status add(Notification__AddSink *ask)
{
	return when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, ask);
}

static char *text(const char *s)
{
	return arena_text(kit.arena, bytes_of_text(s));
}

START_TEST(a_sink_is_added_new_and_active_when_its_target_agreed)
{
	given_sink(&kit, THE_SINK, "tncompass");
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_NEW);
	given_active_sink(&kit, OTHER_SINK, "other");
	ck_assert_uint_eq(sink_row_of(&kit, OTHER_SINK).state, SINK_ACTIVE);
}
END_TEST

START_TEST(a_sink_that_asks_nobody_is_active_at_once)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "tncompass");

	ask->sink->unasked = true;
	ask->sink->from = 7;
	ck_assert_int_eq(add(ask), CAIRN__STATUS__OK);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_ACTIVE);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 7);
}
END_TEST

struct refusal {
	void (*spoil)(Notification__AddSink *ask);
	Notification__Reason reason;
};

static void spoil_id(Notification__AddSink *a)
{
	a->sink->sink = pb_of_bytes(BYTES_NONE);
}
static void spoil_secret(Notification__AddSink *a)
{
	a->secret = pb_of_bytes(BYTES_NONE);
}
static void spoil_sink(Notification__AddSink *a)
{
	a->sink = NULL;
}
static void spoil_private(Notification__AddSink *a)
{
	a->private_ = NULL;
}
static void spoil_name(Notification__AddSink *a)
{
	a->sink->name = text("TN Compass");
}
static void spoil_state(Notification__AddSink *a)
{
	a->sink->state = text("Tennessee");
}
static void spoil_kind(Notification__AddSink *a)
{
	a->sink->kind = 0;
}
static void spoil_url(Notification__AddSink *a)
{
	a->sink->url = text("ftp://tn.example/");
}
static void spoil_user(Notification__AddSink *a)
{
	a->sink->url = text("https://u:p@tn.example/");
}
static void spoil_host(Notification__AddSink *a)
{
	a->sink->url = text("https:///hook");
}
static void spoil_line(Notification__AddSink *a)
{
	a->sink->url = text("https://tn.example/a b");
}
static void spoil_rate(Notification__AddSink *a)
{
	a->sink->rate = 1001;
}
static void spoil_contact(Notification__AddSink *a)
{
	a->private_->contact = text("duty");
}
static void taken_id(Notification__AddSink *a)
{
	a->sink->sink = pb_of_bytes(OTHER_SINK);
}
static void taken_name(Notification__AddSink *a)
{
	a->sink->name = text("other");
}

static void spoil_types(Notification__AddSink *a)
{
	a->sink->n_types = 1;
	a->sink->types = arena_alloc(kit.arena, sizeof *a->sink->types);
	a->sink->types[0] = text("org.*.issued");
}

static const struct refusal refusals[] = {
	{spoil_id, NOTIFICATION__REASON__BAD_ID},
	{spoil_secret, NOTIFICATION__REASON__BAD_ID},
	{spoil_sink, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_private, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_name, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_state, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_kind, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_url, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_user, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_host, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_line, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_rate, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_types, NOTIFICATION__REASON__BAD_VALUE},
	{spoil_contact, NOTIFICATION__REASON__BAD_VALUE},
	{taken_id, NOTIFICATION__REASON__ID_TAKEN},
	{taken_name, NOTIFICATION__REASON__NAME_TAKEN},
};

START_TEST(a_sink_with_unsound_settings_is_refused)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "tncompass");

	given_sink(&kit, OTHER_SINK, "other");
	refusals[_i].spoil(ask);
	ck_assert_int_eq(add(ask), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, refusals[_i].reason);
}
END_TEST

START_TEST(there_are_at_most_so_many_sinks)
{
	char name[32];

	for (unsigned i = 0; i < SINKS_MOST; i++) {
		snprintf(name, sizeof name, "sink-%u", i);
		given_sink(&kit, kit_id(&kit), name);
	}
	ck_assert_int_eq(add(sink_to_add(&kit, THE_SINK, "one-more")), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__TOO_MANY_SINKS);
}
END_TEST

START_TEST(neither_contact_nor_credentials_stand_in_the_log)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "texas");
	Notification__EdfiProfile edfi = NOTIFICATION__EDFI_PROFILE__INIT;
	struct log_batch batch;

	edfi.data_standard = text("6.1");
	edfi.namespace_ = text("uri://cairn.sea.example.gov");
	ask->sink->kind = NOTIFICATION__SINK_KIND__EDFI;
	ask->sink->edfi = &edfi;
	ask->private_->client_id = text("hunter");
	ask->private_->client_secret = text("hunter2-hunter2");
	ck_assert_int_eq(add(ask), CAIRN__STATUS__OK);
	ck_assert_int_eq(engine_read(kit.engine, 0, (size_t)1 << 20, kit.arena, &batch), 0);
	for (size_t i = 0; i < batch.through_seq; i++) {
		struct bytes payload = batch.records[i];

		ck_assert_ptr_null(memmem(payload.data, payload.len, "hunter2", 7));
		ck_assert_ptr_null(memmem(payload.data, payload.len, "duty@", 5));
	}
}
END_TEST

static struct bytes secret_slot_of(struct bytes secret)
{
	struct id slot = sink_secret_slot(secret);

	return arena_copy(kit.arena, bytes_of_id(&slot));
}

START_TEST(a_rotated_secret_leaves_the_one_before_it_signing_until_the_overlap_ends)
{
	Notification__RotateSinkSecret ask = NOTIFICATION__ROTATE_SINK_SECRET__INIT;
	struct sink_row row;
	struct bytes first, key;

	given_sink(&kit, THE_SINK, "tncompass");
	row = sink_row_of(&kit, THE_SINK);
	first = arena_copy(kit.arena, BYTES_OF(row.secret));
	ask.sink = pb_of_bytes(THE_SINK);
	ask.secret = pb_of_bytes(kit_id(&kit));
	ask.overlap_us = US_PER_DAY;
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET, &ask),
			 CAIRN__STATUS__OK);
	row = sink_row_of(&kit, THE_SINK);
	ck_assert(bytes_equal(BYTES_OF(row.secret), bytes_of_pb(ask.secret)));
	ck_assert(bytes_equal(BYTES_OF(row.old_secret), first));
	ck_assert_int_eq(row.old_until_us, kit.now_us + US_PER_DAY);
	ck_assert(keyring_get(kit.caps.keyring, secret_slot_of(first), &key));

	/* Nobody signs with it again. */
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET, &ask),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__ID_TAKEN);
	ask.secret = pb_of_bytes(kit_id(&kit));
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET, &ask),
			 CAIRN__STATUS__OK);
	ck_assert(to_forget(kit_view(&kit), secret_slot_of(first)));
}
END_TEST

/* Its receiver could sign what the other believes, and the key would be gone with the first. */
START_TEST(a_secret_is_of_one_sink)
{
	Notification__RotateSinkSecret rotate = NOTIFICATION__ROTATE_SINK_SECRET__INIT;
	Notification__AddSink *other = sink_to_add(&kit, OTHER_SINK, "other");
	struct sink_row row;

	given_sink(&kit, THE_SINK, "tncompass");
	row = sink_row_of(&kit, THE_SINK);
	other->secret = pb_of_bytes(arena_copy(kit.arena, BYTES_OF(row.secret)));
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, other),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__ID_TAKEN);
	given_sink(&kit, OTHER_SINK, "other");
	rotate.sink = pb_of_bytes(OTHER_SINK);
	rotate.secret = other->secret;
	ck_assert_int_eq(
		when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET, &rotate),
		CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__ID_TAKEN);
	ck_assert_int_eq(when_sink_removed(&kit, THE_SINK), CAIRN__STATUS__OK);
	ck_assert_int_eq(
		when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET, &rotate),
		CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__ID_TAKEN);
}
END_TEST

START_TEST(a_secret_that_signs_no_more_is_to_be_destroyed)
{
	Notification__RotateSinkSecret ask = NOTIFICATION__ROTATE_SINK_SECRET__INIT;
	struct sink_row row;
	struct bytes first;

	given_sink(&kit, THE_SINK, "tncompass");
	row = sink_row_of(&kit, THE_SINK);
	first = arena_copy(kit.arena, BYTES_OF(row.secret));
	ask.sink = pb_of_bytes(THE_SINK);
	ask.secret = pb_of_bytes(kit_id(&kit));
	ask.overlap_us = US_PER_DAY;
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET, &ask),
			 CAIRN__STATUS__OK);
	kit_advance(&kit, US_PER_DAY - US_PER_S);
	ck_assert(!to_forget(kit_view(&kit), secret_slot_of(first)));
	kit_advance(&kit, 2 * US_PER_S);
	ck_assert(to_forget(kit_view(&kit), secret_slot_of(first)));
	row = sink_row_of(&kit, THE_SINK);
	ck_assert(!is_id(BYTES_OF(row.old_secret)));
	ck_assert(bytes_equal(BYTES_OF(row.secret), bytes_of_pb(ask.secret)));
}
END_TEST

START_TEST(a_sink_removed_before_the_overlap_ends_leaves_no_timer)
{
	Notification__RotateSinkSecret ask = NOTIFICATION__ROTATE_SINK_SECRET__INIT;

	given_sink(&kit, THE_SINK, "tncompass");
	ask.sink = pb_of_bytes(THE_SINK);
	ask.secret = pb_of_bytes(kit_id(&kit));
	ask.overlap_us = US_PER_DAY;
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET, &ask),
			 CAIRN__STATUS__OK);
	ck_assert_int_eq(when_sink_removed(&kit, THE_SINK), CAIRN__STATUS__OK);
	kit_advance(&kit, 2 * US_PER_DAY);
	ck_assert_int_eq(engine_next_timer_us(kit.engine), INT64_MAX);
	ck_assert_uint_eq(engine_stats(kit.engine).quarantined, 0);
}
END_TEST

/* A slot is of a sink alone, whatever id a command names. */
START_TEST(a_sink_cannot_take_a_persons_key)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "tncompass");
	struct bytes person = kit_name("educator", "ana"), key;

	ENSURE(keyring_ensure(kit.caps.keyring, person) == 0);
	ask->sink->sink = ask->secret = pb_of_bytes(person);
	ck_assert_int_eq(add(ask), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_sink_removed(&kit, person), CAIRN__STATUS__OK);
	ck_assert(!to_forget(kit_view(&kit), person));
	ck_assert(keyring_get(kit.caps.keyring, person, &key));
}
END_TEST

START_TEST(a_removed_sink_leaves_no_rows_and_its_keys_are_to_be_destroyed)
{
	struct sink_row row;
	struct id slot = sink_slot(THE_SINK);

	given_active_sink(&kit, THE_SINK, "tncompass");
	ENSURE(when_reported(&kit, THE_SINK,
			     &(struct sink_report){
				     .through = 2,
				     SINK_ATTEMPTS({1, "a", NOTIFICATION__DELIVERY__LATER, 0},
						   {2, "b", NOTIFICATION__DELIVERY__LATER, 0})}) ==
	       CAIRN__STATUS__OK);
	ck_assert_int_eq(when_sink_removed(&kit, THE_SINK), CAIRN__STATUS__OK);
	ck_assert(!sink_get(kit_view(&kit), THE_SINK, &row));
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_EVENT), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_NAME), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), SINK_PRIVATE), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), TO_FORGET), 2);
	ck_assert(to_forget(kit_view(&kit), bytes_of_id(&slot)));
	ck_assert_int_eq(when_sink_removed(&kit, THE_SINK), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_SINK);
}
END_TEST

/* ---- pausing, going on, its events ---- */

static Cairn__Status pause(const char *why)
{
	Notification__PauseSink m = NOTIFICATION__PAUSE_SINK__INIT;

	m.sink = pb_of_bytes(THE_SINK);
	m.why = text(why);
	return when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_PAUSE_SINK, &m);
}

START_TEST(a_sink_is_paused_and_resumed_once_each)
{
	given_active_sink(&kit, THE_SINK, "tncompass");
	ck_assert_int_eq(pause("Not a word"), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__BAD_VALUE);
	ck_assert_int_eq(when_sink_resumed(&kit, THE_SINK), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__WRONG_STATE);
	ck_assert_int_eq(pause("maintenance"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_PAUSED);
	ck_assert_str_eq(sink_row_of(&kit, THE_SINK).why, "maintenance");
	ck_assert_int_eq(pause("maintenance"), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__WRONG_STATE);
	ck_assert_int_eq(when_sink_resumed(&kit, THE_SINK), CAIRN__STATUS__OK);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_NEW);
	ck_assert_str_eq(sink_row_of(&kit, THE_SINK).why, "");
}
END_TEST

static const struct {
	uint64_t first, last;
	bool by_id;
	Notification__Reason reason; /* 0: it is done */
} ranges[] = {
	{1, 4, false, 0},
	{3, 3, false, 0},
	{0, 4, false, NOTIFICATION__REASON__BAD_VALUE},
	{4, 3, false, NOTIFICATION__REASON__BAD_VALUE},
	{1, 2001, false, NOTIFICATION__REASON__BAD_VALUE},
	{1, 1001, false, NOTIFICATION__REASON__BAD_VALUE},
	{0, 0, true, 0},
};

START_TEST(events_up_to_the_cursor_are_delivered_again)
{
	Notification__RedeliverEvents m = NOTIFICATION__REDELIVER_EVENTS__INIT;

	given_active_sink(&kit, THE_SINK, "tncompass");
	ENSURE(when_reported(
		       &kit, THE_SINK,
		       &(struct sink_report){
			       .through = 2000,
			       .taken = 1999,
			       SINK_ATTEMPTS({3, "a", NOTIFICATION__DELIVERY__DELIVERY_REFUSED,
					      0})}) == CAIRN__STATUS__OK);
	m.sink = pb_of_bytes(THE_SINK);
	m.first = ranges[_i].first;
	m.last = ranges[_i].last;
	if (ranges[_i].by_id)
		m.event = pb_of_bytes(kit_name("event", "3"));
	when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_REDELIVER_EVENTS, &m);
	ck_assert_int_eq(kit.got.reason, ranges[_i].reason);
	if (ranges[_i].reason != 0)
		return;
	ck_assert_uint_eq(sink_event_of(&kit, THE_SINK, 3).state, SINK_EVENT_WAITING);
	ck_assert_int_eq(sink_event_of(&kit, THE_SINK, 3).next_us, kit.now_us);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).n_waiting,
			  ranges[_i].by_id ? 1 : ranges[_i].last - ranges[_i].first + 1);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).n_dead, 0);
}
END_TEST

static void given_edfi_sink(void)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "texas");
	Notification__EdfiProfile edfi = NOTIFICATION__EDFI_PROFILE__INIT;

	edfi.data_standard = text("6.1");
	edfi.namespace_ = text("uri://cairn.sea.example.gov");
	ask->private_->client_id = text("key");
	ask->private_->client_secret = text("secret");
	ask->sink->kind = NOTIFICATION__SINK_KIND__EDFI;
	ask->sink->edfi = &edfi;
	ask->sink->unasked = true;
	ck_assert_int_eq(add(ask), CAIRN__STATUS__OK);
}

/* The sink stands at 5, where 3 is dead. */
static const struct {
	uint64_t first, last;
	bool done;
} states[] = {{2, 2, false}, {2, 4, false}, {3, 4, false},
	      {3, 3, true},  {2, 5, true},  {5, 5, true}};

START_TEST(an_ed_fi_api_is_not_left_with_an_older_state)
{
	Notification__RedeliverEvents m = NOTIFICATION__REDELIVER_EVENTS__INIT;

	given_edfi_sink();
	ENSURE(when_reported(
		       &kit, THE_SINK,
		       &(struct sink_report){
			       .through = 5,
			       .taken = 4,
			       SINK_ATTEMPTS({3, "a", NOTIFICATION__DELIVERY__DELIVERY_REFUSED,
					      0})}) == CAIRN__STATUS__OK);
	m.sink = pb_of_bytes(THE_SINK);
	m.first = states[_i].first;
	m.last = states[_i].last;
	when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_REDELIVER_EVENTS, &m);
	ck_assert_int_eq(kit.got.reason, states[_i].done ? 0 : NOTIFICATION__REASON__WRONG_STATE);
}
END_TEST

START_TEST(an_event_that_is_not_listed_is_not_known_by_its_id)
{
	Notification__RedeliverEvents m = NOTIFICATION__REDELIVER_EVENTS__INIT;

	given_active_sink(&kit, THE_SINK, "tncompass");
	m.sink = pb_of_bytes(THE_SINK);
	m.event = pb_of_bytes(kit_name("event", "3"));
	when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_REDELIVER_EVENTS, &m);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EVENT);
}
END_TEST

START_TEST(a_sink_is_rewound_and_forgets_what_was_listed_after_that)
{
	Notification__RewindSink m = NOTIFICATION__REWIND_SINK__INIT;

	given_active_sink(&kit, THE_SINK, "tncompass");
	ENSURE(when_reported(&kit, THE_SINK,
			     &(struct sink_report){
				     .through = 5,
				     .taken = 3,
				     SINK_ATTEMPTS({2, "a", NOTIFICATION__DELIVERY__LATER, 0},
						   {4, "b", NOTIFICATION__DELIVERY__LATER, 0})}) ==
	       CAIRN__STATUS__OK);
	m.sink = pb_of_bytes(THE_SINK);
	m.to = 5;
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_REWIND_SINK, &m),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__BAD_VALUE);
	m.to = 3;
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_REWIND_SINK, &m),
			 CAIRN__STATUS__OK);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).cursor, 3);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).n_waiting, 1);
	ck_assert_uint_eq(sink_event_of(&kit, THE_SINK, 2).state, SINK_EVENT_WAITING);
	ck_assert_uint_eq(sink_event_of(&kit, THE_SINK, 4).state, 0);
}
END_TEST

/* ---- changing ---- */

static Cairn__Status change(Notification__Sink *sink, Notification__SinkPrivate *private)
{
	Notification__ChangeSink m = NOTIFICATION__CHANGE_SINK__INIT;

	m.sink = sink;
	m.private_ = private;
	return when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_CHANGE_SINK, &m);
}

START_TEST(another_address_is_asked_anew_and_kind_state_and_beginning_stay)
{
	Notification__Sink sink = *sink_to_add(&kit, THE_SINK, "renamed")->sink;
	const Notification__Sink *now;
	struct id found;

	given_active_sink(&kit, THE_SINK, "tncompass");
	sink.kind = NOTIFICATION__SINK_KIND__EDFI;
	sink.state = text("TX");
	sink.from = 99;
	ck_assert_int_eq(change(&sink, NULL), CAIRN__STATUS__OK);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_ACTIVE);
	now = sink_settings(kit_view(&kit), THE_SINK, kit.arena);
	ck_assert_int_eq(now->kind, NOTIFICATION__SINK_KIND__WEBHOOK);
	ck_assert_str_eq(now->state, "TN");
	ck_assert_uint_eq(now->from, 0);
	ck_assert(sink_of_name(kit_view(&kit), "renamed", &found));
	ck_assert(!sink_of_name(kit_view(&kit), "tncompass", &found));
	sink.url = text("https://tncompass.example/other");
	ck_assert_int_eq(change(&sink, NULL), CAIRN__STATUS__OK);
	ck_assert_uint_eq(sink_row_of(&kit, THE_SINK).state, SINK_NEW);
	sink.url = text("nowhere");
	ck_assert_int_eq(change(&sink, NULL), CAIRN__STATUS__REJECTED);
}
END_TEST

START_TEST(what_is_private_and_not_given_anew_stays)
{
	Notification__AddSink *ask = sink_to_add(&kit, THE_SINK, "texas");
	Notification__EdfiProfile edfi = NOTIFICATION__EDFI_PROFILE__INIT;
	Notification__SinkPrivate private = NOTIFICATION__SINK_PRIVATE__INIT;
	struct bytes subject, box, clear;

	edfi.data_standard = text("6.1");
	edfi.namespace_ = text("uri://cairn.sea.example.gov");
	ask->sink->kind = NOTIFICATION__SINK_KIND__EDFI;
	ask->sink->edfi = &edfi;
	ask->private_->client_id = text("client-7");
	ask->private_->client_secret = text("secret-8");
	ck_assert_int_eq(add(ask), CAIRN__STATUS__OK);
	private.contact = text("other@texas.example");
	ck_assert_int_eq(change(ask->sink, &private), CAIRN__STATUS__OK);
	ck_assert(sink_private_get(kit_view(&kit), THE_SINK, &subject, &box));
	ck_assert(unseal_bytes(&kit.caps, subject, box, kit.arena, &clear));
	ck_assert_ptr_nonnull(memmem(clear.data, clear.len, "other@texas", 11));
	ck_assert_ptr_nonnull(memmem(clear.data, clear.len, "client-7", 8));
	ck_assert_ptr_nonnull(memmem(clear.data, clear.len, "secret-8", 8));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification decide_sink");
	TCase *t = tcase_create("sinks");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_sink_is_added_new_and_active_when_its_target_agreed);
	tcase_add_test(t, a_sink_that_asks_nobody_is_active_at_once);
	tcase_add_loop_test(t, a_sink_with_unsound_settings_is_refused, 0, ARRAY_LEN(refusals));
	tcase_add_test(t, there_are_at_most_so_many_sinks);
	tcase_add_test(t, neither_contact_nor_credentials_stand_in_the_log);
	tcase_add_test(t, a_secret_is_of_one_sink);
	tcase_add_test(t, a_rotated_secret_leaves_the_one_before_it_signing_until_the_overlap_ends);
	tcase_add_test(t, a_secret_that_signs_no_more_is_to_be_destroyed);
	tcase_add_test(t, a_sink_removed_before_the_overlap_ends_leaves_no_timer);
	tcase_add_test(t, a_sink_cannot_take_a_persons_key);
	tcase_add_test(t, a_removed_sink_leaves_no_rows_and_its_keys_are_to_be_destroyed);
	tcase_add_test(t, a_sink_is_paused_and_resumed_once_each);
	tcase_add_loop_test(t, events_up_to_the_cursor_are_delivered_again, 0, ARRAY_LEN(ranges));
	tcase_add_loop_test(t, an_ed_fi_api_is_not_left_with_an_older_state, 0, ARRAY_LEN(states));
	tcase_add_test(t, an_event_that_is_not_listed_is_not_known_by_its_id);
	tcase_add_test(t, a_sink_is_rewound_and_forgets_what_was_listed_after_that);
	tcase_add_test(t, another_address_is_asked_anew_and_kind_state_and_beginning_stay);
	tcase_add_test(t, what_is_private_and_not_given_anew_stays);
	suite_add_tcase(s, t);
	return s;
}
