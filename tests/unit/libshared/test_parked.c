/* Parked events: found by what they await, left alone when they stopped the process. */
#include "libshared/parked.h"
#include "libshared/check.h"
#include "libshared/suspects.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/toy_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &toy_service);
}

static void teardown(void)
{
	kit_close(&kit);
}

static void upstream_added(struct bytes counter)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Added added = TOY__ADDED__INIT;

	added.counter = pb_of_bytes(counter);
	added.amount = 1;
	event.body_case = TOY__EVENT__BODY_ADDED;
	event.added = &added;
	kit_upstream(&kit, "up.0.log", counter, &event.base);
}

static void when_opened(struct bytes counter)
{
	Toy__Open open = TOY__OPEN__INIT;
	Toy__Command command = TOY__COMMAND__INIT;

	open.counter = pb_of_bytes(counter);
	command.body_case = TOY__COMMAND__BODY_OPEN;
	command.open = &open;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
}

static struct parked parked_at(uint64_t seq)
{
	struct parked p;

	ck_assert(parked_get(kit_view(&kit), "up.0.log", seq, kit.arena, &p));
	return p;
}

/* ---- what peers name ---- */

static char *long_name(void)
{
	char *name = arena_zalloc(kit.arena, 20001);

	memset(name, 'x', 20000);
	return name;
}

START_TEST(a_list_of_a_stream_whose_name_fits_no_key_is_empty)
{
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	Cairn__ListParked list = CAIRN__LIST_PARKED__INIT;
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct request request = {.head = &head, .roles = ROLE_PORTAL};
	struct reply reply;
	bool held;

	list.stream = long_name();
	query.body_case = CAIRN__RUNTIME_QUERY__BODY_LIST_PARKED;
	query.list_parked = &list;
	head.wire = 1;
	head.kind = QUERY_BASE + RUNTIME_BASE + CAIRN__RUNTIME_QUERY__BODY_LIST_PARKED;
	request.body = message_pack(&query.base, kit.arena);
	engine_query(kit.engine, &request, kit.now_us, kit.arena, &reply, &held);
	ck_assert_int_eq(reply.status, CAIRN__STATUS__OK);
}
END_TEST

START_TEST(a_release_of_a_stream_whose_name_fits_no_key_is_rejected)
{
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;
	Cairn__ReleaseParked release = CAIRN__RELEASE_PARKED__INIT;
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct request request = {.head = &head, .roles = ROLE_OPERATOR};

	release.stream = long_name();
	release.seq = 1;
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_RELEASE_PARKED;
	command.release_parked = &release;
	head.wire = 1;
	head.kind = RUNTIME_BASE + CAIRN__RUNTIME_COMMAND__BODY_RELEASE_PARKED;
	head.id = pb_of_bytes(kit_id(&kit));
	request.body = message_pack(&command.base, kit.arena);
	ck_assert(engine_submit(kit.engine, &request, kit.now_us));
	kit_run(&kit);
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__REJECTED);
}
END_TEST

/* ---- quarantine ---- */

/* As if the process had ended twice while it decided the record. */
static void given_crashed_twice(const struct id *record)
{
	char path[128];

	snprintf(path, sizeof path, "%s/db/in_hand", kit.dir);
	engine_view_end(kit.engine);
	engine_close(&kit.engine);
	for (int i = 0; i < 2; i++) {
		struct suspects *s = suspects_open(path);

		ck_assert_ptr_nonnull(s);
		suspects_take(s, record);
		suspects_close(&s);
	}
	kit_reopen(&kit);
}

START_TEST(a_parked_event_that_stopped_the_process_twice_stays_parked)
{
	struct bytes counter = kit_id(&kit);
	struct record record;

	upstream_added(counter);
	ck_assert(record_unpack(parked_at(1).raw, 1, &record));
	given_crashed_twice(&record.id);
	when_opened(counter);
	ck_assert_int_eq(parked_at(1).reason, PARK_REFUSED);
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

START_TEST(a_command_is_done_although_an_event_that_it_releases_faults)
{
	struct bytes counter = kit_id(&kit);
	struct parked p;

	upstream_added(counter);
	upstream_broken(counter);
	upstream_added(counter);
	when_opened(counter);
	ck_assert(!parked_get(kit_view(&kit), "up.0.log", 1, kit.arena, &p));
	ck_assert_int_eq(parked_at(2).reason, PARK_REFUSED);
	ck_assert_int_eq(parked_at(3).reason, PARK_BEHIND);
}
END_TEST

/* ---- what they await ---- */

#define MANY 300

START_TEST(all_that_await_one_thing_are_met_once_whatever_they_await_then)
{
	struct id brought = {{1}}, other = {{2}};
	struct parked p = {.stream = ""};
	struct store *s;
	struct txn *t;
	unsigned met = 0;
	char dir[128];

	snprintf(dir, sizeof dir, "%s/parked", kit.dir);
	s = store_open(dir, NULL, 0, 0);
	ck_assert_ptr_nonnull(s);
	t = store_begin(s);
	for (uint64_t seq = 1; seq <= MANY; seq++) {
		struct parked one = {.stream = "up.0.log",
				     .seq = seq,
				     .reason = PARK_AWAITS,
				     .awaits_kind = 1,
				     .awaits_id = brought,
				     .raw = bytes_of_text("raw")};

		put_u64_be(one.entity.b, seq);
		parked_add(t, &one);
	}
	while (parked_next_awaiting(txn_view(t), 1, &brought, kit.arena, &p)) {
		struct parked again = p;

		met++;
		parked_remove(t, &p);
		if (met % 2 == 0)
			again.awaits_id = other;
		parked_add(t, &again);
	}
	ck_assert_uint_eq(met, MANY);
	txn_abort(&t);
	store_close(&s);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_list_of_a_stream_whose_name_fits_no_key_is_empty,
		a_release_of_a_stream_whose_name_fits_no_key_is_rejected,
		a_parked_event_that_stopped_the_process_twice_stays_parked,
		a_command_is_done_although_an_event_that_it_releases_faults,
		all_that_await_one_thing_are_met_once_whatever_they_await_then,
	};
	Suite *suite = suite_create("parked");
	TCase *tcase = tcase_create("parked");

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
