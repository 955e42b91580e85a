/*
 * How an assessor earns a seat, the right to read for a micro-credential, and keeps it
 * (DOMAIN.md 4.3.4, 4.3.8).
 *
 *	applied -> training -> calibrating -> certified <-> watch -> suspended -> calibrating
 *	certified, watch -> expired -> calibrating; and whoever retires has no seat any more
 *
 * Pure functions of scores: what was read of an anchor, a submission whose true ratings are agreed
 * on, against what it truly shows. Percentages are compared in whole numbers.
 */
#ifndef CAIRN_ASSESSMENT_SEAT_H
#define CAIRN_ASSESSMENT_SEAT_H

#include "libshared/arena.h"
#include "proto/assessment.pb-c.h"

enum seat_state {
	SEAT_NONE,
	SEAT_APPLIED,
	SEAT_TRAINING,
	SEAT_CALIBRATING,
	SEAT_CERTIFIED,
	SEAT_WATCH,
	SEAT_SUSPENDED,
	SEAT_EXPIRED,
	SEAT_STATES
};
const char *seat_state_word(unsigned state); /* "certified" ...; "" for none */
/* Readings may be assigned, until the certificate's end. */
bool seat_stands(unsigned state);
/* A calibration may be begun from it; of a certified assessor it is the renewal. */
bool seat_may_calibrate(unsigned state);

/* Of one anchor, or of several together. */
struct score {
	uint32_t rows;
	uint32_t agreed; /* on pass; <= rows */
	uint32_t far;    /* two levels or more from the truth */
};
struct score score_of(uint32_t pass_ordinal, Assessment__RowRating *const *ratings,
		      const uint32_t *truth, size_t n);
struct score score_of_completed(const Assessment__AnchorCompleted *completed);
/* So many percent of the rows agree, or more. No row at all agrees in nothing. */
bool score_reaches(struct score score, uint32_t percent);

/* ---- drift seeds: hidden anchors among the readings ---- */

#define SEEDS_MAX 32

/* The last ones, the oldest first. */
struct seed_window {
	uint32_t n; /* <= SEEDS_MAX */
	uint8_t rows[SEEDS_MAX], agreed[SEEDS_MAX];
};
void window_add(struct seed_window *w, struct score score);
/* Of the last size seeds, or of all, if they are fewer. */
struct score window_sum(const struct seed_window *w, uint32_t size);

struct drift_rules {
	uint32_t window, needed, watch_below_percent, suspend_below_percent;
};
/* The state of a seat that stands, after its last seed. A window that is not full yet is judged
 * once it holds as many as are needed: with one reading in twenty a seed, a full one takes four
 * hundred readings, more than most assessors do in a year. */
enum seat_state state_after_seed(enum seat_state state, const struct seed_window *w,
				 const struct drift_rules *rules);

/* ---- calibrations ---- */

/* Enough rows agree, and none is far. */
bool calibration_passes(struct score all, uint32_t percent);
/* What a calibration's readings come to, all together and row by row, in the order of the rubric.
 * Fills anchors, rows, agreed, far and misses; lives in the arena. */
void calibration_result(const Enrollment__Rubric *rubric,
			const Assessment__AnchorCompleted *const *read, size_t n,
			struct arena *arena, Assessment__CalibrationFailed *result_r);

#endif
