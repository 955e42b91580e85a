/* What each event changes in the tables: portfolios, submissions, readers, what is kept of
 * neighbours. */
#include "services/evidence/changes.h"
#include "services/evidence/evidence.h"

#include <string.h>

/* ---- portfolios ---- */

bool need_portfolio(struct txn *txn, struct bytes portfolio, struct portfolio *row_r)
{
	if (portfolio_get(txn_view(txn), portfolio, row_r))
		return true;
	txn_fault(txn, "no such portfolio");
	return false;
}

static void apply_portfolio_opened(struct txn *txn, const Evidence__Event *event,
				   const struct record *record)
{
	const Evidence__PortfolioOpened *opened = event->portfolio_opened;
	struct portfolio row = {
		.educator = id_of_bytes(bytes_of_pb(opened->educator)),
		.entry = id_of_bytes(bytes_of_pb(opened->entry)),
		.school = id_of_bytes(bytes_of_pb(opened->school)),
		.district = id_of_bytes(bytes_of_pb(opened->district)),
		.entry_version = opened->version,
		.policy_version = opened->policy_version,
		.media_version = opened->media_version,
		.attempt = 1,
		.stage = STAGE_OPEN,
		.standing = STANDING_ACTIVE,
	};

	(void)record;
	portfolio_put(txn, bytes_of_pb(opened->portfolio), &row);
}

static void apply_submission_sealed(struct txn *txn, const Evidence__Event *event,
				    const struct record *record)
{
	const Evidence__SubmissionSealed *sealed = event->submission_sealed;
	struct bytes submission = bytes_of_pb(sealed->submission);
	struct submission row = {
		.portfolio = id_of_bytes(bytes_of_pb(sealed->portfolio)),
		.recall_until_us = sealed->recall_until_us,
		.state = SUBMISSION_SEALED,
	};
	struct portfolio portfolio;
	struct artifact artifact;

	if (!need_portfolio(txn, bytes_of_pb(sealed->portfolio), &portfolio))
		return;
	portfolio.stage = STAGE_SEALED;
	portfolio.submission = id_of_bytes(submission);
	portfolio_put(txn, bytes_of_pb(sealed->portfolio), &portfolio);
	submission_put(txn, submission, &row);
	submission_list(txn, sealed, record->payload);
	for (size_t i = 0; i < sealed->n_items; i++) {
		struct bytes id = bytes_of_pb(sealed->items[i]->artifact);

		if (!need_artifact(txn, id, &artifact))
			return;
		artifact.sealed = 1;
		artifact_put(txn, id, &artifact);
	}
	for (size_t i = 0; i < sealed->n_answers; i++) {
		struct bytes hash = bytes_of_pb(sealed->answers[i]->sha256);

		answer_put(txn, submission, (uint16_t)i, hash);
		use_put(txn, hash, submission);
	}
	use_put(txn, bytes_of_pb(sealed->manifest_sha256), submission);
	add_places(txn, sealed);
}

static bool set_submission_state(struct txn *txn, struct bytes submission, uint8_t state)
{
	struct submission row;

	if (!submission_get(txn_view(txn), submission, &row)) {
		txn_fault(txn, "no such submission");
		return false;
	}
	row.state = state;
	row.adjudication = 0;
	submission_put(txn, submission, &row);
	return true;
}

static void apply_submission_recalled(struct txn *txn, const Evidence__Event *event,
				      const struct record *record)
{
	const Evidence__SubmissionRecalled *recalled = event->submission_recalled;
	struct bytes portfolio = bytes_of_pb(recalled->portfolio);
	struct portfolio row;

	(void)record;
	if (!set_submission_state(txn, bytes_of_pb(recalled->submission), SUBMISSION_RECALLED) ||
	    !need_portfolio(txn, portfolio, &row))
		return;
	row.stage = STAGE_OPEN;
	row.submission = row.decided;
	portfolio_put(txn, portfolio, &row);
}

static void apply_submission_opened(struct txn *txn, const Evidence__Event *event,
				    const struct record *record)
{
	const Evidence__SubmissionOpened *opened = event->submission_opened;
	struct submission row;
	struct grant grant;

	(void)record;
	if (!submission_get(txn_view(txn), bytes_of_pb(opened->submission), &row) ||
	    !grant_get(txn_view(txn), bytes_of_pb(opened->reading), &grant)) {
		txn_fault(txn, "submission_opened: no such submission or grant");
		return;
	}
	if (row.state == SUBMISSION_SEALED) /* what is decided stays so: an anchor, a review */
		row.state = SUBMISSION_OPENED;
	submission_put(txn, bytes_of_pb(opened->submission), &row);
	grant.opened = 1;
	grant_put(txn, bytes_of_pb(opened->reading), &grant);
}

/* An attempt that was decided is over; one returned incomplete did not count. */
static void apply_portfolio_reopened(struct txn *txn, const Evidence__Event *event,
				     const struct record *record)
{
	const Evidence__PortfolioReopened *reopened = event->portfolio_reopened;
	struct bytes portfolio = bytes_of_pb(reopened->portfolio);
	struct portfolio row;
	bool decided;

	if (!need_portfolio(txn, portfolio, &row))
		return;
	decided = row.stage == STAGE_SEALED && reopened->attempt > row.attempt;
	if (row.stage == STAGE_SEALED) {
		if (!set_submission_state(txn, bytes_of_pb(reopened->submission),
					  decided ? SUBMISSION_DECIDED : SUBMISSION_RETURNED))
			return;
		if (decided)
			row.decided = id_of_bytes(bytes_of_pb(reopened->submission));
		row.submission = row.decided;
	}
	if (row.stage == STAGE_PASSED) {
		row.taken_back = 1;
		row.decided = id_of_bytes(bytes_of_pb(reopened->submission));
		row.submission = row.decided;
	}
	row.stage = STAGE_OPEN;
	row.attempt = reopened->attempt;
	row.coach_first = reopened->coach_first != 0;
	portfolio_put(txn, portfolio, &row);
	reopening_put(txn, portfolio, record->payload);
	if (decided)
		retention_begin(txn, portfolio, record->at_us);
}

static void apply_portfolio_closed(struct txn *txn, const Evidence__Event *event,
				   const struct record *record)
{
	static const struct {
		const char *why;
		uint8_t standing;
	} standings[] = {{"withdrawn", STANDING_WITHDRAWN},
			 {"lapsed", STANDING_LAPSED},
			 {"erased", STANDING_FORGOTTEN}};
	const Evidence__PortfolioClosed *closed = event->portfolio_closed;
	struct bytes portfolio = bytes_of_pb(closed->portfolio);
	struct portfolio row;

	if (!need_portfolio(txn, portfolio, &row))
		return;
	for (size_t i = 0; i < ARRAY_LEN(standings); i++)
		if (strcmp(closed->why, standings[i].why) == 0)
			row.standing = standings[i].standing;
	if (strcmp(closed->why, "passed") == 0) {
		if (row.stage == STAGE_SEALED)
			set_submission_state(txn, bytes_of_id(&row.submission), SUBMISSION_DECIDED);
		row.stage = STAGE_PASSED;
		row.taken_back = 0;
		if (closed->submission.len > 0)
			row.decided = id_of_bytes(bytes_of_pb(closed->submission));
	}
	if (strcmp(closed->why, "voided") == 0)
		row.stage = STAGE_VOIDED;
	portfolio_put(txn, portfolio, &row);
	if (row.standing != STANDING_FORGOTTEN)
		retention_begin(txn, portfolio, record->at_us);
}

static void apply_enrollment_noted(struct txn *txn, const Evidence__Event *event,
				   const struct record *record)
{
	const Evidence__EnrollmentNoted *noted = event->enrollment_noted;
	struct bytes portfolio = bytes_of_pb(noted->portfolio);
	struct portfolio row;

	(void)record;
	if (!need_portfolio(txn, portfolio, &row))
		return;
	row.standing =
		noted->state == ENROLLMENT__STATE__PAUSED ? STANDING_PAUSED : STANDING_ACTIVE;
	row.school = id_of_bytes(bytes_of_pb(noted->school));
	row.district = id_of_bytes(bytes_of_pb(noted->district));
	portfolio_put(txn, portfolio, &row);
}

/* ---- readers ---- */

static void apply_grant_written(struct txn *txn, const Evidence__Event *event,
				const struct record *record)
{
	const Evidence__GrantWritten *written = event->grant_written;
	struct grant row = {
		.submission = id_of_bytes(bytes_of_pb(written->submission)),
		.assessor = id_of_bytes(bytes_of_pb(written->assessor)),
		.until_us = written->until_us,
		.open = 1,
		.opened = written->adjudication != 0, /* the lead took it by opening */
		.adjudication = written->adjudication != 0,
	};

	(void)record;
	grant_put(txn, bytes_of_pb(written->reading), &row);
}

static void apply_grant_closed(struct txn *txn, const Evidence__Event *event,
			       const struct record *record)
{
	struct bytes reading = bytes_of_pb(event->grant_closed->reading);
	struct grant row;

	(void)record;
	if (!grant_get(txn_view(txn), reading, &row)) {
		txn_fault(txn, "grant_closed: no such grant");
		return;
	}
	row.open = 0;
	grant_put(txn, reading, &row);
}

static void apply_adjudication_noted(struct txn *txn, const Evidence__Event *event,
				     const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->adjudication_noted->submission);
	struct submission row;

	(void)record;
	if (!submission_get(txn_view(txn), submission, &row)) {
		txn_fault(txn, "adjudication_noted: no such submission");
		return;
	}
	row.adjudication = event->adjudication_noted->wanted != 0;
	submission_put(txn, submission, &row);
}

/* ---- kept of neighbours ---- */

static void apply_entry_noted(struct txn *txn, const Evidence__Event *event,
			      const struct record *record)
{
	entry_put(txn, event->entry_noted, record->payload);
}

static void apply_policy_noted(struct txn *txn, const Evidence__Event *event,
			       const struct record *record)
{
	document_put(txn, policy_id(), event->policy_noted->policy->version, record->payload);
}

static void apply_media_noted(struct txn *txn, const Evidence__Event *event,
			      const struct record *record)
{
	document_put(txn, media_id(), event->media_noted->media->version, record->payload);
}

static void apply_calendar_noted(struct txn *txn, const Evidence__Event *event,
				 const struct record *record)
{
	document_put(txn, calendar_id(), event->calendar_noted->calendar->version, record->payload);
}

static void apply_profile_noted(struct txn *txn, const Evidence__Event *event,
				const struct record *record)
{
	const Enrollment__Profile *profile = event->profile_noted->profile;

	document_put(txn, profile_id(profile->code), profile->version, record->payload);
}

static void apply_assessor_noted(struct txn *txn, const Evidence__Event *event,
				 const struct record *record)
{
	assessor_put(txn, bytes_of_pb(event->assessor_noted->assessor), record->payload);
}

static void apply_relation_noted(struct txn *txn, const Evidence__Event *event,
				 const struct record *record)
{
	(void)record;
	relation_put(txn, bytes_of_pb(event->relation_noted->assessor),
		     bytes_of_pb(event->relation_noted->educator));
}

static void apply_retirement_noted(struct txn *txn, const Evidence__Event *event,
				   const struct record *record)
{
	txn_put(txn, RETIRED, bytes_of_pb(event->retirement_noted->entry), record->payload);
}

static apply_fn *const applies[] = {
	[EVIDENCE__EVENT__BODY_ARTIFACT_BEGUN] = apply_artifact_begun,
	[EVIDENCE__EVENT__BODY_PART_STORED] = apply_part_stored,
	[EVIDENCE__EVENT__BODY_ARTIFACT_STORED] = apply_artifact_stored,
	[EVIDENCE__EVENT__BODY_ARTIFACT_ABANDONED] = apply_artifact_abandoned,
	[EVIDENCE__EVENT__BODY_CONSENT_RECORDED] = apply_consent_recorded,
	[EVIDENCE__EVENT__BODY_CONSENT_WITHDRAWN] = apply_consent_withdrawn,
	[EVIDENCE__EVENT__BODY_CONSENT_EXPIRED] = apply_consent_expired,
	[EVIDENCE__EVENT__BODY_ARTIFACT_SCANNED] = apply_artifact_scanned,
	[EVIDENCE__EVENT__BODY_ARTIFACT_PURGED] = apply_artifact_purged,
	[EVIDENCE__EVENT__BODY_ANSWER_PURGED] = apply_answer_purged,
	[EVIDENCE__EVENT__BODY_RETENTION_SET] = apply_retention_set,
	[EVIDENCE__EVENT__BODY_RETENTION_HELD] = apply_retention_held,
	[EVIDENCE__EVENT__BODY_CONSENTS_PURGED] = apply_consents_purged,
	[EVIDENCE__EVENT__BODY_MANIFESTS_PURGED] = apply_manifests_purged,
	[EVIDENCE__EVENT__BODY_PURGE_REQUESTED] = apply_purge_requested,
	[EVIDENCE__EVENT__BODY_DUPLICATE_FOUND] = apply_duplicate_found,
	[EVIDENCE__EVENT__BODY_SHARED_DECLARED] = apply_shared_declared,
	[EVIDENCE__EVENT__BODY_SHARED_CONFIRMED] = apply_shared_confirmed,
	/* SharedRowsFound is for assessment: nothing here reads it again. */
	[EVIDENCE__EVENT__BODY_HOLD_PLACED] = apply_hold_placed,
	[EVIDENCE__EVENT__BODY_HOLD_LIFT_ASKED] = apply_hold_lift_asked,
	[EVIDENCE__EVENT__BODY_HOLD_LIFTED] = apply_hold_lifted,
	[EVIDENCE__EVENT__BODY_ARTIFACT_REDACTED] = apply_artifact_redacted,
	[EVIDENCE__EVENT__BODY_NO_IDENTIFIERS_ATTESTED] = apply_no_identifiers_attested,
	[EVIDENCE__EVENT__BODY_BLOBS_PURGED] = apply_blobs_purged,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED] = apply_portfolio_opened,
	[EVIDENCE__EVENT__BODY_SUBMISSION_SEALED] = apply_submission_sealed,
	[EVIDENCE__EVENT__BODY_SUBMISSION_RECALLED] = apply_submission_recalled,
	[EVIDENCE__EVENT__BODY_SUBMISSION_OPENED] = apply_submission_opened,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_REOPENED] = apply_portfolio_reopened,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_CLOSED] = apply_portfolio_closed,
	[EVIDENCE__EVENT__BODY_GRANT_WRITTEN] = apply_grant_written,
	[EVIDENCE__EVENT__BODY_GRANT_CLOSED] = apply_grant_closed,
	[EVIDENCE__EVENT__BODY_ITEM_VIEWED] = apply_item_viewed,
	[EVIDENCE__EVENT__BODY_ITEM_READ] = apply_item_read,
	[EVIDENCE__EVENT__BODY_ENTRY_NOTED] = apply_entry_noted,
	[EVIDENCE__EVENT__BODY_POLICY_NOTED] = apply_policy_noted,
	[EVIDENCE__EVENT__BODY_MEDIA_NOTED] = apply_media_noted,
	[EVIDENCE__EVENT__BODY_CALENDAR_NOTED] = apply_calendar_noted,
	[EVIDENCE__EVENT__BODY_PROFILE_NOTED] = apply_profile_noted,
	[EVIDENCE__EVENT__BODY_EDUCATOR_FORGOTTEN] = apply_educator_forgotten,
	[EVIDENCE__EVENT__BODY_ENROLLMENT_NOTED] = apply_enrollment_noted,
	[EVIDENCE__EVENT__BODY_ASSESSOR_NOTED] = apply_assessor_noted,
	[EVIDENCE__EVENT__BODY_RELATION_NOTED] = apply_relation_noted,
	[EVIDENCE__EVENT__BODY_ADJUDICATION_NOTED] = apply_adjudication_noted,
	[EVIDENCE__EVENT__BODY_RETIREMENT_NOTED] = apply_retirement_noted,
};

/* An event of a newer version changes nothing here. */
void evidence_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	const Evidence__Event *ours = (const Evidence__Event *)event;

	if (ours->body_case < ARRAY_LEN(applies) && applies[ours->body_case] != NULL)
		applies[ours->body_case](txn, ours, record);
}
