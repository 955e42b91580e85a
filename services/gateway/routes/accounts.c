/* Accounts, as those see them who may open them and say what they may. */
#include "services/gateway/render/words.h"
#include "services/gateway/routes/access_parts.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include "libshared/json.h"

#include <sodium.h>
#include <string.h>

#define MAY_ADMIT (MAY_OPERATOR | MAY_AGENCY)
#define RESET_US US_PER_DAY

static const char *const roles[] = {"TEACHER", "ASSESSOR", "LEAD",    "ISSUER",  "DISTRICT",
				    "AGENCY",  "COACH",    "AUDITOR", "OPERATOR"};

/* ---- the list ---- */

static json_t *roles_page(struct request *r, const char *chosen)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:b}", "role", roles[i], "text",
						word_of(r, "roles", roles[i]), "chosen",
						chosen != NULL && strcmp(chosen, roles[i]) == 0));
	return list;
}

static json_t *account_row(struct request *r, const json_t *a)
{
	json_t *row = json_deep_copy(a);
	int64_t seen_us = number_in(a, "signed_in_us");

	json_object_set_new(row, "grants", grants_page(r, a, "accounts", true));
	put_text_if_any(row, "signed_in", seen_us != 0 ? date_text(r, seen_us) : "");
	put_text_if_any(row, "opened", date_text(r, number_in(a, "opened_us")));
	return row;
}

static void accounts_came(struct request *r)
{
	const json_t *list, *a;
	const char *role = query_text(r, "role");
	json_t *rows = json_array(), *page;
	size_t i;

	if (refused(r, 0)) {
		json_decref(rows);
		return;
	}
	list = answer(r, 0);
	json_array_foreach(json_object_get(list, "accounts"), i, a)
		json_array_append_new(rows, account_row(r, a));
	page = json_pack("{s:s, s:o, s:o}", "title", word(r, "accounts.title"), "accounts", rows,
			 "roles", roles_page(r, role));
	put_text_if_any(page, "role", role != NULL ? role : "");
	put_text_if_any(page, "next", text_in(list, "next"));
	if (text_in(list, "next")[0] != '\0')
		reply_header(r, "Link", "</office/accounts?after=%s&role=%s>; rel=\"next\"",
			     text_in(list, "next"), role != NULL ? role : "");
	reply_page(r, 200, "accounts", page);
}

static bool role_is_known(const char *role)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(roles[i], role) == 0)
			return true;
	return false;
}

static void list_accounts(struct request *r)
{
	const char *role = query_text(r, "role"), *after = query_text(r, "after");
	json_t *fields =
		json_pack("{s:I}", "limit", (json_int_t)query_number(r, "limit", 1, 200, 50));

	if (role != NULL && role_is_known(role))
		put_text_if_any(fields, "role", role);
	if (after != NULL)
		put_text_if_any(fields, "after", after);
	ask(r, TO_SELF, "list_accounts", fields);
	then(r, accounts_came);
}

/* ---- one ---- */

static void account_came(struct request *r)
{
	const json_t *a;
	json_t *page;

	if (status_of(r, 0) == CAIRN__STATUS__REJECTED) {
		reply_problem(r, 404, "not_found", "There is no such account.");
		return;
	}
	if (refused(r, 0))
		return;
	a = answer(r, 0);
	page = account_row(r, a);
	json_object_set_new(page, "grants", grants_page(r, a, "accounts", false));
	json_object_set_new(page, "roles", roles_page(r, NULL));
	put_text_if_any(page, "title", word(r, "accounts.one_title"));
	reply_page(r, 200, "accounts_one", page);
}

static void show_account(struct request *r)
{
	struct id account;

	if (!param_id(r, "account", &account))
		return;
	ask(r, TO_SELF, "get_account",
	    json_pack("{s:s}", "account", ID_STR(bytes_of_id(&account))));
	then(r, account_came);
}

/* ---- changes ---- */

/* Where a change leads back to, and its subject. */
struct changing {
	struct id account, made;
	char secret[64];
};

static struct changing *changing_of(struct request *r)
{
	if (r->own == NULL)
		r->own = arena_zalloc(r->arena, sizeof(struct changing));
	return r->own;
}

static void changed(struct request *r)
{
	const struct changing *c = changing_of(r);
	struct bytes made = bytes_of_id(&c->made);

	if (refused(r, 0))
		return;
	reply_done(r, is_id(made) ? 201 : 200,
		   json_pack("{s:s, s:s*}", "account", ID_STR(bytes_of_id(&c->account)), "grant",
			     is_id(made) ? ID_STR(made) : NULL),
		   "/office/accounts/%s", ID_STR(bytes_of_id(&c->account)));
}

static void closed(struct request *r)
{
	if (status_of(r, 0) == CAIRN__STATUS__OK)
		sessions_end_all(r->web->sessions, &changing_of(r)->account, NULL);
	changed(r);
}

/* The members of the form that are there and not empty. */
static void take(struct request *r, json_t *fields, const char *name)
{
	const char *text = body_text(r, name);

	if (text != NULL)
		put_text_if_any(fields, name, text);
}

static json_t *fields_about(struct request *r)
{
	return json_pack("{s:s, s:s}", "account", ID_STR(bytes_of_id(&changing_of(r)->account)),
			 "by", own_account(r));
}

static void open_account(struct request *r)
{
	json_t *fields;

	changing_of(r)->account = made_id(r, "account");
	fields = fields_about(r);
	take(r, fields, "login");
	take(r, fields, "issuer");
	take(r, fields, "subject");
	take(r, fields, "educator");
	take(r, fields, "assessor");
	take(r, fields, "language");
	order(r, TO_SELF, "open_account", &changing_of(r)->account, fields);
	then(r, changed);
}

static void identify(struct request *r)
{
	json_t *fields;

	if (!param_id(r, "account", &changing_of(r)->account))
		return;
	fields = fields_about(r);
	take(r, fields, "educator");
	take(r, fields, "assessor");
	order(r, TO_SELF, "identify_account", &changing_of(r)->account, fields);
	then(r, changed);
}

/* A day, or a moment, as libshared/json.h takes it. */
static bool take_until(struct request *r, json_t *fields)
{
	const char *text = body_text(r, "until");
	int64_t at_us;

	if (text == NULL || text[0] == '\0')
		return true;
	if (!time_of_text(text, &at_us) &&
	    !time_of_text(arena_printf(r->arena, "%.10sT23:59:59Z", text), &at_us)) {
		problem_at(r, "/until", "a date as 2027-06-30");
		reply_problem(r, 422, "invalid", "The end of a role is a date, or empty.");
		return false;
	}
	json_object_set_new(fields, "until_us", json_integer((json_int_t)at_us));
	return true;
}

static void grant(struct request *r)
{
	struct changing *c = changing_of(r);
	json_t *fields;

	if (!param_id(r, "account", &c->account))
		return;
	c->made = made_id(r, "grant");
	fields = fields_about(r);
	if (!take_until(r, fields)) {
		json_decref(fields);
		return;
	}
	json_object_set_new(fields, "grant", json_string(ID_STR(bytes_of_id(&c->made))));
	take(r, fields, "role");
	take(r, fields, "org");
	order(r, TO_SELF, "grant_role", &c->account, fields);
	then(r, changed);
}

static void revoke(struct request *r)
{
	struct changing *c = changing_of(r);
	json_t *fields;
	struct id id;

	if (!param_id(r, "account", &c->account) || !param_id(r, "grant", &id))
		return;
	fields = json_pack("{s:s, s:s}", "grant", ID_STR(bytes_of_id(&id)), "by", own_account(r));
	take(r, fields, "because");
	order(r, TO_SELF, "revoke_grant", &c->account, fields);
	then(r, changed);
}

static void close_account(struct request *r)
{
	json_t *fields;

	if (!param_id(r, "account", &changing_of(r)->account))
		return;
	fields = fields_about(r);
	take(r, fields, "because");
	order(r, TO_SELF, "close_account", &changing_of(r)->account, fields);
	then(r, closed);
}

/* ---- a link for a password ---- */

static void reset_made(struct request *r)
{
	const struct changing *c = changing_of(r);
	const char *link;

	if (refused(r, 0))
		return;
	link = public_path(r, "/sign-in/reset/%s/%s", ID_STR(bytes_of_id(&c->account)), c->secret);
	reply_cache(r, "no-store");
	reply_page(r, 201, "accounts_reset",
		   json_pack("{s:s, s:s, s:s, s:s}", "title", word(r, "accounts.link_title"),
			     "account", ID_STR(bytes_of_id(&c->account)), "link", link, "ends",
			     moment_text(r, r->now_us + RESET_US)));
}

static void make_reset(struct request *r)
{
	struct changing *c = changing_of(r);
	struct id reset = made_id(r, "reset");
	uint8_t secret[32], hash[32];
	json_t *fields;
	char hex[65];

	if (!param_id(r, "account", &c->account))
		return;
	randombytes_buf(secret, sizeof secret);
	sodium_bin2base64(c->secret, sizeof c->secret, secret, sizeof secret,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	crypto_generichash(hash, sizeof hash, (const uint8_t *)c->secret, strlen(c->secret), NULL,
			   0);
	hex_of_bytes(BYTES_OF(hash), hex);
	fields = fields_about(r);
	json_object_set_new(fields, "reset", json_string(ID_STR(bytes_of_id(&reset))));
	json_object_set_new(fields, "secret", json_string(hex));
	json_object_set_new(fields, "expires_us", json_integer(r->now_us + RESET_US));
	order(r, TO_SELF, "make_reset", &c->account, fields);
	then(r, reset_made);
}

static const struct route accounts[] = {
	{GET, "/office/accounts", list_accounts, .may = MAY_ADMIT, .as = AS_OFFICE,
	 .scope = "admin", .about = "Accounts with their roles",
	 .takes = "role?text after?text limit?count"},
	{POST, "/office/accounts", open_account, .may = MAY_ADMIT, .as = AS_OFFICE,
	 .body = BODY_FORM, .scope = "admin", .about = "Open an account",
	 .takes = "login?text issuer?text subject?text educator?text assessor?text language?text"},
	{GET, "/office/accounts/{account}", show_account, .may = MAY_ADMIT, .as = AS_OFFICE,
	 .scope = "admin", .about = "One account with all that it was granted"},
	{POST, "/office/accounts/{account}/person", identify, .may = MAY_ADMIT, .as = AS_OFFICE,
	 .changes = "/office/accounts/{account}", .body = BODY_FORM, .step_up = true,
	 .about = "Say which educator or assessor it is", .takes = "educator?text assessor?text"},
	{POST, "/office/accounts/{account}/grants", grant, .may = MAY_ADMIT, .as = AS_OFFICE,
	 .changes = "/office/accounts/{account}", .body = BODY_FORM, .step_up = true,
	 .about = "Give it a role", .takes = "role=text org?text until?text"},
	{POST, "/office/accounts/{account}/grants/{grant}/revoke", revoke, .may = MAY_ADMIT,
	 .changes = "/office/accounts/{account}", .as = AS_OFFICE, .body = BODY_FORM,
	 .step_up = true, .about = "Take a role away", .takes = "because=text"},
	{POST, "/office/accounts/{account}/reset", make_reset, .may = MAY_ADMIT, .as = AS_OFFICE,
	 .body = BODY_FORM, .step_up = true, .about = "Make a link to choose a password"},
	{POST, "/office/accounts/{account}/close", close_account, .may = MAY_ADMIT, .as = AS_OFFICE,
	 .changes = "/office/accounts/{account}", .body = BODY_FORM, .step_up = true,
	 .about = "Close it", .takes = "because=text"},
};
const struct route_list accounts_routes = {accounts, ARRAY_LEN(accounts)};
