/* What an operator hears of named subscribers: backlog, age, contact, refusals, and their metrics.
 */
#include "libshared/subscribers.h"

#include "libshared/feed_public.h"

#include "tests/support/feed_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct feed_kit kit;
static struct peers *peers;
static Cairn__RuntimeStatus *status;

#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static void know_peers(const char *text)
{
	const char *path = place_path(&kit.place, "peers");
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
	if (peers != NULL)
		peers_destroy(&peers);
	peers = peers_load(path);
	ck_assert_ptr_nonnull(peers);
}

static void setup(void)
{
	feed_kit_open(&kit);
	kit.peer = (struct peer){.name = "tncompass", .scope = "TN", .roles = ROLE_LICENSURE};
	know_peers("tncompass " KEY " roles=licensure scope=TN\n");
}

static void teardown(void)
{
	peers_destroy(&peers);
	feed_kit_close(&kit);
}

/* The engine writes down what subscribers acknowledged, and status is asked for. */
static const Cairn__SubscriberStatus *ask(const char *name)
{
	struct subscribers s = {kit.engine, kit.feed, peers, kit.now};

	feed_kit_commit(&kit);
	status = engine_status(kit.engine, kit.arena);
	subscribers_fill(&s, status, kit.arena);
	for (size_t i = 0; i < status->n_subscribers; i++)
		if (strcmp(status->subscribers[i]->name, name) == 0)
			return status->subscribers[i];
	return NULL;
}

static void show(const char *text)
{
	feed_kit_put(&kit, text, true);
	feed_kit_commit(&kit);
}

static void take(struct feed_reader *r, uint64_t seq)
{
	feed_kit_follow(r, (struct follower_options){.stream = "public",
						     .name = "tncompass.main",
						     .window_bytes = 1});
	feed_kit_read(r, seq);
	feed_kit_turn(r, 20);
}

/* It goes without a word, and is silent for long enough. */
static void leave(struct feed_reader *r)
{
	follower_close(&r->follower);
	kit.now.mono_us += 60 * US_PER_S;
	feed_turn(kit.feed, &kit.now);
}

START_TEST(who_has_all_lags_by_nothing_and_who_left_lags_by_what_its_scope_sees)
{
	struct feed_reader r = {.kit = &kit};
	const Cairn__SubscriberStatus *s;
	int64_t acked_us;

	show("TN 1");
	take(&r, 1);
	s = ask("tncompass.main");
	ck_assert_ptr_nonnull(s);
	ck_assert(s->connected);
	ck_assert_str_eq(s->stream, "shelf.0.public");
	ck_assert_str_eq(s->scope, "TN");
	ck_assert_str_eq(s->failing, "");
	ck_assert_uint_eq(s->acked_seq, 1);
	ck_assert_uint_eq(s->lag, 0);
	ck_assert_int_eq(s->oldest_us, 0);
	acked_us = s->acked_us;
	ck_assert_int_gt(acked_us, 0);

	leave(&r);
	kit.now.wall_us += 60 * US_PER_S;
	show("KY 22");
	show("TN 333");
	show("TN 4444");
	s = ask("tncompass.main");
	ck_assert(!s->connected);
	ck_assert_str_eq(s->failing, "away");
	ck_assert_uint_eq(s->lag, 2);
	ck_assert_int_eq(s->oldest_us, 6 * US_PER_S);
	ck_assert_int_eq(s->acked_us, acked_us);
	ck_assert_int_eq(s->failing_us, s->seen_us);
}
END_TEST

START_TEST(what_was_acknowledged_is_known_before_it_is_written)
{
	struct subscribers of = {kit.engine, kit.feed, peers, kit.now};
	struct feed_reader r = {.kit = &kit};

	show("TN 1");
	take(&r, 1);
	leave(&r);
	status = engine_status(kit.engine, kit.arena);
	subscribers_fill(&of, status, kit.arena);
	ck_assert_uint_eq(status->n_subscribers, 1);
	ck_assert_uint_eq(status->subscribers[0]->acked_seq, 1);
	ck_assert_uint_eq(status->subscribers[0]->lag, 0);
	ck_assert_int_gt(status->subscribers[0]->acked_us, 0);
}
END_TEST

START_TEST(what_lies_beyond_those_looked_at_counts_in_any_scope)
{
	struct feed_reader r = {.kit = &kit};
	const Cairn__SubscriberStatus *s;

	show("TN 1");
	take(&r, 1);
	leave(&r);
	for (unsigned i = 0; i < PUBLIC_LOOKED_AT; i++)
		show("KY 22");
	s = ask("tncompass.main");
	ck_assert_uint_eq(s->lag, 0);
	ck_assert_int_eq(s->oldest_us, 0);
	show("KY 333");
	show("KY 4444");
	s = ask("tncompass.main");
	ck_assert_uint_eq(s->lag, 2);
	ck_assert_int_eq(s->oldest_us, 6 * US_PER_S);
}
END_TEST

START_TEST(who_is_turned_away_is_told_why_and_since_when_until_let_in)
{
	struct follower_options o = {.stream = "public", .name = "tncompass"};
	struct position nowhere = engine_head(kit.engine).at;
	struct feed_reader r = {.kit = &kit};
	const Cairn__SubscriberStatus *s;
	int64_t since_us = kit.now.wall_us;

	nowhere.seq = 9;
	show("TN 1");
	ck_assert_int_eq(feed_kit_stop(&kit, o, nowhere), STOP_AHEAD);
	kit.now.wall_us += US_PER_S;
	ck_assert_int_eq(feed_kit_stop(&kit, o, nowhere), STOP_AHEAD);
	s = ask("tncompass");
	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->failing, "ahead");
	ck_assert_int_eq(s->failing_us, since_us);
	ck_assert_uint_eq(s->lag, 1);

	feed_kit_follow(&r, o);
	feed_kit_read(&r, 1);
	s = ask("tncompass");
	ck_assert_str_eq(s->failing, "");
	ck_assert(s->connected);
	follower_close(&r.follower);
}
END_TEST

START_TEST(nobody_makes_another_look_broken)
{
	struct follower_options o = {.stream = "public", .name = "kentucky"};

	ck_assert_int_eq(feed_kit_stop(&kit, o, (struct position){0}), STOP_FORBIDDEN);
	ck_assert_ptr_null(ask("kentucky"));
	ck_assert_ptr_null(ask("tncompass"));
}
END_TEST

START_TEST(a_subscriber_whose_peer_is_gone_is_no_mere_absentee)
{
	struct feed_reader r = {.kit = &kit};

	show("TN 1");
	take(&r, 1);
	leave(&r);
	know_peers("");
	ck_assert_str_eq(ask("tncompass.main")->failing, "no such peer");
}
END_TEST

START_TEST(the_worst_of_a_peers_names_is_its_series_and_who_is_forgotten_has_none)
{
	struct metrics *metrics = metrics_new("shelf", "1");
	struct subscriber_series *series = subscriber_series_new(metrics);
	Cairn__SubscriberStatus a = CAIRN__SUBSCRIBER_STATUS__INIT, b = a;
	Cairn__SubscriberStatus *both[] = {&a, &b};
	Cairn__RuntimeStatus of = CAIRN__RUNTIME_STATUS__INIT;
	const char *text;

	a.name = b.name = arena_text(kit.arena, bytes_of_text("tncompass.main"));
	a.stream = b.stream = arena_text(kit.arena, bytes_of_text("shelf.0.public"));
	a.connected = b.connected = true;
	b.name = arena_text(kit.arena, bytes_of_text("tncompass.spare"));
	b.lag = 7;
	b.oldest_us = 10 * US_PER_S;
	of.subscribers = both;
	of.n_subscribers = 2;
	subscriber_series_set(series, &of, 15 * US_PER_S);
	text = arena_text(kit.arena, metrics_text(metrics, kit.arena));
	ck_assert_ptr_nonnull(strstr(
		text, "cairn_shelf_subscriber_lag{stream=\"public\",peer=\"tncompass\"} 7\n"));
	ck_assert_ptr_nonnull(strstr(text,
				     "cairn_shelf_subscriber_oldest_seconds{stream=\"public\","
				     "peer=\"tncompass\"} 5.000000\n"));
	ck_assert_ptr_nonnull(strstr(text, "subscriber_connected{stream=\"public\","
					   "peer=\"tncompass\"} 1\n"));
	ck_assert_ptr_null(strstr(text, "spare"));

	of.n_subscribers = 0;
	subscriber_series_set(series, &of, 15 * US_PER_S);
	text = arena_text(kit.arena, metrics_text(metrics, kit.arena));
	ck_assert_ptr_null(strstr(text, "tncompass"));
	metrics_destroy(&metrics);
	subscriber_series_destroy(&series);
}
END_TEST

START_TEST(peers_beyond_those_with_a_series_of_their_own_share_one)
{
	struct metrics *metrics = metrics_new("shelf", "1");
	struct subscriber_series *series = subscriber_series_new(metrics);
	Cairn__SubscriberStatus rows[SUBSCRIBER_PEERS + 2];
	Cairn__SubscriberStatus *all[ARRAY_LEN(rows)];
	Cairn__RuntimeStatus of = CAIRN__RUNTIME_STATUS__INIT;
	const char *text;

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		cairn__subscriber_status__init(&rows[i]);
		rows[i].name = arena_printf(kit.arena, "state%03u", i);
		rows[i].stream = arena_text(kit.arena, bytes_of_text("shelf.0.log"));
		rows[i].lag = i;
		all[i] = &rows[i];
	}
	of.subscribers = all;
	of.n_subscribers = ARRAY_LEN(rows);
	subscriber_series_set(series, &of, 0);
	text = arena_text(kit.arena, metrics_text(metrics, kit.arena));
	ck_assert_ptr_nonnull(strstr(text, "lag{stream=\"log\",peer=\"state063\"} 63\n"));
	ck_assert_ptr_nonnull(strstr(text, "lag{stream=\"log\",peer=\"others\"} 65\n"));
	ck_assert_ptr_null(strstr(text, "state064"));
	metrics_destroy(&metrics);
	subscriber_series_destroy(&series);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("subscribers");
	TCase *t = tcase_create("subscribers");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, who_has_all_lags_by_nothing_and_who_left_lags_by_what_its_scope_sees);
	tcase_add_test(t, what_was_acknowledged_is_known_before_it_is_written);
	tcase_add_test(t, what_lies_beyond_those_looked_at_counts_in_any_scope);
	tcase_add_test(t, who_is_turned_away_is_told_why_and_since_when_until_let_in);
	tcase_add_test(t, nobody_makes_another_look_broken);
	tcase_add_test(t, a_subscriber_whose_peer_is_gone_is_no_mere_absentee);
	tcase_add_test(t, the_worst_of_a_peers_names_is_its_series_and_who_is_forgotten_has_none);
	tcase_add_test(t, peers_beyond_those_with_a_series_of_their_own_share_one);
	suite_add_tcase(suite, t);
	return suite;
}
