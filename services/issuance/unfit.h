/*
 * Stacks and policies that enrollment has published and that cannot be evaluated here: an operator
 * is told why (list_unfit, status), nothing waits for them, and what was in force before stays so.
 * A later version that can be evaluated ends it.
 */
#ifndef CAIRN_ISSUANCE_UNFIT_H
#define CAIRN_ISSUANCE_UNFIT_H

#include "libshared/decision.h"
#include "proto/enrollment.pb-c.h"
#include "services/issuance/tables.h"

/* kind: "stack", "renewal_policy"; fault names the member that is wrong. Once for each version. */
enum verdict unfit_note(const struct view *view, const char *kind,
			const Enrollment__Document *document, const char *fault,
			struct decision *d);

#endif
