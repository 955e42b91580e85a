/* What a client may register with, and what of it holds when it sends somebody here. */
#include "services/gateway/signin/client_rules.h"

#include "services/gateway/openid/pkce.h"
#include "services/gateway/signin/scopes.h"
#include "tests/support/suite.h"

#include <string.h>

#define OB "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
#define WALLET                                                                                     \
	"'client_name': 'A Wallet', 'redirect_uris': ['https://wallet.example/back', "             \
	"'https://wallet.example:8443/back?a=b']"

static struct arena *arena;
static Gateway__Client client;

static void setup(void)
{
	arena = arena_new(4096);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

/* Single quotes for double ones. "": taken. */
static const char *code_of(const char *members)
{
	char *text = (char *)(uintptr_t)arena_printf(arena, "{%s}", members);
	const char *code = NULL, *fault;
	json_t *sent;

	for (char *c = text; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	sent = json_loads(text, 0, NULL);
	ck_assert_msg(sent != NULL, "%s", text);
	fault = client_read(sent, arena, &client, &code);
	json_decref(sent);
	ck_assert_int_eq(fault == NULL, code == NULL);
	return code != NULL ? code : "";
}

static const struct {
	const char *members, *code;
} registrations[] = {
	{WALLET, ""},
	{WALLET ", 'client_uri': 'https://WALLET.example/', 'tos_uri': null", ""},
	{WALLET ", 'token_endpoint_auth_method': 'client_secret_basic'", ""},
	{WALLET ", 'token_endpoint_auth_method': 'client_secret_post'", "invalid_client_metadata"},
	{WALLET ", 'token_endpoint_auth_method': 1", "invalid_client_metadata"},
	{WALLET ", 'grant_types': ['authorization_code', 'refresh_token']", ""},
	{WALLET ", 'grant_types': ['client_credentials']", "invalid_client_metadata"},
	{WALLET ", 'grant_types': 'implicit'", "invalid_client_metadata"},
	{WALLET ", 'response_types': ['token']", "invalid_client_metadata"},
	{WALLET ", 'scope': 'offline_access'", "invalid_client_metadata"},
	{WALLET ", 'scope': 'unknown " OB "credential.readonly'", ""},
	{WALLET ", 'logo_uri': 'https://pictures.example/logo.png'", "invalid_client_metadata"},
	{WALLET ", 'policy_uri': 'javascript:alert(1)'", "invalid_client_metadata"},
	{"'redirect_uris': ['https://wallet.example/back']", "invalid_client_metadata"},
	{"'client_name': 'two\\nlines', 'redirect_uris': ['https://wallet.example/back']",
	 "invalid_client_metadata"},
	{"'client_name': 'A'", "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': [1]", "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['http://127.0.0.1:8000/back']", ""},
	{"'client_name': 'A', 'redirect_uris': ['http://[::1]:8000/back']", ""},
	{"'client_name': 'A', 'redirect_uris': ['http://wallet.example/back']",
	 "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['http://localhost.wallet.example/back']",
	 "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['wallet://back']", "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['/back']", "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['https://wallet.example/back#part']",
	 "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['https://me:secret@wallet.example/back']",
	 "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['https://wallet.example/a;script-src *']",
	 "invalid_redirect_uri"},
	{"'client_name': 'A', 'redirect_uris': ['https://a.example/x', 'https://b.example/x']",
	 "invalid_redirect_uri"},
};

START_TEST(a_client_registers_with_safe_addresses_of_one_host)
{
	ck_assert_msg(strcmp(code_of(registrations[_i].members), registrations[_i].code) == 0, "%s",
		      registrations[_i].members);
}
END_TEST

START_TEST(nobody_is_sent_to_an_address_that_differs_in_anything)
{
	ck_assert_str_eq(code_of(WALLET), "");
	ck_assert(client_may_redirect(&client, "https://wallet.example/back"));
	ck_assert(!client_may_redirect(&client, "https://wallet.example/back/"));
	ck_assert(!client_may_redirect(&client, "https://wallet.example/back?x"));
	ck_assert(!client_may_redirect(&client, "https://wallet.example.evil.example/back"));
	ck_assert(!client_may_redirect(&client, ""));
}
END_TEST

START_TEST(an_origin_is_what_a_policy_may_name)
{
	ck_assert_str_eq(origin_of_url("https://wallet.example:8443/back?a=b", arena),
			 "https://wallet.example:8443");
	ck_assert_str_eq(origin_of_url("http://[::1]:8000/back", arena), "http://[::1]:8000");
	ck_assert_str_eq(origin_of_url("https://x/ *;", arena), "'none'");
}
END_TEST

START_TEST(a_client_gets_no_scope_that_it_did_not_register)
{
	scope_set scopes;

	ck_assert_str_eq(code_of(WALLET ", 'scope': '" OB "credential.readonly offline_access'"),
			 "");
	ck_assert(scopes_asked(&client, OB "credential.readonly", &scopes));
	ck_assert_uint_eq(scopes, scope_of_name(OB "credential.readonly"));
	ck_assert(scopes_asked(&client, " offline_access  " OB "credential.readonly ", &scopes));
	ck_assert_uint_eq(scopes, scope_of_name(OB "credential.readonly") | SCOPE_OFFLINE);
	ck_assert(!scopes_asked(&client, OB "credential.upsert", &scopes));
	ck_assert(!scopes_asked(&client, "admin", &scopes));
	ck_assert(!scopes_asked(&client, "offline_access", &scopes));
	ck_assert(!scopes_asked(&client, "", &scopes));
}
END_TEST

START_TEST(scopes_are_written_as_they_are_read)
{
	scope_set scopes;

	ck_assert_str_eq(code_of(WALLET), "");
	ck_assert(scopes_asked(&client, OB "profile.update offline_access", &scopes));
	ck_assert_str_eq(scopes_text(scopes, arena), OB "profile.update offline_access");
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway clients");
	TCase *t = tcase_create("clients");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_client_registers_with_safe_addresses_of_one_host, 0,
			    (int)ARRAY_LEN(registrations));
	tcase_add_test(t, nobody_is_sent_to_an_address_that_differs_in_anything);
	tcase_add_test(t, an_origin_is_what_a_policy_may_name);
	tcase_add_test(t, a_client_gets_no_scope_that_it_did_not_register);
	tcase_add_test(t, scopes_are_written_as_they_are_read);
	suite_add_tcase(s, t);
	return s;
}
