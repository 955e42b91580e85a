/* Tests of what an author is told of each row: what made it so, and what an appeal's reader said.
 */
#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

static struct kit kit;

static void open_kit(void)
{
	review_kit_open(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* Of row r1, r2 or r3 of ana's work. */
static const Assessment__RowFeedback *told(struct bytes work, unsigned r)
{
	Assessment__GetFeedback feedback = ASSESSMENT__GET_FEEDBACK__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	feedback.submission = pb_of_bytes(work);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_FEEDBACK;
	query.get_feedback = &feedback;
	ENSURE(ask_as(&kit, EDUCATOR("ana"), &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)kit.answer)->feedback->rows[r - 1];
}

static void ck_row(const Assessment__RowFeedback *row, const char *level, const char *reason)
{
	ck_assert_str_eq(row->level, level);
	ck_assert_str_eq(row->reason, reason);
}

START_TEST(of_one_reading_it_is_told_that_it_was_one)
{
	Enrollment__Profile plain = *kit_profile("standard");
	struct bytes work;

	plain.code = words_text(&kit, 1, "plain");
	plain.second_read_permille = 0;
	plain.n_second_read_triggers = 0;
	tell_profile(&kit, &plain);
	work = given_work(&kit, &(struct work){.profile = "plain"});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes almost yes"), CAIRN__STATUS__OK);
	ck_row(told(work, 2), "almost", "one_reading");
	ck_assert_str_eq(told(work, 2)->feedback, words_text(&kit, FEEDBACK_WORDS, "almost"));
}
END_TEST

START_TEST(of_two_readings_the_lower_one_counts_and_where_they_differ_the_leads_word)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	given_read_twice(&kit, "ruth", "sol", "yes almost almost", "yes yes not_yet");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- almost -"), CAIRN__STATUS__OK);
	ck_row(told(work, 2), "almost", "lead");
	ck_row(told(work, 3), "not_yet", "lower_of_two");
	ck_assert_str_eq(told(work, 3)->appeal_level, "");
}
END_TEST

START_TEST(what_an_earlier_attempt_showed_has_no_reason_in_this_one)
{
	struct bytes work;

	given_decided(&kit, "yes yes almost");
	work = given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	given_read_twice(&kit, "tess", "una", "- - almost", "- - almost");
	ck_assert(told(work, 1)->kept);
	ck_row(told(work, 1), "yes", "");
	ck_row(told(work, 3), "almost", "lower_of_two");
}
END_TEST

START_TEST(an_appeals_reader_is_heard_once_it_is_upheld)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_str_eq(told(work, 3)->appeal_level, "");
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "almost yes not_yet"),
			 CAIRN__STATUS__OK);
	ck_row(told(work, 3), "almost", "lower_of_two");
	ck_assert_str_eq(told(work, 3)->appeal_level, "not_yet");
	ck_assert_str_eq(told(work, 3)->appeal_feedback,
			 words_text(&kit, FEEDBACK_WORDS, "not_yet"));
	ck_assert_str_eq(told(work, 1)->appeal_level, ""); /* met, so not appealed */
}
END_TEST

START_TEST(an_appeals_reader_is_heard_once_it_is_overturned)
{
	struct bytes work = given_decided(&kit, "yes almost almost");

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes not_yet yes"),
			 CAIRN__STATUS__OK);
	ck_row(told(work, 2), "almost", "lower_of_two");
	ck_assert_str_eq(told(work, 2)->appeal_feedback,
			 words_text(&kit, FEEDBACK_WORDS, "not_yet"));
	ck_row(told(work, 3), "yes", "review");
	ck_assert_str_eq(told(work, 3)->appeal_level, "yes");
}
END_TEST

START_TEST(of_rows_that_were_not_appealed_an_appeals_reader_is_not_heard)
{
	struct bytes work = given_decided(&kit, "yes almost almost");

	ck_assert_int_eq(when_appealed(&kit, work, "lit-101.r3"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes almost"), CAIRN__STATUS__OK);
	ck_assert_str_eq(told(work, 2)->appeal_level, "");
	ck_assert_str_eq(told(work, 3)->appeal_level, "almost");
}
END_TEST

START_TEST(a_review_that_nobody_appealed_for_says_only_what_it_changed)
{
	struct bytes work = given_decided(&kit, "yes almost yes");

	given_review(&kit, work, ASSESSMENT__REVIEW_WHY__BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "almost almost yes"),
			 CAIRN__STATUS__OK);
	ck_row(told(work, 1), "yes", "lower_of_two");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "almost - -"), CAIRN__STATUS__OK);
	ck_row(told(work, 1), "almost", "review");
	ck_row(told(work, 2), "almost", "lower_of_two");
	ck_assert_str_eq(told(work, 2)->appeal_level, "");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: feedback");
	TCase *tc = tcase_create("feedback");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, of_one_reading_it_is_told_that_it_was_one);
	tcase_add_test(tc,
		       of_two_readings_the_lower_one_counts_and_where_they_differ_the_leads_word);
	tcase_add_test(tc, what_an_earlier_attempt_showed_has_no_reason_in_this_one);
	tcase_add_test(tc, an_appeals_reader_is_heard_once_it_is_upheld);
	tcase_add_test(tc, an_appeals_reader_is_heard_once_it_is_overturned);
	tcase_add_test(tc, of_rows_that_were_not_appealed_an_appeals_reader_is_not_heard);
	tcase_add_test(tc, a_review_that_nobody_appealed_for_says_only_what_it_changed);
	suite_add_tcase(suite, tc);
	return suite;
}
