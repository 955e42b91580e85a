/* What each event changes: its rows, and one entry for the audit page. */
#include "services/gateway/apply_parts.h"
#include "services/gateway/gateway.h"
#include "services/gateway/lockout.h"

#include <string.h>

static bool account_of(struct txn *txn, ProtobufCBinaryData account, struct account *row_r)
{
	if (account_get(txn_view(txn), bytes_of_pb(account), row_r))
		return true;
	txn_fault(txn, "an event about an account that is not there");
	return false;
}

/* ---- accounts ---- */

static void apply_account_opened(struct txn *txn, const Gateway__Event *event,
				 const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__AccountOpened *e = event->account_opened;
	struct account row = {.opened_us = record->at_us};
	struct bytes id = bytes_of_pb(e->account), language = bytes_of_text(e->language);

	id_put(row.educator, e->educator);
	id_put(row.assessor, e->assessor);
	id_put(row.login, e->login);
	memcpy(row.language, language.data, MIN(language.len, LANGUAGE_LEN - 1));
	if (e->identity.len > 0) {
		identity_put(txn, bytes_of_pb(e->identity), id);
		row.identities = 1;
	}
	if (e->name != NULL)
		sealed_put(txn, NAME, id, e->name);
	account_put(txn, id, &row);
	entry->account = e->account;
	entry->by = e->by;
}

static void apply_identity_linked(struct txn *txn, const Gateway__Event *event,
				  const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__IdentityLinked *e = event->identity_linked;
	struct account row;

	(void)record;
	if (!account_of(txn, e->account, &row))
		return;
	row.identities++;
	identity_put(txn, bytes_of_pb(e->identity), bytes_of_pb(e->account));
	account_put(txn, bytes_of_pb(e->account), &row);
	entry->account = e->account;
	entry->by = e->by;
}

static void apply_account_identified(struct txn *txn, const Gateway__Event *event,
				     const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__AccountIdentified *e = event->account_identified;
	struct account row;

	(void)record;
	if (!account_of(txn, e->account, &row))
		return;
	if (e->educator.len > 0)
		id_put(row.educator, e->educator);
	if (e->assessor.len > 0)
		id_put(row.assessor, e->assessor);
	account_put(txn, bytes_of_pb(e->account), &row);
	entry->account = e->account;
	entry->by = e->by;
}

/* The door opens too: who was locked out has a password that works now. */
static void apply_password_set(struct txn *txn, const Gateway__Event *event,
			       const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__PasswordSet *e = event->password_set;
	struct account row;

	(void)record;
	if (!account_of(txn, e->account, &row))
		return;
	sealed_put(txn, PASSWORD, bytes_of_pb(e->account), e->password);
	reset_clear(txn, bytes_of_pb(e->account));
	door_clear(txn, BYTES_OF(row.login));
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->reset;
}

static void apply_reset_made(struct txn *txn, const Gateway__Event *event,
			     const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__ResetMade *e = event->reset_made;
	struct reset row = {.expires_us = e->expires_us};

	(void)record;
	id_put(row.reset, e->reset);
	memcpy(row.secret, e->secret.data, MIN(e->secret.len, sizeof row.secret));
	reset_put(txn, bytes_of_pb(e->account), &row);
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->reset;
	entry->until_us = e->expires_us;
}

static void apply_language_chosen(struct txn *txn, const Gateway__Event *event,
				  const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__LanguageChosen *e = event->language_chosen;
	struct bytes language = bytes_of_text(e->language);
	struct account row;

	(void)record;
	if (!account_of(txn, e->account, &row))
		return;
	memset(row.language, 0, sizeof row.language);
	memcpy(row.language, language.data, MIN(language.len, LANGUAGE_LEN - 1));
	account_put(txn, bytes_of_pb(e->account), &row);
	entry->account = e->account;
	entry->detail = e->language;
}

static void apply_account_closed(struct txn *txn, const Gateway__Event *event,
				 const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__AccountClosed *e = event->account_closed;
	struct bytes id = bytes_of_pb(e->account);
	struct account row;

	(void)record;
	if (!account_of(txn, e->account, &row))
		return;
	account_unfind(txn, id, &row);
	row.closed = 1;
	memset(row.login, 0, sizeof row.login);
	memset(row.educator, 0, sizeof row.educator);
	memset(row.assessor, 0, sizeof row.assessor);
	row.identities = 0;
	account_put(txn, id, &row);
	entry->account = e->account;
	entry->by = e->by;
	entry->detail = e->because;
}

static void apply_key_destroyed(struct txn *txn, const Gateway__Event *event,
				const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__KeyDestroyed *e = event->key_destroyed;

	(void)record;
	txn_delete(txn, TO_FORGET, bytes_of_pb(e->account));
	entry->account = e->account;
}

/* ---- grants and tokens ---- */

static void apply_role_granted(struct txn *txn, const Gateway__Event *event,
			       const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__RoleGranted *e = event->role_granted;
	struct grant row = {0};

	grant_get(txn_view(txn), bytes_of_pb(e->grant), &row); /* one that is renewed */
	row.granted_us = record->at_us;
	row.until_us = e->until_us;
	row.revoked_us = 0;
	row.role = (uint32_t)e->role;
	row.vouched = e->vouched ? 1 : 0;
	id_put(row.account, e->account);
	id_put(row.org, e->org);
	id_put(row.by, e->by);
	grant_put(txn, bytes_of_pb(e->grant), &row);
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->grant;
	entry->role = e->role;
	entry->org = e->org;
	entry->until_us = e->until_us;
}

static void apply_grant_revoked(struct txn *txn, const Gateway__Event *event,
				const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__GrantRevoked *e = event->grant_revoked;
	struct grant row;

	if (!grant_get(txn_view(txn), bytes_of_pb(e->grant), &row)) {
		txn_fault(txn, "grant_revoked: no such grant");
		return;
	}
	row.revoked_us = record->at_us;
	grant_put(txn, bytes_of_pb(e->grant), &row);
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->grant;
	entry->role = e->role;
	entry->detail = e->because;
}

static void apply_token_made(struct txn *txn, const Gateway__Event *event,
			     const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__TokenMade *e = event->token_made;
	struct token_state state = {.made_us = record->at_us};

	token_put(txn, e, &state);
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->token;
	entry->until_us = e->expires_us;
	entry->detail = e->label;
}

static void apply_token_revoked(struct txn *txn, const Gateway__Event *event,
				const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__TokenRevoked *e = event->token_revoked;
	struct token_state state;

	if (!row_get(txn_view(txn), TOKEN_STATE, bytes_of_pb(e->token), &state, sizeof state)) {
		txn_fault(txn, "token_revoked: no such token");
		return;
	}
	state.revoked_us = record->at_us;
	token_state_put(txn, bytes_of_pb(e->token), &state);
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->token;
}

/* ---- at the door ---- */

static const char *const means_words[] = {"", "password", "openid", "reset"};

static char *word(const char *const *words, unsigned n, int i)
{
	/* The entry is packed at once and not written to. */
	return (char *)(uintptr_t)words[i >= 0 && (unsigned)i < n ? i : 0];
}

static void apply_signed_in(struct txn *txn, const Gateway__Event *event,
			    const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__SignedIn *e = event->signed_in;
	struct account row;

	if (!account_of(txn, e->account, &row))
		return;
	row.signed_in_us = record->at_us;
	account_put(txn, bytes_of_pb(e->account), &row);
	door_clear(txn, BYTES_OF(row.login));
	entry->account = e->account;
	entry->by = e->account;
	entry->detail = word(means_words, ARRAY_LEN(means_words), (int)e->means);
	entry->address = e->address;
}

static void count_failure(struct txn *txn, ProtobufCBinaryData door, int64_t at_us)
{
	struct bytes id = bytes_of_pb(door);
	struct door row = {0};

	if (!is_id(id))
		return;
	if (door_get(txn_view(txn), id, &row) && at_us - row.last_us > LOCK_FORGET_US)
		row.failures = 0;
	row.failures++;
	row.last_us = at_us;
	door_put(txn, id, &row);
}

static void apply_sign_in_refused(struct txn *txn, const Gateway__Event *event,
				  const struct record *record, Gateway__AccessEntry *entry)
{
	static const char *const whys[] = {"", "wrong", "closed", "token_refused", "locked"};
	const Gateway__SignInRefused *e = event->sign_in_refused;

	count_failure(txn, e->login, record->at_us);
	count_failure(txn, e->address, record->at_us);
	entry->account = e->account;
	entry->about = e->login;
	entry->detail = word(whys, ARRAY_LEN(whys), (int)e->why);
	entry->address = e->address;
}

static void apply_locked_out(struct txn *txn, const Gateway__Event *event,
			     const struct record *record, Gateway__AccessEntry *entry)
{
	static const char *const of[] = {"login", "address"};
	const Gateway__LockedOut *e = event->locked_out;
	struct door row = {0};

	(void)record;
	door_get(txn_view(txn), bytes_of_pb(e->door), &row);
	row.locked_until_us = e->until_us;
	door_put(txn, bytes_of_pb(e->door), &row);
	entry->account = e->account;
	entry->about = e->door;
	entry->until_us = e->until_us;
	entry->detail = word(of, ARRAY_LEN(of), e->of_address != 0);
}

static void apply_signed_out(struct txn *txn, const Gateway__Event *event,
			     const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__SignedOut *e = event->signed_out;

	(void)txn;
	(void)record;
	entry->account = e->account;
	entry->by = e->by;
}

/* ---- all of them ---- */

static const struct change {
	apply_fn *apply;
	const char *what;
} changes[] = {
	[GATEWAY__EVENT__BODY_ACCOUNT_OPENED] = {apply_account_opened, "account_opened"},
	[GATEWAY__EVENT__BODY_IDENTITY_LINKED] = {apply_identity_linked, "identity_linked"},
	[GATEWAY__EVENT__BODY_PASSWORD_SET] = {apply_password_set, "password_set"},
	[GATEWAY__EVENT__BODY_ROLE_GRANTED] = {apply_role_granted, "role_granted"},
	[GATEWAY__EVENT__BODY_GRANT_REVOKED] = {apply_grant_revoked, "grant_revoked"},
	[GATEWAY__EVENT__BODY_ACCOUNT_CLOSED] = {apply_account_closed, "account_closed"},
	[GATEWAY__EVENT__BODY_TOKEN_MADE] = {apply_token_made, "token_made"},
	[GATEWAY__EVENT__BODY_TOKEN_REVOKED] = {apply_token_revoked, "token_revoked"},
	[GATEWAY__EVENT__BODY_SIGNED_IN] = {apply_signed_in, "signed_in"},
	[GATEWAY__EVENT__BODY_SIGN_IN_REFUSED] = {apply_sign_in_refused, "sign_in_refused"},
	[GATEWAY__EVENT__BODY_SIGNED_OUT] = {apply_signed_out, "signed_out"},
	[GATEWAY__EVENT__BODY_RESET_MADE] = {apply_reset_made, "reset_made"},
	[GATEWAY__EVENT__BODY_LANGUAGE_CHOSEN] = {apply_language_chosen, "language_chosen"},
	[GATEWAY__EVENT__BODY_ACCOUNT_IDENTIFIED] = {apply_account_identified,
						     "account_identified"},
	[GATEWAY__EVENT__BODY_KEY_DESTROYED] = {apply_key_destroyed, "key_destroyed"},
	[GATEWAY__EVENT__BODY_LOCKED_OUT] = {apply_locked_out, "locked_out"},
	[GATEWAY__EVENT__BODY_CLIENT_REGISTERED] = {apply_client_registered, "client_registered"},
	[GATEWAY__EVENT__BODY_CLIENT_CONNECTED] = {apply_client_connected, "client_connected"},
	[GATEWAY__EVENT__BODY_CLIENT_DISCONNECTED] = {apply_client_disconnected,
						      "client_disconnected"},
	[GATEWAY__EVENT__BODY_PROFILE_SET] = {apply_profile_set, "profile_set"},
};

void gateway_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	const Gateway__Event *ours = (const Gateway__Event *)event;
	Gateway__AccessEntry entry = GATEWAY__ACCESS_ENTRY__INIT;
	const struct change *change;

	if (ours->body_case >= ARRAY_LEN(changes) || changes[ours->body_case].apply == NULL)
		return;
	change = &changes[ours->body_case];
	entry.seq = record->seq;
	entry.at_us = record->at_us;
	entry.what = word(&change->what, 1, 0);
	change->apply(txn, ours, record, &entry);
	if (ours->body_case == GATEWAY__EVENT__BODY_SIGNED_IN && ours->signed_in->again)
		entry.what = word((const char *const[]){"signed_in_again"}, 1, 0);
	access_put(txn, &entry);
}
