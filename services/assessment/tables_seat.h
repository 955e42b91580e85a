/*
 * The rows of seats: an assessor's qualification for an entry, anchors and their true ratings, and
 * what an assessor has read of them.
 */
#ifndef CAIRN_ASSESSMENT_TABLES_SEAT_H
#define CAIRN_ASSESSMENT_TABLES_SEAT_H

#include "services/assessment/tables.h"

#define ANCHORS_MAX 200 /* of a calibration, and looked through for the next one */

/* The entry that the assessor is being calibrated for; false: none. */
bool calibration_of(const struct view *v, struct bytes assessor, struct id *entry_r,
		    struct qualification *row_r);

/* Apart from the anchors: as one lead has rated it, without a second; or, with one, an anchor that
 * was withdrawn. */
const Assessment__AnchorRated *apart_get(const struct view *v, struct bytes submission,
					 struct arena *arena);
/* As two people agree on it. */
const Assessment__AnchorRated *anchor_get(const struct view *v, struct bytes submission,
					  const struct submission *row, struct arena *arena);
/* One lead's word, or the anchor that takes its place. */
void anchor_put(struct txn *t, const Assessment__AnchorRated *rated);
void anchor_withdraw(struct txn *t, struct bytes submission, const struct submission *row);

/* The anchors of a version of an entry, in order of submissions. */
struct anchor_scan {
	struct key prefix;
	struct scan scan;
};
void anchors_begin(struct anchor_scan *s, const struct view *v, struct bytes entry,
		   uint32_t version, struct bytes after);
bool anchors_next(struct anchor_scan *s, struct arena *arena,
		  const Assessment__AnchorRated **rated_r);
void anchors_end(struct anchor_scan *s);

/* What the assessor made of an anchor; NULL: has not read it. */
const Assessment__AnchorCompleted *anchor_read_get(const struct view *v, struct bytes assessor,
						   struct bytes submission, struct arena *arena);
void anchor_read_put(struct txn *t, const Assessment__AnchorCompleted *completed);

/* All that the assessor has read in an attempt at the entry's calibration, with room for one more.
 */
struct readings {
	const Assessment__AnchorCompleted **of;
	size_t n;
};
struct readings anchors_read(const struct view *v, struct bytes assessor, struct bytes entry,
			     uint32_t attempt, struct arena *arena);

#endif
