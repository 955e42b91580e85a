/* URLs: compared by origin, written as forms. */
#include "services/gateway/openid/urls.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define URL_MOST 2000

struct origin {
	CURLU *url;
	char *scheme, *host, *port;
};

static void origin_finish(struct origin *o)
{
	curl_free(o->scheme);
	curl_free(o->host);
	curl_free(o->port);
	curl_url_cleanup(o->url);
}

/* False: it is no URL, or one that says more than where. */
static bool origin_of(const char *text, struct origin *o)
{
	char *user = NULL;
	bool plain;

	*o = (struct origin){.url = curl_url()};
	if (strlen(text) > URL_MOST || curl_url_set(o->url, CURLUPART_URL, text, 0) != CURLUE_OK)
		return false;
	plain = curl_url_get(o->url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;
	curl_free(user);
	return plain && curl_url_get(o->url, CURLUPART_SCHEME, &o->scheme, 0) == CURLUE_OK &&
	       curl_url_get(o->url, CURLUPART_HOST, &o->host, 0) == CURLUE_OK &&
	       curl_url_get(o->url, CURLUPART_PORT, &o->port, CURLU_DEFAULT_PORT) == CURLUE_OK;
}

static bool same_origin(const struct origin *a, const char *text)
{
	struct origin b;
	bool same = origin_of(text, &b) && strcmp(a->scheme, b.scheme) == 0 &&
		    strcasecmp(a->host, b.host) == 0 && strcmp(a->port, b.port) == 0;

	origin_finish(&b);
	return same;
}

static bool is_listed(const struct origin *origin, const char *hosts)
{
	for (const char *at = hosts + strspn(hosts, ", "); *at != '\0'; at += strspn(at, ", ")) {
		size_t len = strcspn(at, ", ");
		char text[URL_MOST];

		snprintf(text, sizeof text, "%.*s", (int)MIN(len, sizeof text - 1), at);
		if (same_origin(origin, text))
			return true;
		at += len;
	}
	return false;
}

bool url_allowed(const char *url, const struct openid_config *config)
{
	struct origin origin;
	bool allowed = origin_of(url, &origin) &&
		       (same_origin(&origin, config->issuer) || is_listed(&origin, config->hosts));

	origin_finish(&origin);
	return allowed;
}

const char *discovery_url(const struct openid_config *config, struct arena *arena)
{
	size_t len = strlen(config->issuer);

	while (len > 0 && config->issuer[len - 1] == '/')
		len--;
	return arena_printf(arena, "%.*s/.well-known/openid-configuration", (int)len,
			    config->issuer);
}

const char *url_encoded(const char *text, struct arena *arena)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	char *out = arena_alloc(arena, 3 * strlen(text) + 1), *at = out;

	for (const char *c = text; *c != '\0'; c++) {
		if (strchr(plain, *c) != NULL) {
			*at++ = *c;
			continue;
		}
		*at++ = '%';
		*at++ = hex[(uint8_t)*c >> 4];
		*at++ = hex[(uint8_t)*c & 15];
	}
	*at = '\0';
	return out;
}

const char *url_form(const struct url_member *members, size_t n, struct arena *arena)
{
	const char *form = "";

	for (size_t i = 0; i < n; i++)
		if (members[i].value != NULL)
			form = arena_printf(arena, "%s%s%s=%s", form, form[0] != '\0' ? "&" : "",
					    members[i].name, url_encoded(members[i].value, arena));
	return form;
}
