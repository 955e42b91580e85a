/*
 * What the files of the changes share: the changes that stand in a file of their own, and how a
 * submission's row is moved, and how a reading is taken in hand and ends.
 */
#ifndef CAIRN_ASSESSMENT_APPLY_PARTS_H
#define CAIRN_ASSESSMENT_APPLY_PARTS_H

#include "services/assessment/tables.h"

struct record;
typedef void apply_fn(struct txn *txn, const Assessment__Event *event, const struct record *record);

/* apply_report.c */
apply_fn apply_row_placed_under_review, apply_row_review_ended, apply_org_noted, apply_gap_found,
	apply_gap_ended, apply_surge_requested, apply_surge_ended, apply_day_looked;
void start_daily_look(struct txn *txn, int64_t now_us);
/* apply_review.c */
apply_fn apply_review_requested, apply_review_concluded, apply_appeal_filed;
/* apply_integrity.c */
apply_fn apply_integrity_flagged, apply_hold_placed, apply_hold_cleared, apply_founding_proposed,
	apply_founding_withdrawn, apply_integrity_founded, apply_clock_paused, apply_clock_resumed;
/* apply_erasure.c */
apply_fn apply_educator_forgotten, apply_feedback_purged;

/* apply_seat.c */
apply_fn apply_assessor_qualified, apply_seat_applied, apply_training_started,
	apply_calibration_started, apply_assessor_certified, apply_calibration_failed,
	apply_anchor_rated, apply_anchor_withdrawn, apply_anchor_assigned, apply_anchor_completed,
	apply_anchor_scored, apply_anchor_lease_expired, apply_assessor_placed_on_watch,
	apply_assessor_suspended, apply_assessor_reinstated, apply_seat_expiry_noticed,
	apply_assessor_expired, apply_renewal_noted;
/* One more reading is assigned under the seat. */
void seat_taken(struct txn *txn, struct bytes assessor, struct bytes entry);
/* No timer of the assessor's seats runs any more. */
void seats_rest(struct txn *txn, struct bytes assessor);

/* The row before and as it will be; false: faulted. */
bool submission_in(struct txn *txn, struct bytes submission, struct submission *before_r,
		   struct submission *row_r);
/* One more reading of that day is in the assessor's hand, and its lease runs. */
void take_in_hand(struct txn *txn, struct bytes id, struct reading *reading, int64_t day);
/* The lease is over, however it ended. Gives the reading's row as it is now; false: faulted. */
bool end_lease(struct txn *txn, struct bytes id, uint16_t state, struct reading *reading_r);

/* The attempt's: it has come to its end. */
void stop_clock(struct txn *txn, const struct submission *row, int64_t at_us);

#endif
