/* The checks of a credential that a JWS has signed (VC-JWT): RS256 and ES256. */
#include "services/issuance/documents/verify_parts.h"

#include "libshared/blobs.h" /* sha256() */
#include "services/issuance/documents/jwk.h"

#include <string.h>

#define ARENA_BYTES ((size_t)256 << 10)

static const char *const algorithms[] = {[JWK_RS256] = "RS256", [JWK_ES256] = "ES256"};

/* "none" and what is not made here are no signature. */
static enum verify_outcome check_token(struct verifier *v)
{
	const char *alg, *says;

	if (v->token.payload == NULL)
		return verify_say(v, VERIFY_FAILED,
				  "The token's header or payload is not a JSON object.");
	if (verify_shape(v) != VERIFY_PASSED)
		return VERIFY_FAILED;
	alg = jws_says(&v->token, "alg");
	if (alg == NULL ||
	    (strcmp(alg, algorithms[JWK_RS256]) != 0 && strcmp(alg, algorithms[JWK_ES256]) != 0))
		return verify_say(v, VERIFY_FAILED,
				  "The token is signed by %s, not RS256 or ES256.",
				  alg != NULL ? alg : "nothing");
	v->method = jws_says(&v->token, "kid");
	if (v->method == NULL)
		return verify_say(v, VERIFY_FAILED, "The token does not name its key.");
	says = verify_text(v->credential, "iss");
	if (says != NULL && strcmp(says, v->issuer) != 0)
		return verify_say(v, VERIFY_FAILED, "The token is of %s, the credential of %s.",
				  says, v->issuer);
	return verify_say(v, VERIFY_PASSED, "A verifiable credential as a JWS of %s.", alg);
}

static enum verify_outcome check_token_key(struct verifier *v)
{
	const json_t *method = verify_method(v);
	struct evp_pkey_st *key;
	enum jwk_kind kind;

	if (method == NULL)
		return VERIFY_FAILED;
	key = jwk_of_public(json_object_get(method, "publicKeyJwk"), &kind);
	if (key == NULL)
		return verify_say(v, VERIFY_FAILED, "%s is no JWK of RSA or P-256.", v->method);
	jwk_destroy(&key);
	if (strcmp(algorithms[kind], jws_says(&v->token, "alg")) != 0)
		return verify_say(v, VERIFY_FAILED, "%s is a key for %s.", v->method,
				  algorithms[kind]);
	return verify_say(v, VERIFY_PASSED, "Signed with %s, which the issuer lists.", v->method);
}

/* What a JWS signs are its own bytes. */
static enum verify_outcome check_token_text(struct verifier *v)
{
	struct bytes expected = v->input->expected_sha256;
	char hex[2 * SHA256_LEN + 1];
	uint8_t sum[SHA256_LEN];

	sha256(v->input->credential, sum);
	if (expected.len > 0 && !bytes_equal(BYTES_OF(sum), expected))
		return verify_say(v, VERIFY_FAILED,
				  "The document is not the one that was recorded.");
	sha256(v->token.signed_text, sum);
	hex_of_bytes(BYTES_OF(sum), hex);
	return verify_say(v, VERIFY_PASSED, "%zu bytes, SHA-256 %s.", v->token.signed_text.len,
			  hex);
}

static enum verify_outcome check_token_signature(struct verifier *v)
{
	enum jwk_kind kind;
	struct evp_pkey_st *key =
		jwk_of_public(json_object_get(verify_method(v), "publicKeyJwk"), &kind);
	bool fits = jwk_verify(kind, key, v->token.signed_text, v->token.signature);

	jwk_destroy(&key);
	if (!fits)
		return verify_say(v, VERIFY_FAILED,
				  "The signature does not fit: the token was changed.");
	return verify_say(v, VERIFY_PASSED,
			  "The signature fits: nothing was changed since it was made.");
}

static const struct verify_step steps[VERIFY_CHECKS] = {
	[VERIFY_STRUCTURE] = {"structure", check_token},
	[VERIFY_ISSUER] = {"issuer", check_issuer},
	[VERIFY_KEY] = {"key", check_token_key},
	[VERIFY_HASH] = {"hash", check_token_text},
	[VERIFY_SIGNATURE] = {"signature", check_token_signature},
	[VERIFY_VALIDITY] = {"validity", check_validity},
	[VERIFY_STATUS] = {"status", check_status},
};

void token_verify(const struct verify_input *input, struct verification *v_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(ARENA_BYTES);
	AUTO(json_decrefp) json_t *did_document = verify_parse(input->did_document);
	struct verifier v = {.input = input, .arena = arena, .did_document = did_document};

	if (input->credential.len <= VERIFY_MAX_BYTES &&
	    jws_read(input->credential, arena, &v.token))
		v.credential = v.token.payload;
	verify_run(&v, steps, v_r);
	jws_finish(&v.token);
}
