/* Tests of what may be said of a row: each threshold of DOMAIN.md 4.3.5 from both sides. The
 * figures themselves are compared with a second evaluator in tests/rules. */
#include "services/assessment/agreement.h"

#include "tests/support/suite.h"

/* Of two levels: {{agreed on the lower, ...}, {..., agreed on the higher}}. */
static unsigned words_of(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct agreement_counts counts = {.q = 2, .n = {{a, b}, {c, d}}};
	struct agreement agreement;

	agreement_of(&counts, &agreement);
	return agreement_words(&agreement);
}

/* Tables found by search over exact fractions; the last column is what is at its edge. */
static const struct edge {
	uint64_t a, b, c, d;
	unsigned word;
	bool said;
	const char *what;
} edges[] = {
	{9, 3, 3, 21, ROW_HEALTHY, true, "AC1 is 0.70"},
	{18, 4, 4, 26, ROW_HEALTHY, false, "AC1 is 0.6994"},
	{6, 3, 2, 21, ROW_HEALTHY, true, "kappa is 0.60"},
	{11, 7, 2, 35, ROW_HEALTHY, false, "kappa is 0.5998"},
	{13, 2, 2, 27, ROW_RELIABLE, true, "alpha is 0.80"},
	{13, 2, 2, 27, ROW_TENTATIVE, false, "what is reliable is not only tentative"},
	{8, 2, 1, 32, ROW_RELIABLE, false, "alpha is 0.7997"},
	{8, 2, 1, 32, ROW_TENTATIVE, true, "alpha is 0.7997"},
	{13, 3, 3, 17, ROW_TENTATIVE, true, "alpha is 0.6672"},
	{20, 5, 4, 25, ROW_TENTATIVE, false, "alpha is 0.6669"},
	{6, 2, 2, 22, ROW_UNDER_REVIEW, false, "AC1 is at least 0.6001"},
	{40, 5, 4, 7, ROW_UNDER_REVIEW, true, "AC1 is at least 0.59999"},
	/* n = 3,000 makes the interval narrow, so that exact agreement alone decides. */
	{0, 375, 375, 2250, ROW_UNDER_REVIEW, false, "exact agreement is 75 %, all of one level"},
	{0, 376, 375, 2249, ROW_UNDER_REVIEW, true, "exact agreement is 74.97 %"},
	{29, 0, 0, 0, ROW_UNDER_REVIEW, false, "29 double reads"},
	{0, 15, 14, 0, ROW_UNDER_REVIEW, false, "29 double reads that never agree"},
	{0, 15, 15, 0, ROW_UNDER_REVIEW, true, "30 double reads that never agree"},
	{10, 0, 0, 19, ROW_RELIABLE, false, "29 double reads that always agree"},
	{10, 0, 0, 20, ROW_RELIABLE, true, "30 double reads that always agree"},
};

START_TEST(a_word_is_said_from_its_threshold_on)
{
	const struct edge *e = &edges[_i];

	ck_assert_msg(((words_of(e->a, e->b, e->c, e->d) & e->word) != 0) == e->said, "%s",
		      e->what);
}
END_TEST

START_TEST(undefined_figures_say_nothing)
{
	/* All on one level: kappa and alpha are undefined, AC1 is 1. */
	ck_assert_uint_eq(words_of(0, 0, 0, 50), 0);
	ck_assert_uint_eq(words_of(0, 0, 0, 0), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: agreement");
	TCase *tc = tcase_create("agreement");

	tcase_add_loop_test(tc, a_word_is_said_from_its_threshold_on, 0, ARRAY_LEN(edges));
	tcase_add_test(tc, undefined_figures_say_nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
