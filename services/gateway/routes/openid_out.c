/* Signing out at the OpenID provider too, and the provider's word that somebody has signed out. */
#include "services/gateway/openid/id_token.h"
#include "services/gateway/routes/openid_wait.h"
#include "services/gateway/routes/routes.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/signin/openid.h"
#include "services/gateway/web/members.h"

static struct provider_wait *wait_of(struct request *r)
{
	if (r->own == NULL)
		r->own = arena_zalloc(r->arena, sizeof(struct provider_wait));
	return r->own;
}

static void signed_out(struct request *r)
{
	const char *url = oidc_end_url(r->web->oidc, public_path(r, "/"), r->arena);

	access_sign_out(r);
	if (url != NULL && !r->wants_json)
		reply_redirect(r, 303, url);
	else
		reply_done(r, 200, json_pack("{s:b, s:s*}", "signed_in", 0, "provider", url), "/");
}

static void sign_out(struct request *r)
{
	const struct person *p = r->person;

	if (r->web->oidc == NULL) {
		provider_none(r);
		return;
	}
	if (p != NULL && !p->by_token)
		order(r, TO_SELF, "note_signed_out", &p->account,
		      json_pack("{s:s, s:i, s:s}", "account", id_string(r, &p->account), "sessions",
				1, "by", id_string(r, &p->account)));
	then(r, signed_out);
}

/* ---- the provider's own word that somebody is out ---- */

static void told_noted(struct request *r)
{
	reply_cache(r, "no-store");
	reply_json(r, 200, json_object());
}

static void end_sessions(struct request *r, const json_t *claims)
{
	struct id account = ID_NONE;
	unsigned n;

	if (text_in(claims, "sub")[0] != '\0')
		account = account_of_subject(r, text_in(claims, "sub"));
	if (id_is_none(&account) && text_in(claims, "sid")[0] != '\0')
		account = account_of_openid_session(r, text_in(claims, "sid"));
	n = id_is_none(&account) ? 0 : sessions_end_all(r->web->sessions, &account, NULL);
	if (n > 0)
		order(r, TO_SELF, "note_signed_out", &account,
		      json_pack("{s:s, s:i}", "account", id_string(r, &account), "sessions",
				(int)n));
	then(r, told_noted);
}

static void bad_word(struct request *r, const char *why)
{
	reply_cache(r, "no-store");
	reply_json(r, 400,
		   json_pack("{s:s, s:s}", "error", "invalid_request", "error_description", why));
}

static void check_told(struct request *r);

static void key_unknown(struct request *r)
{
	bad_word(r, "unknown_key");
}

static void wait_for_told_keys(struct request *r)
{
	provider_new_keys(r, wait_of(r), wait_for_told_keys, check_told, key_unknown);
}

static void check_told(struct request *r)
{
	struct provider_wait *w = wait_of(r);
	struct token_expected expected = {.issuer = r->web->config->openid.issuer,
					  .client = r->web->config->openid.client,
					  .nonce = "",
					  .now_us = r->now_us};
	enum oidc_state state = oidc_prepare(r->web->oidc, r->web->mono_us);
	enum token_fault fault;
	json_t *claims;

	if (state == OIDC_WAITING) {
		provider_look_again(r, wait_of(r), check_told);
		return;
	}
	if (state == OIDC_FAILED) {
		provider_away(r);
		return;
	}
	fault = logout_token_check(w->token, oidc_keys(r->web->oidc), &expected, r->arena, &claims);
	if (fault == TOKEN_UNKNOWN_KEY && !w->renewed) {
		w->since_us = r->web->mono_us;
		wait_for_told_keys(r);
		return;
	}
	if (fault != TOKEN_SOUND)
		bad_word(r, token_fault_name(fault));
	else if (!openid_first_time(r, text_in(keep(r, claims), "jti")))
		bad_word(r, "used_before");
	else
		end_sessions(r, claims);
}

static void told(struct request *r)
{
	wait_of(r)->token = body_text(r, "logout_token");
	if (r->web->oidc == NULL)
		provider_none(r);
	else if (wait_of(r)->token == NULL)
		bad_word(r, "logout_token is missing");
	else
		check_told(r);
}

static const struct route openid_out[] = {
	{POST, "/sign-out/openid", sign_out, .may = MAY_ANYONE, .body = BODY_FORM,
	 .about = "Sign out here and at the OpenID provider"},
	{POST, "/sign-out/openid/told", told, .may = MAY_ANYONE, .body = BODY_FORM, .no_csrf = true,
	 .about = "The OpenID provider says that somebody signed out",
	 .takes = "logout_token=text"},
};
const struct route_list openid_out_routes = {openid_out, ARRAY_LEN(openid_out)};
