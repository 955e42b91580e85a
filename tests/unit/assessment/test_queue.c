/* Tests of the queue: screening, who gets what next, leases, and that somebody may read what waits.
 */
#include "services/assessment/assessment.h"
#include "services/assessment/assign.h"

#include "libshared/timers.h"
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
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

static struct bytes submission_of(struct bytes reading)
{
	struct reading row;

	ck_assert(reading_get(kit_view(&kit), reading, &row));
	return arena_copy(kit.arena, bytes_of_id(&row.submission));
}

/* ---- screening ---- */

static void given_screening_by_person(void)
{
	Enrollment__Profile profile = *kit_profile("standard");
	char code[] = "screened", person[] = "person";

	profile.code = code;
	profile.screening = person;
	tell_profile(&kit, &profile);
	given_lead_reader(&kit, "lea");
}

static Cairn__Status screen(struct bytes work, struct bytes actor)
{
	Assessment__Screen ask = ASSESSMENT__SCREEN__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(work);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_SCREEN;
	cmd.screen = &ask;
	return kit_send_as(&kit, kit_id(&kit), READER_ROLES, actor, &cmd.base);
}

static Cairn__Status return_incomplete(struct bytes work, const char *why, struct bytes actor)
{
	Assessment__ReturnIncomplete ask = ASSESSMENT__RETURN_INCOMPLETE__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(work);
	ask.why = arena_text(kit.arena, bytes_of_text(why));
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RETURN_INCOMPLETE;
	cmd.return_incomplete = &ask;
	return kit_send_as(&kit, kit_id(&kit), READER_ROLES, actor, &cmd.base);
}

START_TEST(sealed_work_is_screened_by_the_seal_itself)
{
	struct bytes work;
	const Assessment__Event *event;

	forget_events(&kit);
	work = given_work(&kit, &(struct work){.school = "oak", .district = "north"});
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED);
	ck_assert_str_eq(event->submission_received->screening, "automatic");
	ck_assert_uint_eq(event->submission_received->n_rows, 3);
	ck_assert_uint_eq(event->submission_received->policy_version, 1);
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED);
	ck_assert(event->submission_screened->automatic);
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
}
END_TEST

START_TEST(where_the_profile_asks_a_person_screens_before_anyone_reads)
{
	struct bytes work;

	given_screening_by_person();
	work = given_work(&kit, &(struct work){.profile = "screened"});
	ck_assert_str_eq(state_of_work(&kit, work), "screening");
	ck_rejected(when_next(&kit, "lea", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_assert_int_eq(screen(work, READER("lea")), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	ck_assert_int_eq(when_next(&kit, "lea", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(incomplete_work_is_returned_and_waits_for_nobody)
{
	struct bytes work;
	const Assessment__Event *event;

	given_screening_by_person();
	work = given_work(&kit, &(struct work){.profile = "screened"});
	ck_assert_int_eq(return_incomplete(work, "item_unreadable", READER("lea")),
			 CAIRN__STATUS__OK);
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE);
	ck_assert_str_eq(event->returned_incomplete->why, "item_unreadable");
	ck_assert(bytes_equal(bytes_of_pb(event->returned_incomplete->enrollment),
			      kit_name("enrollment", "ana")));
	ck_assert_str_eq(state_of_work(&kit, work), "returned_incomplete");
	ck_rejected(screen(work, READER("lea")), ASSESSMENT__REASON__WRONG_STATE);
	when_work_recalled(&kit, work);
	ck_assert_str_eq(state_of_work(&kit, work), "returned_incomplete");
}
END_TEST

START_TEST(screening_is_refused_for_each_reason)
{
	struct bytes work, queued;

	given_screening_by_person();
	given_reader(&kit, "ruth");
	given_registered(&kit, "kin", "oak", true);
	work = given_work(&kit, &(struct work){.profile = "screened", .school = "oak"});
	queued = given_work(&kit, &(struct work){.educator = "ben"});
	ck_rejected(screen(BYTES_NONE, READER("lea")), ASSESSMENT__REASON__BAD_ID);
	ck_rejected(screen(kit_id(&kit), READER("lea")), ASSESSMENT__REASON__UNKNOWN_SUBMISSION);
	ck_rejected(screen(work, EDUCATOR("ana")), ASSESSMENT__REASON__UNKNOWN_ASSESSOR);
	ck_rejected(screen(work, BYTES_NONE), ASSESSMENT__REASON__UNKNOWN_ASSESSOR);
	ck_rejected(screen(work, READER("ruth")), ASSESSMENT__REASON__NOT_LEAD);
	ck_rejected(screen(work, READER("kin")), ASSESSMENT__REASON__CONFLICT);
	ck_rejected(screen(queued, READER("lea")), ASSESSMENT__REASON__WRONG_STATE);
	ck_rejected(return_incomplete(work, "", READER("lea")), ASSESSMENT__REASON__BAD_VALUE);
	ck_rejected(return_incomplete(work, "Ana forgot the audio", READER("lea")),
		    ASSESSMENT__REASON__BAD_VALUE);
	ck_rejected(return_incomplete(queued, "word", READER("lea")),
		    ASSESSMENT__REASON__WRONG_STATE);
}
END_TEST

/* ---- what is next ---- */

START_TEST(the_oldest_due_is_read_first_whenever_it_came)
{
	struct bytes late, soon, middle;

	late = given_work(&kit, &(struct work){.educator = "ana", .due_us = kit.now_us + 300});
	soon = given_work(&kit, &(struct work){.educator = "ben", .due_us = kit.now_us + 100});
	middle = given_work(&kit, &(struct work){.educator = "cy", .due_us = kit.now_us + 200});
	const struct bytes order[] = {soon, middle, late};
	const char *const readers[] = {"ruth", "sol", "tess"};

	for (size_t i = 0; i < 3; i++) {
		struct bytes reading = kit_id(&kit);

		given_reader(&kit, readers[i]);
		ck_assert_int_eq(when_next(&kit, readers[i], reading), CAIRN__STATUS__OK);
		ck_assert(bytes_equal(submission_of(reading), order[i]));
	}
}
END_TEST

START_TEST(the_oldest_due_is_chosen_over_all_entries_of_a_reader)
{
	Enrollment__Entry other = *kit_entry();
	struct bytes soon, reading = kit_id(&kit);
	struct bytes b_entry = kit_name("entry", "lit-102");

	other.entry = pb_of_bytes(b_entry);
	tell_entry(&kit, &other);
	given_reader(&kit, "ruth");
	given_qualified(&kit, "ruth", b_entry, kit.now_us + US_PER_DAY);
	given_work(&kit, &(struct work){.educator = "ana", .due_us = kit.now_us + 300});
	soon = given_work(
		&kit,
		&(struct work){.educator = "ben", .due_us = kit.now_us + 100, .entry = b_entry});
	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	ck_assert(bytes_equal(submission_of(reading), soon));
}
END_TEST

static void given_conflict(int i)
{
	if (i == 0)
		given_reader_of(&kit, "ruth", "oak");
	if (i == 1)
		given_reader_of(&kit, "ruth", "north");
	if (i == 2) {
		given_reader(&kit, "ruth");
		tell_relation(&kit, "ruth", "ana");
	}
	if (i == 3)
		given_reader_who_teaches(&kit, "ruth", "ana");
}

START_TEST(nobody_reads_own_work_a_schools_a_districts_or_a_relations)
{
	struct bytes reading = kit_id(&kit), free_of_it;

	given_conflict(_i);
	given_work(&kit, &(struct work){.school = "oak", .district = "north"});
	ck_rejected(when_next(&kit, "ruth", reading), ASSESSMENT__REASON__NOTHING_TO_READ);
	free_of_it = given_work(
		&kit, &(struct work){.educator = "ben", .school = "elm", .district = "south"});
	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	ck_assert(bytes_equal(submission_of(reading), free_of_it));
}
END_TEST

START_TEST(work_without_a_school_is_nobodys_conflict)
{
	given_reader_of(&kit, "ruth", "oak");
	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(a_reader_of_the_first_reading_is_not_given_the_second)
{
	given_reader(&kit, "ruth");
	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
}
END_TEST

START_TEST(the_next_reading_is_refused_for_each_reason)
{
	static uint8_t short_id[3];
	struct bytes reading = kit_id(&kit);
	Assessment__NextReading ask = ASSESSMENT__NEXT_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	given_reader(&kit, "ruth");
	given_work(&kit, &(struct work){.educator = "ana"});
	given_work(&kit, &(struct work){.educator = "ben"});
	ck_rejected(when_next(&kit, "ruth", BYTES_OF(short_id)), ASSESSMENT__REASON__BAD_ID);
	ck_rejected(when_next(&kit, "nobody", reading), ASSESSMENT__REASON__UNKNOWN_ASSESSOR);
	ask.assessor = pb_of_bytes(READER("ruth"));
	ask.reading = pb_of_bytes(reading);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &ask;
	ck_rejected(kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER("sol"), &cmd.base),
		    ASSESSMENT__REASON__NOT_YOU);
	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	ck_rejected(when_next(&kit, "ruth", reading), ASSESSMENT__REASON__ID_TAKEN);
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__READING_IN_HAND);
}
END_TEST

START_TEST(the_same_request_twice_assigns_one_reading)
{
	struct bytes id = kit_id(&kit), reading = kit_id(&kit);
	Assessment__NextReading ask = ASSESSMENT__NEXT_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	const Assessment__Answer *reply;

	given_reader(&kit, "ruth");
	given_work(&kit, &(struct work){0});
	ask.assessor = pb_of_bytes(READER("ruth"));
	ask.reading = pb_of_bytes(reading);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &ask;
	forget_events(&kit);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(kit_send_as(&kit, id, READER_ROLES, READER("ruth"), &cmd.base),
				 CAIRN__STATUS__OK);
		reply = (const Assessment__Answer *)kit.answer;
		ck_assert_int_eq(reply->assigned->until_us, kit.now_us + 72 * US_PER_HOUR);
	}
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_ASSIGNED), 1);
}
END_TEST

START_TEST(without_a_calendar_nobody_reads)
{
	kit_close(&kit);
	reading_kit_open_empty(&kit);
	tell_policy(&kit, kit_policy());
	tell_entry(&kit, kit_entry());
	given_reader(&kit, "ruth");
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__POLICY_MISSING);
}
END_TEST

/* The kit's clock starts on Tuesday at 9:15 in Chicago. */
START_TEST(the_daily_cap_ends_at_midnight_of_the_calendars_zone)
{
	char name[] = "a";

	given_reader(&kit, "ruth");
	for (unsigned i = 0; i < 10; i++) {
		name[0] = (char)('a' + i);
		given_work(&kit, &(struct work){.educator = name});
	}
	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"),
				 CAIRN__STATUS__OK);
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__DAILY_CAP);
	kit_advance(&kit, 14 * US_PER_HOUR + 44 * 60 * US_PER_S); /* 23:59, Wednesday in UTC */
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__DAILY_CAP);
	kit_advance(&kit, 60 * US_PER_S);
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

/* Thousands of one district wait before the one that this reader may read. */
START_TEST(a_long_queue_of_conflicts_is_passed_over)
{
	struct bytes reading = kit_id(&kit), last;
	char name[16];

	given_reader_of(&kit, "ruth", "north");
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "e%u", i % 100);
		given_work(&kit, &(struct work){.educator = name,
						.enrollment = "many",
						.district = "north",
						.due_us = kit.now_us + 1000 + i});
	}
	last = given_work(&kit, &(struct work){.educator = "ana",
					       .district = "south",
					       .due_us = kit.now_us + 9000});
	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	ck_assert(bytes_equal(submission_of(reading), last));
}
END_TEST

/* ---- leases ---- */

START_TEST(a_lease_that_runs_out_gives_the_work_back)
{
	struct bytes work, reading;

	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	work = given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	kit_advance(&kit, 72 * US_PER_HOUR - 1);
	ck_assert_str_eq(state_of_work(&kit, work), "reading");
	kit_advance(&kit, 1);
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	ck_rejected(when_rated(&kit, reading, "yes yes yes"), ASSESSMENT__REASON__LEASE_OVER);
	ck_assert_int_eq(when_next(&kit, "sol", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(completion_stops_the_lease)
{
	struct bytes reading;
	int64_t due_us;

	given_reader(&kit, "ruth");
	given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	ck_assert(timer_due(kit_view(&kit), reading, TIMER_LEASE, &due_us));
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert(!timer_due(kit_view(&kit), reading, TIMER_LEASE, &due_us));
	forget_events(&kit);
	kit_advance(&kit, 100 * US_PER_HOUR);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_LEASE_EXPIRED), 0);
}
END_TEST

START_TEST(a_second_readings_lease_gives_it_back_for_a_second_reading)
{
	struct bytes work;

	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	work = given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	take(&kit, "sol");
	kit_advance(&kit, 72 * US_PER_HOUR);
	ck_assert_str_eq(state_of_work(&kit, work), "second_read");
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "sol"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

START_TEST(a_relation_declared_while_reading_takes_the_work_back)
{
	struct bytes work, reading;

	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	work = given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	tell_relation(&kit, "ruth", "ana");
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	ck_rejected(when_rated(&kit, reading, "yes yes yes"), ASSESSMENT__REASON__CONFLICT);
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_assert_int_eq(when_next(&kit, "sol", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(recalled_work_leaves_the_queue_and_the_readers_hand)
{
	struct bytes queued, in_hand, reading = kit_id(&kit);

	given_reader(&kit, "ruth");
	in_hand = given_work(&kit, &(struct work){.educator = "ana"});
	ck_assert_int_eq(when_next(&kit, "ruth", reading), CAIRN__STATUS__OK);
	queued = given_work(&kit, &(struct work){.educator = "ben"});
	when_work_recalled(&kit, queued);
	when_work_recalled(&kit, in_hand);
	ck_assert_str_eq(state_of_work(&kit, queued), "left");
	ck_assert_str_eq(state_of_work(&kit, in_hand), "left");
	ck_rejected(when_rated(&kit, reading, "yes yes yes"), ASSESSMENT__REASON__WRONG_STATE);
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	kit_advance(&kit, 100 * US_PER_HOUR);
	ck_assert_str_eq(state_of_work(&kit, in_hand), "left");
}
END_TEST

/* ---- that somebody may read ---- */

static bool told_of_nobody(struct bytes work)
{
	const Assessment__QueueAnswer *queue = queue_as_operator(&kit, "");

	for (size_t i = 0; i < queue->n_rows; i++)
		if (bytes_equal(bytes_of_pb(queue->rows[i]->submission), work))
			return queue->rows[i]->no_eligible_reader;
	return false;
}

START_TEST(work_that_nobody_may_read_is_told_within_the_policys_minutes)
{
	struct bytes work;

	given_reader_of(&kit, "ruth", "oak");
	work = given_work(&kit, &(struct work){.school = "oak"});
	forget_events(&kit);
	kit_advance(&kit, 60 * US_PER_S - 1);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 0);
	kit_advance(&kit, 1);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 1);
	ck_assert(told_of_nobody(work));
	kit_advance(&kit, 10 * US_PER_DAY);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 0);
	given_reader(&kit, "sol");
	ck_assert(!told_of_nobody(work));
}
END_TEST

START_TEST(work_that_somebody_may_read_is_looked_at_when_the_qualification_ends)
{
	struct bytes work;

	given_registered(&kit, "ruth", NULL, false);
	given_qualified(&kit, "ruth", LIT_101, kit.now_us + 2 * US_PER_DAY);
	given_registered(&kit, "sol", NULL, false);
	given_qualified(&kit, "sol", LIT_101, kit.now_us + 2 * US_PER_DAY);
	work = given_work(&kit, &(struct work){0});
	given_qualified(&kit, "sol", LIT_101, kit.now_us + 4 * US_PER_DAY);
	forget_events(&kit);
	kit_advance(&kit, 2 * US_PER_DAY - 1);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_ELIGIBLE_READER_FOUND), 0);
	kit_advance(&kit, 1);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_ELIGIBLE_READER_FOUND), 1);
	kit_advance(&kit, 2 * US_PER_DAY);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 1);
	ck_assert(told_of_nobody(work));
}
END_TEST

START_TEST(a_second_reading_that_only_the_first_reader_could_do_is_told)
{
	struct bytes work;

	given_reader(&kit, "ruth");
	work = given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	forget_events(&kit);
	kit_advance(&kit, 60 * US_PER_S);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 1);
	ck_assert(told_of_nobody(work));
}
END_TEST

START_TEST(a_relation_that_leaves_nobody_is_told_at_once)
{
	struct bytes work, other;

	given_reader(&kit, "ruth");
	work = given_work(&kit, &(struct work){.educator = "ana"});
	other = given_work(&kit, &(struct work){.educator = "ben"});
	forget_events(&kit);
	tell_relation(&kit, "ruth", "ana");
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 1);
	ck_assert(told_of_nobody(work));
	ck_assert(!told_of_nobody(other));
}
END_TEST

START_TEST(disputed_work_without_a_free_lead_is_told_at_once)
{
	struct bytes work;

	given_reader(&kit, "ruth");
	given_lead_reader(&kit, "lea");
	work = given_work(&kit, &(struct work){0});
	forget_events(&kit);
	given_read_twice(&kit, "ruth", "lea", "yes yes yes", "yes yes almost");
	kit.seen_seq = 0;
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER), 1);
	ck_assert_str_eq(state_of_work(&kit, work), "adjudication");
	ck_assert(told_of_nobody(work));
	given_lead_reader(&kit, "mae");
	ck_assert(!told_of_nobody(work));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: queue");
	TCase *tc = tcase_create("queue");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, sealed_work_is_screened_by_the_seal_itself);
	tcase_add_test(tc, where_the_profile_asks_a_person_screens_before_anyone_reads);
	tcase_add_test(tc, incomplete_work_is_returned_and_waits_for_nobody);
	tcase_add_test(tc, screening_is_refused_for_each_reason);
	tcase_add_test(tc, the_oldest_due_is_read_first_whenever_it_came);
	tcase_add_test(tc, the_oldest_due_is_chosen_over_all_entries_of_a_reader);
	tcase_add_loop_test(tc, nobody_reads_own_work_a_schools_a_districts_or_a_relations, 0, 4);
	tcase_add_test(tc, work_without_a_school_is_nobodys_conflict);
	tcase_add_test(tc, a_reader_of_the_first_reading_is_not_given_the_second);
	tcase_add_test(tc, the_next_reading_is_refused_for_each_reason);
	tcase_add_test(tc, the_same_request_twice_assigns_one_reading);
	tcase_add_test(tc, without_a_calendar_nobody_reads);
	tcase_add_test(tc, the_daily_cap_ends_at_midnight_of_the_calendars_zone);
	tcase_add_test(tc, a_long_queue_of_conflicts_is_passed_over);
	tcase_add_test(tc, a_lease_that_runs_out_gives_the_work_back);
	tcase_add_test(tc, completion_stops_the_lease);
	tcase_add_test(tc, a_second_readings_lease_gives_it_back_for_a_second_reading);
	tcase_add_test(tc, a_relation_declared_while_reading_takes_the_work_back);
	tcase_add_test(tc, recalled_work_leaves_the_queue_and_the_readers_hand);
	tcase_add_test(tc, work_that_nobody_may_read_is_told_within_the_policys_minutes);
	tcase_add_test(tc, work_that_somebody_may_read_is_looked_at_when_the_qualification_ends);
	tcase_add_test(tc, a_second_reading_that_only_the_first_reader_could_do_is_told);
	tcase_add_test(tc, a_relation_that_leaves_nobody_is_told_at_once);
	tcase_add_test(tc, disputed_work_without_a_free_lead_is_told_at_once);
	suite_add_tcase(suite, tc);
	return suite;
}
