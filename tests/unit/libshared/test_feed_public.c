/* The public stream: scopes, filters, and the proof that nothing is missing. */
#include "tests/support/feed_kit.h"
#include "tests/support/suite.h"

static struct feed_kit kit;

static void setup(void)
{
	feed_kit_open(&kit);
}

static void teardown(void)
{
	feed_kit_close(&kit);
}

static void show(void)
{
	feed_kit_put(&kit, "TN one", true);
	feed_kit_put(&kit, "KY two", true);
	feed_kit_put(&kit, "not shown", false);
	feed_kit_put(&kit, "TN three", true);
	feed_kit_put(&kit, "TN four", true);
	feed_kit_commit(&kit);
}

START_TEST(a_scoped_peer_sees_its_rows_and_can_prove_that_none_is_missing)
{
	struct feed_reader r = {.kit = &kit};

	kit.peer = (struct peer){.name = "tncompass", .scope = "TN", .roles = ROLE_LICENSURE};
	show();
	feed_kit_follow(&r, (struct follower_options){.stream = "shelf.0.public"});
	feed_kit_read(&r, 4);
	ck_assert_uint_eq(r.n_texts, 3);
	ck_assert_str_eq(r.texts[0], "TN one");
	ck_assert_str_eq(r.texts[1], "TN three");
	ck_assert_str_eq(r.texts[2], "TN four");
	ck_assert_str_eq(r.previous[0], "00000000000000000000");
	ck_assert_str_eq(r.previous[1], "00000000000000000001");
	ck_assert_str_eq(r.previous[2], "00000000000000000003");
	follower_close(&r.follower);
	show();
	feed_kit_follow(&r, (struct follower_options){.stream = "public"});
	feed_kit_read(&r, 8);
	ck_assert_str_eq(r.previous[3], "00000000000000000004");
	ck_assert_uint_eq(r.n_texts, 6);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_filter_by_types_leaves_those)
{
	static const char *const types[] = {"org.cairn.shelf.even.v1", "org.cairn.none.v1"};
	struct feed_reader r = {.kit = &kit};

	show();
	feed_kit_follow(&r, (struct follower_options){
				    .stream = "shelf.0.public", .types = types, .n_types = 2});
	feed_kit_read(&r, 4);
	ck_assert_uint_eq(r.n_texts, 2);
	ck_assert_str_eq(r.texts[0], "KY two");
	ck_assert_str_eq(r.texts[1], "TN four");
	follower_close(&r.follower);
}
END_TEST

START_TEST(public_positions_are_checked_by_their_chain)
{
	struct follower_options o = {.stream = "shelf.0.public"};
	struct feed_reader r = {.kit = &kit};
	struct position at;

	show();
	feed_kit_follow(&r, o);
	feed_kit_read(&r, 4);
	follower_close(&r.follower);
	at = r.at;
	at.chain[5] ^= 1;
	ck_assert_int_eq(feed_kit_stop(&kit, o, at), STOP_DIVERGED);
	at = r.at;
	at.seq = 5;
	ck_assert_int_eq(feed_kit_stop(&kit, o, at), STOP_AHEAD);
}
END_TEST

/* More rows than are sent at once, ten of them for TN. */
START_TEST(whoever_is_far_behind_gets_all_in_order)
{
	struct feed_reader r = {.kit = &kit};

	kit.peer = (struct peer){.name = "tncompass", .scope = "TN", .roles = ROLE_LICENSURE};
	for (unsigned i = 0; i < 2500; i++) {
		feed_kit_put(&kit, i % 250 == 249 ? "TN seen" : "KY hidden", true);
		if (i % 500 == 499)
			feed_kit_commit(&kit);
	}
	feed_kit_follow(&r, (struct follower_options){.stream = "shelf.0.public"});
	feed_kit_read(&r, 2500);
	ck_assert_uint_eq(r.n_texts, 10);
	ck_assert_str_eq(r.previous[9], "00000000000000002250");
	follower_close(&r.follower);
}
END_TEST

START_TEST(what_was_made_for_one_is_sent_to_the_next_at_the_same_place)
{
	struct feed_reader first = {.kit = &kit}, next = {.kit = &kit}, other = {.kit = &kit};

	show();
	feed_kit_follow(&first, (struct follower_options){.stream = "public"});
	feed_kit_read(&first, 4);
	feed_kit_follow(&next, (struct follower_options){.stream = "public"});
	feed_kit_read(&next, 4);
	ck_assert_uint_eq(feed_counts(kit.feed).encoded, 1);
	ck_assert_uint_eq(feed_counts(kit.feed).reused, 1);
	kit.peer = (struct peer){.name = "tncompass", .scope = "TN", .roles = ROLE_LICENSURE};
	feed_kit_follow(&other, (struct follower_options){.stream = "public"});
	feed_kit_read(&other, 4);
	ck_assert_uint_eq(feed_counts(kit.feed).encoded, 2);
	ck_assert_uint_eq(other.n_texts, 3);
	follower_close(&first.follower);
	follower_close(&next.follower);
	follower_close(&other.follower);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("feed_public");
	TCase *public = tcase_create("public");

	tcase_set_timeout(public, 60);
	tcase_add_checked_fixture(public, setup, teardown);
	tcase_add_test(public, a_scoped_peer_sees_its_rows_and_can_prove_that_none_is_missing);
	tcase_add_test(public, a_filter_by_types_leaves_those);
	tcase_add_test(public, public_positions_are_checked_by_their_chain);
	tcase_add_test(public, whoever_is_far_behind_gets_all_in_order);
	tcase_add_test(public, what_was_made_for_one_is_sent_to_the_next_at_the_same_place);
	suite_add_tcase(suite, public);
	return suite;
}
