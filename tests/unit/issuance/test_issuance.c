/* The issuance service: which decision earns a credential, what holds it back, who sees what of it.
 */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "proto/assessment.pb-c.h"
#include "proto/public.pb-c.h"
#include "services/issuance/issuance.h"
#include "services/issuance/mint.h"
#include "services/issuance/status.h"
#include "services/issuance/tables.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define ENROLLMENT_LOG "enrollment.0.log"

static struct kit kit;
static struct bytes ana;
static const struct bytes nobody = {NULL, 0};

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

static unsigned n_public(void)
{
	return (unsigned)view_count(kit_view(&kit), PUBLIC);
}

/* ---- tests ---- */

START_TEST(a_released_pass_earns_one_credential_that_verifies)
{
	const Issuance__CredentialIssued *issued;
	const Issuance__CredentialAnswer *answer;
	struct verify_input input = {.now_us = KIT_EPOCH_US + US_PER_DAY};
	struct verification v;

	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	issued = issuance_next_issued(&kit);
	ck_assert_ptr_nonnull(issued);
	answer = issuance_credential(&kit, bytes_of_pb(issued->credential));
	input.credential = bytes_of_text(answer->document);
	input.did_document = bytes_of_text(issuance_did_document(&kit));
	input.expected_sha256 = bytes_of_pb(issued->sha256);
	credential_verify(&input, &v);
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		ck_assert_msg(v.checks[i].outcome != VERIFY_FAILED, "%s: %s", v.checks[i].name,
			      v.checks[i].text);
	ck_assert(v.verified);
	ck_assert_ptr_null(strstr(answer->document, "Torres")); /* no clear name, no address */
	ck_assert_ptr_null(strstr(answer->document, "school.example"));
	ck_assert_uint_eq(n_public(), 1);
}
END_TEST

/* A decision as the engine gives it, for what rules share. */
static struct decision decision_at(int64_t now_us)
{
	struct decision d = {
		.now_us = now_us,
		.caps = &kit.caps,
		.arena = kit.arena,
		.event = &issuance__event__descriptor,
	};

	d.input_id = id_of_bytes(kit_id(&kit));
	return d;
}

START_TEST(a_document_made_again_from_its_facts_is_the_same_bytes)
{
	const Issuance__CredentialIssued *issued;
	Issuance__CredentialIssued again;
	struct decision d;
	struct bytes first, second;

	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	issued = issuance_next_issued(&kit);
	again = *issued;
	again.document = NULL;
	again.sha256 = (ProtobufCBinaryData){0};
	d = decision_at(issued->signed_us);
	ck_assert_ptr_null(mint_document(kit_view(&kit), &again, &d));
	ck_assert(bytes_equal(bytes_of_pb(again.sha256), bytes_of_pb(issued->sha256)));
	ck_assert_str_eq(again.proof_value, issued->proof_value);
	ck_assert(unseal(&kit.caps, issued->document, kit.arena, &first));
	ck_assert(unseal(&kit.caps, again.document, kit.arena, &second));
	ck_assert(bytes_equal(first, second));

	mint_with_fresh_status(kit_view(&kit), &again, &d);
	ck_assert_uint_ne(again.status->index, issued->status->index);
	ck_assert_ptr_null(mint_document(kit_view(&kit), &again, &d));
	ck_assert(!bytes_equal(bytes_of_pb(again.sha256), bytes_of_pb(issued->sha256)));
}
END_TEST

START_TEST(a_credential_names_its_place_in_a_status_list)
{
	const Issuance__CredentialIssued *issued;
	const char *document, *place;
	struct id list;

	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	issued = issuance_next_issued(&kit);
	document = issuance_credential(&kit, bytes_of_pb(issued->credential))->document;
	place = arena_printf(
		kit.arena,
		"\"credentialStatus\":{\"id\":\"https://cairn.example/%s/status/1#%u\","
		"\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","
		"\"statusListIndex\":\"%u\",\"statusListCredential\":"
		"\"https://cairn.example/%s/status/1\"}",
		"issuers/larkspur-rsa", issued->status->index, issued->status->index,
		"issuers/larkspur-rsa");
	ck_assert_msg(strstr(document, place) != NULL, "%s not in %s", place, document);
	list = status_list_id(bytes_of_pb(issued->issuer), 1);
	ck_assert(status_taken(kit_view(&kit), bytes_of_id(&list), issued->status->index));
	ck_assert(!status_revoked(kit_view(&kit), bytes_of_id(&list), issued->status->index));
}
END_TEST

START_TEST(places_of_one_decision_are_all_different)
{
	static uint8_t seen[STATUS_BITS];
	struct decision d = decision_at(kit.now_us);
	const Issuance__StatusEntry *entry;

	for (unsigned i = 0; i < 2000; i++) {
		entry = status_draw(kit_view(&kit), kit_issuer(), &d);
		ck_assert_uint_eq(entry->list, 1);
		ck_assert_uint_lt(entry->index, STATUS_BITS);
		ck_assert_uint_eq(seen[entry->index]++, 0);
	}
}
END_TEST

START_TEST(a_not_yet_earns_nothing)
{
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, false);
	ck_assert_ptr_null(issuance_next_issued(&kit));
	ck_assert_uint_eq(n_public(), 0);
}
END_TEST

START_TEST(a_second_pass_of_the_same_moment_earns_no_second_credential)
{
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	ck_assert_ptr_nonnull(issuance_next_issued(&kit));
	issuance_released(&kit, ana, true);
	ck_assert_ptr_null(issuance_next_issued(&kit));
}
END_TEST

START_TEST(a_pass_after_the_credential_has_expired_earns_another)
{
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	kit_advance(&kit, 366 * US_PER_DAY * (int64_t)kit_entry()->valid_months / 12);
	issuance_released(&kit, ana, true);
	ck_assert_ptr_nonnull(issuance_next_issued(&kit));
	ck_assert_ptr_nonnull(issuance_next_issued(&kit));
}
END_TEST

START_TEST(a_decision_that_outruns_the_catalogue_and_the_educator_waits_for_both)
{
	issuance_released(&kit, ana, true);
	issuance_given_issuer(&kit);
	ck_assert_int_eq(issuance_add_key(&kit), CAIRN__STATUS__OK);
	issuance_given_entry(&kit);
	ck_assert_ptr_null(issuance_next_issued(&kit));
	issuance_given_educator(&kit, ana);
	ck_assert_ptr_nonnull(issuance_next_issued(&kit));
}
END_TEST

static Cairn__Status issue_held(struct bytes credential)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__IssueHeld issue = ISSUANCE__ISSUE_HELD__INIT;

	issue.credential = pb_of_bytes(credential);
	command.body_case = ISSUANCE__COMMAND__BODY_ISSUE_HELD;
	command.issue_held = &issue;
	return kit_send(&kit, nobody, &command.base);
}

START_TEST(without_a_key_a_credential_is_held_and_issued_once_there_is_one)
{
	const Issuance__Event *held;
	const Issuance__CredentialIssued *issued;
	struct bytes credential;

	issuance_given_issuer(&kit);
	issuance_given_entry(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	held = issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_HELD);
	ck_assert_ptr_nonnull(held);
	ck_assert_ptr_nonnull(strstr(held->credential_held->reason, "no signing key"));
	credential = bytes_of_pb(held->credential_held->credential);
	ck_assert_int_eq(issuance_add_key(&kit), CAIRN__STATUS__OK);
	ck_assert_int_eq(issue_held(credential), CAIRN__STATUS__OK);
	issued = issuance_next_issued(&kit);
	ck_assert_ptr_nonnull(issued);
	ck_assert(bytes_equal(bytes_of_pb(issued->credential), credential));
	ck_assert_int_eq(issue_held(credential), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NOT_HELD);
}
END_TEST

START_TEST(a_held_credential_is_refused_with_the_reason_while_that_stands)
{
	const Issuance__Event *held;

	issuance_given_issuer(&kit);
	issuance_given_entry(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	held = issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_HELD);
	ck_assert_ptr_nonnull(held);
	ck_assert_int_eq(issue_held(bytes_of_pb(held->credential_held->credential)),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NOT_SIGNABLE);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "no signing key"));
	ck_assert_ptr_null(issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_HELD));
}
END_TEST

START_TEST(of_two_held_in_one_period_only_one_is_issued)
{
	const Issuance__Event *first, *second;

	issuance_given_issuer(&kit);
	issuance_given_entry(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	first = issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_HELD);
	issuance_released(&kit, ana, true);
	second = issuance_next(&kit, ISSUANCE__EVENT__BODY_CREDENTIAL_HELD);
	ck_assert(first != NULL && second != NULL);
	ck_assert_int_eq(issuance_add_key(&kit), CAIRN__STATUS__OK);
	ck_assert_int_eq(issue_held(bytes_of_pb(first->credential_held->credential)),
			 CAIRN__STATUS__OK);
	ck_assert_int_eq(issue_held(bytes_of_pb(second->credential_held->credential)),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__HOLDS_ONE);
}
END_TEST

START_TEST(an_issuer_gets_one_first_key)
{
	ck_assert_int_eq(issuance_add_key(&kit), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__UNKNOWN_ISSUER);
	issuance_given_issuer(&kit);
	ck_assert_int_eq(issuance_add_key(&kit), CAIRN__STATUS__OK);
	ck_assert_int_eq(issuance_add_key(&kit), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__ISSUER_HAS_KEY);
}
END_TEST

START_TEST(erasure_takes_the_document_and_leaves_its_hash)
{
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__EducatorErased erased = ENROLLMENT__EDUCATOR_ERASED__INIT;
	const Issuance__CredentialAnswer *answer;
	struct bytes credential;

	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	credential = bytes_of_pb(issuance_next_issued(&kit)->credential);
	erased.educator = pb_of_bytes(ana);
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED;
	event.educator_erased = &erased;
	kit_upstream(&kit, ENROLLMENT_LOG, ana, &event.base);
	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, ana), 0); /* the effect's part */
	answer = issuance_credential(&kit, credential);
	ck_assert(answer->erased);
	ck_assert_str_eq(answer->document, "");
	ck_assert_uint_eq(answer->sha256.len, 32);
	issuance_released(&kit, ana, true);
}
END_TEST

/* The data of the first public event as a subscriber of that scope gets it; NULL: it does not. */
static const char *rendered_for(const char *scope)
{
	const Cairn__CloudEvent *event = issuance_public_event(&kit, 1, scope);

	if (event == NULL)
		return NULL;
	ck_assert_str_eq(event->type, "org.cairn.credential.issued.v1");
	return event->text_data;
}

START_TEST(a_subscriber_sees_the_holder_only_in_its_own_scope)
{
	const char *data;

	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_given_license(&kit, ana);
	issuance_released(&kit, ana, true);
	data = rendered_for("TN");
	ck_assert_ptr_nonnull(strstr(data, "\"educatorLicenseId\":\"TN-998877\""));
	ck_assert_ptr_null(rendered_for("WA"));
	data = rendered_for("");
	ck_assert_ptr_nonnull(data);
	ck_assert_ptr_null(strstr(data, "holder"));
	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, ana), 0);
	ck_assert_ptr_null(strstr(rendered_for("TN"), "holder"));
}
END_TEST

START_TEST(a_damaged_event_is_parked_and_stops_nothing)
{
	Enrollment__IssuerPublished issuer = ENROLLMENT__ISSUER_PUBLISHED__INIT;
	Enrollment__EducatorErased erased = ENROLLMENT__EDUCATOR_ERASED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	event.body_case = ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED;
	event.issuer_published = &issuer;
	kit_upstream(&kit, ENROLLMENT_LOG, kit_id(&kit), &event.base);
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED;
	event.educator_erased = &erased;
	kit_upstream(&kit, ENROLLMENT_LOG, kit_id(&kit), &event.base);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 2);
	issuance_given_issuer(&kit);
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 2);
}
END_TEST

START_TEST(months_end_where_the_calendar_says)
{
	static const struct {
		int y, m, d;
		uint32_t months;
		int ty, tm, td;
	} cases[] = {{2026, 1, 31, 1, 2026, 2, 28},  {2024, 1, 31, 1, 2024, 2, 29},
		     {2026, 12, 15, 1, 2027, 1, 15}, {2026, 11, 30, 60, 2031, 11, 30},
		     {2024, 2, 29, 12, 2025, 2, 28}, {2026, 12, 31, 12, 2027, 12, 31}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t at = day_of_civil(cases[i].y, cases[i].m, cases[i].d) * US_PER_DAY + 5;

		ck_assert_int_eq(months_later_us(at, cases[i].months),
				 day_of_civil(cases[i].ty, cases[i].tm, cases[i].td) * US_PER_DAY +
					 5);
	}
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_released_pass_earns_one_credential_that_verifies,
		a_document_made_again_from_its_facts_is_the_same_bytes,
		a_credential_names_its_place_in_a_status_list,
		places_of_one_decision_are_all_different,
		a_not_yet_earns_nothing,
		a_second_pass_of_the_same_moment_earns_no_second_credential,
		a_pass_after_the_credential_has_expired_earns_another,
		a_decision_that_outruns_the_catalogue_and_the_educator_waits_for_both,
		without_a_key_a_credential_is_held_and_issued_once_there_is_one,
		a_held_credential_is_refused_with_the_reason_while_that_stands,
		of_two_held_in_one_period_only_one_is_issued,
		an_issuer_gets_one_first_key,
		erasure_takes_the_document_and_leaves_its_hash,
		a_subscriber_sees_the_holder_only_in_its_own_scope,
		a_damaged_event_is_parked_and_stops_nothing,
		months_end_where_the_calendar_says,
	};
	Suite *suite = suite_create("issuance");
	TCase *tcase = tcase_create("issuance");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return suite;
}
