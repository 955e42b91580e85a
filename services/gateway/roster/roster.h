/*
 * The people of a roster, as the systems of a district export them: OneRoster 1.2 CSV (a zip of
 * users.csv, roles.csv and orgs.csv, or these files by themselves) or Ed-Fi staff as JSON.
 *
 *	struct roster roster;
 *
 *	roster_init(&roster, arena);
 *	if (!roster_add(&roster, file) || !roster_add(&roster, other) || !roster_finish(&roster))
 *		... roster.fault ...
 *
 * What a file is, its content tells; its name says nothing. Somebody is known by what the district
 * calls them (userIds of type staffUniqueId, else identifier; Ed-Fi's staffUniqueId), never by
 * sourcedId: that of a teacher at two schools is two, and changes with the school. So people of one
 * identifier are one person with the roles and schools of all.
 *
 * Only staff are kept. Students, guardians and who else a bundle names are counted, and nothing of
 * them is looked at. Pure: bytes to people, all of it in the arena.
 */
#ifndef CAIRN_GATEWAY_ROSTER_H
#define CAIRN_GATEWAY_ROSTER_H

#include "libshared/arena.h"

#define ROSTER_FILE_MAX ((size_t)16 << 20) /* of one file, unpacked too */
#define ROSTER_FILES_MAX 32                /* in a zip */
#define ROSTER_ROWS_MAX 200000             /* of a file, students too */
#define ROSTER_PEOPLE_MAX 20000
#define ROSTER_ORGS_MAX 2000
#define ROSTER_SCHOOLS_MAX 8 /* of a person */
#define ROSTER_IDENTIFIER_MAX 40
#define ROSTER_FAULT_LEN 300

enum roster_role {
	ROLE_OF_TEACHER = 1 << 0,
	ROLE_OF_AIDE = 1 << 1,
	ROLE_OF_COUNSELOR = 1 << 2,
	ROLE_OF_PRINCIPAL = 1 << 3,
	ROLE_OF_SITE_ADMINISTRATOR = 1 << 4,
	ROLE_OF_DISTRICT_ADMINISTRATOR = 1 << 5,
};

/* Why somebody of the staff is left out; each is counted. */
enum roster_skip {
	SKIP_NOT_STAFF,     /* a role that is none of the six, or none at all */
	SKIP_DELETED,       /* status tobedeleted, or enabledUser false */
	SKIP_NO_IDENTIFIER, /* no staffUniqueId and no identifier, or not of letters, digits, . - _
			     */
	SKIP_NO_EMAIL,      /* none that mail can go to */
	SKIP_NO_NAME,
	N_ROSTER_SKIPS
};

struct roster_org {
	const char *id; /* sourcedId, or Ed-Fi's educationOrganizationId */
	const char *identifier, *name;
	bool is_school;
};

struct roster_person {
	const char *source_id; /* within these files only */
	const char *identifier;
	const char *given, *family, *email;
	uint32_t roles;                          /* enum roster_role */
	const char *schools[ROSTER_SCHOOLS_MAX]; /* ids of roster_org; the primary one first */
	unsigned n_schools;
	bool gone, enabled;
};

struct roster_assignment { /* a row of roles */
	const char *source_id, *org;
	uint32_t role; /* 0: not one of ours */
	bool primary;
};

struct roster {
	struct arena *arena;
	struct roster_person *people; /* after roster_finish() ordered by identifier, each once */
	struct roster_org *orgs;      /* by id */
	struct roster_assignment *assignments;
	size_t n_people, people_room, n_orgs, orgs_room, n_assignments, assignments_room;
	size_t skipped[N_ROSTER_SKIPS];
	size_t merged; /* rows that were somebody already there */
	bool has_people;
	char fault[ROSTER_FAULT_LEN];
};

void roster_init(struct roster *r, struct arena *arena);
/* False: r->fault says which file, where and why, for the person who exported it. It repeats
 * nothing of what the file says of people. */
bool roster_add(struct roster *r, struct bytes file) MUST_CHECK;
bool roster_finish(struct roster *r) MUST_CHECK;
/* NULL: the files do not have it. */
const struct roster_org *roster_org(const struct roster *r, const char *id);
/* The role of its OneRoster name in any case ("teacher"); 0: none of ours. */
uint32_t roster_role_of(const char *name);

/* For the readers (oneroster.c, edfi.c, bundle.c) only. */
bool roster_fault(struct roster *r, const char *format, ...) PRINTF_LIKE(2, 3); /* always false */
struct roster_person *roster_add_person(struct roster *r);         /* NULL: too many; told */
struct roster_org *roster_add_org(struct roster *r);               /* the same */
struct roster_assignment *roster_add_assignment(struct roster *r); /* the same */
bool roster_add_csv(struct roster *r, struct bytes file);
bool roster_add_edfi(struct roster *r, struct bytes file);
bool roster_add_zip(struct roster *r, struct bytes file);

#endif
