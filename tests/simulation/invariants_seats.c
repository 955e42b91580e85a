/* Seats told anew from the log: who was given what stood then, and no anchor touches an earner. */
#include "tests/simulation/invariants_seats.h"

#include "proto/assessment.pb-c.h"

#include <string.h>

#define SEATS_MAX 64

struct seat {
	struct id assessor, entry;
	bool stands, calibrating;
	int64_t until_us;
};
struct telling {
	const struct history *h;
	size_t at; /* the event that is told */
	struct seat seats[SEATS_MAX];
	size_t n;
	struct tally *tally;
};

static const Assessment__Event *event_at(const struct history *h, size_t i)
{
	return (const Assessment__Event *)h->events[i].message;
}

static struct seat *seat_of(struct telling *t, ProtobufCBinaryData assessor,
			    ProtobufCBinaryData entry)
{
	for (size_t i = 0; i < t->n; i++)
		if (bytes_equal(bytes_of_id(&t->seats[i].assessor), bytes_of_pb(assessor)) &&
		    bytes_equal(bytes_of_id(&t->seats[i].entry), bytes_of_pb(entry)))
			return &t->seats[i];
	ENSURE(t->n < SEATS_MAX);
	t->seats[t->n] = (struct seat){.assessor = id_of_bytes(bytes_of_pb(assessor)),
				       .entry = id_of_bytes(bytes_of_pb(entry))};
	return &t->seats[t->n++];
}

/* ---- readings ---- */

static struct bytes entry_of(const struct telling *t, struct bytes submission)
{
	for (size_t i = 0; i < t->at; i++) {
		const Assessment__Event *e = event_at(t->h, i);

		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED &&
		    bytes_equal(bytes_of_pb(e->submission_received->submission), submission))
			return bytes_of_pb(e->submission_received->entry);
	}
	ENSURE(false); /* every submission was received */
	return BYTES_NONE;
}

static void check_stood(struct telling *t, ProtobufCBinaryData assessor, ProtobufCBinaryData entry)
{
	const struct seat *seat = seat_of(t, assessor, entry);

	ENSURE(seat->stands && t->h->events[t->at].record.at_us < seat->until_us);
}

/* Whom a reading was given to: it was given once. */
static struct bytes given_to(const struct telling *t, ProtobufCBinaryData reading, bool *anchor_r)
{
	struct bytes whom = BYTES_NONE;

	for (size_t i = 0; i < t->h->n; i++) {
		const Assessment__Event *e = event_at(t->h, i);
		bool real, anchor;

		if (e == NULL)
			continue;
		real = e->body_case == ASSESSMENT__EVENT__BODY_READING_ASSIGNED &&
		       bytes_equal(bytes_of_pb(e->reading_assigned->reading), bytes_of_pb(reading));
		anchor =
			e->body_case == ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED &&
			bytes_equal(bytes_of_pb(e->anchor_assigned->reading), bytes_of_pb(reading));
		ENSURE(!(real || anchor) || whom.len == 0);
		if (real)
			whom = bytes_of_pb(e->reading_assigned->assessor);
		if (anchor)
			whom = bytes_of_pb(e->anchor_assigned->assessor);
		*anchor_r = anchor || (*anchor_r && !real);
	}
	return whom;
}

/* Nobody reads anything twice, as an anchor or as work. */
static void check_new_to(const struct telling *t, ProtobufCBinaryData assessor,
			 ProtobufCBinaryData submission)
{
	for (size_t i = 0; i < t->at; i++) {
		const Assessment__Event *e = event_at(t->h, i);

		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_READING_COMPLETED)
			ENSURE(!bytes_equal(bytes_of_pb(e->reading_completed->assessor),
					    bytes_of_pb(assessor)) ||
			       !bytes_equal(bytes_of_pb(e->reading_completed->submission),
					    bytes_of_pb(submission)));
		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_ANCHOR_COMPLETED)
			ENSURE(!bytes_equal(bytes_of_pb(e->anchor_completed->assessor),
					    bytes_of_pb(assessor)) ||
			       !bytes_equal(bytes_of_pb(e->anchor_completed->submission),
					    bytes_of_pb(submission)));
	}
}

/* What a reading of an anchor brings about is of seats alone; that others' decisions are read once
 * more is asked for, not decided. */
static void check_touches_no_earner(const struct telling *t)
{
	const struct id *cause = &t->h->events[t->at].record.cause;

	for (size_t i = t->at + 1; i < t->h->n; i++) {
		const Assessment__Event *e = event_at(t->h, i);

		if (!id_equal(&t->h->events[i].record.cause, cause))
			return;
		ENSURE(e != NULL && (e->body_case <= ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED ||
				     e->body_case == ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED ||
				     e->body_case == ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER));
	}
}

/* ---- the telling ---- */

static void tell_reading(struct telling *t, const Assessment__Event *e)
{
	bool anchor = false;
	struct bytes entry, whom;

	if (e->body_case == ASSESSMENT__EVENT__BODY_READING_ASSIGNED) {
		entry = entry_of(t, bytes_of_pb(e->reading_assigned->submission));
		check_stood(t, e->reading_assigned->assessor, pb_of_bytes(entry));
		check_new_to(t, e->reading_assigned->assessor, e->reading_assigned->submission);
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED) {
		if (e->anchor_assigned->attempt == 0)
			check_stood(t, e->anchor_assigned->assessor, e->anchor_assigned->entry);
		else
			ENSURE(seat_of(t, e->anchor_assigned->assessor, e->anchor_assigned->entry)
				       ->calibrating);
		check_new_to(t, e->anchor_assigned->assessor, e->anchor_assigned->submission);
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_READING_COMPLETED) {
		whom = given_to(t, e->reading_completed->reading, &anchor);
		ENSURE(!anchor && bytes_equal(whom, bytes_of_pb(e->reading_completed->assessor)));
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_ANCHOR_COMPLETED) {
		whom = given_to(t, e->anchor_completed->reading, &anchor);
		ENSURE(anchor && bytes_equal(whom, bytes_of_pb(e->anchor_completed->assessor)));
		check_touches_no_earner(t);
		t->tally->seeds += e->anchor_completed->attempt == 0;
	}
}

static void tell_seat(struct telling *t, const Assessment__Event *e)
{
	struct seat *seat;

	if (e->body_case == ASSESSMENT__EVENT__BODY_ASSESSOR_QUALIFIED) {
		seat = seat_of(t, e->assessor_qualified->assessor, e->assessor_qualified->entry);
		*seat = (struct seat){seat->assessor, seat->entry, true, false,
				      e->assessor_qualified->until_us};
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_ASSESSOR_CERTIFIED) {
		seat = seat_of(t, e->assessor_certified->assessor, e->assessor_certified->entry);
		*seat = (struct seat){seat->assessor, seat->entry, true, false,
				      e->assessor_certified->until_us};
		t->tally->certified++;
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_CALIBRATION_STARTED) {
		seat_of(t, e->calibration_started->assessor, e->calibration_started->entry)
			->calibrating = true;
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_CALIBRATION_FAILED) {
		seat_of(t, e->calibration_failed->assessor, e->calibration_failed->entry)
			->calibrating = false;
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED) {
		seat_of(t, e->assessor_suspended->assessor, e->assessor_suspended->entry)->stands =
			false;
		t->tally->suspended++;
	} else if (e->body_case == ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED) {
		seat_of(t, e->assessor_expired->assessor, e->assessor_expired->entry)->stands =
			false;
	}
}

void check_seats(const struct history *assessment, struct tally *tally)
{
	struct telling t = {.h = assessment, .tally = tally};

	for (t.at = 0; t.at < assessment->n; t.at++) {
		const Assessment__Event *e = event_at(assessment, t.at);

		if (e == NULL)
			continue;
		tell_reading(&t, e);
		tell_seat(&t, e);
	}
}
