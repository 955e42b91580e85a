/* What is told of sinks, of their events and of their secrets. */
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

static const Notification__Answer *ask(Notification__Query__BodyCase kind, void *message)
{
	Notification__Query query = NOTIFICATION__QUERY__INIT;

	query.body_case = kind;
	query.get_sink = message; /* a union of pointers */
	if (kit_ask(&kit, BYTES_NONE, &query.base) != CAIRN__STATUS__OK)
		return NULL;
	return (const Notification__Answer *)kit.answer;
}

static const Notification__SinkAnswer *get_sink(const char *name)
{
	Notification__GetSink get = NOTIFICATION__GET_SINK__INIT;
	const Notification__Answer *answer;

	get.name = arena_text(kit.arena, bytes_of_text(name));
	answer = ask(NOTIFICATION__QUERY__BODY_GET_SINK, &get);
	return answer != NULL ? answer->sink : NULL;
}

START_TEST(a_sink_tells_where_it_stands)
{
	const Notification__SinkAnswer *a;
	int64_t first_us = kit.now_us;

	given_active_sink(&kit, THE_SINK, "tncompass");
	ck_assert_int_eq(
		when_reported(
			&kit, THE_SINK,
			&(struct sink_report){
				.through = 7,
				.taken = 4,
				SINK_ATTEMPTS(
					{1, "a", NOTIFICATION__DELIVERY__LATER, 0},
					{2, "a", NOTIFICATION__DELIVERY__BEHIND, 0},
					{3, "b", NOTIFICATION__DELIVERY__DELIVERY_REFUSED, 0})}),
		CAIRN__STATUS__OK);
	a = get_sink("tncompass");
	ck_assert_ptr_nonnull(a);
	ck_assert_str_eq(a->state, "active");
	ck_assert_str_eq(a->sink->url, "https://tncompass.example/hook");
	ck_assert_uint_eq(a->cursor, 7);
	ck_assert_uint_eq(a->head, 17);
	ck_assert_uint_eq(a->lag, 10);
	ck_assert_uint_eq(a->waiting, 1);
	ck_assert_uint_eq(a->behind, 1);
	ck_assert_uint_eq(a->dead, 1);
	ck_assert_uint_eq(a->taken, 4);
	ck_assert_int_eq(a->success_us, kit.now_us);
	ck_assert_int_ge(a->oldest_us, first_us);
	ck_assert_ptr_null(get_sink("nobody"));
}
END_TEST

static const struct {
	Notification__Delivery delivery;
	const char *state;
} stops[] = {
	{NOTIFICATION__DELIVERY__GONE, "gone"},
	{NOTIFICATION__DELIVERY__UNSETTLED, "not_accepted"},
};

START_TEST(a_sink_that_stopped_says_why)
{
	const Notification__SinkAnswer *a;

	given_active_sink(&kit, THE_SINK, "tncompass");
	ck_assert_int_eq(when_reported(&kit, THE_SINK,
				       &(struct sink_report){
					       .through = 1,
					       SINK_ATTEMPTS({1, "a", stops[_i].delivery, 0})}),
			 CAIRN__STATUS__OK);
	a = get_sink("tncompass");
	ck_assert_str_eq(a->state, stops[_i].state);
	ck_assert_str_eq(a->why, "HTTP 503");
	ck_assert_int_eq(a->stopped_us, kit.now_us);
}
END_TEST

START_TEST(all_sinks_are_listed)
{
	Notification__ListSinks list = NOTIFICATION__LIST_SINKS__INIT;
	const Notification__Answer *answer;

	ck_assert_uint_eq(ask(NOTIFICATION__QUERY__BODY_LIST_SINKS, &list)->sinks->n_sinks, 0);
	given_sink(&kit, THE_SINK, "one");
	given_active_sink(&kit, OTHER_SINK, "two");
	answer = ask(NOTIFICATION__QUERY__BODY_LIST_SINKS, &list);
	ck_assert_uint_eq(answer->sinks->n_sinks, 2);
	ck_assert_str_eq(get_sink("one")->state, "new");
	ck_assert_str_eq(get_sink("two")->state, "active");
}
END_TEST

/* Of 30 rows each third is dead. */
static void given_rows(void)
{
	struct sink_attempt attempts[30];

	given_active_sink(&kit, THE_SINK, "tncompass");
	for (uint64_t i = 0; i < ARRAY_LEN(attempts); i++)
		attempts[i] =
			(struct sink_attempt){i + 1, "a",
					      i % 3 == 0 ? NOTIFICATION__DELIVERY__DELIVERY_REFUSED
							 : NOTIFICATION__DELIVERY__LATER,
					      0};
	ck_assert_int_eq(when_reported(&kit, THE_SINK,
				       &(struct sink_report){.through = 30,
							     .attempts = attempts,
							     .n_attempts = ARRAY_LEN(attempts)}),
			 CAIRN__STATUS__OK);
}

static const struct {
	const char *state;
	unsigned n;
} lists[] = {{"", 30}, {"dead", 10}, {"waiting", 20}, {"behind", 0}};

START_TEST(events_are_listed_page_by_page)
{
	Notification__ListSinkEvents list = NOTIFICATION__LIST_SINK_EVENTS__INIT;
	unsigned n = 0;

	given_rows();
	list.sink = pb_of_bytes(THE_SINK);
	list.limit = 7;
	list.state = arena_text(kit.arena, bytes_of_text(lists[_i].state));
	do {
		const Notification__SinkEventList *got =
			ask(NOTIFICATION__QUERY__BODY_LIST_SINK_EVENTS, &list)->sink_events;

		for (size_t i = 0; i < got->n_events; i++) {
			ck_assert_uint_gt(got->events[i]->seq, list.after);
			list.after = got->events[i]->seq;
			if (lists[_i].state[0] != '\0')
				ck_assert_str_eq(got->events[i]->state, lists[_i].state);
			ck_assert_str_eq(got->events[i]->why, "HTTP 503");
		}
		n += (unsigned)got->n_events;
		list.after = got->next;
	} while (list.after != 0);
	ck_assert_uint_eq(n, lists[_i].n);
}
END_TEST

START_TEST(a_list_that_cannot_be_is_refused)
{
	Notification__ListSinkEvents list = NOTIFICATION__LIST_SINK_EVENTS__INIT;

	given_active_sink(&kit, THE_SINK, "tncompass");
	ck_assert_ptr_null(ask(NOTIFICATION__QUERY__BODY_LIST_SINK_EVENTS, &list));
	list.sink = pb_of_bytes(OTHER_SINK);
	ck_assert_ptr_null(ask(NOTIFICATION__QUERY__BODY_LIST_SINK_EVENTS, &list));
	list.sink = pb_of_bytes(THE_SINK);
	list.state = arena_text(kit.arena, bytes_of_text("asleep"));
	ck_assert_ptr_null(ask(NOTIFICATION__QUERY__BODY_LIST_SINK_EVENTS, &list));
	list.state = arena_text(kit.arena, BYTES_NONE);
	list.after = UINT64_MAX;
	ck_assert_ptr_null(ask(NOTIFICATION__QUERY__BODY_LIST_SINK_EVENTS, &list));
}
END_TEST

START_TEST(a_secret_is_shown_and_the_look_is_on_record)
{
	Notification__GetSinkSecret get = NOTIFICATION__GET_SINK_SECRET__INIT;
	const Notification__Answer *answer;
	const Notification__Event *event, *last = NULL;

	given_sink(&kit, THE_SINK, "tncompass");
	get.sink = pb_of_bytes(THE_SINK);
	answer = ask(NOTIFICATION__QUERY__BODY_GET_SINK_SECRET, &get);
	ck_assert_ptr_nonnull(answer);
	ck_assert_int_eq(strncmp(answer->sink_secret->secret, "whsec_", 6), 0);
	ck_assert_uint_eq(strlen(answer->sink_secret->secret), 6 + 44);
	ck_assert_int_eq(strncmp(answer->sink_secret->public_key, "whpk_", 5), 0);
	ck_assert_str_eq(answer->sink_secret->old_secret, "");
	while ((event = (const Notification__Event *)kit_next_event(&kit, NULL)) != NULL)
		last = event;
	ck_assert_ptr_nonnull(last);
	ck_assert_int_eq(last->body_case, NOTIFICATION__EVENT__BODY_SINK_SECRET_SHOWN);
}
END_TEST

START_TEST(a_secret_whose_key_is_gone_is_said_to_be_gone)
{
	Notification__GetSinkSecret get = NOTIFICATION__GET_SINK_SECRET__INIT;
	struct sink_row row;
	struct id slot;

	given_sink(&kit, THE_SINK, "tncompass");
	row = sink_row_of(&kit, THE_SINK);
	slot = sink_secret_slot(BYTES_OF(row.secret));
	ENSURE(keyring_destroy(kit.caps.keyring, bytes_of_id(&slot)) == 0);
	get.sink = pb_of_bytes(THE_SINK);
	ck_assert_ptr_null(ask(NOTIFICATION__QUERY__BODY_GET_SINK_SECRET, &get));
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__REJECTED);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification query_sink");
	TCase *t = tcase_create("sinks");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_sink_tells_where_it_stands);
	tcase_add_loop_test(t, a_sink_that_stopped_says_why, 0, ARRAY_LEN(stops));
	tcase_add_test(t, all_sinks_are_listed);
	tcase_add_loop_test(t, events_are_listed_page_by_page, 0, ARRAY_LEN(lists));
	tcase_add_test(t, a_list_that_cannot_be_is_refused);
	tcase_add_test(t, a_secret_is_shown_and_the_look_is_on_record);
	tcase_add_test(t, a_secret_whose_key_is_gone_is_said_to_be_gone);
	suite_add_tcase(s, t);
	return s;
}
