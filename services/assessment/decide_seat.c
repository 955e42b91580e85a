/* Rules on seats: applying, training, calibrating, and an operator's grant. */
#include "services/assessment/drift.h"

#include <string.h>

/* The assessor and the newest version of the entry. */
static enum verdict known_pair(const struct view *view, struct decision *d, struct bytes assessor,
			       struct bytes entry)
{
	if (!is_id(assessor) || !is_id(entry))
		return refuse_text(d, ASSESSMENT__REASON__BAD_ID,
				   "assessor and entry: 16 bytes each are needed");
	if (!entry_known(view, entry, 0))
		return refuse_text(d, ASSESSMENT__REASON__UNKNOWN_ENTRY,
				   "no version of this entry has been published");
	return ACCEPTED;
}

static struct qualification seat_of(const struct view *view, struct bytes assessor,
				    struct bytes entry)
{
	struct qualification seat = {0};

	qualification_get(view, assessor, entry, &seat);
	return seat;
}

static enum verdict not_from(struct decision *d, unsigned state, const char *how)
{
	const char *word = state == SEAT_NONE ? "not applied for" : seat_state_word(state);

	return refuse_text(d, ASSESSMENT__REASON__SEAT_STATE, "the seat is %s; %s", word, how);
}

/* ---- granting ---- */

/* For who was certified elsewhere, or before there are anchors: recorded as the operator's word. */
enum verdict decide_qualify_assessor(const struct view *view, const Assessment__Command *cmd,
				     struct decision *d)
{
	Assessment__AssessorQualified qualified = ASSESSMENT__ASSESSOR_QUALIFIED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__QualifyAssessor *ask = cmd->qualify_assessor;
	struct bytes assessor = bytes_of_pb(ask->assessor), entry = bytes_of_pb(ask->entry);
	struct reader reader;

	if (known_pair(view, d, assessor, entry) != ACCEPTED ||
	    known_reader(view, d, assessor, &reader) != ACCEPTED)
		return REFUSED;
	if (ask->until_us <= d->now_us)
		return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
				   "until_us: a moment to come is needed");
	qualified.assessor = ask->assessor;
	qualified.entry = ask->entry;
	qualified.until_us = ask->until_us;
	qualified.by = pb_of_id(&d->actor);
	qualified.notice_us = seat_notice_us(d, policy_get(view, 0, d->arena), ask->until_us);
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_QUALIFIED;
	event.assessor_qualified = &qualified;
	emit_about(d, assessor, &event.base);
	return ACCEPTED;
}

/* ---- applying and training ---- */

enum verdict decide_apply_for_seat(const struct view *view, const Assessment__Command *cmd,
				   struct decision *d)
{
	Assessment__SeatApplied applied = ASSESSMENT__SEAT_APPLIED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__ApplyForSeat *ask = cmd->apply_for_seat;
	struct bytes assessor = bytes_of_pb(ask->assessor), entry = bytes_of_pb(ask->entry);
	struct qualification seat;
	struct reader reader;

	if (known_pair(view, d, assessor, entry) != ACCEPTED ||
	    known_reader(view, d, assessor, &reader) != ACCEPTED)
		return REFUSED;
	seat = seat_of(view, assessor, entry);
	if (seat.state != SEAT_NONE)
		return not_from(d, seat.state, "nothing is to be applied for");
	applied.assessor = ask->assessor;
	applied.entry = ask->entry;
	event.body_case = ASSESSMENT__EVENT__BODY_SEAT_APPLIED;
	event.seat_applied = &applied;
	emit_about(d, assessor, &event.base);
	return ACCEPTED;
}

/* An operator, or a lead who is not the assessor. */
static enum verdict led_by_another(const struct view *view, struct decision *d,
				   struct bytes assessor)
{
	struct reader lead;

	if (d->roles & ROLE_OPERATOR)
		return ACCEPTED;
	if (known_reader(view, d, bytes_of_id(&d->actor), &lead) != ACCEPTED)
		return REFUSED;
	if (!lead.row.lead || bytes_equal(bytes_of_id(&d->actor), assessor))
		return refuse_text(d, ASSESSMENT__REASON__NOT_LEAD,
				   "another person who is a lead reader may do this");
	return ACCEPTED;
}

enum verdict decide_start_training(const struct view *view, const Assessment__Command *cmd,
				   struct decision *d)
{
	Assessment__TrainingStarted started = ASSESSMENT__TRAINING_STARTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__StartTraining *ask = cmd->start_training;
	struct bytes assessor = bytes_of_pb(ask->assessor), entry = bytes_of_pb(ask->entry);
	struct qualification seat;

	if (known_pair(view, d, assessor, entry) != ACCEPTED ||
	    led_by_another(view, d, assessor) != ACCEPTED)
		return REFUSED;
	seat = seat_of(view, assessor, entry);
	if (seat.state != SEAT_APPLIED)
		return not_from(d, seat.state, "training follows an application");
	started.assessor = ask->assessor;
	started.entry = ask->entry;
	event.body_case = ASSESSMENT__EVENT__BODY_TRAINING_STARTED;
	event.training_started = &started;
	emit_about(d, assessor, &event.base);
	return ACCEPTED;
}

/* ---- calibrating ---- */

static enum verdict may_calibrate(const struct view *view, struct decision *d,
				  const struct qualification *seat, struct bytes assessor)
{
	struct qualification other;
	struct id entry;

	if (!seat_may_calibrate(seat->state))
		return not_from(d, seat->state, "calibration follows training");
	if (calibration_of(view, assessor, &entry, &other))
		return refuse_text(d, ASSESSMENT__REASON__SEAT_STATE,
				   "a calibration is under way: ask for the next reading");
	return ACCEPTED;
}

static enum verdict enough_anchors(const struct view *view, struct decision *d,
				   const struct reader *reader, const struct want *want,
				   uint32_t needed)
{
	uint32_t n = offer_anchor(view, d->caps, d->arena, reader, want).n;

	if (n < needed)
		return refuse_text(d, ASSESSMENT__REASON__ANCHORS_TOO_FEW,
				   "%u anchors of version %u may be given to this assessor, who "
				   "has read no more of them and has conflicts with the rest; %u "
				   "are needed: have leads rate more of them",
				   n, want->version, needed);
	return ACCEPTED;
}

enum verdict decide_start_calibration(const struct view *view, const Assessment__Command *cmd,
				      struct decision *d)
{
	Assessment__CalibrationStarted started = ASSESSMENT__CALIBRATION_STARTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__StartCalibration *ask = cmd->start_calibration;
	struct bytes assessor = bytes_of_pb(ask->assessor), entry = bytes_of_pb(ask->entry);
	const Enrollment__Policy *policy = policy_get(view, 0, d->arena);
	struct want want = {.entry = entry};
	struct qualification seat;
	struct reader reader;

	if (known_pair(view, d, assessor, entry) != ACCEPTED ||
	    known_reader(view, d, assessor, &reader) != ACCEPTED)
		return REFUSED;
	if (policy == NULL)
		return refuse_text(d, ASSESSMENT__REASON__POLICY_MISSING, "load the policy first");
	seat = seat_of(view, assessor, entry);
	if (may_calibrate(view, d, &seat, assessor) != ACCEPTED)
		return REFUSED;
	want.version = entry_get(view, entry, 0, d->arena)->version;
	want.attempt = seat.attempt + 1;
	if (enough_anchors(view, d, &reader, &want, policy->calibration_anchors) != ACCEPTED)
		return REFUSED;
	started.assessor = ask->assessor;
	started.entry = ask->entry;
	started.version = want.version;
	started.attempt = want.attempt;
	started.anchors = policy->calibration_anchors;
	event.body_case = ASSESSMENT__EVENT__BODY_CALIBRATION_STARTED;
	event.calibration_started = &started;
	emit_about(d, assessor, &event.base);
	return ACCEPTED;
}
