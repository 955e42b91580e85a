/* The tables of assessment: keys, rows, and the index rows that move with a submission. */
#include "services/assessment/tables_parts.h"

#include "libshared/calendar.h"
#include "libshared/check.h"

#include <string.h>

const char *const assessment_tables[N_TABLES] = {
	[ENTRY - SERVICE_TABLES] = "s.entry",
	[PROFILE - SERVICE_TABLES] = "s.profile",
	[POLICY - SERVICE_TABLES] = "s.policy",
	[CALENDAR - SERVICE_TABLES] = "s.calendar",
	[ASSESSOR - SERVICE_TABLES] = "s.assessor",
	[ASSESSOR_ORG - SERVICE_TABLES] = "s.assessor_org",
	[QUALIFICATION - SERVICE_TABLES] = "s.qualification",
	[RELATION - SERVICE_TABLES] = "s.relation",
	[SUBMISSION - SERVICE_TABLES] = "s.submission",
	[RECEIVED - SERVICE_TABLES] = "s.received",
	[READING - SERVICE_TABLES] = "s.reading",
	[COMPLETED - SERVICE_TABLES] = "s.completed",
	[ADJUDICATED - SERVICE_TABLES] = "s.adjudicated",
	[DECIDED - SERVICE_TABLES] = "s.decided",
	[KEPT - SERVICE_TABLES] = "s.kept",
	[JOURNEY - SERVICE_TABLES] = "s.journey",
	[DECISIONS - SERVICE_TABLES] = "s.decisions",
	[STATE_COUNT - SERVICE_TABLES] = "s.state_count",
	[QUALIFIED - SERVICE_TABLES] = "i.qualified",
	[LEAD - SERVICE_TABLES] = "i.lead",
	[READ_BY - SERVICE_TABLES] = "i.read_by",
	[WAITING - SERVICE_TABLES] = "i.waiting",
	[BY_STATE - SERVICE_TABLES] = "i.state",
	[APPEAL - SERVICE_TABLES] = "s.appeal",
	[CLOCK - SERVICE_TABLES] = "s.clock",
	[DUE_HISTORY - SERVICE_TABLES] = "s.due_history",
	[DECISION_OF - SERVICE_TABLES] = "i.decision_of",
	[MATRIX - SERVICE_TABLES] = "s.matrix",
	[FIGURE - SERVICE_TABLES] = "s.figure",
	[ORG - SERVICE_TABLES] = "s.org",
	[CELL - SERVICE_TABLES] = "s.cell",
	[NOT_YET - SERVICE_TABLES] = "i.not_yet",
	[GAP - SERVICE_TABLES] = "s.gap",
	[FORGOTTEN - SERVICE_TABLES] = "s.forgotten",
	[FEEDBACK_OF - SERVICE_TABLES] = "s.feedback",
	[FEEDBACK_USE - SERVICE_TABLES] = "i.feedback",
	[PURGE - SERVICE_TABLES] = "i.purge",
	[TOLD - SERVICE_TABLES] = "i.told",
	[ROW_REVIEW - SERVICE_TABLES] = "s.row_review",
	[ANCHOR - SERVICE_TABLES] = "s.anchor",
	[ANCHOR_APART - SERVICE_TABLES] = "s.anchor_apart",
	[ANCHOR_READ - SERVICE_TABLES] = "s.anchor_read",
	[SHARED_ROWS - SERVICE_TABLES] = "s.shared_rows",
	[SEAT_ID - SERVICE_TABLES] = "s.seat_id",
	[READ_AT - SERVICE_TABLES] = "i.read_at",
	[RENEWAL - SERVICE_TABLES] = "s.renewal",
	[WAITING_COUNT - SERVICE_TABLES] = "s.waiting_count",
	[READ_DAY - SERVICE_TABLES] = "s.read_day",
	[SURGE - SERVICE_TABLES] = "s.surge",
};

static const char *const state_words[SUBMISSION_STATES] = {
	[STATE_NONE] = "",
	[STATE_SCREENING] = "screening",
	[STATE_QUEUED] = "queued",
	[STATE_READING] = "reading",
	[STATE_SECOND_READ] = "second_read",
	[STATE_ADJUDICATION] = "adjudication",
	[STATE_DECIDED] = "decided",
	[STATE_REVIEW] = "review",
	[STATE_REVIEW_LEAD] = "review_adjudication",
	[STATE_HELD] = "integrity_hold",
	[STATE_RELEASED] = "released",
	[STATE_RETURNED_INCOMPLETE] = "returned_incomplete",
	[STATE_LEFT] = "left",
	[STATE_VOIDED] = "voided",
};

/* Our own bytes: not to be read is a damaged page. */
const ProtobufCMessage *stored_in(struct bytes val, const ProtobufCMessageDescriptor *type,
				  struct arena *arena)
{
	const ProtobufCMessage *message;
	struct message_fault fault;

	message = message_unpack(type, val, &EVENT_LIMITS, arena, &fault);
	ENSURE(message != NULL);
	return message;
}

const ProtobufCMessage *stored(const struct view *v, unsigned table, struct bytes key,
			       const ProtobufCMessageDescriptor *type, struct arena *arena)
{
	struct bytes raw;

	return view_get(v, table, key, &raw) ? stored_in(raw, type, arena) : NULL;
}

void store_message(struct txn *t, unsigned table, struct bytes key, const ProtobufCMessage *m)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);

	txn_put(t, table, key, message_pack(m, arena));
}

struct bytes pair_key(struct key *k, struct bytes first, struct bytes second)
{
	key_add(k, first);
	return key_add(k, second);
}

/* ---- assessors ---- */

bool assessor_get(const struct view *v, struct bytes assessor, struct assessor *row_r)
{
	return ROW_GET(v, ASSESSOR, assessor, row_r);
}

void assessor_put(struct txn *t, struct bytes assessor, struct assessor *row)
{
	ROW_PUT(t, ASSESSOR, assessor, row);
}

unsigned assessor_orgs(const struct view *v, struct bytes assessor, struct id *orgs_r, unsigned max)
{
	struct scan scan = scan_first(v, ASSESSOR_ORG, assessor, assessor);
	struct bytes key, val;
	unsigned n = 0;

	while (n < max && scan_next(&scan, &key, &val)) {
		struct assessor_org row;

		ENSURE(val.len == sizeof row);
		memcpy(&row, val.data, sizeof row);
		orgs_r[n++] = row.org;
	}
	scan_end(&scan);
	return n;
}

void assessor_org_put(struct txn *t, struct bytes assessor, uint16_t at, struct bytes org)
{
	struct assessor_org row = {.org = id_of_bytes(org)};
	struct key k = {0};

	key_add(&k, assessor);
	ROW_PUT(t, ASSESSOR_ORG, key_add_u16(&k, at), &row);
}

void lead_put(struct txn *t, struct bytes assessor)
{
	txn_put(t, LEAD, assessor, BYTES_NONE);
}

void assessor_leave_indexes(struct txn *t, struct bytes assessor)
{
	struct scan scan = scan_first(txn_view(t), QUALIFICATION, assessor, assessor);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct key k = {0};

		key_add(&k, (struct bytes){key.data + ID_LEN, ID_LEN});
		txn_delete(t, QUALIFIED, key_add(&k, assessor));
	}
	scan_end(&scan);
	txn_delete(t, LEAD, assessor);
}

bool is_related(const struct view *v, struct bytes assessor, struct bytes educator)
{
	struct key k = {0};
	struct bytes val;

	return view_get(v, RELATION, pair_key(&k, assessor, educator), &val);
}

void relation_put(struct txn *t, struct bytes assessor, struct bytes educator)
{
	struct key k = {0};

	txn_put(t, RELATION, pair_key(&k, assessor, educator), BYTES_NONE);
}

/* ---- submissions ---- */

const char *submission_state_word(uint16_t state)
{
	return state < SUBMISSION_STATES ? state_words[state] : "";
}

uint16_t submission_state_of_word(const char *word)
{
	for (uint16_t state = STATE_NONE + 1; state < SUBMISSION_STATES; state++)
		if (strcmp(state_words[state], word) == 0)
			return state;
	return STATE_NONE;
}

bool submission_is_open(uint16_t state)
{
	return state > STATE_NONE && state < STATE_RELEASED;
}

uint16_t submission_stage(const struct submission *row)
{
	return row->state == STATE_HELD ? row->held_from : row->state;
}

bool submission_in_review(const struct submission *row)
{
	uint16_t stage = submission_stage(row);

	return stage == STATE_REVIEW || stage == STATE_REVIEW_LEAD;
}

uint16_t submission_standing(const struct submission *row)
{
	return submission_in_review(row) ? row->review_from : submission_stage(row);
}

int64_t submission_due_us(const struct submission *row)
{
	return submission_in_review(row) ? row->review_due_us : row->due_us;
}

bool submission_waits(const struct submission *row)
{
	if (row->state == STATE_REVIEW)
		return id_is_none(&row->reading);
	if (row->state == STATE_SECOND_READ)
		return row->readings == 1 && id_is_none(&row->reading);
	return row->state == STATE_QUEUED;
}

/* What is reviewed goes to somebody new to the enrollment: that is never waived. */
struct waiting waiting_of(const struct submission *row)
{
	return (struct waiting){
		.enrollment = row->enrollment,
		.educator = row->educator,
		.school = row->school,
		.district = row->district,
		.first_reader = row->first_reader,
		.waived = row->waived && !submission_in_review(row),
	};
}

static struct bytes waiting_key(struct key *k, const struct submission *row,
				struct bytes submission)
{
	key_add(k, bytes_of_id(&row->entry));
	key_add_u64(k, (uint64_t)submission_due_us(row));
	key_add_u32(k, row->rank);
	return key_add(k, submission);
}

struct queue_place place_of_key(struct bytes key)
{
	struct bytes before = {key.data, key.len - 4 - ID_LEN};

	ENSURE(key.len == 2 * ID_LEN + 8 + 4);
	return (struct queue_place){
		.due_us = (int64_t)get_u64_be(before.data + ID_LEN),
		.rank = get_u32_be(before.data + before.len),
		.submission = {key.data + key.len - ID_LEN, ID_LEN},
	};
}

static struct bytes state_key(struct key *k, const struct submission *row, struct bytes submission)
{
	key_add_u16(k, row->state);
	key_add_u64(k, (uint64_t)submission_due_us(row));
	return key_add(k, submission);
}

struct bytes submission_of_key(struct bytes key, int64_t *due_us_r)
{
	ENSURE(key.len >= ID_LEN + 8);
	*due_us_r = (int64_t)get_u64_be(key.data + key.len - ID_LEN - 8);
	return (struct bytes){key.data + key.len - ID_LEN, ID_LEN};
}

static void count_state(struct txn *t, uint16_t state, uint64_t more)
{
	struct tally tally = {0};
	struct key k = {0};

	key_add_u16(&k, state);
	ROW_GET(txn_view(t), STATE_COUNT, key_bytes(&k), &tally);
	tally.n += more;
	ROW_PUT(t, STATE_COUNT, key_bytes(&k), &tally);
}

uint64_t submissions_in_state(const struct view *v, uint16_t state)
{
	struct tally tally = {0};
	struct key k = {0};

	ROW_GET(v, STATE_COUNT, key_add_u16(&k, state), &tally);
	return tally.n;
}

static void count_waiting(struct txn *t, const struct submission *row, uint64_t more)
{
	struct tally tally = {0};

	ROW_GET(txn_view(t), WAITING_COUNT, bytes_of_id(&row->entry), &tally);
	tally.n += more;
	ROW_PUT(t, WAITING_COUNT, bytes_of_id(&row->entry), &tally);
}

uint64_t submissions_waiting(const struct view *v, struct bytes entry)
{
	struct tally tally = {0};

	ROW_GET(v, WAITING_COUNT, entry, &tally);
	return tally.n;
}

static void leave_indexes(struct txn *t, struct bytes submission, const struct submission *before)
{
	struct key state = {0}, queue = {0};

	if (submission_is_open(before->state))
		txn_delete(t, BY_STATE, state_key(&state, before, submission));
	if (submission_waits(before)) {
		txn_delete(t, WAITING, waiting_key(&queue, before, submission));
		count_waiting(t, before, UINT64_MAX); /* one less */
	}
	count_state(t, before->state, UINT64_MAX); /* one less */
}

void submission_put(struct txn *t, struct bytes submission, const struct submission *before,
		    struct submission *row)
{
	struct waiting waiting = waiting_of(row);
	struct key state = {0}, queue = {0};

	if (before != NULL)
		leave_indexes(t, submission, before);
	if (submission_is_open(row->state))
		txn_put(t, BY_STATE, state_key(&state, row, submission), BYTES_NONE);
	if (submission_waits(row)) {
		ROW_PUT(t, WAITING, waiting_key(&queue, row, submission), &waiting);
		count_waiting(t, row, 1);
	}
	count_state(t, row->state, 1);
	ROW_PUT(t, SUBMISSION, submission, row);
}

bool submission_get(const struct view *v, struct bytes submission, struct submission *row_r)
{
	return ROW_GET(v, SUBMISSION, submission, row_r);
}

/* Of equals the license that ends first, and then who has none that ends soon. */
static uint32_t rank_of(const char *renewal_by)
{
	int64_t day;

	return day_of_text(renewal_by, &day) && day >= 0 ? (uint32_t)day : UINT32_MAX;
}

struct submission submission_of_received(const Assessment__SubmissionReceived *received)
{
	return (struct submission){
		.enrollment = id_of_bytes(bytes_of_pb(received->enrollment)),
		.educator = id_of_bytes(bytes_of_pb(received->educator)),
		.entry = id_of_bytes(bytes_of_pb(received->entry)),
		.school = id_of_bytes(bytes_of_pb(received->school)),
		.district = id_of_bytes(bytes_of_pb(received->district)),
		.profile = profile_id(received->profile),
		.sealed_us = received->sealed_us,
		.due_us = received->due_us,
		.limit_us = received->limit_us,
		.entry_version = received->version,
		.profile_version = received->profile_version,
		.policy_version = received->policy_version,
		.attempt = received->attempt,
		.state = STATE_SCREENING,
		.rank = rank_of(received->renewal_by),
	};
}

const Assessment__SubmissionReceived *received_get(const struct view *v, struct bytes submission,
						   struct arena *arena)
{
	return (const Assessment__SubmissionReceived *)stored(
		v, RECEIVED, submission, &assessment__submission_received__descriptor, arena);
}

void received_put(struct txn *t, const Assessment__SubmissionReceived *received)
{
	store_message(t, RECEIVED, bytes_of_pb(received->submission), &received->base);
}

const Assessment__SharedRowsNoted *shared_rows_get(const struct view *v, struct bytes submission,
						   struct arena *arena)
{
	return (const Assessment__SharedRowsNoted *)stored(
		v, SHARED_ROWS, submission, &assessment__shared_rows_noted__descriptor, arena);
}

void shared_rows_put(struct txn *t, const Assessment__SharedRowsNoted *noted)
{
	store_message(t, SHARED_ROWS, bytes_of_pb(noted->submission), &noted->base);
}

/* ---- readings and what comes of them ---- */

bool reading_get(const struct view *v, struct bytes reading, struct reading *row_r)
{
	return ROW_GET(v, READING, reading, row_r);
}

void reading_put(struct txn *t, struct bytes reading, struct reading *row)
{
	ROW_PUT(t, READING, reading, row);
}

static struct bytes ordinal_key(struct key *k, struct bytes submission, uint32_t ordinal)
{
	key_add(k, submission);
	return key_add_u16(k, (uint16_t)ordinal);
}

const Assessment__ReadingCompleted *completed_get(const struct view *v, struct bytes submission,
						  uint32_t ordinal, struct arena *arena)
{
	struct key k = {0};

	return (const Assessment__ReadingCompleted *)stored(
		v, COMPLETED, ordinal_key(&k, submission, ordinal),
		&assessment__reading_completed__descriptor, arena);
}

void completed_put(struct txn *t, const Assessment__ReadingCompleted *completed)
{
	struct key k = {0};

	store_message(t, COMPLETED,
		      ordinal_key(&k, bytes_of_pb(completed->submission), completed->ordinal),
		      &completed->base);
}

const Assessment__AdjudicationCompleted *adjudicated_get(const struct view *v,
							 struct bytes submission, uint32_t review,
							 struct arena *arena)
{
	struct key k = {0};

	return (const Assessment__AdjudicationCompleted *)stored(
		v, ADJUDICATED, ordinal_key(&k, submission, review),
		&assessment__adjudication_completed__descriptor, arena);
}

void adjudicated_put(struct txn *t, const Assessment__AdjudicationCompleted *adjudicated)
{
	struct key k = {0};

	store_message(t, ADJUDICATED,
		      ordinal_key(&k, bytes_of_pb(adjudicated->submission), adjudicated->review),
		      &adjudicated->base);
}

const Assessment__DecisionMade *decided_get(const struct view *v, struct bytes submission,
					    struct arena *arena)
{
	return (const Assessment__DecisionMade *)stored(
		v, DECIDED, submission, &assessment__decision_made__descriptor, arena);
}

void decided_put(struct txn *t, const Assessment__DecisionMade *made)
{
	store_message(t, DECIDED, bytes_of_pb(made->submission), &made->base);
}
