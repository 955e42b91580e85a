/* Pieces of the public stream: given to whom they fit, and to nobody after a commit. */
#include "libshared/feed_piece.h"

#include "tests/support/suite.h"

static struct pieces *pieces;
static struct piece_key key;

static void setup(void)
{
	pieces = pieces_new();
	key = (struct piece_key){.state_seq = 9,
				 .after_seq = 3,
				 .previous_seq = 2,
				 .scope = "TN",
				 .types = bytes_of_text("a")};
	pieces_keep(pieces, &key,
		    &(struct piece){.through_seq = 5, .body = bytes_of_text("a body")});
}

static void teardown(void)
{
	pieces_destroy(&pieces);
}

START_TEST(a_piece_is_found_by_an_equal_key)
{
	char scope[] = "TN";

	key.scope = scope;
	ck_assert_uint_eq(pieces_find(pieces, &key)->through_seq, 5);
	ck_assert(bytes_equal(pieces_find(pieces, &key)->body, bytes_of_text("a body")));
}
END_TEST

START_TEST(another_key_finds_nothing)
{
	struct piece_key others[5] = {key, key, key, key, key};

	others[0].state_seq++;
	others[1].after_seq++;
	others[2].previous_seq++;
	others[3].scope = "KY";
	others[4].types = BYTES_NONE;
	ck_assert_ptr_null(pieces_find(pieces, &others[_i]));
}
END_TEST

START_TEST(the_oldest_makes_room)
{
	struct piece_key next = key;

	for (next.after_seq = 100; next.after_seq < 116; next.after_seq++)
		pieces_keep(pieces, &next, &(struct piece){.through_seq = next.after_seq});
	ck_assert_ptr_null(pieces_find(pieces, &key));
	next.after_seq = 115;
	ck_assert_uint_eq(pieces_find(pieces, &next)->through_seq, 115);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("feed_piece");
	TCase *tc = tcase_create("pieces");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_piece_is_found_by_an_equal_key);
	tcase_add_loop_test(tc, another_key_finds_nothing, 0, 5);
	tcase_add_test(tc, the_oldest_makes_room);
	suite_add_tcase(suite, tc);
	return suite;
}
