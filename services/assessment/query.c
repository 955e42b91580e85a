/* What may be asked of assessment. An assessor sees the reading's id and the rubric, nobody's name
 * or school, and another reading only as the lead who adjudicates. */
#include "libshared/blobs.h"
#include "libshared/zone.h"
#include "services/assessment/decision.h"
#include "services/assessment/query_parts.h"

#include <string.h>

#define FEEDBACK_MAX ((size_t)64 << 10)
#define QUALIFICATIONS_MAX 1000

void *made(struct query *q, const void *init, size_t size)
{
	return memcpy(arena_alloc(q->arena, size), init, size);
}

char *copy_text(struct query *q, const char *text)
{
	return arena_text(q->arena, bytes_of_text(text));
}

static ProtobufCBinaryData copy_id(struct query *q, const struct id *id)
{
	if (id_is_none(id))
		return pb_of_bytes(BYTES_NONE);
	return pb_of_bytes(arena_copy(q->arena, bytes_of_id(id)));
}

static bool asked_by_operator(const struct query *q)
{
	return (q->roles & ROLE_OPERATOR) != 0;
}

const char *submission_word_for(bool is_operator, const struct submission *row)
{
	if (is_operator || row->state == STATE_HELD)
		return submission_state_word(row->state);
	return submission_state_word(submission_standing(row));
}

bool asked_by(const struct query *q, struct bytes person)
{
	return q->roles & ROLE_OPERATOR || id_is_none(&q->actor) ||
	       bytes_equal(bytes_of_id(&q->actor), person);
}

bool asked_by_lead(const struct query *q)
{
	struct assessor row;

	return q->roles & ROLE_OPERATOR ||
	       (assessor_get(q->view, bytes_of_id(&q->actor), &row) && row.lead && !row.retired);
}

Cairn__Status no_submission(struct query *q)
{
	return query_refuse(q, CAIRN__STATUS__REJECTED,
			    "no such submission has been received here");
}

char *feedback_text(struct query *q, ProtobufCBinaryData hash)
{
	struct bytes text;

	if (hash.len != SHA256_LEN ||
	    !blobs_read(q->caps->blobs, hash.data, 0, FEEDBACK_MAX, q->arena, &text))
		return copy_text(q, ""); /* none was written, or it has been purged */
	return arena_text(q->arena, text);
}

/* ---- a reading, for its assessor ---- */

static const char *reading_state_word(const struct query *q, const struct reading *reading)
{
	static const char *const words[] = {
		[READING_IN_HAND] = "in_hand",
		[READING_COMPLETED] = "completed",
		[READING_EXPIRED] = "expired",
		[READING_LEFT] = "left",
	};

	if (reading->state == READING_IN_HAND && q->now_us >= reading->until_us)
		return words[READING_EXPIRED];
	return words[reading->state];
}

static Cairn__Status ask_reading(const Assessment__Query *query, struct query *q)
{
	Assessment__ReadingAnswer reply = ASSESSMENT__READING_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_reading->reading);
	struct reading reading;
	struct matter m;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID, "reading: 16 bytes are needed");
	if (!reading_get(q->view, id, &reading))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such reading");
	if (!asked_by(q, bytes_of_id(&reading.assessor)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only the assessor who holds the reading may see it");
	matter_of_reading(q->view, q->arena, &reading, &m);
	reply.reading = query->get_reading->reading;
	reply.until_us = reading.until_us;
	reply.code = m.entry->code;
	reply.title = m.entry->title;
	reply.rows = arena_zalloc(q->arena, (m.received->n_rows + 1) * sizeof *reply.rows);
	for (size_t i = 0; i < m.entry->rubric->n_criteria; i++)
		for (size_t open = 0; open < m.received->n_rows; open++)
			if (strcmp(m.entry->rubric->criteria[i]->code, m.received->rows[open]) == 0)
				reply.rows[reply.n_rows++] = m.entry->rubric->criteria[i];
	reply.n_levels = m.entry->rubric->n_levels;
	reply.levels = m.entry->rubric->levels;
	reply.pass_ordinal = m.entry->rubric->pass_ordinal;
	reply.state = copy_text(q, reading_state_word(q, &reading));
	reply.feedback_words_min = m.policy->feedback_words_min;
	reply.entry = m.received->entry;
	reply.version = m.received->version;
	body.body_case = ASSESSMENT__ANSWER__BODY_READING;
	body.reading = &reply;
	return query_answer(q, &body.base);
}

/* ---- a decision, explained ---- */

const char *second_word(unsigned why)
{
	static const char *const words[] = {
		[ASSESSMENT__SECOND_WHY__WHY_UNSPECIFIED] = "",
		[ASSESSMENT__SECOND_WHY__PROFILE] = "profile",
		[ASSESSMENT__SECOND_WHY__SAMPLE] = "sample",
		[ASSESSMENT__SECOND_WHY__BORDERLINE] = "borderline",
		[ASSESSMENT__SECOND_WHY__LAUNCH] = "launch",
		[ASSESSMENT__SECOND_WHY__ON_WATCH] = "on_watch",
		[ASSESSMENT__SECOND_WHY__ROW_UNDER_REVIEW] = "row_under_review",
		[ASSESSMENT__SECOND_WHY__INTEGRITY_FLAG] = "integrity_flag",
	};

	return why < ARRAY_LEN(words) && words[why] != NULL ? words[why] : "";
}

static void add_readings(struct query *q, struct bytes submission, const struct submission *row,
			 Assessment__DecisionAnswer *reply)
{
	uint32_t n = REVIEW_ORDINAL + (uint32_t)row->reviews;
	const Assessment__AdjudicationCompleted *lead =
		adjudicated_get(q->view, submission, 0, q->arena);
	const Assessment__ReadingCompleted *c;
	Assessment__ReadingFact *fact;

	reply->readings = arena_zalloc(q->arena, (n + 1) * sizeof *reply->readings);
	for (uint32_t ordinal = 1; ordinal < n; ordinal++) {
		c = completed_get(q->view, submission, ordinal, q->arena);
		if (c == NULL)
			continue;
		fact = MADE(q, Assessment__ReadingFact, ASSESSMENT__READING_FACT__INIT);
		fact->reading = c->reading;
		fact->assessor = c->assessor;
		fact->ordinal = ordinal;
		fact->n_ratings = c->n_ratings;
		fact->ratings = c->ratings;
		reply->readings[reply->n_readings++] = fact;
	}
	if (lead == NULL)
		return;
	fact = MADE(q, Assessment__ReadingFact, ASSESSMENT__READING_FACT__INIT);
	fact->assessor = lead->assessor;
	fact->adjudication = true;
	fact->n_ratings = lead->n_ratings;
	fact->ratings = lead->ratings;
	reply->readings[reply->n_readings++] = fact;
}

/* Readings stand in it only once it is decided, and not while it is reviewed: nobody may see one
 * who could read it too. */
static Cairn__Status ask_decision(const Assessment__Query *query, struct query *q)
{
	Assessment__DecisionAnswer reply = ASSESSMENT__DECISION_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct bytes submission = bytes_of_pb(query->get_decision->submission);
	const Assessment__DecisionMade *decision;
	struct submission row;
	struct matter m;

	if (!is_id(submission))
		return query_refuse(q, CAIRN__STATUS__INVALID, "submission: 16 bytes are needed");
	if (!asked_by_lead(q))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only a lead reader sees how a decision was made");
	if (!submission_get(q->view, submission, &row))
		return no_submission(q);
	matter_load(q->view, q->arena, submission, &m);
	reply.submission = query->get_decision->submission;
	reply.state = copy_text(q, submission_word_for(asked_by_operator(q), &row));
	reply.profile = m.received->profile;
	reply.profile_version = m.received->profile_version;
	reply.entry_version = m.received->version;
	reply.second_why = copy_text(q, second_word(row.second_why));
	decision = decided_get(q->view, submission, q->arena);
	if (decision != NULL && (asked_by_operator(q) || !submission_in_review(&row))) {
		reply.decision = decision->decision;
		reply.passed = decision->passed;
		reply.n_rows = decision->n_rows;
		reply.rows = decision->rows;
		reply.reads = decision->reads;
		reply.rule = decision->rule;
		add_readings(q, submission, &row, &reply);
	}
	body.body_case = ASSESSMENT__ANSWER__BODY_DECISION;
	body.decision = &reply;
	return query_answer(q, &body.base);
}

/* ---- an assessor ---- */

static void add_qualifications(struct query *q, struct bytes assessor,
			       Assessment__AssessorAnswer *reply)
{
	struct scan scan = scan_first(q->view, QUALIFICATION, assessor, assessor);
	struct bytes key, val;

	reply->qualifications =
		arena_zalloc(q->arena, QUALIFICATIONS_MAX * sizeof *reply->qualifications);
	while (reply->n_qualifications < QUALIFICATIONS_MAX && scan_next(&scan, &key, &val)) {
		Assessment__AssessorQualified *a = MADE(q, Assessment__AssessorQualified,
							ASSESSMENT__ASSESSOR_QUALIFIED__INIT);
		struct qualification row;

		ENSURE(val.len == sizeof row);
		memcpy(&row, val.data, sizeof row);
		if (!seat_stands(row.state))
			continue;
		a->assessor = reply->assessor;
		a->entry = pb_of_bytes(
			arena_copy(q->arena, (struct bytes){key.data + ID_LEN, ID_LEN}));
		a->until_us = row.until_us;
		reply->qualifications[reply->n_qualifications++] = a;
	}
	scan_end(&scan);
}

/* Readings taken on the calendar's day that it is now. */
static uint32_t taken_today(const struct query *q, const struct assessor *row)
{
	const Enrollment__Calendar *calendar = calendar_get(q->view, 0, q->arena);
	const struct zone *zone =
		calendar != NULL ? zone_find(q->caps->zones, calendar->time_zone) : NULL;
	struct civil c;

	if (zone == NULL)
		return 0;
	c = zone_civil(zone, q->now_us);
	return day_of_civil(c.year, c.month, c.day) == row->day ? row->today : 0;
}

static Cairn__Status ask_assessor(const Assessment__Query *query, struct query *q)
{
	Assessment__AssessorAnswer reply = ASSESSMENT__ASSESSOR_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct bytes assessor = bytes_of_pb(query->get_assessor->assessor);
	struct reader *reader = arena_alloc(q->arena, sizeof *reader);
	const Enrollment__Policy *policy;

	if (!is_id(assessor))
		return query_refuse(q, CAIRN__STATUS__INVALID, "assessor: 16 bytes are needed");
	if (!asked_by(q, assessor) && !asked_by_lead(q))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only the assessor and lead readers may see this");
	if (!reader_load(q->view, assessor, reader))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such assessor");
	reply.assessor = query->get_assessor->assessor;
	reply.lead = reader->row.lead;
	reply.retired = reader->row.retired;
	reply.orgs = arena_zalloc(q->arena, (reader->n_orgs + 1) * sizeof *reply.orgs);
	for (unsigned i = 0; i < reader->n_orgs; i++)
		reply.orgs[reply.n_orgs++] = copy_id(q, &reader->orgs[i]);
	reply.holds = copy_id(q, &reader->row.holds);
	reply.today = taken_today(q, &reader->row);
	policy = policy_get(q->view, 0, q->arena);
	reply.daily_cap = policy != NULL ? policy->daily_cap : 0;
	add_qualifications(q, assessor, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_ASSESSOR;
	body.assessor = &reply;
	return query_answer(q, &body.base);
}

/* ---- an adjudication, for the lead ---- */

static Assessment__BlindReading *blind_reading(struct query *q, const Enrollment__Rubric *rubric,
					       const Assessment__ReadingCompleted *c)
{
	Assessment__BlindReading *blind =
		MADE(q, Assessment__BlindReading, ASSESSMENT__BLIND_READING__INIT);

	blind->ordinal = c->ordinal;
	blind->ratings = arena_zalloc(q->arena, (c->n_ratings + 1) * sizeof *blind->ratings);
	for (size_t i = 0; i < c->n_ratings; i++) {
		const Enrollment__Level *level = rubric_level_at(rubric, c->ratings[i]->ordinal);
		Assessment__Rating *r = MADE(q, Assessment__Rating, ASSESSMENT__RATING__INIT);

		r->row = c->ratings[i]->row;
		r->level = level != NULL ? level->code : copy_text(q, "");
		r->confidence = c->ratings[i]->confidence;
		r->feedback = feedback_text(q, c->ratings[i]->feedback_sha256);
		blind->ratings[blind->n_ratings++] = r;
	}
	return blind;
}

static void show_adjudication(struct query *q, const struct matter *m,
			      Assessment__AdjudicationAnswer *reply)
{
	const Enrollment__Rubric *rubric = m->entry->rubric;
	struct dispute dispute = dispute_of(q->view, q->arena, m);
	uint32_t last = REVIEW_ORDINAL + (uint32_t)m->row.reviews;
	const Assessment__ReadingCompleted *c;

	reply->rows = dispute.rows;
	reply->n_rows = dispute.n;
	reply->readings = arena_zalloc(q->arena, last * sizeof *reply->readings);
	for (uint32_t ordinal = 1; ordinal < last; ordinal++) {
		c = completed_get(q->view, m->id, ordinal, q->arena);
		if (c != NULL)
			reply->readings[reply->n_readings++] = blind_reading(q, rubric, c);
	}
	reply->code = m->entry->code;
	reply->entry = m->received->entry;
	reply->version = m->received->version;
	reply->pass_ordinal = rubric->pass_ordinal;
	reply->feedback_words_min = m->policy->feedback_words_min;
	reply->n_levels = rubric->n_levels;
	reply->levels = rubric->levels;
}

/* Whom the rule would let adjudicate. */
static bool lead_may_see(const struct query *q, struct bytes submission,
			 const struct submission *row)
{
	struct waiting w = waiting_of(row);
	struct reader reader;

	if (q->roles & ROLE_OPERATOR)
		return true;
	return asked_by_lead(q) && reader_load(q->view, bytes_of_id(&q->actor), &reader) &&
	       lead_standing(q->view, &reader, submission, &w) == STANDING_FREE;
}

static Cairn__Status ask_adjudication(const Assessment__Query *query, struct query *q)
{
	Assessment__AdjudicationAnswer reply = ASSESSMENT__ADJUDICATION_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct bytes submission = bytes_of_pb(query->get_adjudication->submission);
	struct submission row;
	struct matter m;

	if (!is_id(submission))
		return query_refuse(q, CAIRN__STATUS__INVALID, "submission: 16 bytes are needed");
	if (!submission_get(q->view, submission, &row))
		return no_submission(q);
	if (!lead_may_see(q, submission, &row))
		return query_refuse(
			q, CAIRN__STATUS__FORBIDDEN,
			"only a lead reader without a conflict who has not read it sees it");
	if (row.state != STATE_ADJUDICATION && row.state != STATE_REVIEW_LEAD)
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "the submission does not wait for an adjudication");
	matter_load(q->view, q->arena, submission, &m);
	show_adjudication(q, &m, &reply);
	body.body_case = ASSESSMENT__ANSWER__BODY_ADJUDICATION;
	body.adjudication = &reply;
	return query_answer(q, &body.base);
}

static const struct asked {
	ask_fn *ask;
	uint32_t roles;
} asked[] = {
	[ASSESSMENT__QUERY__BODY_GET_READING] = {ask_reading, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_QUEUE] = {ask_queue, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_DECISION] = {ask_decision, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_ASSESSOR] = {ask_assessor, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_ADJUDICATION] = {ask_adjudication,
						      ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_SEAT] = {ask_seat, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_LIST_ANCHORS] = {ask_anchors, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_LIST_WEAK] = {ask_weak, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_ERASURE] = {ask_erasure, ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_FEEDBACK] = {ask_feedback, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_REVIEWS] = {ask_reviews, ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_EXPLAIN] = {ask_explain, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_REPORT] = {ask_report, ROLE_PORTAL | ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_DRAFT] = {ask_draft, ROLE_PORTAL},
	[ASSESSMENT__QUERY__BODY_LIST_COACHING] = {ask_coaching, ROLE_OPERATOR},
	[ASSESSMENT__QUERY__BODY_GET_FAIRNESS] = {ask_fairness, ROLE_PORTAL | ROLE_OPERATOR},
};

Cairn__Status assessment_answer_query(const ProtobufCMessage *query, struct query *q)
{
	const Assessment__Query *ours = (const Assessment__Query *)query;

	ENSURE(ours->body_case < ARRAY_LEN(asked) && asked[ours->body_case].ask != NULL);
	return asked[ours->body_case].ask(ours, q);
}

uint32_t assessment_query_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(asked) ? asked[kind].roles : 0;
}
