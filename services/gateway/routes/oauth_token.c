/*
 * Where clients of OAuth get tokens, and give them back. A code or a refresh token that comes a
 * second time is known to two, so what came of it ends.
 */
#include "services/gateway/openid/pkce.h"
#include "services/gateway/routes/oauth.h"
#include "services/gateway/signin/client_rules.h"
#include "services/gateway/signin/intentions.h"
#include "services/gateway/signin/oauth.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include <sodium.h>
#include <string.h>

static const char *sent(const struct request *r, const char *name)
{
	const char *text = body_text(r, name);

	return text != NULL ? text : "";
}

/* NULL: it has been told that it is nobody. */
static const Gateway__Client *client_of(struct request *r, struct id *id_r)
{
	const Gateway__Client *client = oauth_client_shown(r);

	if (client == NULL) {
		reply_header(r, "WWW-Authenticate", "Basic realm=\"cairn\"");
		reply_oauth_error(r, 401, "invalid_client",
				  "Authorization: Basic with client_id and client_secret is "
				  "expected.");
		return NULL;
	}
	*id_r = id_of_bytes(bytes_of_pb(client->client));
	return client;
}

static void refuse_grant(struct request *r)
{
	reply_oauth_error(
		r, 400, "invalid_grant",
		"That is none of this client, was used before, or is over: ask the person "
		"again.");
}

/* ---- the end of a connection ---- */

static void ended_for_reuse(struct request *r)
{
	if (status_of(r, 0) == CAIRN__STATUS__OK || status_of(r, 0) == CAIRN__STATUS__REJECTED)
		refuse_grant(r);
	else
		(void)refused(r, 0);
}

static void end_connection(struct request *r, const struct oauth_right *right, const char *because,
			   step_fn *next)
{
	order(r, TO_SELF, "disconnect_client", &right->account,
	      json_pack("{s:s, s:s}", "grant", ID_STR(bytes_of_id(&right->grant)), "because",
			because));
	then(r, next);
}

/* ---- tokens ---- */

static void reply_tokens(struct request *r, const struct oauth_right *right, scope_set scopes)
{
	struct oauth_right access = *right;
	json_t *said;

	access.scopes = scopes;
	said = json_pack("{s:s, s:s, s:i, s:s}", "access_token",
			 oauth_make(r, BRIEF_ACCESS, &access), "token_type", "Bearer", "expires_in",
			 ACCESS_S, "scope", scopes_text(scopes, r->arena));
	if (right->scopes & SCOPE_OFFLINE)
		json_object_set_new(said, "refresh_token",
				    json_string(oauth_make(r, BRIEF_REFRESH, right)));
	reply_oauth(r, 200, said);
}

static bool code_fits(struct request *r, const struct oauth_right *right)
{
	uint8_t redirect[32];

	brief_key(sent(r, "redirect_uri"), redirect);
	return sodium_memcmp(redirect, right->redirect, sizeof redirect) == 0 &&
	       pkce_matches(right->challenge, sent(r, "code_verifier"));
}

static void take_code(struct request *r, const Gateway__Client *client, const struct id *id)
{
	const char *code = sent(r, "code");
	struct oauth_right right;

	(void)client;
	if (!oauth_find(r, BRIEF_CODE, id, code, &right)) {
		refuse_grant(r);
	} else if (right.spent) {
		end_connection(r, &right, "reused", ended_for_reuse);
	} else if (!code_fits(r, &right)) {
		refuse_grant(r);
	} else {
		oauth_spend(r, BRIEF_CODE, code, &right);
		reply_tokens(r, &right, right.scopes);
	}
}

/* scope may ask for less than was granted; what can be refreshed stays what it was. */
static void take_refresh(struct request *r, const Gateway__Client *client, const struct id *id)
{
	const char *token = sent(r, "refresh_token"), *scope = sent(r, "scope");
	struct oauth_right right;
	scope_set scopes;

	if (!oauth_find(r, BRIEF_REFRESH, id, token, &right)) {
		refuse_grant(r);
		return;
	}
	if (right.spent) {
		end_connection(r, &right, "reused", ended_for_reuse);
		return;
	}
	scopes = right.scopes;
	if (scope[0] != '\0' &&
	    (!scopes_asked(client, scope, &scopes) || (scopes & ~right.scopes) != 0)) {
		reply_oauth_error(r, 400, "invalid_scope", "No more than was granted is given.");
		return;
	}
	oauth_spend(r, BRIEF_REFRESH, token, &right);
	reply_tokens(r, &right, scopes);
}

static const struct {
	const char *name;
	void (*take)(struct request *r, const Gateway__Client *client, const struct id *id);
} grant_types[] = {{"authorization_code", take_code}, {"refresh_token", take_refresh}};

static void give_token(struct request *r)
{
	const char *type = sent(r, "grant_type");
	const Gateway__Client *client;
	struct id id;

	intention_fresh(r);
	client = client_of(r, &id);
	if (client == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(grant_types); i++)
		if (strcmp(type, grant_types[i].name) == 0) {
			grant_types[i].take(r, client, &id);
			return;
		}
	reply_oauth_error(r, 400, "unsupported_grant_type",
			  "grant_type: authorization_code or refresh_token is expected.");
}

/* ---- giving back ---- */

static void given_back(struct request *r)
{
	if (status_of(r, 0) == CAIRN__STATUS__OK || status_of(r, 0) == CAIRN__STATUS__REJECTED)
		reply_oauth(r, 200, json_object());
	else
		(void)refused(r, 0);
}

/* A refresh token takes all of its connection along. One that nobody has is as good as revoked. */
static void revoke(struct request *r)
{
	const char *token = sent(r, "token");
	struct oauth_right right;
	struct id id;

	intention_fresh(r);
	if (client_of(r, &id) == NULL)
		return;
	if (oauth_find(r, BRIEF_REFRESH, &id, token, &right)) {
		end_connection(r, &right, "revoked", given_back);
		return;
	}
	if (oauth_find(r, BRIEF_ACCESS, &id, token, &right))
		oauth_forget(r, BRIEF_ACCESS, token);
	reply_oauth(r, 200, json_object());
}

static const struct route oauth_token[] = {
	{POST, "/oauth/token", give_token, .may = MAY_ANYONE, .body = BODY_FORM, .no_csrf = true,
	 .about = "Tokens for a code or a refresh token (RFC 6749)",
	 .takes = "grant_type=text code?text redirect_uri?text code_verifier?text "
		  "refresh_token?text scope?text"},
	{POST, "/oauth/revoke", revoke, .may = MAY_ANYONE, .body = BODY_FORM, .no_csrf = true,
	 .about = "Give a token back (RFC 7009)", .takes = "token=text token_type_hint?text"},
};
const struct route_list oauth_token_routes = {oauth_token, ARRAY_LEN(oauth_token)};
