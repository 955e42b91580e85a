/* Readers' feedback of who was erased: its file goes, unless another was told the very same. */
#include "services/assessment/erasure.h"

#include "libshared/blobs.h"
#include "services/assessment/assessment.h"
#include "services/assessment/effects.h"
#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

static struct kit kit;
static struct outside *outside;

static void setup(void)
{
	struct outside_setup with = {.caps = &kit.caps};

	reading_kit_open(&kit, "double-read");
	given_reader(&kit, "ruth");
	with.dir = kit.dir;
	outside = assessment_outside.open(&with);
	ck_assert_ptr_nonnull(outside);
}

static void teardown(void)
{
	assessment_outside.close(&outside);
	kit_close(&kit);
}

static void pass_reply(void *ctx, const struct reply *reply)
{
	(void)ctx;
	assessment_outside.replied(outside, reply);
}

/* One turn of the daemon's loop: what the effects submit is run and answered. */
static void turn(void)
{
	engine_view_end(kit.engine);
	assessment_outside.turn(outside, kit.engine, kit.now_us);
	engine_run(kit.engine, kit.now_us);
	ck_assert(!engine_poll(kit.engine, pass_reply, NULL));
}

/* The kit's readers write the same words for the same level. */
static bool is_kept(void)
{
	uint8_t hash[SHA256_LEN];
	uint64_t size;

	sha256(bytes_of_text(words_text(&kit, FEEDBACK_WORDS, "almost")), hash);
	return blobs_has(kit.caps.blobs, hash, &size);
}

static void told_almost(const char *educator, const char *reader)
{
	given_work(&kit, &(struct work){.educator = educator});
	ck_assert_int_eq(when_rated(&kit, take(&kit, reader), "yes almost yes"), CAIRN__STATUS__OK);
}

static void when_erased(const char *educator)
{
	Enrollment__EducatorErased erased = ENROLLMENT__EDUCATOR_ERASED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	static char because[] = "request:1";

	erased.educator = pb_of_bytes(EDUCATOR(educator));
	erased.because = because;
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED;
	event.educator_erased = &erased;
	kit_upstream(&kit, "enrollment.0.log", EDUCATOR(educator), &event.base);
}

static const Assessment__ErasureAnswer *erasure(const char *educator)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetErasure ask = ASSESSMENT__GET_ERASURE__INIT;

	ask.educator = pb_of_bytes(EDUCATOR(educator));
	query.body_case = ASSESSMENT__QUERY__BODY_GET_ERASURE;
	query.get_erasure = &ask;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)kit.answer)->erasure;
}

START_TEST(what_was_written_to_who_is_erased_is_removed_and_its_hash_stays)
{
	told_almost("ana", "ruth");
	turn();
	ck_assert(is_kept());
	ck_assert(!erasure("ana")->forgotten);
	when_erased("ana");
	ck_assert(erasure("ana")->forgotten);
	ck_assert_uint_eq(erasure("ana")->waiting, 1);
	turn();
	ck_assert(!is_kept());
	ck_assert_uint_eq(erasure("ana")->waiting, 0);
	ck_assert_uint_eq(erasure("ana")->purged, 1);
	ck_assert_uint_eq(erasure("ana")->submissions, 1);
	ck_assert_uint_eq(next_of_kind(&kit, ASSESSMENT__EVENT__BODY_FEEDBACK_PURGED)
				  ->feedback_purged->n_sha256,
			  1);
}
END_TEST

START_TEST(a_crash_before_it_is_noted_removes_it_again)
{
	told_almost("ana", "ruth");
	when_erased("ana");
	engine_view_end(kit.engine);
	assessment_outside.turn(outside, kit.engine, kit.now_us);
	assessment_outside.close(&outside);
	kit_reopen(&kit);
	outside =
		assessment_outside.open(&(struct outside_setup){.caps = &kit.caps, .dir = kit.dir});
	ck_assert_uint_eq(erasure("ana")->waiting, 1);
	turn();
	ck_assert_uint_eq(erasure("ana")->purged, 1);
}
END_TEST

START_TEST(words_that_another_was_told_too_stay_until_that_one_is_erased)
{
	told_almost("ana", "ruth");
	told_almost("ben", "ruth");
	when_erased("ana");
	turn();
	ck_assert(is_kept());
	ck_assert_uint_eq(erasure("ana")->shared, 1);
	when_erased("ben");
	turn();
	ck_assert(!is_kept());
}
END_TEST

/* Sealed work is judged all the same. */
START_TEST(what_is_written_after_the_erasure_goes_at_once)
{
	struct bytes reading;

	given_work(&kit, &(struct work){.educator = "ana"});
	reading = take(&kit, "ruth");
	when_erased("ana");
	turn();
	ck_assert_int_eq(when_rated(&kit, reading, "yes almost yes"), CAIRN__STATUS__OK);
	ck_assert(is_kept());
	turn();
	ck_assert(!is_kept());
}
END_TEST

START_TEST(words_that_are_written_again_meanwhile_are_not_removed)
{
	told_almost("ana", "ruth");
	when_erased("ana");
	told_almost("ben", "ruth");
	turn();
	ck_assert(is_kept());
	ck_assert_uint_eq(erasure("ben")->waiting, 0);
}
END_TEST

START_TEST(the_reason_of_an_appeal_goes_with_who_gave_it)
{
	static const char reason[] = "my principal has seen the lesson";
	uint8_t hash[SHA256_LEN];
	struct bytes work;
	uint64_t size;

	given_reader(&kit, "sol");
	work = given_work(&kit, &(struct work){.educator = "ana"});
	given_read_twice(&kit, "ruth", "sol", "yes yes almost", "yes yes almost");
	ck_assert_int_eq(when_appealed_by(&kit, work, "ana", reason), CAIRN__STATUS__OK);
	sha256(bytes_of_text(reason), hash);
	ck_assert(blobs_has(kit.caps.blobs, hash, &size));
	when_erased("ana");
	turn();
	ck_assert(!blobs_has(kit.caps.blobs, hash, &size));
	ck_assert_uint_eq(erasure("ana")->purged, 2);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		what_was_written_to_who_is_erased_is_removed_and_its_hash_stays,
		a_crash_before_it_is_noted_removes_it_again,
		words_that_another_was_told_too_stay_until_that_one_is_erased,
		what_is_written_after_the_erasure_goes_at_once,
		words_that_are_written_again_meanwhile_are_not_removed,
		the_reason_of_an_appeal_goes_with_who_gave_it,
	};
	Suite *suite = suite_create("erasure");
	TCase *tcase = tcase_create("feedback");

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
