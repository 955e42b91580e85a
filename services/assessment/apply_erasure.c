/* What the events of erasure change. */
#include "services/assessment/apply_parts.h"
#include "services/assessment/erasure.h"

void apply_educator_forgotten(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	(void)record;
	educator_forget(txn, bytes_of_pb(event->educator_forgotten->educator));
}

void apply_feedback_purged(struct txn *txn, const Assessment__Event *event,
			   const struct record *record)
{
	const Assessment__FeedbackPurged *p = event->feedback_purged;

	(void)record;
	for (size_t i = 0; i < p->n_sha256; i++)
		purge_end(txn, bytes_of_pb(p->sha256[i]));
}
