/* How many days work takes at a pace. */
#include "services/assessment/forecast.h"

#include <math.h>

#define NORMAL_95_ONE_SIDED 1.6448536269514722
#define OF_SEATS 4 /* a quarter of the cap, where nothing was seen */

static struct pace recent_pace(const struct supply *s)
{
	double n = (double)s->days, sum = 0, square = 0;

	for (uint64_t i = 0; i < s->days; i++) {
		sum += (double)s->done[i];
		square += (double)s->done[i] * (double)s->done[i];
	}
	return (struct pace){.a_day = sum / n,
			     .deviation = sqrt(MAX(0, (square - sum * sum / n) / (n - 1))),
			     .is_recent = true};
}

struct pace pace_of(const struct supply *s)
{
	double most = (double)s->seats * (double)s->daily_cap;
	struct pace p = {.a_day = most / OF_SEATS};

	p.deviation = sqrt(p.a_day);
	if (s->days >= FORECAST_DAYS_MIN)
		p = recent_pace(s);
	p.a_day = MIN(p.a_day, most);
	return p;
}

static uint32_t whole_days(double days)
{
	return days < FORECAST_NEVER ? MAX((uint32_t)ceil(days), 1U) : FORECAST_NEVER;
}

struct days days_of(const struct pace *p, uint64_t work)
{
	double readings = (double)work / 1000, spread = NORMAL_95_ONE_SIDED * p->deviation, root;

	if (p->a_day <= 0)
		return (struct days){FORECAST_NEVER, FORECAST_NEVER};
	root = (spread + sqrt(spread * spread + 4 * p->a_day * readings)) / (2 * p->a_day);
	return (struct days){whole_days(readings / p->a_day), whole_days(root * root)};
}
