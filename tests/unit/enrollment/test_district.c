/* Cohorts and tallies, and that nothing small shows through them. */
#include "services/enrollment/cells.h"
#include "services/enrollment/tables.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

#define COHORT_ID kit_name("cohort", "first")

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_orgs(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

static struct bytes given_at_school(unsigned n)
{
	struct bytes id = kit_id(&kit);
	Enrollment__RegisterEducator *ask =
		registration(&kit, id, arena_printf(kit.arena, "t%u", n));

	ask->school = pb_of_bytes(SCHOOL);
	ENSURE(register_educator(&kit, ask) == OK);
	return id;
}

/* ---- cells ---- */

static const struct {
	uint64_t counts[4];
	bool hidden[4];
} cells[] = {
	{{10, 20, 30, 40}, {false, false, false, false}},
	{{9, 20, 30, 40}, {true, true, false, false}}, /* alone it would follow from the total */
	{{0, 20, 30, 40}, {true, true, false, false}},
	{{3, 4, 30, 40}, {true, true, true, false}}, /* 7 together are still few */
	{{5, 5, 30, 40}, {true, true, false, false}},
	{{1, 2, 3, 4}, {true, true, true, true}},
	{{0, 0, 0, 40}, {true, true, true, true}},
};

START_TEST(small_cells_are_hidden_and_what_would_tell_of_them)
{
	bool hidden[4];

	cells_hide(cells[_i].counts, hidden, 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(hidden[i], cells[_i].hidden[i]);
}
END_TEST

/* Whatever the counts, nobody learns of fewer than ten from the total. */
START_TEST(no_difference_tells_of_fewer_than_ten)
{
	uint64_t seed = 42;

	for (unsigned round = 0; round < 2000; round++) {
		uint64_t counts[6], sum = 0;
		bool hidden[6];
		size_t n_hidden = 0;

		for (size_t i = 0; i < 6; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1;
			counts[i] = (seed >> 33) % 25;
		}
		cells_hide(counts, hidden, 6);
		for (size_t i = 0; i < 6; i++) {
			ck_assert(hidden[i] || counts[i] >= CELL_MIN);
			n_hidden += hidden[i];
			sum += hidden[i] ? counts[i] : 0;
		}
		ck_assert(n_hidden == 0 || n_hidden == 6 || (n_hidden >= 2 && sum >= CELL_MIN));
	}
}
END_TEST

/* ---- cohorts ---- */

static Cairn__Status open_cohort(struct bytes id, struct bytes district)
{
	Enrollment__OpenCohort ask = ENROLLMENT__OPEN_COHORT__INIT;

	ask.cohort = pb_of_bytes(id);
	ask.district = pb_of_bytes(district);
	ask.name = text_of(&kit, "First readers");
	return SEND_OP(&kit, OPEN_COHORT, open_cohort, &ask);
}

static Cairn__Status join(struct bytes educator)
{
	Enrollment__JoinCohort ask = ENROLLMENT__JOIN_COHORT__INIT;

	ask.cohort = pb_of_bytes(COHORT_ID);
	ask.educator = pb_of_bytes(educator);
	return SEND_OP(&kit, JOIN_COHORT, join_cohort, &ask);
}

static Cairn__Status leave(struct bytes educator)
{
	Enrollment__LeaveCohort ask = ENROLLMENT__LEAVE_COHORT__INIT;

	ask.cohort = pb_of_bytes(COHORT_ID);
	ask.educator = pb_of_bytes(educator);
	return SEND_OP(&kit, LEAVE_COHORT, leave_cohort, &ask);
}

static Cairn__Status close_cohort(void)
{
	Enrollment__CloseCohort ask = ENROLLMENT__CLOSE_COHORT__INIT;

	ask.cohort = pb_of_bytes(COHORT_ID);
	return SEND_OP(&kit, CLOSE_COHORT, close_cohort, &ask);
}

static const Enrollment__CohortAnswer *cohort(void)
{
	Enrollment__GetCohort ask = ENROLLMENT__GET_COHORT__INIT;

	ask.cohort = pb_of_bytes(COHORT_ID);
	ck_assert_int_eq(ASK(&kit, NOBODY, GET_COHORT, get_cohort, &ask), OK);
	return got_answer(&kit)->cohort;
}

START_TEST(a_cohort_has_educators_of_its_district_only)
{
	struct bytes member = given_at_school(1);

	ck_refused(join(member), UNKNOWN_COHORT);
	ck_refused(open_cohort(COHORT_ID, SCHOOL), UNKNOWN_ORG);
	ck_assert_int_eq(open_cohort(COHORT_ID, DISTRICT), OK);
	ck_refused(open_cohort(COHORT_ID, DISTRICT), ID_TAKEN);
	given_educator(&kit, ANA, "ana"); /* of no district */
	ck_refused(join(ANA), UNKNOWN_EDUCATOR);
	ck_refused(join(kit_id(&kit)), UNKNOWN_EDUCATOR);
	ck_assert_int_eq(join(member), OK);
	ck_assert_int_eq(join(member), OK);
	ck_assert_uint_eq(cohort()->members, 1);
	ck_assert_int_eq(leave(member), OK);
	ck_refused(leave(member), UNKNOWN_EDUCATOR);
	ck_assert_uint_eq(cohort()->members, 0);
	ck_assert_int_eq(close_cohort(), OK);
	ck_refused(join(member), COHORT_CLOSED);
	ck_refused(close_cohort(), COHORT_CLOSED);
}
END_TEST

START_TEST(progress_of_few_members_is_hidden)
{
	ck_assert_int_eq(open_cohort(COHORT_ID, DISTRICT), OK);
	for (unsigned i = 0; i < 9; i++) {
		struct bytes member = given_at_school(i);

		given_enrolled(&kit, member);
		ck_assert_int_eq(join(member), OK);
	}
	ck_assert_uint_eq(cohort()->n_progress, 1);
	ck_assert_str_eq(cohort()->progress[0]->code, "LIT-101");
	ck_assert(cohort()->progress[0]->working->is_hidden);
	ck_assert(cohort()->progress[0]->completed->is_hidden);
}
END_TEST

START_TEST(a_cohort_is_found_among_its_district_s)
{
	Enrollment__ListCohorts ask = ENROLLMENT__LIST_COHORTS__INIT;
	Enrollment__ListMembers members = ENROLLMENT__LIST_MEMBERS__INIT;

	ck_assert_int_eq(open_cohort(COHORT_ID, DISTRICT), OK);
	ck_assert_int_eq(join(given_at_school(1)), OK);
	ask.district = pb_of_bytes(DISTRICT);
	ck_assert_int_eq(ASK(&kit, NOBODY, LIST_COHORTS, list_cohorts, &ask), OK);
	ck_assert_uint_eq(got_answer(&kit)->cohorts->n_cohorts, 1);
	ck_assert_str_eq(got_answer(&kit)->cohorts->cohorts[0]->name, "First readers");
	members.cohort = pb_of_bytes(COHORT_ID);
	ck_assert_int_eq(ASK(&kit, NOBODY, LIST_MEMBERS, list_members, &members), OK);
	ck_assert_uint_eq(got_answer(&kit)->members->n_educators, 1);
}
END_TEST

/* ---- tallies ---- */

static const Enrollment__TallyAnswer *tallies(struct bytes org, uint32_t year)
{
	Enrollment__GetTallies ask = ENROLLMENT__GET_TALLIES__INIT;

	ask.org = pb_of_bytes(org);
	ask.year = year;
	ck_assert_int_eq(ASK(&kit, NOBODY, GET_TALLIES, get_tallies, &ask), OK);
	return got_answer(&kit)->tallies;
}

START_TEST(a_month_is_counted_when_it_is_over)
{
	const Enrollment__TallyAnswer *a;

	for (unsigned i = 0; i < 13; i++)
		given_enrolled(&kit, given_at_school(i)); /* in January 2026 */
	a = tallies(DISTRICT, 2025);
	ck_assert_uint_eq(a->n_months, 6);
	ck_assert(a->enrolled->is_hidden);
	kit_advance(&kit, 40 * US_PER_DAY);
	a = tallies(DISTRICT, 2025);
	ck_assert_uint_eq(a->n_months, 7);
	ck_assert_str_eq(a->months[6]->month, "2026-01");
	ck_assert_uint_eq(a->enrolled->count, 13);
	ck_assert_uint_eq(a->n_orgs, 1);
	ck_assert_uint_eq(a->orgs[0]->enrolled->count, 10); /* in steps of ten */
	ck_assert_uint_eq(a->step, 10);
	ck_assert_uint_eq(tallies(BYTES_NONE, 2025)->enrolled->count, 13);
	ck_assert_uint_eq(tallies(DISTRICT, 2024)->n_orgs, 0);
}
END_TEST

START_TEST(a_school_year_that_is_over_is_told_as_it_was)
{
	for (unsigned i = 0; i < 13; i++)
		given_enrolled(&kit, given_at_school(i));
	kit_advance(&kit, 200 * US_PER_DAY);
	ck_assert_uint_eq(tallies(DISTRICT, 2025)->n_months, 12);
	ck_assert_uint_eq(tallies(DISTRICT, 2025)->orgs[0]->enrolled->count, 13);
	ck_assert(tallies(DISTRICT, 2025)->completed->is_hidden);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("district");
	TCase *tc = tcase_create("district");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, small_cells_are_hidden_and_what_would_tell_of_them, 0,
			    ARRAY_LEN(cells));
	tcase_add_test(tc, no_difference_tells_of_fewer_than_ten);
	tcase_add_test(tc, a_cohort_has_educators_of_its_district_only);
	tcase_add_test(tc, progress_of_few_members_is_hidden);
	tcase_add_test(tc, a_cohort_is_found_among_its_district_s);
	tcase_add_test(tc, a_month_is_counted_when_it_is_over);
	tcase_add_test(tc, a_school_year_that_is_over_is_told_as_it_was);
	suite_add_tcase(suite, tc);
	return suite;
}
