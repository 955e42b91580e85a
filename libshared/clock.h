/*
 * The time. Only daemons and tools ask; a rule takes it from its decision, a test from its kit.
 */
#ifndef CAIRN_CLOCK_H
#define CAIRN_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970: goes into events, may be set back by an operator. */
int64_t clock_wall_us(void);
/* Microseconds since some moment: for deadlines inside a process, never goes back. */
int64_t clock_mono_us(void);

/* Both, once for a whole turn of a loop. */
struct now {
	int64_t wall_us, mono_us;
};
struct now clock_now(void);

#endif
