/* Seats under a kit: anchors, applications, calibrations. */
#include "tests/support/seat_kit.h"

#include "services/assessment/tables.h"

#include <string.h>

static const char *const row_codes[] = {"lit-101.r1", "lit-101.r2", "lit-101.r3"};

void seat_kit_open(struct kit *k)
{
	Enrollment__Entry entry = *kit_entry();
	Enrollment__Policy policy = *kit_policy();

	reading_kit_open_empty(k);
	entry.profile = arena_text(k->arena, bytes_of_text("double-read"));
	policy.daily_cap = 1000;
	tell_policy(k, &policy);
	tell_calendar(k);
	tell_profile(k, kit_profile("standard"));
	tell_profile(k, kit_profile("double-read"));
	tell_entry(k, &entry);
	given_reader(k, FIRST_READER);
	given_reader(k, SECOND_READER);
}

void tell_seeds(struct kit *k, uint32_t permille, uint32_t window)
{
	Enrollment__Policy policy = *kit_policy();

	policy.version = policy_get(kit_view(k), 0, k->arena)->version + 1;
	policy.daily_cap = 1000;
	policy.seed_permille = permille;
	policy.seed_window = policy.seeds_needed = window;
	tell_policy(k, &policy);
}

/* ---- anchors ---- */

struct bytes given_passed(struct kit *k, const char *educator)
{
	struct bytes work = given_work(
		k, &(struct work){.educator = educator, .due_us = k->now_us + US_PER_HOUR});

	given_read_twice(k, FIRST_READER, SECOND_READER, "yes yes yes", "yes yes yes");
	return work;
}

static void fill_truth(struct kit *k, const char *levels, Assessment__RateAnchor *ask)
{
	char *rest = arena_text(k->arena, bytes_of_text(levels)), *at = NULL;

	ask->ratings = arena_alloc(k->arena, ARRAY_LEN(row_codes) * sizeof *ask->ratings);
	for (size_t i = 0; i < ARRAY_LEN(row_codes); i++) {
		Assessment__TrueRating *r = arena_alloc(k->arena, sizeof *r);
		char *level = strtok_r(i == 0 ? rest : NULL, " ", &at);

		if (level == NULL || strcmp(level, "-") == 0)
			continue;
		assessment__true_rating__init(r);
		r->row = arena_text(k->arena, bytes_of_text(row_codes[i]));
		r->level = level;
		ask->ratings[ask->n_ratings++] = r;
	}
}

static Assessment__Command rate_command(Assessment__RateAnchor *ask)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	cmd.body_case = ASSESSMENT__COMMAND__BODY_RATE_ANCHOR;
	cmd.rate_anchor = ask;
	return cmd;
}

Cairn__Status when_anchor_rated(struct kit *k, struct bytes submission, const char *levels)
{
	Assessment__RateAnchor ask = ASSESSMENT__RATE_ANCHOR__INIT;
	Assessment__Command cmd = rate_command(&ask);

	ask.submission = pb_of_bytes(submission);
	ask.by = pb_of_bytes(READER("dean"));
	ask.second = pb_of_bytes(READER("head"));
	fill_truth(k, levels, &ask);
	return kit_send(k, BYTES_NONE, &cmd.base);
}

Cairn__Status when_lead_rates(struct kit *k, struct bytes submission, const char *lead,
			      const char *levels)
{
	Assessment__RateAnchor ask = ASSESSMENT__RATE_ANCHOR__INIT;
	Assessment__Command cmd = rate_command(&ask);

	ask.submission = pb_of_bytes(submission);
	ask.by = pb_of_bytes(READER(lead));
	fill_truth(k, levels, &ask);
	return kit_send_as(k, kit_id(k), READER_ROLES, READER(lead), &cmd.base);
}

Cairn__Status when_anchor_withdrawn(struct kit *k, struct bytes submission, const char *why)
{
	Assessment__WithdrawAnchor ask = ASSESSMENT__WITHDRAW_ANCHOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(submission);
	ask.why = arena_text(k->arena, bytes_of_text(why));
	cmd.body_case = ASSESSMENT__COMMAND__BODY_WITHDRAW_ANCHOR;
	cmd.withdraw_anchor = &ask;
	return kit_send(k, BYTES_NONE, &cmd.base);
}

void given_anchors(struct kit *k, unsigned n, const char *levels)
{
	for (unsigned i = 0; i < n; i++) {
		const char *educator =
			arena_printf(k->arena, "author-%llu", (unsigned long long)k->seen_seq);
		struct bytes work;

		work = given_passed(k, educator);
		forget_events(k);
		ENSURE(when_anchor_rated(k, work, levels) == CAIRN__STATUS__OK);
	}
}

/* ---- the way to a certificate ---- */

Cairn__Status when_applied(struct kit *k, const char *reader)
{
	Assessment__ApplyForSeat ask = ASSESSMENT__APPLY_FOR_SEAT__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(READER(reader));
	ask.entry = pb_of_bytes(LIT_101);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_APPLY_FOR_SEAT;
	cmd.apply_for_seat = &ask;
	return kit_send_as(k, kit_id(k), READER_ROLES, READER(reader), &cmd.base);
}

Cairn__Status when_trained(struct kit *k, const char *reader)
{
	Assessment__StartTraining ask = ASSESSMENT__START_TRAINING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(READER(reader));
	ask.entry = pb_of_bytes(LIT_101);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_START_TRAINING;
	cmd.start_training = &ask;
	return kit_send(k, BYTES_NONE, &cmd.base);
}

Cairn__Status when_calibration_starts(struct kit *k, const char *reader)
{
	Assessment__StartCalibration ask = ASSESSMENT__START_CALIBRATION__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(READER(reader));
	ask.entry = pb_of_bytes(LIT_101);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_START_CALIBRATION;
	cmd.start_calibration = &ask;
	return kit_send_as(k, kit_id(k), READER_ROLES, READER(reader), &cmd.base);
}

void given_in_training(struct kit *k, const char *reader)
{
	given_registered(k, reader, NULL, false);
	ENSURE(when_applied(k, reader) == CAIRN__STATUS__OK);
	ENSURE(when_trained(k, reader) == CAIRN__STATUS__OK);
}

static struct bytes given_out(const Assessment__Event *event, bool *is_anchor_r)
{
	*is_anchor_r = event->body_case == ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED;
	if (*is_anchor_r)
		return bytes_of_pb(event->anchor_assigned->submission);
	ENSURE(event->body_case == ASSESSMENT__EVENT__BODY_READING_ASSIGNED);
	return bytes_of_pb(event->reading_assigned->submission);
}

struct bytes take_any(struct kit *k, const char *reader, bool *is_anchor_r)
{
	struct bytes reading = kit_id(k), submission;
	bool is_anchor;

	forget_events(k);
	ENSURE(when_next(k, reader, reading) == CAIRN__STATUS__OK);
	submission = given_out((const Assessment__Event *)kit_next_event(k, NULL), &is_anchor);
	when_evidence_opened(k, submission, reading);
	if (is_anchor_r != NULL)
		*is_anchor_r = is_anchor;
	return reading;
}

void when_calibrated(struct kit *k, const char *reader, const char *levels)
{
	bool is_anchor;

	ENSURE(when_calibration_starts(k, reader) == CAIRN__STATUS__OK);
	while (seat_of_reader(k, reader)->calibrating) {
		struct bytes reading = take_any(k, reader, &is_anchor);

		ENSURE(is_anchor);
		ENSURE(when_rated(k, reading, levels) == CAIRN__STATUS__OK);
	}
}

/* ---- questions ---- */

const Assessment__SeatAnswer *seat_of_reader(struct kit *k, const char *reader)
{
	Assessment__GetSeat ask = ASSESSMENT__GET_SEAT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.assessor = pb_of_bytes(READER(reader));
	ask.entry = pb_of_bytes(LIT_101);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_SEAT;
	query.get_seat = &ask;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)k->answer)->seat;
}
