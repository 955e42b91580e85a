/* Signing in at the OpenID provider: there and back, and who somebody is here. */
#include "services/gateway/render/words.h"
#include "services/gateway/openid/id_token.h"
#include "services/gateway/openid/pkce.h"
#include "services/gateway/routes/openid_wait.h"
#include "services/gateway/routes/routes.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/signin/intentions.h"
#include "services/gateway/signin/openid.h"
#include "services/gateway/signin/waiting.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/members.h"
#include "services/gateway/web/route.h"

#include <stdio.h>
#include <string.h>

#define VOUCHED_US (30 * US_PER_DAY) /* how long a role lasts without another sign-in */

/* A sign-in, from step to step. */
struct coming {
	struct begun begun;
	uint64_t ticket;
	struct provider_wait wait;
	struct vouched who;
	struct id account, educator; /* ID_NONE: none yet */
	bool has_assessor;
	unsigned n_searches;
};

static struct coming *coming_of(struct request *r)
{
	if (r->own == NULL)
		r->own = arena_zalloc(r->arena, sizeof(struct coming));
	return r->own;
}

/* ---- what goes wrong ---- */

static void refused_noted(struct request *r)
{
	reply_problem(r, 403, "sign_in_refused", "%s", word(r, "openid.refused"));
}

/* The provider's word is not good: counted, as a wrong password is. */
static void refuse(struct request *r)
{
	const char *address = address_of(r);

	if (address[0] != '\0')
		order(r, TO_SELF, "note_refused", &ID_NONE,
		      json_pack("{s:s, s:s, s:s}", "means", "OPENID", "why", "TOKEN_REFUSED",
				"address", address));
	then(r, refused_noted);
}

/* ---- there ---- */

static void go(struct request *r)
{
	bool again = query_text(r, "again") != NULL && r->person != NULL;
	const char *verifier = random_word(r->arena);
	struct begun begun = {.nonce = random_word(r->arena),
			      .verifier = verifier,
			      .next = next_path(r),
			      .again = again,
			      .account = again ? r->person->account : ID_NONE};
	struct oidc_going going = {.redirect_uri = public_path(r, "/sign-in/openid/return"),
				   .nonce = begun.nonce,
				   .challenge = pkce_challenge(verifier, r->arena),
				   .again = again};

	switch (oidc_prepare(r->web->oidc, r->web->mono_us)) {
	case OIDC_WAITING:
		provider_look_again(r, &coming_of(r)->wait, go);
		return;
	case OIDC_FAILED:
		provider_away(r);
		return;
	case OIDC_READY:
		going.state = begun_keep(r, &begun);
		reply_redirect(r, 303, oidc_authorization_url(r->web->oidc, &going, r->arena));
		return;
	}
}

static void sign_in(struct request *r)
{
	if (r->web->oidc == NULL)
		provider_none(r);
	else
		go(r);
}

/* ---- in: the account is known by now ---- */

static void let_in(struct request *r)
{
	struct coming *c = coming_of(r);
	struct session_key key;
	struct session row;

	if (refused(r, 0))
		return;
	if (c->begun.again && access_session(r, &row, &key) &&
	    memcmp(row.account, c->account.b, ID_LEN) == 0) {
		session_showed(r->web->sessions, &key, r->now_us);
	} else if (access_sign_in(r, &c->account, c->who.name) != 0) {
		reply_problem(r, 503, "no_session", "Nobody can sign in now. Try again later.");
		return;
	}
	openid_session_keep(r, c->who.session, &c->account);
	reply_redirect(r, 303, c->begun.next);
}

static void roles_renewed(struct request *r)
{
	struct coming *c = coming_of(r);

	if (refused(r, 0))
		return;
	order(r, TO_SELF, "note_sign_in", &c->account,
	      json_pack("{s:s, s:s, s:b, s:s}", "account", id_string(r, &c->account), "means",
			"OPENID", "again", c->begun.again, "address", address_of(r)));
	then(r, let_in);
}

/* For which organisation a role is; ID_NONE: for none. */
static struct id org_of_role(const struct coming *c, unsigned role)
{
	if (role != GATEWAY__ROLE__DISTRICT && role != GATEWAY__ROLE__COACH)
		return ID_NONE;
	return id_is_none(&c->who.district) ? c->who.school : c->who.district;
}

/* An educator is a teacher whatever the provider calls them; a role that needs what is not known
 * here is not given. */
static bool may_have(const struct coming *c, unsigned role)
{
	struct id org = org_of_role(c, role);

	if (role == GATEWAY__ROLE__TEACHER)
		return !id_is_none(&c->educator);
	if (!(c->who.roles & ROLE_BIT(role)))
		return false;
	if (role == GATEWAY__ROLE__ASSESSOR || role == GATEWAY__ROLE__LEAD)
		return c->has_assessor;
	return role != GATEWAY__ROLE__DISTRICT || !id_is_none(&org);
}

static void renew_roles(struct request *r)
{
	struct coming *c = coming_of(r);
	json_t *roles = json_array();

	for (unsigned role = GATEWAY__ROLE__TEACHER; role < GATEWAY__ROLE__OPERATOR; role++) {
		struct id org = org_of_role(c, role);
		json_t *one;

		if (!may_have(c, role))
			continue;
		one = json_pack("{s:i}", "role", (int)role);
		if (!id_is_none(&org))
			put_text(one, "org", id_string(r, &org));
		json_array_append_new(roles, one);
	}
	order(r, TO_SELF, "renew_roles", &c->account,
	      json_pack("{s:s, s:o, s:I}", "account", id_string(r, &c->account), "roles", roles,
			"until_us", (json_int_t)r->now_us + VOUCHED_US));
	then(r, roles_renewed);
}

/* ---- the account ---- */

static void account_made(struct request *r)
{
	if (!refused(r, 0))
		renew_roles(r);
}

/* Opened by hand before, for this educator: the same person signs in another way. */
static void link_account(struct request *r, struct bytes account)
{
	struct coming *c = coming_of(r);

	c->account = id_of_bytes(account);
	order(r, TO_SELF, "link_identity", &c->account,
	      json_pack("{s:s, s:s, s:s}", "account", id_string(r, &c->account), "issuer",
			r->web->config->openid.issuer, "subject", c->who.subject));
	then(r, account_made);
}

static void open_account(struct request *r)
{
	struct coming *c = coming_of(r);
	json_t *fields;

	c->account = made_id(r, "account");
	fields = json_pack("{s:s, s:s, s:s}", "account", id_string(r, &c->account), "issuer",
			   r->web->config->openid.issuer, "subject", c->who.subject);
	if (!id_is_none(&c->educator))
		put_text(fields, "educator", id_string(r, &c->educator));
	order(r, TO_SELF, "open_account", &c->account, fields);
	then(r, account_made);
}

static void unknown_here(struct request *r)
{
	reply_problem(r, 403, "openid_unknown", "%s", word(r, "openid.unknown"));
}

static void educator_known(struct request *r)
{
	struct coming *c = coming_of(r);
	struct bytes account;

	if (!id_is_none(&c->account)) {
		if (account_by(r->web->view, BY_EDUCATOR, bytes_of_id(&c->educator), &account)) {
			c->educator = ID_NONE; /* it is another account's */
			renew_roles(r);
			return;
		}
		order(r, TO_SELF, "identify_account", &c->account,
		      json_pack("{s:s, s:s}", "account", id_string(r, &c->account), "educator",
				id_string(r, &c->educator)));
		then(r, account_made);
	} else if (account_by(r->web->view, BY_EDUCATOR, bytes_of_id(&c->educator), &account)) {
		link_account(r, account);
	} else {
		open_account(r);
	}
}

static void educator_registered(struct request *r)
{
	if (!refused(r, 0))
		educator_known(r);
}

static void register_educator(struct request *r)
{
	struct coming *c = coming_of(r);
	const char *handle = c->who.staff;
	json_t *fields;

	c->educator = made_id(r, "educator");
	if (handle[0] == '\0') /* an address is none */
		handle = id_string(r, &c->educator);
	fields = json_pack("{s:s, s:{s:s, s:s, s:s}, s:s}", "educator", id_string(r, &c->educator),
			   "person", "handle", handle, "name", c->who.name, "email", c->who.email,
			   "language", language_code(r->language));
	if (!id_is_none(&c->who.school))
		put_text(fields, "school", id_string(r, &c->who.school));
	if (!id_is_none(&c->who.district))
		put_text(fields, "district", id_string(r, &c->who.district));
	order(r, TO_ENROLLMENT, "register_educator", &c->educator, fields);
	then(r, educator_registered);
}

static bool registers(const struct request *r, const struct coming *c)
{
	const struct openid_config *config = &r->web->config->openid;
	bool teaches = config->role_claim[0] == '\0' ||
		       (c->who.roles & ROLE_BIT(GATEWAY__ROLE__TEACHER)) != 0;

	return config->registers && teaches && id_is_none(&c->account) && c->who.email[0] != '\0' &&
	       c->who.name[0] != '\0' &&
	       !(id_is_none(&c->who.school) && id_is_none(&c->who.district));
}

static void nobody_found(struct request *r)
{
	struct coming *c = coming_of(r);

	if (registers(r, c))
		register_educator(r);
	else if (!id_is_none(&c->account))
		renew_roles(r);
	else if ((c->who.roles & ~ROLE_BIT(GATEWAY__ROLE__TEACHER)) != 0)
		open_account(r);
	else
		unknown_here(r);
}

/* By staff id first, which nobody shares. */
static void educator_found(struct request *r)
{
	struct coming *c = coming_of(r);

	for (unsigned i = 0; i < c->n_searches; i++) {
		const char *id;

		if (status_of(r, i) != CAIRN__STATUS__OK)
			continue;
		id = text_in(answer(r, i), "educator");
		if (id_of_text(id, &c->educator) && !is_true_in(answer(r, i), "erased")) {
			educator_known(r);
			return;
		}
		c->educator = ID_NONE;
	}
	nobody_found(r);
}

static void find_educator(struct request *r)
{
	struct coming *c = coming_of(r);

	if (c->who.staff[0] == '\0' && c->who.email[0] == '\0') {
		nobody_found(r);
		return;
	}
	if (c->who.staff[0] != '\0')
		c->n_searches = 1 + ask(r, TO_ENROLLMENT, "find_educator",
					json_pack("{s:s}", "handle", c->who.staff));
	if (c->who.email[0] != '\0')
		c->n_searches = 1 + ask(r, TO_ENROLLMENT, "find_educator",
					json_pack("{s:s}", "email", c->who.email));
	then(r, educator_found);
}

static void who_is_it(struct request *r)
{
	struct coming *c = coming_of(r);
	struct account row;

	c->account = account_of_subject(r, c->who.subject);
	if (c->begun.again && !id_equal(&c->account, &c->begun.account)) {
		refuse(r); /* somebody else signed in there */
		return;
	}
	if (id_is_none(&c->account)) {
		find_educator(r);
		return;
	}
	if (!account_get(r->web->view, bytes_of_id(&c->account), &row) || row.closed) {
		refuse(r);
		return;
	}
	memcpy(c->educator.b, row.educator, ID_LEN);
	c->has_assessor = is_id(BYTES_OF(row.assessor));
	if (id_is_none(&c->educator))
		find_educator(r);
	else
		renew_roles(r);
}

/* ---- back ---- */

static void check_token(struct request *r);

static void wait_for_keys(struct request *r)
{
	provider_new_keys(r, &coming_of(r)->wait, wait_for_keys, check_token, refuse);
}

static void check_token(struct request *r)
{
	struct coming *c = coming_of(r);
	struct token_expected expected = {.issuer = r->web->config->openid.issuer,
					  .client = r->web->config->openid.client,
					  .nonce = c->begun.nonce,
					  .now_us = r->now_us,
					  .auth_most_us = c->begun.again ? STEP_UP_US : 0};
	json_t *claims = NULL;
	enum token_fault fault = id_token_check(c->wait.token, oidc_keys(r->web->oidc), &expected,
						r->arena, &claims);

	if (fault == TOKEN_UNKNOWN_KEY && !c->wait.renewed) {
		c->wait.since_us = r->web->mono_us;
		wait_for_keys(r);
	} else if (fault != TOKEN_SOUND) {
		refuse(r);
	} else {
		c->who = claims_read(&r->web->config->openid, keep(r, claims));
		who_is_it(r);
	}
}

static void redeemed(struct request *r)
{
	struct coming *c = coming_of(r);

	switch (oidc_redeemed(r->web->oidc, c->ticket, r->arena, &c->wait.token)) {
	case OIDC_WAITING:
		provider_look_again(r, &coming_of(r)->wait, redeemed);
		return;
	case OIDC_READY:
		check_token(r);
		return;
	case OIDC_FAILED:
		refuse(r);
		return;
	}
}

static void redeem(struct request *r)
{
	struct coming *c = coming_of(r);

	switch (oidc_prepare(r->web->oidc, r->web->mono_us)) {
	case OIDC_WAITING:
		provider_look_again(r, &coming_of(r)->wait, redeem);
		return;
	case OIDC_FAILED:
		provider_away(r);
		return;
	case OIDC_READY:
		break;
	}
	if (!oidc_is_from(r->web->oidc, query_text(r, "iss"))) {
		refuse(r);
		return;
	}
	c->ticket = oidc_redeem(r->web->oidc, query_text(r, "code"), c->begun.verifier,
				public_path(r, "/sign-in/openid/return"), r->web->mono_us);
	redeemed(r);
}

static void come_back(struct request *r)
{
	struct coming *c = coming_of(r);

	if (r->web->oidc == NULL) {
		provider_none(r);
		return;
	}
	intention_fresh(r); /* a code is used once */
	if (!begun_take(r, query_text(r, "state"), &c->begun))
		reply_problem(r, 400, "openid_over", "%s", word(r, "openid.over"));
	else if (query_text(r, "code") == NULL)
		reply_problem(r, 403, "openid_not_given", "%s", word(r, "openid.not_given"));
	else
		redeem(r);
}

static const struct route openid[] = {
	{GET, "/sign-in/openid", sign_in, .may = MAY_ANYONE,
	 .about = "Go to the OpenID provider to sign in", .takes = "next?text again?text"},
	{GET, "/sign-in/openid/return", come_back, .may = MAY_ANYONE, .as = AS_OFFICE,
	 .about = "Come back from the OpenID provider",
	 .takes = "state?text code?text iss?text error?text"},
};
const struct route_list openid_routes = {openid, ARRAY_LEN(openid)};
