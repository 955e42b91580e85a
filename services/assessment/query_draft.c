/* What is not in the log yet, for its assessor; and who waits for a coach. */
#include "services/assessment/draft.h"
#include "services/assessment/erasure.h"
#include "services/assessment/query_parts.h"

#include <string.h>

#define LOOKED_MOST 20000

static bool has_in_hand(const struct query *q, struct bytes id)
{
	struct reading reading;

	return is_id(id) && reading_get(q->view, id, &reading) &&
	       asked_by(q, bytes_of_id(&reading.assessor)) && reading.state == READING_IN_HAND &&
	       q->now_us < reading.until_us;
}

Cairn__Status ask_draft(const Assessment__Query *query, struct query *q)
{
	Assessment__DraftAnswer reply = ASSESSMENT__DRAFT_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_draft->reading);
	const Assessment__SaveRatings *draft;

	if (!has_in_hand(q, id))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only the assessor who holds the reading may see it");
	draft = draft_of(q->caps->blobs, id, q->arena);
	if (draft != NULL) {
		reply.n_ratings = draft->n_ratings;
		reply.ratings = draft->ratings;
	}
	body.body_case = ASSESSMENT__ANSWER__BODY_DRAFT;
	body.draft = &reply;
	return query_answer(q, &body.base);
}

/* ---- who waits for a coach ---- */

static Assessment__CoachingRow *coaching_row(struct query *q, struct bytes enrollment,
					     const struct journey *journey)
{
	Assessment__CoachingRow *r =
		MADE(q, Assessment__CoachingRow, ASSESSMENT__COACHING_ROW__INIT);
	const Assessment__SubmissionReceived *received =
		received_get(q->view, bytes_of_id(&journey->latest), q->arena);
	const Assessment__EntryNoted *entry = NULL;

	r->enrollment = pb_of_bytes(arena_copy(q->arena, enrollment));
	r->educator = pb_of_bytes(arena_copy(q->arena, bytes_of_id(&journey->educator)));
	r->attempts = journey->attempts;
	if (received == NULL)
		return r;
	r->school = received->school;
	r->district = received->district;
	entry = entry_get(q->view, bytes_of_pb(received->entry), received->version, q->arena);
	if (entry != NULL)
		r->code = entry->code;
	return r;
}

static bool waits_for_coach(const struct query *q, const struct journey *journey)
{
	return journey->coach_first && !is_forgotten(q->view, bytes_of_id(&journey->educator));
}

static void look_at_one(struct bytes enrollment, struct query *q, Assessment__CoachingList *reply)
{
	struct journey journey;

	if (is_id(enrollment) && journey_get(q->view, enrollment, &journey) &&
	    waits_for_coach(q, &journey))
		reply->rows[reply->n_rows++] = coaching_row(q, enrollment, &journey);
}

static void list_coaching(const Assessment__ListCoaching *ask, struct query *q, uint32_t limit,
			  Assessment__CoachingList *reply)
{
	struct scan scan = scan_first(q->view, JOURNEY, BYTES_NONE, bytes_of_pb(ask->after));
	struct bytes key, val;
	uint32_t looked = 0;

	while (scan_next(&scan, &key, &val)) {
		struct journey journey;

		if (bytes_equal(key, bytes_of_pb(ask->after)))
			continue;
		ENSURE(val.len == sizeof journey);
		memcpy(&journey, val.data, sizeof journey);
		if (waits_for_coach(q, &journey))
			reply->rows[reply->n_rows++] = coaching_row(q, key, &journey);
		if (reply->n_rows == limit || ++looked == LOOKED_MOST) {
			reply->next = pb_of_bytes(arena_copy(q->arena, key));
			break;
		}
	}
	scan_end(&scan);
}

Cairn__Status ask_coaching(const Assessment__Query *query, struct query *q)
{
	const Assessment__ListCoaching *ask = query->list_coaching;
	Assessment__CoachingList reply = ASSESSMENT__COACHING_LIST__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	uint32_t limit = ask->limit == 0 ? LIMIT_DEFAULT : MIN(ask->limit, LIMIT_MOST);

	if (ask->after.len != 0 && ask->after.len != ID_LEN)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "after: what next was in the answer before is needed");
	reply.rows = arena_zalloc(q->arena, limit * sizeof *reply.rows);
	if (ask->enrollment.len > 0)
		look_at_one(bytes_of_pb(ask->enrollment), q, &reply);
	else
		list_coaching(ask, q, limit, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_COACHING;
	body.coaching = &reply;
	return query_answer(q, &body.base);
}
