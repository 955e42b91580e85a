/* An enrollment, from enrolling to its lapse. */
#include "services/enrollment/lapse.h"
#include "tests/unit/enrollment/given.h"

#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_educator(&kit, ANA, "ana");
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- what the neighbours say ---- */

static void seal_it(struct bytes enrollment, struct bytes submission)
{
	Evidence__SubmissionSealed sealed = EVIDENCE__SUBMISSION_SEALED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	sealed.submission = pb_of_bytes(submission);
	sealed.portfolio = pb_of_bytes(enrollment);
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_SEALED;
	event.submission_sealed = &sealed;
	kit_upstream(&kit, "evidence.0.log", enrollment, &event.base);
}

static void read_it(struct bytes submission)
{
	Assessment__ReadingAssigned assigned = ASSESSMENT__READING_ASSIGNED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	assigned.submission = pb_of_bytes(submission);
	event.body_case = ASSESSMENT__EVENT__BODY_READING_ASSIGNED;
	event.reading_assigned = &assigned;
	kit_upstream(&kit, "assessment.0.log", submission, &event.base);
}

static void issue(struct bytes enrollment, int64_t valid_until_us)
{
	Issuance__CredentialIssued issued = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	issued.enrollment = pb_of_bytes(enrollment);
	issued.credential = pb_of_bytes(kit_id(&kit));
	issued.valid_until_us = valid_until_us;
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	event.credential_issued = &issued;
	kit_upstream(&kit, "issuance.0.log", enrollment, &event.base);
}

/* ---- enroll ---- */

START_TEST(an_enrollment_keeps_version_price_hours_and_policy_of_its_day)
{
	Enrollment__Entry *next = an_entry(&kit);
	Enrollment__Policy *policy = copy_of(&kit, &kit_policy()->base);
	const Enrollment__Enrolled *e;
	struct bytes id = given_enrolled(&kit, ANA);

	e = NEXT(&kit, ENROLLED)->enrolled;
	ck_assert_uint_eq(e->version, 1);
	ck_assert_uint_eq(e->clock_hours, 12);
	ck_assert_uint_eq(e->policy_version, 1);
	ck_assert_int_eq(e->lapses_us, KIT_EPOCH_US + 730 * US_PER_DAY);
	next->version = 2;
	policy->version = 2;
	policy->lapse_days = 100;
	ck_assert_int_eq(publish_entry(&kit, next), OK);
	ck_assert_int_eq(publish_policy(&kit, policy), OK);
	ck_assert_uint_eq(enrollment_now(&kit, id)->version, 1);
	ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	ck_assert_int_eq(NEXT(&kit, PAUSED)->paused->lapses_us, kit.now_us + 730 * US_PER_DAY);
}
END_TEST

START_TEST(the_reply_to_enroll_says_version_and_lapse)
{
	struct bytes id = given_enrolled(&kit, ANA);
	const Enrollment__EnrolledReceipt *receipt = got_answer(&kit)->enrolled;

	ck_assert(bytes_equal(bytes_of_pb(receipt->enrollment), id));
	ck_assert_uint_eq(receipt->version, 1);
	ck_assert_int_eq(receipt->lapses_us, KIT_EPOCH_US + 730 * US_PER_DAY);
}
END_TEST

START_TEST(a_repeated_enroll_enrolls_once_and_gets_its_first_answer)
{
	Enrollment__Enroll ask = ENROLLMENT__ENROLL__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	struct bytes id = kit_id(&kit);

	ask.enrollment = pb_of_bytes(kit_id(&kit));
	ask.educator = pb_of_bytes(ANA);
	ask.entry = pb_of_bytes(LIT_101);
	cmd.body_case = ENROLLMENT__COMMAND__BODY_ENROLL;
	cmd.enroll = &ask;
	events_since(&kit);
	ck_assert_int_eq(kit_send_as(&kit, id, PORTAL, ANA, &cmd.base), OK);
	ck_assert_int_eq(kit_send_as(&kit, id, PORTAL, ANA, &cmd.base), OK);
	ck_assert(kit.got.repeated);
	ck_assert_ptr_nonnull(got_answer(&kit)->enrolled);
	ck_assert_uint_eq(events_since(&kit), 1);
}
END_TEST

START_TEST(two_commands_of_one_batch_see_each_other)
{
	Enrollment__Enroll one = ENROLLMENT__ENROLL__INIT, two = ENROLLMENT__ENROLL__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;

	one.enrollment = pb_of_bytes(kit_id(&kit));
	two.enrollment = pb_of_bytes(kit_id(&kit));
	one.educator = two.educator = pb_of_bytes(ANA);
	one.entry = two.entry = pb_of_bytes(LIT_101);
	cmd.body_case = ENROLLMENT__COMMAND__BODY_ENROLL;
	cmd.enroll = &one;
	kit_submit(&kit, kit_id(&kit), PORTAL, ANA, &cmd.base);
	cmd.enroll = &two;
	kit_submit(&kit, kit_id(&kit), PORTAL, ANA, &cmd.base);
	kit_run(&kit);
	ck_refused(kit.got.status, ALREADY_ACTIVE);
}
END_TEST

START_TEST(enrolling_needs_ids_that_are_known)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_refused(enroll_as(&kit, PORTAL, ANA, BYTES_NONE, ANA, LIT_101), BAD_ID);
	ck_refused(enroll_as(&kit, PORTAL, ANA, id, ANA, LIT_101), ID_TAKEN);
	ck_refused(enroll_as(&kit, PORTAL, BEN, kit_id(&kit), BEN, LIT_101), UNKNOWN_EDUCATOR);
	ck_refused(enroll_as(&kit, PORTAL, ANA, kit_id(&kit), ANA, LIT_102), UNKNOWN_ENTRY);
	ck_refused(enroll_as(&kit, PORTAL, BEN, kit_id(&kit), ANA, LIT_101), NOT_YOURS);
	ck_refused(enroll_as(&kit, PORTAL, ANA, kit_id(&kit), ANA, LIT_101), ALREADY_ACTIVE);
}
END_TEST

START_TEST(an_operator_may_enroll_anyone)
{
	ck_assert_int_eq(
		enroll_as(&kit, ROLE_OPERATOR | ROLE_ASSERTS, BEN, kit_id(&kit), ANA, LIT_101), OK);
}
END_TEST

START_TEST(what_opens_later_takes_nobody_before_its_day)
{
	Enrollment__Entry *entry = another_entry(&kit, "LIT-102", "lit-102");

	entry->first_published = text_of(&kit, "2026-01-07");
	ck_assert_int_eq(publish_entry(&kit, entry), OK);
	ck_refused(enroll_as(&kit, PORTAL, ANA, kit_id(&kit), ANA, LIT_102), NOT_PUBLISHED);
	kit_advance(&kit, US_PER_DAY);
	ck_assert_int_eq(enroll_as(&kit, PORTAL, ANA, kit_id(&kit), ANA, LIT_102), OK);
}
END_TEST

START_TEST(a_retired_entry_takes_nobody_new)
{
	ck_assert_int_eq(retire_entry(&kit, LIT_101, BYTES_NONE), OK);
	ck_refused(enroll(&kit, kit_id(&kit), ANA), RETIRED);
}
END_TEST

START_TEST(prerequisites_are_earned_first)
{
	Enrollment__Entry *entry = another_entry(&kit, "LIT-102", "lit-102");
	struct bytes first;

	entry->n_prerequisites = 1;
	entry->prerequisites = arena_alloc(kit.arena, sizeof *entry->prerequisites);
	entry->prerequisites[0] = pb_of_bytes(LIT_101);
	ck_assert_int_eq(publish_entry(&kit, entry), OK);
	ck_refused(enroll_as(&kit, PORTAL, ANA, kit_id(&kit), ANA, LIT_102), PREREQUISITE_MISSING);
	ck_assert_str_eq(kit.got.text, "earn LIT-101 first");
	first = given_enrolled(&kit, ANA);
	issue(first, 0);
	ck_assert_int_eq(enroll_as(&kit, PORTAL, ANA, kit_id(&kit), ANA, LIT_102), OK);
}
END_TEST

START_TEST(what_was_earned_is_earned_again_only_when_it_has_ended)
{
	struct bytes id = given_enrolled(&kit, ANA);

	issue(id, kit.now_us + 10 * US_PER_DAY);
	ck_assert_int_eq(state_of(&kit, id), ENROLLMENT__STATE__COMPLETED);
	ck_refused(enroll(&kit, kit_id(&kit), ANA), ALREADY_EARNED);
	kit_advance(&kit, 10 * US_PER_DAY);
	ck_assert_int_eq(enroll(&kit, kit_id(&kit), ANA), OK);
}
END_TEST

/* ---- pause, resume, withdraw: the state machine ---- */

START_TEST(who_pauses_for_200_days_resumes_with_nothing_lost)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_assert_int_eq(note_progress(&kit, ANA, id, "lit-101.s1", true), OK);
	ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	ck_assert_int_eq(state_of(&kit, id), ENROLLMENT__STATE__PAUSED);
	kit_advance(&kit, 200 * US_PER_DAY);
	ck_assert_int_eq(resume_it(&kit, ANA, id), OK);
	ck_assert_int_eq(state_of(&kit, id), ENROLLMENT__STATE__ACTIVE);
	ck_assert_uint_eq(enrollment_now(&kit, id)->n_resources_done, 1);
	ck_assert_int_eq(enrollment_now(&kit, id)->lapses_us, kit.now_us + 730 * US_PER_DAY);
}
END_TEST

/* What each of the three does in each state; the same table as in the domain's description. */
static const struct step {
	Enrollment__State from;
	bool pause, resume, withdraw;
} steps[] = {
	{ENROLLMENT__STATE__ACTIVE, true, false, true},
	{ENROLLMENT__STATE__PAUSED, false, true, true},
	{ENROLLMENT__STATE__WITHDRAWN, false, false, false},
	{ENROLLMENT__STATE__LAPSED, false, true, false},
	{ENROLLMENT__STATE__COMPLETED, false, false, false},
};

static struct bytes enrollment_in(Enrollment__State state)
{
	struct bytes id = given_enrolled(&kit, ANA);

	if (state == ENROLLMENT__STATE__PAUSED)
		ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	else if (state == ENROLLMENT__STATE__WITHDRAWN)
		ck_assert_int_eq(withdraw(&kit, ANA, id), OK);
	else if (state == ENROLLMENT__STATE__LAPSED)
		kit_advance(&kit, 731 * US_PER_DAY);
	else if (state == ENROLLMENT__STATE__COMPLETED)
		issue(id, 0);
	ck_assert_int_eq(state_of(&kit, id), state);
	return id;
}

START_TEST(an_active_paused_or_lapsed_one_moves_as_the_domain_says_and_no_other_way)
{
	static Cairn__Status (*const moves[])(struct kit *, struct bytes,
					      struct bytes) = {pause_it, resume_it, withdraw};
	const struct step *s = &steps[_i / 3];
	bool allowed[] = {s->pause, s->resume, s->withdraw};
	struct bytes id = enrollment_in(s->from);

	if (allowed[_i % 3]) {
		ck_assert_int_eq(moves[_i % 3](&kit, ANA, id), OK);
	} else {
		ck_refused(moves[_i % 3](&kit, ANA, id), WRONG_STATE);
		ck_assert_int_eq(state_of(&kit, id), s->from);
	}
}
END_TEST

START_TEST(only_the_teacher_moves_an_enrollment)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_refused(pause_it(&kit, BEN, id), NOT_YOURS);
	ck_refused(withdraw(&kit, BEN, id), NOT_YOURS);
	ck_refused(note_progress(&kit, BEN, id, "lit-101.s1", true), NOT_YOURS);
	ck_refused(pause_it(&kit, ANA, kit_id(&kit)), UNKNOWN_ENROLLMENT);
	ck_refused(resume_it(&kit, ANA, bytes_of_text("x")), BAD_ID);
}
END_TEST

START_TEST(a_lapsed_one_is_not_resumed_beside_a_new_one)
{
	struct bytes id = enrollment_in(ENROLLMENT__STATE__LAPSED);

	given_enrolled(&kit, ANA);
	ck_refused(resume_it(&kit, ANA, id), ALREADY_ACTIVE);
}
END_TEST

START_TEST(retirement_lets_who_paused_resume_until_the_finish_date)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, BYTES_NONE), OK);
	kit_advance(&kit, 365 * US_PER_DAY);
	ck_assert_int_eq(resume_it(&kit, ANA, id), OK);
	ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	kit_advance(&kit, 1);
	ck_refused(resume_it(&kit, ANA, id), FINISH_DATE_PAST);
}
END_TEST

START_TEST(nobody_withdraws_while_an_assessor_reads)
{
	struct bytes id = given_enrolled(&kit, ANA), submission = kit_id(&kit);

	seal_it(id, submission);
	read_it(submission);
	ck_refused(withdraw(&kit, ANA, id), SUBMISSION_IN_READING);
}
END_TEST

START_TEST(what_is_sealed_and_not_yet_read_may_be_withdrawn)
{
	struct bytes id = given_enrolled(&kit, ANA);

	seal_it(id, kit_id(&kit));
	ck_assert_int_eq(withdraw(&kit, ANA, id), OK);
	ck_assert_int_eq(enroll(&kit, kit_id(&kit), ANA), OK);
}
END_TEST

/* ---- progress ---- */

START_TEST(progress_is_noted_once_and_taken_back)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_assert_int_eq(note_progress(&kit, ANA, id, "lit-101.s1", true), OK);
	ck_assert_int_eq(note_progress(&kit, ANA, id, "lit-101.s2", true), OK);
	ck_assert_uint_eq(enrollment_now(&kit, id)->n_resources_done, 2);
	events_since(&kit);
	ck_assert_int_eq(note_progress(&kit, ANA, id, "lit-101.s1", true), OK);
	ck_assert_uint_eq(events_since(&kit), 0);
	ck_assert_int_eq(note_progress(&kit, ANA, id, "lit-101.s1", false), OK);
	ck_assert_uint_eq(enrollment_now(&kit, id)->n_resources_done, 1);
	ck_assert_str_eq(enrollment_now(&kit, id)->resources_done[0], "lit-101.s2");
}
END_TEST

START_TEST(progress_is_of_resources_the_version_has_while_it_is_active)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_refused(note_progress(&kit, ANA, id, "lit-101.s9", true), UNKNOWN_RESOURCE);
	ck_refused(note_progress(&kit, ANA, id, "", true), MISSING_FIELD);
	ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	ck_refused(note_progress(&kit, ANA, id, "lit-101.s1", true), WRONG_STATE);
}
END_TEST

/* ---- lapse ---- */

START_TEST(a_teacher_is_told_30_and_7_days_before_the_lapse)
{
	struct bytes id = given_enrolled(&kit, ANA);
	const Enrollment__LapseNoticed *noticed;
	const Enrollment__Event *event;

	events_since(&kit);
	kit_advance(&kit, 700 * US_PER_DAY - 1);
	ck_assert_ptr_null(NEXT(&kit, LAPSE_NOTICED));
	kit_advance(&kit, 1);
	noticed = NEXT(&kit, LAPSE_NOTICED)->lapse_noticed;
	ck_assert_uint_eq(noticed->days_left, 30);
	ck_assert_int_eq(noticed->lapses_us, KIT_EPOCH_US + 730 * US_PER_DAY);
	kit_advance(&kit, 23 * US_PER_DAY);
	ck_assert_uint_eq(NEXT(&kit, LAPSE_NOTICED)->lapse_noticed->days_left, 7);
	kit_advance(&kit, 7 * US_PER_DAY - 1);
	ck_assert_ptr_null(NEXT(&kit, LAPSED));
	kit_advance(&kit, 1);
	event = (const Enrollment__Event *)kit_next_event(&kit, NULL);
	ck_assert_int_eq(event->body_case, ENROLLMENT__EVENT__BODY_LAPSED);
	ck_assert(bytes_equal(bytes_of_pb(event->lapsed->educator), ANA));
	ck_assert_int_eq(state_of(&kit, id), ENROLLMENT__STATE__LAPSED);
	ck_assert_int_eq(engine_next_timer_us(kit.engine), INT64_MAX);
}
END_TEST

START_TEST(activity_moves_the_lapse_and_its_notices)
{
	struct bytes id = given_enrolled(&kit, ANA);

	kit_advance(&kit, 705 * US_PER_DAY);
	ck_assert_ptr_nonnull(NEXT(&kit, LAPSE_NOTICED));
	ck_assert_int_eq(note_progress(&kit, ANA, id, "lit-101.s1", true), OK);
	kit_advance(&kit, 699 * US_PER_DAY);
	ck_assert_ptr_null(NEXT(&kit, LAPSE_NOTICED));
	kit_advance(&kit, US_PER_DAY);
	ck_assert_uint_eq(NEXT(&kit, LAPSE_NOTICED)->lapse_noticed->days_left, 30);
}
END_TEST

START_TEST(a_paused_one_lapses_too)
{
	struct bytes id = given_enrolled(&kit, ANA);

	ck_assert_int_eq(pause_it(&kit, ANA, id), OK);
	kit_advance(&kit, 730 * US_PER_DAY);
	ck_assert_int_eq(state_of(&kit, id), ENROLLMENT__STATE__LAPSED);
}
END_TEST

START_TEST(who_comes_back_after_all_notices_gets_the_last_one_only)
{
	given_enrolled(&kit, ANA);
	events_since(&kit);
	kit.now_us += 725 * US_PER_DAY; /* the service was down meanwhile */
	kit_run(&kit);
	ck_assert_uint_eq(NEXT(&kit, LAPSE_NOTICED)->lapse_noticed->days_left, 7);
	kit_run(&kit);
	ck_assert_ptr_null(NEXT(&kit, LAPSE_NOTICED));
}
END_TEST

START_TEST(a_lapse_leaves_the_entry_free_for_a_new_enrollment)
{
	given_enrolled(&kit, ANA);
	kit_advance(&kit, 730 * US_PER_DAY);
	ck_assert_int_eq(enroll(&kit, kit_id(&kit), ANA), OK);
}
END_TEST

START_TEST(timers_survive_a_restart)
{
	struct bytes id = given_enrolled(&kit, ANA);

	kit_reopen(&kit);
	kit_advance(&kit, 730 * US_PER_DAY);
	ck_assert_int_eq(state_of(&kit, id), ENROLLMENT__STATE__LAPSED);
}
END_TEST

/* ---- the arithmetic ---- */

START_TEST(the_next_due_is_the_next_notice_or_the_lapse)
{
	static const struct notice_days policy = {.n = 2, .days = {30, 7}};
	static const struct notice_days silent = {.n = 0};
	const int64_t lapse = 1000 * US_PER_DAY;

	ck_assert_int_eq(notice_next_due(&policy, lapse, 0), 970 * US_PER_DAY);
	ck_assert_int_eq(notice_next_due(&policy, lapse, 30), 993 * US_PER_DAY);
	ck_assert_int_eq(notice_next_due(&policy, lapse, 7), lapse);
	ck_assert_int_eq(notice_next_due(&silent, lapse, 0), lapse);
	ck_assert_uint_eq(notice_due(&policy, lapse, 970 * US_PER_DAY), 30);
	ck_assert_uint_eq(notice_due(&policy, lapse, 999 * US_PER_DAY), 7);
	ck_assert_uint_eq(notice_due(&policy, lapse, lapse), 0);
}
END_TEST

static void add_enroll(Suite *suite)
{
	TCase *tc = tcase_create("enroll");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_enrollment_keeps_version_price_hours_and_policy_of_its_day);
	tcase_add_test(tc, the_reply_to_enroll_says_version_and_lapse);
	tcase_add_test(tc, a_repeated_enroll_enrolls_once_and_gets_its_first_answer);
	tcase_add_test(tc, two_commands_of_one_batch_see_each_other);
	tcase_add_test(tc, enrolling_needs_ids_that_are_known);
	tcase_add_test(tc, an_operator_may_enroll_anyone);
	tcase_add_test(tc, what_opens_later_takes_nobody_before_its_day);
	tcase_add_test(tc, a_retired_entry_takes_nobody_new);
	tcase_add_test(tc, prerequisites_are_earned_first);
	tcase_add_test(tc, what_was_earned_is_earned_again_only_when_it_has_ended);
	suite_add_tcase(suite, tc);
}

static void add_states(Suite *suite)
{
	TCase *tc = tcase_create("states");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, who_pauses_for_200_days_resumes_with_nothing_lost);
	tcase_add_loop_test(
		tc, an_active_paused_or_lapsed_one_moves_as_the_domain_says_and_no_other_way, 0,
		3 * (int)ARRAY_LEN(steps));
	tcase_add_test(tc, only_the_teacher_moves_an_enrollment);
	tcase_add_test(tc, a_lapsed_one_is_not_resumed_beside_a_new_one);
	tcase_add_test(tc, retirement_lets_who_paused_resume_until_the_finish_date);
	tcase_add_test(tc, nobody_withdraws_while_an_assessor_reads);
	tcase_add_test(tc, what_is_sealed_and_not_yet_read_may_be_withdrawn);
	tcase_add_test(tc, progress_is_noted_once_and_taken_back);
	tcase_add_test(tc, progress_is_of_resources_the_version_has_while_it_is_active);
	suite_add_tcase(suite, tc);
}

static void add_lapse(Suite *suite)
{
	TCase *tc = tcase_create("lapse");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_teacher_is_told_30_and_7_days_before_the_lapse);
	tcase_add_test(tc, activity_moves_the_lapse_and_its_notices);
	tcase_add_test(tc, a_paused_one_lapses_too);
	tcase_add_test(tc, who_comes_back_after_all_notices_gets_the_last_one_only);
	tcase_add_test(tc, a_lapse_leaves_the_entry_free_for_a_new_enrollment);
	tcase_add_test(tc, timers_survive_a_restart);
	tcase_add_test(tc, the_next_due_is_the_next_notice_or_the_lapse);
	suite_add_tcase(suite, tc);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment enrollments");

	add_enroll(suite);
	add_states(suite);
	add_lapse(suite);
	return suite;
}
