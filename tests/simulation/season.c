/*
 * Seasons of assessment.
 *
 *	season             a small one, twice: the same seed, the same result
 *	season --whole     20,000 submissions and 150 assessors
 */
#include "tests/simulation/season.h"

#include "libshared/log.h"

#include <stdio.h>
#include <string.h>

static const struct season_size small = {.submissions = 1000, .assessors = 40, .days = 60};
static const struct season_size whole = {.submissions = 20000, .assessors = 150, .days = 120};

static uint64_t run(uint64_t seed, const struct season_size *size)
{
	static struct season s;
	uint64_t fingerprint;

	season_open(&s, seed, size);
	season_run(&s);
	season_print(&s);
	fflush(stdout); /* the figures first, should the check stop it */
	season_check(&s);
	fingerprint = season_fingerprint(&s);
	season_close(&s);
	return fingerprint;
}

int main(int argc, char **argv)
{
	log_start("season", LOG_NONE);
	if (argc > 1 && strcmp(argv[1], "--whole") == 0)
		run(1, &whole);
	else
		ENSURE(run(2, &small) == run(2, &small));
	return 0;
}
