/* Drift seeds, what follows them, and the end of a seat. */
#include "services/assessment/drift.h"

#include "services/assessment/decision.h"

/* More decisions than the seeds of a window stand for: twenty of fifty permille are of four
 * hundred readings. */
#define BACK_READS_MAX 1000

/* ---- giving one ---- */

bool seed_is_due(const struct caps *caps, struct bytes assessor, struct bytes entry,
		 const struct qualification *seat, uint32_t permille)
{
	struct key k = {0};

	key_add(&k, assessor);
	key_add(&k, entry);
	return keyed_draw(caps->noise_key, "drift seed", key_add_u32(&k, seat->taken)) % 1000 <
	       permille;
}

bool assign_seed(const struct view *view, struct decision *d, const struct reader *reader,
		 const struct task *task, const struct id *submission)
{
	struct bytes assessor = bytes_of_id(&reader->id), entry;
	struct qualification seat;
	struct submission row;
	struct offer offer;
	struct task seed = *task;

	ENSURE(submission_get(view, bytes_of_id(submission), &row));
	entry = bytes_of_id(&row.entry);
	ENSURE(qualification_get(view, assessor, entry, &seat));
	if (!seed_is_due(d->caps, assessor, entry, &seat, task->policy->seed_permille))
		return false;
	const struct want want = {.entry = entry, .version = row.entry_version};
	offer = offer_anchor(view, d->caps, d->arena, reader, &want);
	if (offer.n == 0)
		return false;
	seed.policy = policy_get(view, row.policy_version, d->arena);
	ENSURE(seed.policy != NULL);
	emit_anchor_assigned(d, &seed, &want, &offer.submission);
	return true;
}

/* ---- what follows ---- */

static void back_read(const struct view *view, struct decision *d, const struct seat_key *seat,
		      int64_t from_us)
{
	struct read_scan scan;
	struct bytes submission;
	int64_t at_us;

	read_at_begin(&scan, view, seat, from_us);
	for (unsigned n = 0; n < BACK_READS_MAX && read_at_next(&scan, &submission, &at_us); n++)
		emit_review_requested(view, d, arena_copy(d->arena, submission),
				      ASSESSMENT__REVIEW_WHY__BACK_READ);
	read_at_end(&scan);
}

/* The seat's statistics after its last seed. */
struct drift {
	const struct seat_key *key;
	uint32_t seeds;
	struct score sum;
	int64_t weak_from_us;
};

static void emit_watched(struct decision *d, const struct drift *drift)
{
	Assessment__AssessorPlacedOnWatch watched = ASSESSMENT__ASSESSOR_PLACED_ON_WATCH__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	watched.assessor = pb_of_id(&drift->key->assessor);
	watched.entry = pb_of_id(&drift->key->entry);
	watched.seeds = drift->seeds;
	watched.rows = drift->sum.rows;
	watched.agreed = drift->sum.agreed;
	watched.weak_from_us = drift->weak_from_us;
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_PLACED_ON_WATCH;
	event.assessor_placed_on_watch = &watched;
	emit_about(d, bytes_of_id(&drift->key->assessor), &event.base);
}

static void emit_suspended(struct decision *d, const struct drift *drift)
{
	Assessment__AssessorSuspended suspended = ASSESSMENT__ASSESSOR_SUSPENDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	suspended.assessor = pb_of_id(&drift->key->assessor);
	suspended.entry = pb_of_id(&drift->key->entry);
	suspended.seeds = drift->seeds;
	suspended.rows = drift->sum.rows;
	suspended.agreed = drift->sum.agreed;
	suspended.weak_from_us = drift->weak_from_us;
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED;
	event.assessor_suspended = &suspended;
	emit_about(d, bytes_of_id(&drift->key->assessor), &event.base);
}

static void emit_reinstated(struct decision *d, const struct drift *drift)
{
	Assessment__AssessorReinstated reinstated = ASSESSMENT__ASSESSOR_REINSTATED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	reinstated.assessor = pb_of_id(&drift->key->assessor);
	reinstated.entry = pb_of_id(&drift->key->entry);
	reinstated.seeds = drift->seeds;
	reinstated.rows = drift->sum.rows;
	reinstated.agreed = drift->sum.agreed;
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_REINSTATED;
	event.assessor_reinstated = &reinstated;
	emit_about(d, bytes_of_id(&drift->key->assessor), &event.base);
}

static void move_seat(const struct view *view, struct decision *d, const struct drift *drift,
		      enum seat_state to)
{
	if (to == SEAT_CERTIFIED) {
		emit_reinstated(d, drift);
		return;
	}
	if (to == SEAT_WATCH)
		emit_watched(d, drift);
	else
		emit_suspended(d, drift);
	back_read(view, d, drift->key, drift->weak_from_us);
	if (to == SEAT_SUSPENDED)
		emit_left_alone_of(view, d, bytes_of_id(&drift->key->assessor),
				   bytes_of_id(&drift->key->entry));
}

void outcome_of_seed(const struct view *view, struct decision *d,
		     const Assessment__AnchorCompleted *completed)
{
	const Enrollment__Policy *policy = policy_get(view, 0, d->arena);
	const struct drift_rules rules = {
		.window = policy->seed_window,
		.needed = MIN(policy->seeds_needed, policy->seed_window),
		.watch_below_percent = policy->watch_below_percent,
		.suspend_below_percent = policy->suspend_below_percent,
	};
	const struct seat_key key = {.assessor = id_of_bytes(bytes_of_pb(completed->assessor)),
				     .entry = id_of_bytes(bytes_of_pb(completed->entry))};
	struct drift drift = {.key = &key};
	struct qualification seat;
	enum seat_state to;

	/* Granted anew, or over, while the seed was in hand: it counts, and nothing follows. */
	if (!qualification_get(view, bytes_of_id(&key.assessor), bytes_of_id(&key.entry), &seat) ||
	    !seat_stands(seat.state))
		return;
	window_add(&seat.seeds, score_of_completed(completed));
	to = state_after_seed(seat.state, &seat.seeds, &rules);
	if (to == seat.state)
		return;
	drift.seeds = MIN(seat.seeds.n, rules.window);
	drift.sum = window_sum(&seat.seeds, rules.window);
	drift.weak_from_us = seat.good_us;
	move_seat(view, d, &drift, to);
}

/* ---- the end of a seat ---- */

int64_t seat_notice_us(const struct decision *d, const Enrollment__Policy *policy, int64_t until_us)
{
	int64_t at_us = policy != NULL ? until_us - policy->seat_notice_days * US_PER_DAY : 0;

	return at_us > d->now_us ? at_us : 0;
}

enum verdict decide_seat_notice(const struct view *view, struct bytes seat, struct decision *d)
{
	Assessment__SeatExpiryNoticed noticed = ASSESSMENT__SEAT_EXPIRY_NOTICED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct qualification row;
	struct seat_key key;

	if (!seat_key_get(view, seat, &key) ||
	    !qualification_get(view, bytes_of_id(&key.assessor), bytes_of_id(&key.entry), &row))
		return refuse(d, ASSESSMENT__REASON__SEAT_STATE);
	noticed.assessor = pb_of_id(&key.assessor);
	noticed.entry = pb_of_id(&key.entry);
	noticed.until_us = row.until_us;
	noticed.days_left =
		(uint32_t)((MAX(row.until_us - d->now_us, 0) + US_PER_DAY - 1) / US_PER_DAY);
	event.body_case = ASSESSMENT__EVENT__BODY_SEAT_EXPIRY_NOTICED;
	event.seat_expiry_noticed = &noticed;
	emit_about(d, bytes_of_id(&key.assessor), &event.base);
	return ACCEPTED;
}

/* A reading under the seat goes back to the queue; an anchor of the renewal stays in hand. */
static void take_back(const struct view *view, struct decision *d, const struct seat_key *key)
{
	struct assessor holder;
	struct submission row;
	struct reading reading;

	if (!assessor_get(view, bytes_of_id(&key->assessor), &holder) ||
	    !reading_get(view, bytes_of_id(&holder.holds), &reading) || reading.attempt != 0 ||
	    !submission_get(view, bytes_of_id(&reading.submission), &row))
		return;
	if (id_equal(&row.entry, &key->entry))
		emit_lease_expired(view, d, bytes_of_id(&holder.holds), &reading,
				   bytes_of_id(&key->assessor));
}

enum verdict decide_seat_end(const struct view *view, struct bytes seat, struct decision *d)
{
	Assessment__AssessorExpired expired = ASSESSMENT__ASSESSOR_EXPIRED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct qualification row;
	struct seat_key key;

	if (!seat_key_get(view, seat, &key) ||
	    !qualification_get(view, bytes_of_id(&key.assessor), bytes_of_id(&key.entry), &row))
		return refuse(d, ASSESSMENT__REASON__SEAT_STATE);
	take_back(view, d, &key);
	expired.assessor = pb_of_id(&key.assessor);
	expired.entry = pb_of_id(&key.entry);
	expired.until_us = row.until_us;
	event.body_case = ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED;
	event.assessor_expired = &expired;
	emit_about(d, bytes_of_id(&key.assessor), &event.base);
	emit_left_alone_of(view, d, bytes_of_id(&key.assessor), bytes_of_id(&key.entry));
	return ACCEPTED;
}
