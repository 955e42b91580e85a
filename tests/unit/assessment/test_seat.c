/* Tests of how a seat is earned and kept: scores and thresholds at their edges. */
#include "services/assessment/decision.h"
#include "services/assessment/seat.h"

#include "libshared/zone.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define PASS 2

static struct arena *arena;

static void make_arena(void)
{
	arena = arena_new(1 << 16);
}

static void drop_arena(void)
{
	arena_destroy(&arena);
}

START_TEST(a_score_counts_agreement_on_pass_and_ratings_two_levels_off)
{
	static const struct {
		uint32_t said, is, agreed, far;
	} cases[] = {{2, 2, 1, 0}, {3, 2, 1, 0}, {1, 0, 1, 0}, {1, 2, 0, 0},
		     {2, 1, 0, 0}, {0, 2, 0, 1}, {2, 0, 0, 1}, {2, 4, 1, 1}};
	Assessment__RowRating rating = ASSESSMENT__ROW_RATING__INIT, *list[] = {&rating};
	struct score score;

	rating.ordinal = cases[_i].said;
	score = score_of(PASS, list, &cases[_i].is, 1);
	ck_assert_uint_eq(score.rows, 1);
	ck_assert_uint_eq(score.agreed, cases[_i].agreed);
	ck_assert_uint_eq(score.far, cases[_i].far);
}
END_TEST

START_TEST(a_percentage_is_reached_to_the_row)
{
	static const struct {
		uint32_t rows, agreed, percent;
		bool reached;
	} cases[] = {{1000, 799, 80, false}, {1000, 800, 80, true},
		     {1000, 801, 80, true},  {1000, 699, 70, false},
		     {1000, 700, 70, true},  {30, 23, 80, false},
		     {30, 24, 80, true},     {0, 0, 80, false},
		     {3, 3, 100, true},      {UINT32_MAX, UINT32_MAX, 100, true}};
	struct score score = {cases[_i].rows, cases[_i].agreed, 0};

	ck_assert(score_reaches(score, cases[_i].percent) == cases[_i].reached);
}
END_TEST

START_TEST(one_rating_two_levels_off_fails_a_calibration)
{
	ck_assert(calibration_passes((struct score){30, 24, 0}, 80));
	ck_assert(!calibration_passes((struct score){30, 23, 0}, 80));
	ck_assert(!calibration_passes((struct score){30, 30, 1}, 80));
	ck_assert(!calibration_passes((struct score){0, 0, 0}, 80));
}
END_TEST

START_TEST(readings_are_assigned_to_who_is_certified_or_on_watch)
{
	for (unsigned state = 0; state < SEAT_STATES; state++) {
		ck_assert(seat_stands(state) == (state == SEAT_CERTIFIED || state == SEAT_WATCH));
		ck_assert((seat_state_word(state)[0] == '\0') == (state == SEAT_NONE));
	}
	ck_assert_str_eq(seat_state_word(SEAT_STATES), "");
}
END_TEST

START_TEST(a_calibration_follows_training_suspension_the_end_or_comes_before_it)
{
	static const bool may[SEAT_STATES] = {
		[SEAT_TRAINING] = true,  [SEAT_CALIBRATING] = true, [SEAT_CERTIFIED] = true,
		[SEAT_SUSPENDED] = true, [SEAT_EXPIRED] = true,
	};

	for (unsigned state = 0; state < SEAT_STATES; state++)
		ck_assert(seat_may_calibrate(state) == may[state]);
}
END_TEST

/* Rows of the rubric: lit-101.r1 to r3, pass is "yes", 2. */
static Assessment__AnchorCompleted *completed(const uint32_t said[3], const uint32_t is[3])
{
	const Enrollment__Rubric *rubric = kit_entry()->rubric;
	Assessment__AnchorCompleted *c = arena_alloc(arena, sizeof *c);
	struct score score;

	assessment__anchor_completed__init(c);
	c->ratings = arena_alloc(arena, 3 * sizeof *c->ratings);
	c->truth = arena_alloc(arena, 3 * sizeof *c->truth);
	for (size_t i = 0; i < 3; i++) {
		c->ratings[i] = arena_alloc(arena, sizeof **c->ratings);
		assessment__row_rating__init(c->ratings[i]);
		c->ratings[i]->row = rubric->criteria[i]->code;
		c->ratings[i]->ordinal = said[i];
		c->truth[i] = is[i];
	}
	c->n_ratings = c->n_truth = 3;
	score = score_of(rubric->pass_ordinal, c->ratings, c->truth, 3);
	c->agreed = score.agreed;
	c->far = score.far;
	return c;
}

START_TEST(a_failed_calibration_names_the_rows_it_failed_on)
{
	Assessment__CalibrationFailed result = ASSESSMENT__CALIBRATION_FAILED__INIT;
	const Assessment__AnchorCompleted *read[] = {
		completed((uint32_t[]){2, 1, 0}, (uint32_t[]){2, 2, 2}),
		completed((uint32_t[]){2, 1, 2}, (uint32_t[]){2, 1, 2}),
	};

	calibration_result(kit_entry()->rubric, read, 2, arena, &result);
	ck_assert_uint_eq(result.anchors, 2);
	ck_assert_uint_eq(result.rows, 6);
	ck_assert_uint_eq(result.agreed, 4);
	ck_assert_uint_eq(result.far, 1);
	ck_assert_uint_eq(result.n_misses, 2);
	ck_assert_str_eq(result.misses[0]->row, "lit-101.r2");
	ck_assert_uint_eq(result.misses[0]->read, 2);
	ck_assert_uint_eq(result.misses[0]->missed, 1);
	ck_assert_uint_eq(result.misses[0]->far, 0);
	ck_assert_str_eq(result.misses[1]->row, "lit-101.r3");
	ck_assert_uint_eq(result.misses[1]->missed, 1);
	ck_assert_uint_eq(result.misses[1]->far, 1);
}
END_TEST

/* So many seeds of ten rows each, so many rows of which agree. */
static struct seed_window window_of(unsigned seeds, unsigned agreed)
{
	struct seed_window w = {0};

	for (unsigned i = 0; i < seeds; i++) {
		unsigned now = MIN(agreed, 10U);

		window_add(&w, (struct score){10, now, 0});
		agreed -= now;
	}
	return w;
}

static const struct drift_rules twenty = {20, 5, 80, 70};

START_TEST(a_full_window_below_eighty_percent_watches_and_below_seventy_suspends)
{
	static const struct {
		unsigned agreed;
		enum seat_state state;
	} cases[] = {{200, SEAT_CERTIFIED}, {160, SEAT_CERTIFIED}, {159, SEAT_WATCH},
		     {140, SEAT_WATCH},     {139, SEAT_SUSPENDED}, {0, SEAT_SUSPENDED}};
	struct seed_window w = window_of(20, cases[_i].agreed);

	ck_assert_int_eq(state_after_seed(SEAT_CERTIFIED, &w, &twenty), cases[_i].state);
	ck_assert_int_eq(state_after_seed(SEAT_WATCH, &w, &twenty), cases[_i].state);
}
END_TEST

START_TEST(four_seeds_are_not_judged_and_five_are)
{
	struct seed_window w = window_of(4, 0);

	ck_assert_int_eq(state_after_seed(SEAT_CERTIFIED, &w, &twenty), SEAT_CERTIFIED);
	ck_assert_int_eq(state_after_seed(SEAT_WATCH, &w, &twenty), SEAT_WATCH);
	window_add(&w, (struct score){10, 0, 0});
	ck_assert_int_eq(state_after_seed(SEAT_CERTIFIED, &w, &twenty), SEAT_SUSPENDED);
	w = window_of(5, 39);
	ck_assert_int_eq(state_after_seed(SEAT_CERTIFIED, &w, &twenty), SEAT_WATCH);
	w = window_of(5, 40);
	ck_assert_int_eq(state_after_seed(SEAT_WATCH, &w, &twenty), SEAT_CERTIFIED);
}
END_TEST

START_TEST(the_twenty_first_seed_ends_the_first)
{
	struct seed_window w = window_of(20, 160);

	ck_assert_uint_eq(w.agreed[0], 10);
	window_add(&w, (struct score){10, 9, 0});
	ck_assert_uint_eq(window_sum(&w, 20).rows, 200);
	ck_assert_uint_eq(window_sum(&w, 20).agreed, 159);
	ck_assert_int_eq(state_after_seed(SEAT_CERTIFIED, &w, &twenty), SEAT_WATCH);
}
END_TEST

START_TEST(a_window_holds_the_last_seeds_and_no_more)
{
	struct seed_window w = {0};

	for (unsigned i = 0; i < 3 * SEEDS_MAX; i++)
		window_add(&w, (struct score){3, i % 4, 0});
	ck_assert_uint_eq(w.n, SEEDS_MAX);
	ck_assert_uint_eq(w.agreed[SEEDS_MAX - 1], (3 * SEEDS_MAX - 1) % 4);
	ck_assert_uint_eq(window_sum(&w, 4).agreed, 0 + 1 + 2 + 3);
	ck_assert_uint_eq(window_sum(&w, UINT32_MAX).rows, 3 * SEEDS_MAX);
}
END_TEST

static int64_t at(int year, int month, int day)
{
	return day_of_civil(year, month, day) * US_PER_DAY + 5 * US_PER_HOUR;
}

START_TEST(a_certificate_of_twelve_months_ends_on_the_same_day_or_the_last_of_february)
{
	ck_assert_int_eq(months_after_us(at(2026, 11, 29), 12), at(2027, 11, 29));
	ck_assert_int_eq(months_after_us(at(2028, 2, 29), 12), at(2029, 2, 28));
	ck_assert_int_eq(months_after_us(at(2027, 2, 28), 12), at(2028, 2, 28));
	ck_assert_int_eq(months_after_us(at(2027, 12, 31), 12), at(2028, 12, 31));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: seat");
	TCase *tc = tcase_create("seat");

	tcase_add_checked_fixture(tc, make_arena, drop_arena);
	tcase_add_loop_test(tc, a_score_counts_agreement_on_pass_and_ratings_two_levels_off, 0, 8);
	tcase_add_loop_test(tc, a_percentage_is_reached_to_the_row, 0, 10);
	tcase_add_test(tc, one_rating_two_levels_off_fails_a_calibration);
	tcase_add_test(tc, readings_are_assigned_to_who_is_certified_or_on_watch);
	tcase_add_test(tc, a_calibration_follows_training_suspension_the_end_or_comes_before_it);
	tcase_add_loop_test(
		tc, a_full_window_below_eighty_percent_watches_and_below_seventy_suspends, 0, 6);
	tcase_add_test(tc, four_seeds_are_not_judged_and_five_are);
	tcase_add_test(tc, the_twenty_first_seed_ends_the_first);
	tcase_add_test(tc, a_window_holds_the_last_seeds_and_no_more);
	tcase_add_test(tc, a_failed_calibration_names_the_rows_it_failed_on);
	tcase_add_test(tc,
		       a_certificate_of_twelve_months_ends_on_the_same_day_or_the_last_of_february);
	suite_add_tcase(suite, tc);
	return suite;
}
