/*
 * Telling the supervisor: systemd's notify protocol without libsystemd, and for tests and scripts a
 * line on a descriptor when the daemon is ready.
 *
 * $NOTIFY_SOCKET and $WATCHDOG_USEC are part of that protocol and the only variables read besides
 * $CREDENTIALS_DIRECTORY.
 */
#ifndef CAIRN_NOTIFY_H
#define CAIRN_NOTIFY_H

#include "libshared/base.h"

struct notify {
	int fd;              /* -1: nobody to tell */
	int ready_fd;        /* -1: none */
	int64_t watchdog_us; /* how often to feed it; 0: nobody watches */
	int64_t fed_us;
};

/* ready_fd -1: none. A socket that cannot be reached is a warning in the log. */
void notify_open(struct notify *n, int ready_fd);
void notify_close(struct notify *n);

/* "READY=1" with a status line; writes "ready\n" to ready_fd and closes it. */
void notify_ready(struct notify *n, const char *status);
void notify_reloading(struct notify *n, int64_t mono_us);
void notify_stopping(struct notify *n);
/* From the loop and from nowhere else: a stuck loop must look stuck. */
void notify_watchdog(struct notify *n, int64_t mono_us);

#endif
