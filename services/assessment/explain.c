/* A decision explained from its events: who rated what, why it was read again, which rule fired. */
#include "services/assessment/decision.h"
#include "services/assessment/query_parts.h"
#include "services/assessment/review.h"
#include "services/assessment/rules.h"
#include "services/assessment/tables_due.h"

#include <string.h>

#define STEPS_MAX 2000 /* of one submission: more than leads and reviews make */

struct telling {
	struct query *q;
	const Enrollment__Rubric *rubric;
	const Enrollment__Profile *profile;
	struct bytes submission;
	bool is_operator;
};

static Assessment__ExplainRow *add_row(const struct telling *t, Assessment__ExplainStep *step,
				       char *row)
{
	Assessment__ExplainRow *r =
		MADE(t->q, Assessment__ExplainRow, ASSESSMENT__EXPLAIN_ROW__INIT);

	r->row = row;
	step->rows[step->n_rows++] = r;
	return r;
}

static char *level_code(const struct telling *t, uint32_t ordinal)
{
	const Enrollment__Level *level = rubric_level_at(t->rubric, ordinal);

	return level != NULL ? level->code : copy_text(t->q, "");
}

static void room(const struct telling *t, Assessment__ExplainStep *step, size_t n)
{
	step->rows = arena_zalloc(t->q->arena, (n + 1) * sizeof *step->rows);
}

static void add_names(const struct telling *t, Assessment__ExplainStep *step, size_t n, char **rows)
{
	room(t, step, n);
	for (size_t i = 0; i < n; i++)
		add_row(t, step, rows[i]);
}

static void add_ratings(const struct telling *t, Assessment__ExplainStep *step, size_t n,
			Assessment__RowRating **ratings)
{
	room(t, step, n);
	for (size_t i = 0; i < n; i++) {
		Assessment__ExplainRow *r = add_row(t, step, ratings[i]->row);

		r->level = level_code(t, ratings[i]->ordinal);
		r->met = ratings[i]->ordinal >= t->rubric->pass_ordinal;
		r->confidence = ratings[i]->confidence;
		r->feedback_sha256 = ratings[i]->feedback_sha256;
	}
}

static void add_results(const struct telling *t, Assessment__ExplainStep *step, size_t n,
			Assessment__RowResult **results)
{
	room(t, step, n);
	for (size_t i = 0; i < n; i++) {
		Assessment__ExplainRow *r = add_row(t, step, results[i]->row);

		r->level = level_code(t, results[i]->ordinal);
		r->met = results[i]->met;
		r->kept = results[i]->kept;
		r->feedback_sha256 = results[i]->feedback_sha256;
	}
}

/* ---- one event ---- */

typedef void tell_fn(const struct telling *t, const Assessment__Event *e,
		     Assessment__ExplainStep *step);

static void tell_received(const struct telling *t, const Assessment__Event *e,
			  Assessment__ExplainStep *step)
{
	const Assessment__SubmissionReceived *r = e->submission_received;

	step->due_us = r->due_us;
	add_names(t, step, r->n_rows, r->rows);
}

static void tell_returned(const struct telling *t, const Assessment__Event *e,
			  Assessment__ExplainStep *step)
{
	(void)t;
	step->why = e->returned_incomplete->why;
}

static void tell_left(const struct telling *t, const Assessment__Event *e,
		      Assessment__ExplainStep *step)
{
	(void)t;
	step->why = e->submission_left->why;
}

static void tell_completed(const struct telling *t, const Assessment__Event *e,
			   Assessment__ExplainStep *step)
{
	const Assessment__ReadingCompleted *c = e->reading_completed;

	step->by = c->assessor;
	step->ordinal = c->ordinal;
	add_ratings(t, step, c->n_ratings, c->ratings);
}

/* The sample can be audited by those who may: the keyed draw, and the share that it falls into. */
static void tell_second(const struct telling *t, const Assessment__Event *e,
			Assessment__ExplainStep *step)
{
	step->why = copy_text(t->q, second_word(e->second_requested->why));
	if (e->second_requested->why != ASSESSMENT__SECOND_WHY__SAMPLE)
		return;
	step->permille = t->profile->second_read_permille;
	if (t->is_operator)
		step->sample = keyed_draw(t->q->caps->noise_key, SAMPLE_USE, t->submission);
}

static void tell_waived(const struct telling *t, const Assessment__Event *e,
			Assessment__ExplainStep *step)
{
	(void)t;
	step->by = e->same_reader_waived->assessor;
}

static void tell_disputed(const struct telling *t, const Assessment__Event *e,
			  Assessment__ExplainStep *step)
{
	const Assessment__AdjudicationRequested *a = e->adjudication_requested;

	step->ordinal = a->review;
	add_names(t, step, a->n_rows, a->rows);
}

static void tell_adjudicated(const struct telling *t, const Assessment__Event *e,
			     Assessment__ExplainStep *step)
{
	const Assessment__AdjudicationCompleted *a = e->adjudication_completed;

	step->by = a->assessor;
	step->ordinal = a->review;
	add_ratings(t, step, a->n_ratings, a->ratings);
}

static void tell_made(const struct telling *t, const Assessment__Event *e,
		      Assessment__ExplainStep *step)
{
	const Assessment__DecisionMade *m = e->decision_made;

	step->decision = m->decision;
	step->supersedes = m->supersedes;
	step->passed = m->passed;
	step->rule = m->rule;
	add_results(t, step, m->n_rows, m->rows);
}

static void tell_released(const struct telling *t, const Assessment__Event *e,
			  Assessment__ExplainStep *step)
{
	(void)t;
	step->decision = e->decision_released->decision;
	step->supersedes = e->decision_released->supersedes;
	step->passed = e->decision_released->passed;
}

static void tell_review(const struct telling *t, const Assessment__Event *e,
			Assessment__ExplainStep *step)
{
	const Assessment__ReviewRequested *r = e->review_requested;

	step->decision = r->decision;
	step->why = copy_text(t->q, review_word(r->why));
	step->due_us = r->due_us;
}

static void tell_concluded(const struct telling *t, const Assessment__Event *e,
			   Assessment__ExplainStep *step)
{
	const Assessment__ReviewConcluded *c = e->review_concluded;

	step->decision = c->decision;
	step->ordinal = c->ordinal;
	add_names(t, step, c->n_rows, c->rows);
}

static void tell_appealed(const struct telling *t, const Assessment__Event *e,
			  Assessment__ExplainStep *step)
{
	const Assessment__AppealFiled *a = e->appeal_filed;

	step->decision = a->decision;
	step->due_us = a->due_us;
	step->text_sha256 = a->reason_sha256;
	add_names(t, step, a->n_rows, a->rows);
}

static void tell_upheld(const struct telling *t, const Assessment__Event *e,
			Assessment__ExplainStep *step)
{
	(void)t;
	step->decision = e->appeal_upheld->decision;
}

static void tell_overturned(const struct telling *t, const Assessment__Event *e,
			    Assessment__ExplainStep *step)
{
	step->decision = e->appeal_overturned->decision;
	add_names(t, step, e->appeal_overturned->n_rows, e->appeal_overturned->rows);
}

static void tell_flagged(const struct telling *t, const Assessment__Event *e,
			 Assessment__ExplainStep *step)
{
	(void)t;
	step->why = e->integrity_flagged->why;
	step->by = e->integrity_flagged->by;
}

static void tell_held(const struct telling *t, const Assessment__Event *e,
		      Assessment__ExplainStep *step)
{
	(void)t;
	step->why = e->hold_placed->why;
	step->by = e->hold_placed->by;
}

static void tell_cleared(const struct telling *t, const Assessment__Event *e,
			 Assessment__ExplainStep *step)
{
	(void)t;
	step->by = e->hold_cleared->by;
}

static void tell_proposed(const struct telling *t, const Assessment__Event *e,
			  Assessment__ExplainStep *step)
{
	(void)t;
	step->by = e->founding_proposed->by;
}

static void tell_withdrawn(const struct telling *t, const Assessment__Event *e,
			   Assessment__ExplainStep *step)
{
	(void)t;
	step->by = e->founding_withdrawn->by;
}

static void tell_founded(const struct telling *t, const Assessment__Event *e,
			 Assessment__ExplainStep *step)
{
	(void)t;
	step->by = e->integrity_founded->by;
	step->second = e->integrity_founded->second;
	step->decision = e->integrity_founded->decision;
}

static void tell_paused(const struct telling *t, const Assessment__Event *e,
			Assessment__ExplainStep *step)
{
	(void)t;
	step->why = e->clock_paused->why;
}

static void tell_resumed(const struct telling *t, const Assessment__Event *e,
			 Assessment__ExplainStep *step)
{
	(void)t;
	step->due_us = e->clock_resumed->due_us;
}

static void tell_nothing(const struct telling *t, const Assessment__Event *e,
			 Assessment__ExplainStep *step)
{
	(void)t, (void)e, (void)step;
}

/* When the earner is told: at once; with what it led to; never. */
enum openness { OPEN, WHEN_SETTLED, NEVER };

static const struct teller {
	tell_fn *tell;
	enum openness openness;
} tellers[] = {
	[ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED] = {tell_received, OPEN},
	[ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED] = {tell_nothing, OPEN},
	[ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE] = {tell_returned, OPEN},
	[ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT] = {tell_left, OPEN},
	[ASSESSMENT__EVENT__BODY_READING_COMPLETED] = {tell_completed, WHEN_SETTLED},
	[ASSESSMENT__EVENT__BODY_SECOND_REQUESTED] = {tell_second, WHEN_SETTLED},
	[ASSESSMENT__EVENT__BODY_SAME_READER_WAIVED] = {tell_waived, WHEN_SETTLED},
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED] = {tell_disputed, WHEN_SETTLED},
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED] = {tell_adjudicated, WHEN_SETTLED},
	[ASSESSMENT__EVENT__BODY_DECISION_MADE] = {tell_made, WHEN_SETTLED},
	[ASSESSMENT__EVENT__BODY_DECISION_RELEASED] = {tell_released, OPEN},
	[ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED] = {tell_review, WHEN_SETTLED},
	[ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED] = {tell_concluded, OPEN},
	[ASSESSMENT__EVENT__BODY_APPEAL_FILED] = {tell_appealed, OPEN},
	[ASSESSMENT__EVENT__BODY_APPEAL_UPHELD] = {tell_upheld, OPEN},
	[ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED] = {tell_overturned, OPEN},
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED] = {tell_flagged, NEVER},
	[ASSESSMENT__EVENT__BODY_HOLD_PLACED] = {tell_held, OPEN},
	[ASSESSMENT__EVENT__BODY_HOLD_CLEARED] = {tell_cleared, OPEN},
	[ASSESSMENT__EVENT__BODY_FOUNDING_PROPOSED] = {tell_proposed, NEVER},
	[ASSESSMENT__EVENT__BODY_FOUNDING_WITHDRAWN] = {tell_withdrawn, NEVER},
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED] = {tell_founded, OPEN},
	[ASSESSMENT__EVENT__BODY_CLOCK_PAUSED] = {tell_paused, OPEN},
	[ASSESSMENT__EVENT__BODY_CLOCK_RESUMED] = {tell_resumed, OPEN},
};

/* ---- all of them ---- */

struct event_at {
	const Assessment__Event *event;
	int64_t at_us;
};

static size_t load(const struct telling *t, struct event_at *events)
{
	struct scan scan = due_history_scan(t->q->view, t->submission);
	size_t n = 0;

	while (n < STEPS_MAX &&
	       (events[n].event = due_history_next(&scan, t->q->arena, &events[n].at_us)) != NULL)
		n++;
	scan_end(&scan);
	return n;
}

/* After which the earner is told nothing of how it is judged: the last release or, of what was
 * released before, the end of a review. */
static size_t settled(const struct event_at *events, size_t n)
{
	bool released = false;
	size_t end = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t kind = events[i].event->body_case;

		if (kind == ASSESSMENT__EVENT__BODY_DECISION_RELEASED)
			released = true;
		if (released && (kind == ASSESSMENT__EVENT__BODY_DECISION_RELEASED ||
				 kind == ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED))
			end = i + 1;
	}
	return end;
}

static void tell_all(const struct telling *t, Assessment__ExplainAnswer *reply)
{
	struct event_at *events = arena_zalloc(t->q->arena, (STEPS_MAX + 1) * sizeof *events);
	size_t n = load(t, events), end = settled(events, n);

	reply->steps = arena_zalloc(t->q->arena, (n + 1) * sizeof *reply->steps);
	for (size_t i = 0; i < n; i++) {
		uint32_t kind = events[i].event->body_case;
		Assessment__ExplainStep *step;

		if (kind >= ARRAY_LEN(tellers) || tellers[kind].tell == NULL)
			continue;
		if (!t->is_operator && (tellers[kind].openness == NEVER ||
					(tellers[kind].openness == WHEN_SETTLED && i >= end)))
			continue;
		step = MADE(t->q, Assessment__ExplainStep, ASSESSMENT__EXPLAIN_STEP__INIT);
		step->at_us = events[i].at_us;
		step->what = copy_text(t->q, protobuf_c_message_descriptor_get_field(
						     &assessment__event__descriptor, kind)
						     ->name);
		tellers[kind].tell(t, events[i].event, step);
		reply->steps[reply->n_steps++] = step;
	}
}

/* A submission's own id, or that of any decision on it. */
static bool submission_named(struct query *q, struct bytes id, struct bytes *submission_r,
			     struct submission *row_r)
{
	struct id submission;

	*submission_r = id;
	if (submission_get(q->view, id, row_r))
		return true;
	if (!decision_of_get(q->view, id, &submission))
		return false;
	*submission_r = arena_copy(q->arena, bytes_of_id(&submission));
	return submission_get(q->view, *submission_r, row_r);
}

static Cairn__Status answer_explained(struct telling *t, const struct matter *m)
{
	Assessment__ExplainAnswer reply = ASSESSMENT__EXPLAIN_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct clock clock = clock_get(t->q->view, &m->row);

	reply.submission = pb_of_bytes(t->submission);
	reply.code = m->entry->code;
	reply.title = m->entry->title;
	reply.version = m->row.entry_version;
	reply.attempt = m->row.attempt;
	reply.profile = m->received->profile;
	reply.profile_version = m->received->profile_version;
	reply.policy_version = m->received->policy_version;
	reply.state = copy_text(t->q, submission_word_for(t->is_operator, &m->row));
	reply.running_us = clock_running_us(&clock, t->q->now_us);
	reply.paused_us = clock_paused_us(&clock, t->q->now_us);
	tell_all(t, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_EXPLAINED;
	body.explained = &reply;
	return query_answer(t->q, &body.base);
}

Cairn__Status ask_explain(const Assessment__Query *query, struct query *q)
{
	struct bytes id = bytes_of_pb(query->explain->id);
	struct telling t = {.q = q,
			    .is_operator = (q->roles & ROLE_OPERATOR) && id_is_none(&q->actor)};
	struct submission row;
	struct matter m;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID, "id: 16 bytes are needed");
	if (!submission_named(q, id, &t.submission, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "there is no submission or decision of this id here");
	if (!t.is_operator && !bytes_equal(bytes_of_id(&q->actor), bytes_of_id(&row.educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only whose work it is, and operators, may ask");
	matter_load(q->view, q->arena, t.submission, &m);
	t.rubric = m.entry->rubric;
	t.profile = m.profile;
	return answer_explained(&t, &m);
}
