/* From a roster's file to what is to be done. */
#include "services/gateway/routes/office_roster.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/proof/multipart.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/web.h"

#include <stdio.h>
#include <string.h>

/* ---- the files ---- */

/* The fields of the form; any of them may be left empty. */
static const char *const fields[] = {"file", "users", "roles", "orgs"};

static bool add_files(struct request *r, struct roster *roster)
{
	const char *type = header(r, "Content-Type");
	struct bytes file;
	bool any = false, sound = true;

	if (strcmp(r->type, "multipart/form-data") != 0)
		return r->raw.len > 0 && roster_add(roster, r->raw);
	for (size_t i = 0; i < ARRAY_LEN(fields) && sound; i++)
		if (multipart_find(r->raw, type, fields[i], &file)) {
			any = true;
			sound = roster_add(roster, file);
		}
	return any && sound;
}

bool plan_read(struct request *r, struct roster *roster_r)
{
	roster_init(roster_r, r->arena);
	if (add_files(r, roster_r) && roster_finish(roster_r))
		return true;
	if (roster_r->fault[0] == '\0')
		reply_problem(r, 422, "roster_missing", "Choose a file first.");
	else
		reply_problem(r, 422, "roster_not_read", "%s",
			      say(r, "roster.not_read", roster_r->fault, NULL));
	return false;
}

/* ---- schools ---- */

/* ASCII letters small: names are compared so. */
static const char *folded(struct request *r, const char *text)
{
	char *copy = arena_text(r->arena, bytes_of_text(text));

	for (char *at = copy; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at + ('a' - 'A'));
	return copy;
}

struct schools {
	struct request *r;
	const struct roster *roster;
	const char *district, *system;
	json_t *known;  /* by id and by folded name: the org's id */
	json_t *chosen; /* by the roster's id of it: {"org", "name", "is_new"} */
};

static json_t *known_schools(struct request *r, const json_t *orgs)
{
	json_t *known = json_object(), *org;
	size_t i;

	json_array_foreach(orgs, i, org)
	{
		if (strcmp(json_text(org, "kind"), "SCHOOL") != 0)
			continue;
		json_object_set(known, json_text(org, "org"), json_object_get(org, "org"));
		json_object_set(known, folded(r, json_text(org, "name")),
				json_object_get(org, "org"));
	}
	return known;
}

/* One that the district has, or the new one that this roster's school becomes. */
static json_t *choose_school(struct schools *s, const char *source_id)
{
	const struct roster_org *org = roster_org(s->roster, source_id);
	const char *words =
		arena_printf(s->r->arena, "%s:%s:%s", s->district, s->system, source_id);
	struct id made = id_of_name("roster school", words);
	const char *id = ID_STR(bytes_of_id(&made));
	json_t *known = json_object_get(s->known, id);

	if (known == NULL && org != NULL)
		known = json_object_get(s->known, folded(s->r, org->name));
	if (known == NULL && (org == NULL || *org->name == '\0' || strlen(org->name) > 200))
		return NULL; /* no name to register it by: its people are at no school */
	return json_pack("{s:s, s:s, s:b}", "org", known != NULL ? json_string_value(known) : id,
			 "name", org != NULL ? org->name : "", "is_new", known == NULL);
}

static const json_t *school_of(struct schools *s, const struct roster_person *p)
{
	json_t *school = NULL;

	for (unsigned i = 0; i < p->n_schools && school == NULL; i++) {
		school = json_object_get(s->chosen, p->schools[i]);
		if (school != NULL)
			break;
		school = choose_school(s, p->schools[i]);
		if (school != NULL)
			json_object_set_new(s->chosen, p->schools[i], school);
	}
	return school;
}

/* ---- people ---- */

static json_t *person_of(struct schools *s, const struct roster_person *p)
{
	struct request *r = s->r;
	const json_t *school = school_of(s, p);
	struct id educator = id_make(&r->web->ids, r->now_us);
	const char *name =
		arena_printf(r->arena, "%s%s%s", p->given, *p->given != '\0' ? " " : "", p->family);
	char handle[SYSTEM_MAX + ROSTER_IDENTIFIER_MAX + 2];

	snprintf(handle, sizeof handle, "%s.%s", s->system, p->identifier);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "identifier", p->identifier,
			 "name", name, "email", p->email, "handle", handle, "educator",
			 ID_STR(bytes_of_id(&educator)), "school",
			 school != NULL ? json_text(school, "org") : NULL, "school_name",
			 school != NULL ? json_text(school, "name") : NULL);
}

static json_t *new_schools(const json_t *chosen)
{
	json_t *list = json_array(), *school, *copy = json_deep_copy(chosen);
	const char *key;

	json_object_foreach(copy, key, school) if (json_is_true(json_object_get(school, "is_new")))
		json_array_append(list, school);
	json_decref(copy);
	return list;
}

json_t *plan_make(struct request *r, const struct roster *roster, const struct id *district,
		  const char *system, const json_t *orgs)
{
	struct schools s = {.r = r,
			    .roster = roster,
			    .district = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(district))),
			    .system = system,
			    .known = known_schools(r, orgs),
			    .chosen = json_object()};
	struct id import = id_make(&r->web->ids, r->now_us);
	json_t *people = json_array(), *plan;

	for (size_t i = 0; i < roster->n_people; i++)
		json_array_append_new(people, person_of(&s, &roster->people[i]));
	plan = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "district", s.district, "system", system,
			 "import", ID_STR(bytes_of_id(&import)), "account",
			 ID_STR(bytes_of_id(&r->person->account)), "schools", new_schools(s.chosen),
			 "people", people);
	json_decref(s.known);
	json_decref(s.chosen);
	return plan;
}

/* ---- what would change ---- */

json_t *plan_keys(const json_t *plan, size_t from, size_t n)
{
	const json_t *people = json_object_get(plan, "people");
	json_t *keys = json_array();

	for (size_t i = from; i < from + n && i < json_array_size(people); i++) {
		const json_t *p = json_array_get(people, i);

		json_array_append_new(keys, json_pack("{s:O, s:O, s:O*}", "identifier",
						      json_object_get(p, "identifier"), "email",
						      json_object_get(p, "email"), "school",
						      json_object_get(p, "school")));
	}
	return keys;
}

/* Somebody who is known keeps their id: the one made for them is of nobody. */
void plan_note(json_t *plan, size_t from, const json_t *matches)
{
	const json_t *people = json_object_get(plan, "people");
	json_t *match;
	size_t i;

	json_array_foreach(matches, i, match)
	{
		json_t *p = json_array_get(people, from + i);
		json_t *educator = json_object_get(match, "educator");
		const char *state = json_text(match, "state");

		if (strncmp(state, "ROSTER_", 7) == 0)
			state += 7;
		json_object_set_new(p, "state", json_string(state));
		if (educator != NULL)
			json_object_set(p, "educator", educator);
		if (json_is_true(json_object_get(match, "in_roster")))
			json_object_set_new(p, "in_roster", json_true());
	}
}

size_t plan_count(const json_t *plan, const char *state)
{
	json_t *p;
	size_t i, n = 0;

	json_array_foreach(json_object_get(plan, "people"), i, p) n +=
		strcmp(json_text(p, "state"), state) == 0;
	return n;
}
