/* What follows a completed reading or adjudication: a second reading, an adjudication, or the
 * decision. */
#include "services/assessment/decision.h"
#include "services/assessment/rules.h"
#include "services/assessment/tables_report.h"

#include <string.h>

void reply_outcome(struct decision *d, uint16_t state, const Assessment__DecisionMade *made)
{
	Assessment__OutcomeReceipt receipt = ASSESSMENT__OUTCOME_RECEIPT__INIT;
	Assessment__Answer reply = ASSESSMENT__ANSWER__INIT;

	receipt.state = arena_text(d->arena, bytes_of_text(submission_state_word(state)));
	receipt.decided = made != NULL;
	receipt.passed = made != NULL && made->passed;
	reply.body_case = ASSESSMENT__ANSWER__BODY_OUTCOME;
	reply.outcome = &receipt;
	answer(d, &reply.base);
}

/* ---- the decision ---- */

/* Rows that are not open in this attempt stand as they were met. */
static void add_kept(const struct view *view, struct decision *d, const struct matter *m,
		     struct case_file *file)
{
	const Enrollment__Rubric *rubric = m->entry->rubric;
	Assessment__RowResult **list =
		arena_zalloc(d->arena, (rubric->n_criteria + 1) * sizeof *list);

	for (size_t i = 0; i < rubric->n_criteria; i++) {
		Assessment__RowResult *result;
		struct kept kept;

		if (!kept_get(view, bytes_of_id(&m->row.enrollment), rubric->criteria[i]->code,
			      &kept))
			continue;
		result = NEW(d, Assessment__RowResult, ASSESSMENT__ROW_RESULT__INIT);
		result->row = rubric->criteria[i]->code;
		result->ordinal = kept.ordinal;
		result->met = true;
		result->kept = true;
		result->attempt = kept.attempt;
		result->met_us = kept.met_us;
		list[file->n_kept++] = result;
	}
	file->kept = list;
}

void emit_submission_left(struct decision *d, struct bytes submission, const char *why)
{
	Assessment__SubmissionLeft left = ASSESSMENT__SUBMISSION_LEFT__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	left.submission = pb_of_bytes(submission);
	left.why = arena_text(d->arena, bytes_of_text(why));
	event.body_case = ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT;
	event.submission_left = &left;
	emit_about(d, submission, &event.base);
}

/* A pass after all: a later attempt that is still to be decided is not needed any more. An
 * integrity case of it goes on. */
static void spare_later_attempt(const struct view *view, struct decision *d, const struct matter *m)
{
	struct journey journey;
	struct submission later;
	struct bytes latest;

	if (!journey_get(view, bytes_of_id(&m->row.enrollment), &journey))
		return;
	latest = bytes_of_id(&journey.latest);
	if (bytes_equal(latest, m->id) || !submission_get(view, latest, &later) ||
	    later.attempt <= m->row.attempt || later.decided_us != 0 ||
	    !submission_is_open(later.state) || later.state == STATE_HELD)
		return;
	emit_submission_left(d, arena_copy(d->arena, latest), "passed_meanwhile");
}

/* A pass that a review takes back is taken back where it has gone, by its reader and its lead. */
void emit_released(const struct view *view, struct decision *d, const struct matter *m,
		   const Assessment__DecisionMade *made, int64_t decided_us)
{
	Assessment__DecisionReleased released = ASSESSMENT__DECISION_RELEASED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	released.decision = made->decision;
	released.submission = made->submission;
	released.enrollment = m->received->enrollment;
	released.educator = m->received->educator;
	released.entry = m->received->entry;
	released.version = m->received->version;
	released.attempt = m->received->attempt;
	released.passed = made->passed;
	released.n_rows = made->n_rows;
	released.rows = made->rows;
	released.reads = made->reads;
	released.profile = m->received->profile;
	released.profile_version = m->received->profile_version;
	released.sealed_us = m->received->sealed_us;
	released.decided_us = decided_us;
	released.coach_next =
		!made->passed && m->received->attempt >= m->profile->attempts_before_coaching;
	released.manifest_sha256 = m->received->manifest_sha256;
	released.supersedes = made->supersedes;
	if (!made->passed) {
		released.reader = made->reader;
		released.lead = made->lead;
	}
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_RELEASED;
	event.decision_released = &released;
	emit_about(d, m->id, &event.base);
	if (made->passed)
		spare_later_attempt(view, d, m);
}

static void conclude(const struct view *view, struct decision *d, const struct matter *m,
		     struct case_file *file)
{
	Assessment__DecisionMade made = ASSESSMENT__DECISION_MADE__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	bool batch = strcmp(m->profile->release, "batch") == 0;

	file->rubric = m->entry->rubric;
	file->attempt = m->row.attempt;
	file->decided_us = d->now_us;
	add_kept(view, d, m, file);
	decision_make(file, d->arena, &made);
	made.decision = pb_of_bytes(new_id(d));
	made.submission = pb_of_bytes(m->id);
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_MADE;
	event.decision_made = &made;
	emit_about(d, m->id, &event.base);
	if (!batch)
		emit_released(view, d, m, &made, d->now_us);
	reply_outcome(d, batch ? STATE_DECIDED : STATE_RELEASED, &made);
}

/* ---- what comes before it ---- */

static void request_second(const struct view *view, struct decision *d, const struct matter *m,
			   const Assessment__ReadingCompleted *first, Assessment__SecondWhy why)
{
	Assessment__SecondRequested second = ASSESSMENT__SECOND_REQUESTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	second.submission = pb_of_bytes(m->id);
	second.why = why;
	second.no_reader_us = look_again_us(view, d, m->id, &m->row, bytes_of_pb(first->assessor),
					    m->policy->no_reader_minutes);
	event.body_case = ASSESSMENT__EVENT__BODY_SECOND_REQUESTED;
	event.second_requested = &second;
	emit_about(d, m->id, &event.base);
}

/* A lead who is free of it is looked for at once; when there is none, somebody must be told. */
void request_adjudication(const struct view *view, struct decision *d, const struct matter *m,
			  const Assessment__ReadingCompleted *last, const struct dispute *dispute)
{
	Assessment__AdjudicationRequested request = ASSESSMENT__ADJUDICATION_REQUESTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	request.submission = pb_of_bytes(m->id);
	request.n_rows = dispute->n;
	request.rows = dispute->rows;
	request.review = dispute->review;
	event.body_case = ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED;
	event.adjudication_requested = &request;
	emit_about(d, m->id, &event.base);
	if (!find_lead(view, m->id, &m->row, bytes_of_pb(last->assessor)))
		emit_no_eligible_reader(d, m->id);
}

static bool is_on_watch(const struct view *view, struct bytes assessor,
			const struct submission *row)
{
	struct qualification seat;

	return qualification_get(view, assessor, bytes_of_id(&row->entry), &seat) &&
	       seat.state == SEAT_WATCH;
}

static void outcome_of_first(const struct view *view, struct decision *d, const struct matter *m,
			     const Assessment__ReadingCompleted *first)
{
	const struct edition edition = edition_of(&m->row);
	const struct second_signs signs = {
		.sampled = in_sample(d->caps->noise_key, m->id, m->profile->second_read_permille),
		.borderline = is_borderline(m->entry->rubric, first,
					    m->policy->borderline_confidence_below),
		.row_under_review = row_review_any(view, &edition),
		.on_watch = is_on_watch(view, bytes_of_pb(first->assessor), &m->row),
		.flagged = m->row.flagged,
	};
	Assessment__SecondWhy why = second_why(m->profile, &signs);
	struct case_file file = {.first = first};

	if (why != ASSESSMENT__SECOND_WHY__WHY_UNSPECIFIED)
		request_second(view, d, m, first, why);
	else
		conclude(view, d, m, &file);
}

static void outcome_of_second(const struct view *view, struct decision *d, const struct matter *m,
			      const Assessment__ReadingCompleted *second)
{
	struct case_file file = {.second = second};
	struct dispute dispute = {0};

	file.first = completed_get(view, m->id, 1, d->arena);
	ENSURE(file.first != NULL);
	dispute.rows = arena_zalloc(d->arena, (file.first->n_ratings + 1) * sizeof *dispute.rows);
	dispute.n = disputed_rows(m->entry->rubric, file.first, second, dispute.rows);
	if (dispute.n > 0)
		request_adjudication(view, d, m, second, &dispute);
	else
		conclude(view, d, m, &file);
	emit_row_reviews(view, d, m, file.first, second);
}

void outcome_of_reading(const struct view *view, struct decision *d, const struct matter *m,
			const Assessment__ReadingCompleted *completed)
{
	if (completed->ordinal == 1)
		outcome_of_first(view, d, m, completed);
	else if (completed->ordinal >= REVIEW_ORDINAL)
		outcome_of_review(view, d, m, completed);
	else
		outcome_of_second(view, d, m, completed);
}

void outcome_of_adjudication(const struct view *view, struct decision *d, const struct matter *m,
			     const Assessment__AdjudicationCompleted *adjudicated)
{
	struct case_file file = {.adjudication = adjudicated};

	if (adjudicated->review != 0) {
		outcome_of_review_lead(view, d, m, adjudicated);
		return;
	}
	file.first = completed_get(view, m->id, 1, d->arena);
	file.second = completed_get(view, m->id, 2, d->arena);
	ENSURE(file.first != NULL && file.second != NULL);
	conclude(view, d, m, &file);
}
