/* DOMAIN.md 5.5, "What goes wrong and must be tested": each of it, between a credential and what
 * the state's licensure system is told of it. */
#include "libshared/calendar.h"
#include "libshared/check.h"
#include "libshared/zone.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables_statefile.h"
#include "tests/support/life_kit.h"
#include "tests/support/statefile_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERM_FROM "2024-01-01"
#define TERM_TO "2028-12-31"
#define HEAD "change,license,name,code,points,decided,late\n"
#define ROW_OF_ANA "TN-998877,Ana Torres,lit-101,12.00,2026-01-06,no\n"
#define TOTAL(records, points) "TOTAL," records "," points "\n"
#define HOUR_US (INT64_C(3600) * US_PER_S)

static struct kit kit;
static struct bytes ana;
static char tennessee[] = "TN", anywhere[] = "";

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	statefile_given_policy(&kit, "TN", STATEFILE_CSV, 1);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* The text of a file that is cut now. */
static const char *file_of(const char *period, struct bytes *run_r)
{
	ck_assert_int_eq(statefile_cut(&kit, "TN", period, run_r), CAIRN__STATUS__OK);
	return statefile_text(&kit, *run_r, 0);
}

static void no_file(const char *period)
{
	struct bytes run;

	ck_assert_int_eq(statefile_cut(&kit, "TN", period, &run), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NOTHING_DUE);
}

static const Issuance__LedgerAnswer *ledger_of(struct bytes license)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetLedger get = ISSUANCE__GET_LEDGER__INIT;

	get.license = pb_of_bytes(license);
	query.body_case = ISSUANCE__QUERY__BODY_GET_LEDGER;
	query.get_ledger = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->ledger;
}

static struct bytes issued(struct bytes educator)
{
	issuance_released(&kit, educator, true);
	return bytes_of_pb(issuance_next_issued(&kit)->credential);
}

static void revoked(struct bytes credential)
{
	ck_assert_int_eq(
		kit_send(&kit, BYTES_NONE,
			 life_revoke(kit.arena, credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
				     READER_OF_REVIEW, LEAD_OF_REVIEW)),
		CAIRN__STATUS__OK);
}

/* A moment of UTC. */
static void now_is(const char *day, int64_t seconds)
{
	int64_t at = 0;

	ck_assert(day_of_text(day, &at));
	kit_advance(&kit, at * US_PER_DAY + seconds * US_PER_S - kit.now_us);
}

/* ---- late posting after the term ends ---- */

START_TEST(what_was_decided_in_the_term_is_told_though_it_is_posted_after_it)
{
	struct bytes run;

	issued(ana);
	no_file("2026-01");
	now_is("2027-02-10", 0);
	issuance_given_term(&kit, ana, "TN", TERM_FROM, "2026-01-31");
	ck_assert_str_eq(file_of("2027-02", &run), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
}
END_TEST

START_TEST(what_was_decided_after_the_term_is_not_told)
{
	issuance_given_term(&kit, ana, "TN", TERM_FROM, "2026-01-05");
	issued(ana);
	no_file("2026-01");
}
END_TEST

/* ---- same item twice ---- */

START_TEST(the_same_item_twice_is_told_once)
{
	struct bytes run;

	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issued(ana);
	issuance_released(&kit, ana, true);
	ck_assert_str_eq(file_of("2026-01", &run), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
	issuance_released(&kit, ana, true);
	no_file("2026-01");
}
END_TEST

/* ---- revocation after renewal was granted ---- */

START_TEST(a_revocation_after_the_term_keeps_the_record_and_flags_it_to_the_state)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	struct bytes credential = issued(ana), run;
	const Issuance__LedgerAnswer *ledger;

	file_of("2026-01", &run);
	ck_assert_int_eq(statefile_answer(&kit, run, 1, NULL), CAIRN__STATUS__OK);
	now_is("2029-03-01", 0);
	revoked(credential);
	ck_assert_str_eq(
		file_of("2029-03", &run),
		HEAD "D,TN-998877,Ana Torres,lit-101,12.00,2026-01-06,yes\n" TOTAL("1", "12.00"));
	ledger = ledger_of(license);
	ck_assert_uint_eq(ledger->n_lines, 2);
	ck_assert_str_eq(ledger->lines[0]->kind, "credit");
	ck_assert_str_eq(ledger->lines[0]->state, "reversed");
	ck_assert_str_eq(ledger->lines[0]->reference, "R-1");
	ck_assert_str_eq(ledger->lines[1]->because, "revoked");
}
END_TEST

/* Within the term nothing was granted yet. */
START_TEST(a_revocation_within_the_term_is_an_ordinary_deletion)
{
	struct bytes credential, run;

	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	credential = issued(ana);
	file_of("2026-01", &run);
	revoked(credential);
	ck_assert_str_eq(file_of("2026-02", &run), HEAD "D," ROW_OF_ANA TOTAL("1", "12.00"));
}
END_TEST

/* The state says that what was taken back stays: a person looks at it, and ends it. */
START_TEST(a_deletion_that_the_state_refuses_waits_for_a_person)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AcknowledgeLedger settle = ISSUANCE__ACKNOWLEDGE_LEDGER__INIT;
	static char renewed[] = "renewal granted";
	const Issuance__DisputeList *disputes;
	struct bytes credential, run;

	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	credential = issued(ana);
	file_of("2026-01", &run);
	revoked(credential);
	file_of("2026-02", &run);
	ck_assert_int_eq(statefile_answer(&kit, run, 1, renewed), CAIRN__STATUS__OK);
	disputes = statefile_disputes(&kit, tennessee);
	ck_assert_uint_eq(disputes->n_disputes, 1);
	ck_assert_str_eq(disputes->disputes[0]->because, renewed);
	no_file("2026-03");
	settle.posting = disputes->disputes[0]->posting;
	command.body_case = ISSUANCE__COMMAND__BODY_ACKNOWLEDGE_LEDGER;
	command.acknowledge_ledger = &settle;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_disputes(&kit, tennessee)->n_disputes, 0);
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__POSTING_CLOSED);
}
END_TEST

/* ---- name change ---- */

START_TEST(a_changed_name_is_told_with_what_is_new_and_changes_nothing_that_was_told)
{
	static char now[] = "Ana Torres-Díaz";
	struct bytes credential, first, second;
	const char *before;

	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	credential = issued(ana);
	before = file_of("2026-01", &first);
	issuance_given_name(&kit, ana, now);
	no_file("2026-01");
	revoked(credential);
	issued(ana);
	ck_assert_str_eq(
		file_of("2026-02", &second), HEAD
		"D," ROW_OF_ANA
		"A,TN-998877,Ana Torres-Díaz,lit-101,12.00,2026-01-06,no\n" TOTAL("2", "24.00"));
	ck_assert_str_eq(statefile_text(&kit, first, 0), before);
}
END_TEST

/* ---- two licenses in two states ---- */

START_TEST(two_states_are_told_each_of_its_own_license)
{
	struct bytes run;

	statefile_given_policy(&kit, "NC", STATEFILE_CSV, 1);
	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_given_term(&kit, ana, "NC", TERM_FROM, TERM_TO);
	issued(ana);
	ck_assert_str_eq(file_of("2026-01", &run), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
	ck_assert_uint_eq(statefile_counts(&kit, run)->file->number, 1);
	ck_assert_int_eq(statefile_cut(&kit, "NC", "2026-01", &run), CAIRN__STATUS__OK);
	ck_assert_str_eq(statefile_text(&kit, run, 0), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
	ck_assert_uint_eq(statefile_counts(&kit, run)->file->number, 1);
	ck_assert_int_eq(statefile_answer(&kit, run, 1, tennessee), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_disputes(&kit, tennessee)->n_disputes, 0);
	ck_assert_uint_eq(statefile_disputes(&kit, anywhere)->n_disputes, 1);
}
END_TEST

/* ---- license number typed wrong then corrected ---- */

static char right[] = "TN-998878";

START_TEST(a_corrected_number_takes_the_record_from_the_wrong_one)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO), run;

	issued(ana);
	file_of("2026-01", &run);
	ck_assert_int_eq(statefile_answer(&kit, run, 1, NULL), CAIRN__STATUS__OK);
	issuance_given_license_number(&kit, ana, license, right);
	ck_assert_str_eq(
		file_of("2026-02", &run),
		HEAD "D," ROW_OF_ANA
		     "A,TN-998878,Ana Torres,lit-101,12.00,2026-01-06,no\n" TOTAL("2", "24.00"));
	no_file("2026-02");
}
END_TEST

START_TEST(a_record_refused_for_its_number_is_told_again_with_the_corrected_one)
{
	static char unknown[] = "no such license";
	struct bytes license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO), run;

	issued(ana);
	file_of("2026-01", &run);
	ck_assert_int_eq(statefile_answer(&kit, run, 1, unknown), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_disputes(&kit, tennessee)->n_disputes, 1);
	no_file("2026-02");
	issuance_given_license_number(&kit, ana, license, right);
	ck_assert_uint_eq(statefile_disputes(&kit, tennessee)->n_disputes, 0);
	ck_assert_str_eq(
		file_of("2026-02", &run),
		HEAD "A,TN-998878,Ana Torres,lit-101,12.00,2026-01-06,no\n" TOTAL("1", "12.00"));
	ck_assert_int_eq(statefile_answer(&kit, run, 1, NULL), CAIRN__STATUS__OK);
	ck_assert_str_eq(ledger_of(license)->lines[2]->state, "acknowledged");
}
END_TEST

/* ---- policy change in mid-term ---- */

START_TEST(a_policy_changed_in_mid_term_counts_for_what_is_decided_after_it)
{
	const struct policy_given two = {"TN", "2026-06-01", "2", 2, STATEFILE_CSV, NULL};
	struct bytes ben = kit_id(&kit), run, second;
	const char *before;

	issuance_given_educator(&kit, ben);
	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_given_term(&kit, ben, "TN", TERM_FROM, TERM_TO);
	issued(ana);
	before = file_of("2026-01", &run);
	issuance_given_policy(&kit, &two);
	now_is("2026-06-02", 0);
	no_file("2026-06");
	issued(ben);
	ck_assert_str_eq(
		file_of("2026-06", &second),
		HEAD "A,TN-998877,Ana Torres,lit-101,24.00,2026-06-01,no\n" TOTAL("1", "24.00"));
	ck_assert_str_eq(statefile_text(&kit, run, 0), before);
}
END_TEST

/* A file keeps the layout that it was cut by. */
START_TEST(a_layout_changed_in_mid_term_changes_no_file_that_was_cut)
{
	const struct policy_given other = {"TN", "2026-06-01", "1", 2, STATEFILE_FIXED, NULL};
	struct bytes ben = kit_id(&kit), first, run;
	const char *before;

	issuance_given_educator(&kit, ben);
	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_given_term(&kit, ben, "TN", TERM_FROM, TERM_TO);
	issued(ana);
	before = file_of("2026-01", &first);
	issuance_given_policy(&kit, &other);
	now_is("2026-07-02", 0);
	issued(ben);
	ck_assert_str_eq(file_of("2026-07", &run), "H0700220260701           \r\n"
						   "A1234567   10080010122627\r\n"
						   "T00000100000012          \r\n");
	ck_assert_str_eq(statefile_text(&kit, first, 0), before);
}
END_TEST

/* ---- clock at midnight in the state's time zone ---- */

START_TEST(a_period_ends_at_midnight_where_the_state_is)
{
	struct bytes ben = kit_id(&kit), run;

	issuance_given_educator(&kit, ben);
	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_given_term(&kit, ben, "TN", TERM_FROM, TERM_TO);
	now_is("2026-02-01", 6 * 3600 - 1); /* Chicago: January 31, 23:59:59 */
	issued(ana);
	now_is("2026-02-01", 6 * 3600);
	issued(ben);
	ck_assert_str_eq(
		file_of("2026-01", &run),
		HEAD "A,TN-998877,Ana Torres,lit-101,12.00,2026-01-31,no\n" TOTAL("1", "12.00"));
	no_file("2026-01");
	ck_assert_str_eq(
		file_of("2026-02", &run),
		HEAD "A,TN-998877,Ana Torres,lit-101,12.00,2026-02-01,no\n" TOTAL("1", "12.00"));
}
END_TEST

/* ---- leap day ---- */

START_TEST(a_leap_day_is_the_last_of_its_month_and_of_a_term)
{
	struct bytes run;

	issuance_given_term(&kit, ana, "TN", TERM_FROM, "2028-02-29");
	now_is("2028-02-29", 12 * 3600);
	issued(ana);
	no_file("2028-01");
	ck_assert_str_eq(
		file_of("2028-02", &run),
		HEAD "A,TN-998877,Ana Torres,lit-101,12.00,2028-02-29,no\n" TOTAL("1", "12.00"));
	ck_assert_int_eq(statefile_cut(&kit, "TN", "2027-02-29", &run), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_PERIOD);
}
END_TEST

/* ---- teacher under two flags (ESOL and STEM) ---- */

static struct bytes given_flags(char **flags, size_t n)
{
	static char type[] = "Professional", from[] = TERM_FROM, to[] = TERM_TO;
	Enrollment__LicenseLinked linked = ENROLLMENT__LICENSE_LINKED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	struct bytes license = kit_id(&kit);

	linked.license = pb_of_bytes(license);
	linked.educator = pb_of_bytes(ana);
	linked.state = tennessee;
	linked.type = type;
	linked.issued = from;
	linked.expires = to;
	linked.n_flags = n;
	linked.flags = flags;
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_LINKED;
	event.license_linked = &linked;
	kit_upstream(&kit, "enrollment.0.log", ana, &event.base);
	return license;
}

static const char *evaluation_of(struct bytes license)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__Evaluate evaluate = ISSUANCE__EVALUATE__INIT;

	evaluate.license = pb_of_bytes(license);
	query.body_case = ISSUANCE__QUERY__BODY_EVALUATE;
	query.evaluate = &evaluate;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->evaluation->json;
}

/* Both rules hold for the teacher, and the credit is still one. */
START_TEST(a_teacher_under_two_flags_has_both_rules_and_one_credit)
{
	static char esol[] = "esol", stem[] = "stem", *flags[] = {esol, stem};
	const struct policy_given rules = {
		"TN",
		"2020-01-01",
		"1",
		2,
		",'category_rules':[{'category':'language','min_units':5,'applies_when':'esol'},"
		"{'category':'science','min_units':7,'applies_when':'stem'},"
		"{'category':'other','min_units':9,'applies_when':'not_esol'}]",
		NULL};
	struct bytes license;
	const char *json;

	issuance_given_policy(&kit, &rules);
	license = given_flags(flags, 2);
	issued(ana);
	ck_assert_uint_eq(ledger_of(license)->n_lines, 1);
	json = evaluation_of(license);
	ck_assert_ptr_nonnull(strstr(json, "language"));
	ck_assert_ptr_nonnull(strstr(json, "science"));
	ck_assert_ptr_null(strstr(json, "other"));
}
END_TEST

/* ---- acknowledgement lost ---- */

START_TEST(a_lost_acknowledgement_is_shown_and_taking_it_in_twice_is_harmless)
{
	const struct answered_part part = {.part = 1, .first = 1, .n = 1, .hash = 1};
	struct bytes license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO), run;

	issued(ana);
	file_of("2026-01", &run);
	kit_advance(&kit, 14 * US_PER_DAY);
	ck_assert_int_eq(statefile_counts(&kit, run)->overdue_us, 0);
	kit_advance(&kit, US_PER_S);
	ck_assert_int_eq(statefile_counts(&kit, run)->overdue_us, kit.now_us - US_PER_S);
	ck_assert_uint_eq(statefile_counts(&kit, run)->unanswered, 1);
	/* the same file may be cut again for the state, and is the same */
	ck_assert_str_eq(statefile_text(&kit, run, 0), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(statefile_answer_part(&kit, run, &part), CAIRN__STATUS__OK);
		ck_assert_uint_eq(statefile_receipt(&kit)->acknowledged, i == 0);
		ck_assert_uint_eq(statefile_receipt(&kit)->repeated, i > 0);
	}
	ck_assert_int_eq(statefile_counts(&kit, run)->overdue_us, 0);
	ck_assert_str_eq(ledger_of(license)->lines[0]->state, "acknowledged");
}
END_TEST

/* An answer file from before, found again after a newer one: nothing goes back. */
START_TEST(an_answer_taken_in_again_after_a_newer_one_changes_nothing)
{
	const struct answered_part no = {.part = 1, .first = 1, .n = 1, .refused = 1, .hash = 1};
	const struct answered_part yes = {.part = 1, .first = 1, .n = 1, .hash = 2};
	struct bytes license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO), run;

	issued(ana);
	file_of("2026-01", &run);
	ck_assert_int_eq(statefile_answer_part(&kit, run, &no), CAIRN__STATUS__OK);
	ck_assert_int_eq(statefile_answer_part(&kit, run, &yes), CAIRN__STATUS__OK);
	ck_assert_int_eq(statefile_answer_part(&kit, run, &no), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_receipt(&kit)->repeated, 1);
	ck_assert_str_eq(ledger_of(license)->lines[0]->state, "acknowledged");
	ck_assert_uint_eq(statefile_counts(&kit, run)->accepted, 1);
	ck_assert_uint_eq(statefile_counts(&kit, run)->refused, 0);
}
END_TEST

/* ---- file refused for one record of 20,000; backlog at deadline ---- */

/* One educator's licenses: each is posted to, in the commit of the credential. */
static void given_licenses(uint32_t n)
{
	static char type[] = "Professional", from[] = TERM_FROM, to[] = TERM_TO;
	const Issuance__LicenseNoted *known;
	struct bytes first = issuance_given_term(&kit, ana, "TN", from, to);

	known = license_at(kit_view(&kit), first, license_position(kit_view(&kit), first),
			   kit.arena);
	for (uint32_t i = 1; i < n; i++) {
		Enrollment__LicenseLinked linked = ENROLLMENT__LICENSE_LINKED__INIT;
		Enrollment__Event event = ENROLLMENT__EVENT__INIT;

		linked.license = pb_of_bytes(kit_id(&kit));
		linked.educator = pb_of_bytes(ana);
		linked.state = tennessee;
		linked.type = type;
		linked.number = known->number;
		linked.issued = from;
		linked.expires = to;
		event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_LINKED;
		event.license_linked = &linked;
		kit_write_upstream(&kit, "enrollment.0.log", ana, &event.base);
	}
	while (kit_follow(&kit, "enrollment.0.log", 1000))
		;
}

#define RECORDS 20000
#define PART 500

START_TEST(one_record_refused_of_20000_is_disputed_and_told_again_once_corrected)
{
	const Issuance__StateFileAnswerCounts *counts;
	const Issuance__DisputeList *disputes;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__CorrectLedger correct = ISSUANCE__CORRECT_LEDGER__INIT;
	Issuance__CreditFacts facts = ISSUANCE__CREDIT_FACTS__INIT;
	struct answered_part part = {.refused = 12345, .n = PART, .hash = 1};
	struct bytes run;

	given_licenses(RECORDS);
	issued(ana);
	ck_assert_int_eq(statefile_cut(&kit, "TN", "2026-01", &run), CAIRN__STATUS__OK);
	for (part.part = 1; part.part <= RECORDS / PART; part.part++) {
		part.first = (part.part - 1) * PART + 1;
		ck_assert_int_eq(statefile_answer_part(&kit, run, &part), CAIRN__STATUS__OK);
	}
	counts = statefile_counts(&kit, run);
	ck_assert_uint_eq(counts->accepted, RECORDS - 1);
	ck_assert_uint_eq(counts->refused, 1);
	ck_assert_uint_eq(counts->unanswered, 0);
	disputes = statefile_disputes(&kit, tennessee);
	ck_assert_uint_eq(disputes->n_disputes, 1);
	no_file("2026-02");
	facts.prior_approval = true;
	correct.posting = disputes->disputes[0]->posting;
	correct.facts = &facts;
	command.body_case = ISSUANCE__COMMAND__BODY_CORRECT_LEDGER;
	command.correct_ledger = &correct;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
	ck_assert_str_eq(file_of("2026-02", &run), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
	ck_assert_int_eq(statefile_answer(&kit, run, 1, NULL), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_disputes(&kit, tennessee)->n_disputes, 0);
}
END_TEST

/* The last day of the term: more than a file takes stand in the next one, each once. */
START_TEST(a_backlog_at_the_deadline_is_told_whole_in_files_one_after_another)
{
	static const uint32_t wanted[] = {25000, 1000};
	const Issuance__StateFileCut *cut;
	struct bytes run;

	now_is(TERM_TO, 12 * 3600);
	given_licenses(wanted[0] + wanted[1]);
	issued(ana);
	for (unsigned i = 0; i < ARRAY_LEN(wanted); i++) {
		ck_assert_int_eq(statefile_cut(&kit, "TN", "2028-12", &run), CAIRN__STATUS__OK);
		cut = statefile_counts(&kit, run)->file;
		ck_assert_uint_eq(cut->added, wanted[i]);
		ck_assert_int_eq(cut->hundredths, INT64_C(1200) * wanted[i]);
	}
	no_file("2028-12");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("last_mile");
	TCase *cases = tcase_create("domain_5_5");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, what_was_decided_in_the_term_is_told_though_it_is_posted_after_it);
	tcase_add_test(cases, what_was_decided_after_the_term_is_not_told);
	tcase_add_test(cases, the_same_item_twice_is_told_once);
	tcase_add_test(cases,
		       a_revocation_after_the_term_keeps_the_record_and_flags_it_to_the_state);
	tcase_add_test(cases, a_revocation_within_the_term_is_an_ordinary_deletion);
	tcase_add_test(cases, a_deletion_that_the_state_refuses_waits_for_a_person);
	tcase_add_test(cases,
		       a_changed_name_is_told_with_what_is_new_and_changes_nothing_that_was_told);
	tcase_add_test(cases, two_states_are_told_each_of_its_own_license);
	tcase_add_test(cases, a_corrected_number_takes_the_record_from_the_wrong_one);
	tcase_add_test(cases, a_record_refused_for_its_number_is_told_again_with_the_corrected_one);
	tcase_add_test(cases, a_policy_changed_in_mid_term_counts_for_what_is_decided_after_it);
	tcase_add_test(cases, a_layout_changed_in_mid_term_changes_no_file_that_was_cut);
	tcase_add_test(cases, a_lost_acknowledgement_is_shown_and_taking_it_in_twice_is_harmless);
	tcase_add_test(cases, an_answer_taken_in_again_after_a_newer_one_changes_nothing);
	tcase_add_test(cases, a_period_ends_at_midnight_where_the_state_is);
	tcase_add_test(cases, a_leap_day_is_the_last_of_its_month_and_of_a_term);
	tcase_add_test(cases, a_teacher_under_two_flags_has_both_rules_and_one_credit);
	if (getenv("CAIRN_NO_CROWDS") == NULL) {
		tcase_add_test(
			cases,
			one_record_refused_of_20000_is_disputed_and_told_again_once_corrected);
		tcase_add_test(cases,
			       a_backlog_at_the_deadline_is_told_whole_in_files_one_after_another);
	}
	suite_add_tcase(suite, cases);
	return suite;
}
