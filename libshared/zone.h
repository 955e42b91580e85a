/*
 * Time zones, read from tzdata; rules ask them instead of localtime(), which depends on the
 * environment. A zone is what its TZif file lists, and after that the rule at its end, so that
 * moments far ahead are answered too.
 */
#ifndef CAIRN_ZONE_H
#define CAIRN_ZONE_H

#include "libshared/base.h"

struct zones;
struct zone;

/* Reads zones on first use from dir (NULL: /usr/share/zoneinfo). NULL: no such folder, logged. */
struct zones *zones_open(const char *dir);
void zones_close(struct zones **z);
/* "2024a"-like text of the installed tzdata, or "unknown". */
const char *zones_version(const struct zones *z);
/* NULL: no such zone, or its file is damaged (logged) or counts leap seconds. Only names of
 * letters, digits, / _ + -. Lives as long as zones. */
const struct zone *zone_find(struct zones *z, const char *name);

/* A civil date and time in a zone. */
struct civil {
	int year, month, day; /* 1-12, 1-31 */
	int hour, minute, second;
};
struct civil zone_civil(const struct zone *z, int64_t at_us);
/* The moment of a civil time; in a gap the moment at which the gap ends, in a fold the first one.
 * Days, hours, minutes and seconds beyond their range count on (day 32 is the next month's); beyond
 * what int64_t holds, the last moment it does. */
int64_t zone_moment(const struct zone *z, struct civil c);

/* Days since 1970-01-01 of a date and back; 0 = Monday. A day or month beyond its range counts on:
 * month 13 is January of the next year. */
int64_t day_of_civil(int year, int month, int day);
struct civil civil_of_day(int64_t day);
int weekday_of_day(int64_t day);

#endif
