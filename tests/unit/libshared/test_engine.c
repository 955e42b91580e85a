/* The engine: one effect and one answer per command, batches that survive a fault, neighbours,
 * timers. */
#include "libshared/archive.h"
#include "libshared/replies.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/toy_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &toy_service);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- what the tests send ---- */

#define COMMAND(name, NAME, Type, ...)                                                             \
	static const ProtobufCMessage *name##_command(struct bytes counter, uint64_t number)       \
	{                                                                                          \
		Toy__Command *c = arena_alloc(kit.arena, sizeof *c);                               \
		Toy__##Type *body = arena_alloc(kit.arena, sizeof *body);                          \
		*c = (Toy__Command)TOY__COMMAND__INIT;                                             \
		*body = (Toy__##Type)TOY__##NAME##__INIT;                                          \
		(void)counter;                                                                     \
		(void)number;                                                                      \
		__VA_ARGS__;                                                                       \
		return &c->base;                                                                   \
	}

COMMAND(open, OPEN, Open, c->body_case = TOY__COMMAND__BODY_OPEN, c->open = body,
	body->counter = pb_of_bytes(counter))
COMMAND(add, ADD, Add, c->body_case = TOY__COMMAND__BODY_ADD, c->add = body,
	body->counter = pb_of_bytes(counter), body->amount = number)
COMMAND(break_it, BREAK, Break, c->body_case = TOY__COMMAND__BODY_BREAK_IT, c->break_it = body,
	body->counter = pb_of_bytes(counter))
COMMAND(crash, CRASH, Crash, c->body_case = TOY__COMMAND__BODY_CRASH, c->crash = body)
COMMAND(alarm, SET_ALARM, SetAlarm, c->body_case = TOY__COMMAND__BODY_SET_ALARM,
	c->set_alarm = body, body->counter = pb_of_bytes(counter), body->due_us = (int64_t)number)
COMMAND(fill, FILL, Fill, c->body_case = TOY__COMMAND__BODY_FILL, c->fill = body,
	body->data = (ProtobufCBinaryData){number, arena_zalloc(kit.arena, number)})

static const struct bytes nobody = {NULL, 0};

static struct bytes given_open(void)
{
	struct bytes counter = kit_id(&kit);

	ck_assert_int_eq(kit_send(&kit, nobody, open_command(counter, 0)), CAIRN__STATUS__OK);
	return counter;
}

static Toy__Total total(struct bytes counter)
{
	Toy__Query query = TOY__QUERY__INIT;
	Toy__Get get = TOY__GET__INIT;

	get.counter = pb_of_bytes(counter);
	query.body_case = TOY__QUERY__BODY_GET;
	query.get = &get;
	ck_assert_int_eq(kit_ask(&kit, nobody, &query.base), CAIRN__STATUS__OK);
	return *((const Toy__Answer *)kit.answer)->total;
}

static void upstream_added(struct bytes counter, uint64_t amount)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Added added = TOY__ADDED__INIT;

	added.counter = pb_of_bytes(counter);
	added.amount = amount;
	event.body_case = TOY__EVENT__BODY_ADDED;
	event.added = &added;
	kit_upstream(&kit, "up.0.log", counter, &event.base);
}

/* ---- commands ---- */

START_TEST(a_command_sent_twice_has_one_effect_and_one_answer)
{
	struct bytes counter = given_open(), id = kit_id(&kit);
	uint64_t seq;

	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5)),
			 CAIRN__STATUS__OK);
	seq = kit.got.seq;
	ck_assert(!kit.got.repeated);
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5)),
			 CAIRN__STATUS__OK);
	ck_assert(kit.got.repeated);
	ck_assert_uint_eq(kit.got.seq, seq);
	ck_assert_uint_eq(((const Toy__Answer *)kit.answer)->total->sum, 5);
	ck_assert_uint_eq(total(counter).sum, 5);
}
END_TEST

START_TEST(a_repeat_within_one_batch_and_after_a_restart_is_recognised)
{
	struct bytes counter = given_open(), id = kit_id(&kit);

	kit_submit(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5));
	kit_submit(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5));
	kit_run(&kit);
	ck_assert(kit.got.repeated);
	kit_reopen(&kit);
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5)),
			 CAIRN__STATUS__OK);
	ck_assert(kit.got.repeated);
	ck_assert_uint_eq(total(counter).sum, 5);
}
END_TEST

START_TEST(a_rejection_is_remembered_with_its_reason_and_text)
{
	struct bytes counter = given_open(), id = kit_id(&kit);

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(
			kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 1001)),
			CAIRN__STATUS__REJECTED);
		ck_assert_uint_eq(kit.got.reason, TOY__REASON__TOO_MUCH);
		ck_assert_str_eq(kit.got.text, "amount: at most 1000 in all");
		ck_assert_int_eq(kit.got.repeated, i);
	}
}
END_TEST

START_TEST(an_id_used_for_another_request_is_refused)
{
	struct bytes counter = given_open(), id = kit_id(&kit);

	kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5));
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 6)),
			 CAIRN__STATUS__ID_REUSED);
	ck_assert_uint_eq(total(counter).sum, 5);
}
END_TEST

START_TEST(an_id_outside_its_window_is_refused)
{
	struct bytes counter = given_open(), id = kit_id(&kit);

	kit_advance(&kit, REPLY_WINDOW_US + US_PER_MS);
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5)),
			 CAIRN__STATUS__ID_TOO_OLD);
	id = kit_id(&kit);
	kit.now_us -= REPLY_AHEAD_US + US_PER_MS;
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_PORTAL, nobody, add_command(counter, 5)),
			 CAIRN__STATUS__INVALID);
}
END_TEST

START_TEST(recorded_replies_are_pruned_only_after_their_window)
{
	struct bytes counter = given_open();

	kit_advance(&kit, REPLY_WINDOW_US - US_PER_S);
	kit_send(&kit, nobody, add_command(counter, 1));
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_DEDUPE), 2);
	kit_advance(&kit, REPLY_AHEAD_US + 2 * US_PER_S);
	kit_send(&kit, nobody, add_command(counter, 1));
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_DEDUPE), 2);
}
END_TEST

START_TEST(what_the_door_refuses_says_why)
{
	struct bytes counter = given_open(), id = kit_id(&kit);
	static const uint8_t short_id[3] = {1, 2, 3};

	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_LICENSURE, nobody, add_command(counter, 1)),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_PORTAL, counter, add_command(counter, 1)),
			 CAIRN__STATUS__FORBIDDEN); /* names a person without role asserts */
	ck_assert_int_eq(
		kit_send_as(&kit, BYTES_OF(short_id), ROLE_PORTAL, nobody, add_command(counter, 1)),
		CAIRN__STATUS__INVALID);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "head.id"));
	ck_assert_uint_eq(total(counter).sum, 0);
}
END_TEST

/* ---- faults ---- */

START_TEST(a_command_whose_event_faults_does_not_take_its_batch_down)
{
	struct bytes counter = given_open(), first = kit_id(&kit), bad = kit_id(&kit),
		     last = kit_id(&kit);

	kit_submit(&kit, first, ROLE_PORTAL, nobody, add_command(counter, 1));
	kit_submit(&kit, bad, ROLE_PORTAL, nobody, break_it_command(counter, 0));
	kit_submit(&kit, last, ROLE_PORTAL, nobody, add_command(counter, 2));
	kit_run(&kit);
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);
	ck_assert_uint_eq(total(counter).sum, 3);
	kit_send_as(&kit, bad, ROLE_PORTAL, nobody, break_it_command(counter, 0));
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__UNAVAILABLE);
	ck_assert_uint_eq(engine_stats(kit.engine).reruns, 2);
}
END_TEST

static void crash_in_a_child(struct bytes id)
{
	int status;
	pid_t child;

	/* LMDB does not survive a fork, so the child opens the engine and the parent has it closed.
	 */
	engine_view_end(kit.engine);
	engine_close(&kit.engine);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		kit_reopen(&kit);
		kit_send_as(&kit, id, ROLE_OPERATOR, nobody, crash_command(nobody, 0));
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 77);
	kit_reopen(&kit);
}

START_TEST(a_command_that_stops_the_process_twice_is_quarantined)
{
	struct bytes id = kit_id(&kit);

	crash_in_a_child(id);
	crash_in_a_child(id);
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_OPERATOR, nobody, crash_command(nobody, 0)),
			 CAIRN__STATUS__REJECTED);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "quarantined"));
	given_open();
}
END_TEST

START_TEST(the_map_grows_without_a_restart)
{
	for (int i = 0; i < 160; i++)
		ck_assert_int_eq(kit_send(&kit, nobody, fill_command(nobody, 500000)),
				 CAIRN__STATUS__OK);
	ck_assert_uint_eq(view_count(kit_view(&kit), SERVICE_TABLES + 1), 160);
}
END_TEST

/* ---- neighbours ---- */

START_TEST(an_upstream_event_takes_effect_once_and_moves_the_cursor)
{
	struct bytes counter = given_open();
	struct position at;

	upstream_added(counter, 7);
	upstream_added(counter, 8);
	ck_assert_uint_eq(total(counter).heard, 15);
	ck_assert(engine_cursor(kit.engine, 0, &at));
	ck_assert_uint_eq(at.seq, 2);
	kit_reopen(&kit);
	upstream_added(counter, 1);
	ck_assert_uint_eq(total(counter).heard, 16);
}
END_TEST

START_TEST(an_event_that_names_something_unknown_waits_and_later_ones_of_its_entity_behind_it)
{
	struct bytes late = kit_id(&kit), other = given_open();

	upstream_added(late, 1);
	upstream_added(late, 2);
	upstream_added(other, 4);
	ck_assert_uint_eq(total(other).heard, 4);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 2);
	kit_send(&kit, nobody, open_command(late, 0));
	ck_assert_uint_eq(total(late).heard, 3);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED_OF), 0);
}
END_TEST

static void upstream_broken(struct bytes counter)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Broken broken = TOY__BROKEN__INIT;

	broken.counter = pb_of_bytes(counter);
	event.body_case = TOY__EVENT__BODY_BROKEN;
	event.broken = &broken;
	kit_upstream(&kit, "up.0.log", counter, &event.base);
}

static Cairn__Status send_runtime(Cairn__RuntimeCommand *command)
{
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct request request = {.head = &head, .roles = ROLE_OPERATOR};
	uint8_t body[2000];

	head.wire = 1;
	head.kind = RUNTIME_BASE + body_kind(&command->base);
	head.id = pb_of_bytes(kit_id(&kit));
	request.body = (struct bytes){body, protobuf_c_message_pack(&command->base, body)};
	ck_assert(engine_submit(kit.engine, &request, kit.now_us));
	engine_view_end(kit.engine);
	kit.service = &toy_service;
	kit_run(&kit);
	return kit.got.status;
}

START_TEST(a_poisoned_event_is_parked_and_an_operator_skips_it)
{
	struct bytes counter = given_open(), other = given_open();
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;
	Cairn__SkipParked skip = CAIRN__SKIP_PARKED__INIT;
	char stream[] = "up.0.log", because[] = "broken on purpose";

	upstream_broken(counter);
	upstream_added(counter, 1);
	upstream_added(other, 2);
	ck_assert_uint_eq(total(counter).heard, 0);
	ck_assert_uint_eq(total(other).heard, 2);
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_SKIP_PARKED;
	command.skip_parked = &skip;
	skip.stream = stream;
	skip.seq = 1;
	skip.because = because;
	ck_assert_int_eq(send_runtime(&command), CAIRN__STATUS__OK);
	ck_assert_uint_eq(total(counter).heard, 1);
}
END_TEST

/* ---- timers and queries ---- */

START_TEST(a_timer_fires_once_when_it_is_due)
{
	struct bytes counter = given_open();

	kit_send(&kit, nobody, alarm_command(counter, (uint64_t)(kit.now_us + US_PER_HOUR)));
	kit_advance(&kit, US_PER_HOUR - 1);
	ck_assert_uint_eq(total(counter).rang, 0);
	kit_advance(&kit, 1);
	ck_assert_uint_eq(total(counter).rang, 1);
	kit_advance(&kit, US_PER_DAY);
	ck_assert_uint_eq(total(counter).rang, 1);
}
END_TEST

START_TEST(a_query_that_leaves_a_note_is_in_the_log)
{
	struct bytes counter = given_open();
	Toy__Query query = TOY__QUERY__INIT;
	Toy__GetNoted get = TOY__GET_NOTED__INIT;

	get.counter = pb_of_bytes(counter);
	query.body_case = TOY__QUERY__BODY_GET_NOTED;
	query.get_noted = &get;
	ck_assert_int_eq(kit_ask(&kit, nobody, &query.base), CAIRN__STATUS__OK);
	ck_assert_uint_eq(total(counter).noted, 1);
}
END_TEST

/* ---- the durability seam ---- */

struct late {
	struct txn *txn;
	enum durable_state state;
};

static int late_seal(void *ctx, struct txn **txn, uint64_t last_seq)
{
	struct late *late = ctx;

	(void)last_seq;
	late->txn = *txn;
	*txn = NULL;
	return 0;
}

static enum durable_state late_poll(void *ctx)
{
	struct late *late = ctx;

	if (late->state == DURABLE_DONE)
		ck_assert_int_eq(txn_commit(&late->txn), 0);
	else if (late->state == DURABLE_FAILED)
		txn_abort(&late->txn);
	return late->state;
}

static unsigned n_replies;
static Cairn__Status last_status;

static void count_reply(void *ctx, const struct reply *reply)
{
	(void)ctx;
	n_replies++;
	last_status = reply->status;
}

START_TEST(nothing_leaves_before_the_durability_says_so)
{
	struct late late = {NULL, DURABLE_PENDING};
	struct durability durability = {&late, late_seal, late_poll};
	struct engine_options options = {
		.caps = &kit.caps, .durability = &durability, .map_bytes = (size_t)1 << 26};
	char dir[100];
	struct engine *own = kit.engine;

	snprintf(dir, sizeof dir, "%s/late", kit.dir);
	options.dir = dir;
	options.fresh_log_id = id_of_name("log", "late");
	kit.engine = engine_open(&toy_service, &options);
	ck_assert_ptr_nonnull(kit.engine);
	n_replies = 0;
	kit_submit(&kit, kit_id(&kit), ROLE_PORTAL, nobody, open_command(kit_id(&kit), 0));
	ck_assert_uint_eq(engine_run(kit.engine, kit.now_us), 1);
	kit_submit(&kit, kit_id(&kit), ROLE_PORTAL, nobody, open_command(kit_id(&kit), 0));
	ck_assert_uint_eq(engine_run(kit.engine, kit.now_us), 0); /* one in flight */
	ck_assert(engine_poll(kit.engine, count_reply, NULL));
	ck_assert_uint_eq(n_replies, 0);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), 0);
	late.state = DURABLE_DONE;
	ck_assert(!engine_poll(kit.engine, count_reply, NULL));
	ck_assert_uint_eq(n_replies, 1);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), 1);
	late.state = DURABLE_FAILED;
	ck_assert_uint_eq(engine_run(kit.engine, kit.now_us), 1);
	ck_assert(!engine_poll(kit.engine, count_reply, NULL));
	ck_assert_int_eq(last_status, CAIRN__STATUS__UNAVAILABLE);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), 1);
	engine_close(&kit.engine);
	kit.engine = own;
}
END_TEST

/* Offers the first record of "up.0.log": what is added to the counter. */
static enum upstream_verdict offer_first(struct bytes counter)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Added added = TOY__ADDED__INIT;
	struct position source = {.log_id = id_of_name("log", "up"), .epoch = 1};
	struct record r = {.seq = 1, .kind = TOY__EVENT__BODY_ADDED, .id = source.log_id};
	uint8_t payload[100];
	uint64_t end = 1;
	struct bytes raw;
	struct log_batch batch = {0, 1, &raw, &end, 1, 100, {0}};

	added.counter = pb_of_bytes(counter);
	added.amount = 7;
	event.body_case = TOY__EVENT__BODY_ADDED;
	event.added = &added;
	r.payload = (struct bytes){payload, toy__event__pack(&event, payload)};
	raw = record_pack(&r, kit.arena);
	chain_of_name(source.log_id, source.chain);
	chain_of_commit(source.chain, &raw, 1, 1, batch.chain);
	return engine_submit_upstream(kit.engine, 0, &source, &batch);
}

START_TEST(records_collected_while_a_batch_fails_are_followed_again)
{
	struct late late = {NULL, DURABLE_FAILED};
	struct durability durability = {&late, late_seal, late_poll};
	struct engine_options options = {
		.caps = &kit.caps, .durability = &durability, .map_bytes = (size_t)1 << 26};
	char dir[100];
	struct engine *own = kit.engine;
	struct bytes counter = kit_id(&kit);
	struct position at;

	snprintf(dir, sizeof dir, "%s/late", kit.dir);
	options.dir = dir;
	options.fresh_log_id = id_of_name("log", "late");
	kit.engine = engine_open(&toy_service, &options);
	ck_assert_ptr_nonnull(kit.engine);
	kit_submit(&kit, kit_id(&kit), ROLE_PORTAL, nobody, open_command(counter, 0));
	engine_run(kit.engine, kit.now_us);
	ck_assert_int_eq(offer_first(counter), UPSTREAM_TAKEN);
	ck_assert(!engine_poll(kit.engine, count_reply, NULL)); /* it failed */
	late.state = DURABLE_DONE;
	engine_run(kit.engine, kit.now_us);
	ck_assert(!engine_poll(kit.engine, count_reply, NULL));
	engine_cursor(kit.engine, 0, &at);
	if (at.seq == 0) /* else it has been taken after all */
		ck_assert_int_eq(offer_first(counter), UPSTREAM_TAKEN);
	engine_run(kit.engine, kit.now_us);
	ck_assert(!engine_poll(kit.engine, count_reply, NULL));
	engine_cursor(kit.engine, 0, &at);
	ck_assert_uint_eq(at.seq, 1);
	ck_assert_int_eq(offer_first(counter),
			 UPSTREAM_GAP); /* the engine expects what follows it */
	engine_close(&kit.engine);
	kit.engine = own;
}
END_TEST

/* ---- positions, trimming, archives ---- */

static void given_events(unsigned n, struct bytes counter)
{
	for (unsigned i = 0; i < n; i++)
		kit_send(&kit, nobody, add_command(counter, 1));
}

static Cairn__Status trim(uint64_t through_seq)
{
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;
	Cairn__TrimLog trim_log = CAIRN__TRIM_LOG__INIT;

	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG;
	command.trim_log = &trim_log;
	trim_log.through_seq = through_seq;
	return send_runtime(&command);
}

static void archive_all(const char *dir)
{
	struct position at;
	struct log_batch batch;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(archive_end(dir, "toy.0.log", &at), 0);
	at.log_id = engine_head(kit.engine).at.log_id;
	chain_of_name(at.log_id, at.chain);
	while (at.seq < engine_durable_seq(kit.engine)) {
		ck_assert_int_eq(engine_read(kit.engine, at.seq, 500, kit.arena, &batch), 0);
		ck_assert_int_eq(archive_seal(dir, "toy.0.log", &at, &batch), 0);
		at.seq = batch.through_seq;
		memcpy(at.chain, batch.chain, CHAIN_LEN);
	}
}

static void say(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

START_TEST(a_trimmed_log_is_rebuilt_from_its_archive)
{
	struct bytes counter = given_open();
	char archive[100], db[100], scratch[100];

	given_events(20, counter);
	snprintf(archive, sizeof archive, "%s/archive", kit.dir);
	snprintf(db, sizeof db, "%s/db", kit.dir);
	snprintf(scratch, sizeof scratch, "%s/scratch", kit.dir);
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
	archive_all(archive);
	ck_assert_int_eq(trim(15), CAIRN__STATUS__OK);
	ck_assert_int_eq(trim(12), CAIRN__STATUS__OK); /* nothing left to forget */
	ck_assert_uint_eq(engine_head(kit.engine).first_seq, 16);
	ck_assert_int_eq(trim(1000), CAIRN__STATUS__REJECTED);
	engine_view_end(kit.engine);
	engine_close(&kit.engine);
	ck_assert_int_eq(engine_verify(&toy_service, db, archive, scratch, say, NULL), 0);
	ck_assert_int_ne(engine_verify(&toy_service, db, NULL, scratch, say, NULL), 0);
	exit(0); /* kit_close() would verify without the archive */
}
END_TEST

START_TEST(a_position_is_checked_by_its_chain)
{
	struct bytes counter = given_open();
	struct position at;

	given_events(5, counter);
	at = engine_head(kit.engine).at;
	ck_assert_int_eq(engine_check_position(kit.engine, &at), FOLLOW_OK);
	at.chain[3] ^= 1;
	ck_assert_int_eq(engine_check_position(kit.engine, &at), FOLLOW_DIVERGED);
	at.seq++;
	ck_assert_int_eq(engine_check_position(kit.engine, &at), FOLLOW_AHEAD);
	at = (struct position){0};
	ck_assert_int_eq(engine_check_position(kit.engine, &at), FOLLOW_OK);
}
END_TEST

START_TEST(a_position_before_what_is_kept_is_truncated)
{
	struct bytes counter = given_open();
	struct position at = {0};

	given_events(5, counter);
	ck_assert_int_eq(trim(3), CAIRN__STATUS__OK);
	ck_assert_int_eq(engine_check_position(kit.engine, &at), FOLLOW_TRUNCATED);
	exit(0); /* kit_close() would verify without an archive */
}
END_TEST

START_TEST(tables_of_another_layout_are_rebuilt_from_the_log)
{
	struct bytes counter = given_open();
	struct service newer = toy_service;

	given_events(9, counter);
	newer.tables_layout = 2;
	kit.service = &newer;
	kit_reopen(&kit);
	ck_assert_uint_eq(total(counter).sum, 9);
	kit_close(&kit);
	kit_open(&kit, &toy_service);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_command_sent_twice_has_one_effect_and_one_answer,
		a_repeat_within_one_batch_and_after_a_restart_is_recognised,
		a_rejection_is_remembered_with_its_reason_and_text,
		an_id_used_for_another_request_is_refused,
		an_id_outside_its_window_is_refused,
		recorded_replies_are_pruned_only_after_their_window,
		what_the_door_refuses_says_why,
		a_command_whose_event_faults_does_not_take_its_batch_down,
		a_command_that_stops_the_process_twice_is_quarantined,
		the_map_grows_without_a_restart,
		an_upstream_event_takes_effect_once_and_moves_the_cursor,
		an_event_that_names_something_unknown_waits_and_later_ones_of_its_entity_behind_it,
		a_poisoned_event_is_parked_and_an_operator_skips_it,
		a_timer_fires_once_when_it_is_due,
		a_query_that_leaves_a_note_is_in_the_log,
		nothing_leaves_before_the_durability_says_so,
		records_collected_while_a_batch_fails_are_followed_again,
		a_trimmed_log_is_rebuilt_from_its_archive,
		a_position_is_checked_by_its_chain,
		a_position_before_what_is_kept_is_truncated,
		tables_of_another_layout_are_rebuilt_from_the_log,
	};
	Suite *suite = suite_create("engine");
	TCase *tcase = tcase_create("engine");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
