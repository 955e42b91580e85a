/*
 * Status lists: which credentials of an issuer no longer count, a bit for each (W3C Bitstring
 * Status List, purpose "revocation").
 *
 * A credential's place is drawn at random, so that a verifier's question tells nobody which one it
 * looks at, and is never given again. A list has 131,072 places; the issuer's next one begins when
 * seven eighths are taken.
 */
#ifndef CAIRN_ISSUANCE_STATUS_H
#define CAIRN_ISSUANCE_STATUS_H

#include "libshared/decision.h"
#include "proto/issuance.pb-c.h"

#define STATUS_BITS ((uint32_t)131072)
#define STATUS_FULL (STATUS_BITS / 8 * 7)

/* A free place in the issuer's newest list, or in the next one, in the arena; no other draw of this
 * decision gets it. NULL: the issuer's DID is no web address, so that nothing serves its lists. */
Issuance__StatusEntry *status_draw(const struct view *view, const Enrollment__Issuer *issuer,
				   struct decision *d);

#endif
