/* Medians, processor time from /proc, and the lines of the table. */
#include "tests/bench/bench.h"

#include "libshared/clock.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool bench_is_quick(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--quick") == 0)
			return true;
	return false;
}

/* ---- figures ---- */

static int order_of_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double bench_quantile(double *values, size_t n, double q)
{
	ENSURE(n > 0);
	qsort(values, n, sizeof *values, order_of_doubles);
	return values[MIN((size_t)((double)n * q), n - 1)];
}

double bench_median(double *values, size_t n)
{
	return bench_quantile(values, n, 0.5);
}

double bench_wall(void)
{
	return (double)clock_mono_us() / 1e6;
}

double bench_processor(void)
{
	struct timespec now;

	ENSURE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- /proc ---- */

/* Nanoseconds on a processor of one thread; 0 when it has ended. */
static double thread_seconds(pid_t pid, const char *thread)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", (int)pid, thread);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	fclose(f);
	return (double)ns / 1e9;
}

/* All but idle and waiting for the disk. */
static double machine_seconds(void)
{
	unsigned long long user, nice, system, idle, io, irq, softirq;
	FILE *f = fopen("/proc/stat", "re");

	ENSURE(f != NULL);
	ENSURE(fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle,
		      &io, &irq, &softirq) == 7);
	fclose(f);
	return (double)(user + nice + system + irq + softirq) / (double)sysconf(_SC_CLK_TCK);
}

struct busy busy_of(pid_t pid)
{
	struct busy b = {.wall = bench_wall(), .machine = machine_seconds()};
	char path[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	dir = opendir(path);
	ENSURE(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (strtol(entry->d_name, NULL, 10) == pid)
			b.loop += thread_seconds(pid, entry->d_name);
		else
			b.others += thread_seconds(pid, entry->d_name);
	}
	closedir(dir);
	return b;
}

struct busy busy_since(const struct busy *before, pid_t pid)
{
	struct busy now = busy_of(pid);

	return (struct busy){.wall = now.wall - before->wall,
			     .loop = now.loop - before->loop,
			     .others = now.others - before->others,
			     .machine = now.machine - before->machine};
}

size_t bench_anonymous(pid_t pid)
{
	unsigned long long kib = 0;
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	ENSURE(f != NULL);
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "RssAnon: %llu kB", &kib) == 1)
			break;
	fclose(f);
	ENSURE(kib > 0);
	return (size_t)kib << 10;
}

/* ---- the table ---- */

struct bench_text bench_text(const char *format, ...)
{
	struct bench_text text;
	va_list args;

	va_start(args, format);
	vsnprintf(text.s, sizeof text.s, format, args);
	va_end(args);
	return text;
}

struct bench_text busy_text(const struct busy *spent)
{
	return bench_text("loop %.0f %%, its sockets %.0f %% of a core; machine %.0f %% of %ld",
			  100 * spent->loop / spent->wall, 100 * spent->others / spent->wall,
			  100 * spent->machine / spent->wall, 100 * sysconf(_SC_NPROCESSORS_ONLN));
}

void bench_line(const char *what, const char *figure, const char *against, const char *bound)
{
	printf("%-46s %14s  %-44s %s\n", what, figure, against, bound);
	fflush(stdout);
}
