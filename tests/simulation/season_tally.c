/* What came out of a season: what must hold, and the figures. */
#include "tests/simulation/season.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- figures ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static unsigned past_limit(const struct season *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n_work; i++)
		n += s->work[i].released_us - s->work[i].sealed_us > SEASON_LIMIT_DAYS * US_PER_DAY;
	return n;
}

static void print_turnaround(const struct season *s)
{
	double *days = calloc(s->n_work, sizeof *days);

	ENSURE(days != NULL);
	for (unsigned i = 0; i < s->n_work; i++)
		days[i] = (double)(s->work[i].released_us - s->work[i].sealed_us) / US_PER_DAY;
	qsort(days, s->n_work, sizeof *days, by_value);
	printf("turnaround in days: median %.1f, 90 %% %.1f, 95 %% %.1f, 99 %% %.1f, longest %.1f; "
	       "past %d days: %u\n",
	       days[s->n_work / 2], days[s->n_work * 9 / 10], days[s->n_work * 95 / 100],
	       days[s->n_work * 99 / 100], days[s->n_work - 1], SEASON_LIMIT_DAYS, past_limit(s));
	free(days);
}

static bool truly_passes(const struct piece *work)
{
	for (unsigned i = 0; i < SEASON_ROWS; i++)
		if (work->levels[i] < 2)
			return false;
	return true;
}

static void print_decisions(const struct season *s)
{
	unsigned passed = 0, right = 0, twice = 0;

	for (unsigned i = 0; i < s->n_work; i++) {
		passed += s->work[i].passed;
		right += s->work[i].passed == truly_passes(&s->work[i]);
		twice += s->work[i].reads == 2;
	}
	printf("%u decided in %u readings and %u adjudications: %.1f %% passed, %.1f %% as the "
	       "work "
	       "truly is, %.1f %% read twice\n",
	       s->n_work, s->readings, s->n_adjudicated, 100.0 * passed / s->n_work,
	       100.0 * right / s->n_work, 100.0 * twice / s->n_work);
}

static void print_seats(const struct season *s)
{
	printf("%u seats not earned in three calibrations; %u drift seeds read; help asked for %u "
	       "times; %u reviews, %u "
	       "decisions overturned\n",
	       s->n_uncertified, s->n_seeds, s->n_surges, s->n_reviews, s->n_overturned);
}

/* How many truly weak assessors there are, how many of them were found once they were, and how many
 * assessors were told that they are. */
struct detection {
	unsigned weak, found, told, days;
};

static int first_of(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static struct detection detect(const struct season *s, bool suspended)
{
	struct detection d = {0};

	for (unsigned i = 0; i < s->size.assessors; i++) {
		const struct seat *seat = &s->seats[i];
		int day = suspended ? seat->suspended_day
				    : first_of(seat->watch_day, seat->suspended_day);
		bool found = day >= 0 && seat->weak_day >= 0 && day >= seat->weak_day;

		d.weak += seat->weak_day >= 0;
		d.told += day >= 0;
		d.found += found;
		d.days += found ? (unsigned)(day - seat->weak_day) : 0;
	}
	return d;
}

static void print_detection(const struct season *s, const char *word, bool suspended)
{
	struct detection d = detect(s, suspended);

	printf("%s: %u of %u weak assessors (recall %.2f), %u in all (precision %.2f), after %.0f "
	       "days on average\n",
	       word, d.found, d.weak, d.weak > 0 ? (double)d.found / d.weak : 1, d.told,
	       d.told > 0 ? (double)d.found / d.told : 1,
	       d.found > 0 ? (double)d.days / d.found : 0);
}

void season_print(const struct season *s)
{
	print_decisions(s);
	print_turnaround(s);
	print_seats(s);
	print_detection(s, "watched or suspended", false);
	print_detection(s, "suspended", true);
}

/* ---- what must hold ---- */

void season_check(const struct season *s)
{
	struct detection d = detect(s, false);

	ENSURE(s->n_work == s->size.submissions);
	ENSURE(s->n_released == s->n_work); /* nobody is left waiting */
	ENSURE(past_limit(s) * 20 <= s->n_work);
	ENSURE(d.found * 5 >= d.told * 4); /* the steady are not taken for weak */
	if (s->n_seeds < 10 * s->size.assessors)
		return; /* too few for a word on the weak */
	ENSURE(d.found * 2 >= d.weak && s->n_overturned > 0);
}

/* ---- the same again ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x100000001b3);
}

uint64_t season_fingerprint(const struct season *s)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (unsigned i = 0; i < s->n_work; i++)
		hash = mix(mix(hash, (uint64_t)s->work[i].released_us),
			   s->work[i].reads * 2 + s->work[i].passed);
	for (unsigned i = 0; i < s->size.assessors; i++)
		hash = mix(mix(hash, s->seats[i].taken), (uint64_t)s->seats[i].suspended_day);
	return hash;
}
