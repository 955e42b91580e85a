/* Log lines on standard error, one write each so that lines of several daemons never mix. */
#include "libshared/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Set once at start, before any other module runs. */
static const char *log_service = "cairn";
static enum log_level log_least = LOG_INFO;

void log_start(const char *service, enum log_level least)
{
	log_service = service;
	log_least = least;
}

/* A value may hold text of a peer or of the system: keep it on its line. */
static void keep_on_one_line(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error", "none"};
	char line[1024];
	va_list args;
	int head, rest;

	if (level < log_least)
		return;
	head = snprintf(line, sizeof line, "level=%s service=%s event=%s ", names[level],
			log_service, event);
	va_start(args, format);
	rest = vsnprintf(line + head, sizeof line - (size_t)head, format, args);
	va_end(args);
	size_t len = MIN((size_t)head + (size_t)MAX(rest, 0), sizeof line - 1);
	keep_on_one_line(line, len);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* nobody left to tell */
}
