/*
 * What a teacher does next in an enrollment: a pure function of what the services say of it. Every
 * page of a teacher tells it in words ("teacher.next_KEY").
 */
#ifndef CAIRN_GATEWAY_NEXT_STEP_H
#define CAIRN_GATEWAY_NEXT_STEP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 *	opening    evidence has not heard of the enrollment yet: a moment
 *	collect    something is missing
 *	seal       all is there
 *	wait       sealed; nobody has opened it
 *	reading    an assessor reads it
 *	resubmit   decided: some rows are open again
 *	coach      attempts are used up: a coach's meeting comes first
 *	resume     paused or lapsed
 *	earned     passed: the credential
 *	over       withdrawn, or voided
 */
const char *next_step(const json_t *enrollment, const json_t *portfolio);

/* How many open requirements have too few items, and open answers too few words. */
unsigned items_missing(const json_t *portfolio);
unsigned answers_missing(const json_t *portfolio);

#endif
