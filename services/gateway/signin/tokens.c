/* API tokens, as text and as who they speak for. */
#include "services/gateway/signin/tokens.h"

#include "services/gateway/signin/access.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/web.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define USED_KEPT_US (400 * US_PER_DAY)
#define USED_TOUCH_US US_PER_HOUR

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

/* ---- use ---- */

static void used_key(const struct id *id, uint8_t key_r[32])
{
	crypto_generichash(key_r, 32, id->b, ID_LEN, NULL, 0);
}

int64_t token_used_us(struct request *r, const struct id *id)
{
	uint8_t key[32];
	struct bytes at;

	used_key(id, key);
	if (!brief_get(r->web->sessions, BRIEF_TOKEN_USED, key, r->now_us, r->arena, &at) ||
	    at.len != 8)
		return 0;
	return (int64_t)get_u64_be(at.data);
}

/* To the hour: it changes no access, so it is no event, and each use is not worth a write. */
static void note_used(struct request *r, const struct id *id)
{
	uint8_t key[32], at[8];

	if (r->now_us - token_used_us(r, id) < USED_TOUCH_US)
		return;
	used_key(id, key);
	put_u64_be(at, (uint64_t)r->now_us);
	brief_put(r->web->sessions, BRIEF_TOKEN_USED, key, BYTES_OF(at), r->now_us + USED_KEPT_US);
}

const struct person *person_of_bearer(struct request *r, const char *text)
{
	const Gateway__TokenMade *token;
	struct token_parts parts;
	struct token_state state;
	struct id account;
	struct person *p;

	if (r->web->view == NULL || !token_parse(text, &parts))
		return NULL;
	token = token_get(r->web->view, bytes_of_id(&parts.id), &state, r->arena);
	if (token == NULL || token->secret.len != sizeof parts.secret ||
	    sodium_memcmp(token->secret.data, parts.secret, sizeof parts.secret) != 0 ||
	    !token_holds(token, &state, r->now_us))
		return NULL;
	account = id_of_bytes(bytes_of_pb(token->account));
	p = person_of_account(r, &account);
	if (p == NULL)
		return NULL;
	p->by_token = true;
	for (size_t i = 0; i < token->n_scopes; i++)
		p->scopes |= scope_of_name(token->scopes[i]);
	note_used(r, &parts.id);
	return p;
}
