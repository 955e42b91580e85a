/* Tests of the public side: verification, permanent addresses, issuers, the event feed. Handlers
 * against a real issuance service, without HTTP. */
#include "services/gateway/routes/verify.h"
#include "tests/support/public_kit.h"
#include "tests/support/route_kit.h"
#include "tests/support/suite.h"

#include <string.h>

extern const struct route_list verify_routes, addresses_routes, issuers_routes, events_routes,
	files_routes;

static struct public_kit *earned;
static struct route_kit rk;
static char path[300];

static void setup(void)
{
	earned = public_kit_new();
}

static void teardown(void)
{
	route_kit_close(&rk);
	public_kit_destroy(&earned);
}

static void given_routes(const struct route_list *list)
{
	route_kit_open(&rk, public_kit(earned), list);
	rk.now_us = public_kit_now(earned);
}

static const char *text_at(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

static unsigned when_got(const char *format, const char *one)
{
	snprintf(path, sizeof path, "%s%s", format, one);
	return when_get(&rk, path);
}

static const json_t *check(const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(rk.page, "checks"), i,
			   one) if (strcmp(text_at(one, "check"), name) == 0) return one;
	return NULL;
}

/* Every word that the page shows is one of the words. */
static void all_is_worded(void)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(rk.page, "checks"), i, one)
	{
		ck_assert_ptr_nonnull(strchr(text_at(one, "text"), ' '));
		ck_assert_ptr_null(strchr(text_at(one, "outcome_text"), '_'));
	}
	ck_assert_ptr_nonnull(strchr(text_at(rk.page, "explained"), ' '));
}

/* ---- verification ---- */

START_TEST(anybody_sees_every_check_of_a_credential_and_no_name)
{
	given_routes(&verify_routes);
	ck_assert_uint_eq(when_got("/v/", earned->credential), 200);
	ck_assert_str_eq(text_at(rk.page, "verdict"), "valid");
	ck_assert_str_eq(text_at(check("signature"), "outcome"), "pass");
	ck_assert_str_eq(text_at(check("achievement"), "outcome"), "pass");
	ck_assert_ptr_null(check("link"));
	ck_assert_ptr_null(json_object_get(rk.page, "holder"));
	ck_assert_str_ne(text_at(json_object_get(rk.page, "credential"), "title"), "");
	ck_assert_ptr_null(json_object_get(json_object_get(rk.page, "credential"), "results"));
	ck_assert_ptr_nonnull(strstr(text_at(json_object_get(rk.page, "og"), "image"), "card.png"));
	all_is_worded();
}
END_TEST

START_TEST(an_unknown_credential_is_not_found)
{
	given_routes(&verify_routes);
	ck_assert_uint_eq(when_get(&rk, "/v/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"), 404);
	ck_assert_uint_eq(when_get(&rk, "/v/x"), 404);
}
END_TEST

START_TEST(a_link_shows_who_holds_it_until_it_is_withdrawn)
{
	given_routes(&verify_routes);
	ck_assert_uint_eq(when_got("/s/", public_kit_share(earned)), 200);
	ck_assert_str_eq(text_at(check("link"), "outcome"), "pass");
	ck_assert_str_ne(text_at(rk.page, "holder"), "");
	ck_assert_str_eq(replied_header(&rk, "x-robots-tag"), "noindex");
	ck_assert_ptr_nonnull(json_object_get(rk.page, "files"));
	all_is_worded();
	public_kit_withdraw(earned);
	ck_assert_uint_eq(when_got("/s/", earned->token), 410);
	earned->token[40] = earned->token[40] == '0' ? '1' : '0'; /* still hexadecimal */
	ck_assert_uint_eq(when_got("/s/", earned->token), 404);
}
END_TEST

START_TEST(a_file_is_checked_as_what_it_is)
{
	struct bytes document = bytes_of_text(earned->document);
	uint8_t *at;

	given_routes(&verify_routes);
	ck_assert_uint_eq(when_posted(&rk, "/verify", "application/json", document), 200);
	ck_assert_str_eq(text_at(rk.page, "verdict"), "valid");
	ck_assert_str_eq(text_at(check("record"), "outcome"), "pass");
	at = (uint8_t *)(uintptr_t)strstr(earned->document, "Phonemic");
	memcpy(at, "Phonetic", 8);
	ck_assert_uint_eq(when_posted(&rk, "/verify", "application/json", document), 200);
	ck_assert_str_eq(text_at(rk.page, "verdict"), "not_valid");
	ck_assert_str_eq(text_at(check("signature"), "outcome"), "fail");
	all_is_worded();
}
END_TEST

START_TEST(what_is_no_credential_is_refused_with_what_would_be_one)
{
	static const char form[] = "multipart/form-data; boundary=b";

	given_routes(&verify_routes);
	ck_assert_uint_eq(when_posted(&rk, "/verify", "application/json", BYTES_NONE), 400);
	ck_assert_uint_eq(when_posted(&rk, "/verify", form, bytes_of_text("--b--\r\n")), 400);
	ck_assert_uint_eq(
		when_posted(&rk, "/verify", "application/json", bytes_of_text("\x89PNG\r\n")), 422);
	ck_assert_uint_eq(when_posted(&rk, "/verify", "application/json", bytes_of_text("{}")),
			  200);
	ck_assert_str_eq(text_at(rk.page, "verdict"), "not_valid");
	all_is_worded();
}
END_TEST

START_TEST(the_form_leads_from_any_form_of_the_id)
{
	given_routes(&verify_routes);
	ck_assert_uint_eq(when_get(&rk, "/verify"), 200);
	ck_assert_str_eq(rk.template, "verify");
	ck_assert_uint_eq(when_got("/verify?id=urn:uuid:", earned->credential), 303);
	snprintf(path, sizeof path, "/v/%s", earned->credential);
	ck_assert_str_eq(replied_header(&rk, "location"), path);
	ck_assert_uint_eq(when_get(&rk, "/verify?id=abc"), 400);
}
END_TEST

/* ---- permanent addresses ---- */

START_TEST(key_list_and_status_list_are_served_as_they_were_signed)
{
	given_routes(&addresses_routes);
	ck_assert_uint_eq(when_get(&rk, earned->did_path), 200);
	ck_assert_str_eq(rk.type, "application/json");
	ck_assert_str_eq((const char *)rk.body.data, earned->did_document);
	ck_assert_str_eq(replied_header(&rk, "access-control-allow-origin"), "*");
	ck_assert_uint_eq(when_get(&rk, "/issuers/nobody/did.json"), 404);
	ck_assert_uint_eq(when_get(&rk, earned->status_path), 200);
	ck_assert_str_eq((const char *)rk.body.data, earned->status_list);
	ck_assert_str_eq(replied_header(&rk, "cache-control"), "public, max-age=60");
	ck_assert_uint_eq(when_get(&rk, "/issuers/nobody/status/1"), 404);
	snprintf(path, sizeof path, "%s9", earned->status_path);
	ck_assert_uint_eq(when_get(&rk, path), 404);
	ck_assert_uint_eq(when_get(&rk, "/.well-known/did.json"), 404);
	ck_assert_uint_eq(when_get(&rk, "/status/1"), 404);
}
END_TEST

START_TEST(an_achievement_is_a_page_or_linked_data)
{
	given_routes(&addresses_routes);
	snprintf(path, sizeof path, "/achievements/%s/1", earned->entry);
	ck_assert_uint_eq(when_get(&rk, path), 200);
	ck_assert_str_eq(rk.template, "achievement");
	ck_assert_str_ne(text_at(rk.page, "title"), "");
	rk.wants_json = true;
	ck_assert_uint_eq(when_get(&rk, path), 200);
	ck_assert_str_eq(rk.type, "application/ld+json");
	ck_assert_ptr_nonnull(strstr((const char *)rk.body.data, "\"@context\""));
	snprintf(path, sizeof path, "/achievements/%s/99", earned->entry);
	ck_assert_uint_eq(when_get(&rk, path), 404);
	snprintf(path, sizeof path, "/achievements/%s/-1", earned->entry);
	ck_assert_uint_eq(when_get(&rk, path), 404);
}
END_TEST

START_TEST(the_log_proves_what_was_issued)
{
	given_routes(&addresses_routes);
	ck_assert_uint_eq(when_get(&rk, "/log/checkpoint"), 200);
	ck_assert_ptr_nonnull(strstr((const char *)rk.body.data, "\n\n"));
	ck_assert_uint_eq(when_got("/log/inclusion/", earned->credential), 200);
	ck_assert_uint_ge(json_array_size(json_object_get(rk.page, "leaves")), 1);
	ck_assert_uint_eq(when_get(&rk, "/log/consistency?from=1"), 200);
	ck_assert_uint_eq(when_get(&rk, "/log/inclusion/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"),
			  404);
}
END_TEST

START_TEST(issuers_are_listed_and_each_has_a_page_and_a_profile)
{
	const json_t *issuer;

	given_routes(&issuers_routes);
	ck_assert_uint_eq(when_get(&rk, "/issuers"), 200);
	issuer = json_array_get(json_object_get(rk.page, "issuers"), 0);
	snprintf(path, sizeof path, "%s", text_at(issuer, "page"));
	ck_assert_uint_eq(when_get(&rk, path), 200);
	ck_assert_uint_ge(json_array_size(json_object_get(rk.page, "keys")), 1);
	strcat(path, "/profile.json");
	ck_assert_uint_eq(when_get(&rk, path), 200);
	ck_assert_str_ne(text_at(rk.page, "id"), "");
	ck_assert_uint_eq(when_get(&rk, "/issuers/nobody"), 404);
}
END_TEST

/* ---- the feed ---- */

START_TEST(the_feed_is_read_by_pages_and_says_where_to_go_on)
{
	struct person person = {.by_token = true, .state = "TN"};
	AUTO(json_decrefp) json_t *batch = NULL;

	given_routes(&events_routes);
	rk.person = &person;
	ck_assert_uint_eq(when_get(&rk, "/v1/events?after=0&type=credential.*"), 200);
	ck_assert_str_eq(rk.type, "application/cloudevents-batch+json");
	batch = json_loads((const char *)rk.body.data, 0, NULL);
	ck_assert_uint_ge(json_array_size(batch), 1);
	ck_assert_ptr_nonnull(strstr(replied_header(&rk, "link"), "rel=\"next\""));
	snprintf(path, sizeof path, "/v1/events?wait=1&after=%s",
		 replied_header(&rk, "cairn-last-sequence"));
	ck_assert_uint_eq(when_get(&rk, path), 200);
	ck_assert_str_eq((const char *)rk.body.data, "[]");
	ck_assert_uint_eq(when_get(&rk, "/v1/events?after=999"), 409);
	ck_assert_str_eq(rk.problem, "cursor_ahead");
	ck_assert_uint_eq(when_get(&rk, "/v1/events?type=a\"b"), 400);
}
END_TEST

START_TEST(another_states_reader_gets_none_of_it_and_no_state_gets_no_holder)
{
	struct person person = {.by_token = true, .state = "OH"};

	given_routes(&events_routes);
	rk.person = &person;
	ck_assert_uint_eq(when_get(&rk, "/v1/events"), 200);
	ck_assert_str_eq((const char *)rk.body.data, "[]");
	person.state[0] = '\0';
	ck_assert_uint_eq(when_get(&rk, "/v1/events"), 200);
	ck_assert_ptr_nonnull(strstr((const char *)rk.body.data, "credentialId"));
	ck_assert_ptr_null(strstr((const char *)rk.body.data, "educatorLicenseId"));
}
END_TEST

/* ---- files ---- */

START_TEST(a_credential_is_given_to_its_holder_and_to_nobody_else)
{
	struct person person = {.name = "Ana"};

	given_routes(&files_routes);
	rk.person = &person;
	snprintf(path, sizeof path, "/credentials/%s/credential.json", earned->credential);
	ck_assert_uint_eq(when_get(&rk, path), 404);
	ENSURE(id_of_text(earned->educator, &person.educator));
	ck_assert_uint_eq(when_get(&rk, path), 200);
	ck_assert_str_eq((const char *)rk.body.data, earned->document);
	snprintf(path, sizeof path, "/credentials/%s/other.exe", earned->credential);
	ck_assert_uint_eq(when_get(&rk, path), 404);
	snprintf(path, sizeof path, "/s/%s/credential.json", public_kit_share(earned));
	ck_assert_uint_eq(when_get(&rk, path), 200);
	ck_assert_str_eq((const char *)rk.body.data, earned->document);
	public_kit_withdraw(earned);
	ck_assert_uint_eq(when_get(&rk, path), 410);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("gateway public");
	TCase *tcase = tcase_create("public");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, anybody_sees_every_check_of_a_credential_and_no_name);
	tcase_add_test(tcase, an_unknown_credential_is_not_found);
	tcase_add_test(tcase, a_link_shows_who_holds_it_until_it_is_withdrawn);
	tcase_add_test(tcase, a_file_is_checked_as_what_it_is);
	tcase_add_test(tcase, what_is_no_credential_is_refused_with_what_would_be_one);
	tcase_add_test(tcase, the_form_leads_from_any_form_of_the_id);
	tcase_add_test(tcase, key_list_and_status_list_are_served_as_they_were_signed);
	tcase_add_test(tcase, an_achievement_is_a_page_or_linked_data);
	tcase_add_test(tcase, the_log_proves_what_was_issued);
	tcase_add_test(tcase, issuers_are_listed_and_each_has_a_page_and_a_profile);
	tcase_add_test(tcase, the_feed_is_read_by_pages_and_says_where_to_go_on);
	tcase_add_test(tcase, another_states_reader_gets_none_of_it_and_no_state_gets_no_holder);
	tcase_add_test(tcase, a_credential_is_given_to_its_holder_and_to_nobody_else);
	suite_add_tcase(suite, tcase);
	return suite;
}
