/*
 * A typical badge and a key that is no secret, for tests, benchmarks and interop.
 *
 * The texts are constant; a test copies a struct and changes what it is about.
 */
#ifndef CAIRN_TEST_BADGE_KIT_H
#define CAIRN_TEST_BADGE_KIT_H

#include "services/issuance/documents/badge.h"

#define BADGE_KIT_DID "did:web:issuers.example:issuers:meadow"
/* SHA-256 of this is the seed of the key. */
#define BADGE_KIT_SEED "cairn test key 1 - not a secret"

extern const struct badge_issuer badge_kit_issuer;
extern const struct badge_achievement badge_kit_achievement;

/* A key pair of libsodium, and its public half as Multikey. */
struct badge_kit_key {
	uint8_t public[32], secret[64];
	char multikey[MULTIBASE_TEXT_LEN];
};

void badge_kit_key(const char *seed_text, struct badge_kit_key *key_r);
struct badge_signer badge_kit_signer(struct badge_kit_key *key);

/* A badge of the template: passed, four rows, one piece of evidence per kind. */
struct badge badge_kit_badge(const struct badge_template *t);

#endif
