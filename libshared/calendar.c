/* Business days and the deadlines that are counted in them. */
#include "libshared/calendar.h"

#include <stdio.h>
#include <string.h>

static bool digits(const char *text, size_t n, int *value_r)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*value_r = value;
	return true;
}

bool day_of_text(const char *text, int64_t *day_r)
{
	int year, month, day;
	int64_t number;
	struct civil back;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	if (!digits(text, 4, &year) || !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	number = day_of_civil(year, month, day);
	back = civil_of_day(number);
	if (back.month != month || back.day != day)
		return false; /* April 31 */
	*day_r = number;
	return true;
}

void text_of_day(int64_t day, char text_r[11])
{
	struct civil c = civil_of_day(day);

	/* The remainders tell the compiler what holds anyway: the text has ten characters. */
	snprintf(text_r, 11, "%04u-%02u-%02u", (unsigned)c.year % 10000, (unsigned)c.month % 100,
		 (unsigned)c.day % 100);
}

static bool holiday_on(const Enrollment__Calendar *c, size_t n, int64_t day)
{
	int64_t holiday;

	for (size_t i = 0; i < n; i++)
		if (day_of_text(c->holidays[i]->date, &holiday) && holiday == day)
			return true;
	return false;
}

const char *calendar_fault(struct zones *zones, const Enrollment__Calendar *c)
{
	int64_t day;

	if (zone_find(zones, c->time_zone) == NULL)
		return "the calendar's time zone is not known here";
	for (size_t i = 0; i < c->n_holidays; i++) {
		if (!day_of_text(c->holidays[i]->date, &day))
			return "a holiday has no date like 2026-11-26";
		if (holiday_on(c, i, day))
			return "a holiday's date stands twice in the calendar";
	}
	return NULL;
}

bool is_business_day(const Enrollment__Calendar *c, int64_t day)
{
	return weekday_of_day(day) < 5 && !holiday_on(c, c->n_holidays, day);
}

/* One second before the next day begins there: right also where clocks change at midnight. */
static int64_t last_second_us(const struct zone *zone, int64_t day)
{
	return zone_moment(zone, civil_of_day(day + 1)) - US_PER_S;
}

static int64_t day_there(const struct zone *zone, int64_t at_us)
{
	struct civil there = zone_civil(zone, at_us);

	return day_of_civil(there.year, there.month, there.day);
}

uint32_t business_days_until(struct zones *zones, const Enrollment__Calendar *c, int64_t from_us,
			     int64_t to_us)
{
	const struct zone *zone = zone_find(zones, c->time_zone);
	int64_t day, last;
	uint32_t n = 0;

	ENSURE(zone != NULL);
	last = day_there(zone, to_us);
	for (day = day_there(zone, from_us) + 1; day <= last; day++)
		if (is_business_day(c, day))
			n++;
	return n;
}

int64_t business_deadline_us(struct zones *zones, const Enrollment__Calendar *c, int64_t from_us,
			     uint32_t n)
{
	const struct zone *zone = zone_find(zones, c->time_zone);
	int64_t day;

	ENSURE(zone != NULL && n >= 1);
	day = day_there(zone, from_us);
	while (n > 0)
		if (is_business_day(c, ++day))
			n--;
	return last_second_us(zone, day);
}
