/* What integrity cases and pauses change: holds, clocks, and what a founded case takes back. */
#include "services/assessment/apply_parts.h"

#include "libshared/timers.h"
#include "services/assessment/assessment.h"
#include "services/assessment/tables_due.h"

void apply_integrity_flagged(struct txn *txn, const Assessment__Event *event,
			     const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->integrity_flagged->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.flagged = 1;
	submission_put(txn, submission, &before, &row);
}

void apply_hold_placed(struct txn *txn, const Assessment__Event *event, const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->hold_placed->submission);
	struct submission before, row;

	if (!submission_in(txn, submission, &before, &row))
		return;
	row.held_from = before.state;
	row.held_us = record->at_us;
	row.state = STATE_HELD;
	submission_put(txn, submission, &before, &row);
	timer_clear(txn, submission, TIMER_NO_READER);
}

void apply_hold_cleared(struct txn *txn, const Assessment__Event *event,
			const struct record *record)
{
	const Assessment__HoldCleared *c = event->hold_cleared;
	struct bytes submission = bytes_of_pb(c->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = before.held_from;
	row.held_us = 0;
	row.proposed_by = ID_NONE;
	submission_put(txn, submission, &before, &row);
	if (c->no_reader_us != 0)
		timer_set(txn, submission, TIMER_NO_READER, c->no_reader_us);
}

static void propose(struct txn *txn, struct bytes submission, struct id by)
{
	struct submission before, row;

	if (!submission_in(txn, submission, &before, &row))
		return;
	row.proposed_by = by;
	submission_put(txn, submission, &before, &row);
}

void apply_founding_proposed(struct txn *txn, const Assessment__Event *event,
			     const struct record *record)
{
	const Assessment__FoundingProposed *p = event->founding_proposed;

	(void)record;
	propose(txn, bytes_of_pb(p->submission), id_of_bytes(bytes_of_pb(p->by)));
}

void apply_founding_withdrawn(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	(void)record;
	propose(txn, bytes_of_pb(event->founding_withdrawn->submission), ID_NONE);
}

void apply_integrity_founded(struct txn *txn, const Assessment__Event *event,
			     const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->integrity_founded->submission);
	struct submission before, row;

	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = STATE_VOIDED;
	row.held_us = 0;
	row.proposed_by = ID_NONE;
	submission_put(txn, submission, &before, &row);
	kept_drop(txn, submission, &row);
	stop_clock(txn, &row, record->at_us);
}

/* ---- the clock ---- */

void apply_clock_paused(struct txn *txn, const Assessment__Event *event,
			const struct record *record)
{
	struct submission row;
	struct clock clock;

	if (!submission_get(txn_view(txn), bytes_of_pb(event->clock_paused->submission), &row)) {
		txn_fault(txn, "clock_paused: no such submission");
		return;
	}
	clock = clock_get(txn_view(txn), &row);
	clock_pause(&clock, record->at_us);
	clock_put(txn, &row, &clock);
}

void apply_clock_resumed(struct txn *txn, const Assessment__Event *event,
			 const struct record *record)
{
	const Assessment__ClockResumed *r = event->clock_resumed;
	struct bytes submission = bytes_of_pb(r->submission);
	struct submission before, row;
	struct clock clock;

	if (!submission_in(txn, submission, &before, &row))
		return;
	row.due_us = r->due_us;
	row.limit_us = r->limit_us;
	if (r->review_due_us != 0)
		row.review_due_us = r->review_due_us;
	submission_put(txn, submission, &before, &row);
	clock = clock_get(txn_view(txn), &row);
	clock_resume(&clock, record->at_us);
	clock_put(txn, &row, &clock);
}
