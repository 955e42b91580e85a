/* The CSV files of OneRoster 1.2 (and the role column of 1.1), told apart by their columns. */
#include "libshared/csv.h"
#include "services/gateway/roster/roster.h"

#include <string.h>
#include <strings.h>

static bool is_gone(const struct csv *csv)
{
	return strcasecmp(csv_get(csv, "status"), "tobedeleted") == 0;
}

/* The value in "{staffUniqueId:123},{State:TX-9}" of that type; NULL: it has none. */
static const char *user_id_of(struct arena *arena, const char *list, const char *type)
{
	size_t type_len = strlen(type);

	for (const char *at = strchr(list, '{'); at != NULL; at = strchr(at + 1, '{')) {
		size_t len = strcspn(at, "}");

		if (at[len] == '\0')
			return NULL;
		if (len > type_len + 2 && strncasecmp(at + 1, type, type_len) == 0 &&
		    at[1 + type_len] == ':')
			return arena_text(arena, (struct bytes){(const uint8_t *)at + type_len + 2,
								len - type_len - 2});
	}
	return NULL;
}

static bool add_assignment(struct roster *r, const char *source_id, const char *org,
			   const char *role, bool primary)
{
	struct roster_assignment *a = roster_add_assignment(r);

	if (a == NULL)
		return false;
	a->source_id = source_id;
	a->org = org;
	a->role = roster_role_of(role);
	a->primary = primary;
	return true;
}

/* 1.1 writes role and schools into users.csv: "id1,id2". */
static bool add_old_roles(struct roster *r, const struct csv *csv)
{
	const char *at = csv_get(csv, "orgSourcedIds");
	unsigned n = 0;

	do {
		size_t len = strcspn(at, ",");
		const char *org = arena_text(r->arena, (struct bytes){(const uint8_t *)at, len});

		if (!add_assignment(r, csv_get(csv, "sourcedId"), org, csv_get(csv, "role"), false))
			return false;
		at += len + (at[len] == ',');
	} while (*at != '\0' && ++n < ROSTER_SCHOOLS_MAX);
	return true;
}

static bool add_user(struct roster *r, const struct csv *csv)
{
	struct roster_person *p = roster_add_person(r);
	const char *staff_id;

	if (p == NULL)
		return false;
	staff_id = user_id_of(r->arena, csv_get(csv, "userIds"), "staffUniqueId");
	p->source_id = csv_get(csv, "sourcedId");
	p->identifier = staff_id != NULL ? staff_id : csv_get(csv, "identifier");
	p->given = csv_get(csv, "preferredGivenName");
	if (*p->given == '\0')
		p->given = csv_get(csv, "givenName");
	p->family = csv_get(csv, "familyName");
	p->email = csv_get(csv, "email");
	p->gone = is_gone(csv);
	p->enabled = strcasecmp(csv_get(csv, "enabledUser"), "false") != 0;
	return !csv_has(csv, "role") || add_old_roles(r, csv);
}

static bool add_role(struct roster *r, const struct csv *csv)
{
	if (is_gone(csv))
		return true;
	return add_assignment(r, csv_get(csv, "userSourcedId"), csv_get(csv, "orgSourcedId"),
			      csv_get(csv, "role"),
			      strcasecmp(csv_get(csv, "roleType"), "primary") == 0);
}

static bool add_org(struct roster *r, const struct csv *csv)
{
	struct roster_org *org;

	if (is_gone(csv))
		return true;
	org = roster_add_org(r);
	if (org == NULL)
		return false;
	org->id = csv_get(csv, "sourcedId");
	org->identifier = csv_get(csv, "identifier");
	org->name = csv_get(csv, "name");
	org->is_school = strcasecmp(csv_get(csv, "type"), "school") == 0;
	return true;
}

typedef bool row_fn(struct roster *r, const struct csv *csv);

/* What a file of these columns holds. */
static const struct {
	const char *name, *columns[4];
	row_fn *add;
} files[] = {
	{"users.csv", {"sourcedId", "givenName", "familyName", "email"}, add_user},
	{"roles.csv", {"userSourcedId", "roleType", "role", "orgSourcedId"}, add_role},
	{"orgs.csv", {"sourcedId", "name", "type", "identifier"}, add_org},
};

static size_t kind_of(const struct csv *csv)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		size_t n = 0;

		while (n < ARRAY_LEN(files[i].columns) && csv_has(csv, files[i].columns[n]))
			n++;
		if (n == ARRAY_LEN(files[i].columns))
			return i;
	}
	return ARRAY_LEN(files);
}

static bool add_rows(struct roster *r, struct csv *csv, const char *name, row_fn *add)
{
	size_t rows = 0;

	while (csv_next(csv)) {
		if (++rows > ROSTER_ROWS_MAX)
			return roster_fault(r, "%s: more than %d rows", name, ROSTER_ROWS_MAX);
		if (!add(r, csv))
			return false;
	}
	return csv->fault == NULL ||
	       roster_fault(r, "%s, line %u: %s", name, csv->line, csv->fault);
}

/* Courses, classes and enrollments of a bundle say nothing of staff: passed over. */
bool roster_add_csv(struct roster *r, struct bytes file)
{
	struct csv csv;
	size_t kind;

	csv_open(&csv, file, r->arena);
	if (csv.fault != NULL)
		return roster_fault(r, "a CSV file, line %u: %s", csv.line, csv.fault);
	kind = kind_of(&csv);
	if (kind == ARRAY_LEN(files))
		return true;
	return add_rows(r, &csv, files[kind].name, files[kind].add);
}
