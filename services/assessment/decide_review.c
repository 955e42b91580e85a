/* Rules on reviews: asking for one, and what its fresh reading, or the lead after it, comes to. */
#include "services/assessment/review.h"
#include "services/assessment/rules.h"
#include "services/assessment/tables_due.h"

#include "libshared/calendar.h"

#include <string.h>

/* ---- asking ---- */

bool may_be_reviewed(const struct submission *row, Assessment__ReviewWhy why)
{
	uint16_t standing = submission_standing(row);

	return (standing == STATE_DECIDED || standing == STATE_RELEASED) &&
	       (row->review_asked & REVIEW_BIT(why)) == 0;
}

/* A review under way keeps its date. */
int64_t review_due_us(const struct view *view, struct decision *d, const struct submission *row)
{
	const Enrollment__Policy *policy = policy_get(view, row->policy_version, d->arena);
	const Enrollment__Calendar *calendar = calendar_get(view, 0, d->arena);

	if (submission_in_review(row))
		return row->review_due_us;
	ENSURE(policy != NULL && calendar != NULL); /* it has been read under both */
	return business_deadline_us(d->caps->zones, calendar, d->now_us,
				    policy->appeal_business_days);
}

/* As it will wait: what decides who may read it is not the same as in the queue. */
static int64_t no_reader_us(const struct view *view, struct decision *d, struct bytes submission,
			    const struct submission *row)
{
	const Enrollment__Policy *policy = policy_get(view, row->policy_version, d->arena);
	struct submission waiting = *row;

	waiting.state = STATE_REVIEW;
	return look_again_us(view, d, submission, &waiting, BYTES_NONE, policy->no_reader_minutes);
}

bool emit_review_requested(const struct view *view, struct decision *d, struct bytes submission,
			   Assessment__ReviewWhy why)
{
	Assessment__ReviewRequested request = ASSESSMENT__REVIEW_REQUESTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct submission row;

	if (!submission_get(view, submission, &row) || !may_be_reviewed(&row, why))
		return false;
	request.submission = pb_of_bytes(submission);
	request.decision = decided_get(view, submission, d->arena)->decision;
	request.why = why;
	request.due_us = review_due_us(view, d, &row);
	if (!submission_in_review(&row))
		request.no_reader_us = no_reader_us(view, d, submission, &row);
	request.tzdata = arena_text(d->arena, bytes_of_text(zones_version(d->caps->zones)));
	event.body_case = ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED;
	event.review_requested = &request;
	emit_about(d, submission, &event.base);
	return true;
}

/* An operator may have anything that is decided read once more. Asked twice, it is read once. */
enum verdict decide_request_review(const struct view *view, const Assessment__Command *cmd,
				   struct decision *d)
{
	const Assessment__RequestReview *ask = cmd->request_review;
	struct bytes submission = bytes_of_pb(ask->submission);
	struct submission row;
	uint16_t standing;

	if (ask->why != ASSESSMENT__REVIEW_WHY__BACK_READ &&
	    ask->why != ASSESSMENT__REVIEW_WHY__FAIRNESS &&
	    ask->why != ASSESSMENT__REVIEW_WHY__INTEGRITY)
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "why: back_read, fairness or integrity is needed; an appeal is "
				   "the earner's own");
	if (known_submission(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	standing = submission_standing(&row);
	if (standing != STATE_DECIDED && standing != STATE_RELEASED)
		return wrong_state(d, &row, "decided or released");
	emit_review_requested(view, d, submission, ask->why);
	return ACCEPTED;
}

/* ---- the outcome ---- */

void review_load(const struct view *view, struct arena *arena, const struct matter *m,
		 struct review_case *c_r)
{
	const Assessment__AppealFiled *appeal;

	*c_r = (struct review_case){
		.rubric = m->entry->rubric,
		.standing = decided_get(view, m->id, arena),
		.fresh = completed_get(view, m->id, REVIEW_ORDINAL + m->row.reviews - 1u, arena),
		.whys = m->row.review_whys,
		.attempt = m->row.attempt,
	};
	ENSURE(c_r->standing != NULL);
	appeal = appeal_get(view, bytes_of_pb(c_r->standing->decision), arena);
	if (appeal != NULL) {
		c_r->appealed = appeal->rows;
		c_r->n_appealed = appeal->n_rows;
	}
}

size_t review_disputed(const struct review_case *c, struct arena *arena, char ***rows_r)
{
	*rows_r = arena_zalloc(arena, (c->fresh->n_ratings + 1) * sizeof **rows_r);
	return review_rows(c, *rows_r);
}

static void emit_concluded(struct decision *d, const struct matter *m, const struct review_case *c,
			   size_t n_rows, char **rows)
{
	Assessment__ReviewConcluded concluded = ASSESSMENT__REVIEW_CONCLUDED__INIT;
	Assessment__ReviewWhy whys[16];
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	for (unsigned why = 1; why < ARRAY_LEN(whys); why++)
		if ((c->whys & REVIEW_BIT(why)) != 0)
			whys[concluded.n_whys++] = (Assessment__ReviewWhy)why;
	concluded.whys = whys;
	concluded.submission = pb_of_bytes(m->id);
	concluded.decision = c->standing->decision;
	concluded.ordinal = c->fresh->ordinal;
	concluded.n_rows = n_rows;
	concluded.rows = rows;
	event.body_case = ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED;
	event.review_concluded = &concluded;
	emit_about(d, m->id, &event.base);
}

/* The decision that takes the place of the standing one; released where that one was. */
static const Assessment__DecisionMade *overturn(const struct view *view, struct decision *d,
						const struct matter *m, struct review_case *c)
{
	Assessment__DecisionMade *made =
		NEW(d, Assessment__DecisionMade, ASSESSMENT__DECISION_MADE__INIT);
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	c->decided_us = d->now_us;
	review_decide(c, d->arena, made);
	made->decision = pb_of_bytes(new_id(d));
	made->submission = pb_of_bytes(m->id);
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_MADE;
	event.decision_made = made;
	emit_about(d, m->id, &event.base);
	if (m->row.review_from == STATE_RELEASED)
		emit_released(view, d, m, made, d->now_us);
	return made;
}

/* Whoever read it hears what any reader hears: of a decision, not of a review. */
static void conclude(const struct view *view, struct decision *d, const struct matter *m,
		     struct review_case *c)
{
	const Assessment__DecisionMade *stands = c->standing;
	char **rows;
	size_t n = review_disputed(c, d->arena, &rows);

	emit_concluded(d, m, c, n, rows);
	if ((c->whys & REVIEW_BIT(ASSESSMENT__REVIEW_WHY__APPEAL)) != 0)
		emit_appeal_decided(view, d, m, c);
	if (n > 0)
		stands = overturn(view, d, m, c);
	reply_outcome(d, m->row.review_from, stands);
}

void outcome_of_review(const struct view *view, struct decision *d, const struct matter *m,
		       const Assessment__ReadingCompleted *fresh)
{
	struct review_case c;
	char **rows;
	size_t n;

	review_load(view, d->arena, m, &c);
	c.fresh = fresh;
	n = review_disputed(&c, d->arena, &rows);
	if (n > 0 && review_needs_lead(c.whys)) {
		const struct dispute dispute = {n, rows, fresh->ordinal};

		request_adjudication(view, d, m, fresh, &dispute);
	} else {
		conclude(view, d, m, &c);
	}
}

void outcome_of_review_lead(const struct view *view, struct decision *d, const struct matter *m,
			    const Assessment__AdjudicationCompleted *lead)
{
	struct review_case c;

	review_load(view, d->arena, m, &c);
	c.lead = lead;
	conclude(view, d, m, &c);
}
