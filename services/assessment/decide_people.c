/* Rules on assessors and teachers: who assesses at all, what a lead may waive, the coach's meeting.
 */
#include "services/assessment/rules.h"

static enum verdict check_registration(const struct view *view,
				       const Assessment__RegisterAssessor *ask, struct decision *d)
{
	struct bytes assessor = bytes_of_pb(ask->assessor);
	struct assessor row;

	if (!is_id(assessor))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID, "assessor: 16 bytes are needed");
	if (ask->educator.len != 0 && !is_id(bytes_of_pb(ask->educator)))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID,
				   "educator: 16 bytes, or nothing, are needed");
	if (ask->n_orgs > ORGS_MAX)
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "orgs: %zu schools and districts, at most %d are allowed",
				   ask->n_orgs, ORGS_MAX);
	for (size_t i = 0; i < ask->n_orgs; i++)
		if (!is_id(bytes_of_pb(ask->orgs[i])))
			return refuse_text(d, ASSESSMENT__REASON__BAD_ID,
					   "orgs[%zu]: 16 bytes are needed", i);
	if (assessor_get(view, assessor, &row))
		return refuse_text(d, ASSESSMENT__REASON__ID_TAKEN,
				   "this assessor is registered already");
	return ACCEPTED;
}

enum verdict decide_register_assessor(const struct view *view, const Assessment__Command *cmd,
				      struct decision *d)
{
	Assessment__AssessorRegistered registered = ASSESSMENT__ASSESSOR_REGISTERED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__RegisterAssessor *ask = cmd->register_assessor;

	if (check_registration(view, ask, d) != ACCEPTED)
		return REFUSED;
	registered.assessor = ask->assessor;
	registered.n_orgs = ask->n_orgs;
	registered.orgs = ask->orgs;
	registered.educator = ask->educator;
	registered.lead = ask->lead;
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED;
	event.assessor_registered = &registered;
	emit_about(d, bytes_of_pb(ask->assessor), &event.base);
	brings(d, AWAIT_ASSESSOR, bytes_of_pb(ask->assessor));
	return ACCEPTED;
}

/* The reading in hand goes back to the queue at once, and what only this assessor could read is
 * told. */
enum verdict decide_retire_assessor(const struct view *view, const Assessment__Command *cmd,
				    struct decision *d)
{
	Assessment__AssessorRetired retired = ASSESSMENT__ASSESSOR_RETIRED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes assessor = bytes_of_pb(cmd->retire_assessor->assessor);
	struct assessor row;
	struct reading reading;

	if (!is_id(assessor))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID, "assessor: 16 bytes are needed");
	if (!assessor_get(view, assessor, &row))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_ASSESSOR,
				   "there is no such assessor");
	if (row.retired)
		return refuse_text(d, ASSESSMENT__REASON__ASSESSOR_RETIRED,
				   "this assessor is retired already");
	if (reading_get(view, bytes_of_id(&row.holds), &reading))
		emit_lease_expired(view, d, bytes_of_id(&row.holds), &reading, assessor);
	retired.assessor = pb_of_bytes(assessor);
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_RETIRED;
	event.assessor_retired = &retired;
	emit_about(d, assessor, &event.base);
	emit_left_alone(view, d, assessor, BYTES_NONE);
	return ACCEPTED;
}

/* For a small team: readers of an earlier attempt may read this one. Never a school or a relation,
 * and never for a review. */
enum verdict decide_waive_same_reader(const struct view *view, const Assessment__Command *cmd,
				      struct decision *d)
{
	Assessment__SameReaderWaived waived = ASSESSMENT__SAME_READER_WAIVED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__WaiveSameReader *ask = cmd->waive_same_reader;
	struct bytes submission = bytes_of_pb(ask->submission), lead = bytes_of_pb(ask->assessor);
	struct submission row;
	struct reader reader;

	if (!is_id(lead))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID, "assessor: 16 bytes are needed");
	if (known_submission(view, d, submission, &row) != ACCEPTED ||
	    known_lead(view, d, lead, &row, &reader) != ACCEPTED)
		return REFUSED;
	if (!submission_is_open(row.state) || row.state == STATE_DECIDED ||
	    submission_in_review(&row))
		return wrong_state(d, &row, "waiting for a reader");
	if (row.waived)
		return refuse_text(d, ASSESSMENT__REASON__WRONG_STATE,
				   "this was waived for the submission before");
	waived.submission = ask->submission;
	waived.assessor = ask->assessor;
	event.body_case = ASSESSMENT__EVENT__BODY_SAME_READER_WAIVED;
	event.same_reader_waived = &waived;
	emit_about(d, submission, &event.base);
	return ACCEPTED;
}

/* A coach says that the meeting was held; the teacher cannot say so. */
enum verdict decide_record_coaching(const struct view *view, const Assessment__Command *cmd,
				    struct decision *d)
{
	Assessment__CoachingRecorded recorded = ASSESSMENT__COACHING_RECORDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes enrollment = bytes_of_pb(cmd->record_coaching->enrollment);
	struct journey row;

	if (!is_id(enrollment))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID,
				   "enrollment: 16 bytes are needed");
	if (!journey_get(view, enrollment, &row))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_SUBMISSION,
				   "nothing of this enrollment has been submitted");
	if (!(d->roles & ROLE_OPERATOR) && id_equal(&d->actor, &row.educator))
		return refuse_text(d, ASSESSMENT__REASON__NOT_YOU,
				   "the coach records the meeting, not the teacher");
	if (!row.coach_first)
		return refuse_text(d, ASSESSMENT__REASON__WRONG_STATE,
				   "no coach meeting is due in this enrollment");
	recorded.enrollment = pb_of_bytes(enrollment);
	event.body_case = ASSESSMENT__EVENT__BODY_COACHING_RECORDED;
	event.coaching_recorded = &recorded;
	emit_about(d, enrollment, &event.base);
	return ACCEPTED;
}
