/* Tests of a decision explained from its events, and of the list of reviews. */
#include "services/assessment/decision.h"

#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	review_kit_open(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* As a person, or (empty) an operator. */
static const Assessment__ExplainAnswer *explained(struct bytes id, struct bytes actor)
{
	Assessment__Explain ask = ASSESSMENT__EXPLAIN__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Cairn__Status status;

	ask.id = pb_of_bytes(id);
	query.body_case = ASSESSMENT__QUERY__BODY_EXPLAIN;
	query.explain = &ask;
	status = actor.len > 0 ? ask_as(&kit, actor, &query.base)
			       : kit_ask(&kit, BYTES_NONE, &query.base);
	return status == CAIRN__STATUS__OK ? ((const Assessment__Answer *)kit.answer)->explained
					   : NULL;
}

static void ck_steps(const Assessment__ExplainAnswer *a, const char *const *steps, size_t n)
{
	ck_assert_uint_eq(a->n_steps, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(a->steps[i]->what, steps[i]);
}

START_TEST(a_decision_is_told_from_its_events_in_order)
{
	static const char *const steps[] = {
		"submission_received",    "submission_screened", "reading_completed",
		"second_requested",       "reading_completed",   "adjudication_requested",
		"adjudication_completed", "decision_made",       "decision_released",
	};
	struct bytes work = given_work(&kit, &(struct work){0});
	const Assessment__ExplainAnswer *a;
	struct bytes decision;

	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes yes");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - yes"), CAIRN__STATUS__OK);
	a = explained(work, BYTES_NONE);
	ck_steps(a, steps, ARRAY_LEN(steps));
	ck_assert_str_eq(a->profile, "double-read");
	ck_assert(bytes_equal(bytes_of_pb(a->steps[2]->by), READER("ruth")));
	ck_assert_str_eq(a->steps[2]->rows[2]->level, "almost");
	ck_assert_str_eq(a->steps[3]->why, "profile");
	ck_assert_uint_eq(a->steps[5]->n_rows, 1);
	ck_assert(bytes_equal(bytes_of_pb(a->steps[6]->by), READER("lea")));
	ck_assert_str_eq(a->steps[7]->rule, "adjudicated");
	decision = arena_copy(kit.arena, bytes_of_pb(a->steps[7]->decision));
	ck_assert_uint_eq(explained(decision, BYTES_NONE)->n_steps, ARRAY_LEN(steps));
}
END_TEST

START_TEST(the_earner_is_told_nothing_of_how_it_is_judged_before_the_release)
{
	static const char *const steps[] = {"submission_received", "submission_screened"};
	struct bytes work = given_work(&kit, &(struct work){0});

	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_steps(explained(work, EDUCATOR("ana")), steps, ARRAY_LEN(steps));
	ck_assert_ptr_null(explained(work, EDUCATOR("ben")));
	ck_assert_ptr_null(explained(work, READER("lea")));
	ck_assert_ptr_null(explained(kit_id(&kit), BYTES_NONE));
}
END_TEST

START_TEST(nor_of_a_review_before_its_end)
{
	struct bytes work = given_decided(&kit, "yes yes almost");
	size_t n = explained(work, EDUCATOR("ana"))->n_steps;

	given_review(&kit, work, ASSESSMENT__REVIEW_WHY__BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(explained(work, EDUCATOR("ana"))->n_steps, n);
	ck_assert_str_eq(explained(work, EDUCATOR("ana"))->state, "released");
	ck_assert_uint_gt(explained(work, BYTES_NONE)->n_steps, n);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - yes"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(explained(work, EDUCATOR("ana"))->n_steps,
			  explained(work, BYTES_NONE)->n_steps);
}
END_TEST

START_TEST(a_random_sample_is_told_with_the_draw_that_says_so_to_operators_only)
{
	const Assessment__ExplainStep *second;
	struct bytes work;
	unsigned n = 0;

	do {
		work = given_work(&kit,
				  &(struct work){.profile = "standard",
						 .enrollment = arena_printf(kit.arena, "e%u", n++),
						 .due_us = kit.now_us + US_PER_DAY});
		ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"),
				 CAIRN__STATUS__OK);
		kit_advance(&kit, US_PER_DAY);
	} while (!in_sample(kit.caps.noise_key, work, 200));
	second = explained(work, BYTES_NONE)->steps[3];
	ck_assert_str_eq(second->what, "second_requested");
	ck_assert_str_eq(second->why, "sample");
	ck_assert_uint_eq(second->permille, 200);
	ck_assert_uint_lt(second->sample % 1000, 200);
}
END_TEST

static const Assessment__ReviewsAnswer *reviews(bool overdue)
{
	Assessment__GetReviews ask = ASSESSMENT__GET_REVIEWS__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.overdue = overdue;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_REVIEWS;
	query.get_reviews = &ask;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)kit.answer)->reviews;
}

START_TEST(an_appeal_past_its_date_shows_as_overdue)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_uint_eq(reviews(false)->n_rows, 1);
	ck_assert_str_eq(reviews(false)->rows[0]->whys[0], "appeal");
	ck_assert_uint_eq(reviews(true)->n_rows, 0);
	kit_advance(&kit, 30 * US_PER_DAY);
	ck_assert_uint_eq(reviews(true)->n_rows, 1);
	ck_assert(reviews(true)->rows[0]->overdue);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: explained");
	TCase *tc = tcase_create("explained");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, a_decision_is_told_from_its_events_in_order);
	tcase_add_test(tc, the_earner_is_told_nothing_of_how_it_is_judged_before_the_release);
	tcase_add_test(tc, nor_of_a_review_before_its_end);
	tcase_add_test(tc, a_random_sample_is_told_with_the_draw_that_says_so_to_operators_only);
	tcase_add_test(tc, an_appeal_past_its_date_shows_as_overdue);
	suite_add_tcase(suite, tc);
	return suite;
}
