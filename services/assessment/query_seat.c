/* What may be asked of seats and anchors. Of drift seeds an assessor is told nothing: which reading
 * was one would show. */
#include "services/assessment/query_parts.h"

#include "services/assessment/offer.h"
#include "services/assessment/decision.h"
#include "services/assessment/tables_parts.h"

#include <string.h>

/* ---- a seat ---- */

/* A lead or an operator, and not the assessor: what only others are told. */
static bool asked_by_another(const struct query *q, struct bytes assessor)
{
	return asked_by_lead(q) && !bytes_equal(bytes_of_id(&q->actor), assessor);
}

/* Attempt 0 is of drift seeds, and nobody's calibration. */
static void put_calibration(struct query *q, const struct qualification *seat,
			    Assessment__SeatAnswer *reply)
{
	const Assessment__EntryNoted *entry =
		entry_get(q->view, bytes_of_pb(reply->entry), seat->entry_version, q->arena);
	struct readings read;

	if (seat->attempt == 0)
		return;
	read = anchors_read(q->view, bytes_of_pb(reply->assessor), bytes_of_pb(reply->entry),
			    seat->attempt, q->arena);
	reply->calibrating = seat->calibrating;
	reply->attempt = seat->attempt;
	reply->anchors = seat->anchors;
	reply->anchors_read = (uint32_t)read.n;
	if (!seat->failed || entry == NULL)
		return;
	reply->failed =
		MADE(q, Assessment__CalibrationFailed, ASSESSMENT__CALIBRATION_FAILED__INIT);
	reply->failed->assessor = reply->assessor;
	reply->failed->entry = reply->entry;
	reply->failed->attempt = seat->attempt;
	calibration_result(entry->rubric, read.of, read.n, q->arena, reply->failed);
}

static void put_for_others(struct query *q, const struct reader *reader,
			   const struct qualification *seat, Assessment__SeatAnswer *reply)
{
	const Assessment__EntryNoted *entry =
		entry_get(q->view, bytes_of_pb(reply->entry), 0, q->arena);
	const Enrollment__Policy *policy = policy_get(q->view, 0, q->arena);
	struct want want = {bytes_of_pb(reply->entry), entry->version, seat->attempt};
	uint32_t window = policy != NULL ? policy->seed_window : SEEDS_MAX;
	struct score seeds = window_sum(&seat->seeds, window);

	reply->anchors_left = offer_anchor(q->view, q->caps, q->arena, reader, &want).n;
	reply->seeds = MIN(seat->seeds.n, window);
	reply->seed_rows = seeds.rows;
	reply->seed_rows_agreed = seeds.agreed;
	reply->taken = seat->taken;
	reply->weak_from_us = seat->weak_from_us;
	reply->weak_until_us = seat->weak_until_us;
}

Cairn__Status ask_seat(const Assessment__Query *query, struct query *q)
{
	Assessment__SeatAnswer reply = ASSESSMENT__SEAT_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct bytes assessor = bytes_of_pb(query->get_seat->assessor);
	struct bytes entry = bytes_of_pb(query->get_seat->entry);
	struct qualification seat;
	struct reader reader;

	if (!is_id(assessor) || !is_id(entry))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "assessor and entry: 16 bytes each are needed");
	if (!asked_by(q, assessor) && !asked_by_lead(q))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only the assessor and lead readers may see this");
	if (!reader_load(q->view, assessor, &reader))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such assessor");
	if (!qualification_get(q->view, assessor, entry, &seat))
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "the assessor has not applied for this seat");
	reply.assessor = query->get_seat->assessor;
	reply.entry = query->get_seat->entry;
	reply.state = copy_text(q, reader.row.retired ? "retired" : seat_state_word(seat.state));
	reply.granted = seat.granted;
	reply.since_us = seat.since_us;
	reply.until_us = seat.until_us;
	put_calibration(q, &seat, &reply);
	if (asked_by_another(q, assessor))
		put_for_others(q, &reader, &seat, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_SEAT;
	body.seat = &reply;
	return query_answer(q, &body.base);
}

/* ---- anchors ---- */

/* What an anchor truly shows is the key of every calibration, and leads may hold a seat: only who
 * has said it sees it again. */
static bool knows(const struct query *q, const Assessment__AnchorRated *rated)
{
	struct bytes person = bytes_of_id(&q->actor);

	return q->roles & ROLE_OPERATOR || bytes_equal(bytes_of_pb(rated->by), person) ||
	       bytes_equal(bytes_of_pb(rated->second), person);
}

static Assessment__AnchorRow *anchor_row(struct query *q, const Enrollment__Rubric *rubric,
					 const Assessment__AnchorRated *rated)
{
	Assessment__AnchorRow *r = MADE(q, Assessment__AnchorRow, ASSESSMENT__ANCHOR_ROW__INIT);
	struct submission row;

	r->submission = rated->submission;
	r->by = rated->by;
	r->second = rated->second;
	r->state = copy_text(q, rated->second.len > 0 ? "agreed" : "rated");
	if (submission_get(q->view, bytes_of_pb(rated->submission), &row))
		r->attempt = row.attempt;
	r->ratings = arena_alloc(q->arena, (rated->n_ratings + 1) * sizeof *r->ratings);
	for (size_t i = 0; i < rated->n_ratings && knows(q, rated); i++) {
		const Enrollment__Level *level =
			rubric_level_at(rubric, rated->ratings[i]->ordinal);
		Assessment__TrueRating *t =
			MADE(q, Assessment__TrueRating, ASSESSMENT__TRUE_RATING__INIT);

		t->row = rated->ratings[i]->row;
		t->level = level != NULL ? level->code : copy_text(q, "");
		r->ratings[r->n_ratings++] = t;
	}
	return r;
}

/* What one lead has rated waits for a second; anchors that were withdrawn are not among it. */
static bool is_proposed(const Assessment__AnchorRated *rated, const Assessment__EntryNoted *entry)
{
	return rated->second.len == 0 && rated->version == entry->version &&
	       bytes_equal(bytes_of_pb(rated->entry), bytes_of_pb(entry->entry));
}

/* After the last anchor. */
static void list_proposed(struct query *q, const Assessment__EntryNoted *entry, uint32_t limit,
			  Assessment__AnchorList *reply)
{
	struct scan scan = scan_first(q->view, ANCHOR_APART, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (reply->n_anchors < limit && scan_next(&scan, &key, &val)) {
		const Assessment__AnchorRated *rated = (const Assessment__AnchorRated *)stored_in(
			val, &assessment__anchor_rated__descriptor, q->arena);

		if (is_proposed(rated, entry))
			reply->anchors[reply->n_anchors++] = anchor_row(q, entry->rubric, rated);
	}
	scan_end(&scan);
}

static void list_anchors(struct query *q, const Assessment__ListAnchors *ask,
			 const Assessment__EntryNoted *entry, Assessment__AnchorList *reply)
{
	uint32_t limit = ask->limit == 0 ? LIMIT_DEFAULT : MIN(ask->limit, LIMIT_MOST);
	const Assessment__AnchorRated *rated;
	struct anchor_scan scan;

	anchors_begin(&scan, q->view, bytes_of_pb(ask->entry), entry->version,
		      bytes_of_pb(ask->after));
	reply->anchors = arena_alloc(q->arena, (limit + 1) * sizeof *reply->anchors);
	while (reply->n_anchors < limit && anchors_next(&scan, q->arena, &rated)) {
		reply->anchors[reply->n_anchors++] = anchor_row(q, entry->rubric, rated);
		reply->next = rated->submission;
	}
	anchors_end(&scan);
	if (reply->n_anchors == limit)
		return;
	reply->next = pb_of_bytes(BYTES_NONE);
	list_proposed(q, entry, limit, reply);
}

Cairn__Status ask_anchors(const Assessment__Query *query, struct query *q)
{
	const Assessment__ListAnchors *ask = query->list_anchors;
	const Enrollment__Policy *policy = policy_get(q->view, 0, q->arena);
	Assessment__AnchorList reply = ASSESSMENT__ANCHOR_LIST__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	const Assessment__EntryNoted *entry;

	if (!is_id(bytes_of_pb(ask->entry)) ||
	    (ask->after.len > 0 && !is_id(bytes_of_pb(ask->after))))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "entry: 16 bytes are needed; after: 16, or nothing");
	if (!asked_by_lead(q))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN, "only a lead reader sees anchors");
	entry = entry_get(q->view, bytes_of_pb(ask->entry), ask->version, q->arena);
	if (entry == NULL)
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "no such version of this entry has been published");
	reply.version = entry->version;
	reply.needed = policy != NULL ? policy->calibration_anchors : 0;
	list_anchors(q, ask, entry, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_ANCHORS;
	body.anchors = &reply;
	return query_answer(q, &body.base);
}

/* ---- a weak period ---- */

static Assessment__WeakRow *weak_row(struct query *q, struct bytes submission, int64_t at_us)
{
	const Assessment__DecisionMade *decision = decided_get(q->view, submission, q->arena);
	Assessment__WeakRow *r;
	struct submission row;

	if (decision == NULL || !submission_get(q->view, submission, &row))
		return NULL;
	r = MADE(q, Assessment__WeakRow, ASSESSMENT__WEAK_ROW__INIT);
	r->submission = pb_of_bytes(arena_copy(q->arena, submission));
	r->read_us = at_us;
	r->state = copy_text(q, submission_state_word(row.state));
	r->passed = decision->passed;
	r->back_read = !may_be_reviewed(&row, ASSESSMENT__REVIEW_WHY__BACK_READ);
	return r;
}

/* A period has a few hundred readings: those before the page are passed over. */
static void list_weak(struct query *q, const Assessment__ListWeak *ask,
		      const struct qualification *seat, Assessment__WeakList *reply)
{
	const struct seat_key key = {.assessor = id_of_bytes(bytes_of_pb(ask->assessor)),
				     .entry = id_of_bytes(bytes_of_pb(ask->entry))};
	uint32_t limit = ask->limit == 0 ? LIMIT_DEFAULT : MIN(ask->limit, LIMIT_MOST);
	bool passed = ask->after.len == 0;
	struct read_scan scan;
	struct bytes submission;
	int64_t at_us;

	reply->decisions = arena_alloc(q->arena, (limit + 1) * sizeof *reply->decisions);
	read_at_begin(&scan, q->view, &key, seat->weak_from_us);
	while (reply->n_decisions < limit && read_at_next(&scan, &submission, &at_us) &&
	       at_us <= seat->weak_until_us) {
		Assessment__WeakRow *row = passed ? weak_row(q, submission, at_us) : NULL;

		passed = passed || bytes_equal(submission, bytes_of_pb(ask->after));
		if (row != NULL)
			reply->decisions[reply->n_decisions++] = row;
	}
	read_at_end(&scan);
	if (reply->n_decisions == limit)
		reply->next = reply->decisions[limit - 1]->submission;
}

/* The decisions that came of the assessor's readings between the last good seed and the watch or
 * the suspension. */
Cairn__Status ask_weak(const Assessment__Query *query, struct query *q)
{
	const Assessment__ListWeak *ask = query->list_weak;
	struct bytes assessor = bytes_of_pb(ask->assessor), entry = bytes_of_pb(ask->entry);
	Assessment__WeakList reply = ASSESSMENT__WEAK_LIST__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct qualification seat;

	if (!is_id(assessor) || !is_id(entry) ||
	    (ask->after.len > 0 && !is_id(bytes_of_pb(ask->after))))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "assessor and entry: 16 bytes each are needed; after: 16, or "
				    "nothing");
	if (!asked_by_another(q, assessor))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only another person who is a lead reader may see this");
	if (!qualification_get(q->view, assessor, entry, &seat))
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "the assessor has not applied for this seat");
	reply.weak_from_us = seat.weak_from_us;
	reply.weak_until_us = seat.weak_until_us;
	if (seat.weak_until_us != 0)
		list_weak(q, ask, &seat, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_WEAK;
	body.weak = &reply;
	return query_answer(q, &body.base);
}
