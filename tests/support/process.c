/* Children of tests. */
#include "tests/support/process.h"

#include "libshared/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(const struct process_options *o, int ready_fd)
{
	struct rlimit files = {o->files, o->files};
	char *argv[32] = {NULL};
	int log = open(o->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

	for (size_t i = 0; o->argv[i] != NULL && i + 1 < ARRAY_LEN(argv); i++)
		argv[i] = strdup(o->argv[i]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (log < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(126);
	/* dup2() onto itself would leave the descriptor closed on exec. */
	if (ready_fd == PROCESS_READY_FD ? fcntl(ready_fd, F_SETFD, 0) < 0
					 : dup2(ready_fd, PROCESS_READY_FD) < 0)
		_exit(126);
	if (o->files > 0 && setrlimit(RLIMIT_NOFILE, &files) != 0)
		_exit(126);
	execv(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

void process_start(struct process *p, const struct process_options *options)
{
	int fds[2];

	ENSURE(p->pid == 0);
	ENSURE(pipe2(fds, O_CLOEXEC) == 0);
	p->pid = fork();
	ENSURE(p->pid >= 0);
	if (p->pid == 0)
		become(options, fds[1]);
	close(fds[1]);
	p->ready_fd = fds[0];
}

bool process_ready(struct process *p, int ms)
{
	struct pollfd item = {p->ready_fd, POLLIN, 0};
	char line[16] = "";
	bool is_ready = poll(&item, 1, ms) == 1 && read(p->ready_fd, line, sizeof line - 1) > 0 &&
			strcmp(line, "ready\n") == 0;

	close(p->ready_fd);
	p->ready_fd = -1;
	return is_ready;
}

void process_signal(const struct process *p, int signal)
{
	ENSURE(p->pid > 0 && kill(p->pid, signal) == 0);
}

int process_wait(struct process *p, int ms)
{
	int64_t until_us = clock_mono_us() + ms * US_PER_MS;
	pid_t ended;
	int status;

	ENSURE(p->pid > 0);
	while ((ended = waitpid(p->pid, &status, WNOHANG)) == 0) {
		if (clock_mono_us() >= until_us)
			return -1;
		poll(NULL, 0, 2); /* there is no descriptor to wait on for a child's end here */
	}
	ENSURE(ended == p->pid);
	p->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void process_kill(struct process *p)
{
	if (p->pid == 0)
		return;
	ENSURE(kill(p->pid, SIGKILL) == 0);
	ENSURE(waitpid(p->pid, NULL, 0) == p->pid);
	p->pid = 0;
}
