/* The position query: a number becomes a whole position that the log accepts. */
#include "libshared/check.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/toy_service.h"

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

/* One commit of n events. */
static void given_commit(unsigned n)
{
	Toy__Open open = TOY__OPEN__INIT;
	Toy__Command command = TOY__COMMAND__INIT;

	command.body_case = TOY__COMMAND__BODY_OPEN;
	command.open = &open;
	for (unsigned i = 0; i < n; i++) {
		open.counter = pb_of_bytes(kit_id(&kit));
		kit_submit(&kit, kit_id(&kit), ROLE_PORTAL | ROLE_OPERATOR, BYTES_NONE,
			   &command.base);
	}
	kit_run(&kit);
}

static Cairn__Status ask(const char *stream, uint64_t seq, struct position *at_r)
{
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	Cairn__GetPosition get = CAIRN__GET_POSITION__INIT;
	Cairn__Head head = CAIRN__HEAD__INIT;
	const Cairn__RuntimeAnswer *answer;
	struct request request = {.head = &head, .roles = ROLE_FOLLOW};
	struct reply reply;
	bool held;

	get.stream = (char *)(uintptr_t)stream;
	get.seq = seq;
	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_POSITION;
	query.get_position = &get;
	head.wire = 1;
	head.kind = QUERY_BASE + RUNTIME_BASE + CAIRN__RUNTIME_QUERY__BODY_GET_POSITION;
	request.body = message_pack(&query.base, kit.arena);
	engine_query(kit.engine, &request, kit.now_us, kit.arena, &reply, &held);
	if (reply.status != CAIRN__STATUS__OK)
		return reply.status;
	answer = (const Cairn__RuntimeAnswer *)cairn__runtime_answer__unpack(NULL, reply.answer.len,
									     reply.answer.data);
	ck_assert_ptr_nonnull(answer);
	ck_assert_int_eq(answer->body_case, CAIRN__RUNTIME_ANSWER__BODY_POSITION);
	*at_r = (struct position){.log_id = id_of_bytes(bytes_of_pb(answer->position->log_id)),
				  .epoch = answer->position->epoch,
				  .seq = answer->position->seq};
	memcpy(at_r->chain, answer->position->chain.data, CHAIN_LEN);
	cairn__runtime_answer__free_unpacked((Cairn__RuntimeAnswer *)(uintptr_t)answer, NULL);
	return reply.status;
}

START_TEST(position_is_that_of_the_last_commit_not_beyond_the_number)
{
	static const struct {
		uint64_t asked, expected;
	} rows[] = {{0, 0}, {1, 0}, {2, 0}, {3, 3}, {4, 3}, {5, 5}, {6, 6}, {7, 6}, {999, 6}};
	struct position at;

	given_commit(3);
	given_commit(2);
	given_commit(1);
	ck_assert_int_eq(ask("toy.0.log", rows[_i].asked, &at), CAIRN__STATUS__OK);
	ck_assert_uint_eq(at.seq, rows[_i].expected);
	ck_assert_int_eq(engine_check_position(kit.engine, &at), FOLLOW_OK);
}
END_TEST

START_TEST(position_of_a_forgotten_part_is_refused)
{
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;
	Cairn__TrimLog trim = CAIRN__TRIM_LOG__INIT;
	Cairn__Head head = CAIRN__HEAD__INIT;
	struct bytes id = kit_id(&kit);
	struct request request = {.head = &head, .roles = ROLE_OPERATOR};
	struct position at;

	for (unsigned i = 0; i < 4; i++)
		given_commit(1);
	trim.through_seq = 2;
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG;
	command.trim_log = &trim;
	head.wire = 1;
	head.kind = RUNTIME_BASE + CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG;
	head.id = pb_of_bytes(id);
	request.body = message_pack(&command.base, kit.arena);
	ck_assert(engine_submit(kit.engine, &request, kit.now_us));
	kit_run(&kit);
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__OK);

	ck_assert_int_eq(ask("toy.0.log", 1, &at), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(ask("toy.0.log", 2, &at), CAIRN__STATUS__OK);
	ck_assert_uint_eq(at.seq, 2);
	ck_assert_int_eq(engine_check_position(kit.engine, &at), FOLLOW_OK);
	exit(0); /* kit_close() would verify without an archive */
}
END_TEST

START_TEST(position_in_a_stream_that_is_not_here_is_refused)
{
	struct position at;

	ck_assert_int_eq(ask("other.0.log", 0, &at), CAIRN__STATUS__REJECTED);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("position");
	TCase *cases = tcase_create("query");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_loop_test(cases, position_is_that_of_the_last_commit_not_beyond_the_number, 0, 9);
	tcase_add_test(cases, position_of_a_forgotten_part_is_refused);
	tcase_add_test(cases, position_in_a_stream_that_is_not_here_is_refused);
	suite_add_tcase(suite, cases);
	return suite;
}
