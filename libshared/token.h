/*
 * API tokens: cairn_<env>_<id>_<secret>. The prefix is for scanners that look for leaked ones; the
 * id (26 characters of Crockford's base 32, as a ULID) finds the row; of the secret only the hash
 * is kept, and it is shown once.
 */
#ifndef CAIRN_TOKEN_H
#define CAIRN_TOKEN_H

#include "libshared/id.h"

#define TOKEN_ID_LEN 26
#define TOKEN_SECRET_LEN 43
#define TOKEN_TEXT_MAX 100

struct token_parts {
	struct id id;
	uint8_t secret[32]; /* BLAKE2b-256 of the secret's text */
};

/* env: "live" or "test". secret: 32 random bytes. */
void token_text(const char *env, const struct id *id, const uint8_t secret[32],
		char text_r[TOKEN_TEXT_MAX]);
/* False: not such a text. */
bool token_parse(const char *text, struct token_parts *parts_r) MUST_CHECK;

#endif
