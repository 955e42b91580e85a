/* Watching that everything that waits can be read by somebody, and timers: leases and that look. */
#include "services/assessment/drift.h"

#include <string.h>

/* What an assessor's leaving makes look at, of each entry: the oldest due. */
#define LOOKED_THROUGH 2000

int64_t look_again_us(const struct view *view, const struct decision *d, struct bytes submission,
		      const struct submission *row, struct bytes except, uint32_t minutes)
{
	int64_t until_us;

	if (find_reader(view, submission, row, except, d->now_us, &until_us))
		return until_us;
	return d->now_us + (int64_t)minutes * 60 * US_PER_S;
}

void emit_no_eligible_reader(struct decision *d, struct bytes submission)
{
	Assessment__NoEligibleReader nobody = ASSESSMENT__NO_ELIGIBLE_READER__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	nobody.submission = pb_of_bytes(submission);
	event.body_case = ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER;
	event.no_eligible_reader = &nobody;
	emit_about(d, submission, &event.base);
}

static void emit_reader_found(struct decision *d, struct bytes submission, int64_t again_us)
{
	Assessment__EligibleReaderFound found = ASSESSMENT__ELIGIBLE_READER_FOUND__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	found.submission = pb_of_bytes(submission);
	found.no_reader_us = again_us;
	event.body_case = ASSESSMENT__EVENT__BODY_ELIGIBLE_READER_FOUND;
	event.eligible_reader_found = &found;
	emit_about(d, submission, &event.base);
}

void emit_lease_expired(const struct view *view, struct decision *d, struct bytes reading_id,
			const struct reading *reading, struct bytes except)
{
	struct bytes submission = bytes_of_id(&reading->submission);
	Assessment__LeaseExpired expired = ASSESSMENT__LEASE_EXPIRED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct matter m;

	if (reading->anchor) {
		emit_anchor_lease_expired(d, reading_id, reading);
		return;
	}
	matter_load(view, d->arena, submission, &m);
	expired.reading = pb_of_bytes(reading_id);
	expired.submission = pb_of_bytes(submission);
	expired.assessor = pb_of_id(&reading->assessor);
	expired.no_reader_us =
		look_again_us(view, d, submission, &m.row, except, m.policy->no_reader_minutes);
	event.body_case = ASSESSMENT__EVENT__BODY_LEASE_EXPIRED;
	event.lease_expired = &expired;
	emit_about(d, submission, &event.base);
}

/* ---- when an assessor goes ---- */

struct departure {
	struct bytes except, educator;
};

static void look_at(const struct view *view, struct decision *d, struct bytes submission,
		    const struct departure *gone)
{
	struct submission row;

	if (!submission_get(view, submission, &row) || row.no_reader)
		return;
	if (gone->educator.len > 0 && !bytes_equal(bytes_of_id(&row.educator), gone->educator))
		return;
	if (!someone_may(view, submission, &row, gone->except, d->now_us))
		emit_no_eligible_reader(d, submission);
}

static void look_through(const struct view *view, struct decision *d, unsigned table,
			 struct bytes prefix, const struct departure *gone)
{
	struct scan scan = scan_first(view, table, prefix, prefix);
	struct bytes key, val;

	for (unsigned n = 0; n < LOOKED_THROUGH && scan_next(&scan, &key, &val); n++) {
		int64_t due_us;

		look_at(view, d, submission_of_key(key, &due_us), gone);
	}
	scan_end(&scan);
}

void emit_left_alone(const struct view *view, struct decision *d, struct bytes except,
		     struct bytes educator)
{
	const struct departure gone = {.except = except, .educator = educator};
	struct scan scan = scan_first(view, QUALIFICATION, except, except);
	struct key disputed = {0}, reviewed = {0};
	struct bytes key, val;

	while (scan_next(&scan, &key, &val))
		look_through(view, d, WAITING, (struct bytes){key.data + ID_LEN, ID_LEN}, &gone);
	scan_end(&scan);
	look_through(view, d, BY_STATE, key_add_u16(&disputed, STATE_ADJUDICATION), &gone);
	look_through(view, d, BY_STATE, key_add_u16(&reviewed, STATE_REVIEW_LEAD), &gone);
}

void emit_left_alone_of(const struct view *view, struct decision *d, struct bytes except,
			struct bytes entry)
{
	const struct departure gone = {.except = except};

	look_through(view, d, WAITING, entry, &gone);
}

/* ---- timers ---- */

static enum verdict decide_lease(const struct view *view, struct bytes reading_id,
				 struct decision *d)
{
	struct reading reading;

	if (!reading_get(view, reading_id, &reading) || reading.state != READING_IN_HAND)
		return refuse(d, ASSESSMENT__REASON__UNKNOWN_READING);
	emit_lease_expired(view, d, reading_id, &reading, BYTES_NONE);
	return ACCEPTED;
}

static enum verdict decide_no_reader(const struct view *view, struct bytes submission,
				     struct decision *d)
{
	struct submission row;
	int64_t until_us;

	if (!submission_get(view, submission, &row) || !submission_waits(&row))
		return refuse(d, ASSESSMENT__REASON__WRONG_STATE);
	if (find_reader(view, submission, &row, BYTES_NONE, d->now_us, &until_us))
		emit_reader_found(d, submission, until_us);
	else
		emit_no_eligible_reader(d, submission);
	return ACCEPTED;
}

enum verdict assessment_decide_timer(const struct view *view, const struct timer_due *timer,
				     struct decision *d)
{
	typedef enum verdict timer_fn(const struct view *view, struct bytes entity,
				      struct decision *d);
	static timer_fn *const timers[] = {
		[TIMER_LEASE] = decide_lease,
		[TIMER_NO_READER] = decide_no_reader,
		[TIMER_SEAT_NOTICE] = decide_seat_notice,
		[TIMER_SEAT_END] = decide_seat_end,
	};

	if (timer->kind == TIMER_DAY)
		return decide_day(view, timer, d);
	ENSURE(timer->kind < ARRAY_LEN(timers) && timers[timer->kind] != NULL);
	return timers[timer->kind](view, bytes_of_id(&timer->entity), d);
}
