/*
 * The changes, one per event, and what several of them need; apply.c has the table of them.
 */
#ifndef CAIRN_EVIDENCE_CHANGES_H
#define CAIRN_EVIDENCE_CHANGES_H

#include "libshared/eventlog.h"
#include "services/evidence/tables.h"

typedef void apply_fn(struct txn *txn, const Evidence__Event *event, const struct record *record);

/* apply_artifact.c */
apply_fn apply_artifact_begun, apply_part_stored, apply_artifact_stored, apply_artifact_abandoned,
	apply_artifact_redacted, apply_no_identifiers_attested, apply_blobs_purged,
	apply_educator_forgotten;
/* apply_privacy.c */
apply_fn apply_consent_recorded, apply_consent_withdrawn, apply_consent_expired,
	apply_artifact_scanned, apply_item_viewed, apply_item_read;

/* apply_duplicates.c */
apply_fn apply_duplicate_found, apply_shared_declared, apply_shared_confirmed;
/* What was sealed is compared with what is sealed later. */
void add_places(struct txn *txn, const Evidence__SubmissionSealed *sealed);
/* apply_retention.c */
apply_fn apply_retention_set, apply_retention_held, apply_purge_requested, apply_artifact_purged,
	apply_answer_purged, apply_consents_purged, apply_manifests_purged, apply_hold_placed,
	apply_hold_lift_asked, apply_hold_lifted;
/* The last decision on it, or its end: how long it is kept counts from here. */
void retention_begin(struct txn *txn, struct bytes portfolio, int64_t at_us);
/* apply_artifact.c: what its educator's erasure removes; and what was let go of while it was held.
 */
void forget_portfolio(struct txn *txn, struct bytes portfolio);
void drop_unused(struct txn *txn, struct bytes portfolio);

/* The row that the event is about; without it the transaction faults. */
bool need_artifact(struct txn *txn, struct bytes artifact, struct artifact *row_r);
bool need_portfolio(struct txn *txn, struct bytes portfolio, struct portfolio *row_r);
/* PRIVACY_*: that step has been taken. */
void take_privacy_step(struct txn *txn, struct bytes artifact, uint8_t step);

#endif
