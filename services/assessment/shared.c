/* A reading of work that is shared, beside what was decided for the co-author. */
#include "services/assessment/shared.h"

#include "services/assessment/decision.h"

#include <string.h>

static const Assessment__RowResult *result_of(const Assessment__DecisionMade *made, const char *row)
{
	for (size_t i = 0; i < made->n_rows; i++)
		if (strcmp(made->rows[i]->row, row) == 0)
			return made->rows[i];
	return NULL;
}

static bool is_explained(const Assessment__CompleteReading *ask, const char *row)
{
	for (size_t i = 0; i < ask->n_differences; i++)
		if (strcmp(ask->differences[i]->row, row) == 0)
			return true;
	return false;
}

static enum verdict check_row(struct decision *d, const struct matter *m,
			      const Assessment__CompleteReading *ask,
			      const Assessment__RowRating *rating,
			      const Assessment__RowResult *other)
{
	bool met = rating->ordinal >= m->entry->rubric->pass_ordinal;

	if (met == (other->met != 0) || is_explained(ask, rating->row))
		return ACCEPTED;
	return refuse_text(d, ASSESSMENT__REASON__SHARED_ROW_DIFFERS,
			   "row %s cites only what a co-author shares, and was decided otherwise "
			   "there: rate it alike, or say why in differences, a word",
			   rating->row);
}

static enum verdict check_words(struct decision *d, const Assessment__CompleteReading *ask,
				const Assessment__ReadingCompleted *completed)
{
	for (size_t i = 0; i < ask->n_differences; i++)
		if (rating_of(completed->ratings, completed->n_ratings, ask->differences[i]->row) ==
			    NULL ||
		    !is_word(ask->differences[i]->why))
			return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
					   "differences: a row that is rated here, and a word of "
					   "a-z, 0-9 and _, are needed");
	return ACCEPTED;
}

enum verdict check_shared(const struct view *view, struct decision *d, const struct matter *m,
			  const Assessment__CompleteReading *ask,
			  Assessment__ReadingCompleted *completed)
{
	const Assessment__SharedRowsNoted *noted = shared_rows_get(view, m->id, d->arena);
	const Assessment__DecisionMade *other =
		noted == NULL ? NULL : decided_get(view, bytes_of_pb(noted->other), d->arena);

	if (check_words(d, ask, completed) != ACCEPTED)
		return REFUSED;
	for (size_t i = 0; other != NULL && i < noted->n_rows; i++) {
		const Assessment__RowRating *rating =
			rating_of(completed->ratings, completed->n_ratings, noted->rows[i]);
		const Assessment__RowResult *result = result_of(other, noted->rows[i]);

		if (rating != NULL && result != NULL &&
		    check_row(d, m, ask, rating, result) != ACCEPTED)
			return REFUSED;
	}
	completed->n_differences = ask->n_differences;
	completed->differences = ask->differences;
	return ACCEPTED;
}
