/* Forking, starting together, waiting for the end. */
#include "tests/bench/crew.h"

#include "libshared/clock.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CREW_MAX 16

void *crew_share(size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ENSURE(at != MAP_FAILED);
	return at;
}

void crew_unshare(void *at, size_t len)
{
	ENSURE(munmap(at, len) == 0);
}

void crew_ready(struct crew_member *m)
{
	char byte = 0;

	ENSURE(write(m->ready_fd, &byte, 1) == 1);
	ENSURE(read(m->go_fd, &byte, 1) == 0); /* the end of the pipe: all are ready */
	m->began_us = clock_mono_us();
}

static pid_t start(crew_fn *work, void *ctx, struct crew_member *m, int parents_go_fd)
{
	pid_t pid = fork();

	ENSURE(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(parents_go_fd);
	work(ctx, m);
	if (m->ended_us == 0)
		m->ended_us = clock_mono_us();
	_exit(EXIT_SUCCESS);
}

static void wait_for(const pid_t *pids, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int status;

		ENSURE(waitpid(pids[i], &status, 0) == pids[i]);
		ENSURE(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
	}
}

static double seconds_of(const struct crew_member *members, unsigned n)
{
	int64_t began_us = INT64_MAX, ended_us = 0;

	for (unsigned i = 0; i < n; i++) {
		began_us = MIN(began_us, members[i].began_us);
		ended_us = MAX(ended_us, members[i].ended_us);
	}
	return (double)(ended_us - began_us) / 1e6;
}

double crew_run(unsigned n, crew_fn *work, void *ctx)
{
	size_t len = CREW_MAX * sizeof(struct crew_member);
	struct crew_member *members = crew_share(len);
	int ready[2], go[2];
	pid_t pids[CREW_MAX];
	double seconds;
	char byte;

	ENSURE(n <= CREW_MAX && pipe(ready) == 0 && pipe(go) == 0);
	for (unsigned i = 0; i < n; i++) {
		members[i] =
			(struct crew_member){.number = i, .ready_fd = ready[1], .go_fd = go[0]};
		pids[i] = start(work, ctx, &members[i], go[1]);
	}
	close(ready[1]);
	for (unsigned i = 0; i < n; i++)
		ENSURE(read(ready[0], &byte, 1) == 1);
	close(go[1]);
	wait_for(pids, n);
	seconds = seconds_of(members, n);
	close(ready[0]);
	close(go[0]);
	crew_unshare(members, len);
	return seconds;
}
