/* What the events of evidence, assessment and issuance mean here: an effect, or a stated nothing.
 */
#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "services/enrollment/lapse.h"
#include "services/enrollment/rules.h"

typedef enum verdict evidence_fn(const struct view *view, const Evidence__Event *event,
				 struct decision *d);
typedef enum verdict assessment_fn(const struct view *view, const Assessment__Event *event,
				   struct decision *d);
typedef enum verdict issuance_fn(const struct view *view, const Issuance__Event *event,
				 struct decision *d);

/* The lapse of an enrollment whose teacher does something now. One that has ended keeps its own. */
static int64_t lapse_now(const struct view *view, const struct enrollment_row *row,
			 const struct decision *d)
{
	struct policy_row policy;

	if (!enrollment_runs(row))
		return row->lapses_us;
	ENSURE(policy_get(view, row->policy_version, &policy));
	return lapse_from(&policy, d->now_us);
}

/* ---- submissions ---- */

static enum verdict note_submission(const struct view *view, struct bytes enrollment,
				    struct bytes submission, Enrollment__SubmissionState state,
				    struct decision *d)
{
	Enrollment__SubmissionNoted event = ENROLLMENT__SUBMISSION_NOTED__INIT;
	struct enrollment_row row;

	if (!enrollment_get(view, enrollment, &row))
		return await(d, AWAIT_ENROLLMENT, enrollment);
	event.enrollment = pb_of_bytes(enrollment);
	event.submission = pb_of_bytes(submission);
	event.state = state;
	event.lapses_us = lapse_now(view, &row, d);
	EMIT(d, enrollment, SUBMISSION_NOTED, submission_noted, &event);
	brings(d, AWAIT_SUBMISSION, submission);
	return ACCEPTED;
}

/* Moves the submission on if it is the enrollment's latest and stands in one of the states from (a
 * set of bits); an older one, or one already further, is left alone. */
static enum verdict move_submission(const struct view *view, struct bytes submission, unsigned from,
				    Enrollment__SubmissionState to, struct decision *d)
{
	struct id enrollment;
	struct enrollment_row row;

	if (!ref_get(view, SUBMISSION, submission, &enrollment))
		return await(d, AWAIT_SUBMISSION, submission);
	ENSURE(enrollment_get(view, bytes_of_id(&enrollment), &row));
	if (!bytes_equal(submission, bytes_of_id(&row.submission)) ||
	    (from & (1u << row.submission_state)) == 0)
		return ACCEPTED;
	return note_submission(view, arena_copy(d->arena, bytes_of_id(&enrollment)), submission, to,
			       d);
}

#define STATE(name) ENROLLMENT__SUBMISSION_STATE__##name
#define IS(name) (1u << STATE(name))

/* ---- evidence ---- */

static enum verdict ignore_evidence(const struct view *view, const Evidence__Event *event,
				    struct decision *d)
{
	(void)view;
	(void)event;
	(void)d;
	return ACCEPTED;
}

/* Collecting evidence is activity; it is noted once a day at most, not for each of fifty files. */
static enum verdict on_artifact_begun(const struct view *view, const Evidence__Event *event,
				      struct decision *d)
{
	struct bytes id = bytes_of_pb(event->artifact_begun->portfolio);
	Enrollment__ActivityNoted noted = ENROLLMENT__ACTIVITY_NOTED__INIT;
	struct enrollment_row row;

	if (!enrollment_get(view, id, &row))
		return await(d, AWAIT_ENROLLMENT, id);
	noted.lapses_us = lapse_now(view, &row, d);
	if (noted.lapses_us - row.lapses_us < US_PER_DAY)
		return ACCEPTED;
	noted.enrollment = pb_of_bytes(id);
	EMIT(d, id, ACTIVITY_NOTED, activity_noted, &noted);
	return ACCEPTED;
}

static enum verdict on_sealed(const struct view *view, const Evidence__Event *event,
			      struct decision *d)
{
	const Evidence__SubmissionSealed *e = event->submission_sealed;

	return note_submission(view, bytes_of_pb(e->portfolio), bytes_of_pb(e->submission),
			       STATE(SEALED), d);
}

static enum verdict on_recalled(const struct view *view, const Evidence__Event *event,
				struct decision *d)
{
	return move_submission(view, bytes_of_pb(event->submission_recalled->submission),
			       IS(SEALED) | IS(IN_READING), STATE(RECALLED), d);
}

#define EVIDENCE(name) EVIDENCE__EVENT__BODY_##name

static evidence_fn *const evidence_table[] = {
	[EVIDENCE(ARTIFACT_BEGUN)] = on_artifact_begun,
	[EVIDENCE(PART_STORED)] = ignore_evidence, /* its beginning was noted */
	[EVIDENCE(ARTIFACT_STORED)] = ignore_evidence,
	[EVIDENCE(ARTIFACT_ABANDONED)] = ignore_evidence,
	[EVIDENCE(CONSENT_RECORDED)] = ignore_evidence,
	[EVIDENCE(CONSENT_WITHDRAWN)] = ignore_evidence, /* undoes no decision */
	[EVIDENCE(ARTIFACT_REDACTED)] = ignore_evidence,
	[EVIDENCE(NO_IDENTIFIERS_ATTESTED)] = ignore_evidence,
	[EVIDENCE(BLOBS_PURGED)] = ignore_evidence,
	[EVIDENCE(PORTFOLIO_OPENED)] = ignore_evidence, /* the echo of Enrolled */
	[EVIDENCE(SUBMISSION_SEALED)] = on_sealed,
	[EVIDENCE(SUBMISSION_RECALLED)] = on_recalled,
	[EVIDENCE(SUBMISSION_OPENED)] = ignore_evidence,  /* assessment said it is in reading */
	[EVIDENCE(PORTFOLIO_REOPENED)] = ignore_evidence, /* the decision was noted */
	[EVIDENCE(PORTFOLIO_CLOSED)] = ignore_evidence,   /* the echo of what ended it here */
	[EVIDENCE(GRANT_WRITTEN)] = ignore_evidence,
	[EVIDENCE(GRANT_CLOSED)] = ignore_evidence,
	[EVIDENCE(ITEM_VIEWED)] = ignore_evidence,
	[EVIDENCE(ITEM_READ)] = ignore_evidence,
	[EVIDENCE(ARTIFACT_SCANNED)] = ignore_evidence,
	[EVIDENCE(ARTIFACT_PURGED)] = ignore_evidence,
	[EVIDENCE(ANSWER_PURGED)] = ignore_evidence,
	[EVIDENCE(RETENTION_SET)] = ignore_evidence,
	[EVIDENCE(RETENTION_HELD)] = ignore_evidence,
	[EVIDENCE(CONSENTS_PURGED)] = ignore_evidence,
	[EVIDENCE(MANIFESTS_PURGED)] = ignore_evidence,
	[EVIDENCE(PURGE_REQUESTED)] = ignore_evidence,
	[EVIDENCE(DUPLICATE_FOUND)] = ignore_evidence,
	[EVIDENCE(SHARED_DECLARED)] = ignore_evidence,
	[EVIDENCE(SHARED_CONFIRMED)] = ignore_evidence,
	[EVIDENCE(SHARED_ROWS_FOUND)] = ignore_evidence,
	[EVIDENCE(HOLD_PLACED)] = ignore_evidence,
	[EVIDENCE(HOLD_LIFT_ASKED)] = ignore_evidence,
	[EVIDENCE(HOLD_LIFTED)] = ignore_evidence,
	[EVIDENCE(CONSENT_EXPIRED)] = ignore_evidence, /* as a withdrawal */
	[EVIDENCE(ENTRY_NOTED)] = ignore_evidence, /* what it keeps of this service and others */
	[EVIDENCE(POLICY_NOTED)] = ignore_evidence,
	[EVIDENCE(MEDIA_NOTED)] = ignore_evidence,
	[EVIDENCE(CALENDAR_NOTED)] = ignore_evidence,
	[EVIDENCE(PROFILE_NOTED)] = ignore_evidence,
	[EVIDENCE(EDUCATOR_FORGOTTEN)] = ignore_evidence, /* it holds no key of a person */
	[EVIDENCE(ENROLLMENT_NOTED)] = ignore_evidence,
	[EVIDENCE(ASSESSOR_NOTED)] = ignore_evidence,
	[EVIDENCE(RELATION_NOTED)] = ignore_evidence,
	[EVIDENCE(ADJUDICATION_NOTED)] = ignore_evidence,
	[EVIDENCE(RETIREMENT_NOTED)] = ignore_evidence,
};

static enum verdict follow_evidence(const struct view *view, const ProtobufCMessage *event,
				    const struct record *record, struct decision *d)
{
	const Evidence__Event *e = (const Evidence__Event *)event;

	(void)record;
	if ((size_t)e->body_case >= ARRAY_LEN(evidence_table) ||
	    evidence_table[e->body_case] == NULL)
		return ACCEPTED; /* of a newer version */
	return evidence_table[e->body_case](view, e, d);
}

/* ---- assessment ---- */

static enum verdict ignore_assessment(const struct view *view, const Assessment__Event *event,
				      struct decision *d)
{
	(void)view;
	(void)event;
	(void)d;
	return ACCEPTED;
}

static enum verdict on_reading_assigned(const struct view *view, const Assessment__Event *event,
					struct decision *d)
{
	return move_submission(view, bytes_of_pb(event->reading_assigned->submission), IS(SEALED),
			       STATE(IN_READING), d);
}

static enum verdict on_lease_expired(const struct view *view, const Assessment__Event *event,
				     struct decision *d)
{
	return move_submission(view, bytes_of_pb(event->lease_expired->submission), IS(IN_READING),
			       STATE(SEALED), d);
}

/* It is the teacher's again, as after a recall, and no attempt was used. */
static enum verdict on_returned_incomplete(const struct view *view, const Assessment__Event *event,
					   struct decision *d)
{
	return move_submission(view, bytes_of_pb(event->returned_incomplete->submission),
			       IS(SEALED) | IS(IN_READING), STATE(RECALLED), d);
}

static enum verdict on_decision_released(const struct view *view, const Assessment__Event *event,
					 struct decision *d)
{
	return move_submission(view, bytes_of_pb(event->decision_released->submission),
			       IS(SEALED) | IS(IN_READING) | IS(RECALLED), STATE(DECIDED), d);
}

/* Recalled, as evidence has said, or not needed: an earlier attempt passed meanwhile. */
static enum verdict on_submission_left(const struct view *view, const Assessment__Event *event,
				       struct decision *d)
{
	return move_submission(view, bytes_of_pb(event->submission_left->submission),
			       IS(SEALED) | IS(IN_READING), STATE(RECALLED), d);
}

/* Voided: it is not in reading any more, and stays sealed. What it earned is issuance's matter. */
static enum verdict on_integrity_founded(const struct view *view, const Assessment__Event *event,
					 struct decision *d)
{
	return move_submission(view, bytes_of_pb(event->integrity_founded->submission),
			       IS(SEALED) | IS(IN_READING), STATE(DECIDED), d);
}

#define ASSESSMENT(name) ASSESSMENT__EVENT__BODY_##name

static assessment_fn *const assessment_table[] = {
	[ASSESSMENT(ASSESSOR_REGISTERED)] = ignore_assessment,
	[ASSESSMENT(ASSESSOR_QUALIFIED)] = ignore_assessment,
	[ASSESSMENT(ASSESSOR_RETIRED)] = ignore_assessment,
	[ASSESSMENT(SEAT_APPLIED)] = ignore_assessment,
	[ASSESSMENT(TRAINING_STARTED)] = ignore_assessment,
	[ASSESSMENT(CALIBRATION_STARTED)] = ignore_assessment,
	[ASSESSMENT(ANCHOR_RATED)] = ignore_assessment,
	[ASSESSMENT(ANCHOR_SCORED)] = ignore_assessment,
	[ASSESSMENT(ANCHOR_WITHDRAWN)] = ignore_assessment,
	[ASSESSMENT(ANCHOR_ASSIGNED)] = ignore_assessment, /* of no earner's submission */
	[ASSESSMENT(ANCHOR_COMPLETED)] = ignore_assessment,
	[ASSESSMENT(ANCHOR_LEASE_EXPIRED)] = ignore_assessment,
	[ASSESSMENT(ASSESSOR_CERTIFIED)] = ignore_assessment,
	[ASSESSMENT(CALIBRATION_FAILED)] = ignore_assessment,
	[ASSESSMENT(ASSESSOR_PLACED_ON_WATCH)] = ignore_assessment,
	[ASSESSMENT(ASSESSOR_SUSPENDED)] = ignore_assessment,
	[ASSESSMENT(ASSESSOR_REINSTATED)] = ignore_assessment,
	[ASSESSMENT(SEAT_EXPIRY_NOTICED)] = ignore_assessment,
	[ASSESSMENT(ASSESSOR_EXPIRED)] = ignore_assessment,
	[ASSESSMENT(SUBMISSION_RECEIVED)] = ignore_assessment, /* evidence said it is sealed */
	[ASSESSMENT(SUBMISSION_SCREENED)] = ignore_assessment,
	[ASSESSMENT(RETURNED_INCOMPLETE)] = on_returned_incomplete,
	[ASSESSMENT(READING_ASSIGNED)] = on_reading_assigned,
	[ASSESSMENT(LEASE_EXPIRED)] = on_lease_expired,
	[ASSESSMENT(READING_COMPLETED)] = ignore_assessment, /* in reading until it is decided */
	[ASSESSMENT(SECOND_REQUESTED)] = ignore_assessment,
	[ASSESSMENT(ADJUDICATION_REQUESTED)] = ignore_assessment,
	[ASSESSMENT(ADJUDICATION_COMPLETED)] = ignore_assessment,
	[ASSESSMENT(DECISION_MADE)] = ignore_assessment, /* counts when it is released */
	[ASSESSMENT(DECISION_RELEASED)] = on_decision_released,
	[ASSESSMENT(NO_ELIGIBLE_READER)] = ignore_assessment,
	[ASSESSMENT(SAME_READER_WAIVED)] = ignore_assessment,
	[ASSESSMENT(COACHING_RECORDED)] = ignore_assessment,
	[ASSESSMENT(SUBMISSION_LEFT)] = on_submission_left,
	[ASSESSMENT(ELIGIBLE_READER_FOUND)] = ignore_assessment,
	[ASSESSMENT(REVIEW_REQUESTED)] = ignore_assessment, /* it stays decided meanwhile */
	[ASSESSMENT(REVIEW_CONCLUDED)] = ignore_assessment,
	[ASSESSMENT(APPEAL_FILED)] = ignore_assessment,
	[ASSESSMENT(APPEAL_UPHELD)] = ignore_assessment,
	[ASSESSMENT(APPEAL_OVERTURNED)] = ignore_assessment, /* its decision follows */
	[ASSESSMENT(INTEGRITY_FLAGGED)] = ignore_assessment,
	[ASSESSMENT(HOLD_PLACED)] = ignore_assessment, /* it stays where it is */
	[ASSESSMENT(HOLD_CLEARED)] = ignore_assessment,
	[ASSESSMENT(FOUNDING_PROPOSED)] = ignore_assessment,
	[ASSESSMENT(FOUNDING_WITHDRAWN)] = ignore_assessment,
	[ASSESSMENT(INTEGRITY_FOUNDED)] = on_integrity_founded,
	[ASSESSMENT(CLOCK_PAUSED)] = ignore_assessment,
	[ASSESSMENT(CLOCK_RESUMED)] = ignore_assessment,
	[ASSESSMENT(EDUCATOR_FORGOTTEN)] = ignore_assessment, /* it holds no key */
	[ASSESSMENT(FEEDBACK_PURGED)] = ignore_assessment,
	[ASSESSMENT(ENTRY_NOTED)] =
		ignore_assessment, /* what it keeps of this service and others */
	[ASSESSMENT(PROFILE_NOTED)] = ignore_assessment,
	[ASSESSMENT(POLICY_NOTED)] = ignore_assessment,
	[ASSESSMENT(CALENDAR_NOTED)] = ignore_assessment,
	[ASSESSMENT(RELATION_NOTED)] = ignore_assessment,
	[ASSESSMENT(RENEWAL_NOTED)] = ignore_assessment, /* it said so */
	[ASSESSMENT(OPENING_NOTED)] = ignore_assessment,
	[ASSESSMENT(SHARED_ROWS_NOTED)] = ignore_assessment,
	[ASSESSMENT(ROW_PLACED_UNDER_REVIEW)] = ignore_assessment,
	[ASSESSMENT(ROW_REVIEW_ENDED)] = ignore_assessment,
	[ASSESSMENT(GAP_FOUND)] = ignore_assessment,
	[ASSESSMENT(GAP_ENDED)] = ignore_assessment,
	[ASSESSMENT(SURGE_REQUESTED)] = ignore_assessment,
	[ASSESSMENT(SURGE_ENDED)] = ignore_assessment,
	[ASSESSMENT(DAY_LOOKED)] = ignore_assessment,
	[ASSESSMENT(ORG_NOTED)] = ignore_assessment,
};

static enum verdict follow_assessment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	const Assessment__Event *e = (const Assessment__Event *)event;

	(void)record;
	if ((size_t)e->body_case >= ARRAY_LEN(assessment_table) ||
	    assessment_table[e->body_case] == NULL)
		return ACCEPTED; /* of a newer version */
	return assessment_table[e->body_case](view, e, d);
}

/* ---- issuance ---- */

static enum verdict ignore_issuance(const struct view *view, const Issuance__Event *event,
				    struct decision *d)
{
	(void)view;
	(void)event;
	(void)d;
	return ACCEPTED;
}

/* Whatever state the enrollment is in: that the credential was earned is issuance's to say. */
static enum verdict on_credential_issued(const struct view *view, const Issuance__Event *event,
					 struct decision *d)
{
	const Issuance__CredentialIssued *e = event->credential_issued;
	struct bytes id = bytes_of_pb(e->enrollment);
	Enrollment__Completed completed = ENROLLMENT__COMPLETED__INIT;
	struct enrollment_row row;

	if (e->n_members > 0)
		return ACCEPTED; /* of a stack: nobody enrolls in one */
	if (!enrollment_get(view, id, &row))
		return await(d, AWAIT_ENROLLMENT, id);
	if (bytes_equal(bytes_of_pb(e->credential), bytes_of_id(&row.credential)))
		return ACCEPTED;
	completed.enrollment = e->enrollment;
	completed.credential = e->credential;
	completed.valid_until_us = e->valid_until_us;
	EMIT(d, id, COMPLETED, completed, &completed);
	return ACCEPTED;
}

static enum verdict on_key_destroyed(const struct view *view, const Issuance__Event *event,
				     struct decision *d)
{
	struct bytes educator = bytes_of_pb(event->key_destroyed->educator);
	struct erasure_row row;

	if (!erasure_get(view, educator, &row))
		return await(d, AWAIT_ERASURE, educator);
	return note_holder(view, educator, HOLDER_ISSUANCE, d);
}

#define ISSUANCE(name) ISSUANCE__EVENT__BODY_##name

static issuance_fn *const issuance_table[] = {
	[ISSUANCE(KEY_ADDED)] = ignore_issuance, /* its keys are its own */
	[ISSUANCE(KEY_RETIRED)] = ignore_issuance,
	[ISSUANCE(KEY_REVOKED)] = ignore_issuance,
	[ISSUANCE(REISSUE_STARTED)] = ignore_issuance,
	[ISSUANCE(REISSUE_PAUSED)] = ignore_issuance,
	[ISSUANCE(REISSUE_RESUMED)] = ignore_issuance,
	[ISSUANCE(CREDENTIAL_REISSUED)] = ignore_issuance,
	[ISSUANCE(REISSUE_ADVANCED)] = ignore_issuance,
	[ISSUANCE(REISSUE_FINISHED)] = ignore_issuance,
	[ISSUANCE(CREDENTIAL_ISSUED)] = on_credential_issued,
	[ISSUANCE(CREDENTIAL_HELD)] = ignore_issuance, /* completes when it is issued */
	[ISSUANCE(HELD_DROPPED)] = ignore_issuance,
	[ISSUANCE(LEDGER_POSTED)] = ignore_issuance, /* what it counts for is asked there */
	[ISSUANCE(LEDGER_REVERSED)] = ignore_issuance,
	[ISSUANCE(LEDGER_ADJUSTED)] = ignore_issuance,
	[ISSUANCE(LEDGER_ACKNOWLEDGED)] = ignore_issuance,
	[ISSUANCE(LEDGER_DISPUTED)] = ignore_issuance,
	[ISSUANCE(LEDGER_SWEPT)] = ignore_issuance,
	[ISSUANCE(EVALUATION_RECORDED)] = ignore_issuance,
	[ISSUANCE(RENEWAL_POLICY_NOTED)] = ignore_issuance,
	[ISSUANCE(ISSUER_NOTED)] = ignore_issuance, /* what it keeps of this service and others */
	[ISSUANCE(ACHIEVEMENT_NOTED)] = ignore_issuance,
	[ISSUANCE(EDUCATOR_NOTED)] = ignore_issuance,
	[ISSUANCE(LICENSE_NOTED)] = ignore_issuance,
	[ISSUANCE(EDUCATOR_FORGOTTEN)] = ignore_issuance, /* its key: KeyDestroyed */
	[ISSUANCE(KEY_DESTROYED)] = on_key_destroyed,
	[ISSUANCE(STACK_NOTED)] = ignore_issuance,
	[ISSUANCE(STACK_SWEPT)] = ignore_issuance,
	[ISSUANCE(CHECKPOINT_SIGNED)] = ignore_issuance,
	[ISSUANCE(EXTERNAL_CREDENTIAL_ADDED)] = ignore_issuance,
	[ISSUANCE(CREDENTIAL_SHARED)] = ignore_issuance,
	[ISSUANCE(SHARE_WITHDRAWN)] = ignore_issuance,
	[ISSUANCE(ENDORSEMENT_SIGNED)] = ignore_issuance,
	[ISSUANCE(ENDORSEMENT_IMPORTED)] = ignore_issuance,
	[ISSUANCE(ENDORSEMENT_WITHDRAWN)] = ignore_issuance,
	[ISSUANCE(STACK_MEMBERS_HELD)] = ignore_issuance,
	[ISSUANCE(STACK_MEMBERS_SETTLED)] = ignore_issuance,
	[ISSUANCE(DOCUMENT_UNFIT)] = ignore_issuance, /* published is published */
	[ISSUANCE(PASS_COVERED)] = ignore_issuance,
	[ISSUANCE(DECISION_TAKEN_BACK)] = ignore_issuance, /* assessment tells of it */
};

static enum verdict follow_issuance(const struct view *view, const ProtobufCMessage *event,
				    const struct record *record, struct decision *d)
{
	const Issuance__Event *e = (const Issuance__Event *)event;

	(void)record;
	if ((size_t)e->body_case >= ARRAY_LEN(issuance_table) ||
	    issuance_table[e->body_case] == NULL)
		return ACCEPTED; /* of a newer version */
	return issuance_table[e->body_case](view, e, d);
}

const struct upstream enrollment_upstreams[ENROLLMENT_UPSTREAMS] = {
	{"evidence.0.log", &evidence__event__descriptor, follow_evidence},
	{"assessment.0.log", &assessment__event__descriptor, follow_assessment},
	{"issuance.0.log", &issuance__event__descriptor, follow_issuance},
};
