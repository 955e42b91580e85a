/* Tests of the rules on assessors, waivers and coaches. */
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static Assessment__RegisterAssessor registration;
static ProtobufCBinaryData registration_orgs[40];

static const Assessment__Command *sound_registration(Assessment__Command *cmd)
{
	assessment__register_assessor__init(&registration);
	assessment__command__init(cmd);
	for (size_t i = 0; i < ARRAY_LEN(registration_orgs); i++)
		registration_orgs[i] = pb_of_bytes(ORG("north"));
	registration.assessor = pb_of_bytes(READER("ruth"));
	registration.educator = pb_of_bytes(EDUCATOR("ruth"));
	registration.orgs = registration_orgs;
	registration.n_orgs = 2;
	registration.lead = true;
	cmd->body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd->register_assessor = &registration;
	return cmd;
}

START_TEST(an_assessor_is_registered_with_what_stands_against_them)
{
	Assessment__Command cmd;
	const Assessment__Event *event;

	forget_events(&kit);
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &sound_registration(&cmd)->base),
			 CAIRN__STATUS__OK);
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED);
	ck_assert_uint_eq(event->assessor_registered->n_orgs, 2);
	ck_assert(event->assessor_registered->lead);
	ck_assert(bytes_equal(bytes_of_pb(event->assessor_registered->educator), EDUCATOR("ruth")));
}
END_TEST

static void break_registration(int i)
{
	static uint8_t short_id[15];

	if (i == 0)
		registration.assessor = pb_of_bytes(BYTES_OF(short_id));
	if (i == 1)
		registration.educator = pb_of_bytes(BYTES_OF(short_id));
	if (i == 2)
		registration.orgs[1] = pb_of_bytes(BYTES_NONE);
	if (i == 3)
		registration.n_orgs = 33;
	if (i == 4)
		registration.assessor = pb_of_bytes(READER("known"));
}

START_TEST(a_registration_is_refused_for_each_reason)
{
	static const Assessment__Reason reasons[] = {
		ASSESSMENT__REASON__BAD_ID, ASSESSMENT__REASON__BAD_ID, ASSESSMENT__REASON__BAD_ID,
		ASSESSMENT__REASON__BAD_VALUE, ASSESSMENT__REASON__ID_TAKEN};
	Assessment__Command cmd;

	given_reader(&kit, "known");
	forget_events(&kit);
	sound_registration(&cmd);
	break_registration(_i);
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, reasons[_i]);
	ck_assert_ptr_null(kit_next_event(&kit, NULL));
}
END_TEST

START_TEST(a_portal_may_not_register_qualify_retire_or_release)
{
	Assessment__QualifyAssessor qualify = ASSESSMENT__QUALIFY_ASSESSOR__INIT;
	Assessment__RetireAssessor retire = ASSESSMENT__RETIRE_ASSESSOR__INIT;
	Assessment__Release release = ASSESSMENT__RELEASE__INIT;
	Assessment__Command cmd;

	sound_registration(&cmd);
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), READER_ROLES, BYTES_NONE, &cmd.base),
			 CAIRN__STATUS__FORBIDDEN);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &qualify;
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), READER_ROLES, BYTES_NONE, &cmd.base),
			 CAIRN__STATUS__FORBIDDEN);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RETIRE_ASSESSOR;
	cmd.retire_assessor = &retire;
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), READER_ROLES, BYTES_NONE, &cmd.base),
			 CAIRN__STATUS__FORBIDDEN);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RELEASE;
	cmd.release = &release;
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), READER_ROLES, BYTES_NONE, &cmd.base),
			 CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(the_same_command_twice_registers_once)
{
	struct bytes id = kit_id(&kit);
	Assessment__Command cmd;

	sound_registration(&cmd);
	forget_events(&kit);
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_eq(kit_send_as(&kit, id, ROLE_OPERATOR, BYTES_NONE, &cmd.base),
				 CAIRN__STATUS__OK);
	ck_assert(kit.got.repeated);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED), 1);
}
END_TEST

/* ---- qualifications ---- */

static Cairn__Status qualify(const char *name, struct bytes entry, int64_t until_us)
{
	Assessment__QualifyAssessor ask = ASSESSMENT__QUALIFY_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(name != NULL ? READER(name) : BYTES_NONE);
	ask.entry = pb_of_bytes(entry);
	ask.until_us = until_us;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &ask;
	return kit_send(&kit, BYTES_NONE, &cmd.base);
}

START_TEST(a_qualification_is_refused_for_each_reason)
{
	int64_t later_us = kit.now_us + US_PER_DAY;

	given_reader(&kit, "ruth");
	given_reader(&kit, "old");
	ck_assert_int_eq(when_retired(&kit, "old"), CAIRN__STATUS__OK);
	const struct {
		const char *name;
		struct bytes entry;
		int64_t until_us;
		Assessment__Reason reason;
	} cases[] = {
		{NULL, LIT_101, later_us, ASSESSMENT__REASON__BAD_ID},
		{"ruth", BYTES_NONE, later_us, ASSESSMENT__REASON__BAD_ID},
		{"ruth", LIT_101, kit.now_us, ASSESSMENT__REASON__BAD_VALUE},
		{"nobody", LIT_101, later_us, ASSESSMENT__REASON__UNKNOWN_ASSESSOR},
		{"old", LIT_101, later_us, ASSESSMENT__REASON__ASSESSOR_RETIRED},
		{"ruth", kit_name("entry", "none"), later_us, ASSESSMENT__REASON__UNKNOWN_ENTRY},
	};

	ck_assert_int_eq(qualify(cases[_i].name, cases[_i].entry, cases[_i].until_us),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, cases[_i].reason);
	ck_assert_ptr_nonnull(kit.got.text);
}
END_TEST

START_TEST(an_assessor_reads_only_while_qualified_and_again_when_renewed)
{
	given_registered(&kit, "ruth", NULL, false);
	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__NOTHING_TO_READ);
	given_qualified(&kit, "ruth", LIT_101, kit.now_us + US_PER_HOUR);
	kit_advance(&kit, US_PER_HOUR);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__NOTHING_TO_READ);
	given_qualified(&kit, "ruth", LIT_101, kit.now_us + US_PER_HOUR);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

/* ---- retiring ---- */

START_TEST(retiring_gives_the_reading_in_hand_back_to_the_queue)
{
	struct bytes work, reading;

	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	work = given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	forget_events(&kit);
	ck_assert_int_eq(when_retired(&kit, "ruth"), CAIRN__STATUS__OK);
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_LEASE_EXPIRED));
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__ASSESSOR_RETIRED);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__ASSESSOR_RETIRED);
	ck_assert_int_eq(when_next(&kit, "sol", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(retiring_the_last_reader_of_waiting_work_is_told_at_once)
{
	struct bytes work;

	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	work = given_work(&kit, &(struct work){0});
	forget_events(&kit);
	when_retired(&kit, "ruth");
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 0);
	when_retired(&kit, "sol");
	const Assessment__Event *event =
		next_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER);
	ck_assert_ptr_nonnull(event);
	ck_assert(bytes_equal(bytes_of_pb(event->no_eligible_reader->submission), work));
}
END_TEST

START_TEST(what_was_told_once_is_not_told_again)
{
	given_reader(&kit, "ruth");
	given_reader_of(&kit, "kin", "oak");
	given_work(&kit, &(struct work){.school = "oak"});
	forget_events(&kit);
	when_retired(&kit, "ruth");
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 1);
	when_retired(&kit, "kin");
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 0);
}
END_TEST

START_TEST(retiring_is_refused_for_each_reason)
{
	Assessment__RetireAssessor ask = ASSESSMENT__RETIRE_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	cmd.body_case = ASSESSMENT__COMMAND__BODY_RETIRE_ASSESSOR;
	cmd.retire_assessor = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__BAD_ID);
	ck_assert_int_eq(when_retired(&kit, "nobody"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__UNKNOWN_ASSESSOR);
	given_reader(&kit, "ruth");
	when_retired(&kit, "ruth");
	ck_assert_int_eq(when_retired(&kit, "ruth"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__ASSESSOR_RETIRED);
}
END_TEST

/* ---- waiving the same reader ---- */

static Cairn__Status waive(struct bytes work, const char *lead, const char *actor)
{
	Assessment__WaiveSameReader ask = ASSESSMENT__WAIVE_SAME_READER__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(work);
	ask.assessor = pb_of_bytes(lead != NULL ? READER(lead) : BYTES_NONE);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_WAIVE_SAME_READER;
	cmd.waive_same_reader = &ask;
	return kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER(actor), &cmd.base);
}

/* Attempt 1 of Ana was read by Ruth and Sol and did not pass; attempt 2 waits. */
static struct bytes given_second_attempt(void)
{
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_lead_reader(&kit, "lea");
	given_work(&kit, &(struct work){0});
	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
	return given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r3"});
}

START_TEST(a_lead_lets_an_earlier_reader_read_the_next_attempt)
{
	struct bytes work = given_second_attempt();

	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_assert_int_eq(waive(work, "lea", "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(a_waiver_never_lifts_a_relation)
{
	struct bytes work = given_second_attempt();

	tell_relation(&kit, "ruth", "ana");
	ck_assert_int_eq(waive(work, "lea", "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_assert_int_eq(when_next(&kit, "sol", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(a_waiver_is_refused_for_each_reason)
{
	struct bytes work = given_second_attempt();

	given_lead_reader(&kit, "mae");
	given_lead_reader(&kit, "old");
	when_retired(&kit, "old");
	tell_relation(&kit, "mae", "ana");
	const struct {
		struct bytes work;
		const char *lead, *actor;
		Assessment__Reason reason;
	} cases[] = {
		{BYTES_NONE, "lea", "lea", ASSESSMENT__REASON__BAD_ID},
		{work, NULL, "lea", ASSESSMENT__REASON__BAD_ID},
		{kit_id(&kit), "lea", "lea", ASSESSMENT__REASON__UNKNOWN_SUBMISSION},
		{work, "nobody", "nobody", ASSESSMENT__REASON__UNKNOWN_ASSESSOR},
		{work, "lea", "ruth", ASSESSMENT__REASON__NOT_YOU},
		{work, "old", "old", ASSESSMENT__REASON__ASSESSOR_RETIRED},
		{work, "ruth", "ruth", ASSESSMENT__REASON__NOT_LEAD},
		{work, "mae", "mae", ASSESSMENT__REASON__CONFLICT},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ck_assert_int_eq(waive(cases[i].work, cases[i].lead, cases[i].actor),
				 CAIRN__STATUS__REJECTED);
		ck_assert_msg(kit.got.reason == cases[i].reason, "case %zu: %s", i, kit.got.text);
	}
	ck_assert_int_eq(waive(work, "lea", "lea"), CAIRN__STATUS__OK);
	ck_assert_int_eq(waive(work, "lea", "lea"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

START_TEST(what_is_decided_waits_for_no_waiver)
{
	struct bytes work;

	given_second_attempt();
	work = given_work(&kit, &(struct work){.educator = "ben"});
	when_work_recalled(&kit, work);
	ck_assert_int_eq(waive(work, "lea", "lea"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

/* ---- coaching ---- */

static Cairn__Status coach(struct bytes enrollment, struct bytes actor)
{
	Assessment__RecordCoaching ask = ASSESSMENT__RECORD_COACHING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.enrollment = pb_of_bytes(enrollment);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RECORD_COACHING;
	cmd.record_coaching = &ask;
	return kit_send_as(&kit, kit_id(&kit), READER_ROLES, actor, &cmd.base);
}

/* Four attempts without a pass; what the third and fourth say. */
START_TEST(from_the_third_failed_attempt_on_a_coach_comes_first)
{
	static const char *const readers[][2] = {{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g", "h"}};
	struct bytes enrollment = kit_name("enrollment", "ana");
	const Assessment__Event *event;

	for (uint32_t attempt = 1; attempt <= 4; attempt++) {
		given_reader(&kit, readers[attempt - 1][0]);
		given_reader(&kit, readers[attempt - 1][1]);
		given_work(&kit, &(struct work){.attempt = attempt});
		forget_events(&kit);
		given_read_twice(&kit, readers[attempt - 1][0], readers[attempt - 1][1],
				 "almost yes yes", "almost yes yes");
		kit.seen_seq = 0;
		event = NULL;
		for (uint32_t i = 0; i < attempt; i++)
			event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_DECISION_RELEASED);
		ck_assert_uint_eq(event->decision_released->attempt, attempt);
		ck_assert_int_eq(event->decision_released->coach_next, attempt >= 3);
		ck_assert_int_eq(coach(enrollment, READER("coach")) == CAIRN__STATUS__OK,
				 attempt >= 3);
	}
	ck_assert_int_eq(coach(enrollment, READER("coach")), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

START_TEST(a_coach_meeting_is_recorded_neither_by_the_teacher_nor_for_unknown_work)
{
	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(coach(BYTES_NONE, READER("coach")), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__BAD_ID);
	ck_assert_int_eq(coach(kit_id(&kit), READER("coach")), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__UNKNOWN_SUBMISSION);
	ck_assert_int_eq(coach(kit_name("enrollment", "ana"), EDUCATOR("ana")),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__NOT_YOU);
	ck_assert_int_eq(coach(kit_name("enrollment", "ana"), READER("coach")),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: people");
	TCase *tc = tcase_create("people");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, an_assessor_is_registered_with_what_stands_against_them);
	tcase_add_loop_test(tc, a_registration_is_refused_for_each_reason, 0, 5);
	tcase_add_test(tc, a_portal_may_not_register_qualify_retire_or_release);
	tcase_add_test(tc, the_same_command_twice_registers_once);
	tcase_add_loop_test(tc, a_qualification_is_refused_for_each_reason, 0, 6);
	tcase_add_test(tc, an_assessor_reads_only_while_qualified_and_again_when_renewed);
	tcase_add_test(tc, retiring_gives_the_reading_in_hand_back_to_the_queue);
	tcase_add_test(tc, retiring_the_last_reader_of_waiting_work_is_told_at_once);
	tcase_add_test(tc, what_was_told_once_is_not_told_again);
	tcase_add_test(tc, retiring_is_refused_for_each_reason);
	tcase_add_test(tc, a_lead_lets_an_earlier_reader_read_the_next_attempt);
	tcase_add_test(tc, a_waiver_never_lifts_a_relation);
	tcase_add_test(tc, a_waiver_is_refused_for_each_reason);
	tcase_add_test(tc, what_is_decided_waits_for_no_waiver);
	tcase_add_test(tc, from_the_third_failed_attempt_on_a_coach_comes_first);
	tcase_add_test(tc, a_coach_meeting_is_recorded_neither_by_the_teacher_nor_for_unknown_work);
	suite_add_tcase(suite, tc);
	return suite;
}
