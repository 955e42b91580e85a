/* The queue: what waits, when it will be decided, what is late. */
#include "services/assessment/outlook.h"
#include "services/assessment/query_parts.h"
#include "services/assessment/rules.h"

#include <stdlib.h>
#include <string.h>

/* Without the forecast. What is decided is late no more. */
static enum lateness is_late(const struct query *q, const struct submission *row)
{
	if (submission_standing(row) == STATE_DECIDED)
		return IN_TIME;
	if (row->limit_us < q->now_us)
		return PAST_LIMIT;
	return submission_due_us(row) < q->now_us ? PAST_TARGET : IN_TIME;
}

static Assessment__QueueRow *queue_row(struct query *q, struct bytes submission,
				       const struct submission *row)
{
	Assessment__QueueRow *r = MADE(q, Assessment__QueueRow, ASSESSMENT__QUEUE_ROW__INIT);
	const Assessment__EntryNoted *entry =
		entry_get(q->view, bytes_of_id(&row->entry), row->entry_version, q->arena);

	r->submission = pb_of_bytes(arena_copy(q->arena, submission));
	r->state = copy_text(q, submission_state_word(row->state));
	r->code = entry != NULL ? entry->code : copy_text(q, "");
	r->attempt = row->attempt;
	r->due_us = submission_due_us(row);
	r->limit_us = row->limit_us;
	r->readings = row->readings;
	/* What was told may have been mended since. */
	r->no_eligible_reader =
		row->no_reader && !someone_may(q->view, submission, row, BYTES_NONE, q->now_us);
	r->late = copy_text(q, lateness_word(is_late(q, row)));
	return r;
}

/* ---- which rows ---- */

static uint32_t limit_of(const Assessment__GetQueue *ask)
{
	return ask->limit == 0 ? LIMIT_DEFAULT : MIN(ask->limit, LIMIT_MOST);
}

static void list_queue(const Assessment__GetQueue *ask, uint16_t state, struct query *q,
		       Assessment__QueueAnswer *reply)
{
	uint32_t limit = limit_of(ask);
	struct key prefix = {0}, from;
	struct bytes key, val;
	struct scan scan;

	if (state != STATE_NONE)
		key_add_u16(&prefix, state);
	from = prefix;
	if (ask->after.len > 0) {
		from = (struct key){0};
		key_add(&from, bytes_of_pb(ask->after));
		key_add(&from, (struct bytes){(const uint8_t *)"", 1}); /* the first key above it */
	}
	scan = scan_first(q->view, BY_STATE, key_bytes(&prefix), key_bytes(&from));
	while (scan_next(&scan, &key, &val)) {
		struct submission row;
		int64_t due_us;
		struct bytes submission = submission_of_key(key, &due_us);

		if (submission_get(q->view, submission, &row))
			reply->rows[reply->n_rows++] = queue_row(q, submission, &row);
		if (reply->n_rows == limit) {
			reply->next = pb_of_bytes(arena_copy(q->arena, key));
			break;
		}
	}
	scan_end(&scan);
}

/* What is late and waits for nobody's hand; the rest is found with the forecast. */
static void list_overdue(const Assessment__GetQueue *ask, struct query *q,
			 Assessment__QueueAnswer *reply)
{
	struct scan scan = scan_first(q->view, BY_STATE, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (reply->n_rows < limit_of(ask) && scan_next(&scan, &key, &val)) {
		struct submission row;
		int64_t due_us;
		struct bytes submission = submission_of_key(key, &due_us);

		if (due_us < q->now_us && submission_get(q->view, submission, &row) &&
		    !submission_waits(&row) && is_late(q, &row) != IN_TIME)
			reply->rows[reply->n_rows++] = queue_row(q, submission, &row);
	}
	scan_end(&scan);
}

/* ---- the promise ---- */

static int order_of_rows(const void *a, const void *b)
{
	const Assessment__QueueRow *x = *(Assessment__QueueRow *const *)a,
				   *y = *(Assessment__QueueRow *const *)b;

	return bytes_compare(bytes_of_pb(x->submission), bytes_of_pb(y->submission));
}

/* The rows that are shown, in the order of their ids; and whether late ones are added. */
struct listing {
	Assessment__QueueRow **sorted;
	size_t n;
	bool adds;
	uint32_t limit;
	Assessment__QueueAnswer *reply;
};

static Assessment__QueueRow *listed(const struct listing *l, struct bytes submission)
{
	Assessment__QueueRow sought = ASSESSMENT__QUEUE_ROW__INIT, *one = &sought, **found;

	sought.submission = pb_of_bytes(submission);
	found = bsearch(&one, l->sorted, l->n, sizeof one, order_of_rows);
	return found != NULL ? *found : NULL;
}

static void show_wait(struct query *q, const struct listing *l, struct bytes submission,
		      const struct wait *w)
{
	Assessment__QueueRow *r = listed(l, submission);
	struct submission row;

	if (r == NULL && l->adds && w->lateness != IN_TIME && l->reply->n_rows < l->limit &&
	    submission_get(q->view, submission, &row)) {
		r = queue_row(q, submission, &row);
		l->reply->rows[l->reply->n_rows++] = r;
	}
	if (r == NULL)
		return;
	r->expected_us = told_us(w->expected_us);
	r->expected_95_us = told_us(w->late_us);
	r->late = copy_text(q, lateness_word(w->lateness));
}

static Assessment__EntryOutlook *entry_outlook(struct query *q, struct bytes entry,
					       const struct outlook *o)
{
	Assessment__EntryOutlook *r =
		MADE(q, Assessment__EntryOutlook, ASSESSMENT__ENTRY_OUTLOOK__INIT);
	const Assessment__EntryNoted *noted = entry_get(q->view, entry, 0, q->arena);
	struct wait now = outlook_if_sealed_now(o);

	r->code = noted != NULL ? noted->code : copy_text(q, "");
	r->waiting = o->waiting;
	r->past_target = o->past_target;
	r->past_limit = o->past_limit;
	r->late = o->late;
	r->seats = o->supply.seats;
	r->pace_permille = (uint64_t)(o->pace.a_day * 1000);
	r->pace_of = copy_text(q, o->pace.is_recent ? "recent" : "seats");
	r->needed_a_day = o->needed_a_day;
	r->sealed_now_us = told_us(now.expected_us);
	r->sealed_now_95_us = told_us(now.late_us);
	r->surge = surge_get(q->view, entry);
	return r;
}

static void look_out(struct query *q, struct bytes entry, const struct listing *l)
{
	struct scan scan = scan_first(q->view, WAITING, entry, entry);
	struct bytes key, val;
	struct outlook o;
	struct wait w;

	outlook_open(q->view, q->arena, entry, q->now_us, &o);
	while (scan_next(&scan, &key, &val)) {
		int64_t due_us;

		outlook_next(q->view, key, val, &o, &w);
		show_wait(q, l, submission_of_key(key, &due_us), &w);
	}
	scan_end(&scan);
	l->reply->outlooks[l->reply->n_outlooks++] = entry_outlook(q, entry, &o);
}

static void add_outlooks(const Assessment__GetQueue *ask, struct query *q,
			 Assessment__QueueAnswer *reply)
{
	size_t many = (size_t)view_count(q->view, WAITING_COUNT);
	struct listing l = {
		.n = reply->n_rows, .adds = ask->overdue, .limit = limit_of(ask), .reply = reply};
	struct scan scan = scan_first(q->view, WAITING_COUNT, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	l.sorted = arena_alloc(q->arena, (l.n + 1) * sizeof *l.sorted);
	for (size_t i = 0; i < l.n; i++)
		l.sorted[i] = reply->rows[i];
	qsort(l.sorted, l.n, sizeof *l.sorted, order_of_rows);
	reply->outlooks = arena_zalloc(q->arena, (many + 1) * sizeof *reply->outlooks);
	while (scan_next(&scan, &key, &val))
		if (submissions_waiting(q->view, key) > 0)
			look_out(q, key, &l);
	scan_end(&scan);
}

static void count_states(struct query *q, Assessment__QueueAnswer *reply)
{
	reply->counts = arena_zalloc(q->arena, SUBMISSION_STATES * sizeof *reply->counts);
	for (uint16_t state = STATE_NONE + 1; state < SUBMISSION_STATES; state++) {
		Assessment__StateCount *c =
			MADE(q, Assessment__StateCount, ASSESSMENT__STATE_COUNT__INIT);

		c->state = copy_text(q, submission_state_word(state));
		c->count = submissions_in_state(q->view, state);
		reply->counts[reply->n_counts++] = c;
	}
}

Cairn__Status ask_queue(const Assessment__Query *query, struct query *q)
{
	const Assessment__GetQueue *ask = query->get_queue;
	Assessment__QueueAnswer reply = ASSESSMENT__QUEUE_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	uint16_t state = submission_state_of_word(ask->state);

	if (!asked_by_lead(q))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only a lead reader sees the queue");
	if (ask->after.len != 0 && ask->after.len != 2 + 8 + ID_LEN)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "after: what next was in the answer before is needed");
	if (ask->state[0] != '\0' && !submission_is_open(state))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "state: screening, queued, reading, second_read, adjudication, "
				    "decided, review, review_adjudication or nothing is needed");
	reply.rows = arena_zalloc(q->arena, limit_of(ask) * sizeof *reply.rows);
	if (ask->overdue)
		list_overdue(ask, q, &reply);
	else
		list_queue(ask, state, q, &reply);
	add_outlooks(ask, q, &reply);
	count_states(q, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_QUEUE;
	body.queue = &reply;
	return query_answer(q, &body.base);
}
