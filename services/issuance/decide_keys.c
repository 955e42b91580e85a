/* What an issuer's keys may be asked to do: be made, take over, be given up. */
#include "libshared/check.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/keys.h"
#include "services/issuance/signer.h"

#include <string.h>

#define BECAUSE_MAX 200

/* ---- checks, which prepare.c makes too ---- */

static enum verdict check_issuer(const struct view *view, struct bytes issuer, struct decision *d)
{
	if (!is_id(issuer))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID, "issuer: 16 bytes are expected");
	if (issuer_get(view, issuer, d->arena) == NULL)
		return refuse_text(
			d, ISSUANCE__REASON__UNKNOWN_ISSUER,
			"issuer: not known here; load the catalogue that names it first");
	return ACCEPTED;
}

static enum verdict check_room(const struct view *view, struct bytes issuer, Issuance__KeyKind kind,
			       struct decision *d)
{
	if ((unsigned)kind >= SIGNER_KINDS)
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_KEY, "kind: no such kind of key");
	if (issuer_key_count(view, issuer) >= KEYS_MAX)
		return refuse_text(d, ISSUANCE__REASON__TOO_MANY_KEYS,
				   "issuer: it has %d keys, and none is ever forgotten", KEYS_MAX);
	return ACCEPTED;
}

static enum verdict check_because(const char *because, struct decision *d)
{
	size_t len = strlen(because);

	if (len == 0 || len > BECAUSE_MAX || !text_is_clean(because, len))
		return refuse_text(d, ISSUANCE__REASON__NO_REASON_GIVEN,
				   "because: say why, in 1 to %d bytes of text", BECAUSE_MAX);
	return ACCEPTED;
}

static enum verdict check_add(const struct view *view, const Issuance__AddKey *ask,
			      struct decision *d)
{
	struct bytes issuer = bytes_of_pb(ask->issuer);

	if (check_issuer(view, issuer, d) != ACCEPTED ||
	    check_room(view, issuer, ask->kind, d) != ACCEPTED)
		return REFUSED;
	if (issuer_key_of(view, issuer, ask->kind, d->arena) != NULL)
		return refuse_text(d, ISSUANCE__REASON__ISSUER_HAS_KEY,
				   "issuer: it has a signing key of that kind already; cairnctl "
				   "keys rotate makes another one");
	return ACCEPTED;
}

static enum verdict check_rotate(const struct view *view, const Issuance__RotateKey *ask,
				 struct decision *d)
{
	struct bytes issuer = bytes_of_pb(ask->issuer);

	if (check_issuer(view, issuer, d) != ACCEPTED ||
	    check_because(ask->because, d) != ACCEPTED ||
	    check_room(view, issuer, ask->kind, d) != ACCEPTED)
		return REFUSED;
	if (issuer_key_of(view, issuer, ask->kind, d->arena) == NULL)
		return refuse_text(d, ISSUANCE__REASON__NO_SIGNING_KEY,
				   "issuer: it has no signing key of that kind yet; cairnctl keys "
				   "add makes one");
	return ACCEPTED;
}

static enum verdict check_revoke(const struct view *view, const Issuance__RevokeKey *ask,
				 struct decision *d, struct issuer_key *key_r)
{
	struct bytes issuer = bytes_of_pb(ask->issuer);
	bool active;

	if (check_issuer(view, issuer, d) != ACCEPTED || check_because(ask->because, d) != ACCEPTED)
		return REFUSED;
	if (!issuer_key_find(view, issuer, ask->key, d->arena, key_r))
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_KEY,
				   "key: the issuer has none of that name");
	if (key_r->row.state == STATE_REVOKED)
		return refuse_text(d, ISSUANCE__REASON__KEY_IS_REVOKED, "key: revoked already");
	active = key_r->row.state == STATE_ACTIVE;
	if (active && key_r->row.kind == ISSUANCE__KEY_KIND__ED25519 && !ask->replace)
		return refuse_text(d, ISSUANCE__REASON__LAST_ACTIVE_KEY,
				   "key: it is the one that signs; replace it by a new one in the "
				   "same command");
	return ask->replace ? check_room(view, issuer, key_r->added->kind, d) : ACCEPTED;
}

bool key_wanted(const struct view *view, const Issuance__Command *cmd, struct decision *d,
		struct key_wish *wish_r)
{
	struct issuer_key key;

	switch (cmd->body_case) {
	case ISSUANCE__COMMAND__BODY_ADD_KEY:
		*wish_r = (struct key_wish){bytes_of_pb(cmd->add_key->issuer), cmd->add_key->kind};
		return check_add(view, cmd->add_key, d) == ACCEPTED;
	case ISSUANCE__COMMAND__BODY_ROTATE_KEY:
		*wish_r = (struct key_wish){bytes_of_pb(cmd->rotate_key->issuer),
					    cmd->rotate_key->kind};
		return check_rotate(view, cmd->rotate_key, d) == ACCEPTED;
	case ISSUANCE__COMMAND__BODY_REVOKE_KEY:
		if (!cmd->revoke_key->replace ||
		    check_revoke(view, cmd->revoke_key, d, &key) != ACCEPTED)
			return false;
		*wish_r = (struct key_wish){bytes_of_pb(cmd->revoke_key->issuer), key.added->kind};
		return key.row.state == STATE_ACTIVE;
	default:
		return false;
	}
}

/* ---- events ---- */

/* The key that prepare.c made for this command. */
static enum verdict emit_added(const struct view *view, struct bytes issuer, Issuance__KeyKind kind,
			       const char *because, struct decision *d)
{
	Issuance__KeyAdded added = ISSUANCE__KEY_ADDED__INIT;
	struct public_key key;

	if (!signer_public(d->caps->signer, issuer, bytes_of_id(&d->input_id), &key))
		return refuse_text(d, ISSUANCE__REASON__NO_SIGNING_KEY,
				   "the key could not be made; see the log");
	added.issuer = pb_of_bytes(issuer);
	added.key = key.name;
	added.did = issuer_get(view, issuer, d->arena)->issuer->did;
	added.kind = kind;
	added.jwk = key.jwk;
	added.because = arena_text(d->arena, bytes_of_text(because));
	EMIT(d, issuer, KEY_ADDED, key_added, &added);
	return ACCEPTED;
}

/* ---- rules ---- */

/* The first key of its kind. Badges held for want of it can be issued then. */
enum verdict decide_add_key(const struct view *view, const Issuance__Command *cmd,
			    struct decision *d)
{
	const Issuance__AddKey *ask = cmd->add_key;

	if (check_add(view, ask, d) != ACCEPTED)
		return REFUSED;
	return emit_added(view, bytes_of_pb(ask->issuer), ask->kind, "", d);
}

/* The new key signs from here on; what the old one signed still verifies. */
enum verdict decide_rotate_key(const struct view *view, const Issuance__Command *cmd,
			       struct decision *d)
{
	const Issuance__RotateKey *ask = cmd->rotate_key;
	struct bytes issuer = bytes_of_pb(ask->issuer);
	Issuance__KeyRetired retired = ISSUANCE__KEY_RETIRED__INIT;

	if (check_rotate(view, ask, d) != ACCEPTED ||
	    emit_added(view, issuer, ask->kind, ask->because, d) != ACCEPTED)
		return REFUSED;
	retired.issuer = ask->issuer;
	retired.key = issuer_key_of(view, issuer, ask->kind, d->arena)->key;
	retired.because = ask->because;
	EMIT(d, issuer, KEY_RETIRED, key_retired, &retired);
	return ACCEPTED;
}

/* What it signed fails from here on, until it is signed again by another. */
enum verdict decide_revoke_key(const struct view *view, const Issuance__Command *cmd,
			       struct decision *d)
{
	const Issuance__RevokeKey *ask = cmd->revoke_key;
	struct bytes issuer = bytes_of_pb(ask->issuer);
	Issuance__KeyRevoked revoked = ISSUANCE__KEY_REVOKED__INIT;
	struct issuer_key key;

	if (check_revoke(view, ask, d, &key) != ACCEPTED)
		return REFUSED;
	if (ask->replace && key.row.state == STATE_ACTIVE &&
	    emit_added(view, issuer, key.added->kind, ask->because, d) != ACCEPTED)
		return REFUSED;
	revoked.issuer = ask->issuer;
	revoked.key = ask->key;
	revoked.because = ask->because;
	EMIT(d, issuer, KEY_REVOKED, key_revoked, &revoked);
	return ACCEPTED;
}
