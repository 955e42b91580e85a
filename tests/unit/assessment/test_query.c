/* Tests of the questions: who may ask what, and what is in no answer. */
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_lead_reader(&kit, "lea");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static const Assessment__Answer *got(void)
{
	return (const Assessment__Answer *)kit.answer;
}

/* One question, by its number; id goes into its only or first field. */
static Cairn__Status ask(Assessment__Query__BodyCase kind, struct bytes id, struct bytes actor)
{
	Assessment__GetReading reading = ASSESSMENT__GET_READING__INIT;
	Assessment__GetQueue queue = ASSESSMENT__GET_QUEUE__INIT;
	Assessment__GetDecision decision = ASSESSMENT__GET_DECISION__INIT;
	Assessment__GetAssessor assessor = ASSESSMENT__GET_ASSESSOR__INIT;
	Assessment__GetAdjudication adjudication = ASSESSMENT__GET_ADJUDICATION__INIT;
	Assessment__GetFeedback feedback = ASSESSMENT__GET_FEEDBACK__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	reading.reading = decision.submission = assessor.assessor = pb_of_bytes(id);
	adjudication.submission = feedback.submission = pb_of_bytes(id);
	query.body_case = kind;
	if (kind == ASSESSMENT__QUERY__BODY_GET_READING)
		query.get_reading = &reading;
	if (kind == ASSESSMENT__QUERY__BODY_GET_QUEUE)
		query.get_queue = &queue;
	if (kind == ASSESSMENT__QUERY__BODY_GET_DECISION)
		query.get_decision = &decision;
	if (kind == ASSESSMENT__QUERY__BODY_GET_ASSESSOR)
		query.get_assessor = &assessor;
	if (kind == ASSESSMENT__QUERY__BODY_GET_ADJUDICATION)
		query.get_adjudication = &adjudication;
	if (kind == ASSESSMENT__QUERY__BODY_GET_FEEDBACK)
		query.get_feedback = &feedback;
	return ask_as(&kit, actor, &query.base);
}

/* Whether the last answer, packed, has the bytes anywhere in it. */
static bool answer_has(struct bytes what)
{
	size_t len = protobuf_c_message_get_packed_size(kit.answer);
	uint8_t *raw = arena_alloc(kit.arena, len);

	protobuf_c_message_pack(kit.answer, raw);
	return memmem(raw, len, what.data, what.len) != NULL;
}

/* ---- a reading ---- */

START_TEST(an_assessor_sees_the_open_rows_and_nothing_of_the_person)
{
	struct bytes work = given_work(&kit, &(struct work){.school = "oak", .district = "north"});
	struct bytes reading = take(&kit, "ruth");
	const Assessment__ReadingAnswer *r;

	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_READING, reading, READER("ruth")),
			 CAIRN__STATUS__OK);
	r = got()->reading;
	ck_assert_str_eq(r->code, "LIT-101");
	ck_assert_str_eq(r->state, "in_hand");
	ck_assert_uint_eq(r->n_rows, 3);
	ck_assert_uint_eq(r->rows[0]->n_descriptions, 3);
	ck_assert_uint_eq(r->n_levels, 3);
	ck_assert_uint_eq(r->pass_ordinal, 2);
	ck_assert_uint_eq(r->feedback_words_min, FEEDBACK_WORDS);
	ck_assert(!answer_has(EDUCATOR("ana")));
	ck_assert(!answer_has(kit_name("enrollment", "ana")));
	ck_assert(!answer_has(ORG("oak")));
	ck_assert(!answer_has(ORG("north")));
	ck_assert(!answer_has(work));
}
END_TEST

START_TEST(a_later_attempt_shows_the_open_rows_only)
{
	given_work(&kit, &(struct work){0});
	given_read_twice(&kit, "ruth", "sol", "yes almost yes", "yes almost yes");
	given_work(&kit, &(struct work){.attempt = 2, .rows = "lit-101.r2"});
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_READING, take(&kit, "lea"), READER("lea")),
			 CAIRN__STATUS__OK);
	ck_assert_uint_eq(got()->reading->n_rows, 1);
	ck_assert_str_eq(got()->reading->rows[0]->code, "lit-101.r2");
}
END_TEST

START_TEST(a_reading_is_shown_to_its_assessor_only)
{
	struct bytes reading;

	given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_READING, reading, READER("sol")),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_READING, kit_id(&kit), READER("ruth")),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_READING, BYTES_NONE, READER("ruth")),
			 CAIRN__STATUS__INVALID);
	kit_advance(&kit, 72 * US_PER_HOUR);
	ask(ASSESSMENT__QUERY__BODY_GET_READING, reading, READER("ruth"));
	ck_assert_str_eq(got()->reading->state, "expired");
}
END_TEST

/* ---- the queue ---- */

START_TEST(the_queue_is_listed_by_state_and_due_date_in_pages)
{
	Assessment__GetQueue ask_queue = ASSESSMENT__GET_QUEUE__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	char name[] = "a", state[] = "queued";
	int64_t last_us = 0;
	unsigned seen = 0;

	for (unsigned i = 0; i < 7; i++) {
		name[0] = (char)('a' + i);
		given_work(&kit, &(struct work){.educator = name,
						.due_us = kit.now_us + (7 - (int64_t)i) * 1000});
	}
	take(&kit, "ruth");
	query.body_case = ASSESSMENT__QUERY__BODY_GET_QUEUE;
	query.get_queue = &ask_queue;
	ask_queue.state = state;
	ask_queue.limit = 2;
	do {
		ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
		for (size_t i = 0; i < got()->queue->n_rows; i++, seen++) {
			ck_assert_int_gt(got()->queue->rows[i]->due_us, last_us);
			ck_assert_str_eq(got()->queue->rows[i]->code, "LIT-101");
			last_us = got()->queue->rows[i]->due_us;
		}
		ask_queue.after = got()->queue->next;
	} while (ask_queue.after.len > 0);
	ck_assert_uint_eq(seen, 6);
}
END_TEST

static uint64_t count_of(const char *state)
{
	const Assessment__QueueAnswer *queue = queue_as_operator(&kit, "");

	for (size_t i = 0; i < queue->n_counts; i++)
		if (strcmp(queue->counts[i]->state, state) == 0)
			return queue->counts[i]->count;
	return UINT64_MAX;
}

START_TEST(the_queue_counts_every_state)
{
	given_work(&kit, &(struct work){.educator = "ana"});
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	given_work(&kit, &(struct work){.educator = "ben"});
	given_work(&kit, &(struct work){.educator = "cy"});
	when_work_recalled(&kit, given_work(&kit, &(struct work){.educator = "di"}));
	take(&kit, "ruth");
	ck_assert_uint_eq(count_of("released"), 1);
	ck_assert_uint_eq(count_of("queued"), 1);
	ck_assert_uint_eq(count_of("reading"), 1);
	ck_assert_uint_eq(count_of("left"), 1);
	ck_assert_uint_eq(count_of("second_read"), 0);
	ck_assert_uint_eq(queue_as_operator(&kit, "")->n_rows, 2);
}
END_TEST

START_TEST(the_queue_is_for_leads_and_operators)
{
	Assessment__GetQueue odd = ASSESSMENT__GET_QUEUE__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	char word[] = "released";

	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_QUEUE, BYTES_NONE, READER("ruth")),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_QUEUE, BYTES_NONE, BYTES_NONE),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_QUEUE, BYTES_NONE, READER("lea")),
			 CAIRN__STATUS__OK);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_QUEUE;
	query.get_queue = &odd;
	odd.state = word;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
	odd.state = word + 8;
	odd.after = pb_of_bytes(READER("ruth"));
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
}
END_TEST

/* ---- a decision ---- */

START_TEST(a_decision_is_explained_by_who_read_what_under_which_versions)
{
	struct bytes work = given_work(&kit, &(struct work){0});
	const Assessment__DecisionAnswer *a;

	given_read_twice(&kit, "ruth", "sol", "yes almost yes", "yes yes yes");
	when_adjudicated(&kit, work, "lea", "- yes -");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_DECISION, work, READER("lea")),
			 CAIRN__STATUS__OK);
	a = got()->decision;
	ck_assert_str_eq(a->rule, "adjudicated");
	ck_assert_str_eq(a->profile, "double-read");
	ck_assert_uint_eq(a->profile_version, 1);
	ck_assert_uint_eq(a->entry_version, 1);
	ck_assert_str_eq(a->second_why, "profile");
	ck_assert_uint_eq(a->n_readings, 3);
	ck_assert(bytes_equal(bytes_of_pb(a->readings[0]->assessor), READER("ruth")));
	ck_assert(bytes_equal(bytes_of_pb(a->readings[1]->assessor), READER("sol")));
	ck_assert(bytes_equal(bytes_of_pb(a->readings[2]->assessor), READER("lea")));
	ck_assert(a->readings[2]->adjudication);
	ck_assert_uint_eq(a->readings[2]->n_ratings, 1);
	ck_assert(!answer_has(EDUCATOR("ana")));
}
END_TEST

START_TEST(no_reading_is_explained_before_the_decision)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	when_rated(&kit, take(&kit, "ruth"), "yes almost yes");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_DECISION, work, READER("lea")),
			 CAIRN__STATUS__OK);
	ck_assert_str_eq(got()->decision->state, "second_read");
	ck_assert_uint_eq(got()->decision->n_readings, 0);
	ck_assert(!answer_has(READER("ruth")));
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_DECISION, work, READER("sol")),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_DECISION, kit_id(&kit), READER("lea")),
			 CAIRN__STATUS__REJECTED);
}
END_TEST

/* ---- an assessor ---- */

START_TEST(an_assessor_is_shown_with_what_they_hold_and_took_today)
{
	const Assessment__AssessorAnswer *a;
	struct bytes reading;

	given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ASSESSOR, READER("ruth"), READER("ruth")),
			 CAIRN__STATUS__OK);
	a = got()->assessor;
	ck_assert(bytes_equal(bytes_of_pb(a->holds), reading));
	ck_assert_uint_eq(a->today, 1);
	ck_assert_uint_eq(a->n_qualifications, 1);
	ck_assert(bytes_equal(bytes_of_pb(a->qualifications[0]->entry), LIT_101));
	ck_assert(!a->lead && !a->retired);
	kit_advance(&kit, US_PER_DAY);
	ask(ASSESSMENT__QUERY__BODY_GET_ASSESSOR, READER("ruth"), READER("lea"));
	ck_assert_uint_eq(got()->assessor->today, 0);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ASSESSOR, READER("ruth"), READER("sol")),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ASSESSOR, READER("no"), READER("lea")),
			 CAIRN__STATUS__REJECTED);
}
END_TEST

/* ---- an adjudication ---- */

START_TEST(a_lead_sees_both_readings_without_names)
{
	struct bytes work = given_work(&kit, &(struct work){0});
	const Assessment__AdjudicationAnswer *a;

	given_read_twice(&kit, "ruth", "sol", "yes almost yes", "yes yes yes");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ADJUDICATION, work, READER("lea")),
			 CAIRN__STATUS__OK);
	a = got()->adjudication;
	ck_assert_uint_eq(a->n_rows, 1);
	ck_assert_str_eq(a->rows[0], "lit-101.r2");
	ck_assert_uint_eq(a->n_readings, 2);
	ck_assert_str_eq(a->readings[0]->ratings[1]->level, "almost");
	ck_assert_str_eq(a->readings[0]->ratings[1]->feedback,
			 words_text(&kit, FEEDBACK_WORDS, "almost"));
	ck_assert_str_eq(a->readings[1]->ratings[1]->level, "yes");
	ck_assert(!answer_has(READER("ruth")));
	ck_assert(!answer_has(READER("sol")));
	ck_assert(!answer_has(EDUCATOR("ana")));
}
END_TEST

START_TEST(an_adjudication_is_shown_to_a_free_lead_only_while_it_waits)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	given_lead_reader(&kit, "mae");
	tell_relation(&kit, "mae", "ana");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ADJUDICATION, work, READER("lea")),
			 CAIRN__STATUS__REJECTED);
	given_read_twice(&kit, "ruth", "sol", "yes almost yes", "yes yes yes");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ADJUDICATION, work, READER("ruth")),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ADJUDICATION, work, READER("mae")),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ADJUDICATION, work, EDUCATOR("ana")),
			 CAIRN__STATUS__FORBIDDEN);
	when_adjudicated(&kit, work, "lea", "- yes -");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_ADJUDICATION, work, READER("lea")),
			 CAIRN__STATUS__FORBIDDEN); /* the lead has judged it now */
}
END_TEST

/* ---- feedback ---- */

START_TEST(an_author_reads_the_feedback_once_it_is_released)
{
	struct bytes work = given_work(&kit, &(struct work){0});
	const Assessment__FeedbackAnswer *f;

	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_FEEDBACK, work, EDUCATOR("ana")),
			 CAIRN__STATUS__REJECTED);
	given_read_twice(&kit, "ruth", "sol", "yes almost yes", "yes not_yet yes");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_FEEDBACK, work, EDUCATOR("ana")),
			 CAIRN__STATUS__OK);
	f = got()->feedback;
	ck_assert(!f->passed);
	ck_assert_uint_eq(f->attempt, 1);
	ck_assert_uint_eq(f->n_rows, 3);
	ck_assert_str_eq(f->rows[0]->feedback, "");
	ck_assert_str_eq(f->rows[1]->level, "not_yet");
	ck_assert_str_eq(f->rows[1]->feedback, words_text(&kit, FEEDBACK_WORDS, "not_yet"));
	ck_assert(f->rows[0]->met && !f->rows[1]->met);
	ck_assert(!answer_has(READER("ruth")));
	ck_assert(!answer_has(READER("sol")));
}
END_TEST

START_TEST(feedback_is_for_its_author_only)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_FEEDBACK, work, EDUCATOR("ben")),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_FEEDBACK, kit_id(&kit), EDUCATOR("ana")),
			 CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(ask(ASSESSMENT__QUERY__BODY_GET_FEEDBACK, BYTES_NONE, EDUCATOR("ana")),
			 CAIRN__STATUS__INVALID);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: query");
	TCase *tc = tcase_create("query");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, an_assessor_sees_the_open_rows_and_nothing_of_the_person);
	tcase_add_test(tc, a_later_attempt_shows_the_open_rows_only);
	tcase_add_test(tc, a_reading_is_shown_to_its_assessor_only);
	tcase_add_test(tc, the_queue_is_listed_by_state_and_due_date_in_pages);
	tcase_add_test(tc, the_queue_counts_every_state);
	tcase_add_test(tc, the_queue_is_for_leads_and_operators);
	tcase_add_test(tc, a_decision_is_explained_by_who_read_what_under_which_versions);
	tcase_add_test(tc, no_reading_is_explained_before_the_decision);
	tcase_add_test(tc, an_assessor_is_shown_with_what_they_hold_and_took_today);
	tcase_add_test(tc, a_lead_sees_both_readings_without_names);
	tcase_add_test(tc, an_adjudication_is_shown_to_a_free_lead_only_while_it_waits);
	tcase_add_test(tc, an_author_reads_the_feedback_once_it_is_released);
	tcase_add_test(tc, feedback_is_for_its_author_only);
	suite_add_tcase(suite, tc);
	return suite;
}
