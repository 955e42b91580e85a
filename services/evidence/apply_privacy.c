/* What events on consents and views change in the tables. */
#include "services/evidence/changes.h"
#include "services/evidence/evidence.h"
#include "services/evidence/tables_privacy.h"

#include "libshared/calendar.h"
#include "libshared/timers.h"

#include <string.h>

/* ---- consents ---- */

static void set_consent_timer(struct txn *txn, struct bytes artifact)
{
	int64_t next_us = consents_next_end(txn_view(txn), artifact);

	if (next_us == NO_EXPIRY)
		timer_clear(txn, artifact, TIMER_CONSENT);
	else
		timer_set(txn, artifact, TIMER_CONSENT, next_us);
}

/* An event of before ends_us was kept: the day is over everywhere on Earth 12 hours after it is in
 * UTC. */
static int64_t ends_us_of(const Evidence__ConsentRecorded *recorded, int64_t last_day)
{
	if (last_day == NO_EXPIRY)
		return NO_EXPIRY;
	return recorded->ends_us != 0 ? recorded->ends_us
				      : (last_day + 1) * US_PER_DAY + 12 * US_PER_HOUR;
}

void apply_consent_recorded(struct txn *txn, const Evidence__Event *event,
			    const struct record *record)
{
	const Evidence__ConsentRecorded *recorded = event->consent_recorded;
	struct bytes artifact = bytes_of_pb(recorded->artifact);
	struct consent row = {.last_day = NO_EXPIRY, .recorded_us = record->at_us};

	if (recorded->expires[0] != '\0' && !day_of_text(recorded->expires, &row.last_day))
		txn_fault(txn, "consent_recorded: expires is no date");
	row.ends_us = ends_us_of(recorded, row.last_day);
	consent_put(txn, artifact, bytes_of_pb(recorded->consent), &row);
	consent_said_put(txn, recorded, record->payload);
	set_consent_timer(txn, artifact);
	take_privacy_step(txn, artifact, PRIVACY_CONSENT);
}

/* Closed to readers for good. What was left unfinished is not waited for any more. */
static void end_consent(struct txn *txn, struct bytes artifact, struct bytes consent,
			enum consent_end end, int64_t at_us)
{
	struct artifact row;
	struct consent given;

	if (!need_artifact(txn, artifact, &row))
		return;
	if (!consent_get(txn_view(txn), artifact, consent, &given)) {
		txn_fault(txn, "no such consent");
		return;
	}
	given.end = end;
	given.ended_us = at_us;
	consent_put(txn, artifact, consent, &given);
	if (row.state < ARTIFACT_RESTRICTED) {
		row.state = ARTIFACT_RESTRICTED;
		artifact_put(txn, artifact, &row);
	}
	set_consent_timer(txn, artifact);
	timer_clear(txn, artifact, TIMER_ABANDON);
	chain_delete(txn, artifact);
}

void apply_consent_withdrawn(struct txn *txn, const Evidence__Event *event,
			     const struct record *record)
{
	const Evidence__ConsentWithdrawn *withdrawn = event->consent_withdrawn;

	end_consent(txn, bytes_of_pb(withdrawn->artifact), bytes_of_pb(withdrawn->consent),
		    CONSENT_WITHDRAWN, record->at_us);
}

void apply_consent_expired(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	const Evidence__ConsentExpired *expired = event->consent_expired;

	end_consent(txn, bytes_of_pb(expired->artifact), bytes_of_pb(expired->consent),
		    CONSENT_EXPIRED, record->at_us);
}

/* ---- scans ---- */

/* Students may be recognised in it: what was attested before was not of these findings. */
void apply_artifact_scanned(struct txn *txn, const Evidence__Event *event,
			    const struct record *record)
{
	struct bytes artifact = bytes_of_pb(event->artifact_scanned->artifact);
	struct artifact row;

	if (!need_artifact(txn, artifact, &row))
		return;
	scanned_put(txn, artifact, record->payload);
	if (event->artifact_scanned->n_findings == 0)
		return;
	row.student_data = 1;
	row.privacy &= (uint8_t)~PRIVACY_ATTESTED;
	if (row.state == ARTIFACT_READY && row.privacy == 0)
		row.state = ARTIFACT_NEEDS_PRIVACY;
	artifact_put(txn, artifact, &row);
}

/* ---- views ---- */

void apply_item_viewed(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	const Evidence__ItemViewed *viewed = event->item_viewed;
	struct bytes reading = bytes_of_pb(viewed->reading);
	struct viewing row = {.at_us = record->at_us, .viewer = VIEWER_ASSESSOR};
	struct submission submission;
	struct grant grant;

	if (!grant_get(txn_view(txn), reading, &grant) ||
	    !submission_get(txn_view(txn), bytes_of_id(&grant.submission), &submission)) {
		txn_fault(txn, "item_viewed: no such reading");
		return;
	}
	row.submission = grant.submission;
	row.reading = id_of_bytes(reading);
	row.by = grant.assessor;
	row.item = viewed->item;
	row.artifact = artifact_of_item(txn_view(txn), &grant.submission, viewed->item);
	viewing_add(txn, bytes_of_id(&submission.portfolio), &row);
	seen_add(txn, reading, viewed->item);
}

void apply_item_read(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	const Evidence__ItemRead *read = event->item_read;
	struct viewing row = {
		.at_us = record->at_us,
		.artifact = id_of_bytes(bytes_of_pb(read->artifact)),
		.submission = id_of_bytes(bytes_of_pb(read->submission)),
		.by = id_of_bytes(bytes_of_pb(read->by)),
		.item = read->answer,
		.viewer = read->reason[0] == '\0' ? VIEWER_TEACHER : VIEWER_OPERATOR,
	};
	struct bytes of = bytes_of_pb(read->artifact.len > 0 ? read->artifact : read->submission);

	memcpy(row.reason, read->reason, MIN(strlen(read->reason), (size_t)REASON_MAX));
	viewing_add(txn, bytes_of_pb(read->portfolio), &row);
	read_put(txn, of, read->answer, bytes_of_pb(read->by));
}
