/*
 * What the files of the changes share: the changes that stand in a file of their own, and how a
 * submission's row is moved.
 */
#ifndef CAIRN_ASSESSMENT_APPLY_PARTS_H
#define CAIRN_ASSESSMENT_APPLY_PARTS_H

#include "services/assessment/tables.h"

struct record;
typedef void apply_fn(struct txn *txn, const Assessment__Event *event, const struct record *record);

/* apply_report.c */
apply_fn apply_row_placed_under_review, apply_row_review_ended;
/* apply_review.c */
apply_fn apply_review_requested, apply_review_concluded;

/* The row before and as it will be; false: faulted. */
bool submission_in(struct txn *txn, struct bytes submission, struct submission *before_r,
		   struct submission *row_r);

#endif
