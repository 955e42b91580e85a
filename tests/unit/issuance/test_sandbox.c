/* Tests of an installation where everybody is made up: its events say so, and it cannot be one
 * where somebody is not. */
#include "libshared/check.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct bytes ana;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_given_license(&kit, ana);
}

static void teardown(void)
{
	kit_close(&kit);
}

static Cairn__Status when_marked(void)
{
	Issuance__MarkSandbox ask = ISSUANCE__MARK_SANDBOX__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;

	command.body_case = ISSUANCE__COMMAND__BODY_MARK_SANDBOX;
	command.mark_sandbox = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

/* The first public event of a fresh credential, as its state sees it. */
static struct bytes first_event(void)
{
	const Cairn__CloudEvent *event;

	issuance_released(&kit, ana, true);
	event = issuance_public_event(&kit, 1, "TN");
	ck_assert_ptr_nonnull(event);
	return message_pack(&event->base, kit.arena);
}

static bool says(struct bytes event, const char *text)
{
	return memmem(event.data, event.len, text, strlen(text)) != NULL;
}

START_TEST(events_of_a_sandbox_say_so_in_their_source_and_an_attribute)
{
	struct bytes event;

	ck_assert_int_eq(when_marked(), CAIRN__STATUS__OK);
	event = first_event();
	ck_assert(says(event, "urn:cairn:sandbox:issuance.0.public"));
	ck_assert(says(event, "\x07sandbox"));
}
END_TEST

START_TEST(events_of_others_do_not)
{
	struct bytes event = first_event();

	ck_assert(says(event, "urn:cairn:issuance.0.public"));
	ck_assert(!says(event, "sandbox"));
}
END_TEST

START_TEST(what_has_signed_for_a_teacher_becomes_no_sandbox)
{
	first_event();
	ck_assert_int_eq(when_marked(), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(kit.got.reason, ISSUANCE__REASON__NOT_EMPTY);
	ck_assert(!is_sandbox(kit_view(&kit)));
}
END_TEST

START_TEST(a_second_time_says_nothing_new)
{
	struct record record;

	ck_assert_int_eq(when_marked(), CAIRN__STATUS__OK);
	while (kit_next_event(&kit, &record) != NULL)
		;
	ck_assert_int_eq(when_marked(), CAIRN__STATUS__OK);
	ck_assert_ptr_null(kit_next_event(&kit, &record));
	first_event();
	ck_assert_int_eq(when_marked(), CAIRN__STATUS__OK);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *t = tcase_create("sandbox");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, events_of_a_sandbox_say_so_in_their_source_and_an_attribute);
	tcase_add_test(t, events_of_others_do_not);
	tcase_add_test(t, what_has_signed_for_a_teacher_becomes_no_sandbox);
	tcase_add_test(t, a_second_time_says_nothing_new);
	suite_add_tcase(suite, t);
	return suite;
}
