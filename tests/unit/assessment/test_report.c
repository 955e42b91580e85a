/* Tests of the reliability report, and of rows under review. */
#include "services/assessment/measure.h"

#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	Enrollment__Profile plain = *kit_profile("standard");

	reading_kit_open(&kit, "double-read");
	plain.code = words_text(&kit, 1, "plain");
	plain.second_read_permille = 0;
	tell_profile(&kit, &plain);
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* Levels of row 1; the others pass. "almost" and "not_yet" are no dispute. */
static void read_twice(unsigned n, const char *first, const char *second)
{
	char said[2][32], name[24];

	snprintf(said[0], sizeof said[0], "%s yes yes", first);
	snprintf(said[1], sizeof said[1], "%s yes yes", second);
	for (unsigned i = 0; i < n; i++) {
		kit.now_us += US_PER_DAY / 7; /* below the daily cap */
		snprintf(name, sizeof name, "%u", (unsigned)kit.seen_seq);
		given_work(&kit, &(struct work){.educator = name});
		given_read_twice(&kit, "ruth", "sol", said[0], said[1]);
	}
}

static const Assessment__ReportAnswer *report_of(uint32_t version)
{
	Assessment__GetReport ask = ASSESSMENT__GET_REPORT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.entry = pb_of_bytes(LIT_101);
	ask.version = version;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_REPORT;
	query.get_report = &ask;
	/* Of anybody: it is public. */
	ENSURE(ask_as(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)kit.answer)->report;
}

static const Assessment__ReportAnswer *report(void)
{
	return report_of(0);
}

static bool has_verdict(const Assessment__RowReport *r, const char *verdict)
{
	for (size_t i = 0; i < r->n_verdicts; i++)
		if (strcmp(r->verdicts[i], verdict) == 0)
			return true;
	return false;
}

/* ---- the report ---- */

START_TEST(below_30_double_reads_only_their_number_is_told)
{
	const Assessment__RowReport *row;

	read_twice(29, "almost", "almost");
	row = report()->rows[0];
	ck_assert_str_eq(row->row, "lit-101.r1");
	ck_assert_uint_eq(row->reads, 29);
	ck_assert_uint_eq(report()->reads_needed, 30);
	ck_assert(!row->is_published);
	ck_assert_uint_eq(row->n_counts + row->n_figures + row->n_verdicts, 0);
	read_twice(1, "almost", "almost");
	row = report()->rows[0];
	ck_assert(row->is_published);
	ck_assert_uint_eq(row->n_counts, 3);
	ck_assert_uint_eq(row->n_figures, AGREEMENT_KINDS);
}
END_TEST

START_TEST(a_row_is_published_with_its_matrix_figures_and_verdicts)
{
	const Assessment__RowReport *row;

	read_twice(14, "almost", "almost");
	read_twice(1, "almost", "not_yet");
	read_twice(15, "not_yet", "not_yet");
	row = report()->rows[0];
	ck_assert_str_eq(row->counts[1]->level, "almost");
	ck_assert_uint_eq(row->counts[1]->second[0], 1);
	ck_assert_uint_eq(row->counts[1]->second[1], 14);
	ck_assert_uint_eq(row->counts[0]->second[0], 15);
	ck_assert_str_eq(row->figures[AGREEMENT_EXACT]->name, "exact");
	ck_assert_double_eq_tol(row->figures[AGREEMENT_EXACT]->value, 29.0 / 30, 1e-12);
	ck_assert(row->figures[AGREEMENT_EXACT]->has_interval);
	ck_assert(has_verdict(row, "healthy"));
	ck_assert(has_verdict(row, "reliable"));
	ck_assert(!has_verdict(row, "under_review"));
}
END_TEST

START_TEST(undefined_figures_are_said_to_be_undefined)
{
	const Assessment__RowReport *row;

	read_twice(30, "almost", "almost");
	row = report()->rows[0];
	ck_assert(!row->figures[AGREEMENT_KAPPA]->is_defined);
	ck_assert(row->figures[AGREEMENT_AC1]->is_defined);
	ck_assert_uint_eq(row->n_verdicts, 0);
}
END_TEST

START_TEST(below_10_decisions_neither_passes_nor_times_are_told)
{
	const Assessment__ReportAnswer *a;

	read_twice(9, "yes", "yes");
	a = report();
	ck_assert_uint_eq(a->decided, 9);
	ck_assert_uint_eq(a->decided_needed, 10);
	ck_assert_uint_eq(a->passed + a->first + a->n_waits + a->n_read_twice, 0);
	read_twice(1, "almost", "almost");
	a = report();
	ck_assert_uint_eq(a->decided, 10);
	ck_assert_uint_eq(a->first_passed, 9);
	ck_assert_uint_eq(a->first, 10);
	ck_assert_uint_eq(a->n_waits, 4);
	ck_assert_str_eq(a->clock, "running");
	ck_assert_uint_eq(a->n_read_twice, 1);
	ck_assert_str_eq(a->read_twice[0]->why, "profile");
	ck_assert_uint_eq(a->read_twice[0]->decisions, 10);
}
END_TEST

START_TEST(a_report_on_nothing_that_was_published_is_refused)
{
	Assessment__GetReport ask = ASSESSMENT__GET_REPORT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	query.body_case = ASSESSMENT__QUERY__BODY_GET_REPORT;
	query.get_report = &ask;
	ck_assert_int_eq(ask_as(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__INVALID);
	ask.entry = pb_of_bytes(kit_id(&kit));
	ck_assert_int_eq(ask_as(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__REJECTED);
	ask.entry = pb_of_bytes(LIT_101);
	ask.version = 9;
	ck_assert_int_eq(ask_as(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__REJECTED);
}
END_TEST

/* ---- rows under review ---- */

static const Assessment__Event *event_of(Assessment__Event__BodyCase kind)
{
	kit.seen_seq = 0;
	return next_of_kind(&kit, kind);
}

#define PLACED ASSESSMENT__EVENT__BODY_ROW_PLACED_UNDER_REVIEW
#define ENDED ASSESSMENT__EVENT__BODY_ROW_REVIEW_ENDED

/* 22 of 30 is 73 %. */
static void given_row_under_review(void)
{
	read_twice(22, "almost", "almost");
	read_twice(8, "not_yet", "almost");
}

START_TEST(a_row_on_which_readers_agree_too_little_is_placed_at_the_30th_double_read)
{
	const Assessment__RowPlacedUnderReview *p;

	read_twice(22, "almost", "almost");
	read_twice(7, "not_yet", "almost");
	ck_assert_ptr_null(event_of(PLACED));
	forget_events(&kit);
	read_twice(1, "not_yet", "almost");
	ck_assert_ptr_nonnull(event_of(PLACED));
	p = event_of(PLACED)->row_placed_under_review;
	ck_assert_str_eq(p->row, "lit-101.r1");
	ck_assert_uint_eq(p->version, 1);
	ck_assert_uint_eq(p->found->reads, 30);
	ck_assert_uint_eq(p->found->agreed, 22);
	ck_assert_int_lt(p->found->ac1_low, 6000);
	ck_assert_int_gt(p->found->ac1, p->found->ac1_low);
	ck_assert_ptr_null(next_of_kind(&kit, PLACED)); /* of one row, once */
	ck_assert(report()->rows[0]->is_read_twice);
	ck_assert(!report()->rows[1]->is_read_twice);
	ck_assert(has_verdict(report()->rows[0], "under_review"));
}
END_TEST

START_TEST(while_a_row_is_under_review_every_submission_is_read_twice)
{
	struct bytes before, after;

	before = given_work(&kit, &(struct work){.educator = "ana", .profile = "plain"});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	given_row_under_review();
	ck_assert_str_eq(state_of_work(&kit, before), "released"); /* as it was decided */
	ck_assert_uint_eq(decision_of_work(&kit, before)->reads, 1);
	kit.now_us += US_PER_DAY;
	after = given_work(&kit, &(struct work){.educator = "ben", .profile = "plain"});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, after), "second_read");
	ck_assert_str_eq(decision_of_work(&kit, after)->second_why, "row_under_review");
}
END_TEST

START_TEST(a_review_of_a_row_ends_when_readers_agree_again)
{
	struct bytes work;

	given_row_under_review();
	for (unsigned i = 0; i < 60 && event_of(ENDED) == NULL; i++) {
		forget_events(&kit);
		read_twice(1, "not_yet", "not_yet");
	}
	ck_assert_ptr_nonnull(event_of(ENDED));
	ck_assert_int_ge(event_of(ENDED)->row_review_ended->found->ac1_low, 6000);
	ck_assert(!report()->rows[0]->is_read_twice);
	kit.now_us += US_PER_DAY;
	forget_events(&kit);
	work = given_work(&kit, &(struct work){.educator = "ben", .profile = "plain"});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
}
END_TEST

START_TEST(a_row_under_review_in_one_version_does_not_touch_the_next)
{
	Enrollment__Entry next = *kit_entry();
	struct bytes work;

	given_row_under_review();
	next.version = 2;
	tell_entry(&kit, &next);
	kit.now_us += US_PER_DAY;
	forget_events(&kit);
	work = given_work(
		&kit, &(struct work){.educator = "ben", .profile = "plain", .entry_version = 2});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_str_eq(state_of_work(&kit, work), "released");
	ck_assert_uint_eq(report()->version, 2);
	ck_assert_uint_eq(report()->rows[0]->reads, 0);
}
END_TEST

/* Enrollments under it may still seal: nothing has shown that readers agree. */
START_TEST(a_row_under_review_of_an_older_version_stays_so_and_the_newest_is_told)
{
	Enrollment__Entry next = *kit_entry();

	given_row_under_review();
	ck_assert_uint_eq(report()->newest, 1);
	next.version = 2;
	tell_entry(&kit, &next);
	ck_assert(report_of(1)->rows[0]->is_read_twice);
	ck_assert_uint_eq(report_of(1)->newest, 2);
	ck_assert_uint_eq(report()->newest, 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: report");
	TCase *tc = tcase_create("report");

	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_test(tc, below_30_double_reads_only_their_number_is_told);
	tcase_add_test(tc, a_row_is_published_with_its_matrix_figures_and_verdicts);
	tcase_add_test(tc, undefined_figures_are_said_to_be_undefined);
	tcase_add_test(tc, below_10_decisions_neither_passes_nor_times_are_told);
	tcase_add_test(tc, a_report_on_nothing_that_was_published_is_refused);
	tcase_add_test(tc,
		       a_row_on_which_readers_agree_too_little_is_placed_at_the_30th_double_read);
	tcase_add_test(tc, while_a_row_is_under_review_every_submission_is_read_twice);
	tcase_add_test(tc, a_review_of_a_row_ends_when_readers_agree_again);
	tcase_add_test(tc, a_row_under_review_in_one_version_does_not_touch_the_next);
	tcase_add_test(tc, a_row_under_review_of_an_older_version_stays_so_and_the_newest_is_told);
	suite_add_tcase(suite, tc);
	return suite;
}
