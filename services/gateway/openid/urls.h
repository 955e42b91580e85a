/*
 * URLs of a provider: which are its own, and forms for them.
 */
#ifndef CAIRN_GATEWAY_URLS_H
#define CAIRN_GATEWAY_URLS_H

#include "libshared/arena.h"
#include "services/gateway/openid/config.h"

/* Whether it has the issuer's origin, or one of openid_hosts; no name or password stands in it. */
bool url_allowed(const char *url, const struct openid_config *config);
/* Where the issuer says what it is. */
const char *discovery_url(const struct openid_config *config, struct arena *arena);

struct url_member {
	const char *name, *value; /* value NULL: left out */
};
/* "a=b&c=d", encoded. */
const char *url_form(const struct url_member *members, size_t n, struct arena *arena);
const char *url_encoded(const char *text, struct arena *arena);

#endif
