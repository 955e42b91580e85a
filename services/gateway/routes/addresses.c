/* Addresses that stand in what was signed: key lists, status lists, achievements, the log. They
 * are for ever, anybody may read them, and browsers of other sites too. */
#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/preview.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"
#include "services/issuance/documents/terms.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define JSON "application/json"

static void to_everybody(struct request *r, const char *cache)
{
	reply_header(r, "Access-Control-Allow-Origin", "*");
	reply_cache(r, cache);
}

static void not_here(struct request *r)
{
	reply_problem(r, 404, "not_found", "Nothing is at this address.");
}

/* ---- key lists ---- */

static void reply_keys(struct request *r, const char *path)
{
	const json_t *issuer = issuer_of_path(answer(r, 0), path, NULL);
	const char *document = json_text(issuer, "did_document");

	if (document[0] == '\0') {
		not_here(r);
		return;
	}
	to_everybody(r, "public, max-age=300");
	reply_bytes(r, 200, JSON, bytes_of_text(document));
}

static void keys_came(struct request *r)
{
	if (!refused(r, 0))
		reply_keys(r, r->path);
}

static void serve_keys(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_issuers", json_object());
	then(r, keys_came);
}

/* ---- status lists ---- */

static void status_came(struct request *r)
{
	const char *document = json_text(answer(r, 0), "document");

	if (status_of(r, 0) == CAIRN__STATUS__INVALID ||
	    (status_of(r, 0) == CAIRN__STATUS__OK && document[0] == '\0')) {
		not_here(r);
		return;
	}
	if (refused(r, 0))
		return;
	to_everybody(r, "public, max-age=60");
	reply_bytes(r, 200, JSON, bytes_of_text(document));
}

/* The path of the issuer's key list: it is the same but for the end. */
static void status_issuer_came(struct request *r)
{
	const char *end = strstr(r->path, "/status/");
	const char *base = arena_text(
		r->arena, (struct bytes){(const uint8_t *)r->path, (size_t)(end - r->path)});
	const char *path = base[0] == '\0' ? "/.well-known/did.json"
					   : arena_printf(r->arena, "%s/did.json", base);
	const char *number = param(r, "number");
	const json_t *issuer;

	if (refused(r, 0))
		return;
	issuer = issuer_of_path(answer(r, 0), path, NULL);
	if (issuer == NULL || strlen(number) > 9 ||
	    strspn(number, "0123456789") != strlen(number)) {
		not_here(r);
		return;
	}
	ask(r, TO_ISSUANCE, "get_status_list",
	    json_pack("{s:s, s:i}", "issuer",
		      json_text(json_object_get(issuer, "issuer"), "issuer"), "number",
		      (int)strtol(number, NULL, 10)));
	then(r, status_came);
}

static void serve_status(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_issuers", json_object());
	then(r, status_issuer_came);
}

/* ---- achievements ---- */

static bool wants_linked_data(const struct request *r)
{
	const char *accept = header(r, "Accept");

	return r->wants_json || (accept != NULL && strstr(accept, "ld+json") != NULL);
}

static void reply_achievement(struct request *r, const json_t *a)
{
	AUTO(json_decrefp)
	json_t *document = json_loads(json_text(a, "document"), JSON_REJECT_DUPLICATES, NULL);
	AUTO(json_decrefp)
	json_t *whole = json_pack("{s:[s, s, s]}", "@context", CONTEXT_VC_URL, CONTEXT_OB_URL,
				  CONTEXT_EXT_URL);
	AUTO(free_ptr) char *text = NULL;

	if (document == NULL) {
		not_here(r);
		return;
	}
	json_object_update(whole, document);
	text = json_dumps(whole, JSON_COMPACT);
	reply_bytes(r, 200, "application/ld+json", bytes_of_text(text));
}

static json_t *rows_json(const json_t *noted)
{
	const json_t *rubric = json_object_get(noted, "rubric");
	json_t *rows = json_array(), *row;
	size_t i;

	json_array_foreach(json_object_get(rubric, "criteria"), i, row)
		json_array_append_new(rows, json_pack("{s:s}", "title", json_text(row, "title")));
	return rows;
}

static json_t *achievement_page(struct request *r, const json_t *a)
{
	const json_t *noted = json_object_get(a, "noted"), *issuer = json_object_get(a, "issuer");
	const char *entry = json_text(noted, "entry");
	int64_t version = json_number(noted, "version"), newest = json_number(a, "newest");
	const char *path = arena_printf(r->arena, "/achievements/%s/%" PRId64, entry, version);

	json_t *page =
		json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:o, s:{s:s, s:s}}", "title",
			  json_text(noted, "title"), "code", json_text(noted, "code"),
			  "description", json_text(noted, "description"), "competency",
			  json_text(noted, "competency"), "version", (json_int_t)version,
			  "clock_hours", (json_int_t)json_number(noted, "clock_hours"), "id",
			  arena_printf(r->arena, "urn:uuid:%s", json_text(a, "achievement")),
			  "rows", rows_json(noted), "issuer", "name", json_text(issuer, "name"),
			  "page", arena_printf(r->arena, "/issuers/%s", json_text(issuer, "code")));
	json_object_set_new(page, "permanent", json_string(public_path(r, "%s", path)));
	if (newest != version)
		json_object_set_new(page, "newest",
				    json_string(arena_printf(r->arena, "/achievements/%s/%" PRId64,
							     entry, newest)));
	json_object_set_new(
		page, "og",
		preview_of(r, json_text(noted, "title"), json_text(noted, "description"), path));
	return page;
}

static void achievement_came(struct request *r)
{
	const json_t *a;

	if (status_of(r, 0) == CAIRN__STATUS__INVALID) {
		not_here(r);
		return;
	}
	if (refused(r, 0))
		return;
	a = answer(r, 0);
	to_everybody(r, "public, max-age=300");
	reply_header(r, "Vary", "Accept");
	if (wants_linked_data(r))
		reply_achievement(r, a);
	else
		reply_page(r, 200, "achievement", achievement_page(r, a));
}

static void serve_achievement(struct request *r)
{
	const char *version = param(r, "version");
	struct id entry;

	if (!param_id(r, "entry", &entry))
		return;
	if (strlen(version) > 9 || strspn(version, "0123456789") != strlen(version)) {
		not_here(r);
		return;
	}
	ask(r, TO_ISSUANCE, "get_achievement",
	    json_pack("{s:s, s:i}", "entry", ID_STR(bytes_of_id(&entry)), "version",
		      (int)strtol(version, NULL, 10)));
	then(r, achievement_came);
}

/* ---- the transparency log ---- */

static bool log_came(struct request *r)
{
	if (status_of(r, 0) == CAIRN__STATUS__INVALID) {
		not_here(r);
		return false;
	}
	return !refused(r, 0);
}

static void checkpoint_came(struct request *r)
{
	if (!log_came(r))
		return;
	to_everybody(r, "public, max-age=30");
	if (r->wants_json)
		reply_json(r, 200, json_incref(answer(r, 0)));
	else
		reply_bytes(r, 200, "text/plain; charset=utf-8",
			    bytes_of_text(json_text(answer(r, 0), "note")));
}

static void serve_checkpoint(struct request *r)
{
	ask(r, TO_ISSUANCE, "get_checkpoint", json_object());
	then(r, checkpoint_came);
}

static void log_proof_came(struct request *r)
{
	if (!log_came(r))
		return;
	to_everybody(r, "public, max-age=30");
	reply_json(r, 200, json_incref(answer(r, 0)));
}

static void serve_inclusion(struct request *r)
{
	struct id credential;

	if (!param_id(r, "credential", &credential))
		return;
	ask(r, TO_ISSUANCE, "get_inclusion",
	    json_pack("{s:s}", "credential", ID_STR(bytes_of_id(&credential))));
	then(r, log_proof_came);
}

static void serve_consistency(struct request *r)
{
	ask(r, TO_ISSUANCE, "get_consistency",
	    json_pack("{s:I}", "from", (json_int_t)query_number(r, "from", 1, INT64_MAX, 1)));
	then(r, log_proof_came);
}

static const struct route routes[] = {
	{GET, "/.well-known/did.json", serve_keys, .may = MAY_ANYONE,
	 .about = "The key list of an issuer that is this host (DID document)"},
	{GET, "/issuers/{id}/did.json", serve_keys, .may = MAY_ANYONE,
	 .about = "The key list of an issuer (DID document)"},
	{GET, "/status/{number}", serve_status, .may = MAY_ANYONE,
	 .about = "A status list of an issuer that is this host, as it was signed"},
	{GET, "/issuers/{id}/status/{number}", serve_status, .may = MAY_ANYONE,
	 .about = "A status list of an issuer, as it was signed"},
	{GET, "/achievements/{entry}/{version}", serve_achievement, .may = MAY_ANYONE,
	 .about = "What credentials of a version are given for: a page, or JSON-LD"},
	{GET, "/log/checkpoint", serve_checkpoint, .may = MAY_ANYONE,
	 .about = "The newest checkpoint of the transparency log (a signed note)"},
	{GET, "/log/inclusion/{credential}", serve_inclusion, .may = MAY_ANYONE,
	 .about = "Proof that a credential stands in the transparency log"},
	{GET, "/log/consistency", serve_consistency, .may = MAY_ANYONE,
	 .about = "Proof that the log continues an older checkpoint", .takes = "from=count"},
};

const struct route_list addresses_routes = {routes, ARRAY_LEN(routes)};
