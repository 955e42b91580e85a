/* The run of a season: who seals, reads and adjudicates, hour by hour. */
#include "tests/simulation/season_parts.h"

#include "services/assessment/assessment.h"

#include <math.h>
#include <stdlib.h>

#define HOURS_OF_WORK 12
#define DAYS_AFTER 28 /* after the deadline, until all is read */
/* The season's last weeks are busier and busier: its last day has five times the mean day's work
 * (DOMAIN.md 6.2). */
#define BUSY_DAYS 42
#define LAST_DAY_TIMES 5.0
#define SEASON_CAP 8 /* readings of a day */

/* ---- hours ---- */

/* How many of the season's submissions are sealed before the end of the day. */
static unsigned sealed_by(const struct season *s, int day)
{
	double sum = 0, all = 0;

	for (int d = 0; d < s->size.days; d++) {
		double late = MAX(0, d - (s->size.days - BUSY_DAYS)) / (double)BUSY_DAYS;
		double weight = 1 + (LAST_DAY_TIMES * 1.4 - 1) * late * late * late;

		all += weight;
		sum += d <= day ? weight : 0;
	}
	return (unsigned)lround(s->size.submissions * sum / all);
}

static void seal_some(struct season *s, int hour)
{
	unsigned before = s->day == 0 ? 0 : sealed_by(s, s->day - 1);
	unsigned today = s->day < s->size.days ? sealed_by(s, s->day) - before : 0;
	unsigned until = before + today * ((unsigned)hour + 1) / HOURS_OF_WORK;

	if (s->day >= s->size.days)
		return;
	for (; s->n_work < until; s->n_work++) {
		piece_draw(&s->chance, &s->work[s->n_work], s->n_work, s->kit.now_us);
		season_seal(s, s->n_work, s->n_work, 1);
	}
}

static void read_some(struct season *s)
{
	for (unsigned i = 0; i < s->size.assessors; i++) {
		struct seat *seat = &s->seats[i];

		if (!id_is_none(&seat->reading) && seat->ready_us <= s->kit.now_us)
			season_complete(s, seat);
		if (id_is_none(&seat->reading) && seat->quota > 0) {
			seat->quota--;
			s->readings += season_take(s, seat);
		}
	}
}

static void adjudicate_some(struct season *s)
{
	unsigned n = s->n_disputed, kept = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned number = s->disputed[i];
		unsigned lead = (unsigned)chance_below(&s->chance, s->size.assessors) / 10 * 10;

		if (season_adjudicate(s, &s->seats[lead], number))
			s->n_adjudicated++;
		else
			s->disputed[kept++] = number;
	}
	s->n_disputed = kept;
}

/* ---- days ---- */

/* On business days those who mean to; while more readings are asked for, all, and as many as the
 * policy's cap allows. */
static unsigned quota_of(struct season *s, const struct seat *seat)
{
	bool reads = chance_share(&s->chance) < seat->busy;
	unsigned wish = 3 + (unsigned)chance_below(&s->chance, 6);

	if (s->day % 7 >= 5 || seat->lead)
		return 0;
	if (seat->entries & s->surges)
		return SEASON_CAP;
	return reads ? wish : 0;
}

static void begin_day(struct season *s)
{
	for (unsigned i = 0; i < s->size.assessors; i++) {
		struct seat *seat = &s->seats[i];

		seat->quota = quota_of(s, seat);
		if (seat->weak_day < 0 && accuracy_on(seat, s->day) < ACCURACY_NEEDED)
			seat->weak_day = s->day;
	}
}

void season_run(struct season *s)
{
	int64_t begin_us = s->kit.now_us;

	for (s->day = 0; s->day < s->size.days + DAYS_AFTER; s->day++) {
		begin_day(s);
		for (int hour = 0; hour < HOURS_OF_WORK; hour++) {
			kit_advance(&s->kit, US_PER_HOUR);
			kit_forget(&s->kit);
			season_hear(s);
			seal_some(s, hour);
			read_some(s);
			adjudicate_some(s);
		}
		kit_advance(&s->kit, begin_us + (s->day + 1) * US_PER_DAY - s->kit.now_us);
	}
	s->day--;
}

/* ---- before the first day ---- */

static void open_catalogue(struct season *s)
{
	Enrollment__Policy policy = *kit_policy();

	policy.daily_cap = 1000; /* calibration is one day's; then seat->quota */
	tell_policy(&s->kit, &policy);
	tell_calendar(&s->kit);
	tell_profile(&s->kit, kit_profile("standard"));
	tell_profile(&s->kit, kit_profile("double-read"));
	tell_profile(&s->kit, kit_profile("launch"));
	for (unsigned i = 0; i < SEASON_ENTRIES; i++) {
		Enrollment__Entry entry = *kit_entry();

		entry.code = arena_printf(s->kit.arena, "season-%u", i);
		s->entries[i] = id_of_name("entry", entry.code);
		entry.entry = pb_of_id(&s->entries[i]);
		entry.profile = season_text(s, season_profiles[i]);
		tell_entry(&s->kit, &entry);
	}
}

void season_open(struct season *s, uint64_t seed, const struct season_size *size)
{
	unsigned all = size->submissions + 2 * SEASON_ENTRIES * SEASON_ANCHORS;

	*s = (struct season){.size = *size, .chance = {seed}};
	s->seats = calloc(size->assessors + SEASON_FOUNDERS, sizeof *s->seats);
	s->work = calloc(all, sizeof *s->work);
	s->disputed = calloc(all, sizeof *s->disputed);
	ENSURE(s->seats != NULL && s->work != NULL && s->disputed != NULL);
	reading_kit_open_empty(&s->kit);
	open_catalogue(s);
	seats_draw(&s->chance, s->seats, size->assessors);
	founders_draw(&s->seats[size->assessors], SEASON_FOUNDERS);
	season_fill_seats(s);
}

void season_close(struct season *s)
{
	kit_close(&s->kit);
	free(s->seats);
	free(s->work);
	free(s->disputed);
}
