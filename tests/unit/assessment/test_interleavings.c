/* Whatever order readers, leases, recalls and leads come in: what must always hold
 * (DOMAIN.md 4.3.7, 1, 2, 4, 5 and 6), and that no event holds more than ids, codes, numbers and
 * hashes. */
#include "services/assessment/decision.h"
#include "services/assessment/review.h"
#include "services/assessment/tables_due.h"

#include "libshared/check.h"
#include "tests/support/plain.h"
#include "tests/support/review_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define SEEDS 15
#define STEPS 400
#define READERS 6
#define WORKS_MAX 40
#define READINGS_MAX 600

static struct kit kit;

static const char *const readers[READERS] = {"ruth", "sol", "tess", "una", "vic", "wim"};
static const char *const leads[] = {"lea", "mae"};
static const char *const authors[] = {"ana", "ben", "cy"};
static const char *const levels[] = {"not_yet", "almost", "yes", "yes", "yes"};

struct world {
	uint64_t state;
	struct bytes works[WORKS_MAX];
	unsigned n_works;
	struct bytes hand[READERS]; /* the reading last asked for */
};

static unsigned roll(struct world *w, unsigned n)
{
	w->state = w->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((w->state >> 33) % n);
}

/* Of the seed alone, so that a seed means the same walk whenever it is taken. */
static struct bytes roll_id(struct world *w)
{
	uint8_t noise[10];
	struct id id;

	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)roll(w, 256);
	id = id_shaped(kit.now_us, noise);
	return arena_copy(kit.arena, bytes_of_id(&id));
}

static void open_kit(void)
{
	reading_kit_open(&kit, "double-read");
	for (size_t i = 0; i < READERS; i++)
		given_reader(&kit, readers[i]);
	for (size_t i = 0; i < ARRAY_LEN(leads); i++)
		given_registered(&kit, leads[i], NULL, true);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* ---- steps ---- */

static void seal_some(struct world *w)
{
	static const char *const profiles[] = {"standard", "double-read"};
	unsigned author = roll(w, ARRAY_LEN(authors));

	if (w->n_works == WORKS_MAX)
		return;
	w->works[w->n_works++] =
		given_work(&kit, &(struct work){.submission = roll_id(w),
						.educator = authors[author],
						.enrollment = arena_printf(kit.arena, "e%u",
									   author * 4 + roll(w, 4)),
						.attempt = 1 + roll(w, 2),
						.profile = profiles[roll(w, 2)]});
}

static void open_evidence(struct world *w, struct bytes reading)
{
	struct reading row;

	(void)w;
	if (reading_get(kit_view(&kit), reading, &row))
		when_evidence_opened(&kit, arena_copy(kit.arena, bytes_of_id(&row.submission)),
				     reading);
}

static void open_some(struct world *w)
{
	unsigned i = roll(w, READERS);

	if (w->hand[i].len > 0)
		open_evidence(w, w->hand[i]);
}

/* Mostly opened at once; what is not may be recalled. */
static void ask_next(struct world *w)
{
	unsigned i = roll(w, READERS);
	struct bytes reading = roll_id(w);

	if (when_next(&kit, readers[i], reading) != CAIRN__STATUS__OK)
		return;
	w->hand[i] = reading;
	if (roll(w, 4) > 0)
		open_evidence(w, reading);
}

/* Feedback that nobody else writes: it must not be found in what the other reader sees. */
static const Assessment__Command *random_rating(struct world *w, unsigned reader)
{
	const Assessment__Command *cmd = rated_command(
		&kit, w->hand[reader],
		arena_printf(kit.arena, "%s %s %s", levels[roll(w, ARRAY_LEN(levels))],
			     levels[roll(w, ARRAY_LEN(levels))],
			     levels[roll(w, ARRAY_LEN(levels))]),
		1 + roll(w, 5));

	for (size_t i = 0; i < cmd->complete_reading->n_ratings; i++)
		cmd->complete_reading->ratings[i]->feedback = words_text(
			&kit, FEEDBACK_WORDS, arena_printf(kit.arena, "from_%s", readers[reader]));
	return cmd;
}

/* The first one from i on who holds a reading, or i. */
static unsigned holder(unsigned i)
{
	struct assessor row;

	for (unsigned n = 0; n < READERS; n++, i = (i + 1) % READERS)
		if (assessor_get(kit_view(&kit), READER(readers[i]), &row) &&
		    !id_is_none(&row.holds))
			return i;
	return i;
}

/* The same reading may be completed twice in one batch, with what may well differ; at any time,
 * also just when its lease ends. */
static void complete_some(struct world *w)
{
	unsigned reader = holder(roll(w, READERS));
	int64_t due_us;
	struct reading row;

	if (w->hand[reader].len == 0)
		return;
	if (roll(w, 6) == 0 && reading_get(kit_view(&kit), w->hand[reader], &row)) {
		due_us = row.until_us + (int64_t)roll(w, 3) - 1;
		kit.now_us = MAX(kit.now_us, due_us);
	}
	for (unsigned i = 0; i < 1 + roll(w, 2); i++)
		kit_submit(&kit, kit_id(&kit), READER_ROLES, READER(readers[reader]),
			   &random_rating(w, reader)->base);
	kit_run(&kit);
}

static void recall_some(struct world *w)
{
	struct bytes work;
	struct submission row;
	struct reading reading;

	if (w->n_works == 0)
		return;
	work = w->works[roll(w, w->n_works)];
	/* Evidence lets an author do so only while nobody has opened it. */
	if (!submission_get(kit_view(&kit), work, &row) || row.readings > 0)
		return;
	if (reading_get(kit_view(&kit), bytes_of_id(&row.reading), &reading) && reading.opened)
		return;
	when_work_recalled(&kit, work);
}

static void adjudicate_some(struct world *w)
{
	static const char *const states[] = {"adjudication", "review_adjudication"};
	const Assessment__QueueAnswer *queue = queue_as_operator(&kit, states[roll(w, 2)]);
	Assessment__GetAdjudication ask = ASSESSMENT__GET_ADJUDICATION__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	const Assessment__AdjudicationAnswer *answer;
	const char *said[3] = {"-", "-", "-"};

	if (queue->n_rows == 0)
		return;
	ask.submission = queue->rows[roll(w, (unsigned)queue->n_rows)]->submission;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_ADJUDICATION;
	query.get_adjudication = &ask;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	answer = ((const Assessment__Answer *)kit.answer)->adjudication;
	for (size_t i = 0; i < answer->n_rows; i++)
		said[answer->rows[i][strlen(answer->rows[i]) - 1] - '1'] =
			levels[roll(w, ARRAY_LEN(levels))];
	when_adjudicated(&kit, bytes_of_pb(ask.submission), leads[roll(w, ARRAY_LEN(leads))],
			 arena_printf(kit.arena, "%s %s %s", said[0], said[1], said[2]));
}

static struct bytes some_work(struct world *w)
{
	return w->n_works > 0 ? w->works[roll(w, w->n_works)] : BYTES_NONE;
}

static void review_some(struct world *w)
{
	static const Assessment__ReviewWhy whys[] = {ASSESSMENT__REVIEW_WHY__BACK_READ,
						     ASSESSMENT__REVIEW_WHY__FAIRNESS};
	struct bytes work = some_work(w);

	if (work.len > 0)
		when_review_requested(&kit, work, whys[roll(w, ARRAY_LEN(whys))]);
}

static void appeal_some(struct world *w)
{
	struct bytes work = some_work(w);

	for (size_t i = 0; work.len > 0 && i < ARRAY_LEN(authors); i++)
		when_appealed_by(&kit, work, authors[i], "because");
}

/* Flags, holds and their ends, by either lead, in any order. */
static void case_some(struct world *w)
{
	static const Assessment__Command__BodyCase kinds[] = {
		ASSESSMENT__COMMAND__BODY_FLAG_INTEGRITY,
		ASSESSMENT__COMMAND__BODY_PLACE_HOLD,
		ASSESSMENT__COMMAND__BODY_CLEAR_HOLD,
		ASSESSMENT__COMMAND__BODY_CLEAR_HOLD,
		ASSESSMENT__COMMAND__BODY_PROPOSE_FOUNDED,
		ASSESSMENT__COMMAND__BODY_CONFIRM_FOUNDED,
		ASSESSMENT__COMMAND__BODY_WITHDRAW_FOUNDED,
	};
	struct bytes work = some_work(w);

	if (work.len > 0 && roll(w, 3) == 0)
		when_case(&kit, kinds[roll(w, ARRAY_LEN(kinds))], work,
			  leads[roll(w, ARRAY_LEN(leads))]);
}

static void pass_time(struct world *w)
{
	kit_advance(&kit, (int64_t)roll(w, 16) * US_PER_HOUR);
}

static void declare_relation(struct world *w)
{
	if (roll(w, 20) == 0)
		tell_relation(&kit, readers[roll(w, READERS)],
			      authors[roll(w, ARRAY_LEN(authors))]);
}

static void crash(struct world *w)
{
	(void)w;
	kit_reopen(&kit);
}

typedef void step_fn(struct world *w);
static step_fn *const steps[] = {
	seal_some,     ask_next,      ask_next,        ask_next,    open_some,
	complete_some, complete_some, adjudicate_some, pass_time,   declare_relation,
	crash,         recall_some,   review_some,     appeal_some, case_some,
};

/* ---- 2: the second reader sees nothing of the first ---- */

static bool shown(const ProtobufCMessage *query, struct bytes actor, struct bytes secret)
{
	size_t len;
	uint8_t *raw;

	if (ask_as(&kit, actor, query) != CAIRN__STATUS__OK)
		return false;
	len = protobuf_c_message_get_packed_size(kit.answer);
	raw = arena_alloc(kit.arena, len);
	protobuf_c_message_pack(kit.answer, raw);
	return memmem(raw, len, secret.data, secret.len) != NULL;
}

static bool shows(struct bytes reading, struct bytes work, struct bytes actor, struct bytes secret)
{
	Assessment__GetReading get_reading = ASSESSMENT__GET_READING__INIT;
	Assessment__GetDecision get_decision = ASSESSMENT__GET_DECISION__INIT;
	Assessment__GetAdjudication get_adjudication = ASSESSMENT__GET_ADJUDICATION__INIT;
	Assessment__GetFeedback get_feedback = ASSESSMENT__GET_FEEDBACK__INIT;
	Assessment__Query q[4];

	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		assessment__query__init(&q[i]);
	get_reading.reading = pb_of_bytes(reading);
	get_decision.submission = get_adjudication.submission = pb_of_bytes(work);
	get_feedback.submission = pb_of_bytes(work);
	q[0].body_case = ASSESSMENT__QUERY__BODY_GET_READING;
	q[0].get_reading = &get_reading;
	q[1].body_case = ASSESSMENT__QUERY__BODY_GET_DECISION;
	q[1].get_decision = &get_decision;
	q[2].body_case = ASSESSMENT__QUERY__BODY_GET_ADJUDICATION;
	q[2].get_adjudication = &get_adjudication;
	q[3].body_case = ASSESSMENT__QUERY__BODY_GET_FEEDBACK;
	q[3].get_feedback = &get_feedback;
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		if (shown(&q[i].base, actor, secret))
			return true;
	return false;
}

static void ck_blind(const struct world *w)
{
	for (unsigned i = 0; i < READERS; i++) {
		struct reading row;
		struct submission work;
		struct bytes id;

		if (w->hand[i].len == 0 || !reading_get(kit_view(&kit), w->hand[i], &row) ||
		    row.state != READING_IN_HAND || row.ordinal < 2)
			continue;
		ck_assert(submission_get(kit_view(&kit), bytes_of_id(&row.submission), &work));
		ck_assert(!id_equal(&work.first_reader, &row.assessor));
		id = bytes_of_id(&row.submission);
		ck_assert(!shows(w->hand[i], id, READER(readers[i]), bytes_of_text("from_")));
		ck_assert(!shows(w->hand[i], id, READER(readers[i]),
				 bytes_of_id(&work.first_reader)));
	}
}

/* ---- 6: one reading in hand of a submission and of an assessor ---- */

static void ck_one_in_hand(void)
{
	struct scan scan = scan_first(kit_view(&kit), READING, BYTES_NONE, BYTES_NONE);
	struct reading held[READINGS_MAX];
	struct bytes key, val;
	unsigned n = 0;

	while (scan_next(&scan, &key, &val)) {
		struct reading row;

		memcpy(&row, val.data, sizeof row);
		if (row.state != READING_IN_HAND)
			continue;
		for (unsigned i = 0; i < n; i++) {
			ck_assert(!id_equal(&held[i].submission, &row.submission));
			ck_assert(!id_equal(&held[i].assessor, &row.assessor));
		}
		ck_assert_uint_lt(n, READINGS_MAX);
		held[n++] = row;
	}
	scan_end(&scan);
}

/* ---- 8: running plus paused is what has elapsed; nobody has what is held ---- */

static void ck_clocks(const struct world *w)
{
	for (unsigned i = 0; i < w->n_works; i++) {
		struct submission row;
		struct clock c;

		ck_assert(submission_get(kit_view(&kit), w->works[i], &row));
		c = clock_get(kit_view(&kit), &row);
		ck_assert_int_eq(clock_running_us(&c, kit.now_us) + clock_paused_us(&c, kit.now_us),
				 clock_elapsed_us(&c, kit.now_us));
		if (row.state == STATE_HELD || row.state == STATE_VOIDED)
			ck_assert(id_is_none(&row.reading));
	}
}

/* ---- the whole log, at the end ---- */

struct told {
	struct bytes reading, submission, assessor;
	uint32_t ordinal;
	unsigned ends; /* expired, completed or left */
};

struct ledger {
	struct told readings[READINGS_MAX];
	unsigned n;
	const Assessment__ReadingCompleted *completed[READINGS_MAX];
	unsigned n_completed;
	const Assessment__AdjudicationCompleted *adjudicated[READINGS_MAX];
	unsigned n_adjudicated;
	const Assessment__DecisionMade *made[READINGS_MAX];
	const Assessment__ReviewConcluded *concluded[READINGS_MAX];
	unsigned n_made, n_concluded;
	const Assessment__RelationNoted *relations[READERS * ARRAY_LEN(authors)];
	unsigned n_relations;
	unsigned n_decided, n_released;
};

static struct told *told_of(struct ledger *l, ProtobufCBinaryData reading)
{
	for (unsigned i = 0; i < l->n; i++)
		if (bytes_equal(l->readings[i].reading, bytes_of_pb(reading)))
			return &l->readings[i];
	ck_abort_msg("an event of a reading that was not assigned");
	return NULL;
}

static struct submission row_of(struct bytes work)
{
	struct submission row;

	ck_assert(submission_get(kit_view(&kit), work, &row));
	return row;
}

/* Never a relation's work; nobody judges two attempts of one enrollment, or one of them twice. */
static void ck_free(const struct ledger *l, struct bytes assessor, struct bytes work)
{
	struct submission row = row_of(work);

	for (unsigned i = 0; i < l->n_relations; i++)
		ck_assert(!bytes_equal(bytes_of_pb(l->relations[i]->assessor), assessor) ||
			  !bytes_equal(bytes_of_pb(l->relations[i]->educator),
				       bytes_of_id(&row.educator)));
	for (unsigned i = 0; i < l->n_completed; i++) {
		struct submission other = row_of(bytes_of_pb(l->completed[i]->submission));

		ck_assert(!bytes_equal(bytes_of_pb(l->completed[i]->assessor), assessor) ||
			  !id_equal(&other.enrollment, &row.enrollment));
	}
}

static void ck_assigned(struct ledger *l, const Assessment__ReadingAssigned *a)
{
	for (unsigned i = 0; i < l->n; i++) {
		const struct told *t = &l->readings[i];

		ck_assert(!bytes_equal(t->reading, bytes_of_pb(a->reading)));
		if (bytes_equal(t->submission, bytes_of_pb(a->submission)))
			ck_assert_msg(t->ends == 1, "it is in another reader's hand");
	}
	ck_free(l, bytes_of_pb(a->assessor), bytes_of_pb(a->submission));
	ck_assert_uint_lt(l->n, READINGS_MAX);
	l->readings[l->n++] = (struct told){bytes_of_pb(a->reading), bytes_of_pb(a->submission),
					    bytes_of_pb(a->assessor), a->ordinal, 0};
}

static void ck_ended(struct ledger *l, ProtobufCBinaryData reading)
{
	struct told *t = told_of(l, reading);

	t->ends++;
	ck_assert_uint_eq(t->ends, 1);
}

static void ck_completed(struct ledger *l, const Assessment__ReadingCompleted *c)
{
	const struct told *t = told_of(l, c->reading);
	const Assessment__ReadingCompleted *kept =
		completed_get(kit_view(&kit), bytes_of_pb(c->submission), c->ordinal, kit.arena);

	ck_free(l, bytes_of_pb(c->assessor), bytes_of_pb(c->submission));
	ck_ended(l, c->reading);
	ck_assert(bytes_equal(t->assessor, bytes_of_pb(c->assessor)));
	ck_assert_uint_eq(t->ordinal, c->ordinal);
	/* 1: what was completed first is what stands at the end. */
	ck_assert_ptr_nonnull(kept);
	ck_assert(bytes_equal(message_pack(&kept->base, kit.arena),
			      message_pack(&c->base, kit.arena)));
	l->completed[l->n_completed++] = c;
}

static const Assessment__ReadingCompleted *completed_of(const struct ledger *l,
							ProtobufCBinaryData work, uint32_t ordinal)
{
	for (unsigned i = 0; i < l->n_completed; i++)
		if (l->completed[i]->ordinal == ordinal &&
		    bytes_equal(bytes_of_pb(l->completed[i]->submission), bytes_of_pb(work)))
			return l->completed[i];
	return NULL;
}

static const Assessment__AdjudicationCompleted *adjudicated_of(const struct ledger *l,
							       ProtobufCBinaryData work,
							       uint32_t review)
{
	for (unsigned i = 0; i < l->n_adjudicated; i++)
		if (l->adjudicated[i]->review == review &&
		    bytes_equal(bytes_of_pb(l->adjudicated[i]->submission), bytes_of_pb(work)))
			return l->adjudicated[i];
	return NULL;
}

/* The last conclusion of a review of the submission: it comes just before what overturns. */
static const Assessment__ReviewConcluded *concluded_of(const struct ledger *l,
						       ProtobufCBinaryData decision)
{
	for (unsigned i = l->n_concluded; i-- > 0;)
		if (bytes_equal(bytes_of_pb(l->concluded[i]->decision), bytes_of_pb(decision)))
			return l->concluded[i];
	ck_abort_msg("overturned without a review");
	return NULL;
}

/* The same of a decision that takes another's place. */
static void ck_overturned(const struct ledger *l, const Assessment__DecisionMade *m, int64_t at_us)
{
	const Assessment__ReviewConcluded *concluded = concluded_of(l, m->supersedes);
	Assessment__DecisionMade again = ASSESSMENT__DECISION_MADE__INIT;
	struct review_case c = {
		.rubric = kit_entry()->rubric,
		.fresh = completed_of(l, m->submission, concluded->ordinal),
		.lead = adjudicated_of(l, m->submission, concluded->ordinal),
		.attempt = row_of(bytes_of_pb(m->submission)).attempt,
		.decided_us = at_us,
	};

	for (unsigned i = 0; i < l->n_made; i++)
		if (bytes_equal(bytes_of_pb(l->made[i]->decision), bytes_of_pb(m->supersedes)))
			c.standing = l->made[i];
	ck_assert(c.standing != NULL && c.fresh != NULL);
	for (size_t i = 0; i < concluded->n_whys; i++)
		c.whys |= REVIEW_BIT(concluded->whys[i]);
	ck_assert_int_eq(review_needs_lead(c.whys), c.lead != NULL);
	review_decide(&c, kit.arena, &again);
	again.decision = m->decision;
	again.submission = m->submission;
	ck_assert(bytes_equal(message_pack(&again.base, kit.arena),
			      message_pack(&m->base, kit.arena)));
}

/* 4 and 5: the decision made again from nothing but its readings is the same, and a pass is a pass.
 * All rows are open in every attempt here. */
static void ck_decided(struct ledger *l, const Assessment__DecisionMade *m, int64_t at_us)
{
	Assessment__DecisionMade again = ASSESSMENT__DECISION_MADE__INIT;
	struct case_file file = {
		.rubric = kit_entry()->rubric,
		.first = completed_of(l, m->submission, 1),
		.second = completed_of(l, m->submission, 2),
		.adjudication = adjudicated_of(l, m->submission, 0),
		.decided_us = at_us,
	};

	l->made[l->n_made++] = m;
	l->n_decided++;
	if (m->supersedes.len > 0) {
		ck_overturned(l, m, at_us);
		return;
	}
	ck_assert_ptr_nonnull(file.first);
	file.attempt = row_of(bytes_of_pb(m->submission)).attempt;
	decision_make(&file, kit.arena, &again);
	again.decision = m->decision;
	again.submission = m->submission;
	ck_assert(bytes_equal(message_pack(&again.base, kit.arena),
			      message_pack(&m->base, kit.arena)));
	for (size_t i = 0; i < m->n_rows && m->passed; i++)
		ck_assert_uint_ge(m->rows[i]->ordinal, file.rubric->pass_ordinal);
}

static void ck_left(struct ledger *l, const Assessment__SubmissionLeft *left)
{
	for (unsigned i = 0; i < l->n; i++)
		if (bytes_equal(l->readings[i].submission, bytes_of_pb(left->submission)) &&
		    l->readings[i].ends == 0)
			l->readings[i].ends = 1;
}

static void ck_event(struct ledger *l, const Assessment__Event *e, const struct record *r)
{
	const char *field;

	if (e->body_case < ASSESSMENT__EVENT__BODY_ENTRY_NOTED ||
	    e->body_case >= ASSESSMENT__EVENT__BODY_RELATION_NOTED)
		/* the others are the public catalogue's texts */
		ck_assert_msg(message_is_plain(&e->base, &field), "%s", field);
	if (e->body_case == ASSESSMENT__EVENT__BODY_READING_ASSIGNED)
		ck_assigned(l, e->reading_assigned);
	if (e->body_case == ASSESSMENT__EVENT__BODY_LEASE_EXPIRED)
		ck_ended(l, e->lease_expired->reading);
	if (e->body_case == ASSESSMENT__EVENT__BODY_READING_COMPLETED)
		ck_completed(l, e->reading_completed);
	if (e->body_case == ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT)
		ck_left(l, e->submission_left);
	if (e->body_case == ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED)
		l->adjudicated[l->n_adjudicated++] = e->adjudication_completed;
	if (e->body_case == ASSESSMENT__EVENT__BODY_RELATION_NOTED)
		l->relations[l->n_relations++] = e->relation_noted;
	if (e->body_case == ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED)
		l->concluded[l->n_concluded++] = e->review_concluded;
	if (e->body_case == ASSESSMENT__EVENT__BODY_DECISION_MADE)
		ck_decided(l, e->decision_made, r->at_us);
	if (e->body_case == ASSESSMENT__EVENT__BODY_DECISION_RELEASED)
		l->n_released++;
}

static struct ledger *ck_log(void)
{
	struct ledger *l = arena_zalloc(kit.arena, sizeof *l);
	const Assessment__Event *event;
	struct record record;

	kit.seen_seq = 0;
	while ((event = (const Assessment__Event *)kit_next_event(&kit, &record)) != NULL)
		ck_event(l, event, &record);
	ck_assert_uint_eq(l->n_decided, l->n_released);
	return l;
}

START_TEST(in_any_order_of_events_the_invariants_hold)
{
	struct world w = {.state = (uint64_t)_i * 7919 + 1};
	struct ledger *l;

	for (unsigned step = 0; step < STEPS; step++) {
		steps[roll(&w, ARRAY_LEN(steps))](&w);
		ck_blind(&w);
		ck_one_in_hand();
		ck_clocks(&w);
	}
	l = ck_log();
	/* The walk gets somewhere. */
	ck_assert_uint_gt(l->n, 0);
	ck_assert_uint_gt(l->n_completed, 0);
}
END_TEST

/* Completions at, before and after the very end of the lease, in one batch with it: exactly one
 * outcome. */
START_TEST(a_lease_and_a_completion_race_to_exactly_one_outcome)
{
	struct bytes work = given_work(&kit, &(struct work){0}), reading = take(&kit, "ruth");
	unsigned expired, completed;

	kit.now_us += 72 * US_PER_HOUR + _i - 2;
	for (unsigned i = 0; i < 3; i++)
		kit_submit(&kit, kit_id(&kit), READER_ROLES, READER("ruth"),
			   &rated_command(&kit, reading, "yes yes yes", 5)->base);
	kit_run(&kit);
	kit_advance(&kit, US_PER_HOUR);
	kit.seen_seq = 0;
	expired = count_of_kind(&kit, ASSESSMENT__EVENT__BODY_LEASE_EXPIRED);
	kit.seen_seq = 0;
	completed = count_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_COMPLETED);
	ck_assert_uint_eq(completed, _i < 2 ? 1 : 0);
	ck_assert_uint_eq(expired + completed, 1);
	ck_assert_str_eq(state_of_work(&kit, work), _i < 2 ? "second_read" : "queued");
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("assessment: interleavings");
	TCase *tc = tcase_create("interleavings");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, open_kit, close_kit);
	tcase_add_loop_test(tc, in_any_order_of_events_the_invariants_hold, 0, SEEDS);
	tcase_add_loop_test(tc, a_lease_and_a_completion_race_to_exactly_one_outcome, 0, 5);
	suite_add_tcase(suite, tc);
	return suite;
}
