/* The end of an erased educator's key, after the commit. */
#include "services/enrollment/effects.h"
#include "libshared/seal.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;
static struct outside *outside;

static void setup(void)
{
	struct outside_setup setup = {.caps = &kit.caps};

	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_educator(&kit, ANA, "ana");
	outside = enrollment_outside.open(&setup);
}

static void teardown(void)
{
	enrollment_outside.close(&outside);
	kit_close(&kit);
}

/* A turn of the daemon's loop: the effects, then what they asked for. */
static void turn(void)
{
	kit_view(&kit);
	engine_view_end(kit.engine);
	enrollment_outside.turn(outside, kit.engine, kit.now_us);
	kit.got = (struct reply){0};
	kit_run(&kit);
}

static bool has_key(struct bytes educator)
{
	struct bytes key;

	return keyring_get(kit.caps.keyring, educator, &key);
}

START_TEST(the_key_goes_after_the_erasure_and_that_is_an_event)
{
	turn();
	ck_assert(has_key(ANA));
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert(has_key(ANA));
	turn();
	ck_assert(!has_key(ANA));
	ck_assert_str_eq(NEXT(&kit, KEY_DESTROYED)->key_destroyed->holder, "enrollment");
	turn();
	ck_assert_ptr_null(NEXT(&kit, KEY_DESTROYED));
}
END_TEST

START_TEST(a_crash_between_key_and_event_repeats_both)
{
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, ANA), 0);
	kit_reopen(&kit);
	turn();
	ck_assert_ptr_nonnull(NEXT(&kit, KEY_DESTROYED));
}
END_TEST

START_TEST(several_erasures_go_one_after_the_other)
{
	given_educator(&kit, BEN, "ben");
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert_int_eq(erase_educator(&kit, BEN), OK);
	turn();
	turn();
	ck_assert(!has_key(ANA) && !has_key(BEN));
	ck_assert_ptr_nonnull(NEXT(&kit, KEY_DESTROYED));
	ck_assert_ptr_nonnull(NEXT(&kit, KEY_DESTROYED));
}
END_TEST

START_TEST(nothing_is_asked_twice_while_the_answer_is_on_its_way)
{
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	enrollment_outside.turn(outside, kit.engine, kit.now_us);
	enrollment_outside.turn(outside, kit.engine, kit.now_us);
	kit_run(&kit);
	ck_assert_ptr_nonnull(NEXT(&kit, KEY_DESTROYED));
	ck_assert_uint_eq(engine_stats(kit.engine).refused, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment effects");
	TCase *tc = tcase_create("effects");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_key_goes_after_the_erasure_and_that_is_an_event);
	tcase_add_test(tc, a_crash_between_key_and_event_repeats_both);
	tcase_add_test(tc, several_erasures_go_one_after_the_other);
	tcase_add_test(tc, nothing_is_asked_twice_while_the_answer_is_on_its_way);
	suite_add_tcase(suite, tc);
	return suite;
}
