/*
 * Rows of links by which holders show credentials.
 */
#ifndef CAIRN_ISSUANCE_TABLES_SHARE_H
#define CAIRN_ISSUANCE_TABLES_SHARE_H

#include "services/issuance/tables.h"

/* Open ones of one credential at a time. */
#define SHARES_OPEN_MAX 20

struct share {
	const Issuance__CredentialShared *made;
	int64_t shared_us, withdrawn_us; /* withdrawn 0: it is not */
};

enum share_state { SHARE_OPEN, SHARE_OVER, SHARE_WITHDRAWN };
enum share_state share_state(const struct share *share, int64_t now_us);

/* False: there is none. What it made lives in the arena. */
bool share_get(const struct view *v, struct bytes share, struct arena *arena,
	       struct share *share_r);
/* The educator's next one after `after` (or empty: the first); a new scan for each step. */
bool share_next(const struct view *v, struct bytes educator, struct bytes after,
		struct arena *arena, struct share *share_r);

void share_put(struct txn *t, const Issuance__CredentialShared *made, int64_t at_us,
	       struct bytes raw);
void share_withdraw(struct txn *t, struct bytes share, int64_t at_us);

#endif
