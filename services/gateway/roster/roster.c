/* Who is in a roster: rows of several files, brought together. */
#include "services/gateway/roster/roster.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void roster_init(struct roster *r, struct arena *arena)
{
	*r = (struct roster){.arena = arena};
}

bool roster_fault(struct roster *r, const char *format, ...)
{
	va_list args;

	if (r->fault[0] != '\0')
		return false;
	va_start(args, format);
	vsnprintf(r->fault, sizeof r->fault, format, args);
	va_end(args);
	return false;
}

/* Room for one more of n; the arena keeps the smaller arrays until it goes. */
static void *grown(struct arena *arena, void *list, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return list;
	*room = *room == 0 ? 64 : *room * 2;
	more = arena_alloc(arena, *room * size);
	if (n > 0)
		memcpy(more, list, n * size);
	return more;
}

struct roster_person *roster_add_person(struct roster *r)
{
	if (r->n_people == ROSTER_ROWS_MAX) {
		roster_fault(r, "more than %d users: send staff only", ROSTER_ROWS_MAX);
		return NULL;
	}
	r->people = grown(r->arena, r->people, r->n_people, &r->people_room, sizeof *r->people);
	r->people[r->n_people] = (struct roster_person){.enabled = true};
	r->has_people = true;
	return &r->people[r->n_people++];
}

struct roster_org *roster_add_org(struct roster *r)
{
	if (r->n_orgs == ROSTER_ORGS_MAX) {
		roster_fault(r, "more than %d organizations: send those of one district",
			     ROSTER_ORGS_MAX);
		return NULL;
	}
	r->orgs = grown(r->arena, r->orgs, r->n_orgs, &r->orgs_room, sizeof *r->orgs);
	r->orgs[r->n_orgs] = (struct roster_org){0};
	return &r->orgs[r->n_orgs++];
}

struct roster_assignment *roster_add_assignment(struct roster *r)
{
	if (r->n_assignments == ROSTER_ROWS_MAX) {
		roster_fault(r, "more than %d roles: send those of staff only", ROSTER_ROWS_MAX);
		return NULL;
	}
	r->assignments = grown(r->arena, r->assignments, r->n_assignments, &r->assignments_room,
			       sizeof *r->assignments);
	return &r->assignments[r->n_assignments++];
}

bool roster_add(struct roster *r, struct bytes file)
{
	size_t at = 0;

	if (file.len > ROSTER_FILE_MAX)
		return roster_fault(r, "a file is larger than 16 MiB");
	if (file.len >= 4 && memcmp(file.data, "PK\3\4", 4) == 0)
		return roster_add_zip(r, file);
	while (at < file.len && strchr(" \t\r\n", file.data[at]) != NULL && file.data[at] != '\0')
		at++;
	if (at < file.len && (file.data[at] == '{' || file.data[at] == '['))
		return roster_add_edfi(r, file);
	return roster_add_csv(r, file);
}

/* ---- roles ---- */

uint32_t roster_role_of(const char *name)
{
	static const struct {
		const char *name;
		uint32_t role;
	} roles[] = {
		{"teacher", ROLE_OF_TEACHER},
		{"aide", ROLE_OF_AIDE},
		{"counselor", ROLE_OF_COUNSELOR},
		{"principal", ROLE_OF_PRINCIPAL},
		{"siteAdministrator", ROLE_OF_SITE_ADMINISTRATOR},
		{"districtAdministrator", ROLE_OF_DISTRICT_ADMINISTRATOR},
	};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcasecmp(roles[i].name, name) == 0)
			return roles[i].role;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct roster_org *x = a, *y = b;

	return strcmp(x->id, y->id);
}

const struct roster_org *roster_org(const struct roster *r, const char *id)
{
	struct roster_org wanted = {.id = id};

	if (r->n_orgs == 0)
		return NULL;
	return bsearch(&wanted, r->orgs, r->n_orgs, sizeof *r->orgs, by_id);
}

static void add_school(struct roster_person *p, const char *school, bool primary)
{
	for (unsigned i = 0; i < p->n_schools; i++)
		if (strcmp(p->schools[i], school) == 0)
			return;
	if (p->n_schools == ROSTER_SCHOOLS_MAX)
		return;
	if (primary) {
		memmove(&p->schools[1], &p->schools[0], p->n_schools * sizeof p->schools[0]);
		p->schools[0] = school;
	} else {
		p->schools[p->n_schools] = school;
	}
	p->n_schools++;
}

static int by_source(const void *a, const void *b)
{
	const struct roster_person *x = a, *y = b;

	return strcmp(x->source_id, y->source_id);
}

/* A role at a school gives the school; one at the district only the role. */
static void assign(struct roster *r, const struct roster_assignment *a)
{
	struct roster_person wanted = {.source_id = a->source_id};
	const struct roster_org *org = roster_org(r, a->org);
	struct roster_person *p =
		bsearch(&wanted, r->people, r->n_people, sizeof *r->people, by_source);

	if (p == NULL || a->role == 0)
		return;
	p->roles |= a->role;
	if (org == NULL || org->is_school)
		add_school(p, a->org, a->primary);
}

/* ---- each person once ---- */

static bool identifier_ok(const char *identifier)
{
	size_t len = strspn(identifier, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789.-_");

	return len > 0 && len <= ROSTER_IDENTIFIER_MAX && identifier[len] == '\0';
}

static bool email_ok(const char *email)
{
	const char *at = strchr(email, '@');

	return at != NULL && at != email && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
	       strlen(email) <= 254 && strpbrk(email, " \t\n<>,;\"") == NULL;
}

static enum roster_skip why_skipped(const struct roster_person *p)
{
	if (p->roles == 0)
		return SKIP_NOT_STAFF;
	if (p->gone || !p->enabled)
		return SKIP_DELETED;
	if (!identifier_ok(p->identifier))
		return SKIP_NO_IDENTIFIER;
	if (!email_ok(p->email))
		return SKIP_NO_EMAIL;
	if (*p->given == '\0' && *p->family == '\0')
		return SKIP_NO_NAME;
	return N_ROSTER_SKIPS;
}

/* Rows of one person stand in the order of their source ids, so that the same files give the same
 * people, whatever the order of the rows. */
static int by_identifier(const void *a, const void *b)
{
	const struct roster_person *x = a, *y = b;
	int order = strcmp(x->identifier, y->identifier);

	return order != 0 ? order : strcmp(x->source_id, y->source_id);
}

static void merge(struct roster_person *into, const struct roster_person *other)
{
	into->roles |= other->roles;
	for (unsigned i = 0; i < other->n_schools; i++)
		add_school(into, other->schools[i], false);
}

static void keep_staff(struct roster *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_people; i++) {
		enum roster_skip why = why_skipped(&r->people[i]);

		if (why == N_ROSTER_SKIPS)
			r->people[n++] = r->people[i];
		else
			r->skipped[why]++;
	}
	r->n_people = n;
}

static void merge_people(struct roster *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_people; i++) {
		if (n > 0 && strcmp(r->people[n - 1].identifier, r->people[i].identifier) == 0) {
			merge(&r->people[n - 1], &r->people[i]);
			r->merged++;
		} else {
			r->people[n++] = r->people[i];
		}
	}
	r->n_people = n;
}

/* Of two rows with one source id the later one counts in no system alike: said, not guessed. */
static bool sources_differ(struct roster *r)
{
	for (size_t i = 1; i < r->n_people; i++)
		if (strcmp(r->people[i - 1].source_id, r->people[i].source_id) == 0)
			return roster_fault(r,
					    "two users have the same sourcedId or staffUniqueId");
	return true;
}

bool roster_finish(struct roster *r)
{
	if (r->fault[0] != '\0')
		return false;
	if (!r->has_people)
		return roster_fault(r, "no users: send users.csv with roles.csv and orgs.csv, or "
				       "Ed-Fi staffs");
	if (r->n_orgs > 0)
		qsort(r->orgs, r->n_orgs, sizeof *r->orgs, by_id);
	qsort(r->people, r->n_people, sizeof *r->people, by_source);
	if (!sources_differ(r))
		return false;
	for (size_t i = 0; i < r->n_assignments; i++)
		assign(r, &r->assignments[i]);
	keep_staff(r);
	if (r->n_people > ROSTER_PEOPLE_MAX)
		return roster_fault(r, "more than %d of the staff: send one district at a time",
				    ROSTER_PEOPLE_MAX);
	if (r->n_people > 0)
		qsort(r->people, r->n_people, sizeof *r->people, by_identifier);
	merge_people(r);
	return true;
}
