/* What the gateway remembers of sign-ins at the provider, and the provider's place in the loop. */
#include "services/gateway/signin/openid.h"

#include "services/gateway/openid/pkce.h"
#include "services/gateway/signin/sessions.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/members.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BEGUN_US (10 * 60 * US_PER_S)
#define TOLD_US US_PER_HOUR
#define COOKIE "__Host-cairn-openid"
#define COOKIE_RULES "Path=/; Secure; HttpOnly; SameSite=Lax"

/* ---- what was begun ---- */

static const char *cookie_of(struct request *r)
{
	const char *all = header(r, "Cookie");

	while (all != NULL) {
		all += strspn(all, "; ");
		if (strncmp(all, COOKIE "=", sizeof COOKIE) == 0) {
			const char *value = all + sizeof COOKIE;

			return arena_text(r->arena, (struct bytes){(const uint8_t *)value,
								   strcspn(value, "; ")});
		}
		all = strchr(all, ';');
	}
	return "";
}

static void row_key(struct request *r, const char *kind, const char *text, uint8_t key_r[32])
{
	brief_key(arena_printf(r->arena, "%s:%s", kind, text), key_r);
}

const char *begun_keep(struct request *r, const struct begun *begun)
{
	const char *state = random_word(r->arena);
	json_t *row = json_pack("{s:s, s:s, s:s, s:b, s:s}", "nonce", begun->nonce, "verifier",
				begun->verifier, "next", begun->next, "again", begun->again,
				"account", ID_STR(bytes_of_id(&begun->account)));
	char *text = json_dumps(row, JSON_COMPACT);
	uint8_t key[32];

	row_key(r, "begun", state, key);
	brief_put(r->web->sessions, BRIEF_OPENID, key, bytes_of_text(text), r->now_us + BEGUN_US);
	reply_header(r, "Set-Cookie", COOKIE "=%s; Max-Age=600; " COOKIE_RULES, state);
	free(text);
	json_decref(row);
	return state;
}

bool begun_take(struct request *r, const char *state, struct begun *begun_r)
{
	const char *cookie = cookie_of(r);
	struct bytes text;
	uint8_t key[32];
	json_t *row;

	if (state == NULL || strlen(state) != strlen(cookie) ||
	    sodium_memcmp(state, cookie, strlen(state)) != 0)
		return false;
	row_key(r, "begun", state, key);
	if (!brief_get(r->web->sessions, BRIEF_OPENID, key, r->now_us, r->arena, &text))
		return false;
	brief_end(r->web->sessions, BRIEF_OPENID, key);
	reply_header(r, "Set-Cookie", COOKIE "=; Max-Age=0; " COOKIE_RULES);
	row = keep(r, json_loadb((const char *)text.data, text.len, 0, NULL));
	*begun_r = (struct begun){.nonce = text_in(row, "nonce"),
				  .verifier = text_in(row, "verifier"),
				  .next = text_in(row, "next"),
				  .again = is_true_in(row, "again"),
				  .account = ID_NONE};
	if (begun_r->again)
		return id_of_text(text_in(row, "account"), &begun_r->account);
	return true;
}

/* ---- who it is here ---- */

struct id account_of_subject(struct request *r, const char *subject)
{
	struct id identity =
		identity_hash(r->web->caps, r->web->config->openid.issuer, subject, r->arena);
	struct bytes account;

	return account_by(r->web->view, IDENTITY, bytes_of_id(&identity), &account)
		       ? id_of_bytes(account)
		       : ID_NONE;
}

void openid_session_keep(struct request *r, const char *session, const struct id *account)
{
	uint8_t key[32];

	if (session[0] == '\0')
		return;
	row_key(r, "sid", session, key);
	brief_put(r->web->sessions, BRIEF_OPENID, key, bytes_of_id(account),
		  r->now_us + (int64_t)r->web->config->session_ms * US_PER_MS);
}

struct id account_of_openid_session(struct request *r, const char *session)
{
	struct bytes account;
	uint8_t key[32];

	row_key(r, "sid", session, key);
	return brief_get(r->web->sessions, BRIEF_OPENID, key, r->now_us, r->arena, &account) &&
			       is_id(account)
		       ? id_of_bytes(account)
		       : ID_NONE;
}

bool openid_first_time(struct request *r, const char *token_id)
{
	struct bytes seen;
	uint8_t key[32];

	row_key(r, "jti", token_id, key);
	if (brief_get(r->web->sessions, BRIEF_OPENID, key, r->now_us, r->arena, &seen))
		return false;
	brief_put(r->web->sessions, BRIEF_OPENID, key, bytes_of_text("1"), r->now_us + TOLD_US);
	return true;
}

/* ---- the loop ---- */

static int part_open(struct web *web)
{
	if (web->config->openid.issuer[0] == '\0')
		return 0;
	web->oidc = oidc_new(&web->config->openid);
	return web->oidc != NULL ? 0 : -1;
}

static void part_close(struct web *web)
{
	oidc_destroy(&web->oidc);
}

static unsigned part_items(struct web *web, zmq_pollitem_t *items, unsigned room)
{
	return web->oidc != NULL ? oidc_items(web->oidc, items, room) : 0;
}

static int64_t part_next_us(const struct web *web)
{
	int64_t mono_us = web->oidc != NULL ? oidc_next_us(web->oidc) : INT64_MAX;

	return mono_us == INT64_MAX ? INT64_MAX : mono_us - web->mono_us + web->now_us;
}

static void part_turn(struct web *web)
{
	if (web->oidc != NULL)
		oidc_turn(web->oidc, web->mono_us);
}

const struct web_part openid_part = {
	.name = "openid",
	.open = part_open,
	.close = part_close,
	.items = part_items,
	.next_us = part_next_us,
	.turn = part_turn,
};
