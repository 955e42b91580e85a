/* Tests of integrity cases: flags, holds, two persons, and the clock. */
#include "services/assessment/tables_due.h"
#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define FLAG ASSESSMENT__COMMAND__BODY_FLAG_INTEGRITY
#define HOLD ASSESSMENT__COMMAND__BODY_PLACE_HOLD
#define CLEAR ASSESSMENT__COMMAND__BODY_CLEAR_HOLD
#define PROPOSE ASSESSMENT__COMMAND__BODY_PROPOSE_FOUNDED
#define CONFIRM ASSESSMENT__COMMAND__BODY_CONFIRM_FOUNDED
#define WITHDRAW ASSESSMENT__COMMAND__BODY_WITHDRAW_FOUNDED

static struct kit kit;

static void open_kit(void)
{
	review_kit_open(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static void ck_refused(Cairn__Status status, Assessment__Reason reason)
{
	ck_assert_int_eq(status, CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, reason);
}

static unsigned told(Assessment__Event__BodyCase kind)
{
	kit.seen_seq = 0;
	return count_of_kind(&kit, kind);
}

static struct submission row_of(struct bytes work)
{
	struct submission row;

	ck_assert(submission_get(kit_view(&kit), work, &row));
	return row;
}

/* ---- every state ---- */

static struct bytes in_queue(void)
{
	return given_work(&kit, &(struct work){0});
}

static struct bytes in_reading(void)
{
	struct bytes work = in_queue();

	take(&kit, "ruth");
	return work;
}

static struct bytes in_second_read(void)
{
	struct bytes work = in_queue();

	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes almost"), CAIRN__STATUS__OK);
	return work;
}

static struct bytes in_second_reading(void)
{
	struct bytes work = in_second_read();

	take(&kit, "sol");
	return work;
}

static struct bytes in_adjudication(void)
{
	struct bytes work = in_queue();

	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes yes");
	return work;
}

static struct bytes in_release(void)
{
	return given_decided(&kit, "yes yes almost");
}

static struct bytes in_review(void)
{
	struct bytes work = in_release();

	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	return work;
}

static struct bytes in_review_reading(void)
{
	struct bytes work = in_review();

	take(&kit, "tess");
	return work;
}

static struct bytes in_review_adjudication(void)
{
	struct bytes work = in_release();

	given_review(&kit, work, ASSESSMENT__REVIEW_WHY__BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	return work;
}

static struct bytes in_return(void)
{
	Assessment__ReturnIncomplete ask = ASSESSMENT__RETURN_INCOMPLETE__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Enrollment__Profile person = *kit_profile("double-read");
	char code[] = "person", why[] = "item_unreadable";
	struct bytes work;

	person.code = code;
	person.screening = code;
	tell_profile(&kit, &person);
	work = given_work(&kit, &(struct work){.profile = "person"});
	ask.submission = pb_of_bytes(work);
	ask.why = why;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RETURN_INCOMPLETE;
	cmd.return_incomplete = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__OK);
	return work;
}

static struct bytes recalled(void)
{
	struct bytes work = in_queue();

	when_work_recalled(&kit, work);
	return work;
}

static struct bytes under_hold(void)
{
	struct bytes work = in_queue();

	given_held(&kit, work);
	return work;
}

static struct bytes voided(void)
{
	struct bytes work = under_hold();

	given_founded(&kit, work);
	return work;
}

/* after: where it is once cleared; NULL: it cannot be held. */
static const struct {
	struct bytes (*given)(void);
	const char *after;
} states[] = {
	{in_queue, "queued"},
	{in_reading, "queued"},
	{in_second_read, "second_read"},
	{in_second_reading, "second_read"},
	{in_adjudication, "adjudication"},
	{in_release, "released"},
	{in_review, "review"},
	{in_review_reading, "review"},
	{in_review_adjudication, "review_adjudication"},
	{in_return, NULL},
	{recalled, NULL},
	{under_hold, NULL},
	{voided, NULL},
};

START_TEST(a_hold_stops_all_and_a_cleared_one_goes_back_to_where_it_was)
{
	static const char *const readers[] = {"ruth", "sol", "tess", "una"};
	struct bytes work = states[_i].given();
	Cairn__Status status = when_case(&kit, HOLD, work, "lea");

	if (states[_i].after == NULL) {
		ck_refused(status, ASSESSMENT__REASON__WRONG_STATE);
		return;
	}
	ck_assert_int_eq(status, CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "integrity_hold");
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		ck_refused(when_next(&kit, readers[i], kit_id(&kit)),
			   ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_refused(when_adjudicated(&kit, work, "mae", "- - yes"), ASSESSMENT__REASON__WRONG_STATE);
	kit_advance(&kit, 3 * US_PER_DAY);
	ck_assert_int_eq(when_case(&kit, CLEAR, work, "mae"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), states[_i].after);
	ck_refused(when_case(&kit, CLEAR, work, "mae"), ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

START_TEST(every_other_command_of_a_case_wants_a_hold)
{
	static const Assessment__Command__BodyCase kinds[] = {CLEAR, PROPOSE, CONFIRM, WITHDRAW};
	struct bytes work = states[_i].given();

	if (row_of(work).state == STATE_HELD)
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		ck_refused(when_case(&kit, kinds[i], work, "lea"), ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

START_TEST(what_a_reader_holds_is_taken_out_of_the_hand)
{
	struct bytes work = in_queue(), reading = take(&kit, "ruth");

	given_held(&kit, work);
	ck_refused(when_rated(&kit, reading, "yes yes yes"), ASSESSMENT__REASON__LEASE_OVER);
	given_work(&kit, &(struct work){.educator = "ben"});
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

/* ---- who ---- */

START_TEST(a_reader_who_is_no_lead_places_no_hold)
{
	struct bytes work = in_queue();

	ck_refused(when_case(&kit, HOLD, work, "ruth"), ASSESSMENT__REASON__NOT_LEAD);
	tell_relation(&kit, "lea", "ana");
	ck_refused(when_case(&kit, HOLD, work, "lea"), ASSESSMENT__REASON__CONFLICT);
	ck_assert_int_eq(when_case(&kit, HOLD, work, NULL), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(two_different_persons_found_a_case)
{
	struct bytes work = under_hold();

	ck_refused(when_case(&kit, CONFIRM, work, "lea"), ASSESSMENT__REASON__NOT_PROPOSED);
	ck_refused(when_case(&kit, PROPOSE, work, NULL), ASSESSMENT__REASON__NEEDS_ACTOR);
	ck_assert_int_eq(when_case(&kit, PROPOSE, work, "lea"), CAIRN__STATUS__OK);
	ck_refused(when_case(&kit, PROPOSE, work, "mae"), ASSESSMENT__REASON__PROPOSED_BEFORE);
	ck_refused(when_case(&kit, CONFIRM, work, "lea"), ASSESSMENT__REASON__SAME_PERSON);
	ck_assert_int_eq(when_case(&kit, WITHDRAW, work, "lea"), CAIRN__STATUS__OK);
	ck_refused(when_case(&kit, CONFIRM, work, "mae"), ASSESSMENT__REASON__NOT_PROPOSED);
	ck_assert_int_eq(when_case(&kit, PROPOSE, work, "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_case(&kit, CONFIRM, work, "mae"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "voided");
}
END_TEST

START_TEST(a_cleared_hold_forgets_the_proposal)
{
	struct bytes work = under_hold();

	ck_assert_int_eq(when_case(&kit, PROPOSE, work, "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_case(&kit, CLEAR, work, "lea"), CAIRN__STATUS__OK);
	given_held(&kit, work);
	ck_refused(when_case(&kit, CONFIRM, work, "mae"), ASSESSMENT__REASON__NOT_PROPOSED);
}
END_TEST

/* ---- what is founded ---- */

START_TEST(founded_after_the_release_it_names_the_decision_that_is_taken_back)
{
	struct bytes work = given_decided(&kit, "yes yes yes");
	struct bytes decision = bytes_of_pb(decision_of_work(&kit, work)->decision);
	const Assessment__IntegrityFounded *founded;

	given_held(&kit, work);
	given_founded(&kit, work);
	kit.seen_seq = 0;
	founded = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED)->integrity_founded;
	ck_assert(bytes_equal(bytes_of_pb(founded->decision), decision));
	ck_assert(!bytes_equal(bytes_of_pb(founded->by), bytes_of_pb(founded->second)));
}
END_TEST

START_TEST(before_it_there_is_none_to_name)
{
	voided();
	kit.seen_seq = 0;
	ck_assert_uint_eq(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED)
				  ->integrity_founded->decision.len,
			  0);
}
END_TEST

START_TEST(rows_met_in_voided_work_count_for_no_later_attempt)
{
	struct bytes work = in_release();
	const Assessment__SubmissionReceived *received;

	given_held(&kit, work);
	given_founded(&kit, work);
	forget_events(&kit);
	given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
	received = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED)
			   ->submission_received;
	ck_assert_uint_eq(received->n_rows, 3);
}
END_TEST

START_TEST(an_appeal_filed_under_a_hold_waits_for_its_end)
{
	struct bytes work = in_release();

	given_held(&kit, work);
	ck_assert_int_eq(when_appealed(&kit, work, NULL), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "integrity_hold");
	ck_refused(when_next(&kit, "tess", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_assert_int_eq(when_case(&kit, CLEAR, work, "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert(decision_of_work(&kit, work)->passed);
}
END_TEST

/* ---- the flag ---- */

START_TEST(a_flag_has_it_read_twice_and_changes_nothing_else)
{
	static const char trigger[] = "integrity_flag";
	Enrollment__Profile single = *kit_profile("standard");
	char code[] = "single", text[sizeof trigger];
	char *triggers[] = {text};
	struct bytes work;

	memcpy(text, trigger, sizeof trigger);
	single.code = code;
	single.second_read_permille = 0;
	single.second_read_triggers = triggers;
	single.n_second_read_triggers = 1;
	tell_profile(&kit, &single);
	work = given_work(&kit, &(struct work){.profile = "single"});
	ck_assert_int_eq(when_case(&kit, FLAG, work, "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_case(&kit, FLAG, work, "mae"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED), 1);
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "second_read");
	ck_assert_str_eq(decision_of_work(&kit, work)->second_why, "integrity_flag");
}
END_TEST

/* ---- the clock ---- */

static void ck_clock(struct bytes work, int64_t running_us, int64_t paused_us)
{
	struct submission row = row_of(work);
	struct clock c = clock_get(kit_view(&kit), &row);

	ck_assert_int_eq(clock_running_us(&c, kit.now_us), running_us);
	ck_assert_int_eq(clock_paused_us(&c, kit.now_us), paused_us);
	ck_assert_int_eq(clock_elapsed_us(&c, kit.now_us), running_us + paused_us);
}

/* Tuesday to Friday: three business days, so that what was due on Sunday 11 at 15:15 UTC, with
 * three left (7, 8, 9), is due at the end of Wednesday 14. */
START_TEST(a_hold_pauses_the_clock_and_moves_the_due_date)
{
	struct bytes work = in_queue();

	given_held(&kit, work);
	kit_advance(&kit, 3 * US_PER_DAY);
	ck_clock(work, 0, 3 * US_PER_DAY);
	ck_assert_int_eq(when_case(&kit, CLEAR, work, "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(row_of(work).due_us, INT64_C(1768456799) * US_PER_S);
	kit_advance(&kit, US_PER_DAY);
	ck_clock(work, US_PER_DAY, 3 * US_PER_DAY);
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	kit_advance(&kit, US_PER_DAY);
	ck_clock(work, US_PER_DAY, 3 * US_PER_DAY);
}
END_TEST

START_TEST(work_that_is_back_with_its_author_stands_still_until_it_is_sealed_again)
{
	struct bytes work = in_return();

	kit_advance(&kit, 2 * US_PER_DAY);
	work = given_work(&kit, &(struct work){0});
	kit_advance(&kit, US_PER_DAY);
	ck_clock(work, US_PER_DAY, 2 * US_PER_DAY);
	when_work_recalled(&kit, work);
	kit_advance(&kit, US_PER_HOUR);
	work = given_work(&kit, &(struct work){0});
	ck_clock(work, US_PER_DAY, 2 * US_PER_DAY + US_PER_HOUR);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_CLOCK_PAUSED), 2);
	ck_assert_uint_eq(told(ASSESSMENT__EVENT__BODY_CLOCK_RESUMED), 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: integrity");
	TCase *tc = tcase_create("integrity");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_loop_test(tc, a_hold_stops_all_and_a_cleared_one_goes_back_to_where_it_was, 0,
			    ARRAY_LEN(states));
	tcase_add_loop_test(tc, every_other_command_of_a_case_wants_a_hold, 0, ARRAY_LEN(states));
	tcase_add_test(tc, what_a_reader_holds_is_taken_out_of_the_hand);
	tcase_add_test(tc, a_reader_who_is_no_lead_places_no_hold);
	tcase_add_test(tc, two_different_persons_found_a_case);
	tcase_add_test(tc, a_cleared_hold_forgets_the_proposal);
	tcase_add_test(tc, founded_after_the_release_it_names_the_decision_that_is_taken_back);
	tcase_add_test(tc, before_it_there_is_none_to_name);
	tcase_add_test(tc, rows_met_in_voided_work_count_for_no_later_attempt);
	tcase_add_test(tc, an_appeal_filed_under_a_hold_waits_for_its_end);
	tcase_add_test(tc, a_flag_has_it_read_twice_and_changes_nothing_else);
	tcase_add_test(tc, a_hold_pauses_the_clock_and_moves_the_due_date);
	tcase_add_test(tc, work_that_is_back_with_its_author_stands_still_until_it_is_sealed_again);
	suite_add_tcase(suite, tc);
	return suite;
}
