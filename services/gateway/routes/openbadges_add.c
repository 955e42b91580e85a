/*
 * The Open Badges 3.0 API, what comes in: a badge for the teacher whose wallet brings it, and who
 * she is.
 *
 * A badge is taken when its signature verifies by a key list that is at hand: of an issuer of this
 * installation, of one whose list an operator keeps, or a did:key. The net is not asked.
 */
#include "services/gateway/proof/checks.h"
#include "services/gateway/proof/key_lists.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/routes/access_parts.h"
#include "services/gateway/routes/teacher.h"
#include "services/gateway/web/web.h"
#include "services/issuance/documents/external.h"
#include "services/issuance/documents/jws.h"
#include "services/issuance/documents/terms.h"
#include "services/issuance/documents/verify.h"

#include <sodium.h>
#include <string.h>

#define OB "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
#define BASE "/ims/ob/v3p0"

struct bringing {
	struct bytes document;
	bool is_token;
	struct proof_names names;
	unsigned status; /* of the reply, once it is known to be the holder's */
};

static void refuse(struct request *r, const char *text)
{
	reply_problem(r, 400, "badge_not_taken", "%s", text);
}

/* What was brought, as it came. */
static void reply_taken(struct request *r)
{
	const struct bringing *b = r->own;

	reply_bytes(r, b->status, b->is_token ? "text/plain" : "application/json", b->document);
}

static void own_came(struct request *r)
{
	if (!not_told(r, 0) && is_own(r, answer(r, 0)))
		reply_taken(r);
}

static void ask_whose(struct request *r, const char *credential)
{
	struct bringing *b = r->own;

	b->status = 200;
	ask(r, TO_ISSUANCE, "get_credential", json_pack("{s:s}", "credential", credential));
	then(r, own_came);
}

static void added(struct request *r)
{
	struct bringing *b = r->own;
	const json_t *receipt;

	if (refused(r, 0))
		return;
	receipt = answer(r, 0);
	if (is_true_in(receipt, "issued_here")) {
		ask_whose(r, text_in(receipt, "external"));
		return;
	}
	b->status = is_true_in(receipt, "known") ? 200 : 201;
	reply_taken(r);
}

static const char *base64(struct request *r, struct bytes b)
{
	size_t room = sodium_base64_ENCODED_LEN(b.len, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(r->arena, room);

	return sodium_bin2base64(text, room, b.data, b.len, sodium_base64_VARIANT_ORIGINAL);
}

static void add(struct request *r, struct bytes key_list)
{
	const struct bringing *b = r->own;

	order(r, TO_ISSUANCE, "add_external", &r->person->educator,
	      json_pack("{s:s, s:s, s:s}", "educator", own_id(r), "document",
			base64(r, b->document), "key_list", base64(r, key_list)));
	then(r, added);
}

/* Of a token only what was issued here can be kept: it is kept already. */
static void look_at_token(struct request *r, struct bytes key_list)
{
	const struct bringing *b = r->own;
	struct verify_input input = {
		.credential = b->document, .did_document = key_list, .now_us = r->now_us};
	struct verification *v = arena_zalloc(r->arena, sizeof *v);
	struct id id;

	token_verify(&input, v);
	if (!v->verified || !id_at_end(b->names.id, &id))
		refuse(r, "The token's signature does not verify by its issuer's keys.");
	else
		ask_whose(r, arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&id))));
}

static void issuers_came(struct request *r)
{
	const struct bringing *b = r->own;
	const json_t *issuer;
	struct bytes key_list;

	if (refused(r, 0))
		return;
	issuer = issuer_of_did(answer(r, 0), b->names.did);
	if (b->is_token && issuer == NULL) {
		refuse(r, "A badge of another issuer is taken with its proof in it "
			  "(eddsa-rdfc-2022), not as a token.");
		return;
	}
	key_list = issuer != NULL ? bytes_of_text(arena_printf(r->arena, "%s",
							       text_in(issuer, "did_document")))
				  : key_list_of(arena_printf(r->arena, "%s/issuers", r->web->dir),
						b->names.did, r->arena);
	if (key_list.len == 0)
		refuse(r, "The keys of its issuer are not known here. Ask whoever runs this "
			  "site to keep that issuer's key list.");
	else if (b->is_token)
		look_at_token(r, key_list);
	else
		add(r, key_list);
}

static struct bytes trimmed(struct bytes b)
{
	while (b.len > 0 && strchr(" \t\r\n", b.data[b.len - 1]) != NULL)
		b.len--;
	return b;
}

static void upsert_credential(struct request *r)
{
	struct bringing *b = arena_zalloc(r->arena, sizeof *b);

	b->is_token = strcmp(r->type, "text/plain") == 0;
	b->document = b->is_token ? trimmed(r->raw) : r->raw;
	r->own = b;
	if (!b->is_token && strcmp(r->type, "application/json") != 0) {
		reply_problem(r, 415, "type_not_taken",
			      "A badge is application/json, or text/plain as a compact JWS.");
	} else if (b->is_token != is_compact_jws(b->document) ||
		   !proof_names_read(b->document, r->arena, &b->names)) {
		refuse(r, "That is no credential.");
	} else {
		ask(r, TO_ISSUANCE, "list_issuers", json_object());
		then(r, issuers_came);
	}
}

/* ---- the profile ---- */

/* The name is the one that the school keeps; url and description are the holder's own. */
static void profile_came(struct request *r)
{
	json_t *profile;

	if (refused(r, 0) || refused(r, 1))
		return;
	profile = json_pack("{s:[s, s], s:s, s:[s]}", "@context", CONTEXT_VC_URL, CONTEXT_OB_URL,
			    "id", arena_printf(r->arena, "urn:uuid:%s", own_id(r)), "type",
			    "Profile");
	put_text_if_any(profile, "name", text_in(json_object_get(answer(r, 0), "person"), "name"));
	put_text_if_any(profile, "url", text_in(answer(r, 1), "url"));
	put_text_if_any(profile, "description", text_in(answer(r, 1), "description"));
	reply_json(r, 200, profile);
}

/* A name is opened for its owner's wallet, and that it was is an event. */
static void get_profile(struct request *r)
{
	ask(r, TO_ENROLLMENT, "open_names",
	    json_pack("{s:s, s:s}", "educator", own_id(r), "purpose", "open-badges-profile"));
	ask(r, TO_SELF, "get_profile", json_pack("{s:s}", "account", own_account(r)));
	then(r, profile_came);
}

static void profile_set(struct request *r)
{
	if (!refused(r, 0))
		get_profile(r);
}

/* The whole of it anew: what is not sent is no more. What else a profile may have is not kept. */
static void put_profile(struct request *r)
{
	order(r, TO_SELF, "set_profile", &r->person->account,
	      json_pack("{s:s, s:{s:s, s:s}, s:s}", "account", own_account(r), "profile", "url",
			sent(r, "url"), "description", sent(r, "description"), "by",
			own_account(r)));
	then(r, profile_set);
}

static const struct route openbadges_add[] = {
	{POST, BASE "/credentials", upsert_credential, READS(OB "credential.upsert"),
	 .body = BODY_RAW, .body_max = EXTERNAL_MAX_BYTES,
	 .about = "Add a badge, once (Open Badges 3.0): JSON, or a compact JWS as text"},
	{GET, BASE "/profile", get_profile, READS(OB "profile.readonly"),
	 .about = "The own profile (Open Badges 3.0)"},
	{PUT, BASE "/profile", put_profile, CHANGES(OB "profile.update"),
	 .changes = BASE "/profile",
	 .about = "Change url and description of the own profile (Open Badges 3.0)",
	 .takes = "url?text description?text"},
};
const struct route_list openbadges_add_routes = {openbadges_add, ARRAY_LEN(openbadges_add)};
