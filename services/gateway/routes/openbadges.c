/*
 * The Open Badges 3.0 API (1EdTech): a teacher's own badges, for a wallet that she let in
 * (routes/oauth.c).
 *
 * Documents are given as they were signed, byte for byte.
 */
#include "libshared/json.h"
#include "services/gateway/render/layout.h"
#include "services/gateway/routes/oauth.h"
#include "services/gateway/routes/teacher.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/web/web.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define OB "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
#define BASE "/ims/ob/v3p0"
#define LIMIT_MOST 30 /* each is a question */
#define LIST_PAGE 200
#define LIST_PAGES 10

/* ---- what the API is ---- */

static json_t *scopes_told(void)
{
	static const char *const about[N_OAUTH_SCOPES] = {
		"Read the holder's badges", "Add badges to the holder's",
		"Read the holder's profile", "Change the holder's profile",
		"Go on while the holder is away"};
	json_t *scopes = json_object();

	for (unsigned i = 0; i < N_OAUTH_SCOPES; i++)
		json_object_set_new(scopes, oauth_scope_names[i], json_string(about[i]));
	return scopes;
}

static json_t *operation(const char *id, const char *summary, const char *scope,
			 const char *statuses)
{
	json_t *o = json_pack("{s:s, s:s, s:[s], s:{}}", "operationId", id, "summary", summary,
			      "tags", "OpenBadgeCredentials", "responses");

	for (const char *at = statuses; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
		char status[4] = {at[0], at[1], at[2], '\0'};

		json_object_set_new(json_object_get(o, "responses"), status,
				    json_pack("{s:s}", "description",
					      status[0] == '2' ? "Done" : "Imsx_StatusInfo"));
	}
	if (scope != NULL)
		json_object_set_new(o, "security", json_pack("[{s:[s]}]", "OAuth2ACG", scope));
	return o;
}

static json_t *paths_told(void)
{
	return json_pack("{s:{s:o}, s:{s:o, s:o}, s:{s:o, s:o}}", BASE "/discovery", "get",
			 operation("getServiceDescription", "This document", NULL, "200"),
			 BASE "/credentials", "get",
			 operation("getCredentials", "The holder's badges",
				   OB "credential.readonly", "200 400 401 403"),
			 "post",
			 operation("upsertCredential", "Add a badge, once", OB "credential.upsert",
				   "200 201 400 401 403"),
			 BASE "/profile", "get",
			 operation("getProfile", "The holder's profile", OB "profile.readonly",
				   "200 401 403"),
			 "put",
			 operation("putProfile", "Change url and description of it",
				   OB "profile.update", "200 400 401 403"));
}

static json_t *security_told(struct request *r)
{
	return json_pack("{s:{s:{s:s, s:s, s:s, s:{s:{s:s, s:s, s:s, s:o}}}}}", "securitySchemes",
			 "OAuth2ACG", "type", "oauth2", "description",
			 "OAuth 2.0 authorization code with PKCE (S256)", "x-imssf-registrationUrl",
			 public_path(r, "/oauth/register"), "flows", "authorizationCode",
			 "authorizationUrl", public_path(r, "/oauth/authorize"), "tokenUrl",
			 public_path(r, "/oauth/token"), "refreshUrl",
			 public_path(r, "/oauth/token"), "scopes", scopes_told());
}

static void show_discovery(struct request *r)
{

	reply_cache(r, "public, max-age=300");
	reply_header(r, "Access-Control-Allow-Origin", "*");
	reply_json(r, 200,
		   json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}, s:[{s:s}], s:o, s:o}",
			     "openapi", "3.0.1", "info", "title", "Cairn", "version", "3.0",
			     "description", "Badges of teachers, for their wallets.",
			     "termsOfService", public_path(r, "/privacy"),
			     "x-imssf-privacyPolicyUrl", public_path(r, "/privacy"),
			     "x-imssf-image",
			     public_path(r, "%s/cairn.svg", pages_assets(r->web->pages)), "servers",
			     "url", public_url(r), "paths", paths_told(), "components",
			     security_told(r)));
}

/* ---- getCredentials ---- */

/* What is gathered, from step to step. */
struct holdings {
	json_t *rows; /* [{id, external}] */
	size_t limit, offset;
	int64_t since_us;
	unsigned pages;
	bool of_others; /* what is being listed */
};

static bool counts(const json_t *credential)
{
	const char *state = text_in(credential, "state");

	return !is_true_in(credential, "erased") && strcmp(state, "revoked") != 0 &&
	       strcmp(state, "superseded") != 0;
}

static void note_own(struct holdings *h, const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(list, "credentials"), i, one)
	{
		int64_t at_us = MAX(number_in(one, "decided_us"), number_in(one, "since_us"));

		if (counts(one) && at_us > h->since_us)
			json_array_append_new(h->rows,
					      json_pack("{s:s}", "id", text_in(one, "credential")));
	}
}

static void note_others(struct holdings *h, const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(list, "externals"), i, one)
	{
		if (number_in(one, "verified_us") > h->since_us)
			json_array_append_new(h->rows,
					      json_pack("{s:s, s:b}", "id",
							text_in(one, "external"), "external", 1));
	}
}

static const char *page_address(struct request *r, const struct holdings *h, size_t offset)
{
	const char *since = query_text(r, "since");

	return public_path(r, BASE "/credentials?limit=%zu&offset=%zu%s%s", h->limit, offset,
			   since != NULL ? "&since=" : "", since != NULL ? escaped(r, since) : "");
}

static void put_links(struct request *r, const struct holdings *h)
{
	size_t total = json_array_size(h->rows), last;
	const char *links;

	ENSURE(h->limit > 0);
	last = total == 0 ? 0 : (total - 1) / h->limit;
	links = arena_printf(r->arena, "<%s>; rel=\"first\", <%s>; rel=\"last\"",
			     page_address(r, h, 0), page_address(r, h, last * h->limit));
	if (h->offset + h->limit < total)
		links = arena_printf(r->arena, "%s, <%s>; rel=\"next\"", links,
				     page_address(r, h, h->offset + h->limit));
	if (h->offset > 0)
		links = arena_printf(
			r->arena, "%s, <%s>; rel=\"prev\"", links,
			page_address(r, h, h->offset > h->limit ? h->offset - h->limit : 0));
	reply_header(r, "Link", "%s", links);
	reply_header(r, "X-Total-Count", "%zu", total);
}

/* "" when it was erased meanwhile. One of another issuer comes as bytes, so as base64. */
static const char *document_of(struct request *r, unsigned slot)
{
	const char *text = text_in(answer(r, slot), "document");
	size_t room = strlen(text), len = 0;
	char *out;

	if (json_object_get(answer(r, slot), "external") == NULL)
		return text;
	out = arena_alloc(r->arena, room + 1);
	if (sodium_base642bin((uint8_t *)out, room, text, room, NULL, &len, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0)
		return "";
	out[len] = '\0';
	return out;
}

static void documents_came(struct request *r)
{
	const struct holdings *h = r->own;
	size_t n = MIN(h->limit, json_array_size(h->rows) - h->offset), len = 0, room = 100;
	const char *texts[LIMIT_MOST];
	char *all;

	for (unsigned i = 0; i < n; i++) {
		if (refused(r, i))
			return;
		texts[i] = document_of(r, i);
		room += strlen(texts[i]) + 1;
	}
	all = arena_alloc(r->arena, room);
	len = (size_t)snprintf(all, room, "{\"credential\":[");
	for (unsigned i = 0, told = 0; i < n; i++)
		if (texts[i][0] != '\0')
			len += (size_t)snprintf(all + len, room - len, "%s%s",
						told++ > 0 ? "," : "", texts[i]);
	len += (size_t)snprintf(all + len, room - len, "],\"compactJwsString\":[]}");
	put_links(r, h);
	reply_bytes(r, 200, "application/json", (struct bytes){(const uint8_t *)all, len});
}

static void ask_documents(struct request *r)
{
	struct holdings *h = r->own;

	h->offset = MIN(h->offset, json_array_size(h->rows));
	for (size_t i = h->offset; i < MIN(h->offset + h->limit, json_array_size(h->rows)); i++) {
		const json_t *row = json_array_get(h->rows, i);

		if (is_true_in(row, "external"))
			ask(r, TO_ISSUANCE, "get_external",
			    json_pack("{s:s, s:s}", "educator", own_id(r), "external",
				      text_in(row, "id")));
		else
			ask(r, TO_ISSUANCE, "get_credential",
			    json_pack("{s:s, s:b}", "credential", text_in(row, "id"), "document",
				      1));
	}
	then(r, documents_came);
}

static void list_more(struct request *r, const char *after);

static void list_came(struct request *r)
{
	struct holdings *h = r->own;
	const char *next;

	if (refused(r, 0))
		return;
	(h->of_others ? note_others : note_own)(h, answer(r, 0));
	next = text_in(answer(r, 0), "next");
	if (next[0] != '\0' && ++h->pages < LIST_PAGES) {
		list_more(r, arena_printf(r->arena, "%s", next));
	} else if (!h->of_others) {
		h->of_others = true;
		h->pages = 0;
		list_more(r, NULL);
	} else {
		ask_documents(r);
	}
}

static void list_more(struct request *r, const char *after)
{
	const struct holdings *h = r->own;

	ask(r, TO_ISSUANCE, h->of_others ? "list_externals" : "list_credentials",
	    json_pack("{s:s, s:i, s:s*}", "educator", own_id(r), "limit", LIST_PAGE, "after",
		      after));
	then(r, list_came);
}

static void get_credentials(struct request *r)
{
	struct holdings *h = arena_zalloc(r->arena, sizeof *h);
	const char *since = query_text(r, "since");

	h->limit = (size_t)query_number(r, "limit", 1, LIMIT_MOST, LIMIT_MOST);
	h->offset = (size_t)query_number(r, "offset", 0, 1000000, 0);
	if (since != NULL && !time_of_text(since, &h->since_us)) {
		reply_problem(r, 400, "bad_since",
			      "since: a time as 2027-06-30T12:00:00Z is "
			      "expected.");
		return;
	}
	h->rows = keep(r, json_array());
	r->own = h;
	list_more(r, NULL);
}

static const struct route openbadges[] = {
	{GET, BASE "/discovery", show_discovery, .may = MAY_ANYONE,
	 .about = "The Open Badges API: its addresses and scopes"},
	{GET, BASE "/credentials", get_credentials, READS(OB "credential.readonly"),
	 .about = "The own badges as they were signed (Open Badges 3.0)",
	 .takes = "limit?count offset?count since?text"},
};
const struct route_list openbadges_routes = {openbadges, ARRAY_LEN(openbadges)};
