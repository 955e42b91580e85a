/* Tests of drift seeds: that nobody can tell them, that no earner notices, and what follows. */
#include "services/assessment/drift.h"

#include "libshared/check.h"
#include "tests/support/seat_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	seat_kit_open(&kit);
	given_reader(&kit, "ruth");
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

/* ---- indistinguishable ---- */

/* All that the assessor is answered about one reading, its id left out: each answer packed, and how
 * far the log had come with it. */
#define ANSWERS_MAX 16
struct answers {
	struct bytes packed[ANSWERS_MAX];
	uint64_t events[ANSWERS_MAX];
	size_t n;
	uint64_t seq; /* before the last one */
};

static void keep(struct answers *a, struct bytes packed)
{
	ck_assert_uint_lt(a->n, ANSWERS_MAX);
	a->packed[a->n] = packed;
	a->events[a->n++] = kit.got.seq > a->seq ? kit.got.seq - a->seq : 0;
	a->seq = MAX(a->seq, kit.got.seq);
}

static void keep_reply(struct answers *a, Cairn__Status status)
{
	Assessment__Answer *answer = (Assessment__Answer *)kit.answer;
	struct bytes text = bytes_of_text(kit.got.text != NULL ? kit.got.text : "");

	ck_assert(status == kit.got.status);
	if (answer != NULL && answer->body_case == ASSESSMENT__ANSWER__BODY_ASSIGNED)
		answer->assigned->reading = pb_of_bytes(BYTES_NONE);
	keep(a,
	     answer != NULL ? message_pack(&answer->base, kit.arena) : arena_copy(kit.arena, text));
	kit.answer = NULL;
}

static void keep_reading(struct answers *a, struct bytes reading)
{
	Assessment__GetReading ask = ASSESSMENT__GET_READING__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__Answer *answer;

	ask.reading = pb_of_bytes(reading);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_READING;
	query.get_reading = &ask;
	ck_assert_int_eq(ask_as(&kit, READER("ruth"), &query.base), CAIRN__STATUS__OK);
	answer = (Assessment__Answer *)kit.answer;
	answer->reading->reading = pb_of_bytes(BYTES_NONE);
	keep(a, message_pack(&answer->base, kit.arena));
	kit.answer = NULL;
}

static void keep_assessor(struct answers *a, uint32_t today_before)
{
	Assessment__GetAssessor ask = ASSESSMENT__GET_ASSESSOR__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__AssessorAnswer *answer;

	ask.assessor = pb_of_bytes(READER("ruth"));
	query.body_case = ASSESSMENT__QUERY__BODY_GET_ASSESSOR;
	query.get_assessor = &ask;
	ck_assert_int_eq(ask_as(&kit, READER("ruth"), &query.base), CAIRN__STATUS__OK);
	answer = ((Assessment__Answer *)kit.answer)->assessor;
	if (answer->holds.len > 0)
		answer->holds = pb_of_bytes(BYTES_OF(kit.caps.noise_key));
	answer->today -= today_before;
	keep(a, message_pack(&answer->base, kit.arena));
	kit.answer = NULL;
}

static void keep_seat(struct answers *a)
{
	Assessment__GetSeat ask = ASSESSMENT__GET_SEAT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.assessor = pb_of_bytes(READER("ruth"));
	ask.entry = pb_of_bytes(LIT_101);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_SEAT;
	query.get_seat = &ask;
	ck_assert_int_eq(ask_as(&kit, READER("ruth"), &query.base), CAIRN__STATUS__OK);
	keep(a, message_pack(kit.answer, kit.arena));
	kit.answer = NULL;
}

static struct bytes submission_of(bool *is_seed_r)
{
	const Assessment__Event *e = (const Assessment__Event *)kit_next_event(&kit, NULL);

	*is_seed_r = e->body_case == ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED;
	return bytes_of_pb(*is_seed_r ? e->anchor_assigned->submission
				      : e->reading_assigned->submission);
}

/* Takes, is refused, opens, rates, and asks at every step. */
static struct answers answers_of_a_reading(uint32_t today_before, bool *is_seed_r)
{
	struct bytes reading = kit_id(&kit), submission;
	struct answers a = {0};

	forget_events(&kit);
	a.seq = kit.seen_seq;
	keep_reply(&a, when_next(&kit, "ruth", reading));
	submission = submission_of(is_seed_r);
	keep_reading(&a, reading);
	keep_assessor(&a, today_before);
	keep_reply(&a, when_next(&kit, "ruth", kit_id(&kit)));
	keep_reply(&a, when_rated(&kit, reading, "yes yes yes")); /* not opened yet */
	when_evidence_opened(&kit, submission, reading);
	keep_reply(&a, when_rated(&kit, reading, "yes yes")); /* a row is missing */
	keep_reply(&a, when_rated(&kit, reading, "yes almost yes"));
	keep_reading(&a, reading);
	keep_reply(&a, when_rated(&kit, reading, "yes almost yes")); /* completed already */
	keep_assessor(&a, today_before);
	keep_seat(&a);
	return a;
}

static void ck_same(const struct answers *a, const struct answers *b)
{
	ck_assert_uint_eq(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		ck_assert_msg(bytes_equal(a->packed[i], b->packed[i]), "answer %zu", i);
		ck_assert_msg(a->events[i] == b->events[i], "events of answer %zu", i);
	}
}

START_TEST(every_answer_about_a_seed_is_as_about_any_reading)
{
	struct answers real, seed;
	bool is_seed;

	given_anchors(&kit, 3, "yes almost yes");
	given_work(&kit, &(struct work){.educator = "ana"});
	given_work(&kit, &(struct work){.educator = "ben"});
	tell_seeds(&kit, 1, 20);
	real = answers_of_a_reading(0, &is_seed);
	ck_assert(!is_seed);
	tell_seeds(&kit, 1000, 20);
	seed = answers_of_a_reading(1, &is_seed);
	ck_assert(is_seed);
	ck_same(&real, &seed);
}
END_TEST

/* ---- no earner notices ---- */

START_TEST(a_seed_takes_no_work_away_and_changes_no_count)
{
	struct bytes work, reading;
	const Assessment__QueueAnswer *queue;
	bool is_seed;

	given_anchors(&kit, 2, "yes yes yes");
	tell_seeds(&kit, 1000, 20);
	work = given_work(&kit, &(struct work){.educator = "ana"});
	reading = take_any(&kit, "ruth", &is_seed);
	ck_assert(is_seed);
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	queue = queue_as_operator(&kit, "");
	ck_assert_uint_eq(queue->n_rows, 1);
	for (size_t i = 0; i < queue->n_counts; i++)
		if (strcmp(queue->counts[i]->state, "reading") == 0)
			ck_assert_uint_eq(queue->counts[i]->count, 0);
	forget_events(&kit);
	ck_assert_int_eq(when_rated(&kit, reading, "not_yet yes yes"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_DECISION_MADE), 0);
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	given_reader(&kit, "sol");
	take(&kit, FIRST_READER); /* who has read every anchor */
	ck_assert_str_eq(state_of_work(&kit, work), "reading");
}
END_TEST

/* All rows of what reports, fairness and the forecast are made of. */
static uint64_t rows_counted(void)
{
	static const unsigned tables[] = {MATRIX, FIGURE, CELL, NOT_YET, READ_DAY};
	uint64_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		n += view_count(kit_view(&kit), tables[i]);
	return n;
}

START_TEST(a_seed_is_in_no_matrix_figure_or_pace)
{
	uint64_t before;
	bool is_seed;

	given_anchors(&kit, 2, "yes yes yes");
	tell_seeds(&kit, 1000, 20);
	given_work(&kit, &(struct work){.educator = "ana"});
	before = rows_counted();
	kit_advance(&kit, 2 * US_PER_DAY); /* a day of which nothing is counted yet */
	forget_events(&kit);
	ck_assert_int_eq(when_rated(&kit, take_any(&kit, "ruth", &is_seed), "not_yet yes yes"),
			 CAIRN__STATUS__OK);
	ck_assert(is_seed);
	ck_assert_uint_eq(rows_counted(), before);
}
END_TEST

START_TEST(a_seed_comes_only_when_work_waits_and_never_twice)
{
	bool is_seed;

	given_anchors(&kit, 2, "yes yes yes");
	tell_seeds(&kit, 1000, 20);
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	given_work(&kit, &(struct work){.educator = "ana"});
	for (int i = 0; i < 3; i++) {
		struct bytes reading = take_any(&kit, "ruth", &is_seed);

		ck_assert(is_seed == (i < 2));
		ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__OK);
	}
}
END_TEST

START_TEST(five_percent_of_readings_are_seeds_and_the_assessor_cannot_choose_which)
{
	struct qualification seat = {0};
	unsigned seeds = 0;

	for (seat.taken = 0; seat.taken < 20000; seat.taken++)
		seeds += seed_is_due(&kit.caps, READER("ruth"), LIT_101, &seat, 50);
	ck_assert_uint_ge(seeds, 900);
	ck_assert_uint_le(seeds, 1100);
}
END_TEST

START_TEST(every_reading_that_is_given_counts_for_the_next_draw)
{
	bool is_seed;

	given_anchors(&kit, 1, "yes yes yes");
	tell_seeds(&kit, 1000, 20);
	given_work(&kit, &(struct work){.educator = "ana"});
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(when_rated(&kit, take_any(&kit, "ruth", &is_seed), "yes yes yes"),
				 CAIRN__STATUS__OK);
	ck_assert_uint_eq(seat_of_reader(&kit, "ruth")->taken, 2);
}
END_TEST

/* ---- what follows ---- */

/* Every reading is a seed while anchors last; windows of 4 seeds, 12 rows. */
static void given_seeds(void)
{
	given_anchors(&kit, 16, "yes yes yes");
	tell_seeds(&kit, 1000, 4);
}

static void read_seeds(unsigned n, const char *levels)
{
	bool is_seed;

	for (unsigned i = 0; i < n; i++) {
		struct bytes reading = take_any(&kit, "ruth", &is_seed);

		ck_assert(is_seed);
		forget_events(&kit);
		ck_assert_int_eq(when_rated(&kit, reading, levels), CAIRN__STATUS__OK);
		kit.now_us += US_PER_HOUR;
	}
}

START_TEST(who_drifts_is_watched_and_reinstated_when_the_share_is_healthy_again)
{
	const Assessment__Event *event;

	given_seeds();
	given_work(&kit, &(struct work){.educator = "ana"});
	read_seeds(3, "yes yes almost");
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "certified"); /* three of four */
	read_seeds(1, "yes yes yes");                                       /* 9 of 12: 75 % */
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_PLACED_ON_WATCH);
	ck_assert_uint_eq(event->assessor_placed_on_watch->seeds, 4);
	ck_assert_uint_eq(event->assessor_placed_on_watch->rows, 12);
	ck_assert_uint_eq(event->assessor_placed_on_watch->agreed, 9);
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "watch");
	read_seeds(1, "yes yes yes"); /* 10 of 12 */
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_REINSTATED);
	ck_assert_uint_eq(event->assessor_reinstated->agreed, 10);
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "certified");
}
END_TEST

START_TEST(who_drifts_far_is_suspended_at_once_and_given_nothing)
{
	const Assessment__Event *event;

	given_seeds();
	given_work(&kit, &(struct work){.educator = "ana"});
	read_seeds(3, "yes yes almost");
	read_seeds(1, "yes yes almost"); /* 8 of 12: 67 % */
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED);
	ck_assert_uint_eq(event->assessor_suspended->agreed, 8);
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "suspended");
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
	given_anchors(&kit, 10, "yes yes yes");
	when_calibrated(&kit, "ruth", "yes yes yes");
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "certified");
	ck_assert_uint_eq(seat_of_reader(&kit, "ruth")->seeds, 0);
}
END_TEST

START_TEST(work_that_only_a_suspended_assessor_could_read_is_told_at_once)
{
	struct bytes work;

	given_seeds();
	work = given_work(&kit, &(struct work){.educator = "ana"});
	tell_relation(&kit, FIRST_READER, "ana");
	tell_relation(&kit, SECOND_READER, "ana");
	read_seeds(3, "yes yes almost");
	read_seeds(1, "yes yes almost");
	ck_assert(bytes_equal(
		bytes_of_pb(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER)
				    ->no_eligible_reader->submission),
		work));
}
END_TEST

/* Real readings under the standard profile: outside the sample one reading decides. */
static struct bytes given_read_once(const char *educator)
{
	struct bytes work, reading;
	bool is_seed;

	tell_seeds(&kit, 1, 4);
	work = given_work(&kit, &(struct work){.educator = educator,
					       .profile = "standard",
					       .due_us = kit.now_us + US_PER_HOUR});
	reading = take_any(&kit, "ruth", &is_seed);
	ck_assert(!is_seed);
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__OK);
	kit.now_us += US_PER_HOUR;
	return work;
}

static const Assessment__WeakList *weak_list(struct bytes actor)
{
	Assessment__ListWeak ask = ASSESSMENT__LIST_WEAK__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.assessor = pb_of_bytes(READER("ruth"));
	ask.entry = pb_of_bytes(LIT_101);
	query.body_case = ASSESSMENT__QUERY__BODY_LIST_WEAK;
	query.list_weak = &ask;
	ck_assert_int_eq(kit_ask(&kit, actor, &query.base), CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)kit.answer)->weak;
}

START_TEST(decisions_since_the_last_good_seed_are_listed_and_read_once_more)
{
	const Assessment__WeakList *weak;
	unsigned decided = 0, asked;
	struct bytes late[4];

	given_anchors(&kit, 8, "yes yes yes");
	given_work(&kit, &(struct work){.educator = "waits"});
	for (int i = 0; i < 3; i++)
		given_read_once(arena_printf(kit.arena, "early-%d", i));
	tell_seeds(&kit, 1000, 4);
	read_seeds(1, "yes yes yes");
	for (int i = 0; i < 4; i++)
		late[i] = given_read_once(arena_printf(kit.arena, "late-%d", i));
	tell_seeds(&kit, 1000, 4);
	read_seeds(3, "yes almost almost");
	asked = count_of_kind(&kit, ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED);
	for (int i = 0; i < 4; i++)
		decided += decision_of_work(&kit, late[i])->decision.len > 0;
	ck_assert_uint_gt(decided, 0);
	ck_assert_uint_eq(asked, decided);
	weak = weak_list(BYTES_NONE);
	ck_assert_uint_eq(weak->n_decisions, decided);
	for (size_t i = 0; i < decided; i++) {
		ck_assert(weak->decisions[i]->back_read && weak->decisions[i]->passed);
		ck_assert_str_eq(weak->decisions[i]->state, "review");
	}
}
END_TEST

START_TEST(a_weak_period_is_shown_to_others_who_lead)
{
	Assessment__ListWeak ask = ASSESSMENT__LIST_WEAK__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	given_registered(&kit, "lea", NULL, true);
	ask.assessor = pb_of_bytes(READER("ruth"));
	ask.entry = pb_of_bytes(LIT_101);
	query.body_case = ASSESSMENT__QUERY__BODY_LIST_WEAK;
	query.list_weak = &ask;
	ck_assert_int_eq(ask_as(&kit, READER("lea"), &query.base), CAIRN__STATUS__OK);
	ck_assert_uint_eq(((const Assessment__Answer *)kit.answer)->weak->n_decisions, 0);
	ck_assert_int_eq(ask_as(&kit, READER("ruth"), &query.base), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask_as(&kit, READER(FIRST_READER), &query.base), CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(who_is_on_watch_is_read_after_by_a_second)
{
	struct bytes work;
	unsigned watched = 0;

	given_seeds();
	given_work(&kit, &(struct work){.educator = "waits"});
	read_seeds(3, "yes yes almost");
	read_seeds(1, "yes yes yes");
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "watch");
	for (int i = 0; i < 3; i++) {
		work = given_read_once(arena_printf(kit.arena, "watched-%d", i));
		ck_assert_str_eq(state_of_work(&kit, work), "second_read");
		watched += strcmp(decision_of_work(&kit, work)->second_why, "on_watch") == 0;
	}
	ck_assert_uint_gt(watched, 0); /* the others are of the sample */
}
END_TEST

/* ---- the end of a seat ---- */

START_TEST(the_end_of_a_seat_is_said_thirty_days_before_and_takes_the_reading_back)
{
	struct bytes work = given_work(&kit, &(struct work){.educator = "ana"});
	const Assessment__Event *event;

	kit_advance(&kit, 334 * US_PER_DAY);
	forget_events(&kit);
	kit_advance(&kit, 2 * US_PER_DAY);
	event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_SEAT_EXPIRY_NOTICED);
	ck_assert_uint_eq(event->seat_expiry_noticed->days_left, 30);
	kit_advance(&kit, 28 * US_PER_DAY);
	take(&kit, "ruth");
	ck_assert_str_eq(state_of_work(&kit, work), "reading");
	forget_events(&kit);
	kit_advance(&kit, US_PER_DAY + US_PER_HOUR);
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_LEASE_EXPIRED));
	ck_assert_str_eq(state_of_work(&kit, work), "queued");
	ck_assert_str_eq(seat_of_reader(&kit, "ruth")->state, "expired");
	ck_rejected(when_next(&kit, "ruth", kit_id(&kit)), ASSESSMENT__REASON__NOTHING_TO_READ);
}
END_TEST

START_TEST(a_retired_assessors_seat_does_not_end_again)
{
	when_retired(&kit, "ruth");
	forget_events(&kit);
	kit_advance(&kit, 400 * US_PER_DAY);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED), 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: drift");
	TCase *tc = tcase_create("drift");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_answer_about_a_seed_is_as_about_any_reading);
	tcase_add_test(tc, a_seed_takes_no_work_away_and_changes_no_count);
	tcase_add_test(tc, a_seed_is_in_no_matrix_figure_or_pace);
	tcase_add_test(tc, a_seed_comes_only_when_work_waits_and_never_twice);
	tcase_add_test(tc, five_percent_of_readings_are_seeds_and_the_assessor_cannot_choose_which);
	tcase_add_test(tc, every_reading_that_is_given_counts_for_the_next_draw);
	tcase_add_test(tc, who_drifts_is_watched_and_reinstated_when_the_share_is_healthy_again);
	tcase_add_test(tc, who_drifts_far_is_suspended_at_once_and_given_nothing);
	tcase_add_test(tc, work_that_only_a_suspended_assessor_could_read_is_told_at_once);
	tcase_add_test(tc, a_weak_period_is_shown_to_others_who_lead);
	tcase_add_test(tc, who_is_on_watch_is_read_after_by_a_second);
	tcase_add_test(tc, the_end_of_a_seat_is_said_thirty_days_before_and_takes_the_reading_back);
	tcase_add_test(tc, a_retired_assessors_seat_does_not_end_again);
	tcase_add_test(tc, decisions_since_the_last_good_seed_are_listed_and_read_once_more);
	suite_add_tcase(suite, tc);
	return suite;
}
