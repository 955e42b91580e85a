/* The engine of enrollment alone, against the same puts written bare: what judging, packing,
 * hashing and the door cost. bench_engine [--quick] [EDUCATORS COMMANDS], commands of a round. */
#include "tests/bench/bench.h"
#include "tests/bench/stage.h"
#include "tests/bench/trace.h"
#include "tests/support/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 7
#define BATCH 1000
#define ORDERS 2 /* enum roster_order */

struct series {
	double wall[ROUNDS], processor[ROUNDS]; /* seconds */
};

struct bench {
	struct place place;
	struct roster roster;
	struct stage rehearsal, stage; /* one is recorded, one is timed: both do the same */
	struct trace *trace;
	struct bare *bare_env;
	struct roster_command *commands;
	size_t n; /* in a round */
	struct series engine[ORDERS], bare[ORDERS];
};

static const char *dir_of(struct bench *b, const char *name)
{
	return place_path(&b->place, name);
}

static void open_bench(struct bench *b, size_t n_educators, size_t n)
{
	*b = (struct bench){.n = n, .trace = trace_new()};
	b->commands = calloc(b->n, sizeof *b->commands);
	ENSURE(b->commands != NULL);
	place_make(&b->place);
	roster_open(&b->roster, n_educators, ROSTER_AS_REGISTERED);
	stage_open(&b->rehearsal, dir_of(b, "rehearsal"));
	stage_load(&b->rehearsal, &b->roster);
	stage_close(&b->rehearsal);
	stage_copy(dir_of(b, "rehearsal"), dir_of(b, "engine"));
	stage_copy(dir_of(b, "rehearsal"), dir_of(b, "bare"));
	stage_open(&b->rehearsal, dir_of(b, "rehearsal"));
	stage_open(&b->stage, dir_of(b, "engine"));
	b->bare_env = bare_open(dir_of(b, "bare/enrollment/db"));
}

static void close_bench(struct bench *b)
{
	stage_close(&b->rehearsal);
	stage_close(&b->stage);
	bare_close(&b->bare_env);
	trace_destroy(&b->trace);
	roster_close(&b->roster);
	free(b->commands);
	place_remove(&b->place);
}

static void begin(struct series *s, size_t round)
{
	s->wall[round] = bench_wall();
	s->processor[round] = bench_processor();
}

static void end(struct series *s, size_t round)
{
	s->wall[round] = bench_wall() - s->wall[round];
	s->processor[round] = bench_processor() - s->processor[round];
}

/* Each order of educators has entries of its own, so that nobody enrolls in one twice. */
static void run_round(struct bench *b, enum roster_order order, size_t round)
{
	size_t first = order * (ROSTER_ENTRIES / ORDERS) * b->roster.n + round * b->n;

	b->roster.order = order;
	for (size_t i = 0; i < b->n; i++)
		b->commands[i] = roster_enroll(&b->roster, first + i);
	trace_clear(b->trace);
	trace_record(b->trace);
	stage_take(&b->rehearsal, b->commands, b->n, BATCH);
	trace_record(NULL);
	begin(&b->engine[order], round);
	stage_take(&b->stage, b->commands, b->n, BATCH);
	end(&b->engine[order], round);
	begin(&b->bare[order], round);
	bare_replay(b->bare_env, b->trace);
	end(&b->bare[order], round);
}

/* The median of how one is to the other in each round. */
static double ratio_of(const double *a, const double *b)
{
	double ratios[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		ratios[i] = a[i] / b[i];
	return bench_median(ratios, ROUNDS);
}

static void report(struct bench *b, enum roster_order order, const char *what)
{
	struct series *engine = &b->engine[order], *bare = &b->bare[order];
	double n = (double)b->n;
	double of_bare = ratio_of(bare->wall, engine->wall);
	double of_processor = ratio_of(bare->processor, engine->processor);
	double busy = ratio_of(engine->processor, engine->wall);

	bench_line(what, bench_text("%.0f /s", n / bench_median(engine->wall, ROUNDS)).s,
		   bench_text("%.2f of %zu bare puts each, %.0f /s", of_bare,
			      trace_puts(b->trace) / b->n, n / bench_median(bare->wall, ROUNDS))
			   .s,
		   bench_text("%.0f %% processor, the rest is the disk's sync", 100 * busy).s);
	bench_line("  its processor time",
		   bench_text("%.1f us", 1e6 * bench_median(engine->processor, ROUNDS) / n).s,
		   bench_text("%.2f of bare, %.1f us", of_processor,
			      1e6 * bench_median(bare->processor, ROUNDS) / n)
			   .s,
		   "the door, packing, hashing; finding rows");
}

int main(int argc, char **argv)
{
	bool quick = bench_is_quick(argc, argv);
	size_t n_educators = quick ? 20000 : 100000, n = quick ? 5000 : 15000;
	struct bench b;

	if (argc > 2) {
		n_educators = strtoul(argv[argc - 2], NULL, 10);
		n = strtoul(argv[argc - 1], NULL, 10);
	}
	open_bench(&b, n_educators, n);
	for (size_t i = 0; i < ROUNDS; i++)
		for (enum roster_order order = ROSTER_AS_REGISTERED; order <= ROSTER_AT_RANDOM;
		     order++)
			run_round(&b, order, i);
	report(&b, ROSTER_AS_REGISTERED, "engine alone: Enroll, as registered");
	report(&b, ROSTER_AT_RANDOM, "engine alone: Enroll, at random");
	close_bench(&b);
	return EXIT_SUCCESS;
}
