/* What the events of a reissue change. */
#include "services/issuance/apply_parts.h"
#include "services/issuance/keys.h"
#include "services/issuance/transparency.h"

#include <string.h>

void apply_reissue_started(struct txn *txn, const Issuance__Event *event,
			   const struct record *record)
{
	const Issuance__ReissueStarted *s = event->reissue_started;
	struct reissue row = {
		.started_us = record->at_us,
		.changed_us = record->at_us,
		.total = s->total,
		.state = REISSUE_RUNNING,
	};
	struct key_row key;
	uint16_t n;

	if (!issuer_key_row(txn_view(txn), bytes_of_pb(s->issuer), s->key, &n, &key)) {
		txn_fault(txn, "reissue: the issuer has no key of that name");
		return;
	}
	row.n = n;
	memcpy(row.issuer, s->issuer.data, ID_LEN);
	memcpy(row.started_by, record->actor.b, ID_LEN);
	reissue_put(txn, s->key, &row);
}

static void set_state(struct txn *txn, const char *name, enum reissue_state state,
		      const struct record *record)
{
	struct reissue row;

	if (!reissue_get(txn_view(txn), name, &row)) {
		txn_fault(txn, "reissue: none of that key");
		return;
	}
	row.state = (uint32_t)state;
	row.changed_us = record->at_us;
	reissue_put(txn, name, &row);
}

void apply_reissue_paused(struct txn *txn, const Issuance__Event *event,
			  const struct record *record)
{
	set_state(txn, event->reissue_paused->key, REISSUE_PAUSED, record);
}

void apply_reissue_resumed(struct txn *txn, const Issuance__Event *event,
			   const struct record *record)
{
	set_state(txn, event->reissue_resumed->key, REISSUE_RUNNING, record);
}

void apply_reissue_finished(struct txn *txn, const Issuance__Event *event,
			    const struct record *record)
{
	set_state(txn, event->reissue_finished->key, REISSUE_FINISHED, record);
}

void apply_credential_reissued(struct txn *txn, const Issuance__Event *event,
			       const struct record *record)
{
	const Issuance__CredentialReissued *r = event->credential_reissued;

	credential_resign(txn, bytes_of_pb(r->credential), r->signing, record->at_us);
	transparency_append(txn, "reissued", bytes_of_pb(r->credential),
			    bytes_of_pb(r->signing->sha256), record->at_us);
}

void apply_reissue_advanced(struct txn *txn, const Issuance__Event *event,
			    const struct record *record)
{
	const Issuance__ReissueAdvanced *a = event->reissue_advanced;
	struct reissue row;

	if (!reissue_get(txn_view(txn), a->key, &row)) {
		txn_fault(txn, "reissue: none of that key");
		return;
	}
	row.done += a->done;
	row.skipped += a->n_skipped;
	row.changed_us = record->at_us;
	memcpy(row.cursor, a->cursor.data, ID_LEN);
	reissue_put(txn, a->key, &row);
}
