/* What the events of files for licensure systems change. */
#include "services/issuance/apply_parts.h"
#include "services/issuance/tables_ledger.h"
#include "services/issuance/tables_statefile.h"

void apply_state_layout_noted(struct txn *txn, const Issuance__Event *event,
			      const struct record *record)
{
	file_layout_put(txn, event->state_layout_noted, record->payload);
}

void apply_state_file_rows(struct txn *txn, const Issuance__Event *event,
			   const struct record *record)
{
	(void)record;
	file_rows_put(txn, event->state_file_rows);
}

/* What the file looked at is due no more: its rows, which stand before it, and what it dropped. */
void apply_state_file_cut(struct txn *txn, const Issuance__Event *event,
			  const struct record *record)
{
	const Issuance__StateFileCut *cut = event->state_file_cut;

	for (size_t i = 0; i < cut->n_dropped; i++)
		file_due_drop(txn, bytes_of_pb(cut->policy), cut->dropped[i]);
	file_put(txn, cut, record->at_us, record->payload);
}

/* A state that keeps what was taken back has a person look at it. */
static void dispute_deletion(struct txn *txn, struct bytes run, const struct record *record,
			     const Issuance__StateFileReply *reply)
{
	struct posting_place place;
	struct file_row row;
	struct bytes id;

	if (!file_row_get(txn_view(txn), run, reply->record, &row) ||
	    row.change != ISSUANCE__STATE_CHANGE__STATE_DELETE)
		return;
	id = (struct bytes){row.posting, ID_LEN};
	if (reply->accepted)
		dispute_drop(txn, id);
	else if (posting_place(txn_view(txn), id, &place))
		dispute_put(txn,
			    &(struct disputing){id, place.state, reply->because, record->at_us});
}

void apply_state_file_answered(struct txn *txn, const Issuance__Event *event,
			       const struct record *record)
{
	const Issuance__StateFileAnswered *a = event->state_file_answered;
	struct bytes run = bytes_of_pb(a->run);

	for (size_t i = 0; i < a->n_replies; i++) {
		file_row_answer(txn, run, a->replies[i], record->at_us);
		dispute_deletion(txn, run, record, a->replies[i]);
	}
	file_answer_put(txn, a);
}
