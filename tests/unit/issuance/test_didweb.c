/* did:web ids and the documents behind them. */
#include "tests/support/suite.h"

#include "services/issuance/documents/didweb.h"

#include <jansson.h>
#include <string.h>

static const struct {
	const char *did, *host, *path;
} places[] = {
	{"did:web:issuers.example", "issuers.example", "/.well-known/did.json"},
	{"did:web:issuers.example:issuers:meadow", "issuers.example", "/issuers/meadow/did.json"},
	{"did:web:localhost%3A8443", "localhost:8443", "/.well-known/did.json"},
	{"did:web:localhost%3A8443:a:b_C.d~e-1", "localhost:8443", "/a/b_C.d~e-1/did.json"},
};

START_TEST(an_id_and_its_place_lead_to_each_other)
{
	struct didweb_place place;
	char id[DIDWEB_ID_LEN];

	ck_assert(didweb_place(places[_i].did, &place));
	ck_assert_str_eq(place.host, places[_i].host);
	ck_assert_str_eq(place.path, places[_i].path);
	ck_assert(didweb_id(place.host, place.path, id));
	ck_assert_str_eq(id, places[_i].did);
}
END_TEST

static const char *const not_ids[] = {
	"",
	"did:web:",
	"did:key:z6Mk",
	"web:issuers.example",
	"did:web:Issuers.example",
	"did:web:issuers.example:",
	"did:web:issuers.example::a",
	"did:web:issuers.example:..:secret",
	"did:web:issuers.example:.",
	"did:web:issuers.example:a/b",
	"did:web:issuers.example/a",
	"did:web:issuers.example%3A",
	"did:web:issuers.example%3A0",
	"did:web:issuers.example%3A65536",
	"did:web:issuers.example%3A80x",
	"did:web:issuers.example%3a80",
	"did:web:issuers.example:8443#key",
	"did:web:-x.example",
	"did:web:x.example.",
	"did:web:user@x.example",
};

START_TEST(what_is_no_did_web_has_no_place)
{
	struct didweb_place place;

	ck_assert(!didweb_place(not_ids[_i], &place));
}
END_TEST

static const char *const not_places[][2] = {
	{"issuers.example", "/a"},
	{"issuers.example", "a/did.json"},
	{"issuers.example", "/a//did.json"},
	{"issuers.example", "/../did.json"},
	{"issuers.example", "/did.json"},
	{"issuers.example:", "/a/did.json"},
	{"issuers.example:http", "/a/did.json"},
	{"issuers_example", "/a/did.json"},
	{"", "/a/did.json"},
};

START_TEST(what_no_did_web_leads_to_has_no_id)
{
	char id[DIDWEB_ID_LEN];

	ck_assert(!didweb_id(not_places[_i][0], not_places[_i][1], id));
}
END_TEST

START_TEST(a_place_too_long_to_keep_is_refused)
{
	struct didweb_place place;
	char did[2048], host[512];

	memset(did, 'a', sizeof did - 1);
	did[sizeof did - 1] = '\0';
	memcpy(did, "did:web:x:", 10);
	ck_assert(!didweb_place(did, &place));
	memset(host, 'a', sizeof host - 1);
	host[sizeof host - 1] = '\0';
	ck_assert(!didweb_id(host, "/a/did.json", did));
	memcpy(did, "did:web:", 8);
	ck_assert(!didweb_place(did, &place));
}
END_TEST

static const struct {
	const char *did, *url;
} lists[] = {
	{"did:web:issuers.example", "https://issuers.example/status/7"},
	{"did:web:localhost%3A8443:a:b", "https://localhost:8443/a/b/status/7"},
};

START_TEST(a_status_list_is_served_beside_the_document)
{
	char url[DIDWEB_URL_LEN];

	ck_assert(didweb_status_url(lists[_i].did, 7, url));
	ck_assert_str_eq(url, lists[_i].url);
	ck_assert(!didweb_status_url("did:key:z6Mk", 7, url));
}
END_TEST

START_TEST(a_document_lists_each_key_twice_under_the_did_context_first)
{
	static const struct didweb_key keys[] = {{"z6MkNew", NULL}, {"z6MkOld", ""}};
	struct arena *arena = arena_new(1024);
	struct bytes text = didweb_document("did:web:x.example", keys, 2, arena);

	ck_assert_str_eq(
		(const char *)text.data,
		"{\"@context\":[\"https://www.w3.org/ns/did/v1\","
		"\"https://w3id.org/security/multikey/v1\"],\"id\":\"did:web:x.example\","
		"\"verificationMethod\":["
		"{\"id\":\"did:web:x.example#z6MkNew\",\"type\":\"Multikey\","
		"\"controller\":\"did:web:x.example\",\"publicKeyMultibase\":\"z6MkNew\"},"
		"{\"id\":\"did:web:x.example#z6MkOld\",\"type\":\"Multikey\","
		"\"controller\":\"did:web:x.example\",\"publicKeyMultibase\":\"z6MkOld\"}],"
		"\"assertionMethod\":[\"did:web:x.example#z6MkNew\",\"did:web:x.example#z6MkOld\"]"
		"}");
	ck_assert_uint_eq(text.len, strlen((const char *)text.data));
	arena_destroy(&arena);
}
END_TEST

START_TEST(a_key_for_tokens_is_listed_with_its_jwk)
{
	static const struct didweb_key key = {"es256-1", "{\"kty\":\"EC\"}"};
	struct arena *arena = arena_new(1024);
	struct bytes text = didweb_document("did:web:x.example", &key, 1, arena);

	ck_assert_str_eq((const char *)text.data,
			 "{\"@context\":[\"https://www.w3.org/ns/did/v1\","
			 "\"https://w3id.org/security/multikey/v1\"],\"id\":\"did:web:x.example\","
			 "\"verificationMethod\":["
			 "{\"id\":\"did:web:x.example#es256-1\",\"type\":\"JsonWebKey\","
			 "\"controller\":\"did:web:x.example\",\"publicKeyJwk\":{\"kty\":\"EC\"}}],"
			 "\"assertionMethod\":[\"did:web:x.example#es256-1\"]}");
	arena_destroy(&arena);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("didweb");
	TCase *tcase = tcase_create("didweb");

	tcase_add_loop_test(tcase, an_id_and_its_place_lead_to_each_other, 0,
			    (int)ARRAY_LEN(places));
	tcase_add_loop_test(tcase, what_is_no_did_web_has_no_place, 0, (int)ARRAY_LEN(not_ids));
	tcase_add_loop_test(tcase, what_no_did_web_leads_to_has_no_id, 0,
			    (int)ARRAY_LEN(not_places));
	tcase_add_loop_test(tcase, a_status_list_is_served_beside_the_document, 0,
			    (int)ARRAY_LEN(lists));
	tcase_add_test(tcase, a_place_too_long_to_keep_is_refused);
	tcase_add_test(tcase, a_document_lists_each_key_twice_under_the_did_context_first);
	tcase_add_test(tcase, a_key_for_tokens_is_listed_with_its_jwk);
	suite_add_tcase(suite, tcase);
	return suite;
}
