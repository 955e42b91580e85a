/* Tests of what is believed of an OpenID provider's tokens. */
#include "services/gateway/openid/id_token.h"
#include "tests/support/suite.h"

#include <jose/b64.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <stdlib.h>
#include <string.h>

#define NOW_S INT64_C(1800000000)
#define ISSUER "https://login.district.example"

static struct arena *arena;
static json_t *keys[3], *keyset, *claims, *got;
static const char *const key_algs[] = {"RS256", "PS256", "ES256"};
static struct token_expected expected;

/* Made once: RSA keys take a while. */
static void make_keys(void)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		char kid[8] = {'k', (char)('0' + i), '\0'};

		keys[i] =
			json_pack("{s:s, s:s, s:s}", "alg", key_algs[i], "kid", kid, "use", "sig");
		ENSURE(jose_jwk_gen(NULL, keys[i]));
	}
}

static void setup(void)
{
	arena = arena_new(4096);
	make_keys();
	keyset = json_object();
	json_object_set_new(keyset, "keys", json_array());
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		json_t *public = json_deep_copy(keys[i]);

		ENSURE(jose_jwk_pub(NULL, public));
		json_array_append_new(json_object_get(keyset, "keys"), public);
	}
	claims = json_pack("{s:s, s:s, s:s, s:I, s:I, s:s}", "iss", ISSUER, "sub", "ana-1", "aud",
			   "cairn", "iat", (json_int_t)NOW_S - 5, "exp", (json_int_t)NOW_S + 300,
			   "nonce", "n-1");
	expected = (struct token_expected){
		.issuer = ISSUER, .client = "cairn", .nonce = "n-1", .now_us = NOW_S * US_PER_S};
	got = NULL;
}

static void teardown(void)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		json_decref(keys[i]);
	json_decref(keyset);
	json_decref(claims);
	json_decref(got);
	arena_destroy(&arena);
}

static const char *compact(const json_t *jws)
{
	return arena_printf(arena, "%s.%s.%s", json_string_value(json_object_get(jws, "protected")),
			    json_string_value(json_object_get(jws, "payload")),
			    json_string_value(json_object_get(jws, "signature")));
}

/* header: stolen. */
static const char *signed_by(const json_t *key, json_t *header)
{
	json_t *jws = json_pack("{s:o}", "payload", jose_b64_enc_dump(claims));
	json_t *sig = json_pack("{s:o}", "protected", header);
	const char *token;

	ENSURE(jose_jws_sig(NULL, jws, sig, key));
	token = compact(jws);
	json_decref(jws);
	json_decref(sig);
	return token;
}

static const char *signed_by_key(size_t i)
{
	return signed_by(keys[i], json_pack("{s:s, s:O}", "alg", key_algs[i], "kid",
					    json_object_get(keys[i], "kid")));
}

static enum token_fault when_checked(const char *token)
{
	json_decref(got);
	return id_token_check(token, keyset, &expected, arena, &got);
}

static enum token_fault when_claimed(const char *member, json_t *value)
{
	json_object_set_new(claims, member, value);
	return when_checked(signed_by_key(2));
}

START_TEST(a_sound_token_of_each_allowed_algorithm_is_believed)
{
	ck_assert_int_eq(when_checked(signed_by_key((size_t)_i)), TOKEN_SOUND);
	ck_assert_str_eq(json_string_value(json_object_get(got, "sub")), "ana-1");
}
END_TEST

/* Each byte of the payload and the signature counts. */
START_TEST(a_tampered_token_is_not_believed)
{
	const char *token = signed_by_key((size_t)_i);
	size_t begin = strcspn(token, "."), len = strlen(token);

	for (size_t at = begin + 1; at + 1 < len; at += 7) {
		char *bad = arena_text(arena, bytes_of_text(token));

		if (bad[at] == '.')
			continue;
		bad[at] = bad[at] == 'A' ? 'B' : 'A';
		ck_assert_int_ne(when_checked(bad), TOKEN_SOUND);
		ck_assert_ptr_null(got);
	}
}
END_TEST

START_TEST(claims_of_another_token_do_not_go_with_a_signature)
{
	const char *first = signed_by_key(2), *second;
	size_t head, tail;

	json_object_set_new(claims, "sub", json_string("ben-2"));
	second = signed_by_key(2);
	head = (size_t)(strrchr(second, '.') - second);
	tail = (size_t)(strrchr(first, '.') - first);
	ck_assert_int_eq(
		when_checked(arena_printf(arena, "%.*s%s", (int)head, second, first + tail)),
		TOKEN_BAD_SIGNATURE);
}
END_TEST

START_TEST(an_unsigned_token_is_not_believed)
{
	json_t *none = json_pack("{s:s}", "alg", "none"), *header = jose_b64_enc_dump(none);
	json_t *payload = jose_b64_enc_dump(claims);
	const char *h = json_string_value(header), *p = json_string_value(payload);

	ck_assert_int_eq(when_checked(arena_printf(arena, "%s.%s.AAAA", h, p)), TOKEN_WRONG_ALG);
	ck_assert_int_eq(when_checked(arena_printf(arena, "%s.%s.", h, p)), TOKEN_MALFORMED);
	json_decref(none);
	json_decref(header);
	json_decref(payload);
}
END_TEST

/* The public key's bytes as a secret: the oldest trick. */
START_TEST(a_token_signed_with_a_shared_secret_is_not_believed)
{
	json_t *secret = json_pack("{s:s, s:O, s:s}", "kty", "oct", "k",
				   json_object_get(keys[0], "n"), "alg", "HS256");
	const char *token = signed_by(secret, json_pack("{s:s, s:s}", "alg", "HS256", "kid", "k0"));

	ck_assert_int_eq(when_checked(token), TOKEN_WRONG_ALG);
	json_array_append_new(json_object_get(keyset, "keys"), secret);
	ck_assert_int_eq(when_checked(token), TOKEN_WRONG_ALG);
}
END_TEST

START_TEST(a_key_serves_only_the_algorithm_that_it_is_for)
{
	json_t *key = json_array_get(json_object_get(keyset, "keys"), 0);

	json_object_set_new(key, "alg", json_string("PS256"));
	ck_assert_int_eq(when_checked(signed_by_key(0)), TOKEN_UNKNOWN_KEY);
	json_object_set_new(key, "alg", json_string("RS256"));
	json_object_set_new(key, "use", json_string("enc"));
	ck_assert_int_eq(when_checked(signed_by_key(0)), TOKEN_UNKNOWN_KEY);
}
END_TEST

START_TEST(a_key_that_is_not_in_the_set_is_told_apart)
{
	const char *token = signed_by_key(2);

	json_array_remove(json_object_get(keyset, "keys"), 2);
	ck_assert_int_eq(when_checked(token), TOKEN_UNKNOWN_KEY);
}
END_TEST

START_TEST(a_token_that_names_no_key_needs_a_set_that_leaves_no_choice)
{
	const char *token = signed_by(keys[2], json_pack("{s:s}", "alg", "ES256"));

	ck_assert_int_eq(when_checked(token), TOKEN_SOUND);
	json_array_append(json_object_get(keyset, "keys"),
			  json_array_get(json_object_get(keyset, "keys"), 2));
	ck_assert_int_eq(when_checked(token), TOKEN_UNKNOWN_KEY);
}
END_TEST

START_TEST(another_issuer_is_refused)
{
	ck_assert_int_eq(when_claimed("iss", json_string(ISSUER "/")), TOKEN_WRONG_ISSUER);
}
END_TEST

START_TEST(a_token_for_somebody_else_is_refused)
{
	ck_assert_int_eq(when_claimed("aud", json_string("other")), TOKEN_WRONG_AUDIENCE);
	ck_assert_int_eq(when_claimed("aud", json_array()), TOKEN_WRONG_AUDIENCE);
	ck_assert_int_eq(when_claimed("aud", json_null()), TOKEN_WRONG_AUDIENCE);
}
END_TEST

START_TEST(of_several_audiences_one_is_the_party)
{
	json_t *both = json_pack("[s, s]", "other", "cairn");

	ck_assert_int_eq(when_claimed("aud", both), TOKEN_WRONG_PARTY);
	ck_assert_int_eq(when_claimed("azp", json_string("other")), TOKEN_WRONG_PARTY);
	ck_assert_int_eq(when_claimed("azp", json_string("cairn")), TOKEN_SOUND);
}
END_TEST

START_TEST(an_old_token_is_refused_once_clocks_cannot_explain_it)
{
	ck_assert_int_eq(when_claimed("exp", json_integer(NOW_S - 59)), TOKEN_SOUND);
	ck_assert_int_eq(when_claimed("exp", json_integer(NOW_S - 60)), TOKEN_EXPIRED);
	ck_assert_int_eq(when_claimed("exp", json_integer(INT64_MAX)), TOKEN_MALFORMED);
	json_object_del(claims, "exp");
	ck_assert_int_eq(when_checked(signed_by_key(2)), TOKEN_MALFORMED);
}
END_TEST

START_TEST(a_token_from_times_to_come_is_refused)
{
	ck_assert_int_eq(when_claimed("iat", json_integer(NOW_S + 60)), TOKEN_SOUND);
	ck_assert_int_eq(when_claimed("iat", json_integer(NOW_S + 61)), TOKEN_NOT_YET);
	json_object_set_new(claims, "iat", json_integer(NOW_S));
	ck_assert_int_eq(when_claimed("nbf", json_integer(NOW_S + 61)), TOKEN_NOT_YET);
}
END_TEST

START_TEST(a_token_of_another_sign_in_is_refused)
{
	ck_assert_int_eq(when_claimed("nonce", json_string("n-2")), TOKEN_WRONG_NONCE);
	json_object_del(claims, "nonce");
	ck_assert_int_eq(when_checked(signed_by_key(2)), TOKEN_WRONG_NONCE);
	expected.nonce = "";
	ck_assert_int_eq(when_claimed("nonce", json_string("")), TOKEN_WRONG_NONCE);
}
END_TEST

START_TEST(signing_in_anew_is_not_shown_by_an_old_sign_in)
{
	expected.auth_most_us = 60 * US_PER_S;
	ck_assert_int_eq(when_checked(signed_by_key(2)), TOKEN_TOO_LONG_AGO);
	ck_assert_int_eq(when_claimed("auth_time", json_integer(NOW_S - 121)), TOKEN_TOO_LONG_AGO);
	ck_assert_int_eq(when_claimed("auth_time", json_integer(NOW_S - 119)), TOKEN_SOUND);
}
END_TEST

static void given_logout_claims(void)
{
	json_object_del(claims, "nonce");
	json_object_set_new(claims, "jti", json_string("j-1"));
	json_object_set_new(
		claims, "events",
		json_pack("{s:{}}", "http://schemas.openid.net/event/backchannel-logout"));
}

static enum token_fault when_told_to_log_out(void)
{
	json_decref(got);
	return logout_token_check(signed_by_key(2), keyset, &expected, arena, &got);
}

START_TEST(a_logout_token_is_no_id_token_nor_the_other_way)
{
	ck_assert_int_eq(when_told_to_log_out(), TOKEN_WRONG_KIND);
	given_logout_claims();
	ck_assert_int_eq(when_told_to_log_out(), TOKEN_SOUND);
	ck_assert_int_eq(when_claimed("nonce", json_string("n-1")), TOKEN_WRONG_KIND);
	ck_assert_int_eq(when_told_to_log_out(), TOKEN_WRONG_KIND);
}
END_TEST

START_TEST(a_logout_token_names_a_person_or_a_session)
{
	given_logout_claims();
	json_object_del(claims, "sub");
	ck_assert_int_eq(when_told_to_log_out(), TOKEN_NO_SUBJECT);
	json_object_set_new(claims, "sid", json_string("s-1"));
	ck_assert_int_eq(when_told_to_log_out(), TOKEN_SOUND);
	json_object_del(claims, "jti");
	ck_assert_int_eq(when_told_to_log_out(), TOKEN_MALFORMED);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("tokens of an OpenID provider");
	TCase *t = tcase_create("id_token");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_sound_token_of_each_allowed_algorithm_is_believed, 0, 3);
	tcase_add_loop_test(t, a_tampered_token_is_not_believed, 0, 3);
	tcase_add_test(t, claims_of_another_token_do_not_go_with_a_signature);
	tcase_add_test(t, an_unsigned_token_is_not_believed);
	tcase_add_test(t, a_token_signed_with_a_shared_secret_is_not_believed);
	tcase_add_test(t, a_key_serves_only_the_algorithm_that_it_is_for);
	tcase_add_test(t, a_key_that_is_not_in_the_set_is_told_apart);
	tcase_add_test(t, a_token_that_names_no_key_needs_a_set_that_leaves_no_choice);
	tcase_add_test(t, another_issuer_is_refused);
	tcase_add_test(t, a_token_for_somebody_else_is_refused);
	tcase_add_test(t, of_several_audiences_one_is_the_party);
	tcase_add_test(t, an_old_token_is_refused_once_clocks_cannot_explain_it);
	tcase_add_test(t, a_token_from_times_to_come_is_refused);
	tcase_add_test(t, a_token_of_another_sign_in_is_refused);
	tcase_add_test(t, signing_in_anew_is_not_shown_by_an_old_sign_in);
	tcase_add_test(t, a_logout_token_is_no_id_token_nor_the_other_way);
	tcase_add_test(t, a_logout_token_names_a_person_or_a_session);
	suite_add_tcase(s, t);
	return s;
}
