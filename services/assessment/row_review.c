/* Rows of a rubric under review: placed and released by how far two readers agree on them. */
#include "services/assessment/measure.h"
#include "services/assessment/rules.h"

#include <math.h>

static int32_t of_ten_thousand(double figure)
{
	return (int32_t)floor(figure * 10000);
}

static Assessment__AgreementFound *found_of(struct decision *d,
					    const struct agreement_counts *counts,
					    const struct agreement *a)
{
	Assessment__AgreementFound *found =
		NEW(d, Assessment__AgreementFound, ASSESSMENT__AGREEMENT_FOUND__INIT);

	found->reads = a->n;
	for (unsigned k = 0; k < counts->q; k++)
		found->agreed += counts->n[k][k];
	found->ac1 = of_ten_thousand(a->figures[AGREEMENT_AC1].value);
	found->ac1_low = of_ten_thousand(a->figures[AGREEMENT_AC1].low);
	return found;
}

static void emit_placed(struct decision *d, const struct edition *e, char *row,
			Assessment__AgreementFound *found)
{
	Assessment__RowPlacedUnderReview placed = ASSESSMENT__ROW_PLACED_UNDER_REVIEW__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	placed.entry = pb_of_bytes(e->entry);
	placed.version = e->version;
	placed.row = row;
	placed.found = found;
	event.body_case = ASSESSMENT__EVENT__BODY_ROW_PLACED_UNDER_REVIEW;
	event.row_placed_under_review = &placed;
	emit_about(d, e->entry, &event.base);
}

static void emit_ended(struct decision *d, const struct edition *e, char *row,
		       Assessment__AgreementFound *found)
{
	Assessment__RowReviewEnded ended = ASSESSMENT__ROW_REVIEW_ENDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	ended.entry = pb_of_bytes(e->entry);
	ended.version = e->version;
	ended.row = row;
	ended.found = found;
	event.body_case = ASSESSMENT__EVENT__BODY_ROW_REVIEW_ENDED;
	event.row_review_ended = &ended;
	emit_about(d, e->entry, &event.base);
}

void emit_row_reviews(const struct view *view, struct decision *d, const struct matter *m,
		      const Assessment__ReadingCompleted *first,
		      const Assessment__ReadingCompleted *second)
{
	const Enrollment__Rubric *rubric = m->entry->rubric;
	const struct edition e = edition_of(&m->row);

	for (size_t i = 0; i < second->n_ratings; i++) {
		char *row = second->ratings[i]->row;
		bool is_placed = row_review_get(view, &e, row), is_low;
		struct agreement_counts counts;
		struct agreement agreement;

		matrix_get(view, &e, row, (unsigned)rubric->n_levels, &counts);
		if (!double_read_add(rubric, row, first, second, &counts))
			continue;
		agreement_of(&counts, &agreement);
		is_low = agreement_words(&agreement) & ROW_UNDER_REVIEW;
		if (is_low && !is_placed)
			emit_placed(d, &e, row, found_of(d, &counts, &agreement));
		else if (!is_low && is_placed)
			emit_ended(d, &e, row, found_of(d, &counts, &agreement));
	}
}
