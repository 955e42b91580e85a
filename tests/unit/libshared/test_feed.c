/* The log socket, over an engine with a small service, to followers in the same process. */
#include "libshared/clock.h"
#include "libshared/seal.h"

#include "tests/support/feed_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct feed_kit kit;

static void setup(void)
{
	feed_kit_open(&kit);
}

static void teardown(void)
{
	feed_kit_close(&kit);
}

/* ---- the log ---- */

START_TEST(a_follower_gets_all_records_from_the_beginning_and_then_live)
{
	struct feed_reader r = {.kit = &kit};
	struct log_head head;

	feed_kit_write(&kit, 10);
	feed_kit_follow(&r, (struct follower_options){.name = "evidence"});
	feed_kit_read(&r, 10);
	feed_kit_write(&kit, 3);
	feed_kit_read(&r, 13);
	head = engine_head(kit.engine);
	ck_assert_uint_eq(r.records, 13);
	ck_assert_mem_eq(&r.at, &head.at, sizeof r.at);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_follower_goes_on_from_where_it_stood)
{
	struct feed_reader r = {.kit = &kit};

	feed_kit_write(&kit, 5);
	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_read(&r, 5);
	follower_close(&r.follower);
	feed_kit_write(&kit, 5);
	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_read(&r, 10);
	ck_assert_uint_eq(r.records, 10);
	for (uint64_t i = 0; i < 10; i++)
		ck_assert_uint_eq(r.seqs[i], i + 1);
	follower_close(&r.follower);
}
END_TEST

START_TEST(batches_are_whole_commits_of_at_most_256_KiB_or_one_commit)
{
	struct feed_reader r = {.kit = &kit};
	Shelf__Put large = SHELF__PUT__INIT;
	struct id item = id_make(&kit.ids, kit.now.wall_us);
	static uint8_t ballast[100000];
	char text[] = "x";

	large.item = pb_of_id(&item);
	large.text = text;
	large.ballast = pb_of_bytes(BYTES_OF(ballast));
	for (int i = 0; i < 7; i++) {
		feed_kit_submit(&kit, &large);
		feed_kit_submit(&kit, &large);
		if (i == 3)
			feed_kit_submit(&kit, &large); /* 300 kB in one commit */
		feed_kit_commit(&kit);
	}
	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_read(&r, 15);
	ck_assert_uint_eq(r.batches, 7);
	ck_assert_uint_gt(r.largest, 300000);
	ck_assert_uint_lt(r.largest, 301000);
	follower_close(&r.follower);
}
END_TEST

START_TEST(one_byte_of_credit_gets_one_batch_at_a_time)
{
	struct feed_reader r = {.kit = &kit};

	feed_kit_write(&kit, 600); /* more than one batch: 512 commits */
	feed_kit_follow(&r, (struct follower_options){.window_bytes = 1});
	feed_kit_read(&r, 600);
	ck_assert_uint_ge(r.batches, 2);
	follower_close(&r.follower);
}
END_TEST

START_TEST(without_credit_nothing_is_sent)
{
	struct feed_reader r = {.kit = &kit};

	feed_kit_write(&kit, 600);
	feed_kit_follow(&r, (struct follower_options){.window_bytes = 1});
	feed_kit_turn(&r, 3); /* asked and answered; from here on the follower does not turn */
	uint64_t batches = feed_counts(kit.feed).batches;
	ck_assert_uint_ge(batches, 1);
	for (int i = 0; i < 50; i++)
		ck_assert(!feed_turn(kit.feed, &kit.now));
	ck_assert_uint_eq(feed_counts(kit.feed).batches, batches);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_filter_leaves_its_kinds_and_still_moves_on)
{
	static const uint32_t kinds[] = {SHELF__EVENT__BODY_REMINDED};
	struct feed_reader r = {.kit = &kit};

	feed_kit_write(&kit, 20);
	feed_kit_follow(&r, (struct follower_options){.kinds = kinds, .n_kinds = 1});
	feed_kit_read(&r, 20);
	ck_assert_uint_eq(r.records, 0);
	ck_assert_mem_eq(r.at.chain, engine_head(kit.engine).at.chain, CHAIN_LEN);
	follower_close(&r.follower);
}
END_TEST

START_TEST(what_is_encoded_for_one_serves_the_others)
{
	struct feed_reader readers[5] = {{0}};

	feed_kit_write(&kit, 100);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		readers[i].kit = &kit;
		feed_kit_follow(&readers[i], (struct follower_options){0});
	}
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		feed_kit_read(&readers[i], 100);
	ck_assert_uint_eq(feed_counts(kit.feed).encoded, 1);
	ck_assert_uint_eq(feed_counts(kit.feed).reused, 4);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		follower_close(&readers[i].follower);
}
END_TEST

START_TEST(a_named_subscriber_is_kept_with_what_it_acknowledged)
{
	struct feed_reader r = {.kit = &kit};
	Cairn__RuntimeStatus *status;
	struct feed_place place;

	feed_kit_write(&kit, 5);
	feed_kit_follow(&r, (struct follower_options){.name = "evidence.main", .window_bytes = 1});
	feed_kit_read(&r, 5);
	feed_kit_turn(&r, 20);
	ck_assert(feed_find(kit.feed, "shelf.0.log", "evidence.main", &place));
	ck_assert_uint_eq(place.acked_seq, 5);
	feed_kit_write(&kit, 1);
	status = engine_status(kit.engine, kit.arena);
	ck_assert_uint_eq(status->n_subscribers, 1);
	ck_assert_str_eq(status->subscribers[0]->name, "evidence.main");
	ck_assert_uint_eq(status->subscribers[0]->acked_seq, 5);
	follower_close(&r.follower);
}
END_TEST

/* ---- subjects' keys ---- */

START_TEST(keys_go_to_peers_with_names_only_each_once_and_not_when_destroyed)
{
	struct feed_reader r = {.kit = &kit}, plain = {.kit = &kit}, late = {.kit = &kit};
	struct id ana = id_of_name("person", "ana"), ben = id_of_name("person", "ben");
	struct bytes key;

	feed_kit_put_secret(&kit, "ana");
	feed_kit_put_secret(&kit, "ben");
	feed_kit_put_secret(&kit, "ana");
	feed_kit_commit(&kit);
	feed_kit_follow(&plain, (struct follower_options){0});
	feed_kit_read(&plain, 3);
	ck_assert_uint_eq(plain.n_keys, 0);

	kit.peer.roles |= ROLE_NAMES;
	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_read(&r, 3);
	ck_assert_uint_eq(r.n_keys, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(keyring_get(kit.caps.keyring, r.keys[i].subject, &key));
		ck_assert(bytes_equal(r.keys[i].key, key));
	}

	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, bytes_of_id(&ana)), 0);
	feed_kit_follow(&late, (struct follower_options){0});
	feed_kit_read(&late, 3);
	ck_assert_uint_eq(late.n_keys, 1);
	ck_assert(bytes_equal(late.keys[0].subject, bytes_of_id(&ben)));
	follower_close(&r.follower);
	follower_close(&plain.follower);
	follower_close(&late.follower);
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_peer_without_the_role_is_forbidden)
{
	kit.peer.roles = ROLE_PORTAL | ROLE_OPERATOR | ROLE_LICENSURE;
	ck_assert_int_eq(feed_kit_stop(&kit, (struct follower_options){0}, (struct position){0}),
			 STOP_FORBIDDEN);
	kit.peer.name[0] = '\0'; /* nobody any more */
	ck_assert_int_eq(feed_kit_stop(&kit, (struct follower_options){0}, (struct position){0}),
			 STOP_FORBIDDEN);
}
END_TEST

START_TEST(nobody_acknowledges_under_anothers_name)
{
	ck_assert_int_eq(feed_kit_stop(&kit, (struct follower_options){.name = "assessment"},
				       (struct position){0}),
			 STOP_FORBIDDEN);
	ck_assert_int_eq(feed_kit_stop(&kit, (struct follower_options){.name = "evidence2"},
				       (struct position){0}),
			 STOP_FORBIDDEN);
}
END_TEST

START_TEST(a_stream_of_another_service_is_unknown)
{
	ck_assert_int_eq(feed_kit_stop(&kit, (struct follower_options){.stream = "other.0.log"},
				       (struct position){0}),
			 STOP_UNKNOWN);
}
END_TEST

START_TEST(a_position_beyond_the_head_is_ahead)
{
	struct position at;

	feed_kit_write(&kit, 3);
	at = engine_head(kit.engine).at;
	at.seq = 9;
	ck_assert_int_eq(feed_kit_stop(&kit, (struct follower_options){0}, at), STOP_AHEAD);
}
END_TEST

START_TEST(a_position_with_another_chain_has_diverged)
{
	struct position at;

	feed_kit_write(&kit, 3);
	at = engine_head(kit.engine).at;
	at.chain[0] ^= 1;
	ck_assert_int_eq(feed_kit_stop(&kit, (struct follower_options){0}, at), STOP_DIVERGED);
}
END_TEST

START_TEST(sixty_four_sessions_of_one_peer_are_enough)
{
	struct feed_reader readers[FEED_SESSIONS_PER_PEER + 1] = {{0}};

	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		readers[i].kit = &kit;
		feed_kit_follow(&readers[i], (struct follower_options){0});
		feed_kit_turn(&readers[i], 5);
	}
	ck_assert_uint_eq(feed_counts(kit.feed).sessions, FEED_SESSIONS_PER_PEER);
	ck_assert_int_eq(follower_state(readers[FEED_SESSIONS_PER_PEER].follower),
			 FOLLOWER_WAITING);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		follower_close(&readers[i].follower);
}
END_TEST

START_TEST(who_loses_the_right_is_refused_at_once)
{
	struct feed_reader r = {.kit = &kit};
	struct peers *nobody = peers_none();

	feed_kit_write(&kit, 3);
	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_read(&r, 3);
	feed_recheck(kit.feed, nobody);
	feed_kit_turn(&r, 10);
	ck_assert_int_eq(follower_stop(r.follower), STOP_FORBIDDEN);
	ck_assert_uint_eq(feed_counts(kit.feed).sessions, 0);
	peers_destroy(&nobody);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_silent_follower_is_dropped_after_ten_seconds)
{
	struct feed_reader r = {.kit = &kit};

	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_turn(&r, 20);
	ck_assert_uint_eq(feed_counts(kit.feed).sessions, 1);
	kit.now.mono_us += 9 * US_PER_S;
	feed_turn(kit.feed, &kit.now);
	ck_assert_uint_eq(feed_counts(kit.feed).sessions, 1);
	kit.now.mono_us += US_PER_S;
	feed_turn(kit.feed, &kit.now);
	ck_assert_uint_eq(feed_counts(kit.feed).sessions, 0);
	follower_close(&r.follower);
}
END_TEST

START_TEST(a_follower_of_a_server_that_started_anew_comes_again_at_once)
{
	struct feed_reader r = {.kit = &kit};

	feed_kit_write(&kit, 3);
	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_read(&r, 3);
	feed_kit_restart(&kit);
	feed_kit_write(&kit, 2);
	kit.now.mono_us += 2 * US_PER_S; /* its next beat is answered: not known here */
	feed_kit_turn(&r, 50);
	kit.now.mono_us += US_PER_S;
	feed_kit_read(&r, 5);
	ck_assert_uint_eq(r.records, 5);
	follower_close(&r.follower);
}
END_TEST

START_TEST(bytes_that_are_no_message_end_nothing)
{
	struct feed_reader r = {.kit = &kit};
	struct bytes junk = bytes_of_text("\x0a\xff\xff\xff\xff\xff\xff");

	feed_kit_write(&kit, 3);
	feed_kit_follow(&r, (struct follower_options){0});
	feed_kit_read(&r, 3);
	ck_assert_int_eq(net_send(follower_socket(r.follower), NULL, &junk, 1), NET_SENT);
	struct net_message m;
	zmq_pollitem_t item = {net_handle(kit.server), 0, ZMQ_POLLIN, 0};
	zmq_poll(&item, 1, 1000);
	ck_assert_int_eq(net_receive(kit.server, &m), NET_GOT);
	feed_take(kit.feed, &m, &kit.peer, &kit.now);
	net_release(&m);
	ck_assert_uint_eq(feed_counts(kit.feed).sessions, 1);
	follower_close(&r.follower);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("feed");
	TCase *log = tcase_create("log"), *refusals = tcase_create("refusals");

	tcase_set_timeout(log, 60);
	tcase_add_checked_fixture(log, setup, teardown);
	tcase_add_test(log, a_follower_gets_all_records_from_the_beginning_and_then_live);
	tcase_add_test(log, a_follower_goes_on_from_where_it_stood);
	tcase_add_test(log, batches_are_whole_commits_of_at_most_256_KiB_or_one_commit);
	tcase_add_test(log, one_byte_of_credit_gets_one_batch_at_a_time);
	tcase_add_test(log, without_credit_nothing_is_sent);
	tcase_add_test(log, a_filter_leaves_its_kinds_and_still_moves_on);
	tcase_add_test(log, what_is_encoded_for_one_serves_the_others);
	tcase_add_test(log, a_named_subscriber_is_kept_with_what_it_acknowledged);
	tcase_add_test(log, keys_go_to_peers_with_names_only_each_once_and_not_when_destroyed);
	suite_add_tcase(suite, log);

	tcase_set_timeout(refusals, 60);
	tcase_add_checked_fixture(refusals, setup, teardown);
	tcase_add_test(refusals, a_peer_without_the_role_is_forbidden);
	tcase_add_test(refusals, nobody_acknowledges_under_anothers_name);
	tcase_add_test(refusals, a_stream_of_another_service_is_unknown);
	tcase_add_test(refusals, a_position_beyond_the_head_is_ahead);
	tcase_add_test(refusals, a_position_with_another_chain_has_diverged);
	tcase_add_test(refusals, sixty_four_sessions_of_one_peer_are_enough);
	tcase_add_test(refusals, who_loses_the_right_is_refused_at_once);
	tcase_add_test(refusals, a_silent_follower_is_dropped_after_ten_seconds);
	tcase_add_test(refusals, a_follower_of_a_server_that_started_anew_comes_again_at_once);
	tcase_add_test(refusals, bytes_that_are_no_message_end_nothing);
	suite_add_tcase(suite, refusals);
	return suite;
}
