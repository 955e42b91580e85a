/*
 * What is published and cannot be evaluated (unfit.h).
 */
#ifndef CAIRN_ISSUANCE_TABLES_UNFIT_H
#define CAIRN_ISSUANCE_TABLES_UNFIT_H

#include "services/issuance/tables.h"

bool unfit_known(const struct view *v, struct bytes document, uint32_t version);
void unfit_put(struct txn *t, const Issuance__DocumentUnfit *unfit, struct bytes raw);
/* A version is fit: it takes the place of those up to it. */
void unfit_end(struct txn *t, struct bytes document, uint32_t version);

#endif
