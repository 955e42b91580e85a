/*
 * Passes that earned nothing because another credential covers them (is_covered() in mint.h). They
 * wait: when what a decision earned is taken back, one of the same educator and micro-credential
 * is tried again.
 */
#ifndef CAIRN_ISSUANCE_TABLES_COVERED_H
#define CAIRN_ISSUANCE_TABLES_COVERED_H

#include "services/issuance/tables.h"

/* NULL: that decision is not covered. */
const Issuance__PassCovered *covered_get(const struct view *v, struct bytes decision,
					 struct arena *arena);
/* raw is the packed Event. It is not to be tried until covered_due(). */
void covered_put(struct txn *t, const Issuance__PassCovered *covered, struct bytes raw);
/* It has earned, or it was taken back. One that is not covered is passed over. */
void covered_drop(struct txn *t, struct bytes decision);
/* The first of them, if there is one, is tried at now_us. */
void covered_due(struct txn *t, struct bytes educator, struct bytes entry, int64_t now_us);

#endif
