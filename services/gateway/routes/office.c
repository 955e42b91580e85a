/* Administration: the page that leads on, the choice of a district, and what its pages share. */
#include "services/gateway/routes/office.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"

#include <inttypes.h>
#include <string.h>

#define MAY_OFFICE (MAY_DISTRICT | MAY_AGENCY | MAY_AUDITOR | MAY_ISSUER | MAY_OPERATOR | MAY_LEAD)
#define MAY_SEE_ALL (MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR)

bool office_is_bound(const struct request *r)
{
	/* A role that sees all widens only what that role itself may do here: an auditor who also
	 * runs a district runs no other one. */
	return (r->person->may & r->route->may & MAY_SEE_ALL) == 0;
}

void office_not_found(struct request *r)
{
	reply_problem(r, 404, "not_found", "There is nothing at this address.");
}

static const char *asked_district(const struct request *r)
{
	const char *text = query_text(r, "district");

	return text != NULL ? text : body_text(r, "district");
}

bool office_district(struct request *r, struct id *district_r)
{
	const char *asked = asked_district(r);
	struct id id = ID_NONE;

	if (asked != NULL && *asked != '\0' && !id_of_text(asked, &id)) {
		office_not_found(r);
		return false;
	}
	if (!office_is_bound(r)) {
		*district_r = id;
		if (id_is_none(&id))
			reply_redirect(r, 303,
				       arena_printf(r->arena, "/office/districts?to=%s", r->path));
		return !id_is_none(&id);
	}
	*district_r = r->person->org;
	if (id_is_none(district_r) || (!id_is_none(&id) && !id_equal(&id, district_r))) {
		office_not_found(r);
		return false;
	}
	return true;
}

bool office_may_see(struct request *r, const json_t *thing)
{
	struct id id;

	if (!office_is_bound(r) ||
	    (id_of_text(json_text(thing, "district"), &id) && id_equal(&id, &r->person->org)))
		return true;
	office_not_found(r);
	return false;
}

bool office_refused(struct request *r, unsigned slot)
{
	if (status_of(r, slot) == CAIRN__STATUS__INVALID && r->method == GET) {
		office_not_found(r);
		return true;
	}
	return refused(r, slot);
}

const char *office_id_text(struct request *r, const struct id *id)
{
	return arena_printf(r->arena, "%s", ID_STR(bytes_of_id(id)));
}

json_t *office_page(struct request *r, const char *title_key, const struct id *district)
{
	json_t *page = json_pack("{s:s}", "title", word(r, title_key));

	if (district != NULL)
		json_object_set_new(page, "district", json_string(office_id_text(r, district)));
	json_object_set_new(page, "may_run",
			    json_boolean((r->person->may & MAY_RUN_DISTRICT) != 0));
	return page;
}

bool office_cell_hidden(const json_t *cell)
{
	return json_is_true(json_object_get(cell, "is_hidden"));
}

const char *office_cell(struct request *r, const json_t *cell)
{
	if (office_cell_hidden(cell))
		return word(r, "office.hidden");
	return arena_printf(r->arena, "%" PRId64, json_number(cell, "count"));
}

void office_add_next(struct request *r, json_t *page, const json_t *answer)
{
	const char *next = json_text(answer, "next");
	const char *district = json_text(page, "district");
	const char *path;

	if (*next == '\0')
		return;
	path = *district != '\0'
		       ? arena_printf(r->arena, "%s?district=%s&after=%s", r->path, district, next)
		       : arena_printf(r->arena, "%s?after=%s", r->path, next);
	json_object_set_new(page, "next_url", json_string(path));
	reply_header(r, "Link", "<%s>; rel=\"next\"", path);
}

/* ---- where everything is ---- */

static const struct {
	const char *key, *path;
	uint32_t may;
} places[] = {
	{"roster", "/office/roster", MAY_SEE_DISTRICT},
	{"cohorts", "/office/cohorts", MAY_SEE_DISTRICT},
	{"adoption", "/office/adoption", MAY_SEE_DISTRICT},
	{"state", "/office/adoption/all", MAY_AGENCY | MAY_AUDITOR},
	{"backlog", "/office/backlog", MAY_SEE_QUALITY},
	{"fairness", "/office/fairness", MAY_AGENCY | MAY_AUDITOR},
	{"entries", "/office/catalogue", MAY_ISSUER | MAY_AGENCY | MAY_AUDITOR},
	{"credentials", "/office/credentials", MAY_ISSUER | MAY_AGENCY | MAY_AUDITOR},
	{"keys", "/office/keys", MAY_ISSUER | MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR},
	{"deliveries", "/office/deliveries", MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR},
	{"disputes", "/office/disputes", MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR},
	{"status", "/office/status", MAY_OPERATOR | MAY_AGENCY},
};

static void show_office(struct request *r)
{
	json_t *page = office_page(r, "office.title", NULL), *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const char *key = places[i].key;

		if ((r->person->may & places[i].may) == 0)
			continue;
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s}", "path", places[i].path, "name",
					word(r, arena_printf(r->arena, "office.%s", key)), "about",
					word(r, arena_printf(r->arena, "office.%s_about", key))));
	}
	json_object_set_new(page, "places", list);
	reply_page(r, 200, "office", page);
}

/* ---- the choice of a district ---- */

/* Where the choice leads: a page of ours, nothing else. */
static const char *leads_to(const struct request *r)
{
	const char *to = query_text(r, "to");

	if (to == NULL || strncmp(to, "/office/", 8) != 0 || strpbrk(to, "?#&\\\"<>") != NULL ||
	    strlen(to) > 100)
		return "/office/adoption";
	return to;
}

static void districts_came(struct request *r)
{
	json_t *page, *list, *org;
	size_t i;

	if (office_refused(r, 0))
		return;
	page = office_page(r, "office.choose", NULL);
	list = json_array();
	json_array_foreach(json_object_get(answer(r, 0), "orgs"), i, org)
	{
		const char *kind = json_text(org, "kind"), *id = json_text(org, "org"), *path;

		if (strcmp(kind, "SCHOOL") == 0)
			continue;
		path = strcmp(kind, "DISTRICT") == 0
			       ? arena_printf(r->arena, "%s?district=%s", leads_to(r), id)
			       : arena_printf(r->arena, "/office/districts?to=%s&parent=%s",
					      leads_to(r), id);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "org", id, "name",
						      json_text(org, "name"), "kind",
						      word_of(r, "states", kind), "path", path));
	}
	json_object_set_new(page, "orgs", list);
	office_add_next(r, page, answer(r, 0));
	reply_page(r, 200, "office_districts", page);
}

static void show_districts(struct request *r)
{
	const char *parent = query_text(r, "parent"), *after = query_text(r, "after");

	ask(r, TO_ENROLLMENT, "list_orgs",
	    json_pack("{s:s*, s:s*, s:i}", "parent", parent, "after", after, "limit", 100));
	then(r, districts_came);
}

static const struct route routes[] = {
	{GET, "/office", show_office, .may = MAY_OFFICE, .as = AS_OFFICE,
	 .about = "What an administrator can do here"},
	{GET, "/office/districts", show_districts, .may = MAY_SEE_ALL, .as = AS_OFFICE,
	 .scope = "admin", .about = "The districts, to choose one",
	 .takes = "to?text parent?text after?text"},
};

const struct route_list office_routes = {routes, ARRAY_LEN(routes)};
