/* The people of a season, drawn by its seed. */
#include "tests/simulation/season_people.h"

#include <stdio.h>

/* One in twelve is weak, and half of these are certified elsewhere; one in ten drifts; one in ten
 * is a lead reader, always steady. */
static void draw_skill(struct chance *c, struct seat *s)
{
	double share = chance_share(c);

	s->accuracy = 0.92 + 0.07 * chance_share(c);
	if (s->lead)
		return;
	if (share < 1.0 / 12) {
		s->accuracy = 0.60 + 0.12 * chance_share(c);
		s->granted = chance_percent(c, 50);
	} else if (share < 1.0 / 12 + 1.0 / 10) {
		s->drift_day = 10 + (int)chance_below(c, 50);
		s->weekly = 0.04 + 0.04 * chance_share(c);
	}
}

void seats_draw(struct chance *c, struct seat *seats, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct seat *s = &seats[i];
		char name[32];

		snprintf(name, sizeof name, "%u", i);
		*s = (struct seat){.id = id_of_name("assessor", name), .lead = i % 10 == 0};
		s->weak_day = s->watch_day = s->suspended_day = -1;
		s->district = (unsigned)chance_below(c, SEASON_DISTRICTS);
		s->entries = (uint8_t)(1U << i % SEASON_ENTRIES);
		if (chance_percent(c, 30))
			s->entries |= (uint8_t)(1U << chance_below(c, SEASON_ENTRIES));
		s->busy = 0.4 + 0.5 * chance_share(c);
		draw_skill(c, s);
	}
}

void founders_draw(struct seat *seats, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof name, "founder %u", i);
		seats[i] = (struct seat){.id = id_of_name("assessor", name),
					 .accuracy = 1,
					 .district = SEASON_DISTRICTS,
					 .granted = true,
					 .entries = (1U << SEASON_ENTRIES) - 1};
	}
}

/* Three in four pass all rows; of the others most fail one. */
void piece_draw(struct chance *c, struct piece *work, unsigned number, int64_t now_us)
{
	uint8_t noise[10] = {0};

	put_u32_be(noise + 6, number);
	put_u32_be(noise + 2, (uint32_t)chance_u64(c));
	*work = (struct piece){.id = id_shaped(now_us, noise), .sealed_us = now_us};
	work->entry = (unsigned)chance_below(c, SEASON_ENTRIES);
	work->district = (unsigned)chance_below(c, SEASON_DISTRICTS);
	for (unsigned i = 0; i < SEASON_ROWS; i++)
		work->levels[i] = chance_percent(c, 91) ? 2 : (uint8_t)chance_below(c, 2);
}

unsigned piece_number(struct bytes submission)
{
	ENSURE(submission.len == ID_LEN);
	return get_u32_be(submission.data + ID_LEN - 4);
}

double accuracy_on(const struct seat *s, int day)
{
	double weeks = s->weekly > 0 && day > s->drift_day ? (day - s->drift_day) / 7.0 : 0;

	return MAX(s->accuracy - weeks * s->weekly, 0.5);
}

/* A wrong look turns a pass into almost, and a row below pass into a pass. */
uint8_t level_seen(struct chance *c, struct seat *s, uint8_t level, int day)
{
	s->rows++;
	if (chance_share(c) < accuracy_on(s, day))
		return level;
	s->wrong++;
	return level == 2 ? 1 : 2;
}
