/* Tests of reviews: one more fresh, blind reading of what is decided. */
#include "services/assessment/review.h"

#include "libshared/check.h"
#include "services/assessment/tables.h"
#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define BACK_READ ASSESSMENT__REVIEW_WHY__BACK_READ
#define FAIRNESS ASSESSMENT__REVIEW_WHY__FAIRNESS

static struct kit kit;

static void open_kit(void)
{
	review_kit_open(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static unsigned told(Assessment__Event__BodyCase kind)
{
	kit.seen_seq = 0;
	return count_of_kind(&kit, kind);
}

static const Assessment__OutcomeReceipt *receipt(void)
{
	return ((const Assessment__Answer *)kit.answer)->outcome;
}

/* ---- asking ---- */

START_TEST(what_is_not_decided_is_not_reviewed)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	ck_assert_int_eq(when_review_requested(&kit, work, BACK_READ), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__WRONG_STATE);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_review_requested(&kit, work, BACK_READ), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__WRONG_STATE);
	ck_assert_int_eq(when_review_requested(&kit, kit_id(&kit), BACK_READ),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__UNKNOWN_SUBMISSION);
}
END_TEST

START_TEST(an_appeal_is_not_the_operators_to_ask_for)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	ck_assert_int_eq(when_review_requested(&kit, work, ASSESSMENT__REVIEW_WHY__APPEAL),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__BAD_VALUE);
}
END_TEST

START_TEST(asked_twice_it_is_read_once_also_when_the_review_is_over)
{
	struct bytes work = given_decided(&kit, "yes yes yes");

	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_eq(when_review_requested(&kit, work, BACK_READ), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_review_requested(&kit, work, BACK_READ), CAIRN__STATUS__OK);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED), 1);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

START_TEST(several_whys_at_one_time_share_one_reading)
{
	struct bytes work = given_decided(&kit, "yes yes yes");
	int64_t due_us = given_review(&kit, work, BACK_READ);
	const Assessment__ReviewConcluded *c;

	kit_advance(&kit, 3 * US_PER_DAY);
	ck_assert_int_eq(given_review(&kit, work, FAIRNESS), due_us);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	kit.seen_seq = 0;
	c = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED)->review_concluded;
	ck_assert_uint_eq(c->n_whys, 2);
	ck_assert_int_eq(c->whys[0], BACK_READ);
	ck_assert_int_eq(c->whys[1], FAIRNESS);
	ck_assert_int_eq(when_next(&kit, "una", kit_id(&kit)), CAIRN__STATUS__REJECTED);
}
END_TEST

/* Tuesday January 6 in Nashville; January 19 is a holiday: the 15th business day after is Wednesday
 * January 28, whose last second there is 05:59:59 UTC of the 29th. */
START_TEST(a_review_is_due_after_the_policys_business_days)
{
	struct bytes work = given_decided(&kit, "yes yes yes");

	ck_assert_int_eq(given_review(&kit, work, BACK_READ), INT64_C(1769666399) * US_PER_S);
}
END_TEST

/* ---- who reads it ---- */

START_TEST(whoever_has_judged_the_enrollment_does_not_read_it_again)
{
	struct bytes work;

	given_decided(&kit, "yes yes almost");
	given_reader(&kit, "vic");
	work = given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	given_read_twice(&kit, "tess", "una", "- - yes", "- - yes");
	given_review(&kit, work, BACK_READ);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(when_next(&kit, "sol", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(when_next(&kit, "tess", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(when_next(&kit, "una", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(when_next(&kit, "vic", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(that_they_may_not_is_never_waived)
{
	Assessment__WaiveSameReader ask = ASSESSMENT__WAIVE_SAME_READER__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	struct bytes work;

	given_decided(&kit, "yes yes almost");
	work = given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	ask.submission = pb_of_bytes(work);
	ask.assessor = pb_of_bytes(READER("lea"));
	cmd.body_case = ASSESSMENT__COMMAND__BODY_WAIVE_SAME_READER;
	cmd.waive_same_reader = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__OK);
	given_read_twice(&kit, "tess", "una", "- - yes", "- - yes");
	given_review(&kit, work, BACK_READ);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__REJECTED);
	kit_advance(&kit, 2 * 60 * US_PER_S);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 1);
}
END_TEST

static struct bytes answer_of(struct bytes reading, const char *reader)
{
	Assessment__GetReading ask = ASSESSMENT__GET_READING__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__ReadingAnswer *answer;

	ask.reading = pb_of_bytes(reading);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_READING;
	query.get_reading = &ask;
	ck_assert_int_eq(ask_as(&kit, READER(reader), &query.base), CAIRN__STATUS__OK);
	answer = ((Assessment__Answer *)kit.answer)->reading;
	answer->reading = pb_of_bytes(BYTES_NONE); /* a fresh id each */
	return message_pack(&answer->base, kit.arena);
}

START_TEST(its_reader_cannot_tell_it_from_any_other_reading)
{
	struct bytes work = given_decided(&kit, "yes yes almost");
	struct bytes fresh, first;

	given_work(&kit, &(struct work){.educator = "ben", .due_us = kit.now_us + 90 * US_PER_DAY});
	given_review(&kit, work, BACK_READ);
	fresh = take(&kit, "tess");
	first = take(&kit, "una");
	ck_assert(bytes_equal(answer_of(fresh, "tess"), answer_of(first, "una")));
	ck_assert_int_eq(when_rated(&kit, fresh, "yes yes almost"), CAIRN__STATUS__OK);
	ck_assert_str_eq(receipt()->state, "completed");
	ck_assert(!receipt()->decided);
}
END_TEST

START_TEST(it_waits_among_the_others_by_its_due_date)
{
	struct bytes work = given_decided(&kit, "yes yes yes"), first, reading;
	int64_t due_us = given_review(&kit, work, BACK_READ);
	struct reading row;

	first = given_work(&kit, &(struct work){.educator = "ben", .due_us = due_us - US_PER_S});
	given_work(&kit, &(struct work){.educator = "cy", .due_us = due_us + US_PER_S});
	reading = take(&kit, "tess");
	ck_assert(reading_get(kit_view(&kit), reading, &row));
	ck_assert(bytes_equal(bytes_of_id(&row.submission), first));
	reading = take(&kit, "una");
	ck_assert(reading_get(kit_view(&kit), reading, &row));
	ck_assert(bytes_equal(bytes_of_id(&row.submission), work));
	ck_assert_uint_eq(row.ordinal, REVIEW_ORDINAL);
}
END_TEST

START_TEST(a_lease_that_ends_gives_it_to_another_fresh_reader)
{
	struct bytes work = given_decided(&kit, "yes yes yes"), reading;

	given_review(&kit, work, BACK_READ);
	reading = take(&kit, "tess");
	kit_advance(&kit, 73 * US_PER_HOUR);
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "una"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

static bool lead_sees_readings(struct bytes work)
{
	Assessment__GetDecision ask = ASSESSMENT__GET_DECISION__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	const Assessment__DecisionAnswer *answer;

	ask.submission = pb_of_bytes(work);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_DECISION;
	query.get_decision = &ask;
	ck_assert_int_eq(ask_as(&kit, READER("lea"), &query.base), CAIRN__STATUS__OK);
	answer = ((Assessment__Answer *)kit.answer)->decision;
	ck_assert_str_eq(answer->state, "released");
	return answer->n_readings > 0;
}

START_TEST(while_it_is_reviewed_a_lead_sees_no_reading_of_it)
{
	struct bytes work = given_decided(&kit, "yes yes yes");

	ck_assert(lead_sees_readings(work));
	given_review(&kit, work, BACK_READ);
	ck_assert(!lead_sees_readings(work));
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert(lead_sees_readings(work));
}
END_TEST

/* ---- the outcome ---- */

static void ck_decided_once(struct bytes work, bool passed)
{
	const Assessment__DecisionAnswer *decision = decision_of_work(&kit, work);

	ck_assert_str_eq(decision->state, "released");
	ck_assert_int_eq(decision->passed, passed);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_DECISION_RELEASED), 1);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED), 1);
}

START_TEST(agreeing_in_pass_on_every_row_upholds_the_decision)
{
	struct bytes work = given_decided(&kit, "yes yes almost");

	given_review(&kit, work, BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes not_yet"),
			 CAIRN__STATUS__OK);
	ck_decided_once(work, false);
}
END_TEST

START_TEST(a_lead_may_uphold_what_the_fresh_reading_disputes)
{
	struct bytes work = given_decided(&kit, "yes yes yes");

	given_review(&kit, work, BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes almost yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "review_adjudication");
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED), 0);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- yes -"), CAIRN__STATUS__OK);
	ck_decided_once(work, true);
}
END_TEST

START_TEST(overturned_a_decision_takes_the_place_of_the_one_it_names)
{
	struct bytes work = given_decided(&kit, "yes yes yes");
	struct bytes before = bytes_of_pb(decision_of_work(&kit, work)->decision);
	const Assessment__DecisionReleased *released;

	given_review(&kit, work, BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes almost yes"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- almost -"), CAIRN__STATUS__OK);
	released = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_DECISION_RELEASED)->decision_released;
	ck_assert(!released->passed);
	ck_assert(bytes_equal(bytes_of_pb(released->supersedes), before));
	ck_assert(!bytes_equal(bytes_of_pb(released->decision), before));
	ck_assert(released->rows[0]->met && !released->rows[1]->met && released->rows[2]->met);
	ck_assert_uint_eq(released->reads, 3);
	ck_assert_str_eq(decision_of_work(&kit, work)->rule, "review_adjudicated");
	ck_assert_int_eq(when_review_requested(&kit, work, BACK_READ), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "review");
}
END_TEST

START_TEST(the_lead_sees_every_reading_and_rates_only_what_changes)
{
	Assessment__GetAdjudication ask = ASSESSMENT__GET_ADJUDICATION__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	struct bytes work = given_decided(&kit, "yes yes almost");
	const Assessment__AdjudicationAnswer *answer;

	given_review(&kit, work, BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes almost not_yet"),
			 CAIRN__STATUS__OK);
	ask.submission = pb_of_bytes(work);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_ADJUDICATION;
	query.get_adjudication = &ask;
	ck_assert_int_eq(ask_as(&kit, READER("mae"), &query.base), CAIRN__STATUS__OK);
	answer = ((Assessment__Answer *)kit.answer)->adjudication;
	ck_assert_uint_eq(answer->n_readings, 3);
	ck_assert_uint_eq(answer->n_rows, 1);
	ck_assert_str_eq(answer->rows[0], "lit-101.r2");
	ck_assert_int_eq(when_adjudicated(&kit, work, "mae", "yes yes -"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__ROW_NOT_DISPUTED);
}
END_TEST

START_TEST(whoever_adjudicated_the_decision_does_not_adjudicate_its_review)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes almost");
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - yes"), CAIRN__STATUS__OK);
	given_review(&kit, work, BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes almost"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- - almost"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__READ_IT_BEFORE);
	ck_assert_int_eq(when_adjudicated(&kit, work, "mae", "- - almost"), CAIRN__STATUS__OK);
	ck_assert(!decision_of_work(&kit, work)->passed);
}
END_TEST

START_TEST(what_waits_for_its_release_is_not_released_by_a_review)
{
	Enrollment__Profile batch = *kit_profile("double-read");
	Assessment__Release ask = ASSESSMENT__RELEASE__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	char release[] = "batch", code[] = "batch";
	struct bytes work;

	batch.code = code;
	batch.release = release;
	tell_profile(&kit, &batch);
	work = given_work(&kit, &(struct work){.profile = "batch"});
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	given_review(&kit, work, BACK_READ);
	ask.submission = pb_of_bytes(work);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RELEASE;
	cmd.release = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes almost yes"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "- almost -"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "decided");
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_DECISION_RELEASED), 0);
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__OK);
	ck_assert(!decision_of_work(&kit, work)->passed);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: reviews");
	TCase *tc = tcase_create("reviews");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, what_is_not_decided_is_not_reviewed);
	tcase_add_test(tc, an_appeal_is_not_the_operators_to_ask_for);
	tcase_add_test(tc, asked_twice_it_is_read_once_also_when_the_review_is_over);
	tcase_add_test(tc, several_whys_at_one_time_share_one_reading);
	tcase_add_test(tc, a_review_is_due_after_the_policys_business_days);
	tcase_add_test(tc, whoever_has_judged_the_enrollment_does_not_read_it_again);
	tcase_add_test(tc, that_they_may_not_is_never_waived);
	tcase_add_test(tc, its_reader_cannot_tell_it_from_any_other_reading);
	tcase_add_test(tc, it_waits_among_the_others_by_its_due_date);
	tcase_add_test(tc, a_lease_that_ends_gives_it_to_another_fresh_reader);
	tcase_add_test(tc, while_it_is_reviewed_a_lead_sees_no_reading_of_it);
	tcase_add_test(tc, agreeing_in_pass_on_every_row_upholds_the_decision);
	tcase_add_test(tc, a_lead_may_uphold_what_the_fresh_reading_disputes);
	tcase_add_test(tc, overturned_a_decision_takes_the_place_of_the_one_it_names);
	tcase_add_test(tc, the_lead_sees_every_reading_and_rates_only_what_changes);
	tcase_add_test(tc, whoever_adjudicated_the_decision_does_not_adjudicate_its_review);
	tcase_add_test(tc, what_waits_for_its_release_is_not_released_by_a_review);
	suite_add_tcase(suite, tc);
	return suite;
}
