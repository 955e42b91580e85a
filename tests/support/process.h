/*
 * A child process that says on a descriptor when it is ready.
 *
 * It dies with the test (SIGKILL), whatever becomes of that. Faults of the kit stop the test by
 * ENSURE.
 */
#ifndef CAIRN_TEST_PROCESS_H
#define CAIRN_TEST_PROCESS_H

#include "libshared/base.h"

#include <sys/types.h>

struct process {
	pid_t pid;    /* 0: none runs */
	int ready_fd; /* our end; the child's end is PROCESS_READY_FD */
};

#define PROCESS_READY_FD 3 /* in the child: "ready_fd=3" */

struct process_options {
	const char *const *argv; /* NULL at the end; argv[0] is the path */
	const char *log;         /* file that standard error is appended to */
	uint64_t files;          /* descriptors it may open; 0: as we may */
};

void process_start(struct process *p, const struct process_options *options);
/* False: it ended, or ms went by, without a word. */
bool process_ready(struct process *p, int ms);
void process_signal(const struct process *p, int signal);
/* Its exit code, or 1000 + the signal that ended it; -1: it still runs after ms. */
int process_wait(struct process *p, int ms);
/* SIGKILL, and waits. Nothing to kill is no fault. */
void process_kill(struct process *p);

#endif
