/* What the neighbours' events mean here: what is kept of them, what they plan, what they make
 * needless. */
#include "services/notification/follow.h"

#include "services/notification/plan.h"
#include "services/notification/tables.h"

#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"

/* Of no use here. */
static enum verdict ignore(const struct view *view, const ProtobufCMessage *event,
			   struct decision *d)
{
	(void)view, (void)event, (void)d;
	return ACCEPTED;
}

/* ---- enrollment ---- */

static follow_fn *const of_enrollment[] = {
	[ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_PROFILE_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED] = on_policy_published,
	[ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED] = on_calendar_published,
	[ENROLLMENT__EVENT__BODY_MEDIA_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED] = on_entry_published,
	[ENROLLMENT__EVENT__BODY_ENTRY_RETIRED] =
		ignore, /* a notice names the version it started under */
	[ENROLLMENT__EVENT__BODY_STACK_PUBLISHED] = on_stack_published,
	[ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_ORG_REGISTERED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED] = on_educator_registered,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_MOVED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_RENAMED] = on_educator_renamed,
	[ENROLLMENT__EVENT__BODY_EMAIL_CHANGED] = on_email_changed,
	[ENROLLMENT__EVENT__BODY_LICENSE_LINKED] = on_license_linked,
	[ENROLLMENT__EVENT__BODY_LICENSE_CORRECTED] = ignore, /* its number: the term stays */
	[ENROLLMENT__EVENT__BODY_LICENSE_RENEWED] = on_license_renewed,
	[ENROLLMENT__EVENT__BODY_RELATION_DECLARED] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_SEEN] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_MISSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_CLOSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_JOINED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_LEFT] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_SET] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_DROPPED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED] = on_educator_erased,
	[ENROLLMENT__EVENT__BODY_KEY_DESTROYED] = ignore,
	[ENROLLMENT__EVENT__BODY_ERASURE_COMPLETED] = ignore,
	[ENROLLMENT__EVENT__BODY_ENROLLED] = on_enrolled,
	[ENROLLMENT__EVENT__BODY_PAUSED] = on_paused,
	[ENROLLMENT__EVENT__BODY_RESUMED] = on_resumed,
	[ENROLLMENT__EVENT__BODY_WITHDRAWN] = on_withdrawn,
	[ENROLLMENT__EVENT__BODY_PROGRESS_NOTED] = on_progress_noted,
	[ENROLLMENT__EVENT__BODY_LAPSE_NOTICED] = on_lapse_noticed,
	[ENROLLMENT__EVENT__BODY_LAPSED] = on_lapsed,
	[ENROLLMENT__EVENT__BODY_COMPLETED] = on_completed,
	[ENROLLMENT__EVENT__BODY_SUBMISSION_NOTED] = on_submission_noted,
	[ENROLLMENT__EVENT__BODY_ACTIVITY_NOTED] = on_activity_noted,
	[ENROLLMENT__EVENT__BODY_NAMES_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_QUALITY_STANDARD_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_RECORDED] = ignore,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_WITHDRAWN] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_OVERDUE] = ignore,
	[ENROLLMENT__EVENT__BODY_FINISH_NOTICED] = on_finish_noticed,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_TOLD] = ignore,
};

/* ---- evidence ---- */

static enum verdict submission_sealed(const struct view *view, const ProtobufCMessage *event,
				      struct decision *d)
{
	const Evidence__SubmissionSealed *e = ((const Evidence__Event *)event)->submission_sealed;
	Notification__SubmissionNoted noted = NOTIFICATION__SUBMISSION_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;
	struct enrollment row;

	if (!enrollment_get(view, bytes_of_pb(e->portfolio), &row))
		return await(d, AWAIT_ENROLLMENT, bytes_of_pb(e->portfolio));
	noted.submission = e->submission;
	noted.enrollment = e->portfolio;
	ours.submission_noted = &noted;
	emit_event(d, bytes_of_pb(e->submission), &ours,
		   NOTIFICATION__EVENT__BODY_SUBMISSION_NOTED);
	brings(d, AWAIT_SUBMISSION, bytes_of_pb(e->submission));
	return ACCEPTED;
}

/* Taken back: the receipt that has not left yet would be wrong. */
static enum verdict submission_recalled(const struct view *view, const ProtobufCMessage *event,
					struct decision *d)
{
	const Evidence__SubmissionRecalled *e =
		((const Evidence__Event *)event)->submission_recalled;
	struct enrollment row;

	if (!enrollment_get(view, bytes_of_pb(e->portfolio), &row))
		return await(d, AWAIT_ENROLLMENT, bytes_of_pb(e->portfolio));
	cancel_needless(view,
			&(struct needless){.educator = BYTES_OF(row.educator),
					   .about = bytes_of_pb(e->submission),
					   .topic = NOTIFICATION__TOPIC__SUBMISSION_RECEIPT,
					   .why = "recalled"},
			d);
	return ACCEPTED;
}

static follow_fn *const of_evidence[] = {
	[EVIDENCE__EVENT__BODY_ARTIFACT_BEGUN] = ignore,
	[EVIDENCE__EVENT__BODY_PART_STORED] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_STORED] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_ABANDONED] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENT_RECORDED] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENT_WITHDRAWN] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_REDACTED] = ignore,
	[EVIDENCE__EVENT__BODY_NO_IDENTIFIERS_ATTESTED] = ignore,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED] = ignore,
	[EVIDENCE__EVENT__BODY_SUBMISSION_SEALED] = submission_sealed,
	[EVIDENCE__EVENT__BODY_SUBMISSION_RECALLED] = submission_recalled,
	[EVIDENCE__EVENT__BODY_SUBMISSION_OPENED] = ignore,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_REOPENED] = ignore, /* its decision has told already */
	[EVIDENCE__EVENT__BODY_PORTFOLIO_CLOSED] = ignore,
	[EVIDENCE__EVENT__BODY_GRANT_WRITTEN] = ignore,
	[EVIDENCE__EVENT__BODY_GRANT_CLOSED] = ignore,
	[EVIDENCE__EVENT__BODY_ITEM_VIEWED] = ignore,
	[EVIDENCE__EVENT__BODY_ITEM_READ] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_SCANNED] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_ANSWER_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_RETENTION_SET] = ignore,
	[EVIDENCE__EVENT__BODY_RETENTION_HELD] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENTS_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_MANIFESTS_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_PURGE_REQUESTED] = ignore,
	[EVIDENCE__EVENT__BODY_DUPLICATE_FOUND] = ignore,
	[EVIDENCE__EVENT__BODY_SHARED_DECLARED] = ignore,
	[EVIDENCE__EVENT__BODY_SHARED_CONFIRMED] = ignore,
	[EVIDENCE__EVENT__BODY_SHARED_ROWS_FOUND] = ignore,
	[EVIDENCE__EVENT__BODY_HOLD_PLACED] = ignore,
	[EVIDENCE__EVENT__BODY_HOLD_LIFT_ASKED] = ignore,
	[EVIDENCE__EVENT__BODY_HOLD_LIFTED] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENT_EXPIRED] = ignore, /* the item is closed */
	[EVIDENCE__EVENT__BODY_ENTRY_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_POLICY_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_MEDIA_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_CALENDAR_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_PROFILE_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_EDUCATOR_FORGOTTEN] = ignore,
	[EVIDENCE__EVENT__BODY_ENROLLMENT_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_ASSESSOR_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_RELATION_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_ADJUDICATION_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_RETIREMENT_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_BLOBS_PURGED] = ignore,
};

/* ---- assessment ---- */

/* A person hears of a submission's receipt before its outcome, whichever log is read first. */
static enum verdict know_submission(const struct view *view, ProtobufCBinaryData submission,
				    struct decision *d)
{
	struct bytes id = bytes_of_pb(submission);
	struct submission row;

	return submission_get(view, id, &row) ? ACCEPTED : await(d, AWAIT_SUBMISSION, id);
}

static enum verdict returned_incomplete(const struct view *view, const ProtobufCMessage *event,
					struct decision *d)
{
	return know_submission(
		view, ((const Assessment__Event *)event)->returned_incomplete->submission, d);
}

static enum verdict decision_released(const struct view *view, const ProtobufCMessage *event,
				      struct decision *d)
{
	return know_submission(
		view, ((const Assessment__Event *)event)->decision_released->submission, d);
}

static enum verdict appeal_filed(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	return know_submission(view, ((const Assessment__Event *)event)->appeal_filed->submission,
			       d);
}

static enum verdict appeal_upheld(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	return know_submission(view, ((const Assessment__Event *)event)->appeal_upheld->submission,
			       d);
}

static enum verdict hold_placed(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	return know_submission(view, ((const Assessment__Event *)event)->hold_placed->submission,
			       d);
}

static enum verdict hold_cleared(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	return know_submission(view, ((const Assessment__Event *)event)->hold_cleared->submission,
			       d);
}

static enum verdict integrity_founded(const struct view *view, const ProtobufCMessage *event,
				      struct decision *d)
{
	return know_submission(
		view, ((const Assessment__Event *)event)->integrity_founded->submission, d);
}

static follow_fn *const of_assessment[] = {
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_QUALIFIED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_RETIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_SEAT_APPLIED] = ignore,
	[ASSESSMENT__EVENT__BODY_TRAINING_STARTED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_STARTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_RATED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_SCORED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_WITHDRAWN] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_COMPLETED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_LEASE_EXPIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_CERTIFIED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_FAILED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_PLACED_ON_WATCH] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REINSTATED] = ignore,
	[ASSESSMENT__EVENT__BODY_SEAT_EXPIRY_NOTICED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED] = ignore,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED] = ignore,
	[ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE] = returned_incomplete,
	[ASSESSMENT__EVENT__BODY_READING_ASSIGNED] = ignore, /* an assessor has no address here */
	[ASSESSMENT__EVENT__BODY_LEASE_EXPIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_READING_COMPLETED] = ignore,
	[ASSESSMENT__EVENT__BODY_SECOND_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED] = ignore,
	[ASSESSMENT__EVENT__BODY_DECISION_MADE] = ignore, /* nothing is said before the release */
	[ASSESSMENT__EVENT__BODY_DECISION_RELEASED] = decision_released,
	[ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER] = ignore,
	[ASSESSMENT__EVENT__BODY_SAME_READER_WAIVED] = ignore,
	[ASSESSMENT__EVENT__BODY_COACHING_RECORDED] = ignore,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT] = ignore, /* evidence tells of the recall */
	[ASSESSMENT__EVENT__BODY_ELIGIBLE_READER_FOUND] = ignore,
	[ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED] = ignore,
	[ASSESSMENT__EVENT__BODY_APPEAL_FILED] = appeal_filed,
	[ASSESSMENT__EVENT__BODY_APPEAL_UPHELD] = appeal_upheld,
	[ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED] = ignore, /* its decision tells */
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED] = ignore,
	[ASSESSMENT__EVENT__BODY_HOLD_PLACED] = hold_placed,
	[ASSESSMENT__EVENT__BODY_HOLD_CLEARED] = hold_cleared,
	[ASSESSMENT__EVENT__BODY_FOUNDING_PROPOSED] = ignore,
	[ASSESSMENT__EVENT__BODY_FOUNDING_WITHDRAWN] = ignore,
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED] = integrity_founded,
	[ASSESSMENT__EVENT__BODY_CLOCK_PAUSED] = ignore,
	[ASSESSMENT__EVENT__BODY_CLOCK_RESUMED] = ignore,
	[ASSESSMENT__EVENT__BODY_EDUCATOR_FORGOTTEN] = ignore,
	[ASSESSMENT__EVENT__BODY_FEEDBACK_PURGED] = ignore,
	[ASSESSMENT__EVENT__BODY_ENTRY_NOTED] = ignore,
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

/* ---- issuance ---- */

static enum verdict credential_issued(const struct view *view, const ProtobufCMessage *event,
				      struct decision *d)
{
	const Issuance__CredentialIssued *e = ((const Issuance__Event *)event)->credential_issued;

	return know_person_and_entry(view, bytes_of_pb(e->educator), bytes_of_pb(e->entry),
				     e->version, d);
}

/* The credential counts no more, or another one in its place: its end is of no interest. */
static void end_is_off(const struct view *view, ProtobufCBinaryData educator,
		       ProtobufCBinaryData credential, struct decision *d)
{
	cancel_needless(view,
			&(struct needless){.educator = bytes_of_pb(educator),
					   .about = bytes_of_pb(credential),
					   .topic = NOTIFICATION__TOPIC__EXPIRY_COMING,
					   .why = "resolved"},
			d);
}

static enum verdict credential_superseded(const struct view *view, const ProtobufCMessage *event,
					  struct decision *d)
{
	const Issuance__CredentialSuperseded *e =
		((const Issuance__Event *)event)->credential_superseded;

	end_is_off(view, e->educator, e->credential, d);
	return ACCEPTED;
}

/* A notice after the end is of no use. */
static enum verdict credential_expired(const struct view *view, const ProtobufCMessage *event,
				       struct decision *d)
{
	const Issuance__CredentialExpired *e = ((const Issuance__Event *)event)->credential_expired;

	end_is_off(view, e->educator, e->credential, d);
	return ACCEPTED;
}

static enum verdict credential_revoked(const struct view *view, const ProtobufCMessage *event,
				       struct decision *d)
{
	const Issuance__CredentialRevoked *e = ((const Issuance__Event *)event)->credential_revoked;

	end_is_off(view, e->educator, e->credential, d);
	return know_person_and_entry(view, bytes_of_pb(e->educator), bytes_of_pb(e->entry),
				     e->version, d);
}

static enum verdict credential_suspended(const struct view *view, const ProtobufCMessage *event,
					 struct decision *d)
{
	const Issuance__CredentialSuspended *e =
		((const Issuance__Event *)event)->credential_suspended;

	return know_person_and_entry(view, bytes_of_pb(e->educator), bytes_of_pb(e->entry),
				     e->version, d);
}

static enum verdict credential_reinstated(const struct view *view, const ProtobufCMessage *event,
					  struct decision *d)
{
	const Issuance__CredentialReinstated *e =
		((const Issuance__Event *)event)->credential_reinstated;

	return know_person_and_entry(view, bytes_of_pb(e->educator), bytes_of_pb(e->entry),
				     e->version, d);
}

static follow_fn *const of_issuance[] = {
	[ISSUANCE__EVENT__BODY_KEY_ADDED] = ignore,
	[ISSUANCE__EVENT__BODY_KEY_RETIRED] = ignore,
	[ISSUANCE__EVENT__BODY_KEY_REVOKED] = ignore,
	[ISSUANCE__EVENT__BODY_REISSUE_STARTED] = ignore,
	[ISSUANCE__EVENT__BODY_REISSUE_PAUSED] = ignore,
	[ISSUANCE__EVENT__BODY_REISSUE_RESUMED] = ignore,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED] = ignore,
	[ISSUANCE__EVENT__BODY_REISSUE_ADVANCED] = ignore,
	[ISSUANCE__EVENT__BODY_REISSUE_FINISHED] = ignore,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED] = credential_issued,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_HELD] = ignore, /* told when it is issued */
	[ISSUANCE__EVENT__BODY_HELD_DROPPED] = ignore,    /* its decision tells */
	[ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED] = credential_suspended,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED] = credential_reinstated,
	[ISSUANCE__EVENT__BODY_REVOCATION_PROPOSED] =
		ignore, /* nothing is said before it is done */
	[ISSUANCE__EVENT__BODY_PROPOSAL_WITHDRAWN] = ignore,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED] = credential_revoked,
	[ISSUANCE__EVENT__BODY_REVOCATION_REVERSED] = ignore, /* the new one tells */
	[ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED] = credential_superseded,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_EXPIRED] = credential_expired,
	[ISSUANCE__EVENT__BODY_STATUS_LIST_SIGNED] = ignore,
	[ISSUANCE__EVENT__BODY_STATUS_LIST_DELAYED] = ignore,
	[ISSUANCE__EVENT__BODY_ISSUER_NOTED] = ignore,
	[ISSUANCE__EVENT__BODY_ACHIEVEMENT_NOTED] = ignore,
	[ISSUANCE__EVENT__BODY_EDUCATOR_NOTED] = ignore,
	[ISSUANCE__EVENT__BODY_LICENSE_NOTED] = ignore,
	[ISSUANCE__EVENT__BODY_EDUCATOR_FORGOTTEN] = ignore,
	[ISSUANCE__EVENT__BODY_KEY_DESTROYED] = ignore,
	[ISSUANCE__EVENT__BODY_RENEWAL_POLICY_NOTED] = ignore,
	[ISSUANCE__EVENT__BODY_LEDGER_POSTED] = ignore, /* its credential tells */
	[ISSUANCE__EVENT__BODY_LEDGER_REVERSED] = ignore,
	[ISSUANCE__EVENT__BODY_LEDGER_ADJUSTED] = ignore,
	[ISSUANCE__EVENT__BODY_LEDGER_ACKNOWLEDGED] = ignore, /* as it should be */
	[ISSUANCE__EVENT__BODY_LEDGER_DISPUTED] = on_ledger_disputed,
	[ISSUANCE__EVENT__BODY_LEDGER_SWEPT] = ignore,
	[ISSUANCE__EVENT__BODY_EVALUATION_RECORDED] = ignore,
	[ISSUANCE__EVENT__BODY_STACK_NOTED] = ignore, /* enrollment tells of it */
	[ISSUANCE__EVENT__BODY_STACK_SWEPT] = ignore,
	[ISSUANCE__EVENT__BODY_CHECKPOINT_SIGNED] = ignore,
	[ISSUANCE__EVENT__BODY_EXTERNAL_CREDENTIAL_ADDED] = ignore,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_SHARED] = ignore,
	[ISSUANCE__EVENT__BODY_SHARE_WITHDRAWN] = ignore,
	[ISSUANCE__EVENT__BODY_SANDBOX_MARKED] = ignore,
	[ISSUANCE__EVENT__BODY_ENDORSEMENT_SIGNED] = ignore,
	[ISSUANCE__EVENT__BODY_ENDORSEMENT_IMPORTED] = ignore,
	[ISSUANCE__EVENT__BODY_ENDORSEMENT_WITHDRAWN] = ignore,
	[ISSUANCE__EVENT__BODY_STACK_MEMBERS_HELD] = ignore,
	[ISSUANCE__EVENT__BODY_STACK_MEMBERS_SETTLED] = ignore,
	[ISSUANCE__EVENT__BODY_DOCUMENT_UNFIT] = ignore, /* status tells an operator */
	[ISSUANCE__EVENT__BODY_PASS_COVERED] = ignore,
	[ISSUANCE__EVENT__BODY_DECISION_TAKEN_BACK] = ignore, /* assessment tells of it */
	[ISSUANCE__EVENT__BODY_STATE_LAYOUT_NOTED] = ignore,
	[ISSUANCE__EVENT__BODY_STATE_FILE_ROWS] = ignore,
	[ISSUANCE__EVENT__BODY_STATE_FILE_CUT] = ignore,
	[ISSUANCE__EVENT__BODY_STATE_FILE_ANSWERED] = ignore, /* each dispute tells of itself */
	[ISSUANCE__EVENT__BODY_STATE_FILE_READ] = ignore,
};

/* ---- all of them ---- */

static const struct followed {
	follow_fn *const *handlers;
	size_t n;
} followed[N_UPSTREAMS] = {
	[UP_ENROLLMENT] = {of_enrollment, ARRAY_LEN(of_enrollment)},
	[UP_EVIDENCE] = {of_evidence, ARRAY_LEN(of_evidence)},
	[UP_ASSESSMENT] = {of_assessment, ARRAY_LEN(of_assessment)},
	[UP_ISSUANCE] = {of_issuance, ARRAY_LEN(of_issuance)},
};

bool notification_follows(unsigned upstream, uint32_t kind)
{
	return kind < followed[upstream].n && followed[upstream].handlers[kind] != NULL;
}

/* An event of a newer kind than this program knows is skipped; a damaged one is parked, and an
 * operator hears of it. */
static enum verdict follow(unsigned upstream, const struct view *view,
			   const ProtobufCMessage *event, const struct record *record,
			   struct decision *d)
{
	uint32_t kind = body_kind(event);

	if (!notification_follows(upstream, kind))
		return ACCEPTED;
	if (!event_is_sound(event))
		return refuse(d, NOTIFICATION__REASON__BAD_ID);
	if (followed[upstream].handlers[kind](view, event, d) == AWAITING)
		return AWAITING;
	plan_event(view, upstream, event, record, d);
	return ACCEPTED;
}

static enum verdict follow_enrollment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	return follow(UP_ENROLLMENT, view, event, record, d);
}

static enum verdict follow_evidence(const struct view *view, const ProtobufCMessage *event,
				    const struct record *record, struct decision *d)
{
	return follow(UP_EVIDENCE, view, event, record, d);
}

static enum verdict follow_assessment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	return follow(UP_ASSESSMENT, view, event, record, d);
}

static enum verdict follow_issuance(const struct view *view, const ProtobufCMessage *event,
				    const struct record *record, struct decision *d)
{
	return follow(UP_ISSUANCE, view, event, record, d);
}

const struct upstream notification_upstreams[N_UPSTREAMS] = {
	[UP_ENROLLMENT] = {"enrollment.0.log", &enrollment__event__descriptor, follow_enrollment},
	[UP_EVIDENCE] = {"evidence.0.log", &evidence__event__descriptor, follow_evidence},
	[UP_ASSESSMENT] = {"assessment.0.log", &assessment__event__descriptor, follow_assessment},
	[UP_ISSUANCE] = {"issuance.0.log", &issuance__event__descriptor, follow_issuance},
};

/* The first release passed over these, and planned nothing for the end of a credential. A notice
 * that was planned for an event is not planned again. */
const struct learned notification_learned[12] = {
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED},
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_STACK_PUBLISHED},
	{"issuance.0.log", 1, ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED},
	{"issuance.0.log", 1, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED},
	{"issuance.0.log", 1, ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED},
	{"issuance.0.log", 1, ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED},
	{"issuance.0.log", 1, ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED},
	{"issuance.0.log", 1, ISSUANCE__EVENT__BODY_CREDENTIAL_EXPIRED},
	{"enrollment.0.log", 2, ENROLLMENT__EVENT__BODY_LICENSE_LINKED},
	{"enrollment.0.log", 2, ENROLLMENT__EVENT__BODY_LICENSE_RENEWED},
	{"enrollment.0.log", 3, ENROLLMENT__EVENT__BODY_EDUCATOR_RENAMED},
	{"enrollment.0.log", 3, ENROLLMENT__EVENT__BODY_EMAIL_CHANGED},
};
