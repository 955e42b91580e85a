/* Standard Webhooks' signatures. */
#include "services/notification/webhook/webhook_sign.h"

#include "libshared/buffer.h"
#include "services/notification/sinks/sink_secret.h"

#include <inttypes.h>
#include <sodium.h>

#define SIGNATURES_LEN 256 /* of one secret, and more */

static struct bytes signed_bytes(const struct webhook_content *content, struct arena *arena)
{
	const char *head =
		arena_printf(arena, "%s.%" PRId64 ".", content->id, content->timestamp_s);
	struct buffer b;

	buffer_init(&b, arena, strlen(head) + content->body.len);
	buffer_puts(&b, head);
	buffer_put(&b, content->body.data, content->body.len);
	return buffer_bytes(&b);
}

static void put_signature(struct buffer *b, const char *version, struct bytes signature)
{
	char text[sodium_base64_ENCODED_LEN(crypto_sign_BYTES, sodium_base64_VARIANT_ORIGINAL)];

	sodium_bin2base64(text, sizeof text, signature.data, signature.len,
			  sodium_base64_VARIANT_ORIGINAL);
	if (b->len > 0)
		buffer_char(b, ' ');
	buffer_puts(b, version);
	buffer_char(b, ',');
	buffer_puts(b, text);
}

static void put_mac(struct buffer *b, struct bytes text, const uint8_t secret[SINK_SECRET_LEN])
{
	uint8_t mac[crypto_auth_hmacsha256_BYTES];

	_Static_assert(SINK_SECRET_LEN == crypto_auth_hmacsha256_KEYBYTES, "the secret is the key");
	crypto_auth_hmacsha256(mac, text.data, text.len, secret);
	put_signature(b, "v1", BYTES_OF(mac));
}

static void put_sign(struct buffer *b, struct bytes text, const uint8_t secret[SINK_SECRET_LEN])
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES], key[crypto_sign_SECRETKEYBYTES];
	uint8_t signature[crypto_sign_BYTES];

	sink_key_pair((struct bytes){secret, SINK_SECRET_LEN}, public, key);
	crypto_sign_detached(signature, NULL, text.data, text.len, key);
	sodium_memzero(key, sizeof key);
	put_signature(b, "v1a", BYTES_OF(signature));
}

char *webhook_signatures(const struct webhook_content *content, struct bytes secrets,
			 struct arena *arena)
{
	struct bytes text = signed_bytes(content, arena);
	struct buffer b;

	buffer_init(&b, arena, secrets.len / SINK_SECRET_LEN * SIGNATURES_LEN + 1);
	for (size_t at = 0; at + SINK_SECRET_LEN <= secrets.len; at += SINK_SECRET_LEN) {
		put_mac(&b, text, secrets.data + at);
		put_sign(&b, text, secrets.data + at);
	}
	return arena_text(arena, buffer_bytes(&b));
}
