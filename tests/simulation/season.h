/*
 * A season: months of sealed work, a burst before the deadline, and assessors of known skill, under
 * one assessment engine. What its neighbours say is played; rules, clock and log are the real ones.
 *
 *	season_open(&s, seed, &size);
 *	season_run(&s);
 *	season_check(&s);              what must hold; stops the process when it does not
 *	season_print(&s);              detection, turnaround, shares
 *	season_close(&s);              verifies that tables rebuilt from the log equal the live ones
 */
#ifndef CAIRN_SIMULATION_SEASON_H
#define CAIRN_SIMULATION_SEASON_H

#include "tests/simulation/season_people.h"
#include "tests/support/reading_kit.h"

#define SEASON_LIMIT_DAYS 14 /* of a decision, from its seal */

struct season_size {
	unsigned submissions, assessors;
	int days; /* of sealing; the last one is the deadline */
};

struct season {
	struct season_size size;
	struct kit kit;
	struct chance chance;
	struct id entries[SEASON_ENTRIES];
	struct seat *seats;
	struct piece *work;
	unsigned *disputed; /* work that waits for a lead: a list of numbers */
	unsigned n_work, n_disputed, n_released, n_adjudicated, readings;
	uint8_t surges; /* entries that more readings are asked for, a bit each */
	unsigned n_surges, n_seeds, n_reviews, n_overturned, n_uncertified;
	int day;
};

void season_open(struct season *s, uint64_t seed, const struct season_size *size);
void season_run(struct season *s);
void season_close(struct season *s);

/* season_tally.c */
void season_check(const struct season *s);
void season_print(const struct season *s);
/* Equal for equal seasons: of every decision, its day, and every seat. */
uint64_t season_fingerprint(const struct season *s);

#endif
