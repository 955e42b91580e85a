/* The reminder before a credential ends: once, so many days before as the policy says. */
#include "services/notification/notification.h"
#include "services/notification/plan.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#define ISSUANCE_LOG "issuance.0.log"
#define YEAR_US (365 * US_PER_DAY)

static struct kit kit;

static void setup(void)
{
	notice_kit_open(&kit, &notification_service);
	given_ana(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

static void given_policy(uint32_t version, uint32_t days)
{
	Enrollment__PolicyPublished published = ENROLLMENT__POLICY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Policy policy = *kit_policy();

	policy.version = version;
	policy.expiry_notice_days = days;
	published.policy = &policy;
	event.body_case = ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED;
	event.policy_published = &published;
	kit_upstream(&kit, "enrollment.0.log", kit_name("policy", "policy"), &event.base);
}

/* 0: without an end. */
static void issued_until(int64_t valid_until_us)
{
	Issuance__CredentialIssued issued = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	issued.credential = pb_of_bytes(THE_CREDENTIAL);
	issued.educator = pb_of_bytes(ANA);
	issued.entry = kit_entry()->entry;
	issued.version = kit_entry()->version;
	issued.valid_from_us = kit.now_us;
	issued.valid_until_us = valid_until_us;
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	event.credential_issued = &issued;
	kit_upstream(&kit, ISSUANCE_LOG, THE_CREDENTIAL, &event.base);
}

/* NULL: none is planned. */
static const Notification__NoticePlanned *reminder(void)
{
	const Notification__Event *event;

	while ((event = next_event(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED)) != NULL)
		if (event->notice_planned->topic == NOTIFICATION__TOPIC__EXPIRY_COMING)
			return event->notice_planned;
	return NULL;
}

static uint16_t state_of(const Notification__NoticePlanned *planned)
{
	struct notice row;

	ck_assert(notice_get(kit_view(&kit), bytes_of_pb(planned->notice), &row));
	return row.state;
}

START_TEST(a_reminder_is_planned_for_so_many_days_before_the_end)
{
	const Notification__NoticePlanned *planned;
	int64_t end_us = kit.now_us + YEAR_US;

	given_policy(7, 30);
	issued_until(end_us);
	planned = reminder();
	ck_assert_ptr_nonnull(planned);
	ck_assert_int_eq(planned->at_us, end_us - 30 * US_PER_DAY);
	ck_assert_int_eq(planned->date_us, end_us);
	ck_assert_uint_eq(planned->days, 30);
	ck_assert_ptr_null(reminder());
	kit_reopen(&kit);
	ck_assert_uint_eq(state_of(planned), NOTICE_PLANNED);
}
END_TEST

/* A policy of a release before has no such number. */
START_TEST(without_a_number_it_is_ninety_days)
{
	int64_t end_us = kit.now_us + YEAR_US;

	given_policy(7, 0);
	issued_until(end_us);
	ck_assert_int_eq(reminder()->at_us, end_us - 90 * US_PER_DAY);
}
END_TEST

START_TEST(what_has_no_end_or_is_over_is_not_reminded_of)
{
	issued_until(0);
	ck_assert_ptr_null(reminder());
	issued_until(kit.now_us);
	ck_assert_ptr_null(reminder());
}
END_TEST

START_TEST(a_short_life_is_reminded_of_at_once_with_the_days_that_are_left)
{
	const Notification__NoticePlanned *planned;

	issued_until(kit.now_us + 10 * US_PER_DAY);
	planned = reminder();
	ck_assert_int_eq(planned->at_us, kit.now_us);
	ck_assert_uint_eq(planned->days, 10);
}
END_TEST

static void superseded(void)
{
	Issuance__CredentialSuperseded body = ISSUANCE__CREDENTIAL_SUPERSEDED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	body.credential = pb_of_bytes(THE_CREDENTIAL);
	body.educator = pb_of_bytes(ANA);
	body.superseded_by = pb_of_bytes(kit_name("credential", "the next"));
	body.reason = ISSUANCE__LIFE_REASON__RENEWAL;
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED;
	event.credential_superseded = &body;
	kit_upstream(&kit, ISSUANCE_LOG, THE_CREDENTIAL, &event.base);
}

static void revoked(void)
{
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED, THE_CREDENTIAL);
}

static void expired(void)
{
	Issuance__CredentialExpired body = ISSUANCE__CREDENTIAL_EXPIRED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	body.credential = pb_of_bytes(THE_CREDENTIAL);
	body.educator = pb_of_bytes(ANA);
	body.entry = kit_entry()->entry;
	body.version = kit_entry()->version;
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_EXPIRED;
	event.credential_expired = &body;
	kit_upstream(&kit, ISSUANCE_LOG, THE_CREDENTIAL, &event.base);
}

static void suspended(void)
{
	when_life_changes(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED, THE_CREDENTIAL);
}

static const struct end {
	void (*happens)(void);
	uint16_t state;
} ends[] = {
	{superseded, NOTICE_CANCELLED},
	{revoked, NOTICE_CANCELLED},
	{expired, NOTICE_CANCELLED},
	{suspended, NOTICE_PLANNED},
};

START_TEST(a_reminder_goes_with_what_ends_the_credential)
{
	const Notification__NoticePlanned *planned;

	issued_until(kit.now_us + YEAR_US);
	planned = reminder();
	ends[_i].happens();
	ck_assert_uint_eq(state_of(planned), ends[_i].state);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_reminder_is_planned_for_so_many_days_before_the_end,
		without_a_number_it_is_ninety_days,
		what_has_no_end_or_is_over_is_not_reminded_of,
		a_short_life_is_reminded_of_at_once_with_the_days_that_are_left,
	};
	Suite *suite = suite_create("reminders before the end");
	TCase *tcase = tcase_create("expiry");

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, a_reminder_goes_with_what_ends_the_credential, 0,
			    ARRAY_LEN(ends));
	suite_add_tcase(suite, tcase);
	return suite;
}
