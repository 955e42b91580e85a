/* Tests of what is typed before a reading is completed, and of handing one back. */
#include "libshared/blobs.h"
#include "services/assessment/draft.h"
#include "services/assessment/effects.h"
#include "tests/support/reading_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct bytes reading;

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
	given_reader(&kit, "sol");
	given_lead_reader(&kit, "lea");
	given_work(&kit, &(struct work){0});
	reading = take(&kit, "ruth");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static Cairn__Status send_as(const char *reader, const Assessment__Command *cmd)
{
	return kit_send_as(&kit, kit_id(&kit), READER_ROLES, READER(reader), &cmd->base);
}

static Cairn__Status when_saved(const char *reader, const char *row, const char *feedback,
				uint32_t confidence)
{
	Assessment__Rating rating = ASSESSMENT__RATING__INIT, *ratings[] = {&rating};
	Assessment__SaveRatings save = ASSESSMENT__SAVE_RATINGS__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	rating.row = arena_text(kit.arena, bytes_of_text(row));
	rating.feedback = arena_text(kit.arena, bytes_of_text(feedback));
	rating.confidence = confidence;
	save.reading = pb_of_bytes(reading);
	save.n_ratings = 1;
	save.ratings = ratings;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_SAVE_RATINGS;
	cmd.save_ratings = &save;
	return send_as(reader, &cmd);
}

static Cairn__Status when_conflict_declared(const char *reader)
{
	Assessment__DeclareConflict declare = ASSESSMENT__DECLARE_CONFLICT__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	declare.reading = pb_of_bytes(reading);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_DECLARE_CONFLICT;
	cmd.declare_conflict = &declare;
	return send_as(reader, &cmd);
}

static Cairn__Status ask_draft_as(const char *reader)
{
	Assessment__GetDraft ask = ASSESSMENT__GET_DRAFT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.reading = pb_of_bytes(reading);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_DRAFT;
	query.get_draft = &ask;
	return ask_as(&kit, READER(reader), &query.base);
}

static const Assessment__DraftAnswer *got(void)
{
	return ((const Assessment__Answer *)kit.answer)->draft;
}

START_TEST(a_draft_is_kept_whole_and_leaves_no_event)
{
	forget_events(&kit);
	ck_assert_int_eq(when_saved("ruth", "lit-101.r2", "not quite", 0), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_saved("ruth", "lit-101.r3", "half a", 2), CAIRN__STATUS__OK);
	ck_assert_int_eq(ask_draft_as("ruth"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(got()->n_ratings, 1);
	ck_assert_str_eq(got()->ratings[0]->row, "lit-101.r3");
	ck_assert_str_eq(got()->ratings[0]->feedback, "half a");
	ck_assert_uint_eq(got()->ratings[0]->confidence, 2);
	ck_assert_uint_eq(count_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_COMPLETED), 0);
}
END_TEST

START_TEST(nobody_else_saves_or_sees_it)
{
	ck_assert_int_eq(when_saved("sol", "lit-101.r2", "mine", 0), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ASSESSMENT__REASON__NOT_YOU);
	ck_assert_int_eq(ask_draft_as("sol"), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask_draft_as("lea"), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(ask_draft_as("ruth"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(got()->n_ratings, 0);
}
END_TEST

START_TEST(a_draft_is_of_rows_that_are_to_be_rated)
{
	ck_assert_int_eq(when_saved("ruth", "lit-999.r1", "", 0), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ASSESSMENT__REASON__ROW_NOT_OPEN);
	ck_assert_int_eq(when_saved("ruth", "lit-101.r1", "", 6), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ASSESSMENT__REASON__CONFIDENCE_RANGE);
}
END_TEST

static bool is_on_disk(void)
{
	struct bytes content;

	return draft_read(kit.caps.blobs, reading, DRAFT_CODE, 0, DRAFT_MAX, kit.arena, &content);
}

static void when_swept(void)
{
	struct outside_setup with = {.caps = &kit.caps};
	struct outside *outside = assessment_outside.open(&with);

	engine_view_end(kit.engine);
	for (unsigned shard = 0; shard < 256; shard++)
		assessment_outside.turn(outside, kit.engine,
					kit.now_us + (int64_t)shard * 2 * US_PER_S);
	assessment_outside.close(&outside);
	ck_assert_ptr_nonnull(kit_view(&kit));
}

START_TEST(a_completed_reading_takes_no_draft_and_its_file_goes)
{
	ck_assert_int_eq(when_saved("ruth", "lit-101.r2", "not quite", 0), CAIRN__STATUS__OK);
	when_swept();
	ck_assert(is_on_disk());
	ck_assert_int_eq(when_rated(&kit, reading, "yes yes yes"), CAIRN__STATUS__OK);
	ck_assert_int_eq(when_saved("ruth", "lit-101.r2", "more", 0), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ASSESSMENT__REASON__WRONG_STATE);
	ck_assert_int_eq(ask_draft_as("ruth"), CAIRN__STATUS__FORBIDDEN);
	when_swept();
	ck_assert(!is_on_disk());
}
END_TEST

START_TEST(who_declares_a_conflict_hands_the_reading_back_and_never_gets_it_again)
{
	ck_assert_int_eq(when_conflict_declared("sol"), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ASSESSMENT__REASON__NOT_YOU);
	ck_assert_int_eq(when_conflict_declared("ruth"), CAIRN__STATUS__OK);
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_RELATION_NOTED));
	ck_assert_ptr_nonnull(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_LEASE_EXPIRED));
	ck_assert_int_eq(when_next(&kit, "ruth", kit_id(&kit)), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ASSESSMENT__REASON__NOTHING_TO_READ);
	ck_assert_int_eq(when_conflict_declared("ruth"), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ASSESSMENT__REASON__LEASE_OVER);
	ck_assert_int_eq(when_next(&kit, "sol", kit_id(&kit)), CAIRN__STATUS__OK);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment drafts");
	TCase *tcase = tcase_create("drafts");

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_add_test(tcase, a_draft_is_kept_whole_and_leaves_no_event);
	tcase_add_test(tcase, nobody_else_saves_or_sees_it);
	tcase_add_test(tcase, a_draft_is_of_rows_that_are_to_be_rated);
	tcase_add_test(tcase, a_completed_reading_takes_no_draft_and_its_file_goes);
	tcase_add_test(tcase,
		       who_declares_a_conflict_hands_the_reading_back_and_never_gets_it_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
