/* Tests of the way to a seat: applying, training, anchors and their true ratings, calibration. */
#include "services/assessment/assessment.h"

#include "proto/evidence.pb-c.h"

#include "tests/support/seat_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define ANCHORS 10
#define OPERATOR (ROLE_OPERATOR | ROLE_ASSERTS)

static struct kit kit;

static void open_kit(void)
{
	seat_kit_open(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static void ck_rejected(Cairn__Status status, Assessment__Reason reason)
{
	ck_assert_int_eq(status, CAIRN__STATUS__REJECTED);
	ck_assert_msg(kit.got.reason == reason, "reason %u: %s", kit.got.reason, kit.got.text);
}

/* ---- applying and training ---- */

START_TEST(who_applies_is_trained_by_another_and_may_not_read_yet)
{
	given_registered(&kit, "tess", NULL, false);
	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_applied(&kit, "tess"), CAIRN__STATUS__OK);
	ck_assert_str_eq(seat_of_reader(&kit, "tess")->state, "applied");
	ck_rejected(when_calibration_starts(&kit, "tess"), ASSESSMENT__REASON__SEAT_STATE);
	ck_assert_int_eq(when_trained(&kit, "tess"), CAIRN__STATUS__OK);
	ck_assert_str_eq(seat_of_reader(&kit, "tess")->state, "training");
	ck_rejected(when_next(&kit, "tess", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_rejected(when_applied(&kit, "tess"), ASSESSMENT__REASON__SEAT_STATE);
	ck_rejected(when_trained(&kit, "tess"), ASSESSMENT__REASON__SEAT_STATE);
}
END_TEST

static Cairn__Status train_as(const char *reader, const char *lead)
{
	Assessment__StartTraining ask = ASSESSMENT__START_TRAINING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(READER(reader));
	ask.entry = pb_of_bytes(LIT_101);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_START_TRAINING;
	cmd.start_training = &ask;
	return kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER(lead), &cmd.base);
}

START_TEST(a_lead_trains_others_and_never_oneself)
{
	given_registered(&kit, "tess", NULL, false);
	given_registered(&kit, "lea", NULL, true);
	when_applied(&kit, "tess");
	when_applied(&kit, "lea");
	ck_rejected(train_as("tess", "amy"), ASSESSMENT__REASON__NOT_LEAD);
	ck_rejected(train_as("lea", "lea"), ASSESSMENT__REASON__NOT_LEAD);
	ck_assert_int_eq(train_as("tess", "lea"), CAIRN__STATUS__OK);
}
END_TEST

/* ---- an operator's grant ---- */

START_TEST(an_operators_grant_is_a_seat_and_is_told_apart_from_a_certificate)
{
	const Assessment__SeatAnswer *seat;

	given_reader(&kit, "ruth");
	seat = seat_of_reader(&kit, "ruth");
	ck_assert_str_eq(seat->state, "certified");
	ck_assert(seat->granted);
	given_anchors(&kit, ANCHORS, "yes yes yes");
	given_in_training(&kit, "tess");
	when_calibrated(&kit, "tess", "yes yes yes");
	ck_assert(!seat_of_reader(&kit, "tess")->granted);
}
END_TEST

START_TEST(a_grant_says_who_gave_it)
{
	Assessment__QualifyAssessor ask = ASSESSMENT__QUALIFY_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	given_registered(&kit, "tess", NULL, false);
	ask.assessor = pb_of_bytes(READER("tess"));
	ask.entry = pb_of_bytes(LIT_101);
	ask.until_us = kit.now_us + US_PER_DAY;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &ask;
	forget_events(&kit);
	ck_assert_int_eq(kit_send(&kit, READER("dean"), &cmd.base), CAIRN__STATUS__OK);
	ck_assert(bytes_equal(
		bytes_of_pb(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_QUALIFIED)
				    ->assessor_qualified->by),
		READER("dean")));
}
END_TEST

/* ---- anchors ---- */

static const Assessment__AnchorList *anchors_as(struct bytes actor)
{
	Assessment__ListAnchors ask = ASSESSMENT__LIST_ANCHORS__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.entry = pb_of_bytes(LIT_101);
	query.body_case = ASSESSMENT__QUERY__BODY_LIST_ANCHORS;
	query.list_anchors = &ask;
	if (actor.len == 0)
		ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	else if (ask_as(&kit, actor, &query.base) != CAIRN__STATUS__OK)
		return NULL;
	return ((const Assessment__Answer *)kit.answer)->anchors;
}

START_TEST(two_leads_who_say_the_same_make_an_anchor)
{
	struct bytes work = given_passed(&kit, "ana");
	const Assessment__AnchorList *list;

	given_registered(&kit, "lea", NULL, true);
	given_registered(&kit, "len", NULL, true);
	ck_assert_int_eq(when_lead_rates(&kit, work, "lea", "yes almost yes"), CAIRN__STATUS__OK);
	list = anchors_as(BYTES_NONE);
	ck_assert_uint_eq(list->n_anchors, 1);
	ck_assert_str_eq(list->anchors[0]->state, "rated");
	ck_assert_int_eq(when_lead_rates(&kit, work, "len", "yes almost yes"), CAIRN__STATUS__OK);
	list = anchors_as(BYTES_NONE);
	ck_assert_uint_eq(list->n_anchors, 1);
	ck_assert_str_eq(list->anchors[0]->state, "agreed");
	ck_assert(bytes_equal(bytes_of_pb(list->anchors[0]->by), READER("lea")));
	ck_assert(bytes_equal(bytes_of_pb(list->anchors[0]->second), READER("len")));
	ck_assert_str_eq(list->anchors[0]->ratings[1]->level, "almost");
}
END_TEST

START_TEST(leads_who_differ_are_told_on_which_rows_and_nothing_is_agreed)
{
	struct bytes work = given_passed(&kit, "ana");

	given_registered(&kit, "lea", NULL, true);
	given_registered(&kit, "len", NULL, true);
	when_lead_rates(&kit, work, "lea", "yes almost yes");
	ck_rejected(when_lead_rates(&kit, work, "len", "yes yes almost"),
		    ASSESSMENT__REASON__ANCHOR_DISPUTED);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "lit-101.r2 lit-101.r3"));
	ck_assert_str_eq(anchors_as(BYTES_NONE)->anchors[0]->state, "rated");
	ck_assert_int_eq(when_lead_rates(&kit, work, "lea", "yes yes almost"), CAIRN__STATUS__OK);
	ck_assert_str_eq(anchors_as(BYTES_NONE)->anchors[0]->state, "rated");
	ck_assert_int_eq(when_lead_rates(&kit, work, "len", "yes yes almost"), CAIRN__STATUS__OK);
	ck_assert_str_eq(anchors_as(BYTES_NONE)->anchors[0]->state, "agreed");
}
END_TEST

START_TEST(the_truth_is_shown_to_who_said_it_and_to_no_other_reader)
{
	struct bytes work = given_passed(&kit, "ana");

	given_registered(&kit, "lea", NULL, true);
	given_registered(&kit, "len", NULL, true);
	given_registered(&kit, "liz", NULL, true);
	when_lead_rates(&kit, work, "lea", "yes almost yes");
	ck_assert_uint_eq(anchors_as(READER("len"))->anchors[0]->n_ratings, 0);
	when_lead_rates(&kit, work, "len", "yes almost yes");
	ck_assert_uint_eq(anchors_as(READER("lea"))->anchors[0]->n_ratings, 3);
	ck_assert_uint_eq(anchors_as(READER("len"))->anchors[0]->n_ratings, 3);
	ck_assert_uint_eq(anchors_as(READER("liz"))->anchors[0]->n_ratings, 0);
	ck_assert_ptr_null(anchors_as(READER("amy")));
}
END_TEST

static Cairn__Status rate_by(struct bytes work, struct bytes by, struct bytes second,
			     uint32_t roles)
{
	Assessment__RateAnchor ask = ASSESSMENT__RATE_ANCHOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(work);
	ask.by = pb_of_bytes(by);
	ask.second = pb_of_bytes(second);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RATE_ANCHOR;
	cmd.rate_anchor = &ask;
	return kit_send_as(&kit, kit_id(&kit), roles, by.len == ID_LEN ? by : BYTES_NONE,
			   &cmd.base);
}

START_TEST(a_rating_of_an_anchor_is_refused_for_each_reason)
{
	struct bytes work = given_passed(&kit, "ana"), dean = READER("dean");
	struct bytes waiting = given_work(&kit, &(struct work){.educator = "ben"});

	given_registered(&kit, "lea", NULL, true);
	ck_rejected(rate_by(kit_id(&kit), dean, READER("head"), OPERATOR),
		    ASSESSMENT__REASON__UNKNOWN_SUBMISSION);
	ck_rejected(rate_by(work, BYTES_NONE, BYTES_NONE, OPERATOR), ASSESSMENT__REASON__BAD_ID);
	ck_rejected(rate_by(work, dean, dean, OPERATOR), ASSESSMENT__REASON__SAME_PERSON);
	ck_rejected(rate_by(work, dean, (struct bytes){dean.data, 3}, OPERATOR),
		    ASSESSMENT__REASON__BAD_ID);
	ck_rejected(rate_by(work, READER("lea"), dean, READER_ROLES), ASSESSMENT__REASON__NOT_YOU);
	ck_rejected(when_lead_rates(&kit, work, "amy", "yes yes yes"),
		    ASSESSMENT__REASON__NOT_LEAD);
	ck_rejected(when_anchor_rated(&kit, waiting, "yes yes yes"),
		    ASSESSMENT__REASON__WRONG_STATE);
	ck_rejected(when_anchor_rated(&kit, work, "yes - yes"), ASSESSMENT__REASON__ROW_MISSING);
	ck_rejected(when_anchor_rated(&kit, work, "yes grand yes"),
		    ASSESSMENT__REASON__LEVEL_UNKNOWN);
	ck_assert_int_eq(when_anchor_rated(&kit, work, "yes yes yes"), CAIRN__STATUS__OK);
	ck_rejected(when_anchor_rated(&kit, work, "yes yes yes"), ASSESSMENT__REASON__ANCHOR_TAKEN);
}
END_TEST

START_TEST(work_whose_author_may_try_again_is_no_anchor)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	given_read_twice(&kit, FIRST_READER, SECOND_READER, "yes yes almost", "yes yes almost");
	ck_rejected(when_anchor_rated(&kit, work, "yes yes almost"),
		    ASSESSMENT__REASON__WRONG_STATE);
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	given_read_twice(&kit, "ruth", "sol", "- - yes", "- - yes");
	ck_assert_int_eq(when_anchor_rated(&kit, work, "yes yes almost"), CAIRN__STATUS__OK);
}
END_TEST

/* ---- calibrating ---- */

START_TEST(ten_anchors_read_well_certify_for_twelve_months)
{
	const Assessment__AssessorCertified *c;
	const Assessment__SeatAnswer *seat;

	given_anchors(&kit, ANCHORS, "yes almost yes");
	given_in_training(&kit, "tess");
	when_calibrated(&kit, "tess", "yes almost yes");
	kit.seen_seq = 0;
	c = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_CERTIFIED)->assessor_certified;
	ck_assert_uint_eq(c->anchors, ANCHORS);
	ck_assert_uint_eq(c->rows, 3 * ANCHORS);
	ck_assert_uint_eq(c->agreed, 3 * ANCHORS);
	ck_assert_uint_eq(c->attempt, 1);
	seat = seat_of_reader(&kit, "tess");
	ck_assert_str_eq(seat->state, "certified");
	ck_assert_int_eq(seat->until_us, kit.now_us + 365 * US_PER_DAY);
	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_next(&kit, "tess", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

static Cairn__Status read_anchor(const char *levels)
{
	bool is_anchor;
	struct bytes reading = take_any(&kit, "tess", &is_anchor);

	ck_assert(is_anchor);
	return when_rated(&kit, reading, levels);
}

/* Of 30 rows, one anchor gives up to three that miss. */
START_TEST(eighty_percent_of_the_rows_must_agree_on_pass)
{
	static const struct {
		unsigned missed;
		const char *state;
	} cases[] = {{6, "certified"}, {7, "calibrating"}};
	static const char *const levels[] = {"yes yes yes", "almost yes yes", "almost almost yes",
					     "almost almost almost"};
	unsigned missed = cases[_i].missed;

	given_anchors(&kit, ANCHORS, "yes yes yes");
	given_in_training(&kit, "tess");
	ck_assert_int_eq(when_calibration_starts(&kit, "tess"), CAIRN__STATUS__OK);
	for (unsigned i = 0; i < ANCHORS; i++) {
		unsigned now = MIN(missed, 3U);

		ck_assert_int_eq(read_anchor(levels[now]), CAIRN__STATUS__OK);
		missed -= now;
	}
	ck_assert_str_eq(seat_of_reader(&kit, "tess")->state, cases[_i].state);
}
END_TEST

START_TEST(one_rating_two_levels_off_fails_and_the_result_says_which_row)
{
	const Assessment__SeatAnswer *seat;

	given_anchors(&kit, ANCHORS, "yes yes yes");
	given_in_training(&kit, "tess");
	when_calibration_starts(&kit, "tess");
	ck_assert_int_eq(read_anchor("yes not_yet yes"), CAIRN__STATUS__OK);
	for (unsigned i = 1; i < ANCHORS; i++)
		ck_assert_int_eq(read_anchor("yes yes yes"), CAIRN__STATUS__OK);
	seat = seat_of_reader(&kit, "tess");
	ck_assert_str_eq(seat->state, "calibrating");
	ck_assert(!seat->calibrating);
	ck_assert_uint_eq(seat->failed->n_misses, 1);
	ck_assert_str_eq(seat->failed->misses[0]->row, "lit-101.r2");
	ck_assert_uint_eq(seat->failed->misses[0]->far, 1);
	kit.seen_seq = 0;
	ck_assert_uint_eq(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_CALIBRATION_FAILED)
				  ->calibration_failed->agreed,
			  3 * ANCHORS - 1);
}
END_TEST

START_TEST(a_fresh_attempt_is_of_fresh_anchors)
{
	given_anchors(&kit, ANCHORS, "yes yes yes");
	given_in_training(&kit, "tess");
	when_calibrated(&kit, "tess", "not_yet yes yes");
	ck_rejected(when_calibration_starts(&kit, "tess"), ASSESSMENT__REASON__ANCHORS_TOO_FEW);
	given_anchors(&kit, ANCHORS, "yes yes yes");
	when_calibrated(&kit, "tess", "yes yes yes");
	ck_assert_str_eq(seat_of_reader(&kit, "tess")->state, "certified");
	ck_assert_uint_eq(seat_of_reader(&kit, "tess")->attempt, 2);
	ck_assert_ptr_null(seat_of_reader(&kit, "tess")->failed);
}
END_TEST

START_TEST(nine_anchors_are_too_few)
{
	given_anchors(&kit, ANCHORS - 1, "yes yes yes");
	given_in_training(&kit, "tess");
	ck_rejected(when_calibration_starts(&kit, "tess"), ASSESSMENT__REASON__ANCHORS_TOO_FEW);
	given_anchors(&kit, 1, "yes yes yes");
	ck_assert_int_eq(when_calibration_starts(&kit, "tess"), CAIRN__STATUS__OK);
	ck_rejected(when_calibration_starts(&kit, "tess"), ASSESSMENT__REASON__SEAT_STATE);
}
END_TEST

/* Who read it, who said its truth, who stands in a conflict with its author. */
START_TEST(nobody_is_calibrated_on_work_they_know_or_may_not_read)
{
	struct bytes work;

	given_anchors(&kit, ANCHORS - 1, "yes yes yes");
	work = given_passed(&kit, "ana");
	given_registered(&kit, "lea", NULL, true);
	given_registered(&kit, "len", NULL, true);
	when_lead_rates(&kit, work, "lea", "yes yes yes");
	when_lead_rates(&kit, work, "len", "yes yes yes");
	given_in_training(&kit, "tess");
	tell_relation(&kit, "tess", "ana");
	ck_rejected(when_calibration_starts(&kit, "tess"), ASSESSMENT__REASON__ANCHORS_TOO_FEW);
	when_applied(&kit, "lea");
	when_trained(&kit, "lea");
	ck_rejected(when_calibration_starts(&kit, "lea"), ASSESSMENT__REASON__ANCHORS_TOO_FEW);
	ck_rejected(when_calibration_starts(&kit, FIRST_READER),
		    ASSESSMENT__REASON__ANCHORS_TOO_FEW);
	given_in_training(&kit, "tom");
	ck_assert_int_eq(when_calibration_starts(&kit, "tom"), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(an_anchor_left_lying_is_given_back_and_read_later)
{
	struct bytes reading;

	given_anchors(&kit, ANCHORS, "yes yes yes");
	given_in_training(&kit, "tess");
	when_calibration_starts(&kit, "tess");
	reading = take_any(&kit, "tess", NULL);
	kit_advance(&kit, 73 * US_PER_HOUR);
	ck_rejected(when_rated(&kit, reading, "yes yes yes"), ASSESSMENT__REASON__LEASE_OVER);
	for (unsigned i = 0; i < ANCHORS; i++)
		ck_assert_int_eq(read_anchor("yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(seat_of_reader(&kit, "tess")->state, "certified");
}
END_TEST

START_TEST(a_withdrawn_anchor_is_given_to_nobody_and_who_holds_it_may_finish)
{
	struct bytes reading;
	const Assessment__Event *event;

	given_anchors(&kit, ANCHORS, "yes yes yes");
	given_in_training(&kit, "tess");
	when_calibration_starts(&kit, "tess");
	forget_events(&kit);
	reading = kit_id(&kit);
	when_next(&kit, "tess", reading);
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED);
	when_evidence_opened(&kit, bytes_of_pb(event->anchor_assigned->submission), reading);
	ck_rejected(when_anchor_withdrawn(&kit, kit_id(&kit), "known_outside"),
		    ASSESSMENT__REASON__UNKNOWN_SUBMISSION);
	ck_rejected(when_anchor_withdrawn(&kit, bytes_of_pb(event->anchor_assigned->submission),
					  "Ana told me"),
		    ASSESSMENT__REASON__BAD_VALUE);
	ck_assert_int_eq(when_anchor_withdrawn(&kit,
					       bytes_of_pb(event->anchor_assigned->submission),
					       "known_outside"),
			 CAIRN__STATUS__OK);
	ck_rejected(when_anchor_withdrawn(&kit, bytes_of_pb(event->anchor_assigned->submission),
					  "known_outside"),
		    ASSESSMENT__REASON__UNKNOWN_ANCHOR);
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(anchors_as(BYTES_NONE)->n_anchors, ANCHORS - 1);
	ck_assert_uint_eq(seat_of_reader(&kit, "tess")->anchors_read, 1);
	ck_assert_uint_eq(seat_of_reader(&kit, "tess")->anchors_left, ANCHORS - 1);
}
END_TEST

START_TEST(an_erased_educators_work_is_no_anchor_any_more)
{
	Enrollment__EducatorErased erased = ENROLLMENT__EDUCATOR_ERASED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	struct bytes work = given_passed(&kit, "ana");

	given_anchors(&kit, 1, "yes yes yes");
	when_anchor_rated(&kit, work, "yes yes yes");
	ck_assert_uint_eq(anchors_as(BYTES_NONE)->n_anchors, 2);
	erased.educator = pb_of_bytes(EDUCATOR("ana"));
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED;
	event.educator_erased = &erased;
	kit_upstream(&kit, "enrollment.0.log", EDUCATOR("ana"), &event.base);
	ck_assert_uint_eq(anchors_as(BYTES_NONE)->n_anchors, 1);
}
END_TEST

START_TEST(purged_work_is_no_anchor_any_more)
{
	Evidence__AnswerPurged purged = EVIDENCE__ANSWER_PURGED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct bytes work = given_passed(&kit, "ana");

	given_anchors(&kit, 1, "yes yes yes");
	when_anchor_rated(&kit, work, "yes yes yes");
	purged.submission = pb_of_bytes(work);
	event.body_case = EVIDENCE__EVENT__BODY_ANSWER_PURGED;
	event.answer_purged = &purged;
	forget_events(&kit);
	kit_upstream(&kit, "evidence.0.log", work, &event.base);
	kit_upstream(&kit, "evidence.0.log", work, &event.base);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_ANCHOR_WITHDRAWN), 1);
	ck_assert_uint_eq(anchors_as(BYTES_NONE)->n_anchors, 1);
}
END_TEST

START_TEST(a_reading_of_an_anchor_leaves_the_submission_as_it_was)
{
	const Assessment__DecisionAnswer *before, *after;
	const Assessment__QueueAnswer *queue;
	struct bytes work = given_passed(&kit, "ana");

	given_anchors(&kit, ANCHORS - 1, "yes yes yes");
	when_anchor_rated(&kit, work, "almost almost almost");
	given_in_training(&kit, "tess");
	before = decision_of_work(&kit, work);
	when_calibrated(&kit, "tess", "yes yes yes");
	after = decision_of_work(&kit, work);
	ck_assert_str_eq(after->state, before->state);
	ck_assert_uint_eq(after->n_readings, before->n_readings);
	ck_assert_uint_eq(after->reads, before->reads);
	ck_assert(after->passed);
	queue = queue_as_operator(&kit, "");
	ck_assert_uint_eq(queue->n_rows, 0);
}
END_TEST

START_TEST(who_is_certified_stays_so_while_renewing_and_if_the_renewal_fails)
{
	int64_t until_us;

	given_anchors(&kit, 3 * ANCHORS, "yes yes yes");
	given_in_training(&kit, "tess");
	when_calibrated(&kit, "tess", "yes yes yes");
	kit_advance(&kit, 300 * US_PER_DAY);
	until_us = seat_of_reader(&kit, "tess")->until_us;
	when_calibrated(&kit, "tess", "not_yet yes yes");
	ck_assert_str_eq(seat_of_reader(&kit, "tess")->state, "certified");
	ck_assert_int_eq(seat_of_reader(&kit, "tess")->until_us, until_us);
	when_calibrated(&kit, "tess", "yes yes yes");
	ck_assert_int_eq(seat_of_reader(&kit, "tess")->until_us, kit.now_us + 365 * US_PER_DAY);
}
END_TEST

START_TEST(a_seat_is_shown_to_its_assessor_and_to_leads)
{
	Assessment__GetSeat ask = ASSESSMENT__GET_SEAT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	given_reader(&kit, "ruth");
	given_lead_reader(&kit, "lea");
	ask.assessor = pb_of_bytes(READER("ruth"));
	ask.entry = pb_of_bytes(LIT_101);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_SEAT;
	query.get_seat = &ask;
	ck_assert_int_eq(ask_as(&kit, READER("ruth"), &query.base), CAIRN__STATUS__OK);
	ck_assert_int_eq(ask_as(&kit, READER("lea"), &query.base), CAIRN__STATUS__OK);
	ck_assert_int_eq(ask_as(&kit, READER("amy"), &query.base), CAIRN__STATUS__FORBIDDEN);
	when_retired(&kit, "ruth");
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "retired");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: calibration");
	TCase *tc = tcase_create("calibration");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, who_applies_is_trained_by_another_and_may_not_read_yet);
	tcase_add_test(tc, a_lead_trains_others_and_never_oneself);
	tcase_add_test(tc, an_operators_grant_is_a_seat_and_is_told_apart_from_a_certificate);
	tcase_add_test(tc, a_grant_says_who_gave_it);
	tcase_add_test(tc, two_leads_who_say_the_same_make_an_anchor);
	tcase_add_test(tc, leads_who_differ_are_told_on_which_rows_and_nothing_is_agreed);
	tcase_add_test(tc, the_truth_is_shown_to_who_said_it_and_to_no_other_reader);
	tcase_add_test(tc, a_rating_of_an_anchor_is_refused_for_each_reason);
	tcase_add_test(tc, work_whose_author_may_try_again_is_no_anchor);
	tcase_add_test(tc, ten_anchors_read_well_certify_for_twelve_months);
	tcase_add_loop_test(tc, eighty_percent_of_the_rows_must_agree_on_pass, 0, 2);
	tcase_add_test(tc, one_rating_two_levels_off_fails_and_the_result_says_which_row);
	tcase_add_test(tc, a_fresh_attempt_is_of_fresh_anchors);
	tcase_add_test(tc, nine_anchors_are_too_few);
	tcase_add_test(tc, nobody_is_calibrated_on_work_they_know_or_may_not_read);
	tcase_add_test(tc, an_anchor_left_lying_is_given_back_and_read_later);
	tcase_add_test(tc, a_withdrawn_anchor_is_given_to_nobody_and_who_holds_it_may_finish);
	tcase_add_test(tc, an_erased_educators_work_is_no_anchor_any_more);
	tcase_add_test(tc, purged_work_is_no_anchor_any_more);
	tcase_add_test(tc, a_reading_of_an_anchor_leaves_the_submission_as_it_was);
	tcase_add_test(tc, who_is_certified_stays_so_while_renewing_and_if_the_renewal_fails);
	tcase_add_test(tc, a_seat_is_shown_to_its_assessor_and_to_leads);
	suite_add_tcase(suite, tc);
	return suite;
}
