/* The life of a credential: suspended, reinstated, revoked by two persons; what could not be
 * signed; and the keys that sign. */
#include "services/gateway/routes/office.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"

#include <string.h>

#define MAY_SEE (MAY_ISSUER | MAY_AGENCY | MAY_AUDITOR)

/* ---- to find one, and what is held ---- */

static void held_came(struct request *r)
{
	json_t *page, *list, *h;
	size_t i;

	if (refused(r, 0))
		return;
	page = office_page(r, "lives.title", NULL);
	list = json_array();
	json_array_foreach(json_object_get(answer(r, 0), "held"), i, h) json_array_append_new(
		list, json_pack("{s:s, s:s, s:s}", "credential", json_text(h, "credential"),
				"reason", json_text(h, "reason"), "since",
				date_text(r, json_number(h, "since_us"))));
	json_object_set_new(page, "held", list);
	json_object_set_new(page, "may_issue", json_boolean((r->person->may & MAY_ISSUER) != 0));
	reply_page(r, 200, "office_credentials", page);
}

static void show_credentials(struct request *r)
{
	const char *asked = query_text(r, "id");
	struct id id;

	if (asked != NULL && id_at_end(asked, &id)) {
		reply_redirect(
			r, 303,
			arena_printf(r->arena, "/office/credentials/%s", office_id_text(r, &id)));
		return;
	}
	if (asked != NULL && *asked != '\0') {
		problem_at(r, "/id", "an id, or an address that ends in one");
		reply_problem(r, 422, "bad_value", "That is no id of a credential.");
		return;
	}
	ask(r, TO_ISSUANCE, "list_held", json_object());
	then(r, held_came);
}

/* ---- one ---- */

static const char *const suspend_reasons[] = {"UNDER_REVIEW", "EARNER_REQUEST", "LEGAL_ORDER"};
static const char *const revoke_reasons[] = {
	"ISSUED_IN_ERROR", "INTEGRITY_FOUNDED", "APPEAL_BY_ISSUER", "KEY_COMPROMISE",
	"DUPLICATE",       "EARNER_REQUEST",    "LEGAL_ORDER",
};

static json_t *choices(struct request *r, const char *const *reasons, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "value", reasons[i], "text",
						      word_of(r, "lives", reasons[i])));
	return list;
}

static json_t *steps_of(struct request *r, const json_t *history)
{
	json_t *list = json_array(), *step;
	size_t i;

	json_array_foreach(json_object_get(history, "steps"), i, step)
	{
		const char *reason = json_text(step, "reason");

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:s}", "event",
				  word_of(r, "lives", json_text(step, "event")), "at",
				  moment_text(r, json_number(step, "at_us")), "reason",
				  *reason != '\0' ? word_of(r, "lives", reason) : "", "by",
				  json_text(step, "by"), "second", json_text(step, "second")));
	}
	return list;
}

static void add_actions(struct request *r, json_t *page, const json_t *c)
{
	const char *state = json_text(c, "state"), *proposed = json_text(c, "proposed");
	bool issuer = (r->person->may & MAY_ISSUER) != 0;
	bool active = strcmp(state, "active") == 0 || strcmp(state, "issued") == 0;
	bool suspended = strcmp(state, "suspended") == 0;
	bool waits = *proposed != '\0' && strcmp(proposed, "LIFE_REASON_UNSPECIFIED") != 0;
	struct id by;
	bool own = waits && id_of_text(json_text(c, "proposed_by"), &by) &&
		   id_equal(&by, &r->person->account);

	json_object_set_new(page, "may_suspend", json_boolean(issuer && active));
	json_object_set_new(page, "may_reinstate", json_boolean(issuer && suspended));
	json_object_set_new(page, "may_propose",
			    json_boolean(issuer && !waits && (active || suspended)));
	json_object_set_new(page, "may_withdraw", json_boolean(issuer && waits));
	json_object_set_new(page, "may_confirm", json_boolean(issuer && waits && !own));
	json_object_set_new(page, "is_own_proposal", json_boolean(own));
	if (waits)
		json_object_set_new(page, "proposed", json_string(word_of(r, "lives", proposed)));
	json_object_set_new(page, "suspend_reasons",
			    choices(r, suspend_reasons, ARRAY_LEN(suspend_reasons)));
	json_object_set_new(page, "revoke_reasons",
			    choices(r, revoke_reasons, ARRAY_LEN(revoke_reasons)));
}

static void credential_came(struct request *r)
{
	const json_t *c;
	json_t *page;

	if (office_refused(r, 0) || office_refused(r, 1))
		return;
	c = answer(r, 0);
	page = office_page(r, "lives.one_title", NULL);
	json_object_set_new(page, "credential", json_string(json_text(c, "credential")));
	json_object_set_new(page, "code", json_string(json_text(c, "code")));
	json_object_set_new(page, "name", json_string(json_text(c, "title")));
	json_object_set_new(page, "state", json_string(json_text(c, "state")));
	json_object_set_new(page, "state_text",
			    json_string(word_of(r, "lives", json_text(c, "state"))));
	json_object_set_new(page, "reason_text", json_string(json_text(c, "reason_text")));
	json_object_set_new(page, "from",
			    json_string(date_text(r, json_number(c, "valid_from_us"))));
	json_object_set_new(page, "steps", steps_of(r, answer(r, 1)));
	add_actions(r, page, c);
	reply_page(r, 200, "office_credential", page);
}

static void show_credential(struct request *r)
{
	struct id id;

	if (!param_id(r, "id", &id))
		return;
	ask(r, TO_ISSUANCE, "get_credential", json_pack("{s:s}", "credential", param(r, "id")));
	ask(r, TO_ISSUANCE, "get_history", json_pack("{s:s}", "credential", param(r, "id")));
	then(r, credential_came);
}

/* ---- what changes it ---- */

static void changed(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "credential", param(r, "id")),
			   "/office/credentials/%s", param(r, "id"));
}

/* Of the credential in the path, with the form's reason where the command has one. */
static void change(struct request *r, const char *command, const char *reason)
{
	struct id id;

	if (!param_id(r, "id", &id))
		return;
	order(r, TO_ISSUANCE, command, &id,
	      json_pack("{s:s, s:s*}", "credential", param(r, "id"), "reason", reason));
	then(r, changed);
}

static const char *reason_asked(struct request *r)
{
	const char *reason = body_text(r, "reason");

	return reason != NULL ? reason : "LIFE_REASON_UNSPECIFIED";
}

static void suspend(struct request *r)
{
	change(r, "suspend", reason_asked(r));
}

static void reinstate(struct request *r)
{
	change(r, "reinstate", NULL);
}

static void propose(struct request *r)
{
	change(r, "propose_revocation", reason_asked(r));
}

static void confirm(struct request *r)
{
	change(r, "confirm_revocation", NULL);
}

static void withdraw(struct request *r)
{
	change(r, "withdraw_proposal", NULL);
}

static void issue_held(struct request *r)
{
	change(r, "issue_held", NULL);
}

/* ---- keys ---- */

static json_t *keys_of(struct request *r, const json_t *issuer)
{
	json_t *rows = json_array(), *k;
	size_t i;

	json_array_foreach(json_object_get(issuer, "all_keys"), i, k)
	{
		int64_t retired = json_number(k, "retired_us"),
			revoked = json_number(k, "revoked_us");

		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "key", json_text(k, "key"),
				  "kind",
				  *json_text(k, "kind") != '\0' ? json_text(k, "kind") : "ED25519",
				  "state", word_of(r, "keys", json_text(k, "state")), "added",
				  date_text(r, json_number(k, "added_us")), "ended",
				  revoked != 0   ? date_text(r, revoked)
				  : retired != 0 ? date_text(r, retired)
						 : "–",
				  "credentials", (json_int_t)json_number(k, "credentials")));
	}
	return rows;
}

static void keys_came(struct request *r)
{
	json_t *page, *list, *a;
	size_t i;

	if (refused(r, 0))
		return;
	page = office_page(r, "keys.title", NULL);
	list = json_array();
	json_array_foreach(json_object_get(answer(r, 0), "issuers"), i, a)
	{
		const json_t *issuer = json_object_get(a, "issuer");

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:o}", "name", json_text(issuer, "name"),
					"code", json_text(issuer, "code"), "did",
					json_text(issuer, "did"), "keys", keys_of(r, a)));
	}
	json_object_set_new(page, "issuers", list);
	reply_page(r, 200, "office_keys", page);
}

static void show_keys(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_issuers", json_object());
	then(r, keys_came);
}

#define CHANGE(path, step, words, ...)                                                             \
	{                                                                                          \
		POST, "/office/credentials/{id}/" path, step,                                      \
			.may = MAY_ISSUER, .as = AS_OFFICE, .scope = "credential:revoke",          \
			.body = BODY_FORM, .about = words, .changes = "/office/credentials/{id}",  \
			__VA_ARGS__                                                                \
	}

static const struct route routes[] = {
	{GET, "/office/credentials", show_credentials, .may = MAY_SEE, .as = AS_OFFICE,
	 .scope = "admin", .about = "Find a credential; those that could not be signed",
	 .takes = "id?text"},
	{GET, "/office/credentials/{id}", show_credential, .may = MAY_SEE, .as = AS_OFFICE,
	 .scope = "admin", .about = "A credential's state and its history"},
	CHANGE("suspend", suspend, "Suspend a credential", .takes = "reason=text", .step_up = true),
	CHANGE("reinstate", reinstate, "Reinstate a suspended credential", .step_up = true),
	CHANGE("revocation", propose, "Propose to revoke; another person confirms",
	       .takes = "reason=text", .step_up = true),
	CHANGE("revocation/confirm", confirm, "Revoke what another person has proposed",
	       .step_up = true),
	CHANGE("revocation/withdraw", withdraw, "Take back a proposal to revoke", .step_up = false),
	CHANGE("issue", issue_held, "Sign what was held", .step_up = true),
	{GET, "/office/keys", show_keys, .may = MAY_SEE | MAY_OPERATOR, .as = AS_OFFICE,
	 .scope = "admin", .about = "Issuers' keys"},
};

const struct route_list office_credentials_routes = {routes, ARRAY_LEN(routes)};
