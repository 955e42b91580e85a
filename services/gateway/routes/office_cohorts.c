/* Cohorts: who is in them, and how many work at what. Nobody sees here how a single member fares.
 */
#include "services/gateway/routes/office.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"

#include <string.h>

#define MEMBERS_SHOWN 20
#define EMAILS_MAX 30

struct cohort_page {
	struct id id, district;
	json_t *cohort, *members;
	const char *emails[EMAILS_MAX];
	unsigned n_emails, n_found;
};

/* ---- the list ---- */

static json_t *brief_of(struct request *r, const json_t *cohort)
{
	bool closed = json_is_true(json_object_get(cohort, "closed"));

	return json_pack("{s:s, s:s, s:I, s:s, s:b, s:s, s:s}", "cohort",
			 json_text(cohort, "cohort"), "name", json_text(cohort, "name"), "members",
			 (json_int_t)json_number(cohort, "members"), "opened",
			 date_text(r, json_number(cohort, "opened_us")), "closed", closed,
			 "state_text", word_of(r, "states", closed ? "CLOSED" : "OPEN"), "path",
			 arena_printf(r->arena, "/office/cohorts/%s", json_text(cohort, "cohort")));
}

static void cohorts_came(struct request *r)
{
	struct cohort_page *s = r->own;
	json_t *page, *list, *cohort;
	size_t i;

	if (office_refused(r, 0))
		return;
	page = office_page(r, "cohorts.title", &s->district);
	list = json_array();
	json_array_foreach(json_object_get(answer(r, 0), "cohorts"), i, cohort)
		json_array_append_new(list, brief_of(r, cohort));
	json_object_set_new(page, "cohorts", list);
	office_add_next(r, page, answer(r, 0));
	reply_page(r, 200, "office_cohorts", page);
}

static struct cohort_page *page_of(struct request *r)
{
	return r->own = arena_zalloc(r->arena, sizeof(struct cohort_page));
}

static void show_cohorts(struct request *r)
{
	struct cohort_page *s = page_of(r);

	if (!office_district(r, &s->district))
		return;
	ask(r, TO_ENROLLMENT, "list_cohorts",
	    json_pack("{s:s, s:s*, s:i}", "district", office_id_text(r, &s->district), "after",
		      query_text(r, "after"), "limit", 50));
	then(r, cohorts_came);
}

static void opened(struct request *r)
{
	struct cohort_page *s = r->own;
	const char *id = office_id_text(r, &s->id);

	if (!refused(r, 0))
		reply_done(r, 201, json_pack("{s:s}", "cohort", id), "/office/cohorts/%s", id);
}

static void open_cohort(struct request *r)
{
	struct cohort_page *s = page_of(r);
	const char *name = body_text(r, "name");

	if (!office_district(r, &s->district))
		return;
	s->id = made_id(r, "cohort");
	order(r, TO_ENROLLMENT, "open_cohort", &s->id,
	      json_pack("{s:s, s:s, s:s}", "cohort", office_id_text(r, &s->id), "district",
			office_id_text(r, &s->district), "name", name != NULL ? name : ""));
	then(r, opened);
}

/* ---- one ---- */

/* Asks for the cohort of the path; next finds it in slot 0. */
static void with_cohort(struct request *r, step_fn *next)
{
	struct cohort_page *s = page_of(r);

	if (!param_id(r, "id", &s->id))
		return;
	ask(r, TO_ENROLLMENT, "get_cohort", json_pack("{s:s}", "cohort", param(r, "id")));
	then(r, next);
}

/* The cohort that came, if it is theirs to see; what is not is unknown. */
static bool cohort_came(struct request *r)
{
	struct cohort_page *s = r->own;

	if (status_of(r, 0) == CAIRN__STATUS__INVALID) {
		office_not_found(r);
		return false;
	}
	if (refused(r, 0) || !office_may_see(r, answer(r, 0)))
		return false;
	s->cohort = keep(r, json_incref(answer(r, 0)));
	return true;
}

static json_t *progress_of(struct request *r, const json_t *cohort)
{
	json_t *rows = json_array(), *p;
	size_t i;

	json_array_foreach(json_object_get(cohort, "progress"), i, p) json_array_append_new(
		rows, json_pack("{s:s, s:s, s:s, s:s, s:s}", "code", json_text(p, "code"), "title",
				json_text(p, "title"), "working",
				office_cell(r, json_object_get(p, "working")), "submitted",
				office_cell(r, json_object_get(p, "submitted")), "completed",
				office_cell(r, json_object_get(p, "completed"))));
	return rows;
}

static void names_came(struct request *r)
{
	struct cohort_page *s = r->own;
	const json_t *ids = json_object_get(s->members, "educators");
	json_t *page = office_page(r, "cohorts.title", NULL), *members = json_array();

	for (size_t i = 0; i < json_array_size(ids) && i < MEMBERS_SHOWN; i++) {
		const json_t *person = json_object_get(answer(r, (unsigned)i), "person");
		const char *name = json_text(person, "name");

		json_array_append_new(
			members, json_pack("{s:O, s:s}", "educator", json_array_get(ids, i), "name",
					   *name != '\0' ? name : word(r, "cohorts.unnamed")));
	}
	json_object_set_new(page, "title", json_string(json_text(s->cohort, "name")));
	json_object_set(page, "district", json_object_get(s->cohort, "district"));
	json_object_set_new(page, "cohort", brief_of(r, s->cohort));
	json_object_set_new(page, "progress", progress_of(r, s->cohort));
	json_object_set_new(page, "members", members);
	office_add_next(r, page, s->members);
	reply_page(r, 200, "office_cohort", page);
}

static void members_came(struct request *r)
{
	struct cohort_page *s = r->own;
	const json_t *ids;

	if (refused(r, 0))
		return;
	s->members = keep(r, json_incref(answer(r, 0)));
	ids = json_object_get(s->members, "educators");
	for (size_t i = 0; i < json_array_size(ids) && i < MEMBERS_SHOWN; i++)
		ask(r, TO_ENROLLMENT, "open_names",
		    json_pack("{s:O, s:s}", "educator", json_array_get(ids, i), "purpose",
			      "cohort"));
	then(r, names_came);
}

static void cohort_shown(struct request *r)
{
	if (!cohort_came(r))
		return;
	ask(r, TO_ENROLLMENT, "list_members",
	    json_pack("{s:s, s:s*, s:i}", "cohort", param(r, "id"), "after", query_text(r, "after"),
		      "limit", MEMBERS_SHOWN));
	then(r, members_came);
}

static void show_cohort(struct request *r)
{
	with_cohort(r, cohort_shown);
}

/* ---- its members ---- */

static void done(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "cohort", param(r, "id")),
			   "/office/cohorts/%s", param(r, "id"));
}

/* Whom the address does not find, and who is of another district, are told alike. */
static void joined(struct request *r)
{
	struct cohort_page *s = r->own;
	unsigned n = 0;

	for (unsigned i = 0; i < s->n_found; i++)
		n += status_of(r, i) == CAIRN__STATUS__OK;
	if (n < s->n_emails && !r->wants_json && n == 0) {
		reply_problem(r, 422, "unknown_educator",
			      "Your district has no educator with any of these addresses.");
		return;
	}
	reply_done(r, 200,
		   json_pack("{s:i, s:i}", "added", (int)n, "not_found", (int)(s->n_emails - n)),
		   "/office/cohorts/%s", param(r, "id"));
}

static void emails_found(struct request *r)
{
	struct cohort_page *s = r->own;
	json_t *found = keep(r, json_array()), *educator;
	size_t i;

	for (unsigned slot = 0; slot < s->n_emails; slot++)
		if (status_of(r, slot) == CAIRN__STATUS__OK)
			json_array_append(found, json_object_get(answer(r, slot), "educator"));
	json_array_foreach(found, i, educator)
		order(r, TO_ENROLLMENT, "join_cohort", &s->id,
		      json_pack("{s:s, s:O}", "cohort", param(r, "id"), "educator", educator));
	s->n_found = (unsigned)json_array_size(found);
	then(r, joined);
}

/* One address a line. */
static bool read_emails(struct request *r)
{
	struct cohort_page *s = r->own;
	const char *at = body_text(r, "emails");

	while (at != NULL && *(at += strspn(at, " \t\r\n,;")) != '\0') {
		size_t len = strcspn(at, " \t\r\n,;");

		if (s->n_emails == EMAILS_MAX || len > 254)
			return false;
		s->emails[s->n_emails++] =
			arena_text(r->arena, (struct bytes){(const uint8_t *)at, len});
		at += len;
	}
	return s->n_emails > 0;
}

static void cohort_joins(struct request *r)
{
	struct cohort_page *s = r->own;

	if (!cohort_came(r))
		return;
	if (!read_emails(r)) {
		problem_at(r, "/emails", "1 to 30 addresses, each on a line of its own");
		reply_problem(r, 422, "bad_value", "Name 1 to 30 e-mail addresses.");
		return;
	}
	for (unsigned i = 0; i < s->n_emails; i++)
		ask(r, TO_ENROLLMENT, "find_educator", json_pack("{s:s}", "email", s->emails[i]));
	then(r, emails_found);
}

static void join_cohort(struct request *r)
{
	with_cohort(r, cohort_joins);
}

static void cohort_leaves(struct request *r)
{
	struct cohort_page *s = r->own;
	const char *educator = body_text(r, "educator");
	struct id id;

	if (!cohort_came(r))
		return;
	if (educator == NULL || !id_of_text(educator, &id)) {
		reply_problem(r, 422, "bad_value", "educator: an id.");
		return;
	}
	order(r, TO_ENROLLMENT, "leave_cohort", &s->id,
	      json_pack("{s:s, s:s}", "cohort", param(r, "id"), "educator", educator));
	then(r, done);
}

static void leave_cohort(struct request *r)
{
	with_cohort(r, cohort_leaves);
}

static void cohort_closes(struct request *r)
{
	struct cohort_page *s = r->own;

	if (!cohort_came(r))
		return;
	order(r, TO_ENROLLMENT, "close_cohort", &s->id,
	      json_pack("{s:s}", "cohort", param(r, "id")));
	then(r, done);
}

static void close_cohort(struct request *r)
{
	with_cohort(r, cohort_closes);
}

static const struct route routes[] = {
	{GET, "/office/cohorts", show_cohorts, .may = MAY_SEE_DISTRICT, .as = AS_OFFICE,
	 .scope = "admin", .about = "A district's cohorts", .takes = "district?text after?text"},
	{POST, "/office/cohorts", open_cohort, .may = MAY_RUN_DISTRICT, .as = AS_OFFICE,
	 .scope = "admin", .about = "Open a cohort", .body = BODY_FORM,
	 .takes = "district?text name=text"},
	{GET, "/office/cohorts/{id}", show_cohort, .may = MAY_SEE_DISTRICT, .as = AS_OFFICE,
	 .scope = "admin", .about = "A cohort: its members, and how many do what",
	 .takes = "after?text", .hides = true},
	{POST, "/office/cohorts/{id}/members", join_cohort, .may = MAY_RUN_DISTRICT,
	 .as = AS_OFFICE, .scope = "admin",
	 .about = "Add educators to a cohort, by their addresses", .body = BODY_FORM,
	 .takes = "emails=text"},
	{POST, "/office/cohorts/{id}/leave", leave_cohort, .may = MAY_RUN_DISTRICT, .as = AS_OFFICE,
	 .scope = "admin", .about = "Take an educator out of a cohort", .body = BODY_FORM,
	 .takes = "educator=text"},
	{POST, "/office/cohorts/{id}/close", close_cohort, .may = MAY_RUN_DISTRICT, .as = AS_OFFICE,
	 .scope = "admin", .about = "Close a cohort", .body = BODY_FORM},
};

const struct route_list office_cohorts_routes = {routes, ARRAY_LEN(routes)};
