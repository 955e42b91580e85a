/*
 * What an API token may be for: a small, fixed list of words. A route names the one that a token
 * needs; a token that has none for it may not, whatever its owner may.
 */
#ifndef CAIRN_GATEWAY_SCOPES_H
#define CAIRN_GATEWAY_SCOPES_H

#include "services/gateway/web/person.h"

extern const char *const scope_names[];
extern const unsigned n_scopes;

/* Its bit; 0: no such scope. */
scope_set scope_of_name(const char *name);

/* What people may let a client of OAuth do: scopes of Open Badges, and to go on while they are
 * away.
 */
#define N_OAUTH_SCOPES 5
extern const char *const oauth_scope_names[N_OAUTH_SCOPES];
#define SCOPE_OFFLINE (UINT32_C(1) << 31) /* of connections only: no route asks for it */
scope_set oauth_scope_of_name(const char *name);

#endif
