/* The way to one Ed-Fi API. */
#include "services/notification/edfi/edfi_session.h"

#include "libshared/clock.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_MAX 1000
#define TOKEN_MAX 8000
#define TOKEN_S 300 /* of a token that does not say how long */
#define TOKEN_S_MOST (24 * 3600)
#define SPARE_US (30 * US_PER_S) /* before its end a token is not used any more */

struct edfi_session {
	struct http *http;
	char data[URL_MAX + 2]; /* ends in a slash */
	char oauth[URL_MAX + 1];
	char token[TOKEN_MAX + 1]; /* "": none */
	unsigned n_tokens;
	int64_t ends_us; /* monotonic: of the token */
	const struct edfi_access *access;
	edfi_open_fn *fn; /* NULL: nobody waits */
	void *ctx;
};

struct edfi_session *edfi_session_new(struct http *http)
{
	struct edfi_session *s = calloc(1, sizeof *s);

	ENSURE(s != NULL);
	s->http = http;
	return s;
}

void edfi_session_destroy(struct edfi_session **s)
{
	if (*s == NULL)
		return;
	sodium_memzero(*s, sizeof **s);
	free(*s);
	*s = NULL;
}

bool edfi_session_is_open(const struct edfi_session *s)
{
	return s->token[0] != '\0' && clock_mono_us() < s->ends_us;
}

bool edfi_session_is_opening(const struct edfi_session *s)
{
	return s->fn != NULL;
}

unsigned edfi_session_token(const struct edfi_session *s)
{
	return s->n_tokens;
}

void edfi_session_drop(struct edfi_session *s, unsigned token)
{
	if (token == s->n_tokens)
		s->token[0] = '\0';
}

/* ---- opening ---- */

static void opened(struct edfi_session *s, const struct edfi_verdict *failed)
{
	edfi_open_fn *fn = s->fn;

	s->fn = NULL;
	s->access = NULL;
	fn(s->ctx, failed);
}

static void fail(struct edfi_session *s, const struct http_answer *answer, const char *why)
{
	struct edfi_verdict v = {.code = answer->code};

	edfi_verdict_set(&v, NOTIFICATION__DELIVERY__UNSETTLED, "%s", why);
	opened(s, &v);
}

/* An answer that is not 200, with what it is an answer to. */
static void fail_by(struct edfi_session *s, const struct http_answer *answer, const char *what)
{
	const struct edfi_asked asked = {.resource = what, .namespace_ = "", .hidden = NULL};
	struct edfi_verdict v;

	edfi_judge(&asked, answer, &v);
	if (v.delivery != NOTIFICATION__DELIVERY__LATER && !answer->refused)
		edfi_verdict_set(&v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the %s answers %" PRIu32 ": is the url right?", what, v.code);
	opened(s, &v);
}

static bool is_scheme(CURLU *url, const char *scheme)
{
	char *got = NULL;
	bool same = curl_url_get(url, CURLUPART_SCHEME, &got, 0) == CURLUE_OK &&
		    strcmp(got, scheme) == 0;

	curl_free(got);
	return same;
}

/* An address that the root document names: whole, without a name in it, and not in the clear when
 * the document itself was not. */
static const char *check_url(const struct edfi_session *s, const char *text)
{
	CURLU *url = curl_url();
	char *user = NULL;
	const char *wrong = NULL;

	ENSURE(url != NULL);
	if (text == NULL || strlen(text) > URL_MAX || curl_url_set(url, CURLUPART_URL, text, 0))
		wrong = "the root document does not name the addresses of data and oauth";
	else if (strchr(text, '{') != NULL)
		wrong = "the root document leaves a gap in its addresses: url must name tenant and "
			"school year";
	else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK)
		wrong = "the root document names an address with a user in it";
	else if (!is_scheme(url, "https") &&
		 !(is_scheme(url, "http") && strncasecmp(s->access->url, "https:", 6) != 0))
		wrong = "the root document leads from https to an address without it";
	curl_free(user);
	curl_url_cleanup(url);
	return wrong;
}

static const char *version_of(const json_t *root, const char *model)
{
	const json_t *models = json_object_get(root, "dataModels"), *one;
	size_t i;

	json_array_foreach(models, i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));
		const char *version = json_string_value(json_object_get(one, "version"));

		if (name != NULL && version != NULL && strcasecmp(name, model) == 0)
			return version;
	}
	return NULL;
}

/* One that does not say what it speaks will refuse what it does not know. */
static const char *check_models(const struct edfi_session *s, const json_t *root)
{
	const char *version = version_of(root, "Ed-Fi"), *wanted = s->access->data_standard;

	if (version == NULL)
		return NULL;
	if (version[0] != wanted[0] || version[1] != '.')
		return wanted[0] == '5'
			       ? "the API does not speak Data Standard 5, as the sink says"
			       : "the API does not speak Data Standard 6, as the sink says";
	if (wanted[0] == '5' && version_of(root, "TPDM") == NULL)
		return "the API has no extension TPDM, which Data Standard 5.2 needs";
	return NULL;
}

static const char *read_root(struct edfi_session *s, const json_t *root)
{
	const json_t *urls = json_object_get(root, "urls");
	const char *data = json_string_value(json_object_get(urls, "dataManagementApi"));
	const char *oauth = json_string_value(json_object_get(urls, "oauth"));
	const char *wrong = check_url(s, data);

	if (wrong == NULL)
		wrong = check_url(s, oauth);
	if (wrong == NULL)
		wrong = check_models(s, root);
	if (wrong != NULL)
		return wrong;
	snprintf(s->data, sizeof s->data, "%s%s", data, data[strlen(data) - 1] == '/' ? "" : "/");
	snprintf(s->oauth, sizeof s->oauth, "%s", oauth);
	return NULL;
}

static bool is_token(const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return len > 0 && len <= TOKEN_MAX;
}

static bool read_token(struct edfi_session *s, const json_t *grant)
{
	const char *token = json_string_value(json_object_get(grant, "access_token"));
	json_int_t seconds = json_integer_value(json_object_get(grant, "expires_in"));
	int64_t life_us;

	if (!is_token(token))
		return false;
	life_us = (seconds > 0 ? MIN(seconds, TOKEN_S_MOST) : TOKEN_S) * US_PER_S;
	snprintf(s->token, sizeof s->token, "%s", token);
	s->ends_us = clock_mono_us() + life_us - MIN(SPARE_US, life_us / 10);
	s->n_tokens++;
	return true;
}

static json_t *body_of(const struct http_answer *answer)
{
	return json_loadb((const char *)answer->body.data, answer->body.len, 0, NULL);
}

static void on_token(void *ctx, const struct http_answer *answer)
{
	struct edfi_session *s = ctx;
	json_t *grant;
	bool good;

	if (answer->code == 400 || answer->code == 401 || answer->code == 403) {
		fail(s, answer, "the API does not take the client id and secret of the sink");
		return;
	}
	if (answer->code != 200) {
		fail_by(s, answer, "address of oauth");
		return;
	}
	grant = body_of(answer);
	good = read_token(s, grant);
	json_decref(grant);
	if (good)
		opened(s, NULL);
	else
		fail(s, answer, "the API answers with no access_token");
}

static void ask_token(struct edfi_session *s)
{
	static const char *const headers[] = {"content-type: application/x-www-form-urlencoded",
					      "accept: application/json"};
	const struct http_request request = {
		.method = "POST",
		.url = s->oauth,
		.headers = headers,
		.n_headers = ARRAY_LEN(headers),
		.body = bytes_of_text("grant_type=client_credentials"),
		.user = s->access->client_id,
		.password = s->access->client_secret,
	};

	http_send(s->http, &request, on_token, s);
}

static void on_root(void *ctx, const struct http_answer *answer)
{
	struct edfi_session *s = ctx;
	const char *wrong;
	json_t *root;

	if (answer->code != 200) {
		fail_by(s, answer, "root document");
		return;
	}
	root = body_of(answer);
	wrong = read_root(s, root);
	json_decref(root);
	if (wrong != NULL)
		fail(s, answer, wrong);
	else
		ask_token(s);
}

void edfi_session_open(struct edfi_session *s, const struct edfi_access *access, edfi_open_fn *fn,
		       void *ctx)
{
	static const char *const headers[] = {"accept: application/json"};
	const struct http_request request = {
		.method = "GET", .url = access->url, .headers = headers, .n_headers = 1};

	ENSURE(s->fn == NULL);
	s->access = access;
	s->fn = fn;
	s->ctx = ctx;
	s->token[0] = '\0';
	http_send(s->http, &request, on_root, s);
}

void edfi_session_post(struct edfi_session *s, const struct edfi_post *post, http_answer_fn *fn,
		       void *ctx)
{
	char url[URL_MAX + 100], bearer[TOKEN_MAX + 40];
	const char *const headers[] = {"content-type: application/json", "accept: application/json",
				       bearer};
	const struct http_request request = {
		.method = "POST",
		.url = url,
		.headers = headers,
		.n_headers = ARRAY_LEN(headers),
		.body = bytes_of_text(post->body),
	};

	snprintf(url, sizeof url, "%sed-fi/%s", s->data, post->resource);
	snprintf(bearer, sizeof bearer, "authorization: Bearer %s", s->token);
	http_send(s->http, &request, fn, ctx);
	sodium_memzero(bearer, sizeof bearer);
}
