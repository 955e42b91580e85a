/*
 * Minting: from a released passing decision to a signed badge, or to the reason why it may not be
 * signed yet.
 */
#ifndef CAIRN_ISSUANCE_MINT_H
#define CAIRN_ISSUANCE_MINT_H

#include "libshared/decision.h"
#include "proto/issuance.pb-c.h"

/* Emits CredentialIssued, or CredentialHeld with a reason, under the id credential. All that
 * released names is known here. NULL: it was issued; else the reason, in the arena. */
const char *mint(const struct view *view, const Assessment__DecisionReleased *released,
		 struct bytes credential, struct decision *d);

/* True: the educator holds a credential of this entry whose period the decision falls into. */
bool is_covered(const struct view *view, const Assessment__DecisionReleased *released);

/* moment plus whole calendar months in UTC, the day cut to the month's last one. */
int64_t months_later_us(int64_t at_us, uint32_t months);

#endif
