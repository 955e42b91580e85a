/*
 * Clients of a real cairn-enrollment that enroll a roster's educators: the load_client_fn of every
 * benchmark of that daemon.
 *
 *	enroller_open(&e, &kit, &roster);        before the daemon starts: peers for the clients
 *	enroller_start(&e);
 *	enroller_run(&e, &load);                 the next load.n enrollments
 *	enroller_stop(&e);
 */
#ifndef CAIRN_BENCH_ENROLLER_H
#define CAIRN_BENCH_ENROLLER_H

#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/roster.h"
#include "tests/support/daemon_kit.h"

#define ENROLLER_PROCESSES 2 /* that send: they share the machine with the daemon */

struct enroller {
	struct daemon_kit *kit;
	struct roster *roster;
	size_t next; /* of the roster's enrollments */
};

void enroller_open(struct enroller *e, struct daemon_kit *kit, struct roster *roster);
void enroller_start(struct enroller *e);
void enroller_stop(struct enroller *e);
pid_t enroller_pid(struct enroller *e);
/* n, window and rate are given; the processes and the client are these. */
void enroller_run(struct enroller *e, struct load *load);
/* How many commits the daemon's log has; of another process, while it runs. */
uint64_t enroller_commits(struct enroller *e);

#endif
