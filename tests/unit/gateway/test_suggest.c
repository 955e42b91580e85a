/* Suggestions: the same answers give the same list, and each says why. */
#include "services/gateway/routes/suggest.h"

#include "tests/support/suite.h"

static struct competency all[] = {
	{.code = "LIT-101",
	 .topic = "literacy",
	 .grade_band = "PK-2",
	 .hours = 12,
	 .alignments = {"intasc:1", "intasc:4"},
	 .n_alignments = 2},
	{.code = "LIT-102",
	 .topic = "literacy",
	 .grade_band = "K-3",
	 .hours = 20,
	 .alignments = {"intasc:4"},
	 .n_alignments = 1},
	{.code = "LIT-103",
	 .topic = "literacy",
	 .grade_band = "3-8",
	 .hours = 10,
	 .alignments = {"intasc:9"},
	 .n_alignments = 1},
	{.code = "MTH-111",
	 .topic = "mathematics",
	 .grade_band = "K-8",
	 .hours = 8,
	 .alignments = {"intasc:1", "intasc:4"},
	 .n_alignments = 2},
	{.code = "SCI-121", .topic = "science-stem", .grade_band = "6-12", .hours = 16},
};
#define N_ALL (sizeof all / sizeof all[0])

static struct statement said[STATEMENTS_MAX];
static struct suggestion got[SUGGESTED_MAX + 1];
static size_t n_said, n_got;

static void nothing_said(void)
{
	n_said = 0;
	for (size_t i = 0; i < N_ALL; i++)
		all[i].taken = false;
}

static void say_of(size_t which, enum confidence answer)
{
	said[n_said++] = (struct statement){&all[which], answer};
}

static void when_suggested(const char *grade_band)
{
	n_got = suggest(said, n_said, all, N_ALL, grade_band, got, SUGGESTED_MAX);
}

START_TEST(without_an_answer_nothing_is_suggested)
{
	say_of(0, NOT_ANSWERED);
	say_of(3, NOT_ANSWERED);
	when_suggested("");
	ck_assert_uint_eq(n_got, 0);
}
END_TEST

START_TEST(what_somebody_is_least_sure_of_comes_first_with_its_statement_as_reason)
{
	say_of(0, MOSTLY);
	say_of(3, NOT_YET);
	when_suggested("");
	ck_assert_str_eq(got[0].of->code, "MTH-111");
	ck_assert_ptr_eq(got[0].reasons[0].statement, &said[1]);
	ck_assert_uint_eq(got[0].reasons[0].why, BECAUSE_ITSELF);
}
END_TEST

START_TEST(a_need_is_felt_in_the_same_topic_and_more_so_with_a_shared_standard)
{
	say_of(0, NOT_YET);
	when_suggested("");
	ck_assert_uint_eq(n_got, 3);
	ck_assert_str_eq(got[0].of->code, "LIT-101");
	ck_assert_str_eq(got[1].of->code, "LIT-102");
	ck_assert_uint_eq(got[1].reasons[0].why, BECAUSE_TOPIC | BECAUSE_STANDARD);
	ck_assert_str_eq(got[2].of->code, "LIT-103");
	ck_assert_uint_eq(got[2].reasons[0].why, BECAUSE_TOPIC);
}
END_TEST

START_TEST(a_shared_standard_in_another_topic_suggests_nothing)
{
	say_of(0, NOT_YET);
	when_suggested("");
	for (size_t i = 0; i < n_got; i++)
		ck_assert_str_ne(got[i].of->code, "MTH-111");
}
END_TEST

START_TEST(what_somebody_is_sure_of_is_not_suggested_for_its_topic)
{
	say_of(0, NOT_YET);
	say_of(1, SURE);
	when_suggested("");
	for (size_t i = 0; i < n_got; i++)
		ck_assert_str_ne(got[i].of->code, "LIT-102");
}
END_TEST

START_TEST(what_is_earned_or_under_way_is_left_out)
{
	say_of(0, NOT_YET);
	all[0].taken = true;
	when_suggested("");
	ck_assert_str_eq(got[0].of->code, "LIT-102");
}
END_TEST

START_TEST(another_grade_band_comes_after_the_own_one)
{
	say_of(0, NOT_YET);
	when_suggested("3-8");
	ck_assert_str_eq(got[0].of->code, "LIT-103");
	ck_assert_uint_eq(n_got, 3);
}
END_TEST

START_TEST(equal_ones_stand_by_hours)
{
	say_of(0, NOT_YET);
	say_of(3, NOT_YET);
	when_suggested("");
	ck_assert_str_eq(got[0].of->code, "MTH-111");
	ck_assert_str_eq(got[1].of->code, "LIT-101");
	ck_assert_uint_eq(got[0].points, got[1].points);
}
END_TEST

START_TEST(the_weightiest_reason_is_told_first)
{
	say_of(1, A_LITTLE);
	say_of(0, NOT_YET);
	when_suggested("");
	ck_assert_str_eq(got[0].of->code, "LIT-101");
	ck_assert_uint_eq(got[0].n_reasons, 2);
	ck_assert_ptr_eq(got[0].reasons[0].statement, &said[1]);
}
END_TEST

START_TEST(the_list_keeps_the_best_when_there_is_little_room)
{
	say_of(0, NOT_YET);
	n_got = suggest(said, n_said, all, N_ALL, "", got, 1);
	ck_assert_uint_eq(n_got, 1);
	ck_assert_str_eq(got[0].of->code, "LIT-101");
}
END_TEST

START_TEST(statements_are_of_each_topic_in_turn)
{
	size_t chosen[4];

	ck_assert_uint_eq(choose_statements(all, N_ALL, chosen, 4), 4);
	ck_assert_str_eq(all[chosen[0]].code, "LIT-101");
	ck_assert_str_eq(all[chosen[1]].code, "MTH-111");
	ck_assert_str_eq(all[chosen[2]].code, "SCI-121");
	ck_assert_str_eq(all[chosen[3]].code, "LIT-102");
}
END_TEST

START_TEST(a_small_catalogue_gives_as_many_statements_as_it_has)
{
	size_t chosen[STATEMENTS_MAX];

	ck_assert_uint_eq(choose_statements(all, N_ALL, chosen, STATEMENTS_MAX), N_ALL);
	ck_assert_uint_eq(choose_statements(all, 0, chosen, STATEMENTS_MAX), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway suggestions");
	TCase *tc = tcase_create("suggest");

	tcase_add_checked_fixture(tc, nothing_said, NULL);
	tcase_add_test(tc, without_an_answer_nothing_is_suggested);
	tcase_add_test(tc, what_somebody_is_least_sure_of_comes_first_with_its_statement_as_reason);
	tcase_add_test(tc, a_need_is_felt_in_the_same_topic_and_more_so_with_a_shared_standard);
	tcase_add_test(tc, a_shared_standard_in_another_topic_suggests_nothing);
	tcase_add_test(tc, what_somebody_is_sure_of_is_not_suggested_for_its_topic);
	tcase_add_test(tc, what_is_earned_or_under_way_is_left_out);
	tcase_add_test(tc, another_grade_band_comes_after_the_own_one);
	tcase_add_test(tc, equal_ones_stand_by_hours);
	tcase_add_test(tc, the_weightiest_reason_is_told_first);
	tcase_add_test(tc, the_list_keeps_the_best_when_there_is_little_room);
	tcase_add_test(tc, statements_are_of_each_topic_in_turn);
	tcase_add_test(tc, a_small_catalogue_gives_as_many_statements_as_it_has);
	suite_add_tcase(suite, tc);
	return suite;
}
