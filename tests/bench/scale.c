/* What a command costs, what the daemon holds, and how long a start and a rebuild of all tables
 * take, as the enrollments grow: at 10^4, 10^5 and, unless --quick, 10^6. */
#include "tests/bench/enroller.h"
#include "tests/bench/stage.h"

#include "libshared/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define SIZES_MAX 3
#define EACH 10 /* enrollments of an educator */
#define COMMANDS 12000
#define STARTS 5
#define MAP_BYTES ((size_t)16 << 30)

extern const struct service enrollment_service;

struct size {
	size_t n;                /* enrollments before the daemon starts */
	double us, us_at_random; /* processor time of a command */
	double per_second;
	size_t anonymous, at_rest; /* bytes, after the commands and before */
	double start_ms;
	double rebuild_s, records;
};

struct bench {
	struct daemon_kit kit;
	struct roster roster;
	struct enroller enroller;
	struct size size;
};

static void load_all(struct bench *b)
{
	struct stage stage;

	roster_open(&b->roster, b->size.n / EACH, ROSTER_AS_REGISTERED);
	stage_open(&stage, b->kit.place.dir);
	stage_load(&stage, &b->roster);
	stage_enroll(&stage, &b->roster, 0, b->size.n);
	stage_close(&stage);
	b->enroller.next = b->size.n;
}

/* Processor time of the daemon for each of so many commands, in microseconds. */
static double cost(struct bench *b, double *per_second_r)
{
	struct load load = {.n = COMMANDS, .window = 1000};
	struct busy busy = busy_of(enroller_pid(&b->enroller));

	enroller_run(&b->enroller, &load);
	busy = busy_since(&busy, enroller_pid(&b->enroller));
	*per_second_r = load.per_second;
	return (busy.loop + busy.others) * 1e6 / (double)load.n;
}

static void run_commands(struct bench *b)
{
	struct size *s = &b->size;
	double unused;

	s->at_rest = bench_anonymous(enroller_pid(&b->enroller));
	s->us = cost(b, &s->per_second);
	/* The next entry's enrollments, as anybody comes. */
	b->enroller.next += b->roster.n - b->enroller.next % b->roster.n;
	b->roster.order = ROSTER_AT_RANDOM;
	s->us_at_random = cost(b, &unused);
	s->anonymous = bench_anonymous(enroller_pid(&b->enroller));
}

static void run_starts(struct bench *b)
{
	double ms[STARTS];

	for (size_t i = 0; i < STARTS; i++) {
		double from = bench_wall();

		enroller_start(&b->enroller);
		ms[i] = 1e3 * (bench_wall() - from);
		enroller_stop(&b->enroller);
	}
	b->size.start_ms = bench_median(ms, STARTS);
}

/* As a start does when the service's tables have another layout. */
static void run_rebuild(struct bench *b)
{
	struct service newer = enrollment_service;
	struct caps caps = {.noise_key = {1}};
	struct engine *e;
	double from = bench_wall();

	newer.tables_layout++;
	e = engine_open(&newer,
			&(struct engine_options){.dir = place_path(&b->kit.place, "enrollment/db"),
						 .map_bytes = MAP_BYTES,
						 .caps = &caps});
	ENSURE(e != NULL);
	b->size.rebuild_s = bench_wall() - from;
	b->size.records = (double)engine_head(e).at.seq;
	engine_close(&e);
}

static struct size run_size(size_t n)
{
	struct bench b = {.size = {.n = n}};

	daemon_kit_open(&b.kit);
	enroller_open(&b.enroller, &b.kit, &b.roster);
	load_all(&b);
	enroller_start(&b.enroller);
	run_commands(&b);
	enroller_stop(&b.enroller);
	run_starts(&b);
	run_rebuild(&b);
	roster_close(&b.roster);
	daemon_kit_close(&b.kit);
	return b.size;
}

static double mib(size_t bytes)
{
	return (double)bytes / (double)(1 << 20);
}

static void report(const struct size *s, const struct size *first)
{
	bench_line(bench_text("at %zu enrollments: a command costs", s->n).s,
		   bench_text("%.1f us", s->us).s,
		   bench_text("%.2f of the first; %.1f us at random; %.0f /s", s->us / first->us,
			      s->us_at_random, s->per_second)
			   .s,
		   "pages to copy, hash and write: more when rows lie apart");
	bench_line("  the daemon holds, beyond the page cache",
		   bench_text("%.1f MiB", mib(s->anonymous)).s,
		   bench_text("%.1f MiB before the load", mib(s->at_rest)).s,
		   "the batch's arena; 80 bytes for each educator's key");
	bench_line("  a start, until ready", bench_text("%.0f ms", s->start_ms).s, "",
		   "reading zones and keys; each socket's self-test");
	bench_line("  rebuilding all tables", bench_text("%.0f /s", s->records / s->rebuild_s).s,
		   bench_text("%.0f records in %.1f s", s->records, s->rebuild_s).s,
		   "one processor: unpacking, checking, putting");
}

int main(int argc, char **argv)
{
	static const size_t sizes[SIZES_MAX] = {10000, 100000, 1000000};
	size_t n = bench_is_quick(argc, argv) ? SIZES_MAX - 1 : SIZES_MAX;
	struct size found[SIZES_MAX];

	for (size_t i = 0; i < n; i++) {
		found[i] = run_size(sizes[i]);
		report(&found[i], &found[0]);
	}
	return EXIT_SUCCESS;
}
