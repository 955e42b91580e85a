/* What the events of the renewal ledger change. */
#include "services/issuance/apply_parts.h"
#include "services/issuance/ledger.h"
#include "services/issuance/tables_ledger.h"
#include "services/issuance/tables_statefile.h"
#include "services/issuance/tables_unfit.h"

#include "libshared/timers.h"

#include <string.h>

static void public_row(struct txn *txn, const struct record *record, char *type,
		       Issuance__PublicRow *row)
{
	uint8_t raw[256];

	row->type = type;
	row->at_us = record->at_us;
	ENSURE(issuance__public_row__get_packed_size(row) <= sizeof raw);
	public_append(txn, PUBLIC, (struct bytes){raw, issuance__public_row__pack(row, raw)});
}

static void put_of(struct txn *txn, ProtobufCBinaryData credential, ProtobufCBinaryData posting)
{
	struct key key = {0};

	key_add(&key, bytes_of_pb(credential));
	txn_put(txn, POSTING_OF, key_add(&key, bytes_of_pb(posting)), BYTES_NONE);
}

void apply_ledger_posted(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	static char type[] = "org.cairn.ledger.posted.v1";
	const Issuance__LedgerPosted *p = event->ledger_posted;
	const struct ledger_write write = {bytes_of_pb(p->license), bytes_of_pb(p->posting),
					   record->at_us, record->payload, true};
	struct slot slot = slot_of(p);
	Issuance__PublicRow row = ISSUANCE__PUBLIC_ROW__INIT;

	ledger_put(txn, &write);
	file_due_put(txn, bytes_of_pb(p->policy), bytes_of_pb(p->posting));
	slot_put(txn, &slot, bytes_of_pb(p->posting));
	put_of(txn, p->credential, p->posting);
	row.id = p->public_id;
	row.credential = p->credential;
	row.educator = p->educator;
	row.posting = p->posting;
	public_row(txn, record, type, &row);
}

/* Where the credit was told, its reversal is. */
static void due_under_policy_of(struct txn *txn, const Issuance__LedgerReversed *r)
{
	struct posting_place place;

	if (posting_place(txn_view(txn), bytes_of_pb(r->reverses), &place))
		file_due_put(txn, bytes_of_id(&place.policy), bytes_of_pb(r->posting));
}

void apply_ledger_reversed(struct txn *txn, const Issuance__Event *event,
			   const struct record *record)
{
	static char type[] = "org.cairn.ledger.reversed.v1";
	const Issuance__LedgerReversed *r = event->ledger_reversed;
	const struct ledger_write write = {bytes_of_pb(r->license), bytes_of_pb(r->posting),
					   record->at_us, record->payload, false};
	Issuance__PublicRow row = ISSUANCE__PUBLIC_ROW__INIT;

	posting_reverse(txn, bytes_of_pb(r->reverses));
	dispute_drop(txn, bytes_of_pb(r->reverses));
	ledger_put(txn, &write);
	due_under_policy_of(txn, r);
	put_of(txn, r->credential, r->posting);
	row.id = r->public_id;
	row.credential = r->credential;
	row.educator = r->educator;
	row.posting = r->posting;
	public_row(txn, record, type, &row);
}

void apply_ledger_adjusted(struct txn *txn, const Issuance__Event *event,
			   const struct record *record)
{
	const Issuance__LedgerAdjusted *a = event->ledger_adjusted;
	const struct ledger_write write = {bytes_of_pb(a->license), bytes_of_pb(a->posting),
					   record->at_us, record->payload, false};

	ledger_put(txn, &write);
}

/* What was said last stands under the posting, in place of what was said before. */
static void said_of(struct txn *txn, struct bytes posting, const struct record *record)
{
	posting_said_put(txn, posting, record->at_us, record->payload);
}

void apply_ledger_acknowledged(struct txn *txn, const Issuance__Event *event,
			       const struct record *record)
{
	struct bytes posting = bytes_of_pb(event->ledger_acknowledged->posting);
	struct posting row;

	/* One that was reversed is acknowledged where its deletion was disputed. */
	if (posting_get(txn_view(txn), posting, &row) && row.state != POSTING_REVERSED)
		posting_set_state(txn, posting, POSTING_ACKNOWLEDGED);
	said_of(txn, posting, record);
	dispute_drop(txn, posting);
	file_said(txn, posting, &(struct said){true, record->at_us});
}

static void dispute(struct txn *txn, const Issuance__LedgerDisputed *d, int64_t at_us)
{
	struct bytes posting = bytes_of_pb(d->posting);
	struct posting_place place;

	if (posting_place(txn_view(txn), posting, &place))
		dispute_put(txn, &(struct disputing){posting, place.state, d->because, at_us});
}

void apply_ledger_disputed(struct txn *txn, const Issuance__Event *event,
			   const struct record *record)
{
	struct bytes posting = bytes_of_pb(event->ledger_disputed->posting);

	posting_set_state(txn, posting, POSTING_DISPUTED);
	said_of(txn, posting, record);
	dispute(txn, event->ledger_disputed, record->at_us);
	file_said(txn, posting, &(struct said){false, record->at_us});
}

void apply_evaluation_recorded(struct txn *txn, const Issuance__Event *event,
			       const struct record *record)
{
	struct key key = {0};

	key_add(&key, bytes_of_pb(event->evaluation_recorded->license));
	txn_put(txn, EVALUATION, key_add_u64(&key, txn_seq(txn)), record->payload);
}

/* ---- policies and their sweep ---- */

static void put_sweep(struct txn *txn, struct bytes policy, const struct key *at)
{
	txn_put(txn, LEDGER_SWEEP, policy, key_bytes(at));
}

void apply_renewal_policy_noted(struct txn *txn, const Issuance__Event *event,
				const struct record *record)
{
	const Issuance__RenewalPolicyNoted *p = event->renewal_policy_noted;
	struct key at = {0};

	policy_put(txn, p, record->payload);
	unfit_end(txn, bytes_of_pb(p->policy), p->version);
	key_add(&at, (struct bytes){(const uint8_t *)p->state, 2});
	put_sweep(txn, bytes_of_pb(p->policy), &at);
	timer_set(txn, bytes_of_pb(p->policy), TIMER_LEDGER_SWEEP,
		  MAX(p->starts_us, record->at_us));
}

void apply_ledger_swept(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__LedgerSwept *s = event->ledger_swept;
	struct bytes policy = bytes_of_pb(s->policy), row;
	struct key at = {0};

	if (s->done) {
		txn_delete(txn, LEDGER_SWEEP, policy);
		timer_clear(txn, policy, TIMER_LEDGER_SWEEP);
		return;
	}
	if (!view_get(txn_view(txn), LEDGER_SWEEP, policy, &row)) {
		txn_fault(txn, "ledger: no such sweep");
		return;
	}
	key_add(&at, (struct bytes){row.data, 2});
	key_add(&at, bytes_of_pb(s->educator));
	key_add(&at, bytes_of_pb(s->license));
	put_sweep(txn, policy, &at);
	timer_set(txn, policy, TIMER_LEDGER_SWEEP, record->at_us);
}
