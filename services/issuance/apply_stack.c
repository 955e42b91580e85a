/* What the events of stacks change. */
#include "services/issuance/apply_parts.h"
#include "services/issuance/tables_stack.h"
#include "services/issuance/tables_unfit.h"

#include <string.h>

void apply_stack_noted(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__AchievementNoted *a = event->stack_noted->achievement;

	stack_put(txn, event->stack_noted, record->at_us, record->payload);
	unfit_end(txn, bytes_of_pb(a->entry), a->version);
}

void apply_stack_members_held(struct txn *txn, const Issuance__Event *event,
			      const struct record *record)
{
	stack_stale_put(txn, event->stack_members_held, record->payload);
}

void apply_stack_members_settled(struct txn *txn, const Issuance__Event *event,
				 const struct record *record)
{
	(void)record;
	stack_stale_end(txn, bytes_of_pb(event->stack_members_settled->credential));
}

void apply_stack_swept(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__StackSwept *s = event->stack_swept;
	struct stack_row row;

	if (!stack_row_get(txn_view(txn), bytes_of_pb(s->stack), &row)) {
		txn_fault(txn, "stack: no such stack");
		return;
	}
	row.seen += s->seen;
	row.awarded += s->awarded;
	row.held += s->held;
	row.changed_us = record->at_us;
	if (s->cursor.len == ID_LEN)
		memcpy(row.cursor, s->cursor.data, ID_LEN);
	row.state = s->finished ? SWEEP_FINISHED : SWEEP_RUNNING;
	stack_row_put(txn, &row);
}
