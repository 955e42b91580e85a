/* Records: signed badges under one signature, each still what it was. */
#include "services/issuance/documents/clr.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/badge_kit.h"
#include "tests/support/suite.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct badge_kit_key key;
static struct badge_signer signer;
static struct badge_template *template;

static void setup(void)
{
	struct badge_problem problem;

	arena = arena_new((size_t)1 << 20);
	badge_kit_key(BADGE_KIT_SEED, &key);
	signer = badge_kit_signer(&key);
	template = badge_template_new(&badge_kit_issuer, &badge_kit_achievement, &problem);
	ck_assert_ptr_nonnull(template);
}

static void teardown(void)
{
	badge_template_destroy(&template);
	arena_destroy(&arena);
}

/* The same achievement earned again and again, under ids of their own. */
static struct bytes badge_number(uint8_t n)
{
	struct badge badge = badge_kit_badge(template);
	struct badge_document document;
	struct badge_problem problem;

	badge.id.b[ID_LEN - 1] = n;
	ck_assert(badge_sign(&badge, &signer, arena, &document, &problem));
	return document.json;
}

static struct clr record_of(const struct bytes *credentials, size_t n)
{
	struct clr record = {.name = "Record of micro-credentials",
			     .issuer = badge_kit_issuer,
			     .credentials = credentials,
			     .n_credentials = n,
			     .signed_us = INT64_C(1768000000) * US_PER_S};

	ENSURE(id_of_text("019ba3d2-7c00-7a00-8b00-0c0d0e0f2022", &record.id));
	return record;
}

static void assert_verified(struct bytes json)
{
	struct didweb_key listed = {.name = key.multikey};
	struct verify_input input = {.credential = json,
				     .did_document =
					     didweb_document(BADGE_KIT_DID, &listed, 1, arena),
				     .now_us = INT64_C(1768100000) * US_PER_S};
	struct verification *v = calloc(1, sizeof *v);

	ENSURE(v != NULL);
	credential_verify(&input, v);
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		ck_assert_msg(v->checks[i].outcome != VERIFY_FAILED, "%s: %s", v->checks[i].name,
			      v->checks[i].text);
	free(v);
}

START_TEST(a_record_verifies_and_so_does_each_badge_in_it)
{
	struct bytes credentials[] = {badge_number(1), badge_number(2), badge_number(3)};
	struct clr record = record_of(credentials, ARRAY_LEN(credentials));
	struct badge_document document;
	struct badge_problem problem;
	json_t *json, *nested;

	ck_assert_msg(clr_sign(&record, &signer, arena, &document, &problem), "%s: %s",
		      problem.where, badge_fault_sentence(problem.fault));
	assert_verified(document.json);
	json = json_loadb((const char *)document.json.data, document.json.len, 0, NULL);
	nested =
		json_object_get(json_object_get(json, "credentialSubject"), "verifiableCredential");
	ck_assert_uint_eq(json_array_size(nested), 3);
	for (size_t i = 0; i < 3; i++) {
		char *text = json_dumps(json_array_get(nested, i), JSON_COMPACT);

		assert_verified(bytes_of_text(text));
		free(text);
	}
	json_decref(json);
}
END_TEST

/* CLR 2.0, Association: which credential of a record stands above which. */
START_TEST(a_stack_and_its_members_are_associated_both_ways)
{
	struct bytes credentials[] = {badge_number(1), badge_number(2)};
	struct clr record = record_of(credentials, ARRAY_LEN(credentials));
	struct clr_association one;
	struct badge_document document;
	struct badge_problem problem;
	json_t *json, *list;

	ENSURE(id_of_text("019ba3d2-7c00-7a00-8b00-0c0d0e0f2001", &one.parent));
	ENSURE(id_of_text("019ba3d2-7c00-7a00-8b00-0c0d0e0f2002", &one.child));
	record.associations = &one;
	record.n_associations = 1;
	ck_assert_msg(clr_sign(&record, &signer, arena, &document, &problem), "%s: %s",
		      problem.where, badge_fault_sentence(problem.fault));
	assert_verified(document.json);
	json = json_loadb((const char *)document.json.data, document.json.len, 0, NULL);
	list = json_object_get(json_object_get(json, "credentialSubject"), "association");
	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_str_eq(
		json_string_value(json_object_get(json_array_get(list, 0), "associationType")),
		"isParentOf");
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "targetId")),
			 "urn:uuid:019ba3d2-7c00-7a00-8b00-0c0d0e0f2002");
	ck_assert_str_eq(
		json_string_value(json_object_get(json_array_get(list, 1), "associationType")),
		"isChildOf");
	json_decref(json);
}
END_TEST

START_TEST(what_has_members_without_a_meaning_cannot_stand_in_a_record)
{
	char *text = arena_text(arena, badge_number(1));

	ck_assert(clr_holds(bytes_of_text(text), arena));
	ck_assert(!clr_holds(bytes_of_text(arena_printf(arena, "{\"huh\":1,%s", text + 1)), arena));
	ck_assert(!clr_holds(bytes_of_text("{"), arena));
}
END_TEST

START_TEST(a_badge_changed_within_breaks_the_record)
{
	struct bytes credentials[] = {badge_number(1), badge_number(2)};
	struct clr record = record_of(credentials, ARRAY_LEN(credentials));
	struct badge_document whole, changed;
	struct badge_problem problem;
	char *text = arena_text(arena, credentials[1]);

	ck_assert(clr_sign(&record, &signer, arena, &whole, &problem));
	strstr(text, "\"Yes\"")[1] = 'y';
	credentials[1] = bytes_of_text(text);
	ck_assert(clr_sign(&record, &signer, arena, &changed, &problem));
	ck_assert_str_ne(whole.proof_value, changed.proof_value);
}
END_TEST

START_TEST(a_record_of_many_is_signed_alike_twice)
{
	struct bytes credentials[60];
	struct clr record = record_of(credentials, ARRAY_LEN(credentials));
	struct badge_document one, other;
	struct badge_problem problem;

	for (uint8_t i = 0; i < ARRAY_LEN(credentials); i++)
		credentials[i] = badge_number(i);
	ck_assert_msg(clr_sign(&record, &signer, arena, &one, &problem), "%s: %s", problem.where,
		      badge_fault_sentence(problem.fault));
	ck_assert(clr_sign(&record, &signer, arena, &other, &problem));
	ck_assert(bytes_equal(one.json, other.json));
}
END_TEST

START_TEST(nothing_and_no_json_make_no_record)
{
	struct bytes broken = bytes_of_text("{");
	struct clr none = record_of(NULL, 0), bad = record_of(&broken, 1);
	struct badge_document document;
	struct badge_problem problem;

	ck_assert(!clr_sign(&none, &signer, arena, &document, &problem));
	ck_assert_int_eq(problem.fault, BADGE_MISSING);
	ck_assert(!clr_sign(&bad, &signer, arena, &document, &problem));
	ck_assert_int_eq(problem.fault, BADGE_SHAPE);
}
END_TEST

START_TEST(what_is_too_large_to_verify_is_refused)
{
	static struct bytes credentials[200];
	struct clr record = record_of(credentials, ARRAY_LEN(credentials));
	struct badge_document document;
	struct badge_problem problem;

	for (size_t i = 0; i < ARRAY_LEN(credentials); i++)
		credentials[i] = badge_number((uint8_t)i);
	ck_assert(!clr_sign(&record, &signer, arena, &document, &problem));
	ck_assert_str_eq(problem.where, "verifiableCredential");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("clr");
	TCase *tcase = tcase_create("clr");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_record_verifies_and_so_does_each_badge_in_it);
	tcase_add_test(tcase, a_stack_and_its_members_are_associated_both_ways);
	tcase_add_test(tcase, what_has_members_without_a_meaning_cannot_stand_in_a_record);
	tcase_add_test(tcase, a_badge_changed_within_breaks_the_record);
	tcase_add_test(tcase, a_record_of_many_is_signed_alike_twice);
	tcase_add_test(tcase, nothing_and_no_json_make_no_record);
	tcase_add_test(tcase, what_is_too_large_to_verify_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
