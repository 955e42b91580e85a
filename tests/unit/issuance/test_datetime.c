/* Times as credentials write them. */
#include "tests/support/suite.h"

#include "services/issuance/documents/datetime.h"

/* Seconds computed with GNU date. */
static const struct {
	const char *text;
	int64_t seconds;
} moments[] = {
	{"1970-01-01T00:00:00Z", 0},          {"1999-12-31T23:59:59Z", 946684799},
	{"2000-02-29T12:00:00Z", 951825600},  {"2023-02-24T23:36:38Z", 1677281798},
	{"2024-02-29T00:00:00Z", 1709164800}, {"2026-01-15T17:05:00Z", 1768496700},
	{"2100-03-01T00:00:00Z", 4107542400}, {"9999-12-31T23:59:59Z", 253402300799},
};

START_TEST(a_moment_is_written_and_read_back)
{
	char text[DATETIME_LEN];
	int64_t us;

	ck_assert(datetime_text(moments[_i].seconds * US_PER_S + 999999, text));
	ck_assert_str_eq(text, moments[_i].text);
	ck_assert(datetime_parse(text, &us));
	ck_assert_int_eq(us, moments[_i].seconds * US_PER_S);
}
END_TEST

START_TEST(every_day_of_400_years_comes_back)
{
	char text[DATETIME_LEN];
	int64_t us = 0, day = 0;

	while (day < 146097 && datetime_text(day * US_PER_DAY, text) && datetime_parse(text, &us) &&
	       us == day * US_PER_DAY)
		day++;
	ck_assert_int_eq(day, 146097);
}
END_TEST

static const struct {
	const char *text;
	int64_t us;
} variants[] = {
	{"2026-01-15T17:05:00.5Z", INT64_C(1768496700500000)},
	{"2026-01-15T17:05:00.1234567Z", INT64_C(1768496700123456)},
	{"2026-01-15T18:05:00+01:00", INT64_C(1768496700000000)},
	{"2026-01-15T11:35:00-05:30", INT64_C(1768496700000000)},
};

START_TEST(fractions_and_offsets_are_read)
{
	int64_t us;

	ck_assert(datetime_parse(variants[_i].text, &us));
	ck_assert_int_eq(us, variants[_i].us);
}
END_TEST

static const char *const wrong[] = {
	"",
	"2026-01-15",
	"2026-01-15T17:05:00",
	"2026-01-15 17:05:00Z",
	"2026-02-29T00:00:00Z",
	"2026-04-31T00:00:00Z",
	"2026-13-01T00:00:00Z",
	"2026-00-01T00:00:00Z",
	"2026-01-15T24:00:00Z",
	"2026-01-15T17:60:00Z",
	"2026-01-15T17:05:60Z",
	"2026-01-15T17:05:00.Z",
	"2026-01-15T17:05:00z",
	"2026-01-15T17:05:00+0100",
	"2026-01-15T17:05:00Zx",
	"1969-12-31T23:59:59Z",
	"02026-01-15T17:05:00Z",
	"-026-01-15T17:05:00Z",
};

START_TEST(what_is_no_time_is_refused)
{
	int64_t us;

	ck_assert(!datetime_parse(wrong[_i], &us));
}
END_TEST

START_TEST(times_outside_1970_to_9999_are_not_written)
{
	char text[DATETIME_LEN];

	ck_assert(!datetime_text(-1, text));
	ck_assert(!datetime_text(INT64_C(253402300800) * US_PER_S, text));
	ck_assert(!datetime_text(INT64_MAX, text));
	ck_assert(!datetime_text(INT64_MIN, text));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("datetime");
	TCase *tcase = tcase_create("datetime");

	tcase_add_loop_test(tcase, a_moment_is_written_and_read_back, 0, (int)ARRAY_LEN(moments));
	tcase_add_test(tcase, every_day_of_400_years_comes_back);
	tcase_add_loop_test(tcase, fractions_and_offsets_are_read, 0, (int)ARRAY_LEN(variants));
	tcase_add_loop_test(tcase, what_is_no_time_is_refused, 0, (int)ARRAY_LEN(wrong));
	tcase_add_test(tcase, times_outside_1970_to_9999_are_not_written);
	suite_add_tcase(suite, tcase);
	return suite;
}
