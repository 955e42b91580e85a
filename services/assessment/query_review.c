/* Reviews that are under way, oldest due first, and which of them are overdue. */
#include "services/assessment/assign.h"
#include "services/assessment/query_parts.h"
#include "services/assessment/review.h"
#include "services/assessment/tables.h"

#define KEY_LEN (2 + 8 + ID_LEN) /* of BY_STATE */

static const uint16_t review_states[] = {STATE_REVIEW, STATE_REVIEW_LEAD, STATE_HELD};

static Assessment__ReviewRow *review_row(struct query *q, struct bytes submission,
					 const struct submission *row)
{
	Assessment__ReviewRow *r = MADE(q, Assessment__ReviewRow, ASSESSMENT__REVIEW_ROW__INIT);
	const Assessment__EntryNoted *entry =
		entry_get(q->view, bytes_of_id(&row->entry), row->entry_version, q->arena);

	r->submission = pb_of_bytes(arena_copy(q->arena, submission));
	r->state = copy_text(q, submission_state_word(row->state));
	r->code = entry != NULL ? entry->code : copy_text(q, "");
	r->whys = arena_zalloc(q->arena, 16 * sizeof *r->whys);
	for (uint32_t why = 1; why < 16; why++)
		if ((row->review_whys & REVIEW_BIT(why)) != 0)
			r->whys[r->n_whys++] = copy_text(q, review_word(why));
	r->due_us = row->review_due_us;
	r->overdue = row->review_due_us < q->now_us;
	r->in_hand = !id_is_none(&row->reading);
	r->no_eligible_reader =
		row->no_reader && !someone_may(q->view, submission, row, BYTES_NONE, q->now_us);
	return r;
}

struct listing {
	bool overdue;
	size_t limit;
	struct bytes after; /* a key, or empty */
};

/* Those of one state; false: the answer is full. */
static bool list_state(struct query *q, uint16_t state, const struct listing *l,
		       Assessment__ReviewsAnswer *reply)
{
	struct key prefix = {0}, from = {0};
	struct bytes key, val;
	struct scan scan;

	key_add_u16(&prefix, state);
	from = prefix;
	if (l->after.len > 0) {
		from = (struct key){0};
		key_add(&from, l->after);
		key_add(&from, (struct bytes){(const uint8_t *)"", 1}); /* the first above it */
	}
	scan = scan_first(q->view, BY_STATE, key_bytes(&prefix), key_bytes(&from));
	while (reply->n_rows < l->limit && scan_next(&scan, &key, &val)) {
		struct submission row;
		int64_t due_us;
		struct bytes submission = submission_of_key(key, &due_us);

		if (l->overdue && due_us >= q->now_us)
			break;
		if (submission_get(q->view, submission, &row) && submission_in_review(&row))
			reply->rows[reply->n_rows++] = review_row(q, submission, &row);
		if (reply->n_rows == l->limit)
			reply->next = pb_of_bytes(arena_copy(q->arena, key));
	}
	scan_end(&scan);
	return reply->n_rows < l->limit;
}

static uint16_t state_of_key(struct bytes key)
{
	return (uint16_t)(key.data[0] << 8 | key.data[1]);
}

Cairn__Status ask_reviews(const Assessment__Query *query, struct query *q)
{
	const Assessment__GetReviews *ask = query->get_reviews;
	Assessment__ReviewsAnswer reply = ASSESSMENT__REVIEWS_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct listing l = {.overdue = ask->overdue, .after = bytes_of_pb(ask->after)};

	l.limit = ask->limit == 0 ? LIMIT_DEFAULT : MIN(ask->limit, LIMIT_MOST);
	if (l.after.len != 0 && l.after.len != KEY_LEN)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "after: what next was in the answer before is needed");
	reply.rows = arena_zalloc(q->arena, l.limit * sizeof *reply.rows);
	for (size_t i = 0; i < ARRAY_LEN(review_states); i++) {
		if (l.after.len > 0 && review_states[i] < state_of_key(l.after))
			continue;
		if (l.after.len > 0 && review_states[i] > state_of_key(l.after))
			l.after = BYTES_NONE;
		if (!list_state(q, review_states[i], &l, &reply))
			break;
	}
	body.body_case = ASSESSMENT__ANSWER__BODY_REVIEWS;
	body.reviews = &reply;
	return query_answer(q, &body.base);
}
