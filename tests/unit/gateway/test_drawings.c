/* Tests of drawings: made by a child, once, and remembered. */
#include "services/gateway/web/drawings.h"
#include "libshared/clock.h"
#include "services/gateway/web/workers.h"
#include "tests/support/suite.h"

#include <string.h>

static struct workers *workers;
static struct drawings *drawings;

static void setup(void)
{
	workers = workers_open(1);
	ENSURE(workers != NULL);
	drawings = drawings_new(workers);
}

static void teardown(void)
{
	drawings_destroy(&drawings);
	workers_close(&workers);
}

static json_t *card(const char *title)
{
	return json_pack("{s:s, s:s, s:s}", "draw", "card", "title", title, "kicker", "K");
}

/* Until it is there, or cannot be. */
static enum drawn when_drawn(const json_t *job, struct bytes *file_r)
{
	zmq_pollitem_t items[WORKERS_MAX];
	enum drawn drawn;

	while ((drawn = drawings_get(drawings, job, file_r)) == DRAWN_LATER) {
		unsigned n = workers_items(workers, items, WORKERS_MAX);

		(void)zmq_poll(items, (int)n, 1000);
		workers_turn(workers, clock_mono_us());
	}
	return drawn;
}

START_TEST(a_card_is_drawn_by_a_child_and_then_at_hand)
{
	AUTO(json_decrefp) json_t *job = card("Phonemic awareness");
	struct bytes file;

	ck_assert_int_eq(drawings_get(drawings, job, &file), DRAWN_LATER);
	ck_assert_int_eq(when_drawn(job, &file), DRAWN);
	ck_assert_mem_eq(file.data, "\x89PNG", 4);
	ck_assert_int_eq(drawings_get(drawings, job, &file), DRAWN);
}
END_TEST

START_TEST(what_cannot_be_drawn_is_said_and_may_be_tried_again)
{
	AUTO(json_decrefp) json_t *job = json_pack("{s:s}", "draw", "gif");
	struct bytes file;

	ck_assert_int_eq(when_drawn(job, &file), DRAWN_NOT);
	ck_assert_int_eq(when_drawn(job, &file), DRAWN_NOT);
}
END_TEST

START_TEST(too_many_at_once_are_told_to_come_again)
{
	struct bytes file;
	enum drawn drawn = DRAWN_LATER;

	for (int i = 0; i < 200 && drawn == DRAWN_LATER; i++) {
		char title[20];
		AUTO(json_decrefp) json_t *job = NULL;

		snprintf(title, sizeof title, "%d", i);
		job = card(title);
		drawn = drawings_get(drawings, job, &file);
	}
	ck_assert_int_eq(drawn, DRAWN_BUSY);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway drawings");
	TCase *tcase = tcase_create("drawings");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_card_is_drawn_by_a_child_and_then_at_hand);
	tcase_add_test(tcase, what_cannot_be_drawn_is_said_and_may_be_tried_again);
	tcase_add_test(tcase, too_many_at_once_are_told_to_come_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
