/* The renewal ledger when credentials are revoked and corrected, and when a state has several
 * policies. */
#include "libshared/check.h"
#include "services/issuance/ledger.h"
#include "services/issuance/tables_ledger.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define TERM_FROM "2024-01-01"
#define TERM_TO "2028-12-31"
#define MANY 250 /* more than two sweeps take */

static struct kit kit;
static struct bytes ana, olga, pavel; /* a teacher, and two who decide together */
static const struct policy_given tennessee = {"TN", "2020-01-01", "1", 1, "", NULL};

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	olga = kit_id(&kit);
	pavel = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- what is asked ---- */

static Cairn__Status revoke(ProtobufCBinaryData credential)
{
	return kit_send(&kit, BYTES_NONE,
			life_revoke(kit.arena, bytes_of_pb(credential),
				    ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR, olga, pavel));
}

static Cairn__Status propose_and_confirm(ProtobufCBinaryData credential)
{
	ck_assert_int_eq(kit_send(&kit, olga,
				  life_propose(kit.arena, bytes_of_pb(credential),
					       ISSUANCE__LIFE_REASON__INTEGRITY_FOUNDED)),
			 CAIRN__STATUS__OK);
	return kit_send(&kit, pavel, life_confirm(kit.arena, bytes_of_pb(credential)));
}

static Cairn__Status reverse(ProtobufCBinaryData credential)
{
	return kit_send(&kit, olga, life_reverse(kit.arena, bytes_of_pb(credential), kit_id(&kit)));
}

static Cairn__Status correct(ProtobufCBinaryData credential)
{
	return kit_send(&kit, olga, life_correct(kit.arena, bytes_of_pb(credential), kit_id(&kit)));
}

static Cairn__Status say_impact(ProtobufCBinaryData posting)
{
	static char impact[] = "impact";
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__CorrectLedger ask = ISSUANCE__CORRECT_LEDGER__INIT;
	Issuance__CreditFacts facts = ISSUANCE__CREDIT_FACTS__INIT;

	facts.level = impact;
	ask.posting = posting;
	ask.facts = &facts;
	command.body_case = ISSUANCE__COMMAND__BODY_CORRECT_LEDGER;
	command.correct_ledger = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static const Issuance__LedgerAnswer *ledger_at(struct bytes license, int64_t at_us)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetLedger get = ISSUANCE__GET_LEDGER__INIT;

	get.license = pb_of_bytes(license);
	get.at_us = at_us;
	query.body_case = ISSUANCE__QUERY__BODY_GET_LEDGER;
	query.get_ledger = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->ledger;
}

static Cairn__Status ask_evaluation(struct bytes license, char *policy)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__Evaluate evaluate = ISSUANCE__EVALUATE__INIT;

	evaluate.license = pb_of_bytes(license);
	evaluate.policy = policy;
	query.body_case = ISSUANCE__QUERY__BODY_EVALUATE;
	query.evaluate = &evaluate;
	return kit_ask(&kit, BYTES_NONE, &query.base);
}

static const Issuance__EvaluationAnswer *evaluation(void)
{
	return ((const Issuance__Answer *)kit.answer)->evaluation;
}

static char empty[] = "";

static const Issuance__LedgerPosted *next_posted(void)
{
	const Issuance__Event *event = issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_POSTED);

	return event != NULL ? event->ledger_posted : NULL;
}

static int64_t hours(void)
{
	return (int64_t)kit_entry()->clock_hours * HUNDREDTHS;
}

/* ---- what must hold of a ledger ---- */

/* DESIGN 8.7: the balance is the sum of the entries at any past moment, and whatever is shown then
 * stays what it was. */
static void check_moments(struct bytes license)
{
	const Issuance__LedgerAnswer *all = ledger_at(license, 0);
	int64_t sum = 0;

	for (size_t i = 0; i < all->n_lines; i++) {
		int64_t at_us = all->lines[i]->at_us;

		sum += all->lines[i]->hundredths;
		if (i + 1 < all->n_lines && all->lines[i + 1]->at_us == at_us)
			continue;
		ck_assert_int_eq(ledger_at(license, at_us)->balance, sum);
		ck_assert_uint_eq(ledger_at(license, at_us)->n_lines, i + 1);
	}
	ck_assert_int_eq(all->balance, sum);
}

static unsigned standing(struct bytes license)
{
	const Issuance__LedgerAnswer *all = ledger_at(license, 0);
	unsigned n = 0;

	for (size_t i = 0; i < all->n_lines; i++)
		n += strcmp(all->lines[i]->kind, "credit") == 0 &&
		     strcmp(all->lines[i]->state, "reversed") != 0;
	return n;
}

static ProtobufCBinaryData given_credit(struct bytes *license_r)
{
	ProtobufCBinaryData credential;

	issuance_given_policy(&kit, &tennessee);
	*license_r = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_released(&kit, ana, true);
	credential = issuance_next_issued(&kit)->credential;
	ck_assert_ptr_nonnull(next_posted());
	kit_advance(&kit, US_PER_DAY);
	return credential;
}

/* ---- revoked and corrected ---- */

typedef Cairn__Status revoke_fn(ProtobufCBinaryData credential);

/* DOMAIN 4.6: posted, `credential.revoked`, reversed; the reversal is in the revocation's commit.
 */
START_TEST(a_revocation_reverses_the_credit_in_the_same_commit)
{
	static revoke_fn *const ways[] = {revoke, propose_and_confirm};
	struct bytes license;
	ProtobufCBinaryData credential = given_credit(&license);
	const Issuance__LedgerAnswer *ledger;
	uint64_t before = view_count(kit_view(&kit), PUBLIC);

	ck_assert_int_eq(ways[_i](credential), CAIRN__STATUS__OK);
	ck_assert_ptr_nonnull(issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_REVERSED));
	ck_assert_uint_eq(view_count(kit_view(&kit), PUBLIC), before + 2);
	ledger = ledger_at(license, 0);
	ck_assert_uint_eq(ledger->n_lines, 2);
	ck_assert_str_eq(ledger->lines[0]->state, "reversed");
	ck_assert_str_eq(ledger->lines[1]->kind, "reversal");
	ck_assert_str_eq(ledger->lines[1]->because, "revoked");
	ck_assert_int_eq(ledger->balance, 0);
	ck_assert_int_eq(ledger_at(license, kit.now_us - US_PER_HOUR)->balance, hours());
	check_moments(license);
	ck_assert_int_eq(ask_evaluation(license, empty), CAIRN__STATUS__OK);
	ck_assert_ptr_nonnull(strstr(evaluation()->json, "\"reason\":\"revoked\""));
}
END_TEST

/* Never posted, so no reversal says that it was revoked: the credential's state does. */
START_TEST(a_credential_revoked_before_the_license_is_linked_is_not_posted)
{
	ProtobufCBinaryData credential;
	struct bytes license;

	issuance_given_policy(&kit, &tennessee);
	issuance_released(&kit, ana, true);
	credential = issuance_next_issued(&kit)->credential;
	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	ck_assert_ptr_null(next_posted());
	ck_assert_int_eq(ask_evaluation(license, empty), CAIRN__STATUS__OK);
	ck_assert_ptr_nonnull(strstr(evaluation()->json, "\"reason\":\"revoked\""));
}
END_TEST

START_TEST(a_correction_reverses_the_credit_and_posts_the_new_credential)
{
	struct bytes license;
	ProtobufCBinaryData credential = given_credit(&license);
	const Issuance__CredentialIssued *corrected;
	const Issuance__LedgerAnswer *ledger;

	ck_assert_int_eq(correct(credential), CAIRN__STATUS__OK);
	corrected = issuance_next_issued(&kit);
	ledger = ledger_at(license, 0);
	ck_assert_uint_eq(ledger->n_lines, 3);
	ck_assert_str_eq(ledger->lines[0]->state, "reversed");
	ck_assert_str_eq(ledger->lines[1]->because, "superseded");
	ck_assert(bytes_equal(bytes_of_pb(ledger->lines[2]->credential),
			      bytes_of_pb(corrected->credential)));
	ck_assert(bytes_equal(bytes_of_pb(ledger->lines[2]->corrects),
			      bytes_of_pb(ledger->lines[0]->posting)));
	ck_assert_int_eq(ledger->balance, hours());
	check_moments(license);
	issuance_given_license_again(&kit, ana, license, TERM_FROM, TERM_TO);
	ck_assert_uint_eq(ledger_at(license, 0)->n_lines, 3);
}
END_TEST

static const struct policy_given levels = {"TN",
					   "2020-01-01",
					   "1,'level_multipliers':{'knowledge':1,'impact':3},"
					   "'demo_default_level':'knowledge'",
					   1,
					   "",
					   NULL};

/* What an employer said of the credit is about the work, which is the same. */
START_TEST(what_was_said_of_a_credit_goes_over_to_the_one_in_its_place)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	ProtobufCBinaryData credential;

	issuance_given_policy(&kit, &levels);
	kit_advance(&kit, US_PER_S);
	issuance_released(&kit, ana, true);
	credential = issuance_next_issued(&kit)->credential;
	ck_assert_int_eq(say_impact(next_posted()->posting), CAIRN__STATUS__OK);
	ck_assert_int_eq(ledger_at(license, 0)->balance, 3 * hours());
	ck_assert_int_eq(correct(credential), CAIRN__STATUS__OK);
	credential = issuance_next_issued(&kit)->credential;
	ck_assert_int_eq(ledger_at(license, 0)->balance, 3 * hours());
	kit_advance(&kit, US_PER_DAY);
	ck_assert_int_eq(revoke(credential), CAIRN__STATUS__OK);
	ck_assert_int_eq(ledger_at(license, 0)->balance, 0);
	kit_advance(&kit, US_PER_DAY);
	ck_assert_int_eq(reverse(credential), CAIRN__STATUS__OK);
	ck_assert_int_eq(ledger_at(license, 0)->balance, 3 * hours());
	ck_assert_uint_eq(standing(license), 1);
	check_moments(license);
}
END_TEST

/* ---- several policies of one state ---- */

#define FOR(type) ",'license':'" type "'"

START_TEST(the_policy_for_the_type_of_license_counts)
{
	const struct policy_given practitioner = {"TN", "2020-01-01",        "2",
						  1,    FOR("Practitioner"), "TN-practitioner"};
	const struct policy_given professional = {"TN", "2020-01-01",        "3",
						  1,    FOR("Professional"), "TN-professional"};
	struct bytes license;

	issuance_given_policy(&kit, &practitioner);
	issuance_given_policy(&kit, &professional);
	license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_released(&kit, ana, true);
	ck_assert_uint_eq(standing(license), 1);
	ck_assert_int_eq(ledger_at(license, 0)->balance, 3 * hours());
	ck_assert_int_eq(ask_evaluation(license, empty), CAIRN__STATUS__OK);
	ck_assert(bytes_equal(bytes_of_pb(evaluation()->policy),
			      kit_name("renewal_policy", "TN-professional")));
}
END_TEST

START_TEST(a_policy_counts_where_its_flag_says_so)
{
	const struct policy_given k5 = {"TN",   "2020-01-01", "2", 1, ",'applies_when':'grades_k5'",
					"TN-k5"};
	const struct policy_given others = {
		"TN", "2020-01-01", "3", 1, ",'applies_when':'not_grades_k5'", "TN-others"};
	struct bytes license;

	issuance_given_policy(&kit, &k5);
	issuance_given_policy(&kit, &others);
	license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_released(&kit, ana, true);
	ck_assert_int_eq(ledger_at(license, 0)->balance, 3 * hours());
}
END_TEST

static const struct policy_given one = {"TN", "2020-01-01", "2", 1, FOR("A"), "TN-a"};
static const struct policy_given other = {"TN", "2020-01-01", "3", 1, FOR("B"), "TN-b"};

START_TEST(where_several_policies_may_apply_the_question_must_name_one)
{
	static char b[] = "TN-b", unknown[] = "TN-z";
	struct bytes license;

	issuance_given_policy(&kit, &one);
	issuance_given_policy(&kit, &other);
	license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_released(&kit, ana, true);
	ck_assert_uint_eq(standing(license), 0);
	ck_assert_int_eq(ask_evaluation(license, empty), CAIRN__STATUS__INVALID);
	ck_assert_str_eq(kit.got.text,
			 "several renewal policies of TN are in force for a license of type "
			 "\"Professional\": TN-b (B), TN-a (A); name one");
	ck_assert_int_eq(ask_evaluation(license, unknown), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(ask_evaluation(license, b), CAIRN__STATUS__OK);
	ck_assert(
		bytes_equal(bytes_of_pb(evaluation()->policy), kit_name("renewal_policy", "TN-b")));
	ck_assert_ptr_nonnull(
		strstr(evaluation()->json, arena_printf(kit.arena, "\"units_total\":%u.0",
							3 * kit_entry()->clock_hours)));
}
END_TEST

static Cairn__Status adjust(struct bytes license, char *policy)
{
	static char because[] = "transcript";
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AdjustLedger ask = ISSUANCE__ADJUST_LEDGER__INIT;

	ask.posting = pb_of_bytes(kit_id(&kit));
	ask.license = pb_of_bytes(license);
	ask.hundredths = 100;
	ask.because = because;
	ask.policy = policy;
	command.body_case = ISSUANCE__COMMAND__BODY_ADJUST_LEDGER;
	command.adjust_ledger = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

START_TEST(where_several_policies_may_apply_an_adjustment_must_name_one)
{
	static char a[] = "TN-a";
	struct bytes license;

	issuance_given_policy(&kit, &one);
	issuance_given_policy(&kit, &other);
	license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	ck_assert_int_eq(adjust(license, empty), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__SEVERAL_POLICIES);
	ck_assert_int_eq(adjust(license, a), CAIRN__STATUS__OK);
}
END_TEST

/* The sweep of the policy that tells them apart posts what had to wait, and takes back what stood
 * under the one that counts no more: a day counts once. */
START_TEST(a_policy_for_just_this_type_takes_the_place_of_another)
{
	const struct policy_given professional = {"TN", "2020-01-01",        "3",
						  1,    FOR("Professional"), "TN-professional"};
	struct bytes license;

	given_credit(&license);
	issuance_given_policy(&kit, &one);
	kit_advance(&kit, US_PER_S); /* ambiguous: all stays as it is */
	ck_assert_int_eq(ledger_at(license, 0)->balance, hours());
	issuance_given_policy(&kit, &professional);
	kit_advance(&kit, US_PER_S);
	ck_assert_uint_eq(standing(license), 1);
	ck_assert_int_eq(ledger_at(license, 0)->balance, 3 * hours());
	ck_assert_str_eq(ledger_at(license, 0)->lines[1]->because, "restated");
	check_moments(license);
}
END_TEST

START_TEST(a_term_that_was_told_wrong_counts_nothing_twice)
{
	struct bytes license;

	given_credit(&license);
	issuance_given_license_again(&kit, ana, license, "2025-01-01", TERM_TO);
	ck_assert_uint_eq(standing(license), 1);
	ck_assert_int_eq(ledger_at(license, 0)->balance, hours());
	check_moments(license);
}
END_TEST

/* ---- many licenses ---- */

static void given_many(struct bytes licenses[])
{
	for (unsigned i = 0; i < MANY; i++) {
		struct bytes educator = kit_id(&kit);

		issuance_given_educator(&kit, educator);
		licenses[i] = issuance_given_term(&kit, educator, i % 5 == 0 ? "NC" : "TN",
						  TERM_FROM, TERM_TO);
		issuance_released(&kit, educator, true);
	}
}

/* A policy's sweep goes on from where it stood, whatever died in between. */
START_TEST(a_sweep_over_many_licenses_posts_each_once_though_it_is_cut_off)
{
	static struct bytes licenses[MANY];
	uint64_t before;

	given_many(licenses);
	issuance_given_policy(&kit, &tennessee);
	kit_run(&kit); /* a part of it */
	before = view_count(kit_view(&kit), LEDGER);
	ck_assert(before > 0 && before < MANY - MANY / 5);
	kit_reopen(&kit);
	for (unsigned i = 0; i < 4; i++)
		kit_advance(&kit, US_PER_S);
	ck_assert_uint_eq(view_count(kit_view(&kit), LEDGER), MANY - MANY / 5);
	ck_assert_uint_eq(view_count(kit_view(&kit), LEDGER_SWEEP), 0);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_uint_eq(standing(licenses[i]), i % 5 == 0 ? 0 : 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("ledger and life");
	TCase *tc = tcase_create("life");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_revocation_reverses_the_credit_in_the_same_commit, 0, 2);
	tcase_add_test(tc, a_credential_revoked_before_the_license_is_linked_is_not_posted);
	tcase_add_test(tc, a_correction_reverses_the_credit_and_posts_the_new_credential);
	tcase_add_test(tc, what_was_said_of_a_credit_goes_over_to_the_one_in_its_place);
	tcase_add_test(tc, the_policy_for_the_type_of_license_counts);
	tcase_add_test(tc, a_policy_counts_where_its_flag_says_so);
	tcase_add_test(tc, where_several_policies_may_apply_the_question_must_name_one);
	tcase_add_test(tc, where_several_policies_may_apply_an_adjustment_must_name_one);
	tcase_add_test(tc, a_policy_for_just_this_type_takes_the_place_of_another);
	tcase_add_test(tc, a_term_that_was_told_wrong_counts_nothing_twice);
	tcase_add_test(tc, a_sweep_over_many_licenses_posts_each_once_though_it_is_cut_off);
	suite_add_tcase(suite, tc);
	return suite;
}
