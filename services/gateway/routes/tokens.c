/* Tokens for programs, made and revoked by whom they speak for. */
#include "services/gateway/signin/tokens.h"

#include "services/gateway/render/words.h"
#include "services/gateway/routes/access_parts.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_MOST 366
#define DAYS_DEFAULT 90

static json_t *tokens_page(struct request *r, const json_t *tokens)
{
	json_t *list = json_array();
	const json_t *token;
	size_t i;

	json_array_foreach(tokens, i, token)
	{
		const char *state = text_in(token, "state");
		json_t *row = json_deep_copy(token);
		struct id id;

		put_text_if_any(row, "expires", date_text(r, number_in(token, "expires_us")));
		put_text_if_any(row, "state_text",
				word(r, arena_printf(r->arena, "account.state_%s", state)));
		json_object_set_new(row, "is_open", json_boolean(strcmp(state, "open") == 0));
		if (id_of_text(text_in(token, "token"), &id) && token_used_us(r, &id) != 0)
			put_text_if_any(row, "used", moment_text(r, token_used_us(r, &id)));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *scopes_page(void)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n_scopes; i++)
		json_array_append_new(list,
				      json_pack("{s:i, s:s}", "n", (int)i, "name", scope_names[i]));
	return list;
}

static void tokens_came(struct request *r)
{
	if (!refused(r, 0))
		reply_page(r, 200, "account_tokens",
			   json_pack("{s:s, s:o, s:o}", "title", word(r, "account.tokens"),
				     "tokens",
				     tokens_page(r, json_object_get(answer(r, 0), "tokens")),
				     "all_scopes", scopes_page()));
}

static void list_tokens(struct request *r)
{
	ask(r, TO_SELF, "list_tokens", json_pack("{s:s}", "account", own_account(r)));
	then(r, tokens_came);
}

/* ---- making ---- */

struct making {
	char text[TOKEN_TEXT_MAX];
	int64_t expires_us;
	const char *id;
};

static void token_made(struct request *r)
{
	const struct making *m = r->own;

	if (refused(r, 0))
		return;
	reply_cache(r, "no-store");
	reply_page(r, 201, "account_token",
		   json_pack("{s:s, s:s, s:s, s:I, s:s}", "title", word(r, "account.made_title"),
			     "secret", m->text, "token", m->id, "expires_us",
			     (json_int_t)m->expires_us, "expires", date_text(r, m->expires_us)));
}

/* One is a text, several are an array. */
static json_t *scopes_sent(const struct request *r)
{
	json_t *sent = json_object_get(r->body, "scopes");

	if (json_is_array(sent))
		return json_incref(sent);
	return json_is_string(sent) ? json_pack("[O]", sent) : json_array();
}

static int64_t days_sent(struct request *r)
{
	const json_t *days = json_object_get(r->body, "days");
	long long n = json_is_integer(days) ? json_integer_value(days) : 0;

	if (json_is_string(days))
		n = strtoll(json_string_value(days), NULL, 10);
	if (days == NULL)
		n = DAYS_DEFAULT;
	return n >= 1 && n <= DAYS_MOST ? n : 0;
}

static void make_token(struct request *r)
{
	struct making *m = arena_zalloc(r->arena, sizeof *m);
	const char *label = body_text(r, "label");
	struct id id = made_id(r, "token");
	struct token_parts parts;
	int64_t days = days_sent(r);
	uint8_t secret[32];
	char hash[65];

	if (days == 0) {
		problem_at(r, "/days", "a number from 1 to 366");
		reply_problem(r, 422, "invalid", "A token ends within 366 days.");
		return;
	}
	randombytes_buf(secret, sizeof secret);
	token_text(strncmp(public_url(r), "https://", 8) == 0 ? "live" : "test", &id, secret,
		   m->text);
	ENSURE(token_parse(m->text, &parts));
	hex_of_bytes(BYTES_OF(parts.secret), hash);
	m->expires_us = r->now_us + days * US_PER_DAY;
	m->id = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&id)));
	r->own = m;
	order(r, TO_SELF, "make_token", &r->person->account,
	      json_pack("{s:s, s:s, s:s, s:o, s:s, s:I, s:s}", "token", m->id, "account",
			own_account(r), "label", label != NULL ? label : "", "scopes",
			scopes_sent(r), "secret", hash, "expires_us", (json_int_t)m->expires_us,
			"by", own_account(r)));
	then(r, token_made);
}

/* ---- revoking ---- */

static void token_revoked(struct request *r)
{
	if (strcmp(reason_of(r, 0), "UNKNOWN_TOKEN") == 0)
		reply_problem(r, 404, "not_found", "There is no such token.");
	else if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:b}", "revoked", 1), "/account/tokens");
}

static void revoke_token(struct request *r)
{
	struct id token;

	if (!param_id(r, "token", &token))
		return;
	order(r, TO_SELF, "revoke_token", &r->person->account,
	      json_pack("{s:s, s:s}", "token", ID_STR(bytes_of_id(&token)), "by", own_account(r)));
	then(r, token_revoked);
}

static const struct route tokens[] = {
	{GET, "/account/tokens", list_tokens, .may = MAY_ANY_ROLE,
	 .about = "The own tokens for programs"},
	{POST, "/account/tokens", make_token, .may = MAY_ANY_ROLE, .body = BODY_FORM,
	 .about = "Make a token; it is shown once", .takes = "label=text scopes=texts days?count"},
	{POST, "/account/tokens/{token}/revoke", revoke_token, .may = MAY_ANY_ROLE,
	 .body = BODY_FORM, .about = "Revoke a token"},
};
const struct route_list token_routes = {tokens, ARRAY_LEN(tokens)};
