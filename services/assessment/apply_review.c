/* What the events of a review change: where the submission is, and what its decision was asked. */
#include "services/assessment/apply_parts.h"

#include "libshared/timers.h"
#include "services/assessment/assessment.h"
#include "services/assessment/erasure.h"
#include "services/assessment/tables_due.h"

void apply_appeal_filed(struct txn *txn, const Assessment__Event *event,
			const struct record *record)
{
	const Assessment__AppealFiled *filed = event->appeal_filed;
	struct submission row;

	(void)record;
	appeal_put(txn, filed);
	if (submission_get(txn_view(txn), bytes_of_pb(filed->submission), &row))
		feedback_put(txn, &row, bytes_of_pb(filed->reason_sha256));
}

/* Under a hold it begins to wait when that is cleared. */
static void begin_review(struct txn *txn, const Assessment__ReviewRequested *r,
			 struct submission *row)
{
	row->review_from = submission_stage(row);
	row->review_due_us = r->due_us;
	if (row->state == STATE_HELD) {
		row->held_from = STATE_REVIEW;
		return;
	}
	row->state = STATE_REVIEW;
	timer_set(txn, bytes_of_pb(r->submission), TIMER_NO_READER, r->no_reader_us);
}

/* Another why of a review that is under way joins it: nothing waits anew. */
void apply_review_requested(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	const Assessment__ReviewRequested *r = event->review_requested;
	struct bytes submission = bytes_of_pb(r->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.review_whys |= (uint16_t)(1U << r->why);
	row.review_asked |= (uint16_t)(1U << r->why);
	if (!submission_in_review(&before))
		begin_review(txn, r, &row);
	submission_put(txn, submission, &before, &row);
}

/* Overturned: the decision that takes its place follows. */
void apply_review_concluded(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->review_concluded->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = before.review_from;
	row.review_whys = 0;
	row.no_reader = 0;
	submission_put(txn, submission, &before, &row);
}
