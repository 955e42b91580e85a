/* A position's text: whole or refused. */
#include "services/subscriber/position_text.h"

#include "tests/support/suite.h"

#include <string.h>

static struct place place;
static char text[CAIRN_SUBSCRIBER_POSITION_MAX];

static void setup(void)
{
	place = (struct place){.at = {.log_id = id_of_name("log", "a"),
				      .epoch = 3,
				      .seq = 41,
				      .chain = {1, 2, 255}},
			       .done_seq = 44,
			       .done = id_of_name("event", "b"),
			       .wanted = 0xfedcba9876543210};
	text_of_place(&place, text);
}

START_TEST(what_was_written_is_read_again)
{
	struct place got;

	ck_assert(place_of_text(text, &got));
	ck_assert_mem_eq(&got.at, &place.at, sizeof got.at);
	ck_assert_uint_eq(got.done_seq, 44);
	ck_assert(id_equal(&got.done, &place.done));
	ck_assert_uint_eq(got.wanted, place.wanted);
}
END_TEST

START_TEST(whoever_wants_all_types_says_nothing_of_them)
{
	struct place got;
	size_t len = strlen(text);

	place.wanted = 0;
	text_of_place(&place, text);
	ck_assert_uint_eq(strlen(text), len - 17);
	ck_assert(place_of_text(text, &got));
	ck_assert_uint_eq(got.wanted, 0);
}
END_TEST

START_TEST(sets_of_types_are_told_apart_but_not_their_order)
{
	const char *const ab[] = {"a", "b"}, *const ba[] = {"b", "a"};

	ck_assert_uint_eq(types_mark(ab, 2), types_mark(ba, 2));
	ck_assert_uint_ne(types_mark(ab, 2), types_mark(ab, 1));
	ck_assert_uint_ne(types_mark(ab, 1), types_mark(ba, 1));
	ck_assert_uint_eq(types_mark(NULL, 0), 0);
}
END_TEST

START_TEST(the_largest_numbers_fit)
{
	struct place got;

	place.at.epoch = place.at.seq = place.done_seq = place.wanted = UINT64_MAX;
	text_of_place(&place, text);
	ck_assert(place_of_text(text, &got));
	ck_assert_uint_eq(got.done_seq, UINT64_MAX);
}
END_TEST

START_TEST(nothing_is_the_beginning)
{
	struct place got;

	ck_assert(place_of_text(NULL, &got));
	ck_assert(place_of_text("", &got));
	ck_assert_uint_eq(got.at.seq, 0);
	ck_assert_uint_eq(got.done_seq, 0);
}
END_TEST

START_TEST(any_changed_character_is_refused)
{
	struct place got;

	for (size_t i = 0; i < strlen(text); i++) {
		char was = text[i];

		text[i] = was == '7' ? '8' : '7';
		ck_assert_msg(!place_of_text(text, &got), "changed at %zu: %s", i, text);
		text[i] = was;
	}
	ck_assert(place_of_text(text, &got));
}
END_TEST

START_TEST(a_cut_text_is_refused)
{
	struct place got;

	for (size_t len = strlen(text) - 1; len > 0; len--) {
		text[len] = '\0';
		ck_assert(!place_of_text(text, &got));
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("position_text");
	TCase *tc = tcase_create("text");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_was_written_is_read_again);
	tcase_add_test(tc, whoever_wants_all_types_says_nothing_of_them);
	tcase_add_test(tc, sets_of_types_are_told_apart_but_not_their_order);
	tcase_add_test(tc, the_largest_numbers_fit);
	tcase_add_test(tc, nothing_is_the_beginning);
	tcase_add_test(tc, any_changed_character_is_refused);
	tcase_add_test(tc, a_cut_text_is_refused);
	suite_add_tcase(suite, tc);
	return suite;
}
