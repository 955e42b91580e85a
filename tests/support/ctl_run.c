/* One run of cairnctl in a child process. */
#include "tests/support/ctl_run.h"

#include "libshared/base.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 64

static void read_back(const char *path, char text_r[CTL_RUN_TEXT])
{
	FILE *f = fopen(path, "r");
	size_t n;

	ENSURE(f != NULL);
	n = fread(text_r, 1, CTL_RUN_TEXT - 1, f);
	text_r[n] = '\0';
	fclose(f);
}

static void redirect(int fd, const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ENSURE(file >= 0 && dup2(file, fd) == fd);
	close(file);
}

void ctl_run(struct ctl_run *run, ctl_main_fn *main_fn, const struct place *place, ...)
{
	char *argv[WORDS_MAX + 1], out[100], err[100];
	int argc = 0, status;
	va_list words;
	pid_t pid;

	argv[argc++] = strdup("cairnctl");
	va_start(words, place);
	for (const char *word; (word = va_arg(words, const char *)) != NULL; argc++) {
		ENSURE(argc < WORDS_MAX);
		argv[argc] = strdup(word);
	}
	va_end(words);
	argv[argc] = NULL;
	snprintf(out, sizeof out, "%s/.out", place->dir);
	snprintf(err, sizeof err, "%s/.err", place->dir);
	fflush(NULL);
	pid = fork();
	ENSURE(pid >= 0);
	if (pid == 0) {
		redirect(STDOUT_FILENO, out);
		redirect(STDERR_FILENO, err);
		exit(main_fn(argc, argv));
	}
	ENSURE(waitpid(pid, &status, 0) == pid);
	run->code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	read_back(out, run->out);
	read_back(err, run->err);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
}
