/* Everybody's own account: what they may, where they are signed in, language, password. */
#include "services/gateway/render/words.h"
#include "services/gateway/routes/access_parts.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/signin/intentions.h"
#include "services/gateway/signin/passwords.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include <string.h>

/* ---- the page ---- */

static json_t *sessions_page(struct request *r)
{
	struct session_key own;
	struct session row;
	bool known = access_session(r, &row, &own);
	json_t *list = sessions_of(r->web->sessions, &r->person->account, known ? &own : NULL,
				   r->now_us),
	       *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		put_text_if_any(one, "began", moment_text(r, number_in(one, "began_us")));
		put_text_if_any(one, "seen", moment_text(r, number_in(one, "seen_us")));
	}
	return list;
}

static void account_came(struct request *r)
{
	const char *fault = r->own;
	const json_t *a;
	json_t *page;

	if (refused(r, 0))
		return;
	a = answer(r, 0);
	page = json_pack("{s:s, s:s, s:o, s:o, s:b, s:b, s:b}", "title", word(r, "account.title"),
			 "account", text_in(a, "account"), "grants",
			 grants_page(r, a, "account", true), "sessions", sessions_page(r),
			 "has_password", json_is_true(json_object_get(a, "has_password")),
			 "is_english", r->language == EN, "is_spanish", r->language == ES);
	put_text_if_any(page, "login", text_in(a, "login"));
	put_text_if_any(page, "language", text_in(a, "language"));
	if (fault != NULL)
		put_text_if_any(page, "fault", fault);
	reply_page(r, fault != NULL ? 422 : 200, "account", page);
}

static void show_account(struct request *r)
{
	ask(r, TO_SELF, "get_account", json_pack("{s:s}", "account", own_account(r)));
	then(r, account_came);
}

static void show_fault(struct request *r, const char *key)
{
	r->own = arena_printf(r->arena, "%s", word(r, key));
	show_account(r);
}

/* ---- sessions ---- */

static void sessions_ended(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:b}", "ended", 1), "/account");
}

/* One by its id, or "others". Somebody else's is not there. */
static unsigned end_sessions(struct request *r, const char *which)
{
	struct session_key own;
	struct session row;
	bool known = access_session(r, &row, &own);

	if (strcmp(which, "others") == 0)
		return sessions_end_all(r->web->sessions, &r->person->account, known ? &own : NULL);
	return session_end_named(r->web->sessions, &r->person->account, which) ? 1 : 0;
}

static void end_session(struct request *r)
{
	const char *which = body_text(r, "session");
	unsigned n = which != NULL ? end_sessions(r, which) : 0;

	if (n == 0 && (which == NULL || strcmp(which, "others") != 0)) {
		reply_problem(r, 404, "not_found", "There is no such session.");
		return;
	}
	order(r, TO_SELF, "note_signed_out", &r->person->account,
	      json_pack("{s:s, s:i, s:s}", "account", own_account(r), "sessions", (int)n, "by",
			own_account(r)));
	then(r, sessions_ended);
}

/* ---- language ---- */

static void language_chosen(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:b}", "chosen", 1), "/account");
}

static void choose_language(struct request *r)
{
	const char *language = body_text(r, "language");

	order(r, TO_SELF, "choose_language", &r->person->account,
	      json_pack("{s:s, s:s}", "account", own_account(r), "language",
			language != NULL ? language : ""));
	then(r, language_chosen);
}

/* ---- password ---- */

struct change {
	const char *password;
	struct worked verified, hashed;
};

static void password_changed(struct request *r)
{
	struct session_key own;
	struct session row;
	bool known = access_session(r, &row, &own);

	if (refused(r, 0))
		return;
	sessions_end_all(r->web->sessions, &r->person->account, known ? &own : NULL);
	reply_done(r, 200, json_pack("{s:b}", "changed", 1), "/account");
}

static void new_hashed(struct request *r)
{
	struct change *c = r->own;

	if (!c->hashed.ok) {
		reply_problem(r, 503, "busy", "Too many sign in now. Try again in a moment.");
		return;
	}
	order(r, TO_SELF, "set_password", &r->person->account,
	      json_pack("{s:s, s:s, s:s}", "account", own_account(r), "password",
			arena_text(r->arena, c->hashed.out), "by", own_account(r)));
	then(r, password_changed);
}

static void wrong_noted(struct request *r)
{
	show_fault(r, "account.wrong_current");
}

/* Guessing here counts as guessing at the door. */
static void current_verified(struct request *r)
{
	struct change *c = r->own;

	if (password_was_right(&c->verified)) {
		password_hash(r, c->password, &c->hashed);
		then(r, new_hashed);
		return;
	}
	order(r, TO_SELF, "note_refused", &r->person->account,
	      json_pack("{s:s, s:s, s:s, s:s, s:s}", "account", own_account(r), "login",
			login_of_account(r, &r->person->account), "means", "PASSWORD", "why",
			"WRONG", "address", address_of(r)));
	then(r, wrong_noted);
}

static void change_password(struct request *r)
{
	const char *current = body_text(r, "current"), *password = body_text(r, "password");
	const char *again = body_text(r, "again");
	const char *login = login_of_account(r, &r->person->account);
	struct change *c = arena_zalloc(r->arena, sizeof *c);
	const char *fault = password_fault(password != NULL ? password : "", again, login);

	intention_fresh(r);
	if (fault != NULL || current == NULL || strlen(current) > 1000) {
		show_fault(r, fault != NULL ? fault : "account.wrong_current");
	} else if (door_shut_until(r, login) != 0) {
		reply_problem(r, 429, "too_many_tries", "%s", word(r, "signin.shut"));
	} else {
		c->password = password;
		r->own = c;
		password_verify(r, &r->person->account, current, &c->verified);
		then(r, current_verified);
	}
}

static const struct route account[] = {
	{GET, "/account", show_account, .may = MAY_ANY_ROLE,
	 .about = "The own account: roles, sessions, language"},
	{POST, "/account/sessions", end_session, .may = MAY_ANY_ROLE, .body = BODY_FORM,
	 .about = "Sign out elsewhere", .takes = "session=text"},
	{POST, "/account/language", choose_language, .may = MAY_ANY_ROLE, .body = BODY_FORM,
	 .about = "Choose the language of pages", .takes = "language=text"},
	{POST, "/account/password", change_password, .may = MAY_ANY_ROLE, .body = BODY_FORM,
	 .about = "Change the own password",
	 .takes = "username?text current=text password=text again?text"},
};
const struct route_list account_routes = {account, ARRAY_LEN(account)};
