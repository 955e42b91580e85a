/*
 * What due process keeps beside a submission's row: appeals, clocks, and the events that explain a
 * decision.
 */
#ifndef CAIRN_ASSESSMENT_TABLES_DUE_H
#define CAIRN_ASSESSMENT_TABLES_DUE_H

#include "services/assessment/clock.h"
#include "services/assessment/tables.h"

/* NULL: the decision was not appealed against. */
const Assessment__AppealFiled *appeal_get(const struct view *v, struct bytes decision,
					  struct arena *arena);
void appeal_put(struct txn *t, const Assessment__AppealFiled *appeal);

/* Of the submission's attempt; all zero: none yet. */
struct clock clock_get(const struct view *v, const struct submission *row);
void clock_put(struct txn *t, const struct submission *row, struct clock *c);

/* False: no such decision. */
bool decision_of_get(const struct view *v, struct bytes decision, struct id *submission_r);
void decision_of_put(struct txn *t, struct bytes decision, struct bytes submission);

/* Whether that kind of event is kept to explain a decision; what it is about is the submission. */
bool event_explains(uint32_t kind);
/* The events that tell how a decision came about, in order. */
void due_history_put(struct txn *t, struct bytes submission, uint64_t seq, int64_t at_us,
		     struct bytes event);
struct scan due_history_scan(const struct view *v, struct bytes submission);
/* NULL: no more. Lives in the arena. */
const Assessment__Event *due_history_next(struct scan *scan, struct arena *arena, int64_t *at_us_r);

#endif
