/*
 * What waits for a person, here or at a state, as numbers.
 */
#ifndef CAIRN_ISSUANCE_GAUGES_H
#define CAIRN_ISSUANCE_GAUGES_H

#include "libshared/metrics.h"
#include "libshared/store.h"

#define N_ISSUANCE_METRICS 3
extern const struct metric issuance_metrics[N_ISSUANCE_METRICS];
void issuance_measure(const struct view *view, int64_t now_us, struct metrics *m, unsigned base);

#endif
