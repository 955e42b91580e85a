/* Publishing in the catalogue: a file is checked against the quality standard, reviewed by another
 * person, published; what is published is retired for its successor. */
#include "services/gateway/routes/office.h"
#include "services/gateway/routes/staged.h"

#include "libshared/json.h"
#include "services/catalogue/catalogue.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/proof/multipart.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAY_SEE (MAY_ISSUER | MAY_AGENCY | MAY_AUDITOR)
#define FILE_MAX ((size_t)2 << 20)
#define CODE_MAX 64

struct entry_page {
	struct id entry;
	json_t *content; /* an Entry message */
};

/* ---- what is published ---- */

static void entries_came(struct request *r)
{
	json_t *page, *list, *e;
	size_t i;

	if (refused(r, 0))
		return;
	page = office_page(r, "publish.title", NULL);
	list = json_array();
	json_array_foreach(json_object_get(answer(r, 0), "entries"), i, e)
	{
		bool retired = json_is_true(json_object_get(e, "retired"));

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:I, s:s, s:b, s:s}", "code", json_text(e, "code"),
				  "title", json_text(e, "title"), "version",
				  (json_int_t)json_number(e, "version"), "state_text",
				  word_of(r, "states", retired ? "RETIRED" : "PUBLISHED"),
				  "overdue", json_is_true(json_object_get(e, "review_overdue")),
				  "path",
				  arena_printf(r->arena, "/office/catalogue/%s",
					       json_text(e, "code"))));
	}
	json_object_set_new(page, "entries", list);
	json_object_set_new(page, "q",
			    json_string(query_text(r, "q") != NULL ? query_text(r, "q") : ""));
	json_object_set_new(page, "may_publish", json_boolean((r->person->may & MAY_ISSUER) != 0));
	office_add_next(r, page, answer(r, 0));
	reply_page(r, 200, "office_entries", page);
}

static void show_entries(struct request *r)
{
	ask(r, TO_ENROLLMENT, "search_entries",
	    json_pack("{s:s*, s:s*, s:b, s:i}", "text", query_text(r, "q"), "after",
		      query_text(r, "after"), "retired_too", 1, "limit", 50));
	then(r, entries_came);
}

/* ---- the checklist ---- */

static json_t *components_of(struct request *r, const json_t *quality)
{
	json_t *rows = json_array(), *c;
	size_t i;

	json_array_foreach(json_object_get(quality, "components"), i, c)
	{
		const char *met = json_text(c, "met");
		bool mandatory = json_is_true(json_object_get(c, "mandatory"));

		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:s, s:b, s:s, s:b, s:s, s:s, s:b}", "code",
				  json_text(c, "code"), "standard", json_text(c, "standard"),
				  "text", json_text(c, "text"), "mandatory", mandatory, "kind_text",
				  word(r, mandatory ? "publish.mandatory" : "publish.advisory"),
				  "attested", json_is_true(json_object_get(c, "attested")),
				  "met_text", word_of(r, "states", *met != '\0' ? met : "UNMET"),
				  "note", json_text(c, "note"), "is_met",
				  strcmp(met, "UNMET") != 0));
	}
	return rows;
}

static void add_quality(struct request *r, json_t *page, const json_t *quality)
{
	static const char *const facts[] = {"reviewed", "published"};

	json_object_set(page, "hash", json_object_get(quality, "hash"));
	json_object_set(page, "standard_version", json_object_get(quality, "standard_version"));
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		json_object_set_new(page, facts[i],
				    json_boolean(json_is_true(json_object_get(quality, facts[i]))));
	json_object_set(page, "standard", json_object_get(quality, "title"));
	json_object_set_new(page, "components", components_of(r, quality));
	json_object_set_new(page, "met", json_integer(json_number(quality, "components_met")));
	json_object_set_new(page, "unmet", json_integer(json_number(quality, "mandatory_unmet")));
	json_object_set_new(page, "may_publish", json_boolean((r->person->may & MAY_ISSUER) != 0));
}

static bool entry_of_code(struct request *r, struct id *id_r)
{
	const char *code = param(r, "code");
	char lower[CODE_MAX + 1];
	size_t len = strlen(code);

	if (len == 0 || len > CODE_MAX) {
		office_not_found(r);
		return false;
	}
	for (size_t i = 0; i <= len; i++)
		lower[i] =
			(char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] + ('a' - 'A') : code[i]);
	*id_r = id_of_name("entry", lower);
	return true;
}

static void entry_came(struct request *r)
{
	const json_t *a, *entry;
	json_t *page;

	if (office_refused(r, 0) || office_refused(r, 1))
		return;
	a = answer(r, 0);
	entry = json_object_get(a, "entry");
	page = office_page(r, "publish.title", NULL);
	json_object_set(page, "title", json_object_get(entry, "title"));
	json_object_set(page, "code", json_object_get(entry, "code"));
	json_object_set(page, "version", json_object_get(entry, "version"));
	json_object_set(page, "successor", json_object_get(a, "superseded_by_code"));
	json_object_set_new(page, "review_by",
			    json_string(*json_text(a, "review_by") != '\0'
						? date_text_of(r, json_text(a, "review_by"))
						: "–"));
	json_object_set_new(page, "overdue",
			    json_boolean(json_is_true(json_object_get(a, "review_overdue"))));
	if (json_is_true(json_object_get(a, "retired")))
		json_object_set_new(page, "retired",
				    json_string(date_text(r, json_number(a, "finish_by_us"))));
	add_quality(r, page, answer(r, 1));
	reply_page(r, 200, "office_entry", page);
}

static void show_entry(struct request *r)
{
	struct id id;

	if (!entry_of_code(r, &id))
		return;
	ask(r, TO_ENROLLMENT, "get_entry", json_pack("{s:s}", "entry", office_id_text(r, &id)));
	ask(r, TO_ENROLLMENT, "get_quality", json_pack("{s:s}", "entry", office_id_text(r, &id)));
	then(r, entry_came);
}

/* ---- a file ---- */

/* The one micro-credential of the file, its facts checked as the loader does. NULL: answered. */
static const Enrollment__Entry *read_file(struct request *r)
{
	struct catalogue c = {.arena = r->arena};
	const Enrollment__Entry *entry = NULL;
	struct bytes file = r->raw;
	size_t n = 0;

	if (strcmp(r->type, "multipart/form-data") == 0 &&
	    !multipart_find(r->raw, header(r, "Content-Type"), "file", &file))
		file = BYTES_NONE;
	if (!catalogue_add(&c, "catalogue", file)) {
		reply_problem(r, 422, "catalogue_not_sound", "%s",
			      say(r, "publish.not_taken", c.fault, NULL));
		return NULL;
	}
	for (size_t i = 0; i < c.n; i++)
		if (c.commands[i]->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY) {
			entry = c.commands[i]->publish_entry->entry;
			n++;
		}
	if (n == 1)
		return entry;
	reply_problem(r, 422, "one_entry",
		      "The file holds %zu micro-credentials. Send one at a time, with the issuer, "
		      "scale and frameworks that it names.",
		      n);
	return NULL;
}

static void checked(struct request *r)
{
	struct entry_page *s = r->own;
	struct id draft = id_make(&r->web->ids, r->now_us);
	char key[STAGED_KEY_TEXT + 1];
	json_t *page;

	if (refused(r, 0))
		return;
	staged_sweep(r);
	if (staged_put(r, &draft, s->content, key) != 0) {
		reply_problem(r, 503, "unavailable", "The file cannot be kept now. Try again.");
		return;
	}
	page = office_page(r, "publish.check_title", NULL);
	add_quality(r, page, answer(r, 0));
	json_object_set(page, "name", json_object_get(s->content, "title"));
	json_object_set(page, "code", json_object_get(s->content, "code"));
	json_object_set(page, "version", json_object_get(s->content, "version"));
	json_object_set_new(page, "draft", json_string(office_id_text(r, &draft)));
	json_object_set_new(page, "key", json_string(key));
	json_object_set_new(page, "sound",
			    json_boolean(json_is_true(json_object_get(page, "reviewed")) &&
					 json_number(page, "unmet") == 0));
	reply_page(r, 200, "office_check", page);
}

static void check_file(struct request *r)
{
	struct entry_page *s = arena_zalloc(r->arena, sizeof *s);
	const Enrollment__Entry *entry = read_file(r);

	if (entry == NULL)
		return;
	r->own = s;
	s->content = keep(r, json_of_message(&entry->base));
	ask(r, TO_ENROLLMENT, "check_entry", json_pack("{s:O}", "entry", s->content));
	then(r, checked);
}

/* What check_file() kept. NULL: answered. */
static json_t *draft_of(struct request *r)
{
	const char *draft = body_text(r, "draft");
	json_t *content = NULL;
	struct id id;

	if (draft != NULL && id_of_text(draft, &id))
		content = staged_get(r, &id, body_text(r, "key"));
	if (content != NULL)
		return keep(r, content);
	reply_problem(r, 409, "draft_gone",
		      "This check is older than a day. Send the file once more.");
	return NULL;
}

static void done(struct request *r)
{
	const char *code = body_text(r, "code");

	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s*}", "code", code), "/office/catalogue%s%s",
			   code != NULL ? "/" : "", code != NULL ? code : "");
}

static bool code_ok(const char *code)
{
	return code == NULL ||
	       code[strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789.-_")] == '\0';
}

static void publish(struct request *r)
{
	json_t *content = code_ok(body_text(r, "code")) ? draft_of(r) : NULL;
	struct id id;

	if (!code_ok(body_text(r, "code")))
		office_not_found(r);
	if (content == NULL)
		return;
	if (!id_of_text(json_text(content, "entry"), &id)) {
		office_not_found(r);
		return;
	}
	order(r, TO_ENROLLMENT, "publish_entry", &id, json_pack("{s:O}", "entry", content));
	then(r, done);
}

/* ---- a review ---- */

/* Members "met:5.2" of the form. */
static json_t *findings_of(const struct request *r)
{
	json_t *list = json_array(), *value;
	const char *name;

	json_object_foreach(r->body, name,
			    value) if (strncmp(name, "met:", 4) == 0 && json_is_string(value))
		json_array_append_new(list, json_pack("{s:s, s:s}", "component", name + 4, "met",
						      json_string_value(value)));
	return list;
}

/* 0 of what is none, which no standard is. */
static unsigned long whole_of(const char *text)
{
	return text != NULL && strlen(text) <= 9 ? strtoul(text, NULL, 10) : 0;
}

static void reviewed(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 201, json_pack("{s:b}", "reviewed", 1), "/office/catalogue");
}

static void record_review(struct request *r)
{
	json_t *content = draft_of(r), *review;
	const char *hash = body_text(r, "hash"), *standard = body_text(r, "standard_version");
	struct id id;

	if (content == NULL || !id_of_text(json_text(content, "entry"), &id))
		return;
	review = json_pack("{s:O, s:O*, s:s*, s:I, s:s, s:o}", "entry",
			   json_object_get(content, "entry"), "version",
			   json_object_get(content, "version"), "hash", hash, "standard_version",
			   (json_int_t)whole_of(standard), "reviewer",
			   office_id_text(r, &r->person->account), "findings", findings_of(r));
	order(r, TO_ENROLLMENT, "record_review", &id, json_pack("{s:o}", "review", review));
	then(r, reviewed);
}

/* ---- retirement ---- */

static void changed(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "code", param(r, "code")),
			   "/office/catalogue/%s", param(r, "code"));
}

static void retire(struct request *r)
{
	const char *successor = body_text(r, "successor");
	char lower[CODE_MAX + 1] = "";
	struct id id, next;

	if (!entry_of_code(r, &id))
		return;
	if (successor != NULL)
		snprintf(lower, sizeof lower, "%s", successor);
	for (char *at = lower; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at);
	next = id_of_name("entry", lower);
	order(r, TO_ENROLLMENT, "retire_entry", &id,
	      json_pack("{s:s, s:s*}", "entry", office_id_text(r, &id), "successor",
			*lower != '\0' ? office_id_text(r, &next) : NULL));
	then(r, changed);
}

static void restore(struct request *r)
{
	struct id id;

	if (!entry_of_code(r, &id))
		return;
	order(r, TO_ENROLLMENT, "withdraw_retirement", &id,
	      json_pack("{s:s}", "entry", office_id_text(r, &id)));
	then(r, changed);
}

static const struct route routes[] = {
	{GET, "/office/catalogue", show_entries, .may = MAY_SEE, .as = AS_OFFICE, .scope = "admin",
	 .about = "What is published, to review and retire it", .takes = "q?text after?text"},
	{GET, "/office/catalogue/{code}", show_entry, .may = MAY_SEE, .as = AS_OFFICE,
	 .scope = "admin", .about = "Which components of quality a micro-credential meets"},
	{POST, "/office/catalogue/check", check_file, .may = MAY_ISSUER, .as = AS_OFFICE,
	 .scope = "admin", .body = BODY_RAW, .body_max = FILE_MAX,
	 .about = "Check one micro-credential of a catalogue file; publishes nothing"},
	{POST, "/office/catalogue/review", record_review, .may = MAY_ISSUER, .as = AS_OFFICE,
	 .scope = "admin", .body = BODY_FORM, .about = "Record a review of checked content",
	 .takes = "draft=text key=text hash=text standard_version=count met:*?text"},
	{POST, "/office/catalogue/publish", publish, .may = MAY_ISSUER, .as = AS_OFFICE,
	 .scope = "admin", .body = BODY_FORM, .step_up = true, .about = "Publish checked content",
	 .takes = "draft=text key=text code?text"},
	{POST, "/office/catalogue/{code}/retire", retire, .may = MAY_ISSUER,
	 .changes = "/office/catalogue/{code}", .as = AS_OFFICE, .scope = "admin",
	 .body = BODY_FORM, .step_up = true,
	 .about = "Retire a micro-credential; who is enrolled can still finish",
	 .takes = "successor?text"},
	{POST, "/office/catalogue/{code}/restore", restore, .may = MAY_ISSUER,
	 .changes = "/office/catalogue/{code}", .as = AS_OFFICE, .scope = "admin",
	 .body = BODY_FORM, .about = "Take back a retirement"},
};

const struct route_list office_catalogue_routes = {routes, ARRAY_LEN(routes)};
