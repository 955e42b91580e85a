/* Lockout: twice as long with each refusal. */
#include "services/gateway/lockout.h"

int64_t lockout_us(uint64_t failures, uint64_t n_free)
{
	int64_t us = LOCK_FIRST_US;

	if (failures <= n_free)
		return 0;
	for (uint64_t i = failures - n_free - 1; i > 0 && us < LOCK_MOST_US; i--)
		us *= 2;
	return MIN(us, LOCK_MOST_US);
}

int64_t door_locked_until(const struct view *v, struct bytes door)
{
	struct door row;

	return door_get(v, door, &row) ? row.locked_until_us : 0;
}
