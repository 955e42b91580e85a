/* The tables of retention: keys, typed get and put. */
#include "services/evidence/tables_retention.h"

bool retention_get(const struct view *view, struct bytes portfolio, struct retention *row_r)
{
	return ROW_GET(view, RETENTION, portfolio, row_r);
}

void retention_put(struct txn *txn, struct bytes portfolio, struct retention *row)
{
	ROW_PUT(txn, RETENTION, portfolio, row);
}

bool hold_get(const struct view *view, struct bytes hold, struct hold *row_r)
{
	return ROW_GET(view, HOLD, hold, row_r);
}

void hold_put(struct txn *txn, struct bytes hold, struct hold *row)
{
	struct key k = {0};
	struct bytes listed = key_of_two(&k, bytes_of_id(&row->portfolio), hold);

	ROW_PUT(txn, HOLD, hold, row);
	if (!mark_there(txn_view(txn), HOLD_OF, listed))
		mark_put(txn, HOLD_OF, listed);
}

bool is_held(const struct view *view, struct bytes portfolio)
{
	struct id_scan holds = id_scan(HOLD_OF, portfolio);
	struct hold row;
	struct id hold;

	while (id_next(&holds, view, &hold))
		if (hold_get(view, bytes_of_id(&hold), &row) && id_is_none(&row.lifted_by))
			return true;
	return false;
}

void purged_put(struct txn *txn, struct bytes artifact, struct bytes event)
{
	txn_put(txn, PURGED, artifact, event);
}

const Evidence__ArtifactPurged *purged_get(const struct view *view, struct bytes artifact,
					   struct arena *arena)
{
	const Evidence__Event *event = event_get(view, PURGED, artifact, arena);

	return event == NULL ? NULL : event->artifact_purged;
}
