/* Who issues here: the list of issuers, and a page for each. */
#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"
#include "services/issuance/documents/terms.h"

#include <string.h>

static json_t *brief(struct request *r, const json_t *a)
{
	const json_t *issuer = json_object_get(a, "issuer");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", json_text(issuer, "name"),
			 "code", json_text(issuer, "code"), "did", json_text(issuer, "did"), "url",
			 json_text(issuer, "url"), "email", json_text(issuer, "email"), "page",
			 issuer_page(a, r->arena));
}

static void list_came(struct request *r)
{
	json_t *issuers = json_array(), *a;
	size_t i;

	if (refused(r, 0)) {
		json_decref(issuers);
		return;
	}
	json_array_foreach(json_object_get(answer(r, 0), "issuers"), i, a)
		json_array_append_new(issuers, brief(r, a));
	reply_page(r, 200, "issuers",
		   json_pack("{s:s, s:o}", "title", word(r, "issuers.title"), "issuers", issuers));
}

static void list_issuers(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_issuers", json_object());
	then(r, list_came);
}

static json_t *keys_json(struct request *r, const json_t *a)
{
	json_t *keys = json_array(), *key;
	size_t i;

	json_array_foreach(json_object_get(a, "all_keys"), i, key)
	{
		const char *state = json_text(key, "state");
		int64_t revoked_us = json_number(key, "revoked_us");

		json_array_append_new(
			keys,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "key", json_text(key, "key"),
				  "state", state, "state_text", word_of(r, "issuers", state),
				  "since", date_text(r, json_number(key, "added_us")), "revoked",
				  revoked_us != 0 ? date_text(r, revoked_us) : "", "credentials",
				  (json_int_t)json_number(key, "credentials")));
	}
	return keys;
}

static void issuer_came(struct request *r)
{
	const char *id = param(r, "id");
	const json_t *a;
	json_t *page;

	if (refused(r, 0))
		return;
	a = issuer_of_path(answer(r, 0), arena_printf(r->arena, "/issuers/%s/did.json", id), id);
	if (a == NULL) {
		reply_problem(r, 404, "not_found", "No issuer of that name issues here.");
		return;
	}
	page = brief(r, a);
	json_object_set_new(page, "title", json_string(json_text(page, "name")));
	json_object_set_new(page, "keys", keys_json(r, a));
	json_object_set_new(
		page, "key_list",
		json_string(arena_printf(r->arena, "https://%s", json_text(a, "did_path"))));
	json_object_set(page, "sponsors",
			json_object_get(json_object_get(a, "issuer"), "sponsors"));
	reply_page(r, 200, "issuer", page);
}

static void show_issuer(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_issuers", json_object());
	then(r, issuer_came);
}

/* As an Open Badges profile. */
static void profile_came(struct request *r)
{
	const char *id = param(r, "id");
	const json_t *a, *issuer;

	if (refused(r, 0))
		return;
	a = issuer_of_path(answer(r, 0), arena_printf(r->arena, "/issuers/%s/did.json", id), id);
	issuer = json_object_get(a, "issuer");
	if (a == NULL) {
		reply_problem(r, 404, "not_found", "No issuer of that name issues here.");
		return;
	}
	reply_header(r, "Access-Control-Allow-Origin", "*");
	reply_cache(r, "public, max-age=300");
	reply_json(r, 200,
		   json_pack("{s:[s, s], s:s, s:[s], s:s, s:s*, s:s*}", "@context", CONTEXT_VC_URL,
			     CONTEXT_OB_URL, "id", json_text(issuer, "did"), "type", "Profile",
			     "name", json_text(issuer, "name"), "url",
			     json_string_value(json_object_get(issuer, "url")), "email",
			     json_string_value(json_object_get(issuer, "email"))));
}

static void serve_profile(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_issuers", json_object());
	then(r, profile_came);
}

static const struct route routes[] = {
	{GET, "/issuers", list_issuers, .may = MAY_ANYONE, .about = "Who issues credentials here"},
	{GET, "/issuers/{id}", show_issuer, .may = MAY_ANYONE, .about = "An issuer and its keys"},
	{GET, "/issuers/{id}/profile.json", serve_profile, .may = MAY_ANYONE,
	 .about = "An issuer as an Open Badges profile (JSON-LD)"},
};

const struct route_list issuers_routes = {routes, ARRAY_LEN(routes)};
