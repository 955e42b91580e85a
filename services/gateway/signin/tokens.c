/* API tokens, as who they speak for. */
#include "services/gateway/signin/tokens.h"

#include "services/gateway/signin/access.h"
#include "services/gateway/signin/oauth.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/web.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define USED_KEPT_US (400 * US_PER_DAY)
#define USED_TOUCH_US US_PER_HOUR

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

	if (strncmp(text, OAUTH_ACCESS_PREFIX, sizeof OAUTH_ACCESS_PREFIX - 1) == 0)
		return oauth_person(r, text);
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
	snprintf(p->state, sizeof p->state, "%s", token->state);
	note_used(r, &parts.id);
	return p;
}
