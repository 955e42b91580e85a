/*
 * Keys and signatures as text: multibase base58btc ("z...") and Multikey.
 *
 * A Multikey is multibase over two bytes that name the kind of key, then the key: an Ed25519
 * public key begins "z6Mk". Decoding is strict: another base, another kind or length, or a
 * character outside the alphabet is no key.
 */
#ifndef CAIRN_ISSUANCE_MULTIBASE_H
#define CAIRN_ISSUANCE_MULTIBASE_H

#include "libshared/bytes.h"

#define MULTIBASE_MAX_BYTES 66
/* Text of at most MULTIBASE_MAX_BYTES: "z", the digits, a NUL. */
#define MULTIBASE_TEXT_LEN 96

#define ED25519_PUBLIC_LEN 32
#define ED25519_SEED_LEN 32
#define ED25519_SIGNATURE_LEN 64

/* b.len <= MULTIBASE_MAX_BYTES. */
void multibase_text(struct bytes b, char text_r[MULTIBASE_TEXT_LEN]);
/* Exactly len bytes; false if the text stands for anything else. */
bool multibase_bytes(const char *text, uint8_t *data_r, size_t len) MUST_CHECK;

void multikey_text(const uint8_t key[ED25519_PUBLIC_LEN], char text_r[MULTIBASE_TEXT_LEN]);
bool multikey_public(const char *text, uint8_t key_r[ED25519_PUBLIC_LEN]) MUST_CHECK;
/* The seed of a secret key, from which libsodium makes the pair. */
bool multikey_seed(const char *text, uint8_t seed_r[ED25519_SEED_LEN]) MUST_CHECK;

#endif
