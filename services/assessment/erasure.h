/*
 * Texts of educators who were erased: readers' feedback to them, and their own reasons to appeal.
 *
 *	ReadingCompleted, AdjudicationCompleted, AppealFiled ──apply──> FEEDBACK_OF, FEEDBACK_USE
 *	EducatorForgotten ──apply──> no use of the educator's; what nobody else is told: PURGE
 *	effects.c removes the file, NotePurged ──> FeedbackPurged ends the row
 *
 * Sealed work is judged although its author was erased meanwhile: what is written then goes to
 * PURGE at once.
 */
#ifndef CAIRN_ASSESSMENT_ERASURE_H
#define CAIRN_ASSESSMENT_ERASURE_H

#include "services/assessment/tables.h"

bool is_forgotten(const struct view *v, struct bytes educator);
/* Text of a reader to the author of a submission, or of the author; no hash: none was written. */
void feedback_put(struct txn *t, const struct submission *row, struct bytes sha256);
void told_put(struct txn *t, const struct submission *row, struct bytes submission);
void educator_forget(struct txn *t, struct bytes educator);
bool feedback_used(const struct view *v, struct bytes sha256);
bool purge_wanted(const struct view *v, struct bytes sha256);
void purge_end(struct txn *t, struct bytes sha256);
/* At most n hashes that are to be removed, in the arena; returns how many. */
size_t purge_first(const struct view *v, struct bytes hashes[], size_t n, struct arena *arena);

struct erasure_count {
	uint64_t submissions, purged, waiting, shared;
};
struct erasure_count erasure_count(const struct view *v, struct bytes educator);

#endif
