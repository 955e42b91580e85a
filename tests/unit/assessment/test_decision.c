/* Tests of what completed readings come to: examples, and properties over random readings. */
#include "services/assessment/decision.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

#include <sodium.h>
#include <string.h>

#define ROWS 3

static const uint8_t key[32] = {1, 2, 3};

static struct arena *arena;

static void make_arena(void)
{
	ck_assert_int_ge(sodium_init(), 0);
	arena = arena_new(1 << 16);
}

static void drop_arena(void)
{
	arena_destroy(&arena);
}

static const Enrollment__Rubric *rubric(void)
{
	return kit_entry()->rubric; /* not_yet 0, almost 1, yes 2; pass is 2 */
}

/* One rating per row of the rubric; an ordinal of -1 leaves the row out. */
static Assessment__RowRating **ratings(const int ordinals[ROWS], uint32_t confidence, size_t *n_r)
{
	Assessment__RowRating **list = arena_zalloc(arena, ROWS * sizeof *list);

	*n_r = 0;
	for (size_t i = 0; i < ROWS; i++) {
		Assessment__RowRating *r = arena_alloc(arena, sizeof *r);

		if (ordinals[i] < 0)
			continue;
		assessment__row_rating__init(r);
		r->row = rubric()->criteria[i]->code;
		r->ordinal = (uint32_t)ordinals[i];
		r->confidence = confidence;
		list[(*n_r)++] = r;
	}
	return list;
}

static Assessment__ReadingCompleted *reading(const int ordinals[ROWS], uint32_t confidence)
{
	Assessment__ReadingCompleted *c = arena_alloc(arena, sizeof *c);

	assessment__reading_completed__init(c);
	c->ratings = ratings(ordinals, confidence, &c->n_ratings);
	return c;
}

static Assessment__AdjudicationCompleted *adjudication(const int ordinals[ROWS])
{
	Assessment__AdjudicationCompleted *a = arena_alloc(arena, sizeof *a);

	assessment__adjudication_completed__init(a);
	a->ratings = ratings(ordinals, 5, &a->n_ratings);
	return a;
}

static Assessment__DecisionMade *decide(const struct case_file *given)
{
	Assessment__DecisionMade *made = arena_alloc(arena, sizeof *made);
	struct case_file file = *given;

	assessment__decision_made__init(made);
	file.rubric = rubric();
	file.attempt = 1;
	file.decided_us = 1000;
	decision_make(&file, arena, made);
	return made;
}

#define READING(...) reading((const int[ROWS]){__VA_ARGS__}, 4)

/* ---- a second reading ---- */

static Assessment__SecondWhy why(const Enrollment__Profile *profile, bool sampled, bool borderline,
				 bool row_under_review)
{
	return second_why(profile, &(struct second_signs){.sampled = sampled,
							  .borderline = borderline,
							  .row_under_review = row_under_review});
}

START_TEST(a_profile_of_two_reads_always_asks_for_a_second)
{
	ck_assert_int_eq(why(kit_profile("double-read"), false, false, false),
			 ASSESSMENT__SECOND_WHY__PROFILE);
	ck_assert_int_eq(why(kit_profile("launch"), true, true, true),
			 ASSESSMENT__SECOND_WHY__LAUNCH);
}
END_TEST

START_TEST(a_standard_profile_asks_by_sample_then_by_a_row_under_review_then_by_borderline)
{
	const Enrollment__Profile *standard = kit_profile("standard");

	ck_assert_int_eq(why(standard, true, true, true), ASSESSMENT__SECOND_WHY__SAMPLE);
	ck_assert_int_eq(why(standard, true, false, false), ASSESSMENT__SECOND_WHY__SAMPLE);
	ck_assert_int_eq(why(standard, false, true, true),
			 ASSESSMENT__SECOND_WHY__ROW_UNDER_REVIEW);
	ck_assert_int_eq(why(standard, false, true, false), ASSESSMENT__SECOND_WHY__BORDERLINE);
	ck_assert_int_eq(why(standard, false, false, false),
			 ASSESSMENT__SECOND_WHY__WHY_UNSPECIFIED);
}
END_TEST

START_TEST(a_profile_without_the_trigger_does_not_ask_for_borderline_ones)
{
	Enrollment__Profile plain = *kit_profile("standard");

	plain.n_second_read_triggers = 0;
	ck_assert_int_eq(why(&plain, false, true, false), ASSESSMENT__SECOND_WHY__WHY_UNSPECIFIED);
	ck_assert_int_eq(why(&plain, false, true, true), ASSESSMENT__SECOND_WHY__ROW_UNDER_REVIEW);
}
END_TEST

START_TEST(borderline_is_low_confidence_or_exactly_one_row_below_pass)
{
	static const struct {
		int ordinals[ROWS];
		uint32_t confidence;
		bool borderline;
	} cases[] = {
		{{2, 2, 2}, 3, false}, {{2, 2, 2}, 2, true},   {{2, 2, 1}, 3, true},
		{{0, 2, 2}, 5, true},  {{0, 2, 1}, 5, false},  {{0, 0, 0}, 5, false},
		{{0, 0, 0}, 1, true},  {{-1, -1, 1}, 4, true}, {{-1, -1, 2}, 4, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_msg(is_borderline(rubric(),
					    reading(cases[i].ordinals, cases[i].confidence),
					    3) == cases[i].borderline,
			      "case %zu", i);
}
END_TEST

START_TEST(the_sample_says_the_same_of_a_submission_whenever_it_is_asked)
{
	for (unsigned i = 0; i < 1000; i++) {
		struct id id = {{0}};

		put_u32_be(id.b, i);
		ck_assert_int_eq(in_sample(key, bytes_of_id(&id), 200),
				 in_sample(key, bytes_of_id(&id), 200));
		ck_assert(!in_sample(key, bytes_of_id(&id), 0));
		ck_assert(in_sample(key, bytes_of_id(&id), 1000));
	}
}
END_TEST

/* 20,000 draws at 0.2: the standard deviation is 57, so 4,000 +- 350 is beyond six of them. */
START_TEST(the_sample_is_as_large_as_the_profile_says_and_depends_on_the_key)
{
	static const uint8_t other[32] = {9};
	unsigned n = 0, differ = 0;

	for (unsigned i = 0; i < 20000; i++) {
		struct id id = {{0}};

		put_u32_be(id.b + 4, i);
		n += in_sample(key, bytes_of_id(&id), 200);
		differ += in_sample(key, bytes_of_id(&id), 200) !=
			  in_sample(other, bytes_of_id(&id), 200);
	}
	ck_assert_uint_ge(n, 3650);
	ck_assert_uint_le(n, 4350);
	ck_assert_uint_gt(differ, 5000);
}
END_TEST

START_TEST(what_is_in_a_small_sample_is_in_every_larger_one)
{
	for (unsigned i = 0; i < 2000; i++) {
		struct id id = {{0}};

		put_u32_be(id.b, i * 77);
		if (in_sample(key, bytes_of_id(&id), 100))
			ck_assert(in_sample(key, bytes_of_id(&id), 300));
	}
}
END_TEST

/* ---- two readings ---- */

START_TEST(readings_that_differ_in_pass_or_by_two_levels_are_disputed)
{
	static const struct {
		int first, second;
		size_t n;
	} cases[] = {{2, 2, 0}, {1, 2, 1}, {2, 1, 1}, {0, 2, 1}, {0, 1, 0}, {1, 0, 0}, {0, 0, 0}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *rows[ROWS];

		ck_assert_uint_eq(disputed_rows(rubric(), READING(2, cases[i].first, 2),
						READING(2, cases[i].second, 2), rows),
				  cases[i].n);
		if (cases[i].n == 1)
			ck_assert_str_eq(rows[0], "lit-101.r2");
	}
}
END_TEST

START_TEST(two_levels_apart_below_pass_are_disputed_on_a_longer_scale)
{
	Enrollment__Rubric four = *rubric();
	char *rows[ROWS];

	four.pass_ordinal = 3;
	ck_assert_uint_eq(disputed_rows(&four, READING(0, 1, 2), READING(2, 2, 2), rows), 1);
	ck_assert_str_eq(rows[0], "lit-101.r1");
}
END_TEST

/* ---- the decision ---- */

START_TEST(one_reading_decides_row_by_row)
{
	Assessment__DecisionMade *made = decide(&(struct case_file){.first = READING(2, 1, 2)});

	ck_assert(!made->passed);
	ck_assert_uint_eq(made->reads, 1);
	ck_assert_str_eq(made->rule, "one_read");
	ck_assert_uint_eq(made->n_rows, ROWS);
	ck_assert(made->rows[0]->met && !made->rows[1]->met && made->rows[2]->met);
	ck_assert_int_eq(made->rows[0]->met_us, 1000);
	ck_assert_int_eq(made->rows[1]->met_us, 0);
	ck_assert(decide(&(struct case_file){.first = READING(2, 2, 2)})->passed);
}
END_TEST

START_TEST(where_readings_agree_the_lower_level_stands)
{
	Assessment__DecisionMade *made =
		decide(&(struct case_file){.first = READING(2, 1, 0), .second = READING(2, 0, 1)});

	ck_assert_str_eq(made->rule, "reads_agree");
	ck_assert_uint_eq(made->reads, 2);
	ck_assert_uint_eq(made->rows[0]->ordinal, 2);
	ck_assert_uint_eq(made->rows[1]->ordinal, 0);
	ck_assert_uint_eq(made->rows[2]->ordinal, 0);
}
END_TEST

START_TEST(the_lead_decides_the_disputed_rows_and_no_others)
{
	Assessment__DecisionMade *made =
		decide(&(struct case_file){.first = READING(2, 1, 2),
					   .second = READING(2, 2, 2),
					   .adjudication = adjudication((const int[]){-1, 2, -1})});

	ck_assert(made->passed);
	ck_assert_str_eq(made->rule, "adjudicated");
	ck_assert_uint_eq(made->reads, 2);
}
END_TEST

START_TEST(kept_rows_count_as_met_and_say_when)
{
	Assessment__RowResult kept[2];
	Assessment__RowResult *list[] = {&kept[0], &kept[1]};

	for (size_t i = 0; i < 2; i++) {
		assessment__row_result__init(&kept[i]);
		kept[i].row = rubric()->criteria[i]->code;
		kept[i].ordinal = 2;
		kept[i].met = kept[i].kept = true;
		kept[i].attempt = 7;
		kept[i].met_us = 42;
	}
	Assessment__DecisionMade *made = decide(&(struct case_file){
		.first = READING(-1, -1, 2), .kept = list, .n_kept = ARRAY_LEN(list)});

	ck_assert(made->passed);
	ck_assert(made->rows[0]->kept && made->rows[1]->kept && !made->rows[2]->kept);
	ck_assert_int_eq(made->rows[0]->met_us, 42);
	ck_assert_uint_eq(made->rows[0]->attempt, 7);
	ck_assert_uint_eq(made->rows[2]->attempt, 1);
}
END_TEST

START_TEST(a_row_that_is_neither_rated_nor_kept_is_not_met)
{
	Assessment__DecisionMade *made = decide(&(struct case_file){.first = READING(2, 2, -1)});

	ck_assert(!made->passed);
	ck_assert(!made->rows[2]->met);
}
END_TEST

/* ---- properties ---- */

static uint64_t state;

static int roll(int n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((state >> 33) % (uint64_t)n);
}

static Assessment__ReadingCompleted *random_reading(void)
{
	const int ordinals[ROWS] = {roll(3), roll(3), roll(3)};

	return reading(ordinals, (uint32_t)(1 + roll(5)));
}

/* As the service goes about it: disputed rows are given to a lead who says anything. */
static struct case_file random_case(void)
{
	struct case_file file = {.first = random_reading()};
	int ordinals[ROWS] = {-1, -1, -1};
	char *rows[ROWS];
	size_t n;

	if (roll(3) == 0)
		return file;
	file.second = random_reading();
	n = disputed_rows(rubric(), file.first, file.second, rows);
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; j < n; j++)
			if (rubric()->criteria[i]->code == rows[j])
				ordinals[i] = roll(3);
	if (n > 0)
		file.adjudication = adjudication(ordinals);
	return file;
}

START_TEST(a_decision_passes_exactly_when_every_decisive_rating_is_at_pass)
{
	state = (uint64_t)_i + 1;
	for (unsigned round = 0; round < 2000; round++) {
		struct case_file file = random_case();
		Assessment__DecisionMade *made = decide(&file);
		bool all = true;

		for (size_t i = 0; i < ROWS; i++) {
			uint32_t least = file.first->ratings[i]->ordinal;
			const char *row = file.first->ratings[i]->row;

			if (file.second != NULL)
				least = MIN(least, file.second->ratings[i]->ordinal);
			for (size_t j = 0; file.adjudication && j < file.adjudication->n_ratings;
			     j++)
				if (strcmp(file.adjudication->ratings[j]->row, row) == 0)
					least = file.adjudication->ratings[j]->ordinal;
			all = all && least == 2;
			ck_assert_uint_eq(made->rows[i]->ordinal, least);
			ck_assert_int_eq(made->rows[i]->met, least == 2);
		}
		ck_assert_int_eq(made->passed, all);
		arena_reset(arena);
	}
}
END_TEST

START_TEST(a_decision_is_the_same_when_made_again_and_whoever_read_first)
{
	state = (uint64_t)_i + 100;
	for (unsigned round = 0; round < 2000; round++) {
		struct case_file file = random_case(), turned = file;
		Assessment__DecisionMade *made = decide(&file), *again = decide(&file);
		uint8_t a[2000], b[2000];
		size_t len = assessment__decision_made__pack(made, a);

		ck_assert_uint_eq(assessment__decision_made__pack(again, b), len);
		ck_assert_mem_eq(a, b, len);
		if (file.second != NULL) {
			turned.first = file.second;
			turned.second = file.first;
			again = decide(&turned);
			ck_assert_int_eq(again->passed, made->passed);
			for (size_t i = 0; i < ROWS; i++)
				ck_assert_uint_eq(again->rows[i]->ordinal, made->rows[i]->ordinal);
		}
		arena_reset(arena);
	}
}
END_TEST

/* ---- rows of earlier attempts ---- */

START_TEST(months_later_is_the_same_day_or_the_last_of_its_month)
{
	static const struct {
		int64_t from_s;
		uint32_t months;
		int64_t to_s;
	} cases[] = {
		{1767712500, 12, 1799248500}, /* 2026-01-06 -> 2027-01-06 */
		{1709208000, 12, 1740744000}, /* 2024-02-29 12:00 -> 2025-02-28 12:00 */
		{1769860800, 1, 1772280000},  /* 2026-01-31 12:00 -> 2026-02-28 12:00 */
		{1767712500, 0, 1767712500},
		{1796040000, 3, 1803816000}, /* 2026-11-30 12:00 -> 2027-02-28 12:00 */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_int_eq(months_after_us(cases[i].from_s * US_PER_S, cases[i].months),
				 cases[i].to_s * US_PER_S);
}
END_TEST

START_TEST(a_row_stands_under_a_version_that_did_not_change_it)
{
	Enrollment__Rubric changed = *rubric();
	Enrollment__Criterion other = *rubric()->criteria[1];
	Enrollment__Criterion *criteria[] = {rubric()->criteria[0], &other, rubric()->criteria[2]};
	char title[] = "Another title";

	other.title = title;
	changed.criteria = criteria;
	ck_assert(row_still_stands(rubric(), &changed, "lit-101.r1"));
	ck_assert(!row_still_stands(rubric(), &changed, "lit-101.r2"));
	changed.n_criteria = 2;
	ck_assert(!row_still_stands(rubric(), &changed, "lit-101.r3"));
}
END_TEST

START_TEST(no_row_stands_when_the_scale_or_the_pass_level_changed)
{
	Enrollment__Rubric changed = *rubric();

	changed.pass_ordinal = 1;
	ck_assert(!row_still_stands(rubric(), &changed, "lit-101.r1"));
	changed = *rubric();
	changed.n_levels = 2;
	ck_assert(!row_still_stands(rubric(), &changed, "lit-101.r1"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: decision");
	TCase *tc = tcase_create("decision");

	tcase_add_checked_fixture(tc, make_arena, drop_arena);
	tcase_add_test(tc, a_profile_of_two_reads_always_asks_for_a_second);
	tcase_add_test(
		tc,
		a_standard_profile_asks_by_sample_then_by_a_row_under_review_then_by_borderline);
	tcase_add_test(tc, a_profile_without_the_trigger_does_not_ask_for_borderline_ones);
	tcase_add_test(tc, borderline_is_low_confidence_or_exactly_one_row_below_pass);
	tcase_add_test(tc, the_sample_says_the_same_of_a_submission_whenever_it_is_asked);
	tcase_add_test(tc, the_sample_is_as_large_as_the_profile_says_and_depends_on_the_key);
	tcase_add_test(tc, what_is_in_a_small_sample_is_in_every_larger_one);
	tcase_add_test(tc, readings_that_differ_in_pass_or_by_two_levels_are_disputed);
	tcase_add_test(tc, two_levels_apart_below_pass_are_disputed_on_a_longer_scale);
	tcase_add_test(tc, one_reading_decides_row_by_row);
	tcase_add_test(tc, where_readings_agree_the_lower_level_stands);
	tcase_add_test(tc, the_lead_decides_the_disputed_rows_and_no_others);
	tcase_add_test(tc, kept_rows_count_as_met_and_say_when);
	tcase_add_test(tc, a_row_that_is_neither_rated_nor_kept_is_not_met);
	tcase_add_loop_test(tc, a_decision_passes_exactly_when_every_decisive_rating_is_at_pass, 0,
			    5);
	tcase_add_loop_test(tc, a_decision_is_the_same_when_made_again_and_whoever_read_first, 0,
			    5);
	tcase_add_test(tc, months_later_is_the_same_day_or_the_last_of_its_month);
	tcase_add_test(tc, a_row_stands_under_a_version_that_did_not_change_it);
	tcase_add_test(tc, no_row_stands_when_the_scale_or_the_pass_level_changed);
	suite_add_tcase(suite, tc);
	return suite;
}
