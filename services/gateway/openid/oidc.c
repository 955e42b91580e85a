/* A provider: discovery, keys, tokens for codes. */
#include "services/gateway/openid/oidc.h"

#include "libshared/log.h"
#include "services/gateway/openid/client_auth.h"
#include "services/gateway/openid/fetch.h"
#include "services/gateway/openid/urls.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_US (5 * US_PER_S) /* after a fetch that failed */
#define FRESH_US US_PER_HOUR    /* how long keys and discovery are kept without a reason */
#define RENEWALS_MOST 6         /* for unknown keys, within RENEWALS_US */
#define RENEWALS_US (5 * 60 * US_PER_S)
#define TICKET_US (60 * US_PER_S)

enum { FETCH_DISCOVERY, FETCH_KEYS, FETCH_TOKEN };

/* A document that the provider publishes. */
struct published {
	json_t *document; /* NULL: none yet */
	int64_t came_us, tried_us;
	bool coming;
};

struct ticket {
	uint64_t token; /* 0: free */
	enum oidc_state state;
	int64_t until_us;
	char *id_token;
};

struct oidc {
	const struct openid_config *config;
	struct client_auth *auth;
	struct fetcher *fetcher;
	struct published discovery, keys;
	int64_t renewals_from_us;
	unsigned renewals;
	uint64_t last_token;
	struct ticket tickets[FETCHES_MAX];
	int64_t now_us; /* monotonic, of this turn */
};

const struct openid_config *oidc_config(const struct oidc *o)
{
	return o->config;
}

static const char *endpoint(const struct oidc *o, const char *name)
{
	const char *url = json_string_value(json_object_get(o->discovery.document, name));

	return url != NULL ? url : "";
}

/* ---- what it publishes ---- */

static void publish(struct published *p, json_t *document, int64_t now_us)
{
	if (document != NULL) {
		json_decref(p->document);
		p->document = document;
		p->came_us = now_us;
	}
}

static void fetch_published(struct oidc *o, struct published *p, unsigned kind, const char *url)
{
	struct fetch fetch = {.url = url, .kind = kind};

	p->tried_us = o->now_us;
	p->coming = fetch_begin(o->fetcher, &fetch, o->now_us);
}

static bool is_due(const struct published *p, int64_t now_us)
{
	return !p->coming && (p->document == NULL || now_us - p->came_us > FRESH_US) &&
	       (p->tried_us == 0 || now_us - p->tried_us > RETRY_US);
}

/* What it says of itself is used only when it is about this issuer and leads nowhere else. */
static const char *discovery_fault(const struct oidc *o, const json_t *document)
{
	static const char *const needed[] = {"authorization_endpoint", "token_endpoint",
					     "jwks_uri"};
	const char *issuer = json_string_value(json_object_get(document, "issuer"));

	if (issuer == NULL || strcmp(issuer, o->config->issuer) != 0)
		return "its issuer is not openid_issuer";
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		const char *url = json_string_value(json_object_get(document, needed[i]));

		if (url == NULL || !url_allowed(url, o->config))
			return "an endpoint is on another host: see openid_hosts";
	}
	return NULL;
}

static json_t *read_discovery(const struct oidc *o, struct bytes body)
{
	json_t *document =
		json_loadb((const char *)body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
	const char *fault = discovery_fault(o, document);

	if (fault == NULL)
		return document;
	log_warn("openid_discovery_refused", "because=\"%s\"", fault);
	json_decref(document);
	return NULL;
}

static json_t *read_keys(struct bytes body)
{
	json_t *document = json_loadb((const char *)body.data, body.len, 0, NULL);

	if (json_is_array(json_object_get(document, "keys")))
		return document;
	log_warn("openid_keys_refused", "because=\"it is no set of keys\"");
	json_decref(document);
	return NULL;
}

enum oidc_state oidc_prepare(struct oidc *o, int64_t mono_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(512);
	bool waits;

	o->now_us = mono_us;
	if (is_due(&o->discovery, mono_us))
		fetch_published(o, &o->discovery, FETCH_DISCOVERY, discovery_url(o->config, arena));
	if (o->discovery.document != NULL && is_due(&o->keys, mono_us))
		fetch_published(o, &o->keys, FETCH_KEYS, endpoint(o, "jwks_uri"));
	if (o->discovery.document != NULL && o->keys.document != NULL)
		return OIDC_READY;
	waits = o->discovery.coming || o->keys.coming;
	return waits ? OIDC_WAITING : OIDC_FAILED;
}

const json_t *oidc_keys(const struct oidc *o)
{
	return o->keys.document;
}

/* Tokens with invented keys must not make us ask the provider all day. */
static bool may_renew(struct oidc *o)
{
	if (o->now_us - o->renewals_from_us > RENEWALS_US) {
		o->renewals_from_us = o->now_us;
		o->renewals = 0;
	}
	return o->renewals < RENEWALS_MOST;
}

enum oidc_state oidc_renew_keys(struct oidc *o, int64_t since_us, int64_t mono_us)
{
	o->now_us = mono_us;
	if (o->keys.came_us > since_us)
		return OIDC_READY;
	if (o->keys.coming)
		return OIDC_WAITING;
	if (o->keys.tried_us > since_us || o->discovery.document == NULL || !may_renew(o))
		return OIDC_FAILED;
	o->renewals++;
	fetch_published(o, &o->keys, FETCH_KEYS, endpoint(o, "jwks_uri"));
	return o->keys.coming ? OIDC_WAITING : OIDC_FAILED;
}

/* ---- where the browser goes ---- */

const char *oidc_authorization_url(const struct oidc *o, const struct oidc_going *g,
				   struct arena *arena)
{
	const char *url = endpoint(o, "authorization_endpoint");
	const char *scope = arena_printf(arena, "openid %s", o->config->scope);
	const struct url_member members[] = {
		{"response_type", "code"},
		{"client_id", o->config->client},
		{"redirect_uri", g->redirect_uri},
		{"scope", scope},
		{"state", g->state},
		{"nonce", g->nonce},
		{"code_challenge", g->challenge},
		{"code_challenge_method", "S256"},
		{"prompt", g->again ? "login" : NULL},
		{"max_age", g->again ? "0" : NULL},
	};

	return arena_printf(arena, "%s%c%s", url, strchr(url, '?') != NULL ? '&' : '?',
			    url_form(members, ARRAY_LEN(members), arena));
}

bool oidc_is_from(const struct oidc *o, const char *iss)
{
	const char *promised = "authorization_response_iss_parameter_supported";

	if (iss == NULL)
		return !json_is_true(json_object_get(o->discovery.document, promised));
	return strcmp(iss, o->config->issuer) == 0;
}

const char *oidc_end_url(const struct oidc *o, const char *after, struct arena *arena)
{
	const char *url = endpoint(o, "end_session_endpoint");
	const struct url_member members[] = {{"client_id", o->config->client},
					     {"post_logout_redirect_uri", after}};

	if (!url_allowed(url, o->config))
		return NULL;
	return arena_printf(arena, "%s%c%s", url, strchr(url, '?') != NULL ? '&' : '?',
			    url_form(members, ARRAY_LEN(members), arena));
}

/* ---- a token for a code ---- */

static void ticket_end(struct ticket *t)
{
	if (t->id_token != NULL)
		sodium_memzero(t->id_token, strlen(t->id_token));
	free(t->id_token);
	*t = (struct ticket){0};
}

static struct ticket *ticket_of(struct oidc *o, uint64_t token)
{
	for (unsigned i = 0; i < FETCHES_MAX; i++)
		if (o->tickets[i].token == token)
			return &o->tickets[i];
	return NULL;
}

/* One that is free, or that nobody came back for. */
static struct ticket *ticket_new(struct oidc *o)
{
	for (unsigned i = 0; i < FETCHES_MAX; i++) {
		struct ticket *t = &o->tickets[i];

		if (t->token != 0 && t->until_us > o->now_us)
			continue;
		ticket_end(t);
		*t = (struct ticket){.token = ++o->last_token,
				     .state = OIDC_WAITING,
				     .until_us = o->now_us + TICKET_US};
		return t;
	}
	return NULL;
}

uint64_t oidc_redeem(struct oidc *o, const char *code, const char *verifier,
		     const char *redirect_uri, int64_t mono_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct url_member members[7] = {{"grant_type", "authorization_code"},
					{"code", code},
					{"redirect_uri", redirect_uri},
					{"code_verifier", verifier}};
	struct fetch fetch = {.url = endpoint(o, "token_endpoint"), .kind = FETCH_TOKEN};
	struct ticket *t;

	o->now_us = mono_us;
	t = ticket_new(o);
	if (t == NULL)
		return 0;
	client_auth_add(o->auth, &fetch, members + 4, arena);
	fetch.form = url_form(members, ARRAY_LEN(members), arena);
	fetch.token = t->token;
	if (fetch_begin(o->fetcher, &fetch, mono_us))
		return t->token;
	ticket_end(t);
	return 0;
}

static void redeemed(struct oidc *o, uint64_t token, long status, struct bytes body)
{
	struct ticket *t = ticket_of(o, token);
	json_t *answer = json_loadb((const char *)body.data, body.len, 0, NULL);
	const char *id_token = json_string_value(json_object_get(answer, "id_token"));
	const char *error = json_string_value(json_object_get(answer, "error"));

	if (t == NULL) { /* nobody came back for it in time */
		json_decref(answer);
		return;
	}
	t->state = status == 200 && id_token != NULL ? OIDC_READY : OIDC_FAILED;
	if (t->state == OIDC_READY) {
		t->id_token = strdup(id_token);
		ENSURE(t->id_token != NULL);
	} else {
		/* What it says may be anything: not passed on. */
		log_warn("openid_code_refused", "status=%ld invalid_client=%d", status,
			 error != NULL && strcmp(error, "invalid_client") == 0);
	}
	json_decref(answer);
}

enum oidc_state oidc_redeemed(struct oidc *o, uint64_t token, struct arena *arena,
			      const char **id_token_r)
{
	struct ticket *t = token != 0 ? ticket_of(o, token) : NULL;
	enum oidc_state state = t != NULL ? t->state : OIDC_FAILED;

	if (state == OIDC_WAITING)
		return state;
	if (state == OIDC_READY)
		*id_token_r = arena_text(arena, bytes_of_text(t->id_token));
	if (t != NULL)
		ticket_end(t);
	return state;
}

/* ---- the loop ---- */

static void fetched(void *ctx, const struct fetch *fetch, long status, struct bytes body)
{
	struct oidc *o = ctx;

	if (fetch->kind == FETCH_TOKEN) {
		redeemed(o, fetch->token, status, body);
	} else if (fetch->kind == FETCH_DISCOVERY) {
		o->discovery.coming = false;
		publish(&o->discovery, status == 200 ? read_discovery(o, body) : NULL, o->now_us);
	} else {
		o->keys.coming = false;
		publish(&o->keys, status == 200 ? read_keys(body) : NULL, o->now_us);
	}
}

unsigned oidc_items(const struct oidc *o, zmq_pollitem_t *items, unsigned room)
{
	return fetcher_items(o->fetcher, items, room);
}

int64_t oidc_next_us(const struct oidc *o)
{
	return fetcher_next_us(o->fetcher);
}

void oidc_turn(struct oidc *o, int64_t mono_us)
{
	o->now_us = mono_us;
	fetcher_turn(o->fetcher, mono_us);
}

struct oidc *oidc_new(const struct openid_config *config)
{
	struct oidc *o;
	const char *fault = openid_config_fault(config);
	struct client_auth *auth;

	if (fault != NULL) {
		log_error("wrong_setting", "because=\"%s\"", fault);
		return NULL;
	}
	auth = client_auth_open(config);
	if (auth == NULL)
		return NULL;
	o = calloc(1, sizeof *o);
	ENSURE(o != NULL);
	o->config = config;
	o->auth = auth;
	o->fetcher = fetcher_new(openid_on_this_machine(config->issuer), fetched, o);
	return o;
}

void oidc_destroy(struct oidc **o)
{
	if (*o == NULL)
		return;
	fetcher_destroy(&(*o)->fetcher);
	client_auth_close(&(*o)->auth);
	for (unsigned i = 0; i < FETCHES_MAX; i++)
		ticket_end(&(*o)->tickets[i]);
	json_decref((*o)->discovery.document);
	json_decref((*o)->keys.document);
	free(*o);
	*o = NULL;
}
