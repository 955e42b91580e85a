/* Tests of readers: what a grant opens and when it closes, that every look is recorded,
 * adjudication. */
#include "tests/support/portfolio_kit.h"
#include "tests/support/suite.h"

#include "libshared/check.h"

#include <string.h>

#define RUTH READER("ruth")

static struct portfolio_kit p;
static struct bytes artifacts[3], submission;

static void open_kit(void)
{
	portfolio_kit_open(&p, "double-read");
	given_everything(&p, artifacts);
	submission = given_sealed(&p);
}

static void close_kit(void)
{
	portfolio_kit_close(&p);
}

static void assert_fetched(const char *expected)
{
	const Evidence__ItemBytes *bytes = got_evidence(&p)->bytes;

	ck_assert(bytes_equal(bytes_of_pb(bytes->data), bytes_of_text(expected)));
}

/* ---- the way through ---- */

START_TEST(a_reader_opens_lists_and_fetches_what_was_sealed)
{
	struct bytes reading = given_assigned(&p, submission, "ruth");
	const Evidence__SubmissionOpened *opened;
	const Evidence__ItemList *list;

	ck_assert_int_eq(when_opened(&p, reading, RUTH), OK);
	opened = next_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_OPENED)->submission_opened;
	ck_assert(bytes_equal(bytes_of_pb(opened->reading), reading));
	ck_assert(bytes_equal(bytes_of_pb(opened->submission), submission));
	ck_assert_str_eq(submission_seen(&p, submission)->state, "opened");
	ck_assert_int_eq(when_listed(&p, reading, RUTH), OK);
	list = got_evidence(&p)->items;
	ck_assert_uint_eq(list->n_items, 6);
	ck_assert_uint_eq(list->n_rows, 3);
	ck_assert_str_eq(list->items[1]->requirement, "lit-101.e2");
	ck_assert_uint_eq(list->items[1]->ordinal, 1);
	ck_assert(!list->items[1]->answer);
	ck_assert_uint_eq(list->items[5]->item, 6);
	ck_assert_str_eq(list->items[5]->requirement, "lit-101.f1");
	ck_assert(list->items[5]->answer);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 2, 0), OK);
	assert_fetched("children saying sounds");
	ck_assert_uint_eq(got_evidence(&p)->bytes->total, strlen("children saying sounds"));
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 2, 9), OK);
	assert_fetched("saying sounds");
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 4, 0), OK);
	assert_fetched(words_long(&p, 20));
}
END_TEST

START_TEST(opening_again_says_nothing_again)
{
	struct bytes reading = given_opened(&p, submission, "ruth");

	ck_assert_int_eq(when_opened(&p, reading, RUTH), OK);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_OPENED), 1);
}
END_TEST

START_TEST(each_reader_opens_for_their_own_reading)
{
	given_opened(&p, submission, "ruth");
	given_opened(&p, submission, "omar");
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_OPENED), 2);
}
END_TEST

/* ---- every look ---- */

START_TEST(a_look_is_an_event_once_per_item_and_not_for_each_part)
{
	struct bytes reading = given_opened(&p, submission, "ruth");
	const Evidence__ItemViewed *viewed;

	forget_evidence(&p);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), OK);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 10), OK);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 5, 0), OK);
	viewed = next_evidence(&p, EVIDENCE__EVENT__BODY_ITEM_VIEWED)->item_viewed;
	ck_assert(bytes_equal(bytes_of_pb(viewed->reading), reading));
	ck_assert(bytes_equal(bytes_of_pb(viewed->submission), submission));
	ck_assert_uint_eq(viewed->item, 1);
	viewed = next_evidence(&p, EVIDENCE__EVENT__BODY_ITEM_VIEWED)->item_viewed;
	ck_assert_uint_eq(viewed->item, 5);
	ck_assert_ptr_null(next_evidence(&p, EVIDENCE__EVENT__BODY_ITEM_VIEWED));
}
END_TEST

START_TEST(a_look_that_begins_in_the_middle_is_recorded_too)
{
	struct bytes reading = given_opened(&p, submission, "ruth");

	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 10), OK);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ITEM_VIEWED), 1);
}
END_TEST

START_TEST(looking_at_an_item_again_from_its_beginning_is_another_look)
{
	struct bytes reading = given_opened(&p, submission, "ruth");

	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), OK);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), OK);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ITEM_VIEWED), 2);
}
END_TEST

START_TEST(nobody_else_may_note_a_look)
{
	Evidence__NoteViewed ask = EVIDENCE__NOTE_VIEWED__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.reading = pb_of_bytes(given_opened(&p, submission, "ruth"));
	ask.item = 1;
	cmd.note_viewed = &ask;
	ck_assert_int_eq(when_sent_as(&p, PORTAL | ROLE_OPERATOR, RUTH, &cmd,
				      EVIDENCE__COMMAND__BODY_NOTE_VIEWED),
			 CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(a_look_at_what_is_not_there_is_refused)
{
	struct bytes reading = given_opened(&p, submission, "ruth");
	Evidence__NoteViewed ask = EVIDENCE__NOTE_VIEWED__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 0, 0), REJECTED);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 7, 0), REJECTED);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, UINT32_MAX, 0), REJECTED);
	ask.reading = pb_of_bytes(reading);
	ask.item = 7;
	cmd.note_viewed = &ask;
	ck_assert_int_eq(
		when_sent_as(&p, ROLE_SELF, BYTES_NONE, &cmd, EVIDENCE__COMMAND__BODY_NOTE_VIEWED),
		REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_VALUE));
	ask.reading = pb_of_bytes(kit_id(&p.kit));
	ck_assert_int_eq(
		when_sent_as(&p, ROLE_SELF, BYTES_NONE, &cmd, EVIDENCE__COMMAND__BODY_NOTE_VIEWED),
		REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NO_GRANT));
}
END_TEST

/* ---- who may not ---- */

static void assert_closed_to(struct bytes reading, struct bytes assessor)
{
	ck_assert_int_eq(when_opened(&p, reading, assessor), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NO_GRANT));
	ck_assert_int_eq(when_listed(&p, reading, assessor), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_fetched(&p, reading, assessor, 1, 0), CAIRN__STATUS__FORBIDDEN);
}

START_TEST(only_the_assessor_who_holds_the_lease_sees_anything)
{
	struct bytes reading = given_opened(&p, submission, "ruth");

	assert_closed_to(reading, READER("omar"));
	assert_closed_to(reading, ANA);
	assert_closed_to(reading, BYTES_NONE);
	assert_closed_to(kit_id(&p.kit), RUTH);
	ck_assert_int_eq(when_listed(&p, BYTES_NONE, RUTH), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(when_opened(&p, BYTES_NONE, RUTH), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_ID));
}
END_TEST

START_TEST(a_reading_is_opened_by_command_before_anything_is_fetched)
{
	struct bytes reading = given_assigned(&p, submission, "ruth");

	ck_assert_int_eq(when_listed(&p, reading, RUTH), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_taken_back(&p, submission), OK);
}
END_TEST

START_TEST(an_assessor_is_not_shown_whose_submission_it_is)
{
	Evidence__GetSubmission ask = EVIDENCE__GET_SUBMISSION__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct request request = {.head = &head, .roles = PORTAL};
	struct bytes id = kit_id(&p.kit);
	struct reply reply;
	bool held;

	given_opened(&p, submission, "ruth");
	ask.submission = pb_of_bytes(submission);
	query.body_case = EVIDENCE__QUERY__BODY_GET_SUBMISSION;
	query.get_submission = &ask;
	head.wire = 1;
	head.kind = QUERY_BASE + EVIDENCE__QUERY__BODY_GET_SUBMISSION;
	head.id = pb_of_bytes(id);
	head.actor = pb_of_bytes(RUTH);
	request.body = message_pack(&query.base, p.kit.arena);
	engine_query(p.kit.engine, &request, p.kit.now_us, p.kit.arena, &reply, &held);
	ck_assert_int_eq(reply.status, CAIRN__STATUS__FORBIDDEN);
}
END_TEST

/* ---- when a grant closes ---- */

START_TEST(a_lease_closes_at_its_last_microsecond)
{
	struct bytes reading = given_opened(&p, submission, "ruth");
	int64_t until_us = p.kit.now_us + 72 * US_PER_HOUR;

	p.kit.now_us = until_us - 1;
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), OK);
	p.kit.now_us = until_us;
	assert_closed_to(reading, RUTH);
}
END_TEST

START_TEST(the_end_of_a_reading_closes_its_grant)
{
	struct bytes first = given_opened(&p, submission, "ruth");
	struct bytes second = given_opened(&p, submission, "omar");

	hear_lease_expired(&p, first, submission);
	assert_closed_to(first, RUTH);
	ck_assert_int_eq(when_fetched(&p, second, READER("omar"), 1, 0), OK);
	hear_reading_completed(&p, second, submission);
	assert_closed_to(second, READER("omar"));
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_GRANT_CLOSED), 2);
}
END_TEST

START_TEST(a_recall_closes_the_grant_of_a_reader_who_has_not_opened)
{
	struct bytes reading = given_assigned(&p, submission, "ruth");

	ck_assert_int_eq(when_taken_back(&p, submission), OK);
	ck_assert_str_eq(next_evidence(&p, EVIDENCE__EVENT__BODY_GRANT_CLOSED)->grant_closed->why,
			 "recalled");
	assert_closed_to(reading, RUTH);
}
END_TEST

START_TEST(what_was_recalled_before_it_was_assigned_gets_no_grant)
{
	struct bytes reading;

	ck_assert_int_eq(when_taken_back(&p, submission), OK);
	reading = given_assigned(&p, submission, "ruth");
	assert_closed_to(reading, RUTH);
	hear_lease_expired(&p, reading, submission);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_GRANT_WRITTEN), 0);
}
END_TEST

START_TEST(a_released_decision_closes_what_is_left_open)
{
	struct bytes reading = given_opened(&p, submission, "ruth");

	hear_decision(&p, submission, "yes yes yes", false);
	assert_closed_to(reading, RUTH);
}
END_TEST

static struct bytes packed_list(struct bytes reading, struct bytes reader)
{
	ck_assert_int_eq(when_listed(&p, reading, reader), OK);
	return message_pack(&got_evidence(&p)->items->base, p.kit.arena);
}

/* At one moment, so that the leases end together. */
START_TEST(an_anchors_reader_sees_what_any_reader_sees_and_the_decision_stands)
{
	struct bytes any = packed_list(given_opened(&p, submission, "ruth"), RUTH), anchor;

	hear_decision(&p, submission, "yes yes yes", false);
	ck_assert_str_eq(submission_seen(&p, submission)->state, "decided");
	anchor = given_anchor(&p, submission, "omar");
	ck_assert_int_eq(when_listed(&p, anchor, READER("omar")), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_opened(&p, anchor, READER("omar")), OK);
	ck_assert(bytes_equal(packed_list(anchor, READER("omar")), any));
	ck_assert_str_eq(submission_seen(&p, submission)->state, "decided");
}
END_TEST

START_TEST(an_erased_teachers_work_is_opened_as_no_anchor)
{
	struct bytes anchor;

	hear_decision(&p, submission, "yes yes yes", false);
	hear_erased(&p, ANA);
	anchor = given_anchor(&p, submission, "omar");
	ck_assert_int_eq(when_opened(&p, anchor, READER("omar")), CAIRN__STATUS__REJECTED);
}
END_TEST

START_TEST(a_withdrawn_consent_cuts_the_reader_off_and_closes_the_item_to_the_next)
{
	struct bytes first = given_opened(&p, submission, "ruth"), second;
	const Evidence__ItemList *list;

	ck_assert_int_eq(when_unconsent(&p, artifacts[1], given_consent(&p, artifacts[1])), OK);
	assert_closed_to(first, RUTH);
	second = given_opened(&p, submission, "omar");
	ck_assert_int_eq(when_listed(&p, second, READER("omar")), OK);
	list = got_evidence(&p)->items;
	ck_assert(list->items[1]->restricted);
	ck_assert_uint_eq(list->items[1]->sha256.len, 0);
	ck_assert(!list->items[0]->restricted);
	ck_assert_int_eq(when_fetched(&p, second, READER("omar"), 2, 0), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_fetched(&p, second, READER("omar"), 1, 0), OK);
	ck_assert_str_eq(submission_seen(&p, submission)->state, "opened");
}
END_TEST

START_TEST(consent_withdrawn_for_what_is_not_shown_cuts_nobody_off)
{
	struct bytes other, reading, consent;

	ck_assert_int_eq(when_taken_back(&p, submission), OK);
	other = given_artifact(&p, "e2", "left out in the end");
	consent = given_consent(&p, other);
	ck_assert_int_eq(when_abandoned(&p, other), OK);
	submission = given_sealed(&p);
	reading = given_opened(&p, submission, "ruth");
	ck_assert_int_eq(when_unconsent(&p, other, consent), OK);
	ck_assert_int_eq(when_fetched(&p, reading, RUTH, 1, 0), OK);
}
END_TEST

/* ---- adjudication ---- */

static struct bytes given_dispute(void)
{
	hear_reading_completed(&p, given_opened(&p, submission, "ruth"), submission);
	hear_reading_completed(&p, given_opened(&p, submission, "omar"), submission);
	hear_assessor(&p, "lena", NULL, true);
	hear_adjudication(&p, submission);
	forget_evidence(&p);
	return kit_id(&p.kit);
}

START_TEST(a_lead_takes_a_grant_for_a_dispute_and_looks_under_a_reading_of_their_own)
{
	struct bytes reading = given_dispute();
	const Evidence__GrantWritten *written;

	ck_assert_int_eq(when_opened_by_lead(&p, reading, submission, READER("lena")), OK);
	written = next_evidence(&p, EVIDENCE__EVENT__BODY_GRANT_WRITTEN)->grant_written;
	ck_assert(written->adjudication);
	ck_assert(bytes_equal(bytes_of_pb(written->assessor), READER("lena")));
	ck_assert_int_eq(written->until_us, p.kit.now_us + 72 * US_PER_HOUR);
	ck_assert_int_eq(when_listed(&p, reading, READER("lena")), OK);
	ck_assert_int_eq(when_fetched(&p, reading, READER("lena"), 1, 0), OK);
	ck_assert(bytes_equal(
		bytes_of_pb(
			next_evidence(&p, EVIDENCE__EVENT__BODY_ITEM_VIEWED)->item_viewed->reading),
		reading));
	/* Assessment assigned no such reading: it is not told that one was opened. */
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_SUBMISSION_OPENED), 0);
	hear_adjudicated(&p, submission, "lena");
	assert_closed_to(reading, READER("lena"));
	ck_assert_int_eq(when_opened_by_lead(&p, kit_id(&p.kit), submission, READER("lena")),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NO_GRANT));
}
END_TEST

static void as_it_is(void)
{
}

static void lead_of_the_school(void)
{
	hear_assessor(&p, "lars", "elm-school", true);
}

static void lead_of_the_new_school(void)
{
	hear_moved(&p, "fir-school");
	hear_assessor(&p, "lars", "fir-school", true);
}

static void lead_of_the_district(void)
{
	hear_assessor(&p, "lars", "elm-district", true);
}

static void lead_who_is_related(void)
{
	hear_assessor(&p, "lars", NULL, true);
	hear_relation(&p, "lars", ANA);
	hear_relation(&p, "lars", ANA);
}

static void no_lead(void)
{
	hear_assessor(&p, "lars", NULL, false);
}

static void retired_lead(void)
{
	hear_assessor(&p, "lars", NULL, true);
	hear_assessor_retired(&p, "lars");
}

static void reader_made_lead(void)
{
	hear_assessor(&p, "omar", NULL, true);
}

static const struct {
	void (*given)(void);
	const char *lead, *text;
} bad_leads[] = {
	{lead_of_the_school, "lars", "school"},   {lead_of_the_new_school, "lars", "school"},
	{lead_of_the_district, "lars", "school"}, {lead_who_is_related, "lars", "relation"},
	{no_lead, "lars", "only a lead"},         {retired_lead, "lars", "only a lead"},
	{as_it_is, "nobody", "only a lead"},      {reader_made_lead, "omar", "you have read"},
};

START_TEST(no_lead_with_a_conflict_and_nobody_else_adjudicates)
{
	struct bytes reading = given_dispute();

	bad_leads[_i].given();
	ck_assert_int_eq(when_opened_by_lead(&p, reading, submission, READER(bad_leads[_i].lead)),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NO_GRANT));
	ck_assert_msg(strstr(p.kit.got.text, bad_leads[_i].text) != NULL, "%s", p.kit.got.text);
	ck_assert_int_eq(when_listed(&p, reading, READER(bad_leads[_i].lead)),
			 CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(a_lead_takes_no_grant_without_a_dispute_or_under_an_id_in_use)
{
	struct bytes reading;

	hear_assessor(&p, "lena", NULL, true);
	reading = given_assigned(&p, submission, "ruth");
	ck_assert_int_eq(when_opened_by_lead(&p, kit_id(&p.kit), submission, READER("lena")),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(NO_GRANT));
	hear_adjudication(&p, submission);
	ck_assert_int_eq(when_opened_by_lead(&p, reading, submission, READER("lena")), REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(ID_TAKEN));
	ck_assert_int_eq(when_opened_by_lead(&p, kit_id(&p.kit), kit_id(&p.kit), READER("lena")),
			 REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(UNKNOWN_SUBMISSION));
	ck_assert_int_eq(
		when_opened_by_lead(&p, kit_id(&p.kit), bytes_of_text("short"), READER("lena")),
		REJECTED);
	ck_assert_int_eq(p.kit.got.reason, REASON(BAD_ID));
}
END_TEST

/* ---- the teacher's own ---- */

static Cairn__Status when_own_fetched(struct bytes artifact, struct bytes actor)
{
	Evidence__FetchOwn ask = EVIDENCE__FETCH_OWN__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.artifact = pb_of_bytes(artifact);
	query.body_case = EVIDENCE__QUERY__BODY_FETCH_OWN;
	query.fetch_own = &ask;
	return kit_ask(&p.kit, actor, &query.base);
}

START_TEST(a_teacher_fetches_her_own_and_nobody_elses_and_it_is_no_look)
{
	struct upload u = {.requirement = "lit-101.e2", .media_type = "audio/wav", .content = "x"};

	ck_assert_int_eq(when_own_fetched(artifacts[0], ANA), OK);
	assert_fetched("the plan of ten routines");
	ck_assert_int_eq(when_own_fetched(artifacts[0], BEN), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_own_fetched(artifacts[0], BYTES_NONE), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_own_fetched(kit_id(&p.kit), ANA), REJECTED);
	ck_assert_int_eq(when_own_fetched(BYTES_NONE, ANA), CAIRN__STATUS__INVALID);
	ck_assert_uint_eq(count_evidence(&p, EVIDENCE__EVENT__BODY_ITEM_VIEWED), 0);
	ck_assert_int_eq(when_taken_back(&p, submission), OK);
	ck_assert_int_eq(when_artifact_begun(&p, &u), OK);
	ck_assert_int_eq(when_own_fetched(u.artifact, ANA), REJECTED);
}
END_TEST

static Cairn__Status when_answer_fetched(struct bytes of, const char *question, struct bytes actor)
{
	Evidence__FetchAnswer ask = EVIDENCE__FETCH_ANSWER__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.submission = pb_of_bytes(of);
	ask.question = arena_text(p.kit.arena, bytes_of_text(question));
	query.body_case = EVIDENCE__QUERY__BODY_FETCH_ANSWER;
	query.fetch_answer = &ask;
	return kit_ask(&p.kit, actor, &query.base);
}

START_TEST(a_teacher_fetches_her_answers_as_they_were_sealed)
{
	const char *question = submission_seen(&p, submission)->sealed->answers[0]->question;

	ck_assert_int_eq(when_answer_fetched(submission, question, ANA), OK);
	ck_assert_uint_gt(got_evidence(&p)->bytes->data.len, 0);
	ck_assert_int_eq(when_answer_fetched(submission, question, BEN), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_answer_fetched(submission, question, BYTES_NONE),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(when_answer_fetched(submission, "none", ANA), REJECTED);
	ck_assert_int_eq(when_answer_fetched(kit_id(&p.kit), question, ANA), REJECTED);
	ck_assert_int_eq(when_answer_fetched(BYTES_NONE, question, ANA), CAIRN__STATUS__INVALID);
	ck_assert_uint_eq(portfolio_seen(&p)->n_submissions, 1);
}
END_TEST

static void add_lead_tests(TCase *tcase)
{
	tcase_add_test(tcase,
		       a_lead_takes_a_grant_for_a_dispute_and_looks_under_a_reading_of_their_own);
	tcase_add_loop_test(tcase, no_lead_with_a_conflict_and_nobody_else_adjudicates, 0,
			    ARRAY_LEN(bad_leads));
	tcase_add_test(tcase, a_lead_takes_no_grant_without_a_dispute_or_under_an_id_in_use);
}

static void add_closing_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_lease_closes_at_its_last_microsecond);
	tcase_add_test(tcase, an_anchors_reader_sees_what_any_reader_sees_and_the_decision_stands);
	tcase_add_test(tcase, an_erased_teachers_work_is_opened_as_no_anchor);
	tcase_add_test(tcase, the_end_of_a_reading_closes_its_grant);
	tcase_add_test(tcase, a_recall_closes_the_grant_of_a_reader_who_has_not_opened);
	tcase_add_test(tcase, what_was_recalled_before_it_was_assigned_gets_no_grant);
	tcase_add_test(tcase, a_released_decision_closes_what_is_left_open);
	tcase_add_test(tcase,
		       a_withdrawn_consent_cuts_the_reader_off_and_closes_the_item_to_the_next);
	tcase_add_test(tcase, consent_withdrawn_for_what_is_not_shown_cuts_nobody_off);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence readers");
	TCase *tcase = tcase_create("readers");

	tcase_set_timeout(tcase, 60); /* disks that sync are slow */
	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, a_reader_opens_lists_and_fetches_what_was_sealed);
	tcase_add_test(tcase, opening_again_says_nothing_again);
	tcase_add_test(tcase, each_reader_opens_for_their_own_reading);
	tcase_add_test(tcase, a_look_is_an_event_once_per_item_and_not_for_each_part);
	tcase_add_test(tcase, a_look_that_begins_in_the_middle_is_recorded_too);
	tcase_add_test(tcase, looking_at_an_item_again_from_its_beginning_is_another_look);
	tcase_add_test(tcase, nobody_else_may_note_a_look);
	tcase_add_test(tcase, a_look_at_what_is_not_there_is_refused);
	tcase_add_test(tcase, only_the_assessor_who_holds_the_lease_sees_anything);
	tcase_add_test(tcase, a_reading_is_opened_by_command_before_anything_is_fetched);
	tcase_add_test(tcase, an_assessor_is_not_shown_whose_submission_it_is);
	add_closing_tests(tcase);
	add_lead_tests(tcase);
	tcase_add_test(tcase, a_teacher_fetches_her_own_and_nobody_elses_and_it_is_no_look);
	tcase_add_test(tcase, a_teacher_fetches_her_answers_as_they_were_sealed);
	suite_add_tcase(suite, tcase);
	return suite;
}
