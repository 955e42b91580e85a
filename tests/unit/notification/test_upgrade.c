/* Notification after a release that knew neither stacks nor what becomes of credentials: what was
 * not told is told, once. */
#include "services/notification/notification.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct upstream upstreams[N_UPSTREAMS];
static struct service before;

static enum verdict pass_over(unsigned upstream, const struct view *view,
			      const ProtobufCMessage *event, const struct record *record,
			      struct decision *d)
{
	const struct upstream *today = &notification_upstreams[upstream];

	if (upstream == UP_ISSUANCE && body_kind(event) == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED)
		return today->decide(view, event, record, d); /* told, but for its end */
	for (size_t i = 0; i < ARRAY_LEN(notification_learned); i++)
		if (notification_learned[i].kind == body_kind(event) &&
		    strcmp(notification_learned[i].stream, today->stream) == 0)
			return ACCEPTED;
	return today->decide(view, event, record, d);
}

static enum verdict of_enrollment(const struct view *view, const ProtobufCMessage *event,
				  const struct record *record, struct decision *d)
{
	return pass_over(UP_ENROLLMENT, view, event, record, d);
}

static enum verdict of_issuance(const struct view *view, const ProtobufCMessage *event,
				const struct record *record, struct decision *d)
{
	return pass_over(UP_ISSUANCE, view, event, record, d);
}

static void setup(void)
{
	memcpy(upstreams, notification_upstreams, sizeof upstreams);
	upstreams[UP_ENROLLMENT].decide = of_enrollment;
	upstreams[UP_ISSUANCE].decide = of_issuance;
	before = notification_service;
	before.upstreams = upstreams;
	before.learned = NULL;
	before.n_learned = 0;
	notice_kit_open(&kit, &before);
	given_ana(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

static void upgrade(void)
{
	static const char *const streams[] = {"enrollment.0.log", "issuance.0.log"};

	kit.service = &notification_service;
	kit_reopen(&kit);
	for (size_t i = 0; i < ARRAY_LEN(streams); i++)
		while (kit_follow(&kit, streams[i], UINT64_MAX))
			;
}

static void given_a_stack(struct bytes stack)
{
	Enrollment__StackPublished published = ENROLLMENT__STACK_PUBLISHED__INIT;
	Enrollment__Document document = ENROLLMENT__DOCUMENT__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	static char code[] = "st-upgrade", title[] = "Of one";

	document.id = pb_of_bytes(stack);
	document.code = code;
	document.version = 1;
	document.title = title;
	published.stack = &document;
	event.body_case = ENROLLMENT__EVENT__BODY_STACK_PUBLISHED;
	event.stack_published = &published;
	kit_upstream(&kit, "enrollment.0.log", stack, &event.base);
}

static void when_awarded(struct bytes stack)
{
	Issuance__CredentialIssued issued = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	issued.credential = pb_of_bytes(THE_CREDENTIAL);
	issued.educator = pb_of_bytes(ANA);
	issued.entry = pb_of_bytes(stack);
	issued.version = 1;
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	event.credential_issued = &issued;
	kit_upstream(&kit, "issuance.0.log", THE_CREDENTIAL, &event.base);
}

START_TEST(the_award_that_waited_is_told_after_an_upgrade)
{
	struct bytes stack = kit_name("stack", "st-upgrade");

	given_a_stack(stack);
	when_awarded(stack);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 1);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 0);
	upgrade();
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 1);
}
END_TEST

START_TEST(what_became_of_a_credential_is_told_after_an_upgrade)
{
	when_issued(&kit, THE_CREDENTIAL);
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED, THE_CREDENTIAL);
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED, THE_CREDENTIAL);
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED, THE_CREDENTIAL);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 1);
	upgrade();
	the_notice(&kit, NOTIFICATION__TOPIC__CREDENTIAL_SUSPENDED);
	the_notice(&kit, NOTIFICATION__TOPIC__CREDENTIAL_REINSTATED);
	the_notice(&kit, NOTIFICATION__TOPIC__CREDENTIAL_REVOKED);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 0);
}
END_TEST

/* One that was updated between releases has told them, and was never told that it knows. */
START_TEST(what_was_told_is_not_told_again)
{
	struct service between = notification_service;

	between.learned = NULL;
	between.n_learned = 0;
	kit.service = &between;
	kit_reopen(&kit);
	when_issued(&kit, THE_CREDENTIAL);
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED, THE_CREDENTIAL);
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 2);
	upgrade();
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("notification after an upgrade");
	TCase *tcase = tcase_create("upgrade");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_award_that_waited_is_told_after_an_upgrade);
	tcase_add_test(tcase, what_became_of_a_credential_is_told_after_an_upgrade);
	tcase_add_test(tcase, what_was_told_is_not_told_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
