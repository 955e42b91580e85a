/* Rules on judging: completing a reading, and a lead's word on the rows that two readers dispute.
 */
#include "services/assessment/anchors.h"
#include "services/assessment/decision.h"
#include "services/assessment/rating.h"
#include "services/assessment/review.h"
#include "services/assessment/shared.h"

/* ---- completing a reading ---- */

/* In hand, of the one who asks, and its lease not over: the lease's end and the completion exclude
 * each other, whichever is decided first. A conflict is told before the lease that it ended. */
static enum verdict may_complete(const struct view *view, struct decision *d,
				 const struct reading *reading, const struct submission *row)
{
	struct waiting w = waiting_of(row);
	struct reader reader;

	if (known_reader(view, d, bytes_of_id(&reading->assessor), &reader) != ACCEPTED)
		return REFUSED;
	if (reading->state == READING_COMPLETED)
		return refuse_text(d, ASSESSMENT__REASON__WRONG_STATE,
				   "this reading is completed already");
	if (reading->state == READING_LEFT)
		return refuse_text(d, ASSESSMENT__REASON__WRONG_STATE,
				   "the author has recalled the submission");
	if (reader_conflicts(view, &reader, &w))
		return refuse_text(d, ASSESSMENT__REASON__CONFLICT,
				   "a conflict was declared since this was assigned; "
				   "ask for the next reading");
	if (reading->state == READING_EXPIRED || d->now_us >= reading->until_us)
		return refuse_text(d, ASSESSMENT__REASON__LEASE_OVER,
				   "the lease is over and the submission went back to the queue");
	if (!reading->opened)
		return refuse_text(d, ASSESSMENT__REASON__NOT_OPENED,
				   "open the evidence before you rate it");
	return ACCEPTED;
}

static void emit_completed(struct decision *d, struct bytes submission,
			   Assessment__ReadingCompleted *completed)
{
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	event.body_case = ASSESSMENT__EVENT__BODY_READING_COMPLETED;
	event.reading_completed = completed;
	emit_about(d, submission, &event.base);
}

/* The reply is the last word, whatever the outcome has replied. */
static void complete(const struct view *view, struct decision *d, const struct matter *m,
		     Assessment__ReadingCompleted *completed)
{
	emit_completed(d, m->id, completed);
	outcome_of_reading(view, d, m, completed);
	reply_completed(d);
}

enum verdict decide_complete_reading(const struct view *view, const Assessment__Command *cmd,
				     struct decision *d)
{
	Assessment__ReadingCompleted completed = ASSESSMENT__READING_COMPLETED__INIT;
	const Assessment__CompleteReading *ask = cmd->complete_reading;
	struct reading reading;
	struct matter m;

	if (!is_id(bytes_of_pb(ask->reading)))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID, "reading: 16 bytes are needed");
	if (!reading_get(view, bytes_of_pb(ask->reading), &reading))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_READING,
				   "there is no such reading");
	matter_of_reading(view, d->arena, &reading, &m);
	if (may_complete(view, d, &reading, &m.row) != ACCEPTED)
		return REFUSED;
	const struct rating_rules rules = {
		.rubric = m.entry->rubric,
		.rows = m.received->rows,
		.n_rows = m.received->n_rows,
		.not_among = ASSESSMENT__REASON__ROW_NOT_OPEN,
		.words_min = m.policy->feedback_words_min,
	};
	if (rate_rows(d, &rules, ask->n_ratings, ask->ratings, &completed.ratings) != ACCEPTED)
		return REFUSED;
	completed.n_ratings = rules.n_rows;
	completed.reading = ask->reading;
	completed.submission = pb_of_bytes(m.id);
	completed.assessor = pb_of_id(&reading.assessor);
	completed.ordinal = reading.ordinal;
	if (!reading.anchor && check_shared(view, d, &m, ask, &completed) != ACCEPTED)
		return REFUSED;
	if (reading.anchor)
		complete_anchor(view, d, &m, &reading, &completed);
	else
		complete(view, d, &m, &completed);
	return ACCEPTED;
}

/* ---- adjudication ---- */

static enum verdict may_adjudicate(const struct view *view, struct decision *d,
				   const Assessment__Adjudicate *ask, struct submission *row_r)
{
	struct bytes submission = bytes_of_pb(ask->submission), lead = bytes_of_pb(ask->assessor);
	struct reader reader;
	struct waiting w;

	if (!is_id(lead))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID, "assessor: 16 bytes are needed");
	if (known_submission(view, d, submission, row_r) != ACCEPTED ||
	    known_lead(view, d, lead, row_r, &reader) != ACCEPTED)
		return REFUSED;
	if (row_r->state != STATE_ADJUDICATION && row_r->state != STATE_REVIEW_LEAD)
		return wrong_state(d, row_r, "adjudication");
	w = waiting_of(row_r);
	if (lead_standing(view, &reader, submission, &w) != STANDING_FREE)
		return refuse_text(d, ASSESSMENT__REASON__READ_IT_BEFORE,
				   "you have read this submission or an earlier attempt; "
				   "another lead must do it");
	return ACCEPTED;
}

struct dispute dispute_of(const struct view *view, struct arena *arena, const struct matter *m)
{
	const Assessment__ReadingCompleted *first, *second;
	struct dispute dispute = {0};
	struct review_case c;

	if (m->row.state == STATE_REVIEW_LEAD) {
		review_load(view, arena, m, &c);
		ENSURE(c.fresh != NULL);
		dispute.n = review_disputed(&c, arena, &dispute.rows);
		dispute.review = c.fresh->ordinal;
		return dispute;
	}
	first = completed_get(view, m->id, 1, arena);
	second = completed_get(view, m->id, 2, arena);
	ENSURE(first != NULL && second != NULL);
	dispute.rows = arena_zalloc(arena, (first->n_ratings + 1) * sizeof *dispute.rows);
	dispute.n = disputed_rows(m->entry->rubric, first, second, dispute.rows);
	return dispute;
}

static void emit_adjudicated(struct decision *d, struct bytes submission,
			     Assessment__AdjudicationCompleted *adjudicated)
{
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	event.body_case = ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED;
	event.adjudication_completed = adjudicated;
	emit_about(d, submission, &event.base);
}

enum verdict decide_adjudicate(const struct view *view, const Assessment__Command *cmd,
			       struct decision *d)
{
	Assessment__AdjudicationCompleted adjudicated = ASSESSMENT__ADJUDICATION_COMPLETED__INIT;
	const Assessment__Adjudicate *ask = cmd->adjudicate;
	struct dispute dispute;
	struct submission row;
	struct matter m;

	if (may_adjudicate(view, d, ask, &row) != ACCEPTED)
		return REFUSED;
	matter_load(view, d->arena, bytes_of_pb(ask->submission), &m);
	dispute = dispute_of(view, d->arena, &m);
	const struct rating_rules rules = {
		.rubric = m.entry->rubric,
		.rows = dispute.rows,
		.n_rows = dispute.n,
		.not_among = ASSESSMENT__REASON__ROW_NOT_DISPUTED,
		.words_min = m.policy->feedback_words_min,
	};
	if (rate_rows(d, &rules, ask->n_ratings, ask->ratings, &adjudicated.ratings) != ACCEPTED)
		return REFUSED;
	adjudicated.n_ratings = rules.n_rows;
	adjudicated.submission = ask->submission;
	adjudicated.assessor = ask->assessor;
	adjudicated.review = dispute.review;
	emit_adjudicated(d, m.id, &adjudicated);
	outcome_of_adjudication(view, d, &m, &adjudicated);
	return ACCEPTED;
}
