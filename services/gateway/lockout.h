/*
 * How long a door stays shut after so many refusals in a row: nothing for the first few, then twice
 * as long each time. A login's own door shuts sooner than an address's, behind which a whole school
 * may sit.
 */
#ifndef CAIRN_GATEWAY_LOCKOUT_H
#define CAIRN_GATEWAY_LOCKOUT_H

#include "services/gateway/tables.h"

#define LOCK_LOGIN_FREE 4
#define LOCK_ADDRESS_FREE 19
#define LOCK_FIRST_US (60 * US_PER_S)
#define LOCK_MOST_US US_PER_HOUR
#define LOCK_FORGET_US US_PER_DAY /* without a refusal: the count begins anew */

/* 0: not shut. */
int64_t lockout_us(uint64_t failures, uint64_t n_free);
/* Until when nobody is let in there; 0 or past: open. */
int64_t door_locked_until(const struct view *v, struct bytes door);

#endif
