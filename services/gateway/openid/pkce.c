/* Random words and code challenges. */
#include "services/gateway/openid/pkce.h"

#include <sodium.h>
#include <string.h>

#define WORD_LEN 32
#define WORD_TEXT sodium_base64_ENCODED_LEN(WORD_LEN, sodium_base64_VARIANT_URLSAFE_NO_PADDING)

static void word_of(const uint8_t b[WORD_LEN], char text_r[WORD_TEXT])
{
	sodium_bin2base64(text_r, WORD_TEXT, b, WORD_LEN, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void challenge_of(const char *verifier, char text_r[WORD_TEXT])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	_Static_assert(sizeof hash == WORD_LEN, "both have 256 bits");
	crypto_hash_sha256(hash, (const uint8_t *)verifier, strlen(verifier));
	word_of(hash, text_r);
}

const char *random_word(struct arena *arena)
{
	char *text = arena_alloc(arena, WORD_TEXT);
	uint8_t noise[WORD_LEN];

	randombytes_buf(noise, sizeof noise);
	word_of(noise, text);
	return text;
}

const char *pkce_challenge(const char *verifier, struct arena *arena)
{
	char *text = arena_alloc(arena, WORD_TEXT);

	challenge_of(verifier, text);
	return text;
}

bool pkce_matches(const char *challenge, const char *verifier)
{
	size_t len = strlen(verifier);
	char text[WORD_TEXT];

	if (len < 43 || len > 128 || strlen(challenge) + 1 != sizeof text)
		return false;
	challenge_of(verifier, text);
	return sodium_memcmp(text, challenge, sizeof text) == 0;
}
