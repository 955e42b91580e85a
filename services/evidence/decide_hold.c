/* Rules on legal holds, and on a teacher's wish that their bytes go sooner. */
#include "services/evidence/rules.h"

#include "services/evidence/tables_retention.h"

#include <string.h>

static enum verdict need_person(struct decision *d)
{
	if (!id_is_none(&d->actor))
		return ACCEPTED;
	return refuse_text(d, EVIDENCE__REASON__PERSON_NEEDED,
			   "the operator who does this must be named");
}

static bool is_reason(const char *reason)
{
	size_t len = strlen(reason);

	return len > 0 && len <= HOLD_REASON_MAX &&
	       strspn(reason, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

enum verdict decide_place_hold(const struct view *view, const Evidence__Command *cmd,
			       struct decision *d)
{
	const Evidence__PlaceHold *ask = cmd->place_hold;
	Evidence__HoldPlaced placed = EVIDENCE__HOLD_PLACED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct hold taken;
	struct work work;

	if (!is_id(bytes_of_pb(ask->hold)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "hold: 16 bytes are needed");
	if (hold_get(view, bytes_of_pb(ask->hold), &taken))
		return refuse_text(d, EVIDENCE__REASON__ID_TAKEN,
				   "this hold was placed before; use a new id");
	if (known_work(view, d, bytes_of_pb(ask->portfolio), &work) != ACCEPTED ||
	    need_person(d) != ACCEPTED)
		return REFUSED;
	if (!is_reason(ask->reason))
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "reason: a word of a to z, 0 to 9 and _, at most %d, is needed",
				   HOLD_REASON_MAX);
	placed.hold = ask->hold;
	placed.portfolio = ask->portfolio;
	placed.reason = ask->reason;
	placed.by = pb_of_id(&d->actor);
	event.hold_placed = &placed;
	emit_event(d, bytes_of_pb(ask->portfolio), &event, EVIDENCE__EVENT__BODY_HOLD_PLACED);
	return ACCEPTED;
}

static void emit_lift(struct decision *d, const Evidence__LiftHold *ask, const struct hold *row)
{
	Evidence__HoldLiftAsked asked = EVIDENCE__HOLD_LIFT_ASKED__INIT;
	Evidence__HoldLifted lifted = EVIDENCE__HOLD_LIFTED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	asked.hold = lifted.hold = ask->hold;
	asked.portfolio = lifted.portfolio = pb_of_id(&row->portfolio);
	asked.by = lifted.by = pb_of_id(&d->actor);
	if (id_is_none(&row->lift_asked_by)) {
		event.hold_lift_asked = &asked;
		emit_event(d, bytes_of_id(&row->portfolio), &event,
			   EVIDENCE__EVENT__BODY_HOLD_LIFT_ASKED);
	} else {
		event.hold_lifted = &lifted;
		emit_event(d, bytes_of_id(&row->portfolio), &event,
			   EVIDENCE__EVENT__BODY_HOLD_LIFTED);
	}
}

/* The first person asks, the second one does it. */
enum verdict decide_lift_hold(const struct view *view, const Evidence__Command *cmd,
			      struct decision *d)
{
	const Evidence__LiftHold *ask = cmd->lift_hold;
	struct hold row;

	if (!is_id(bytes_of_pb(ask->hold)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "hold: 16 bytes are needed");
	if (!hold_get(view, bytes_of_pb(ask->hold), &row))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_HOLD, "there is no such hold");
	if (need_person(d) != ACCEPTED)
		return REFUSED;
	if (!id_is_none(&row.lifted_by))
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE, "this hold was lifted before");
	if (id_equal(&row.lift_asked_by, &d->actor))
		return refuse_text(d, EVIDENCE__REASON__SECOND_PERSON,
				   "you have asked; another person lifts it");
	emit_lift(d, ask, &row);
	return ACCEPTED;
}

static bool is_being_read(const struct view *view, const struct decision *d, struct bytes portfolio)
{
	struct id_scan submissions = id_scan(SUBMISSION_OF, portfolio);
	struct id submission, reading;
	struct grant grant;

	while (id_next(&submissions, view, &submission)) {
		struct id_scan readings = id_scan(GRANT_OF, bytes_of_id(&submission));

		while (id_next(&readings, view, &reading))
			if (grant_get(view, bytes_of_id(&reading), &grant) && grant.open &&
			    d->now_us < grant.until_us)
				return true;
	}
	return false;
}

/* When nothing more is decided on it. The bytes go with the next turn. */
enum verdict decide_request_purge(const struct view *view, const Evidence__Command *cmd,
				  struct decision *d)
{
	struct bytes portfolio = bytes_of_pb(cmd->request_purge->portfolio);
	Evidence__PurgeRequested requested = EVIDENCE__PURGE_REQUESTED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct retention row;
	struct work work;

	if (known_work(view, d, portfolio, &work) != ACCEPTED)
		return REFUSED;
	if (!retention_get(view, portfolio, &row) || row.what != EVIDENCE__RETAINED__BYTES ||
	    work.row.standing == STANDING_FORGOTTEN || work.row.stage == STAGE_SEALED ||
	    (work.row.stage == STAGE_OPEN && work.row.standing <= STANDING_PAUSED))
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "only what is passed, withdrawn or lapsed, and still kept, is "
				   "purged: its state is %s",
				   portfolio_state_word(&work.row));
	if (is_held(view, portfolio))
		return refuse_text(d, EVIDENCE__REASON__HELD,
				   "a legal hold is on it: nothing is purged until it is lifted");
	if (is_being_read(view, d, portfolio))
		return refuse_text(d, EVIDENCE__REASON__BEING_READ,
				   "a reader has it open; ask again when the reading is over");
	requested.portfolio = cmd->request_purge->portfolio;
	event.purge_requested = &requested;
	emit_event(d, portfolio, &event, EVIDENCE__EVENT__BODY_PURGE_REQUESTED);
	return ACCEPTED;
}
