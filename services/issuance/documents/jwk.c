/* RSA and P-256 keys: made, kept as DER, told as JWK, signing. */
#include "services/issuance/documents/jwk.h"
#include "libshared/blobs.h" /* sha256() */

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
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
