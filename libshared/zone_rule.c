/* POSIX TZ rules: reading their text, and which offset they give at a moment. */
#include "libshared/zone_rule.h"

#include "libshared/zone.h"

#include <string.h>

#define DAY_S INT64_C(86400)

/* Each of these moves *at past what it reads, or says false. */

static bool read_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool read_number(const char **at, int least, int most, int *number_r)
{
	int number = 0, n_digits = 0;

	for (; **at >= '0' && **at <= '9' && n_digits < 3; (*at)++, n_digits++)
		number = number * 10 + (**at - '0');
	if (n_digits == 0 || number < least || number > most)
		return false;
	*number_r = number;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "CEST", or "<-03>". Names are not kept. */
static bool read_name(const char **at)
{
	const char *start = *at;

	if (read_char(at, '<')) {
		while (is_letter(**at) || (**at >= '0' && **at <= '9') || **at == '+' ||
		       **at == '-')
			(*at)++;
		return *at - start >= 4 && read_char(at, '>');
	}
	while (is_letter(**at))
		(*at)++;
	return *at - start >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **at, int most_hours, int *time_s_r)
{
	int sign = 1, hours, minutes = 0, seconds = 0;

	if (read_char(at, '-'))
		sign = -1;
	else
		read_char(at, '+');
	if (!read_number(at, 0, most_hours, &hours))
		return false;
	if (read_char(at, ':') && !read_number(at, 0, 59, &minutes))
		return false;
	if (read_char(at, ':') && !read_number(at, 0, 59, &seconds))
		return false;
	*time_s_r = sign * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

static bool read_weekday(const char **at, struct zone_turn *turn)
{
	turn->kind = TURN_WEEKDAY;
	return read_number(at, 1, 12, &turn->month) && read_char(at, '.') &&
	       read_number(at, 1, 5, &turn->week) && read_char(at, '.') &&
	       read_number(at, 0, 6, &turn->day);
}

/* ,M3.2.0/2 or ,J60 or ,59 */
static bool read_turn(const char **at, struct zone_turn *turn)
{
	bool day;

	if (!read_char(at, ','))
		return false;
	if (read_char(at, 'M')) {
		day = read_weekday(at, turn);
	} else if (read_char(at, 'J')) {
		turn->kind = TURN_JULIAN;
		day = read_number(at, 1, 365, &turn->day);
	} else {
		turn->kind = TURN_ORDINAL;
		day = read_number(at, 0, 365, &turn->day);
	}
	turn->time_s = 2 * 3600;
	return day && (!read_char(at, '/') || read_time(at, 167, &turn->time_s));
}

bool zone_rule_of_text(const char *text, struct zone_rule *rule_r)
{
	struct zone_rule rule = {0};
	const char *at = text;
	int west;

	if (!read_name(&at) || !read_time(&at, 24, &west))
		return false;
	rule.standard_s = -west;
	if (*at != '\0') {
		rule.has_summer = true;
		rule.summer_s = rule.standard_s + 3600;
		if (!read_name(&at))
			return false;
		if (*at != ',') {
			if (!read_time(&at, 24, &west))
				return false;
			rule.summer_s = -west;
		}
		if (!read_turn(&at, &rule.to_summer) || !read_turn(&at, &rule.to_standard))
			return false;
	}
	if (*at != '\0')
		return false;
	*rule_r = rule;
	return true;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The day of the turn in a year. */
static int64_t turn_day(const struct zone_turn *turn, int year)
{
	int64_t first, day;

	if (turn->kind == TURN_JULIAN) /* 29 February has no number */
		return day_of_civil(year, 1, turn->day) + (is_leap(year) && turn->day >= 60);
	if (turn->kind == TURN_ORDINAL)
		return day_of_civil(year, 1, 1) + turn->day;
	first = day_of_civil(year, turn->month, 1);
	/* weekday_of_day() starts on Monday, the rule on Sunday. */
	day = first + (turn->day + 6 - weekday_of_day(first)) % 7 + 7 * (turn->week - 1);
	if (turn->week == 5 && day >= day_of_civil(year, turn->month + 1, 1))
		day -= 7; /* 5 is the last one, of four or five */
	return day;
}

struct zone_span zone_rule_at(const struct zone_rule *rule, int64_t at_s)
{
	struct zone_span span = {INT64_MAX, rule->standard_s};
	int64_t last_s = INT64_MIN, day;
	int year;

	if (!rule->has_summer)
		return span;
	day = at_s / DAY_S - (at_s % DAY_S < 0);
	year = civil_of_day(day).year;
	/* A turn's time may lie a week off its day: look two years around. */
	for (int y = year - 2; y <= year + 2; y++) {
		int64_t to_summer_s = turn_day(&rule->to_summer, y) * DAY_S +
				      rule->to_summer.time_s - rule->standard_s;
		int64_t to_standard_s = turn_day(&rule->to_standard, y) * DAY_S +
					rule->to_standard.time_s - rule->summer_s;

		/* Where summer never ends, one year's end is the next one's start, which wins. */
		if (to_summer_s <= at_s && to_summer_s >= last_s) {
			last_s = to_summer_s;
			span.offset_s = rule->summer_s;
		}
		if (to_standard_s <= at_s && to_standard_s >= last_s) {
			last_s = to_standard_s;
			span.offset_s = rule->standard_s;
		}
		if (to_summer_s > at_s)
			span.until_s = MIN(span.until_s, to_summer_s);
		if (to_standard_s > at_s)
			span.until_s = MIN(span.until_s, to_standard_s);
	}
	return span;
}
