/* When mail may go to a person. */
#include "services/notification/mail/mail_times.h"

#define US_PER_MINUTE (60 * US_PER_S)
#define DIGEST_HOUR 7
#define MONDAY 0

static struct civil civil_there(const struct zone *zone, int64_t at_us)
{
	struct civil c;
	int64_t second = at_us % US_PER_DAY / US_PER_S;

	if (zone != NULL)
		return zone_civil(zone, at_us);
	c = civil_of_day(at_us / US_PER_DAY);
	c.hour = (int)(second / 3600);
	c.minute = (int)(second / 60 % 60);
	c.second = (int)(second % 60);
	return c;
}

static int64_t moment_there(const struct zone *zone, struct civil c)
{
	if (zone != NULL)
		return zone_moment(zone, c);
	return day_of_civil(c.year, c.month, c.day) * US_PER_DAY +
	       (c.hour * 60 + c.minute) * US_PER_MINUTE;
}

static bool is_quiet(const struct mail_times *t, int minute)
{
	if (t->quiet_from <= t->quiet_to)
		return minute >= t->quiet_from && minute < t->quiet_to;
	return minute >= t->quiet_from || minute < t->quiet_to;
}

int64_t quiet_until(const struct mail_times *times, const struct zone *zone, int64_t now_us)
{
	struct civil c = civil_there(zone, now_us), end;
	int minute = c.hour * 60 + c.minute, to = times->quiet_to;
	int64_t end_us;

	if (!is_quiet(times, minute))
		return now_us;
	end = (struct civil){c.year, c.month, c.day + (minute >= to), to / 60, to % 60, 0};
	end_us = moment_there(zone, end);
	if (end_us > now_us)
		return end_us;
	/* The clock was put back over the end, and this is the second time that it says so. */
	return now_us + ((to - minute) * 60 - c.second) * US_PER_S;
}

int64_t digest_at(const struct mail_times *times, const struct zone *zone, int64_t now_us)
{
	struct civil today = civil_there(zone, now_us);
	int64_t day = day_of_civil(today.year, today.month, today.day), at_us;

	for (;; day++) {
		struct civil c = civil_of_day(day);

		c.hour = DIGEST_HOUR;
		at_us = moment_there(zone, c);
		if (at_us > now_us && (times->digest != NOTIFICATION__DIGEST__WEEKLY ||
				       weekday_of_day(day) == MONDAY))
			return at_us;
	}
}
