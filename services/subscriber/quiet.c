/* A library writes nothing to its program's standard error: these stand in for libshared/log.c.
 * What the program must know is in cairn_subscriber_text(). */
#include "libshared/log.h"

void log_start(const char *service, enum log_level least)
{
	(void)service;
	(void)least;
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
	(void)level;
	(void)event;
	(void)format;
}
