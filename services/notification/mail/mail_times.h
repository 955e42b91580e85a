/*
 * When mail may go to a person: not in quiet hours, and a digest at seven in the morning.
 *
 * Quiet hours are hours of the clock where the person is: a night in which the clock is put forward
 * is shorter, and one in which it is put back is longer. A zone that is NULL is UTC.
 */
#ifndef CAIRN_NOTIFICATION_MAIL_TIMES_H
#define CAIRN_NOTIFICATION_MAIL_TIMES_H

#include "services/notification/tables_mail.h"

#define MINUTES_OF_DAY (24 * 60)

/* When the quiet hours end that now_us is in; now_us when it is in none. */
int64_t quiet_until(const struct mail_times *times, const struct zone *zone, int64_t now_us);
/* The next digest after now_us: on any day, or on Monday. */
int64_t digest_at(const struct mail_times *times, const struct zone *zone, int64_t now_us);

#endif
