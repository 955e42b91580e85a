/* Recorded replies: what a repeated command is told. */
#include "libshared/replies.h"
#include "libshared/check.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <string.h>

static struct place place;
static struct store *store;
static struct arena *arena;

static void setup(void)
{
	place_make(&place);
	store = store_open(place_path(&place, "db"), NULL, 0, 1 << 20);
	ck_assert_ptr_nonnull(store);
	arena = arena_new(4096);
}

static void teardown(void)
{
	arena_destroy(&arena);
	store_close(&store);
	place_remove(&place);
}

static struct reply recorded(const struct reply *reply)
{
	struct id id = {{7}};
	struct reply found = {0};
	struct txn *t = store_begin(store);

	reply_put(t, &id, 11, 22, reply);
	ck_assert_int_eq(reply_find(txn_view(t), &id, 11, 22, arena, &found), RECORDED_SAME);
	txn_abort(&t);
	return found;
}

START_TEST(a_reply_is_repeated_as_it_was)
{
	struct reply reply = {.status = CAIRN__STATUS__REJECTED, .reason = 3, .text = "no seat"};
	struct reply found = recorded(&reply);

	ck_assert_int_eq(found.status, CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(found.reason, 3);
	ck_assert_str_eq(found.text, "no seat");
	ck_assert(found.repeated);
}
END_TEST

START_TEST(a_text_too_long_to_record_ends_between_two_characters)
{
	char text[1 + 2 * ANSWER_MAX + 1] = "x";
	struct reply reply = {.status = CAIRN__STATUS__REJECTED, .text = text};
	struct reply found;

	for (size_t i = 0; i < ANSWER_MAX; i++)
		memcpy(text + 1 + 2 * i, "\xc3\xa9", 3); /* an e with an accent: two bytes */
	found = recorded(&reply);
	ck_assert_uint_eq(strlen(found.text), ANSWER_MAX - 1);
	ck_assert(text_is_clean(found.text, strlen(found.text)));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("replies");
	TCase *tcase = tcase_create("replies");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_reply_is_repeated_as_it_was);
	tcase_add_test(tcase, a_text_too_long_to_record_ends_between_two_characters);
	suite_add_tcase(suite, tcase);
	return suite;
}
