/*
 * Questions that have files of their own; query.c has the table of all.
 */
#ifndef CAIRN_ENROLLMENT_QUERY_PARTS_H
#define CAIRN_ENROLLMENT_QUERY_PARTS_H

#include "services/enrollment/enrollment.h"
#include "services/enrollment/tables.h"

typedef Cairn__Status ask_fn(const Enrollment__Query *query, struct query *q);

/* query.c */
size_t limit_of(uint32_t asked); /* 50 where nothing is asked, at most 200 */
/* Copies out of the page, for an answer's field; of no id: nothing. */
ProtobufCBinaryData kept(struct query *q, struct bytes b);
ProtobufCBinaryData kept_id(struct query *q, const struct id *id);
/* query_roster.c */
ask_fn ask_compare_roster, ask_roster, ask_orgs;
/* query_cohort.c */
ask_fn ask_cohorts, ask_cohort, ask_members;
/* query_tally.c */
ask_fn ask_tallies;
/* query_goal.c */
ask_fn ask_goals;
/* query_quality.c */
ask_fn ask_quality, ask_check_entry;
/* When the entry's next review is, and whether that day is past: of one that is not retired. */
struct review_date {
	char *text; /* "2027-06-30"; "" of a version that is not the newest */
	bool overdue;
};
struct review_date review_date_of(struct query *q, struct bytes entry, uint32_t version);

#endif
