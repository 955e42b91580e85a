/*
 * Random words that stand in URLs, and the proof that whoever brings a code began it (RFC 7636,
 * S256).
 */
#ifndef CAIRN_GATEWAY_PKCE_H
#define CAIRN_GATEWAY_PKCE_H

#include "libshared/arena.h"

/* 256 random bits as 43 signs of base64url. */
const char *random_word(struct arena *arena);
const char *pkce_challenge(const char *verifier, struct arena *arena);
/* Whether the verifier is one, and goes with the challenge. */
bool pkce_matches(const char *challenge, const char *verifier);

#endif
