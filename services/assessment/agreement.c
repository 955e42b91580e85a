/* Agreement of two readers. */
#include "services/assessment/agreement.h"

#include <math.h>
#include <string.h>

#define NORMAL_95 1.959963984540054 /* 97.5th percentile of the standard normal */

/* Distances of levels: 0 on the diagonal. */
struct metric {
	double d[AGREEMENT_LEVELS_MAX][AGREEMENT_LEVELS_MAX];
};

/* Sums of a matrix, as numbers that fractions are made of. */
struct margins {
	double n, first[AGREEMENT_LEVELS_MAX], second[AGREEMENT_LEVELS_MAX];
};

static struct margins margins_of(const struct agreement_counts *c)
{
	struct margins m = {.n = 0};

	for (unsigned k = 0; k < c->q; k++)
		for (unsigned l = 0; l < c->q; l++) {
			m.n += (double)c->n[k][l];
			m.first[k] += (double)c->n[k][l];
			m.second[l] += (double)c->n[k][l];
		}
	return m;
}

/* ---- metrics ---- */

static struct metric nominal(unsigned q)
{
	struct metric m = {{{0}}};

	for (unsigned k = 0; k < q; k++)
		for (unsigned l = 0; l < q; l++)
			m.d[k][l] = k == l ? 0 : 1;
	return m;
}

/* 1 - w of quadratic weights, times (q-1)^2, which cancels out of every ratio. */
static struct metric quadratic(unsigned q)
{
	struct metric m = {{{0}}};

	for (unsigned k = 0; k < q; k++)
		for (unsigned l = 0; l < q; l++)
			m.d[k][l] = ((double)k - l) * ((double)k - l);
	return m;
}

/* Krippendorff's: the square of how many values lie between two levels, each level by half. */
static struct metric ordinal(unsigned q, const struct margins *s)
{
	struct metric m = {{{0}}};

	for (unsigned k = 0; k < q; k++) {
		double between = (s->first[k] + s->second[k]) / 2;

		for (unsigned l = k + 1; l < q; l++) {
			double values = s->first[l] + s->second[l];

			m.d[k][l] = (between + values / 2) * (between + values / 2);
			m.d[l][k] = m.d[k][l];
			between += values;
		}
	}
	return m;
}

/* The sum of distances over all double reads. */
static double distance(const struct agreement_counts *c, const struct metric *m)
{
	double sum = 0;

	for (unsigned k = 0; k < c->q; k++)
		for (unsigned l = 0; l < c->q; l++)
			sum += m->d[k][l] * (double)c->n[k][l];
	return sum;
}

/* ---- figures: false where undefined ---- */

typedef bool figure_fn(const struct agreement_counts *c, double *value_r);

static bool exact(const struct agreement_counts *c, double *value_r)
{
	struct margins s = margins_of(c);
	struct metric m = nominal(c->q);

	if (s.n == 0)
		return false;
	*value_r = 1 - distance(c, &m) / s.n;
	return true;
}

/* 1 - observed / expected distance, expected from the two readers' own shares. */
static bool kappa_with(const struct agreement_counts *c, const struct metric *m, double *value_r)
{
	struct margins s = margins_of(c);
	double expected = 0;

	for (unsigned k = 0; k < c->q; k++)
		for (unsigned l = 0; l < c->q; l++)
			expected += m->d[k][l] * s.first[k] * s.second[l];
	if (expected == 0)
		return false;
	*value_r = 1 - distance(c, m) * s.n / expected;
	return true;
}

static bool kappa(const struct agreement_counts *c, double *value_r)
{
	struct metric m = nominal(c->q);

	return kappa_with(c, &m, value_r);
}

static bool kappa_quadratic(const struct agreement_counts *c, double *value_r)
{
	struct metric m = quadratic(c->q);

	return kappa_with(c, &m, value_r);
}

/* Chance agreement from the mean share of each level and the sum of all weights. far is the largest
 * distance: a weight is 1 - d/far. */
static bool gwet_with(const struct agreement_counts *c, const struct metric *m, double far,
		      double *value_r)
{
	struct margins s = margins_of(c);
	double weights = 0, spread = 0, observed, chance;

	if (s.n == 0 || c->q < 2)
		return false;
	for (unsigned k = 0; k < c->q; k++) {
		double share = (s.first[k] + s.second[k]) / (2 * s.n);

		spread += share * (1 - share);
		for (unsigned l = 0; l < c->q; l++)
			weights += 1 - m->d[k][l] / far;
	}
	observed = 1 - distance(c, m) / far / s.n;
	chance = weights / (c->q * (c->q - 1.0)) * spread;
	*value_r = (observed - chance) / (1 - chance);
	return true;
}

static bool ac1(const struct agreement_counts *c, double *value_r)
{
	struct metric m = nominal(c->q);

	return gwet_with(c, &m, 1, value_r);
}

static bool ac2_quadratic(const struct agreement_counts *c, double *value_r)
{
	struct metric m = quadratic(c->q);

	return gwet_with(c, &m, (c->q - 1.0) * (c->q - 1.0), value_r);
}

/* Over coincidences: each double read gives two values, in both orders. */
static bool alpha_with(const struct agreement_counts *c, const struct metric *m, double *value_r)
{
	struct margins s = margins_of(c);
	double expected = 0;

	for (unsigned k = 0; k < c->q; k++)
		for (unsigned l = 0; l < c->q; l++)
			expected += m->d[k][l] * (s.first[k] + s.second[k]) *
				    (s.first[l] + s.second[l]);
	if (expected == 0)
		return false;
	*value_r = 1 - 2 * distance(c, m) * (2 * s.n - 1) / expected;
	return true;
}

static bool alpha_nominal(const struct agreement_counts *c, double *value_r)
{
	struct metric m = nominal(c->q);

	return alpha_with(c, &m, value_r);
}

static bool alpha_ordinal(const struct agreement_counts *c, double *value_r)
{
	struct margins s = margins_of(c);
	struct metric m = ordinal(c->q, &s);

	return alpha_with(c, &m, value_r);
}

/* ---- intervals ---- */

struct left_out {
	double n, sum,
		square; /* of the values without one double read, each as often as it occurs */
	bool is_defined;
};

/* Double reads of one cell leave the same matrix when left out: q * q values stand for all n. */
static struct left_out leave_each_out(const struct agreement_counts *counts, figure_fn *figure,
				      double around)
{
	struct agreement_counts c = *counts;
	struct left_out out = {.is_defined = true};
	double value;

	for (unsigned k = 0; k < c.q; k++)
		for (unsigned l = 0; l < c.q; l++) {
			double times = (double)c.n[k][l];

			if (c.n[k][l] == 0)
				continue;
			c.n[k][l]--;
			out.is_defined = out.is_defined && figure(&c, &value);
			c.n[k][l]++;
			if (!out.is_defined)
				return out;
			out.n += times;
			out.sum += times * (value - around);
			out.square += times * (value - around) * (value - around);
		}
	return out;
}

static void set_interval(const struct agreement_counts *c, figure_fn *figure,
			 struct agreement_figure *f)
{
	struct left_out out = leave_each_out(c, figure, f->value);
	double variance, half;

	f->has_interval = out.is_defined && out.n > 1;
	if (!f->has_interval)
		return;
	variance = (out.square - out.sum * out.sum / out.n) * (out.n - 1) / out.n;
	half = NORMAL_95 * sqrt(variance > 0 ? variance : 0);
	f->low = f->value - half;
	f->high = MIN(f->value + half, 1.0);
}

/* ---- all of them ---- */

static const struct {
	const char *name;
	figure_fn *figure;
} rows[AGREEMENT_KINDS] = {
	[AGREEMENT_EXACT] = {"exact", exact},
	[AGREEMENT_KAPPA] = {"kappa", kappa},
	[AGREEMENT_KAPPA_QUADRATIC] = {"kappa_quadratic", kappa_quadratic},
	[AGREEMENT_AC1] = {"ac1", ac1},
	[AGREEMENT_AC2_QUADRATIC] = {"ac2_quadratic", ac2_quadratic},
	[AGREEMENT_ALPHA_NOMINAL] = {"alpha_nominal", alpha_nominal},
	[AGREEMENT_ALPHA_ORDINAL] = {"alpha_ordinal", alpha_ordinal},
};

void agreement_of(const struct agreement_counts *counts, struct agreement *agreement_r)
{
	memset(agreement_r, 0, sizeof *agreement_r);
	agreement_r->n = (uint64_t)margins_of(counts).n;
	for (unsigned kind = 0; kind < AGREEMENT_KINDS; kind++) {
		struct agreement_figure *f = &agreement_r->figures[kind];

		f->is_defined = rows[kind].figure(counts, &f->value);
		if (f->is_defined)
			set_interval(counts, rows[kind].figure, f);
	}
}

/* ---- what may be said of it ---- */

/* What is at a threshold reaches it: sums of fractions may miss it by their last bits. */
#define BITS 1e-9

static bool reaches(const struct agreement *a, enum agreement_kind kind, double least)
{
	return a->figures[kind].is_defined && a->figures[kind].value > least - BITS;
}

static unsigned alpha_word(const struct agreement *a)
{
	if (reaches(a, AGREEMENT_ALPHA_ORDINAL, 0.80))
		return ROW_RELIABLE;
	return reaches(a, AGREEMENT_ALPHA_ORDINAL, 0.667) ? ROW_TENTATIVE : 0;
}

static bool is_too_low(const struct agreement *a)
{
	const struct agreement_figure *chance_corrected = &a->figures[AGREEMENT_AC1];

	return !reaches(a, AGREEMENT_EXACT, 0.75) ||
	       (chance_corrected->has_interval && chance_corrected->low < 0.60 - BITS);
}

unsigned agreement_words(const struct agreement *a)
{
	unsigned words;

	if (a->n < AGREEMENT_READS_MIN)
		return 0;
	words = alpha_word(a);
	if (reaches(a, AGREEMENT_AC1, 0.70) && reaches(a, AGREEMENT_KAPPA_QUADRATIC, 0.60))
		words |= ROW_HEALTHY;
	return is_too_low(a) ? words | ROW_UNDER_REVIEW : words;
}

const char *agreement_name(enum agreement_kind kind)
{
	return rows[kind].name;
}
