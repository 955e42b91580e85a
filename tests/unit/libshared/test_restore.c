/* An environment from a copy and from archives: the same log, the same tables, a new name. */
#include "libshared/restore.h"

#include "libshared/archive.h"
#include "libshared/cursors.h"
#include "tests/support/kit.h"
#include "tests/support/place.h"
#include "tests/support/suite.h"
#include "tests/support/toy_service.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Two toys: kit follows up. */
static struct kit kit, up;
static struct place place;
static struct position heard; /* of up's log, by kit */
static struct bytes counter;
static char archive[100], fresh[100], scratch[100];

static const ProtobufCMessage *open_command(void)
{
	static Toy__Command command = TOY__COMMAND__INIT;
	static Toy__Open open = TOY__OPEN__INIT;

	open.counter = pb_of_bytes(counter);
	command.body_case = TOY__COMMAND__BODY_OPEN;
	command.open = &open;
	return &command.base;
}

static void add(struct kit *k, uint64_t amount)
{
	Toy__Command command = TOY__COMMAND__INIT;
	Toy__Add add = TOY__ADD__INIT;

	add.counter = pb_of_bytes(counter);
	add.amount = amount;
	command.body_case = TOY__COMMAND__BODY_ADD;
	command.add = &add;
	ck_assert_int_eq(kit_send(k, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
}

/* Everything of up's log that kit has not heard. */
static void hear(void)
{
	struct log_batch b;

	ck_assert_int_eq(engine_read(up.engine, heard.seq, 1 << 20, kit.arena, &b), 0);
	ck_assert_int_eq(engine_submit_upstream(kit.engine, 0, &heard, &b), UPSTREAM_TAKEN);
	kit_run(&kit);
	heard = engine_head(up.engine).at;
}

static void archive_log(struct kit *k, const char *stream)
{
	struct position at;
	struct log_batch b;

	ck_assert_int_eq(archive_end(archive, stream, &at), 0);
	at.log_id = engine_head(k->engine).at.log_id;
	if (at.seq == 0)
		ck_assert(eventlog_chain(kit_view(k), 0, at.chain));
	while (at.seq < engine_durable_seq(k->engine)) {
		ck_assert_int_eq(engine_read(k->engine, at.seq, 500, k->arena, &b), 0);
		ck_assert_int_eq(archive_seal(archive, stream, &at, &b), 0);
		at.seq = b.through_seq;
		memcpy(at.chain, b.chain, CHAIN_LEN);
	}
}

static void setup(void)
{
	place_make(&place);
	snprintf(archive, sizeof archive, "%s/archive", place.dir);
	snprintf(fresh, sizeof fresh, "%s/fresh", place.dir);
	snprintf(scratch, sizeof scratch, "%s/scratch", place.dir);
	ck_assert_int_eq(mkdir(archive, 0700), 0);
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
	kit_open(&kit, &toy_service);
	kit_open(&up, &toy_service);
	heard = engine_head(up.engine).at;
	counter = kit_id(&kit);
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, open_command()), CAIRN__STATUS__OK);
	ck_assert_int_eq(kit_send(&up, BYTES_NONE, open_command()), CAIRN__STATUS__OK);
	add(&up, 3);
	add(&up, 4);
	hear();
	add(&kit, 5);
}

static void teardown(void)
{
	kit_close(&kit);
	kit_close(&up);
	place_remove(&place);
}

static void archive_both(void)
{
	archive_log(&kit, "toy.0.log");
	archive_log(&up, "up.0.log");
}

static int move_cursor(uint64_t after_seq, struct position *at_r, bool *found_r)
{
	struct restore_cursor cursor = {
		.archive = archive, .stream = "up.0.log", .after_seq = after_seq};
	int rc = restore_cursor(&toy_service, fresh, &cursor);

	*at_r = cursor.at;
	*found_r = cursor.found;
	return rc;
}

static void say(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void check_verifies(const char *dir)
{
	ck_assert_int_eq(engine_verify(&toy_service, dir, NULL, scratch, say, NULL), 0);
}

/* Where the log in dir ends. */
static struct log_head head_in(const char *dir)
{
	struct store *s = store_open_reading(dir, toy_service.tables, toy_service.n_tables);
	struct log_head head;

	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(eventlog_open(s, ID_NONE, &head), 0);
	store_close(&s);
	return head;
}

static void check_same_log(const struct log_head *a, const struct log_head *b)
{
	ck_assert_uint_eq(a->at.seq, b->at.seq);
	ck_assert_mem_eq(a->at.chain, b->at.chain, CHAIN_LEN);
}

START_TEST(an_archive_gives_the_same_log_and_tables_as_the_service_had)
{
	struct log_head was = engine_head(kit.engine), is;
	uint64_t n;

	archive_both();
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	ck_assert_uint_eq(n, was.at.seq);
	is = head_in(fresh);
	check_same_log(&was, &is);
	check_verifies(fresh);
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(the_cursor_is_where_the_last_cause_stands)
{
	struct position at, want = heard;
	bool found;
	uint64_t n;

	ck_assert_int_eq(kit_send(&up, BYTES_NONE, open_command()), CAIRN__STATUS__REJECTED);
	counter = kit_id(&kit); /* one that kit does not know: heard, and parked */
	ck_assert_int_eq(kit_send(&up, BYTES_NONE, open_command()), CAIRN__STATUS__OK);
	hear();
	archive_both();
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	ck_assert_int_eq(move_cursor(0, &at, &found), 0);
	ck_assert(found);
	ck_assert_uint_eq(at.seq, want.seq);
	ck_assert_mem_eq(at.chain, want.chain, CHAIN_LEN);
	ck_assert_int_eq(engine_check_position(up.engine, &at), FOLLOW_OK);
}
END_TEST

START_TEST(the_cursor_stays_when_nothing_new_has_a_cause)
{
	struct position at;
	bool found;
	uint64_t n;

	archive_both();
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	ck_assert_int_eq(move_cursor(n, &at, &found), 0);
	ck_assert(found);
	ck_assert_uint_eq(at.seq, 0);
}
END_TEST

START_TEST(without_the_neighbours_archive_the_follower_stops)
{
	struct position at;
	bool found;
	uint64_t n;

	archive_log(&kit, "toy.0.log");
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	ck_assert_int_eq(move_cursor(0, &at, &found), 0);
	ck_assert(!found);
	ck_assert_int_ne(engine_check_position(up.engine, &at), FOLLOW_OK);
}
END_TEST

START_TEST(a_copy_is_extended_by_what_came_after_it)
{
	char db[200];
	struct log_head was, is;
	struct position at;
	bool found;
	uint64_t n, copied = engine_head(kit.engine).at.seq;

	snprintf(db, sizeof db, "%s/db", kit.dir);
	engine_view_end(kit.engine);
	engine_close(&kit.engine); /* a process must not open an environment twice */
	ck_assert_int_eq(store_copy(db, fresh), 0);
	kit_reopen(&kit);
	add(&kit, 6);
	add(&up, 7);
	hear();
	add(&up, 8); /* not heard before the loss */
	archive_both();
	was = engine_head(kit.engine);
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	ck_assert_uint_eq(n, was.at.seq - copied);
	is = head_in(fresh);
	check_same_log(&was, &is);
	check_verifies(fresh);
	ck_assert_int_eq(move_cursor(copied, &at, &found), 0);
	ck_assert(found);
	ck_assert_uint_eq(at.seq, heard.seq);
	ck_assert_mem_eq(at.chain, heard.chain, CHAIN_LEN);
}
END_TEST

START_TEST(a_renamed_log_goes_on_for_who_stood_in_it_and_not_for_who_was_ahead)
{
	static const struct id name = {{0x01, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 9, 9, 9, 9, 9, 9, 9}};
	struct engine_options options = {
		.dir = fresh, .map_bytes = (size_t)1 << 26, .caps = &kit.caps};
	struct position before, behind = engine_head(kit.engine).at, ahead;
	struct engine *e;
	uint64_t n;

	archive_log(&kit, "toy.0.log");
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	ck_assert_int_eq(restore_rename(&toy_service, fresh, name, kit.now_us, &before), 0);
	check_same_log(&(struct log_head){.at = before}, &(struct log_head){.at = behind});
	check_verifies(fresh);
	add(&kit, 1);
	add(&kit, 2);
	ahead = engine_head(kit.engine).at;

	e = engine_open(&toy_service, &options);
	ck_assert_ptr_nonnull(e);
	ck_assert_mem_eq(engine_head(e).at.log_id.b, name.b, ID_LEN);
	ck_assert_uint_eq(engine_head(e).at.seq, before.seq + 1);
	ck_assert_int_eq(engine_check_position(e, &behind), FOLLOW_OK);
	ck_assert_int_eq(engine_check_position(e, &ahead), FOLLOW_AHEAD);
	engine_close(&e);
}
END_TEST

START_TEST(a_log_that_was_renamed_before_is_rebuilt_from_its_archive_too)
{
	static const struct id name = {{0x01, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 9, 9, 9, 9, 9, 9, 9}};
	struct position before;
	struct log_head was, is;
	char db[200];
	uint64_t n;

	archive_log(&kit, "toy.0.log");
	snprintf(db, sizeof db, "%s/db", kit.dir);
	engine_view_end(kit.engine);
	engine_close(&kit.engine);
	ck_assert_int_eq(restore_rename(&toy_service, db, name, kit.now_us, &before), 0);
	kit_reopen(&kit);
	add(&kit, 1);
	archive_log(&kit, "toy.0.log");
	was = engine_head(kit.engine);
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), 0);
	is = head_in(fresh);
	check_same_log(&was, &is);
	ck_assert_uint_eq(is.at.epoch, was.at.epoch);
	ck_assert_mem_eq(is.at.log_id.b, name.b, ID_LEN);
	check_verifies(fresh);
}
END_TEST

START_TEST(an_archive_of_another_history_is_refused_and_changes_nothing)
{
	char db[200];
	struct log_head was = engine_head(kit.engine), is;
	uint64_t n;

	snprintf(db, sizeof db, "%s/db", kit.dir);
	engine_view_end(kit.engine);
	engine_close(&kit.engine);
	ck_assert_int_eq(store_copy(db, fresh), 0);
	kit_reopen(&kit);
	for (int i = 0; i < 9; i++)
		add(&up, 1);
	archive_log(&up, "toy.0.log"); /* up's, under the other's name */
	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), -1);
	is = head_in(fresh);
	check_same_log(&was, &is);
	check_verifies(fresh);
}
END_TEST

START_TEST(an_archive_without_its_beginning_is_refused)
{
	uint64_t n;

	ck_assert_int_eq(restore_extend(&toy_service, fresh, archive, &n), -1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("restore");
	TCase *cases = tcase_create("copies and archives");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, an_archive_gives_the_same_log_and_tables_as_the_service_had);
	tcase_add_test(cases, the_cursor_is_where_the_last_cause_stands);
	tcase_add_test(cases, the_cursor_stays_when_nothing_new_has_a_cause);
	tcase_add_test(cases, without_the_neighbours_archive_the_follower_stops);
	tcase_add_test(cases, a_copy_is_extended_by_what_came_after_it);
	tcase_add_test(cases, a_renamed_log_goes_on_for_who_stood_in_it_and_not_for_who_was_ahead);
	tcase_add_test(cases, a_log_that_was_renamed_before_is_rebuilt_from_its_archive_too);
	tcase_add_test(cases, an_archive_of_another_history_is_refused_and_changes_nothing);
	tcase_add_test(cases, an_archive_without_its_beginning_is_refused);
	suite_add_tcase(suite, cases);
	return suite;
}
