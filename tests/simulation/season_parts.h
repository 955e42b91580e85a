/* What the files of a season share. */
#ifndef CAIRN_SIMULATION_SEASON_PARTS_H
#define CAIRN_SIMULATION_SEASON_PARTS_H

#include "tests/simulation/season.h"

#define SEASON_ANCHORS 40 /* of each entry */
/* Beyond the assessors: who read before there was a certified one, and see what is there. */
#define SEASON_FOUNDERS 4

extern const char *const season_rows[SEASON_ROWS];
extern const char *const season_profiles[SEASON_ENTRIES];

char *season_text(struct season *s, const char *t);
/* What the service has said since: who holds what, what is decided, whose seat is in doubt. */
void season_hear(struct season *s);
/* A command of a person behind a portal, and what came of it. */
Cairn__Status season_say(struct season *s, const struct id *actor, const Assessment__Command *cmd);
/* An operator's. */
Cairn__Status season_order(struct season *s, const Assessment__Command *cmd);
struct id season_district(unsigned district);
/* A piece of work, drawn before, as its author seals it. */
void season_seal(struct season *s, unsigned number, unsigned author, uint32_t attempt);

/* The next reading, opened; false: none was given. Completed: by what the seat sees. */
bool season_take(struct season *s, struct seat *seat);
void season_complete(struct season *s, struct seat *seat);
/* The disputed rows of a piece; false: this lead may not. */
bool season_adjudicate(struct season *s, struct seat *lead, unsigned number);

/* Before the first day: assessors, anchors with their truth, seats. */
void season_fill_seats(struct season *s);

#endif
