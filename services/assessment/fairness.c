/* The rule on gaps, and what is hidden. */
#include "services/assessment/fairness.h"

#define DEVIATIONS 1.96

/* ---- hiding ---- */

static struct fair_count *smallest_shown(struct fair_count *const *cells, size_t n)
{
	struct fair_count *smallest = NULL;

	for (size_t i = 0; i < n; i++)
		if (!cells[i]->is_hidden &&
		    (smallest == NULL || cells[i]->decided < smallest->decided))
			smallest = cells[i];
	return smallest;
}

/* Whether what is hidden of a total stays so: nothing is, or several that are enough together. */
static bool is_covered(struct fair_count *const *cells, size_t n)
{
	uint64_t hidden = 0, sum = 0;

	for (size_t i = 0; i < n; i++)
		if (cells[i]->is_hidden && cells[i]->decided > 0) {
			hidden++;
			sum += cells[i]->decided;
		}
	return hidden == 0 || (hidden > 1 && sum >= FAIR_CELL_MIN);
}

void fairness_hide(struct fair_count *const *cells, size_t n)
{
	struct fair_count *next;

	for (size_t i = 0; i < n; i++)
		cells[i]->is_hidden = cells[i]->decided < FAIR_CELL_MIN;
	while (!is_covered(cells, n) && (next = smallest_shown(cells, n)) != NULL)
		next->is_hidden = true;
}

/* ---- gaps ---- */

/* All in products of counts: (p2 - p1) n1 n2 against the deviation of the pooled share, squared. */
static bool is_beyond_chance(double n1, double k1, double n2, double k2)
{
	double n = n1 + n2, k = k1 + k2, apart = k2 * n1 - k1 * n2;

	return apart > 0 && apart * apart * n >= DEVIATIONS * DEVIATIONS * k * (n - k) * n1 * n2;
}

bool fairness_gap(const struct fair_count *group, const struct fair_count *others,
		  uint32_t gap_permille)
{
	double n1 = (double)group->decided, k1 = (double)group->passed;
	double n2 = (double)others->decided, k2 = (double)others->passed;

	if (group->decided < FAIR_TEST_MIN || others->decided < FAIR_TEST_MIN)
		return false;
	return 1000 * (k2 * n1 - k1 * n2) >= gap_permille * n1 * n2 &&
	       is_beyond_chance(n1, k1, n2, k2);
}
