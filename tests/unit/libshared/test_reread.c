/* A log read once more: what a release before passed over is learned, once, and nothing else. */
#include "libshared/reread.h"
#include "libshared/cursors.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"
#include "tests/support/toy_service.h"

#define UP "up.0.log"

/* The release before hears of nothing; this one of what is added, and one after it of what breaks.
 */
static const struct learned added[] = {{UP, 1, TOY__EVENT__BODY_ADDED}};
static const struct learned more[] = {{UP, 1, TOY__EVENT__BODY_ADDED},
				      {UP, 2, TOY__EVENT__BODY_OPENED}};

static struct kit kit;
static struct upstream deaf, hearing;
static struct service before, today, later;

static enum verdict hear_nothing(const struct view *v, const ProtobufCMessage *event,
				 const struct record *record, struct decision *d)
{
	(void)v, (void)event, (void)record, (void)d;
	return ACCEPTED;
}

static unsigned n_opened;

static enum verdict count_opened(const struct view *v, const ProtobufCMessage *event,
				 const struct record *record, struct decision *d)
{
	if (body_kind(event) == TOY__EVENT__BODY_OPENED)
		n_opened++;
	return toy_service.upstreams[0].decide(v, event, record, d);
}

static void setup(void)
{
	deaf = hearing = toy_service.upstreams[0];
	deaf.decide = hear_nothing;
	hearing.decide = count_opened;
	n_opened = 0;
	before = today = later = toy_service;
	before.upstreams = &deaf;
	today.upstreams = later.upstreams = &hearing;
	today.learned = added;
	today.n_learned = ARRAY_LEN(added);
	later.learned = more;
	later.n_learned = ARRAY_LEN(more);
	kit_open(&kit, &before);
}

static void teardown(void)
{
	kit_close(&kit);
}

static void upgrade(const struct service *service)
{
	kit.service = service;
	kit_reopen(&kit);
}

static struct bytes given_open(void)
{
	Toy__Command command = TOY__COMMAND__INIT;
	Toy__Open open = TOY__OPEN__INIT;
	struct bytes counter = kit_id(&kit);

	open.counter = pb_of_bytes(counter);
	command.body_case = TOY__COMMAND__BODY_OPEN;
	command.open = &open;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
	return counter;
}

/* Written there, and not followed yet. */
static void written_added(struct bytes counter, uint64_t amount)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Added body = TOY__ADDED__INIT;

	body.counter = pb_of_bytes(counter);
	body.amount = amount;
	event.body_case = TOY__EVENT__BODY_ADDED;
	event.added = &body;
	kit_write_upstream(&kit, UP, counter, &event.base);
}

static void upstream_added(struct bytes counter, uint64_t amount)
{
	written_added(counter, amount);
	ck_assert(kit_follow(&kit, UP, 1));
}

static void upstream_opened(struct bytes counter)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Opened body = TOY__OPENED__INIT;

	body.counter = pb_of_bytes(counter);
	event.body_case = TOY__EVENT__BODY_OPENED;
	event.opened = &body;
	kit_upstream(&kit, UP, counter, &event.base);
}

static uint64_t heard(struct bytes counter)
{
	Toy__Query query = TOY__QUERY__INIT;
	Toy__Get get = TOY__GET__INIT;

	get.counter = pb_of_bytes(counter);
	query.body_case = TOY__QUERY__BODY_GET;
	query.get = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Toy__Answer *)kit.answer)->total->heard;
}

static uint64_t cursor(void)
{
	struct position at = {.seq = 0};

	engine_cursor(kit.engine, 0, &at);
	return at.seq;
}

static void follow_all(void)
{
	while (kit_follow(&kit, UP, UINT64_MAX))
		;
}

START_TEST(what_was_passed_over_is_learned_after_an_upgrade)
{
	struct bytes counter = given_open();

	for (uint64_t i = 1; i <= 5; i++)
		upstream_added(counter, i);
	ck_assert_uint_eq(heard(counter), 0);
	upgrade(&today);
	ck_assert_uint_eq(cursor(), 0);
	follow_all();
	ck_assert_uint_eq(heard(counter), 15);
	ck_assert_uint_eq(cursor(), 5);
}
END_TEST

START_TEST(what_came_since_is_heard_once)
{
	struct bytes counter = given_open();

	upstream_added(counter, 1);
	upgrade(&today);
	follow_all();
	upstream_added(counter, 10);
	upgrade(&today);
	follow_all();
	ck_assert_uint_eq(heard(counter), 11);
	ck_assert_uint_eq(cursor(), 2);
}
END_TEST

START_TEST(a_crash_in_the_middle_goes_on_there)
{
	struct bytes counter = given_open();

	for (uint64_t i = 1; i <= 5; i++)
		upstream_added(counter, i);
	upgrade(&today);
	for (uint64_t done = 1; done <= 5; done++) {
		ck_assert(kit_follow(&kit, UP, 1));
		kit_reopen(&kit);
		ck_assert_uint_eq(cursor(), done);
	}
	ck_assert(!kit_follow(&kit, UP, 1));
	ck_assert_uint_eq(heard(counter), 15);
}
END_TEST

START_TEST(the_release_before_goes_on_in_the_middle_and_nothing_is_heard_twice)
{
	struct bytes counter = given_open();

	upstream_added(counter, 1);
	upstream_added(counter, 2);
	upgrade(&today);
	ck_assert(kit_follow(&kit, UP, 1));
	upgrade(&before);
	upstream_added(counter, 4);
	upgrade(&today);
	follow_all();
	ck_assert_uint_eq(heard(counter), 7);
	upstream_added(counter, 8);
	ck_assert_uint_eq(heard(counter), 15);
	ck_assert_uint_eq(cursor(), 4);
}
END_TEST

/* What is behind where the cursor stood is followed from there. */
START_TEST(a_batch_that_goes_further_ends_where_the_cursor_stood)
{
	struct bytes counter = given_open();

	for (uint64_t i = 1; i <= 3; i++)
		upstream_added(counter, i);
	upgrade(&today);
	written_added(counter, 10);
	ck_assert(kit_follow(&kit, UP, 4));
	ck_assert_uint_eq(heard(counter), 6);
	ck_assert_uint_eq(cursor(), 3);
	ck_assert(kit_follow(&kit, UP, 4));
	ck_assert_uint_eq(heard(counter), 16);
}
END_TEST

START_TEST(a_release_after_that_reads_only_what_is_new_to_it)
{
	struct bytes counter = given_open();

	upstream_opened(counter);
	upstream_added(counter, 1);
	upgrade(&today);
	follow_all();
	ck_assert_uint_eq(n_opened, 0);
	upgrade(&later);
	follow_all();
	ck_assert_uint_eq(n_opened, 1);
	ck_assert_uint_eq(heard(counter), 1);
}
END_TEST

START_TEST(a_new_installation_reads_nothing_twice)
{
	struct bytes counter = given_open();

	upgrade(&today);
	upstream_added(counter, 3);
	kit_reopen(&kit);
	ck_assert_uint_eq(cursor(), 1);
	ck_assert_uint_eq(heard(counter), 3);
}
END_TEST

START_TEST(an_event_that_waits_is_not_parked_twice)
{
	struct bytes counter = kit_id(&kit);

	upgrade(&today);
	upstream_added(counter, 3);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 1);
	today.learned = more;
	today.n_learned = ARRAY_LEN(more);
	upgrade(&today);
	follow_all();
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 1);
}
END_TEST

START_TEST(a_log_without_its_beginning_is_followed_from_where_the_cursor_stood)
{
	struct bytes counter = given_open();

	upstream_added(counter, 1);
	upgrade(&today);
	engine_view_end(kit.engine);
	engine_skip_reread(kit.engine, 0);
	ck_assert_uint_eq(cursor(), 1);
	upstream_added(counter, 2);
	ck_assert_uint_eq(heard(counter), 2);
	kit_reopen(&kit);
	ck_assert_uint_eq(cursor(), 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("reread");
	TCase *t = tcase_create("after an upgrade");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_was_passed_over_is_learned_after_an_upgrade);
	tcase_add_test(t, what_came_since_is_heard_once);
	tcase_add_test(t, a_crash_in_the_middle_goes_on_there);
	tcase_add_test(t, the_release_before_goes_on_in_the_middle_and_nothing_is_heard_twice);
	tcase_add_test(t, a_batch_that_goes_further_ends_where_the_cursor_stood);
	tcase_add_test(t, a_release_after_that_reads_only_what_is_new_to_it);
	tcase_add_test(t, a_new_installation_reads_nothing_twice);
	tcase_add_test(t, an_event_that_waits_is_not_parked_twice);
	tcase_add_test(t, a_log_without_its_beginning_is_followed_from_where_the_cursor_stood);
	suite_add_tcase(s, t);
	return s;
}
