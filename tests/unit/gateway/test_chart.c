/* Bars in a box: none leaves it, none shows what is hidden. */
#include "services/gateway/routes/chart.h"
#include "libshared/base.h"
#include "tests/support/suite.h"

#include <string.h>

static int64_t number(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static json_t *bar_at(json_t *chart, size_t i)
{
	return json_array_get(json_object_get(chart, "bars"), i);
}

START_TEST(bars_stand_on_the_base_and_keep_their_proportion)
{
	struct chart_bar bars[] = {{"2026-07", {40, 20}}, {"2026-08", {80, 0}}};
	json_t *chart = chart_of(bars, 2);
	const json_t *one = json_object_get(bar_at(chart, 0), "one");
	const json_t *two = json_object_get(bar_at(chart, 0), "two");

	ck_assert_int_eq(number(one, "y") + number(one, "h"), number(chart, "base"));
	ck_assert_int_le(2 * number(two, "h") - number(one, "h"), 1);
	ck_assert_int_ge(2 * number(two, "h") - number(one, "h"), -1);
	ck_assert_int_eq(number(json_object_get(bar_at(chart, 1), "two"), "h"), 0);
	json_decref(chart);
}
END_TEST

START_TEST(what_is_hidden_has_no_bar)
{
	struct chart_bar bars[] = {{"2026-07", {-1, 20}}, {"2026-08", {12, -1}}};
	json_t *chart = chart_of(bars, 2);

	ck_assert_ptr_null(json_object_get(bar_at(chart, 0), "one"));
	ck_assert_ptr_nonnull(json_object_get(bar_at(chart, 0), "two"));
	ck_assert_ptr_null(json_object_get(bar_at(chart, 1), "two"));
	json_decref(chart);
}
END_TEST

START_TEST(nothing_to_draw_is_no_chart)
{
	struct chart_bar hidden[] = {{"2026-07", {-1, -1}}}, many[CHART_BARS_MAX + 1] = {0};

	ck_assert_ptr_null(chart_of(NULL, 0));
	ck_assert_ptr_null(chart_of(hidden, 1));
	ck_assert_ptr_null(chart_of(many, CHART_BARS_MAX + 1));
}
END_TEST

static const int64_t highest[] = {1, 3, 4, 5, 99, 100, 101, 12345, INT64_C(1) << 50};

START_TEST(no_bar_leaves_the_box)
{
	struct chart_bar bars[CHART_BARS_MAX];
	json_t *chart;

	for (size_t i = 0; i < CHART_BARS_MAX; i++)
		bars[i] = (struct chart_bar){"m", {highest[_i], highest[_i] / (int64_t)(i + 1)}};
	chart = chart_of(bars, CHART_BARS_MAX);
	for (size_t i = 0; i < CHART_BARS_MAX; i++) {
		const json_t *two = json_object_get(bar_at(chart, i), "two");

		ck_assert_int_ge(number(two, "y"), 0);
		ck_assert_int_ge(number(two, "h"), 0);
		ck_assert_int_le(number(two, "x") + number(two, "w"), CHART_WIDTH);
	}
	json_decref(chart);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("chart");
	TCase *tc = tcase_create("chart");

	tcase_add_test(tc, bars_stand_on_the_base_and_keep_their_proportion);
	tcase_add_test(tc, what_is_hidden_has_no_bar);
	tcase_add_test(tc, nothing_to_draw_is_no_chart);
	tcase_add_loop_test(tc, no_bar_leaves_the_box, 0, ARRAY_LEN(highest));
	suite_add_tcase(suite, tc);
	return suite;
}
