/*
 * The keys of issuers elsewhere, without the net: a did:key names its own, and an operator keeps
 * the key lists of issuers whose credentials people may bring along, where a did:web would be
 * fetched from: DIR/HOST/PATH/did.json.
 */
#ifndef CAIRN_GATEWAY_KEY_LISTS_H
#define CAIRN_GATEWAY_KEY_LISTS_H

#include "libshared/arena.h"

/* In the arena; empty: none is at hand. */
struct bytes key_list_of(const char *dir, const char *did, struct arena *arena);

#endif
