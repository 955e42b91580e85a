/*
 * SHA-2 over pieces, for documents that are hashed many times; what lies in one piece is hashed by
 * sha256() of libshared.
 *
 * A digest is made once and begun again for each text: fetching the algorithm costs as much as
 * hashing a line does.
 */
#ifndef CAIRN_ISSUANCE_DIGEST_H
#define CAIRN_ISSUANCE_DIGEST_H

#include "libshared/bytes.h"

enum digest_kind { DIGEST_SHA256, DIGEST_SHA384 };

#define DIGEST_MAX_LEN 48
#define DIGEST_HEX_LEN ((size_t)2 * DIGEST_MAX_LEN)

struct digest;

struct digest *digest_new(enum digest_kind kind);
void digest_destroy(struct digest **d);

void digest_begin(struct digest *d);
void digest_put(struct digest *d, const void *data, size_t len);
/* Lower-case hex without a NUL, zeros behind it up to DIGEST_HEX_LEN: memcmp() over all of it
 * orders hashes as their hex texts. */
void digest_end_hex(struct digest *d, char hex_r[DIGEST_HEX_LEN]);
size_t digest_hex_len(const struct digest *d);

#endif
