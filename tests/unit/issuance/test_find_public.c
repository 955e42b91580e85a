/* Where a public event stands that is known by its id. */
#include "libshared/check.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define AT_ONCE 20
#define FIND_ROWS 10000 /* as query_public.c looks at of one millisecond */
#define UNKNOWN_NOISE ((const uint8_t *)"0123456789")

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	issuance_given_all(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* Events of one millisecond, a teacher each; the next ones are of a later one. */
static void given_events(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct bytes educator = kit_id(&kit);

		issuance_given_educator(&kit, educator);
		issuance_decided(&kit, &(struct decided){.educator = educator,
							 .decision = kit_id(&kit),
							 .enrollment = kit_id(&kit),
							 .passed = true});
	}
	kit_advance(&kit, 5 * US_PER_MS);
}

static struct id event_id(uint64_t seq)
{
	struct id id = ID_NONE;

	ck_assert(id_of_text(issuance_public_event(&kit, seq, "")->id, &id));
	return id;
}

static int64_t time_of(uint64_t seq)
{
	struct id id = event_id(seq);

	return id_time_us(bytes_of_id(&id));
}

static Cairn__Status ask(struct bytes event)
{
	Issuance__FindPublic find = ISSUANCE__FIND_PUBLIC__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;

	find.event = pb_of_bytes(event);
	query.body_case = ISSUANCE__QUERY__BODY_FIND_PUBLIC;
	query.find_public = &find;
	return kit_ask(&kit, BYTES_NONE, &query.base);
}

static uint64_t found(struct id event)
{
	ck_assert_int_eq(ask(bytes_of_id(&event)), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->public_found->seq;
}

static uint64_t found_at(int64_t at_us)
{
	return found(id_shaped(at_us, UNKNOWN_NOISE));
}

START_TEST(each_event_is_found_by_its_id)
{
	uint64_t head;

	given_events(1);
	given_events(AT_ONCE);
	given_events(2);
	given_events(1);
	head = issuance_public_head(&kit);
	ck_assert_uint_eq(head, AT_ONCE + 4);
	ck_assert_int_eq(time_of(2), time_of(1 + AT_ONCE));
	for (uint64_t seq = 1; seq <= head; seq++)
		ck_assert_uint_eq(found(event_id(seq)), seq);
}
END_TEST

START_TEST(no_event_is_found_by_an_id_that_none_has)
{
	int64_t began_us = kit.now_us, ended_us;

	ck_assert_uint_eq(found_at(began_us), 0);
	given_events(1);
	given_events(AT_ONCE);
	ended_us = kit.now_us;
	for (int64_t at_us = began_us - US_PER_MS; at_us <= ended_us; at_us += US_PER_MS)
		ck_assert_uint_eq(found_at(at_us), 0);
	ck_assert_uint_eq(found_at(0), 0);
	ck_assert_uint_eq(found_at(ended_us + US_PER_DAY), 0);
}
END_TEST

START_TEST(what_is_no_id_of_an_event_is_refused)
{
	ck_assert_int_eq(ask(BYTES_NONE), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(ask(bytes_of_text("short")), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(ask(kit_name("event", "3")), CAIRN__STATUS__INVALID);
}
END_TEST

/* As when a machine's clock was set back: its time stands. */
START_TEST(of_a_millisecond_with_very_many_not_all_are_looked_at)
{
	struct bytes olga = kit_id(&kit), credential;
	struct id last;

	given_events(1);
	credential = arena_copy(kit.arena, bytes_of_pb(issuance_next_issued(&kit)->credential));
	for (unsigned i = 0; i <= FIND_ROWS; i++) {
		kit_submit(&kit, kit_id(&kit), ROLE_OPERATOR | ROLE_ASSERTS, olga,
			   i % 2 == 0 ? life_suspend(kit.arena, credential)
				      : life_reinstate(kit.arena, credential));
		if (i % 500 == 0 || i == FIND_ROWS)
			kit_run(&kit);
	}
	ck_assert_uint_eq(issuance_public_head(&kit), FIND_ROWS + 2);
	ck_assert_uint_eq(found(event_id(FIND_ROWS + 1)), FIND_ROWS + 1);
	last = event_id(FIND_ROWS + 2);
	ck_assert_int_eq(ask(bytes_of_id(&last)), CAIRN__STATUS__INVALID);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("find public");
	TCase *t = tcase_create("find public");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, each_event_is_found_by_its_id);
	tcase_add_test(t, no_event_is_found_by_an_id_that_none_has);
	tcase_add_test(t, what_is_no_id_of_an_event_is_refused);
	tcase_add_test(t, of_a_millisecond_with_very_many_not_all_are_looked_at);
	suite_add_tcase(suite, t);
	return suite;
}
