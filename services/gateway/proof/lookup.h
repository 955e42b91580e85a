/*
 * Finding things in the answers of services, as JSON (libshared/json.h).
 */
#ifndef CAIRN_GATEWAY_LOOKUP_H
#define CAIRN_GATEWAY_LOOKUP_H

#include "libshared/arena.h"
#include "libshared/id.h"

#include <jansson.h>

/* A member that is a text; "" when it is absent. */
const char *json_text(const json_t *object, const char *member);
int64_t json_number(const json_t *object, const char *member);

/* Of an IssuerList, borrowed; NULL: none. */
const json_t *issuer_of_did(const json_t *list, const char *did);
/* The one whose key list is served at that path ("/issuers/x/did.json"), or else of that code. */
const json_t *issuer_of_path(const json_t *list, const char *path, const char *code);
/* Where people read about it: "/issuers/CODE". */
const char *issuer_page(const json_t *issuer, struct arena *arena);

/* The UUID that ends a text: of an id, an urn:uuid: or an address. False: there is none. */
bool id_at_end(const char *text, struct id *id_r);

#endif
