/* Links by which a holder shows a credential: made with an end, and withdrawn at any time. */
#include "services/issuance/decide_parts.h"
#include "services/issuance/tables_share.h"

#define YEARS_MAX 5

/* The holder, or an operator in their place. To anybody else it does not exist. */
static bool is_theirs(const struct decision *d, struct bytes educator)
{
	return d->roles & ROLE_OPERATOR || bytes_equal(bytes_of_id(&d->actor), educator);
}

static enum verdict check_period(int64_t until_us, struct decision *d)
{
	if (until_us > d->now_us && until_us - d->now_us <= YEARS_MAX * 366 * US_PER_DAY)
		return ACCEPTED;
	return refuse_text(d, ISSUANCE__REASON__SHARE_PERIOD,
			   "until_us: the link ends after now and within %d years", YEARS_MAX);
}

static enum verdict check_room(const struct view *view, const Issuance__CredentialIssued *c,
			       struct decision *d)
{
	struct bytes after = BYTES_NONE;
	struct share share;
	unsigned n = 0;

	while (share_next(view, bytes_of_pb(c->educator), after, d->arena, &share)) {
		after = bytes_of_pb(share.made->share);
		n += bytes_equal(bytes_of_pb(share.made->credential), bytes_of_pb(c->credential)) &&
		     share_state(&share, d->now_us) == SHARE_OPEN;
	}
	if (n < SHARES_OPEN_MAX)
		return ACCEPTED;
	return refuse_text(d, ISSUANCE__REASON__TOO_MANY_SHARES,
			   "credential: %d links to it are open; withdraw one first",
			   SHARES_OPEN_MAX);
}

static bool is_erased(const struct view *view, struct bytes educator, struct decision *d)
{
	const Issuance__EducatorNoted *noted = educator_get(view, educator, d->arena);

	return noted == NULL || noted->person == NULL;
}

enum verdict decide_share_credential(const struct view *view, const Issuance__Command *cmd,
				     struct decision *d)
{
	const Issuance__ShareCredential *ask = cmd->share_credential;
	struct bytes id = bytes_of_pb(ask->share), credential = bytes_of_pb(ask->credential);
	Issuance__CredentialShared shared = ISSUANCE__CREDENTIAL_SHARED__INIT;
	const Issuance__CredentialIssued *c;
	struct share known;

	if (!is_timed_id(id) || !is_id(credential))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID,
				   "share, credential: ids are expected, a new one for the share");
	if (share_get(view, id, d->arena, &known))
		return refuse(d, ISSUANCE__REASON__ID_TAKEN);
	c = credential_get(view, credential, d->arena);
	if (c == NULL || !is_theirs(d, bytes_of_pb(c->educator)))
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_CREDENTIAL,
				   "credential: not one of yours");
	if (check_period(ask->until_us, d) != ACCEPTED || check_room(view, c, d) != ACCEPTED)
		return REFUSED;
	if (is_erased(view, bytes_of_pb(c->educator), d))
		return refuse_text(d, ISSUANCE__REASON__NO_EDUCATOR,
				   "credential: its holder was erased");
	shared.share = ask->share;
	shared.credential = ask->credential;
	shared.educator = c->educator;
	shared.until_us = ask->until_us;
	shared.with_name = ask->with_name;
	EMIT(d, credential, CREDENTIAL_SHARED, credential_shared, &shared);
	return ACCEPTED;
}

enum verdict decide_withdraw_share(const struct view *view, const Issuance__Command *cmd,
				   struct decision *d)
{
	struct bytes id = bytes_of_pb(cmd->withdraw_share->share);
	Issuance__ShareWithdrawn gone = ISSUANCE__SHARE_WITHDRAWN__INIT;
	struct share share;

	if (!is_id(id))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID, "share: 16 bytes are expected");
	if (!share_get(view, id, d->arena, &share) ||
	    !is_theirs(d, bytes_of_pb(share.made->educator)))
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_SHARE,
				   "share: not a link of yours");
	if (share_state(&share, d->now_us) != SHARE_OPEN)
		return refuse_text(d, ISSUANCE__REASON__SHARE_CLOSED,
				   "share: the link shows nothing any more");
	gone.share = share.made->share;
	gone.credential = share.made->credential;
	gone.educator = share.made->educator;
	EMIT(d, bytes_of_pb(gone.credential), SHARE_WITHDRAWN, share_withdrawn, &gone);
	return ACCEPTED;
}
