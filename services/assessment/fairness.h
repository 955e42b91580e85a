/*
 * Whether a group of earners passes less often than all others, and which groups may be shown.
 *
 * The rule has two halves, as the Uniform Guidelines on Employee Selection Procedures have it (29
 * CFR 1607.4(D)): a difference must be large enough to matter, and too large for chance. The first
 * is the policy's gap, in thousandths of the pass rate. The second is the test of two proportions,
 * pooled (Hazelwood School District v. United States, 433 U.S. 299 (1977), note 14, takes two to
 * three standard deviations): 1.96 of them, 95 %. Numbers too small for the test are not judged.
 * Only first attempts count, so that nobody counts twice.
 *
 * A group of fewer than FAIR_CELL_MIN is hidden. So that it cannot be computed from the total of
 * its dimension, the next smallest are hidden too, until those hidden are more than one and
 * together as many.
 *
 * Pure functions.
 */
#ifndef CAIRN_ASSESSMENT_FAIRNESS_H
#define CAIRN_ASSESSMENT_FAIRNESS_H

#include "libshared/base.h"

#define FAIR_CELL_MIN 10
#define FAIR_TEST_MIN 30 /* on either side */

struct fair_count {
	uint64_t decided, passed; /* passed <= decided */
	bool is_hidden;
};

/* Of one dimension. */
void fairness_hide(struct fair_count *const *cells, size_t n);
bool fairness_gap(const struct fair_count *group, const struct fair_count *others,
		  uint32_t gap_permille);

#endif
