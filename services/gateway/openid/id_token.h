/*
 * What an OpenID provider signs, checked: ID tokens (OpenID Connect Core 1.0, 3.1.3.7) and logout
 * tokens (Back-Channel Logout 1.0, 2.6). Bytes in, claims or a fault out: no network, no clock.
 *
 * The algorithm is one of a short list, looked at before anything is verified, and the key must be
 * of its kind: a token chooses neither "none" nor a secret made of a public key.
 */
#ifndef CAIRN_GATEWAY_ID_TOKEN_H
#define CAIRN_GATEWAY_ID_TOKEN_H

#include "libshared/arena.h"

#include <jansson.h>

#define ID_TOKEN_MOST ((size_t)32 << 10)
#define ID_TOKEN_SKEW_US (60 * US_PER_S) /* by which two clocks may differ */

enum token_fault {
	TOKEN_SOUND,
	TOKEN_MALFORMED,
	TOKEN_WRONG_ALG,
	TOKEN_UNKNOWN_KEY, /* its key is not in the set: fetch the set anew, and check again */
	TOKEN_BAD_SIGNATURE,
	TOKEN_WRONG_ISSUER,
	TOKEN_WRONG_AUDIENCE,
	TOKEN_WRONG_PARTY, /* azp */
	TOKEN_EXPIRED,
	TOKEN_NOT_YET, /* issued in time to come */
	TOKEN_WRONG_NONCE,
	TOKEN_NO_SUBJECT,
	TOKEN_WRONG_KIND, /* a logout token for an ID token, or the other way */
	TOKEN_TOO_LONG_AGO,
	N_TOKEN_FAULTS
};
/* "wrong_alg"; a constant. */
const char *token_fault_name(enum token_fault fault);

struct token_expected {
	const char *issuer, *client;
	const char *nonce; /* of an ID token */
	int64_t now_us;
	int64_t auth_most_us; /* how long ago the person may have signed in there; 0: at any time */
};

/* keys: a JWK set. On TOKEN_SOUND *claims_r is a new reference, else it is NULL. */
enum token_fault id_token_check(const char *token, const json_t *keys,
				const struct token_expected *expected, struct arena *arena,
				json_t **claims_r) MUST_CHECK;
enum token_fault logout_token_check(const char *token, const json_t *keys,
				    const struct token_expected *expected, struct arena *arena,
				    json_t **claims_r) MUST_CHECK;

#endif
