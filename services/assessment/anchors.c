/* Readings of anchors: given, over, completed, and what follows for the seat. */
#include "services/assessment/anchors.h"

#include "libshared/zone.h"
#include "services/assessment/decision.h"
#include "services/assessment/drift.h"

#include <string.h>

/* ---- its reading ---- */

void emit_anchor_assigned(struct decision *d, const struct task *task, const struct want *want,
			  const struct id *submission)
{
	Assessment__AnchorAssigned assigned = ASSESSMENT__ANCHOR_ASSIGNED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	assigned.reading = task->ask->reading;
	assigned.submission = pb_of_id(submission);
	assigned.assessor = task->ask->assessor;
	assigned.until_us = d->now_us + task->policy->lease_hours * US_PER_HOUR;
	assigned.day = task->day;
	assigned.tzdata = arena_text(d->arena, bytes_of_text(zones_version(d->caps->zones)));
	assigned.policy_version = task->policy->version;
	assigned.attempt = want->attempt;
	assigned.entry = pb_of_bytes(want->entry);
	event.body_case = ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED;
	event.anchor_assigned = &assigned;
	emit_about(d, bytes_of_pb(task->ask->assessor), &event.base);
	reply_assigned(d, task->ask->reading, assigned.until_us);
}

void emit_anchor_lease_expired(struct decision *d, struct bytes reading_id,
			       const struct reading *reading)
{
	Assessment__AnchorLeaseExpired expired = ASSESSMENT__ANCHOR_LEASE_EXPIRED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	expired.reading = pb_of_bytes(reading_id);
	expired.submission = pb_of_id(&reading->submission);
	expired.assessor = pb_of_id(&reading->assessor);
	event.body_case = ASSESSMENT__EVENT__BODY_ANCHOR_LEASE_EXPIRED;
	event.anchor_lease_expired = &expired;
	emit_about(d, bytes_of_id(&reading->assessor), &event.base);
}

/* ---- the calibration's end ---- */

static void emit_certified(struct decision *d, const struct matter *m, uint32_t attempt,
			   const Assessment__CalibrationFailed *result)
{
	int64_t until_us = months_after_us(d->now_us, m->policy->seat_months);
	Assessment__AssessorCertified certified = ASSESSMENT__ASSESSOR_CERTIFIED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	certified.assessor = result->assessor;
	certified.entry = result->entry;
	certified.until_us = until_us;
	certified.attempt = attempt;
	certified.anchors = result->anchors;
	certified.rows = result->rows;
	certified.agreed = result->agreed;
	certified.notice_us = seat_notice_us(d, m->policy, until_us);
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_CERTIFIED;
	event.assessor_certified = &certified;
	emit_about(d, bytes_of_pb(result->assessor), &event.base);
}

static void emit_failed(struct decision *d, Assessment__CalibrationFailed *result)
{
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	event.body_case = ASSESSMENT__EVENT__BODY_CALIBRATION_FAILED;
	event.calibration_failed = result;
	emit_about(d, bytes_of_pb(result->assessor), &event.base);
}

/* The last of the calibration's anchors is read: certified, or which rows it failed on. */
static void end_calibration(const struct view *view, struct decision *d, const struct matter *m,
			    const Assessment__AnchorCompleted *last)
{
	struct bytes assessor = bytes_of_pb(last->assessor), entry = bytes_of_pb(last->entry);
	struct readings read = anchors_read(view, assessor, entry, last->attempt, d->arena);
	Assessment__CalibrationFailed result = ASSESSMENT__CALIBRATION_FAILED__INIT;
	struct qualification seat;
	struct score all;

	if (!qualification_get(view, assessor, entry, &seat) || !seat.calibrating ||
	    seat.attempt != last->attempt || read.n + 1 < seat.anchors)
		return;
	read.of[read.n++] = last;
	calibration_result(m->entry->rubric, read.of, read.n, d->arena, &result);
	result.assessor = last->assessor;
	result.entry = last->entry;
	result.attempt = last->attempt;
	all = (struct score){result.rows, result.agreed, result.far};
	if (calibration_passes(all, m->policy->calibration_percent))
		emit_certified(d, m, seat.attempt, &result);
	else
		emit_failed(d, &result);
}

/* ---- completing ---- */

static uint32_t truth_of(const Assessment__AnchorRated *anchor, const char *row)
{
	for (size_t i = 0; i < anchor->n_ratings; i++)
		if (strcmp(anchor->ratings[i]->row, row) == 0)
			return anchor->ratings[i]->ordinal;
	ensure_failed("every open row of an anchor is rated", __FILE__, __LINE__);
}

static void add_truth(const struct view *view, struct decision *d, const struct matter *m,
		      Assessment__AnchorCompleted *completed)
{
	const Assessment__AnchorRated *anchor = anchor_get(view, m->id, &m->row, d->arena);

	if (anchor == NULL) /* withdrawn meanwhile */
		anchor = apart_get(view, m->id, d->arena);
	ENSURE(anchor != NULL);
	completed->truth =
		arena_alloc(d->arena, (completed->n_ratings + 1) * sizeof *completed->truth);
	for (size_t i = 0; i < completed->n_ratings; i++)
		completed->truth[completed->n_truth++] =
			truth_of(anchor, completed->ratings[i]->row);
}

static void emit_scored(struct decision *d, const Assessment__AnchorCompleted *completed, bool good)
{
	Assessment__AnchorScored scored = ASSESSMENT__ANCHOR_SCORED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	scored.reading = completed->reading;
	scored.assessor = completed->assessor;
	scored.entry = completed->entry;
	scored.attempt = completed->attempt;
	scored.rows = (uint32_t)completed->n_ratings;
	scored.agreed = completed->agreed;
	scored.good = good;
	event.body_case = ASSESSMENT__EVENT__BODY_ANCHOR_SCORED;
	event.anchor_scored = &scored;
	emit_about(d, bytes_of_pb(completed->assessor), &event.base);
}

void complete_anchor(const struct view *view, struct decision *d, const struct matter *m,
		     const struct reading *reading, const Assessment__ReadingCompleted *said)
{
	Assessment__AnchorCompleted completed = ASSESSMENT__ANCHOR_COMPLETED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct score score;

	completed.reading = said->reading;
	completed.submission = said->submission;
	completed.assessor = said->assessor;
	completed.entry = pb_of_id(&m->row.entry);
	completed.attempt = reading->attempt;
	completed.n_ratings = said->n_ratings;
	completed.ratings = said->ratings;
	add_truth(view, d, m, &completed);
	score = score_of(m->entry->rubric->pass_ordinal, completed.ratings, completed.truth,
			 completed.n_ratings);
	completed.agreed = score.agreed;
	completed.far = score.far;
	event.body_case = ASSESSMENT__EVENT__BODY_ANCHOR_COMPLETED;
	event.anchor_completed = &completed;
	emit_about(d, bytes_of_id(&reading->assessor), &event.base);
	reply_completed(d);
	/* Of the drift, the policy that is in force says what is good. */
	emit_scored(d, &completed,
		    score_reaches(score, policy_get(view, 0, d->arena)->watch_below_percent));
	if (reading->attempt != 0)
		end_calibration(view, d, m, &completed);
	else
		outcome_of_seed(view, d, &completed);
}
