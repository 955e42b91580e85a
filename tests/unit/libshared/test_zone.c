/* Zones and days against glibc, at every change and at many moments between. */
#include "libshared/zone.h"

#include "libshared/zone_rule.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {
	"America/New_York",
	"America/Chicago",
	"America/Denver",
	"America/Los_Angeles",
	"America/Phoenix",
	"Pacific/Honolulu",
	"America/Adak",
	"America/Anchorage",
	"America/St_Johns",
	"Europe/London",
	"Europe/Dublin",
	"Europe/Berlin",
	"Australia/Lord_Howe",
	"Asia/Kathmandu",
	"America/Nuuk",
	"Africa/Casablanca",
	"Pacific/Apia",
	"Pacific/Kiritimati",
	"Antarctica/Troll",
	"Africa/Cairo",
	"America/Sao_Paulo",
	"Etc/GMT+5",
	"UTC",
	"Asia/Gaza",
	"America/Indiana/Knox",
	"Africa/Monrovia",
	"EST5EDT",
	"Asia/Tehran",
};

/* Rules that zones have had, and some that none has. */
static const char *const rules[] = {
	"EST5EDT,M3.2.0,M11.1.0",
	"CET-1CEST,M3.5.0,M10.5.0/3",
	"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
	"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
	"IST-1GMT0,M10.5.0,M3.5.0/1",
	"<+03>-3",
	"NZST-12NZDT,M9.5.0,M4.1.0/3",
	"EET-2EEST,M3.4.4/50,M10.4.4/50",
	"AAA3BBB,J60/0,J300/12:30:15",
	"AAA-3BBB,59/1,300",
	"AAA0BBB-2,M2.5.1,M12.5.6/24",
};

/* For the big loops: ck_assert() notes each place that it passes in a file. */
#define AGREE(cond, name, at)                                                                      \
	do {                                                                                       \
		if (!(cond))                                                                       \
			ck_abort_msg("%s at %lld: not %s", name, (long long)(at), #cond);          \
	} while (0)

static struct zones *zones;
static uint64_t random_state;

/* The same numbers in every run. */
static uint64_t next_random(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return random_state >> 16;
}

static void open_zones(void)
{
	zones = zones_open(NULL);
	ck_assert_ptr_nonnull(zones);
	random_state = 42;
}

static void close_zones(void)
{
	zones_close(&zones);
	unsetenv("TZ");
	tzset();
}

static void ask_glibc_about(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void assert_same_as_glibc(const struct zone *z, int64_t at_s)
{
	time_t at = (time_t)at_s;
	struct civil c = zone_civil(z, at_s * US_PER_S + 999999);
	struct tm tm;

	localtime_r(&at, &tm);
	AGREE(c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1 && c.day == tm.tm_mday,
	      getenv("TZ"), at_s);
	AGREE(c.hour == tm.tm_hour && c.minute == tm.tm_min && c.second == tm.tm_sec, getenv("TZ"),
	      at_s);
}

static int64_t moment_of(const char *name, struct civil c)
{
	const struct zone *z = zone_find(zones, name);

	ck_assert_ptr_nonnull(z);
	return zone_moment(z, c) / US_PER_S;
}

#define FROM_1880 INT64_C(-2840140800)
#define YEARS_S(n) ((n)*INT64_C(31556952))

static void compare_moments(const char *name)
{
	const struct zone *z = zone_find(zones, name);

	ck_assert_msg(z != NULL, "%s", name);
	ask_glibc_about(name);
	for (int i = 0; i < 2000; i++)
		assert_same_as_glibc(z, FROM_1880 + (int64_t)(next_random() % YEARS_S(400)));
}

START_TEST(any_moment_has_the_civil_time_of_glibc)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		compare_moments(names[i]);
}
END_TEST

/* Finds each change of glibc's offset by stepping a day and halving. */
static void compare_changes(const char *name)
{
	const struct zone *z = zone_find(zones, name);
	const int64_t step_s = 86400, end_s = FROM_1880 + YEARS_S(220);
	unsigned n_changes = 0;
	struct tm before, after;

	ck_assert_ptr_nonnull(z);
	ask_glibc_about(name);
	localtime_r(&(time_t){FROM_1880}, &before);
	for (time_t at = FROM_1880; at < end_s; at += step_s, before = after) {
		time_t low = at, high = at + step_s;
		struct tm middle_tm;

		localtime_r(&high, &after);
		if (before.tm_gmtoff == after.tm_gmtoff)
			continue;
		while (high - low > 1) {
			time_t middle = low + (high - low) / 2;

			localtime_r(&middle, &middle_tm);
			*(middle_tm.tm_gmtoff == before.tm_gmtoff ? &low : &high) = middle;
		}
		assert_same_as_glibc(z, low);
		assert_same_as_glibc(z, high);
		n_changes++;
	}
	if (strcmp(name, "America/New_York") == 0)
		ck_assert_uint_gt(n_changes, 200);
}

START_TEST(the_seconds_around_each_change_have_the_civil_time_of_glibc)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		compare_changes(names[i]);
}
END_TEST

static void go_back_and_forth(const char *name)
{
	const struct zone *z = zone_find(zones, name);

	for (int i = 0; i < 2000; i++) {
		int64_t at_s = FROM_1880 + (int64_t)(next_random() % YEARS_S(400));
		struct civil c = zone_civil(z, at_s * US_PER_S), again;
		int64_t moment_s = zone_moment(z, c) / US_PER_S;

		/* In a fold the first of two moments: never later, and the same civil time. */
		AGREE(moment_s <= at_s && moment_s >= at_s - 26 * 3600, name, at_s);
		again = zone_civil(z, moment_s * US_PER_S);
		AGREE(memcmp(&again, &c, sizeof c) == 0, name, at_s);
	}
}

START_TEST(a_civil_time_and_its_moment_go_back_and_forth)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		go_back_and_forth(names[i]);
}
END_TEST

START_TEST(a_rule_gives_the_civil_time_of_glibc)
{
	struct zone_rule rule;
	struct tm tm;

	ck_assert(zone_rule_of_text(rules[_i], &rule));
	ask_glibc_about(rules[_i]);
	for (int i = 0; i < 3000; i++) {
		time_t at = (time_t)(next_random() % YEARS_S(200));
		struct zone_span span = zone_rule_at(&rule, at);

		localtime_r(&at, &tm);
		AGREE(span.offset_s == tm.tm_gmtoff, rules[_i], at);
		if (span.until_s == INT64_MAX)
			continue;
		at = (time_t)span.until_s - 1;
		AGREE(zone_rule_at(&rule, at).until_s == span.until_s, rules[_i], at);
		localtime_r(&at, &tm);
		AGREE(tm.tm_gmtoff == span.offset_s, rules[_i], at);
		at++;
		localtime_r(&at, &tm);
		AGREE(tm.tm_gmtoff != span.offset_s, rules[_i], at);
	}
}
END_TEST

START_TEST(a_summer_without_end_never_ends)
{
	struct zone_rule rule;

	ck_assert(zone_rule_of_text("XXX3EDT4,0/0,J365/23", &rule)); /* RFC 8536, 3.3.1 */
	for (int i = 0; i < 20000; i++)
		AGREE(zone_rule_at(&rule, i * INT64_C(7919)).offset_s == -4 * 3600, "summer", i);
}
END_TEST

START_TEST(what_is_no_rule_is_refused)
{
	static const char *const bad[] = {
		"",
		"5",
		"E5",
		"EST",
		"EST25",
		"EST5EDT",
		"EST5EDT,",
		"<EST5",
		"<>5",
		"EST5:60",
		"EST5 ",
		"EST5EDT,M3.2.0",
		"EST5EDT,M13.1.0,M11.1.0",
		"EST5EDT,M3.6.0,M11.1.0",
		"EST5EDT,M3.2.7,M11.1.0",
		"EST5EDT,J0,J1",
		"EST5EDT,366,1",
		"EST5EDT,M3.2.0/168,M11.1.0",
		"EST5EDT,M3.2.0,M11.1.0x",
		"EST5EDT,M3.2.0,M11.1.0,",
		"EST--5",
	};
	struct zone_rule rule;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!zone_rule_of_text(bad[i], &rule), "%s", bad[i]);
}
END_TEST

/* Seconds by: date -u -d '2026-03-08 07:00' +%s, and so on. */
START_TEST(a_civil_time_in_a_gap_is_the_moment_at_which_it_ends)
{
	const char *name = "America/New_York";

	ck_assert_int_eq(moment_of(name, (struct civil){2026, 3, 8, 1, 59, 59}), 1772953199);
	ck_assert_int_eq(moment_of(name, (struct civil){2026, 3, 8, 2, 0, 0}), 1772953200);
	ck_assert_int_eq(moment_of(name, (struct civil){2026, 3, 8, 2, 30, 0}), 1772953200);
	ck_assert_int_eq(moment_of(name, (struct civil){2026, 3, 8, 2, 59, 59}), 1772953200);
	ck_assert_int_eq(moment_of(name, (struct civil){2026, 3, 8, 3, 0, 0}), 1772953200);
	ck_assert_int_eq(moment_of(name, (struct civil){2026, 3, 8, 3, 0, 1}), 1772953201);
}
END_TEST

START_TEST(a_civil_time_in_a_fold_is_the_first_of_its_moments)
{
	const char *name = "America/New_York";

	ck_assert_int_eq(moment_of(name, (struct civil){2026, 11, 1, 0, 59, 59}), 1793509199);
	ck_assert_int_eq(moment_of(name, (struct civil){2026, 11, 1, 1, 30, 0}), 1793511000);
	ck_assert_int_eq(moment_of(name, (struct civil){2026, 11, 1, 2, 0, 0}), 1793516400);
}
END_TEST

START_TEST(gaps_and_folds_beyond_the_listed_changes_follow_the_rule)
{
	/* The second Sunday of March and the first of November, 2150. */
	ck_assert_int_eq(moment_of("America/New_York", (struct civil){2150, 3, 8, 2, 30, 0}),
			 INT64_C(5686009200));
	ck_assert_int_eq(moment_of("America/New_York", (struct civil){2150, 11, 1, 1, 30, 0}),
			 INT64_C(5706567000));
}
END_TEST

/* Samoa had no 30 December 2011. */
START_TEST(a_day_that_was_skipped_is_the_moment_the_next_one_began)
{
	int64_t began = moment_of("Pacific/Apia", (struct civil){2011, 12, 31, 0, 0, 0});

	ck_assert_int_eq(began, 1325239200); /* date -u -d '2011-12-30 10:00' */
	ck_assert_int_eq(moment_of("Pacific/Apia", (struct civil){2011, 12, 30, 12, 0, 0}), began);
}
END_TEST

START_TEST(the_end_of_a_day_is_asked_as_its_last_second)
{
	/* TZ=Pacific/Honolulu date -d '2026-05-31 23:59:59' +%s */
	ck_assert_int_eq(moment_of("Pacific/Honolulu", (struct civil){2026, 5, 31, 23, 59, 59}),
			 1780307999);
}
END_TEST

START_TEST(a_civil_time_beyond_all_moments_is_the_last_one)
{
	const struct zone *z = zone_find(zones, "America/New_York");

	ck_assert(zone_moment(z, (struct civil){.year = 294248, .month = 1}) == INT64_MAX);
	ck_assert(zone_moment(z, (struct civil){.year = 2000000000, .month = 1}) == INT64_MAX);
	ck_assert(zone_moment(z, (struct civil){.year = -290309, .month = 1}) == INT64_MIN);
	ck_assert(zone_moment(z, (struct civil){.year = -2000000000, .month = 1}) == INT64_MIN);
	ck_assert_int_eq(zone_civil(z, INT64_MAX).year, 294247);
	ck_assert_int_eq(zone_civil(z, INT64_MIN).year, -290308);
}
END_TEST

START_TEST(a_zone_is_read_once)
{
	ck_assert_ptr_eq(zone_find(zones, "UTC"), zone_find(zones, "UTC"));
}
END_TEST

START_TEST(what_names_no_zone_finds_none)
{
	static const char *const bad[] = {"",
					  "Europe/Atlantis",
					  "/etc/passwd",
					  "../zoneinfo/UTC",
					  "Europe",
					  "tzdata.zi",
					  "UTC\n",
					  ("a234567890123456789012345678901234567890123456789012345"
					   "678901234")};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(zone_find(zones, bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

START_TEST(the_version_is_that_of_the_installed_tzdata)
{
	FILE *file = popen("sed -n '1s/# version //p' /usr/share/zoneinfo/tzdata.zi", "r");
	char version[32] = "";

	ck_assert_ptr_nonnull(file);
	if (fgets(version, sizeof version, file) == NULL)
		snprintf(version, sizeof version, "unknown");
	version[strcspn(version, "\n")] = '\0';
	pclose(file);
	ck_assert_str_eq(zones_version(zones), version);
}
END_TEST

START_TEST(without_a_folder_there_are_no_zones)
{
	ck_assert_ptr_null(zones_open("/nowhere/zoneinfo"));
}
END_TEST

static size_t read_zone_file(const char *name, uint8_t *content, size_t room)
{
	char path[128];
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	file = fopen(path, "rb");
	ck_assert_ptr_nonnull(file);
	len = fread(content, 1, room, file);
	fclose(file);
	return len;
}

/* A fresh folder with one zone in it, asked for and removed. */
static bool is_zone_of(const uint8_t *content, size_t len)
{
	char dir[] = "/tmp/cairn-zone-XXXXXX", path[64];
	struct zones *own;
	FILE *file;
	bool found;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/Zone", dir);
	file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(content, 1, len, file), len);
	fclose(file);
	own = zones_open(dir);
	ck_assert_ptr_nonnull(own);
	ck_assert_str_eq(zones_version(own), "unknown");
	const struct zone *z = zone_find(own, "Zone");
	found = z != NULL;
	if (found) /* whatever it says, it says something */
		zone_moment(z, zone_civil(z, (int64_t)next_random()));
	zones_close(&own);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	return found;
}

START_TEST(a_file_cut_anywhere_is_no_zone)
{
	static uint8_t content[8192];
	size_t len = read_zone_file("Pacific/Apia", content, sizeof content);

	ck_assert(is_zone_of(content, len));
	for (size_t cut = 0; cut < len; cut++)
		ck_assert_msg(!is_zone_of(content, cut), "cut at %zu", cut);
}
END_TEST

START_TEST(a_damaged_file_is_no_zone_or_a_wrong_one_but_does_no_harm)
{
	static uint8_t content[8192];
	size_t len = read_zone_file("Pacific/Apia", content, sizeof content);

	for (size_t i = 0; i < len; i++) {
		uint8_t was = content[i];

		content[i] = (uint8_t)next_random();
		is_zone_of(content, len);
		content[i] = was;
	}
}
END_TEST

START_TEST(days_and_dates_are_those_of_glibc)
{
	for (int i = 0; i < 20000; i++) {
		int64_t day = (int64_t)(next_random() % 4000000) - 2000000;
		time_t at = (time_t)(day * 86400);
		struct civil c = civil_of_day(day);
		struct tm tm;

		gmtime_r(&at, &tm);
		AGREE(c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1, "day", day);
		AGREE(c.day == tm.tm_mday && c.hour + c.minute + c.second == 0, "day", day);
		AGREE(day_of_civil(c.year, c.month, c.day) == day, "day", day);
		AGREE(weekday_of_day(day) == (tm.tm_wday + 6) % 7, "day", day);
	}
}
END_TEST

START_TEST(days_and_months_beyond_their_range_count_on)
{
	ck_assert_int_eq(day_of_civil(1970, 1, 1), 0);
	ck_assert_int_eq(day_of_civil(2026, 13, 1), day_of_civil(2027, 1, 1));
	ck_assert_int_eq(day_of_civil(2026, 0, 1), day_of_civil(2025, 12, 1));
	ck_assert_int_eq(day_of_civil(2026, -11, 1), day_of_civil(2025, 1, 1));
	ck_assert_int_eq(day_of_civil(2026, 1, 32), day_of_civil(2026, 2, 1));
	ck_assert_int_eq(day_of_civil(2028, 3, 0), day_of_civil(2028, 2, 29));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("zone");
	TCase *tcase = tcase_create("zone");

	tcase_add_checked_fixture(tcase, open_zones, close_zones);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, any_moment_has_the_civil_time_of_glibc);
	tcase_add_test(tcase, the_seconds_around_each_change_have_the_civil_time_of_glibc);
	tcase_add_test(tcase, a_civil_time_and_its_moment_go_back_and_forth);
	tcase_add_loop_test(tcase, a_rule_gives_the_civil_time_of_glibc, 0, ARRAY_LEN(rules));
	tcase_add_test(tcase, a_summer_without_end_never_ends);
	tcase_add_test(tcase, what_is_no_rule_is_refused);
	tcase_add_test(tcase, a_civil_time_in_a_gap_is_the_moment_at_which_it_ends);
	tcase_add_test(tcase, a_civil_time_in_a_fold_is_the_first_of_its_moments);
	tcase_add_test(tcase, gaps_and_folds_beyond_the_listed_changes_follow_the_rule);
	tcase_add_test(tcase, a_day_that_was_skipped_is_the_moment_the_next_one_began);
	tcase_add_test(tcase, the_end_of_a_day_is_asked_as_its_last_second);
	tcase_add_test(tcase, a_civil_time_beyond_all_moments_is_the_last_one);
	tcase_add_test(tcase, a_zone_is_read_once);
	tcase_add_test(tcase, what_names_no_zone_finds_none);
	tcase_add_test(tcase, the_version_is_that_of_the_installed_tzdata);
	tcase_add_test(tcase, without_a_folder_there_are_no_zones);
	tcase_add_test(tcase, a_file_cut_anywhere_is_no_zone);
	tcase_add_test(tcase, a_damaged_file_is_no_zone_or_a_wrong_one_but_does_no_harm);
	tcase_add_test(tcase, days_and_dates_are_those_of_glibc);
	tcase_add_test(tcase, days_and_months_beyond_their_range_count_on);
	suite_add_tcase(suite, tcase);
	return suite;
}
