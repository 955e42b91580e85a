/*
 * Five engines, one seed: what is lost, late, doubled or dead is decided by it, and must not
 *matter.
 *
 *	simulation                 the kept seeds, and 100 new ones (1,000 with CAIRN_LONG)
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

/* Seeds that have shown a defect once. */
static const uint64_t kept_seeds[] = {1, 2, 3, 4, 5};

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

/* In a child, so that a broken invariant names its seed and the others still run. */
static bool survives(uint64_t seed, bool twice, struct tally *sum)
{
	int pipes[2], status;
	struct tally tally = {0};
	pid_t child;

	ENSURE(pipe(pipes) == 0);
	fflush(NULL);
	child = fork();
	ENSURE(child >= 0);
	if (child == 0) {
		uint64_t fingerprint = run(seed, &tally);

		ENSURE(!twice || run(seed, &tally) == fingerprint);
		ENSURE(write(pipes[1], &tally, sizeof tally) == sizeof tally);
		_exit(0);
	}
	close(pipes[1]);
	if (read(pipes[0], &tally, sizeof tally) != (ssize_t)sizeof tally)
		memset(&tally, 0, sizeof tally);
	close(pipes[0]);
	ENSURE(waitpid(child, &status, 0) == child);
	sum->commands += tally.commands;
	sum->submissions += tally.submissions;
	sum->decisions += tally.decisions;
	sum->adjudications += tally.adjudications;
	sum->credentials += tally.credentials;
	sum->crashes += tally.crashes;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	printf("seed %" PRIu64 " breaks an invariant; replay it: bin/simulation %" PRIu64 "\n",
	       seed, seed);
	return false;
}

static unsigned run_new(uint64_t first, unsigned n, struct tally *sum)
{
	unsigned failed = 0;

	for (unsigned i = 0; i < n; i++)
		failed += !survives(first + i, false, sum);
	return failed;
}

static int report(unsigned ran, unsigned failed, const struct tally *t)
{
	printf("%u commands, %u submissions, %u decisions, %u adjudications, %u credentials, %u "
	       "crashes\n",
	       t->commands, t->submissions, t->decisions, t->adjudications, t->credentials,
	       t->crashes);
	printf("%u passed, %u failed\n", ran - failed, failed);
	/* A world in which nothing happens proves nothing. */
	return failed == 0 && (ran < 20 ||
			       (t->credentials > 0 && t->adjudications > 0 && t->crashes > 0))
		       ? EXIT_SUCCESS
		       : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const char *is_long = getenv("CAIRN_LONG");
	unsigned n_new = is_long != NULL && is_long[0] != '\0' ? NEW_SEEDS_LONG : NEW_SEEDS;
	uint64_t first = (uint64_t)clock_wall_us();
	struct tally sum = {0};
	unsigned failed = 0, ran = 0;

	log_start("simulation", argc > 1 ? LOG_ERROR : LOG_NONE);
	if (argc > 1) {
		for (; ran < (unsigned)argc - 1; ran++)
			failed += !survives(strtoull(argv[ran + 1], NULL, 10), true, &sum);
		return report(ran, failed, &sum);
	}
	for (; ran < ARRAY_LEN(kept_seeds); ran++)
		failed += !survives(kept_seeds[ran], true, &sum);
	printf("new seeds from %" PRIu64 "\n", first);
	failed += run_new(first, n_new, &sum);
	return report(ran + n_new, failed, &sum);
}
