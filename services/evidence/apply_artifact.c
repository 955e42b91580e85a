/* What events on artifacts change, and what is left of them when their educator is erased. */
#include "services/evidence/changes.h"
#include "services/evidence/evidence.h"
#include "services/evidence/tables_retention.h"

#include "libshared/timers.h"

#include <string.h>

bool need_artifact(struct txn *txn, struct bytes artifact, struct artifact *row_r)
{
	if (artifact_get(txn_view(txn), artifact, row_r))
		return true;
	txn_fault(txn, "no such artifact");
	return false;
}

void apply_artifact_begun(struct txn *txn, const Evidence__Event *event,
			  const struct record *record)
{
	const Evidence__ArtifactBegun *begun = event->artifact_begun;
	struct bytes artifact = bytes_of_pb(begun->artifact);
	struct artifact row = {
		.portfolio = id_of_bytes(bytes_of_pb(begun->portfolio)),
		.place = id_of_bytes(artifact),
		.bytes = begun->bytes,
		.abandon_us = begun->abandon_us,
		.requirement = (uint16_t)begun->requirement_number,
		.state = ARTIFACT_UPLOADING,
		.student_data = begun->student_data != 0,
		.consent_required = begun->consent_required != 0,
	};

	if (begun->sha256.len > 0) /* else what arrives is what counts */
		memcpy(row.sha256, begun->sha256.data, MIN(begun->sha256.len, sizeof row.sha256));
	artifact_put(txn, artifact, &row);
	artifact_list(txn, begun, record->payload);
	item_put(txn, &row, artifact);
	timer_set(txn, artifact, TIMER_ABANDON, row.abandon_us);
}

/* With the last part the chain is the hash of the whole: an upload without an announced one is
 * called by it from here on. Parts of releases before this one have no chain. */
static void keep_chain(struct txn *txn, const Evidence__PartStored *stored, struct artifact *row)
{
	struct chain chain = {0};

	if (stored->chain_sha256.len != sizeof chain.sha256)
		return;
	memcpy(chain.sha256, stored->chain_sha256.data, sizeof chain.sha256);
	chain_put(txn, bytes_of_pb(stored->artifact), &chain);
	if (row->received == row->bytes && bytes_all_zero(BYTES_OF(row->sha256)))
		memcpy(row->sha256, chain.sha256, sizeof row->sha256);
}

void apply_part_stored(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	const Evidence__PartStored *stored = event->part_stored;
	struct bytes artifact = bytes_of_pb(stored->artifact);
	struct artifact row;

	(void)record;
	if (!need_artifact(txn, artifact, &row))
		return;
	row.received = stored->offset + stored->bytes;
	row.abandon_us = stored->abandon_us;
	keep_chain(txn, stored, &row);
	artifact_put(txn, artifact, &row);
	timer_set(txn, artifact, TIMER_ABANDON, row.abandon_us);
}

void apply_artifact_stored(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	const Evidence__ArtifactStored *stored = event->artifact_stored;
	struct bytes artifact = bytes_of_pb(stored->artifact);
	struct artifact row;

	(void)record;
	if (!need_artifact(txn, artifact, &row))
		return;
	row.state = stored->needs_privacy_step ? ARTIFACT_NEEDS_PRIVACY : ARTIFACT_READY;
	artifact_put(txn, artifact, &row);
	timer_clear(txn, artifact, TIMER_ABANDON);
	chain_delete(txn, artifact);
	use_put(txn, bytes_of_pb(stored->sha256), artifact);
}

/* Out of the portfolio. The bytes go when no manifest and nobody else names them; also those of an
 * upload that was made a blob and then never finished. */
void apply_artifact_abandoned(struct txn *txn, const Evidence__Event *event,
			      const struct record *record)
{
	struct bytes artifact = bytes_of_pb(event->artifact_abandoned->artifact);
	struct artifact row;

	(void)record;
	timer_clear(txn, artifact, TIMER_ABANDON);
	chain_delete(txn, artifact);
	if (!need_artifact(txn, artifact, &row) || row.state > ARTIFACT_RESTRICTED)
		return;
	item_delete(txn, &row);
	if (!row.sealed && !bytes_all_zero(BYTES_OF(row.sha256)) &&
	    !is_held(txn_view(txn), bytes_of_id(&row.portfolio)))
		use_drop(txn, BYTES_OF(row.sha256), artifact);
	row.state = ARTIFACT_ABANDONED;
	artifact_put(txn, artifact, &row);
}

void take_privacy_step(struct txn *txn, struct bytes artifact, uint8_t step)
{
	struct artifact row;

	if (!need_artifact(txn, artifact, &row))
		return;
	row.privacy |= step;
	if (row.state == ARTIFACT_NEEDS_PRIVACY)
		row.state = ARTIFACT_READY;
	artifact_put(txn, artifact, &row);
}

/* The copy stands where the original stood. The original's bytes go, unless a manifest names them.
 */
void apply_artifact_redacted(struct txn *txn, const Evidence__Event *event,
			     const struct record *record)
{
	const Evidence__ArtifactRedacted *redacted = event->artifact_redacted;
	struct bytes artifact = bytes_of_pb(redacted->artifact);
	struct bytes copy_id = bytes_of_pb(redacted->redacted);
	struct artifact original, copy;

	(void)record;
	if (!need_artifact(txn, artifact, &original) || !need_artifact(txn, copy_id, &copy))
		return;
	item_delete(txn, &copy);
	copy.place = original.place;
	item_put(txn, &copy, copy_id);
	artifact_put(txn, copy_id, &copy);
	take_privacy_step(txn, copy_id, PRIVACY_REDACTED);
	if (!original.sealed && !is_held(txn_view(txn), bytes_of_id(&original.portfolio)))
		use_drop(txn, BYTES_OF(original.sha256), artifact);
	original.state = ARTIFACT_REPLACED;
	artifact_put(txn, artifact, &original);
}

void apply_no_identifiers_attested(struct txn *txn, const Evidence__Event *event,
				   const struct record *record)
{
	(void)record;
	take_privacy_step(txn, bytes_of_pb(event->no_identifiers_attested->artifact),
			  PRIVACY_ATTESTED);
}

void apply_blobs_purged(struct txn *txn, const Evidence__Event *event, const struct record *record)
{
	(void)record;
	for (size_t i = 0; i < event->blobs_purged->n_sha256; i++)
		purge_delete(txn, bytes_of_pb(event->blobs_purged->sha256[i]));
	for (size_t i = 0; i < event->blobs_purged->n_portfolios; i++)
		forgetting_delete(txn, bytes_of_pb(event->blobs_purged->portfolios[i]));
}

/* ---- erasure ---- */

static void forget_artifacts(struct txn *txn, struct bytes portfolio)
{
	struct id_scan artifacts = id_scan(ARTIFACT_OF, portfolio);
	struct artifact row;
	struct id artifact;

	while (id_next(&artifacts, txn_view(txn), &artifact)) {
		struct bytes id = bytes_of_id(&artifact);

		if (!need_artifact(txn, id, &row))
			return;
		timer_clear(txn, id, TIMER_ABANDON);
		chain_delete(txn, id);
		timer_clear(txn, id, TIMER_CONSENT);
		if (!bytes_all_zero(BYTES_OF(row.sha256)))
			use_drop(txn, BYTES_OF(row.sha256), id);
		row.state = ARTIFACT_FORGOTTEN;
		artifact_put(txn, id, &row);
	}
}

static void forget_answers(struct txn *txn, struct bytes portfolio)
{
	struct id_scan submissions = id_scan(SUBMISSION_OF, portfolio);
	struct answer_row row;
	struct id submission;

	while (id_next(&submissions, txn_view(txn), &submission))
		for (uint16_t i = 0; answer_get(txn_view(txn), bytes_of_id(&submission), i, &row);
		     i++)
			use_drop(txn, BYTES_OF(row.sha256), bytes_of_id(&submission));
}

void forget_portfolio(struct txn *txn, struct bytes portfolio)
{
	forget_artifacts(txn, portfolio);
	forget_answers(txn, portfolio);
	forgetting_put(txn, portfolio);
}

void drop_unused(struct txn *txn, struct bytes portfolio)
{
	struct id_scan artifacts = id_scan(ARTIFACT_OF, portfolio);
	struct artifact row;
	struct id artifact;

	while (id_next(&artifacts, txn_view(txn), &artifact))
		if (need_artifact(txn, bytes_of_id(&artifact), &row) && !row.sealed &&
		    (row.state == ARTIFACT_ABANDONED || row.state == ARTIFACT_REPLACED))
			use_drop(txn, BYTES_OF(row.sha256), bytes_of_id(&artifact));
}

/* Bytes and texts of the educator are to be purged, held ones when they are held no more; hashes
 * and manifests stay. */
void apply_educator_forgotten(struct txn *txn, const Evidence__Event *event,
			      const struct record *record)
{
	struct id_scan portfolios =
		id_scan(PORTFOLIO_OF, bytes_of_pb(event->educator_forgotten->educator));
	struct portfolio row;
	struct id portfolio;

	(void)record;
	while (id_next(&portfolios, txn_view(txn), &portfolio)) {
		struct bytes id = bytes_of_id(&portfolio);

		if (!need_portfolio(txn, id, &row))
			return;
		row.standing = STANDING_FORGOTTEN;
		portfolio_put(txn, id, &row);
		timer_clear(txn, id, TIMER_RETENTION);
		if (!is_held(txn_view(txn), id))
			forget_portfolio(txn, id);
	}
}
