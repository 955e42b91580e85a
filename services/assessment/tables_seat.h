/*
 * The rows of seats: an assessor's qualification for an entry, anchors and their true ratings, and
 * what an assessor has read of them.
 */
#ifndef CAIRN_ASSESSMENT_TABLES_SEAT_H
#define CAIRN_ASSESSMENT_TABLES_SEAT_H

#include "services/assessment/tables.h"

#define ANCHORS_MAX 200 /* of a calibration, and looked through for the next one */

/* The seat as an entity of timers. */
struct id seat_id(struct bytes assessor, struct bytes entry);
bool seat_key_get(const struct view *v, struct bytes seat, struct seat_key *key_r);
/* Has its timers known by seat_key_get(). */
void seat_key_put(struct txn *t, struct bytes assessor, struct bytes entry);

/* Readings that the assessor has completed, in the order of time, from from_us on. */
struct read_scan {
	struct key prefix;
	struct scan scan;
};
void read_at_put(struct txn *t, struct bytes assessor, struct bytes entry, int64_t at_us,
		 struct bytes submission);
void read_at_begin(struct read_scan *s, const struct view *v, const struct seat_key *seat,
		   int64_t from_us);
/* The submission is borrowed from the key. */
bool read_at_next(struct read_scan *s, struct bytes *submission_r, int64_t *at_us_r);
void read_at_end(struct read_scan *s);

/* The first day from day on on which a license of the educator ends; false: none is known. */
bool renewal_get(const struct view *v, struct bytes educator, int64_t from_day, int64_t *day_r);
void renewal_put(struct txn *t, struct bytes educator, int64_t day);

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
