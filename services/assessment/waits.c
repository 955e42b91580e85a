/* Waiting times in bins: where a time is counted, and what percentile a bin is. */
#include "services/assessment/waits.h"

#define US_PER_MINUTE (60 * US_PER_S)
#define HALF 32 /* bins of a doubling */

unsigned wait_bin(int64_t wait_us)
{
	uint64_t minutes = wait_us > 0 ? (uint64_t)(wait_us / US_PER_MINUTE) : 0;
	unsigned doublings = 0;

	while (minutes >> doublings >= 2 * HALF)
		doublings++;
	return MIN(doublings * HALF + (unsigned)(minutes >> doublings), WAIT_BINS - 1U);
}

static uint64_t middle_of(unsigned bin)
{
	unsigned doublings = bin < 2 * HALF ? 0 : bin / HALF - 1;
	uint64_t width = UINT64_C(1) << doublings;

	return (bin - doublings * HALF) * width + width / 2;
}

void waits_add(struct waits *w, unsigned bin, uint64_t n)
{
	w->in[MIN(bin, WAIT_BINS - 1U)] += n;
	w->n += n;
}

uint64_t waits_percentile(const struct waits *w, unsigned percent)
{
	uint64_t rank = (w->n * percent + 99) / 100, seen = 0;
	unsigned bin = 0;

	ENSURE(w->n > 0);
	while (bin < WAIT_BINS - 1 && seen + w->in[bin] < MAX(rank, UINT64_C(1)))
		seen += w->in[bin++];
	return middle_of(bin);
}
