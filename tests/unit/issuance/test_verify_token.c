/* A credential that a JWS has signed: the same checks, and none passes what was not signed so. */
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/jwk.h"
#include "services/issuance/documents/terms.h"
#include "services/issuance/documents/verify.h"
#include "tests/support/suite.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define DID "did:web:issuer.example"
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define NOW_US (INT64_C(1767712500) * US_PER_S) /* 2026-01-06 */

static struct arena *arena;
static struct evp_pkey_st *key;
static enum jwk_kind kind;
static char jwk[JWK_TEXT_LEN], name[JWK_NAME_LEN];
static struct verification got;

static void given_key(enum jwk_kind of)
{
	kind = of;
	key = jwk_make(of);
	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(jwk_public(of, key, jwk, name), 0);
}

static void setup(void)
{
	ck_assert(sodium_init() >= 0);
	arena = arena_new(1 << 16);
	given_key(JWK_ES256);
}

static void teardown(void)
{
	jwk_destroy(&key);
	arena_destroy(&arena);
}

static const char *base64(struct bytes b)
{
	size_t room = sodium_base64_encoded_len(b.len, BASE64);

	return sodium_bin2base64(arena_alloc(arena, room), room, b.data, b.len, BASE64);
}

static const char *alg_of(enum jwk_kind of)
{
	return of == JWK_RS256 ? "RS256" : "ES256";
}

static const char *header(const char *alg)
{
	return arena_printf(arena, "{\"alg\":\"%s\",\"kid\":\"%s#%s\"}", alg, DID, name);
}

static const char *payload(const char *issuer)
{
	return arena_printf(
		arena,
		"{\"@context\":[\"%s\"],\"type\":[\"VerifiableCredential\"],\"issuer\":\"%s\","
		"\"validFrom\":\"2026-01-01T00:00:00Z\",\"credentialSubject\":{\"id\":\"urn:x\"}}",
		CONTEXT_VC_URL, issuer);
}

static struct bytes token(const char *head, const char *body)
{
	const char *text = arena_printf(arena, "%s.%s", base64(bytes_of_text(head)),
					base64(bytes_of_text(body)));
	uint8_t signature[JWK_SIGNATURE_MAX];
	ssize_t len = jwk_sign(kind, key, bytes_of_text(text), signature);

	ck_assert_int_gt(len, 0);
	return bytes_of_text(
		arena_printf(arena, "%s.%s", text, base64((struct bytes){signature, (size_t)len})));
}

static void verify(struct bytes credential)
{
	struct didweb_key listed = {name, jwk};
	struct verify_input input = {
		.credential = credential,
		.did_document = didweb_document(DID, &listed, 1, arena),
		.now_us = NOW_US,
	};

	token_verify(&input, &got);
}

/* The check of that name. */
static const struct verify_check *check(const char *of)
{
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		if (strcmp(got.checks[i].name, of) == 0)
			return &got.checks[i];
	return NULL;
}

#define ck_fails(of, why)                                                                          \
	do {                                                                                       \
		ck_assert(!got.verified);                                                          \
		ck_assert_int_eq(check(of)->outcome, VERIFY_FAILED);                               \
		ck_assert_msg(strstr(check(of)->text, why) != NULL, "%s", check(of)->text);        \
	} while (0)

START_TEST(a_token_of_either_kind_is_verified)
{
	jwk_destroy(&key);
	given_key(_i == 0 ? JWK_RS256 : JWK_ES256);
	verify(token(header(alg_of(kind)), payload(DID)));
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		ck_assert_msg(got.checks[i].outcome == VERIFY_PASSED, "%s: %s", got.checks[i].name,
			      got.checks[i].text);
	ck_assert(got.verified);
}
END_TEST

START_TEST(a_token_whose_payload_or_signature_was_changed_is_not)
{
	struct bytes sound = token(header("ES256"), payload(DID));
	char *text = arena_text(arena, sound);
	char *letter = strrchr(text, '.') + 5;
	const char *other = arena_text(arena, token(header("ES256"), payload("did:web:x.example")));

	*letter = *letter == 'A' ? 'B' : 'A'; /* still base64 */
	verify(bytes_of_text(text));
	ck_fails("signature", "does not fit");
	/* the signature of another payload */
	text = arena_printf(
		arena, "%.*s%s",
		(int)(strrchr((const char *)sound.data, '.') - (const char *)sound.data),
		(const char *)sound.data, strrchr(other, '.'));
	verify(bytes_of_text(text));
	ck_fails("signature", "does not fit");
}
END_TEST

START_TEST(a_token_that_nothing_or_another_kind_of_key_signed_is_not)
{
	verify(token(header("none"), payload(DID)));
	ck_fails("structure", "signed by none");
	verify(token(header("HS256"), payload(DID)));
	ck_fails("structure", "signed by HS256");
	verify(token(header("RS256"), payload(DID)));
	ck_fails("key", "is a key for ES256");
}
END_TEST

START_TEST(a_token_of_another_issuers_key_is_not)
{
	verify(token(header("ES256"), payload("did:web:other.example")));
	ck_fails("issuer", "other.example");
	verify(token(arena_printf(arena, "{\"alg\":\"ES256\",\"kid\":\"%s#other\"}", DID),
		     payload(DID)));
	ck_fails("key", "does not have");
	verify(token("{\"alg\":\"ES256\"}", payload(DID)));
	ck_fails("structure", "does not name its key");
	verify(token("[]", payload(DID)));
	ck_fails("structure", "not a JSON object");
}
END_TEST

Suite *test_suite(void)
{
	const TTest *const tests[] = {
		a_token_whose_payload_or_signature_was_changed_is_not,
		a_token_that_nothing_or_another_kind_of_key_signed_is_not,
		a_token_of_another_issuers_key_is_not,
	};
	Suite *suite = suite_create("tokens");
	TCase *tcase = tcase_create("checks");

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_loop_test(tcase, a_token_of_either_kind_is_verified, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
