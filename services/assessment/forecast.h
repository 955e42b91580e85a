/*
 * When what waits will be decided, from the queue before it and how fast readings are completed.
 *
 * A submission is decided when the readings before it and its own are completed. How many a day
 * are completed is what was completed on days that left work waiting: on a day whose queue ran
 * empty nobody could do more. With fewer than FORECAST_DAYS_MIN of such days it is a quarter of
 * what all seats together may take by the daily cap, as uncertain as counts are (a deviation of its
 * square root). It is never more than the cap of the seats that there are now.
 *
 * With r readings a day and a deviation of s, t days complete r t readings, give or take s sqrt(t):
 * work is done by t = work / r days on average, and with 95 % by the t for which r t - 1.645 s
 * sqrt(t) is the work. Days are days of the calendar, for so they were counted, weekends too.
 *
 * Pure functions. Reports and the daily look use them; no decision does.
 */
#ifndef CAIRN_ASSESSMENT_FORECAST_H
#define CAIRN_ASSESSMENT_FORECAST_H

#include "libshared/base.h"

#define FORECAST_DAYS 28 /* looked back at */
#define FORECAST_DAYS_MIN 5
#define FORECAST_NEVER 3650 /* days: and more */

struct supply {
	uint64_t seats, daily_cap;
	uint64_t days; /* that left work waiting: 0 to FORECAST_DAYS */
	uint64_t done[FORECAST_DAYS];
};

struct pace {
	double a_day, deviation; /* readings */
	bool is_recent;          /* of days gone by; else of seats */
};
struct pace pace_of(const struct supply *s);

/* Work in thousandths of a reading. */
struct days {
	uint32_t expected, late; /* late: 95 %; both from 1 to FORECAST_NEVER */
};
struct days days_of(const struct pace *p, uint64_t work);

#endif
