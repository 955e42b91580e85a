/* What forms take out of a credential, and the links and lines made of it. */
#include "services/issuance/documents/jws.h"
#include "services/issuance/forms/share.h"
#include "tests/support/forms_kit.h"
#include "tests/support/suite.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct form_facts facts;
static struct form_problem problem;

static void setup(void)
{
	arena = arena_new((size_t)1 << 18);
	problem = (struct form_problem){0};
	ck_assert(form_facts_read(forms_kit_credential("Signs & Sounds", "MicroCredential", arena),
				  arena, &facts, &problem));
}

static void teardown(void)
{
	arena_destroy(&arena);
}

START_TEST(a_credential_says_what_forms_need)
{
	ck_assert_str_eq(facts.uuid, "019ba3d2-7c00-7a00-8b00-0c0d0e0f1011");
	ck_assert_str_eq(facts.title, "Signs & Sounds");
	ck_assert_str_eq(facts.code, "LIT-101");
	ck_assert_str_eq(facts.credits, "1.5");
	ck_assert_str_eq(facts.issuer_name, "Meadow Education Service");
	ck_assert_str_eq(facts.signed_at, "2026-01-09T17:05:01Z");
	ck_assert(!facts.is_stack);
	ck_assert_uint_eq(facts.n_results, 4);
	ck_assert_str_eq(facts.results[2].row, "Answer to what children did");
	ck_assert_str_eq(facts.results[2].level, "Yes");
}
END_TEST

START_TEST(the_payload_of_a_jws_says_the_same)
{
	struct bytes json = forms_kit_credential("Signs & Sounds", "Certificate", arena);
	size_t room = sodium_base64_encoded_len(json.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *payload = arena_alloc(arena, room);
	struct bytes jws;

	sodium_bin2base64(payload, room, json.data, json.len,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	jws = bytes_of_text(arena_printf(arena, "eyJhbGciOiJSUzI1NiJ9.%s.c2ln", payload));
	ck_assert(is_compact_jws(jws));
	ck_assert(form_facts_read(jws, arena, &facts, &problem));
	ck_assert_str_eq(facts.title, "Signs & Sounds");
	ck_assert(facts.is_stack);
}
END_TEST

static const char *const no_credentials[] = {
	"",
	"[]",
	"{}",
	"a..b",
	"a.!.b",
	"a.AAAA.b",
	"{\"id\":\"urn:x\",\"issuer\":\"did:web:x.example\",\"credentialSubject\":{\"achievement\":"
	"{\"name\":\"A\"}},\"validFrom\":\"yesterday\"}",
	"{\"id\":7,\"issuer\":[],\"credentialSubject\":\"x\",\"proof\":[[]],\"validFrom\":{}}",
};

START_TEST(what_is_no_credential_is_refused_with_a_sentence)
{
	ck_assert(!form_facts_read(bytes_of_text(no_credentials[_i]), arena, &facts, &problem));
	ck_assert_str_ne(problem.text, "");
}
END_TEST

START_TEST(the_address_to_verify_at_is_of_the_issuers_host_or_as_given)
{
	const char *url;

	ck_assert(share_verify_url(&facts, NULL, arena, &url, &problem));
	ck_assert_str_eq(url,
			 "https://issuers.example/verify/019ba3d2-7c00-7a00-8b00-0c0d0e0f1011");
	ck_assert(share_verify_url(&facts, "https://v.example:8443/c//", arena, &url, &problem));
	ck_assert_str_eq(url, "https://v.example:8443/c/019ba3d2-7c00-7a00-8b00-0c0d0e0f1011");
}
END_TEST

static const char *const no_addresses[] = {"", "v.example", "ftp://v.example",
					   "https://v/?id=", "https://v/' x='"};

START_TEST(what_is_no_plain_web_address_is_refused)
{
	const char *url;

	ck_assert(!share_verify_url(&facts, no_addresses[_i], arena, &url, &problem));
	ck_assert_ptr_nonnull(strstr(problem.text, "https://"));
}
END_TEST

START_TEST(an_issuer_without_a_web_name_needs_an_address)
{
	const char *url;

	facts.issuer_id = "did:key:z6Mk";
	ck_assert(!share_verify_url(&facts, NULL, arena, &url, &problem));
	ck_assert_ptr_nonnull(strstr(problem.text, "did:web"));
}
END_TEST

START_TEST(the_profile_link_has_every_value_escaped)
{
	ck_assert_str_eq(share_linkedin(&facts, "https://v.example/1", arena),
			 "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME"
			 "&name=Signs%20%26%20Sounds&organizationName=Meadow%20Education%20Service"
			 "&issueYear=2026&issueMonth=1&expirationYear=2031&expirationMonth=1"
			 "&certUrl=https%3A%2F%2Fv.example%2F1"
			 "&certId=019ba3d2-7c00-7a00-8b00-0c0d0e0f1011");
	facts.valid_until_us = 0;
	ck_assert_ptr_null(strstr(share_linkedin(&facts, "https://v.example/1", arena), "expir"));
}
END_TEST

START_TEST(the_resume_line_is_plain_text)
{
	ck_assert_str_eq(share_resume(&facts, "https://v.example/1", arena),
			 "Signs & Sounds (LIT-101), micro-credential, 1.5 clock hours. "
			 "Meadow Education Service, January 9, 2026, valid until January 9, 2031. "
			 "Verify: https://v.example/1");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("facts");
	TCase *tcase = tcase_create("facts");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_credential_says_what_forms_need);
	tcase_add_test(tcase, the_payload_of_a_jws_says_the_same);
	tcase_add_loop_test(tcase, what_is_no_credential_is_refused_with_a_sentence, 0,
			    (int)ARRAY_LEN(no_credentials));
	tcase_add_test(tcase, the_address_to_verify_at_is_of_the_issuers_host_or_as_given);
	tcase_add_loop_test(tcase, what_is_no_plain_web_address_is_refused, 0,
			    (int)ARRAY_LEN(no_addresses));
	tcase_add_test(tcase, an_issuer_without_a_web_name_needs_an_address);
	tcase_add_test(tcase, the_profile_link_has_every_value_escaped);
	tcase_add_test(tcase, the_resume_line_is_plain_text);
	suite_add_tcase(suite, tcase);
	return suite;
}
