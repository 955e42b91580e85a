/*
 * What a teacher and a reader say to the services, from registering to the decision: each command
 * under a fresh id, to the client of the service that it is for.
 *
 * A teacher's journey is JOURNEY_STEPS commands, in the order of their numbers. A reader's task is
 * READER_STEPS: to ask for a reading, to open it, to complete it.
 */
#ifndef CAIRN_BENCH_JOURNEY_H
#define CAIRN_BENCH_JOURNEY_H

#include "libshared/client.h"

#define JOURNEY_ITEMS 3 /* artifacts: one for each requirement of the kit's entry */
#define JOURNEY_STEPS 17
#define READER_STEPS 3

struct journey_clients {
	struct client *enrollment, *evidence, *assessment;
	struct arena *arena;
	struct id_maker ids;
};

struct teacher {
	size_t number;
	struct id educator, enrollment, submission, artifacts[JOURNEY_ITEMS];
	unsigned step; /* that is next, or in the air */
};

struct reader {
	struct id assessor, reading;
	unsigned step;
};

struct teacher teacher_make(struct journey_clients *c, size_t number);
/* Sends the command of the step. */
void teacher_say(struct journey_clients *c, const struct teacher *t, uint64_t token);
/* Refused only because evidence has not heard of the enrollment yet. */
bool teacher_is_early(const struct teacher *t, const struct client_answer *answer);

void reader_say(struct journey_clients *c, struct reader *r, uint64_t token);
/* Refused only because there is nothing to read yet, or evidence has not heard of the reading. */
bool reader_is_early(const struct reader *r, const struct client_answer *answer);

#endif
