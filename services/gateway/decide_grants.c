/* What accounts may: roles granted and revoked, tokens made and revoked. */
#include "services/gateway/decide_parts.h"
#include "services/gateway/signin/scopes.h"

#include <string.h>

#define GRANTS_MAX 100 /* of one account, revoked ones too */
#define TOKENS_MAX 100
#define LABEL_MAX 60
#define TOKEN_MOST_US (366 * US_PER_DAY)
#define SECRET_LEN 32

/* ---- grants ---- */

static enum verdict check_role(const Gateway__GrantRole *ask, const struct account *row,
			       struct decision *d)
{
	bool reads = ask->role == GATEWAY__ROLE__ASSESSOR || ask->role == GATEWAY__ROLE__LEAD;

	if (ask->role == GATEWAY__ROLE__ROLE_UNSPECIFIED)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "role: expected teacher, assessor, lead, issuer, district, "
				   "agency, coach, auditor or operator");
	if (ask->until_us != 0 && ask->until_us <= d->now_us)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "until: expected a time to come, or none");
	if (ask->role == GATEWAY__ROLE__DISTRICT && ask->org.len == 0)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "org: of which district or school?");
	if (ask->role == GATEWAY__ROLE__TEACHER && !is_id(BYTES_OF(row->educator)))
		return refuse_text(d, GATEWAY__REASON__NOT_IDENTIFIED,
				   "tell first which educator the account is");
	if (reads && !is_id(BYTES_OF(row->assessor)))
		return refuse_text(d, GATEWAY__REASON__NOT_IDENTIFIED,
				   "tell first which assessor the account is");
	return ACCEPTED;
}

/* The same role for the same organisation, held now. */
static bool is_granted(const struct view *view, const Gateway__GrantRole *ask, int64_t now_us)
{
	struct bytes account = bytes_of_pb(ask->account), key, val;
	struct scan scan = scan_first(view, GRANT_OF, account, account);
	uint8_t org[ID_LEN];

	id_put(org, ask->org);
	while (scan_next(&scan, &key, &val)) {
		struct grant row;

		if (!grant_get(view, (struct bytes){key.data + ID_LEN, ID_LEN}, &row) ||
		    row.role != (uint32_t)ask->role || !grant_holds(&row, now_us) ||
		    memcmp(row.org, org, ID_LEN) != 0)
			continue;
		scan_end(&scan);
		return true;
	}
	return false;
}

enum verdict decide_grant_role(const struct view *view, const Gateway__Command *cmd,
			       struct decision *d)
{
	const Gateway__GrantRole *ask = cmd->grant_role;
	Gateway__RoleGranted granted = GATEWAY__ROLE_GRANTED__INIT;
	struct bytes account = bytes_of_pb(ask->account), by = by_of(d, ask->by);
	struct account row;

	if (check_new(view, GRANT, ask->grant, "grant", d) == REFUSED ||
	    check_id_or_none(ask->org, "org", d) == REFUSED ||
	    !find_account(view, ask->account, &row, d) || check_role(ask, &row, d) == REFUSED)
		return REFUSED;
	if (bytes_equal(by, account))
		return refuse_text(d, GATEWAY__REASON__OWN_ACCESS,
				   "nobody grants a role to the own account: ask somebody else");
	if (!(may_give(view, d, by) & ROLE_BIT(ask->role)))
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "that role is not yours to give: ask an operator");
	if (is_granted(view, ask, d->now_us))
		return refuse_text(d, GATEWAY__REASON__ALREADY_GRANTED,
				   "the account has that role there");
	if (rows_of(view, GRANT_OF, account, GRANTS_MAX) == GRANTS_MAX)
		return refuse_text(d, GATEWAY__REASON__TOO_MANY, "an account has at most %d grants",
				   GRANTS_MAX);
	granted.grant = ask->grant;
	granted.account = ask->account;
	granted.role = ask->role;
	granted.org = ask->org;
	granted.until_us = ask->until_us;
	granted.by = pb_of_bytes(by);
	EMIT(d, account, ROLE_GRANTED, role_granted, &granted);
	return ACCEPTED;
}

enum verdict decide_revoke_grant(const struct view *view, const Gateway__Command *cmd,
				 struct decision *d)
{
	const Gateway__RevokeGrant *ask = cmd->revoke_grant;
	Gateway__GrantRevoked revoked = GATEWAY__GRANT_REVOKED__INIT;
	struct bytes id = bytes_of_pb(ask->grant), by = by_of(d, ask->by);
	struct grant row;

	if (!is_id(id))
		return refuse_text(d, GATEWAY__REASON__BAD_ID, "grant: expected an id of 16 bytes");
	if (!grant_get(view, id, &row))
		return refuse_text(d, GATEWAY__REASON__UNKNOWN_GRANT, "there is no grant %s",
				   ID_STR(id));
	if (check_because(ask->because, d) == REFUSED)
		return REFUSED;
	if (bytes_equal(by, BYTES_OF(row.account)))
		return refuse_text(d, GATEWAY__REASON__OWN_ACCESS,
				   "somebody else takes a role of yours away");
	if (!(may_give(view, d, by) & ROLE_BIT(row.role)))
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "that role is not yours to take: ask an operator");
	if (!grant_holds(&row, d->now_us))
		return refuse_text(d, GATEWAY__REASON__ALREADY_REVOKED,
				   "the grant is over already");
	revoked.grant = ask->grant;
	revoked.account = pb_of_bytes(arena_copy(d->arena, BYTES_OF(row.account)));
	revoked.role = (Gateway__Role)row.role;
	revoked.because = ask->because;
	revoked.by = pb_of_bytes(by);
	EMIT(d, BYTES_OF(row.account), GRANT_REVOKED, grant_revoked, &revoked);
	return ACCEPTED;
}

/* ---- tokens ---- */

static enum verdict check_scopes(const Gateway__MakeToken *ask, struct decision *d)
{
	scope_set seen = 0;

	if (ask->n_scopes == 0)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "scopes: name what the token is for");
	for (size_t i = 0; i < ask->n_scopes; i++) {
		scope_set scope = scope_of_name(ask->scopes[i]);

		if (scope == 0 || (seen & scope))
			return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
					   "scopes: \"%.60s\" is no scope, or named twice",
					   ask->scopes[i]);
		seen |= scope;
	}
	return ACCEPTED;
}

/* A word, so that nobody's name gets into it by habit. */
static bool label_is_sound(const char *label)
{
	size_t len = strlen(label);

	return len > 0 && len <= LABEL_MAX &&
	       strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

/* Holders' licenses are told to licensure systems, which an operator knows; nobody takes a state.
 */
static enum verdict check_state(const char *state, struct decision *d)
{
	if (state[0] == '\0')
		return ACCEPTED;
	if (d->roles & ROLE_SELF)
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "state: an operator gives it to a licensure system's token");
	if (strlen(state) != 2 || strspn(state, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "state: expected two letters, as TN");
	return ACCEPTED;
}

static enum verdict check_token(const Gateway__MakeToken *ask, struct decision *d)
{
	if (!label_is_sound(ask->label))
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "label: expected 1 to %d of a-z, 0-9 and . _ -", LABEL_MAX);
	if (ask->secret.len != SECRET_LEN)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "secret: expected 32 bytes, the hash of it");
	if (ask->expires_us <= d->now_us || ask->expires_us > d->now_us + TOKEN_MOST_US)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "expires: expected a time within the next 366 days");
	return check_scopes(ask, d);
}

/* A token may at most what its owner may, so only its owner makes one, or an operator for them. */
enum verdict decide_make_token(const struct view *view, const Gateway__Command *cmd,
			       struct decision *d)
{
	const Gateway__MakeToken *ask = cmd->make_token;
	Gateway__TokenMade made = GATEWAY__TOKEN_MADE__INIT;
	struct bytes account = bytes_of_pb(ask->account), by = by_of(d, ask->by);
	struct account row;

	if (check_new(view, TOKEN, ask->token, "token", d) == REFUSED ||
	    !find_account(view, ask->account, &row, d) || check_token(ask, d) == REFUSED ||
	    check_state(ask->state, d) == REFUSED)
		return REFUSED;
	if ((d->roles & ROLE_SELF) && !bytes_equal(by, account))
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "tokens are made by whom they speak for");
	if (rows_of(view, TOKEN_OF, account, TOKENS_MAX) == TOKENS_MAX)
		return refuse_text(d, GATEWAY__REASON__TOO_MANY,
				   "an account makes at most %d tokens", TOKENS_MAX);
	made.token = ask->token;
	made.account = ask->account;
	made.label = ask->label;
	made.scopes = ask->scopes;
	made.n_scopes = ask->n_scopes;
	made.secret = ask->secret;
	made.expires_us = ask->expires_us;
	made.by = pb_of_bytes(by);
	made.state = ask->state;
	EMIT(d, account, TOKEN_MADE, token_made, &made);
	return ACCEPTED;
}

enum verdict decide_revoke_token(const struct view *view, const Gateway__Command *cmd,
				 struct decision *d)
{
	const Gateway__RevokeToken *ask = cmd->revoke_token;
	Gateway__TokenRevoked revoked = GATEWAY__TOKEN_REVOKED__INIT;
	struct bytes id = bytes_of_pb(ask->token), by = by_of(d, ask->by);
	const Gateway__TokenMade *token;
	struct token_state state;

	if (!is_id(id))
		return refuse_text(d, GATEWAY__REASON__BAD_ID, "token: expected an id of 16 bytes");
	token = token_get(view, id, &state, d->arena);
	/* Another's token is not even there. */
	if (token == NULL ||
	    (!bytes_equal(by, bytes_of_pb(token->account)) && may_give(view, d, by) == 0))
		return refuse_text(d, GATEWAY__REASON__UNKNOWN_TOKEN, "there is no token %s",
				   ID_STR(id));
	if (state.revoked_us != 0)
		return refuse_text(d, GATEWAY__REASON__ALREADY_REVOKED,
				   "the token is revoked already");
	revoked.token = ask->token;
	revoked.account = token->account;
	revoked.by = pb_of_bytes(by);
	EMIT(d, bytes_of_pb(token->account), TOKEN_REVOKED, token_revoked, &revoked);
	return ACCEPTED;
}
