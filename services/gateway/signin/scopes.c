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
_Static_assert(ARRAY_LEN(scope_names) <= 32, "a scope_set has 32 bits");

scope_set scope_of_name(const char *name)
{
	for (unsigned i = 0; i < n_scopes; i++)
		if (strcmp(scope_names[i], name) == 0)
			return (scope_set)1 << i;
	return 0;
}
