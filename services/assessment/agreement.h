/*
 * How far two readers of the same row agree, from a count matrix alone: anyone who has the counts
 * can compute the same figures again.
 *
 * counts[k][l] is how many double reads gave level k first and level l second; levels are ordered,
 * the worst is 0, and all q levels of the scale have a row and a column, used or not.
 *
 * Sources: Cohen 1960 and 1968 (kappa, weighted); Gwet 2008 and 2014 (AC1, AC2); Krippendorff 2011
 * (alpha over coincidences, the ordinal metric from cumulated counts). Intervals are of 95 %, by
 * the jackknife over double reads.
 */
#ifndef CAIRN_ASSESSMENT_AGREEMENT_H
#define CAIRN_ASSESSMENT_AGREEMENT_H

#include "libshared/base.h"

#define AGREEMENT_LEVELS_MAX 10

struct agreement_counts {
	unsigned q; /* levels, 1 to AGREEMENT_LEVELS_MAX */
	uint64_t n[AGREEMENT_LEVELS_MAX][AGREEMENT_LEVELS_MAX];
};

enum agreement_kind {
	AGREEMENT_EXACT,
	AGREEMENT_KAPPA,
	AGREEMENT_KAPPA_QUADRATIC,
	AGREEMENT_AC1,
	AGREEMENT_AC2_QUADRATIC,
	AGREEMENT_ALPHA_NOMINAL,
	AGREEMENT_ALPHA_ORDINAL,
	AGREEMENT_KINDS
};

/* Undefined where its denominator is 0, and at n = 0. The interval is undefined, too, where leaving
 * out one double read makes the value so. It ends at 1, as every figure does. */
struct agreement_figure {
	bool is_defined, has_interval;
	double value, low, high;
};

struct agreement {
	uint64_t n; /* double reads */
	struct agreement_figure figures[AGREEMENT_KINDS];
};

void agreement_of(const struct agreement_counts *counts, struct agreement *agreement_r);

/* Nothing is said of a row with fewer double reads: an interval covers what it says it covers from
 * about there. */
#define AGREEMENT_READS_MIN 30

/* What may be said of a row (DOMAIN.md 4.3.5). Healthy: AC1 of 0.70 and quadratic kappa of 0.60 or
 * more. Reliable, tentative: ordinal alpha of 0.80, 0.667 or more. Under review: the lower end of
 * AC1 below 0.60, or exact agreement below 0.75. An undefined figure says nothing. */
enum { ROW_HEALTHY = 1, ROW_RELIABLE = 2, ROW_TENTATIVE = 4, ROW_UNDER_REVIEW = 8 };
unsigned agreement_words(const struct agreement *a);
/* "exact", "kappa", "kappa_quadratic" ... */
const char *agreement_name(enum agreement_kind kind);

#endif
