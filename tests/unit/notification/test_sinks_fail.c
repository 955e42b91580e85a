/* Sinks whose other side does not take what comes: another try, dead events, a stop; and what a
 * crash loses. */
#include "services/notification/sinks/schedule.h"
#include "tests/support/sinks_kit.h"
#include "tests/support/suite.h"

#include <stdlib.h>

#define MINUTE (60 * US_PER_S)
#define SEEDS 20
#define SEEDS_LONG 300

static struct sinks_play play;

static void setup(void)
{
	play_open(&play);
}

static void teardown(void)
{
	play_close(&play);
}

START_TEST(one_that_is_tried_again_holds_back_its_subject_and_no_other)
{
	play.side.answers = NULL;
	given_events(&play, "aab");
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	answer_held(&play, 1, NOTIFICATION__DELIVERY__LATER);
	answer_held(&play, 3, NOTIFICATION__DELIVERY__TAKEN);
	advance(&play, US_PER_S);
	ck_assert_uint_eq(play.side.n_held, 0);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 3);
	ck_assert_uint_eq(sink_event_of(&play.kit, THE_SINK, 1).state, SINK_EVENT_WAITING);
	ck_assert_uint_eq(sink_event_of(&play.kit, THE_SINK, 2).state, SINK_EVENT_BEHIND);
	advance(&play, 6 * US_PER_S);
	ck_assert_uint_eq(play.side.n_held, 1);
	answer_held(&play, 1, NOTIFICATION__DELIVERY__TAKEN);
	settle(&play);
	answer_held(&play, 2, NOTIFICATION__DELIVERY__TAKEN);
	advance(&play, US_PER_S);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
	ck_assert_uint_eq(play.side.taken[1], 1);
	ck_assert_uint_eq(play.side.taken[2], 2);
}
END_TEST

static Notification__Delivery first_refused(uint64_t seq)
{
	return seq == 1 ? NOTIFICATION__DELIVERY__DELIVERY_REFUSED : NOTIFICATION__DELIVERY__TAKEN;
}

static Cairn__Status skip(uint64_t seq)
{
	Notification__SkipEvent m = NOTIFICATION__SKIP_EVENT__INIT;

	m.sink = pb_of_bytes(THE_SINK);
	m.seq = seq;
	m.why = arena_printf(play.kit.arena, "entered_by_hand");
	return when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_SKIP_EVENT, &m);
}

static void given_a_dead_one(void)
{
	play.side.answers = first_refused;
	given_events(&play, "aab");
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	go_on_until(&play, play.kit.now_us + 100 * US_PER_DAY);
	ck_assert_uint_eq(play.side.n_taken, 1);
	ck_assert_uint_eq(play.side.tries[1], 1);
	ck_assert_uint_eq(sink_event_of(&play.kit, THE_SINK, 1).state, SINK_EVENT_DEAD);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).state, SINK_ACTIVE);
}

START_TEST(a_dead_one_holds_back_its_subject_until_it_is_skipped)
{
	given_a_dead_one();
	ck_assert_int_eq(skip(1), CAIRN__STATUS__OK);
	settle(&play);
	advance(&play, US_PER_S);
	ck_assert_uint_eq(play.side.n_taken, 2);
	ck_assert_uint_eq(play.side.taken[1], 2);
	ck_assert_uint_eq(play.side.tries[1], 1);
}
END_TEST

START_TEST(one_that_is_skipped_while_it_is_read_is_not_delivered)
{
	given_a_dead_one();
	play.side.answers = all_taken;
	play.stream.rows_held = true;
	ck_assert_int_eq(redeliver(&play, 1, 1), CAIRN__STATUS__OK);
	settle(&play);
	ck_assert_int_eq(skip(1), CAIRN__STATUS__OK);
	play.stream.rows_held = false;
	settle(&play);
	advance(&play, US_PER_S);
	ck_assert_uint_eq(play.side.tries[1], 1);
	ck_assert_uint_eq(play.side.n_taken, 2);
	ck_assert_uint_eq(play.side.taken[1], 2);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(a_dead_one_holds_back_its_subject_until_it_is_delivered_after_all)
{
	given_a_dead_one();
	play.side.answers = all_taken;
	ck_assert_int_eq(redeliver(&play, 1, 1), CAIRN__STATUS__OK);
	settle(&play);
	advance(&play, US_PER_S);
	ck_assert_uint_eq(play.side.n_taken, 3);
	ck_assert_uint_eq(play.side.taken[1], 1);
	ck_assert_uint_eq(play.side.taken[2], 2);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(while_nothing_is_taken_little_is_read_and_written)
{
	uint64_t reads, seq;

	play.side.answers = all_later;
	given_strangers(&play, 500);
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	advance(&play, US_PER_S);
	ck_assert_uint_le(sink_row_of(&play.kit, THE_SINK).n_waiting, RUN_WAITING);
	ck_assert_uint_ge(sink_row_of(&play.kit, THE_SINK).n_waiting, RUN_WAITING - 8);
	seq = engine_durable_seq(play.kit.engine);
	reads = play.stream.n_reads;
	go_on_until(&play, play.kit.now_us + 3 * US_PER_S);
	ck_assert_uint_le(engine_durable_seq(play.kit.engine), seq + 2);
	ck_assert_uint_le(play.stream.n_reads, reads + 2);
	given_strangers(&play, 50);
	go_on_until(&play, play.kit.now_us + 6 * US_PER_S);
	ck_assert_uint_eq(sinks_head(play.sinks), 550); /* how far it lags is known all the same */
	go_on_until(&play, play.kit.now_us + 60 * US_PER_HOUR);
	ck_assert_uint_le(view_count(kit_view(&play.kit), SINK_EVENT), RUN_WAITING);
	ck_assert_uint_le(play.side.n_tries, RUN_WAITING * SCHEDULE_TRIES);

	/* It takes again: with one of them all go, and then all that came meanwhile. */
	play.side.answers = all_taken;
	go_on_until(&play, play.kit.now_us + 25 * US_PER_HOUR);
	ck_assert_uint_eq(play.side.n_taken, 550);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 550);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
}
END_TEST

START_TEST(one_success_makes_all_that_waits_due)
{
	play.side.answers = all_later;
	given_strangers(&play, 20);
	given_sink(&play.kit, THE_SINK, "tn");
	go_on_until(&play, play.kit.now_us + 40 * MINUTE); /* the next tries are two hours away */
	ck_assert_uint_eq(play.side.n_taken, 0);
	play.side.answers = all_taken;
	given_strangers(&play, 1);
	go_on_until(&play, play.kit.now_us + 10 * US_PER_S);
	ck_assert_uint_eq(play.side.n_taken, 21);
}
END_TEST

/* It said when: what it takes in between is no word against that. */
START_TEST(what_the_other_side_asked_to_wait_for_waits_although_it_takes_others)
{
	int64_t until_us = play.kit.now_us + 3 * US_PER_HOUR;

	play.side.answers = all_later;
	play.side.wait_until_us = until_us;
	given_strangers(&play, 20);
	given_sink(&play.kit, THE_SINK, "tn");
	go_on_until(&play, play.kit.now_us + MINUTE);
	play.side.answers = all_taken;
	given_strangers(&play, 1);
	go_on_until(&play, until_us - MINUTE);
	ck_assert_uint_eq(play.side.n_taken, 1);
	go_on_until(&play, until_us + MINUTE);
	ck_assert_uint_eq(play.side.n_taken, 21);
}
END_TEST

static Notification__Delivery first_later(uint64_t seq)
{
	return seq == 1 ? NOTIFICATION__DELIVERY__LATER : NOTIFICATION__DELIVERY__TAKEN;
}

/* It is not the sink that is down. */
START_TEST(one_that_alone_fails_keeps_its_times)
{
	play.side.answers = first_later;
	given_events(&play, "a");
	given_sink(&play.kit, THE_SINK, "tn");
	for (unsigned i = 0; i < 200; i++) {
		given_strangers(&play, 1);
		go_on_until(&play, play.kit.now_us + 10 * US_PER_S);
	}
	ck_assert_uint_eq(play.side.n_taken, 200);
	ck_assert_uint_le(play.side.tries[1], 4);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).state, SINK_ACTIVE);
}
END_TEST

START_TEST(after_the_last_try_the_sink_fails_and_stops)
{
	play.side.answers = all_later;
	given_events(&play, "ab");
	given_sink(&play.kit, THE_SINK, "tn");
	go_on_until(&play, play.kit.now_us + 100 * US_PER_HOUR);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).state, SINK_PAUSED);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).stop, NOTIFICATION__SINK_STOP__FAILING);
	ck_assert_uint_ge(play.side.tries[1] + play.side.tries[2], 19);
	play.side.n_tries = 0;
	go_on_until(&play, play.kit.now_us + 100 * US_PER_DAY);
	ck_assert_uint_eq(play.side.n_tries, 0);
}
END_TEST

static const struct {
	Notification__Delivery delivery;
	Notification__SinkStop stop;
} stops[] = {
	{NOTIFICATION__DELIVERY__GONE, NOTIFICATION__SINK_STOP__ENDPOINT_GONE},
	{NOTIFICATION__DELIVERY__UNSETTLED, NOTIFICATION__SINK_STOP__NOT_ACCEPTED},
};

START_TEST(a_sink_that_is_gone_or_unsettled_stops_at_once_and_loses_nothing)
{
	play.side.answers = NULL;
	given_strangers(&play, 20);
	given_sink(&play.kit, THE_SINK, "tn");
	settle(&play);
	answer_held(&play, 1, stops[_i].delivery);
	settle(&play);
	advance(&play, US_PER_S);
	while (play.side.n_held > 0) /* those that were on their way */
		answer_held(&play, play.side.held[0].seq, stops[_i].delivery);
	settle(&play);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).state, SINK_PAUSED);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).stop, stops[_i].stop);
	play.side.answers = all_taken;
	go_on_until(&play, play.kit.now_us + 30 * US_PER_DAY);
	ck_assert_uint_eq(play.side.n_taken, 0);
	ENSURE(when_sink_resumed(&play.kit, THE_SINK) == CAIRN__STATUS__OK);
	go_on_until(&play, play.kit.now_us + 10 * US_PER_S);
	ck_assert_uint_eq(play.side.n_taken, 20);
}
END_TEST

START_TEST(a_sink_that_does_not_answer_does_not_delay_another)
{
	play.side.answers = NULL;
	given_strangers(&play, 100);
	given_sink(&play.kit, THE_SINK, "silent");
	settle(&play);
	ck_assert_uint_eq(play.side.n_held, 8);
	play.side.answers = all_taken;
	given_sink(&play.kit, OTHER_SINK, "other");
	settle(&play);
	ck_assert_uint_eq(play.side.n_taken, 100);
	ck_assert_uint_eq(sink_row_of(&play.kit, OTHER_SINK).cursor, 100);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, 0);
}
END_TEST

/* A report that is refused for what it says would be refused for ever. */
START_TEST(a_report_that_is_refused_makes_no_storm)
{
	play.stream.nameless = 2;
	play.side.answers = all_later;
	given_events(&play, "abc");
	given_sink(&play.kit, THE_SINK, "tn");
	go_on_until(&play, play.kit.now_us + 5 * MINUTE);
	ck_assert_uint_ge(play.side.tries[2], 2);
	ck_assert_uint_le(play.side.tries[2], 6);
}
END_TEST

/* ---- by chance ---- */

static uint32_t chance;

static unsigned roll(unsigned n)
{
	chance = chance * 1664525u + 1013904223u;
	return (chance >> 16) % n;
}

static Notification__Delivery mostly_taken(uint64_t seq)
{
	(void)seq;
	switch (roll(8)) {
	case 0:
		return NOTIFICATION__DELIVERY__LATER;
	case 1:
		return NOTIFICATION__DELIVERY__DELIVERY_UNSPECIFIED; /* held */
	default:
		return NOTIFICATION__DELIVERY__TAKEN;
	}
}

/* Each was taken, and when it first was, all before it of its subject had been. */
static void check_order(void)
{
	bool taken[EVENTS_MOST + 1] = {false};

	for (size_t i = 0; i < play.side.n_taken; i++) {
		uint64_t seq = play.side.taken[i];

		ck_assert(!play.stream.elsewhere[seq]);
		for (uint64_t before = 1; before < seq; before++)
			ck_assert(taken[before] || play.stream.elsewhere[before] ||
				  play.stream.subject_of[before] != play.stream.subject_of[seq]);
		taken[seq] = true;
	}
	for (uint64_t seq = 1; seq <= play.stream.head; seq++)
		ck_assert(taken[seq] != play.stream.elsewhere[seq]);
}

/* What a person may ask for at any moment. */
static void meddle(void)
{
	Notification__RewindSink rewind = NOTIFICATION__REWIND_SINK__INIT;
	Notification__PauseSink pause = NOTIFICATION__PAUSE_SINK__INIT;
	unsigned cursor = (unsigned)sink_row_of(&play.kit, THE_SINK).cursor, what = roll(12);
	uint64_t first = 1 + roll(cursor + 1);

	rewind.sink = pause.sink = pb_of_bytes(THE_SINK);
	rewind.to = roll(cursor + 1);
	pause.why = arena_printf(play.kit.arena, "repair");
	if (what == 0)
		redeliver(&play, first, MIN(first + roll(40), (uint64_t)cursor));
	else if (what == 1)
		when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_PAUSE_SINK, &pause);
	else if (what == 2 || what == 3)
		when_sink_resumed(&play.kit, THE_SINK);
	else if (what == 4 && roll(3) == 0)
		when_of_sink(&play.kit, NOTIFICATION__COMMAND__BODY_REWIND_SINK, &rewind);
}

static void given_more(void)
{
	for (unsigned n = roll(8); n > 0; n--) {
		play.stream.subject_of[++play.stream.head] = roll(12);
		play.stream.elsewhere[play.stream.head] = roll(5) == 0;
	}
}

START_TEST(whatever_fails_and_crashes_nothing_is_lost_or_overtaken)
{
	chance = (uint32_t)_i + 1;
	play.side.answers = mostly_taken;
	given_sink(&play.kit, THE_SINK, "tn");
	for (unsigned step = 0; step < 60; step++) {
		given_more();
		meddle();
		go_on_until(&play, play.kit.now_us + (int64_t)roll(4) * US_PER_S);
		while (play.side.n_held > 4)
			answer_held(&play, play.side.held[roll((unsigned)play.side.n_held)].seq,
				    roll(2) ? NOTIFICATION__DELIVERY__TAKEN
					    : NOTIFICATION__DELIVERY__LATER);
		if (roll(10) == 0)
			crash(&play);
	}
	play.side.answers = all_taken;
	while (play.side.n_held > 0)
		answer_held(&play, play.side.held[0].seq, NOTIFICATION__DELIVERY__TAKEN);
	when_sink_resumed(&play.kit, THE_SINK);
	go_on_until(&play, play.kit.now_us + 30 * US_PER_HOUR);
	ck_assert_uint_eq(sink_row_of(&play.kit, THE_SINK).cursor, play.stream.head);
	ck_assert_uint_eq(view_count(kit_view(&play.kit), SINK_EVENT), 0);
	check_order();
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification sinks that fail");
	TCase *t = tcase_create("sinks");
	const char *is_long = getenv("CAIRN_LONG");
	int seeds = is_long != NULL && is_long[0] != '\0' ? SEEDS_LONG : SEEDS;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_that_is_tried_again_holds_back_its_subject_and_no_other);
	tcase_add_test(t, a_dead_one_holds_back_its_subject_until_it_is_skipped);
	tcase_add_test(t, one_that_is_skipped_while_it_is_read_is_not_delivered);
	tcase_add_test(t, a_dead_one_holds_back_its_subject_until_it_is_delivered_after_all);
	tcase_add_test(t, while_nothing_is_taken_little_is_read_and_written);
	tcase_add_test(t, one_success_makes_all_that_waits_due);
	tcase_add_test(t, what_the_other_side_asked_to_wait_for_waits_although_it_takes_others);
	tcase_add_test(t, one_that_alone_fails_keeps_its_times);
	tcase_add_test(t, after_the_last_try_the_sink_fails_and_stops);
	tcase_add_loop_test(t, a_sink_that_is_gone_or_unsettled_stops_at_once_and_loses_nothing, 0,
			    ARRAY_LEN(stops));
	tcase_add_test(t, a_sink_that_does_not_answer_does_not_delay_another);
	tcase_add_test(t, a_report_that_is_refused_makes_no_storm);
	tcase_add_loop_test(t, whatever_fails_and_crashes_nothing_is_lost_or_overtaken, 0, seeds);
	suite_add_tcase(s, t);
	return s;
}
