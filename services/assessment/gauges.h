/*
 * Submissions on their way, and those past their date, as numbers.
 */
#ifndef CAIRN_ASSESSMENT_GAUGES_H
#define CAIRN_ASSESSMENT_GAUGES_H

#include "libshared/metrics.h"
#include "libshared/store.h"

#define N_ASSESSMENT_METRICS 3
extern const struct metric assessment_metrics[N_ASSESSMENT_METRICS];
void assessment_measure(const struct view *view, int64_t now_us, struct metrics *m, unsigned base);

#endif
