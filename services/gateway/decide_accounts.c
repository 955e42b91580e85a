/* Accounts: opened, found again by a login or an OpenID identity, given a password, closed. */
#include "services/gateway/decide_parts.h"

#include "libshared/seal.h"

#include <string.h>

#define LOGIN_MAX 100
#define ISSUER_MAX 255
#define SUBJECT_MAX 255
#define IDENTITIES_MAX 10
#define PASSWORD_TEXT_MAX 128 /* crypto_pwhash_STRBYTES */
#define RESET_MOST_US (7 * US_PER_DAY)
#define SECRET_LEN 32

/* ---- shapes ---- */

static bool login_is_sound(const char *login)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@+";
	size_t len = strlen(login);

	return len >= 2 && len <= LOGIN_MAX && strspn(login, allowed) == len;
}

static enum verdict check_identity(const char *issuer, const char *subject, struct decision *d)
{
	if (strncmp(issuer, "https://", 8) != 0 && strncmp(issuer, "http://", 7) != 0)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "issuer: expected the URL of an OpenID provider");
	if (strlen(issuer) > ISSUER_MAX || subject[0] == '\0' || strlen(subject) > SUBJECT_MAX)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "issuer and subject: expected 1 to 255 bytes each");
	return ACCEPTED;
}

static bool language_is_known(const char *language)
{
	return strcmp(language, "en") == 0 || strcmp(language, "es") == 0;
}

/* argon2id with as much work as new ones have: a weaker hash is not taken from anybody. */
static bool password_is_hashed(const char *text)
{
	static const char begin[] = "$argon2id$v=19$m=";

	return strncmp(text, begin, sizeof begin - 1) == 0 && strlen(text) < PASSWORD_TEXT_MAX;
}

static enum verdict check_person_free(const struct view *view, ProtobufCBinaryData educator,
				      ProtobufCBinaryData assessor, struct decision *d)
{
	struct bytes account;

	if (check_id_or_none(educator, "educator", d) == REFUSED ||
	    check_id_or_none(assessor, "assessor", d) == REFUSED)
		return REFUSED;
	if ((educator.len > 0 && account_by(view, BY_EDUCATOR, bytes_of_pb(educator), &account)) ||
	    (assessor.len > 0 && account_by(view, BY_ASSESSOR, bytes_of_pb(assessor), &account)))
		return refuse_text(d, GATEWAY__REASON__PERSON_TAKEN,
				   "the educator or assessor has an account: one person, one "
				   "account, so that two accounts are two persons");
	return ACCEPTED;
}

/* ---- opening ---- */

static enum verdict check_opening(const struct view *view, const Gateway__OpenAccount *ask,
				  struct decision *d)
{
	if (check_new(view, ACCOUNT, ask->account, "account", d) == REFUSED ||
	    check_id_or_none(ask->by, "by", d) == REFUSED)
		return REFUSED;
	if (ask->login[0] == '\0' && ask->issuer[0] == '\0')
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "login or issuer: nobody could sign in without either");
	if (ask->login[0] != '\0' && !login_is_sound(ask->login))
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "login: expected 2 to %d of letters, digits and . _ - @ +",
				   LOGIN_MAX);
	if (ask->issuer[0] != '\0' && check_identity(ask->issuer, ask->subject, d) == REFUSED)
		return REFUSED;
	if (ask->language[0] != '\0' && !language_is_known(ask->language))
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "language: expected " LANGUAGES_TEXT);
	if (may_give(view, d, by_of(d, ask->by)) == 0)
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "operators and the agency's administrators open accounts");
	return check_person_free(view, ask->educator, ask->assessor, d);
}

enum verdict decide_open_account(const struct view *view, const Gateway__Command *cmd,
				 struct decision *d)
{
	const Gateway__OpenAccount *ask = cmd->open_account;
	Gateway__AccountOpened opened = GATEWAY__ACCOUNT_OPENED__INIT;
	struct bytes id = bytes_of_pb(ask->account), taken;
	struct id login, identity;

	if (check_opening(view, ask, d) == REFUSED)
		return REFUSED;
	login = login_hash(d->caps, ask->login);
	if (ask->login[0] != '\0') {
		if (account_by(view, LOGIN, bytes_of_id(&login), &taken))
			return refuse_text(d, GATEWAY__REASON__LOGIN_TAKEN,
					   "the login is another account's");
		opened.login = pb_of_id(&login);
		opened.name = seal(d, id, bytes_of_text(ask->login));
	}
	identity = identity_hash(d->caps, ask->issuer, ask->subject, d->arena);
	if (ask->issuer[0] != '\0') {
		if (account_by(view, IDENTITY, bytes_of_id(&identity), &taken))
			return refuse_text(d, GATEWAY__REASON__IDENTITY_TAKEN,
					   "the identity is another account's");
		opened.identity = pb_of_id(&identity);
	}
	opened.account = ask->account;
	opened.educator = ask->educator;
	opened.assessor = ask->assessor;
	opened.language = ask->language;
	opened.by = pb_of_bytes(by_of(d, ask->by));
	EMIT(d, id, ACCOUNT_OPENED, account_opened, &opened);
	return ACCEPTED;
}

enum verdict decide_link_identity(const struct view *view, const Gateway__Command *cmd,
				  struct decision *d)
{
	const Gateway__LinkIdentity *ask = cmd->link_identity;
	Gateway__IdentityLinked linked = GATEWAY__IDENTITY_LINKED__INIT;
	struct bytes by = by_of(d, ask->by), taken;
	struct account row;
	struct id identity;

	if (!find_account(view, ask->account, &row, d) ||
	    check_identity(ask->issuer, ask->subject, d) == REFUSED)
		return REFUSED;
	if (!bytes_equal(by, bytes_of_pb(ask->account)) &&
	    check_over(view, bytes_of_pb(ask->account), by, d) == REFUSED)
		return REFUSED;
	identity = identity_hash(d->caps, ask->issuer, ask->subject, d->arena);
	if (account_by(view, IDENTITY, bytes_of_id(&identity), &taken))
		return refuse_text(d, GATEWAY__REASON__IDENTITY_TAKEN,
				   "the identity leads to an account already");
	if (row.identities == IDENTITIES_MAX)
		return refuse_text(d, GATEWAY__REASON__TOO_MANY,
				   "an account has at most %d identities", IDENTITIES_MAX);
	linked.account = ask->account;
	linked.identity = pb_of_id(&identity);
	linked.by = pb_of_bytes(by);
	EMIT(d, bytes_of_pb(ask->account), IDENTITY_LINKED, identity_linked, &linked);
	return ACCEPTED;
}

/* Who the account is, said later. What was said once stays. */
enum verdict decide_identify_account(const struct view *view, const Gateway__Command *cmd,
				     struct decision *d)
{
	const Gateway__IdentifyAccount *ask = cmd->identify_account;
	Gateway__AccountIdentified identified = GATEWAY__ACCOUNT_IDENTIFIED__INIT;
	struct bytes by = by_of(d, ask->by);
	struct account row;

	if (!find_account(view, ask->account, &row, d) ||
	    check_over(view, bytes_of_pb(ask->account), by, d) == REFUSED ||
	    check_person_free(view, ask->educator, ask->assessor, d) == REFUSED)
		return REFUSED;
	if (ask->educator.len == 0 && ask->assessor.len == 0)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "name an educator, an assessor, or both");
	if ((ask->educator.len > 0 && is_id(BYTES_OF(row.educator))) ||
	    (ask->assessor.len > 0 && is_id(BYTES_OF(row.assessor))))
		return refuse_text(d, GATEWAY__REASON__WRONG_STATE,
				   "the account is another's: whose it is does not change");
	identified.account = ask->account;
	identified.educator = ask->educator;
	identified.assessor = ask->assessor;
	identified.by = pb_of_bytes(by);
	EMIT(d, bytes_of_pb(ask->account), ACCOUNT_IDENTIFIED, account_identified, &identified);
	return ACCEPTED;
}

/* ---- passwords ---- */

/* By whoever has it, by the link that was made for it, or by somebody who may. */
static enum verdict check_setting(const struct view *view, const Gateway__SetPassword *ask,
				  struct bytes by, struct decision *d)
{
	struct bytes account = bytes_of_pb(ask->account);
	struct reset reset;

	if (ask->reset.len > 0 && (d->roles & ROLE_SELF)) {
		if (reset_get(view, account, &reset) &&
		    bytes_equal(BYTES_OF(reset.reset), bytes_of_pb(ask->reset)) &&
		    d->now_us < reset.expires_us)
			return ACCEPTED;
		return refuse_text(d, GATEWAY__REASON__RESET_OVER,
				   "the link was used or is too old: ask for a new one");
	}
	return bytes_equal(by, account) ? ACCEPTED : check_over(view, account, by, d);
}

enum verdict decide_set_password(const struct view *view, const Gateway__Command *cmd,
				 struct decision *d)
{
	const Gateway__SetPassword *ask = cmd->set_password;
	Gateway__PasswordSet set = GATEWAY__PASSWORD_SET__INIT;
	struct bytes by = by_of(d, ask->by);
	struct account row;

	if (!find_account(view, ask->account, &row, d))
		return REFUSED;
	if (!password_is_hashed(ask->password))
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "password: expected an argon2id hash, never the password");
	if (!is_id(BYTES_OF(row.login)))
		return refuse_text(d, GATEWAY__REASON__NO_LOGIN,
				   "the account has no login: it signs in by OpenID");
	if (check_setting(view, ask, by, d) == REFUSED)
		return REFUSED;
	set.account = ask->account;
	set.password = seal(d, bytes_of_pb(ask->account), bytes_of_text(ask->password));
	if (set.password == NULL)
		return refuse_text(d, GATEWAY__REASON__WRONG_STATE,
				   "the account's key is gone: open another account");
	set.by = pb_of_bytes(by);
	set.reset = ask->reset;
	EMIT(d, bytes_of_pb(ask->account), PASSWORD_SET, password_set, &set);
	return ACCEPTED;
}

/* A link that lets its holder choose a password, once. A newer one ends it. */
enum verdict decide_make_reset(const struct view *view, const Gateway__Command *cmd,
			       struct decision *d)
{
	const Gateway__MakeReset *ask = cmd->make_reset;
	Gateway__ResetMade made = GATEWAY__RESET_MADE__INIT;
	struct bytes by = by_of(d, ask->by);
	struct account row;

	if (!is_id(bytes_of_pb(ask->reset)))
		return refuse_text(d, GATEWAY__REASON__BAD_ID, "reset: expected an id of 16 bytes");
	if (!find_account(view, ask->account, &row, d) ||
	    check_over(view, bytes_of_pb(ask->account), by, d) == REFUSED)
		return REFUSED;
	if (!is_id(BYTES_OF(row.login)))
		return refuse_text(d, GATEWAY__REASON__NO_LOGIN,
				   "the account has no login: it signs in by OpenID");
	if (ask->secret.len != SECRET_LEN || ask->expires_us <= d->now_us ||
	    ask->expires_us > d->now_us + RESET_MOST_US)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "secret: expected 32 bytes; expires: within 7 days");
	made.reset = ask->reset;
	made.account = ask->account;
	made.secret = ask->secret;
	made.expires_us = ask->expires_us;
	made.by = pb_of_bytes(by);
	EMIT(d, bytes_of_pb(ask->account), RESET_MADE, reset_made, &made);
	return ACCEPTED;
}

enum verdict decide_choose_language(const struct view *view, const Gateway__Command *cmd,
				    struct decision *d)
{
	const Gateway__ChooseLanguage *ask = cmd->choose_language;
	Gateway__LanguageChosen chosen = GATEWAY__LANGUAGE_CHOSEN__INIT;
	struct account row;

	if (!find_account(view, ask->account, &row, d))
		return REFUSED;
	if (!language_is_known(ask->language))
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "language: expected " LANGUAGES_TEXT);
	chosen.account = ask->account;
	chosen.language = ask->language;
	EMIT(d, bytes_of_pb(ask->account), LANGUAGE_CHOSEN, language_chosen, &chosen);
	return ACCEPTED;
}

/* ---- the end ---- */

/* Its login is free again; the id, its grants and what it did stay. */
enum verdict decide_close_account(const struct view *view, const Gateway__Command *cmd,
				  struct decision *d)
{
	const Gateway__CloseAccount *ask = cmd->close_account;
	Gateway__AccountClosed closed = GATEWAY__ACCOUNT_CLOSED__INIT;
	struct bytes by = by_of(d, ask->by);
	struct account row;

	if (!find_account(view, ask->account, &row, d) ||
	    check_because(ask->because, d) == REFUSED ||
	    check_over(view, bytes_of_pb(ask->account), by, d) == REFUSED)
		return REFUSED;
	if (bytes_equal(by, bytes_of_pb(ask->account)))
		return refuse_text(d, GATEWAY__REASON__OWN_ACCESS,
				   "somebody else closes your account");
	closed.account = ask->account;
	closed.because = ask->because;
	closed.by = pb_of_bytes(by);
	EMIT(d, bytes_of_pb(ask->account), ACCOUNT_CLOSED, account_closed, &closed);
	return ACCEPTED;
}

enum verdict decide_note_key_destroyed(const struct view *view, const Gateway__Command *cmd,
				       struct decision *d)
{
	Gateway__KeyDestroyed destroyed = GATEWAY__KEY_DESTROYED__INIT;
	struct bytes id = bytes_of_pb(cmd->note_key_destroyed->account);

	if (!is_id(id))
		return refuse_text(d, GATEWAY__REASON__BAD_ID,
				   "account: expected an id of 16 bytes");
	if (!to_forget(view, id))
		return refuse_text(d, GATEWAY__REASON__WRONG_STATE,
				   "no key of account %s is to be destroyed", ID_STR(id));
	destroyed.account = pb_of_bytes(id);
	EMIT(d, id, KEY_DESTROYED, key_destroyed, &destroyed);
	return ACCEPTED;
}
