/* The lapse of an enrollment, and the notices before it. */
#include "services/enrollment/lapse.h"

int64_t lapse_from(const struct policy_row *policy, int64_t now_us)
{
	return now_us + policy->lapse_days * US_PER_DAY;
}

int64_t lapse_next_due(const struct policy_row *policy, int64_t lapses_us, uint32_t noticed_days)
{
	for (uint32_t i = 0; i < policy->n_notices; i++) {
		uint32_t days = policy->notice_days[i];

		if (noticed_days == 0 || days < noticed_days)
			return lapses_us - days * US_PER_DAY;
	}
	return lapses_us;
}

uint32_t lapse_notice_due(const struct policy_row *policy, int64_t lapses_us, int64_t now_us)
{
	uint32_t due = 0;

	if (now_us >= lapses_us)
		return 0;
	for (uint32_t i = 0; i < policy->n_notices; i++)
		if (lapses_us - policy->notice_days[i] * US_PER_DAY <= now_us)
			due = policy->notice_days[i];
	return due;
}
