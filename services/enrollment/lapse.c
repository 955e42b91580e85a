/* The lapse of an enrollment, and the notices before it and other ends. */
#include "services/enrollment/lapse.h"

int64_t lapse_from(const struct policy_row *policy, int64_t now_us)
{
	return now_us + policy->lapse_days * US_PER_DAY;
}

int64_t notice_next_due(const struct notice_days *notices, int64_t end_us, uint32_t noticed_days)
{
	for (uint32_t i = 0; i < notices->n; i++) {
		uint32_t days = notices->days[i];

		if (noticed_days == 0 || days < noticed_days)
			return end_us - days * US_PER_DAY;
	}
	return end_us;
}

uint32_t notice_due(const struct notice_days *notices, int64_t end_us, int64_t now_us)
{
	uint32_t due = 0;

	if (now_us >= end_us)
		return 0;
	for (uint32_t i = 0; i < notices->n; i++)
		if (end_us - notices->days[i] * US_PER_DAY <= now_us)
			due = notices->days[i];
	return due;
}

int64_t review_end_us(int64_t review_by_day)
{
	return (review_by_day + 1) * US_PER_DAY;
}
