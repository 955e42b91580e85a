/* Rows of appeals, clocks and what explains a decision. */
#include "services/assessment/tables_due.h"

#include "libshared/check.h"

#include <string.h>

/* ---- appeals ---- */

const Assessment__AppealFiled *appeal_get(const struct view *v, struct bytes decision,
					  struct arena *arena)
{
	const ProtobufCMessage *message;
	struct message_fault fault;
	struct bytes raw;

	if (!view_get(v, APPEAL, decision, &raw))
		return NULL;
	message = message_unpack(&assessment__appeal_filed__descriptor, raw, &EVENT_LIMITS, arena,
				 &fault);
	ENSURE(message != NULL);
	return (const Assessment__AppealFiled *)message;
}

void appeal_put(struct txn *t, const Assessment__AppealFiled *appeal)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);

	txn_put(t, APPEAL, bytes_of_pb(appeal->decision), message_pack(&appeal->base, arena));
}

/* ---- clocks ---- */

static struct bytes clock_key(struct key *k, const struct submission *row)
{
	key_add(k, bytes_of_id(&row->enrollment));
	return key_add_u32(k, row->attempt);
}

struct clock clock_get(const struct view *v, const struct submission *row)
{
	struct clock c = {0};
	struct key k = {0};

	ROW_GET(v, CLOCK, clock_key(&k, row), &c);
	return c;
}

void clock_put(struct txn *t, const struct submission *row, struct clock *c)
{
	struct key k = {0};

	ROW_PUT(t, CLOCK, clock_key(&k, row), c);
}

/* ---- decisions ---- */

bool decision_of_get(const struct view *v, struct bytes decision, struct id *submission_r)
{
	struct bytes val;

	if (!view_get(v, DECISION_OF, decision, &val))
		return false;
	*submission_r = id_of_bytes(val);
	return true;
}

void decision_of_put(struct txn *t, struct bytes decision, struct bytes submission)
{
	txn_put(t, DECISION_OF, decision, submission);
}

/* ---- what explains them ---- */

bool event_explains(uint32_t kind)
{
	static const bool explains[] = {
		[ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED] = true,
		[ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED] = true,
		[ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE] = true,
		[ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT] = true,
		[ASSESSMENT__EVENT__BODY_READING_COMPLETED] = true,
		[ASSESSMENT__EVENT__BODY_SECOND_REQUESTED] = true,
		[ASSESSMENT__EVENT__BODY_SAME_READER_WAIVED] = true,
		[ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED] = true,
		[ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED] = true,
		[ASSESSMENT__EVENT__BODY_DECISION_MADE] = true,
		[ASSESSMENT__EVENT__BODY_DECISION_RELEASED] = true,
		[ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED] = true,
		[ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED] = true,
		[ASSESSMENT__EVENT__BODY_APPEAL_FILED] = true,
		[ASSESSMENT__EVENT__BODY_APPEAL_UPHELD] = true,
		[ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED] = true,
		[ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED] = true,
		[ASSESSMENT__EVENT__BODY_HOLD_PLACED] = true,
		[ASSESSMENT__EVENT__BODY_HOLD_CLEARED] = true,
		[ASSESSMENT__EVENT__BODY_FOUNDING_PROPOSED] = true,
		[ASSESSMENT__EVENT__BODY_FOUNDING_WITHDRAWN] = true,
		[ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED] = true,
		[ASSESSMENT__EVENT__BODY_CLOCK_PAUSED] = true,
		[ASSESSMENT__EVENT__BODY_CLOCK_RESUMED] = true,
	};

	return kind < ARRAY_LEN(explains) && explains[kind];
}

void due_history_put(struct txn *t, struct bytes submission, uint64_t seq, int64_t at_us,
		     struct bytes event)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	uint8_t *val = arena_alloc(arena, 8 + event.len);
	struct key k = {0};

	put_u64_le(val, (uint64_t)at_us);
	memcpy(val + 8, event.data, event.len);
	key_add(&k, submission);
	txn_put(t, DUE_HISTORY, key_add_u64(&k, seq), (struct bytes){val, 8 + event.len});
}

struct scan due_history_scan(const struct view *v, struct bytes submission)
{
	return scan_first(v, DUE_HISTORY, submission, submission);
}

const Assessment__Event *due_history_next(struct scan *scan, struct arena *arena, int64_t *at_us_r)
{
	const ProtobufCMessage *message;
	struct message_fault fault;
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return NULL;
	ENSURE(val.len > 8);
	*at_us_r = (int64_t)get_u64_le(val.data);
	message = message_unpack(&assessment__event__descriptor,
				 (struct bytes){val.data + 8, val.len - 8}, &EVENT_LIMITS, arena,
				 &fault);
	ENSURE(message != NULL);
	return (const Assessment__Event *)message;
}
