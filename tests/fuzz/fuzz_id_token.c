/* Tokens and sets of keys of strangers: nothing is believed, since nobody here can sign. */
#include "tests/fuzz/fuzz.h"

#include "services/gateway/openid/id_token.h"

#include <string.h>

static const char key_set[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\","
			      "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
			      "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new((size_t)64 << 10);
	const char *token = arena_text(arena, (struct bytes){data, size});
	struct token_expected expected = {
		.issuer = "https://i.example", .client = "c", .nonce = "n", .now_us = US_PER_DAY};
	json_t *claims = NULL;
	/* The same bytes as a set of keys: that comes from outside too. */
	json_t *keys = json_loads(token, 0, NULL);

	ENSURE(id_token_check(token, keys, &expected, arena, &claims) != TOKEN_SOUND);
	ENSURE(claims == NULL);
	json_decref(keys);
	keys = json_loads(key_set, 0, NULL);
	ENSURE(id_token_check(token, keys, &expected, arena, &claims) != TOKEN_SOUND);
	ENSURE(logout_token_check(token, keys, &expected, arena, &claims) != TOKEN_SOUND);
	ENSURE(claims == NULL);
	json_decref(keys);
	arena_destroy(&arena);
	return 0;
}
