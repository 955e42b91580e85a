/*
 * did:web: an issuer's name is the web address of its key list.
 *
 *	did:web:issuers.example               https://issuers.example/.well-known/did.json
 *	did:web:issuers.example%3A8443:a:b    https://issuers.example:8443/a/b/did.json
 *
 * The key list (the DID document) names every key whose badges are still to verify: a new key is
 * added and signs from then on, the old one stays until its last badge has expired.
 */
#ifndef CAIRN_ISSUANCE_DIDWEB_H
#define CAIRN_ISSUANCE_DIDWEB_H

#include "libshared/arena.h"

#define DIDWEB_HOST_LEN 264 /* a name of 255, ":65535", a NUL, rounded up */
#define DIDWEB_PATH_LEN 512
#define DIDWEB_ID_LEN 800

struct didweb_place {
	char host[DIDWEB_HOST_LEN]; /* "issuers.example:8443" */
	char path[DIDWEB_PATH_LEN]; /* "/a/b/did.json" */
};

/* Where the document is served. False for what is no did:web of lower-case host, optional port
 * and path parts of letters, digits, . _ ~ - (none of them "." or ".."). */
bool didweb_place(const char *did, struct didweb_place *place_r) MUST_CHECK;
/* The other way round. */
bool didweb_id(const char *host, const char *path, char id_r[DIDWEB_ID_LEN]) MUST_CHECK;

#define DIDWEB_URL_LEN (8 + DIDWEB_HOST_LEN + DIDWEB_PATH_LEN + 24)

/* Where list number n of the issuer's status lists is served: https://HOST/PATH/status/N. False as
 * didweb_place() is. */
bool didweb_status_url(const char *did, uint32_t n, char url_r[DIDWEB_URL_LEN]) MUST_CHECK;

/* A key as the document lists it. */
struct didweb_key {
	const char *name; /* what follows the # of its id; a Multikey says all there is to say */
	const char *jwk;  /* of a JsonWebKey: its public members as JSON; else NULL or "" */
};

/* The JSON text of the document, in the arena, NUL-terminated. The keys are listed in the order in
 * which they are given: those that sign first, then newest first. */
struct bytes didweb_document(const char *did, const struct didweb_key *keys, size_t n_keys,
			     struct arena *a);

#endif
