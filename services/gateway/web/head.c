/* The head of a request: all that is settled before its first step. */
#include "libshared/check.h"
#include "services/gateway/openid/urls.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/web/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum MHD_Result note_query(void *request, enum MHD_ValueKind kind, const char *key,
				  const char *value)
{
	struct request *r = request;

	(void)kind;
	json_object_set_new(r->query, key, json_string(value != NULL ? value : ""));
	return MHD_YES;
}

static bool accepts_json(const struct request *r)
{
	const char *accept = header(r, "Accept");
	const char *json = accept != NULL ? strstr(accept, "json") : NULL;
	const char *html = accept != NULL ? strstr(accept, "text/html") : NULL;

	return json != NULL && (html == NULL || json < html);
}

/* ?lang=, then the cookie, then what the browser prefers. */
static enum language language_of(const struct request *r)
{
	const char *said = query_text(r, "lang");
	const char *prefers = header(r, "Accept-Language");

	if (said == NULL)
		said = MHD_lookup_connection_value(r->exchange->connection, MHD_COOKIE_KIND,
						   "lang");
	if (said == NULL)
		said = prefers != NULL ? prefers : "en";
	return strncasecmp(said, "es", 2) == 0 ? ES : EN;
}

/* A language that was chosen stays chosen. It says nothing about who chose it. */
static void keep_language(struct request *r)
{
	const char *said = query_text(r, "lang");

	r->language = language_of(r);
	if (said != NULL)
		reply_header(r, "Set-Cookie",
			     "lang=%s; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax%s",
			     r->language == ES ? "es" : "en",
			     strncmp(public_url(r), "https:", 6) == 0 ? "; Secure" : "");
}

static void read_type(struct request *r)
{
	const char *type = header(r, "Content-Type");

	if (type != NULL)
		r->type = arena_printf(r->arena, "%.*s", (int)strcspn(type, "; \t"), type);
}

static void read_length(struct exchange *x)
{
	const char *length = header(&x->request, "Content-Length");

	if (length != NULL)
		x->body_expected = strtoull(length, NULL, 10);
	else if (header(&x->request, "Transfer-Encoding") != NULL)
		x->body_expected = UINT64_MAX;
}

static bool find_route(struct exchange *x)
{
	struct request *r = &x->request;
	bool other = false;

	r->route = route_find(r->method, r->path, r->arena, x->params, &other);
	if (r->route != NULL)
		return true;
	if (other)
		reply_problem(r, 405, "method_not_allowed", "This address has no such method.");
	else
		reply_problem(r, 404, "not_found", "There is nothing at this address.");
	return false;
}

static bool is_unsafe(enum method method)
{
	return method != GET && method != HEAD && method != OPTIONS;
}

/* Somebody who comes with a cookie must come from a page of ours. */
static bool own_page(struct request *r)
{
	if (!is_unsafe(r->method) || r->route->no_csrf || r->person == NULL ||
	    r->person->by_token || access_own_page(r))
		return true;
	reply_problem(r, 403, "other_site",
		      "This request did not come from a page of this site. Open the page again and "
		      "send it from there.");
	return false;
}

/* An old browser says nothing of where a form comes from: the form's own field does, once it is
 * here. */
static bool tells_in_body(const struct request *r)
{
	const char *origin = header(r, "Origin");

	return r->route->body == BODY_FORM && header(r, "Sec-Fetch-Site") == NULL &&
	       (origin == NULL || strcmp(origin, "null") == 0) && header(r, "X-CSRF-Token") == NULL;
}

/* The address with its query: whoever signs in goes on with what they had asked for. */
static const char *asked_for(struct request *r)
{
	const char *query = "", *name;
	json_t *value;

	json_object_foreach(r->query, name, value)
	{
		if (json_is_string(value))
			query = arena_printf(r->arena, "%s%s%s=%s", query,
					     query[0] != '\0' ? "&" : "?",
					     url_encoded(name, r->arena),
					     url_encoded(json_string_value(value), r->arena));
	}
	return arena_printf(r->arena, "%s%s", r->path, query);
}

static void send_to_sign_in(struct request *r)
{
	bool with_token = header(r, "Authorization") != NULL;

	if (r->wants_json || r->method != GET || with_token) {
		reply_header(r, "WWW-Authenticate", "Bearer");
		reply_problem(r, 401, with_token ? "token_refused" : "sign_in",
			      "Sign in first, or send an API token.");
		return;
	}
	reply_redirect(
		r, 303,
		arena_printf(r->arena, "/sign-in?to=%s", url_encoded(asked_for(r), r->arena)));
}

static bool allowed(struct request *r)
{
	enum allowed allowed = route_allows(r->route, r->person);

	if (allowed == ALLOWED)
		return true;
	if (r->route->hides && allowed != STEP_UP_FIRST)
		reply_problem(r, 404, "not_found", "There is nothing at this address.");
	else if (allowed == SIGN_IN_FIRST)
		send_to_sign_in(r);
	else if (allowed == STEP_UP_FIRST)
		reply_problem(r, 403, "step_up",
			      "This needs a fresh proof that it is you: sign in again at "
			      "/sign-in/again.");
	else
		reply_problem(r, 403, "not_allowed", "Your roles do not allow this.");
	return false;
}

static bool body_fits(struct exchange *x)
{
	const struct route *route = x->request.route;
	size_t most = body_most(route);

	if (route->body == BODY_STREAM || x->body_expected == 0)
		return true;
	if (x->body_expected == UINT64_MAX || x->body_expected <= most)
		return true;
	reply_problem(&x->request, 413, "too_large", "At most %zu bytes are taken here.", most);
	return false;
}

/* NULL: sound. What is not is not repeated to anybody. */
static const char *address_fault(struct request *r)
{
	const char *path = r->path;

	if (text_is_clean(path, strlen(path)) && strpbrk(path, "\n\t") == NULL &&
	    strstr(path, "%00") == NULL)
		return NULL;
	r->path = "/";
	return "its address is no UTF-8 text without control characters";
}

void head_read(struct exchange *x)
{
	struct request *r = &x->request;
	const char *fault = guard_fault(x->connection);

	r->query = json_object();
	r->wants_json = speaks_imsx(r) || accepts_json(r);
	r->language = language_of(r);
	if (fault == NULL)
		fault = address_fault(r);
	if (fault != NULL) {
		x->server->counts.refused++;
		reply_header(r, "Connection", "close");
		reply_problem(r, 400, "bad_request", "The request is not sound: %s.", fault);
		return;
	}
	MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, note_query, r);
	keep_language(r);
	read_type(r);
	read_length(x);
	if (!find_route(x))
		return;
	r->person = access_person(r);
	if (!allowed(r) || (!tells_in_body(r) && !own_page(r)) || !body_fits(x))
		return;
	if (r->route->body == BODY_STREAM) {
		x->step = r->route->first;
		exchange_go_on(x);
	}
}

bool head_allows_body(struct exchange *x)
{
	return !tells_in_body(&x->request) || own_page(&x->request);
}
