/* Ratings as an assessor sends them: each open row once, a level of the scale, words where they are
 * due. */
#include "services/assessment/rating.h"

#include "libshared/blobs.h"
#include "libshared/check.h"
#include "services/assessment/decision.h"

#include <string.h>

static bool find_row(const struct rating_rules *rules, const char *row, size_t *at_r)
{
	for (size_t i = 0; i < rules->n_rows; i++)
		if (strcmp(rules->rows[i], row) == 0) {
			*at_r = i;
			return true;
		}
	return false;
}

static void put_feedback(struct decision *d, const char *feedback, Assessment__RowRating *rated)
{
	struct bytes text = bytes_of_text(feedback);
	uint8_t *hash;

	if (text.len == 0)
		return;
	hash = arena_alloc(d->arena, SHA256_LEN);
	sha256(text, hash);
	rated->feedback_sha256 = pb_of_bytes((struct bytes){hash, SHA256_LEN});
	rated->feedback_words = count_words(text);
}

static enum verdict rate_row(struct decision *d, const struct rating_rules *rules,
			     const Assessment__Rating *ask, Assessment__RowRating *rated)
{
	const Enrollment__Level *level = rubric_level(rules->rubric, ask->level);

	if (level == NULL)
		return refuse_text(d, ASSESSMENT__REASON__LEVEL_UNKNOWN,
				   "row %s: the level is none of the scale %s", rated->row,
				   rules->rubric->scale);
	if (ask->confidence < 1 || ask->confidence > 5)
		return refuse_text(d, ASSESSMENT__REASON__CONFIDENCE_RANGE,
				   "row %s: say your confidence from 1 to 5", rated->row);
	rated->ordinal = level->ordinal;
	rated->confidence = ask->confidence;
	put_feedback(d, ask->feedback, rated);
	if (level->ordinal < rules->rubric->pass_ordinal &&
	    rated->feedback_words < rules->words_min)
		return refuse_text(d, ASSESSMENT__REASON__FEEDBACK_TOO_SHORT,
				   "row %s is below pass: its feedback needs %u words and has %u",
				   rated->row, rules->words_min, rated->feedback_words);
	return ACCEPTED;
}

static enum verdict rate_all(struct decision *d, const struct rating_rules *rules, size_t n_ratings,
			     Assessment__Rating *const *ratings, Assessment__RowRating **rated)
{
	for (size_t i = 0; i < n_ratings; i++) {
		size_t at;

		if (!find_row(rules, ratings[i]->row, &at))
			return refuse_text(d, rules->not_among,
					   "rating %zu is of a row that is not to be rated here",
					   i + 1);
		if (rated[at] != NULL)
			return refuse_text(d, ASSESSMENT__REASON__ROW_TWICE,
					   "row %s is rated twice; send one rating",
					   rules->rows[at]);
		rated[at] = NEW(d, Assessment__RowRating, ASSESSMENT__ROW_RATING__INIT);
		rated[at]->row = rules->rows[at];
		if (rate_row(d, rules, ratings[i], rated[at]) != ACCEPTED)
			return REFUSED;
	}
	return ACCEPTED;
}

enum verdict rate_rows(struct decision *d, const struct rating_rules *rules, size_t n_ratings,
		       Assessment__Rating *const *ratings, Assessment__RowRating ***rated_r)
{
	Assessment__RowRating **rated = arena_zalloc(d->arena, (rules->n_rows + 1) * sizeof *rated);

	if (n_ratings > RATINGS_MAX)
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "%zu ratings, at most %d are allowed", n_ratings, RATINGS_MAX);
	if (rate_all(d, rules, n_ratings, ratings, rated) != ACCEPTED)
		return REFUSED;
	for (size_t i = 0; i < rules->n_rows; i++)
		if (rated[i] == NULL)
			return refuse_text(d, ASSESSMENT__REASON__ROW_MISSING,
					   "row %s is not rated; rate every open row",
					   rules->rows[i]);
	*rated_r = rated;
	return ACCEPTED;
}
