/* The run of a season: who seals, reads and adjudicates, hour by hour. */
#include "tests/simulation/season.h"

#include "proto/evidence.pb-c.h"
#include "services/assessment/assessment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOURS_OF_WORK 12
#define DAYS_AFTER 28 /* after the deadline, until all is read */
/* The season's last weeks are busier and busier: its last day has five times the mean day's work
 * (DOMAIN.md 6.2). */
#define BUSY_DAYS 42
#define LAST_DAY_TIMES 5.0

static const char *const row_codes[SEASON_ROWS] = {"lit-101.r1", "lit-101.r2", "lit-101.r3"};
static const char *const level_codes[] = {"not_yet", "almost", "yes"};
static const char *const profiles[SEASON_ENTRIES] = {"standard", "standard", "double-read",
						     "launch"};

static char *text(struct season *s, const char *t)
{
	return arena_text(s->kit.arena, bytes_of_text(t));
}

/* ---- what happened ---- */

static struct seat *seat_of(struct season *s, struct bytes assessor)
{
	for (unsigned i = 0; i < s->size.assessors; i++)
		if (bytes_equal(bytes_of_id(&s->seats[i].id), assessor))
			return &s->seats[i];
	return NULL;
}

static void hear(struct season *s, const Assessment__Event *event)
{
	struct piece *work;

	switch (event->body_case) {
	case ASSESSMENT__EVENT__BODY_READING_ASSIGNED: {
		struct seat *seat = seat_of(s, bytes_of_pb(event->reading_assigned->assessor));

		ENSURE(seat != NULL);
		seat->reading = id_of_bytes(bytes_of_pb(event->reading_assigned->reading));
		seat->work = piece_number(bytes_of_pb(event->reading_assigned->submission));
		break;
	}
	case ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED:
		s->disputed[s->n_disputed++] =
			piece_number(bytes_of_pb(event->adjudication_requested->submission));
		break;
	case ASSESSMENT__EVENT__BODY_DECISION_RELEASED:
		work = &s->work[piece_number(bytes_of_pb(event->decision_released->submission))];
		ENSURE(work->released_us == 0);
		work->released_us = s->kit.now_us;
		work->reads = event->decision_released->reads;
		work->passed = event->decision_released->passed;
		s->n_released++;
		break;
	default:
		break;
	}
}

static void hear_all(struct season *s)
{
	const Assessment__Event *event;

	while ((event = (const Assessment__Event *)kit_next_event(&s->kit, NULL)) != NULL)
		hear(s, event);
}

static Cairn__Status say(struct season *s, const struct id *actor, const Assessment__Command *cmd)
{
	Cairn__Status status =
		kit_send_as(&s->kit, kit_id(&s->kit), READER_ROLES, bytes_of_id(actor), &cmd->base);

	hear_all(s);
	return status;
}

/* ---- sealing ---- */

static struct id district_id(unsigned district)
{
	char name[32];

	snprintf(name, sizeof name, "district %u", district);
	return id_of_name("org", name);
}

static void seal_work(struct season *s, unsigned number)
{
	Evidence__SubmissionSealed sealed = EVIDENCE__SUBMISSION_SEALED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct piece *work = &s->work[number];
	struct id educator, portfolio, district;
	char *rows[SEASON_ROWS], name[32];

	piece_draw(&s->chance, work, number, s->kit.now_us);
	snprintf(name, sizeof name, "%u", number);
	educator = id_of_name("educator", name);
	portfolio = id_of_name("enrollment", name);
	district = district_id(work->district);
	for (unsigned i = 0; i < SEASON_ROWS; i++)
		rows[i] = text(s, row_codes[i]);
	sealed.submission = pb_of_id(&work->id);
	sealed.portfolio = pb_of_id(&portfolio);
	sealed.educator = pb_of_id(&educator);
	sealed.entry = pb_of_id(&s->entries[work->entry]);
	sealed.version = sealed.attempt = sealed.profile_version = 1;
	sealed.district = pb_of_id(&district);
	sealed.manifest_sha256 = pb_of_bytes(BYTES_OF(s->kit.caps.noise_key));
	sealed.sealed_us = s->kit.now_us;
	sealed.due_us = s->kit.now_us + 7 * US_PER_DAY;
	sealed.limit_us = s->kit.now_us + 14 * US_PER_DAY;
	sealed.profile = text(s, profiles[work->entry]);
	sealed.rows = rows;
	sealed.n_rows = SEASON_ROWS;
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_SEALED;
	event.submission_sealed = &sealed;
	kit_upstream(&s->kit, "evidence.0.log", bytes_of_id(&work->id), &event.base);
	hear_all(s);
}

/* How many of the season's submissions are sealed before the end of the day. */
static unsigned sealed_by(const struct season *s, int day)
{
	double sum = 0, all = 0;

	for (int d = 0; d < s->size.days; d++) {
		double late = MAX(0, d - (s->size.days - BUSY_DAYS)) / (double)BUSY_DAYS;
		double weight = 1 + (LAST_DAY_TIMES * 1.4 - 1) * late * late * late;

		all += weight;
		sum += d <= day ? weight : 0;
	}
	return (unsigned)lround(s->size.submissions * sum / all);
}

static void seal_some(struct season *s, int hour)
{
	unsigned before = s->day == 0 ? 0 : sealed_by(s, s->day - 1);
	unsigned today = s->day < s->size.days ? sealed_by(s, s->day) - before : 0;
	unsigned until = before + today * ((unsigned)hour + 1) / HOURS_OF_WORK;

	if (s->day >= s->size.days)
		return;
	while (s->n_work < until)
		seal_work(s, s->n_work++);
}

/* ---- reading ---- */

static void take_next(struct season *s, struct seat *seat)
{
	struct id reading = id_of_bytes(kit_id(&s->kit));
	Assessment__NextReading ask = ASSESSMENT__NEXT_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_id(&seat->id);
	ask.reading = pb_of_id(&reading);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &ask;
	seat->quota--;
	if (say(s, &seat->id, &cmd) != CAIRN__STATUS__OK)
		return;
	seat->taken++;
	s->readings++;
	seat->ready_us = s->kit.now_us + (1 + (int64_t)chance_below(&s->chance, 3)) * US_PER_HOUR;
	when_evidence_opened(&s->kit, bytes_of_id(&s->work[seat->work].id), bytes_of_id(&reading));
	hear_all(s);
}

static Assessment__Rating *rate(struct season *s, struct seat *seat, unsigned row)
{
	Assessment__Rating *r = arena_alloc(s->kit.arena, sizeof *r);
	uint8_t level = level_seen(&s->chance, seat, s->work[seat->work].levels[row], s->day);

	assessment__rating__init(r);
	r->row = text(s, row_codes[row]);
	r->level = text(s, level_codes[level]);
	r->confidence = chance_percent(&s->chance, 3) ? 2 : 4;
	if (level < 2)
		r->feedback = words_text(&s->kit, FEEDBACK_WORDS, "more");
	return r;
}

static void complete(struct season *s, struct seat *seat)
{
	Assessment__CompleteReading ask = ASSESSMENT__COMPLETE_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	struct id reading = seat->reading;
	Assessment__Rating *ratings[SEASON_ROWS];

	for (unsigned i = 0; i < SEASON_ROWS; i++)
		ratings[i] = rate(s, seat, i);
	ask.reading = pb_of_id(&reading);
	ask.ratings = ratings;
	ask.n_ratings = SEASON_ROWS;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_COMPLETE_READING;
	cmd.complete_reading = &ask;
	seat->reading = ID_NONE;
	ENSURE(say(s, &seat->id, &cmd) == CAIRN__STATUS__OK);
}

static void read_some(struct season *s)
{
	for (unsigned i = 0; i < s->size.assessors; i++) {
		struct seat *seat = &s->seats[i];

		if (!id_is_none(&seat->reading) && seat->ready_us <= s->kit.now_us)
			complete(s, seat);
		if (id_is_none(&seat->reading) && seat->quota > 0)
			take_next(s, seat);
	}
}

/* ---- disputes ---- */

static const Assessment__AdjudicationAnswer *ask_disputed(struct season *s, unsigned number)
{
	Assessment__GetAdjudication ask = ASSESSMENT__GET_ADJUDICATION__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.submission = pb_of_id(&s->work[number].id);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_ADJUDICATION;
	query.get_adjudication = &ask;
	ENSURE(kit_ask(&s->kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)s->kit.answer)->adjudication;
}

static unsigned row_number(const char *code)
{
	unsigned i = 0;

	while (strcmp(row_codes[i], code) != 0)
		ENSURE(++i < SEASON_ROWS);
	return i;
}

static bool adjudicate(struct season *s, struct seat *lead, unsigned number)
{
	const Assessment__AdjudicationAnswer *disputed = ask_disputed(s, number);
	Assessment__Adjudicate ask = ASSESSMENT__ADJUDICATE__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__Rating *ratings[SEASON_ROWS];

	lead->work = number;
	for (size_t i = 0; i < disputed->n_rows; i++)
		ratings[i] = rate(s, lead, row_number(disputed->rows[i]));
	ask.submission = pb_of_id(&s->work[number].id);
	ask.assessor = pb_of_id(&lead->id);
	ask.n_ratings = disputed->n_rows;
	ask.ratings = ratings;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_ADJUDICATE;
	cmd.adjudicate = &ask;
	return say(s, &lead->id, &cmd) == CAIRN__STATUS__OK;
}

static void adjudicate_some(struct season *s)
{
	unsigned n = s->n_disputed, kept = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned number = s->disputed[i];
		unsigned lead = (unsigned)chance_below(&s->chance, s->size.assessors) / 10 * 10;

		if (adjudicate(s, &s->seats[lead], number))
			s->n_adjudicated++;
		else
			s->disputed[kept++] = number;
	}
	s->n_disputed = kept;
}

/* ---- days ---- */

static void begin_day(struct season *s)
{
	for (unsigned i = 0; i < s->size.assessors; i++) {
		struct seat *seat = &s->seats[i];
		bool reads = s->day % 7 < 5 && chance_share(&s->chance) < seat->busy;

		seat->quota = reads && !seat->lead ? 3 + (unsigned)chance_below(&s->chance, 6) : 0;
		if (seat->weak_day < 0 && accuracy_on(seat, s->day) < ACCURACY_NEEDED)
			seat->weak_day = s->day;
	}
}

void season_run(struct season *s)
{
	int64_t begin_us = s->kit.now_us;

	for (s->day = 0; s->day < s->size.days + DAYS_AFTER; s->day++) {
		begin_day(s);
		for (int hour = 0; hour < HOURS_OF_WORK; hour++) {
			kit_advance(&s->kit, US_PER_HOUR);
			kit_forget(&s->kit);
			hear_all(s);
			seal_some(s, hour);
			read_some(s);
			adjudicate_some(s);
		}
		kit_advance(&s->kit, begin_us + (s->day + 1) * US_PER_DAY - s->kit.now_us);
	}
	s->day--;
}

/* ---- before the first day ---- */

static void open_entries(struct season *s)
{
	for (unsigned i = 0; i < SEASON_ENTRIES; i++) {
		Enrollment__Entry entry = *kit_entry();
		char code[32];

		snprintf(code, sizeof code, "season-%u", i);
		s->entries[i] = id_of_name("entry", code);
		entry.entry = pb_of_id(&s->entries[i]);
		entry.code = text(s, code);
		entry.profile = text(s, profiles[i]);
		tell_entry(&s->kit, &entry);
	}
}

static void register_seat(struct season *s, const struct seat *seat)
{
	Assessment__RegisterAssessor ask = ASSESSMENT__REGISTER_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	struct id district = district_id(seat->district);
	ProtobufCBinaryData org = pb_of_id(&district);

	ask.assessor = pb_of_id(&seat->id);
	ask.orgs = &org;
	ask.n_orgs = 1;
	ask.lead = seat->lead;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd.register_assessor = &ask;
	ENSURE(kit_send(&s->kit, BYTES_NONE, &cmd.base) == CAIRN__STATUS__OK);
}

static void qualify_seat(struct season *s, const struct seat *seat)
{
	for (unsigned i = 0; i < SEASON_ENTRIES; i++) {
		Assessment__QualifyAssessor ask = ASSESSMENT__QUALIFY_ASSESSOR__INIT;
		Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

		if ((seat->entries >> i & 1) == 0)
			continue;
		ask.assessor = pb_of_id(&seat->id);
		ask.entry = pb_of_id(&s->entries[i]);
		ask.until_us = s->kit.now_us + 365 * US_PER_DAY;
		cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
		cmd.qualify_assessor = &ask;
		ENSURE(kit_send(&s->kit, BYTES_NONE, &cmd.base) == CAIRN__STATUS__OK);
	}
}

void season_open(struct season *s, uint64_t seed, const struct season_size *size)
{
	*s = (struct season){.size = *size, .chance = {seed}};
	s->seats = calloc(size->assessors, sizeof *s->seats);
	s->work = calloc(size->submissions, sizeof *s->work);
	s->disputed = calloc(size->submissions, sizeof *s->disputed);
	ENSURE(s->seats != NULL && s->work != NULL && s->disputed != NULL);
	reading_kit_open(&s->kit, "standard");
	open_entries(s);
	seats_draw(&s->chance, s->seats, size->assessors);
	for (unsigned i = 0; i < size->assessors; i++) {
		register_seat(s, &s->seats[i]);
		qualify_seat(s, &s->seats[i]);
	}
	hear_all(s);
}

void season_close(struct season *s)
{
	kit_close(&s->kit);
	free(s->seats);
	free(s->work);
	free(s->disputed);
}
