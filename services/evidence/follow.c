/* The tables of what follows from each of the neighbours' events. */
#include "services/evidence/follow.h"

#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"

/* Of no use here. */
static enum verdict ignore(const struct view *view, const ProtobufCMessage *event,
			   struct decision *d)
{
	(void)view, (void)event, (void)d;
	return ACCEPTED;
}

static follow_fn *const of_enrollment[] = {
	[ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_PROFILE_PUBLISHED] = on_profile_published,
	[ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED] = on_policy_published,
	[ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED] = on_calendar_published,
	[ENROLLMENT__EVENT__BODY_MEDIA_PUBLISHED] = on_media_published,
	[ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED] = on_entry_published,
	[ENROLLMENT__EVENT__BODY_ENTRY_RETIRED] = on_entry_retired,
	[ENROLLMENT__EVENT__BODY_STACK_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_ORG_REGISTERED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED] = ignore, /* Enrolled says what is needed */
	[ENROLLMENT__EVENT__BODY_EDUCATOR_RENAMED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_MOVED] = on_educator_moved,
	[ENROLLMENT__EVENT__BODY_EMAIL_CHANGED] = ignore,
	[ENROLLMENT__EVENT__BODY_LICENSE_LINKED] = ignore,
	[ENROLLMENT__EVENT__BODY_LICENSE_CORRECTED] = ignore,
	[ENROLLMENT__EVENT__BODY_LICENSE_RENEWED] = ignore,
	[ENROLLMENT__EVENT__BODY_RELATION_DECLARED] = on_relation_declared,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED] = on_educator_erased,
	[ENROLLMENT__EVENT__BODY_KEY_DESTROYED] = ignore, /* evidence holds no keys */
	[ENROLLMENT__EVENT__BODY_ERASURE_COMPLETED] = ignore,
	[ENROLLMENT__EVENT__BODY_ENROLLED] = on_enrolled,
	[ENROLLMENT__EVENT__BODY_PAUSED] = on_paused,
	[ENROLLMENT__EVENT__BODY_RESUMED] = on_resumed,
	[ENROLLMENT__EVENT__BODY_WITHDRAWN] = on_withdrawn,
	[ENROLLMENT__EVENT__BODY_PROGRESS_NOTED] = ignore,
	[ENROLLMENT__EVENT__BODY_LAPSE_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_LAPSED] = on_lapsed,
	[ENROLLMENT__EVENT__BODY_COMPLETED] = on_completed,
	[ENROLLMENT__EVENT__BODY_SUBMISSION_NOTED] = ignore, /* it is our own event, told back */
	[ENROLLMENT__EVENT__BODY_ACTIVITY_NOTED] = ignore,   /* it is our own event, told back */
	[ENROLLMENT__EVENT__BODY_NAMES_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_QUALITY_STANDARD_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_RECORDED] = ignore,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_WITHDRAWN] = on_retirement_withdrawn,
	[ENROLLMENT__EVENT__BODY_REVIEW_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_OVERDUE] = ignore,
	[ENROLLMENT__EVENT__BODY_FINISH_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_TOLD] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_SEEN] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_MISSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_CLOSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_JOINED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_LEFT] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_SET] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_DROPPED] = ignore,
};

static follow_fn *const of_assessment[] = {
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED] = on_assessor_registered,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_QUALIFIED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_RETIRED] = on_assessor_retired,
	[ASSESSMENT__EVENT__BODY_SEAT_APPLIED] = ignore,
	[ASSESSMENT__EVENT__BODY_TRAINING_STARTED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_STARTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_RATED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_SCORED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_WITHDRAWN] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED] = on_anchor_assigned,
	[ASSESSMENT__EVENT__BODY_ANCHOR_COMPLETED] = on_anchor_completed,
	[ASSESSMENT__EVENT__BODY_ANCHOR_LEASE_EXPIRED] = on_anchor_lease_expired,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_CERTIFIED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_FAILED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_PLACED_ON_WATCH] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REINSTATED] = ignore,
	[ASSESSMENT__EVENT__BODY_SEAT_EXPIRY_NOTICED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED] = ignore, /* it is our own event, told back */
	[ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED] = ignore,
	[ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE] = on_returned_incomplete,
	[ASSESSMENT__EVENT__BODY_READING_ASSIGNED] = on_reading_assigned,
	[ASSESSMENT__EVENT__BODY_LEASE_EXPIRED] = on_lease_expired,
	[ASSESSMENT__EVENT__BODY_READING_COMPLETED] = on_reading_completed,
	[ASSESSMENT__EVENT__BODY_SECOND_REQUESTED] = ignore, /* its reader gets a grant */
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED] = on_adjudication_requested,
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED] = on_adjudication_completed,
	[ASSESSMENT__EVENT__BODY_DECISION_MADE] = ignore, /* nobody is told before the release */
	[ASSESSMENT__EVENT__BODY_DECISION_RELEASED] = on_decision_released,
	[ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER] = ignore,
	[ASSESSMENT__EVENT__BODY_SAME_READER_WAIVED] = ignore,
	[ASSESSMENT__EVENT__BODY_COACHING_RECORDED] = on_coaching_recorded,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT] = on_submission_left,
	[ASSESSMENT__EVENT__BODY_ELIGIBLE_READER_FOUND] = ignore,
	[ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED] = ignore, /* its reader gets a grant */
	[ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED] = on_review_concluded,
	[ASSESSMENT__EVENT__BODY_APPEAL_FILED] = ignore,
	[ASSESSMENT__EVENT__BODY_APPEAL_UPHELD] = ignore,
	[ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED] = ignore, /* its decision follows */
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED] = ignore,
	[ASSESSMENT__EVENT__BODY_HOLD_PLACED] = ignore, /* a lease that it ends closes the grant */
	[ASSESSMENT__EVENT__BODY_HOLD_CLEARED] = ignore,
	[ASSESSMENT__EVENT__BODY_FOUNDING_PROPOSED] = ignore,
	[ASSESSMENT__EVENT__BODY_FOUNDING_WITHDRAWN] = ignore,
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED] = on_integrity_founded,
	[ASSESSMENT__EVENT__BODY_CLOCK_PAUSED] = ignore,
	[ASSESSMENT__EVENT__BODY_CLOCK_RESUMED] = ignore,
	[ASSESSMENT__EVENT__BODY_EDUCATOR_FORGOTTEN] = ignore,
	[ASSESSMENT__EVENT__BODY_FEEDBACK_PURGED] = ignore,
	[ASSESSMENT__EVENT__BODY_ENTRY_NOTED] = ignore, /* enrollment said it */
	[ASSESSMENT__EVENT__BODY_PROFILE_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_POLICY_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALENDAR_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_RELATION_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_RENEWAL_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_OPENING_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_SHARED_ROWS_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ROW_PLACED_UNDER_REVIEW] = ignore,
	[ASSESSMENT__EVENT__BODY_ROW_REVIEW_ENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_GAP_FOUND] = ignore,
	[ASSESSMENT__EVENT__BODY_GAP_ENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_SURGE_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_SURGE_ENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_DAY_LOOKED] = ignore,
	[ASSESSMENT__EVENT__BODY_ORG_NOTED] = ignore,
};

static const struct followed {
	follow_fn *const *handlers;
	size_t n;
} followed[N_UPSTREAMS] = {
	[UP_ENROLLMENT] = {of_enrollment, ARRAY_LEN(of_enrollment)},
	[UP_ASSESSMENT] = {of_assessment, ARRAY_LEN(of_assessment)},
};

bool evidence_follows(unsigned upstream, uint32_t kind)
{
	return kind < followed[upstream].n && followed[upstream].handlers[kind] != NULL;
}

/* An event of a newer kind than this program knows is skipped; one that is damaged is parked, and
 * an operator hears of it. */
static enum verdict follow(unsigned upstream, const struct view *view,
			   const ProtobufCMessage *event, struct decision *d)
{
	uint32_t kind = body_kind(event);
	follow_fn *handler;

	if (!evidence_follows(upstream, kind))
		return ACCEPTED;
	handler = followed[upstream].handlers[kind];
	if (handler != ignore && !event_is_sound(event))
		return refuse(d, EVIDENCE__REASON__BAD_ID);
	return handler(view, event, d);
}

static enum verdict follow_enrollment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	(void)record;
	return follow(UP_ENROLLMENT, view, event, d);
}

static enum verdict follow_assessment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	(void)record;
	return follow(UP_ASSESSMENT, view, event, d);
}

const struct upstream evidence_upstreams[N_UPSTREAMS] = {
	[UP_ENROLLMENT] = {"enrollment.0.log", &enrollment__event__descriptor, follow_enrollment},
	[UP_ASSESSMENT] = {"assessment.0.log", &assessment__event__descriptor, follow_assessment},
};
