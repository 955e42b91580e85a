/* What follows from what the daemon reports of deliveries, and what a report may not say. */
#include "services/notification/notification.h"
#include "services/notification/sinks/schedule.h"
#include "tests/support/sink_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define TAKEN NOTIFICATION__DELIVERY__TAKEN
#define LATER NOTIFICATION__DELIVERY__LATER
#define REFUSED_BY_IT NOTIFICATION__DELIVERY__DELIVERY_REFUSED
#define BEHIND NOTIFICATION__DELIVERY__BEHIND

static struct kit kit;

static void open_kit(void)
{
	kit_open(&kit, &notification_service);
	given_active_sink(&kit, THE_SINK, "tncompass");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static void report_one(uint64_t seq, Notification__Delivery delivery, int64_t not_before_us)
{
	ck_assert_int_eq(when_reported(&kit, THE_SINK,
				       &(struct sink_report){
					       .through = seq,
					       SINK_ATTEMPTS({seq, "a", delivery, not_before_us})}),
			 CAIRN__STATUS__OK);
}

static struct sink_row row(void)
{
	return sink_row_of(&kit, THE_SINK);
}

static struct sink_event event(uint64_t seq)
{
	return sink_event_of(&kit, THE_SINK, seq);
}

/* Past the time of the next try. */
static void let_it_be_due(uint64_t seq)
{
	kit_advance(&kit, event(seq).next_us - kit.now_us);
}

START_TEST(a_report_moves_the_cursor_and_counts)
{
	ck_assert_int_eq(
		when_reported(&kit, THE_SINK, &(struct sink_report){.through = 9, .taken = 5}),
		CAIRN__STATUS__OK);
	ck_assert_uint_eq(row().cursor, 9);
	ck_assert_uint_eq(row().taken, 5);
	ck_assert_uint_eq(row().head, 19);
	ck_assert_int_eq(row().success_us, kit.now_us);
	ck_assert_int_eq(row().failing_us, 0);
}
END_TEST

START_TEST(a_failed_one_waits_for_its_next_try)
{
	int64_t failed_us = kit.now_us;

	report_one(1, LATER, 0);
	ck_assert_uint_eq(event(1).state, SINK_EVENT_WAITING);
	ck_assert_uint_eq(event(1).tries, 1);
	ck_assert_uint_eq(event(1).code, 503);
	ck_assert_str_eq(event(1).why, "HTTP 503");
	ck_assert_int_ge(event(1).next_us, failed_us + 9 * US_PER_S / 2);
	ck_assert_int_le(event(1).next_us, failed_us + 11 * US_PER_S / 2);
	ck_assert_uint_eq(row().n_waiting, 1);
	ck_assert_int_eq(row().failing_us, failed_us);

	let_it_be_due(1);
	report_one(1, TAKEN, 0);
	ck_assert_uint_eq(event(1).state, 0);
	ck_assert_uint_eq(row().n_waiting, 0);
	ck_assert_uint_eq(row().taken, 1);
	ck_assert_int_eq(row().failing_us, 0);
}
END_TEST

START_TEST(the_other_side_may_ask_for_time_but_for_a_day_at_most)
{
	report_one(1, LATER, kit.now_us + US_PER_HOUR);
	ck_assert_int_eq(event(1).next_us, kit.now_us + US_PER_HOUR);
	report_one(2, LATER, kit.now_us + 400 * US_PER_DAY);
	ck_assert_int_eq(event(2).next_us, kit.now_us + US_PER_DAY);
	report_one(3, LATER, 1);
	ck_assert_int_gt(event(3).next_us, kit.now_us + US_PER_S);
}
END_TEST

START_TEST(after_the_tenth_try_it_is_dead_and_the_sink_is_failing)
{
	for (unsigned tries = 1; tries < SCHEDULE_TRIES; tries++) {
		report_one(1, LATER, 0);
		ck_assert_uint_eq(event(1).tries, tries);
		ck_assert_uint_eq(event(1).state, SINK_EVENT_WAITING);
		let_it_be_due(1);
	}
	ck_assert_uint_eq(row().state, SINK_ACTIVE);
	report_one(1, LATER, 0);
	ck_assert_uint_eq(event(1).state, SINK_EVENT_DEAD);
	ck_assert_uint_eq(row().state, SINK_PAUSED);
	ck_assert_uint_eq(row().stop, NOTIFICATION__SINK_STOP__FAILING);
	ck_assert_str_eq(row().why, "HTTP 503");
	ck_assert_uint_eq(row().n_dead, 1);

	/* What waits is tried at once, all of its tries anew; the dead one is a person's. */
	ENSURE(when_sink_resumed(&kit, THE_SINK) == CAIRN__STATUS__OK);
	ck_assert_uint_eq(row().state, SINK_NEW);
	ck_assert_uint_eq(event(1).state, SINK_EVENT_DEAD);
}
END_TEST

START_TEST(one_that_is_refused_is_dead_and_the_sink_goes_on)
{
	report_one(1, REFUSED_BY_IT, 0);
	ck_assert_uint_eq(event(1).state, SINK_EVENT_DEAD);
	ck_assert_uint_eq(row().state, SINK_ACTIVE);
	ck_assert_uint_eq(row().failed, 0);
}
END_TEST

START_TEST(too_many_that_are_refused_stop_the_sink)
{
	for (uint64_t seq = 1; seq <= SINK_DEAD_MOST; seq++) {
		ck_assert_uint_eq(row().state, SINK_ACTIVE);
		report_one(seq, REFUSED_BY_IT, 0);
	}
	ck_assert_uint_eq(row().stop, NOTIFICATION__SINK_STOP__TOO_MANY_DEAD);
}
END_TEST

START_TEST(one_behind_another_is_listed_and_was_not_tried)
{
	ck_assert_int_eq(
		when_reported(&kit, THE_SINK,
			      &(struct sink_report){.through = 2,
						    SINK_ATTEMPTS({1, "a", REFUSED_BY_IT, 0},
								  {2, "a", BEHIND, 0})}),
		CAIRN__STATUS__OK);
	ck_assert_uint_eq(event(2).state, SINK_EVENT_BEHIND);
	ck_assert_uint_eq(event(2).tries, 0);
	ck_assert_uint_eq(row().n_behind, 1);
}
END_TEST

/* Three failures in a row, and then one that is taken. */
static void given_down_and_up(void)
{
	ck_assert_int_eq(when_reported(&kit, THE_SINK,
				       &(struct sink_report){.through = 3,
							     SINK_ATTEMPTS({1, "a", LATER, 0},
									   {2, "b", LATER, 0},
									   {3, "c", LATER, 0})}),
			 CAIRN__STATUS__OK);
	kit_advance(&kit, 100);
	ck_assert_int_eq(
		when_reported(&kit, THE_SINK, &(struct sink_report){.through = 4, .taken = 1}),
		CAIRN__STATUS__OK);
}

START_TEST(a_success_after_three_failures_makes_all_due_and_a_try_before_its_time_does_not_count)
{
	int64_t due_us;

	given_down_and_up();
	ck_assert_int_eq(event(1).next_us, kit.now_us);
	ck_assert_int_eq(event(3).next_us, kit.now_us);
	due_us = event(1).due_us;
	ck_assert_int_gt(due_us, kit.now_us);
	report_one(1, LATER, 0);
	ck_assert_uint_eq(event(1).tries, 1);
	ck_assert_int_eq(event(1).next_us, due_us);
}
END_TEST

START_TEST(a_success_beside_one_failure_leaves_it_its_time)
{
	int64_t next_us;

	report_one(1, LATER, 0);
	next_us = event(1).next_us;
	ck_assert_int_eq(
		when_reported(&kit, THE_SINK, &(struct sink_report){.through = 2, .taken = 1}),
		CAIRN__STATUS__OK);
	ck_assert_int_eq(event(1).next_us, next_us);
}
END_TEST

/* ---- what a report may not say ---- */

static Notification__RecordDeliveries *sound_report(void)
{
	Notification__RecordDeliveries *m = arena_alloc(kit.arena, sizeof *m);
	Notification__DeliveryAttempt *a = arena_alloc(kit.arena, sizeof *a);

	notification__record_deliveries__init(m);
	notification__delivery_attempt__init(a);
	m->sink = pb_of_bytes(THE_SINK);
	m->through = 2;
	m->n_attempts = 1;
	m->attempts = arena_alloc(kit.arena, 2 * sizeof *m->attempts);
	m->attempts[0] = m->attempts[1] = a;
	a->seq = 1;
	a->event = pb_of_bytes(kit_name("event", "1"));
	a->subject = pb_of_bytes(kit_name("credential", "a"));
	a->delivery = LATER;
	return m;
}

static Cairn__Status report(Notification__RecordDeliveries *m)
{
	return when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_RECORD_DELIVERIES, m);
}

static void unknown_sink(Notification__RecordDeliveries *m)
{
	m->sink = pb_of_bytes(OTHER_SINK);
}
static void moved(Notification__RecordDeliveries *m)
{
	m->after = 1;
}
static void many(Notification__RecordDeliveries *m)
{
	m->taken = 3;
}
static void beyond(Notification__RecordDeliveries *m)
{
	m->attempts[0]->seq = 3;
}
static void twice(Notification__RecordDeliveries *m)
{
	m->n_attempts = 2;
}
static void zero(Notification__RecordDeliveries *m)
{
	m->attempts[0]->seq = 0;
}
static void no_event(Notification__RecordDeliveries *m)
{
	m->attempts[0]->event.len = 0;
}
static void no_subject(Notification__RecordDeliveries *m)
{
	m->attempts[0]->subject.len = 0;
}
static void no_outcome(Notification__RecordDeliveries *m)
{
	m->attempts[0]->delivery = 0;
}
static void slow(Notification__RecordDeliveries *m)
{
	m->retry_permille = 1001;
}
static void stopped(Notification__RecordDeliveries *m)
{
	m->stop = NOTIFICATION__SINK_STOP__BY_PERSON;
}
static void wordy(Notification__RecordDeliveries *m)
{
	char *why = arena_alloc(kit.arena, 1001);

	memset(why, 'x', 1000);
	why[1000] = '\0';
	m->attempts[0]->why = why;
}

static const struct {
	void (*spoil)(Notification__RecordDeliveries *m);
	Notification__Reason reason;
} refusals[] = {
	{unknown_sink, NOTIFICATION__REASON__UNKNOWN_SINK},
	{moved, NOTIFICATION__REASON__WRONG_STATE},
	{many, NOTIFICATION__REASON__BAD_VALUE},
	{beyond, NOTIFICATION__REASON__BAD_VALUE},
	{twice, NOTIFICATION__REASON__BAD_VALUE},
	{zero, NOTIFICATION__REASON__BAD_VALUE},
	{no_event, NOTIFICATION__REASON__BAD_VALUE},
	{no_subject, NOTIFICATION__REASON__BAD_VALUE},
	{no_outcome, NOTIFICATION__REASON__BAD_VALUE},
	{slow, NOTIFICATION__REASON__BAD_VALUE},
	{stopped, NOTIFICATION__REASON__BAD_VALUE},
	{wordy, NOTIFICATION__REASON__BAD_VALUE},
};

START_TEST(a_report_that_is_not_sound_is_refused_and_changes_nothing)
{
	Notification__RecordDeliveries *m = sound_report();

	refusals[_i].spoil(m);
	ck_assert_int_eq(report(m), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, refusals[_i].reason);
	ck_assert_uint_eq(row().cursor, 0);
	ck_assert_int_eq(report(sound_report()), CAIRN__STATUS__OK);
}
END_TEST

/* Skipped while it was on its way: what became of it comes too late to count. */
START_TEST(what_is_no_longer_listed_is_not_listed_again)
{
	Notification__SkipEvent skip = NOTIFICATION__SKIP_EVENT__INIT;

	report_one(1, LATER, 0);
	skip.sink = pb_of_bytes(THE_SINK);
	skip.seq = 1;
	skip.why = arena_text(kit.arena, bytes_of_text("by_hand"));
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_SKIP_EVENT, &skip),
			 CAIRN__STATUS__OK);
	report_one(1, LATER, 0);
	ck_assert_uint_eq(event(1).state, 0);
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_SKIP_EVENT, &skip),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EVENT);
}
END_TEST

START_TEST(a_handshake_is_kept_once_with_the_lower_rate)
{
	Notification__RecordHandshake m = NOTIFICATION__RECORD_HANDSHAKE__INIT;

	given_sink(&kit, OTHER_SINK, "other");
	m.sink = pb_of_bytes(OTHER_SINK);
	m.agreed = true;
	m.rate = 7;
	m.url = arena_printf(kit.arena, "%s", THE_URL);
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_RECORD_HANDSHAKE, &m),
			 CAIRN__STATUS__OK);
	ck_assert_uint_eq(sink_row_of(&kit, OTHER_SINK).rate, 7);
	ck_assert_int_eq(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_RECORD_HANDSHAKE, &m),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, NOTIFICATION__REASON__WRONG_STATE);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification decide_delivery");
	TCase *t = tcase_create("reports");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_report_moves_the_cursor_and_counts);
	tcase_add_test(t, a_failed_one_waits_for_its_next_try);
	tcase_add_test(t, the_other_side_may_ask_for_time_but_for_a_day_at_most);
	tcase_add_test(t, after_the_tenth_try_it_is_dead_and_the_sink_is_failing);
	tcase_add_test(t, one_that_is_refused_is_dead_and_the_sink_goes_on);
	tcase_add_test(t, too_many_that_are_refused_stop_the_sink);
	tcase_add_test(t, one_behind_another_is_listed_and_was_not_tried);
	tcase_add_test(
		t,
		a_success_after_three_failures_makes_all_due_and_a_try_before_its_time_does_not_count);
	tcase_add_test(t, a_success_beside_one_failure_leaves_it_its_time);
	tcase_add_loop_test(t, a_report_that_is_not_sound_is_refused_and_changes_nothing, 0,
			    ARRAY_LEN(refusals));
	tcase_add_test(t, what_is_no_longer_listed_is_not_listed_again);
	tcase_add_test(t, a_handshake_is_kept_once_with_the_lower_rate);
	suite_add_tcase(s, t);
	return s;
}
