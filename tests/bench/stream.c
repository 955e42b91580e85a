/* Forking writers and readers, and what their events took. */
#include "tests/bench/stream.h"

#include "libshared/clock.h"
#include "tests/bench/bench.h"

#include <stdlib.h>
#include <string.h>

size_t stream_due(const struct stream_run *run, size_t sent, size_t acknowledged, int64_t began_us)
{
	size_t due = run->n;

	if (run->rate > 0)
		due = (size_t)((double)(clock_mono_us() - began_us) * run->rate / 1e6) + 1;
	due = MIN(due, MIN(run->n, acknowledged + run->window));
	return due > sent ? due - sent : 0;
}

void stream_sent(struct stream_run *run, size_t i)
{
	ENSURE(i < run->n);
	run->sent_us[i] = clock_mono_us();
}

void stream_arrived(struct stream_run *run, unsigned reader, size_t bytes)
{
	size_t i = run->arrived[reader]++;

	ENSURE(i < run->n);
	if (reader == 0)
		*run->bytes += bytes;
	if (!run->replay)
		run->took_us[reader * run->n + i] = (int32_t)(clock_mono_us() - run->sent_us[i]);
}

bool stream_is_read(const struct stream_run *run, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		if (run->arrived[i] < run->n)
			return false;
	return true;
}

static unsigned reading_processes(const struct stream_run *run)
{
	return run->readers > 1 ? 2 : 1;
}

static void work(void *ctx, struct crew_member *m)
{
	struct stream_run *run = ctx;
	unsigned each = run->readers / reading_processes(run);

	if (m->number < reading_processes(run))
		run->ops->read(run, m, m->number * each, each);
	else
		run->ops->write(run, m);
}

static void take_times(struct stream_run *run)
{
	size_t n = run->readers * run->n;
	double *ms = calloc(n, sizeof *ms);

	ENSURE(ms != NULL);
	for (size_t i = 0; i < n; i++)
		ms[i] = (double)run->took_us[i] / 1e3;
	run->p50_ms = bench_quantile(ms, n, 0.5);
	run->p99_ms = bench_quantile(ms, n, 0.99);
	free(ms);
}

void stream_run(struct stream_run *run, const struct stream_ops *ops)
{
	size_t n_took = run->readers * run->n * sizeof *run->took_us;
	double seconds;

	ENSURE(run->readers <= STREAM_READERS_MAX);
	run->ops = ops;
	memset(run->arrived, 0, sizeof run->arrived);
	run->sent_us = crew_share(run->n * sizeof *run->sent_us);
	run->took_us = crew_share(n_took);
	run->bytes = crew_share(sizeof *run->bytes);
	seconds = crew_run(reading_processes(run) + (run->replay ? 0 : 1), work, run);
	run->per_second = (double)run->n / seconds;
	run->mean_bytes = (double)*run->bytes / (double)run->n;
	if (!run->replay)
		take_times(run);
	crew_unshare(run->sent_us, run->n * sizeof *run->sent_us);
	crew_unshare(run->took_us, n_took);
	crew_unshare(run->bytes, sizeof *run->bytes);
}
