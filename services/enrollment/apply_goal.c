/* What the events about goals change. */
#include "libshared/calendar.h"
#include "services/enrollment/apply_parts.h"

void apply_goal_set(struct txn *txn, const Enrollment__Event *event, const struct record *record)
{
	const Enrollment__GoalSet *e = event->goal_set;
	struct goal_row row = {
		.entry = id_of_bytes(bytes_of_pb(e->entry)),
		.stack = id_of_bytes(bytes_of_pb(e->stack)),
		.license = id_of_bytes(bytes_of_pb(e->license)),
		.set_us = record->at_us,
	};

	if (!day_of_text(e->by, &row.by_day))
		row.by_day = NO_DAY;
	goal_put(txn, bytes_of_pb(e->educator), bytes_of_pb(e->goal), &row);
}

void apply_goal_dropped(struct txn *txn, const Enrollment__Event *event,
			const struct record *record)
{
	const Enrollment__GoalDropped *e = event->goal_dropped;

	(void)record;
	goal_delete(txn, bytes_of_pb(e->educator), bytes_of_pb(e->goal));
}
