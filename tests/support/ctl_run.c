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

/* In one place, since the child may put other words in theirs. */
struct argv {
	char text[16384];
	char *words[WORDS_MAX + 1];
	size_t used;
	int n;
};

static void add_word(struct argv *a, const char *word)
{
	size_t len = strlen(word) + 1;

	ENSURE(a->n < WORDS_MAX && a->used + len <= sizeof a->text);
	a->words[a->n++] = memcpy(a->text + a->used, word, len);
	a->words[a->n] = NULL;
	a->used += len;
}

void ctl_run(struct ctl_run *run, ctl_main_fn *main_fn, const struct place *place, ...)
{
	struct argv argv = {.n = 0};
	char out[100], err[100];
	int status;
	va_list words;
	pid_t pid;

	add_word(&argv, "cairnctl");
	va_start(words, place);
	for (const char *word; (word = va_arg(words, const char *)) != NULL;)
		add_word(&argv, word);
	va_end(words);
	snprintf(out, sizeof out, "%s/.out", place->dir);
	snprintf(err, sizeof err, "%s/.err", place->dir);
	fflush(NULL);
	pid = fork();
	ENSURE(pid >= 0);
	if (pid == 0) {
		redirect(STDOUT_FILENO, out);
		redirect(STDERR_FILENO, err);
		exit(main_fn(argv.n, argv.words));
	}
	ENSURE(waitpid(pid, &status, 0) == pid);
	run->code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	read_back(out, run->out);
	read_back(err, run->err);
}
