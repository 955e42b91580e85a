/*
 * Drift: hidden anchors among a certified assessor's readings, what follows them, and a seat's end.
 *
 * A drift seed takes the place of a reading that the assessor would have been given, so that one
 * comes only when work waits, of the same version of the entry and under the same policy; the work
 * goes to the next who asks. Whether it does is a keyed hash of the assessor, the entry and how
 * many readings the seat has had: it can be audited, and nothing that the assessor does changes it.
 */
#ifndef CAIRN_ASSESSMENT_DRIFT_H
#define CAIRN_ASSESSMENT_DRIFT_H

#include "services/assessment/anchors.h"

bool seed_is_due(const struct caps *caps, struct bytes assessor, struct bytes entry,
		 const struct qualification *seat, uint32_t permille);
/* Whether an anchor was assigned instead of the submission. */
bool assign_seed(const struct view *view, struct decision *d, const struct reader *reader,
		 const struct task *task, const struct id *submission);
/* Watched, suspended or reinstated; decisions since the last good seed are read once more. */
void outcome_of_seed(const struct view *view, struct decision *d,
		     const Assessment__AnchorCompleted *completed);

/* When the end of a seat is said beforehand; 0: it comes too soon for that. */
int64_t seat_notice_us(const struct decision *d, const Enrollment__Policy *policy,
		       int64_t until_us);
/* Timers. */
enum verdict decide_seat_notice(const struct view *view, struct bytes seat, struct decision *d);
enum verdict decide_seat_end(const struct view *view, struct bytes seat, struct decision *d);

#endif
