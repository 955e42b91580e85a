/*
 * A crowd under whose load daemons are killed: educators who register, enroll and begin an upload,
 * and assessors who register, hundreds in the air at once, each command sent with one id until it
 * is answered.
 *
 *	crowd_open(&crowd, &kit);            the catalogue loaded, clients connected
 *	while (...) crowd_turn(&crowd, 20);  sends, receives, sends again; ms to wait at most
 *	crowd_finish(&crowd);                no new ones; until all are answered
 *	crowd_settle(&crowd);                until every follower has caught up
 *	crowd_check(&crowd);                 daemons stopped: what was acknowledged is there once,
 * and so is every effect downstream; tables equal their rebuild
 */
#ifndef CAIRN_INTEGRATION_CROWD_H
#define CAIRN_INTEGRATION_CROWD_H

#include "tests/support/daemon_kit.h"

#define CROWD_MAX 200000

struct crowd {
	struct daemon_kit *kit;
	struct client *enrollment, *evidence, *assessment;
	struct member *members;
	size_t n, done;    /* members; those whose commands are all answered */
	size_t in_air_max; /* members at work at once */
	size_t most;       /* members in all; no more are added then */
	uint64_t acknowledged;
	bool only_enroll; /* nothing is asked of the other services */
	struct id_maker ids;
	struct arena *arena;
};

void crowd_open(struct crowd *c, struct daemon_kit *kit);
void crowd_close(struct crowd *c);
void crowd_turn(struct crowd *c, int ms);
void crowd_finish(struct crowd *c);
void crowd_settle(struct crowd *c);
void crowd_check(struct crowd *c);

/* The five, in the order in which they start. */
extern const char *const five_services[5];

#endif
