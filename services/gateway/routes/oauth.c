/*
 * OAuth 2.0 for clients of the Open Badges API: how they find out about this server (RFC 8414),
 * register (RFC 7591), and are let in by whom they are to speak for (RFC 6749 with PKCE, RFC 7636).
 */
#include "services/gateway/routes/oauth.h"

#include "services/gateway/openid/pkce.h"
#include "services/gateway/openid/urls.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/access_parts.h"
#include "services/gateway/signin/client_rules.h"
#include "services/gateway/signin/oauth.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include "libshared/json.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#define STATE_MAX 1000

void reply_oauth(struct request *r, unsigned status, json_t *value)
{
	reply_cache(r, "no-store");
	reply_header(r, "Pragma", "no-cache");
	reply_json(r, status, value);
}

void reply_oauth_error(struct request *r, unsigned status, const char *error, const char *what)
{
	reply_oauth(r, status, json_pack("{s:s, s:s}", "error", error, "error_description", what));
}

/* ---- what this server is ---- */

static json_t *all_scopes(void)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < N_OAUTH_SCOPES; i++)
		json_array_append_new(list, json_string(oauth_scope_names[i]));
	return list;
}

static void show_metadata(struct request *r)
{
	json_t *m =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "issuer", public_url(r),
			  "authorization_endpoint", public_path(r, "/oauth/authorize"),
			  "token_endpoint", public_path(r, "/oauth/token"), "registration_endpoint",
			  public_path(r, "/oauth/register"), "revocation_endpoint",
			  public_path(r, "/oauth/revoke"), "scopes_supported", all_scopes());

	json_object_update_new(
		m, json_pack("{s:[s], s:[s], s:[s, s], s:[s], s:[s], s:[s], s:b}",
			     "response_types_supported", "code", "response_modes_supported",
			     "query", "grant_types_supported", "authorization_code",
			     "refresh_token", "token_endpoint_auth_methods_supported",
			     "client_secret_basic", "revocation_endpoint_auth_methods_supported",
			     "client_secret_basic", "code_challenge_methods_supported", "S256",
			     "authorization_response_iss_parameter_supported", 1));
	reply_cache(r, "public, max-age=3600");
	reply_json(r, 200, m);
}

/* ---- registration ---- */

static json_t *texts(char *const *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

static void put_url(json_t *to, const char *name, const char *url)
{
	if (url[0] != '\0')
		json_object_set_new(to, name, json_string(url));
}

static json_t *registered(struct request *r, const Gateway__Client *c, const char *secret)
{
	scope_set bits = 0;
	json_t *said;

	for (size_t i = 0; i < c->n_scopes; i++)
		bits |= oauth_scope_of_name(c->scopes[i]);
	said = json_pack("{s:s, s:s, s:I, s:i, s:s, s:o, s:s, s:[s, s], s:[s], s:s}", "client_id",
			 ID_STR(bytes_of_pb(c->client)), "client_secret", secret,
			 "client_id_issued_at", (json_int_t)(c->registered_us / US_PER_S),
			 "client_secret_expires_at", 0, "client_name", c->name, "redirect_uris",
			 texts(c->redirect_uris, c->n_redirect_uris), "token_endpoint_auth_method",
			 "client_secret_basic", "grant_types", "authorization_code",
			 "refresh_token", "response_types", "code", "scope",
			 scopes_text(bits, r->arena));
	put_url(said, "client_uri", c->uri);
	put_url(said, "policy_uri", c->policy_uri);
	put_url(said, "tos_uri", c->terms_uri);
	return said;
}

static void register_client(struct request *r)
{
	const char *secret = random_word(r->arena), *code, *fault;
	struct id id = id_make(&r->web->ids, r->now_us);
	Gateway__Client client;
	uint8_t hash[32];

	fault = client_read(r->body, r->arena, &client, &code);
	if (fault != NULL) {
		reply_oauth_error(r, 400, code, fault);
		return;
	}
	brief_key(secret, hash);
	client.client = pb_of_bytes(bytes_of_id(&id));
	client.secret = pb_of_bytes(BYTES_OF(hash));
	client.registered_us = r->now_us;
	if (!oauth_client_keep(r, &client)) {
		reply_header(r, "Retry-After", "3600");
		reply_oauth_error(r, 429, "too_many_requests",
				  "Too many clients were registered of late. Register one and keep "
				  "its client_id.");
		return;
	}
	reply_oauth(r, 201, registered(r, &client, secret));
}

/* ---- what a client asks a person ---- */

struct wish {
	const Gateway__Client *client;
	const char *redirect, *state, *challenge;
	scope_set scopes;
	struct id grant;
};

static const char *sent(const struct request *r, const char *name)
{
	const char *text = r->method == POST ? body_text(r, name) : query_text(r, name);

	return text != NULL ? text : "";
}

/* Back to the client, which was found to be at that address. */
static void send_back(struct request *r, const struct wish *w, const char *name, const char *value,
		      const char *what)
{
	const struct url_member members[] = {{name, value},
					     {"error_description", what},
					     {"state", w->state},
					     {"iss", public_url(r)}};

	reply_cache(r, "no-store");
	reply_redirect(r, 303,
		       arena_printf(r->arena, "%s%s%s", w->redirect,
				    strchr(w->redirect, '?') != NULL ? "&" : "?",
				    url_form(members, ARRAY_LEN(members), r->arena)));
}

/* What is wrong with the client or its address is told to the person: nobody is sent to an address
 * that is not the client's. */
static bool client_asks(struct request *r, struct wish *w)
{
	w->client = oauth_client(r, sent(r, "client_id"));
	w->redirect = sent(r, "redirect_uri");
	w->state = sent(r, "state");
	w->challenge = sent(r, "code_challenge");
	if (w->client == NULL)
		reply_problem(r, 400, "unknown_client", "%s", word(r, "oauth.unknown_client"));
	else if (!client_may_redirect(w->client, w->redirect))
		reply_problem(r, 400, "bad_redirect", "%s", word(r, "oauth.bad_redirect"));
	else
		return true;
	return false;
}

static bool wish_of(struct request *r, struct wish *w)
{
	const char *error = "invalid_request", *what = NULL;

	if (!client_asks(r, w))
		return false;
	if (w->state[0] == '\0' || strlen(w->state) > STATE_MAX) {
		w->state = NULL;
		what = "state is required, in at most 1000 bytes";
	} else if (strcmp(sent(r, "response_type"), "code") != 0) {
		error = "unsupported_response_type";
		what = "response_type: code is taken";
	} else if (strcmp(sent(r, "code_challenge_method"), "S256") != 0 ||
		   strlen(w->challenge) != 43) {
		what = "code_challenge with code_challenge_method S256 is required";
	} else if (!scopes_asked(w->client, sent(r, "scope"), &w->scopes)) {
		error = "invalid_scope";
		what = "scope: words that the client registered are expected";
	}
	if (what != NULL)
		send_back(r, w, "error", error, what);
	return what == NULL;
}

json_t *scope_rows(struct request *r, uint32_t scopes)
{
	static const char *const keys[N_OAUTH_SCOPES] = {
		"oauth.may_read", "oauth.may_add", "oauth.may_read_profile",
		"oauth.may_change_profile", "oauth.may_go_on"};
	json_t *list = json_array();

	for (unsigned i = 0; i < N_OAUTH_SCOPES; i++)
		if (scopes & oauth_scope_of_name(oauth_scope_names[i]))
			json_array_append_new(list,
					      json_pack("{s:s, s:s}", "scope", oauth_scope_names[i],
							"text", word(r, keys[i])));
	return list;
}

static json_t *consent_page(struct request *r, const struct wish *w)
{
	const Gateway__Client *c = w->client;
	json_t *page = json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s}", "title",
				 word(r, "oauth.title"), "client_name", c->name, "client_id",
				 sent(r, "client_id"), "scopes", scope_rows(r, w->scopes), "scope",
				 scopes_text(w->scopes, r->arena), "redirect_uri", w->redirect,
				 "state", w->state, "code_challenge", w->challenge, "host",
				 origin_of_url(w->redirect, r->arena));

	if (page == NULL) /* the state is not UTF-8 */
		return json_pack("{s:s}", "title", word(r, "oauth.title"));
	put_url(page, "client_uri", c->uri);
	put_url(page, "policy_uri", c->policy_uri);
	put_url(page, "tos_uri", c->terms_uri);
	return page;
}

/* The form's answer leads to the client, which the usual policy would not let a form do. */
static void show_consent(struct request *r)
{
	struct wish w = {0};

	if (!wish_of(r, &w))
		return;
	reply_header(r, "Content-Security-Policy",
		     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
		     "data:; font-src 'self'; connect-src 'self'; form-action 'self' %s; base-uri "
		     "'none'; frame-ancestors 'none'",
		     origin_of_url(w.redirect, r->arena));
	reply_page(r, 200, "oauth_authorize", consent_page(r, &w));
}

/* ---- what the person says ---- */

static void connected(struct request *r)
{
	const struct wish *w = r->own;
	struct oauth_right right = {.grant = w->grant,
				    .account = r->person->account,
				    .client = id_of_bytes(bytes_of_pb(w->client->client)),
				    .scopes = w->scopes};

	if (refused(r, 0))
		return;
	memcpy(right.challenge, w->challenge, strlen(w->challenge));
	brief_key(w->redirect, right.redirect);
	send_back(r, w, "code", oauth_make(r, BRIEF_CODE, &right), NULL);
}

static json_t *scope_list(scope_set scopes)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < N_OAUTH_SCOPES; i++)
		if (scopes & oauth_scope_of_name(oauth_scope_names[i]))
			json_array_append_new(list, json_string(oauth_scope_names[i]));
	return list;
}

static void consent(struct request *r)
{
	struct wish *w = arena_zalloc(r->arena, sizeof *w);

	if (!wish_of(r, w))
		return;
	if (strcmp(sent(r, "decision"), "allow") != 0) {
		send_back(r, w, "error", "access_denied", NULL);
		return;
	}
	w->grant = made_id(r, "connection");
	r->own = w;
	order(r, TO_SELF, "connect_client", &r->person->account,
	      json_pack("{s:s, s:s, s:o, s:o, s:s}", "grant", ID_STR(bytes_of_id(&w->grant)),
			"account", own_account(r), "client", json_of_message(&w->client->base),
			"scopes", scope_list(w->scopes), "by", own_account(r)));
	then(r, connected);
}

#define ASKS                                                                                       \
	"response_type=text client_id=text redirect_uri=text scope=text state=text "               \
	"code_challenge=text code_challenge_method=text"

static const struct route oauth[] = {
	{GET, "/.well-known/oauth-authorization-server", show_metadata, .may = MAY_ANYONE,
	 .about = "The OAuth server's addresses and abilities (RFC 8414)"},
	{POST, "/oauth/register", register_client, .may = MAY_ANYONE, .body = BODY_FORM,
	 .body_max = (size_t)16 << 10, .no_csrf = true,
	 .about = "Register a client of the Open Badges API (RFC 7591)"},
	{GET, "/oauth/authorize", show_consent, .may = MAY_TEACHER,
	 .about = "Ask whether a client may speak for who is signed in", .takes = ASKS},
	{POST, "/oauth/authorize", consent, .may = MAY_TEACHER, .body = BODY_FORM,
	 .about = "Let a client speak for who is signed in, or not",
	 .takes = ASKS " decision=text"},
};
const struct route_list oauth_routes = {oauth, ARRAY_LEN(oauth)};
