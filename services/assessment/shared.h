/*
 * Rows that cite nothing but what co-authors share get one result: a reader who rates such a row
 * otherwise than it was decided for the other author says why, in a word.
 */
#ifndef CAIRN_ASSESSMENT_SHARED_H
#define CAIRN_ASSESSMENT_SHARED_H

#include "services/assessment/rules.h"

/* Also takes what is said into the event. completed has the ratings. */
enum verdict check_shared(const struct view *view, struct decision *d, const struct matter *m,
			  const Assessment__CompleteReading *ask,
			  Assessment__ReadingCompleted *completed);

/* What follows from evidence's events on them (follow_shared.c). */
enum verdict follow_duplicate(const struct view *view, const ProtobufCMessage *upstream,
			      struct decision *d);
enum verdict follow_shared_rows(const struct view *view, const ProtobufCMessage *upstream,
				struct decision *d);

#endif
