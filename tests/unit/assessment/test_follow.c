/* Tests of what the neighbours' events mean to assessment. */
#include "services/assessment/assessment.h"

#include "proto/evidence.pb-c.h"
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open_empty(&kit);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static bool nothing_happened(void)
{
	return kit_next_event(&kit, NULL) == NULL;
}

START_TEST(every_kind_of_both_neighbours_has_an_answer)
{
	const ProtobufCMessageDescriptor *types[N_UPSTREAMS] = {
		[UP_ENROLLMENT] = &enrollment__event__descriptor,
		[UP_EVIDENCE] = &evidence__event__descriptor,
	};

	for (unsigned up = 0; up < N_UPSTREAMS; up++)
		for (unsigned i = 0; i < types[up]->n_fields; i++)
			ck_assert_msg(assessment_follows(up, types[up]->fields[i].id), "%s",
				      types[up]->fields[i].name);
	ck_assert(!assessment_follows(UP_EVIDENCE, 59999));
}
END_TEST

START_TEST(documents_are_kept_once)
{
	for (unsigned i = 0; i < 2; i++) {
		tell_policy(&kit, kit_policy());
		tell_calendar(&kit);
		tell_profile(&kit, kit_profile("standard"));
		tell_entry(&kit, kit_entry());
	}
	ck_assert_int_eq(((const Assessment__Event *)kit_next_event(&kit, NULL))->body_case,
			 ASSESSMENT__EVENT__BODY_POLICY_NOTED);
	ck_assert_int_eq(((const Assessment__Event *)kit_next_event(&kit, NULL))->body_case,
			 ASSESSMENT__EVENT__BODY_CALENDAR_NOTED);
	ck_assert_int_eq(((const Assessment__Event *)kit_next_event(&kit, NULL))->body_case,
			 ASSESSMENT__EVENT__BODY_PROFILE_NOTED);
	ck_assert_int_eq(((const Assessment__Event *)kit_next_event(&kit, NULL))->body_case,
			 ASSESSMENT__EVENT__BODY_ENTRY_NOTED);
	ck_assert(nothing_happened());
}
END_TEST

static void tell(unsigned what)
{
	if (what == 0)
		tell_entry(&kit, kit_entry());
	if (what == 1)
		tell_policy(&kit, kit_policy());
	if (what == 2)
		tell_profile(&kit, kit_profile("double-read"));
}

/* In each of the six orders. */
START_TEST(sealed_work_waits_for_entry_policy_and_profile_in_any_order)
{
	unsigned first = (unsigned)_i / 2, second = (first + 1 + (unsigned)_i % 2) % 3;

	tell_calendar(&kit);
	forget_events(&kit);
	given_work(&kit, &(struct work){0});
	ck_assert(nothing_happened());
	tell(first);
	tell(second);
	ck_assert_ptr_null(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED));
	tell(3 - first - second);
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED));
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED));
}
END_TEST

START_TEST(a_recall_waits_behind_the_seal_it_recalls)
{
	struct bytes work;

	tell(1);
	tell(2);
	work = given_work(&kit, &(struct work){0});
	when_work_recalled(&kit, work);
	forget_events(&kit);
	tell(0);
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED));
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT));
	ck_assert_str_eq(state_of_work(&kit, work), "left");
}
END_TEST

START_TEST(a_relation_waits_for_its_assessor)
{
	tell(0);
	tell(1);
	tell(2);
	tell_calendar(&kit);
	tell_relation(&kit, "ruth", "ana");
	ck_assert_ptr_null(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_RELATION_NOTED));
	given_reader(&kit, "ruth");
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_RELATION_NOTED));
	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	forget_events(&kit);
	tell_relation(&kit, "ruth", "ana");
	ck_assert(nothing_happened());
}
END_TEST

START_TEST(a_launch_profile_over_waits_for_what_comes_then)
{
	Enrollment__Profile launch = *kit_profile("launch");
	struct bytes work;

	launch.until_decided = 1;
	tell(0);
	tell(1);
	tell_calendar(&kit);
	tell_profile(&kit, &launch);
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_work(&kit, &(struct work){.profile = "launch"});
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	work = given_work(&kit, &(struct work){.educator = "ben", .profile = "launch"});
	forget_events(&kit);
	tell_profile(&kit, kit_profile("standard"));
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED));
	ck_assert_str_eq(decision_of_work(&kit, work)->profile, "standard");
}
END_TEST

/* ---- each state meets each event of evidence ---- */

static struct bytes given_state(const char *state, struct bytes *reading_r)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	*reading_r = kit_id(&kit);
	if (strcmp(state, "queued") == 0)
		return work;
	if (strcmp(state, "reading") == 0) {
		ENSURE(when_next(&kit, "ruth", *reading_r) == CAIRN__STATUS__OK);
		return work;
	}
	*reading_r = take(&kit, "ruth");
	ENSURE(when_rated(&kit, *reading_r, "yes yes yes") == CAIRN__STATUS__OK);
	if (strcmp(state, "second_read") == 0)
		return work;
	*reading_r = take(&kit, "sol");
	when_rated(&kit, *reading_r,
		   strcmp(state, "released") == 0 ? "yes yes yes" : "yes yes almost");
	return work;
}

START_TEST(each_state_meets_each_event_of_evidence)
{
	static const struct {
		const char *state, *recalled; /* after SubmissionRecalled */
		bool noted;                   /* SubmissionOpened is */
	} cases[] = {
		{"queued", "left", false},
		{"reading", "left", true},
		{"second_read", "second_read", false},
		{"adjudication", "adjudication", false},
		{"released", "released", false},
	};
	struct bytes work, reading;

	tell(0);
	tell(1);
	tell(2);
	tell_calendar(&kit);
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_lead_reader(&kit, "lea");
	work = given_state(cases[_i].state, &reading);
	ck_assert_str_eq(state_of_work(&kit, work), cases[_i].state);
	forget_events(&kit);
	when_evidence_opened(&kit, work, reading);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_OPENING_NOTED),
			  cases[_i].noted);
	when_evidence_opened(&kit, work, reading);
	ck_assert(nothing_happened());
	when_evidence_opened(&kit, work, kit_id(&kit)); /* a lead who adjudicates */
	ck_assert(nothing_happened());
	when_work_recalled(&kit, work);
	ck_assert_str_eq(state_of_work(&kit, work), cases[_i].recalled);
	forget_events(&kit);
	when_work_recalled(&kit, work);
	ck_assert(nothing_happened());
}
END_TEST

/* A seal that this service cannot hold is parked with an alarm, and harms nothing else. */
START_TEST(a_malformed_neighbours_event_is_parked_and_the_rest_goes_on)
{
	Evidence__SubmissionSealed sealed = EVIDENCE__SUBMISSION_SEALED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	tell(0);
	tell(1);
	tell(2);
	forget_events(&kit);
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_SEALED;
	event.submission_sealed = &sealed;
	kit_upstream(&kit, "evidence.0.log", kit_id(&kit), &event.base);
	ck_assert(nothing_happened());
	given_work(&kit, &(struct work){0});
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: follow");
	TCase *tc = tcase_create("follow");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, every_kind_of_both_neighbours_has_an_answer);
	tcase_add_test(tc, documents_are_kept_once);
	tcase_add_loop_test(tc, sealed_work_waits_for_entry_policy_and_profile_in_any_order, 0, 6);
	tcase_add_test(tc, a_recall_waits_behind_the_seal_it_recalls);
	tcase_add_test(tc, a_relation_waits_for_its_assessor);
	tcase_add_test(tc, a_launch_profile_over_waits_for_what_comes_then);
	tcase_add_loop_test(tc, each_state_meets_each_event_of_evidence, 0, 5);
	tcase_add_test(tc, a_malformed_neighbours_event_is_parked_and_the_rest_goes_on);
	suite_add_tcase(suite, tc);
	return suite;
}
