/*
 * Questions that have files of their own; query.c has the table of all.
 */
#ifndef CAIRN_ENROLLMENT_QUERY_PARTS_H
#define CAIRN_ENROLLMENT_QUERY_PARTS_H

#include "services/enrollment/enrollment.h"
#include "services/enrollment/tables.h"

typedef Cairn__Status ask_fn(const Enrollment__Query *query, struct query *q);

/* query_goal.c */
ask_fn ask_goals;
/* query_quality.c */
ask_fn ask_quality;
/* When the entry's next review is, and whether that day is past: of one that is not retired. */
struct review_date {
	char *text; /* "2027-06-30"; "" of a version that is not the newest */
	bool overdue;
};
struct review_date review_date_of(struct query *q, struct bytes entry, uint32_t version);

#endif
