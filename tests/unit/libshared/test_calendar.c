/* Tests of business days: weekends, holidays, leap days and the days on which clocks change.
 * Moments were computed with another program's time zone code. */
#include "libshared/calendar.h"

#include "tests/support/suite.h"

#include <string.h>

#define S(seconds) (INT64_C(seconds) * US_PER_S)

static struct zones *zones;

static void open_zones(void)
{
	zones = zones_open(NULL);
	ck_assert_ptr_nonnull(zones);
}

static void close_zones(void)
{
	zones_close(&zones);
}

static Enrollment__Holiday holidays[8];
static Enrollment__Holiday *holiday_list[8];

static Enrollment__Calendar calendar(const char *zone, size_t n, const char *const *dates)
{
	Enrollment__Calendar c = ENROLLMENT__CALENDAR__INIT;

	for (size_t i = 0; i < n; i++) {
		enrollment__holiday__init(&holidays[i]);
		holidays[i].date = (char *)(uintptr_t)dates[i];
		holiday_list[i] = &holidays[i];
	}
	c.version = 1;
	c.time_zone = (char *)(uintptr_t)zone;
	c.n_holidays = n;
	c.holidays = holiday_list;
	return c;
}

static const char *const THANKSGIVING[] = {"2026-11-26", "2026-11-27", "2027-01-01"};

static int64_t day(const char *text)
{
	int64_t number;

	ck_assert_msg(day_of_text(text, &number), "%s", text);
	return number;
}

START_TEST(dates_go_to_day_numbers_and_back)
{
	static const struct {
		const char *text;
		int64_t number;
	} cases[] = {{"1970-01-01", 0},     {"1969-12-31", -1},    {"2000-02-29", 11016},
		     {"2026-11-26", 20783}, {"2028-02-29", 21243}, {"0001-01-01", -719162}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[11];

		ck_assert_int_eq(day(cases[i].text), cases[i].number);
		text_of_day(cases[i].number, text);
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

START_TEST(what_is_no_date_is_refused)
{
	static const char *const bad[] = {"",           "2026-11-2",  "2026-11-261", "2026/11/26",
					  "2026-13-01", "2026-00-10", "2026-04-31",  "2026-02-29",
					  "2100-02-29", "2026-01-00", "0000-01-01",  "2026-1a-01",
					  " 2026-1-01", "+026-01-01"};
	int64_t number;

	ck_assert_msg(!day_of_text(bad[_i], &number), "%s", bad[_i]);
}
END_TEST

START_TEST(weekdays_that_are_no_holiday_are_business_days)
{
	Enrollment__Calendar c = calendar("America/Chicago", 3, THANKSGIVING);

	ck_assert(is_business_day(&c, day("2026-11-25")));  /* Wednesday */
	ck_assert(!is_business_day(&c, day("2026-11-26"))); /* Thursday, a holiday */
	ck_assert(!is_business_day(&c, day("2026-11-28"))); /* Saturday */
	ck_assert(!is_business_day(&c, day("2026-11-29"))); /* Sunday */
	ck_assert(is_business_day(&c, day("2026-11-30")));
	ck_assert(is_business_day(&c, day("2028-02-29"))); /* a leap day, Tuesday */
}
END_TEST

START_TEST(a_deadline_ends_at_the_last_second_of_the_next_business_day)
{
	static const struct {
		const char *what, *zone;
		int64_t from_us;
		uint32_t n;
		int64_t due_us;
	} cases[] = {
		{"Tuesday near midnight there, Wednesday in UTC", "America/New_York", S(1767760200),
		 1, S(1767848399)},
		{"ten business days over two weekends", "America/New_York", S(1767760200), 10,
		 S(1768971599)},
		{"Friday before clocks go forward", "America/Chicago", S(1772830800), 1,
		 S(1773118799)},
		{"Friday before clocks go back", "America/Chicago", S(1793390400), 1,
		 S(1793685599)},
		{"over a holiday and the day after it", "America/Chicago", S(1795618800), 1,
		 S(1796104799)},
		{"onto the leap day", "America/Chicago", S(1835362800), 1, S(1835503199)},
		{"over the leap day", "America/Chicago", S(1835362800), 2, S(1835589599)},
		{"a day ahead of UTC", "Pacific/Auckland", S(1767733200), 1, S(1767869999)},
		{"midnight does not exist", "Africa/Cairo", S(1713945600), 1, S(1714082399)},
		{"the last hour comes twice", "Africa/Cairo", S(1730278800), 1, S(1730411999)},
	};
	Enrollment__Calendar c = calendar(cases[_i].zone, 3, THANKSGIVING);

	ck_assert_msg(business_deadline_us(zones, &c, cases[_i].from_us, cases[_i].n) ==
			      cases[_i].due_us,
		      "%s: got %lld, not %lld", cases[_i].what,
		      (long long)business_deadline_us(zones, &c, cases[_i].from_us, cases[_i].n),
		      (long long)cases[_i].due_us);
}
END_TEST

START_TEST(the_time_of_day_does_not_move_a_deadline)
{
	Enrollment__Calendar c = calendar("America/Chicago", 3, THANKSGIVING);
	int64_t midnight_us = S(1767679200); /* Tuesday 2026-01-06 00:00 there */
	int64_t due_us = business_deadline_us(zones, &c, midnight_us, 5);

	ck_assert_int_eq(business_deadline_us(zones, &c, midnight_us + US_PER_DAY - 1, 5), due_us);
	ck_assert_int_ne(business_deadline_us(zones, &c, midnight_us + US_PER_DAY, 5), due_us);
	ck_assert_int_ne(business_deadline_us(zones, &c, midnight_us - 1, 5), due_us);
}
END_TEST

START_TEST(each_fault_of_a_calendar_is_named)
{
	static const char *const no_date[] = {"2026-11-26", "2026-02-29"};
	static const char *const twice[] = {"2026-11-26", "2026-12-25", "2026-11-26"};
	Enrollment__Calendar sound = calendar("America/Chicago", 3, THANKSGIVING);

	ck_assert_ptr_null(calendar_fault(zones, &sound));
	Enrollment__Calendar nowhere = calendar("America/Nowhere", 0, NULL);
	ck_assert_ptr_nonnull(strstr(calendar_fault(zones, &nowhere), "zone"));
	Enrollment__Calendar undated = calendar("America/Chicago", 2, no_date);
	ck_assert_ptr_nonnull(strstr(calendar_fault(zones, &undated), "2026-11-26"));
	Enrollment__Calendar repeated = calendar("America/Chicago", 3, twice);
	ck_assert_ptr_nonnull(strstr(calendar_fault(zones, &repeated), "twice"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("calendar");
	TCase *tc = tcase_create("calendar");

	tcase_add_checked_fixture(tc, open_zones, close_zones);
	tcase_add_test(tc, dates_go_to_day_numbers_and_back);
	tcase_add_loop_test(tc, what_is_no_date_is_refused, 0, 14);
	tcase_add_test(tc, weekdays_that_are_no_holiday_are_business_days);
	tcase_add_loop_test(tc, a_deadline_ends_at_the_last_second_of_the_next_business_day, 0, 10);
	tcase_add_test(tc, the_time_of_day_does_not_move_a_deadline);
	tcase_add_test(tc, each_fault_of_a_calendar_is_named);
	suite_add_tcase(suite, tc);
	return suite;
}
