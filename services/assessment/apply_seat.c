/* What the events of seats and anchors change in the tables. */
#include "services/assessment/apply_parts.h"

#include "libshared/eventlog.h"
#include "services/assessment/tables_seat.h"

/* ---- seats ---- */

/* The pair of a seat's event, with its row as it stands. */
struct seat {
	struct bytes assessor, entry;
	struct qualification row;
};

static struct seat seat_in(struct txn *txn, ProtobufCBinaryData assessor, ProtobufCBinaryData entry)
{
	struct seat seat = {.assessor = bytes_of_pb(assessor), .entry = bytes_of_pb(entry)};

	qualification_get(txn_view(txn), seat.assessor, seat.entry, &seat.row);
	return seat;
}

static void seat_put(struct txn *txn, struct seat *seat)
{
	qualification_put(txn, seat->assessor, seat->entry, &seat->row);
}

static void seat_move(struct txn *txn, struct seat *seat, enum seat_state state, int64_t at_us)
{
	if (seat->row.state != state)
		seat->row.since_us = at_us;
	seat->row.state = (uint8_t)state;
	seat_put(txn, seat);
}

void apply_assessor_qualified(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	const Assessment__AssessorQualified *a = event->assessor_qualified;
	struct seat seat = seat_in(txn, a->assessor, a->entry);

	seat.row.until_us = a->until_us;
	seat.row.granted = 1;
	seat.row.calibrating = 0;
	seat_move(txn, &seat, SEAT_CERTIFIED, record->at_us);
}

void apply_seat_applied(struct txn *txn, const Assessment__Event *event,
			const struct record *record)
{
	const Assessment__SeatApplied *a = event->seat_applied;
	struct seat seat = seat_in(txn, a->assessor, a->entry);

	seat_move(txn, &seat, SEAT_APPLIED, record->at_us);
}

void apply_training_started(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	const Assessment__TrainingStarted *s = event->training_started;
	struct seat seat = seat_in(txn, s->assessor, s->entry);

	seat_move(txn, &seat, SEAT_TRAINING, record->at_us);
}

/* Who is certified stays so while the renewal is read. */
void apply_calibration_started(struct txn *txn, const Assessment__Event *event,
			       const struct record *record)
{
	const Assessment__CalibrationStarted *s = event->calibration_started;
	struct seat seat = seat_in(txn, s->assessor, s->entry);

	seat.row.attempt = s->attempt;
	seat.row.entry_version = s->version;
	seat.row.anchors = s->anchors;
	seat.row.calibrating = 1;
	seat.row.failed = 0;
	seat_move(txn, &seat, seat_stands(seat.row.state) ? seat.row.state : SEAT_CALIBRATING,
		  record->at_us);
}

void apply_assessor_certified(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	const Assessment__AssessorCertified *c = event->assessor_certified;
	struct seat seat = seat_in(txn, c->assessor, c->entry);

	seat.row.until_us = c->until_us;
	seat.row.granted = 0;
	seat.row.calibrating = 0;
	seat_move(txn, &seat, SEAT_CERTIFIED, record->at_us);
}

void apply_calibration_failed(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	const Assessment__CalibrationFailed *f = event->calibration_failed;
	struct seat seat = seat_in(txn, f->assessor, f->entry);

	(void)record;
	seat.row.calibrating = 0;
	seat.row.failed = 1;
	seat_put(txn, &seat);
}

/* ---- anchors ---- */

void apply_anchor_rated(struct txn *txn, const Assessment__Event *event,
			const struct record *record)
{
	(void)record;
	anchor_put(txn, event->anchor_rated);
}

void apply_anchor_withdrawn(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	struct bytes submission = bytes_of_pb(event->anchor_withdrawn->submission);
	struct submission row;

	(void)record;
	if (submission_get(txn_view(txn), submission, &row))
		anchor_withdraw(txn, submission, &row);
	else
		txn_fault(txn, "anchor_withdrawn: no such submission");
}

/* ---- their readings: the submission's row stays as it is ---- */

void apply_anchor_assigned(struct txn *txn, const Assessment__Event *event,
			   const struct record *record)
{
	const Assessment__AnchorAssigned *a = event->anchor_assigned;
	struct reading reading = {
		.submission = id_of_bytes(bytes_of_pb(a->submission)),
		.assessor = id_of_bytes(bytes_of_pb(a->assessor)),
		.until_us = a->until_us,
		.state = READING_IN_HAND,
		.anchor = 1,
		.policy_version = a->policy_version,
		.attempt = a->attempt,
	};

	(void)record;
	take_in_hand(txn, bytes_of_pb(a->reading), &reading, a->day);
}

void apply_anchor_lease_expired(struct txn *txn, const Assessment__Event *event,
				const struct record *record)
{
	struct reading reading;

	(void)record;
	end_lease(txn, bytes_of_pb(event->anchor_lease_expired->reading), READING_EXPIRED,
		  &reading);
}

/* Known to the assessor from now on: neither it nor another attempt of its author is theirs to
 * read. */
void apply_anchor_completed(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	const Assessment__AnchorCompleted *c = event->anchor_completed;
	struct bytes submission = bytes_of_pb(c->submission);
	struct reading reading;
	struct submission row;

	(void)record;
	if (!end_lease(txn, bytes_of_pb(c->reading), READING_COMPLETED, &reading))
		return;
	if (!submission_get(txn_view(txn), submission, &row)) {
		txn_fault(txn, "anchor_completed: no such submission");
		return;
	}
	anchor_read_put(txn, c);
	read_by_put(txn, bytes_of_id(&row.enrollment), bytes_of_pb(c->assessor), submission, false);
}
