/* Tokens of an OpenID provider: their form, their signature, what they claim. */
#include "services/gateway/openid/id_token.h"

#include <jose/b64.h>
#include <jose/jws.h>
#include <sodium.h>
#include <string.h>

#define KEYS_MOST 64
#define RSA_LEAST 256 /* bytes of the modulus */
#define RSA_MOST 1024 /* more would keep the loop busy */
#define NUMBER_TEXT_MOST 2048
#define SUBJECT_MOST 255
#define LOGOUT_EVENT "http://schemas.openid.net/event/backchannel-logout"

static const char *const fault_names[] = {
	[TOKEN_SOUND] = "sound",
	[TOKEN_MALFORMED] = "malformed",
	[TOKEN_WRONG_ALG] = "wrong_alg",
	[TOKEN_UNKNOWN_KEY] = "unknown_key",
	[TOKEN_BAD_SIGNATURE] = "bad_signature",
	[TOKEN_WRONG_ISSUER] = "wrong_issuer",
	[TOKEN_WRONG_AUDIENCE] = "wrong_audience",
	[TOKEN_WRONG_PARTY] = "wrong_party",
	[TOKEN_EXPIRED] = "expired",
	[TOKEN_NOT_YET] = "not_yet",
	[TOKEN_WRONG_NONCE] = "wrong_nonce",
	[TOKEN_NO_SUBJECT] = "no_subject",
	[TOKEN_WRONG_KIND] = "wrong_kind",
	[TOKEN_TOO_LONG_AGO] = "too_long_ago",
};
_Static_assert(ARRAY_LEN(fault_names) == N_TOKEN_FAULTS, "each has a name");

const char *token_fault_name(enum token_fault fault)
{
	return fault_names[fault];
}

/* ---- its form ---- */

struct parts {
	struct bytes header, payload, signature; /* base64url, borrowed */
};

static bool split(const char *token, struct parts *parts_r)
{
	struct bytes *part[] = {&parts_r->header, &parts_r->payload, &parts_r->signature};
	const char *at = token;

	for (size_t i = 0; i < ARRAY_LEN(part); i++) {
		size_t len = strcspn(at, ".");

		if (len == 0 || (at[len] == '.') != (i + 1 < ARRAY_LEN(part)))
			return false;
		*part[i] = (struct bytes){(const uint8_t *)at, len};
		at += len + 1;
	}
	return true;
}

/* The object that a part holds; NULL: none. A new reference. */
static json_t *object_of(struct bytes part, struct arena *arena)
{
	size_t len = 0;
	uint8_t *text = arena_alloc(arena, part.len + 1);
	json_t *object;

	if (sodium_base642bin(text, part.len, (const char *)part.data, part.len, NULL, &len, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return NULL;
	object = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(object)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static const char *text_in(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* ---- its key ---- */

static const struct alg {
	const char *name, *kty;
} algs[] = {{"RS256", "RSA"}, {"PS256", "RSA"}, {"ES256", "EC"}};

static const struct alg *alg_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (strcmp(algs[i].name, name) == 0)
			return &algs[i];
	return NULL;
}

static size_t number_len(const json_t *key, const char *member)
{
	const char *text = text_in(key, member);

	return strlen(text) > NUMBER_TEXT_MOST ? 0 : strlen(text) * 3 / 4;
}

static bool key_suits(const json_t *key, const struct alg *alg)
{
	const char *use = text_in(key, "use"), *own = text_in(key, "alg");
	size_t n = number_len(key, "n");

	if (strcmp(text_in(key, "kty"), alg->kty) != 0 ||
	    (use[0] != '\0' && strcmp(use, "sig") != 0) ||
	    (own[0] != '\0' && strcmp(own, alg->name) != 0))
		return false;
	if (strcmp(alg->kty, "EC") == 0)
		return strcmp(text_in(key, "crv"), "P-256") == 0 && number_len(key, "x") == 32 &&
		       number_len(key, "y") == 32;
	return n >= RSA_LEAST && n <= RSA_MOST && number_len(key, "e") > 0 &&
	       number_len(key, "e") <= 8;
}

/* The key of that id; of a token that names none, the only one that suits. NULL: none. */
static const json_t *key_for(const json_t *keys, const json_t *header, const struct alg *alg)
{
	const char *kid = json_string_value(json_object_get(header, "kid"));
	const json_t *list = json_object_get(keys, "keys"), *found = NULL;

	for (size_t i = 0; i < MIN(json_array_size(list), (size_t)KEYS_MOST); i++) {
		const json_t *key = json_array_get(list, i);

		if (!key_suits(key, alg) || (kid != NULL && strcmp(text_in(key, "kid"), kid) != 0))
			continue;
		if (found != NULL)
			return NULL;
		found = key;
	}
	return found;
}

/* Only its public numbers: what else stands in a key does not steer how it is used. */
static json_t *bare_key(const json_t *key)
{
	static const char *const members[] = {"kty", "n", "e", "crv", "x", "y"};
	json_t *bare = json_object();

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_object_set(bare, members[i], json_object_get(key, members[i]));
	return bare;
}

static enum token_fault check_signature(const struct parts *parts, const json_t *header,
					const json_t *keys)
{
	const struct alg *alg = alg_of(text_in(header, "alg"));
	const json_t *key;
	json_t *jws, *bare;
	bool good;

	if (alg == NULL)
		return TOKEN_WRONG_ALG;
	if (json_object_get(header, "crit") != NULL)
		return TOKEN_MALFORMED;
	key = key_for(keys, header, alg);
	if (key == NULL)
		return TOKEN_UNKNOWN_KEY;
	bare = bare_key(key);
	jws = json_pack("{s:s%, s:s%, s:s%}", "protected", parts->header.data, parts->header.len,
			"payload", parts->payload.data, parts->payload.len, "signature",
			parts->signature.data, parts->signature.len);
	good = jws != NULL && jose_jws_ver(NULL, jws, NULL, bare, false);
	json_decref(jws);
	json_decref(bare);
	return good ? TOKEN_SOUND : TOKEN_BAD_SIGNATURE;
}

/* ---- what it claims ---- */

static bool is_for(const json_t *aud, const char *client)
{
	if (json_is_string(aud))
		return strcmp(json_string_value(aud), client) == 0;
	for (size_t i = 0; i < json_array_size(aud); i++) {
		const char *one = json_string_value(json_array_get(aud, i));

		if (one != NULL && strcmp(one, client) == 0)
			return true;
	}
	return false;
}

/* Seconds of a claim as microseconds; 0: none, or none that can be. */
static int64_t time_in(const json_t *claims, const char *member)
{
	json_int_t s = json_integer_value(json_object_get(claims, member));

	return s > 0 && s < INT64_MAX / US_PER_S ? s * US_PER_S : 0;
}

static enum token_fault check_parties(const json_t *claims, const struct token_expected *e)
{
	const json_t *aud = json_object_get(claims, "aud"), *azp = json_object_get(claims, "azp");

	if (strcmp(text_in(claims, "iss"), e->issuer) != 0)
		return TOKEN_WRONG_ISSUER;
	if (!is_for(aud, e->client))
		return TOKEN_WRONG_AUDIENCE;
	if ((azp == NULL && json_array_size(aud) > 1) ||
	    (azp != NULL && strcmp(text_in(claims, "azp"), e->client) != 0))
		return TOKEN_WRONG_PARTY;
	return TOKEN_SOUND;
}

static enum token_fault check_times(const json_t *claims, const struct token_expected *e)
{
	int64_t expires_us = time_in(claims, "exp"), issued_us = time_in(claims, "iat");
	int64_t not_before_us = time_in(claims, "nbf"), auth_us = time_in(claims, "auth_time");

	if (expires_us == 0 || issued_us == 0)
		return TOKEN_MALFORMED;
	if (e->now_us - ID_TOKEN_SKEW_US >= expires_us)
		return TOKEN_EXPIRED;
	if (MAX(issued_us, not_before_us) > e->now_us + ID_TOKEN_SKEW_US)
		return TOKEN_NOT_YET;
	if (e->auth_most_us != 0 && e->now_us - auth_us > e->auth_most_us + ID_TOKEN_SKEW_US)
		return TOKEN_TOO_LONG_AGO;
	return TOKEN_SOUND;
}

static bool is_short_text(const json_t *claims, const char *member)
{
	size_t len = strlen(text_in(claims, member));

	return len > 0 && len <= SUBJECT_MOST;
}

static enum token_fault check_id(const json_t *claims, const struct token_expected *e)
{
	const char *nonce = text_in(claims, "nonce");

	if (json_object_get(claims, "events") != NULL)
		return TOKEN_WRONG_KIND;
	if (!is_short_text(claims, "sub"))
		return TOKEN_NO_SUBJECT;
	return e->nonce[0] != '\0' && strcmp(nonce, e->nonce) == 0 ? TOKEN_SOUND
								   : TOKEN_WRONG_NONCE;
}

/* A logout token has no nonce, so that no ID token is taken for one. */
static enum token_fault check_logout(const json_t *claims, const struct token_expected *e)
{
	const json_t *events = json_object_get(claims, "events");

	(void)e;
	if (!json_is_object(json_object_get(events, LOGOUT_EVENT)) ||
	    json_object_get(claims, "nonce") != NULL)
		return TOKEN_WRONG_KIND;
	if (!is_short_text(claims, "jti"))
		return TOKEN_MALFORMED;
	return is_short_text(claims, "sub") || is_short_text(claims, "sid") ? TOKEN_SOUND
									    : TOKEN_NO_SUBJECT;
}

typedef enum token_fault check_fn(const json_t *claims, const struct token_expected *e);

static enum token_fault check_claims(const json_t *claims, const struct token_expected *e,
				     check_fn *own)
{
	check_fn *const checks[] = {check_parties, check_times, own};
	enum token_fault fault = TOKEN_SOUND;

	for (size_t i = 0; i < ARRAY_LEN(checks) && fault == TOKEN_SOUND; i++)
		fault = checks[i](claims, e);
	return fault;
}

static enum token_fault check(const char *token, const json_t *keys, const struct token_expected *e,
			      check_fn *own, struct arena *arena, json_t **claims_r)
{
	enum token_fault fault;
	struct parts parts;
	json_t *header, *claims;

	*claims_r = NULL;
	if (strlen(token) > ID_TOKEN_MOST || !split(token, &parts))
		return TOKEN_MALFORMED;
	header = object_of(parts.header, arena);
	if (header == NULL)
		return TOKEN_MALFORMED;
	fault = check_signature(&parts, header, keys);
	json_decref(header);
	if (fault != TOKEN_SOUND)
		return fault;
	claims = object_of(parts.payload, arena);
	if (claims == NULL)
		return TOKEN_MALFORMED;
	fault = check_claims(claims, e, own);
	if (fault == TOKEN_SOUND)
		*claims_r = claims;
	else
		json_decref(claims);
	return fault;
}

enum token_fault id_token_check(const char *token, const json_t *keys,
				const struct token_expected *expected, struct arena *arena,
				json_t **claims_r)
{
	return check(token, keys, expected, check_id, arena, claims_r);
}

enum token_fault logout_token_check(const char *token, const json_t *keys,
				    const struct token_expected *expected, struct arena *arena,
				    json_t **claims_r)
{
	return check(token, keys, expected, check_logout, arena, claims_r);
}
