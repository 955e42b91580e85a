/* What a rule gives back, and that ids and draws are the same when an input is decided again. */
#include "libshared/decision.h"

#include "libshared/check.h"
#include "tests/support/sample.pb-c.h"
#include "tests/support/suite.h"

#include <string.h>

#define NOW_US (INT64_C(1780000000) * US_PER_S)

static struct caps caps;
static struct decision d;

static struct decision fresh(uint8_t input)
{
	struct decision fresh = {.now_us = NOW_US,
				 .caps = &caps,
				 .event = &sample__command__descriptor,
				 .arena = d.arena};

	memset(fresh.input_id.b, input, ID_LEN);
	memset(fresh.entity.b, 9, ID_LEN);
	return fresh;
}

static void set_up(void)
{
	d.arena = arena_new(4096);
	memset(caps.noise_key, 5, sizeof caps.noise_key);
	d = fresh(1);
}

static void tear_down(void)
{
	arena_destroy(&d.arena);
}

static void emit_number(uint32_t number)
{
	Sample__Command event = SAMPLE__COMMAND__INIT;

	event.body_case = SAMPLE__COMMAND__BODY_NUMBER;
	event.number = number;
	emit(&d, &event.base);
}

START_TEST(events_are_listed_in_the_order_they_were_emitted)
{
	static const uint8_t one[] = {0x18, 1}, two[] = {0x18, 2};

	emit_number(1);
	emit_number(2);
	ck_assert(bytes_equal(d.first->payload, BYTES_OF(one)));
	ck_assert(bytes_equal(d.first->next->payload, BYTES_OF(two)));
	ck_assert_ptr_null(d.first->next->next);
	ck_assert_uint_eq(d.first->kind, 3);
	ck_assert(id_equal(&d.first->entity, &d.entity));
}
END_TEST

START_TEST(an_event_may_be_about_something_else)
{
	Sample__Command event = SAMPLE__COMMAND__INIT;
	struct id other = {{7}};

	event.body_case = SAMPLE__COMMAND__BODY_WORD;
	event.word = "text on the stack";
	emit_about(&d, bytes_of_id(&other), &event.base);
	ck_assert(id_equal(&d.first->entity, &other));
	ck_assert_uint_eq(d.first->kind, 4);
}
END_TEST

START_TEST(an_event_without_a_body_stops_the_process)
{
	emit(&d, &(Sample__Command)SAMPLE__COMMAND__INIT.base);
}
END_TEST

START_TEST(an_event_of_another_type_stops_the_process)
{
	Sample__Turn turn = SAMPLE__TURN__INIT;

	turn.way_case = SAMPLE__TURN__WAY_LEFT;
	emit(&d, &turn.base);
}
END_TEST

START_TEST(a_refusal_forgets_what_was_emitted)
{
	emit_number(1);
	ck_assert_int_eq(refuse(&d, 12), REFUSED);
	ck_assert_uint_eq(d.reason, 12);
	ck_assert_ptr_null(d.text);
	ck_assert_ptr_null(d.first);
	emit_number(2);
	ck_assert_ptr_nonnull(d.first);
}
END_TEST

START_TEST(a_refusal_may_say_why)
{
	char long_text[600];

	ck_assert_int_eq(refuse_text(&d, 3, "no seat is left in %s; ask %d", "pool", 7), REFUSED);
	ck_assert_uint_eq(d.reason, 3);
	ck_assert_str_eq(d.text, "no seat is left in pool; ask 7");
	memset(long_text, 'x', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	refuse_text(&d, 3, "%s", long_text);
	ck_assert_str_eq(d.text, long_text);
}
END_TEST

START_TEST(what_waits_says_for_what_and_has_emitted_nothing)
{
	struct id entry = {{4}};

	emit_number(1);
	ck_assert_int_eq(await(&d, 31, bytes_of_id(&entry)), AWAITING);
	ck_assert_uint_eq(d.awaits_kind, 31);
	ck_assert(id_equal(&d.awaits_id, &entry));
	ck_assert_ptr_null(d.first);
	await(&d, 31, (struct bytes){entry.b, 5});
	ck_assert(id_is_none(&d.awaits_id));
}
END_TEST

START_TEST(what_is_brought_is_listed_in_order)
{
	struct id one = {{1}}, two = {{2}};

	brings(&d, 4, bytes_of_id(&one));
	brings(&d, 5, BYTES_NONE);
	brings(&d, 6, bytes_of_id(&two));
	ck_assert_uint_eq(d.brought->kind, 4);
	ck_assert(id_equal(&d.brought->id, &one));
	ck_assert_uint_eq(d.brought->next->kind, 6);
	ck_assert(id_equal(&d.brought->next->id, &two));
	ck_assert_ptr_null(d.brought->next->next);
	await(&d, 1, bytes_of_id(&one));
	ck_assert_ptr_null(d.brought);
}
END_TEST

START_TEST(each_version_of_a_thing_has_its_own_id)
{
	struct id entry = {{1}}, other = {{2}};
	struct id first = id_of_version(bytes_of_id(&entry), 1);
	struct id again = id_of_version(bytes_of_id(&entry), 1);
	struct id second = id_of_version(bytes_of_id(&entry), 2);
	struct id of_other = id_of_version(bytes_of_id(&other), 1);

	ck_assert(is_id(bytes_of_id(&first)));
	ck_assert(id_equal(&first, &again));
	ck_assert(!id_equal(&first, &second));
	ck_assert(!id_equal(&first, &of_other));
}
END_TEST

START_TEST(an_answer_is_packed)
{
	Sample__Rate rate = SAMPLE__RATE__INIT;
	static const uint8_t expected[] = {8, 5};

	rate.row = 5;
	answer(&d, &rate.base);
	ck_assert(bytes_equal(d.answer, BYTES_OF(expected)));
}
END_TEST

START_TEST(an_answer_too_long_to_record_stops_the_process)
{
	Sample__Command body = SAMPLE__COMMAND__INIT;
	static char word[ANSWER_MAX];

	memset(word, 'w', sizeof word - 1);
	body.body_case = SAMPLE__COMMAND__BODY_WORD;
	body.word = word;
	answer(&d, &body.base);
}
END_TEST

START_TEST(the_same_input_gets_the_same_ids_and_draws_again)
{
	struct decision again = fresh(1);
	struct bytes a = new_id(&d), b = new_id(&d);
	uint64_t n = draw(&d, 1000000007);

	ck_assert(!bytes_equal(a, b));
	ck_assert(bytes_equal(a, new_id(&again)));
	ck_assert(bytes_equal(b, new_id(&again)));
	ck_assert_uint_eq(n, draw(&again, 1000000007));
}
END_TEST

START_TEST(another_input_or_key_gets_other_ids)
{
	struct decision other = fresh(2), rekeyed = fresh(1);
	struct caps other_caps = caps;
	struct bytes id = new_id(&d);

	other_caps.noise_key[31] ^= 1;
	rekeyed.caps = &other_caps;
	ck_assert(!bytes_equal(id, new_id(&other)));
	ck_assert(!bytes_equal(id, new_id(&rekeyed)));
}
END_TEST

START_TEST(a_new_id_is_a_uuid7_of_the_decision_s_time)
{
	struct bytes id = new_id(&d);

	ck_assert(is_id(id));
	ck_assert(is_timed_id(id));
	ck_assert_int_eq(id_time_us(id), NOW_US);
}
END_TEST

/* By Python: hashlib.blake2b(b"id\0" + bytes([1]) * 16 + bytes(4), digest_size=16,
 * key=bytes([5]) * 32), version and variant set. */
START_TEST(a_new_id_has_its_noise_from_keyed_blake2b)
{
	ck_assert_str_eq(ID_STR(new_id(&d)) + 14, "761d-bd6a-09299f88aaa1");
}
END_TEST

START_TEST(draws_are_even)
{
	unsigned seen[5] = {0};

	for (int i = 0; i < 50000; i++)
		seen[draw(&d, ARRAY_LEN(seen))]++;
	for (size_t i = 0; i < ARRAY_LEN(seen); i++)
		ck_assert_uint_le(seen[i] > 10000 ? seen[i] - 10000 : 10000 - seen[i], 500);
}
END_TEST

/* Of 3 * 2^62 numbers, modulo would give those below 2^62 half of all draws instead of a third. */
START_TEST(draws_from_a_huge_range_are_even)
{
	unsigned low = 0;

	for (int i = 0; i < 30000; i++)
		low += draw(&d, UINT64_C(3) << 62) < UINT64_C(1) << 62;
	ck_assert_uint_ge(low, 9500);
	ck_assert_uint_le(low, 10500);
}
END_TEST

START_TEST(a_draw_from_one_is_zero)
{
	ck_assert_uint_eq(draw(&d, 1), 0);
}
END_TEST

START_TEST(a_new_message_starts_as_its_initializer_says)
{
	Sample__Rate *rate = NEW(&d, Sample__Rate, SAMPLE__RATE__INIT);
	struct id id = {{8}};

	ck_assert_ptr_eq(rate->base.descriptor, &sample__rate__descriptor);
	ck_assert_uint_eq(rate->row, 0);
	ck_assert_uint_eq(pb_of_id(&id).len, ID_LEN);
	ck_assert_ptr_eq(pb_of_id(&id).data, id.b);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("decision");
	TCase *tcase = tcase_create("decision");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, events_are_listed_in_the_order_they_were_emitted);
	tcase_add_test(tcase, an_event_may_be_about_something_else);
	tcase_add_test_raise_signal(tcase, an_event_without_a_body_stops_the_process, 6);
	tcase_add_test_raise_signal(tcase, an_event_of_another_type_stops_the_process, 6);
	tcase_add_test(tcase, a_refusal_forgets_what_was_emitted);
	tcase_add_test(tcase, a_refusal_may_say_why);
	tcase_add_test(tcase, what_waits_says_for_what_and_has_emitted_nothing);
	tcase_add_test(tcase, what_is_brought_is_listed_in_order);
	tcase_add_test(tcase, each_version_of_a_thing_has_its_own_id);
	tcase_add_test(tcase, an_answer_is_packed);
	tcase_add_test_raise_signal(tcase, an_answer_too_long_to_record_stops_the_process, 6);
	tcase_add_test(tcase, the_same_input_gets_the_same_ids_and_draws_again);
	tcase_add_test(tcase, another_input_or_key_gets_other_ids);
	tcase_add_test(tcase, a_new_id_is_a_uuid7_of_the_decision_s_time);
	tcase_add_test(tcase, a_new_id_has_its_noise_from_keyed_blake2b);
	tcase_add_test(tcase, draws_are_even);
	tcase_add_test(tcase, draws_from_a_huge_range_are_even);
	tcase_add_test(tcase, a_draw_from_one_is_zero);
	tcase_add_test(tcase, a_new_message_starts_as_its_initializer_says);
	suite_add_tcase(suite, tcase);
	return suite;
}
