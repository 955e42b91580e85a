/* Secrets as text, and the key pair that is made of one. */
#include "services/notification/sinks/sink_secret.h"

#define SEED_OF "cairn webhook v1a" /* frozen: receivers keep the public key */

static char *text_of(const char *prefix, struct bytes b, struct arena *arena)
{
	size_t room = sodium_base64_encoded_len(b.len, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(arena, room);

	sodium_bin2base64(text, room, b.data, b.len, sodium_base64_VARIANT_ORIGINAL);
	return arena_printf(arena, "%s%s", prefix, text);
}

char *sink_secret_text(struct bytes secret, struct arena *arena)
{
	return text_of("whsec_", secret, arena);
}

char *sink_public_text(struct bytes secret, struct arena *arena)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES], key[crypto_sign_SECRETKEYBYTES];

	sink_key_pair(secret, public, key);
	sodium_memzero(key, sizeof key);
	return text_of("whpk_", BYTES_OF(public), arena);
}

void sink_key_pair(struct bytes secret, uint8_t public_r[crypto_sign_PUBLICKEYBYTES],
		   uint8_t key_r[crypto_sign_SECRETKEYBYTES])
{
	struct bytes of = bytes_of_text(SEED_OF);
	uint8_t seed[crypto_sign_SEEDBYTES];

	crypto_generichash(seed, sizeof seed, of.data, of.len, secret.data, secret.len);
	crypto_sign_seed_keypair(public_r, key_r, seed);
	sodium_memzero(seed, sizeof seed);
}
