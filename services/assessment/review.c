/* What a review comes to: which rows change, and the decision that takes the old one's place. */
#include "services/assessment/review.h"

#include "services/assessment/decision.h"

#include "libshared/base.h"

#include <string.h>

const char *review_word(uint32_t why)
{
	static const char *const words[] = {
		[ASSESSMENT__REVIEW_WHY__REVIEW_UNSPECIFIED] = "",
		[ASSESSMENT__REVIEW_WHY__APPEAL] = "appeal",
		[ASSESSMENT__REVIEW_WHY__BACK_READ] = "back_read",
		[ASSESSMENT__REVIEW_WHY__FAIRNESS] = "fairness",
		[ASSESSMENT__REVIEW_WHY__INTEGRITY] = "integrity",
	};

	return why < ARRAY_LEN(words) ? words[why] : "";
}

bool review_needs_lead(uint32_t whys)
{
	return (whys & ~REVIEW_BIT(ASSESSMENT__REVIEW_WHY__APPEAL)) != 0;
}

static const Assessment__RowResult *standing_row(const struct review_case *c, const char *row)
{
	for (size_t i = 0; i < c->standing->n_rows; i++)
		if (strcmp(c->standing->rows[i]->row, row) == 0)
			return c->standing->rows[i];
	return NULL;
}

static bool is_appealed(const struct review_case *c, const char *row)
{
	for (size_t i = 0; i < c->n_appealed; i++)
		if (strcmp(c->appealed[i], row) == 0)
			return true;
	return c->n_appealed == 0;
}

/* The rating that counts against the standing result; NULL: nothing new was said of the row. */
static const Assessment__RowRating *new_word(const struct review_case *c, const char *row)
{
	if (c->lead != NULL)
		return rating_of(c->lead->ratings, c->lead->n_ratings, row);
	return rating_of(c->fresh->ratings, c->fresh->n_ratings, row);
}

/* The rating that changes a row's result, or NULL. */
static const Assessment__RowRating *change_of(const struct review_case *c, const char *row)
{
	const Assessment__RowResult *was = standing_row(c, row);
	const Assessment__RowRating *now = new_word(c, row);
	bool passes;

	if (was == NULL || now == NULL)
		return NULL;
	passes = now->ordinal >= c->rubric->pass_ordinal;
	if (passes == (was->met != 0))
		return NULL;
	if (!review_needs_lead(c->whys) && (!passes || !is_appealed(c, row)))
		return NULL;
	return now;
}

size_t review_rows(const struct review_case *c, char **rows_r)
{
	size_t n = 0;

	for (size_t i = 0; i < c->fresh->n_ratings; i++)
		if (change_of(c, c->fresh->ratings[i]->row) != NULL)
			rows_r[n++] = c->fresh->ratings[i]->row;
	return n;
}

size_t review_won(const struct review_case *c, char **rows_r)
{
	size_t n = 0;

	for (size_t i = 0; i < c->fresh->n_ratings; i++) {
		char *row = c->fresh->ratings[i]->row;
		const Assessment__RowRating *now = change_of(c, row);

		if (now != NULL && now->ordinal >= c->rubric->pass_ordinal && is_appealed(c, row))
			rows_r[n++] = row;
	}
	return n;
}

static void judge_again(const struct review_case *c, const Assessment__RowResult *was,
			Assessment__RowResult *result)
{
	const Assessment__RowRating *now = change_of(c, was->row);

	*result = *was;
	if (now == NULL)
		return;
	result->ordinal = now->ordinal;
	result->met = now->ordinal >= c->rubric->pass_ordinal;
	result->attempt = c->attempt;
	result->met_us = result->met ? c->decided_us : 0;
	result->feedback_sha256 = now->feedback_sha256;
}

void review_decide(const struct review_case *c, struct arena *arena, Assessment__DecisionMade *made)
{
	size_t n = c->standing->n_rows;
	Assessment__RowResult *results = arena_zalloc(arena, (n + 1) * sizeof *results);

	made->rows = arena_zalloc(arena, (n + 1) * sizeof(Assessment__RowResult *));
	made->n_rows = n;
	made->passed = n > 0;
	for (size_t i = 0; i < n; i++) {
		made->rows[i] = &results[i];
		judge_again(c, c->standing->rows[i], &results[i]);
		made->passed = made->passed && results[i].met;
	}
	made->reads = c->standing->reads + 1;
	made->rule = arena_text(arena,
				bytes_of_text(c->lead != NULL ? "review_adjudicated" : "reviewed"));
	made->supersedes = c->standing->decision;
	made->reader = c->fresh->assessor;
	if (c->lead != NULL)
		made->lead = c->lead->assessor;
}
