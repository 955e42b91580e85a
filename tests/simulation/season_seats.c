/* Before the first day of a season: anchors with their truth, and seats earned by reading them. */
#include "tests/simulation/season_parts.h"

#define TRIES 3 /* at a calibration */

/* ---- assessors ---- */

static void register_seat(struct season *s, const struct seat *seat)
{
	Assessment__RegisterAssessor ask = ASSESSMENT__REGISTER_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	struct id district = season_district(seat->district);
	ProtobufCBinaryData org = pb_of_id(&district);

	ask.assessor = pb_of_id(&seat->id);
	ask.orgs = &org;
	ask.n_orgs = 1;
	ask.lead = seat->lead;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd.register_assessor = &ask;
	ENSURE(season_order(s, &cmd) == CAIRN__STATUS__OK);
}

static void grant_seat(struct season *s, const struct seat *seat, const struct id *entry)
{
	Assessment__QualifyAssessor ask = ASSESSMENT__QUALIFY_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_id(&seat->id);
	ask.entry = pb_of_id(entry);
	ask.until_us = s->kit.now_us + 365 * US_PER_DAY;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &ask;
	ENSURE(season_order(s, &cmd) == CAIRN__STATUS__OK);
}

/* ---- anchors ---- */

/* The founders read what waits, until nothing does: they agree, so nothing is disputed. */
static void founders_read(struct season *s, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n; i++) {
		struct seat *founder = &s->seats[s->size.assessors + i];

		while (season_take(s, founder))
			season_complete(s, founder);
	}
}

static bool is_passing(const struct piece *work)
{
	bool passes = true;

	for (unsigned i = 0; i < SEASON_ROWS; i++)
		passes = passes && work->levels[i] == 2;
	return passes;
}

static void rate_anchor(struct season *s, const struct piece *work)
{
	static const char *const levels[] = {"not_yet", "almost", "yes"};
	Assessment__RateAnchor ask = ASSESSMENT__RATE_ANCHOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__TrueRating truth[SEASON_ROWS], *ratings[SEASON_ROWS];

	for (unsigned i = 0; i < SEASON_ROWS; i++) {
		assessment__true_rating__init(&truth[i]);
		truth[i].row = season_text(s, season_rows[i]);
		truth[i].level = season_text(s, levels[work->levels[i]]);
		ratings[i] = &truth[i];
	}
	ask.submission = pb_of_id(&work->id);
	ask.ratings = ratings;
	ask.n_ratings = SEASON_ROWS;
	ask.by = pb_of_id(&s->seats[s->size.assessors].id);
	ask.second = pb_of_id(&s->seats[s->size.assessors + 1].id);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RATE_ANCHOR;
	cmd.rate_anchor = &ask;
	ENSURE(season_order(s, &cmd) == CAIRN__STATUS__OK);
}

/* Every second anchor is work that fell short at first; its author passed with the next attempt,
 * which other founders read. */
static void make_anchor(struct season *s, unsigned entry, unsigned number)
{
	unsigned again = number + SEASON_ENTRIES * SEASON_ANCHORS;
	struct piece *work = &s->work[number], *next = &s->work[again];

	piece_draw(&s->chance, work, number, s->kit.now_us);
	work->entry = entry;
	work->levels[number % SEASON_ROWS] = number % 2 == 0 ? 2 : 1;
	season_seal(s, number, number, 1);
	founders_read(s, 0, 2);
	if (!is_passing(work)) {
		piece_draw(&s->chance, next, again, s->kit.now_us);
		next->entry = entry;
		for (unsigned i = 0; i < SEASON_ROWS; i++)
			next->levels[i] = 2;
		season_seal(s, again, number, 2);
		founders_read(s, 2, 2);
	}
	rate_anchor(s, work);
	kit_forget(&s->kit);
}

/* ---- seats ---- */

static void ask_seat(struct season *s, const struct seat *seat, const struct id *entry,
		     Assessment__Command__BodyCase kind)
{
	Assessment__StartCalibration calibration = ASSESSMENT__START_CALIBRATION__INIT;
	Assessment__StartTraining training = ASSESSMENT__START_TRAINING__INIT;
	Assessment__ApplyForSeat application = ASSESSMENT__APPLY_FOR_SEAT__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	cmd.body_case = kind;
	application.assessor = training.assessor = calibration.assessor = pb_of_id(&seat->id);
	application.entry = training.entry = calibration.entry = pb_of_id(entry);
	if (kind == ASSESSMENT__COMMAND__BODY_APPLY_FOR_SEAT)
		cmd.apply_for_seat = &application;
	else if (kind == ASSESSMENT__COMMAND__BODY_START_TRAINING)
		cmd.start_training = &training;
	else
		cmd.start_calibration = &calibration;
	ENSURE(season_order(s, &cmd) == CAIRN__STATUS__OK);
}

static bool is_certified(struct season *s, const struct seat *seat, const struct id *entry,
			 bool *calibrating_r)
{
	Assessment__GetSeat ask = ASSESSMENT__GET_SEAT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	const Assessment__SeatAnswer *answer;

	ask.assessor = pb_of_id(&seat->id);
	ask.entry = pb_of_id(entry);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_SEAT;
	query.get_seat = &ask;
	ENSURE(kit_ask(&s->kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	answer = ((const Assessment__Answer *)s->kit.answer)->seat;
	*calibrating_r = answer->calibrating;
	return answer->until_us > 0;
}

static void earn_seat(struct season *s, struct seat *seat, const struct id *entry)
{
	bool certified = false, calibrating = true;

	ask_seat(s, seat, entry, ASSESSMENT__COMMAND__BODY_APPLY_FOR_SEAT);
	ask_seat(s, seat, entry, ASSESSMENT__COMMAND__BODY_START_TRAINING);
	for (unsigned i = 0; i < TRIES && !certified; i++) {
		ask_seat(s, seat, entry, ASSESSMENT__COMMAND__BODY_START_CALIBRATION);
		do {
			ENSURE(season_take(s, seat));
			season_complete(s, seat);
			certified = is_certified(s, seat, entry, &calibrating);
		} while (calibrating);
		kit_forget(&s->kit);
	}
	s->n_uncertified += !certified;
}

static void fill_seat(struct season *s, struct seat *seat)
{
	for (unsigned i = 0; i < SEASON_ENTRIES; i++) {
		if ((seat->entries >> i & 1) == 0 || seat->lead)
			continue;
		if (seat->granted)
			grant_seat(s, seat, &s->entries[i]);
		else
			earn_seat(s, seat, &s->entries[i]);
	}
}

void season_fill_seats(struct season *s)
{
	unsigned all = s->size.assessors + SEASON_FOUNDERS;

	for (unsigned i = 0; i < all; i++)
		register_seat(s, &s->seats[i]);
	for (unsigned i = s->size.assessors; i < all; i++)
		fill_seat(s, &s->seats[i]);
	for (unsigned i = 0; i < SEASON_ENTRIES * SEASON_ANCHORS; i++)
		make_anchor(s, i / SEASON_ANCHORS, s->size.submissions + i);
	for (unsigned i = 0; i < s->size.assessors; i++)
		fill_seat(s, &s->seats[i]);
	s->n_released = 0;
	for (unsigned i = 0; i < all; i++)
		s->seats[i].taken = s->seats[i].rows = s->seats[i].wrong = 0;
}
