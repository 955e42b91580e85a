/* The times between tries: 75 h 35 min in all. */
#include "services/notification/sinks/schedule.h"

#define MINUTE (60 * US_PER_S)
#define HOUR US_PER_HOUR

static const int64_t delays_us[SCHEDULE_TRIES] = {
	[1] = 5 * US_PER_S, [2] = 5 * MINUTE, [3] = 30 * MINUTE, [4] = 2 * HOUR,  [5] = 5 * HOUR,
	[6] = 10 * HOUR,    [7] = 14 * HOUR,  [8] = 20 * HOUR,   [9] = 24 * HOUR,
};

int64_t schedule_delay_us(unsigned tries, unsigned permille, unsigned jitter)
{
	ENSURE(tries >= 1 && tries < SCHEDULE_TRIES);
	return delays_us[tries] / 1000 * permille / 1000 * (900 + MIN(jitter, SCHEDULE_JITTER - 1));
}
