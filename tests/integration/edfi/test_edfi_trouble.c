/* An Ed-Fi sink and an API that is played: what its people must change, and what becomes of an
 * event while it is in trouble. */
#include "tests/integration/edfi/alone.h"
#include "tests/support/suite.h"

static struct alone alone;

static void open_api(void)
{
	alone_open(&alone);
}

static void close_api(void)
{
	alone_close(&alone);
}

static void set_up(void)
{
	alone_set_up(&alone);
}

static void tear_down(void)
{
	alone_tear_down(&alone);
}

static const struct award first = {.n = 1};

/* ---- what the API's people must change ---- */

START_TEST(a_namespace_that_is_not_the_vendors_says_so)
{
	start_api(&alone, "{\"prefixes\":[\"uri://somebody.else\"]}");
	ends(edfi_deliver(&alone, "credential.issued", &first), UNSETTLED,
	     "may not write the namespace uri://cairn.sea.example.gov");
	ck_assert_uint_eq(api_count(&alone.api, "credentials"), 0);
	api_steer(&alone.api, "{\"set\":{\"prefixes\":[\"uri://cairn.sea.example.gov\"]}}");
	taken(&alone, "credential.issued", &first);
}
END_TEST

START_TEST(a_claim_set_without_a_resource_says_which)
{
	const struct award revoked = {.n = 1, .status = "revoked"};

	start_api(&alone,
		  "{\"claims\":[\"certifications\",\"credentials\",\"credentialTypeDescriptors\","
		  "\"credentialEventTypeDescriptors\"]}");
	taken(&alone, "credential.issued", &first);
	ends(edfi_deliver(&alone, "credential.revoked", &revoked), UNSETTLED, "credentialEvents");
	/* What came before it stands. */
	ck_assert_str_eq(text_of(&alone, "credentials", 0, "credentialStatusDescriptor"),
			 "uri://ed-fi.org/CredentialStatusDescriptor#Revoked");
	api_steer(&alone.api, "{\"set\":{\"claims\":null}}");
	taken(&alone, "credential.revoked", &revoked);
	ck_assert_uint_eq(api_count(&alone.api, "credentialEvents"), 1);
}
END_TEST

START_TEST(a_type_that_we_may_not_create_falls_back_to_other)
{
	const struct award second = {.n = 2};
	static const char other[] = "uri://ed-fi.org/CredentialTypeDescriptor#Other";

	start_api(&alone, "{\"claims\":[\"certifications\",\"credentials\"]}");
	taken(&alone, "credential.issued", &first);
	taken(&alone, "credential.issued", &second);
	ck_assert_str_eq(text_of(&alone, "credentials", 0, "credentialTypeDescriptor"), other);
	ck_assert_str_eq(text_of(&alone, "credentials", 1, "credentialTypeDescriptor"), other);
	ck_assert_uint_eq(api_asked(&alone.api, "/credentialTypeDescriptors", 0), 1);
}
END_TEST

START_TEST(a_type_that_was_asked_for_is_never_another)
{
	static char badge[] = "Badge";

	alone.sink->edfi->credential_type = badge;
	start_api(&alone, "{\"claims\":[\"certifications\",\"credentials\"]}");
	ends(edfi_deliver(&alone, "credential.issued", &first), UNSETTLED,
	     "CredentialTypeDescriptor#Badge");
	ck_assert_uint_eq(api_count(&alone.api, "credentials"), 0);
}
END_TEST

START_TEST(a_descriptor_of_the_standard_that_is_missing_is_named)
{
	static char state[] = "ZZ";

	alone.sink->state = state;
	start_api(&alone, "{}");
	ends(edfi_deliver(&alone, "credential.issued", &first), UNSETTLED,
	     "StateAbbreviationDescriptor#ZZ");
	ck_assert_uint_eq(api_asked(&alone.api, "/stateAbbreviationDescriptors", 0), 0);
}
END_TEST

static const struct root {
	const char *settings, *why;
} roots[] = {
	{"\"models\":[[\"Ed-Fi\",\"5.2.0\"],[\"TPDM\",\"1.1.0\"]]", "Data Standard 6"},
	{"\"models\":[[\"Ed-Fi\",\"60.1\"]]", "Data Standard 6"},
	{"\"urls\":{\"dataManagementApi\":\"http://127.0.0.1/{tenant}/data\"}", "a gap"},
	{"\"urls\":{\"oauth\":\"https://cairn:secret@127.0.0.1/\"}", "a user"},
	{"\"urls\":{\"oauth\":\"file:///etc/passwd\"}", "https"},
	{"\"urls\":{\"oauth\":\"ftp://127.0.0.1/\"}", "https"},
	{"\"urls\":{\"oauth\":7}", "does not name"},
	{"\"urls\":{\"oauth\":\"http://10.0.0.1/\"}", "sink_networks"},
};

START_TEST(a_root_document_that_leads_astray_is_not_followed)
{
	start_api(&alone, "{}");
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		begin_anew(&alone);
		api_steer(&alone.api,
			  arena_printf(alone.arena, "{\"set\":{%s}}", roots[i].settings));
		ends(edfi_deliver(&alone, "credential.issued", &first), UNSETTLED, roots[i].why);
		ck_assert_uint_eq(api_asked(&alone.api, "/oauth/token", 0), 0);
	}
}
END_TEST

START_TEST(data_standard_5_2_needs_its_extension)
{
	speak_5_2(&alone);
	api_steer(&alone.api, "{\"set\":{\"models\":[[\"Ed-Fi\",\"5.2.0\"]]}}");
	ends(edfi_deliver(&alone, "credential.issued", &first), UNSETTLED, "TPDM");
}
END_TEST

static const struct trouble {
	const char *step, *why;
	Notification__Delivery delivery;
} troubles[] = {
	{"\"path\":\"/\",\"status\":404", "the root document answers 404", UNSETTLED},
	{"\"path\":\"/\",\"status\":200,\"body\":\"<html>\"", "does not name", UNSETTLED},
	{"\"path\":\"/\",\"status\":503", "503", LATER},
	{"\"path\":\"/oauth/token\",\"status\":404", "the address of oauth answers 404", UNSETTLED},
	{"\"path\":\"/oauth/token\",\"status\":500", "500", LATER},
	{"\"path\":\"/oauth/token\",\"status\":200,\"body\":\"{}\"", "access_token", UNSETTLED},
	{"\"path\":\"/oauth/token\",\"status\":200,\"body\":{\"access_token\":\"a\\nb: c\"}",
	 "access_token", UNSETTLED},
	{"\"path\":\"/certifications\",\"status\":404", "no certifications", UNSETTLED},
	{"\"path\":\"/credentials\",\"status\":500", "500", LATER},
	{"\"path\":\"/credentials\",\"status\":302,\"headers\":{\"location\":\"/x\"}", "302",
	 UNSETTLED},
	{"\"path\":\"/credentials\",\"status\":200,\"body\":\"<html>Sign in</html>\"", "200",
	 UNSETTLED},
	{"\"path\":\"/credentials\",\"status\":403,\"body\":{\"detail\":\"Not today.\"}",
	 "Not today.", UNSETTLED},
	{"\"path\":\"/credentials\",\"status\":400,\"body\":\"\"", "it gives no reason", REFUSED},
	{"\"path\":\"/credentials\",\"cut\":true,\"times\":2", "", LATER},
	{"\"path\":\"/credentialTypeDescriptors\",\"status\":503", "503", LATER},
};

START_TEST(trouble_is_told_apart_and_the_event_arrives_once_it_is_over)
{
	start_api(&alone, "{}");
	for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
		begin_anew(&alone);
		api_steer(&alone.api,
			  arena_printf(alone.arena, "{\"script\":[{%s}]}", troubles[i].step));
		ends(edfi_deliver(&alone, "credential.issued", &first), troubles[i].delivery,
		     troubles[i].why);
		taken(&alone, "credential.issued", &first);
		ck_assert_uint_eq(api_count(&alone.api, "credentials"), 1);
	}
}
END_TEST

START_TEST(an_api_that_never_answers_is_asked_again_later)
{
	start_api(&alone, "{}");
	alone_wait_for(&alone, 300);
	api_steer(&alone.api, "{\"script\":[{\"path\":\"/\",\"hang\":true}]}");
	ends(edfi_deliver(&alone, "credential.issued", &first), LATER, "Timeout");
}
END_TEST

/* As long as its own cache of them is old. */
START_TEST(an_api_that_does_not_know_yet_what_we_created_is_asked_again_later)
{
	const struct award revoked = {.n = 1, .status = "revoked"};

	start_api(&alone, "{}");
	api_steer(
		&alone.api,
		"{\"script\":[{\"path\":\"/credentialEvents\",\"status\":400,\"times\":2,\"body\":"
		"{\"message\":\"uri://cairn.sea.example.gov/CredentialEventTypeDescriptor#"
		"Revoked\"}}]}");
	ends(edfi_deliver(&alone, "credential.revoked", &revoked), LATER, "does not know yet");
	ck_assert_uint_eq(api_asked(&alone.api, "/credentialEventTypeDescriptors", 201), 1);
	taken(&alone, "credential.revoked", &revoked);
}
END_TEST

START_TEST(an_api_that_asks_for_time_gets_it)
{
	struct sink_finish f;

	start_api(&alone, "{}");
	api_steer(&alone.api, "{\"script\":[{\"path\":\"/"
			      "credentials\",\"status\":429,\"retry_after\":\"120\"}]}");
	f = edfi_deliver(&alone, "credential.issued", &first);
	ends(f, LATER, "fewer requests");
	ck_assert_uint_eq(f.code, 429);
	ck_assert_int_eq(f.not_before_us, ALONE_NOW_US + 120 * US_PER_S);
}
END_TEST

START_TEST(what_was_done_before_a_cut_is_not_done_twice)
{
	const struct award revoked = {.n = 1, .status = "revoked"};
	const struct award other = {.n = 2, .status = "revoked"};

	start_api(&alone, "{}");
	taken(&alone, "credential.revoked", &other);
	/* Once it is written, and once more when libcurl tries another connection. */
	api_steer(&alone.api,
		  "{\"script\":[{\"path\":\"/credentialEvents\",\"times\":2,\"cut\":true}]}");
	ends(edfi_deliver(&alone, "credential.revoked", &revoked), LATER, "");
	ck_assert_uint_eq(api_count(&alone.api, "credentialEvents"), 2);
	taken(&alone, "credential.revoked", &revoked);
	ck_assert_uint_eq(api_count(&alone.api, "credentialEvents"), 2);
	ck_assert_uint_eq(api_asked(&alone.api, "/credentialEvents", 201), 2);
	ck_assert_uint_ge(api_asked(&alone.api, "/credentialEvents", 200), 1);
}
END_TEST

START_TEST(a_definition_that_was_lost_there_is_told_again)
{
	const struct award second = {.n = 2};

	start_api(&alone, "{}");
	taken(&alone, "credential.issued", &first);
	api_steer(&alone.api, "{\"forget\":\"certifications\"}");
	taken(&alone, "credential.issued", &second);
	ck_assert_uint_eq(api_count(&alone.api, "certifications"), 1);
	ck_assert_uint_eq(api_asked(&alone.api, "/certifications", 201), 2);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("Ed-Fi trouble");
	TCase *t = tcase_create("sink");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, open_api, close_api);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_namespace_that_is_not_the_vendors_says_so);
	tcase_add_test(t, a_claim_set_without_a_resource_says_which);
	tcase_add_test(t, a_type_that_we_may_not_create_falls_back_to_other);
	tcase_add_test(t, a_type_that_was_asked_for_is_never_another);
	tcase_add_test(t, a_descriptor_of_the_standard_that_is_missing_is_named);
	tcase_add_test(t, a_root_document_that_leads_astray_is_not_followed);
	tcase_add_test(t, data_standard_5_2_needs_its_extension);
	tcase_add_test(t, trouble_is_told_apart_and_the_event_arrives_once_it_is_over);
	tcase_add_test(t, an_api_that_never_answers_is_asked_again_later);
	tcase_add_test(t, an_api_that_does_not_know_yet_what_we_created_is_asked_again_later);
	tcase_add_test(t, an_api_that_asks_for_time_gets_it);
	tcase_add_test(t, what_was_done_before_a_cut_is_not_done_twice);
	tcase_add_test(t, a_definition_that_was_lost_there_is_told_again);
	suite_add_tcase(s, t);
	return s;
}
