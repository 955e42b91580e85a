/*
 * Time zones, read from tzdata at start; rules ask them instead of localtime().
 */
#ifndef CAIRN_ZONE_H
#define CAIRN_ZONE_H

#include "libshared/base.h"

struct zones;
struct zone;

/* Reads zones on first use from dir (NULL: /usr/share/zoneinfo). */
struct zones *zones_open(const char *dir);
void zones_close(struct zones **z);
/* "2024a"-like text of the installed tzdata, or "unknown". */
const char *zones_version(const struct zones *z);
/* NULL: no such zone. Only names of letters, digits, / _ + -. Lives as long as zones. */
const struct zone *zone_find(struct zones *z, const char *name);

/* A civil date and time in a zone. */
struct civil {
	int year, month, day; /* 1-12, 1-31 */
	int hour, minute, second;
};
struct civil zone_civil(const struct zone *z, int64_t at_us);
/* The moment of a civil time; in a gap the moment after it, in a fold the first one. */
int64_t zone_moment(const struct zone *z, struct civil c);

/* Days since 1970-01-01 of a date and back; 0 = Monday. */
int64_t day_of_civil(int year, int month, int day);
struct civil civil_of_day(int64_t day);
int weekday_of_day(int64_t day);

#endif
