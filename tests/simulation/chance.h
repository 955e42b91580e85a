/* Chance that a seed repeats. */
#ifndef CAIRN_SIMULATION_CHANCE_H
#define CAIRN_SIMULATION_CHANCE_H

#include "libshared/base.h"

struct chance {
	uint64_t state;
};
uint64_t chance_u64(struct chance *c);
uint64_t chance_below(struct chance *c, uint64_t n); /* 0 .. n-1 */
bool chance_percent(struct chance *c, unsigned percent);
double chance_share(struct chance *c); /* 0 <= x < 1 */

#endif
