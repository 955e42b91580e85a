/* Rules on a reading in hand that is not completed: saving what is typed, and handing it back. */
#include "services/assessment/draft.h"
#include "services/assessment/rating.h"

#include <string.h>

static enum verdict in_hand(const struct view *view, struct decision *d, ProtobufCBinaryData id,
			    struct reading *reading_r)
{
	struct reader reader;

	if (!is_id(bytes_of_pb(id)))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID, "reading: 16 bytes are needed");
	if (!reading_get(view, bytes_of_pb(id), reading_r))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_READING,
				   "there is no such reading");
	if (known_reader(view, d, bytes_of_id(&reading_r->assessor), &reader) != ACCEPTED)
		return REFUSED;
	if (reading_r->state == READING_COMPLETED)
		return refuse_text(d, ASSESSMENT__REASON__WRONG_STATE,
				   "this reading is completed already");
	if (reading_r->state != READING_IN_HAND || d->now_us >= reading_r->until_us)
		return refuse_text(d, ASSESSMENT__REASON__LEASE_OVER,
				   "the lease is over and the submission went back to the queue");
	return ACCEPTED;
}

static bool is_open_row(const struct matter *m, const char *row)
{
	for (size_t i = 0; i < m->received->n_rows; i++)
		if (strcmp(m->received->rows[i], row) == 0)
			return true;
	return false;
}

/* Less than a rating must be, but of rows that are to be rated, and bounded. */
static enum verdict check_ratings(struct decision *d, const struct matter *m,
				  const Assessment__SaveRatings *ask)
{
	size_t bytes = 0;

	if (ask->n_ratings > RATINGS_MAX)
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "%zu ratings, at most %d are allowed", ask->n_ratings,
				   RATINGS_MAX);
	for (size_t i = 0; i < ask->n_ratings; i++) {
		const Assessment__Rating *rating = ask->ratings[i];

		if (!is_open_row(m, rating->row))
			return refuse_text(d, ASSESSMENT__REASON__ROW_NOT_OPEN,
					   "rating %zu is of a row that is not to be rated here",
					   i + 1);
		if (rating->confidence > 5)
			return refuse_text(d, ASSESSMENT__REASON__CONFIDENCE_RANGE,
					   "row %s: confidence is from 1 to 5", rating->row);
		bytes +=
			strlen(rating->feedback) + strlen(rating->level) + strlen(rating->row) + 32;
	}
	if (bytes > DRAFT_MAX - 64)
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "the draft is too long: at most %zu bytes", DRAFT_MAX - 64);
	return ACCEPTED;
}

enum verdict check_draft(const struct view *view, const Assessment__SaveRatings *ask,
			 struct decision *d)
{
	struct reading reading;
	struct matter m;

	if (in_hand(view, d, ask->reading, &reading) != ACCEPTED)
		return REFUSED;
	matter_of_reading(view, d->arena, &reading, &m);
	return check_ratings(d, &m, ask);
}

/* prepare.c has written it; the log hears of ratings when the reading is completed. */
enum verdict decide_save_ratings(const struct view *view, const Assessment__Command *cmd,
				 struct decision *d)
{
	return check_draft(view, cmd->save_ratings, d);
}

/* Who reads does not know whose work it is, and need not: the relation is to its author. */
enum verdict decide_declare_conflict(const struct view *view, const Assessment__Command *cmd,
				     struct decision *d)
{
	struct bytes assessor;
	struct reading reading;
	struct matter m;

	if (in_hand(view, d, cmd->declare_conflict->reading, &reading) != ACCEPTED)
		return REFUSED;
	assessor = arena_copy(d->arena, bytes_of_id(&reading.assessor));
	matter_of_reading(view, d->arena, &reading, &m);
	if (is_related(view, assessor,
		       bytes_of_id(&m.row.educator))) /* it was declared meanwhile */
		emit_lease_expired(view, d, bytes_of_pb(cmd->declare_conflict->reading), &reading,
				   assessor);
	else
		emit_related(view, d, assessor, arena_copy(d->arena, bytes_of_id(&m.row.educator)));
	return ACCEPTED;
}
