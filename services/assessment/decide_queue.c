/* Rules on the queue: screening, the next reading for an assessor, and releasing a decision. */
#include "services/assessment/drift.h"

#include "libshared/zone.h"

#include <string.h>

/* ---- screening ---- */

/* A submission in screening, and an operator or a lead who looks at it. */
static enum verdict screened_by(const struct view *view, struct decision *d,
				struct bytes submission, struct submission *row_r)
{
	struct reader reader;

	if (known_submission(view, d, submission, row_r) != ACCEPTED)
		return REFUSED;
	if (!(d->roles & ROLE_OPERATOR) &&
	    known_lead(view, d, bytes_of_id(&d->actor), row_r, &reader) != ACCEPTED)
		return REFUSED;
	if (row_r->state != STATE_SCREENING)
		return wrong_state(d, row_r, "screening");
	return ACCEPTED;
}

enum verdict decide_screen(const struct view *view, const Assessment__Command *cmd,
			   struct decision *d)
{
	Assessment__SubmissionScreened screened = ASSESSMENT__SUBMISSION_SCREENED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes submission = bytes_of_pb(cmd->screen->submission);
	struct submission row;
	struct matter m;

	if (screened_by(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	matter_load(view, d->arena, submission, &m);
	screened.submission = pb_of_bytes(submission);
	screened.no_reader_us =
		look_again_us(view, d, submission, &row, BYTES_NONE, m.policy->no_reader_minutes);
	event.body_case = ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED;
	event.submission_screened = &screened;
	emit_about(d, submission, &event.base);
	return ACCEPTED;
}

enum verdict decide_return_incomplete(const struct view *view, const Assessment__Command *cmd,
				      struct decision *d)
{
	Assessment__ReturnedIncomplete returned = ASSESSMENT__RETURNED_INCOMPLETE__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__ReturnIncomplete *ask = cmd->return_incomplete;
	struct bytes submission = bytes_of_pb(ask->submission);
	struct submission row;

	if (!is_word(ask->why))
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "why: a word of a-z, 0-9 and _ is needed, as item_unreadable");
	if (screened_by(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	returned.submission = ask->submission;
	returned.enrollment = pb_of_id(&row.enrollment);
	returned.why = ask->why;
	event.body_case = ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE;
	event.returned_incomplete = &returned;
	emit_about(d, submission, &event.base);
	emit_clock_paused(d, submission, "returned_incomplete");
	return ACCEPTED;
}

/* ---- the next reading ---- */

static int64_t day_there(struct decision *d, const Enrollment__Calendar *calendar)
{
	const struct zone *zone = zone_find(d->caps->zones, calendar->time_zone);
	struct civil c;

	ENSURE(zone != NULL); /* checked before the calendar was noted */
	c = zone_civil(zone, d->now_us);
	return day_of_civil(c.year, c.month, c.day);
}

static enum verdict under_cap(const struct view *view, struct decision *d,
			      const struct reader *reader, struct task *task)
{
	const Enrollment__Calendar *calendar = calendar_get(view, 0, d->arena);

	task->policy = policy_get(view, 0, d->arena);
	if (calendar == NULL || task->policy == NULL)
		return refuse_text(d, ASSESSMENT__REASON__POLICY_MISSING,
				   "load the policy and the calendar first");
	task->day = day_there(d, calendar);
	if (reader->row.day == task->day && reader->row.today >= task->policy->daily_cap)
		return refuse_text(d, ASSESSMENT__REASON__DAILY_CAP,
				   "you have taken the %u readings of a day; go on tomorrow",
				   task->policy->daily_cap);
	return ACCEPTED;
}

static uint32_t next_ordinal(const struct submission *row)
{
	if (submission_in_review(row))
		return REVIEW_ORDINAL + (uint32_t)row->reviews;
	return row->readings + 1u;
}

/* The next anchor of the calibration that is under way, if there is one. */
static bool calibrates(const struct view *view, struct decision *d, const struct reader *reader,
		       const struct task *task)
{
	struct qualification seat;
	struct want want;
	struct offer offer;
	struct id entry;

	if (!calibration_of(view, bytes_of_id(&reader->id), &entry, &seat))
		return false;
	want = (struct want){bytes_of_id(&entry), seat.entry_version, seat.attempt};
	offer = offer_anchor(view, d->caps, d->arena, reader, &want);
	if (offer.n > 0)
		emit_anchor_assigned(d, task, &want, &offer.submission);
	return offer.n > 0;
}

static void emit_assigned(const struct view *view, struct decision *d, const struct task *task,
			  struct bytes submission)
{
	Assessment__ReadingAssigned assigned = ASSESSMENT__READING_ASSIGNED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct matter m;

	matter_load(view, d->arena, submission, &m);
	assigned.reading = task->ask->reading;
	assigned.submission = pb_of_bytes(submission);
	assigned.assessor = task->ask->assessor;
	assigned.ordinal = next_ordinal(&m.row);
	assigned.until_us = d->now_us + m.policy->lease_hours * US_PER_HOUR;
	assigned.day = task->day;
	assigned.tzdata = arena_text(d->arena, bytes_of_text(zones_version(d->caps->zones)));
	event.body_case = ASSESSMENT__EVENT__BODY_READING_ASSIGNED;
	event.reading_assigned = &assigned;
	emit_about(d, submission, &event.base);
	reply_assigned(d, task->ask->reading, assigned.until_us);
}

/* The oldest due that this assessor may read. Neither the queue nor the choice is the assessor's.
 */
enum verdict decide_next_reading(const struct view *view, const Assessment__Command *cmd,
				 struct decision *d)
{
	const Assessment__NextReading *ask = cmd->next_reading;
	struct bytes assessor = bytes_of_pb(ask->assessor), reading = bytes_of_pb(ask->reading);
	struct task task = {.ask = ask};
	struct id submission;
	struct reader reader;
	struct reading taken;

	if (!is_id(assessor) || !is_id(reading))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID,
				   "assessor and reading: 16 bytes each are needed");
	if (reading_get(view, reading, &taken))
		return refuse_text(d, ASSESSMENT__REASON__ID_TAKEN,
				   "there is a reading of this id; make a new one");
	if (known_reader(view, d, assessor, &reader) != ACCEPTED)
		return REFUSED;
	if (!id_is_none(&reader.row.holds))
		return refuse_text(d, ASSESSMENT__REASON__READING_IN_HAND,
				   "finish the reading you hold first");
	if (under_cap(view, d, &reader, &task) != ACCEPTED)
		return REFUSED;
	if (calibrates(view, d, &reader, &task))
		return ACCEPTED;
	if (!choose_submission(view, &reader, d->now_us, &submission))
		return refuse_text(d, ASSESSMENT__REASON__NOTHING_TO_READ,
				   "nothing waits that you may read");
	if (assign_seed(view, d, &reader, &task, &submission))
		return ACCEPTED;
	emit_assigned(view, d, &task, bytes_of_id(&submission));
	return ACCEPTED;
}

/* ---- release ---- */

enum verdict decide_release(const struct view *view, const Assessment__Command *cmd,
			    struct decision *d)
{
	struct bytes submission = bytes_of_pb(cmd->release->submission);
	const Assessment__DecisionMade *made;
	struct submission row;
	struct matter m;

	if (known_submission(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	if (row.state != STATE_DECIDED)
		return wrong_state(d, &row, "decided");
	matter_load(view, d->arena, submission, &m);
	made = decided_get(view, submission, d->arena);
	ENSURE(made != NULL);
	emit_released(view, d, &m, made, row.decided_us);
	return ACCEPTED;
}
