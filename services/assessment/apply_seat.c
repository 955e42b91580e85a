/* What the events of seats and anchors change in the tables. */
#include "services/assessment/apply_parts.h"

#include "libshared/calendar.h"
#include "libshared/eventlog.h"
#include "libshared/timers.h"
#include "services/assessment/assessment.h"
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

static void seat_clear_timers(struct txn *txn, struct bytes assessor, struct bytes entry)
{
	struct id id = seat_id(assessor, entry);

	timer_clear(txn, bytes_of_id(&id), TIMER_SEAT_NOTICE);
	timer_clear(txn, bytes_of_id(&id), TIMER_SEAT_END);
}

/* A seat that does not stand has no end to wait for. */
static void seat_move(struct txn *txn, struct seat *seat, enum seat_state state, int64_t at_us)
{
	if (seat->row.state != state)
		seat->row.since_us = at_us;
	seat->row.state = (uint8_t)state;
	seat_put(txn, seat);
	if (!seat_stands(state))
		seat_clear_timers(txn, seat->assessor, seat->entry);
}

/* A certificate or a grant: what was known of drift was of the one before. */
static void seat_begin(struct txn *txn, struct seat *seat, int64_t notice_us, int64_t at_us)
{
	struct id id = seat_id(seat->assessor, seat->entry);

	seat->row.calibrating = 0;
	seat->row.seeds = (struct seed_window){0};
	seat->row.good_us = at_us;
	seat_move(txn, seat, SEAT_CERTIFIED, at_us);
	seat_key_put(txn, seat->assessor, seat->entry);
	timer_set(txn, bytes_of_id(&id), TIMER_SEAT_END, seat->row.until_us);
	if (notice_us != 0)
		timer_set(txn, bytes_of_id(&id), TIMER_SEAT_NOTICE, notice_us);
	else
		timer_clear(txn, bytes_of_id(&id), TIMER_SEAT_NOTICE);
}

void seats_rest(struct txn *txn, struct bytes assessor)
{
	struct scan scan = scan_first(txn_view(txn), QUALIFICATION, assessor, assessor);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val))
		seat_clear_timers(txn, assessor, (struct bytes){key.data + ID_LEN, ID_LEN});
	scan_end(&scan);
}

void seat_taken(struct txn *txn, struct bytes assessor, struct bytes entry)
{
	struct seat seat = seat_in(txn, pb_of_bytes(assessor), pb_of_bytes(entry));

	seat.row.taken++;
	seat_put(txn, &seat);
}

void apply_assessor_qualified(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	const Assessment__AssessorQualified *a = event->assessor_qualified;
	struct seat seat = seat_in(txn, a->assessor, a->entry);

	seat.row.until_us = a->until_us;
	seat.row.granted = 1;
	seat_begin(txn, &seat, a->notice_us, record->at_us);
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
	seat_begin(txn, &seat, c->notice_us, record->at_us);
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

/* ---- drift ---- */

/* While somebody is watched the weak period only grows. */
static void seat_weak(struct seat *seat, int64_t from_us, int64_t at_us)
{
	bool grows = seat->row.state == SEAT_WATCH && seat->row.weak_from_us != 0;

	seat->row.weak_from_us = grows ? MIN(seat->row.weak_from_us, from_us) : from_us;
	seat->row.weak_until_us = at_us;
}

void apply_assessor_placed_on_watch(struct txn *txn, const Assessment__Event *event,
				    const struct record *record)
{
	const Assessment__AssessorPlacedOnWatch *w = event->assessor_placed_on_watch;
	struct seat seat = seat_in(txn, w->assessor, w->entry);

	seat_weak(&seat, w->weak_from_us, record->at_us);
	seat_move(txn, &seat, SEAT_WATCH, record->at_us);
}

void apply_assessor_suspended(struct txn *txn, const Assessment__Event *event,
			      const struct record *record)
{
	const Assessment__AssessorSuspended *s = event->assessor_suspended;
	struct seat seat = seat_in(txn, s->assessor, s->entry);

	seat_weak(&seat, s->weak_from_us, record->at_us);
	seat_move(txn, &seat, SEAT_SUSPENDED, record->at_us);
}

void apply_assessor_reinstated(struct txn *txn, const Assessment__Event *event,
			       const struct record *record)
{
	const Assessment__AssessorReinstated *r = event->assessor_reinstated;
	struct seat seat = seat_in(txn, r->assessor, r->entry);

	seat_move(txn, &seat, SEAT_CERTIFIED, record->at_us);
}

/* ---- the end ---- */

void apply_seat_expiry_noticed(struct txn *txn, const Assessment__Event *event,
			       const struct record *record)
{
	const Assessment__SeatExpiryNoticed *n = event->seat_expiry_noticed;
	struct id id = seat_id(bytes_of_pb(n->assessor), bytes_of_pb(n->entry));

	(void)record;
	timer_clear(txn, bytes_of_id(&id), TIMER_SEAT_NOTICE);
}

void apply_assessor_expired(struct txn *txn, const Assessment__Event *event,
			    const struct record *record)
{
	const Assessment__AssessorExpired *e = event->assessor_expired;
	struct seat seat = seat_in(txn, e->assessor, e->entry);

	seat_move(txn, &seat, SEAT_EXPIRED, record->at_us);
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
	if (a->attempt == 0)
		seat_taken(txn, bytes_of_pb(a->assessor), bytes_of_pb(a->entry));
}

void apply_anchor_lease_expired(struct txn *txn, const Assessment__Event *event,
				const struct record *record)
{
	struct reading reading;

	(void)record;
	end_lease(txn, bytes_of_pb(event->anchor_lease_expired->reading), READING_EXPIRED,
		  &reading);
}

/* A drift seed counts for the seat; a calibration is counted when it ends. */
void apply_anchor_scored(struct txn *txn, const Assessment__Event *event,
			 const struct record *record)
{
	const Assessment__AnchorScored *s = event->anchor_scored;
	struct seat seat = seat_in(txn, s->assessor, s->entry);

	if (s->attempt != 0)
		return;
	window_add(&seat.row.seeds, (struct score){s->rows, s->agreed, 0});
	if (s->good)
		seat.row.good_us = record->at_us;
	seat_put(txn, &seat);
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

/* ---- licenses ---- */

void apply_renewal_noted(struct txn *txn, const Assessment__Event *event,
			 const struct record *record)
{
	const Assessment__RenewalNoted *n = event->renewal_noted;
	int64_t day;

	(void)record;
	if (day_of_text(n->renewal_by, &day))
		renewal_put(txn, bytes_of_pb(n->educator), day);
	else
		txn_fault(txn, "renewal_noted: no date");
}
