/* The scopes of API tokens. */
#include "services/gateway/signin/scopes.h"

#include "libshared/base.h"

#include <string.h>

/* A bit's place is for ever: tokens hold words, OAuth's rows may hold bits. */
const char *const scope_names[] = {
	"catalog:read",
	"enrollment:write",
	"evidence:write",
	"assessment:review",
	"credential:read",
	"credential:issue",
	"credential:revoke",
	"events:read",
	"webhooks:manage",
	"roster:write",
	"admin",
	"https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly",
	"https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.upsert",
	"https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.readonly",
	"https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.update",
};
const unsigned n_scopes = ARRAY_LEN(scope_names);
_Static_assert(ARRAY_LEN(scope_names) < 32, "the last bit is SCOPE_OFFLINE");

scope_set scope_of_name(const char *name)
{
	for (unsigned i = 0; i < n_scopes; i++)
		if (strcmp(scope_names[i], name) == 0)
			return (scope_set)1 << i;
	return 0;
}

#define OB "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
const char *const oauth_scope_names[N_OAUTH_SCOPES] = {
	OB "credential.readonly", OB "credential.upsert", OB "profile.readonly",
	OB "profile.update",      "offline_access",
};

scope_set oauth_scope_of_name(const char *name)
{
	for (unsigned i = 0; i < N_OAUTH_SCOPES - 1; i++)
		if (strcmp(oauth_scope_names[i], name) == 0)
			return scope_of_name(name);
	return strcmp(oauth_scope_names[N_OAUTH_SCOPES - 1], name) == 0 ? SCOPE_OFFLINE : 0;
}
