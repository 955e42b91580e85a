/*
 * Five engines, one seed: what is lost, late, doubled or dead is decided by it, and must not
 * matter.
 *
 *	simulation                 the kept seeds, and 100 new ones (1,000 with CAIRN_LONG)
 *	simulation --new N         the kept seeds, and N new ones
 *	simulation SEED ...        those seeds, twice each: they must end the same
 */
#include "libshared/clock.h"
#include "libshared/log.h"
#include "tests/simulation/actors.h"
#include "tests/simulation/invariants.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS 6000
#define NEW_SEEDS 100
#define NEW_SEEDS_LONG 1000
#define TRIES_MAX 16

/* Seeds that have shown a defect once. */
static const uint64_t kept_seeds[] = {1, 2, 3, 4, 5, UINT64_C(1795550016646288)};

static const struct {
	const char *name;
	size_t at;
} counted[] = {
	{"commands", offsetof(struct tally, commands)},
	{"submissions", offsetof(struct tally, submissions)},
	{"decisions", offsetof(struct tally, decisions)},
	{"adjudications", offsetof(struct tally, adjudications)},
	{"overturned", offsetof(struct tally, overturned)},
	{"credentials", offsetof(struct tally, credentials)},
	{"reissued", offsetof(struct tally, reissued)},
	{"revoked", offsetof(struct tally, revoked)},
	{"purged", offsetof(struct tally, purged)},
	{"posted", offsetof(struct tally, postings)},
	{"reversed", offsetof(struct tally, reversals)},
	{"rows read twice", offsetof(struct tally, double_reads)},
	{"drift seeds read", offsetof(struct tally, seeds)},
	{"seats calibrated", offsetof(struct tally, certified)},
	{"suspended", offsetof(struct tally, suspended)},
	{"stacks awarded", offsetof(struct tally, awards)},
	{"on hold", offsetof(struct tally, holds)},
	{"over", offsetof(struct tally, ended)},
	{"crashes", offsetof(struct tally, crashes)},
};

static unsigned *count_of(struct tally *t, size_t i)
{
	return (unsigned *)(void *)((char *)t + counted[i].at);
}

static uint64_t run(uint64_t seed, struct tally *tally_r)
{
	static struct world w;
	struct cast cast;
	uint64_t fingerprint;

	world_open(&w, seed);
	cast_open(&w, &cast);
	for (unsigned i = 0; i < STEPS; i++) {
		world_step(&w);
		cast_step(&w, &cast);
		cast_step(&w, &cast);
	}
	world_settle(&w);
	check_invariants(&w, tally_r);
	fingerprint = world_fingerprint(&w);
	world_close(&w);
	return fingerprint;
}

/* A seed in a child, so that a broken invariant names its seed and the others still run. */
struct
try {
	uint64_t seed;
	pid_t child; /* 0: none runs */
	int tally_fd;
};

static void start_try(struct try *t, uint64_t seed, bool twice)
{
	struct tally tally = {0};
	int pipes[2];

	ENSURE(pipe(pipes) == 0);
	fflush(NULL);
	t->seed = seed;
	t->tally_fd = pipes[0];
	t->child = fork();
	ENSURE(t->child >= 0);
	if (t->child == 0) {
		uint64_t fingerprint = run(seed, &tally);

		ENSURE(!twice || run(seed, &tally) == fingerprint);
		ENSURE(write(pipes[1], &tally, sizeof tally) == sizeof tally);
		_exit(0);
	}
	close(pipes[1]);
}

/* Waits for its end. False: it broke an invariant. */
static bool end_try(struct try *t, struct tally *sum)
{
	struct tally tally = {0};
	int status;

	if (t->child == 0)
		return true;
	if (read(t->tally_fd, &tally, sizeof tally) != (ssize_t)sizeof tally)
		memset(&tally, 0, sizeof tally);
	close(t->tally_fd);
	ENSURE(waitpid(t->child, &status, 0) == t->child);
	t->child = 0;
	for (size_t i = 0; i < ARRAY_LEN(counted); i++)
		*count_of(sum, i) += *count_of(&tally, i);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	printf("seed %" PRIu64 " breaks an invariant; replay it: bin/simulation %" PRIu64 "\n",
	       t->seed, t->seed);
	return false;
}

/* As many at once as there are processors. Returns how many failed. */
static unsigned try_seeds(const uint64_t *seeds, unsigned n, bool twice, struct tally *sum)
{
	struct try tries[TRIES_MAX] = {{0}};
	unsigned at_once = (unsigned)MIN(MAX(sysconf(_SC_NPROCESSORS_ONLN), 1L), (long)TRIES_MAX);
	unsigned failed = 0;

	for (unsigned i = 0; i < n + at_once; i++) {
		struct try *t = &tries[i % at_once];

		failed += !end_try(t, sum);
		if (i < n)
			start_try(t, seeds[i], twice);
	}
	return failed;
}

/* A world in which nothing happens proves nothing. */
static bool all_happened(struct tally *t)
{
	for (size_t i = 0; i < ARRAY_LEN(counted); i++)
		if (*count_of(t, i) == 0)
			return false;
	return true;
}

static int report(unsigned ran, unsigned failed, struct tally *t)
{
	for (size_t i = 0; i < ARRAY_LEN(counted); i++)
		printf("%s%u %s", i > 0 ? ", " : "", *count_of(t, i), counted[i].name);
	printf("\n%u passed, %u failed\n", ran - failed, failed);
	return failed == 0 && (ran < 20 || all_happened(t)) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static unsigned try_new(uint64_t first, unsigned n, struct tally *sum)
{
	uint64_t *seeds = calloc(n + 1, sizeof *seeds);
	unsigned failed;

	ENSURE(seeds != NULL);
	for (unsigned i = 0; i < n; i++)
		seeds[i] = first + i;
	printf("new seeds from %" PRIu64 "\n", first);
	failed = try_seeds(seeds, n, false, sum);
	free(seeds);
	return failed;
}

static unsigned new_seeds(int argc, char **argv)
{
	const char *is_long = getenv("CAIRN_LONG");

	if (argc > 2 && strcmp(argv[1], "--new") == 0)
		return (unsigned)strtoul(argv[2], NULL, 10);
	return is_long != NULL && is_long[0] != '\0' ? NEW_SEEDS_LONG : NEW_SEEDS;
}

int main(int argc, char **argv)
{
	bool chosen = argc > 1 && argv[1][0] != '-';
	unsigned n_new = chosen ? 0 : new_seeds(argc, argv), n_kept = ARRAY_LEN(kept_seeds), failed;
	uint64_t seeds[64];
	struct tally sum = {0};

	log_start("simulation", chosen ? LOG_ERROR : LOG_NONE);
	memcpy(seeds, kept_seeds, sizeof kept_seeds);
	if (chosen)
		for (n_kept = 0; n_kept + 1 < (unsigned)argc && n_kept < ARRAY_LEN(seeds); n_kept++)
			seeds[n_kept] = strtoull(argv[n_kept + 1], NULL, 10);
	failed = try_seeds(seeds, n_kept, true, &sum);
	if (n_new > 0)
		failed += try_new((uint64_t)clock_wall_us(), n_new, &sum);
	return report(n_kept + n_new, failed, &sum);
}
