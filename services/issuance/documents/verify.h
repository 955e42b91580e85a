/*
 * Checking a credential without the net: against the document of its issuer's keys, both given.
 *
 * Every check has a name and a sentence for people, passed or not. A check that could not be made
 * because an earlier one failed says so. Whatever comes from outside is bounded here: sizes,
 * nesting, the work of canonicalising.
 */
#ifndef CAIRN_ISSUANCE_VERIFY_H
#define CAIRN_ISSUANCE_VERIFY_H

#include "libshared/bytes.h"

#define VERIFY_MAX_BYTES ((size_t)1 << 20) /* of either document */
#define VERIFY_TEXT_LEN 400

enum verify_outcome { VERIFY_PASSED, VERIFY_FAILED, VERIFY_NOT_MADE };

struct verify_check {
	const char *name;
	enum verify_outcome outcome;
	char text[VERIFY_TEXT_LEN]; /* printable ASCII and UTF-8 */
};

struct verify_input {
	struct bytes credential;      /* JSON; or a compact JWS, for token_verify() */
	struct bytes did_document;    /* JSON */
	struct bytes expected_sha256; /* of credential, from a record of it; or empty */
	struct bytes status_list;     /* JSON: the list that the credential names; or empty */
	int64_t now_us;
};

/* structure: JSON, one credential, a proof of the suite that is checked here; or a JWS
 * issuer:    the key list is the issuer's, and so is the key
 * key:       listed for making assertions, well-formed
 * hash:      the document has a canonical form (and is the one recorded)
 * signature: made by that key over that form
 * validity:  now lies between validFrom and validUntil
 * status:    the status list that it names is the issuer's, and says nothing of it; not made where
 *            the list is not given */
#define VERIFY_CHECKS 7

struct verification {
	struct verify_check checks[VERIFY_CHECKS];
	bool verified; /* no check failed */
	bool revoked;  /* its status list, to be believed, says that it does not count */
};

void credential_verify(const struct verify_input *input, struct verification *v_r);
/* The same of a credential that a JWS (RS256, ES256) has signed (verify_token.c). */
void token_verify(const struct verify_input *input, struct verification *v_r);

#endif
