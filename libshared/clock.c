/* The two clocks of the machine, in microseconds. */
#include "libshared/clock.h"

#include "libshared/base.h"

#include <time.h>

static int64_t clock_us(clockid_t clock)
{
	struct timespec ts;

	ENSURE(clock_gettime(clock, &ts) == 0);
	return ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

struct now clock_now(void)
{
	return (struct now){clock_wall_us(), clock_mono_us()};
}
