/* Roles that an identity provider vouches for: given, renewed, withdrawn, at each sign-in. */
#include "services/gateway/decide_parts.h"

#include <string.h>

#define VOUCHED_MAX 9
#define GRANTS_MAX 100

static const char no_longer[] = "the identity provider no longer gives it";

static enum verdict check_vouched(const Gateway__Vouched *v, const struct account *row,
				  struct decision *d)
{
	bool reads = v->role == GATEWAY__ROLE__ASSESSOR || v->role == GATEWAY__ROLE__LEAD;

	if (v->role == GATEWAY__ROLE__ROLE_UNSPECIFIED || v->role >= GATEWAY__ROLE__OPERATOR)
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "role: an identity provider gives all but operator");
	if (check_id_or_none(v->org, "org", d) == REFUSED)
		return REFUSED;
	if (v->role == GATEWAY__ROLE__DISTRICT && v->org.len == 0)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "org: of which district or school?");
	if ((v->role == GATEWAY__ROLE__TEACHER && !is_id(BYTES_OF(row->educator))) ||
	    (reads && !is_id(BYTES_OF(row->assessor))))
		return refuse_text(d, GATEWAY__REASON__NOT_IDENTIFIED,
				   "tell first which educator or assessor the account is");
	return ACCEPTED;
}

static bool is_same(const struct grant *row, const Gateway__Vouched *v)
{
	uint8_t org[ID_LEN];

	id_put(org, v->org);
	return row->role == (uint32_t)v->role && memcmp(row->org, org, ID_LEN) == 0;
}

static bool is_asked(const Gateway__RenewRoles *ask, const struct grant *row)
{
	for (size_t i = 0; i < ask->n_roles; i++)
		if (is_same(row, ask->roles[i]))
			return true;
	return false;
}

/* What it gave before and gives no more. */
static void withdraw(const struct view *view, const Gateway__RenewRoles *ask, struct decision *d)
{
	struct bytes account = bytes_of_pb(ask->account), key, val;
	struct scan scan = scan_first(view, GRANT_OF, account, account);

	while (scan_next(&scan, &key, &val)) {
		Gateway__GrantRevoked revoked = GATEWAY__GRANT_REVOKED__INIT;
		struct bytes id = {key.data + ID_LEN, ID_LEN};
		struct grant row;

		if (!grant_get(view, id, &row) || !row.vouched || !grant_holds(&row, d->now_us) ||
		    is_asked(ask, &row))
			continue;
		revoked.grant = pb_of_bytes(id);
		revoked.account = ask->account;
		revoked.role = (Gateway__Role)row.role;
		revoked.because = arena_text(d->arena, bytes_of_text(no_longer));
		EMIT(d, account, GRANT_REVOKED, grant_revoked, &revoked);
	}
}

/* What the account has of that role: held by hand, and what was ever vouched for. */
struct had {
	bool by_hand, open;
	struct id vouched; /* ID_NONE: never */
	int64_t until_us;
};

static struct had had_of(const struct view *view, struct bytes account, const Gateway__Vouched *v,
			 int64_t now_us)
{
	struct scan scan = scan_first(view, GRANT_OF, account, account);
	struct had had = {.vouched = ID_NONE};
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct bytes id = {key.data + ID_LEN, ID_LEN};
		struct grant row;

		if (!grant_get(view, id, &row) || !is_same(&row, v))
			continue;
		if (row.vouched) {
			had.vouched = id_of_bytes(id);
			had.open = grant_holds(&row, now_us);
			had.until_us = row.until_us;
		} else if (grant_holds(&row, now_us)) {
			had.by_hand = true;
		}
	}
	return had;
}

/* One that still has half of its time is left alone: not every sign-in changes access. */
static void give(const struct view *view, const Gateway__RenewRoles *ask, const Gateway__Vouched *v,
		 struct decision *d)
{
	struct bytes account = bytes_of_pb(ask->account);
	struct had had = had_of(view, account, v, d->now_us);
	Gateway__RoleGranted granted = GATEWAY__ROLE_GRANTED__INIT;

	if (had.by_hand || (had.open && had.until_us - d->now_us > (ask->until_us - d->now_us) / 2))
		return;
	granted.grant = id_is_none(&had.vouched) ? pb_of_bytes(new_id(d)) : pb_of_id(&had.vouched);
	granted.account = ask->account;
	granted.role = v->role;
	granted.org = v->org;
	granted.until_us = ask->until_us;
	granted.vouched = true;
	EMIT(d, account, ROLE_GRANTED, role_granted, &granted);
}

static bool is_twice(const Gateway__RenewRoles *ask, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (ask->roles[i]->role == ask->roles[at]->role &&
		    bytes_equal(bytes_of_pb(ask->roles[i]->org), bytes_of_pb(ask->roles[at]->org)))
			return true;
	return false;
}

enum verdict decide_renew_roles(const struct view *view, const Gateway__Command *cmd,
				struct decision *d)
{
	const Gateway__RenewRoles *ask = cmd->renew_roles;
	struct account row;

	if (!find_account(view, ask->account, &row, d))
		return REFUSED;
	if (ask->until_us <= d->now_us || ask->n_roles > VOUCHED_MAX)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "until, roles: expected a time to come, and at most %d",
				   VOUCHED_MAX);
	for (size_t i = 0; i < ask->n_roles; i++) {
		if (check_vouched(ask->roles[i], &row, d) == REFUSED)
			return REFUSED;
		if (is_twice(ask, i))
			return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
					   "roles: one stands there twice");
	}
	if (rows_of(view, GRANT_OF, bytes_of_pb(ask->account), GRANTS_MAX) + ask->n_roles >
	    GRANTS_MAX)
		return refuse_text(d, GATEWAY__REASON__TOO_MANY, "an account has at most %d grants",
				   GRANTS_MAX);
	withdraw(view, ask, d);
	for (size_t i = 0; i < ask->n_roles; i++)
		give(view, ask, ask->roles[i], d);
	return ACCEPTED;
}
