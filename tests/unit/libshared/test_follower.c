/* The follower against a server that the test plays, and the batch's bytes. */
#include "libshared/clock.h"
#include "libshared/follow_wire.h"
#include "libshared/follower.h"
#include "libshared/log.h"
#include "proto/public.pb-c.h"

#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define STREAM "toy.0.log"

static struct net *net;
static struct net_socket *server;
static struct arena *arena;
static struct follower *follower;
static int64_t now_us;
static struct id log_id;

/* The owner: what it was given, what it says, and where it stands. */
static struct {
	struct position at;
	enum follower_verdict verdict;
	unsigned offered, asked_where;
	size_t n_keys;
	uint64_t n_records;
	uint8_t first_key[KEY_LEN];
} owner;

static void tell_where(void *ctx, struct position *at_r)
{
	(void)ctx;
	owner.asked_where++;
	*at_r = owner.at;
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	(void)ctx;
	ck_assert_uint_eq(before->seq, owner.at.seq);
	ck_assert_uint_eq(after->seq, b->log.through_seq);
	owner.offered++;
	if (owner.verdict != FOLLOWER_TAKEN)
		return owner.verdict;
	owner.at = *after;
	owner.n_records += b->n_records;
	owner.n_keys += b->n_keys;
	if (b->n_keys > 0)
		memcpy(owner.first_key, b->keys[0].key.data, KEY_LEN);
	return FOLLOWER_TAKEN;
}

static void setup(void)
{
	log_start("test", LOG_NONE);
	memset(&owner, 0, sizeof owner);
	log_id = id_of_name("log", "toy");
	now_us = clock_mono_us();
	arena = arena_new(4096);
	net = net_open(1);
	server =
		net_socket(net, &(struct net_want){.kind = NET_LOG, .endpoints = {"inproc://log"}});
	follower = follower_open(&(struct follower_options){.net = net,
							    .endpoint = "inproc://log",
							    .stream = STREAM,
							    .name = "tester",
							    .window_bytes = 4000,
							    .where = tell_where,
							    .batch = take});
	ck_assert_ptr_nonnull(follower);
}

static void teardown(void)
{
	follower_close(&follower);
	net_close(&net);
	arena_destroy(&arena);
}

/* ---- the server ---- */

static struct net_route route;

/* The next message of the follower, which turns until it comes. */
static const Cairn__FollowMessage *hear(void)
{
	struct net_message m;

	for (int i = 0; i < 2000; i++) {
		zmq_pollitem_t item = {net_handle(server), 0, ZMQ_POLLIN, 0};

		follower_turn(follower, now_us);
		zmq_poll(&item, 1, 1);
		if (net_receive(server, &m) == NET_GOT) {
			const Cairn__FollowMessage *message = follow_message_of(m.frames[0], arena);

			route = m.route;
			net_release(&m);
			ck_assert_ptr_nonnull(message);
			return message;
		}
	}
	ck_abort_msg("the follower says nothing");
	return NULL;
}

/* True if the follower says something within a few turns. */
static bool speaks(void)
{
	for (int i = 0; i < 20; i++) {
		zmq_pollitem_t item = {net_handle(server), 0, ZMQ_POLLIN, 0};

		follower_turn(follower, now_us);
		zmq_poll(&item, 1, 1);
		if (net_readable(server))
			return true;
	}
	return false;
}

static void say(const Cairn__FollowMessage *m)
{
	struct bytes frame = follow_message_pack(m, arena);

	ck_assert_int_eq(net_send(server, &route, &frame, 1), NET_SENT);
}

static void say_following(uint32_t session)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Following following = CAIRN__FOLLOWING__INIT;

	following.session = session;
	following.log_id = pb_of_bytes(bytes_of_id(&log_id));
	following.epoch = 1;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_FOLLOWING;
	m.following = &following;
	say(&m);
}

static void say_refused(uint32_t session, uint32_t code)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Refused refused = CAIRN__REFUSED__INIT;

	refused.session = session;
	refused.code = code;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_REFUSED;
	m.refused = &refused;
	say(&m);
}

static void say_beat(uint32_t session, uint64_t seq)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Beat beat = CAIRN__BEAT__INIT;

	beat.session = session;
	beat.seq = seq;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_BEAT;
	m.beat = &beat;
	say(&m);
}

/* n records after seq in commits of two, on the chain of the log as it was before. */
static void make_batch(struct follow_batch *b, uint64_t seq, size_t n, const uint8_t *before)
{
	static uint8_t payload[200];
	struct record r = {.kind = 7, .payload = BYTES_OF(payload)};

	*b = (struct follow_batch){.epoch = 1, .n_records = n};
	b->log = (struct log_batch){.after_seq = seq, .through_seq = seq + n};
	b->log.records = arena_alloc(arena, n * sizeof *b->log.records);
	b->log.commit_ends = arena_alloc(arena, n * sizeof *b->log.commit_ends);
	if (before != NULL)
		memcpy(b->log.chain, before, CHAIN_LEN);
	else
		chain_of_name(log_id, b->log.chain);
	for (size_t i = 0; i < n; i++)
		b->log.records[i] = record_pack(&r, arena);
	for (size_t i = 0; i < n; i += 2) {
		size_t len = MIN(n - i, (size_t)2);

		b->log.commit_ends[b->log.n_commits++] = seq + i + len;
		chain_of_commit(b->log.chain, b->log.records + i, len, seq + i + len, b->log.chain);
	}
}

static void say_batch(const struct follow_batch *b, uint32_t session)
{
	zmq_msg_t frame;

	follow_frame(&frame, session, b->log.through_seq, follow_body(b, arena),
		     follow_keys(b->keys, b->n_keys, arena));
	ck_assert_int_eq(net_send_frame(server, &route, &frame), NET_SENT);
}

/* Follow and Following; returns the session. */
static uint32_t get_going(void)
{
	const Cairn__FollowMessage *m = hear();

	ck_assert_int_eq(m->body_case, CAIRN__FOLLOW_MESSAGE__BODY_FOLLOW);
	say_following(m->follow->session);
	for (int i = 0; i < 100 && follower_state(follower) != FOLLOWER_GOING; i++)
		follower_turn(follower, now_us);
	ck_assert_int_eq(follower_state(follower), FOLLOWER_GOING);
	return m->follow->session;
}

static void turn(void)
{
	for (int i = 0; i < 20; i++)
		follower_turn(follower, now_us);
}

/* ---- the state machine ---- */

START_TEST(it_asks_from_where_its_owner_stands)
{
	owner.at = (struct position){.log_id = log_id, .epoch = 3, .seq = 12, .chain = {9}};
	const Cairn__Follow *follow = hear()->follow;
	struct position at;

	ck_assert_str_eq(follow->stream, STREAM);
	ck_assert_str_eq(follow->name, "tester");
	ck_assert_uint_eq(follow->credit_bytes, 4000);
	ck_assert(position_of_wire(follow->at, &at));
	ck_assert_mem_eq(&at, &owner.at, sizeof at);
}
END_TEST

START_TEST(batches_in_order_are_taken_and_acknowledged_only_when_durable)
{
	uint32_t session = get_going();
	struct follow_batch first, second;

	make_batch(&first, 0, 4, NULL);
	make_batch(&second, 4, 5, first.log.chain);
	say_batch(&first, session);
	say_batch(&second, session);
	turn();
	ck_assert_uint_eq(owner.at.seq, 9);
	ck_assert_uint_eq(owner.n_records, 9);
	ck_assert_mem_eq(owner.at.chain, second.log.chain, CHAIN_LEN);
	ck_assert(!speaks()); /* nothing is durable yet */
	follower_durable(follower, 9);
	const Cairn__FollowMessage *m = hear();
	ck_assert_int_eq(m->body_case, CAIRN__FOLLOW_MESSAGE__BODY_CREDIT);
	ck_assert_uint_eq(m->credit->applied_seq, 9);
	ck_assert_uint_ge(m->credit->bytes, 9 * 296);
	ck_assert_uint_le(m->credit->bytes, 9 * 296 + 300);
}
END_TEST

START_TEST(a_full_owner_is_offered_the_same_batch_again)
{
	uint32_t session = get_going();
	struct follow_batch first, second;

	make_batch(&first, 0, 2, NULL);
	make_batch(&second, 2, 2, first.log.chain);
	owner.verdict = FOLLOWER_FULL;
	say_batch(&first, session);
	say_batch(&second, session);
	turn();
	ck_assert(follower_holds(follower));
	ck_assert_uint_ge(owner.offered, 2);
	ck_assert_uint_eq(owner.at.seq, 0);
	owner.verdict = FOLLOWER_TAKEN;
	turn();
	ck_assert_uint_eq(owner.at.seq, 4);
	ck_assert(!follower_holds(follower));
}
END_TEST

START_TEST(a_gap_is_followed_by_a_new_session_from_where_the_owner_stands)
{
	uint32_t session = get_going();
	struct follow_batch first, third;

	make_batch(&first, 0, 2, NULL);
	make_batch(&third, 4, 2, first.log.chain);
	say_batch(&first, session);
	say_batch(&third, session);
	turn();
	ck_assert_uint_eq(owner.at.seq, 2);
	ck_assert_int_eq(follower_state(follower), FOLLOWER_WAITING);
	now_us += US_PER_S;
	const Cairn__Follow *follow = hear()->follow;
	ck_assert_uint_ne(follow->session, session);
	ck_assert_uint_eq(follow->at->seq, 2);
	say_batch(&first, session); /* late, of the old session: counts for nothing */
	say_following(follow->session);
	make_batch(&third, 2, 2, first.log.chain);
	say_batch(&third, follow->session);
	turn();
	ck_assert_uint_eq(owner.at.seq, 4);
}
END_TEST

START_TEST(what_is_lost_is_followed_again_after_ever_longer_waits)
{
	struct follow_batch first;
	int64_t wait_us = 0;

	make_batch(&first, 0, 2, NULL);
	for (int i = 0; i < 3; i++) {
		say_batch(&first, get_going());
		turn();
		ck_assert_uint_eq(owner.at.seq, 2);
		owner.at = (struct position){.seq = 0};
		follower_lost(follower, now_us);
		wait_us = follower_next_us(follower) - now_us;
		now_us += 10 * US_PER_S;
	}
	ck_assert_int_ge(wait_us, 400 * US_PER_MS);
}
END_TEST

START_TEST(a_batch_on_another_chain_stops_it_as_diverged)
{
	uint32_t session = get_going();
	struct follow_batch first, forged;
	uint8_t other[CHAIN_LEN] = {1, 2, 3};

	make_batch(&first, 0, 2, NULL);
	make_batch(&forged, 2, 2, other);
	say_batch(&first, session);
	say_batch(&forged, session);
	turn();
	ck_assert_uint_eq(owner.at.seq, 2);
	ck_assert_int_eq(follower_stop(follower), STOP_DIVERGED);
	now_us += 60 * US_PER_S;
	ck_assert(!speaks());
	follower_restart(follower);
	ck_assert_uint_eq(hear()->follow->at->seq, 2);
}
END_TEST

START_TEST(the_first_batch_must_begin_at_the_logs_name)
{
	uint32_t session = get_going();
	struct follow_batch first;
	uint8_t other[CHAIN_LEN] = {1};

	make_batch(&first, 0, 2, other);
	say_batch(&first, session);
	turn();
	ck_assert_int_eq(follower_stop(follower), STOP_DIVERGED);
}
END_TEST

static const struct {
	uint32_t code;
	enum follower_stop stop;
} refusals[] = {
	{CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN, STOP_FORBIDDEN},
	{CAIRN__REFUSED_CODE__REFUSED_UNKNOWN, STOP_UNKNOWN},
	{CAIRN__REFUSED_CODE__REFUSED_TRUNCATED, STOP_TRUNCATED},
	{CAIRN__REFUSED_CODE__REFUSED_DIVERGED, STOP_DIVERGED},
	{CAIRN__REFUSED_CODE__REFUSED_AHEAD, STOP_AHEAD},
	{CAIRN__REFUSED_CODE__REFUSED_UNSUPPORTED, STOP_UNSUPPORTED},
	{CAIRN__REFUSED_CODE__REFUSED_MOVED, STOP_MOVED},
	{CAIRN__REFUSED_CODE__REFUSED_FENCED, STOP_FENCED},
	{77, STOP_UNSUPPORTED},
};

START_TEST(a_refusal_stops_it_with_its_reason)
{
	say_refused((hear())->follow->session, refusals[_i].code);
	turn();
	ck_assert_int_eq(follower_state(follower), FOLLOWER_STOPPED);
	ck_assert_int_eq(follower_stop(follower), refusals[_i].stop);
	ck_assert_str_ne(follower_stop_text(refusals[_i].stop), "");
	ck_assert(follower_next_us(follower) == INT64_MAX);
}
END_TEST

START_TEST(a_busy_server_is_asked_again_later)
{
	uint32_t session = hear()->follow->session;

	say_refused(session, CAIRN__REFUSED_CODE__REFUSED_BUSY);
	turn();
	ck_assert_int_eq(follower_state(follower), FOLLOWER_WAITING);
	ck_assert(!speaks());
	now_us = follower_next_us(follower);
	ck_assert_int_eq(hear()->body_case, CAIRN__FOLLOW_MESSAGE__BODY_FOLLOW);
}
END_TEST

START_TEST(silence_of_ten_seconds_begins_a_new_session_and_beats_prevent_it)
{
	uint32_t session = get_going();

	for (int i = 0; i < 20; i++) {
		now_us += US_PER_S;
		const Cairn__FollowMessage *m = hear();
		ck_assert_int_eq(m->body_case, CAIRN__FOLLOW_MESSAGE__BODY_BEAT);
		say_beat(session, 40);
		turn();
	}
	ck_assert_int_eq(follower_state(follower), FOLLOWER_GOING);
	ck_assert_uint_eq(follower_head_seq(follower), 40);
	now_us += 10 * US_PER_S;
	turn();
	ck_assert_int_eq(follower_state(follower), FOLLOWER_WAITING);
	now_us += US_PER_S;
	const Cairn__FollowMessage *m = hear();
	while (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_BEAT)
		m = hear();
	ck_assert_int_eq(m->body_case, CAIRN__FOLLOW_MESSAGE__BODY_FOLLOW);
	ck_assert_uint_ne(m->follow->session, session);
}
END_TEST

START_TEST(what_the_owner_cannot_take_stops_it)
{
	uint32_t session = get_going();
	struct follow_batch first;

	owner.verdict = _i == 0 ? FOLLOWER_BROKEN : FOLLOWER_STALLED;
	make_batch(&first, 0, 2, NULL);
	say_batch(&first, session);
	turn();
	ck_assert_int_eq(follower_stop(follower), _i == 0 ? STOP_BROKEN : STOP_STALLED);
}
END_TEST

START_TEST(bytes_that_are_no_message_stop_it_as_broken)
{
	static const struct bytes junk[] = {
		{(const uint8_t *)"\x1a\x05", 2},             /* a batch that ends in the middle */
		{(const uint8_t *)"\x1a\x02\x08", 3},         /* a number that does */
		{(const uint8_t *)"\xff\xff\xff\xff", 4},     /* nothing at all */
		{(const uint8_t *)"\x1a\x03\x4a\x7f\x00", 5}, /* a record longer than the batch */
	};

	get_going();
	ck_assert_int_eq(net_send(server, &route, &junk[_i], 1), NET_SENT);
	turn();
	ck_assert_int_eq(follower_stop(follower), STOP_BROKEN);
}
END_TEST

START_TEST(keys_of_subjects_come_with_the_batch)
{
	uint32_t session = get_going();
	struct follow_batch b;
	uint8_t subject[ID_LEN] = {5}, key[KEY_LEN] = {6};
	struct subject_key keys[] = {{BYTES_OF(subject), BYTES_OF(key)},
				     {BYTES_OF(subject), BYTES_OF(key)}};

	make_batch(&b, 0, 2, NULL);
	b.keys = keys;
	b.n_keys = 2;
	say_batch(&b, session);
	turn();
	ck_assert_uint_eq(owner.n_keys, 2);
	ck_assert_mem_eq(owner.first_key, key, KEY_LEN);
}
END_TEST

/* ---- bytes ---- */

START_TEST(a_batch_by_hand_is_what_protobuf_c_reads)
{
	struct follow_batch b, back;
	uint64_t seqs[] = {3, 300, 70000};
	uint8_t subject[ID_LEN] = {5}, key[KEY_LEN] = {6};
	struct subject_key keys[] = {{BYTES_OF(subject), BYTES_OF(key)}};
	zmq_msg_t frame;

	make_batch(&b, 2, 3, NULL);
	b.seqs = seqs;
	b.log.through_seq = 80000;
	follow_frame(&frame, 77, UINT64_MAX, follow_body(&b, arena), follow_keys(keys, 1, arena));
	struct bytes bytes = {zmq_msg_data(&frame), zmq_msg_size(&frame)};
	Cairn__FollowMessage *m = cairn__follow_message__unpack(NULL, bytes.len, bytes.data);

	ck_assert_int_eq(m->body_case, CAIRN__FOLLOW_MESSAGE__BODY_BATCH);
	ck_assert_uint_eq(m->batch->session, 77);
	ck_assert_uint_eq(m->batch->head_seq, UINT64_MAX);
	ck_assert_uint_eq(m->batch->after_seq, 2);
	ck_assert_uint_eq(m->batch->through_seq, 80000);
	ck_assert_uint_eq(m->batch->n_seqs, 3);
	ck_assert_uint_eq(m->batch->seqs[2], 70000);
	ck_assert_uint_eq(m->batch->n_records, 3);
	ck_assert(bytes_equal(bytes_of_pb(m->batch->records[1]), b.log.records[1]));
	ck_assert_uint_eq(m->batch->n_commit_ends, 2);
	ck_assert_uint_eq(m->batch->n_keys, 1);
	ck_assert_mem_eq(m->batch->keys[0]->key.data, key, KEY_LEN);

	/* And protobuf-c's own bytes, whichever way it writes numbers, are read by hand. */
	struct bytes packed = follow_message_pack(m, arena);
	ck_assert(follow_batch_of(packed, arena, &back));
	ck_assert_uint_eq(back.seqs[1], 300);
	ck_assert_uint_eq(back.log.commit_ends[1], 5);
	ck_assert_uint_eq(back.n_keys, 1);
	ck_assert(bytes_equal(back.log.records[2], b.log.records[2]));
	cairn__follow_message__free_unpacked(m, NULL);
	zmq_msg_close(&frame);
}
END_TEST

START_TEST(a_batch_whose_numbers_contradict_each_other_is_none)
{
	struct follow_batch b, back;
	uint64_t seqs[] = {3, 3};

	make_batch(&b, 2, 2, NULL);
	if (_i == 0)
		b.log.through_seq = 1; /* before its beginning */
	else if (_i == 1)
		b.log.through_seq = 9; /* fewer records than that */
	else
		b.seqs = seqs; /* one twice */
	zmq_msg_t frame;
	follow_frame(&frame, 1, 1, follow_body(&b, arena), BYTES_NONE);
	ck_assert(!follow_batch_of((struct bytes){zmq_msg_data(&frame), zmq_msg_size(&frame)},
				   arena, &back));
	zmq_msg_close(&frame);
}
END_TEST

START_TEST(every_cut_of_a_batch_is_refused)
{
	struct follow_batch b, back;
	zmq_msg_t frame;

	make_batch(&b, 0, 2, NULL);
	follow_frame(&frame, 1, 2, follow_body(&b, arena), BYTES_NONE);
	for (size_t len = 0; len < zmq_msg_size(&frame); len++) {
		/* In memory of its own size, so that a read past the end is seen by the sanitizer.
		 */
		uint8_t *cut = malloc(MAX(len, (size_t)1));

		memcpy(cut, zmq_msg_data(&frame), len);
		ck_assert(!follow_batch_of((struct bytes){cut, len}, arena, &back));
		free(cut);
	}
	zmq_msg_close(&frame);
}
END_TEST

START_TEST(an_attribute_can_be_added_to_a_packed_event)
{
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	uint8_t raw[256];
	char type[] = "org.cairn.credential.issued.v1", id[] = "1";

	event.id = id;
	event.type = type;
	struct bytes packed = {raw, cairn__cloud_event__pack(&event, raw)};
	ck_assert(bytes_equal(cloud_event_type(packed), bytes_of_text(type)));
	struct bytes more = cloud_event_add(packed, "previoussequence", "0007", arena);
	Cairn__CloudEvent *back = cairn__cloud_event__unpack(NULL, more.len, more.data);
	ck_assert_str_eq(back->type, type);
	ck_assert_uint_eq(back->n_attributes, 1);
	ck_assert_str_eq(back->attributes[0]->key, "previoussequence");
	ck_assert_str_eq(back->attributes[0]->value->ce_string, "0007");
	cairn__cloud_event__free_unpacked(back, NULL);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("follower");
	TCase *machine = tcase_create("machine"), *bytes = tcase_create("bytes");

	tcase_set_timeout(machine, 30);
	tcase_add_checked_fixture(machine, setup, teardown);
	tcase_add_test(machine, it_asks_from_where_its_owner_stands);
	tcase_add_test(machine, batches_in_order_are_taken_and_acknowledged_only_when_durable);
	tcase_add_test(machine, a_full_owner_is_offered_the_same_batch_again);
	tcase_add_test(machine, a_gap_is_followed_by_a_new_session_from_where_the_owner_stands);
	tcase_add_test(machine, what_is_lost_is_followed_again_after_ever_longer_waits);
	tcase_add_test(machine, a_batch_on_another_chain_stops_it_as_diverged);
	tcase_add_test(machine, the_first_batch_must_begin_at_the_logs_name);
	tcase_add_loop_test(machine, a_refusal_stops_it_with_its_reason, 0,
			    (int)ARRAY_LEN(refusals));
	tcase_add_test(machine, a_busy_server_is_asked_again_later);
	tcase_add_test(machine, silence_of_ten_seconds_begins_a_new_session_and_beats_prevent_it);
	tcase_add_loop_test(machine, what_the_owner_cannot_take_stops_it, 0, 2);
	tcase_add_loop_test(machine, bytes_that_are_no_message_stop_it_as_broken, 0, 4);
	tcase_add_test(machine, keys_of_subjects_come_with_the_batch);
	suite_add_tcase(suite, machine);

	tcase_add_checked_fixture(bytes, setup, teardown);
	tcase_add_test(bytes, a_batch_by_hand_is_what_protobuf_c_reads);
	tcase_add_loop_test(bytes, a_batch_whose_numbers_contradict_each_other_is_none, 0, 3);
	tcase_add_test(bytes, every_cut_of_a_batch_is_refused);
	tcase_add_test(bytes, an_attribute_can_be_added_to_a_packed_event);
	suite_add_tcase(suite, bytes);
	return suite;
}
