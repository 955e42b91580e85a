/* What the events about rosters and cohorts change. */
#include "services/enrollment/apply_parts.h"
#include "services/enrollment/tables_district.h"

void apply_roster_seen(struct txn *txn, const Enrollment__Event *event, const struct record *record)
{
	const Enrollment__RosterSeen *e = event->roster_seen;
	struct roster_row row = {
		.educator = id_of_bytes(bytes_of_pb(e->educator)),
		.seen_in = id_of_bytes(bytes_of_pb(e->import)),
	};

	(void)record;
	roster_put(txn, bytes_of_pb(e->roster), bytes_of_pb(e->person_hash), &row);
}

void apply_roster_missed(struct txn *txn, const Enrollment__Event *event,
			 const struct record *record)
{
	const Enrollment__RosterMissed *e = event->roster_missed;
	struct bytes roster = bytes_of_pb(e->roster), hash = bytes_of_pb(e->person_hash);
	struct roster_row row;

	(void)record;
	if (!roster_get(txn_view(txn), roster, hash, &row)) {
		txn_fault(txn, "somebody missed in a roster that never had them");
		return;
	}
	row.missed_in = id_of_bytes(bytes_of_pb(e->import));
	row.missed = e->times;
	roster_put(txn, roster, hash, &row);
}

/* ---- cohorts ---- */

void apply_cohort_opened(struct txn *txn, const Enrollment__Event *event,
			 const struct record *record)
{
	const Enrollment__CohortOpened *e = event->cohort_opened;
	struct cohort_row row = {
		.district = id_of_bytes(bytes_of_pb(e->district)),
		.coach = id_of_bytes(bytes_of_pb(e->coach)),
		.opened_us = record->at_us,
	};

	cohort_put(txn, bytes_of_pb(e->cohort), &row);
	cohort_put_name(txn, bytes_of_pb(e->cohort), bytes_of_pb(e->district), e->name);
}

/* The row of a cohort that an event names; false: faulted. */
static bool cohort_row(struct txn *txn, struct bytes id, struct cohort_row *row_r)
{
	if (cohort_get(txn_view(txn), id, row_r))
		return true;
	txn_fault(txn, "an event about a cohort that is not there");
	return false;
}

void apply_cohort_closed(struct txn *txn, const Enrollment__Event *event,
			 const struct record *record)
{
	struct bytes id = bytes_of_pb(event->cohort_closed->cohort);
	struct cohort_row row;

	(void)record;
	if (!cohort_row(txn, id, &row))
		return;
	row.closed = 1;
	cohort_put(txn, id, &row);
}

void apply_cohort_joined(struct txn *txn, const Enrollment__Event *event,
			 const struct record *record)
{
	const Enrollment__CohortJoined *e = event->cohort_joined;
	struct cohort_row row;

	(void)record;
	if (!cohort_row(txn, bytes_of_pb(e->cohort), &row))
		return;
	row.members++;
	cohort_put(txn, bytes_of_pb(e->cohort), &row);
	mark_put(txn, MEMBER, bytes_of_pb(e->cohort), bytes_of_pb(e->educator));
}

void apply_cohort_left(struct txn *txn, const Enrollment__Event *event, const struct record *record)
{
	const Enrollment__CohortLeft *e = event->cohort_left;
	struct cohort_row row;

	(void)record;
	if (!cohort_row(txn, bytes_of_pb(e->cohort), &row))
		return;
	row.members--;
	cohort_put(txn, bytes_of_pb(e->cohort), &row);
	mark_delete(txn, MEMBER, bytes_of_pb(e->cohort), bytes_of_pb(e->educator));
}
