/* What the events of evidence, assessment and issuance mean for an enrollment. */
#include "tests/unit/enrollment/given.h"

#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"

static struct kit kit;
static struct bytes enrollment, submission;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_educator(&kit, ANA, "ana");
	enrollment = given_enrolled(&kit, ANA);
	submission = kit_id(&kit);
	events_since(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- the neighbours ---- */

#define TELL(stream, Type, TYPE, CASE, member, body, entity)                                       \
	do {                                                                                       \
		Type##__Event event_ = TYPE##__EVENT__INIT;                                        \
		event_.body_case = TYPE##__EVENT__BODY_##CASE;                                     \
		event_.member = (body);                                                            \
		kit_upstream(&kit, stream, (entity), &event_.base);                                \
	} while (0)
#define EVIDENCE_SAYS(CASE, member, body, entity)                                                  \
	TELL("evidence.0.log", Evidence, EVIDENCE, CASE, member, body, entity)
#define ASSESSMENT_SAYS(CASE, member, body, entity)                                                \
	TELL("assessment.0.log", Assessment, ASSESSMENT, CASE, member, body, entity)
#define ISSUANCE_SAYS(CASE, member, body, entity)                                                  \
	TELL("issuance.0.log", Issuance, ISSUANCE, CASE, member, body, entity)

static void when_sealed(struct bytes id)
{
	Evidence__SubmissionSealed e = EVIDENCE__SUBMISSION_SEALED__INIT;

	e.submission = pb_of_bytes(id);
	e.portfolio = pb_of_bytes(enrollment);
	EVIDENCE_SAYS(SUBMISSION_SEALED, submission_sealed, &e, enrollment);
}

static void when_recalled(struct bytes id)
{
	Evidence__SubmissionRecalled e = EVIDENCE__SUBMISSION_RECALLED__INIT;

	e.submission = pb_of_bytes(id);
	e.portfolio = pb_of_bytes(enrollment);
	EVIDENCE_SAYS(SUBMISSION_RECALLED, submission_recalled, &e, enrollment);
}

static void when_begun(struct bytes portfolio)
{
	Evidence__ArtifactBegun e = EVIDENCE__ARTIFACT_BEGUN__INIT;

	e.artifact = pb_of_bytes(kit_id(&kit));
	e.portfolio = pb_of_bytes(portfolio);
	EVIDENCE_SAYS(ARTIFACT_BEGUN, artifact_begun, &e, portfolio);
}

static void when_assigned(struct bytes id)
{
	Assessment__ReadingAssigned e = ASSESSMENT__READING_ASSIGNED__INIT;

	e.submission = pb_of_bytes(id);
	ASSESSMENT_SAYS(READING_ASSIGNED, reading_assigned, &e, id);
}

static void when_lease_expired(struct bytes id)
{
	Assessment__LeaseExpired e = ASSESSMENT__LEASE_EXPIRED__INIT;

	e.submission = pb_of_bytes(id);
	ASSESSMENT_SAYS(LEASE_EXPIRED, lease_expired, &e, id);
}

static void when_returned(struct bytes id)
{
	Assessment__ReturnedIncomplete e = ASSESSMENT__RETURNED_INCOMPLETE__INIT;

	e.submission = pb_of_bytes(id);
	e.enrollment = pb_of_bytes(enrollment);
	ASSESSMENT_SAYS(RETURNED_INCOMPLETE, returned_incomplete, &e, id);
}

static void when_released(struct bytes id)
{
	Assessment__DecisionReleased e = ASSESSMENT__DECISION_RELEASED__INIT;

	e.submission = pb_of_bytes(id);
	e.enrollment = pb_of_bytes(enrollment);
	ASSESSMENT_SAYS(DECISION_RELEASED, decision_released, &e, id);
}

static void when_issued(struct bytes id, struct bytes credential)
{
	Issuance__CredentialIssued e = ISSUANCE__CREDENTIAL_ISSUED__INIT;

	e.enrollment = pb_of_bytes(id);
	e.credential = pb_of_bytes(credential);
	e.valid_until_us = kit.now_us + US_PER_DAY;
	ISSUANCE_SAYS(CREDENTIAL_ISSUED, credential_issued, &e, id);
}

static void when_key_destroyed(struct bytes educator)
{
	Issuance__KeyDestroyed e = ISSUANCE__KEY_DESTROYED__INIT;

	e.educator = pb_of_bytes(educator);
	ISSUANCE_SAYS(KEY_DESTROYED, key_destroyed, &e, educator);
}

static Enrollment__SubmissionState submission_state(void)
{
	return enrollment_now(&kit, enrollment)->submission_state;
}

#define SUBMISSION(name) ENROLLMENT__SUBMISSION_STATE__##name

/* ---- submissions ---- */

START_TEST(a_submission_is_sealed_read_and_decided)
{
	when_sealed(submission);
	ck_assert_int_eq(submission_state(), SUBMISSION(SEALED));
	when_assigned(submission);
	ck_assert_int_eq(submission_state(), SUBMISSION(IN_READING));
	when_lease_expired(submission);
	ck_assert_int_eq(submission_state(), SUBMISSION(SEALED));
	when_assigned(submission);
	when_released(submission);
	ck_assert_int_eq(submission_state(), SUBMISSION(DECIDED));
	ck_assert(
		bytes_equal(bytes_of_pb(enrollment_now(&kit, enrollment)->submission), submission));
}
END_TEST

START_TEST(a_recall_or_an_incomplete_return_gives_it_back)
{
	struct bytes second = kit_id(&kit);

	when_sealed(submission);
	when_recalled(submission);
	ck_assert_int_eq(submission_state(), SUBMISSION(RECALLED));
	when_sealed(second);
	when_assigned(second);
	when_returned(second);
	ck_assert_int_eq(submission_state(), SUBMISSION(RECALLED));
	ck_assert_int_eq(withdraw(&kit, ANA, enrollment), OK);
}
END_TEST

START_TEST(news_of_an_older_submission_changes_nothing)
{
	struct bytes second = kit_id(&kit);

	when_sealed(submission);
	when_sealed(second);
	events_since(&kit);
	when_released(submission);
	when_assigned(submission);
	when_recalled(submission);
	ck_assert_uint_eq(events_since(&kit), 0);
	ck_assert_int_eq(submission_state(), SUBMISSION(SEALED));
}
END_TEST

START_TEST(a_reading_told_before_the_sealing_waits_for_it)
{
	when_assigned(submission);
	ck_assert_uint_eq(events_since(&kit), 0);
	when_sealed(submission);
	ck_assert_int_eq(submission_state(), SUBMISSION(IN_READING));
	ck_assert_uint_eq(events_since(&kit), 2);
}
END_TEST

START_TEST(an_enrollment_told_before_it_is_known_waits_for_it)
{
	struct bytes other = kit_id(&kit);

	when_begun(other);
	when_issued(other, kit_id(&kit));
	ck_assert_uint_eq(events_since(&kit), 0);
	ck_assert_int_eq(withdraw(&kit, ANA, enrollment), OK);
	ck_assert_int_eq(enroll(&kit, other, ANA), OK);
	ck_assert_int_eq(state_of(&kit, other), ENROLLMENT__STATE__COMPLETED);
}
END_TEST

START_TEST(sealed_work_is_decided_although_the_enrollment_has_ended)
{
	struct bytes credential = kit_id(&kit);

	when_sealed(submission);
	ck_assert_int_eq(withdraw(&kit, ANA, enrollment), OK);
	when_assigned(submission);
	when_released(submission);
	ck_assert_int_eq(state_of(&kit, enrollment), ENROLLMENT__STATE__WITHDRAWN);
	when_issued(enrollment, credential);
	ck_assert_int_eq(state_of(&kit, enrollment), ENROLLMENT__STATE__COMPLETED);
	ck_assert(
		bytes_equal(bytes_of_pb(enrollment_now(&kit, enrollment)->credential), credential));
}
END_TEST

START_TEST(a_credential_for_an_ended_one_leaves_the_newer_enrollment_active)
{
	struct bytes second;

	when_sealed(submission);
	ck_assert_int_eq(withdraw(&kit, ANA, enrollment), OK);
	second = given_enrolled(&kit, ANA);
	when_issued(enrollment, kit_id(&kit));
	ck_assert_int_eq(state_of(&kit, second), ENROLLMENT__STATE__ACTIVE);
	ck_refused(enroll(&kit, kit_id(&kit), ANA), ALREADY_ACTIVE);
}
END_TEST

START_TEST(a_credential_told_twice_completes_once)
{
	struct bytes credential = kit_id(&kit);

	when_issued(enrollment, credential);
	when_issued(enrollment, credential);
	ck_assert_uint_eq(events_since(&kit), 1);
}
END_TEST

/* Had it waited for an enrollment, what comes behind it would wait too. */
START_TEST(the_award_of_a_stack_completes_nothing_and_waits_for_nothing)
{
	Issuance__CredentialIssued e = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__StackMember member = ISSUANCE__STACK_MEMBER__INIT, *members[] = {&member};

	e.credential = pb_of_bytes(kit_id(&kit));
	e.n_members = 1;
	e.members = members;
	ISSUANCE_SAYS(CREDENTIAL_ISSUED, credential_issued, &e, enrollment);
	ck_assert_uint_eq(events_since(&kit), 0);
	when_issued(enrollment, kit_id(&kit));
	ck_assert_int_eq(state_of(&kit, enrollment), ENROLLMENT__STATE__COMPLETED);
}
END_TEST

/* ---- activity ---- */

START_TEST(collecting_evidence_moves_the_lapse_once_a_day)
{
	when_begun(enrollment);
	ck_assert_uint_eq(events_since(&kit), 0);
	kit_advance(&kit, 2 * US_PER_DAY);
	when_begun(enrollment);
	when_begun(enrollment);
	ck_assert_int_eq(NEXT(&kit, ACTIVITY_NOTED)->activity_noted->lapses_us,
			 kit.now_us + 730 * US_PER_DAY);
	ck_assert_ptr_null(NEXT(&kit, ACTIVITY_NOTED));
	ck_assert_int_eq(enrollment_now(&kit, enrollment)->lapses_us,
			 kit.now_us + 730 * US_PER_DAY);
}
END_TEST

START_TEST(evidence_of_one_who_lapsed_moves_nothing)
{
	kit_advance(&kit, 730 * US_PER_DAY);
	events_since(&kit);
	when_begun(enrollment);
	ck_assert_uint_eq(events_since(&kit), 0);
	when_sealed(submission);
	ck_assert_int_eq(state_of(&kit, enrollment), ENROLLMENT__STATE__LAPSED);
	ck_assert_int_eq(submission_state(), SUBMISSION(SEALED));
	ck_assert_int_eq(engine_next_timer_us(kit.engine), INT64_MAX);
}
END_TEST

/* ---- erasure ---- */

START_TEST(an_erasure_is_complete_when_every_followed_holder_has_destroyed_its_key)
{
	Enrollment__NoteKeyDestroyed ask = ENROLLMENT__NOTE_KEY_DESTROYED__INIT;

	when_key_destroyed(ANA); /* told before the erasure itself: waits */
	ck_assert_uint_eq(events_since(&kit), 0);
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert_str_eq(NEXT(&kit, KEY_DESTROYED)->key_destroyed->holder, "issuance");
	ck_assert_ptr_null(NEXT(&kit, ERASURE_COMPLETED));
	ask.educator = pb_of_bytes(ANA);
	ck_assert_int_eq(
		SEND(&kit, ROLE_SELF, NOBODY, NOTE_KEY_DESTROYED, note_key_destroyed, &ask), OK);
	ck_assert_ptr_nonnull(NEXT(&kit, ERASURE_COMPLETED));
	when_key_destroyed(ANA);
	ck_assert_uint_eq(events_since(&kit), 0);
}
END_TEST

/* ---- all the rest ---- */

/* Each kind that a neighbour has, with an empty body: an event that names nothing is either not
 * looked at, or waits. None may stop the service or change a table of it. */
static unsigned tell_every_kind(const char *stream, const ProtobufCMessageDescriptor *type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		const ProtobufCMessageDescriptor *body_type = field->descriptor;
		ProtobufCMessage *event = arena_zalloc(kit.arena, type->sizeof_message);
		ProtobufCMessage *body = arena_zalloc(kit.arena, body_type->sizeof_message);

		type->message_init(event);
		body_type->message_init(body);
		memcpy((uint8_t *)event + field->offset, &body, sizeof body);
		memcpy((uint8_t *)event + field->quantifier_offset, &field->id, sizeof field->id);
		kit_upstream(&kit, stream, kit_id(&kit), event);
		n++;
	}
	return n;
}

START_TEST(every_kind_of_event_of_every_neighbour_is_taken)
{
	ck_assert_uint_gt(tell_every_kind("evidence.0.log", &evidence__event__descriptor), 20);
	ck_assert_uint_gt(tell_every_kind("assessment.0.log", &assessment__event__descriptor), 20);
	ck_assert_uint_gt(tell_every_kind("issuance.0.log", &issuance__event__descriptor), 5);
	ck_assert_uint_eq(events_since(&kit), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment follow");
	TCase *tc = tcase_create("follow");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_submission_is_sealed_read_and_decided);
	tcase_add_test(tc, a_recall_or_an_incomplete_return_gives_it_back);
	tcase_add_test(tc, news_of_an_older_submission_changes_nothing);
	tcase_add_test(tc, a_reading_told_before_the_sealing_waits_for_it);
	tcase_add_test(tc, an_enrollment_told_before_it_is_known_waits_for_it);
	tcase_add_test(tc, sealed_work_is_decided_although_the_enrollment_has_ended);
	tcase_add_test(tc, a_credential_for_an_ended_one_leaves_the_newer_enrollment_active);
	tcase_add_test(tc, a_credential_told_twice_completes_once);
	tcase_add_test(tc, the_award_of_a_stack_completes_nothing_and_waits_for_nothing);
	tcase_add_test(tc, collecting_evidence_moves_the_lapse_once_a_day);
	tcase_add_test(tc, evidence_of_one_who_lapsed_moves_nothing);
	tcase_add_test(tc, an_erasure_is_complete_when_every_followed_holder_has_destroyed_its_key);
	tcase_add_test(tc, every_kind_of_event_of_every_neighbour_is_taken);
	suite_add_tcase(suite, tc);
	return suite;
}
