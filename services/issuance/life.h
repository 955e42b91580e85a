/*
 * The life of a credential: its states, what may be done in each, and why.
 *
 *	issued <──> suspended        suspend, reinstate
 *	issued, suspended ──> revoked        two persons: propose and confirm, or both at once
 *	issued ──> superseded        by a correction, or by a later pass
 *	issued ──> expired           its period is over
 *	revoked ──> revoked          reversed: another credential takes its place, once
 */
#ifndef CAIRN_ISSUANCE_LIFE_H
#define CAIRN_ISSUANCE_LIFE_H

#include "libshared/base.h"

enum life_state {
	LIFE_ISSUED,
	LIFE_SUSPENDED,
	LIFE_REVOKED,
	LIFE_SUPERSEDED,
	LIFE_EXPIRED,
	N_LIFE_STATES
};

enum life_act {
	ACT_SUSPEND,
	ACT_REINSTATE,
	ACT_PROPOSE,
	ACT_CONFIRM,
	ACT_WITHDRAW,
	ACT_REVOKE,
	ACT_REVERSE,
	ACT_CORRECT,
	ACT_RENEW,
	ACT_EXPIRE,
	N_LIFE_ACTS
};

/* The state after it; false: it may not be done in this state. */
bool life_next(enum life_state state, enum life_act act, enum life_state *next_r);
/* "issued", "suspended" ... */
const char *life_state_name(enum life_state state);

/* Status lists say of what is suspended, revoked or wrong that it does not count. One that was
 * renewed was true, and stays so until its own end. */
bool life_is_listed(enum life_state state, int reason);

/* What a reason (issuance.LifeReason) may be given for. */
bool reason_suspends(int reason);
bool reason_revokes(int reason);
/* What anybody may read: accuses nobody. "": no such reason. */
const char *reason_text(int reason);

#endif
