/*
 * What every benchmark needs: medians, how busy a process was and what it held, and one line of
 * the table for each figure.
 *
 *	struct busy before = busy_of(pid);
 *	...
 *	struct busy spent = busy_since(&before, pid);
 *	bench_line("durable commands", rate.s, ratio.s, busy_text(&spent).s);
 *
 * Programs are told --quick for shorter runs. What they print beside the table goes to stderr.
 */
#ifndef CAIRN_BENCH_H
#define CAIRN_BENCH_H

#include "libshared/base.h"

#include <sys/types.h>

/* True if the program was started with --quick. */
bool bench_is_quick(int argc, char **argv);

/* Both sort; n > 0. */
double bench_median(double *values, size_t n);
double bench_quantile(double *values, size_t n, double q);

/* Seconds: of the wall (monotonic), and of this process's processor time. */
double bench_wall(void);
double bench_processor(void);

/* Processor seconds of a process: of its first thread, which runs the loop, and of all others
 * (libzmq's); and of everything on this machine, with how many processors it has. */
struct busy {
	double wall, loop, others, machine;
};
struct busy busy_of(pid_t pid);
struct busy busy_since(const struct busy *before, pid_t pid);

/* Bytes of anonymous memory: what the process holds beyond the page cache. */
size_t bench_anonymous(pid_t pid);

struct bench_text {
	char s[120];
};
struct bench_text bench_text(const char *format, ...) PRINTF_LIKE(1, 2);
/* "loop 64 %, its sockets 41 %, machine 88 % of 2": shares of a processor. */
struct bench_text busy_text(const struct busy *spent);

void bench_line(const char *what, const char *figure, const char *against, const char *bound);

#endif
