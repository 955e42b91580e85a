/*
 * The deadline promise of an entry's queue: when each submission that waits will be decided, which
 * are or will be late, and how many readings a day would be enough.
 *
 *	struct outlook o;
 *	outlook_open(view, arena, entry, now_us, &o);      the pace, and nothing of the queue yet
 *	scan = scan_first(view, WAITING, entry, entry);
 *	while (scan_next(&scan, &key, &val))
 *		outlook_next(view, key, val, &o, &w);      in the order of the queue
 */
#ifndef CAIRN_ASSESSMENT_OUTLOOK_H
#define CAIRN_ASSESSMENT_OUTLOOK_H

#include "services/assessment/forecast.h"
#include "services/assessment/tables_report.h"

struct outlook {
	struct supply supply;
	struct pace pace;
	int64_t now_us;
	uint64_t twice_permille; /* of decisions, read twice */
	uint64_t work;           /* of all before, in thousandths of a reading */
	uint64_t waiting, past_target, past_limit, late;
	uint64_t needed_a_day; /* readings, so that all are decided within their limits */
	int64_t needed_by_us;  /* the earliest limit that will be passed; 0: none */
};

enum lateness { IN_TIME, LATE_BY_FORECAST, PAST_TARGET, PAST_LIMIT };
const char *lateness_word(enum lateness lateness); /* "", "forecast", "past_target", "past_limit" */

#define NOBODY_KNOWS INT64_MAX /* when: nobody may read, or it takes ten years */

struct wait {
	int64_t expected_us, late_us; /* of the decision; late: 95 % */
	enum lateness lateness;
};
/* As answers have it: 0 when nobody knows. */
int64_t told_us(int64_t at_us);

void outlook_open(const struct view *v, struct arena *arena, struct bytes entry, int64_t now_us,
		  struct outlook *o_r);
void outlook_next(const struct view *v, struct bytes key, struct bytes val, struct outlook *o,
		  struct wait *w_r);
/* Of all that waits. */
void outlook_all(const struct view *v, struct arena *arena, struct bytes entry, int64_t now_us,
		 struct outlook *o_r);
/* Of what is sealed now. */
struct wait outlook_if_sealed_now(const struct outlook *o);
/* The same without a look at the queue: every one that waits is taken for a first reading. */
struct wait outlook_soon(const struct view *v, struct arena *arena, struct bytes entry,
			 int64_t now_us);
/* Whether more than the policy's share of what waits will pass its limit. */
bool outlook_wants_surge(const struct outlook *o, uint32_t late_permille);

#endif
