/* Tests of what is counted as work is read and decided: the tables hold what the log comes to. */
#include "services/assessment/measure.h"

#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

#define ROUNDS 60

static const char *const levels[] = {"not_yet", "almost", "yes"};
static const struct edition lit_101 = {{NULL, 0}, 1};

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

static struct edition edition(void)
{
	struct edition e = lit_101;

	e.entry = LIT_101;
	return e;
}

static struct agreement_counts counts_of(const char *row)
{
	struct edition e = edition();
	struct agreement_counts counts;

	matrix_get(kit_view(&kit), &e, row, 3, &counts);
	return counts;
}

static uint64_t figure(unsigned figure)
{
	struct edition e = edition();

	return figure_get(kit_view(&kit), &e, figure);
}

static void read_by_two(const char *first, const char *second)
{
	char name[32];
	struct bytes work;

	kit.now_us += US_PER_DAY; /* below the daily cap */
	snprintf(name, sizeof name, "%u", (unsigned)kit.seen_seq);
	work = given_work(&kit, &(struct work){.educator = name});
	given_read_twice(&kit, "ruth", "sol", first, second);
	/* Of the rows only the first is ever disputed here. */
	if (strcmp(state_of_work(&kit, work), "adjudication") == 0)
		ENSURE(when_adjudicated(&kit, work, "lea", "yes - -") == CAIRN__STATUS__OK);
}

START_TEST(a_double_read_is_counted_by_what_each_reader_said_of_each_row)
{
	struct agreement_counts r1, r2, r3;

	read_by_two("not_yet almost yes", "almost almost yes");
	r1 = counts_of("lit-101.r1");
	r2 = counts_of("lit-101.r2");
	r3 = counts_of("lit-101.r3");
	ck_assert_uint_eq(r1.q, 3);
	ck_assert_uint_eq(r1.n[0][1], 1);
	ck_assert_uint_eq(r1.n[1][0], 0);
	ck_assert_uint_eq(r2.n[1][1], 1);
	ck_assert_uint_eq(r3.n[2][2], 1);
}
END_TEST

START_TEST(a_first_reading_alone_is_in_no_matrix)
{
	struct agreement agreement;
	struct agreement_counts counts;

	given_work(&kit, &(struct work){0});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	counts = counts_of("lit-101.r1");
	agreement_of(&counts, &agreement);
	ck_assert_uint_eq(agreement.n, 0);
}
END_TEST

START_TEST(a_review_is_in_no_matrix_and_its_decision_is_not_counted_again)
{
	struct agreement_counts before, after;
	struct bytes work;

	kit_close(&kit);
	review_kit_open(&kit);
	work = given_decided(&kit, "yes yes yes");
	before = counts_of("lit-101.r1");
	given_review(&kit, work, ASSESSMENT__REVIEW_WHY__BACK_READ);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "tess"), "not_yet yes yes"),
			 CAIRN__STATUS__OK);
	ck_assert_int_eq(when_adjudicated(&kit, work, "lea", "not_yet - -"), CAIRN__STATUS__OK);
	ck_assert(!decision_of_work(&kit, work)->passed);
	after = counts_of("lit-101.r1");
	ck_assert_int_eq(memcmp(before.n, after.n, sizeof before.n), 0);
	ck_assert_uint_eq(figure(FIGURE_DECIDED), 1);
	ck_assert_uint_eq(figure(FIGURE_PASSED), 1); /* as it was first decided */
}
END_TEST

/* ---- recomputed from the log ---- */

struct recount {
	const Assessment__ReadingCompleted *first;
	struct agreement_counts rows[3];
};

static void recount(struct recount *r)
{
	static const char *const codes[] = {"lit-101.r1", "lit-101.r2", "lit-101.r3"};
	const Assessment__Event *e;

	kit.seen_seq = 0;
	while ((e = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_COMPLETED)) != NULL) {
		const Assessment__ReadingCompleted *c = e->reading_completed;

		if (c->ordinal == 1)
			r->first = c;
		for (unsigned i = 0; c->ordinal == 2 && i < 3; i++)
			ck_assert(double_read_add(kit_entry()->rubric, codes[i], r->first, c,
						  &r->rows[i]));
	}
}

START_TEST(matrices_that_grew_with_the_readings_equal_those_recomputed_from_the_log)
{
	static const char *const codes[] = {"lit-101.r1", "lit-101.r2", "lit-101.r3"};
	static struct recount again;
	uint64_t state = 7;

	again = (struct recount){0};
	for (unsigned i = 0; i < ROUNDS; i++) {
		char said[2][64];

		for (unsigned reader = 0; reader < 2; reader++) {
			state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
			snprintf(said[reader], sizeof said[reader], "%s yes yes",
				 levels[MIN((state >> 40) % 5, UINT64_C(2))]);
		}
		read_by_two(said[0], said[1]);
	}
	recount(&again);
	for (unsigned row = 0; row < 3; row++) {
		struct agreement_counts live = counts_of(codes[row]);

		ck_assert_int_eq(memcmp(live.n, again.rows[row].n, sizeof live.n), 0);
	}
}
END_TEST

/* ---- figures ---- */

START_TEST(decisions_are_counted_by_attempt_result_and_how_often_they_were_read)
{
	struct waits waits;
	struct edition e = edition();

	read_by_two("yes yes yes", "yes yes yes");
	read_by_two("almost yes yes", "almost yes yes");
	ck_assert_uint_eq(figure(FIGURE_DECIDED), 2);
	ck_assert_uint_eq(figure(FIGURE_PASSED), 1);
	ck_assert_uint_eq(figure(FIGURE_FIRST), 2);
	ck_assert_uint_eq(figure(FIGURE_FIRST_PASSED), 1);
	ck_assert_uint_eq(figure(FIGURE_READ_TWICE + ASSESSMENT__SECOND_WHY__PROFILE), 2);
	given_work(&kit, &(struct work){.educator = "ana", .attempt = 2});
	given_reader(&kit, "tess");
	given_reader(&kit, "uma");
	kit.now_us += US_PER_DAY;
	given_read_twice(&kit, "tess", "uma", "yes yes yes", "yes yes yes");
	ck_assert_uint_eq(figure(FIGURE_DECIDED), 3);
	ck_assert_uint_eq(figure(FIGURE_FIRST), 2);
	figures_waits(kit_view(&kit), &e, &waits);
	ck_assert_uint_eq(waits.n, 3);
	ck_assert_uint_eq(waits_percentile(&waits, 50), 0);
	ck_assert_uint_ge(waits_percentile(&waits, 100), 1418); /* a day, to within a 64th */
	ck_assert_uint_le(waits_percentile(&waits, 100), 1463);
}
END_TEST

static void ck_minutes(uint64_t minutes)
{
	struct edition e = edition();
	struct waits waits;

	figures_waits(kit_view(&kit), &e, &waits);
	ck_assert_uint_eq(waits.n, 1);
	ck_assert_uint_eq(waits_percentile(&waits, 100), minutes);
}

START_TEST(a_decisions_time_is_what_its_clock_ran_without_its_pauses)
{
	struct bytes work;

	kit_close(&kit);
	review_kit_open(&kit);
	work = given_work(&kit, &(struct work){0});
	kit.now_us += 10 * 60 * US_PER_S;
	given_held(&kit, work);
	kit.now_us += 9 * US_PER_DAY;
	ck_assert_int_eq(when_case(&kit, ASSESSMENT__COMMAND__BODY_CLEAR_HOLD, work, "lea"),
			 CAIRN__STATUS__OK);
	kit.now_us += 20 * 60 * US_PER_S;
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_minutes(30);
}
END_TEST

START_TEST(an_attempts_time_goes_on_where_it_stood_when_it_was_recalled)
{
	struct bytes work = given_work(&kit, &(struct work){0});

	kit.now_us += 10 * 60 * US_PER_S;
	when_work_recalled(&kit, work);
	kit.now_us += 9 * US_PER_DAY;
	given_work(&kit, &(struct work){0});
	kit.now_us += 20 * 60 * US_PER_S;
	given_read_twice(&kit, "ruth", "sol", "yes yes yes", "yes yes yes");
	ck_minutes(30);
}
END_TEST

START_TEST(a_submission_that_was_read_once_is_not_among_those_read_twice)
{
	Enrollment__Profile plain = *kit_profile("standard");
	unsigned twice = 0;

	plain.code = words_text(&kit, 1, "plain");
	plain.second_read_permille = 0;
	tell_profile(&kit, &plain);
	given_work(&kit, &(struct work){.profile = "plain"});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	for (unsigned why = 0; why < 16; why++)
		twice += figure(FIGURE_READ_TWICE + why) != 0;
	ck_assert_uint_eq(figure(FIGURE_DECIDED), 1);
	ck_assert_uint_eq(twice, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: measure");
	TCase *tc = tcase_create("measure");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, a_double_read_is_counted_by_what_each_reader_said_of_each_row);
	tcase_add_test(tc, a_first_reading_alone_is_in_no_matrix);
	tcase_add_test(tc, a_review_is_in_no_matrix_and_its_decision_is_not_counted_again);
	tcase_add_test(tc,
		       matrices_that_grew_with_the_readings_equal_those_recomputed_from_the_log);
	tcase_add_test(tc, decisions_are_counted_by_attempt_result_and_how_often_they_were_read);
	tcase_add_test(tc, a_decisions_time_is_what_its_clock_ran_without_its_pauses);
	tcase_add_test(tc, an_attempts_time_goes_on_where_it_stood_when_it_was_recalled);
	tcase_add_test(tc, a_submission_that_was_read_once_is_not_among_those_read_twice);
	suite_add_tcase(suite, tc);
	return suite;
}
