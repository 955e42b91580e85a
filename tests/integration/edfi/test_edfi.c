/* An Ed-Fi sink and an API that is played: what arrives there, and when one record of many does
 * not. */
#include "libshared/clock.h"
#include "tests/integration/edfi/alone.h"
#include "tests/support/suite.h"

#include <jansson.h>
#include <string.h>

#define MOST 64

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

/* ---- what arrives ---- */

START_TEST(an_award_arrives_with_its_definition_and_its_holder)
{
	json_t *credential;

	start_api(&alone, "{}");
	taken(&alone, "credential.issued", &first);
	ck_assert_str_eq(text_of(&alone, "certifications", 0, "certificationIdentifier"),
			 "wait-time-v2");
	ck_assert_str_eq(text_of(&alone, "credentials", 0, "credentialStatusDescriptor"),
			 "uri://ed-fi.org/CredentialStatusDescriptor#Active");
	ck_assert_str_eq(text_of(&alone, "credentials", 0, "credentialTypeDescriptor"),
			 "uri://cairn.sea.example.gov/CredentialTypeDescriptor#Micro-credential");
	credential = api_row(&alone.api, "credentials", 0);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(credential, "personReference"), "personId")),
			 "1234567");
	json_decref(credential);
	ck_assert_uint_eq(api_count(&alone.api, "credentialEvents"), 0);
}
END_TEST

static const struct step {
	const char *type, *status, *rest;
} life[] = {
	{"credential.issued", "active", NULL},
	{"credential.suspended", "suspended", ",\"reason\":\"under_review\""},
	{"credential.reinstated", "active", NULL},
	{"credential.expired", "expired", NULL},
	{"credential.superseded", "superseded", ",\"reason\":\"renewal\""},
	{"credential.superseded", "superseded", ",\"reason\":\"correction\""},
	{"stack.awarded", "active", NULL},
	{"stack.revoked", "revoked", ",\"reason\":\"stack_rule\""},
	{"credential.revoked", "revoked", ",\"reason\":\"issued_in_error\""},
};

static void live(void)
{
	for (size_t i = 0; i < ARRAY_LEN(life); i++) {
		const struct award award = {.n = 1, .status = life[i].status, .rest = life[i].rest};

		taken(&alone, life[i].type, &award);
	}
}

START_TEST(a_whole_life_told_twice_leaves_what_it_left_once)
{
	start_api(&alone, "{}");
	for (int i = 0; i < 2; i++) {
		live();
		ck_assert_uint_eq(api_count(&alone.api, "certifications"), 1);
		ck_assert_uint_eq(api_count(&alone.api, "credentials"), 1);
		/* Suspended, Reinstated, Expired, Renewed, Revoked */
		ck_assert_uint_eq(api_count(&alone.api, "credentialEvents"), 5);
		ck_assert_str_eq(text_of(&alone, "credentials", 0, "credentialStatusDescriptor"),
				 "uri://ed-fi.org/CredentialStatusDescriptor#Revoked");
	}
	ck_assert_uint_eq(api_asked(&alone.api, "/certifications", 0), 1);
	ck_assert_uint_eq(api_asked(&alone.api, "/credentialTypeDescriptors", 0), 1);
	ck_assert_uint_eq(api_asked(&alone.api, "/credentialEventTypeDescriptors", 0), 5);
	ck_assert_uint_eq(api_asked(&alone.api, "/oauth/token", 0), 1);
}
END_TEST

START_TEST(a_whole_life_in_data_standard_5_2_is_one_record)
{
	json_t *credential, *rest;

	speak_5_2(&alone);
	for (int i = 0; i < 2; i++)
		live();
	ck_assert_uint_eq(api_count(&alone.api, "credentials"), 1);
	credential = api_row(&alone.api, "credentials", 0);
	rest = json_object_get(json_object_get(credential, "_ext"), "tpdm");
	ck_assert_str_eq(json_string_value(json_object_get(rest, "credentialStatusDescriptor")),
			 "uri://tpdm.ed-fi.org/CredentialStatusDescriptor#Revoked");
	ck_assert_str_eq(json_string_value(json_object_get(rest, "credentialStatusDate")),
			 EDFI_DAY);
	json_decref(credential);
	ck_assert_uint_eq(api_asked(&alone.api, "/certifications", 0), 0);
	ck_assert_uint_eq(api_asked(&alone.api, "/credentialEvents", 0), 0);
}
END_TEST

START_TEST(after_erasure_nobody_is_named_any_more)
{
	const struct award erased = {.n = 1, .staff = "", .status = "expired"};
	json_t *credential;

	start_api(&alone, "{}");
	taken(&alone, "credential.issued", &first);
	taken(&alone, "credential.expired", &erased);
	credential = api_row(&alone.api, "credentials", 0);
	ck_assert_ptr_null(json_object_get(credential, "personReference"));
	json_decref(credential);
}
END_TEST

START_TEST(events_of_the_ledger_are_taken_without_a_word_to_the_api)
{
	start_api(&alone, "{}");
	taken(&alone, "ledger.posted", &first);
	ck_assert_uint_eq(api_asked(&alone.api, "", 0), 0);
}
END_TEST

START_TEST(many_events_at_once_share_one_token)
{
	struct award awards[MOST];
	struct outcome outcomes[MOST];

	start_api(&alone, "{}");
	for (unsigned i = 0; i < MOST; i++) {
		awards[i] = (struct award){.n = i + 1};
		begin(&alone, "credential.issued", &awards[i], &outcomes[i]);
	}
	for (unsigned i = 0; i < MOST; i++) {
		edfi_await(&alone, &outcomes[i]);
		ck_assert_int_eq(outcomes[i].finish.delivery, NOTIFICATION__DELIVERY__TAKEN);
	}
	ck_assert_uint_eq(api_count(&alone.api, "credentials"), MOST);
	ck_assert_uint_eq(api_asked(&alone.api, "/oauth/token", 0), 1);
}
END_TEST

START_TEST(an_api_agrees_by_a_token_and_by_nothing_else)
{
	static char wrong[] = "guessed";

	start_api(&alone, "{}");
	ends(introduce(&alone), NOTIFICATION__DELIVERY__TAKEN, "");
	ck_assert_uint_eq(introduce(&alone).code, 0);
	ck_assert_uint_eq(api_asked(&alone.api, "", 0), 2);
	taken(&alone, "credential.issued", &first);
	ck_assert_uint_eq(api_asked(&alone.api, "/oauth/token", 0), 1);
	alone.secret.client_secret = wrong;
	ends(introduce(&alone), UNSETTLED, "client id and secret");
}
END_TEST

/* ---- tokens ---- */

START_TEST(a_token_is_renewed_before_its_end)
{
	int64_t end_us;
	struct award award = {.n = 0};

	start_api(&alone, "{\"token_s\":1}");
	end_us = clock_mono_us() + 1300 * US_PER_MS;
	while (clock_mono_us() < end_us) {
		award.n++;
		taken(&alone, "credential.issued", &award);
	}
	ck_assert_uint_ge(api_asked(&alone.api, "/oauth/token", 200), 2);
	ck_assert_uint_eq(api_asked(&alone.api, "", 401), 0);
}
END_TEST

START_TEST(a_token_that_is_not_taken_is_renewed_once)
{
	const struct award second = {.n = 2};

	start_api(&alone, "{}");
	taken(&alone, "credential.issued", &first);
	api_steer(&alone.api, "{\"forget_tokens\":true}");
	taken(&alone, "credential.issued", &second);
	ck_assert_uint_eq(api_asked(&alone.api, "/credentials", 401), 1);
	ck_assert_uint_eq(api_asked(&alone.api, "/oauth/token", 200), 2);
	api_steer(&alone.api,
		  "{\"script\":[{\"path\":\"/credentials\",\"status\":401,\"times\":9}]}");
	ends(edfi_deliver(&alone, "credential.issued", &second), UNSETTLED, "token");
	ck_assert_uint_eq(api_asked(&alone.api, "/credentials", 401), 3);
}
END_TEST

START_TEST(a_wrong_secret_stops_everything_and_another_one_helps)
{
	static char wrong[] = "guessed";
	char *right = alone.secret.client_secret;

	start_api(&alone, "{}");
	alone.secret.client_secret = wrong;
	ends(edfi_deliver(&alone, "credential.issued", &first), UNSETTLED, "client id and secret");
	ck_assert_uint_eq(api_asked(&alone.api, "/credentials", 0), 0);
	alone.secret.client_secret = right;
	taken(&alone, "credential.issued", &first);
}
END_TEST

/* ---- one record of many ---- */

static void refuses_a_stranger(void)
{
	const struct award stranger = {.n = 1, .staff = "7654321"}, second = {.n = 2};
	struct sink_finish f = edfi_deliver(&alone, "credential.issued", &stranger);

	ends(f, REFUSED, "credentials: The referenced 'Person' item does not exist.");
	ck_assert_ptr_null(strstr(f.why, "7654321"));
	taken(&alone, "credential.issued", &second);
	ck_assert_uint_eq(api_count(&alone.api, "credentials"), 1);
	api_steer(&alone.api, "{\"set\":{\"people\":[\"1234567\",\"7654321\"]}}");
	taken(&alone, "credential.issued", &stranger);
	ck_assert_uint_eq(api_count(&alone.api, "credentials"), 2);
}

START_TEST(somebody_the_api_does_not_know_holds_up_nobody_else)
{
	start_api(&alone, "{}");
	refuses_a_stranger();
}
END_TEST

/* Her id has no digits that would give it away. */
static void hides_marisol(void)
{
	const struct award marisol = {.n = 1, .staff = "marisol"};

	api_steer(&alone.api,
		  "{\"script\":[{\"path\":\"/credentials\",\"status\":400,\"body\":{\"message\":"
		  "\"Staff Marisol has left\"}}]}");
	ends(edfi_deliver(&alone, "credential.issued", &marisol), REFUSED,
	     "credentials: Staff ... has left");
}

START_TEST(what_an_api_says_of_a_person_is_told_without_her)
{
	start_api(&alone, "{}");
	hides_marisol();
}
END_TEST

START_TEST(nor_is_she_named_by_data_standard_5_2)
{
	speak_5_2(&alone);
	hides_marisol();
}
END_TEST

START_TEST(an_api_of_before_7_2_is_understood_too)
{
	start_api(&alone, "{\"words\":\"message\"}");
	refuses_a_stranger();
	ck_assert_uint_eq(api_count(&alone.api, "credentialTypeDescriptors"), 1);
}
END_TEST

START_TEST(closing_drops_what_is_on_its_way)
{
	struct outcome waiting, sent;
	const struct award second = {.n = 2};

	start_api(&alone, "{}");
	taken(&alone, "credential.issued", &first);
	api_steer(&alone.api, "{\"script\":[{\"path\":\"/credentials\",\"hang\":true}]}");
	begin(&alone, "credential.issued", &second, &sent);
	while (api_asked(&alone.api, "/credentials", 0) < 3)
		turn_http(alone.http);
	api_steer(&alone.api, "{\"forget_tokens\":true}");
	begin(&alone, "credential.issued", &first, &waiting);
	http_close(&alone.http);
	edfi_ops.close(&alone.kind);
	ck_assert(!sent.done && !waiting.done);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("Ed-Fi");
	TCase *t = tcase_create("sink");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, open_api, close_api);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, an_award_arrives_with_its_definition_and_its_holder);
	tcase_add_test(t, a_whole_life_told_twice_leaves_what_it_left_once);
	tcase_add_test(t, a_whole_life_in_data_standard_5_2_is_one_record);
	tcase_add_test(t, after_erasure_nobody_is_named_any_more);
	tcase_add_test(t, events_of_the_ledger_are_taken_without_a_word_to_the_api);
	tcase_add_test(t, many_events_at_once_share_one_token);
	tcase_add_test(t, an_api_agrees_by_a_token_and_by_nothing_else);
	tcase_add_test(t, a_token_is_renewed_before_its_end);
	tcase_add_test(t, a_token_that_is_not_taken_is_renewed_once);
	tcase_add_test(t, a_wrong_secret_stops_everything_and_another_one_helps);
	tcase_add_test(t, somebody_the_api_does_not_know_holds_up_nobody_else);
	tcase_add_test(t, what_an_api_says_of_a_person_is_told_without_her);
	tcase_add_test(t, nor_is_she_named_by_data_standard_5_2);
	tcase_add_test(t, an_api_of_before_7_2_is_understood_too);
	tcase_add_test(t, closing_drops_what_is_on_its_way);
	suite_add_tcase(s, t);
	return s;
}
