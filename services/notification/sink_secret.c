/* Secrets as text. */
#include "services/notification/sink_secret.h"

#include <sodium.h>

#define VARIANT sodium_base64_VARIANT_ORIGINAL

char *sink_secret_text(struct bytes secret, struct arena *arena)
{
	size_t room = sodium_base64_encoded_len(secret.len, VARIANT);
	char *text = arena_alloc(arena, room);

	sodium_bin2base64(text, room, secret.data, secret.len, VARIANT);
	return arena_printf(arena, "whsec_%s", text);
}

char *sink_public_text(struct bytes secret, struct arena *arena)
{
	(void)secret;
	return arena_text(arena, BYTES_NONE);
}
