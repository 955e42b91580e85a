/* What its author is told of a decision: of each row the level, the words, and what made it so. */
#include "services/assessment/decision.h"
#include "services/assessment/query_parts.h"
#include "services/assessment/tables_due.h"

#include <string.h>

/* What the events say of a row. */
struct story {
	const char *reason;                 /* "": it is kept, or was never rated */
	const Assessment__RowRating *fresh; /* by the reader of an appeal; or NULL */
};

static bool names(char *const *rows, size_t n, const char *row)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i], row) == 0)
			return true;
	return false;
}

static bool answers_appeal(const Assessment__ReviewConcluded *c)
{
	for (size_t i = 0; i < c->n_whys; i++)
		if (c->whys[i] == ASSESSMENT__REVIEW_WHY__APPEAL)
			return true;
	return false;
}

/* ---- one event ---- */

static void hear_reading(const Assessment__ReadingCompleted *c, const char *row, struct story *s)
{
	if (rating_of(c->ratings, c->n_ratings, row) == NULL)
		return;
	if (c->ordinal == 1)
		s->reason = "one_reading";
	if (c->ordinal == 2)
		s->reason = "lower_of_two";
}

static void hear_lead(const Assessment__AdjudicationCompleted *a, const char *row, struct story *s)
{
	if (a->review == 0 && rating_of(a->ratings, a->n_ratings, row) != NULL)
		s->reason = "lead";
}

/* Of a row that stays as it is the fresh reader's words count only where it was appealed. */
static void hear_review(struct query *q, const Assessment__ReviewConcluded *c,
			const Assessment__RowResult *result, struct story *s)
{
	const Assessment__AppealFiled *appeal =
		appeal_get(q->view, bytes_of_pb(c->decision), q->arena);
	const Assessment__ReadingCompleted *fresh;
	bool changed = names(c->rows, c->n_rows, result->row);

	if (changed)
		s->reason = "review";
	if (appeal == NULL || !answers_appeal(c) ||
	    (appeal->n_rows > 0 && !names(appeal->rows, appeal->n_rows, result->row)) ||
	    (appeal->n_rows == 0 && !changed && result->met))
		return;
	fresh = completed_get(q->view, bytes_of_pb(c->submission), c->ordinal, q->arena);
	if (fresh != NULL)
		s->fresh = rating_of(fresh->ratings, fresh->n_ratings, result->row);
}

static void hear(struct query *q, const Assessment__Event *e, const Assessment__RowResult *result,
		 struct story *s)
{
	if (e->body_case == ASSESSMENT__EVENT__BODY_READING_COMPLETED)
		hear_reading(e->reading_completed, result->row, s);
	if (e->body_case == ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED)
		hear_lead(e->adjudication_completed, result->row, s);
	if (e->body_case == ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED)
		hear_review(q, e->review_concluded, result, s);
}

/* ---- all of them ---- */

/* Of each row of the decision, in its order. */
static struct story *stories_of(struct query *q, const Assessment__DecisionMade *decision)
{
	struct story *stories = arena_zalloc(q->arena, (decision->n_rows + 1) * sizeof *stories);
	struct scan scan = due_history_scan(q->view, bytes_of_pb(decision->submission));
	const Assessment__Event *e;
	int64_t at_us;

	for (size_t i = 0; i < decision->n_rows; i++)
		stories[i].reason = "";
	while ((e = due_history_next(&scan, q->arena, &at_us)) != NULL)
		for (size_t i = 0; i < decision->n_rows; i++)
			hear(q, e, decision->rows[i], &stories[i]);
	scan_end(&scan);
	return stories;
}

static char *level_code(struct query *q, const Enrollment__Rubric *rubric, uint32_t ordinal)
{
	const Enrollment__Level *level = rubric_level_at(rubric, ordinal);

	return level != NULL ? level->code : copy_text(q, "");
}

static Assessment__RowFeedback *row_feedback(struct query *q, const Enrollment__Rubric *rubric,
					     const Assessment__RowResult *result,
					     const struct story *story)
{
	Assessment__RowFeedback *f =
		MADE(q, Assessment__RowFeedback, ASSESSMENT__ROW_FEEDBACK__INIT);
	const Enrollment__Criterion *row = rubric_row(rubric, result->row);

	f->row = result->row;
	f->title = row != NULL ? row->title : copy_text(q, "");
	f->level = level_code(q, rubric, result->ordinal);
	f->met = result->met;
	f->kept = result->kept;
	f->feedback = feedback_text(q, result->feedback_sha256);
	f->reason = copy_text(q, story->reason);
	if (story->fresh != NULL) {
		f->appeal_level = level_code(q, rubric, story->fresh->ordinal);
		f->appeal_feedback = feedback_text(q, story->fresh->feedback_sha256);
	}
	return f;
}

static Cairn__Status answer_feedback(struct query *q, const struct matter *m)
{
	Assessment__FeedbackAnswer reply = ASSESSMENT__FEEDBACK_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	const Assessment__DecisionMade *decision = decided_get(q->view, m->id, q->arena);
	const struct story *stories;

	ENSURE(decision != NULL);
	stories = stories_of(q, decision);
	reply.rows = arena_zalloc(q->arena, (decision->n_rows + 1) * sizeof *reply.rows);
	for (size_t i = 0; i < decision->n_rows; i++)
		reply.rows[reply.n_rows++] =
			row_feedback(q, m->entry->rubric, decision->rows[i], &stories[i]);
	reply.passed = decision->passed;
	reply.attempt = m->row.attempt;
	body.body_case = ASSESSMENT__ANSWER__BODY_FEEDBACK;
	body.feedback = &reply;
	return query_answer(q, &body.base);
}

Cairn__Status ask_feedback(const Assessment__Query *query, struct query *q)
{
	struct bytes submission = bytes_of_pb(query->get_feedback->submission);
	struct submission row;
	struct matter m;

	if (!is_id(submission))
		return query_refuse(q, CAIRN__STATUS__INVALID, "submission: 16 bytes are needed");
	if (!submission_get(q->view, submission, &row))
		return no_submission(q);
	if (!asked_by(q, bytes_of_id(&row.educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "the submission is another person's");
	if (submission_standing(&row) != STATE_RELEASED)
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "no decision has been released yet");
	matter_load(q->view, q->arena, submission, &m);
	return answer_feedback(q, &m);
}
