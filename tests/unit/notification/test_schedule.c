/* The times between tries. */
#include "services/notification/sinks/schedule.h"
#include "tests/support/suite.h"

#define MINUTE (60 * US_PER_S)

static const int64_t delays_us[] = {0,
				    5 * US_PER_S,
				    5 * MINUTE,
				    30 * MINUTE,
				    2 * US_PER_HOUR,
				    5 * US_PER_HOUR,
				    10 * US_PER_HOUR,
				    14 * US_PER_HOUR,
				    20 * US_PER_HOUR,
				    24 * US_PER_HOUR};
_Static_assert(ARRAY_LEN(delays_us) == SCHEDULE_TRIES, "a delay between each two tries");

START_TEST(ten_tries_take_75_hours_and_35_minutes)
{
	int64_t sum_us = 0;

	for (unsigned tries = 1; tries < SCHEDULE_TRIES; tries++) {
		ck_assert_int_eq(schedule_delay_us(tries, 1000, 100), delays_us[tries]);
		sum_us += delays_us[tries];
	}
	ck_assert_int_eq(sum_us, 75 * US_PER_HOUR + 35 * MINUTE + 5 * US_PER_S);
}
END_TEST

START_TEST(jitter_moves_a_try_by_a_tenth_at_most)
{
	for (unsigned tries = 1; tries < SCHEDULE_TRIES; tries++) {
		ck_assert_int_eq(schedule_delay_us(tries, 1000, 0), delays_us[tries] / 10 * 9);
		ck_assert_int_eq(schedule_delay_us(tries, 1000, SCHEDULE_JITTER - 1),
				 delays_us[tries] / 10 * 11);
	}
}
END_TEST

START_TEST(a_scaled_schedule_is_in_proportion_and_never_at_once)
{
	for (unsigned tries = 1; tries < SCHEDULE_TRIES; tries++)
		ck_assert_int_eq(schedule_delay_us(tries, 1, 100), delays_us[tries] / 1000);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification schedule");
	TCase *t = tcase_create("schedule");

	tcase_add_test(t, ten_tries_take_75_hours_and_35_minutes);
	tcase_add_test(t, jitter_moves_a_try_by_a_tenth_at_most);
	tcase_add_test(t, a_scaled_schedule_is_in_proportion_and_never_at_once);
	suite_add_tcase(s, t);
	return s;
}
