/* Tests of what evidence tells of other submissions: rows that co-authors share get one result,
 * unless the reader of the second says why; what is found alike is a flag. */
#include "proto/evidence.pb-c.h"
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define OK CAIRN__STATUS__OK
#define REJECTED CAIRN__STATUS__REJECTED

static struct kit kit;
static struct bytes anas, bens; /* submissions */

static void open_kit(void)
{
	reading_kit_open(&kit, "standard");
	given_reader(&kit, "ruth");
	given_reader(&kit, "omar");
	given_reader(&kit, "lena");
	given_reader(&kit, "noor");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static void hear_shared(struct bytes submission, struct bytes other, const char *row)
{
	Evidence__SharedRowsFound found = EVIDENCE__SHARED_ROWS_FOUND__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	char *rows[] = {arena_text(kit.arena, bytes_of_text(row))};

	found.submission = pb_of_bytes(submission);
	found.other = pb_of_bytes(other);
	found.n_rows = 1;
	found.rows = rows;
	event.body_case = EVIDENCE__EVENT__BODY_SHARED_ROWS_FOUND;
	event.shared_rows_found = &found;
	kit_upstream(&kit, "evidence.0.log", submission, &event.base);
}

/* Ana's is decided; Ben shares with her what row r1 cites. */
static void given_coauthors(const char *anas_levels)
{
	anas = given_work(&kit, &(struct work){.educator = "ana"});
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), anas_levels), OK);
	if (strcmp(state_of_work(&kit, anas), "released") != 0) /* it is read twice */
		ck_assert_int_eq(when_rated(&kit, take(&kit, "omar"), anas_levels), OK);
	ck_assert_str_eq(state_of_work(&kit, anas), "released");
	bens = given_work(&kit, &(struct work){.educator = "ben"});
	hear_shared(bens, anas, "lit-101.r1");
}

static Cairn__Status when_rated_differing(struct bytes reading, const char *levels, const char *row,
					  const char *why)
{
	Assessment__Command cmd = *rated_command(&kit, reading, levels, 5);
	Assessment__CompleteReading ask = *cmd.complete_reading;
	Assessment__Difference difference = ASSESSMENT__DIFFERENCE__INIT;
	Assessment__Difference *list[] = {&difference};

	difference.row = arena_text(kit.arena, bytes_of_text(row));
	difference.why = arena_text(kit.arena, bytes_of_text(why));
	ask.differences = list;
	ask.n_differences = 1;
	cmd.complete_reading = &ask;
	return kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER("lena"), &cmd.base);
}

START_TEST(a_shared_row_is_rated_alike_or_with_a_word)
{
	struct bytes reading;
	const Assessment__ReadingCompleted *completed;

	given_coauthors("yes yes yes");
	reading = take(&kit, "lena");
	ck_assert_int_eq(when_rated(&kit, reading, "almost yes yes"), REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__SHARED_ROW_DIFFERS);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "lit-101.r1"));
	forget_events(&kit);
	ck_assert_int_eq(
		when_rated_differing(reading, "almost yes yes", "lit-101.r1", "sound_is_missing"),
		OK);
	completed =
		next_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_COMPLETED)->reading_completed;
	ck_assert_uint_eq(completed->n_differences, 1);
	ck_assert_str_eq(completed->differences[0]->why, "sound_is_missing");
}
END_TEST

START_TEST(a_row_rated_alike_and_rows_of_ones_own_need_no_word)
{
	given_coauthors("yes yes yes");
	ck_assert_int_eq(when_rated(&kit, take(&kit, "lena"), "yes almost yes"), OK);
}
END_TEST

START_TEST(a_pass_where_the_other_failed_needs_a_word_too)
{
	given_coauthors("almost yes yes");
	ck_assert_int_eq(when_rated(&kit, take(&kit, "lena"), "yes yes yes"), REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__SHARED_ROW_DIFFERS);
}
END_TEST

START_TEST(nothing_is_asked_before_the_other_is_decided)
{
	anas = given_work(&kit, &(struct work){.educator = "ana"});
	bens = given_work(&kit, &(struct work){.educator = "ben"});
	hear_shared(bens, anas, "lit-101.r1");
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "almost yes yes"), OK);
	ck_assert_int_eq(when_rated(&kit, take(&kit, "omar"), "yes yes yes"), OK);
}
END_TEST

START_TEST(a_word_that_is_none_or_of_another_row_is_refused)
{
	struct bytes reading;

	given_coauthors("yes yes yes");
	reading = take(&kit, "lena");
	ck_assert_int_eq(
		when_rated_differing(reading, "almost yes yes", "lit-101.r1", "Ben's sound is bad"),
		REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__BAD_VALUE);
	ck_assert_int_eq(when_rated_differing(reading, "almost yes yes", "lit-101.r9", "why"),
			 REJECTED);
	ck_assert_uint_eq(kit.got.reason, ASSESSMENT__REASON__BAD_VALUE);
}
END_TEST

/* ---- what is found alike ---- */

static void hear_duplicate(struct bytes submission)
{
	Evidence__DuplicateFound found = EVIDENCE__DUPLICATE_FOUND__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	found.submission = pb_of_bytes(submission);
	found.other = pb_of_bytes(kit_id(&kit));
	found.kind = EVIDENCE__DUPLICATE_KIND__SIMILAR_TEXT;
	found.permille = 900;
	event.body_case = EVIDENCE__EVENT__BODY_DUPLICATE_FOUND;
	event.duplicate_found = &found;
	kit_upstream(&kit, "evidence.0.log", submission, &event.base);
}

START_TEST(what_is_found_alike_flags_the_work_once_and_has_it_read_twice)
{
	bens = given_work(&kit, &(struct work){.educator = "ben"});
	forget_events(&kit);
	hear_duplicate(bens);
	hear_duplicate(bens);
	ck_assert_str_eq(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED)
				 ->integrity_flagged->why,
			 "duplicate_evidence");
	ck_assert_ptr_null(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED));
	ck_assert_int_eq(when_rated(&kit, take(&kit, "ruth"), "yes yes yes"), OK);
	ck_assert_str_ne(state_of_work(&kit, bens), "released");
	ck_assert_int_eq(when_rated(&kit, take(&kit, "omar"), "yes yes yes"), OK);
	ck_assert_str_eq(state_of_work(&kit, bens), "released");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment shared rows");
	TCase *tcase = tcase_create("shared");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, a_shared_row_is_rated_alike_or_with_a_word);
	tcase_add_test(tcase, a_row_rated_alike_and_rows_of_ones_own_need_no_word);
	tcase_add_test(tcase, a_pass_where_the_other_failed_needs_a_word_too);
	tcase_add_test(tcase, nothing_is_asked_before_the_other_is_decided);
	tcase_add_test(tcase, a_word_that_is_none_or_of_another_row_is_refused);
	tcase_add_test(tcase, what_is_found_alike_flags_the_work_once_and_has_it_read_twice);
	suite_add_tcase(suite, tcase);
	return suite;
}
