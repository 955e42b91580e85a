/* An Ed-Fi sink and an API that is played: what arrives there, and what becomes of an event when
 * the API does not take it. */
#include "services/notification/sinks/sink.h"

#include "libshared/clock.h"
#include "tests/integration/edfi/api.h"
#include "tests/support/edfi_kit.h"
#include "tests/support/suite.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_US (20 * US_PER_S)
#define NOW_US INT64_C(1788307200000000)
#define MOST 64

static struct arena *arena;
static struct place place;
static struct api api;
static struct http *http; /* the sink's */
static struct sink_kind *kind;
static Notification__Sink *sink;
static Notification__SinkPrivate secret;

/* One serves all tests, as it was at the start and with these settings. */
static void start_api(const char *settings)
{
	api_steer(&api, arena_printf(arena, "{\"reset\":true,\"set\":%s}", settings));
	sink->url = api.url;
}

static void steer(const char *order)
{
	api_steer(&api, order);
}

static unsigned count(const char *resource)
{
	return api_count(&api, resource);
}

static unsigned asked(const char *end, int status)
{
	return api_asked(&api, end, status);
}

static const char *text_of(const char *resource, size_t n, const char *member)
{
	json_t *one = api_row(&api, resource, n);
	const char *text = json_string_value(json_object_get(one, member));
	char *copy = arena_printf(arena, "%s", text != NULL ? text : "");

	json_decref(one);
	return copy;
}

/* ---- the sink ---- */

struct outcome {
	bool done;
	struct sink_finish finish;
};

static void on_finish(void *ctx, const struct sink_finish *finish)
{
	struct outcome *o = ctx;

	ck_assert(!o->done);
	o->done = true;
	o->finish = *finish;
}

static void begin(const char *type, const struct award *award, struct outcome *o)
{
	struct sink_target target = {.sink = sink, .secret = &secret};
	struct sink_dispatch dispatch = {.target = &target,
					 .event = edfi_event(arena, type, edfi_data(arena, award)),
					 .now_us = NOW_US,
					 .finish = on_finish,
					 .ctx = o};

	*o = (struct outcome){0};
	edfi_ops.deliver(kind, &dispatch);
}

static void await(struct outcome *o)
{
	int64_t end_us = clock_mono_us() + WAIT_US;

	while (!o->done) {
		ck_assert(clock_mono_us() < end_us);
		turn_http(http);
	}
}

static struct sink_finish deliver(const char *type, const struct award *award)
{
	struct outcome o;

	begin(type, award, &o);
	await(&o);
	return o.finish;
}

static void taken(const char *type, const struct award *award)
{
	struct sink_finish f = deliver(type, award);

	ck_assert_msg(f.delivery == NOTIFICATION__DELIVERY__TAKEN, "%s: %d %s", type,
		      (int)f.delivery, f.why);
	ck_assert_str_eq(f.why, "");
}

static void ends(struct sink_finish f, Notification__Delivery delivery, const char *why)
{
	ck_assert_msg(f.delivery == delivery, "%d %s", (int)f.delivery, f.why);
	ck_assert_msg(strstr(f.why, why) != NULL, "%s", f.why);
}

#define UNSETTLED NOTIFICATION__DELIVERY__UNSETTLED
#define LATER NOTIFICATION__DELIVERY__LATER
#define REFUSED NOTIFICATION__DELIVERY__DELIVERY_REFUSED

static const struct award first = {.n = 1};

static struct http *open_http(uint64_t timeout_ms)
{
	const struct http_options options = {.networks = "127.0.0.0/8",
					     .ca_file = "",
					     .plain = true,
					     .timeout_ms = timeout_ms,
					     .parallel = 8};
	struct http *h = http_open(&options);

	ck_assert_ptr_nonnull(h);
	return h;
}

static void open_api(void)
{
	place_make(&place);
	api = (struct api){.place = &place};
	api_start(&api, "{}");
}

static void close_api(void)
{
	api_stop(&api);
	place_remove(&place);
}

static void set_up(void)
{
	static char id[] = "0123456789abcdef", client[] = "cairn", client_secret[] = "secret";

	arena = arena_new(1 << 16);
	http = open_http(20000);
	api.http = open_http(20000);
	kind = edfi_ops.open(http);
	sink = edfi_sink(arena);
	sink->sink = (ProtobufCBinaryData){ID_LEN, (uint8_t *)id};
	notification__sink_private__init(&secret);
	secret.client_id = client;
	secret.client_secret = client_secret;
}

static void tear_down(void)
{
	edfi_ops.close(&kind);
	http_close(&http);
	http_close(&api.http);
	arena_destroy(&arena);
}

static void speak_5_2(void)
{
	static char standard[] = "5.2";

	sink->edfi->data_standard = standard;
	start_api("{\"standard\":\"5.2\"}");
}

/* ---- what arrives ---- */

START_TEST(an_award_arrives_with_its_definition_and_its_holder)
{
	json_t *credential;

	start_api("{}");
	taken("credential.issued", &first);
	ck_assert_str_eq(text_of("certifications", 0, "certificationIdentifier"), "wait-time-v2");
	ck_assert_str_eq(text_of("credentials", 0, "credentialStatusDescriptor"),
			 "uri://ed-fi.org/CredentialStatusDescriptor#Active");
	ck_assert_str_eq(text_of("credentials", 0, "credentialTypeDescriptor"),
			 "uri://cairn.sea.example.gov/CredentialTypeDescriptor#Micro-credential");
	credential = api_row(&api, "credentials", 0);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(credential, "personReference"), "personId")),
			 "1234567");
	json_decref(credential);
	ck_assert_uint_eq(count("credentialEvents"), 0);
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

		taken(life[i].type, &award);
	}
}

START_TEST(a_whole_life_told_twice_leaves_what_it_left_once)
{
	start_api("{}");
	for (int i = 0; i < 2; i++) {
		live();
		ck_assert_uint_eq(count("certifications"), 1);
		ck_assert_uint_eq(count("credentials"), 1);
		/* Suspended, Reinstated, Expired, Renewed, Revoked */
		ck_assert_uint_eq(count("credentialEvents"), 5);
		ck_assert_str_eq(text_of("credentials", 0, "credentialStatusDescriptor"),
				 "uri://ed-fi.org/CredentialStatusDescriptor#Revoked");
	}
	ck_assert_uint_eq(asked("/certifications", 0), 1);
	ck_assert_uint_eq(asked("/credentialTypeDescriptors", 0), 1);
	ck_assert_uint_eq(asked("/credentialEventTypeDescriptors", 0), 5);
	ck_assert_uint_eq(asked("/oauth/token", 0), 1);
}
END_TEST

START_TEST(a_whole_life_in_data_standard_5_2_is_one_record)
{
	json_t *credential, *rest;

	speak_5_2();
	for (int i = 0; i < 2; i++)
		live();
	ck_assert_uint_eq(count("credentials"), 1);
	credential = api_row(&api, "credentials", 0);
	rest = json_object_get(json_object_get(credential, "_ext"), "tpdm");
	ck_assert_str_eq(json_string_value(json_object_get(rest, "credentialStatusDescriptor")),
			 "uri://tpdm.ed-fi.org/CredentialStatusDescriptor#Revoked");
	ck_assert_str_eq(json_string_value(json_object_get(rest, "credentialStatusDate")),
			 EDFI_DAY);
	json_decref(credential);
	ck_assert_uint_eq(asked("/certifications", 0), 0);
	ck_assert_uint_eq(asked("/credentialEvents", 0), 0);
}
END_TEST

START_TEST(after_erasure_nobody_is_named_any_more)
{
	const struct award erased = {.n = 1, .staff = "", .status = "expired"};
	json_t *credential;

	start_api("{}");
	taken("credential.issued", &first);
	taken("credential.expired", &erased);
	credential = api_row(&api, "credentials", 0);
	ck_assert_ptr_null(json_object_get(credential, "personReference"));
	json_decref(credential);
}
END_TEST

START_TEST(events_of_the_ledger_are_taken_without_a_word_to_the_api)
{
	start_api("{}");
	taken("ledger.posted", &first);
	ck_assert_uint_eq(asked("", 0), 0);
}
END_TEST

START_TEST(many_events_at_once_share_one_token)
{
	struct award awards[MOST];
	struct outcome outcomes[MOST];

	start_api("{}");
	for (unsigned i = 0; i < MOST; i++) {
		awards[i] = (struct award){.n = i + 1};
		begin("credential.issued", &awards[i], &outcomes[i]);
	}
	for (unsigned i = 0; i < MOST; i++) {
		await(&outcomes[i]);
		ck_assert_int_eq(outcomes[i].finish.delivery, NOTIFICATION__DELIVERY__TAKEN);
	}
	ck_assert_uint_eq(count("credentials"), MOST);
	ck_assert_uint_eq(asked("/oauth/token", 0), 1);
}
END_TEST

static struct sink_finish introduce(void)
{
	struct sink_target target = {.sink = sink, .secret = &secret};
	struct outcome o = {0};
	struct sink_dispatch dispatch = {
		.target = &target, .now_us = NOW_US, .finish = on_finish, .ctx = &o};

	edfi_ops.introduce(kind, &dispatch);
	await(&o);
	return o.finish;
}

START_TEST(an_api_agrees_by_a_token_and_by_nothing_else)
{
	static char wrong[] = "guessed";

	start_api("{}");
	ends(introduce(), NOTIFICATION__DELIVERY__TAKEN, "");
	ck_assert_uint_eq(introduce().code, 0);
	ck_assert_uint_eq(asked("", 0), 2);
	taken("credential.issued", &first);
	ck_assert_uint_eq(asked("/oauth/token", 0), 1);
	secret.client_secret = wrong;
	ends(introduce(), UNSETTLED, "client id and secret");
}
END_TEST

/* ---- tokens ---- */

START_TEST(a_token_is_renewed_before_its_end)
{
	int64_t end_us;
	struct award award = {.n = 0};

	start_api("{\"token_s\":1}");
	end_us = clock_mono_us() + 1300 * US_PER_MS;
	while (clock_mono_us() < end_us) {
		award.n++;
		taken("credential.issued", &award);
	}
	ck_assert_uint_ge(asked("/oauth/token", 200), 2);
	ck_assert_uint_eq(asked("", 401), 0);
}
END_TEST

START_TEST(a_token_that_is_not_taken_is_renewed_once)
{
	const struct award second = {.n = 2};

	start_api("{}");
	taken("credential.issued", &first);
	steer("{\"forget_tokens\":true}");
	taken("credential.issued", &second);
	ck_assert_uint_eq(asked("/credentials", 401), 1);
	ck_assert_uint_eq(asked("/oauth/token", 200), 2);
	steer("{\"script\":[{\"path\":\"/credentials\",\"status\":401,\"times\":9}]}");
	ends(deliver("credential.issued", &second), UNSETTLED, "token");
	ck_assert_uint_eq(asked("/credentials", 401), 3);
}
END_TEST

START_TEST(a_wrong_secret_stops_everything_and_another_one_helps)
{
	static char wrong[] = "guessed";
	char *right = secret.client_secret;

	start_api("{}");
	secret.client_secret = wrong;
	ends(deliver("credential.issued", &first), UNSETTLED, "client id and secret");
	ck_assert_uint_eq(asked("/credentials", 0), 0);
	secret.client_secret = right;
	taken("credential.issued", &first);
}
END_TEST

/* ---- what the API's people must change ---- */

START_TEST(a_namespace_that_is_not_the_vendors_says_so)
{
	start_api("{\"prefixes\":[\"uri://somebody.else\"]}");
	ends(deliver("credential.issued", &first), UNSETTLED,
	     "may not write the namespace uri://cairn.sea.example.gov");
	ck_assert_uint_eq(count("credentials"), 0);
	steer("{\"set\":{\"prefixes\":[\"uri://cairn.sea.example.gov\"]}}");
	taken("credential.issued", &first);
}
END_TEST

START_TEST(a_claim_set_without_a_resource_says_which)
{
	const struct award revoked = {.n = 1, .status = "revoked"};

	start_api("{\"claims\":[\"certifications\",\"credentials\",\"credentialTypeDescriptors\","
		  "\"credentialEventTypeDescriptors\"]}");
	taken("credential.issued", &first);
	ends(deliver("credential.revoked", &revoked), UNSETTLED, "credentialEvents");
	/* What came before it stands. */
	ck_assert_str_eq(text_of("credentials", 0, "credentialStatusDescriptor"),
			 "uri://ed-fi.org/CredentialStatusDescriptor#Revoked");
	steer("{\"set\":{\"claims\":null}}");
	taken("credential.revoked", &revoked);
	ck_assert_uint_eq(count("credentialEvents"), 1);
}
END_TEST

START_TEST(a_type_that_we_may_not_create_falls_back_to_other)
{
	const struct award second = {.n = 2};
	static const char other[] = "uri://ed-fi.org/CredentialTypeDescriptor#Other";

	start_api("{\"claims\":[\"certifications\",\"credentials\"]}");
	taken("credential.issued", &first);
	taken("credential.issued", &second);
	ck_assert_str_eq(text_of("credentials", 0, "credentialTypeDescriptor"), other);
	ck_assert_str_eq(text_of("credentials", 1, "credentialTypeDescriptor"), other);
	ck_assert_uint_eq(asked("/credentialTypeDescriptors", 0), 1);
}
END_TEST

START_TEST(a_type_that_was_asked_for_is_never_another)
{
	static char badge[] = "Badge";

	sink->edfi->credential_type = badge;
	start_api("{\"claims\":[\"certifications\",\"credentials\"]}");
	ends(deliver("credential.issued", &first), UNSETTLED, "CredentialTypeDescriptor#Badge");
	ck_assert_uint_eq(count("credentials"), 0);
}
END_TEST

START_TEST(a_descriptor_of_the_standard_that_is_missing_is_named)
{
	static char state[] = "ZZ";

	sink->state = state;
	start_api("{}");
	ends(deliver("credential.issued", &first), UNSETTLED, "StateAbbreviationDescriptor#ZZ");
	ck_assert_uint_eq(asked("/stateAbbreviationDescriptors", 0), 0);
}
END_TEST

/* As after a start of both. */
static void begin_anew(void)
{
	edfi_ops.close(&kind);
	kind = edfi_ops.open(http);
	start_api("{}");
}

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
	start_api("{}");
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		begin_anew();
		steer(arena_printf(arena, "{\"set\":{%s}}", roots[i].settings));
		ends(deliver("credential.issued", &first), UNSETTLED, roots[i].why);
		ck_assert_uint_eq(asked("/oauth/token", 0), 0);
	}
}
END_TEST

START_TEST(data_standard_5_2_needs_its_extension)
{
	speak_5_2();
	steer("{\"set\":{\"models\":[[\"Ed-Fi\",\"5.2.0\"]]}}");
	ends(deliver("credential.issued", &first), UNSETTLED, "TPDM");
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
	start_api("{}");
	for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
		begin_anew();
		steer(arena_printf(arena, "{\"script\":[{%s}]}", troubles[i].step));
		ends(deliver("credential.issued", &first), troubles[i].delivery, troubles[i].why);
		taken("credential.issued", &first);
		ck_assert_uint_eq(count("credentials"), 1);
	}
}
END_TEST

START_TEST(an_api_that_never_answers_is_asked_again_later)
{
	start_api("{}");
	edfi_ops.close(&kind);
	http_close(&http);
	http = open_http(300);
	kind = edfi_ops.open(http);
	steer("{\"script\":[{\"path\":\"/\",\"hang\":true}]}");
	ends(deliver("credential.issued", &first), LATER, "Timeout");
}
END_TEST

/* As long as its own cache of them is old. */
START_TEST(an_api_that_does_not_know_yet_what_we_created_is_asked_again_later)
{
	const struct award revoked = {.n = 1, .status = "revoked"};

	start_api("{}");
	steer("{\"script\":[{\"path\":\"/credentialEvents\",\"status\":400,\"times\":2,\"body\":"
	      "{\"message\":\"uri://cairn.sea.example.gov/CredentialEventTypeDescriptor#"
	      "Revoked\"}}]}");
	ends(deliver("credential.revoked", &revoked), LATER, "does not know yet");
	ck_assert_uint_eq(asked("/credentialEventTypeDescriptors", 201), 1);
	taken("credential.revoked", &revoked);
}
END_TEST

START_TEST(an_api_that_asks_for_time_gets_it)
{
	struct sink_finish f;

	start_api("{}");
	steer("{\"script\":[{\"path\":\"/credentials\",\"status\":429,\"retry_after\":\"120\"}]}");
	f = deliver("credential.issued", &first);
	ends(f, LATER, "fewer requests");
	ck_assert_uint_eq(f.code, 429);
	ck_assert_int_eq(f.not_before_us, NOW_US + 120 * US_PER_S);
}
END_TEST

START_TEST(what_was_done_before_a_cut_is_not_done_twice)
{
	const struct award revoked = {.n = 1, .status = "revoked"};
	const struct award other = {.n = 2, .status = "revoked"};

	start_api("{}");
	taken("credential.revoked", &other);
	/* Once it is written, and once more when libcurl tries another connection. */
	steer("{\"script\":[{\"path\":\"/credentialEvents\",\"times\":2,\"cut\":true}]}");
	ends(deliver("credential.revoked", &revoked), LATER, "");
	ck_assert_uint_eq(count("credentialEvents"), 2);
	taken("credential.revoked", &revoked);
	ck_assert_uint_eq(count("credentialEvents"), 2);
	ck_assert_uint_eq(asked("/credentialEvents", 201), 2);
	ck_assert_uint_ge(asked("/credentialEvents", 200), 1);
}
END_TEST

START_TEST(a_definition_that_was_lost_there_is_told_again)
{
	const struct award second = {.n = 2};

	start_api("{}");
	taken("credential.issued", &first);
	steer("{\"forget\":\"certifications\"}");
	taken("credential.issued", &second);
	ck_assert_uint_eq(count("certifications"), 1);
	ck_assert_uint_eq(asked("/certifications", 201), 2);
}
END_TEST

/* ---- one record of many ---- */

static void refuses_a_stranger(void)
{
	const struct award stranger = {.n = 1, .staff = "7654321"}, second = {.n = 2};
	struct sink_finish f = deliver("credential.issued", &stranger);

	ends(f, REFUSED, "credentials: The referenced 'Person' item does not exist.");
	ck_assert_ptr_null(strstr(f.why, "7654321"));
	taken("credential.issued", &second);
	ck_assert_uint_eq(count("credentials"), 1);
	steer("{\"set\":{\"people\":[\"1234567\",\"7654321\"]}}");
	taken("credential.issued", &stranger);
	ck_assert_uint_eq(count("credentials"), 2);
}

START_TEST(somebody_the_api_does_not_know_holds_up_nobody_else)
{
	start_api("{}");
	refuses_a_stranger();
}
END_TEST

/* Her id has no digits that would give it away. */
static void hides_marisol(void)
{
	const struct award marisol = {.n = 1, .staff = "marisol"};

	steer("{\"script\":[{\"path\":\"/credentials\",\"status\":400,\"body\":{\"message\":"
	      "\"Staff Marisol has left\"}}]}");
	ends(deliver("credential.issued", &marisol), REFUSED, "credentials: Staff ... has left");
}

START_TEST(what_an_api_says_of_a_person_is_told_without_her)
{
	start_api("{}");
	hides_marisol();
}
END_TEST

START_TEST(nor_is_she_named_by_data_standard_5_2)
{
	speak_5_2();
	hides_marisol();
}
END_TEST

START_TEST(an_api_of_before_7_2_is_understood_too)
{
	start_api("{\"words\":\"message\"}");
	refuses_a_stranger();
	ck_assert_uint_eq(count("credentialTypeDescriptors"), 1);
}
END_TEST

START_TEST(closing_drops_what_is_on_its_way)
{
	struct outcome waiting, sent;
	const struct award second = {.n = 2};

	start_api("{}");
	taken("credential.issued", &first);
	steer("{\"script\":[{\"path\":\"/credentials\",\"hang\":true}]}");
	begin("credential.issued", &second, &sent);
	while (asked("/credentials", 0) < 3)
		turn_http(http);
	steer("{\"forget_tokens\":true}");
	begin("credential.issued", &first, &waiting);
	http_close(&http);
	edfi_ops.close(&kind);
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
	tcase_add_test(t, somebody_the_api_does_not_know_holds_up_nobody_else);
	tcase_add_test(t, what_an_api_says_of_a_person_is_told_without_her);
	tcase_add_test(t, nor_is_she_named_by_data_standard_5_2);
	tcase_add_test(t, an_api_of_before_7_2_is_understood_too);
	tcase_add_test(t, closing_drops_what_is_on_its_way);
	suite_add_tcase(s, t);
	return s;
}
