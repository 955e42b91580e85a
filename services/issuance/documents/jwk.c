/* RSA and P-256 keys: made, kept as DER, told as JWK, signing. */
#include "services/issuance/documents/jwk.h"
#include "libshared/blobs.h" /* sha256() */

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define RSA_BITS 2048
#define P256_LEN 32
#define NUMBER_MAX 512 /* bytes of a modulus */
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static const struct {
	const char *prefix;
	int type;
} kinds[] = {
	[JWK_RS256] = {"rs256-", EVP_PKEY_RSA},
	[JWK_ES256] = {"es256-", EVP_PKEY_EC},
};

EVP_PKEY *jwk_make(enum jwk_kind kind)
{
	return kind == JWK_RS256 ? EVP_RSA_gen(RSA_BITS) : EVP_EC_gen("P-256");
}

void jwk_destroy(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
	*key = NULL;
}

ssize_t jwk_secret(const EVP_PKEY *key, uint8_t *secret_r, size_t room)
{
	int len = i2d_PrivateKey(key, NULL);

	if (len <= 0 || (size_t)len > room)
		return -1;
	return i2d_PrivateKey(key, &secret_r);
}

EVP_PKEY *jwk_of_secret(enum jwk_kind kind, struct bytes secret)
{
	const uint8_t *at = secret.data;

	return d2i_PrivateKey(kinds[kind].type, NULL, &at, (long)secret.len);
}

/* ---- the public half ---- */

/* len 0: as many bytes as the number has. */
static int number_text(const EVP_PKEY *key, const char *param, int len, char text_r[2 * NUMBER_MAX])
{
	uint8_t bytes[NUMBER_MAX];
	BIGNUM *number = NULL;

	if (EVP_PKEY_get_bn_param(key, param, &number) != 1)
		return -1;
	if (len == 0)
		len = BN_num_bytes(number);
	len = len <= NUMBER_MAX ? BN_bn2binpad(number, bytes, len) : -1;
	BN_free(number);
	if (len < 0)
		return -1;
	sodium_bin2base64(text_r, 2 * NUMBER_MAX, bytes, (size_t)len, BASE64);
	return 0;
}

static int rsa_text(const EVP_PKEY *key, char jwk_r[JWK_TEXT_LEN])
{
	char n[2 * NUMBER_MAX], e[2 * NUMBER_MAX];

	if (number_text(key, OSSL_PKEY_PARAM_RSA_N, 0, n) != 0 ||
	    number_text(key, OSSL_PKEY_PARAM_RSA_E, 0, e) != 0 ||
	    strlen(n) + strlen(e) + 40 > JWK_TEXT_LEN)
		return -1;
	snprintf(jwk_r, JWK_TEXT_LEN, "{\"e\":\"%.16s\",\"kty\":\"RSA\",\"n\":\"%.540s\"}", e, n);
	return 0;
}

static int p256_text(const EVP_PKEY *key, char jwk_r[JWK_TEXT_LEN])
{
	char x[2 * NUMBER_MAX], y[2 * NUMBER_MAX];

	if (number_text(key, OSSL_PKEY_PARAM_EC_PUB_X, P256_LEN, x) != 0 ||
	    number_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, P256_LEN, y) != 0)
		return -1;
	snprintf(jwk_r, JWK_TEXT_LEN,
		 "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.43s\",\"y\":\"%.43s\"}", x, y);
	return 0;
}

int jwk_public(enum jwk_kind kind, const EVP_PKEY *key, char jwk_r[JWK_TEXT_LEN],
	       char name_r[JWK_NAME_LEN])
{
	uint8_t hash[SHA256_LEN];
	char print[sodium_base64_ENCODED_LEN(SHA256_LEN, BASE64)];
	int rc = kind == JWK_RS256 ? rsa_text(key, jwk_r) : p256_text(key, jwk_r);

	if (rc != 0)
		return -1;
	sha256(bytes_of_text(jwk_r), hash);
	sodium_bin2base64(print, sizeof print, hash, sizeof hash, BASE64);
	snprintf(name_r, JWK_NAME_LEN, "%s%s", kinds[kind].prefix, print);
	return 0;
}

/* ---- signing ---- */

/* OpenSSL's DER, taken apart. */
static ssize_t raw_of_der(const uint8_t *der, size_t len, uint8_t signature_r[2 * P256_LEN])
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	bool ok = sig != NULL &&
		  BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature_r, P256_LEN) == P256_LEN &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature_r + P256_LEN, P256_LEN) == P256_LEN;

	ECDSA_SIG_free(sig);
	return ok ? 2 * P256_LEN : -1;
}

ssize_t jwk_sign(enum jwk_kind kind, EVP_PKEY *key, struct bytes message,
		 uint8_t signature_r[JWK_SIGNATURE_MAX])
{
	uint8_t made[JWK_SIGNATURE_MAX];
	size_t len = sizeof made;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		  EVP_DigestSign(ctx, made, &len, message.data, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	if (!ok)
		return -1;
	if (kind == JWK_ES256)
		return raw_of_der(made, len, signature_r);
	memcpy(signature_r, made, len);
	return (ssize_t)len;
}

/* ---- checking ---- */

/* Bytes of a member in base64url; 0: none, or more than room. */
static size_t number_of(const json_t *jwk, const char *member, uint8_t *bytes_r, size_t room)
{
	const char *text = json_string_value(json_object_get(jwk, member));
	size_t len = 0;

	if (text == NULL ||
	    sodium_base642bin(bytes_r, room, text, strlen(text), NULL, &len, NULL, BASE64) != 0)
		return 0;
	return len;
}

static EVP_PKEY *key_of_params(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *rsa_of(const json_t *jwk)
{
	uint8_t n[NUMBER_MAX], e[8];
	size_t n_len = number_of(jwk, "n", n, sizeof n), e_len = number_of(jwk, "e", e, sizeof e);
	BIGNUM *n_number = BN_bin2bn(n, (int)n_len, NULL);
	BIGNUM *e_number = BN_bin2bn(e, (int)e_len, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (n_len >= RSA_BITS / 8 && e_len > 0 && build != NULL &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n_number) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e_number) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params != NULL)
		key = key_of_params("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n_number);
	BN_free(e_number);
	return key;
}

static EVP_PKEY *p256_of(const json_t *jwk)
{
	static char group[] = "P-256";
	uint8_t point[1 + 2 * P256_LEN] = {4}; /* not compressed */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_construct_end(),
	};
	const char *curve = json_string_value(json_object_get(jwk, "crv"));

	if (curve == NULL || strcmp(curve, group) != 0 ||
	    number_of(jwk, "x", point + 1, P256_LEN) != P256_LEN ||
	    number_of(jwk, "y", point + 1 + P256_LEN, P256_LEN) != P256_LEN)
		return NULL;
	return key_of_params("EC", params);
}

EVP_PKEY *jwk_of_public(const json_t *jwk, enum jwk_kind *kind_r)
{
	const char *type = json_string_value(json_object_get(jwk, "kty"));

	if (type == NULL || (strcmp(type, "RSA") != 0 && strcmp(type, "EC") != 0))
		return NULL;
	*kind_r = strcmp(type, "RSA") == 0 ? JWK_RS256 : JWK_ES256;
	return *kind_r == JWK_RS256 ? rsa_of(jwk) : p256_of(jwk);
}

/* OpenSSL's DER of R and S; its length, 0: it has none. */
static size_t der_of_raw(struct bytes raw, uint8_t der_r[JWK_SIGNATURE_MAX])
{
	ECDSA_SIG *sig = raw.len == 2 * P256_LEN ? ECDSA_SIG_new() : NULL;
	BIGNUM *r, *s;
	int len = 0;

	if (sig == NULL)
		return 0;
	r = BN_bin2bn(raw.data, P256_LEN, NULL);
	s = BN_bin2bn(raw.data + P256_LEN, P256_LEN, NULL);
	if (ECDSA_SIG_set0(sig, r, s) == 1)
		len = i2d_ECDSA_SIG(sig, &der_r);
	ECDSA_SIG_free(sig);
	return len > 0 ? (size_t)len : 0;
}

bool jwk_verify(enum jwk_kind kind, EVP_PKEY *key, struct bytes message, struct bytes signature)
{
	uint8_t der[JWK_SIGNATURE_MAX];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	if (kind == JWK_ES256)
		signature = (struct bytes){der, der_of_raw(signature, der)};
	ok = ctx != NULL && signature.len > 0 &&
	     EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, signature.data, signature.len, message.data, message.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}
