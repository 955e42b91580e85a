/* What assessment's events mean here: grants are written and closed, portfolios open again. */
#include "services/evidence/follow.h"

#include "proto/assessment.pb-c.h"
#include "services/evidence/tables_retention.h"

#define OF_ASSESSMENT(event) ((const Assessment__Event *)(event))

/* ---- assessment: people ---- */

static void emit_assessor(struct decision *d, Evidence__AssessorNoted *noted)
{
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	ours.assessor_noted = noted;
	emit_event(d, bytes_of_pb(noted->assessor), &ours, EVIDENCE__EVENT__BODY_ASSESSOR_NOTED);
}

/* Kept because a lead takes the grant for an adjudication here. */
enum verdict on_assessor_registered(const struct view *view, const ProtobufCMessage *event,
				    struct decision *d)
{
	const Assessment__AssessorRegistered *registered =
		OF_ASSESSMENT(event)->assessor_registered;
	Evidence__AssessorNoted noted = EVIDENCE__ASSESSOR_NOTED__INIT;

	(void)view;
	noted.assessor = registered->assessor;
	noted.n_orgs = registered->n_orgs;
	noted.orgs = registered->orgs;
	noted.educator = registered->educator;
	noted.lead = registered->lead;
	emit_assessor(d, &noted);
	brings(d, AWAIT_ASSESSOR, bytes_of_pb(registered->assessor));
	return ACCEPTED;
}

enum verdict on_assessor_retired(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	struct bytes assessor = bytes_of_pb(OF_ASSESSMENT(event)->assessor_retired->assessor);
	const Evidence__AssessorNoted *known = assessor_get(view, assessor, d->arena);
	Evidence__AssessorNoted noted;

	if (known == NULL)
		return await(d, AWAIT_ASSESSOR, assessor);
	noted = *known;
	noted.retired = true;
	emit_assessor(d, &noted);
	return ACCEPTED;
}

/* ---- assessment: readings ---- */

/* It is out, or decided and read once more; false: it has left, or its teacher was erased. */
static bool may_be_read(const struct view *view, const struct submission *row)
{
	struct portfolio portfolio;

	ENSURE(portfolio_get(view, bytes_of_id(&row->portfolio), &portfolio));
	return row->state != SUBMISSION_RECALLED && row->state != SUBMISSION_RETURNED &&
	       portfolio.standing != STANDING_FORGOTTEN;
}

static void emit_grant(struct decision *d, Evidence__GrantWritten *written)
{
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	ours.grant_written = written;
	emit_event(d, bytes_of_pb(written->submission), &ours, EVIDENCE__EVENT__BODY_GRANT_WRITTEN);
}

enum verdict on_reading_assigned(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	const Assessment__ReadingAssigned *assigned = OF_ASSESSMENT(event)->reading_assigned;
	struct bytes submission = bytes_of_pb(assigned->submission);
	Evidence__GrantWritten written = EVIDENCE__GRANT_WRITTEN__INIT;
	struct submission row;
	struct grant known;

	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	/* Recalled while it was being assigned: assessment hears of it and takes it back. What is
	 * decided is read once more by a review. */
	if (!may_be_read(view, &row) || grant_get(view, bytes_of_pb(assigned->reading), &known))
		return ACCEPTED;
	written.reading = assigned->reading;
	written.submission = assigned->submission;
	written.assessor = assigned->assessor;
	written.until_us = assigned->until_us;
	emit_grant(d, &written);
	return ACCEPTED;
}

/* Decided long ago, and read once more by somebody who calibrates: the author notices nothing. */
enum verdict on_anchor_assigned(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	const Assessment__AnchorAssigned *assigned = OF_ASSESSMENT(event)->anchor_assigned;
	struct bytes submission = bytes_of_pb(assigned->submission);
	Evidence__GrantWritten written = EVIDENCE__GRANT_WRITTEN__INIT;
	struct submission row;
	struct portfolio portfolio;

	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	ENSURE(portfolio_get(view, bytes_of_id(&row.portfolio), &portfolio));
	if (portfolio.standing == STANDING_FORGOTTEN)
		return ACCEPTED;
	written.reading = assigned->reading;
	written.submission = assigned->submission;
	written.assessor = assigned->assessor;
	written.until_us = assigned->until_us;
	emit_grant(d, &written);
	return ACCEPTED;
}

/* A reading without a grant was of a submission that had left. */
static enum verdict reading_over(const struct view *view, ProtobufCBinaryData reading,
				 const char *why, struct decision *d)
{
	Evidence__GrantClosed closed = EVIDENCE__GRANT_CLOSED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;
	struct grant grant;

	if (!grant_get(view, bytes_of_pb(reading), &grant) || !grant.open)
		return ACCEPTED;
	closed.reading = reading;
	closed.why = arena_text(d->arena, bytes_of_text(why));
	ours.grant_closed = &closed;
	emit_event(d, bytes_of_id(&grant.submission), &ours, EVIDENCE__EVENT__BODY_GRANT_CLOSED);
	return ACCEPTED;
}

enum verdict on_lease_expired(const struct view *view, const ProtobufCMessage *event,
			      struct decision *d)
{
	return reading_over(view, OF_ASSESSMENT(event)->lease_expired->reading, "lease_expired", d);
}

enum verdict on_reading_completed(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	return reading_over(view, OF_ASSESSMENT(event)->reading_completed->reading, "completed", d);
}

enum verdict on_anchor_lease_expired(const struct view *view, const ProtobufCMessage *event,
				     struct decision *d)
{
	return reading_over(view, OF_ASSESSMENT(event)->anchor_lease_expired->reading,
			    "lease_expired", d);
}

enum verdict on_anchor_completed(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	return reading_over(view, OF_ASSESSMENT(event)->anchor_completed->reading, "completed", d);
}

static void emit_adjudication(struct decision *d, struct bytes submission, bool wanted)
{
	Evidence__AdjudicationNoted noted = EVIDENCE__ADJUDICATION_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	noted.submission = pb_of_bytes(submission);
	noted.wanted = wanted;
	ours.adjudication_noted = &noted;
	emit_event(d, submission, &ours, EVIDENCE__EVENT__BODY_ADJUDICATION_NOTED);
}

enum verdict on_adjudication_requested(const struct view *view, const ProtobufCMessage *event,
				       struct decision *d)
{
	struct bytes submission =
		bytes_of_pb(OF_ASSESSMENT(event)->adjudication_requested->submission);
	struct submission row;

	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	if (may_be_read(view, &row))
		emit_adjudication(d, submission, true);
	return ACCEPTED;
}

enum verdict on_adjudication_completed(const struct view *view, const ProtobufCMessage *event,
				       struct decision *d)
{
	struct bytes submission =
		bytes_of_pb(OF_ASSESSMENT(event)->adjudication_completed->submission);
	struct submission row;

	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	if (row.adjudication)
		emit_adjudication(d, submission, false);
	emit_grants_closed(view, d, submission, "adjudicated");
	return ACCEPTED;
}

/* ---- assessment: outcomes ---- */

/* What opens for the next seal. */
struct reopening {
	struct codes rows, requirements;
	bool coach_first;
	uint32_t attempt;
};

static void emit_reopened(struct decision *d, struct bytes portfolio, struct bytes submission,
			  const struct reopening *r)
{
	Evidence__PortfolioReopened reopened = EVIDENCE__PORTFOLIO_REOPENED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	reopened.portfolio = pb_of_bytes(portfolio);
	reopened.submission = pb_of_bytes(submission);
	reopened.n_rows = r->rows.n;
	reopened.rows = r->rows.codes;
	reopened.n_requirements = r->requirements.n;
	reopened.requirements = r->requirements.codes;
	reopened.coach_first = r->coach_first;
	reopened.attempt = r->attempt;
	ours.portfolio_reopened = &reopened;
	emit_event(d, portfolio, &ours, EVIDENCE__EVENT__BODY_PORTFOLIO_REOPENED);
}

/* The submission and the portfolio whose turn it is; AWAITING: not known here. */
static enum verdict need_submission(const struct view *view, struct bytes submission,
				    struct decision *d, struct submission *row_r,
				    struct work *work_r)
{
	if (!submission_get(view, submission, row_r))
		return await(d, AWAIT_SUBMISSION, submission);
	ENSURE(work_load(view, arena_copy(d->arena, bytes_of_id(&row_r->portfolio)), d->arena,
			 work_r));
	return ACCEPTED;
}

static bool is_current(const struct work *work, struct bytes submission)
{
	return work->row.stage == STAGE_SEALED &&
	       bytes_equal(bytes_of_id(&work->row.submission), submission);
}

static struct codes unmet_rows(const Assessment__DecisionReleased *released, struct arena *arena)
{
	struct codes rows = {0, arena_alloc(arena, (released->n_rows + 1) * sizeof *rows.codes)};

	for (size_t i = 0; i < released->n_rows; i++)
		if (!released->rows[i]->met)
			rows.codes[rows.n++] = released->rows[i]->row;
	return rows;
}

static void emit_passed(struct decision *d, const struct work *work, struct bytes submission)
{
	Evidence__PortfolioClosed closed = EVIDENCE__PORTFOLIO_CLOSED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;
	char why[] = "passed";

	closed.portfolio = pb_of_bytes(work->id);
	closed.why = why;
	closed.submission = pb_of_bytes(submission);
	ours.portfolio_closed = &closed;
	emit_event(d, work->id, &ours, EVIDENCE__EVENT__BODY_PORTFOLIO_CLOSED);
}

static void reopen(struct decision *d, const struct work *work,
		   const Assessment__DecisionReleased *released, uint32_t attempt)
{
	struct reopening r = {.coach_first = released->coach_next, .attempt = attempt};

	r.rows = unmet_rows(released, d->arena);
	r.requirements = requirements_of_rows(work->entry, r.rows, d->arena);
	emit_reopened(d, work->id, bytes_of_pb(released->submission), &r);
}

/* The attempt that follows the one that was sealed last. */
static uint32_t next_attempt(const struct view *view, const struct work *work, struct arena *arena)
{
	const Evidence__SubmissionSealed *last =
		sealed_get(view, bytes_of_id(&work->row.submission), arena);

	return last != NULL ? last->attempt + 1 : work->row.attempt;
}

/* A review has made the decision anew. A pass closes the portfolio whatever is open or out: the
 * pass wins over a later attempt, which assessment lets go. A pass taken back opens it again. What
 * this decision had opened opens anew, with fewer rows. Else a later attempt is out or decided, and
 * stands on its own. */
static enum verdict decided_anew(const struct view *view, struct decision *d,
				 const struct work *work,
				 const Assessment__DecisionReleased *released)
{
	struct bytes submission = bytes_of_pb(released->submission);
	bool opened_by_it = bytes_equal(bytes_of_id(&work->row.decided), submission);
	bool last = bytes_equal(bytes_of_id(&work->row.submission), submission);

	if (work->row.stage == STAGE_VOIDED)
		return ACCEPTED;
	if (released->passed) {
		if (work->row.stage != STAGE_PASSED)
			emit_passed(d, work, submission);
		return ACCEPTED;
	}
	if (work->row.stage == STAGE_PASSED && (opened_by_it || last))
		reopen(d, work, released, next_attempt(view, work, d->arena));
	else if (work->row.stage == STAGE_OPEN && opened_by_it)
		reopen(d, work, released, work->row.attempt);
	return ACCEPTED;
}

/* Passed: the portfolio is closed. Not yet: what unmet rows are judged by opens again, also when
 * the enrollment has lapsed meanwhile; it may be resumed. */
enum verdict on_decision_released(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	const Assessment__DecisionReleased *released = OF_ASSESSMENT(event)->decision_released;
	struct bytes submission = bytes_of_pb(released->submission);
	struct submission row;
	struct work work;

	if (need_submission(view, submission, d, &row, &work) == AWAITING)
		return AWAITING;
	emit_grants_closed(view, d, submission, "decided");
	if (is_current(&work, submission)) {
		if (released->passed)
			emit_passed(d, &work, submission);
		else
			reopen(d, &work, released, work.row.attempt + 1);
		return ACCEPTED;
	}
	if (released->supersedes.len > 0)
		return decided_anew(view, d, &work, released);
	return ACCEPTED;
}

/* Nobody reads it any more: recalled, which is our own event told back, or not needed. */
enum verdict on_submission_left(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	struct bytes submission = bytes_of_pb(OF_ASSESSMENT(event)->submission_left->submission);
	struct submission row;

	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	emit_grants_closed(view, d, submission, "left");
	return ACCEPTED;
}

/* It voids this work, not the person: a later attempt stands on its own. */
enum verdict on_integrity_founded(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	struct bytes submission = bytes_of_pb(OF_ASSESSMENT(event)->integrity_founded->submission);
	struct submission row;
	struct work work;
	bool last;

	if (need_submission(view, submission, d, &row, &work) == AWAITING)
		return AWAITING;
	emit_grants_closed(view, d, submission, "voided");
	last = bytes_equal(bytes_of_id(&work.row.submission), submission);
	if (is_current(&work, submission) || (work.row.stage == STAGE_PASSED && last))
		emit_closed(d, work.id, "voided");
	return ACCEPTED;
}

/* Not an attempt: what was open for it is open again. */
enum verdict on_returned_incomplete(const struct view *view, const ProtobufCMessage *event,
				    struct decision *d)
{
	struct bytes submission =
		bytes_of_pb(OF_ASSESSMENT(event)->returned_incomplete->submission);
	struct submission row;
	struct reopening r;
	struct work work;

	if (need_submission(view, submission, d, &row, &work) == AWAITING)
		return AWAITING;
	emit_grants_closed(view, d, submission, "returned");
	if (!is_current(&work, submission))
		return ACCEPTED;
	r.rows = open_rows(&work, d->arena);
	r.requirements = work.reopening == NULL ? all_requirements(work.entry, d->arena)
						: (struct codes){work.reopening->n_requirements,
								 work.reopening->requirements};
	r.coach_first = false;
	r.attempt = work.row.attempt;
	emit_reopened(d, work.id, submission, &r);
	return ACCEPTED;
}

/* The meeting was held: the next attempt may be sealed. */
enum verdict on_coaching_recorded(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	struct bytes portfolio = bytes_of_pb(OF_ASSESSMENT(event)->coaching_recorded->enrollment);
	struct reopening r;
	struct work work;

	if (!work_load(view, portfolio, d->arena, &work))
		return await(d, AWAIT_PORTFOLIO, portfolio);
	if (!work.row.coach_first || work.reopening == NULL)
		return ACCEPTED;
	r.rows = open_rows(&work, d->arena);
	r.requirements =
		(struct codes){work.reopening->n_requirements, work.reopening->requirements};
	r.coach_first = false;
	r.attempt = work.row.attempt;
	emit_reopened(d, work.id, bytes_of_pb(work.reopening->submission), &r);
	return ACCEPTED;
}

/* The end of an appeal: the time that bytes are kept counts from here; a decision may follow. */
enum verdict on_review_concluded(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	const Assessment__ReviewConcluded *concluded = OF_ASSESSMENT(event)->review_concluded;
	Evidence__RetentionSet set = EVIDENCE__RETENTION_SET__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;
	struct submission row;
	struct retention kept;
	bool appeal = false;

	for (size_t i = 0; i < concluded->n_whys; i++)
		appeal = appeal || concluded->whys[i] == ASSESSMENT__REVIEW_WHY__APPEAL;
	if (!submission_get(view, bytes_of_pb(concluded->submission), &row))
		return await(d, AWAIT_SUBMISSION, bytes_of_pb(concluded->submission));
	if (!appeal || !retention_get(view, bytes_of_id(&row.portfolio), &kept) ||
	    kept.what != EVIDENCE__RETAINED__BYTES)
		return ACCEPTED;
	set.portfolio = pb_of_id(&row.portfolio);
	set.what = EVIDENCE__RETAINED__BYTES;
	set.from_us = set.until_us = d->now_us; /* the timer reckons until when */
	ours.retention_set = &set;
	emit_event(d, bytes_of_id(&row.portfolio), &ours, EVIDENCE__EVENT__BODY_RETENTION_SET);
	return ACCEPTED;
}
