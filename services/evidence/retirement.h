/*
 * The last day to seal work for a micro-credential that is retired.
 */
#ifndef CAIRN_EVIDENCE_RETIREMENT_H
#define CAIRN_EVIDENCE_RETIREMENT_H

#include "libshared/decision.h"
#include "services/evidence/tables.h"

/* ACCEPTED: it is not retired, or the day is not over. Else refused: the text names the day, and
 * what takes its place. */
enum verdict check_not_over(const struct view *view, struct bytes entry, struct decision *d);

#endif
