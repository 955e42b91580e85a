/*
 * Anchors for assessors: which one an assessor is given, and what follows when it is read.
 *
 * An anchor is a released submission whose true ratings are agreed on. An assessor is given only
 * what they may read as any other work: no conflict, and neither it nor another attempt of its
 * author read before. It is read through the same commands as any other, and changes nothing of
 * the submission.
 */
#ifndef CAIRN_ASSESSMENT_ANCHORS_H
#define CAIRN_ASSESSMENT_ANCHORS_H

#include "services/assessment/rules.h"
#include "services/assessment/tables_seat.h"

/* What an anchor is wanted for. */
struct want {
	struct bytes entry;
	uint32_t version; /* of the entry */
	uint32_t attempt; /* at the calibration; 0: a drift seed */
};
struct offer {
	uint32_t n;           /* anchors that the reader may be given */
	struct id submission; /* the one drawn of them by a keyed hash; none, if there is none */
};
struct offer offer_anchor(const struct view *view, const struct caps *caps, struct arena *arena,
			  const struct reader *reader, const struct want *want);

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
