/* Tests of the forecast at its edges, and of the promise of a queue: who will be late, and when
 * more readings are asked for. */
#include "services/assessment/outlook.h"

#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define READINGS(n) ((n)*UINT64_C(1000))

/* ---- the forecast ---- */

static struct supply steady(uint64_t days, uint64_t a_day)
{
	struct supply s = {.seats = 10, .daily_cap = 8, .days = days};

	for (uint64_t i = 0; i < days; i++)
		s.done[i] = a_day;
	return s;
}

START_TEST(a_steady_pace_takes_as_long_as_the_work_divided_by_it)
{
	struct supply s = steady(5, 10);
	struct pace p = pace_of(&s);
	struct days d = days_of(&p, READINGS(100));

	ck_assert(p.is_recent);
	ck_assert_uint_eq(d.expected, 10);
	ck_assert_uint_eq(d.late, 10);
	ck_assert_uint_eq(days_of(&p, READINGS(100) + 1).expected, 11);
	ck_assert_uint_eq(days_of(&p, 1).expected, 1);
}
END_TEST

START_TEST(with_fewer_than_five_days_seen_it_is_a_quarter_of_what_the_seats_may_take)
{
	struct supply s = steady(4, 10);
	struct pace p = pace_of(&s);

	ck_assert(!p.is_recent);
	ck_assert_double_eq_tol(p.a_day, 20, 1e-9);
	ck_assert_double_eq_tol(p.deviation * p.deviation, 20, 1e-9);
}
END_TEST

START_TEST(no_pace_is_beyond_what_the_seats_may_take_now)
{
	struct supply s = steady(20, 10);

	s.seats = 1;
	ck_assert_double_eq_tol(pace_of(&s).a_day, 8, 1e-9);
	s.seats = 0;
	ck_assert_uint_eq(days_of(&(struct pace){.a_day = pace_of(&s).a_day}, 1000).expected,
			  FORECAST_NEVER);
}
END_TEST

START_TEST(the_late_day_is_the_one_by_which_the_work_is_done_in_95_of_100)
{
	const struct pace p = {.a_day = 10, .deviation = 5};

	/* 10 t - 8.224 sqrt(t) = 100 at t = 12.96 */
	ck_assert_uint_eq(days_of(&p, READINGS(100)).late, 13);
	for (uint64_t work = 1; work < 2000; work += 7) {
		struct days d = days_of(&p, READINGS(work));

		ck_assert_uint_ge(d.late, d.expected);
		ck_assert(p.a_day * d.late - 1.6448 * p.deviation * sqrt(d.late) >=
			  (double)work - 1e-6);
	}
}
END_TEST

/* ---- the queue ---- */

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static void given_queue(unsigned n)
{
	char name[24];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof name, "teacher-%u", i);
		given_work(&kit, &(struct work){.educator = name});
	}
}

static const Assessment__QueueAnswer *overdue(void)
{
	Assessment__GetQueue ask = ASSESSMENT__GET_QUEUE__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.overdue = true;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_QUEUE;
	query.get_queue = &ask;
	ENSURE(kit_ask(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)kit.answer)->queue;
}

/* One reader is taken to read 2 a day; each is read twice, and has 10 days. */
START_TEST(each_that_waits_has_a_date_and_those_that_will_miss_their_limit_are_listed)
{
	const Assessment__QueueAnswer *a;

	given_queue(12);
	a = queue_as_operator(&kit, "");
	ck_assert_uint_eq(a->n_outlooks, 1);
	ck_assert_str_eq(a->outlooks[0]->code, kit_entry()->code);
	ck_assert_uint_eq(a->outlooks[0]->waiting, 12);
	ck_assert_uint_eq(a->outlooks[0]->seats, 1);
	ck_assert_str_eq(a->outlooks[0]->pace_of, "seats");
	ck_assert_uint_eq(a->outlooks[0]->pace_permille, 2000);
	ck_assert_uint_eq(a->outlooks[0]->late, 2);
	ck_assert_uint_eq(a->outlooks[0]->needed_a_day, 3); /* 24 readings in 10 days */
	ck_assert_int_eq(a->outlooks[0]->sealed_now_us, kit.now_us + 13 * US_PER_DAY);
	ck_assert_int_gt(a->outlooks[0]->sealed_now_95_us, a->outlooks[0]->sealed_now_us);
	ck_assert_int_eq(a->rows[0]->expected_us, kit.now_us + US_PER_DAY);
	ck_assert_int_eq(a->rows[9]->expected_us, kit.now_us + 10 * US_PER_DAY);
	ck_assert_str_eq(a->rows[9]->late, "");
	ck_assert_str_eq(a->rows[10]->late, "forecast");
	a = overdue();
	ck_assert_uint_eq(a->n_rows, 2);
	ck_assert_int_eq(a->rows[1]->expected_us, kit.now_us + 12 * US_PER_DAY);
}
END_TEST

START_TEST(anybody_is_told_when_what_is_sealed_now_will_be_decided)
{
	Assessment__GetReport ask = ASSESSMENT__GET_REPORT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	const Assessment__ReportAnswer *a;

	ask.entry = pb_of_bytes(LIT_101);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_REPORT;
	query.get_report = &ask;
	given_queue(12);
	ck_assert_int_eq(ask_as(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	a = ((const Assessment__Answer *)kit.answer)->report;
	ck_assert_int_eq(a->sealed_now_us, kit.now_us + 13 * US_PER_DAY);
	when_retired(&kit, "ruth");
	ck_assert_int_eq(ask_as(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	a = ((const Assessment__Answer *)kit.answer)->report;
	ck_assert_int_eq(a->sealed_now_us, 0); /* nobody may read */
	ck_assert_int_eq(a->sealed_now_95_us, 0);
}
END_TEST

START_TEST(what_is_past_its_target_or_limit_is_listed_whether_it_waits_or_is_read)
{
	given_queue(2);
	kit_advance(&kit, 4 * US_PER_DAY);
	ck_assert_uint_eq(overdue()->n_rows, 0);
	take(&kit, "ruth");
	kit_advance(&kit, US_PER_DAY + 1);
	ck_assert_uint_eq(overdue()->n_rows, 2);
	ck_assert_str_eq(overdue()->rows[0]->late, "past_target");
	ck_assert_str_eq(overdue()->rows[1]->late, "past_target");
	ck_assert_uint_eq(overdue()->outlooks[0]->past_target, 1);
	kit_advance(&kit, 5 * US_PER_DAY);
	ck_assert_uint_eq(overdue()->n_rows, 2);
	ck_assert_str_eq(overdue()->rows[0]->late, "past_limit");
	ck_assert_uint_eq(overdue()->outlooks[0]->past_limit, 2); /* the lease is over */
}
END_TEST

START_TEST(the_pace_is_what_was_read_on_days_that_left_work_waiting)
{
	const Assessment__EntryOutlook *o;

	given_queue(12);
	for (unsigned day = 0; day < 6; day++) {
		kit_advance(&kit, US_PER_DAY);
		ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"),
				 CAIRN__STATUS__OK);
	}
	o = queue_as_operator(&kit, "")->outlooks[0];
	ck_assert_str_eq(o->pace_of, "recent");
	ck_assert_uint_eq(o->pace_permille, 1000);
}
END_TEST

/* ---- more readings ---- */

static const Assessment__Event *event_of(Assessment__Event__BodyCase kind)
{
	kit.seen_seq = 0;
	return next_of_kind(&kit, kind);
}

START_TEST(more_readings_are_asked_for_within_a_day_and_until_they_are_enough)
{
	static const char *const more[] = {"sol", "tess", "uma", "vic", "wes"};
	const Assessment__SurgeRequested *s;

	given_queue(20);
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_nonnull(event_of(ASSESSMENT__EVENT__BODY_SURGE_REQUESTED));
	s = event_of(ASSESSMENT__EVENT__BODY_SURGE_REQUESTED)->surge_requested;
	ck_assert_uint_eq(s->waiting, 20);
	ck_assert_uint_eq(s->late, 11);          /* 9 days are left for 18 readings */
	ck_assert_uint_eq(s->readings_a_day, 5); /* 40 in 9 days */
	ck_assert_int_gt(s->by_us, kit.now_us);
	ck_assert(queue_as_operator(&kit, "")->outlooks[0]->surge);
	for (size_t i = 0; i < ARRAY_LEN(more); i++)
		given_reader(&kit, more[i]);
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_nonnull(event_of(ASSESSMENT__EVENT__BODY_SURGE_ENDED));
	ck_assert_uint_eq(event_of(ASSESSMENT__EVENT__BODY_SURGE_ENDED)->surge_ended->late, 0);
	ck_assert(!queue_as_operator(&kit, "")->outlooks[0]->surge);
}
END_TEST

START_TEST(a_share_of_late_work_that_the_policy_allows_asks_for_nothing)
{
	struct outlook o = {.waiting = 100, .late = 5};

	ck_assert(!outlook_wants_surge(&o, 50));
	o.late = 6;
	ck_assert(outlook_wants_surge(&o, 50));
	o = (struct outlook){0};
	ck_assert(!outlook_wants_surge(&o, 50));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: forecast");
	TCase *forecast = tcase_create("forecast"), *queue = tcase_create("queue");

	tcase_add_test(forecast, a_steady_pace_takes_as_long_as_the_work_divided_by_it);
	tcase_add_test(forecast,
		       with_fewer_than_five_days_seen_it_is_a_quarter_of_what_the_seats_may_take);
	tcase_add_test(forecast, no_pace_is_beyond_what_the_seats_may_take_now);
	tcase_add_test(forecast, the_late_day_is_the_one_by_which_the_work_is_done_in_95_of_100);
	suite_add_tcase(suite, forecast);
	tcase_add_checked_fixture(queue, open_kit, close_kit);
	tcase_add_test(queue,
		       each_that_waits_has_a_date_and_those_that_will_miss_their_limit_are_listed);
	tcase_add_test(queue, anybody_is_told_when_what_is_sealed_now_will_be_decided);
	tcase_add_test(queue,
		       what_is_past_its_target_or_limit_is_listed_whether_it_waits_or_is_read);
	tcase_add_test(queue, the_pace_is_what_was_read_on_days_that_left_work_waiting);
	tcase_add_test(queue, more_readings_are_asked_for_within_a_day_and_until_they_are_enough);
	tcase_add_test(queue, a_share_of_late_work_that_the_policy_allows_asks_for_nothing);
	suite_add_tcase(suite, queue);
	return suite;
}
