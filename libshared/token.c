/* API tokens as text. */
#include "libshared/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* 128 bits as 26 digits of 5, the first with 3 only. */
static void ulid_of_id(const struct id *id, char text_r[TOKEN_ID_LEN + 1])
{
	unsigned bits = 0, held = 2, at = 0;

	for (size_t i = 0; i < ID_LEN; i++) {
		bits = (bits << 8) | id->b[i];
		held += 8;
		while (held >= 5) {
			held -= 5;
			text_r[at++] = crockford[(bits >> held) & 31];
		}
	}
	text_r[at] = '\0';
}

static bool id_of_ulid(const char *text, struct id *id_r)
{
	unsigned bits = 0, held = 0, at = 0;

	for (unsigned i = 0; i < TOKEN_ID_LEN; i++) {
		const char *digit = text[i] != '\0' ? strchr(crockford, text[i]) : NULL;

		if (digit == NULL || (i == 0 && digit - crockford > 7))
			return false;
		bits = (bits << 5) | (unsigned)(digit - crockford);
		held += i == 0 ? 3 : 5;
		if (held >= 8) {
			held -= 8;
			id_r->b[at++] = (uint8_t)(bits >> held);
		}
	}
	return at == ID_LEN;
}

void token_text(const char *env, const struct id *id, const uint8_t secret[32],
		char text_r[TOKEN_TEXT_MAX])
{
	char ulid[TOKEN_ID_LEN + 1], base64[TOKEN_SECRET_LEN + 1];

	ulid_of_id(id, ulid);
	sodium_bin2base64(base64, sizeof base64, secret, 32,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	snprintf(text_r, TOKEN_TEXT_MAX, "cairn_%.8s_%s_%s", env, ulid, base64);
}

bool token_parse(const char *text, struct token_parts *parts_r)
{
	const char *env, *ulid, *secret;

	if (strncmp(text, "cairn_", 6) != 0)
		return false;
	env = text + 6;
	ulid = env + strspn(env, "abcdefghijklmnopqrstuvwxyz");
	if (ulid == env || ulid - env > 8 || ulid[0] != '_' ||
	    strlen(++ulid) != TOKEN_ID_LEN + 1 + TOKEN_SECRET_LEN || ulid[TOKEN_ID_LEN] != '_' ||
	    !id_of_ulid(ulid, &parts_r->id))
		return false;
	secret = ulid + TOKEN_ID_LEN + 1;
	crypto_generichash(parts_r->secret, sizeof parts_r->secret, (const uint8_t *)secret,
			   TOKEN_SECRET_LEN, NULL, 0);
	return true;
}
