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

#endif
