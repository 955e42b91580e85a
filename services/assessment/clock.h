/*
 * The clock of an attempt: how long it took, apart from how long it stood still.
 *
 * It starts with the first seal of the attempt, stands still while the work is back with its author
 * (returned incomplete, recalled) or under an integrity hold, and ends with the decision, when a
 * later seal takes its place, or when the work is voided. At any moment running plus paused is what
 * has elapsed (DOMAIN.md 4.3.7, 8).
 *
 * A pause moves due dates: as many business days are left at its end as were at its beginning.
 */
#ifndef CAIRN_ASSESSMENT_CLOCK_H
#define CAIRN_ASSESSMENT_CLOCK_H

#include "libshared/calendar.h"

enum clock_state { CLOCK_NONE, CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_STOPPED };

struct clock {
	uint64_t version;
	int64_t started_us;
	int64_t since_us;              /* of the state that it is in */
	int64_t running_us, paused_us; /* of the stretches that are over */
	uint32_t state;                /* enum clock_state */
	uint32_t pauses;
};
_Static_assert(sizeof(struct clock) == 48, "no padding");

/* What is done to a clock that is in that state already, or has stopped, changes nothing. */
void clock_start(struct clock *c, int64_t at_us);
void clock_pause(struct clock *c, int64_t at_us);
void clock_resume(struct clock *c, int64_t at_us);
void clock_stop(struct clock *c, int64_t at_us);

/* Up to a moment, or to where it stopped. */
int64_t clock_running_us(const struct clock *c, int64_t at_us);
int64_t clock_paused_us(const struct clock *c, int64_t at_us);
int64_t clock_elapsed_us(const struct clock *c, int64_t at_us);

/* Where a due date lies after a pause. One that was over when the pause began stays. */
int64_t due_after_pause_us(struct zones *zones, const Enrollment__Calendar *calendar,
			   int64_t due_us, int64_t paused_us, int64_t resumed_us);

#endif
