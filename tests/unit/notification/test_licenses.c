/* What is told of a license: that its term ends, four times, and that a credit needs a look. */
#include "services/notification/notification.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include "libshared/zone.h"

#define THE_LICENSE kit_name("license", "the one")
#define ENROLLMENT_LOG "enrollment.0.log"

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static char *text(const char *s)
{
	return arena_text(kit.arena, bytes_of_text(s));
}

static void when_linked(const char *expires)
{
	Enrollment__LicenseLinked linked = ENROLLMENT__LICENSE_LINKED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	linked.license = pb_of_bytes(THE_LICENSE);
	linked.educator = pb_of_bytes(ANA);
	linked.state = text("TN");
	linked.issued = text("2021-07-01");
	linked.expires = text(expires);
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_LINKED;
	event.license_linked = &linked;
	kit_upstream(&kit, ENROLLMENT_LOG, THE_LICENSE, &event.base);
}

static void when_renewed(const char *expires)
{
	Enrollment__LicenseRenewed renewed = ENROLLMENT__LICENSE_RENEWED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	renewed.license = pb_of_bytes(THE_LICENSE);
	renewed.educator = pb_of_bytes(ANA);
	renewed.issued = text("2026-07-01");
	renewed.expires = text(expires);
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_RENEWED;
	event.license_renewed = &renewed;
	kit_upstream(&kit, ENROLLMENT_LOG, THE_LICENSE, &event.base);
}

static void when_disputed(void)
{
	Issuance__LedgerDisputed disputed = ISSUANCE__LEDGER_DISPUTED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	disputed.posting = pb_of_bytes(kit_name("posting", "the one"));
	disputed.license = pb_of_bytes(THE_LICENSE);
	disputed.because = text("no_match");
	event.body_case = ISSUANCE__EVENT__BODY_LEDGER_DISPUTED;
	event.ledger_disputed = &disputed;
	kit_upstream(&kit, "issuance.0.log", THE_LICENSE, &event.base);
}

/* Noon of UTC, so many days before a day. */
static int64_t before(int year, int month, int day, int days)
{
	return (day_of_civil(year, month, day) - days) * US_PER_DAY + US_PER_DAY / 2;
}

/* Today is January 6. */
static const struct term_case {
	const char *expires;
	int month, day;
	unsigned n;
	int days[4];
} term_cases[] = {
	{"2026-12-31", 12, 31, 4, {180, 90, 30, 7}},
	{"2026-06-30", 6, 30, 3, {90, 30, 7}},
	{"2026-02-06", 2, 6, 2, {30, 7}},
	{"2026-01-20", 1, 20, 1, {7}},
};

START_TEST(the_end_of_a_term_is_told_at_180_90_30_and_7_days_that_are_ahead)
{
	const struct term_case *c = &term_cases[_i];
	const Notification__NoticePlanned *n;

	given_ana(&kit);
	when_linked(c->expires);
	for (unsigned i = 0; i < c->n; i++) {
		n = next_event(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED)->notice_planned;
		ck_assert_int_eq(n->topic, NOTIFICATION__TOPIC__LICENSE_DEADLINE);
		ck_assert_int_eq(n->at_us, before(2026, c->month, c->day, c->days[i]));
		ck_assert_uint_eq(n->days, (uint32_t)c->days[i]);
		ck_assert(bytes_equal(bytes_of_pb(n->about), THE_LICENSE));
	}
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 0);
}
END_TEST

START_TEST(a_term_that_ends_in_days_is_told_at_once_and_one_that_is_over_never)
{
	given_ana(&kit);
	when_linked("2026-01-09");
	ck_assert_int_eq(
		next_event(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED)->notice_planned->at_us,
		kit.now_us);
	when_renewed("2025-12-31");
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 0);
	when_renewed("");
	when_renewed("soon");
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 0);
}
END_TEST

START_TEST(a_renewal_ends_the_old_deadlines_and_begins_new_ones)
{
	given_ana(&kit);
	when_linked("2026-06-30");
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 3);
	kit_advance(&kit, 100 * US_PER_DAY);
	when_renewed("2031-06-30");
	kit.seen_seq = 0;
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_CANCELLED), 3);
	kit.seen_seq = 0;
	ck_assert_uint_eq(count_events(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED), 7);
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 4);
}
END_TEST

START_TEST(a_license_of_somebody_unknown_waits)
{
	when_linked("2026-12-31");
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 1);
	given_ana(&kit);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 4);
}
END_TEST

START_TEST(a_disputed_credit_is_told_to_whose_license_it_is)
{
	struct notice row;

	when_disputed();
	given_ana(&kit);
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 0);
	when_linked("2025-12-31");
	ck_assert(notice_get(kit_view(&kit), the_notice(&kit, NOTIFICATION__TOPIC__CREDIT_DISPUTED),
			     &row));
	ck_assert(bytes_equal(BYTES_OF(row.educator), ANA));
}
END_TEST

/* A release before knew none of it: what it read past is read once more, and told once. */
START_TEST(what_a_release_before_read_past_is_told_once)
{
	struct service before_it = notification_service;

	given_ana(&kit);
	when_linked("2026-12-31");
	when_renewed("2027-12-31");
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 4);
	before_it.learned = NULL;
	before_it.n_learned = 0;
	kit.service = &before_it;
	kit_reopen(&kit);
	kit.service = &notification_service;
	kit_reopen(&kit);
	while (kit_follow(&kit, ENROLLMENT_LOG, UINT64_MAX))
		;
	ck_assert_uint_eq(view_count(kit_view(&kit), OPEN), 4);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification licenses");
	TCase *t = tcase_create("licenses");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_loop_test(t, the_end_of_a_term_is_told_at_180_90_30_and_7_days_that_are_ahead, 0,
			    ARRAY_LEN(term_cases));
	tcase_add_test(t, a_term_that_ends_in_days_is_told_at_once_and_one_that_is_over_never);
	tcase_add_test(t, a_renewal_ends_the_old_deadlines_and_begins_new_ones);
	tcase_add_test(t, a_license_of_somebody_unknown_waits);
	tcase_add_test(t, a_disputed_credit_is_told_to_whose_license_it_is);
	tcase_add_test(t, what_a_release_before_read_past_is_told_once);
	suite_add_tcase(s, t);
	return s;
}
