/*
 * Readings of anchors, released submissions whose true ratings are agreed on: how one is given to
 * an assessor (offer.h says which), and what follows when it is read. It is read through the same
 * commands as any other work, and changes nothing of the submission.
 */
#ifndef CAIRN_ASSESSMENT_ANCHORS_H
#define CAIRN_ASSESSMENT_ANCHORS_H

#include "services/assessment/offer.h"
#include "services/assessment/rules.h"

/* Gives it to the reader, under the policy that any reading would have been given under now. */
struct task {
	const Assessment__NextReading *ask;
	const Enrollment__Policy *policy;
	int64_t day;
};
void emit_anchor_assigned(struct decision *d, const struct task *task, const struct want *want,
			  const struct id *submission);
void emit_anchor_lease_expired(struct decision *d, struct bytes reading_id,
			       const struct reading *reading);
/* What was said of it is as of any reading; it becomes an event of its own. */
void complete_anchor(const struct view *view, struct decision *d, const struct matter *m,
		     const struct reading *reading, const Assessment__ReadingCompleted *said);

#endif
