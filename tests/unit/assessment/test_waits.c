/* Tests of waiting times in bins: what a percentile is off at most, and that bins add up. */
#include "services/assessment/waits.h"

#include "tests/support/suite.h"

#include <stdlib.h>

#define MINUTE (60 * US_PER_S)

static struct waits of(const int64_t *minutes, size_t n)
{
	static struct waits w;

	w = (struct waits){0};
	for (size_t i = 0; i < n; i++)
		waits_add(&w, wait_bin(minutes[i] * MINUTE), 1);
	return w;
}

START_TEST(below_an_hour_a_percentile_is_exact)
{
	static const int64_t minutes[] = {0, 1, 2, 3, 4, 5, 60, 61, 62, 63};
	struct waits w = of(minutes, ARRAY_LEN(minutes));

	ck_assert_uint_eq(waits_percentile(&w, 10), 0);
	ck_assert_uint_eq(waits_percentile(&w, 50), 4);
	ck_assert_uint_eq(waits_percentile(&w, 90), 62);
	ck_assert_uint_eq(waits_percentile(&w, 100), 63);
}
END_TEST

START_TEST(above_an_hour_a_time_is_told_to_within_a_64th)
{
	for (int64_t m = 64; m < 100000000; m += 1 + m / 97) {
		struct waits w = of(&m, 1);
		int64_t told = (int64_t)waits_percentile(&w, 50);

		ck_assert_msg(llabs(told - m) * 64 <= m, "%lld is told as %lld", (long long)m,
			      (long long)told);
	}
}
END_TEST

START_TEST(bins_are_in_the_order_of_times_and_end_with_the_last)
{
	unsigned before = 0;

	for (int64_t m = 0; m < 200000; m++) {
		unsigned bin = wait_bin(m * MINUTE);

		ck_assert_msg(bin == before || bin == before + 1, "%lld", (long long)m);
		before = bin;
	}
	ck_assert_uint_eq(wait_bin(INT64_MAX), WAIT_BINS - 1);
	ck_assert_uint_eq(wait_bin(-1), 0);
}
END_TEST

START_TEST(the_percentile_of_one_time_is_that_time)
{
	static const int64_t minutes[] = {17};
	struct waits w = of(minutes, 1);

	for (unsigned percent = 1; percent <= 100; percent++)
		ck_assert_uint_eq(waits_percentile(&w, percent), 17);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: waits");
	TCase *tc = tcase_create("waits");

	tcase_add_test(tc, below_an_hour_a_percentile_is_exact);
	tcase_add_test(tc, above_an_hour_a_time_is_told_to_within_a_64th);
	tcase_add_test(tc, bins_are_in_the_order_of_times_and_end_with_the_last);
	tcase_add_test(tc, the_percentile_of_one_time_is_that_time);
	suite_add_tcase(suite, tc);
	return suite;
}
