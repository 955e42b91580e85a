/*
 * A compact JSON Web Signature, taken apart: what it says of its key, and what was signed.
 */
#ifndef CAIRN_ISSUANCE_JWS_H
#define CAIRN_ISSUANCE_JWS_H

#include "libshared/arena.h"

#include <jansson.h>

struct jws {
	json_t *header, *payload;
	struct bytes signed_text; /* header and payload as they stand there: borrowed */
	struct bytes signature;   /* in the arena */
};

/* Three parts of base64url with points between, as a credential signed as VC-JWT. */
bool is_compact_jws(struct bytes text);
/* False: it is none, or header or payload is no JSON object. */
bool jws_read(struct bytes text, struct arena *arena, struct jws *jws_r) MUST_CHECK;
void jws_finish(struct jws *jws);
/* "alg", "kid", ... of the header; NULL: none. */
const char *jws_says(const struct jws *jws, const char *member);

#endif
