/* Times as ISO 8601 text and back. */
#include "libshared/json.h"

#include "libshared/zone.h"

#include <string.h>

void time_text(int64_t at_us, char text_r[32])
{
	int64_t day = at_us / US_PER_DAY - (at_us % US_PER_DAY < 0);
	int64_t rest_us = at_us % US_PER_DAY; /* of the day, once it is not negative */
	int64_t rest_ms = (rest_us < 0 ? rest_us + US_PER_DAY : rest_us) / US_PER_MS;
	struct civil c = civil_of_day(day);
	int s = (int)(rest_ms / 1000), ms = (int)(rest_ms % 1000);
	int used = snprintf(text_r, 32, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day,
			    s / 3600, s / 60 % 60, s % 60);

	if (ms != 0)
		used += snprintf(text_r + used, 32 - (size_t)used, ".%03d", ms);
	snprintf(text_r + used, 32 - (size_t)used, "Z");
}

/* Exactly so many digits, of a number in a range. */
static bool read_number(const char **at, int n_digits, int least, int most, int *number_r)
{
	int number = 0;

	for (; n_digits > 0; n_digits--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		number = number * 10 + (**at - '0');
	}
	*number_r = number;
	return number >= least && number <= most;
}

static bool read_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool read_date(const char **at, int64_t *day_r)
{
	struct civil c, again;

	if (!read_number(at, 4, 0, 9999, &c.year) || !read_char(at, '-') ||
	    !read_number(at, 2, 1, 12, &c.month) || !read_char(at, '-') ||
	    !read_number(at, 2, 1, 31, &c.day))
		return false;
	*day_r = day_of_civil(c.year, c.month, c.day);
	again = civil_of_day(*day_r);
	return again.day == c.day; /* or the month has no such day */
}

/* Decimals of a second: 1 to 6 of them, or none. */
static bool read_fraction(const char **at, int *us_r)
{
	int us = 0, n_digits = 0;

	*us_r = 0;
	if (!read_char(at, '.'))
		return true;
	for (; **at >= '0' && **at <= '9' && n_digits < 6; (*at)++, n_digits++)
		us = us * 10 + (**at - '0');
	for (int i = n_digits; i < 6; i++)
		us *= 10;
	*us_r = us;
	return n_digits > 0;
}

/* "Z", "+02:00" or "-07:30": minutes east. */
static bool read_offset(const char **at, int *minutes_r)
{
	int sign = **at == '-' ? -1 : 1, hours, minutes;

	*minutes_r = 0;
	if (read_char(at, 'Z'))
		return true;
	if (!read_char(at, '+') && !read_char(at, '-'))
		return false;
	if (!read_number(at, 2, 0, 23, &hours) || !read_char(at, ':') ||
	    !read_number(at, 2, 0, 59, &minutes))
		return false;
	*minutes_r = sign * (hours * 60 + minutes);
	return true;
}

bool time_of_text(const char *text, int64_t *at_us_r)
{
	int hour, minute, second, us, east;
	const char *at = text;
	int64_t day;

	if (!read_date(&at, &day) || !read_char(&at, 'T') || !read_number(&at, 2, 0, 23, &hour) ||
	    !read_char(&at, ':') || !read_number(&at, 2, 0, 59, &minute) || !read_char(&at, ':') ||
	    !read_number(&at, 2, 0, 59, &second) || !read_fraction(&at, &us) ||
	    !read_offset(&at, &east) || *at != '\0')
		return false;
	*at_us_r = day * US_PER_DAY +
		   ((hour * 60 + minute - east) * INT64_C(60) + second) * US_PER_S + us;
	return true;
}
