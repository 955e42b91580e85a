/*
 * A credential as a JSON Web Token, made on request and kept nowhere: Open Badges 3.0, 8.2.
 *
 * The payload is the credential without its embedded proof, and what a token says of itself: iss,
 * jti, sub, nbf and exp. sub is required, so the subject is named by the educator's pseudonym where
 * the document has none.
 */
#ifndef CAIRN_ISSUANCE_JWT_H
#define CAIRN_ISSUANCE_JWT_H

#include "libshared/arena.h"
#include "proto/issuance.pb-c.h"

struct signer;

/* key: one of kind RS256 or ES256, whose issuer is key->did. document: of the credential c, as it
 * was signed. NULL: the key is not here, or does not sign tokens. */
const char *jwt_of_credential(const struct signer *signer, const Issuance__KeyAdded *key,
			      const Issuance__CredentialIssued *c, struct bytes document,
			      struct arena *arena);

#endif
