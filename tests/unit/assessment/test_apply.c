/* Tests of what events change: index rows and timers move with the submission, whichever way it
 * goes. */
#include "services/assessment/assessment.h"
#include "services/assessment/tables.h"

#include "libshared/timers.h"
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_lead_reader(&kit, "lea");
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* How often the submission stands in the index. */
static unsigned rows_in(unsigned table, struct bytes work)
{
	struct scan scan = scan_first(kit_view(&kit), table, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	unsigned n = 0;
	int64_t due_us;

	while (scan_next(&scan, &key, &val))
		n += bytes_equal(submission_of_key(key, &due_us), work);
	return n;
}

static bool timer_runs(struct bytes entity, uint16_t kind)
{
	int64_t due_us;

	return timer_due(kit_view(&kit), entity, kind, &due_us);
}

/* State, whether it waits, is listed, and is looked after. */
static void ck_stands(struct bytes work, const char *state, const bool waits_listed_watched[3])
{
	ck_assert_str_eq(state_of_work(&kit, work), state);
	ck_assert_msg(rows_in(WAITING, work) == waits_listed_watched[0], "%s: waiting", state);
	ck_assert_msg(rows_in(BY_STATE, work) == waits_listed_watched[1], "%s: listed", state);
	ck_assert_msg(timer_runs(work, TIMER_NO_READER) == waits_listed_watched[2], "%s: watched",
		      state);
}
#define STANDS(work, state, ...) ck_stands(work, state, (const bool[3]){__VA_ARGS__})

START_TEST(index_rows_and_timers_move_with_a_submission_to_its_end)
{
	struct bytes work = given_work(&kit, &(struct work){0}), reading = kit_id(&kit);
	struct submission row;

	STANDS(work, "queued", true, true, true);
	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	STANDS(work, "reading", false, true, false);
	ck_assert(timer_runs(reading, TIMER_LEASE));
	kit_advance(&kit, 72 * US_PER_HOUR);
	STANDS(work, "queued", true, true, true);
	ck_assert(!timer_runs(reading, TIMER_LEASE));
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	STANDS(work, "second_read", true, true, true);
	ck_assert(submission_get(kit_view(&kit), work, &row));
	ck_assert(bytes_equal(bytes_of_id(&row.first_reader), READER("ruth")));
	reading = take(&kit, "sol");
	STANDS(work, "second_read", false, true, false);
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes almost"), CAIRN__STATUS__OK);
	STANDS(work, "adjudication", false, true, false);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - yes"), CAIRN__STATUS__OK);
	STANDS(work, "released", false, false, false);
	ck_assert_uint_eq(submissions_in_state(kit_view(&kit), STATE_RELEASED), 1);
}
END_TEST

START_TEST(recalled_work_leaves_every_index_and_timer)
{
	struct bytes work = given_work(&kit, &(struct work){0}), reading = kit_id(&kit);

	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	when_work_recalled(&kit, work);
	STANDS(work, "left", false, false, false);
	ck_assert(!timer_runs(reading, TIMER_LEASE));
	work = given_work(&kit, &(struct work){.educator = "ben"});
	when_work_recalled(&kit, work);
	STANDS(work, "left", false, false, false);
	ck_assert_uint_eq(submissions_in_state(kit_view(&kit), STATE_LEFT), 2);
	ck_assert_uint_eq(submissions_in_state(kit_view(&kit), STATE_QUEUED), 0);
	ck_assert_uint_eq(submissions_in_state(kit_view(&kit), STATE_SCREENING), 0);
}
END_TEST

START_TEST(being_told_that_nobody_may_read_is_forgotten_when_somebody_does)
{
	struct bytes work;
	struct submission row;

	when_retired(&kit, "ruth");
	when_retired(&kit, "sol");
	when_retired(&kit, "lea");
	work = given_work(&kit, &(struct work){0});
	kit_advance(&kit, 60 * US_PER_S);
	ck_assert(submission_get(kit_view(&kit), work, &row));
	ck_assert_int_eq(row.no_reader, 1);
	given_reader(&kit, "tess");
	take(&kit, "tess");
	ck_assert(submission_get(kit_view(&kit), work, &row));
	ck_assert_int_eq(row.no_reader, 0);
}
END_TEST

START_TEST(the_version_of_an_entity_is_its_last_event)
{
	struct bytes work = given_work(&kit, &(struct work){0}), reading;
	uint64_t before = assessment_version(kit_view(&kit), work);

	ck_assert_uint_gt(before, 0);
	reading = take(&kit, "ruth");
	ck_assert_uint_gt(assessment_version(kit_view(&kit), work), before);
	ck_assert_uint_gt(assessment_version(kit_view(&kit), reading), before);
	ck_assert_uint_gt(assessment_version(kit_view(&kit), READER("ruth")), before);
	ck_assert_uint_gt(assessment_version(kit_view(&kit), kit_name("enrollment", "ana")), 0);
	ck_assert_uint_eq(assessment_version(kit_view(&kit), kit_id(&kit)), 0);
}
END_TEST

START_TEST(nothing_is_lost_when_the_service_starts_again)
{
	struct bytes work = given_work(&kit, &(struct work){0}), reading = take(&kit, "ruth");

	kit_reopen(&kit);
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__OK);
	kit_reopen(&kit);
	STANDS(work, "second_read", true, true, true);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "sol"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: apply");
	TCase *tc = tcase_create("apply");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, index_rows_and_timers_move_with_a_submission_to_its_end);
	tcase_add_test(tc, recalled_work_leaves_every_index_and_timer);
	tcase_add_test(tc, being_told_that_nobody_may_read_is_forgotten_when_somebody_does);
	tcase_add_test(tc, the_version_of_an_entity_is_its_last_event);
	tcase_add_test(tc, nothing_is_lost_when_the_service_starts_again);
	suite_add_tcase(suite, tc);
	return suite;
}
