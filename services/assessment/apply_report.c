/* What the events on reliability change: which rows are under review. */
#include "services/assessment/apply_parts.h"
#include "services/assessment/tables_report.h"

void apply_row_placed_under_review(struct txn *txn, const Assessment__Event *event,
				   const struct record *record)
{
	const Assessment__RowPlacedUnderReview *p = event->row_placed_under_review;
	const struct edition e = {bytes_of_pb(p->entry), p->version};

	(void)record;
	row_review_put(txn, &e, p->row);
}

void apply_row_review_ended(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	const Assessment__RowReviewEnded *ended = event->row_review_ended;
	const struct edition e = {bytes_of_pb(ended->entry), ended->version};

	(void)record;
	row_review_delete(txn, &e, ended->row);
}
