/*
 * Who is behind a request: somebody signed in by a session's cookie, or an API token.
 *
 * A person has an account. What they may do comes from grants (proto/gateway.proto), read for every
 * request, so that a revoked one is obeyed at once. As a teacher they are known to the services by
 * their educator's id, as an assessor by the assessor's, and as an administrator by the account's:
 * none of these is a name.
 */
#ifndef CAIRN_GATEWAY_PERSON_H
#define CAIRN_GATEWAY_PERSON_H

#include "libshared/id.h"

/* What an account may be. A grant gives one, within an organisation where it has one. */
enum may {
	MAY_TEACHER = 1 << 0,
	MAY_ASSESSOR = 1 << 1,
	MAY_LEAD = 1 << 2,     /* lead reader: adjudicates */
	MAY_ISSUER = 1 << 3,   /* publishes in the catalogue, proposes and confirms revocations */
	MAY_DISTRICT = 1 << 4, /* a district's administrator */
	MAY_AGENCY = 1 << 5,   /* the agency's */
	MAY_COACH = 1 << 6,
	MAY_AUDITOR = 1 << 7, /* reads all that is recorded of access and of decisions */
	MAY_OPERATOR = 1 << 8,
	MAY_ANYONE = 1 << 30 /* of a route: nobody needs to sign in */
};
#define MAY_ANY_ROLE 0x1ffu /* signed in, as whatever */

/* What an API token may be for, a bit for each of scope_names[] (scopes.h). */
typedef uint32_t scope_set;

#define PERSON_NAME_MAX 120

struct person {
	struct id account;
	struct id educator; /* ID_NONE: not a teacher */
	struct id assessor; /* ID_NONE: not an assessor */
	struct id org;      /* of the district's administrator; ID_NONE: the whole agency */
	struct id coached;  /* where they coach; ID_NONE: everywhere */
	uint32_t may;       /* enum may */
	char name[PERSON_NAME_MAX + 1]; /* to show to themselves; from the session, never logged */
	bool by_token;                  /* an API token: no CSRF, no step-up */
	scope_set scopes;               /* of the token */
	char state[3];   /* of the token: the state whose licensure it serves; "": none, so no names
			  */
	bool stepped_up; /* signed in anew within the last minutes */
	char csrf[65];   /* what a form must send back, masked anew for each page */
};

#endif
