/* A license's new term in the ledger: which days are of which term, in the state's own zone. */
#include "libshared/calendar.h"
#include "libshared/check.h"
#include "libshared/zone.h"
#include "services/issuance/ledger.h"
#include "services/issuance/tables_ledger.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define HOUR_US (INT64_C(3600) * US_PER_S)

static struct kit kit;
static struct bytes ana;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	/* DOMAIN 5.3: Tennessee's policy is of America/Chicago */
	issuance_given_policy(&kit, &(struct policy_given){"TN", "2020-01-01", "1", 1, "", NULL});
}

static void teardown(void)
{
	kit_close(&kit);
}

static void renewed(struct bytes license, const char *from, const char *to)
{
	Enrollment__LicenseRenewed body = ENROLLMENT__LICENSE_RENEWED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	body.license = pb_of_bytes(license);
	body.educator = pb_of_bytes(ana);
	body.issued = arena_text(kit.arena, bytes_of_text(from));
	body.expires = arena_text(kit.arena, bytes_of_text(to));
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_RENEWED;
	event.license_renewed = &body;
	kit_upstream(&kit, "enrollment.0.log", ana, &event.base);
}

/* A moment of UTC at which the kit stands then. */
static void now_is(const char *day, int64_t hours)
{
	int64_t at = 0;

	ck_assert(day_of_text(day, &at));
	kit_advance(&kit, at * US_PER_DAY + hours * HOUR_US - kit.now_us);
}

static const Issuance__LedgerPosted *next_posted(void)
{
	const Issuance__Event *event = issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_POSTED);

	return event != NULL ? event->ledger_posted : NULL;
}

static const Issuance__LedgerAnswer *ledger(struct bytes license)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetLedger get = ISSUANCE__GET_LEDGER__INIT;

	get.license = pb_of_bytes(license);
	query.body_case = ISSUANCE__QUERY__BODY_GET_LEDGER;
	query.get_ledger = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->ledger;
}

static const char *evaluation(struct bytes license)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__Evaluate ask = ISSUANCE__EVALUATE__INIT;

	ask.license = pb_of_bytes(license);
	query.body_case = ISSUANCE__QUERY__BODY_EVALUATE;
	query.evaluate = &ask;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->evaluation->json;
}

/* The policy carries nothing over: units of the term before stay there, and the new one begins
 * empty. */
START_TEST(what_was_posted_stays_in_its_term_and_the_new_one_begins_empty)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", "2024-01-01", "2026-06-30");
	int64_t before;

	issuance_released(&kit, ana, true);
	ck_assert_str_eq(next_posted()->term_to, "2026-06-30");
	before = ledger(license)->balance;
	ck_assert_ptr_null(strstr(evaluation(license), "outside_term"));
	renewed(license, "2026-07-01", "2031-06-30");
	ck_assert_ptr_null(issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_REVERSED));
	ck_assert_int_eq(ledger(license)->balance, before);
	ck_assert_str_eq(ledger(license)->issued, "2026-07-01");
	ck_assert_ptr_nonnull(strstr(evaluation(license), "outside_term"));
}
END_TEST

START_TEST(what_is_told_again_changes_nothing)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", "2024-01-01", "2026-06-30");
	uint64_t seq;

	renewed(license, "2026-07-01", "2031-06-30");
	seq = engine_head(kit.engine).at.seq;
	renewed(license, "2026-07-01", "2031-06-30");
	ck_assert_uint_eq(engine_head(kit.engine).at.seq, seq);
	renewed(kit_id(&kit), "2026-07-01", "2031-06-30"); /* of nobody here */
	ck_assert_uint_eq(engine_head(kit.engine).at.seq, seq);
}
END_TEST

/* Renewed late: what was decided in the new term meanwhile is posted then. */
START_TEST(what_was_decided_in_the_new_term_is_posted_when_it_is_told)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", "2024-01-01", "2025-12-31");

	issuance_released(&kit, ana, true); /* 2026-01-06 */
	ck_assert_ptr_null(next_posted());
	renewed(license, "2026-01-01", "2030-12-31");
	ck_assert_str_eq(next_posted()->term_from, "2026-01-01");
	ck_assert_ptr_null(next_posted());
}
END_TEST

/* A term that was told wrong, and overlaps: a day counts once. */
START_TEST(a_day_that_both_terms_have_counts_in_the_new_one_only)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", "2024-01-01", "2026-06-30");
	int64_t balance;

	issuance_released(&kit, ana, true);
	balance = ledger(license)->balance;
	renewed(license, "2026-01-01", "2031-06-30");
	ck_assert_ptr_nonnull(issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_REVERSED));
	ck_assert_int_eq(ledger(license)->balance, balance);
}
END_TEST

/* A leap year's last day of February is of the term; Chicago is six hours behind UTC then. */
static const struct edge {
	const char *day;
	int64_t hours;
	const char *from, *to, *decided_on; /* NULL: outside */
} edges[] = {
	{"2028-02-29", 12, "2024-02-29", "2028-02-29", "2028-02-29"},
	{"2028-03-01", 5, "2024-02-29", "2028-02-29", "2028-02-29"},
	{"2028-03-01", 6, "2024-02-29", "2028-02-29", NULL},
	{"2028-02-29", 6, "2028-02-29", "2032-02-29", "2028-02-29"},
	{"2028-02-29", 5, "2028-02-29", "2032-02-29", NULL},
	/* five hours behind it in summer */
	{"2027-07-01", 4, "2024-07-01", "2027-06-30", "2027-06-30"},
	{"2027-07-01", 5, "2024-07-01", "2027-06-30", NULL},
	{"2027-07-01", 5, "2027-07-01", "2032-06-30", "2027-07-01"},
};

START_TEST(a_term_begins_and_ends_at_midnight_where_the_state_is)
{
	const struct edge *e = &edges[_i];
	struct bytes license = issuance_given_term(&kit, ana, "TN", "2020-01-01", "2023-12-31");
	const Issuance__LedgerPosted *posted;

	renewed(license, e->from, e->to);
	now_is(e->day, e->hours);
	issuance_released(&kit, ana, true);
	posted = next_posted();
	ck_assert_int_eq(posted != NULL, e->decided_on != NULL);
	if (posted != NULL)
		ck_assert_str_eq(posted->decided_on, e->decided_on);
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		what_was_posted_stays_in_its_term_and_the_new_one_begins_empty,
		what_is_told_again_changes_nothing,
		what_was_decided_in_the_new_term_is_posted_when_it_is_told,
		a_day_that_both_terms_have_counts_in_the_new_one_only,
	};
	Suite *suite = suite_create("renewed licenses");
	TCase *tcase = tcase_create("terms");

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, a_term_begins_and_ends_at_midnight_where_the_state_is, 0,
			    ARRAY_LEN(edges));
	suite_add_tcase(suite, tcase);
	return suite;
}
