/*
 * Waiting times as counts in fixed bins, so that percentiles of any number of them take little
 * room, are counted as they come, and add up over whatever is added.
 *
 * Whole minutes are exact below an hour (64 minutes); above, each doubling has 32 bins, and the
 * middle of a bin stands for it: at most 1/64 (1.6 %) from any time in it. Beyond the last bin
 * (about 190 years) all is the last.
 */
#ifndef CAIRN_ASSESSMENT_WAITS_H
#define CAIRN_ASSESSMENT_WAITS_H

#include "libshared/base.h"

#define WAIT_BINS 768

struct waits {
	uint64_t n;
	uint64_t in[WAIT_BINS];
};

/* Negative: none. */
unsigned wait_bin(int64_t wait_us);
void waits_add(struct waits *w, unsigned bin, uint64_t n);
/* Minutes: the smallest bin that percent of the times (1 to 100) do not exceed. n > 0. */
uint64_t waits_percentile(const struct waits *w, unsigned percent);

#endif
