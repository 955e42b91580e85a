/*
 * A crowd of educators and the commands that enroll them, in one entry of the catalogue after the
 * other: in the order in which they were registered, as a new cohort does, so that new rows lie
 * side by side; or at random, as anybody does later, so that each new row is on another page.
 *
 *	roster_open(&r, 100000, ROSTER_AT_RANDOM);
 *	stage_load(&stage, &r);              (stage.h) catalogue and educators
 *	command = roster_enroll(&r, 0);      ... up to r.n * ROSTER_ENTRIES - 1
 */
#ifndef CAIRN_BENCH_ROSTER_H
#define CAIRN_BENCH_ROSTER_H

#include "libshared/id.h"
#include "proto/enrollment.pb-c.h"

#define ROSTER_ENTRIES 40
#define ROSTER_BODY 64 /* bytes of a packed Enroll, at most */

enum roster_order { ROSTER_AS_REGISTERED, ROSTER_AT_RANDOM };

struct roster {
	size_t n;
	enum roster_order order;
	struct id *educators;
	struct id entries[ROSTER_ENTRIES];
	struct id_maker ids;
	int64_t made_us;
};

void roster_open(struct roster *r, size_t n_educators, enum roster_order order);
void roster_close(struct roster *r);

/* What must be published before anybody can enroll. */
typedef void roster_fn(void *ctx, const Enrollment__Command *command);
void roster_publish(struct roster *r, roster_fn *fn, void *ctx);
/* Each educator's registration. */
void roster_register(struct roster *r, roster_fn *fn, void *ctx);

/* The i-th enrollment, under a fresh id: command.base is the message; it borrows the others. */
struct roster_enrollment {
	struct id enrollment;
	Enrollment__Enroll enroll;
	Enrollment__Command command;
};
void roster_enrollment(struct roster *r, size_t i, struct roster_enrollment *e);

/* The same, packed. */
struct roster_command {
	struct id id;
	size_t len;
	uint8_t body[ROSTER_BODY];
};
struct roster_command roster_enroll(struct roster *r, size_t i);

#endif
