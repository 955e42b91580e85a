/* Public verification: each check of a credential in plain words, for anybody. */
#include "services/gateway/routes/verify.h"

#include "services/gateway/proof/checks.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/proof/multipart.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/preview.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"
#include "services/issuance/documents/verify.h"
#include "services/issuance/forms/bake.h"
#include "services/issuance/forms/facts.h"

#include <string.h>

#define FORM_MAX (VERIFY_MAX_BYTES + ((size_t)16 << 10)) /* with what a form puts around it */

struct shown *shown_of(struct request *r)
{
	struct shown *s = r->own;

	if (s == NULL) {
		r->own = s = arena_zalloc(r->arena, sizeof *s);
		s->holder = s->token = "";
	}
	return s;
}

/* ---- the page of a credential ---- */

static const char *day_if(struct request *r, int64_t at_us)
{
	return at_us != 0 ? date_text(r, at_us) : "";
}

/* What it says of itself, which names nobody. */
static json_t *facts_json(struct request *r, const struct form_facts *f)
{
	const json_t *issuer = shown_of(r)->issuer;
	json_t *by = json_pack("{s:s, s:s, s:s}", "name", f->issuer_name, "id", f->issuer_id, "url",
			       f->issuer_url);

	if (issuer != NULL)
		json_object_set_new(by, "page", json_string(issuer_page(issuer, r->arena)));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "id", f->id, "title",
			 f->title, "description", f->description, "code", f->code, "version",
			 f->version, "credits", f->credits, "from", day_if(r, f->valid_from_us),
			 "until", day_if(r, f->valid_until_us), "issuer", by);
}

static json_t *results_json(const struct form_facts *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n_results; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "row", f->results[i].row,
						      "level", f->results[i].level));
	return list;
}

/* Of one whose text is no more, or cannot be read. */
static json_t *record_json(struct request *r)
{
	const struct shown *s = shown_of(r);

	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "id",
			 s->record != NULL ? arena_printf(r->arena, "urn:uuid:%s",
							  json_text(s->record, "credential"))
					   : "",
			 "title", json_text(s->record, "title"), "code",
			 json_text(s->record, "code"), "from",
			 day_if(r, json_number(s->record, "valid_from_us")), "until",
			 day_if(r, json_number(s->record, "valid_until_us")));
}

/* The words that people read, beside each check's own detail. */
static void add_words(struct request *r, json_t *verdict)
{
	json_t *check;
	size_t i;

	json_array_foreach(json_object_get(verdict, "checks"), i, check)
	{
		const char *name = json_text(check, "check"),
			   *outcome = json_text(check, "outcome");
		const char *key = arena_printf(r->arena, "%s_%s", name, outcome);

		json_object_set_new(check, "name", json_string(word_of(r, "verify", name)));
		json_object_set_new(check, "outcome_text",
				    json_string(word_of(r, "verify", outcome)));
		json_object_set_new(check, "text", json_string(word_of(r, "verify", key)));
		json_object_set_new(check, arena_printf(r->arena, "is_%s", outcome), json_true());
	}
}

static void add_links(struct request *r, json_t *page)
{
	const struct shown *s = shown_of(r);
	const char *base;

	if (s->record != NULL)
		json_object_set_new(
			page, "permanent",
			json_string(public_path(r, "/v/%s", json_text(s->record, "credential"))));
	if (s->token[0] == '\0')
		return;
	base = arena_printf(r->arena, "/s/%s", s->token);
	json_object_set_new(page, "files", json_pack("{s:s}", "base", base));
	json_object_set_new(page, "link_until",
			    json_string(day_if(r, json_number(s->share, "until_us"))));
}

static json_t *check_all(struct request *r)
{
	const struct shown *s = shown_of(r);
	struct proof_input input = {
		.credential = s->credential,
		.issuer = s->issuer,
		.status_list = s->status_list,
		.record = s->record,
		.inclusion = s->inclusion,
		.share = s->share,
		.is_erased = s->credential.len == 0,
		.now_us = r->now_us,
	};
	json_t *page = proof_checks(&input, r->arena);

	add_words(r, page);
	return page;
}

static void show_checks(struct request *r)
{
	const struct shown *s = shown_of(r);
	json_t *page = check_all(r), *credential;
	const char *verdict = json_text(page, "verdict");
	struct form_problem problem = {0};
	struct form_facts facts;
	bool has_facts =
		s->credential.len > 0 && form_facts_read(s->credential, r->arena, &facts, &problem);

	credential = has_facts ? facts_json(r, &facts) : record_json(r);
	json_object_set_new(page, "credential", credential);
	if (has_facts && (s->token[0] != '\0' || r->method == POST))
		json_object_set_new(credential, "results", results_json(&facts));
	json_object_set_new(page, "title", json_string(word_of(r, "verify", verdict)));
	json_object_set_new(
		page, "explained",
		json_string(word_of(r, "verify", arena_printf(r->arena, "%s_text", verdict))));
	json_object_set_new(page, arena_printf(r->arena, "is_%s", verdict), json_true());
	if (s->holder[0] != '\0')
		json_object_set_new(page, "holder", json_string(s->holder));
	if (s->record != NULL)
		json_object_set_new(page, "reason",
				    json_string(json_text(s->record, "reason_text")));
	if (s->record != NULL && s->token[0] == '\0') /* a shared link has no picture */
		json_object_set_new(page, "og",
				    preview_of(r, json_text(credential, "title"),
					       json_text(credential, "description"),
					       arena_printf(r->arena, "/v/%s",
							    json_text(s->record, "credential"))));
	add_links(r, page);
	reply_page(r, 200, "proof", page);
}

/* ---- what is asked for it ---- */

static void list_came(struct request *r)
{
	struct shown *s = shown_of(r);

	s->status_list = bytes_of_text(json_text(keep(r, json_incref(answer(r, 0))), "document"));
	show_checks(r);
}

static void issuers_came(struct request *r)
{
	struct shown *s = shown_of(r);
	struct proof_names names = {.did = ""};

	if (refused(r, 0))
		return;
	if (s->record != NULL)
		s->inclusion = keep(r, json_incref(answer(r, 1)));
	if (s->credential.len > 0)
		(void)proof_names_read(s->credential, r->arena, &names);
	s->issuer = issuer_of_did(keep(r, json_incref(answer(r, 0))), names.did);
	if (s->issuer == NULL || names.list == 0) {
		show_checks(r);
		return;
	}
	ask(r, TO_ISSUANCE, "get_status_list",
	    json_pack("{s:s, s:i}", "issuer",
		      json_text(json_object_get(s->issuer, "issuer"), "issuer"), "number",
		      (int)names.list));
	then(r, list_came);
}

static void look_up(struct request *r)
{
	const struct shown *s = shown_of(r);

	ask(r, TO_ISSUANCE, "list_issuers", json_object());
	if (s->record != NULL)
		ask(r, TO_ISSUANCE, "get_inclusion",
		    json_pack("{s:s}", "credential", json_text(s->record, "credential")));
	then(r, issuers_came);
}

/* ---- by its id ---- */

static void no_credential(struct request *r)
{
	reply_problem(r, 404, "no_credential",
		      "No such credential was issued here. Compare the id with the one that you "
		      "were given.");
}

bool credential_came(struct request *r)
{
	struct shown *s = shown_of(r);

	if (status_of(r, 0) == CAIRN__STATUS__INVALID) {
		no_credential(r);
		return false;
	}
	if (refused(r, 0))
		return false;
	s->record = keep(r, json_incref(answer(r, 0)));
	s->credential = bytes_of_text(json_text(s->record, "document"));
	return true;
}

static void record_came(struct request *r)
{
	if (credential_came(r))
		look_up(r);
}

static void show_credential(struct request *r)
{
	struct id id;

	if (!param_id(r, "credential", &id))
		return;
	ask(r, TO_ISSUANCE, "get_credential",
	    json_pack("{s:s, s:b}", "credential", ID_STR(bytes_of_id(&id)), "document", 1));
	then(r, record_came);
}

/* ---- by its holder's link ---- */

bool share_came(struct request *r)
{
	struct shown *s = shown_of(r);
	const json_t *opened;

	if (status_of(r, 0) == CAIRN__STATUS__INVALID) {
		reply_problem(r, 404, "no_link",
			      "There is no such link. Ask whoever sent it to "
			      "send it again, whole.");
		return false;
	}
	if (refused(r, 0))
		return false;
	opened = keep(r, json_incref(answer(r, 0)));
	s->share = json_object_get(opened, "share");
	s->record = json_object_get(opened, "credential");
	s->holder = json_text(opened, "holder");
	if (strcmp(json_text(s->share, "state"), "open") == 0) {
		s->credential = bytes_of_text(json_text(s->record, "document"));
		return true;
	}
	reply_problem(r, 410, "link_closed",
		      "This link is over, or its holder has withdrawn it. Ask them for a new one.");
	return false;
}

static void opened(struct request *r)
{
	reply_header(r, "X-Robots-Tag", "noindex");
	if (share_came(r))
		look_up(r);
}

static void show_share(struct request *r)
{
	shown_of(r)->token = param(r, "token");
	ask(r, TO_ISSUANCE, "open_share", json_pack("{s:s}", "token", param(r, "token")));
	then(r, opened);
}

/* ---- of a file, or pasted ---- */

/* An address or an urn of it will do. */
static void show_form(struct request *r)
{
	const char *asked = query_text(r, "id");
	struct id id;

	if (asked == NULL || asked[0] == '\0')
		reply_page(r, 200, "verify", json_pack("{s:s}", "title", word(r, "verify.title")));
	else if (!id_at_end(asked, &id))
		reply_problem(r, 400, "bad_id",
			      "A credential's id has 36 characters, like "
			      "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b. It stands on the "
			      "certificate and at the end of its address.");
	else
		reply_redirect(r, 303, arena_printf(r->arena, "/v/%s", ID_STR(bytes_of_id(&id))));
}

/* The address in the one-line form of a credential, as it stands on resumes. */
static void show_by_id(struct request *r)
{
	struct id id;

	if (param_id(r, "credential", &id))
		reply_redirect(r, 303, arena_printf(r->arena, "/v/%s", ID_STR(bytes_of_id(&id))));
}

static bool file_sent(struct request *r, struct bytes *file_r)
{
	const char *type = header(r, "Content-Type");

	if (strcmp(r->type, "multipart/form-data") == 0)
		return multipart_find(r->raw, type, "file", file_r) ||
		       multipart_find(r->raw, type, "document", file_r);
	*file_r = r->raw;
	return r->raw.len > 0;
}

static void uploaded_came(struct request *r)
{
	if (status_of(r, 0) == CAIRN__STATUS__OK)
		shown_of(r)->record = keep(r, json_incref(answer(r, 0)));
	look_up(r);
}

static void verify_file(struct request *r)
{
	struct shown *s = shown_of(r);
	struct form_problem problem = {0};
	struct proof_names names;
	struct bytes file;
	struct id id;

	if (!file_sent(r, &file)) {
		reply_problem(r, 400, "no_file",
			      "Choose a badge or credential file, or paste its text.");
		return;
	}
	if (!form_unbake(file, r->arena, &s->credential, &problem)) {
		reply_problem(r, 422, "no_credential_in_file", "%s", problem.text);
		return;
	}
	if (!proof_names_read(s->credential, r->arena, &names) || !id_at_end(names.id, &id)) {
		look_up(r);
		return;
	}
	ask(r, TO_ISSUANCE, "get_credential",
	    json_pack("{s:s}", "credential", ID_STR(bytes_of_id(&id))));
	then(r, uploaded_came);
}

/* ---- routes ---- */

static const struct route routes[] = {
	{GET, "/verify", show_form, .may = MAY_ANYONE, .about = "Verify a credential: the form",
	 .takes = "id?text"},
	{GET, "/verify/{credential}", show_by_id, .may = MAY_ANYONE,
	 .about = "A credential's address as it stands on resumes: leads to /v/{credential}"},
	{POST, "/verify", verify_file, .may = MAY_ANYONE, .body = BODY_RAW, .body_max = FORM_MAX,
	 .no_csrf = true,
	 .about = "Verify a credential: a file (JSON, JWT, or a badge as PNG or SVG), or its text"},
	{GET, "/v/{credential}", show_credential, .may = MAY_ANYONE,
	 .about = "Every check of a credential that was issued here"},
	{GET, "/s/{token}", show_share, .may = MAY_ANYONE,
	 .about = "A credential that its holder shares by a link"},
};

const struct route_list verify_routes = {routes, ARRAY_LEN(routes)};
