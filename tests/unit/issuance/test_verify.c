/* Checking a credential against its issuer's key list, and every way in which it can fail. */
#include "tests/support/suite.h"

#include "libshared/blobs.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/badge_kit.h"
#include "tests/support/spec.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRUCTURE, ISSUER, KEY, HASH, SIGNATURE, VALIDITY, STATUS };

static struct arena *arena;
static struct badge_kit_key key;
static json_t *credential, *keys; /* what is verified, as changed by a test */
static struct verify_input input;
static struct verification v;

static json_t *parsed(struct bytes text)
{
	json_t *json = json_loadb((const char *)text.data, text.len, 0, NULL);

	ck_assert_ptr_nonnull(json);
	return json;
}

static void setup(void)
{
	struct badge_problem problem;
	struct badge_document document;
	struct badge_template *template;
	struct badge_signer signer;
	struct badge badge;
	struct didweb_key list[1];

	arena = arena_new(1 << 18);
	badge_kit_key(BADGE_KIT_SEED, &key);
	signer = badge_kit_signer(&key);
	template = badge_template_new(&badge_kit_issuer, &badge_kit_achievement, &problem);
	ck_assert_ptr_nonnull(template);
	badge = badge_kit_badge(template);
	ck_assert(badge_sign(&badge, &signer, arena, &document, &problem));
	badge_template_destroy(&template);
	credential = parsed(document.json);
	list[0] = (struct didweb_key){key.multikey, NULL};
	keys = parsed(didweb_document(BADGE_KIT_DID, list, 1, arena));
	input = (struct verify_input){.now_us = badge.valid_from_us};
}

static void teardown(void)
{
	json_decref(credential);
	json_decref(keys);
	arena_destroy(&arena);
}

/* Verifies credential and keys as they stand now. */
static void verify(void)
{
	char *text = json_dumps(credential, 0), *list = json_dumps(keys, 0);

	input.credential = bytes_of_text(text);
	input.did_document = bytes_of_text(list);
	credential_verify(&input, &v);
	free(text);
	free(list);
}

static void assert_fails(int check, const char *why)
{
	verify();
	ck_assert(!v.verified);
	for (int i = 0; i < check; i++)
		ck_assert_msg(v.checks[i].outcome == VERIFY_PASSED, "%s: %s", v.checks[i].name,
			      v.checks[i].text);
	ck_assert_msg(v.checks[check].outcome == VERIFY_FAILED, "%s: %s", v.checks[check].name,
		      v.checks[check].text);
	ck_assert_msg(strstr(v.checks[check].text, why) != NULL, "%s", v.checks[check].text);
}

static json_t *proof(void)
{
	return json_array_get(json_object_get(credential, "proof"), 0);
}

static json_t *method(void)
{
	return json_array_get(json_object_get(keys, "verificationMethod"), 0);
}

static void set(json_t *object, const char *member, const char *text)
{
	ck_assert_int_eq(json_object_set_new(object, member, json_string(text)), 0);
}

START_TEST(an_untouched_badge_passes_every_check)
{
	verify();
	ck_assert(v.verified);
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		ck_assert_msg(v.checks[i].outcome == VERIFY_PASSED, "%s: %s", v.checks[i].name,
			      v.checks[i].text);
	ck_assert_str_eq(v.checks[SIGNATURE].name, "signature");
	ck_assert_str_eq(v.checks[STATUS].name, "status");
}
END_TEST

START_TEST(the_order_of_members_and_other_spacing_change_nothing)
{
	char *text = json_dumps(credential, JSON_SORT_KEYS | JSON_INDENT(3));
	char *list = json_dumps(keys, JSON_SORT_KEYS);

	input.credential = bytes_of_text(text);
	input.did_document = bytes_of_text(list);
	credential_verify(&input, &v);
	ck_assert(v.verified);
	free(text);
	free(list);
}
END_TEST

/* ---- structure ---- */

START_TEST(what_is_no_json_object_fails_and_the_rest_is_not_checked)
{
	input.credential = bytes_of_text("{\"a\":1");
	input.did_document = bytes_of_text("{}");
	credential_verify(&input, &v);
	ck_assert(!v.verified);
	ck_assert_int_eq(v.checks[STRUCTURE].outcome, VERIFY_FAILED);
	for (size_t i = ISSUER; i < VERIFY_CHECKS; i++)
		ck_assert_int_eq(v.checks[i].outcome, VERIFY_NOT_MADE);
}
END_TEST

START_TEST(a_member_given_twice_fails)
{
	input.credential = bytes_of_text("{\"name\":\"a\",\"name\":\"b\"}");
	input.did_document = bytes_of_text("{}");
	credential_verify(&input, &v);
	ck_assert_int_eq(v.checks[STRUCTURE].outcome, VERIFY_FAILED);
}
END_TEST

START_TEST(a_document_without_end_fails)
{
	char *text = malloc(VERIFY_MAX_BYTES + 3);

	ck_assert_ptr_nonnull(text);
	memset(text, ' ', VERIFY_MAX_BYTES + 3);
	text[0] = '{';
	text[VERIFY_MAX_BYTES + 1] = '}';
	input.credential = (struct bytes){(const uint8_t *)text, VERIFY_MAX_BYTES + 2};
	input.did_document = bytes_of_text("{}");
	credential_verify(&input, &v);
	ck_assert_int_eq(v.checks[STRUCTURE].outcome, VERIFY_FAILED);
	free(text);
}
END_TEST

START_TEST(another_first_context_fails)
{
	json_array_set_new(json_object_get(credential, "@context"), 0,
			   json_string("https://www.w3.org/2018/credentials/v1"));
	assert_fails(STRUCTURE, "first context");
}
END_TEST

START_TEST(another_type_fails)
{
	set(credential, "type", "OpenBadgeCredential");
	assert_fails(STRUCTURE, "VerifiableCredential");
}
END_TEST

START_TEST(no_issuer_or_no_subject_fails)
{
	json_t *subject = json_incref(json_object_get(credential, "credentialSubject"));

	json_object_del(credential, "credentialSubject");
	assert_fails(STRUCTURE, "credentialSubject");
	json_object_set_new(credential, "credentialSubject", subject);
	json_object_del(credential, "issuer");
	assert_fails(STRUCTURE, "issuer");
}
END_TEST

START_TEST(no_proof_or_one_of_another_suite_or_purpose_fails)
{
	set(proof(), "proofPurpose", "authentication");
	assert_fails(STRUCTURE, "purpose");
	set(proof(), "cryptosuite", "eddsa-jcs-2022");
	assert_fails(STRUCTURE, "eddsa-rdfc-2022");
	json_object_del(credential, "proof");
	assert_fails(STRUCTURE, "eddsa-rdfc-2022");
}
END_TEST

START_TEST(a_proof_without_key_or_value_fails)
{
	json_object_del(proof(), "proofValue");
	assert_fails(STRUCTURE, "value");
}
END_TEST

START_TEST(a_proof_of_another_suite_beside_it_does_no_harm)
{
	json_t *other = json_deep_copy(proof());

	set(other, "cryptosuite", "eddsa-jcs-2022");
	json_array_insert_new(json_object_get(credential, "proof"), 0, other);
	verify();
	ck_assert(v.verified);
}
END_TEST

/* ---- issuer and key ---- */

START_TEST(the_key_list_of_another_issuer_fails)
{
	set(keys, "id", "did:web:other.example");
	assert_fails(ISSUER, "did:web:other.example");
}
END_TEST

START_TEST(a_key_of_another_issuer_fails)
{
	set(proof(), "verificationMethod", "did:web:other.example#key");
	assert_fails(ISSUER, "not one of the issuer");
	set(proof(), "verificationMethod", BADGE_KIT_DID);
	assert_fails(ISSUER, "not one of the issuer");
	set(proof(), "verificationMethod", BADGE_KIT_DID "x#key");
	assert_fails(ISSUER, "not one of the issuer");
}
END_TEST

START_TEST(a_key_that_is_not_listed_any_more_fails)
{
	json_array_clear(json_object_get(keys, "verificationMethod"));
	assert_fails(KEY, "does not have");
}
END_TEST

START_TEST(a_key_that_may_not_make_assertions_fails)
{
	json_array_clear(json_object_get(keys, "assertionMethod"));
	assert_fails(KEY, "may not sign");
}
END_TEST

START_TEST(a_key_controlled_by_another_fails)
{
	set(method(), "controller", "did:web:other.example");
	assert_fails(KEY, "not controlled");
}
END_TEST

START_TEST(a_key_of_another_kind_fails)
{
	set(method(), "publicKeyMultibase", "zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76");
	assert_fails(KEY, "Multikey");
	json_object_del(method(), "publicKeyMultibase");
	assert_fails(KEY, "Multikey");
}
END_TEST

/* The issuer's new key stands before the old one, which signed this badge. */
START_TEST(an_older_key_that_is_still_listed_passes)
{
	struct badge_kit_key newer;
	struct didweb_key list[2];

	badge_kit_key("a newer key", &newer);
	list[0] = (struct didweb_key){newer.multikey, NULL};
	list[1] = (struct didweb_key){key.multikey, NULL};
	json_decref(keys);
	keys = parsed(didweb_document(BADGE_KIT_DID, list, 2, arena));
	verify();
	ck_assert(v.verified);
}
END_TEST

/* ---- hash and signature ---- */

START_TEST(another_document_than_the_recorded_one_fails)
{
	static const uint8_t sum[SHA256_LEN];

	input.expected_sha256 = BYTES_OF(sum);
	assert_fails(HASH, "recorded");
	input.expected_sha256 = BYTES_NONE;
}
END_TEST

START_TEST(the_recorded_document_passes)
{
	char *text = json_dumps(credential, 0), *list = json_dumps(keys, 0);
	uint8_t sum[SHA256_LEN];

	sha256(bytes_of_text(text), sum);
	input.credential = bytes_of_text(text);
	input.did_document = bytes_of_text(list);
	input.expected_sha256 = BYTES_OF(sum);
	credential_verify(&input, &v);
	ck_assert(v.verified);
	free(text);
	free(list);
}
END_TEST

START_TEST(a_member_that_nobody_defines_fails)
{
	set(credential, "colour", "red\n");
	assert_fails(HASH, "\"colour\"");
	json_object_del(credential, "colour");
	set(credential, "two\nlines", "x");
	assert_fails(HASH, "\"two?lines\"");
}
END_TEST

static void change_name(void)
{
	set(credential, "name", "Another name");
}

static void change_level(void)
{
	json_t *results =
		json_object_get(json_object_get(credential, "credentialSubject"), "result");

	set(json_array_get(results, 0), "achievedLevel",
	    "https://issuers.example/achievements/lit-101/1#r1/not_yet");
}

static void change_valid_until(void)
{
	set(credential, "validUntil", "2099-01-09T17:05:00Z");
}

static void drop_valid_until(void)
{
	json_object_del(credential, "validUntil");
}

static void change_created(void)
{
	set(proof(), "created", "2026-01-09T17:05:02Z");
}

static void change_value(void)
{
	set(proof(), "proofValue",
	    "z2TRk31hTk1oTNrsz17NkbuwMDauxfeuKRhZ1Bho3ogwC87eeVU3uCmeNNR2oYXPfdmN1AjmqcH4VHt4xRaiE9"
	    "fSG");
}

static void break_value(void)
{
	set(proof(), "proofValue", "z2TRk31hTk1oTNrs");
}

static void swap_key(void)
{
	struct badge_kit_key other;

	badge_kit_key("another key", &other);
	set(method(), "publicKeyMultibase", other.multikey);
}

static void add_to_proof(void)
{
	set(proof(), "colour", "red");
}

static void (*const tamperings[])(void) = {
	change_name,  change_level, change_valid_until, drop_valid_until, change_created,
	change_value, break_value,  swap_key,           add_to_proof,
};

START_TEST(a_change_of_document_proof_or_key_fails)
{
	tamperings[_i]();
	assert_fails(SIGNATURE, "");
}
END_TEST

/* ---- validity and status ---- */

START_TEST(a_badge_is_valid_from_its_first_to_before_its_last_moment)
{
	struct badge badge = badge_kit_badge(NULL);

	input.now_us = badge.valid_until_us - 1;
	verify();
	ck_assert(v.verified);
	input.now_us = badge.valid_until_us;
	assert_fails(VALIDITY, "Expired");
	input.now_us = badge.valid_from_us - 1;
	assert_fails(VALIDITY, "Not valid before");
}
END_TEST

START_TEST(a_time_that_is_none_fails)
{
	set(credential, "validFrom", "yesterday");
	verify();
	ck_assert_int_eq(v.checks[VALIDITY].outcome, VERIFY_FAILED);
	set(credential, "validFrom", "2026-01-09T17:05:00Z");
	json_object_set_new(credential, "validUntil", json_integer(2031));
	verify();
	ck_assert_int_eq(v.checks[VALIDITY].outcome, VERIFY_FAILED);
	json_object_del(credential, "validUntil");
	set(proof(), "expires", "2026-01-09");
	verify();
	ck_assert_int_eq(v.checks[VALIDITY].outcome, VERIFY_FAILED);
	set(proof(), "expires", "2026-01-09T17:05:00Z");
	verify();
	ck_assert_int_eq(v.checks[VALIDITY].outcome, VERIFY_FAILED);
}
END_TEST

START_TEST(a_status_list_that_was_not_asked_is_said_so)
{
	json_object_set_new(credential, "credentialStatus",
			    json_pack("{s:s}", "statusListCredential", "https://a.example/1"));
	verify();
	ck_assert_int_eq(v.checks[STATUS].outcome, VERIFY_NOT_MADE);
	ck_assert_ptr_nonnull(strstr(v.checks[STATUS].text, "https://a.example/1"));
}
END_TEST

/* ---- what others signed ---- */

START_TEST(the_sample_passes_with_its_key_list)
{
	char *text = spec_read("sample/teacher-microcredential.json");
	char *list = spec_read("sample/did.json");

	input.credential = bytes_of_text(text);
	input.did_document = bytes_of_text(list);
	input.now_us = INT64_C(1768496700) * US_PER_S;
	credential_verify(&input, &v);
	for (size_t i = 0; i < STATUS; i++)
		ck_assert_msg(v.checks[i].outcome == VERIFY_PASSED, "%s", v.checks[i].text);
	ck_assert_int_eq(v.checks[STATUS].outcome, VERIFY_NOT_MADE);
	ck_assert(v.verified);
	free(text);
	free(list);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("verify");
	TCase *tcase = tcase_create("verify");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_untouched_badge_passes_every_check);
	tcase_add_test(tcase, the_order_of_members_and_other_spacing_change_nothing);
	tcase_add_test(tcase, what_is_no_json_object_fails_and_the_rest_is_not_checked);
	tcase_add_test(tcase, a_member_given_twice_fails);
	tcase_add_test(tcase, a_document_without_end_fails);
	tcase_add_test(tcase, another_first_context_fails);
	tcase_add_test(tcase, another_type_fails);
	tcase_add_test(tcase, no_issuer_or_no_subject_fails);
	tcase_add_test(tcase, no_proof_or_one_of_another_suite_or_purpose_fails);
	tcase_add_test(tcase, a_proof_without_key_or_value_fails);
	tcase_add_test(tcase, a_proof_of_another_suite_beside_it_does_no_harm);
	tcase_add_test(tcase, the_key_list_of_another_issuer_fails);
	tcase_add_test(tcase, a_key_of_another_issuer_fails);
	tcase_add_test(tcase, a_key_that_is_not_listed_any_more_fails);
	tcase_add_test(tcase, a_key_that_may_not_make_assertions_fails);
	tcase_add_test(tcase, a_key_controlled_by_another_fails);
	tcase_add_test(tcase, a_key_of_another_kind_fails);
	tcase_add_test(tcase, an_older_key_that_is_still_listed_passes);
	tcase_add_test(tcase, another_document_than_the_recorded_one_fails);
	tcase_add_test(tcase, the_recorded_document_passes);
	tcase_add_test(tcase, a_member_that_nobody_defines_fails);
	tcase_add_loop_test(tcase, a_change_of_document_proof_or_key_fails, 0,
			    (int)ARRAY_LEN(tamperings));
	tcase_add_test(tcase, a_badge_is_valid_from_its_first_to_before_its_last_moment);
	tcase_add_test(tcase, a_time_that_is_none_fails);
	tcase_add_test(tcase, a_status_list_that_was_not_asked_is_said_so);
	if (spec_present())
		tcase_add_test(tcase, the_sample_passes_with_its_key_list);
	suite_add_tcase(suite, tcase);
	return suite;
}
