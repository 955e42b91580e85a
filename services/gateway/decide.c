/* What may be asked of the gateway about access, and by whom: the table, and what all rules need.
 */
#include "services/gateway/decide_parts.h"
#include "services/gateway/gateway.h"

#include <string.h>

#define ALL_ROLES ((1u << GATEWAY__ROLE__OPERATOR) - 1)
/* Those who look at everybody, or over the agency's own shoulder, are an operator's to name. */
#define AGENCY_GIVES                                                                               \
	(ALL_ROLES & ~(ROLE_BIT(GATEWAY__ROLE__OPERATOR) | ROLE_BIT(GATEWAY__ROLE__AGENCY) |       \
		       ROLE_BIT(GATEWAY__ROLE__AUDITOR)))

/* A peer cannot speak for somebody in the message: that is what Head.actor is for. */
struct bytes by_of(const struct decision *d, ProtobufCBinaryData by)
{
	if (d->roles & ROLE_SELF)
		return bytes_of_pb(by);
	return id_is_none(&d->actor) ? BYTES_NONE : bytes_of_id(&d->actor);
}

uint32_t may_give(const struct view *view, const struct decision *d, struct bytes by)
{
	uint32_t held;

	/* cairnctl, on the machine itself: the first account, and the way back in. */
	if (!(d->roles & ROLE_SELF))
		return d->roles & ROLE_OPERATOR ? ALL_ROLES : 0;
	/* What an identity provider vouches for. It makes no operators. */
	if (by.len == 0)
		return ALL_ROLES & ~ROLE_BIT(GATEWAY__ROLE__OPERATOR);
	held = is_id(by) ? roles_held(view, by, d->now_us, NULL) : 0;
	if (held & ROLE_BIT(GATEWAY__ROLE__OPERATOR))
		return ALL_ROLES;
	return held & ROLE_BIT(GATEWAY__ROLE__AGENCY) ? AGENCY_GIVES : 0;
}

enum verdict check_over(const struct view *view, struct bytes account, struct bytes by,
			struct decision *d)
{
	uint32_t may = may_give(view, d, by);

	if (may == 0 || (roles_held(view, account, d->now_us, NULL) & ~may) != 0)
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "the account has a role that you may not give: an operator may");
	return ACCEPTED;
}

bool find_account(const struct view *view, ProtobufCBinaryData account, struct account *row_r,
		  struct decision *d)
{
	struct bytes id = bytes_of_pb(account);

	if (!is_id(id))
		refuse_text(d, GATEWAY__REASON__BAD_ID, "account: expected an id of 16 bytes");
	else if (!account_get(view, id, row_r))
		refuse_text(d, GATEWAY__REASON__UNKNOWN_ACCOUNT, "there is no account %s",
			    ID_STR(id));
	else if (row_r->closed)
		refuse_text(d, GATEWAY__REASON__ACCOUNT_CLOSED,
			    "account %s is closed: open another one", ID_STR(id));
	else
		return true;
	return false;
}

enum verdict check_new(const struct view *view, unsigned table, ProtobufCBinaryData id,
		       const char *field, struct decision *d)
{
	struct bytes val, key = bytes_of_pb(id);

	if (!is_id(key))
		return refuse_text(d, GATEWAY__REASON__BAD_ID, "%s: expected an id of 16 bytes",
				   field);
	if (view_get(view, table, key, &val))
		return refuse_text(d, GATEWAY__REASON__ID_TAKEN, "%s %s is taken: use a new id",
				   field, ID_STR(key));
	return ACCEPTED;
}

enum verdict check_id_or_none(ProtobufCBinaryData id, const char *field, struct decision *d)
{
	if (id.len != 0 && !is_id(bytes_of_pb(id)))
		return refuse_text(d, GATEWAY__REASON__BAD_ID,
				   "%s: expected an id of 16 bytes, or nothing", field);
	return ACCEPTED;
}

enum verdict check_because(const char *because, struct decision *d)
{
	if (because[0] == '\0' || strlen(because) > BECAUSE_MAX)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "because: say why, in 1 to %d bytes", BECAUSE_MAX);
	return ACCEPTED;
}

#define BY_HAND (ROLE_SELF | ROLE_OPERATOR)

static const struct rule {
	rule_fn *decide;
	uint32_t roles;
} rules[] = {
	[GATEWAY__COMMAND__BODY_OPEN_ACCOUNT] = {decide_open_account, BY_HAND},
	[GATEWAY__COMMAND__BODY_LINK_IDENTITY] = {decide_link_identity, BY_HAND},
	[GATEWAY__COMMAND__BODY_SET_PASSWORD] = {decide_set_password, BY_HAND},
	[GATEWAY__COMMAND__BODY_GRANT_ROLE] = {decide_grant_role, BY_HAND},
	[GATEWAY__COMMAND__BODY_REVOKE_GRANT] = {decide_revoke_grant, BY_HAND},
	[GATEWAY__COMMAND__BODY_CLOSE_ACCOUNT] = {decide_close_account, BY_HAND},
	[GATEWAY__COMMAND__BODY_MAKE_TOKEN] = {decide_make_token, BY_HAND},
	[GATEWAY__COMMAND__BODY_REVOKE_TOKEN] = {decide_revoke_token, BY_HAND},
	[GATEWAY__COMMAND__BODY_NOTE_SIGN_IN] = {decide_note_sign_in, ROLE_SELF},
	[GATEWAY__COMMAND__BODY_NOTE_REFUSED] = {decide_note_refused, ROLE_SELF},
	[GATEWAY__COMMAND__BODY_NOTE_SIGNED_OUT] = {decide_note_signed_out, ROLE_SELF},
	[GATEWAY__COMMAND__BODY_MAKE_RESET] = {decide_make_reset, BY_HAND},
	[GATEWAY__COMMAND__BODY_CHOOSE_LANGUAGE] = {decide_choose_language, ROLE_SELF},
	[GATEWAY__COMMAND__BODY_IDENTIFY_ACCOUNT] = {decide_identify_account, BY_HAND},
	[GATEWAY__COMMAND__BODY_NOTE_KEY_DESTROYED] = {decide_note_key_destroyed, ROLE_SELF},
	[GATEWAY__COMMAND__BODY_RENEW_ROLES] = {decide_renew_roles, ROLE_SELF},
	[GATEWAY__COMMAND__BODY_CONNECT_CLIENT] = {decide_connect_client, ROLE_SELF},
	[GATEWAY__COMMAND__BODY_DISCONNECT_CLIENT] = {decide_disconnect_client,
						      ROLE_SELF | ROLE_OPERATOR},
	[GATEWAY__COMMAND__BODY_SET_PROFILE] = {decide_set_profile, ROLE_SELF},
};

enum verdict gateway_decide(const struct view *view, const ProtobufCMessage *command,
			    struct decision *d)
{
	const Gateway__Command *cmd = (const Gateway__Command *)command;

	return rules[cmd->body_case].decide(view, cmd, d);
}

uint32_t gateway_command_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(rules) ? rules[kind].roles : 0;
}
