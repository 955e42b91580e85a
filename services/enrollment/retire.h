/*
 * What is said of a micro-credential that is retired: the last day to finish it, and its successor.
 */
#ifndef CAIRN_ENROLLMENT_RETIRE_H
#define CAIRN_ENROLLMENT_RETIRE_H

#include "libshared/decision.h"
#include "services/enrollment/tables.h"

/* "2027-06-30", in the batch's arena. */
const char *finish_day(const struct retired_row *retired, struct decision *d);
/* "; its successor is LIT-102", for the end of a sentence. */
const char *successor_words(const struct view *view, const struct retired_row *retired,
			    struct decision *d);
/* The teacher of this enrollment is told the last day. */
void emit_finish_noticed(struct decision *d, struct bytes enrollment,
			 const struct enrollment_row *row, const struct retired_row *retired);

#endif
