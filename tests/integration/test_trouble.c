/* A daemon whose disk is full, and followers that cannot go on: told so, and nothing lost. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "libshared/follow_wire.h"
#include "libshared/zap.h"

#include "tests/support/raw_peer.h"
#include "tests/support/shelf_service.h"
#include "tests/support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct daemon_kit kit;
static struct arena *arena;
static struct id_maker ids;

static void setup(void)
{
	daemon_kit_open(&kit);
	arena = arena_new(4096);
}

static void teardown(void)
{
	/* Left by a test of the disk that failed; else there is nothing to take away. */
	umount2(place_path(&kit.place, "shelf"), MNT_DETACH);
	daemon_kit_close(&kit);
	arena_destroy(&arena);
}

static struct bytes fresh_id(void)
{
	struct id id = id_make(&ids, clock_wall_us());

	return arena_copy(arena, bytes_of_id(&id));
}

static struct bytes put_body(size_t ballast)
{
	Shelf__Command command = SHELF__COMMAND__INIT;
	Shelf__Put put = SHELF__PUT__INIT;
	char text[] = "chalk";

	put.item = pb_of_bytes(fresh_id());
	put.text = text;
	put.ballast = pb_of_bytes((struct bytes){arena_zalloc(arena, ballast), ballast});
	command.body_case = SHELF__COMMAND__BODY_PUT;
	command.put = &put;
	return message_pack(&command.base, arena);
}

static void honest_peer_is_served(struct net_socket *s)
{
	const Cairn__ReplyHead *reply = raw_ask(
		s, raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena), put_body(0), arena);

	ck_assert_int_eq(reply->status, CAIRN__STATUS__OK);
}

/* ---- the disk ---- */

START_TEST(a_full_disk_is_told_as_unavailable_and_nothing_acknowledged_is_lost)
{
	const char *home = place_path(&kit.place, "shelf");
	static char filler[4 << 20];
	struct net_socket *s;
	const Cairn__ReplyHead *reply;
	uint64_t ok = 0;
	FILE *f;

	ck_assert_int_eq(mkdir(home, 0700), 0);
	if (mount("tmpfs", home, "tmpfs", 0, "size=16m,mode=0700") != 0) {
		printf("skipped: a small file system cannot be mounted here: %s\n",
		       strerror(errno));
		return;
	}
	f = fopen(place_path(&kit.place, "shelf/filler"), "we");
	ck_assert_uint_eq(fwrite(filler, 1, sizeof filler, f), sizeof filler);
	ck_assert_int_eq(fclose(f), 0);
	daemon_kit_start(&kit, "shelf", (const char *const[]){"map=1G", NULL});
	s = raw_client(&kit, "shelf", "teacher");
	do {
		reply = raw_ask(s, raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena),
				put_body(100000), arena);
		ok += reply->status == CAIRN__STATUS__OK;
		ck_assert_uint_lt(ok, 1000);
	} while (reply->status == CAIRN__STATUS__OK);
	ck_assert_int_eq(reply->status, CAIRN__STATUS__UNAVAILABLE);
	ck_assert_uint_gt(reply->retry_ms, 0);
	ck_assert_uint_gt(ok, 10);

	ck_assert_int_eq(unlink(place_path(&kit.place, "shelf/filler")), 0);
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;
	do {
		ck_assert(clock_mono_us() < until_us);
		reply = raw_ask(s, raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena),
				put_body(0), arena);
	} while (reply->status == CAIRN__STATUS__UNAVAILABLE);
	ck_assert_int_eq(reply->status, CAIRN__STATUS__OK);
	daemon_kit_kill(&kit, "shelf");
	daemon_kit_start(&kit, "shelf", (const char *const[]){"map=1G", NULL});
	net_socket_close(kit.net, &s);
	s = raw_client(&kit, "shelf", "teacher");
	reply = raw_ask(s, raw_head(SHELF__COMMAND__BODY_PUT, fresh_id(), arena), put_body(0),
			arena);
	ck_assert_int_eq(reply->status, CAIRN__STATUS__OK);
	ck_assert_uint_gt(reply->seq, ok + 1); /* all that were acknowledged, and these two */
	daemon_kit_stop(&kit, "shelf");
	ck_assert_int_eq(umount2(home, MNT_DETACH), 0);
}
END_TEST

/* ---- followers ---- */

struct reader {
	struct position at;
	uint64_t records;
};

static void tell_where(void *ctx, struct position *at_r)
{
	*at_r = ((struct reader *)ctx)->at;
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	struct reader *r = ctx;

	(void)before;
	r->at = *after;
	r->records += b->n_records;
	return FOLLOWER_SAFE;
}

static struct follower *follow(struct reader *r, const char *peer)
{
	return daemon_kit_follow(
		&kit, "shelf", peer,
		(struct follower_options){.ctx = r, .where = tell_where, .batch = take});
}

static void read_until(struct follower *f, const struct reader *r, uint64_t seq)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	while (r->at.seq < seq && follower_state(f) != FOLLOWER_STOPPED) {
		ck_assert(clock_mono_us() < until_us);
		daemon_kit_turn(f, 50);
	}
}

static enum follower_stop stop_of(struct reader *r, const char *peer)
{
	struct follower *f = follow(r, peer);
	enum follower_stop stop;

	read_until(f, r, UINT64_MAX);
	stop = follower_stop(f);
	follower_close(&f);
	return stop;
}

static void put_many(struct net_socket *s, int n)
{
	while (n-- > 0)
		honest_peer_is_served(s);
}

START_TEST(followers_are_told_ahead_diverged_truncated_and_forbidden)
{
	struct reader r = {.records = 0}, ahead, diverged, beginning = {.records = 0};
	struct follower *f;
	struct net_socket *s;

	daemon_kit_start(&kit, "shelf", NULL);
	s = raw_client(&kit, "shelf", "cairnctl");
	put_many(s, 20);
	f = follow(&r, "reader");
	read_until(f, &r, 20);
	ck_assert_uint_ge(r.at.seq, 20);
	follower_close(&f);

	ahead = diverged = r;
	ahead.at.seq += 1000;
	ck_assert_int_eq(stop_of(&ahead, "reader"), STOP_AHEAD);
	diverged.at.chain[3] ^= 0x10;
	ck_assert_int_eq(stop_of(&diverged, "reader"), STOP_DIVERGED);
	ck_assert_int_eq(stop_of(&r, "teacher"), STOP_FORBIDDEN);

	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;
	Cairn__TrimLog trim = CAIRN__TRIM_LOG__INIT;
	trim.through_seq = 10;
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG;
	command.trim_log = &trim;
	const Cairn__ReplyHead *reply = raw_ask(
		s,
		raw_head(RUNTIME_BASE + CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG, fresh_id(), arena),
		message_pack(&command.base, arena), arena);
	ck_assert_int_eq(reply->status, CAIRN__STATUS__OK);
	ck_assert_int_eq(stop_of(&beginning, "reader"), STOP_TRUNCATED);
}
END_TEST

START_TEST(a_revoked_follower_is_stopped_at_once)
{
	struct reader r = {.records = 0};
	struct follower *f;

	daemon_kit_start(&kit, "shelf", NULL);
	put_many(raw_client(&kit, "shelf", "teacher"), 3);
	f = follow(&r, "reader");
	read_until(f, &r, 3);
	daemon_kit_revoke(&kit, "reader");
	daemon_kit_reload(&kit, "shelf");
	read_until(f, &r, UINT64_MAX);
	ck_assert_int_eq(follower_stop(f), STOP_FORBIDDEN);
	follower_close(&f);
}
END_TEST

/* ---- an operator moves a follower on ---- */

/* A log socket of the test in shelf's place, and who it lets in. */
struct stand_in {
	struct zap *zap;
	struct peers *peers;
	struct net_socket *log;
	struct net_route copy; /* where the last Follow came from */
};

static void stand_in_open(struct stand_in *s)
{
	struct curve_keys keys = daemon_kit_keys(&kit, "shelf");

	s->zap = zap_open(kit.net);
	s->peers = peers_load(place_path(&kit.place, "peers"));
	s->log = net_socket(
		kit.net, &(struct net_want){.kind = NET_LOG,
					    .endpoints = {daemon_kit_endpoint(&kit, "shelf", 'l')},
					    .keys = &keys});
	ck_assert(s->zap != NULL && s->peers != NULL && s->log != NULL);
}

static void stand_in_close(struct stand_in *s)
{
	net_socket_close(kit.net, &s->log);
	zap_close(&s->zap);
	peers_destroy(&s->peers);
}

/* The next Follow that comes, in the arena. */
static const Cairn__Follow *hear_follow(struct stand_in *s)
{
	zmq_pollitem_t items[] = {{net_handle(s->log), 0, ZMQ_POLLIN, 0},
				  {net_handle(zap_socket(s->zap)), 0, ZMQ_POLLIN, 0}};
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;
	struct net_message m;

	for (;;) {
		const Cairn__FollowMessage *message;

		ck_assert(clock_mono_us() < until_us);
		zmq_poll(items, ARRAY_LEN(items), 100);
		zap_turn(s->zap, s->peers);
		if (net_receive(s->log, &m) != NET_GOT)
			continue;
		message = follow_message_of(arena_copy(arena, m.frames[0]), arena);
		s->copy = m.route;
		net_release(&m);
		if (message != NULL && message->body_case == CAIRN__FOLLOW_MESSAGE__BODY_FOLLOW)
			return message->follow;
	}
}

static void refuse_as_ahead(struct stand_in *s, const Cairn__Follow *follow)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Refused refused = CAIRN__REFUSED__INIT;
	struct bytes frame;

	refused.session = follow->session;
	refused.code = CAIRN__REFUSED_CODE__REFUSED_AHEAD;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_REFUSED;
	m.refused = &refused;
	frame = follow_message_pack(&m, arena);
	ck_assert_int_eq(net_send(s->log, &s->copy, &frame, 1), NET_SENT);
}

static void rejoin(struct net_socket *s, uint64_t seq)
{
	static uint8_t chain[CHAIN_LEN] = {7};
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;
	Cairn__Rejoin ask = CAIRN__REJOIN__INIT;
	Cairn__Position at = CAIRN__POSITION__INIT;
	char stream[] = "shelf.0.log", because[] = "a test";

	at.log_id = pb_of_bytes(fresh_id());
	at.epoch = 1;
	at.seq = seq;
	at.chain = pb_of_bytes((struct bytes){chain, sizeof chain});
	ask.stream = stream;
	ask.at = &at;
	ask.because = because;
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_REJOIN;
	command.rejoin = &ask;
	const Cairn__ReplyHead *reply = raw_ask(
		s, raw_head(RUNTIME_BASE + CAIRN__RUNTIME_COMMAND__BODY_REJOIN, fresh_id(), arena),
		message_pack(&command.base, arena), arena);
	ck_assert_int_eq(reply->status, CAIRN__STATUS__OK);
}

START_TEST(a_follower_that_is_moved_on_goes_on_even_when_its_refusal_comes_later)
{
	struct stand_in shelf;
	struct net_socket *operator;
	const Cairn__Follow *follow;

	daemon_kit_start(&kit, "copy", NULL);
	stand_in_open(&shelf);
	operator= raw_client(&kit, "copy", "cairnctl");
	follow = hear_follow(&shelf);
	ck_assert_uint_eq(follow->at->seq, 0);
	rejoin(operator, 5);
	refuse_as_ahead(&shelf, follow);
	follow = hear_follow(&shelf);
	ck_assert_uint_eq(follow->at->seq, 5);
	refuse_as_ahead(&shelf, follow);
	rejoin(operator, 3);
	follow = hear_follow(&shelf);
	ck_assert_uint_eq(follow->at->seq, 3);
	stand_in_close(&shelf);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("trouble");
	TCase *disk = tcase_create("disk"), *followers = tcase_create("followers");

	tcase_set_timeout(disk, 120);
	tcase_add_checked_fixture(disk, setup, teardown);
	tcase_add_test(disk, a_full_disk_is_told_as_unavailable_and_nothing_acknowledged_is_lost);
	suite_add_tcase(suite, disk);

	tcase_set_timeout(followers, 120);
	tcase_add_checked_fixture(followers, setup, teardown);
	tcase_add_test(followers, followers_are_told_ahead_diverged_truncated_and_forbidden);
	tcase_add_test(followers, a_revoked_follower_is_stopped_at_once);
	tcase_add_test(followers,
		       a_follower_that_is_moved_on_goes_on_even_when_its_refusal_comes_later);
	suite_add_tcase(suite, followers);
	return suite;
}
