/*
 * Processes that begin together and share what they have counted.
 *
 *	seconds = crew_run(2, work, ctx);
 *
 * work() runs in each process: it prepares, says crew_ready(), which returns when all have, does
 * its part and returns. What it tells its parent goes through crew_share()'s memory. One that fails
 * stops the benchmark.
 */
#ifndef CAIRN_BENCH_CREW_H
#define CAIRN_BENCH_CREW_H

#include "libshared/base.h"

struct crew_member {
	unsigned number;
	int64_t began_us; /* set by crew_ready() */
	int64_t ended_us; /* set by work() when its part is done; else when it returns */
	int ready_fd, go_fd;
};
typedef void crew_fn(void *ctx, struct crew_member *m);

/* Seconds from the begin of the first to the end of the last. */
double crew_run(unsigned n, crew_fn *work, void *ctx);
void crew_ready(struct crew_member *m);

/* Zeroed memory that children of this process share with it. */
void *crew_share(size_t len);
void crew_unshare(void *at, size_t len);

#endif
