/* SHA-2 by libcrypto. */
#include "services/issuance/documents/digest.h"

#include "libshared/blobs.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct digest {
	EVP_MD *algorithm;
	EVP_MD_CTX *state;
	size_t len;
};

struct digest *digest_new(enum digest_kind kind)
{
	struct digest *d = calloc(1, sizeof *d);

	ENSURE(d != NULL);
	d->algorithm = EVP_MD_fetch(NULL, kind == DIGEST_SHA256 ? "SHA256" : "SHA384", NULL);
	d->state = EVP_MD_CTX_new();
	d->len = kind == DIGEST_SHA256 ? SHA256_LEN : DIGEST_MAX_LEN;
	ENSURE(d->algorithm != NULL && d->state != NULL);
	return d;
}

void digest_destroy(struct digest **d)
{
	if (*d == NULL)
		return;
	EVP_MD_CTX_free((*d)->state);
	EVP_MD_free((*d)->algorithm);
	free(*d);
	*d = NULL;
}

void digest_begin(struct digest *d)
{
	ENSURE(EVP_DigestInit_ex(d->state, d->algorithm, NULL) == 1);
}

void digest_put(struct digest *d, const void *data, size_t len)
{
	ENSURE(EVP_DigestUpdate(d->state, data, len) == 1);
}

void digest_end_hex(struct digest *d, char hex_r[DIGEST_HEX_LEN])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];

	ENSURE(EVP_DigestFinal_ex(d->state, sum, NULL) == 1);
	memset(hex_r, 0, DIGEST_HEX_LEN);
	for (size_t i = 0; i < d->len; i++) {
		hex_r[2 * i] = digits[sum[i] >> 4];
		hex_r[2 * i + 1] = digits[sum[i] & 15];
	}
}

size_t digest_hex_len(const struct digest *d)
{
	return 2 * d->len;
}
