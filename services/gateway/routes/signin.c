/* Signing in with a login and a password, again before something grave, and out. */
#include "services/gateway/openid/urls.h"
#include "services/gateway/render/words.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/signin/intentions.h"
#include "services/gateway/signin/passwords.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/members.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#define LOGIN_MOST 200
#define PASSWORD_SENT_MOST 1000

/* An attempt, from step to step. */
struct trying {
	const char *login, *password;
	struct id account; /* ID_NONE: nobody's login */
	struct worked worked;
};

static struct trying *trying_of(struct request *r)
{
	if (r->own == NULL)
		r->own = arena_zalloc(r->arena, sizeof(struct trying));
	return r->own;
}

/* ---- the form ---- */

/* The other way in, where there is one. */
static void put_provider(struct request *r, json_t *page, bool again)
{
	const struct openid_config *c = &r->web->config->openid;

	if (c->issuer[0] == '\0')
		return;
	put_text(page, "provider", c->label[0] != '\0' ? c->label : c->issuer);
	put_text(page, "provider_path",
		 arena_printf(r->arena, "/sign-in/openid?next=%s%s",
			      url_encoded(next_path(r), r->arena), again ? "&again=1" : ""));
}

static void show_form(struct request *r, unsigned status, const char *template, const char *fault)
{
	const struct trying *t = trying_of(r);
	bool again = strcmp(template, "signin") != 0;
	json_t *page =
		json_pack("{s:s, s:s, s:s, s:s*}", "title",
			  word(r, again ? "signin.again_title" : "signin.title"), "next",
			  next_path(r), "login", t->login != NULL ? t->login : "", "fault", fault);

	put_provider(r, page, again);
	reply_page(r, status, template, page);
}

static void show_sign_in(struct request *r)
{
	if (r->person != NULL && !r->person->by_token)
		reply_redirect(r, 303, next_path(r));
	else
		show_form(r, 200, "signin", NULL);
}

/* The same words whatever was wrong. */
static void refuse_try(struct request *r, const char *template)
{
	if (r->wants_json)
		reply_problem(r, 401, "sign_in_refused", "%s", word(r, "signin.refused"));
	else
		show_form(r, 422, template, word(r, "signin.refused"));
}

/* True: somebody tried too often, and has been told. */
static bool is_shut(struct request *r, const char *login)
{
	int64_t until_us = door_shut_until(r, login);

	if (until_us == 0)
		return false;
	reply_header(r, "Retry-After", "%" PRId64, (until_us - r->now_us) / US_PER_S + 1);
	reply_problem(r, 429, "too_many_tries", "%s", word(r, "signin.shut"));
	return true;
}

/* ---- with a password ---- */

static void note(struct request *r, const char *member, json_t *fields)
{
	const struct trying *t = trying_of(r);

	json_object_set_new(fields, "means", json_string("PASSWORD"));
	json_object_set_new(fields, "address", json_string(address_of(r)));
	if (!id_is_none(&t->account))
		json_object_set_new(fields, "account",
				    json_string(ID_STR(bytes_of_id(&t->account))));
	order(r, TO_SELF, member, &t->account, fields);
}

static void note_refused(struct request *r)
{
	note(r, "note_refused",
	     json_pack("{s:s, s:s}", "login", trying_of(r)->login, "why", "WRONG"));
}

static void sign_in_refused(struct request *r)
{
	refuse_try(r, "signin");
}

static void sign_in_noted(struct request *r)
{
	struct trying *t = trying_of(r);

	if (refused(r, 0))
		return;
	if (access_sign_in(r, &t->account, t->login) != 0)
		reply_problem(r, 503, "no_session", "Nobody can sign in now. Try again later.");
	else
		reply_done(r, 200, json_pack("{s:b}", "signed_in", 1), "%s", next_path(r));
}

static void reply_busy(struct request *r)
{
	reply_header(r, "Retry-After", "5");
	reply_problem(r, 503, "busy", "Too many sign in now. Try again in a moment.");
}

static void sign_in_verified(struct request *r)
{
	struct trying *t = trying_of(r);

	if (!t->worked.ok) {
		reply_busy(r);
		return;
	}
	if (!id_is_none(&t->account) && password_was_right(&t->worked)) {
		note(r, "note_sign_in", json_object());
		then(r, sign_in_noted);
		return;
	}
	note_refused(r);
	then(r, sign_in_refused);
}

/* What is counted is each attempt: the same form sent again is another one. */
static bool begin_try(struct request *r, const char *login, const char *template)
{
	struct trying *t = trying_of(r);

	t->login = login;
	t->password = body_text(r, "password");
	intention_fresh(r);
	if (access_foreign(r)) {
		reply_problem(r, 403, "other_site", "That was sent by a page of another site.");
		return false;
	}
	if (t->login == NULL || t->password == NULL || strlen(t->login) > LOGIN_MOST ||
	    strlen(t->password) > PASSWORD_SENT_MOST || t->login[0] == '\0') {
		show_form(r, 422, template, word(r, "signin.refused"));
		return false;
	}
	return !is_shut(r, t->login);
}

static void sign_in(struct request *r)
{
	struct trying *t = trying_of(r);

	if (!begin_try(r, body_text(r, "login"), "signin"))
		return;
	if (address_asks_too_much(r)) {
		reply_busy(r);
		return;
	}
	t->account = account_of_login(r, t->login);
	password_verify(r, &t->account, t->password, &t->worked);
	then(r, sign_in_verified);
}

/* ---- again ---- */

static void show_again(struct request *r)
{
	trying_of(r)->login = login_of_account(r, &r->person->account);
	show_form(r, 200, "signin_again", NULL);
}

static void again_refused(struct request *r)
{
	refuse_try(r, "signin_again");
}

static void again_noted(struct request *r)
{
	struct session_key key;
	struct session row;

	if (refused(r, 0))
		return;
	if (access_session(r, &row, &key))
		session_showed(r->web->sessions, &key, r->now_us);
	reply_done(r, 200, json_pack("{s:b}", "signed_in", 1), "%s", next_path(r));
}

static void again_verified(struct request *r)
{
	/* Nobody is shut out for what was not looked at. */
	if (!trying_of(r)->worked.ok) {
		reply_busy(r);
		return;
	}
	if (password_was_right(&trying_of(r)->worked)) {
		note(r, "note_sign_in", json_pack("{s:b}", "again", 1));
		then(r, again_noted);
		return;
	}
	note_refused(r);
	then(r, again_refused);
}

static void sign_in_again(struct request *r)
{
	struct trying *t = trying_of(r);

	if (!begin_try(r, login_of_account(r, &r->person->account), "signin_again"))
		return;
	t->account = r->person->account;
	password_verify(r, &t->account, t->password, &t->worked);
	then(r, again_verified);
}

/* ---- out ---- */

static void signed_out(struct request *r)
{
	access_sign_out(r);
	reply_done(r, 200, json_pack("{s:b}", "signed_in", 0), "/");
}

static void sign_out(struct request *r)
{
	const struct person *p = r->person;

	if (p != NULL && !p->by_token)
		order(r, TO_SELF, "note_signed_out", &p->account,
		      json_pack("{s:s, s:i, s:s}", "account", ID_STR(bytes_of_id(&p->account)),
				"sessions", 1, "by", ID_STR(bytes_of_id(&p->account))));
	then(r, signed_out);
}

/* ---- a new password, by a link ---- */

/* The account and its reset, when the link is the one that was made last. False: told. */
static bool reset_of(struct request *r, struct id *account_r, struct reset *row_r)
{
	const char *secret = param(r, "secret");
	uint8_t hash[32];

	if (!param_id(r, "account", account_r))
		return false;
	crypto_generichash(hash, sizeof hash, (const uint8_t *)secret, strlen(secret), NULL, 0);
	if (reset_get(r->web->view, bytes_of_id(account_r), row_r) &&
	    r->now_us < row_r->expires_us && sodium_memcmp(hash, row_r->secret, sizeof hash) == 0)
		return true;
	reply_problem(r, 410, "reset_over", "%s", word(r, "signin.reset_over"));
	return false;
}

static void show_reset_form(struct request *r, unsigned status, const char *fault)
{
	reply_header(r, "Referrer-Policy", "no-referrer");
	reply_page(r, status, "signin_reset",
		   json_pack("{s:s, s:s*}", "title", word(r, "signin.reset_title"), "fault",
			     fault != NULL ? word(r, fault) : NULL));
}

static void show_reset(struct request *r)
{
	struct reset row;
	struct id account;

	if (reset_of(r, &account, &row))
		show_reset_form(r, 200, NULL);
}

static void reset_done(struct request *r)
{
	if (refused(r, 0))
		return;
	sessions_end_all(r->web->sessions, &trying_of(r)->account, NULL);
	reply_done(r, 200, json_pack("{s:b}", "changed", 1), "/sign-in");
}

static void reset_hashed(struct request *r)
{
	struct trying *t = trying_of(r);
	struct reset row;

	if (!t->worked.ok || !reset_get(r->web->view, bytes_of_id(&t->account), &row)) {
		reply_busy(r);
		return;
	}
	order(r, TO_SELF, "set_password", &t->account,
	      json_pack("{s:s, s:s, s:s}", "account", ID_STR(bytes_of_id(&t->account)), "password",
			arena_text(r->arena, t->worked.out), "reset", ID_STR(BYTES_OF(row.reset))));
	then(r, reset_done);
}

static void set_by_reset(struct request *r)
{
	struct trying *t = trying_of(r);
	const char *password = body_text(r, "password"), *again = body_text(r, "again"), *fault;
	struct reset row;

	intention_fresh(r); /* the hash is another each time */
	if (!reset_of(r, &t->account, &row))
		return;
	fault = password_fault(password != NULL ? password : "", again != NULL ? again : "",
			       login_of_account(r, &t->account));
	if (fault != NULL) {
		show_reset_form(r, 422, fault);
		return;
	}
	password_hash(r, password, &t->worked);
	then(r, reset_hashed);
}

static const struct route signin[] = {
	{GET, "/sign-in", show_sign_in, .may = MAY_ANYONE, .about = "The form to sign in",
	 .takes = "next?text to?text"},
	{POST, "/sign-in", sign_in, .may = MAY_ANYONE, .body = BODY_FORM, .no_csrf = true,
	 .about = "Sign in with a login and a password",
	 .takes = "login=text password=text next?text"},
	{GET, "/sign-in/again", show_again, .may = MAY_ANY_ROLE,
	 .about = "The form to sign in anew before something grave", .takes = "next?text to?text"},
	{POST, "/sign-in/again", sign_in_again, .may = MAY_ANY_ROLE, .body = BODY_FORM,
	 .about = "Sign in anew", .takes = "username?text password=text next?text"},
	{GET, "/sign-in/reset/{account}/{secret}", show_reset, .may = MAY_ANYONE,
	 .about = "Choose a password, by a link that was made for it"},
	{POST, "/sign-in/reset/{account}/{secret}", set_by_reset, .may = MAY_ANYONE,
	 .body = BODY_FORM, .no_csrf = true, .about = "Set a password, by a link",
	 .takes = "password=text again=text"},
	{POST, "/sign-out", sign_out, .may = MAY_ANYONE, .body = BODY_FORM, .about = "Sign out"},
};
const struct route_list signin_routes = {signin, ARRAY_LEN(signin)};
