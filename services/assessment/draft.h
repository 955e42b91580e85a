/*
 * What an assessor has typed of a reading that is not complete: a file overwritten in place beside
 * the log, gone soon after the reading is no longer in hand.
 */
#ifndef CAIRN_ASSESSMENT_DRAFT_H
#define CAIRN_ASSESSMENT_DRAFT_H

#include "services/assessment/rules.h"

#define DRAFT_CODE "ratings"
#define DRAFT_MAX ((size_t)256 << 10)

/* In hand, of the one who asks, its lease not over, and ratings that may be kept. */
enum verdict check_draft(const struct view *view, const Assessment__SaveRatings *ask,
			 struct decision *d);
/* NULL: nothing was saved. In the arena. */
const Assessment__SaveRatings *draft_of(const struct blobs *b, struct bytes reading,
					struct arena *arena);

#endif
