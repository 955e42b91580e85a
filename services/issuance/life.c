/* The life of a credential, as tables. */
#include "services/issuance/life.h"

#include "proto/issuance.pb-c.h"

#define NO (-1)

static const signed char next[N_LIFE_ACTS][N_LIFE_STATES] = {
	/* issued, suspended, revoked, superseded, expired */
	[ACT_SUSPEND] = {LIFE_SUSPENDED, NO, NO, NO, NO},
	[ACT_REINSTATE] = {NO, LIFE_ISSUED, NO, NO, NO},
	[ACT_PROPOSE] = {LIFE_ISSUED, LIFE_SUSPENDED, NO, NO, NO},
	[ACT_CONFIRM] = {LIFE_REVOKED, LIFE_REVOKED, NO, NO, NO},
	[ACT_WITHDRAW] = {LIFE_ISSUED, LIFE_SUSPENDED, NO, NO, NO},
	[ACT_REVOKE] = {LIFE_REVOKED, LIFE_REVOKED, NO, NO, NO},
	[ACT_REVERSE] = {NO, NO, LIFE_REVOKED, NO, NO},
	[ACT_CORRECT] = {LIFE_SUPERSEDED, NO, NO, NO, NO},
	[ACT_RENEW] = {LIFE_SUPERSEDED, NO, NO, NO, NO},
	[ACT_EXPIRE] = {LIFE_EXPIRED, NO, NO, NO, NO},
};

static const char *const names[N_LIFE_STATES] = {
	[LIFE_ISSUED] = "issued",   [LIFE_SUSPENDED] = "suspended",
	[LIFE_REVOKED] = "revoked", [LIFE_SUPERSEDED] = "superseded",
	[LIFE_EXPIRED] = "expired",
};

enum { SUSPENDS = 1, REVOKES = 2 };

/* The texts stand on public pages, beside a name. They say what holds, not who did what. */
static const struct reason {
	int code;
	unsigned use;
	const char *text;
} reasons[] = {
	{ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR, REVOKES,
	 "The issuer has withdrawn this credential because of an error in issuing it."},
	{ISSUANCE__LIFE_REASON__INTEGRITY_FOUNDED, REVOKES,
	 "The issuer has withdrawn this credential."},
	{ISSUANCE__LIFE_REASON__APPEAL_BY_ISSUER, REVOKES,
	 "The issuer has withdrawn this credential after a review of its decision."},
	{ISSUANCE__LIFE_REASON__KEY_COMPROMISE, REVOKES,
	 "The issuer has withdrawn this credential because of its own signing key."},
	{ISSUANCE__LIFE_REASON__DUPLICATE, REVOKES,
	 "The issuer has withdrawn this credential; another one stands for the same work."},
	{ISSUANCE__LIFE_REASON__EARNER_REQUEST, SUSPENDS | REVOKES,
	 "The credential does not count, at the request of its holder."},
	{ISSUANCE__LIFE_REASON__LEGAL_ORDER, SUSPENDS | REVOKES, "The credential does not count."},
	{ISSUANCE__LIFE_REASON__UNDER_REVIEW, SUSPENDS,
	 "The credential does not count for the time being."},
	{ISSUANCE__LIFE_REASON__CORRECTION, 0, "A corrected credential has taken its place."},
	{ISSUANCE__LIFE_REASON__RENEWAL, 0, "A newer credential has taken its place."},
	{ISSUANCE__LIFE_REASON__STACK_RULE, 0,
	 "The credentials that it stands on do not all count any more."},
	{ISSUANCE__LIFE_REASON__APPEAL_UPHELD, 0, "It stands in the place of a withdrawn one."},
};

bool life_next(enum life_state state, enum life_act act, enum life_state *next_r)
{
	signed char to = next[act][state];

	if (to == NO)
		return false;
	*next_r = (enum life_state)to;
	return true;
}

const char *life_state_name(enum life_state state)
{
	return names[state];
}

static const struct reason *reason_find(int code)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return &reasons[i];
	return NULL;
}

bool reason_suspends(int code)
{
	const struct reason *reason = reason_find(code);

	return reason != NULL && (reason->use & SUSPENDS) != 0;
}

bool reason_revokes(int code)
{
	const struct reason *reason = reason_find(code);

	return reason != NULL && (reason->use & REVOKES) != 0;
}

const char *reason_text(int code)
{
	const struct reason *reason = reason_find(code);

	return reason != NULL ? reason->text : "";
}

bool life_is_listed(enum life_state state, int reason)
{
	return state == LIFE_SUSPENDED || state == LIFE_REVOKED ||
	       (state == LIFE_SUPERSEDED && reason == ISSUANCE__LIFE_REASON__CORRECTION);
}
