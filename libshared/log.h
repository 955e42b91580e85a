/*
 * One line per fact, to standard error: level, service, a constant event name, then key=value.
 *
 * Never a secret, a name, an address or a whole message: ids only. A fault is logged once, by
 * whoever decides what to do about it.
 */
#ifndef CAIRN_LOG_H
#define CAIRN_LOG_H

#include "libshared/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_NONE };

/* Once, before anything else runs. service is borrowed for ever. */
void log_start(const char *service, enum log_level least);

void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_debug(event, ...) log_line(LOG_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...) log_line(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_line(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_line(LOG_ERROR, event, __VA_ARGS__)

#endif
