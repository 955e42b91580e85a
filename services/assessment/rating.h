/*
 * Ratings as an assessor sends them, checked and made into what an event may hold: ordinals, hashes
 * and counts of words, no text.
 */
#ifndef CAIRN_ASSESSMENT_RATING_H
#define CAIRN_ASSESSMENT_RATING_H

#include "libshared/decision.h"
#include "proto/assessment.pb-c.h"

/* More rows than any rubric has. */
#define RATINGS_MAX 100

struct rating_rules {
	const Enrollment__Rubric *rubric;
	char *const *rows; /* to be rated, each exactly once */
	size_t n_rows;
	Assessment__Reason not_among; /* for a rating of any other row */
	uint32_t words_min;           /* of feedback on a row below pass */
};

/* ACCEPTED: rated_r[i] is the rating of rows[i], in the arena. Otherwise refused, with the reason.
 */
enum verdict rate_rows(struct decision *d, const struct rating_rules *rules, size_t n_ratings,
		       Assessment__Rating *const *ratings, Assessment__RowRating ***rated_r);

#endif
