/* What each event changes in the tables. */
#include "services/assessment/apply_parts.h"
#include "services/assessment/erasure.h"

#include "libshared/timers.h"
#include "services/assessment/assessment.h"
#include "services/assessment/tables_due.h"
#include "services/assessment/measure.h"
#include "services/assessment/tables_seat.h"

#include <string.h>

/* ---- assessors ---- */

static void apply_assessor_registered(struct txn *txn, const Assessment__Event *event,
				      const struct record *record)
{
	const Assessment__AssessorRegistered *a = event->assessor_registered;
	struct bytes assessor = bytes_of_pb(a->assessor);
	struct assessor row = {.educator = id_of_bytes(bytes_of_pb(a->educator)),
			       .lead = a->lead != 0};

	(void)record;
	for (size_t i = 0; i < a->n_orgs; i++)
		assessor_org_put(txn, assessor, (uint16_t)i, bytes_of_pb(a->orgs[i]));
	if (a->lead)
		lead_put(txn, assessor);
	assessor_put(txn, assessor, &row);
}

static void apply_assessor_retired(struct txn *txn, const Assessment__Event *event,
				   const struct record *record)
{
	struct bytes assessor = bytes_of_pb(event->assessor_retired->assessor);
	struct assessor row;

	(void)record;
	if (!assessor_get(txn_view(txn), assessor, &row)) {
		txn_fault(txn, "assessor_retired: no such assessor");
		return;
	}
	row.retired = 1;
	seats_rest(txn, assessor);
	assessor_leave_indexes(txn, assessor);
	assessor_put(txn, assessor, &row);
}

static void apply_relation_noted(struct txn *txn, const Assessment__Event *event,
				 const struct record *record)
{
	const Assessment__RelationNoted *r = event->relation_noted;

	(void)record;
	relation_put(txn, bytes_of_pb(r->assessor), bytes_of_pb(r->educator));
}

/* Nothing is in the assessor's hand any more. */
static void empty_hand(struct txn *txn, const struct id *assessor)
{
	struct assessor row;

	if (!assessor_get(txn_view(txn), bytes_of_id(assessor), &row)) {
		txn_fault(txn, "a reading of no known assessor");
		return;
	}
	row.holds = ID_NONE;
	assessor_put(txn, bytes_of_id(assessor), &row);
}

/* ---- submissions ---- */

bool submission_in(struct txn *txn, struct bytes submission, struct submission *before_r,
		   struct submission *row_r)
{
	if (!submission_get(txn_view(txn), submission, before_r)) {
		txn_fault(txn, "an event of an unknown submission");
		return false;
	}
	*row_r = *before_r;
	return true;
}

static void apply_submission_received(struct txn *txn, const Assessment__Event *event,
				      const struct record *record)
{
	const Assessment__SubmissionReceived *r = event->submission_received;
	struct submission row = submission_of_received(r);
	struct bytes enrollment = bytes_of_pb(r->enrollment);
	struct journey journey = {0};
	struct clock clock;

	received_put(txn, r);
	submission_put(txn, bytes_of_pb(r->submission), NULL, &row);
	told_put(txn, &row, bytes_of_pb(r->submission));
	journey_get(txn_view(txn), enrollment, &journey);
	journey.educator = row.educator;
	if (r->attempt >= journey.attempts)
		journey.latest = id_of_bytes(bytes_of_pb(r->submission));
	journey.attempts = MAX(journey.attempts, r->attempt);
	clock = clock_get(txn_view(txn), &row);
	clock_start(&clock, record->at_us);
	clock_put(txn, &row, &clock);
	journey_put(txn, enrollment, &journey);
}

void stop_clock(struct txn *txn, const struct submission *row, int64_t at_us)
{
	struct clock clock = clock_get(txn_view(txn), row);

	clock_stop(&clock, at_us);
	clock_put(txn, row, &clock);
}

static void move_to(struct txn *txn, struct bytes submission, uint16_t state)
{
	struct submission before, row;

	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = state;
	submission_put(txn, submission, &before, &row);
}

static void apply_submission_screened(struct txn *txn, const Assessment__Event *event,
				      const struct record *record)
{
	const Assessment__SubmissionScreened *s = event->submission_screened;
	struct bytes submission = bytes_of_pb(s->submission);

	(void)record;
	move_to(txn, submission, STATE_QUEUED);
	timer_set(txn, submission, TIMER_NO_READER, s->no_reader_us);
}

static void apply_returned_incomplete(struct txn *txn, const Assessment__Event *event,
				      const struct record *record)
{
	(void)record;
	move_to(txn, bytes_of_pb(event->returned_incomplete->submission),
		STATE_RETURNED_INCOMPLETE);
}

static void apply_no_eligible_reader(struct txn *txn, const Assessment__Event *event,
				     const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->no_eligible_reader->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.no_reader = 1;
	submission_put(txn, submission, &before, &row);
	timer_clear(txn, submission, TIMER_NO_READER);
}

static void apply_eligible_reader_found(struct txn *txn, const Assessment__Event *event,
					const struct record *record)
{
	const Assessment__EligibleReaderFound *f = event->eligible_reader_found;

	(void)record;
	timer_set(txn, bytes_of_pb(f->submission), TIMER_NO_READER, f->no_reader_us);
}

static void apply_same_reader_waived(struct txn *txn, const Assessment__Event *event,
				     const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->same_reader_waived->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.waived = 1;
	submission_put(txn, submission, &before, &row);
}

static void apply_coaching_recorded(struct txn *txn, const Assessment__Event *event,
				    const struct record *record)
{
	struct bytes enrollment = bytes_of_pb(event->coaching_recorded->enrollment);
	struct journey journey;

	(void)record;
	if (!journey_get(txn_view(txn), enrollment, &journey)) {
		txn_fault(txn, "coaching_recorded: no such enrollment");
		return;
	}
	journey.coach_first = 0;
	journey_put(txn, enrollment, &journey);
}

/* ---- readings ---- */

void take_in_hand(struct txn *txn, struct bytes id, struct reading *reading, int64_t day)
{
	struct bytes assessor = bytes_of_id(&reading->assessor);
	struct assessor row;

	if (!assessor_get(txn_view(txn), assessor, &row)) {
		txn_fault(txn, "a reading is assigned to no known assessor");
		return;
	}
	row.today = row.day == day ? row.today + 1 : 1;
	row.day = day;
	row.holds = id_of_bytes(id);
	assessor_put(txn, assessor, &row);
	reading_put(txn, id, reading);
	timer_set(txn, id, TIMER_LEASE, reading->until_us);
}

/* Where a submission is while the reading of that ordinal is in hand. */
static uint16_t state_in_hand(uint32_t ordinal)
{
	if (ordinal >= REVIEW_ORDINAL)
		return STATE_REVIEW;
	return ordinal == 1 ? STATE_READING : STATE_SECOND_READ;
}

static void apply_reading_assigned(struct txn *txn, const Assessment__Event *event,
				   const struct record *record)
{
	const Assessment__ReadingAssigned *a = event->reading_assigned;
	struct bytes submission = bytes_of_pb(a->submission), id = bytes_of_pb(a->reading);
	struct submission before, row;
	struct reading reading = {
		.submission = id_of_bytes(submission),
		.assessor = id_of_bytes(bytes_of_pb(a->assessor)),
		.until_us = a->until_us,
		.ordinal = (uint16_t)a->ordinal,
		.state = READING_IN_HAND,
	};

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = state_in_hand(a->ordinal);
	row.reading = id_of_bytes(id);
	row.no_reader = 0;
	submission_put(txn, submission, &before, &row);
	take_in_hand(txn, id, &reading, a->day);
	seat_taken(txn, bytes_of_pb(a->assessor), bytes_of_id(&row.entry));
	timer_clear(txn, submission, TIMER_NO_READER);
}

bool end_lease(struct txn *txn, struct bytes id, uint16_t state, struct reading *reading_r)
{
	if (!reading_get(txn_view(txn), id, reading_r)) {
		txn_fault(txn, "an event of an unknown reading");
		return false;
	}
	reading_r->state = state;
	reading_put(txn, id, reading_r);
	empty_hand(txn, &reading_r->assessor);
	timer_clear(txn, id, TIMER_LEASE);
	return true;
}

static void apply_lease_expired(struct txn *txn, const Assessment__Event *event,
				const struct record *record)
{
	const Assessment__LeaseExpired *e = event->lease_expired;
	struct bytes submission = bytes_of_pb(e->submission);
	struct submission before, row;
	struct reading reading;

	(void)record;
	if (!end_lease(txn, bytes_of_pb(e->reading), READING_EXPIRED, &reading) ||
	    !submission_in(txn, submission, &before, &row))
		return;
	row.state = reading.ordinal == 1 ? STATE_QUEUED : state_in_hand(reading.ordinal);
	row.reading = ID_NONE;
	submission_put(txn, submission, &before, &row);
	timer_set(txn, submission, TIMER_NO_READER, e->no_reader_us);
}

static void apply_opening_noted(struct txn *txn, const Assessment__Event *event,
				const struct record *record)
{
	struct bytes id = bytes_of_pb(event->opening_noted->reading);
	struct reading reading;

	(void)record;
	if (!reading_get(txn_view(txn), id, &reading)) {
		txn_fault(txn, "opening_noted: no such reading");
		return;
	}
	reading.opened = 1;
	reading_put(txn, id, &reading);
}

/* What readers write to a person goes when the person is erased (erasure.h). */
static void note_feedback(struct txn *txn, const struct submission *row, size_t n,
			  Assessment__RowRating *const *ratings)
{
	for (size_t i = 0; i < n; i++)
		feedback_put(txn, row, bytes_of_pb(ratings[i]->feedback_sha256));
}

/* The submission's state is moved by the event that follows: second requested, adjudication
 * requested, decision made or review concluded. */
static void apply_reading_completed(struct txn *txn, const Assessment__Event *event,
				    const struct record *record)
{
	const Assessment__ReadingCompleted *c = event->reading_completed;
	struct bytes submission = bytes_of_pb(c->submission);
	struct submission before, row;
	struct reading reading;

	if (!end_lease(txn, bytes_of_pb(c->reading), READING_COMPLETED, &reading) ||
	    !submission_in(txn, submission, &before, &row))
		return;
	row.reading = ID_NONE;
	if (c->ordinal >= REVIEW_ORDINAL)
		row.reviews++;
	else
		row.readings = (uint16_t)c->ordinal;
	if (c->ordinal == 1)
		row.first_reader = reading.assessor;
	submission_put(txn, submission, &before, &row);
	completed_put(txn, c);
	read_at_put(txn, bytes_of_pb(c->assessor), bytes_of_id(&row.entry), record->at_us,
		    submission);
	read_day_add(txn, bytes_of_id(&row.entry), record->at_us);
	note_feedback(txn, &row, c->n_ratings, c->ratings);
	if (c->ordinal == 2)
		measure_second_reading(txn, &row, c);
	read_by_put(txn, bytes_of_id(&row.enrollment), bytes_of_pb(c->assessor), submission, false);
}

static void apply_second_requested(struct txn *txn, const Assessment__Event *event,
				   const struct record *record)
{
	const Assessment__SecondRequested *s = event->second_requested;
	struct bytes submission = bytes_of_pb(s->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = STATE_SECOND_READ;
	row.second_why = (uint16_t)s->why;
	submission_put(txn, submission, &before, &row);
	timer_set(txn, submission, TIMER_NO_READER, s->no_reader_us);
}

static void apply_adjudication_requested(struct txn *txn, const Assessment__Event *event,
					 const struct record *record)
{
	const Assessment__AdjudicationRequested *a = event->adjudication_requested;

	(void)record;
	move_to(txn, bytes_of_pb(a->submission),
		a->review != 0 ? STATE_REVIEW_LEAD : STATE_ADJUDICATION);
}

static void apply_adjudication_completed(struct txn *txn, const Assessment__Event *event,
					 const struct record *record)
{
	const Assessment__AdjudicationCompleted *a = event->adjudication_completed;
	struct bytes submission = bytes_of_pb(a->submission);
	struct submission before, row;

	(void)record;
	if (!submission_in(txn, submission, &before, &row))
		return;
	row.no_reader = 0;
	submission_put(txn, submission, &before, &row);
	adjudicated_put(txn, a);
	note_feedback(txn, &row, a->n_ratings, a->ratings);
	read_by_put(txn, bytes_of_id(&row.enrollment), bytes_of_pb(a->assessor), submission, true);
}

static void apply_submission_left(struct txn *txn, const Assessment__Event *event,
				  const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->submission_left->submission);
	struct submission before, row;
	struct reading reading;

	if (!submission_in(txn, submission, &before, &row))
		return;
	if (!id_is_none(&row.reading))
		end_lease(txn, bytes_of_id(&before.reading), READING_LEFT, &reading);
	row.state = STATE_LEFT;
	row.reading = ID_NONE;
	row.no_reader = 0;
	submission_put(txn, submission, &before, &row);
	timer_clear(txn, submission, TIMER_NO_READER);
	if (strcmp(event->submission_left->why, "passed_meanwhile") == 0)
		stop_clock(txn, &row, record->at_us);
}

/* ---- decisions ---- */

static void apply_decision_made(struct txn *txn, const Assessment__Event *event,
				const struct record *record)
{
	const Assessment__DecisionMade *m = event->decision_made;
	struct bytes submission = bytes_of_pb(m->submission);
	struct submission before, row;

	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = STATE_DECIDED;
	row.decided_us = record->at_us;
	row.review_asked = 0;
	submission_put(txn, submission, &before, &row);
	decided_put(txn, m);
	decision_of_put(txn, bytes_of_pb(m->decision), submission);
	if (m->supersedes.len > 0)
		return; /* counted when it was decided first */
	measure_decision(txn, &row, m);
	decisions_add(txn, bytes_of_id(&row.entry), bytes_of_id(&row.profile));
}

/* A decision on an earlier attempt, made anew by a review, leaves what a later one has shown. */
static bool met_later(const struct view *view, const Assessment__DecisionReleased *r,
		      const char *row)
{
	struct kept kept;

	return kept_get(view, bytes_of_pb(r->enrollment), row, &kept) && kept.attempt > r->attempt;
}

/* What was met now stands for later attempts; what was not, does not. */
static void keep_rows(struct txn *txn, const Assessment__DecisionReleased *r)
{
	struct bytes enrollment = bytes_of_pb(r->enrollment);

	for (size_t i = 0; i < r->n_rows; i++) {
		const Assessment__RowResult *result = r->rows[i];
		struct kept kept = {
			.met_us = result->met_us,
			.ordinal = result->ordinal,
			.attempt = result->attempt,
			.entry_version = r->version,
		};

		if (met_later(txn_view(txn), r, result->row))
			continue;
		if (!result->met)
			kept_delete(txn, enrollment, result->row);
		else if (!result->kept)
			kept_put(txn, enrollment, result->row, &kept);
	}
}

static void apply_decision_released(struct txn *txn, const Assessment__Event *event,
				    const struct record *record)
{
	const Assessment__DecisionReleased *r = event->decision_released;
	struct bytes enrollment = bytes_of_pb(r->enrollment);
	struct bytes submission = bytes_of_pb(r->submission);
	struct submission before, row;
	struct journey journey;

	if (!submission_in(txn, submission, &before, &row))
		return;
	row.state = STATE_RELEASED;
	row.released_us = record->at_us;
	submission_put(txn, submission, &before, &row);
	stop_clock(txn, &row, record->at_us);
	keep_rows(txn, r);
	if (!journey_get(txn_view(txn), enrollment, &journey)) {
		txn_fault(txn, "decision_released: no such enrollment");
		return;
	}
	if (r->attempt >= journey.attempts)
		journey.coach_first = r->coach_next ? 1 : 0;
	if (r->passed || r->attempt >= journey.attempts)
		journey.passed = r->passed ? 1 : 0;
	journey_put(txn, enrollment, &journey);
}

/* ---- documents ---- */

static void apply_entry_noted(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	(void)record;
	entry_put(txn, event->entry_noted);
}

static void apply_profile_noted(struct txn *txn, const Assessment__Event *event,
				const struct record *record)
{
	(void)record;
	profile_put(txn, event->profile_noted->profile);
}

static void apply_policy_noted(struct txn *txn, const Assessment__Event *event,
			       const struct record *record)
{
	policy_put(txn, event->policy_noted->policy);
	start_daily_look(txn, record->at_us);
}

static void apply_calendar_noted(struct txn *txn, const Assessment__Event *event,
				 const struct record *record)
{
	(void)record;
	calendar_put(txn, event->calendar_noted->calendar);
}

static void apply_shared_rows_noted(struct txn *txn, const Assessment__Event *event,
				    const struct record *record)
{
	(void)record;
	shared_rows_put(txn, event->shared_rows_noted);
}

static apply_fn *const applies[] = {
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED] = apply_assessor_registered,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_QUALIFIED] = apply_assessor_qualified,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_RETIRED] = apply_assessor_retired,
	[ASSESSMENT__EVENT__BODY_SEAT_APPLIED] = apply_seat_applied,
	[ASSESSMENT__EVENT__BODY_TRAINING_STARTED] = apply_training_started,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_STARTED] = apply_calibration_started,
	[ASSESSMENT__EVENT__BODY_ANCHOR_RATED] = apply_anchor_rated,
	[ASSESSMENT__EVENT__BODY_ANCHOR_SCORED] = apply_anchor_scored,
	[ASSESSMENT__EVENT__BODY_ANCHOR_WITHDRAWN] = apply_anchor_withdrawn,
	[ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED] = apply_anchor_assigned,
	[ASSESSMENT__EVENT__BODY_ANCHOR_COMPLETED] = apply_anchor_completed,
	[ASSESSMENT__EVENT__BODY_ANCHOR_LEASE_EXPIRED] = apply_anchor_lease_expired,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_CERTIFIED] = apply_assessor_certified,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_FAILED] = apply_calibration_failed,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_PLACED_ON_WATCH] = apply_assessor_placed_on_watch,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED] = apply_assessor_suspended,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REINSTATED] = apply_assessor_reinstated,
	[ASSESSMENT__EVENT__BODY_SEAT_EXPIRY_NOTICED] = apply_seat_expiry_noticed,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED] = apply_assessor_expired,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED] = apply_submission_received,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED] = apply_submission_screened,
	[ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE] = apply_returned_incomplete,
	[ASSESSMENT__EVENT__BODY_READING_ASSIGNED] = apply_reading_assigned,
	[ASSESSMENT__EVENT__BODY_LEASE_EXPIRED] = apply_lease_expired,
	[ASSESSMENT__EVENT__BODY_READING_COMPLETED] = apply_reading_completed,
	[ASSESSMENT__EVENT__BODY_SECOND_REQUESTED] = apply_second_requested,
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED] = apply_adjudication_requested,
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED] = apply_adjudication_completed,
	[ASSESSMENT__EVENT__BODY_DECISION_MADE] = apply_decision_made,
	[ASSESSMENT__EVENT__BODY_DECISION_RELEASED] = apply_decision_released,
	[ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER] = apply_no_eligible_reader,
	[ASSESSMENT__EVENT__BODY_SAME_READER_WAIVED] = apply_same_reader_waived,
	[ASSESSMENT__EVENT__BODY_COACHING_RECORDED] = apply_coaching_recorded,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT] = apply_submission_left,
	[ASSESSMENT__EVENT__BODY_ELIGIBLE_READER_FOUND] = apply_eligible_reader_found,
	[ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED] = apply_review_requested,
	[ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED] = apply_review_concluded,
	[ASSESSMENT__EVENT__BODY_APPEAL_FILED] = apply_appeal_filed,
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED] = apply_integrity_flagged,
	[ASSESSMENT__EVENT__BODY_HOLD_PLACED] = apply_hold_placed,
	[ASSESSMENT__EVENT__BODY_HOLD_CLEARED] = apply_hold_cleared,
	[ASSESSMENT__EVENT__BODY_FOUNDING_PROPOSED] = apply_founding_proposed,
	[ASSESSMENT__EVENT__BODY_FOUNDING_WITHDRAWN] = apply_founding_withdrawn,
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED] = apply_integrity_founded,
	[ASSESSMENT__EVENT__BODY_CLOCK_PAUSED] = apply_clock_paused,
	[ASSESSMENT__EVENT__BODY_CLOCK_RESUMED] = apply_clock_resumed,
	[ASSESSMENT__EVENT__BODY_EDUCATOR_FORGOTTEN] = apply_educator_forgotten,
	[ASSESSMENT__EVENT__BODY_FEEDBACK_PURGED] = apply_feedback_purged,
	[ASSESSMENT__EVENT__BODY_ENTRY_NOTED] = apply_entry_noted,
	[ASSESSMENT__EVENT__BODY_PROFILE_NOTED] = apply_profile_noted,
	[ASSESSMENT__EVENT__BODY_POLICY_NOTED] = apply_policy_noted,
	[ASSESSMENT__EVENT__BODY_CALENDAR_NOTED] = apply_calendar_noted,
	[ASSESSMENT__EVENT__BODY_RELATION_NOTED] = apply_relation_noted,
	[ASSESSMENT__EVENT__BODY_OPENING_NOTED] = apply_opening_noted,
	[ASSESSMENT__EVENT__BODY_SHARED_ROWS_NOTED] = apply_shared_rows_noted,
	[ASSESSMENT__EVENT__BODY_RENEWAL_NOTED] = apply_renewal_noted,
	[ASSESSMENT__EVENT__BODY_ROW_PLACED_UNDER_REVIEW] = apply_row_placed_under_review,
	[ASSESSMENT__EVENT__BODY_ROW_REVIEW_ENDED] = apply_row_review_ended,
	[ASSESSMENT__EVENT__BODY_GAP_FOUND] = apply_gap_found,
	[ASSESSMENT__EVENT__BODY_GAP_ENDED] = apply_gap_ended,
	[ASSESSMENT__EVENT__BODY_SURGE_REQUESTED] = apply_surge_requested,
	[ASSESSMENT__EVENT__BODY_SURGE_ENDED] = apply_surge_ended,
	[ASSESSMENT__EVENT__BODY_DAY_LOOKED] = apply_day_looked,
	[ASSESSMENT__EVENT__BODY_ORG_NOTED] = apply_org_noted,
};

void assessment_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	const Assessment__Event *e = (const Assessment__Event *)event;

	if (e->body_case < ARRAY_LEN(applies) && applies[e->body_case] != NULL)
		applies[e->body_case](txn, e, record);
	if (event_explains(e->body_case))
		due_history_put(txn, bytes_of_id(&record->entity), record->seq, record->at_us,
				record->payload);
}
