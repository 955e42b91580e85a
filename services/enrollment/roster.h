/*
 * How somebody is found in a roster: for rules and queries.
 *
 * A roster is one district's and one system's; who is in it is kept under a keyed hash of what they
 * are called there, which no one can turn back.
 */
#ifndef CAIRN_ENROLLMENT_ROSTER_H
#define CAIRN_ENROLLMENT_ROSTER_H

#include "services/enrollment/enrollment.h"
#include "services/enrollment/tables_district.h"

struct id roster_id(struct bytes district, const char *system, struct arena *arena);
struct id roster_hash(const struct caps *caps, struct bytes district, const char *system,
		      const char *identifier, struct arena *arena);

/* What the next import would do with somebody. */
struct roster_match {
	Enrollment__RosterState state;
	struct id educator; /* ID_NONE: of who is new */
	bool in_roster;
	struct roster_row row; /* where in_roster */
};
struct roster_place {
	struct bytes district, school; /* school: empty, at none */
};
struct roster_match roster_match(const struct view *view, const struct id *roster,
				 const struct id *hash, const struct id *email_hash,
				 struct roster_place place);

#endif
