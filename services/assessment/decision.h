/*
 * What completed readings come to.
 *
 * Pure functions: of the rubric, the readings, the adjudication and the profile, and of nothing
 * else, so that a decision can be explained, and made again, from the events it came of
 * (DOMAIN.md 4.3.4, 4.3.7).
 *
 *	one reading  ──second_why()──> none: decision_make(), else a second, blind one
 *	two readings ──disputed_rows()──> none: decision_make(), else a lead rates those rows
 */
#ifndef CAIRN_ASSESSMENT_DECISION_H
#define CAIRN_ASSESSMENT_DECISION_H

#include "libshared/arena.h"
#include "proto/assessment.pb-c.h"

/* In the order of the rubric; NULL: no such row or level. */
const Enrollment__Criterion *rubric_row(const Enrollment__Rubric *rubric, const char *code);
const Enrollment__Level *rubric_level(const Enrollment__Rubric *rubric, const char *code);
const Enrollment__Level *rubric_level_at(const Enrollment__Rubric *rubric, uint32_t ordinal);

/* NULL: the row was not rated. */
const Assessment__RowRating *rating_of(Assessment__RowRating *const *ratings, size_t n,
				       const char *row);

/* A number that only who has the key can foretell, the same whenever it is asked. use: what it is
 * drawn for. */
uint64_t keyed_draw(const uint8_t noise_key[32], const char *use, struct bytes what);
/* Whether a submission is in the random sample: a keyed hash of its id, the same whenever it is
 * asked, so that it can be audited and not steered. The draw modulo 1000 is below the share. */
#define SAMPLE_USE "second read sample"
bool in_sample(const uint8_t noise_key[32], struct bytes submission, uint32_t permille);
/* Any row rated with a confidence below the number, or exactly one row below pass. */
bool is_borderline(const Enrollment__Rubric *rubric, const Assessment__ReadingCompleted *reading,
		   uint32_t confidence_below);
/* Why a first reading is followed by a second; WHY_UNSPECIFIED: it is not. */
struct second_signs {
	bool sampled, borderline;
	bool row_under_review; /* of the rubric that it is read by */
	bool on_watch;         /* its assessor */
	bool flagged;          /* an integrity flag was raised */
};
Assessment__SecondWhy second_why(const Enrollment__Profile *profile,
				 const struct second_signs *signs);

/* The rows on which two readings differ in pass or by two levels or more. Texts are the first
 * reading's; rows_r has room for all its ratings. Returns how many. */
size_t disputed_rows(const Enrollment__Rubric *rubric, const Assessment__ReadingCompleted *first,
		     const Assessment__ReadingCompleted *second, char **rows_r);

/* All that a decision depends on. */
struct case_file {
	const Enrollment__Rubric *rubric;
	const Assessment__ReadingCompleted *first, *second;    /* second: or NULL */
	const Assessment__AdjudicationCompleted *adjudication; /* or NULL */
	Assessment__RowResult *const *kept; /* rows met in earlier attempts, not open in this one */
	size_t n_kept;
	uint32_t attempt;
	int64_t decided_us;
};
/* Fills passed, rows, reads and rule. Passed: every row of the rubric is at pass level. A row is
 * what the lead said where it was disputed, else the lower of the two ratings. Lives in the arena.
 */
void decision_make(const struct case_file *file, struct arena *arena,
		   Assessment__DecisionMade *made);

/* Whether a row met at met_us still stands when an attempt is sealed: within the policy's months,
 * and the version of the entry has not changed the row, the scale or the pass level. */
bool row_still_stands(const Enrollment__Rubric *was, const Enrollment__Rubric *now,
		      const char *row);
/* The same day and time so many months later, or the last day of that month (UTC). */
int64_t months_after_us(int64_t at_us, uint32_t months);

#endif
