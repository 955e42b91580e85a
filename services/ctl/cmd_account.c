/* Accounts of the gateway: who may sign in, and what for. */
#include "services/ctl/commands.h"

#include "libshared/clock.h"
#include "libshared/token.h"

#include <sodium.h>
#include <string.h>

#define PASSWORD_MAX 1000
#define PASSWORD_LEAST 12
#define MADE_LEN 20 /* of 32 letters: 100 bits */
#define HASH_OPS 2
#define HASH_MEM ((size_t)64 << 20)
#define DAYS_DEFAULT 90

/* ---- passwords ---- */

/* Letters and digits that nobody takes for another. */
static char *make_password(struct ctl *c)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	char *text = arena_zalloc(c->arena, MADE_LEN + 1);

	for (unsigned i = 0; i < MADE_LEN; i++)
		text[i] = letters[randombytes_uniform(sizeof letters - 1)];
	return text;
}

/* The first line of the file; or a new one, told once. */
static const char *password_given(struct ctl *c)
{
	struct bytes file;
	char *text;

	if (!is_given(c, "password-file")) {
		text = make_password(c);
		tell_text(c, "password", text);
		say(c, "password: %s (shown only now)\n", text);
		return text;
	}
	if (!file_read(c, given(c, "password-file"), PASSWORD_MAX, &file))
		return NULL;
	text = arena_text(c->arena, file);
	text[strcspn(text, "\r\n")] = '\0';
	if (strlen(text) >= PASSWORD_LEAST)
		return text;
	ctl_fault(c, CTL_USAGE, "--password-file: a password of at least %d characters is expected",
		  PASSWORD_LEAST);
	return NULL;
}

/* Only its hash leaves this process. */
static bool send_password(struct ctl *c, const struct id *account)
{
	const char *password = password_given(c);
	char hash[crypto_pwhash_STRBYTES];

	if (password == NULL)
		return false;
	if (sodium_init() < 0 ||
	    crypto_pwhash_str_alg(hash, password, strlen(password), HASH_OPS, HASH_MEM,
				  crypto_pwhash_ALG_ARGON2ID13) != 0) {
		ctl_fault(c, CTL_LOCAL, "no memory to hash a password");
		return false;
	}
	return ctl_send_fields(
		c, TO_GATEWAY, account, "set_password",
		json_pack("{s:s, s:s}", "account", ID_STR(bytes_of_id(account)), "password", hash));
}

static int set_password(struct ctl *c)
{
	struct id account = given_id(c, "account");

	if (send_password(c, &account))
		say_done(c, TO_GATEWAY);
	return ctl_exit_code(c);
}

/* ---- opening ---- */

static bool send_role(struct ctl *c, const struct id *account, const char *role, unsigned number)
{
	struct id grant = ctl_made_id(c, "grant", number);
	char *name = arena_text(c->arena, bytes_of_text(role));

	for (char *at = name; *at != '\0'; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
	return ctl_send_fields(
		c, TO_GATEWAY, account, "grant_role",
		json_pack("{s:s, s:s, s:s, s:s*}", "grant", ID_STR(bytes_of_id(&grant)), "account",
			  ID_STR(bytes_of_id(account)), "role", name, "org", given(c, "org")));
}

/* Whoever signs in by a provider alone needs no password. */
static int add_account(struct ctl *c)
{
	struct id account = ctl_made_id(c, "account", 0);
	json_t *fields = given_fields(c);
	const char *role;

	json_object_set_new(fields, "account", json_string(ID_STR(bytes_of_id(&account))));
	if (!ctl_send_fields(c, TO_GATEWAY, &account, "open_account", fields))
		return ctl_exit_code(c);
	tell_id(c, "account", &account);
	say(c, "account: %s\n", ID_STR(bytes_of_id(&account)));
	if (is_given(c, "login") && !send_password(c, &account))
		return ctl_exit_code(c);
	for (unsigned i = 0; (role = given_nth(c, "role", i)) != NULL; i++)
		if (!send_role(c, &account, role, i))
			break;
	return ctl_exit_code(c);
}

/* ---- tokens ---- */

static json_t *scopes_given(struct ctl *c)
{
	json_t *scopes = json_array();
	const char *scope;

	for (size_t i = 0; (scope = given_nth(c, "scope", i)) != NULL; i++)
		json_array_append_new(scopes, json_string(scope));
	return scopes;
}

static int make_token(struct ctl *c)
{
	struct id account = given_id(c, "account"), id = ctl_made_id(c, "token", 0);
	int64_t days = (int64_t)MIN(given_count(c, "days", DAYS_DEFAULT), 366);
	char text[TOKEN_TEXT_MAX], hash[65];
	struct token_parts parts;
	uint8_t secret[32];
	json_t *fields;

	randombytes_buf(secret, sizeof secret);
	token_text("live", &id, secret, text);
	ENSURE(token_parse(text, &parts));
	hex_of_bytes(BYTES_OF(parts.secret), hash);
	fields = json_pack("{s:s, s:s, s:s, s:o, s:s, s:I}", "token", ID_STR(bytes_of_id(&id)),
			   "account", ID_STR(bytes_of_id(&account)), "label", given(c, "label"),
			   "scopes", scopes_given(c), "secret", hash, "expires_us",
			   (json_int_t)clock_wall_us() + days * US_PER_DAY);
	if (is_given(c, "state"))
		json_object_set_new(fields, "state", json_string(given(c, "state")));
	if (ctl_send_fields(c, TO_GATEWAY, &account, "make_token", fields)) {
		tell_text(c, "token", text);
		say(c, "token: %s (shown only now)\n", text);
	}
	return ctl_exit_code(c);
}

#define ACCOUNT WORD("account", "ACCOUNT", "the account's id", P_ID, MUST)
#define BECAUSE OPTION("because", "TEXT", "why; kept with who did it", P_TEXT, MUST)
#define ROLE_WORDS "teacher, assessor, lead, issuer, district, agency, coach, auditor, operator"
#define PASSWORD_FILE                                                                              \
	OWN_OPTION("password-file", "FILE", "its first line; else one is made and shown once",     \
		   P_TEXT, MAY)
#define GATEWAY .to = TO_GATEWAY

static const struct command rows[] = {
	{"account", "add", "open an account: somebody may sign in",
	 PARAMS(OPTION("login", "NAME", "to sign in with, and a password", P_TEXT, MAY),
		OPTION("issuer", "URL", "of an OpenID provider, with --subject", P_TEXT, MAY),
		OPTION("subject", "ID", "whom that provider means", P_TEXT, MAY),
		OPTION("educator", "EDUCATOR", "the educator who it is", P_ID, MAY),
		OPTION("assessor", "ASSESSOR", "the assessor who it is", P_ID, MAY),
		OPTION("language", "LANGUAGE", "en or es", P_TEXT, MAY), PASSWORD_FILE,
		OWN_OPTION("role", "ROLE", ROLE_WORDS, P_TEXT, ANY_NUMBER),
		OWN_OPTION("org", "ORG", "within which the roles are", P_ID, MAY)),
	 .run = add_account},
	{"account", "identify", "say which educator or assessor an account is",
	 PARAMS(ACCOUNT, OPTION("educator", "EDUCATOR", "the educator who it is", P_ID, MAY),
		OPTION("assessor", "ASSESSOR", "the assessor who it is", P_ID, MAY)),
	 GATEWAY, .sends = "identify_account"},
	{"account", "grant", "give an account a role",
	 PARAMS(ACCOUNT, OPTION("role", "ROLE", ROLE_WORDS, P_NAME, MUST),
		OPTION("org", "ORG", "within which it is", P_ID, MAY),
		OPTION_OF("until", "until_us", "TIME", "when it ends by itself", P_TIME, MAY)),
	 GATEWAY, .sends = "grant_role", .makes = "grant"},
	{"account", "revoke", "take a role away",
	 PARAMS(WORD("grant", "GRANT", "the grant's id, as account show tells it", P_ID, MUST),
		BECAUSE),
	 GATEWAY, .sends = "revoke_grant"},
	{"account", "close", "end an account; its id and what it did stay",
	 PARAMS(ACCOUNT, BECAUSE), GATEWAY, .sends = "close_account"},
	{"account", "password", "set an account's password",
	 PARAMS(OWN_WORD("account", "ACCOUNT", "the account's id", P_ID, MUST), PASSWORD_FILE),
	 .run = set_password},
	{"account", "token", "make an API token; it is shown once",
	 PARAMS(OWN_WORD("account", "ACCOUNT", "the account that it speaks for", P_ID, MUST),
		OWN_OPTION("label", "WORD", "a word to know it by", P_TEXT, MUST),
		OWN_OPTION("scope", "SCOPE", "what it is for, as catalog:read", P_TEXT,
			   AT_LEAST_ONE),
		OWN_OPTION("days", "N", "how long it holds (default: 90)", P_COUNT, MAY),
		OWN_OPTION("state", "STATE", "whose license holders the event feed tells to it",
			   P_TEXT, MAY)),
	 .run = make_token},
	{"account", "tokens", "list an account's API tokens, with their ends", PARAMS(ACCOUNT),
	 GATEWAY, .asks = "list_tokens"},
	{"account", "untoken", "end an API token at once",
	 PARAMS(WORD("token", "TOKEN", "its id, as account tokens tells it", P_ID, MUST)), GATEWAY,
	 .sends = "revoke_token"},
	{"account", "connections", "list the programs that an account has let in", PARAMS(ACCOUNT),
	 GATEWAY, .asks = "list_connections"},
	{"account", "disconnect", "end a program's connection to an account",
	 PARAMS(WORD("grant", "GRANT", "its id, as account connections tells it", P_ID, MUST)),
	 GATEWAY, .sends = "disconnect_client"},
	{"account", "list", "list accounts with their roles",
	 PARAMS(OPTION("role", "ROLE", "only who holds this role", P_NAME, MAY),
		OPTION("org", "ORG", "only within this organisation", P_ID, MAY),
		OPTION("after", "ACCOUNT", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 GATEWAY, .asks = "list_accounts"},
	{"account", "show", "show an account with its roles",
	 PARAMS(OPTION("account", "ACCOUNT", "its id", P_ID, MAY),
		OPTION("login", "NAME", "find by login", P_TEXT, MAY),
		OPTION("educator", "EDUCATOR", "find by educator", P_ID, MAY)),
	 GATEWAY, .asks = "get_account"},
	{"account", "access", "list every change of access, newest first",
	 PARAMS(OPTION("account", "ACCOUNT", "only of this one", P_ID, MAY),
		OPTION("what", "EVENT", "only such, as role_granted", P_TEXT, MAY),
		OPTION_OF("from", "from_us", "TIME", "not before", P_TIME, MAY),
		OPTION_OF("until", "until_us", "TIME", "before", P_TIME, MAY),
		OPTION("before", "SEQ", "go on before this one", P_COUNT, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 GATEWAY, .asks = "list_access"},
};

const struct command_list account_commands = {rows, ARRAY_LEN(rows)};
