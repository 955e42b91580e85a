/*
 * The people of a season: assessors whose skill is known to the simulation alone, and work whose
 * true levels are.
 *
 * An assessor's accuracy is the share of rows on which they see what is there: on the others they
 * are wrong about pass or not. Most are steady; some are weak from the start, some drift: their
 * accuracy falls day by day from one day on.
 */
#ifndef CAIRN_SIMULATION_SEASON_PEOPLE_H
#define CAIRN_SIMULATION_SEASON_PEOPLE_H

#include "libshared/id.h"
#include "tests/simulation/chance.h"

#define SEASON_ROWS 3
#define SEASON_ENTRIES 4
#define SEASON_DISTRICTS 20
/* Below this accuracy nobody should judge: the standard of calibration (DOMAIN.md 4.3.4). */
#define ACCURACY_NEEDED 0.80

struct seat {
	struct id id;
	unsigned district;
	bool lead;
	bool granted;            /* certified elsewhere, says the operator: not calibrated here */
	uint8_t entries;         /* a bit each */
	double accuracy, weekly; /* at the start; and lost each week from drift_day on */
	int drift_day;
	double busy;          /* share of business days on which they read */
	unsigned quota, work; /* of this day: readings they mean to take; work: the item in hand */
	struct id reading;    /* in hand, or none */
	int64_t ready_us;     /* when it will be completed */
	unsigned taken, rows, wrong;
	int weak_day, watch_day, suspended_day; /* first ones; -1: never */
};

struct piece {
	struct id id;
	unsigned entry, district;
	uint8_t levels[SEASON_ROWS]; /* true ones: 0 not yet, 1 almost, 2 yes */
	int64_t sealed_us, released_us;
	uint32_t reads;
	bool passed;
};

void seats_draw(struct chance *c, struct seat *seats, unsigned n);
/* They may read for every entry, judge rightly, and are of no district. */
void founders_draw(struct seat *seats, unsigned n);
void piece_draw(struct chance *c, struct piece *work, unsigned number, int64_t now_us);
/* The number that piece_draw() was given. */
unsigned piece_number(struct bytes submission);
double accuracy_on(const struct seat *s, int day);
/* What the assessor sees on a row on that day. */
uint8_t level_seen(struct chance *c, struct seat *s, uint8_t level, int day);

#endif
