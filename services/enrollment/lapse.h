/*
 * When an enrollment that nobody works on lapses; and, for it and whatever else has an end, when
 * people are told before.
 *
 * Both are one timer: it stands at the next notice, and after the last notice at the end.
 */
#ifndef CAIRN_ENROLLMENT_LAPSE_H
#define CAIRN_ENROLLMENT_LAPSE_H

#include "services/enrollment/tables.h"

enum enrollment_timer {
	TIMER_LAPSE = 1, /* of an enrollment */
	TIMER_REVIEW,    /* of an entry: its review date, and the notices before */
	TIMER_TELL       /* of a retired entry: who is enrolled is told */
};

/* The lapse of one who is active now. */
int64_t lapse_from(const struct policy_row *policy, int64_t now_us);
/* What the timer waits for, after the notice of noticed_days (0: none was given). */
int64_t notice_next_due(const struct notice_days *notices, int64_t end_us, uint32_t noticed_days);
/* The notice that is due now: its days, or 0 when it is the end. Notices missed are skipped. */
uint32_t notice_due(const struct notice_days *notices, int64_t end_us, int64_t now_us);
/* The end of the day that an entry's review is due. */
int64_t review_end_us(int64_t review_by_day);

#endif
