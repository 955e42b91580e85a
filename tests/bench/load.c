/* Processes that send a load, and what they measured. */
#include "tests/bench/load.h"

#include "tests/bench/bench.h"

#include <stdlib.h>

void load_ready(struct load_part *part)
{
	crew_ready(part->member);
}

size_t load_due(const struct load_part *part, int64_t mono_us)
{
	size_t in_flight = part->sent - part->done;
	size_t may = in_flight < part->window ? part->window - in_flight : 0;

	if (part->rate > 0) {
		double due = part->rate * (double)(mono_us - part->member->began_us) / 1e6 -
			     (double)part->sent;

		may = due > 0 ? MIN(may, (size_t)due) : 0;
	}
	return MIN(may, part->n - part->sent);
}

void load_answered(struct load_part *part, int64_t took_us)
{
	part->took_us[part->done++] = (int32_t)took_us;
}

static void work(void *ctx, struct crew_member *m)
{
	const struct load *load = ctx;
	size_t n = load->n / load->processes;
	struct load_part part = {.member = m,
				 .n = n,
				 .window = load->window / load->processes,
				 .rate = load->rate / load->processes,
				 .took_us = load->took_us + m->number * n};

	load->client(load, &part);
	ENSURE(part.done == n);
}

void load_run(struct load *load)
{
	size_t len;
	double seconds;
	double *took;

	load->n -= load->n % load->processes;
	len = load->n * sizeof *load->took_us;
	took = calloc(load->n, sizeof *took);
	ENSURE(load->n > 0 && took != NULL);
	load->took_us = crew_share(len);
	seconds = crew_run(load->processes, work, load);
	for (size_t i = 0; i < load->n; i++)
		took[i] = (double)load->took_us[i] / 1000;
	load->per_second = (double)load->n / seconds;
	load->p50_ms = bench_quantile(took, load->n, 0.5);
	load->p99_ms = bench_quantile(took, load->n, 0.99);
	crew_unshare(load->took_us, len);
	load->took_us = NULL;
	free(took);
}
