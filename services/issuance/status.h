/*
 * Status lists: which credentials of an issuer no longer count, a bit for each (W3C Bitstring
 * Status List, purpose "revocation").
 *
 * A credential's place is drawn at random, so that a verifier's question tells nobody which one it
 * looks at, and is never given again. A list has 131,072 places; the issuer's next one begins when
 * seven eighths are taken.
 *
 * A bit that is set stays set: suspending says the same as revoking to whoever reads lists only,
 * and a credential that is reinstated is signed again with a place of which nothing was said.
 *
 * A list is signed when it begins, daily, and at most once a minute while it changes.
 */
#ifndef CAIRN_ISSUANCE_STATUS_H
#define CAIRN_ISSUANCE_STATUS_H

#include "libshared/base.h"
#include "libshared/service.h"
#include "proto/issuance.pb-c.h"

#define STATUS_BITS ((uint32_t)131072)
#define STATUS_FULL (STATUS_BITS / 8 * 7)
#define STATUS_PAUSE_US ((int64_t)60 * US_PER_S)
#define STATUS_EVERY_US ((int64_t)1 * US_PER_DAY)

/* A free place in the issuer's newest list, or in the next one, in the arena; no other draw of this
 * decision gets it. NULL: the issuer's DID is no web address, so that nothing serves its lists. */
Issuance__StatusEntry *status_draw(const struct view *view, const Enrollment__Issuer *issuer,
				   struct decision *d);

/* gzip of the bits, in base64url after a "u", in the arena. */
const char *status_encode(const uint8_t bits[STATUS_BITS / 8], struct arena *arena);

/* The list as a credential of the issuer, signed now with its newest key: emits StatusListSigned,
 * or StatusListDelayed where there is none. */
enum verdict status_sign(const struct view *view, const struct timer_due *timer,
			 struct decision *d);

#endif
