/* Sinks at work: order, window, rate, and what they are told to do. */
#include "tests/support/sinks_kit.h"
#include "tests/support/suite.h"

#define MINUTE (60 * US_PER_S)

static struct sinks_play play;

static void setup(void)
{
	play_open(&play);
}

static void teardown(void)
{
	play_close(&play);
}

START_TEST(events_are_taken_in_order_with_one_report)
{
	given_events(&play, "abcdefghij");
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ck_assert_uint_eq(play.side.n_taken, 10);
	for (uint64_t i = 0; i < 10; i++)
		ck_assert_uint_eq(play.side.taken[i], i + 1);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 10);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).taken, 10);
	ck_assert_uint_eq(n_events_of(&play, NOTIFICATION__EVENT__BODY_SINK_ADVANCED), 1);
	given_events(&play, "k");
	advance(&play, 5 * US_PER_S);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 11);
}
END_TEST

START_TEST(a_target_that_does_not_agree_gets_nothing)
{
	play.side.greeting = NOTIFICATION__DELIVERY__DELIVERY_REFUSED;
	given_events(&play, "a");
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ck_assert_uint_eq(play.side.n_tries, 0);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).state, SINK_PAUSED);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).stop,
			  NOTIFICATION__SINK_STOP__NOT_AGREED);
	play.side.greeting = NOTIFICATION__DELIVERY__TAKEN;
	ENSURE(when_sink_resumed(&play.kit, THE_SINK) == CAIRN__STATUS__OK);
	settle(&play);
	ck_assert_uint_eq(play.side.n_taken, 1);
}
END_TEST

/* The yes is of the address that was asked. */
START_TEST(who_is_set_while_another_is_asked_is_asked_too)
{
	static const struct sink_finish yes = {.delivery = NOTIFICATION__DELIVERY__TAKEN};
	Notification__ChangeSink m = NOTIFICATION__CHANGE_SINK__INIT;

	play.side.greeting_held = true;
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ck_assert_uint_eq(play.side.n_greetings, 1);
	m.sink = sink_to_add(&play.kit, THE_SINK, "tn")->sink;
	m.sink->url = arena_printf(play.kit.arena, "https://elsewhere.example/hook");
	ENSURE(when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_CHANGE_SINK, &m) ==
	       CAIRN__STATUS__OK);
	play.side.greeted.finish(play.side.greeted.ctx, &yes);
	settle(&play);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).state, SINK_NEW);
	ck_assert_uint_eq(play.side.n_greetings, 2);
	ck_assert_str_eq(play.side.asked, "https://elsewhere.example/hook");
	play.side.greeted.finish(play.side.greeted.ctx, &yes);
	settle(&play);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).state, SINK_ACTIVE);
}
END_TEST

START_TEST(of_a_subject_one_is_on_its_way_and_others_go_beside_it)
{
	play.side.answers = NULL;
	given_events(&play, "aabca");
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ck_assert_uint_eq(play.side.n_held, 3);
	ck_assert(is_held(&play, 1) && is_held(&play, 3) && is_held(&play, 4));
	answer_held(&play, 1, NOTIFICATION__DELIVERY__TAKEN);
	settle(&play);
	ck_assert(is_held(&play, 2) && !is_held(&play, 5));
	answer_held(&play, 2, NOTIFICATION__DELIVERY__TAKEN);
	settle(&play);
	ck_assert(is_held(&play, 5));
}
END_TEST

START_TEST(while_all_wait_for_one_that_is_slow_nothing_is_done)
{
	play.side.answers = NULL;
	given_strangers(&play, 4);
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	for (uint64_t seq = 2; seq <= 4; seq++)
		answer_held(&play, seq, NOTIFICATION__DELIVERY__TAKEN);
	advance(&play, 3 * US_PER_S);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 0);
	ck_assert_int_gt(sinks_next_us(play.sinks), play.kit.now_us);
	answer_held(&play, 1, NOTIFICATION__DELIVERY__TAKEN);
	settle(&play);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 4);
}
END_TEST

START_TEST(no_more_than_so_many_are_on_their_way)
{
	play.side.answers = NULL;
	given_strangers(&play, 100);
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ck_assert_uint_eq(play.side.n_held, 8);
	answer_held(&play, 5, NOTIFICATION__DELIVERY__TAKEN);
	settle(&play);
	ck_assert_uint_eq(play.side.n_held, 8);
	ck_assert(is_held(&play, 9));
}
END_TEST

START_TEST(a_rate_is_kept)
{
	Notification__AddSink *ask = sink_to_add(&play.kit, THE_SINK, "tn");

	ask->sink->rate = 5;
	ENSURE(when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, ask) ==
	       CAIRN__STATUS__OK);
	given_strangers(&play, 60);
	go_on_until(&play, play.kit.now_us + 10 * US_PER_S);
	ck_assert_uint_ge(play.side.n_taken, 48);
	ck_assert_uint_le(play.side.n_taken, 52);
}
END_TEST

START_TEST(an_answer_is_told_to_issuance_before_the_event_counts_as_taken)
{
	struct id first;

	play.side.answer =
		(struct sink_answer){.given = true,
				     .accepted = true,
				     .posting = id_of_bytes(kit_name("posting", "the one")),
				     .reference = "TN-77",
				     .because = ""};
	play.stream.told_status = CAIRN__STATUS__STATUS_UNSPECIFIED; /* not answered yet */
	given_events(&play, "a");
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	advance(&play, 2 * US_PER_S);
	ck_assert_uint_eq(play.stream.n_told, 1);
	ck_assert(play.stream.told_accepted);
	ck_assert(bytes_equal(bytes_of_id(&play.stream.told_posting),
			      kit_name("posting", "the one")));
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 0);
	first = play.stream.told_id;

	/* Lost with it: delivered and told again, as the same command. */
	crash(&play);
	play.stream.told_status = CAIRN__STATUS__OK;
	settle(&play);
	ck_assert_uint_eq(play.side.tries[1], 2);
	ck_assert(id_equal(&first, &play.stream.told_id));
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 1);
}
END_TEST

START_TEST(what_was_taken_is_delivered_again_when_asked_for)
{
	Notification__RewindSink m = NOTIFICATION__REWIND_SINK__INIT;

	given_events(&play, "abc");
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ck_assert_int_eq(redeliver(&play, 2, 3), CAIRN__STATUS__OK);
	settle(&play);
	advance(&play, US_PER_S);
	ck_assert_uint_eq(play.side.n_taken, 5);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
	m.sink = pb_of_bytes(THE_SINK);
	m.to = 1;
	ck_assert_int_eq(when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_REWIND_SINK, &m),
			 CAIRN__STATUS__OK);
	settle(&play);
	advance(&play, US_PER_S);
	ck_assert_uint_eq(play.side.n_taken, 7);
	ck_assert_uint_eq(play.side.taken[5], 2);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 3);
}
END_TEST

/* A range is of the stream: what of it is not the sink's is passed by, as it was the first time. */
START_TEST(what_is_not_the_sinks_is_passed_by_when_a_range_is_asked_for)
{
	Notification__AddSink *ask = sink_to_add(&play.kit, THE_SINK, "tn");
	char type[] = "org.cairn.credential.*", *types[] = {type};
	unsigned tries;

	ask->sink->n_types = 1;
	ask->sink->types = types;
	play.stream.elsewhere[2] = play.stream.untyped[4] = true;
	given_events(&play, "abcde");
	ENSURE(when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, ask) ==
	       CAIRN__STATUS__OK);
	settle(&play);
	go_on_until(&play, play.kit.now_us + 2 * MINUTE);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 5);
	tries = play.side.n_tries;
	ck_assert_int_eq(redeliver(&play, 1, 5), CAIRN__STATUS__OK);
	go_on_until(&play, play.kit.now_us + 10 * US_PER_S);
	ck_assert_uint_eq(play.side.n_tries, tries + 3);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
}
END_TEST

/* What ended stays in hand until the engine has it, and a page that comes late needs its room. */
START_TEST(while_reports_are_not_taken_no_more_is_in_hand_than_there_is_room_for)
{
	unsigned tries;

	given_strangers(&play, 400);
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ck_assert_uint_eq(play.side.n_taken, 400);
	tries = play.side.n_tries;
	play.stream.pages_held = true;
	advance(&play, 6 * US_PER_S);
	ck_assert_uint_eq(play.stream.n_asked, 1);
	ck_assert_int_eq(redeliver(&play, 1, 400), CAIRN__STATUS__OK);
	given_strangers(&play, 100);
	engine_view_end(play.kit.engine);
	for (unsigned i = 0; i < 1000; i++)
		sinks_turn(play.sinks, play.kit.engine, play.kit.now_us);
	play.stream.pages_held = false;
	for (unsigned i = 0; i < 1000; i++)
		sinks_turn(play.sinks, play.kit.engine, play.kit.now_us);
	ck_assert_uint_le(play.side.n_tries - tries, RUN_ITEMS);
	settle(&play);
	go_on_until(&play, play.kit.now_us + MINUTE);
	ck_assert_uint_eq(play.side.n_taken, 900);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(a_sink_removed_under_way_leaves_nothing)
{
	play.side.answers = NULL;
	given_strangers(&play, 20);
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	ENSURE(when_sink_removed(&play.kit, THE_SINK) == CAIRN__STATUS__OK);
	settle(&play);
	answer_held(&play, 1, NOTIFICATION__DELIVERY__TAKEN);
	answer_held(&play, 2, NOTIFICATION__DELIVERY__LATER);
	settle(&play);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK), 0);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(a_cursor_that_the_stream_does_not_reach_stops_the_sink)
{
	Notification__AddSink *ask = sink_to_add(&play.kit, THE_SINK, "tn");

	ask->sink->from = 100;
	given_events(&play, "abc");
	ENSURE(when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_ADD_SINK, ask) ==
	       CAIRN__STATUS__OK);
	settle(&play);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).stop,
			  NOTIFICATION__SINK_STOP__OUT_OF_STREAM);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification sinks");
	TCase *t = tcase_create("sinks");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, events_are_taken_in_order_with_one_report);
	tcase_add_test(t, a_target_that_does_not_agree_gets_nothing);
	tcase_add_test(t, who_is_set_while_another_is_asked_is_asked_too);
	tcase_add_test(t, of_a_subject_one_is_on_its_way_and_others_go_beside_it);
	tcase_add_test(t, while_all_wait_for_one_that_is_slow_nothing_is_done);
	tcase_add_test(t, no_more_than_so_many_are_on_their_way);
	tcase_add_test(t, a_rate_is_kept);
	tcase_add_test(t, an_answer_is_told_to_issuance_before_the_event_counts_as_taken);
	tcase_add_test(t, what_was_taken_is_delivered_again_when_asked_for);
	tcase_add_test(t, what_is_not_the_sinks_is_passed_by_when_a_range_is_asked_for);
	tcase_add_test(t, while_reports_are_not_taken_no_more_is_in_hand_than_there_is_room_for);
	tcase_add_test(t, a_sink_removed_under_way_leaves_nothing);
	tcase_add_test(t, a_cursor_that_the_stream_does_not_reach_stops_the_sink);
	suite_add_tcase(s, t);
	return s;
}
