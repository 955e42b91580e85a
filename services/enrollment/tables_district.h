/*
 * What a district sees of its people: rosters, cohorts, and tallies of enrollments and awards.
 *
 * Tallies are kept by apply, so that a report reads as many rows as it shows. They count events at
 * the place that somebody had then: who moves takes nothing along.
 */
#ifndef CAIRN_ENROLLMENT_TABLES_DISTRICT_H
#define CAIRN_ENROLLMENT_TABLES_DISTRICT_H

#include "services/enrollment/tables.h"

/* ---- rosters: of one district and one system of it ---- */

struct roster_row {
	uint64_t version;
	struct id educator;
	struct id seen_in, missed_in; /* the last import that had them, that had them not */
	uint32_t missed;              /* imports in a row: 1 suspected, 2 and more inactive */
	uint32_t reserved;
};
_Static_assert(sizeof(struct roster_row) == 64, "no padding");
bool roster_get(const struct view *view, struct bytes roster, struct bytes hash,
		struct roster_row *row_r);
/* Keeps ROSTER_SUM in step. */
void roster_put(struct txn *txn, struct bytes roster, struct bytes hash, struct roster_row *row);
struct scan roster_scan(const struct view *view, struct bytes roster, struct bytes after);
bool roster_next(struct scan *scan, struct bytes *hash_r, struct roster_row *row_r);

struct roster_sum_row {
	uint64_t version;
	uint32_t known, suspected, inactive, reserved;
};
_Static_assert(sizeof(struct roster_sum_row) == 24, "no padding");
/* Zeros where there is no such roster. */
struct roster_sum_row roster_sum(const struct view *view, struct bytes roster);

/* ---- cohorts ---- */

#define COHORT_MEMBERS_MAX 1000

struct cohort_row {
	uint64_t version;
	struct id district, coach; /* an account, or none */
	int64_t opened_us;
	uint32_t members, closed;
};
_Static_assert(sizeof(struct cohort_row) == 56, "no padding");
bool cohort_get(const struct view *view, struct bytes cohort, struct cohort_row *row_r);
void cohort_put(struct txn *txn, struct bytes cohort, struct cohort_row *row);
/* Once, and then found among the district's. */
void cohort_put_name(struct txn *txn, struct bytes cohort, struct bytes district, const char *name);
struct bytes cohort_name(const struct view *view, struct bytes cohort); /* borrowed, no NUL */

/* ---- tallies ---- */

enum tally_what { TALLY_ENROLLED, TALLY_COMPLETED, N_TALLIES };

struct tally_row {
	uint64_t version;
	uint64_t counts[N_TALLIES];
};
_Static_assert(sizeof(struct tally_row) == 24, "no padding");
/* One more, of the month of that time (UTC): for the school in its district, and for the district
 * in all. Either may be empty or none. */
void tally_add(struct txn *txn, struct bytes school, struct bytes district, int64_t at_us,
	       enum tally_what what);
/* Months since year 0. */
uint32_t tally_month(int64_t at_us);
/* The rows of what stands under an org (empty: nothing) from a month on, by month, then org. */
struct scan tally_scan(const struct view *view, struct bytes above, uint32_t month);
bool tally_next(struct scan *scan, struct id *org_r, uint32_t *month_r, struct tally_row *row_r);

#endif
