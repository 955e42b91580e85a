/* Tests of the checks that the public page shows, of the feed's JSON, and of forms with a file. */
#include "libshared/check.h"
#include "libshared/json.h"
#include "services/gateway/proof/checks.h"
#include "services/gateway/proof/drawing.h"
#include "services/gateway/proof/feed.h"
#include "services/gateway/proof/multipart.h"
#include "services/issuance/forms/bake.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct arena *arena;
static struct bytes ana, credential;
static struct proof_input in;
static json_t *record, *issuer, *checks;

static const Issuance__Answer *asked(Issuance__Query *query)
{
	ENSURE(kit_ask(&kit, BYTES_NONE, &query->base) == CAIRN__STATUS__OK);
	return (const Issuance__Answer *)kit.answer;
}

static json_t *issuer_known(void)
{
	Issuance__ListIssuers ask = ISSUANCE__LIST_ISSUERS__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_ISSUERS;
	query.list_issuers = &ask;
	return json_of_message(&asked(&query)->issuers->issuers[0]->base);
}

static void setup(void)
{
	const Issuance__CredentialAnswer *c;

	kit_open(&kit, &issuance_service);
	arena = arena_new(4096);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_released(&kit, ana, true);
	credential = bytes_of_pb(issuance_next_issued(&kit)->credential);
	c = issuance_credential(&kit, credential);
	in = (struct proof_input){.now_us = kit.now_us};
	in.credential = arena_copy(arena, bytes_of_text(c->document));
	record = json_of_message(&c->base);
	issuer = issuer_known();
	in.record = record;
	in.issuer = issuer;
	checks = NULL;
}

static void teardown(void)
{
	json_decref(record);
	json_decref(issuer);
	json_decref(checks);
	arena_destroy(&arena);
	kit_close(&kit);
}

static const char *outcome(const char *name)
{
	json_t *check;
	size_t i;

	json_array_foreach(
		json_object_get(checks, "checks"), i,
		check) if (strcmp(json_string_value(json_object_get(check, "check")), name) ==
			   0) return json_string_value(json_object_get(check, "outcome"));
	return "none";
}

static const char *when_checked(void)
{
	json_decref(checks);
	checks = proof_checks(&in, arena);
	return json_string_value(json_object_get(checks, "verdict"));
}

START_TEST(a_credential_of_this_installation_is_valid)
{
	ck_assert_str_eq(when_checked(), "valid");
	ck_assert_str_eq(outcome("schema"), "pass");
	ck_assert_str_eq(outcome("issuer"), "pass");
	ck_assert_str_eq(outcome("signature"), "pass");
	ck_assert_str_eq(outcome("achievement"), "pass");
	ck_assert_str_eq(outcome("record"), "pass");
	ck_assert_str_eq(outcome("expiry"), "pass");
	ck_assert_str_eq(outcome("status"), "warn"); /* its list is not at hand */
	ck_assert_str_eq(outcome("log"), "warn");    /* no checkpoint yet */
	ck_assert_str_eq(outcome("link"), "none");
}
END_TEST

START_TEST(a_changed_credential_is_not_valid)
{
	uint8_t *at = memmem(in.credential.data, in.credential.len, "Phonemic", 8);

	ENSURE(at != NULL);
	memcpy(at, "Phonetic", 8);
	ck_assert_str_eq(when_checked(), "not_valid");
	ck_assert_str_eq(outcome("signature"), "fail");
	ck_assert_str_eq(outcome("record"), "warn");
}
END_TEST

START_TEST(of_another_issuer_the_signature_is_said_to_be_unchecked)
{
	in.record = NULL;
	in.issuer = NULL;
	ck_assert_str_eq(when_checked(), "not_known");
	ck_assert_str_eq(outcome("signature"), "warn");
	ck_assert_str_eq(outcome("issuer"), "warn");
	ck_assert_str_eq(outcome("achievement"), "warn");
	ck_assert_str_eq(outcome("record"), "none");
	ck_assert_str_eq(outcome("log"), "none");
}
END_TEST

START_TEST(what_was_revoked_or_has_run_out_is_not_valid)
{
	json_object_set_new(record, "state", json_string("revoked"));
	ck_assert_str_eq(when_checked(), "not_valid");
	ck_assert_str_eq(outcome("status"), "fail");
	json_object_set_new(record, "state", json_string("issued"));
	in.now_us += 20 * 366 * US_PER_DAY;
	ck_assert_str_eq(when_checked(), "not_valid");
	ck_assert_str_eq(outcome("expiry"), "fail");
}
END_TEST

START_TEST(a_withdrawn_link_fails)
{
	AUTO(json_decrefp) json_t *share = json_pack("{s:s}", "state", "withdrawn");

	in.share = share;
	ck_assert_str_eq(when_checked(), "not_valid");
	ck_assert_str_eq(outcome("link"), "fail");
	json_object_set_new(share, "state", json_string("open"));
	ck_assert_str_eq(when_checked(), "valid");
}
END_TEST

START_TEST(of_an_erased_holder_the_record_is_left)
{
	in.credential = BYTES_NONE;
	in.is_erased = true;
	ck_assert_str_eq(when_checked(), "not_known");
	ck_assert_str_eq(outcome("record"), "warn");
	ck_assert_str_eq(outcome("signature"), "none");
}
END_TEST

START_TEST(anything_else_is_refused_by_the_schema)
{
	static const char *const texts[] = {"", "{", "[]", "{}", "\"x\"", "a.b.c", "12"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		in.credential = bytes_of_text(texts[i]);
		ck_assert_str_eq(when_checked(), "not_valid");
		ck_assert_str_eq(outcome("schema"), "fail");
	}
}
END_TEST

START_TEST(a_credential_names_its_key_and_its_list)
{
	struct proof_names names;

	ck_assert(proof_names_read(in.credential, arena, &names));
	ck_assert_str_eq(names.did, json_string_value(json_object_get(
					    json_object_get(issuer, "issuer"), "did")));
	ck_assert_str_eq(names.id + 9, ID_STR(credential));
	ck_assert_uint_eq(names.list, 1);
	ck_assert(!proof_names_read(bytes_of_text("[1]"), arena, &names));
	ck_assert(proof_names_read(bytes_of_text("{\"issuer\":7}"), arena, &names));
	ck_assert_str_eq(names.did, "");
}
END_TEST

START_TEST(the_feed_has_the_events_as_followers_get_them)
{
	Issuance__ReadPublic ask = ISSUANCE__READ_PUBLIC__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	AUTO(json_decrefp) json_t *page = NULL, *batch = NULL;
	struct bytes text;
	const json_t *event;

	query.body_case = ISSUANCE__QUERY__BODY_READ_PUBLIC;
	query.read_public = &ask;
	page = json_of_message(&asked(&query)->public_page->base);
	text = feed_batch(page, arena);
	batch = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_uint_ge(json_array_size(batch), 1);
	event = json_array_get(batch, 0);
	ck_assert_str_eq(json_string_value(json_object_get(event, "specversion")), "1.0");
	ck_assert_str_eq(json_string_value(json_object_get(event, "previoussequence")),
			 "00000000000000000000");
	ck_assert_ptr_nonnull(json_object_get(json_object_get(event, "data"), "credentialId"));
}
END_TEST

START_TEST(a_file_is_found_in_a_form)
{
	static const char body[] =
		"--xyz\r\nContent-Disposition: form-data; name=\"file\"; "
		"filename=\"\"\r\n\r\n\r\n--xyz\r\nContent-Disposition: "
		"form-data; name=\"document\"\r\n\r\n{\"a\":\r\n1}\r\n--xyz--\r\n";
	static const char type[] = "multipart/form-data; boundary=xyz";
	struct bytes content;

	ck_assert(multipart_find(bytes_of_text(body), type, "document", &content));
	ck_assert(bytes_equal(content, bytes_of_text("{\"a\":\r\n1}")));
	ck_assert(!multipart_find(bytes_of_text(body), type, "file", &content));
	ck_assert(!multipart_find(bytes_of_text(body), "text/plain", "document", &content));
	for (size_t n = 0; n < sizeof body - 1; n++)
		(void)multipart_find((struct bytes){(const uint8_t *)body, n}, type, "document",
				     &content);
}
END_TEST

START_TEST(cards_badges_and_certificates_are_drawn)
{
	static const char *const draws[] = {"card", "png", "svg", "pdf"};
	struct form_problem problem = {0};
	struct bytes file, again, inside;

	for (size_t i = 0; i < ARRAY_LEN(draws); i++) {
		AUTO(json_decrefp)
		json_t *job =
			json_pack("{s:s, s:s, s:s, s:s, s:s%, s:s}", "draw", draws[i], "kicker",
				  "Microcredencial", "title", "Instrucción fonémica", "issuer",
				  "A state", "credential", (const char *)in.credential.data,
				  in.credential.len, "verify_url", "https://example.org/v/1");

		ck_assert_msg(drawing_make(job, arena, &file, &problem), "%s", problem.text);
		ck_assert(drawing_make(job, arena, &again, &problem));
		ck_assert(bytes_equal(file, again));
		ck_assert_uint_gt(file.len, 1000);
		ck_assert_ptr_nonnull(drawing_type(draws[i]));
		if (strcmp(draws[i], "png") == 0 || strcmp(draws[i], "svg") == 0)
			ck_assert(form_unbake(file, arena, &inside, &problem));
	}
	ck_assert_ptr_null(drawing_type("gif"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway proof");
	TCase *tcase = tcase_create("checks");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_credential_of_this_installation_is_valid);
	tcase_add_test(tcase, a_changed_credential_is_not_valid);
	tcase_add_test(tcase, of_another_issuer_the_signature_is_said_to_be_unchecked);
	tcase_add_test(tcase, what_was_revoked_or_has_run_out_is_not_valid);
	tcase_add_test(tcase, a_withdrawn_link_fails);
	tcase_add_test(tcase, of_an_erased_holder_the_record_is_left);
	tcase_add_test(tcase, anything_else_is_refused_by_the_schema);
	tcase_add_test(tcase, a_credential_names_its_key_and_its_list);
	tcase_add_test(tcase, the_feed_has_the_events_as_followers_get_them);
	tcase_add_test(tcase, a_file_is_found_in_a_form);
	tcase_add_test(tcase, cards_badges_and_certificates_are_drawn);
	suite_add_tcase(suite, tcase);
	return suite;
}
