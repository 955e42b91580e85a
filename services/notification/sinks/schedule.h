/*
 * When an event that was not taken is tried again: pure.
 */
#ifndef CAIRN_NOTIFICATION_SCHEDULE_H
#define CAIRN_NOTIFICATION_SCHEDULE_H

#include "libshared/base.h"

#define SCHEDULE_TRIES 10   /* the last one that fails makes it dead */
#define SCHEDULE_JITTER 201 /* values of jitter: 0 .. 200 */
#define SCHEDULE_ASKED_US                                                                          \
	(24 * US_PER_HOUR) /* the longest wait that the other side may ask for                     \
			    */

/* From a failed try, the tries-th (from 1), to the next one. permille scales it (1000: as it is);
 * jitter moves it by up to a tenth either way. Only for 1 <= tries < SCHEDULE_TRIES. */
int64_t schedule_delay_us(unsigned tries, unsigned permille, unsigned jitter);

#endif
