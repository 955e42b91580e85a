/* Times of credentials from and to microseconds. */
#include "services/issuance/documents/datetime.h"

#include "libshared/zone.h"

#include <string.h>

#define SECONDS_PER_DAY 86400
#define END_US (INT64_C(253402300800) * US_PER_S) /* the year 10000 */

static void put_digits(char *at, size_t n, int64_t value)
{
	while (n > 0) {
		at[--n] = (char)('0' + value % 10);
		value /= 10;
	}
}

bool datetime_text(int64_t at_us, char text_r[DATETIME_LEN])
{
	int64_t seconds = at_us / US_PER_S, of_day = seconds % SECONDS_PER_DAY;
	struct civil d;

	if (at_us < 0 || at_us >= END_US)
		return false;
	d = civil_of_day(seconds / SECONDS_PER_DAY);
	memcpy(text_r, "0000-00-00T00:00:00Z", DATETIME_LEN);
	put_digits(text_r, 4, d.year);
	put_digits(text_r + 5, 2, d.month);
	put_digits(text_r + 8, 2, d.day);
	put_digits(text_r + 11, 2, of_day / 3600);
	put_digits(text_r + 14, 2, of_day / 60 % 60);
	put_digits(text_r + 17, 2, of_day % 60);
	return true;
}

/* Exactly n digits, whose value is within least and most; moves on behind them. */
static bool take_digits(const char **at, int n, int64_t least, int64_t most, int64_t *value_r)
{
	int64_t value = 0;

	for (; n > 0; n--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		value = 10 * value + (**at - '0');
	}
	*value_r = value;
	return value >= least && value <= most;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool take_date(const char **at, int64_t *days_r)
{
	int64_t year, month, day;

	if (!take_digits(at, 4, 1970, 9999, &year) || !take_char(at, '-') ||
	    !take_digits(at, 2, 1, 12, &month) || !take_char(at, '-') ||
	    !take_digits(at, 2, 1, 31, &day))
		return false;
	*days_r = day_of_civil((int)year, (int)month, (int)day);
	return civil_of_day(*days_r).day == day; /* else there is no such day in the month */
}

static bool take_time(const char **at, int64_t *us_r)
{
	int64_t hour, minute, second, us = 0;

	if (!take_digits(at, 2, 0, 23, &hour) || !take_char(at, ':') ||
	    !take_digits(at, 2, 0, 59, &minute) || !take_char(at, ':') ||
	    !take_digits(at, 2, 0, 59, &second))
		return false;
	if (take_char(at, '.')) {
		int64_t unit = US_PER_S;

		if (**at < '0' || **at > '9')
			return false;
		for (; **at >= '0' && **at <= '9'; (*at)++) {
			unit /= 10;
			us += (**at - '0') * unit;
		}
	}
	*us_r = ((hour * 60 + minute) * 60 + second) * US_PER_S + us;
	return true;
}

static bool take_zone(const char **at, int64_t *offset_us_r)
{
	int64_t hour, minute, sign = **at == '-' ? -1 : 1;

	*offset_us_r = 0;
	if (take_char(at, 'Z'))
		return true;
	if (!take_char(at, '+') && !take_char(at, '-'))
		return false;
	if (!take_digits(at, 2, 0, 14, &hour) || !take_char(at, ':') ||
	    !take_digits(at, 2, 0, 59, &minute))
		return false;
	*offset_us_r = sign * (hour * 60 + minute) * 60 * US_PER_S;
	return true;
}

bool datetime_parse(const char *text, int64_t *at_us_r)
{
	int64_t days, of_day_us, offset_us;

	if (!take_date(&text, &days) || !take_char(&text, 'T') || !take_time(&text, &of_day_us) ||
	    !take_zone(&text, &offset_us) || *text != '\0')
		return false;
	*at_us_r = days * US_PER_DAY + of_day_us - offset_us;
	return true;
}
