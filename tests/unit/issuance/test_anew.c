/* Tests of decisions that a review made anew, and of founded cases: what was earned follows. */
#include "services/issuance/issuance.h"

#include "services/issuance/life.h"
#include "services/issuance/tables.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct bytes ana, enrollment, first, second, third; /* decisions of one enrollment */

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	enrollment = kit_id(&kit);
	first = kit_id(&kit);
	second = kit_id(&kit);
	third = kit_id(&kit);
	issuance_given_educator(&kit, ana);
}

static void teardown(void)
{
	kit_close(&kit);
}

static void decided(struct bytes decision, struct bytes supersedes, bool passed)
{
	issuance_decided(&kit, &(struct decided){.educator = ana,
						 .decision = decision,
						 .enrollment = enrollment,
						 .supersedes = supersedes,
						 .passed = passed});
}

static unsigned told(Issuance__Event__BodyCase kind)
{
	unsigned n = 0;

	kit.seen_seq = 0;
	while (issuance_next(&kit, kind) != NULL)
		n++;
	return n;
}

static bool holds_one(void)
{
	struct active active;

	return active_get(kit_view(&kit), ana, bytes_of_pb(kit_entry()->entry), &active);
}

START_TEST(a_not_yet_overturned_to_a_pass_earns_exactly_one)
{
	issuance_given_all(&kit);
	decided(first, BYTES_NONE, false);
	decided(second, first, true);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED), 1);
	/* A later attempt of the same enrollment had passed too, or will. */
	decided(third, BYTES_NONE, true);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED), 1);
}
END_TEST

START_TEST(a_pass_that_a_later_attempt_has_earned_already_adds_nothing)
{
	issuance_given_all(&kit);
	decided(first, BYTES_NONE, false);
	decided(third, BYTES_NONE, true);
	kit_advance(&kit, 5 * US_PER_DAY);
	decided(second, first, true);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED), 1);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED), 0);
}
END_TEST

START_TEST(a_pass_taken_back_is_revoked_by_the_two_who_read_it)
{
	const Issuance__CredentialRevoked *revoked;

	issuance_given_all(&kit);
	decided(first, BYTES_NONE, true);
	ck_assert(holds_one());
	decided(second, first, false);
	ck_assert(!holds_one());
	kit.seen_seq = 0;
	revoked = issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED)->credential_revoked;
	ck_assert_int_eq((int)revoked->reason, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR);
	ck_assert(bytes_equal(bytes_of_pb(revoked->by), READER_OF_REVIEW));
	ck_assert(bytes_equal(bytes_of_pb(revoked->second), LEAD_OF_REVIEW));
}
END_TEST

START_TEST(and_one_that_is_given_back_earns_another)
{
	issuance_given_all(&kit);
	decided(first, BYTES_NONE, true);
	decided(second, first, false);
	decided(third, second, true);
	ck_assert(holds_one());
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED), 2);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED), 1);
}
END_TEST

START_TEST(what_was_held_is_dropped_and_never_issued)
{
	Issuance__IssueHeld ask = ISSUANCE__ISSUE_HELD__INIT;
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	struct bytes held;

	issuance_given_issuer(&kit);
	issuance_given_entry(&kit);
	decided(first, BYTES_NONE, true); /* nothing signs yet */
	kit.seen_seq = 0;
	held = arena_copy(kit.arena,
			  bytes_of_pb(issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_HELD)
					      ->credential_held->credential));
	decided(second, first, false);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_HELD_DROPPED), 1);
	ck_assert_int_eq(issuance_add_key(&kit), CAIRN__STATUS__OK);
	ask.credential = pb_of_bytes(held);
	cmd.body_case = ISSUANCE__COMMAND__BODY_ISSUE_HELD;
	cmd.issue_held = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &cmd.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NOT_HELD);
}
END_TEST

START_TEST(a_founded_case_revokes_what_its_decision_earned)
{
	const Issuance__CredentialRevoked *revoked;

	issuance_given_all(&kit);
	decided(first, BYTES_NONE, true);
	issuance_founded(&kit, ana, first);
	ck_assert(!holds_one());
	kit.seen_seq = 0;
	revoked = issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED)->credential_revoked;
	ck_assert_int_eq((int)revoked->reason, ISSUANCE__LIFE_REASON__INTEGRITY_FOUNDED);
	/* Told again, or about what earned nothing: nothing more. */
	issuance_founded(&kit, ana, first);
	issuance_founded(&kit, ana, kit_id(&kit));
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED), 1);
}
END_TEST

START_TEST(a_credit_that_was_posted_is_reversed)
{
	issuance_given_all(&kit);
	issuance_given_policy(&kit, &(struct policy_given){.state = "TN",
							   .from = "2024-01-01",
							   .units = "1",
							   .version = 1,
							   .more = ""});
	issuance_given_term(&kit, ana, "TN", "2024-05-01", "2029-05-01");
	decided(first, BYTES_NONE, true);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_LEDGER_POSTED), 1);
	decided(second, first, false);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_LEDGER_REVERSED), 1);
}
END_TEST

/* The credential that counts now. */
static struct bytes held_now(void)
{
	struct active active;

	ck_assert(active_get(kit_view(&kit), ana, bytes_of_pb(kit_entry()->entry), &active));
	return arena_copy(kit.arena, BYTES_OF(active.credential));
}

static void ck_not_reversed(struct bytes credential)
{
	ck_assert_int_eq(
		kit_send(&kit, BYTES_NONE, life_reverse(kit.arena, credential, kit_id(&kit))),
		CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__WRONG_STATE);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "only a new decision"));
	ck_assert(!holds_one());
}

START_TEST(what_a_review_took_back_is_not_given_back_without_a_new_decision)
{
	struct bytes credential;

	issuance_given_all(&kit);
	decided(first, BYTES_NONE, true);
	credential = held_now();
	decided(second, first, false);
	ck_not_reversed(credential);
	decided(third, second, true);
	ck_assert(holds_one());
}
END_TEST

START_TEST(nor_what_a_founded_case_took_back)
{
	struct bytes credential;

	issuance_given_all(&kit);
	decided(first, BYTES_NONE, true);
	credential = held_now();
	issuance_founded(&kit, ana, first);
	ck_not_reversed(credential);
}
END_TEST

START_TEST(nor_what_was_revoked_already_when_its_decision_was_taken_back)
{
	struct bytes credential;

	issuance_given_all(&kit);
	decided(first, BYTES_NONE, true);
	credential = held_now();
	ck_assert_int_eq(
		kit_send(&kit, BYTES_NONE,
			 life_revoke(kit.arena, credential, ISSUANCE__LIFE_REASON__LEGAL_ORDER,
				     READER_OF_REVIEW, LEAD_OF_REVIEW)),
		CAIRN__STATUS__OK);
	decided(second, first, false);
	ck_not_reversed(credential);
}
END_TEST

static unsigned n_that_count(void)
{
	return told(ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED) -
	       told(ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED);
}

/* The first attempt's not yet became a pass while what the later attempt earned counted. */
static void given_covered_pass(void)
{
	issuance_given_all(&kit);
	decided(first, BYTES_NONE, false);
	decided(third, BYTES_NONE, true);
	decided(second, first, true);
	ck_assert_uint_eq(told(ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED), 1);
}

START_TEST(an_earlier_pass_stands_in_for_a_later_one_that_a_review_took_back)
{
	const Issuance__CredentialIssued *c;

	given_covered_pass();
	decided(kit_id(&kit), third, false);
	kit_advance(&kit, US_PER_S);
	ck_assert(holds_one());
	ck_assert_uint_eq(n_that_count(), 1);
	c = credential_get(kit_view(&kit), held_now(), kit.arena);
	ck_assert(bytes_equal(bytes_of_pb(c->decision), second));
}
END_TEST

START_TEST(and_for_one_that_a_founded_case_took_back)
{
	given_covered_pass();
	issuance_founded(&kit, ana, third);
	kit_advance(&kit, US_PER_S);
	ck_assert(holds_one());
	ck_assert_uint_eq(n_that_count(), 1);
	issuance_founded(&kit, ana, second);
	kit_advance(&kit, US_PER_S);
	ck_assert(!holds_one());
	ck_assert_uint_eq(n_that_count(), 0);
}
END_TEST

START_TEST(an_earlier_pass_that_was_taken_back_first_does_not)
{
	given_covered_pass();
	issuance_founded(&kit, ana, second);
	issuance_founded(&kit, ana, third);
	kit_advance(&kit, US_PER_S);
	ck_assert(!holds_one());
}
END_TEST

START_TEST(nor_beside_one_that_persons_revoked_for_a_reason_of_their_own)
{
	given_covered_pass();
	ck_assert_int_eq(
		kit_send(&kit, BYTES_NONE,
			 life_revoke(kit.arena, held_now(), ISSUANCE__LIFE_REASON__LEGAL_ORDER,
				     READER_OF_REVIEW, LEAD_OF_REVIEW)),
		CAIRN__STATUS__OK);
	issuance_founded(&kit, ana, third);
	kit_advance(&kit, US_PER_S);
	ck_assert(!holds_one());
}
END_TEST

START_TEST(nor_does_it_while_another_one_counts)
{
	struct bytes again = kit_id(&kit);

	given_covered_pass();
	decided(again, third, false);
	decided(kit_id(&kit), again, true);
	kit_advance(&kit, US_PER_S);
	ck_assert(holds_one());
	ck_assert_uint_eq(n_that_count(), 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("issuance: decisions made anew");
	TCase *tc = tcase_create("anew");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_not_yet_overturned_to_a_pass_earns_exactly_one);
	tcase_add_test(tc, a_pass_that_a_later_attempt_has_earned_already_adds_nothing);
	tcase_add_test(tc, a_pass_taken_back_is_revoked_by_the_two_who_read_it);
	tcase_add_test(tc, and_one_that_is_given_back_earns_another);
	tcase_add_test(tc, what_was_held_is_dropped_and_never_issued);
	tcase_add_test(tc, a_founded_case_revokes_what_its_decision_earned);
	tcase_add_test(tc, a_credit_that_was_posted_is_reversed);
	tcase_add_test(tc, what_a_review_took_back_is_not_given_back_without_a_new_decision);
	tcase_add_test(tc, nor_what_a_founded_case_took_back);
	tcase_add_test(tc, nor_what_was_revoked_already_when_its_decision_was_taken_back);
	tcase_add_test(tc, an_earlier_pass_stands_in_for_a_later_one_that_a_review_took_back);
	tcase_add_test(tc, and_for_one_that_a_founded_case_took_back);
	tcase_add_test(tc, an_earlier_pass_that_was_taken_back_first_does_not);
	tcase_add_test(tc, nor_beside_one_that_persons_revoked_for_a_reason_of_their_own);
	tcase_add_test(tc, nor_does_it_while_another_one_counts);
	suite_add_tcase(suite, tc);
	return suite;
}
