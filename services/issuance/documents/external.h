/*
 * What a credential of another issuer says of itself: enough to list it, and no more is believed
 * than what was verified.
 */
#ifndef CAIRN_ISSUANCE_EXTERNAL_H
#define CAIRN_ISSUANCE_EXTERNAL_H

#include "libshared/arena.h"

#define EXTERNAL_MAX_BYTES ((size_t)256 << 10) /* of a document */
#define EXTERNAL_KEY_LIST_MAX ((size_t)64 << 10)
#define EXTERNAL_STATUS_LIST_MAX ((size_t)64 << 10)

/* Texts live in the arena; what is absent, no text or longer than a line is "". */
struct external_facts {
	const char *credential, *issuer, *issuer_name, *achievement, *achievement_name;
	const char *status_list;               /* its address */
	int64_t valid_from_us, valid_until_us; /* 0: it does not say */
};

/* False: no JSON object, or it names no issuer. */
bool external_read(struct bytes document, struct arena *arena, struct external_facts *facts_r);

#endif
