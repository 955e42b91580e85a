/*
 * Keys for JSON Web Signatures: RSA (RS256) and P-256 (ES256), by OpenSSL.
 *
 * A key's secret is its DER text, which the vault keeps. Its name is "rs256-" or "es256-" and the
 * thumbprint of RFC 7638, so that it follows from the key.
 */
#ifndef CAIRN_ISSUANCE_JWK_H
#define CAIRN_ISSUANCE_JWK_H

#include "libshared/bytes.h"

#include <jansson.h>
#include <sys/types.h>

#define JWK_NAME_LEN 64
#define JWK_TEXT_LEN 600
#define JWK_SIGNATURE_MAX 512

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

enum jwk_kind { JWK_RS256, JWK_ES256 };

/* Of 2,048 bits, or of P-256. NULL: OpenSSL has none to give. */
struct evp_pkey_st *jwk_make(enum jwk_kind kind);
void jwk_destroy(struct evp_pkey_st **key);

/* Bytes written; -1: too long. secret_r is the caller's to wipe. */
ssize_t jwk_secret(const struct evp_pkey_st *key, uint8_t *secret_r, size_t room) MUST_CHECK;
/* NULL: no secret of that kind. */
struct evp_pkey_st *jwk_of_secret(enum jwk_kind kind, struct bytes secret);

/* The public half as a JWK, members in the order of RFC 7638, and the key's name. */
int jwk_public(enum jwk_kind kind, const struct evp_pkey_st *key, char jwk_r[JWK_TEXT_LEN],
	       char name_r[JWK_NAME_LEN]) MUST_CHECK;
/* As a JWS has it: PKCS #1 v1.5, or R and S of 32 bytes each. Its length; -1: OpenSSL failed. */
ssize_t jwk_sign(enum jwk_kind kind, struct evp_pkey_st *key, struct bytes message,
		 uint8_t signature_r[JWK_SIGNATURE_MAX]) MUST_CHECK;

/* The key that a JWK of either kind tells, and its kind. NULL: it is none. */
struct evp_pkey_st *jwk_of_public(const json_t *jwk, enum jwk_kind *kind_r);
bool jwk_verify(enum jwk_kind kind, struct evp_pkey_st *key, struct bytes message,
		struct bytes signature);

#endif
