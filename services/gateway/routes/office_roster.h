/*
 * What a roster's file would do, as an object that waits to be applied (staged.h):
 *
 *	{"district", "system", "import", "account",
 *	 "schools": [{"org", "name", "is_new"}],
 *	 "people": [{"identifier", "name", "email", "handle", "educator", "school", "school_name",
 *		     "state"}]}
 *
 * All ids are settled in it, those of who is new too. So applying it sends the same commands in the
 * same order however often it is begun again.
 */
#ifndef CAIRN_GATEWAY_OFFICE_ROSTER_H
#define CAIRN_GATEWAY_OFFICE_ROSTER_H

#include "services/gateway/roster/roster.h"
#include "services/gateway/web/request.h"

#define SYSTEM_MAX 20 /* with an identifier it makes a handle */

/* The files of a request's body, read. False: answered. */
bool plan_read(struct request *r, struct roster *roster_r);
/* orgs: the schools that the district has (OrgAnswer), which are found again by id or name. */
json_t *plan_make(struct request *r, const struct roster *roster, const struct id *district,
		  const char *system, const json_t *orgs);
/* What CompareRoster takes of people from .. from + n, and what it answered. */
json_t *plan_keys(const json_t *plan, size_t from, size_t n);
void plan_note(json_t *plan, size_t from, const json_t *matches);
/* How many people are in this state. */
size_t plan_count(const json_t *plan, const char *state);

/* office_import.c: shows what a file would do; does it. */
void preview_roster(struct request *r);
void apply_roster(struct request *r);

#endif
