/* Tests of an attempt's clock, and of due dates after a pause. */
#include "services/assessment/clock.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

#define DAY US_PER_DAY
#define HOUR US_PER_HOUR

static uint32_t roll(uint64_t *state, uint32_t n)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33) % n;
}

/* Whatever is done to it, in whatever order. */
START_TEST(running_plus_paused_is_what_has_elapsed)
{
	typedef void act_fn(struct clock * c, int64_t at_us);
	static act_fn *const acts[] = {clock_start,  clock_pause,  clock_resume, clock_pause,
				       clock_resume, clock_resume, clock_stop};
	uint64_t state = (uint64_t)_i + 1;
	struct clock c = {0};
	int64_t at_us = KIT_EPOCH_US;

	for (unsigned step = 0; step < 200; step++) {
		at_us += roll(&state, 1000000);
		/* It stops once in a while only. */
		acts[roll(&state, step % 50 == 49 ? 7 : 6)](&c, at_us);
		ck_assert_int_eq(clock_running_us(&c, at_us) + clock_paused_us(&c, at_us),
				 clock_elapsed_us(&c, at_us));
		ck_assert_int_ge(clock_running_us(&c, at_us), 0);
		ck_assert_int_ge(clock_paused_us(&c, at_us), 0);
	}
}
END_TEST

START_TEST(a_clock_that_has_stopped_says_the_same_for_ever)
{
	struct clock c = {0};

	clock_start(&c, 0);
	clock_pause(&c, 3 * HOUR);
	clock_resume(&c, 5 * HOUR);
	clock_stop(&c, 9 * HOUR);
	clock_resume(&c, 11 * HOUR);
	ck_assert_int_eq(clock_running_us(&c, 30 * HOUR), 7 * HOUR);
	ck_assert_int_eq(clock_paused_us(&c, 30 * HOUR), 2 * HOUR);
	ck_assert_int_eq(clock_elapsed_us(&c, 30 * HOUR), 9 * HOUR);
	ck_assert_uint_eq(c.pauses, 1);
}
END_TEST

/* Tuesday January 6, 2026, 09:15 in Nashville; the last second of a day there is 05:59:59 UTC of
 * the next. Monday the 19th is a holiday. */
#define TUESDAY_6 KIT_EPOCH_US
#define END_OF(day) (INT64_C(1767679199) * US_PER_S + (int64_t)((day)-5) * DAY)

static const struct {
	int64_t due_us, paused_us, resumed_us, after_us;
} pauses[] = {
	/* due Tuesday 13, five business days left: five after the resumption */
	{END_OF(13), TUESDAY_6, TUESDAY_6, END_OF(13)},
	{END_OF(13), TUESDAY_6, TUESDAY_6 + DAY, END_OF(14)},
	{END_OF(13), TUESDAY_6, TUESDAY_6 + 3 * DAY, END_OF(16)}, /* Friday 9 */
	{END_OF(13), TUESDAY_6, TUESDAY_6 + 4 * DAY, END_OF(16)}, /* Saturday 10 */
	{END_OF(13), TUESDAY_6, TUESDAY_6 + 7 * DAY, END_OF(21)}, /* Tuesday 13; over the 19th */
	/* due the day it is paused: on the day it goes on, or the next business day */
	{END_OF(6), TUESDAY_6, TUESDAY_6 + HOUR, END_OF(6)},
	{END_OF(6), TUESDAY_6, TUESDAY_6 + 4 * DAY, END_OF(12)},
	{END_OF(6), TUESDAY_6, TUESDAY_6 + 13 * DAY, END_OF(20)},
	/* overdue before: still overdue */
	{END_OF(5), TUESDAY_6, TUESDAY_6 + 4 * DAY, END_OF(5)},
};

START_TEST(as_many_business_days_are_left_after_a_pause_as_before_it)
{
	struct zones *zones = zones_open(NULL);

	ck_assert_int_eq(due_after_pause_us(zones, kit_calendar(), pauses[_i].due_us,
					    pauses[_i].paused_us, pauses[_i].resumed_us),
			 pauses[_i].after_us);
	zones_close(&zones);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: clock");
	TCase *tc = tcase_create("clock");

	tcase_add_loop_test(tc, running_plus_paused_is_what_has_elapsed, 0, 50);
	tcase_add_test(tc, a_clock_that_has_stopped_says_the_same_for_ever);
	tcase_add_loop_test(tc, as_many_business_days_are_left_after_a_pause_as_before_it, 0,
			    ARRAY_LEN(pauses));
	suite_add_tcase(suite, tc);
	return suite;
}
