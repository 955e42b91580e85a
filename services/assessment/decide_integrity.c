/* Rules on integrity cases: a flag is a question, a hold stops the clock, and two persons found it.
 */
#include "services/assessment/rules.h"
#include "services/assessment/tables_due.h"

#include "libshared/zone.h"

/* The submission, and an operator or a lead without a conflict. */
static enum verdict handled_by(const struct view *view, struct decision *d, struct bytes submission,
			       struct submission *row_r)
{
	struct reader reader;

	if (known_submission(view, d, submission, row_r) != ACCEPTED)
		return REFUSED;
	if (d->roles & ROLE_OPERATOR)
		return ACCEPTED;
	return known_lead(view, d, bytes_of_id(&d->actor), row_r, &reader);
}

static bool may_be_held(const struct submission *row)
{
	return row->state != STATE_HELD &&
	       (submission_is_open(row->state) || row->state == STATE_RELEASED);
}

static enum verdict held_by(const struct view *view, struct decision *d, struct bytes submission,
			    struct submission *row_r)
{
	if (handled_by(view, d, submission, row_r) != ACCEPTED)
		return REFUSED;
	if (row_r->state != STATE_HELD)
		return wrong_state(d, row_r, "under an integrity hold");
	return ACCEPTED;
}

static enum verdict need_word(struct decision *d, const char *why)
{
	if (is_word(why))
		return ACCEPTED;
	return refuse_text(d, ASSESSMENT__REASON__BAD_VALUE,
			   "why: a word of a-z, 0-9 and _ is needed, as duplicate_evidence");
}

static void emit_of(struct decision *d, struct bytes submission, Assessment__Event *event,
		    Assessment__Event__BodyCase kind)
{
	event->body_case = kind;
	emit_about(d, submission, &event->base);
}

/* ---- the flag ---- */

void emit_integrity_flagged(struct decision *d, struct bytes submission, char *why)
{
	Assessment__IntegrityFlagged flagged = ASSESSMENT__INTEGRITY_FLAGGED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	flagged.submission = pb_of_bytes(submission);
	flagged.why = why;
	flagged.by = id_is_none(&d->actor) ? pb_of_bytes(BYTES_NONE) : pb_of_id(&d->actor);
	event.integrity_flagged = &flagged;
	emit_of(d, submission, &event, ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED);
}

/* Nothing happens to the work by it but that it is read twice, where it is still to be read. */
enum verdict decide_flag_integrity(const struct view *view, const Assessment__Command *cmd,
				   struct decision *d)
{
	const Assessment__FlagIntegrity *ask = cmd->flag_integrity;
	struct submission row;

	if (need_word(d, ask->why) != ACCEPTED ||
	    handled_by(view, d, bytes_of_pb(ask->submission), &row) != ACCEPTED)
		return REFUSED;
	if (row.state != STATE_HELD && !may_be_held(&row))
		return wrong_state(d, &row, "open or released");
	if (!row.flagged)
		emit_integrity_flagged(d, bytes_of_pb(ask->submission), ask->why);
	return ACCEPTED;
}

/* ---- the clock ---- */

void emit_clock_paused(struct decision *d, struct bytes submission, const char *why)
{
	Assessment__ClockPaused paused = ASSESSMENT__CLOCK_PAUSED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	paused.submission = pb_of_bytes(submission);
	paused.why = arena_text(d->arena, bytes_of_text(why));
	event.clock_paused = &paused;
	emit_of(d, submission, &event, ASSESSMENT__EVENT__BODY_CLOCK_PAUSED);
}

static void emit_resumed(struct decision *d, Assessment__ClockResumed *resumed)
{
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	resumed->tzdata = arena_text(d->arena, bytes_of_text(zones_version(d->caps->zones)));
	event.clock_resumed = resumed;
	emit_of(d, bytes_of_pb(resumed->submission), &event, ASSESSMENT__EVENT__BODY_CLOCK_RESUMED);
}

void emit_clock_resumed_as_sealed(struct decision *d,
				  const Assessment__SubmissionReceived *received)
{
	Assessment__ClockResumed resumed = ASSESSMENT__CLOCK_RESUMED__INIT;

	resumed.submission = received->submission;
	resumed.due_us = received->due_us;
	resumed.limit_us = received->limit_us;
	emit_resumed(d, &resumed);
}

static void resume_clock(const struct view *view, struct decision *d, struct bytes submission,
			 const struct submission *row)
{
	const Enrollment__Calendar *calendar = calendar_get(view, 0, d->arena);
	Assessment__ClockResumed resumed = ASSESSMENT__CLOCK_RESUMED__INIT;
	struct zones *zones = d->caps->zones;

	resumed.submission = pb_of_bytes(submission);
	resumed.due_us = row->due_us;
	resumed.limit_us = row->limit_us;
	resumed.review_due_us = row->review_due_us;
	if (calendar != NULL && submission_in_review(row)) {
		resumed.review_due_us = due_after_pause_us(zones, calendar, row->review_due_us,
							   row->held_us, d->now_us);
	} else if (calendar != NULL && row->decided_us == 0) {
		resumed.due_us =
			due_after_pause_us(zones, calendar, row->due_us, row->held_us, d->now_us);
		resumed.limit_us =
			due_after_pause_us(zones, calendar, row->limit_us, row->held_us, d->now_us);
	}
	emit_resumed(d, &resumed);
}

/* ---- the hold ---- */

/* Who reads it loses it: nobody reads what is held. */
enum verdict decide_place_hold(const struct view *view, const Assessment__Command *cmd,
			       struct decision *d)
{
	Assessment__HoldPlaced placed = ASSESSMENT__HOLD_PLACED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Assessment__PlaceHold *ask = cmd->place_hold;
	struct bytes submission = bytes_of_pb(ask->submission);
	struct submission row;
	struct reading reading;

	if (need_word(d, ask->why) != ACCEPTED || handled_by(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	if (!may_be_held(&row))
		return wrong_state(d, &row, "open or released, and free of a hold");
	if (reading_get(view, bytes_of_id(&row.reading), &reading))
		emit_lease_expired(view, d, bytes_of_id(&row.reading), &reading, BYTES_NONE);
	placed.submission = ask->submission;
	placed.enrollment = pb_of_id(&row.enrollment);
	placed.educator = pb_of_id(&row.educator);
	placed.entry = pb_of_id(&row.entry);
	placed.version = row.entry_version;
	placed.why = ask->why;
	placed.by = id_is_none(&d->actor) ? pb_of_bytes(BYTES_NONE) : pb_of_id(&d->actor);
	event.hold_placed = &placed;
	emit_of(d, submission, &event, ASSESSMENT__EVENT__BODY_HOLD_PLACED);
	emit_clock_paused(d, submission, "integrity_hold");
	return ACCEPTED;
}

/* When to look again whether anyone may read it, as it waits from now on; 0: it does not. */
static int64_t look_again_when_cleared(const struct view *view, struct decision *d,
				       struct bytes submission, const struct submission *row)
{
	const Enrollment__Policy *policy = policy_get(view, row->policy_version, d->arena);
	struct submission after = *row;

	after.state = row->held_from;
	if (!submission_waits(&after))
		return 0;
	return look_again_us(view, d, submission, &after, BYTES_NONE, policy->no_reader_minutes);
}

enum verdict decide_clear_hold(const struct view *view, const Assessment__Command *cmd,
			       struct decision *d)
{
	Assessment__HoldCleared cleared = ASSESSMENT__HOLD_CLEARED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes submission = bytes_of_pb(cmd->clear_hold->submission);
	struct submission row;

	if (held_by(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	resume_clock(view, d, submission, &row);
	cleared.submission = pb_of_bytes(submission);
	cleared.enrollment = pb_of_id(&row.enrollment);
	cleared.educator = pb_of_id(&row.educator);
	cleared.entry = pb_of_id(&row.entry);
	cleared.version = row.entry_version;
	cleared.by = id_is_none(&d->actor) ? pb_of_bytes(BYTES_NONE) : pb_of_id(&d->actor);
	cleared.no_reader_us = look_again_when_cleared(view, d, submission, &row);
	event.hold_cleared = &cleared;
	emit_of(d, submission, &event, ASSESSMENT__EVENT__BODY_HOLD_CLEARED);
	return ACCEPTED;
}

/* ---- founded, by two persons ---- */

enum verdict decide_propose_founded(const struct view *view, const Assessment__Command *cmd,
				    struct decision *d)
{
	Assessment__FoundingProposed proposed = ASSESSMENT__FOUNDING_PROPOSED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes submission = bytes_of_pb(cmd->propose_founded->submission);
	struct submission row;

	if (held_by(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	if (id_is_none(&d->actor))
		return refuse_text(d, ASSESSMENT__REASON__NEEDS_ACTOR,
				   "the person who proposes it must be named");
	if (!id_is_none(&row.proposed_by))
		return refuse_text(d, ASSESSMENT__REASON__PROPOSED_BEFORE,
				   "a proposal waits for a second person already");
	proposed.submission = pb_of_bytes(submission);
	proposed.by = pb_of_id(&d->actor);
	event.founding_proposed = &proposed;
	emit_of(d, submission, &event, ASSESSMENT__EVENT__BODY_FOUNDING_PROPOSED);
	return ACCEPTED;
}

/* A proposal that stands, and the person who asks is named. */
static enum verdict proposed_to(const struct view *view, struct decision *d,
				struct bytes submission, struct submission *row_r)
{
	if (held_by(view, d, submission, row_r) != ACCEPTED)
		return REFUSED;
	if (id_is_none(&row_r->proposed_by))
		return refuse_text(d, ASSESSMENT__REASON__NOT_PROPOSED,
				   "nobody has proposed that the case is founded");
	if (id_is_none(&d->actor))
		return refuse_text(d, ASSESSMENT__REASON__NEEDS_ACTOR,
				   "the person behind it must be named");
	return ACCEPTED;
}

enum verdict decide_withdraw_founded(const struct view *view, const Assessment__Command *cmd,
				     struct decision *d)
{
	Assessment__FoundingWithdrawn withdrawn = ASSESSMENT__FOUNDING_WITHDRAWN__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes submission = bytes_of_pb(cmd->withdraw_founded->submission);
	struct submission row;

	if (proposed_to(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	withdrawn.submission = pb_of_bytes(submission);
	withdrawn.by = pb_of_id(&d->actor);
	event.founding_withdrawn = &withdrawn;
	emit_of(d, submission, &event, ASSESSMENT__EVENT__BODY_FOUNDING_WITHDRAWN);
	return ACCEPTED;
}

/* What was released is taken back where it has gone: the decision is named. */
enum verdict decide_confirm_founded(const struct view *view, const Assessment__Command *cmd,
				    struct decision *d)
{
	Assessment__IntegrityFounded founded = ASSESSMENT__INTEGRITY_FOUNDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes submission = bytes_of_pb(cmd->confirm_founded->submission);
	struct submission row;

	if (proposed_to(view, d, submission, &row) != ACCEPTED)
		return REFUSED;
	if (id_equal(&d->actor, &row.proposed_by))
		return refuse_text(d, ASSESSMENT__REASON__SAME_PERSON,
				   "who proposed it cannot confirm it");
	founded.submission = pb_of_bytes(submission);
	founded.enrollment = pb_of_id(&row.enrollment);
	founded.educator = pb_of_id(&row.educator);
	founded.entry = pb_of_id(&row.entry);
	founded.version = row.entry_version;
	founded.by = pb_of_id(&row.proposed_by);
	founded.second = pb_of_id(&d->actor);
	if (submission_standing(&row) == STATE_RELEASED)
		founded.decision = decided_get(view, submission, d->arena)->decision;
	event.integrity_founded = &founded;
	emit_of(d, submission, &event, ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED);
	return ACCEPTED;
}
