/* SplitMix64: short, and good enough to choose what happens next. */
#include "tests/simulation/chance.h"

uint64_t chance_u64(struct chance *c)
{
	uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t chance_below(struct chance *c, uint64_t n)
{
	return chance_u64(c) % n;
}

bool chance_percent(struct chance *c, unsigned percent)
{
	return chance_below(c, 100) < percent;
}

double chance_share(struct chance *c)
{
	return (double)(chance_u64(c) >> 11) * 0x1p-53;
}
