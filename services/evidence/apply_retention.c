/* What events on retention, purges and holds change in the tables. */
#include "services/evidence/changes.h"
#include "services/evidence/evidence.h"
#include "services/evidence/tables_privacy.h"
#include "services/evidence/tables_retention.h"

#include "libshared/timers.h"

#include <string.h>

/* ---- until when ---- */

/* The timer reckons it at once, with zone and policy. */
void retention_begin(struct txn *txn, struct bytes portfolio, int64_t at_us)
{
	struct retention row = {.from_us = at_us, .what = EVIDENCE__RETAINED__BYTES};

	retention_put(txn, portfolio, &row);
	timer_set(txn, portfolio, TIMER_RETENTION, at_us);
}

static bool need_retention(struct txn *txn, struct bytes portfolio, struct retention *row_r)
{
	if (retention_get(txn_view(txn), portfolio, row_r))
		return true;
	txn_fault(txn, "no such retention");
	return false;
}

void apply_retention_set(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	const Evidence__RetentionSet *set = event->retention_set;
	struct bytes portfolio = bytes_of_pb(set->portfolio);
	struct retention row;

	(void)record;
	if (!need_retention(txn, portfolio, &row))
		return;
	row.what = (uint8_t)set->what;
	row.from_us = set->from_us;
	row.until_us = set->until_us;
	row.asked = 0;
	retention_put(txn, portfolio, &row);
	timer_set(txn, portfolio, TIMER_RETENTION, row.until_us);
	if (row.what == EVIDENCE__RETAINED__CONSENTS) /* the bytes are gone, and now the drafts */
		forgetting_put(txn, portfolio);
}

void apply_retention_held(struct txn *txn, const Evidence__Event *event,
			  const struct record *record)
{
	(void)record;
	timer_clear(txn, bytes_of_pb(event->retention_held->portfolio), TIMER_RETENTION);
}

void apply_purge_requested(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	struct bytes portfolio = bytes_of_pb(event->purge_requested->portfolio);
	struct retention row;

	if (!need_retention(txn, portfolio, &row))
		return;
	row.asked = 1;
	row.until_us = record->at_us;
	retention_put(txn, portfolio, &row);
	timer_set(txn, portfolio, TIMER_RETENTION, record->at_us);
}

/* ---- purged ---- */

/* The bytes go when this is durable, and only if nobody else names them. The timer goes on. */
void apply_artifact_purged(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	const Evidence__ArtifactPurged *purged = event->artifact_purged;
	struct bytes artifact = bytes_of_pb(purged->artifact);
	struct artifact row;

	if (!need_artifact(txn, artifact, &row))
		return;
	use_drop(txn, bytes_of_pb(purged->sha256), artifact);
	row.state = ARTIFACT_PURGED;
	artifact_put(txn, artifact, &row);
	purged_put(txn, artifact, record->payload);
	timer_set(txn, bytes_of_pb(purged->portfolio), TIMER_RETENTION, record->at_us);
}

void apply_answer_purged(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	const Evidence__AnswerPurged *purged = event->answer_purged;

	use_drop(txn, bytes_of_pb(purged->sha256), bytes_of_pb(purged->submission));
	timer_set(txn, bytes_of_pb(purged->portfolio), TIMER_RETENTION, record->at_us);
}

void apply_consents_purged(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	struct id_scan artifacts =
		id_scan(ARTIFACT_OF, bytes_of_pb(event->consents_purged->portfolio));
	struct id artifact;

	(void)record;
	while (id_next(&artifacts, txn_view(txn), &artifact)) {
		timer_clear(txn, bytes_of_id(&artifact), TIMER_CONSENT);
		consents_delete(txn, bytes_of_id(&artifact));
	}
}

void apply_manifests_purged(struct txn *txn, const Evidence__Event *event,
			    const struct record *record)
{
	const Evidence__ManifestsPurged *purged = event->manifests_purged;
	struct bytes portfolio = bytes_of_pb(purged->portfolio);
	struct id_scan submissions = id_scan(SUBMISSION_OF, portfolio);
	struct retention row;
	struct id submission;

	(void)record;
	if (!need_retention(txn, portfolio, &row))
		return;
	for (size_t i = 0;
	     i < purged->n_sha256 && id_next(&submissions, txn_view(txn), &submission); i++)
		use_drop(txn, bytes_of_pb(purged->sha256[i]), bytes_of_id(&submission));
	row.what = EVIDENCE__RETAINED__NOTHING;
	retention_put(txn, portfolio, &row);
	timer_clear(txn, portfolio, TIMER_RETENTION);
}

/* ---- holds ---- */

void apply_hold_placed(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	const Evidence__HoldPlaced *placed = event->hold_placed;
	struct hold row = {
		.portfolio = id_of_bytes(bytes_of_pb(placed->portfolio)),
		.by = id_of_bytes(bytes_of_pb(placed->by)),
		.placed_us = record->at_us,
	};

	memcpy(row.reason, placed->reason, MIN(strlen(placed->reason), (size_t)HOLD_REASON_MAX));
	hold_put(txn, bytes_of_pb(placed->hold), &row);
}

static bool need_hold(struct txn *txn, struct bytes hold, struct hold *row_r)
{
	if (hold_get(txn_view(txn), hold, row_r))
		return true;
	txn_fault(txn, "no such hold");
	return false;
}

void apply_hold_lift_asked(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	const Evidence__HoldLiftAsked *asked = event->hold_lift_asked;
	struct hold row;

	(void)record;
	if (!need_hold(txn, bytes_of_pb(asked->hold), &row))
		return;
	row.lift_asked_by = id_of_bytes(bytes_of_pb(asked->by));
	hold_put(txn, bytes_of_pb(asked->hold), &row);
}

/* What was let go of while it was held goes now; what is over is looked at again. */
static void let_go(struct txn *txn, struct bytes portfolio, int64_t at_us)
{
	struct retention retention;
	struct portfolio row;

	if (is_held(txn_view(txn), portfolio) || !need_portfolio(txn, portfolio, &row))
		return;
	if (row.standing == STANDING_FORGOTTEN)
		forget_portfolio(txn, portfolio);
	else
		drop_unused(txn, portfolio);
	if (row.standing != STANDING_FORGOTTEN &&
	    retention_get(txn_view(txn), portfolio, &retention) &&
	    retention.what != EVIDENCE__RETAINED__NOTHING && retention.until_us <= at_us)
		timer_set(txn, portfolio, TIMER_RETENTION, at_us);
}

void apply_hold_lifted(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	const Evidence__HoldLifted *lifted = event->hold_lifted;
	struct hold row;

	if (!need_hold(txn, bytes_of_pb(lifted->hold), &row))
		return;
	row.lifted_by = id_of_bytes(bytes_of_pb(lifted->by));
	row.lifted_us = record->at_us;
	hold_put(txn, bytes_of_pb(lifted->hold), &row);
	let_go(txn, bytes_of_pb(lifted->portfolio), record->at_us);
}
