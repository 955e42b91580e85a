/*
 * The rule at the end of a time zone's file: what repeats every year after the last change listed.
 *
 * It is POSIX's TZ text ("CET-1CEST,M3.5.0,M10.5.0/3") with the hours of RFC 8536, -167 to 167.
 * Seconds here are since 1970, offsets east of Greenwich.
 */
#ifndef CAIRN_ZONE_RULE_H
#define CAIRN_ZONE_RULE_H

#include "libshared/base.h"

/* A day of every year and a time on it. */
struct zone_turn {
	enum { TURN_JULIAN, TURN_ORDINAL, TURN_WEEKDAY } kind;
	int month, week, day; /* month and week for TURN_WEEKDAY; its day is 0 for Sunday */
	int time_s;           /* from midnight of that day, in the offset before the turn */
};

struct zone_rule {
	int standard_s, summer_s;
	bool has_summer;
	struct zone_turn to_summer, to_standard;
};

/* An offset, and from when another may hold; INT64_MAX: for ever. */
struct zone_span {
	int64_t until_s;
	int offset_s;
};

/* False: not such a text. */
bool zone_rule_of_text(const char *text, struct zone_rule *rule_r) MUST_CHECK;
struct zone_span zone_rule_at(const struct zone_rule *rule, int64_t at_s);

#endif
