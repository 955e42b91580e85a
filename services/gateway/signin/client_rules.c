/* Rules of clients: their addresses, their names, their scopes. */
#include "services/gateway/signin/client_rules.h"

#include "libshared/check.h"
#include "services/gateway/signin/scopes.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#define BAD_REDIRECT "invalid_redirect_uri"
#define BAD_METADATA "invalid_client_metadata"

/* ---- addresses ---- */

struct place {
	const char *scheme, *host, *port; /* port "": the scheme's own */
};

static const char *part_of(CURLU *url, CURLUPart part, struct arena *arena)
{
	char *text = NULL;
	const char *kept = "";

	if (curl_url_get(url, part, &text, 0) == CURLUE_OK && text != NULL)
		kept = arena_text(arena, bytes_of_text(text));
	curl_free(text);
	return kept;
}

/* Signs that would end a header or a policy early stand in no address. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || strchr("\"'<>\\^`{|};,", *text) != NULL)
			return false;
	return true;
}

static bool place_of(const char *text, struct arena *arena, struct place *place_r)
{
	CURLU *url;
	bool sound;

	if (strlen(text) > CLIENT_URL_MAX || !is_plain(text))
		return false;
	url = curl_url();
	ENSURE(url != NULL);
	sound = curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
		*part_of(url, CURLUPART_USER, arena) == '\0' &&
		*part_of(url, CURLUPART_PASSWORD, arena) == '\0' && strchr(text, '#') == NULL &&
		strchr(text, '@') == NULL;
	*place_r = (struct place){.scheme = part_of(url, CURLUPART_SCHEME, arena),
				  .host = part_of(url, CURLUPART_HOST, arena),
				  .port = part_of(url, CURLUPART_PORT, arena)};
	curl_url_cleanup(url);
	return sound && *place_r->host != '\0';
}

static bool is_this_machine(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
	       strcasecmp(host, "localhost") == 0;
}

static bool is_safe(const struct place *p)
{
	return strcmp(p->scheme, "https") == 0 ||
	       (strcmp(p->scheme, "http") == 0 && is_this_machine(p->host));
}

const char *origin_of_url(const char *url, struct arena *arena)
{
	struct place p;

	if (!place_of(url, arena, &p))
		return "'none'";
	return arena_printf(arena, "%s://%s%s%s", p.scheme, p.host, *p.port != '\0' ? ":" : "",
			    p.port);
}

/* ---- registration ---- */

struct reading {
	const json_t *sent;
	struct arena *arena;
	const char *host; /* of the first address; all others have it too */
	const char *fault, *code;
};

static bool fails(struct reading *g, const char *code, const char *fault)
{
	g->code = code;
	g->fault = fault;
	return false;
}

static bool read_url(struct reading *g, const char *text, const char *code, char **url_r)
{
	struct place p;

	if (!place_of(text, g->arena, &p) || !is_safe(&p))
		return fails(
			g, code,
			"An address is expected to be an absolute https URL without a fragment, "
			"of at most 500 characters; http is taken to a loopback address only.");
	if (g->host != NULL && strcasecmp(g->host, p.host) != 0)
		return fails(g, code, "All addresses of a client have one host name.");
	g->host = p.host;
	*url_r = arena_text(g->arena, bytes_of_text(text));
	return true;
}

static bool read_redirects(struct reading *g, Gateway__Client *c)
{
	const json_t *list = json_object_get(g->sent, "redirect_uris"), *one;
	size_t i, n = json_array_size(list);

	if (n == 0 || n > CLIENT_REDIRECTS_MAX)
		return fails(g, BAD_REDIRECT,
			     "redirect_uris: a list of 1 to 5 addresses is expected.");
	c->redirect_uris = arena_alloc(g->arena, n * sizeof *c->redirect_uris);
	json_array_foreach(list, i, one)
	{
		if (!json_is_string(one))
			return fails(g, BAD_REDIRECT, "redirect_uris: texts are expected.");
		if (!read_url(g, json_string_value(one), BAD_REDIRECT, &c->redirect_uris[i]))
			return false;
	}
	c->n_redirect_uris = n;
	return true;
}

/* logo_uri is looked at and not kept: nothing of another site is shown on a page of ours. */
static bool read_urls(struct reading *g, Gateway__Client *c)
{
	char *logo;
	const struct {
		const char *name;
		char **to;
	} members[] = {{"client_uri", &c->uri},
		       {"policy_uri", &c->policy_uri},
		       {"tos_uri", &c->terms_uri},
		       {"logo_uri", &logo}};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const json_t *value = json_object_get(g->sent, members[i].name);

		if (value == NULL || json_is_null(value))
			continue;
		if (!json_is_string(value))
			return fails(g, BAD_METADATA, "An address is expected to be a text.");
		if (!read_url(g, json_string_value(value), BAD_METADATA, members[i].to))
			return false;
	}
	return true;
}

static bool read_name(struct reading *g, Gateway__Client *c)
{
	const char *name = json_string_value(json_object_get(g->sent, "client_name"));

	if (name == NULL || name[0] == '\0' || strlen(name) > CLIENT_NAME_MAX)
		return fails(
			g, BAD_METADATA,
			"client_name: the name that people know you by is expected, in 1 to 100 "
			"bytes.");
	if (!text_is_clean(name, strlen(name)) || strpbrk(name, "\n\t") != NULL)
		return fails(g, BAD_METADATA, "client_name: no control characters are taken.");
	c->name = arena_text(g->arena, bytes_of_text(name));
	return true;
}

/* Absent, or texts that are all among those. */
static bool only_these(const json_t *list, const char *first, const char *second)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *text = json_string_value(one);

		if (text == NULL || (strcmp(text, first) != 0 && strcmp(text, second) != 0))
			return false;
	}
	return list == NULL || json_is_array(list);
}

static bool read_ways(struct reading *g)
{
	const json_t *method = json_object_get(g->sent, "token_endpoint_auth_method");

	if (method != NULL && (!json_is_string(method) ||
			       strcmp(json_string_value(method), "client_secret_basic") != 0))
		return fails(g, BAD_METADATA,
			     "token_endpoint_auth_method: client_secret_basic is the one that is "
			     "taken.");
	if (!only_these(json_object_get(g->sent, "grant_types"), "authorization_code",
			"refresh_token"))
		return fails(g, BAD_METADATA,
			     "grant_types: authorization_code and refresh_token are taken.");
	if (!only_these(json_object_get(g->sent, "response_types"), "code", "code"))
		return fails(g, BAD_METADATA, "response_types: code is taken.");
	return true;
}

static scope_set bits_of(char *const *scopes, size_t n)
{
	scope_set bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= oauth_scope_of_name(scopes[i]);
	return bits;
}

/* All words, when none are named. What is unknown is left out: the answer says what was taken. */
static bool read_scopes(struct reading *g, Gateway__Client *c)
{
	const char *text = json_string_value(json_object_get(g->sent, "scope"));
	char *rest, *word;
	scope_set bits = 0;

	c->scopes = arena_alloc(g->arena, N_OAUTH_SCOPES * sizeof *c->scopes);
	rest = text != NULL ? arena_text(g->arena, bytes_of_text(text)) : NULL;
	while (rest != NULL && (word = strsep(&rest, " ")) != NULL)
		bits |= oauth_scope_of_name(word);
	if (text != NULL && (bits & ~SCOPE_OFFLINE) == 0)
		return fails(g, BAD_METADATA, "scope: none of these is known here.");
	for (unsigned i = 0; i < N_OAUTH_SCOPES; i++)
		if (text == NULL || (bits & oauth_scope_of_name(oauth_scope_names[i])))
			c->scopes[c->n_scopes++] =
				arena_text(g->arena, bytes_of_text(oauth_scope_names[i]));
	return true;
}

const char *client_read(const json_t *sent, struct arena *arena, Gateway__Client *client_r,
			const char **code_r)
{
	static const Gateway__Client init = GATEWAY__CLIENT__INIT;
	struct reading g = {.sent = sent, .arena = arena};

	*client_r = init;
	(void)(read_name(&g, client_r) && read_redirects(&g, client_r) && read_urls(&g, client_r) &&
	       read_ways(&g) && read_scopes(&g, client_r));
	*code_r = g.code;
	return g.fault;
}

/* ---- use ---- */

bool client_may_redirect(const Gateway__Client *client, const char *redirect)
{
	for (size_t i = 0; i < client->n_redirect_uris; i++)
		if (strcmp(client->redirect_uris[i], redirect) == 0)
			return true;
	return false;
}

bool scopes_asked(const Gateway__Client *client, const char *text, scope_set *scopes_r)
{
	scope_set may = bits_of(client->scopes, client->n_scopes);

	*scopes_r = 0;
	for (const char *at = text + strspn(text, " "); *at != '\0'; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		char word[100] = "";
		scope_set scope;

		if (len >= sizeof word)
			return false;
		memcpy(word, at, len);
		scope = oauth_scope_of_name(word);
		if (scope == 0 || !(may & scope))
			return false;
		*scopes_r |= scope;
		at += len;
	}
	return (*scopes_r & ~SCOPE_OFFLINE) != 0;
}

const char *scopes_text(scope_set scopes, struct arena *arena)
{
	const char *text = "";

	for (unsigned i = 0; i < N_OAUTH_SCOPES; i++)
		if (scopes & oauth_scope_of_name(oauth_scope_names[i]))
			text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? " " : "",
					    oauth_scope_names[i]);
	return text;
}
