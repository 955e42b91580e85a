/*
 * Business days: weekdays that are no holiday of the issuer's calendar, in the calendar's time
 * zone.
 *
 * Deadlines count from the next business day after a moment and end at the last second of a
 * business day there (DOMAIN.md 4.3.4: the clock starts next business day after seal).
 */
#ifndef CAIRN_CALENDAR_H
#define CAIRN_CALENDAR_H

#include "libshared/zone.h"
#include "proto/enrollment.pb-c.h"

/* Why a calendar may not be published, or NULL: unknown zone, bad or repeated date. */
const char *calendar_fault(struct zones *zones, const Enrollment__Calendar *c);
bool is_business_day(const Enrollment__Calendar *c, int64_t day);
/* The end of the n-th business day after the day of from_us (n >= 1), as a moment. c must be
 * faultless. */
int64_t business_deadline_us(struct zones *zones, const Enrollment__Calendar *c, int64_t from_us,
			     uint32_t n);
/* How many business days there lie after the day of from_us, up to and with the day of to_us. */
uint32_t business_days_until(struct zones *zones, const Enrollment__Calendar *c, int64_t from_us,
			     int64_t to_us);
/* "2026-11-26" <-> day number; false if it is no date. */
bool day_of_text(const char *text, int64_t *day_r) MUST_CHECK;
void text_of_day(int64_t day, char text_r[11]);

#endif
