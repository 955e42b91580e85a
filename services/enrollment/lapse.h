/*
 * When an enrollment that nobody works on lapses, and when its teacher is told before.
 *
 * Both are one timer: it stands at the next notice, and after the last notice at the lapse.
 */
#ifndef CAIRN_ENROLLMENT_LAPSE_H
#define CAIRN_ENROLLMENT_LAPSE_H

#include "services/enrollment/tables.h"

enum enrollment_timer { TIMER_LAPSE = 1 };

/* The lapse of one who is active now. */
int64_t lapse_from(const struct policy_row *policy, int64_t now_us);
/* What the timer waits for, after the notice of noticed_days (0: none was given). */
int64_t lapse_next_due(const struct policy_row *policy, int64_t lapses_us, uint32_t noticed_days);
/* The notice that is due now: its days, or 0 when it is the lapse. Notices missed are skipped. */
uint32_t lapse_notice_due(const struct policy_row *policy, int64_t lapses_us, int64_t now_us);

#endif
