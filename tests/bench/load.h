/*
 * A load of commands sent by several processes at once, and how long each answer took.
 *
 *	struct load load = {.processes = 2, .n = 100000, .window = 1000, .client = enroller_client};
 *	load_run(&load);
 *	load.per_second, load.p50_ms, load.p99_ms
 *
 * The client function runs in each process: it connects, says load_ready(), and sends as load_due()
 * allows until its part is done. A command that fails stops the benchmark, by ENSURE.
 */
#ifndef CAIRN_BENCH_LOAD_H
#define CAIRN_BENCH_LOAD_H

#include "tests/bench/crew.h"

struct load;
struct load_part;
typedef void load_client_fn(const struct load *load, struct load_part *part);

struct load {
	unsigned processes;
	size_t n;      /* in all */
	size_t window; /* in flight, in all */
	double rate;   /* per second, in all; 0: as fast as the window lets */
	load_client_fn *client;
	void *ctx;

	/* results */
	double per_second, p50_ms, p99_ms;
	int32_t *took_us; /* shared while it runs */
};

/* Of one process. */
struct load_part {
	struct crew_member *member;
	size_t n, window;
	double rate;
	size_t sent, done;
	int32_t *took_us;
};

void load_run(struct load *load);

/* For the client. */
void load_ready(struct load_part *part);
/* How many may be sent now. */
size_t load_due(const struct load_part *part, int64_t mono_us);
void load_answered(struct load_part *part, int64_t took_us);

#endif
