/*
 * One handler per event of a neighbour that has an effect here; follow.c has the tables of them.
 *
 * A handler waits for what is not known here, or keeps what is needed of the event. Then plan.c's
 * rules have their turn.
 */
#ifndef CAIRN_NOTIFICATION_FOLLOW_H
#define CAIRN_NOTIFICATION_FOLLOW_H

#include "libshared/decision.h"
#include "libshared/store.h"

typedef enum verdict follow_fn(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d);

/* follow_enrollment.c */
follow_fn on_calendar_published, on_policy_published, on_entry_published, on_stack_published,
	on_educator_registered, on_educator_renamed, on_email_changed, on_educator_erased,
	on_enrolled, on_paused, on_resumed, on_withdrawn, on_progress_noted, on_lapsed,
	on_completed, on_submission_noted, on_lapse_noticed, on_finish_noticed, on_activity_noted;

/* follow_license.c */
follow_fn on_license_linked, on_license_renewed, on_ledger_disputed;

/* Awaits the person and the entry's version; ACCEPTED: both are known. */
enum verdict know_person_and_entry(const struct view *view, struct bytes educator,
				   struct bytes entry, uint32_t version, struct decision *d);

#endif
