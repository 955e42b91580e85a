/*
 * What is counted as submissions are read and decided, so that reports need no look at submissions:
 * of each version of an entry its figures, and of each rubric row the matrix of its double reads.
 *
 * measure.c says what is counted when; these are the rows.
 */
#ifndef CAIRN_ASSESSMENT_TABLES_REPORT_H
#define CAIRN_ASSESSMENT_TABLES_REPORT_H

#include "services/assessment/agreement.h"
#include "services/assessment/tables.h"
#include "services/assessment/waits.h"

/* A version of a micro-credential. */
struct edition {
	struct bytes entry;
	uint32_t version;
};
struct edition edition_of(const struct submission *row);

struct matrix {
	uint64_t version;
	uint64_t q; /* levels of the scale */
	uint64_t n[AGREEMENT_LEVELS_MAX][AGREEMENT_LEVELS_MAX];
};
_Static_assert(sizeof(struct matrix) == 816, "no padding");

/* Of no double read, q levels, when there is no row yet. */
void matrix_get(const struct view *v, const struct edition *e, const char *row, unsigned q,
		struct agreement_counts *counts_r);
void matrix_put(struct txn *t, const struct edition *e, const char *row,
		const struct agreement_counts *counts);

/* Rows under review. */
bool row_review_get(const struct view *v, const struct edition *e, const char *row);
bool row_review_any(const struct view *v, const struct edition *e);
void row_review_put(struct txn *t, const struct edition *e, const char *row);
void row_review_delete(struct txn *t, const struct edition *e, const char *row);

/* What is counted of an edition; READ_TWICE is followed by one figure for each SecondWhy, WAIT by
 * one for each bin. */
enum figure {
	FIGURE_DECIDED = 1,
	FIGURE_PASSED,
	FIGURE_FIRST, /* decisions on a first attempt: as many as enrollments with one */
	FIGURE_FIRST_PASSED,
	FIGURE_READ_TWICE = 16,
	FIGURE_WAIT = 256
};
uint64_t figure_get(const struct view *v, const struct edition *e, unsigned figure);
void figure_add(struct txn *t, const struct edition *e, unsigned figure);
/* All of its waits. */
void figures_waits(const struct view *v, const struct edition *e, struct waits *waits_r);

/* The readings of an entry that were completed on a day, and what still waited at the last one. */
struct read_day {
	uint64_t version, done, left;
};
_Static_assert(sizeof(struct read_day) == 24, "no padding");
bool read_day_get(const struct view *v, struct bytes entry, int64_t day, struct read_day *row_r);
void read_day_add(struct txn *t, struct bytes entry, int64_t at_us);

bool surge_get(const struct view *v, struct bytes entry);
void surge_put(struct txn *t, struct bytes entry);
void surge_delete(struct txn *t, struct bytes entry);

#endif
