/*
 * One handler per event of a neighbour that has an effect here; follow.c has the tables of them.
 *
 * A handler emits events of ours, awaits what the event names and is not known here, or does
 * nothing.
 */
#ifndef CAIRN_EVIDENCE_FOLLOW_H
#define CAIRN_EVIDENCE_FOLLOW_H

#include "services/evidence/rules.h"

typedef enum verdict follow_fn(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d);

/* follow_enrollment.c */
follow_fn on_profile_published, on_policy_published, on_calendar_published, on_media_published,
	on_entry_published, on_educator_moved, on_relation_declared, on_educator_erased,
	on_enrolled, on_paused, on_resumed, on_withdrawn, on_lapsed, on_completed;
/* retirement.c */
follow_fn on_entry_retired, on_retirement_withdrawn;
/* follow_assessment.c */
follow_fn on_assessor_registered, on_assessor_retired, on_reading_assigned, on_lease_expired,
	on_reading_completed, on_anchor_assigned, on_anchor_lease_expired, on_anchor_completed,
	on_adjudication_requested, on_adjudication_completed, on_decision_released,
	on_returned_incomplete, on_coaching_recorded, on_review_concluded, on_submission_left,
	on_integrity_founded;

/* why: passed, withdrawn, lapsed. */
void emit_closed(struct decision *d, struct bytes portfolio, const char *why);

#endif
