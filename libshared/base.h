/*
 * The few macros that every file may use.
 *
 * ENSURE states an invariant of ours; when it is broken the process stops and the supervisor
 * starts it again from the last commit. It is never used on anything that came from outside.
 *
 * AUTO(x_destroy) struct x *x = ...; releases x when the scope ends, whichever way it ends;
 * x_destroy takes a pointer to the variable and accepts NULL inside.
 */
#ifndef CAIRN_BASE_H
#define CAIRN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define NORETURN __attribute__((noreturn))
#define AUTO(release) __attribute__((cleanup(release)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define ENSURE(cond) ((cond) ? (void)0 : ensure_failed(#cond, __FILE__, __LINE__))

NORETURN void ensure_failed(const char *cond, const char *file, int line);

#define US_PER_MS INT64_C(1000)
#define US_PER_S INT64_C(1000000)
#define US_PER_HOUR (3600 * US_PER_S)
#define US_PER_DAY (24 * US_PER_HOUR)

/* Releases a buffer of malloc; for AUTO. */
void free_ptr(void *pointer_to_pointer);

#endif
