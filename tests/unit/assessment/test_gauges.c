/* Tests of what a scrape tells of assessment. */
#include "services/assessment/gauges.h"

#include "services/assessment/tables.h"
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

static struct kit kit;
static struct metrics *metrics;

static void setup(void)
{
	reading_kit_open(&kit, "double-read");
	metrics = metrics_new("assessment", "1");
	ck_assert_uint_eq(metrics_add_table(metrics, assessment_metrics, N_ASSESSMENT_METRICS), 0);
}

static void teardown(void)
{
	metrics_destroy(&metrics);
	kit_close(&kit);
}

static void ck_told(const char *line)
{
	const char *text;

	assessment_measure(kit_view(&kit), kit.now_us, metrics, 0);
	text = arena_text(kit.arena, metrics_text(metrics, kit.arena));
	ck_assert_msg(strstr(text, line) != NULL, "not %s: %s", line, text);
}

START_TEST(what_waits_is_counted_by_state_and_late_only_past_its_date)
{
	struct submission row;
	struct bytes ben;

	given_work(&kit, &(struct work){.educator = "ana"});
	ben = given_work(&kit, &(struct work){.educator = "ben", .enrollment = "ben's"});
	ck_assert(submission_get(kit_view(&kit), ben, &row));
	ck_told("cairn_assessment_submissions_open{state=\"queued\"} 2\n");
	ck_told("cairn_assessment_overdue 0\n");
	ck_told("cairn_assessment_overdue_oldest_seconds 0.000000\n");
	kit_advance(&kit, row.due_us + 5 * US_PER_S - kit.now_us);
	ck_told("cairn_assessment_overdue 2\n");
	ck_told("cairn_assessment_overdue_oldest_seconds 5.000000\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gauges");
	TCase *t = tcase_create("gauges");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_waits_is_counted_by_state_and_late_only_past_its_date);
	suite_add_tcase(suite, t);
	return suite;
}
