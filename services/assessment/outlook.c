/* An entry's queue against its pace. */
#include "services/assessment/outlook.h"

#include <string.h>

#define DECISIONS_MIN 10 /* fewer say nothing of how many are read twice: all are, then */

/* ---- what there is to do it with ---- */

static uint64_t seats_of(const struct view *v, struct bytes entry, int64_t now_us)
{
	struct scan scan = scan_first(v, QUALIFIED, entry, entry);
	struct bytes key, val;
	uint64_t n = 0;

	while (scan_next(&scan, &key, &val)) {
		struct qualification row;

		ENSURE(val.len == sizeof row);
		memcpy(&row, val.data, sizeof row);
		n += row.until_us > now_us;
	}
	scan_end(&scan);
	return n;
}

/* The days before today that left work waiting, those without a reading among them. */
static void add_days(const struct view *v, struct bytes entry, int64_t today, struct supply *s)
{
	bool was_waiting = false;

	for (int64_t day = today - FORECAST_DAYS; day < today; day++) {
		struct read_day row = {0};
		bool is_known = read_day_get(v, entry, day, &row);

		if (is_known ? row.left > 0 : was_waiting)
			s->done[s->days++] = row.done;
		if (is_known)
			was_waiting = row.left > 0;
	}
}

static uint64_t twice_permille(const struct view *v, const struct edition *e)
{
	uint64_t decided = figure_get(v, e, FIGURE_DECIDED), twice = 0;

	if (decided < DECISIONS_MIN)
		return 1000;
	for (unsigned why = 0; why < FIGURE_WAIT - FIGURE_READ_TWICE; why++)
		twice += figure_get(v, e, FIGURE_READ_TWICE + why);
	return 1000 * twice / decided;
}

void outlook_open(const struct view *v, struct arena *arena, struct bytes entry, int64_t now_us,
		  struct outlook *o_r)
{
	const Enrollment__Policy *policy = policy_get(v, 0, arena);
	const Assessment__EntryNoted *noted = entry_get(v, entry, 0, arena);
	const struct edition e = {entry, noted != NULL ? noted->version : 0};

	*o_r = (struct outlook){.now_us = now_us, .twice_permille = twice_permille(v, &e)};
	o_r->supply.seats = seats_of(v, entry, now_us);
	o_r->supply.daily_cap = policy != NULL ? policy->daily_cap : 0;
	add_days(v, entry, now_us / US_PER_DAY, &o_r->supply);
	o_r->pace = pace_of(&o_r->supply);
}

/* ---- what waits ---- */

const char *lateness_word(enum lateness lateness)
{
	static const char *const words[] = {"", "forecast", "past_target", "past_limit"};

	return words[lateness];
}

static int64_t after_days(const struct outlook *o, uint32_t days)
{
	return days < FORECAST_NEVER ? o->now_us + days * US_PER_DAY : NOBODY_KNOWS;
}

static struct wait wait_for(const struct outlook *o, uint64_t work)
{
	struct days days = days_of(&o->pace, work);

	return (struct wait){.expected_us = after_days(o, days.expected),
			     .late_us = after_days(o, days.late)};
}

int64_t told_us(int64_t at_us)
{
	return at_us != NOBODY_KNOWS ? at_us : 0;
}

static enum lateness lateness_of(const struct outlook *o, const struct wait *w, int64_t due_us,
				 int64_t limit_us)
{
	if (limit_us < o->now_us)
		return PAST_LIMIT;
	if (due_us < o->now_us)
		return PAST_TARGET;
	return w->expected_us > limit_us ? LATE_BY_FORECAST : IN_TIME;
}

/* What is before it in the queue must be read by its limit, too. */
static void count_need(struct outlook *o, int64_t limit_us)
{
	uint64_t days = (uint64_t)MAX((limit_us - o->now_us) / US_PER_DAY, INT64_C(1));
	uint64_t a_day = (o->work + 1000 * days - 1) / (1000 * days);

	o->needed_a_day = MAX(o->needed_a_day, a_day);
}

void outlook_next(const struct view *v, struct bytes key, struct bytes val, struct outlook *o,
		  struct wait *w_r)
{
	struct submission row = {0};
	struct waiting waiting;
	struct queue_place place = place_of_key(key);
	int64_t due_us = place.due_us;

	ENSURE(val.len == sizeof waiting);
	memcpy(&waiting, val.data, sizeof waiting);
	ENSURE(submission_get(v, place.submission, &row));
	o->work += id_is_none(&waiting.first_reader) ? 1000 + o->twice_permille : 1000;
	o->waiting++;
	*w_r = wait_for(o, o->work);
	/* A review has a date of its own, and no other limit. */
	if (submission_in_review(&row))
		row.limit_us = due_us;
	w_r->lateness = lateness_of(o, w_r, due_us, row.limit_us);
	o->past_target += w_r->lateness == PAST_TARGET;
	o->past_limit += w_r->lateness == PAST_LIMIT;
	if (w_r->lateness == PAST_LIMIT || w_r->expected_us > row.limit_us) {
		o->late++;
		if (o->needed_by_us == 0 || row.limit_us < o->needed_by_us)
			o->needed_by_us = row.limit_us;
	}
	count_need(o, row.limit_us);
}

void outlook_all(const struct view *v, struct arena *arena, struct bytes entry, int64_t now_us,
		 struct outlook *o_r)
{
	struct scan scan = scan_first(v, WAITING, entry, entry);
	struct bytes key, val;
	struct wait w;

	outlook_open(v, arena, entry, now_us, o_r);
	while (scan_next(&scan, &key, &val))
		outlook_next(v, key, val, o_r, &w);
	scan_end(&scan);
}

struct wait outlook_if_sealed_now(const struct outlook *o)
{
	return wait_for(o, o->work + 1000 + o->twice_permille);
}

struct wait outlook_soon(const struct view *v, struct arena *arena, struct bytes entry,
			 int64_t now_us)
{
	struct outlook o;

	outlook_open(v, arena, entry, now_us, &o);
	o.work = submissions_waiting(v, entry) * (1000 + o.twice_permille);
	return outlook_if_sealed_now(&o);
}

bool outlook_wants_surge(const struct outlook *o, uint32_t late_permille)
{
	return 1000 * o->late > late_permille * o->waiting;
}
