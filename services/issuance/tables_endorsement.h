/*
 * The tables of endorsements.
 */
#ifndef CAIRN_ISSUANCE_TABLES_ENDORSEMENT_H
#define CAIRN_ISSUANCE_TABLES_ENDORSEMENT_H

#include "services/issuance/tables.h"

/* Messages live in the arena; NULL: there is none. */
const Issuance__Endorsement *endorsement_get(const struct view *v, struct bytes endorsement,
					     struct arena *arena);
const Issuance__EndorsementWithdrawn *endorsement_gone(const struct view *v,
						       struct bytes endorsement,
						       struct arena *arena);
/* What a version or an issuer is found under. */
struct id endorsed_id(const Issuance__Endorsement *e);
struct scan endorsement_scan(const struct view *v, struct bytes endorsed);
bool endorsement_next(struct scan *scan, struct bytes *endorsement_r); /* borrowed */

/* raw is the packed Event of the record that is applied. */
void endorsement_put(struct txn *t, const Issuance__Endorsement *e, int64_t now_us,
		     struct bytes raw);
void endorsement_withdraw(struct txn *t, struct bytes endorsement, int64_t now_us,
			  struct bytes raw);

#endif
