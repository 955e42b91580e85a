/* What is said in a season: work is sealed, readings taken and completed, disputes settled. */
#include "tests/simulation/season_parts.h"

#include "proto/evidence.pb-c.h"

#include <stdio.h>
#include <string.h>

const char *const season_rows[SEASON_ROWS] = {"lit-101.r1", "lit-101.r2", "lit-101.r3"};
const char *const season_profiles[SEASON_ENTRIES] = {"standard", "standard", "double-read",
						     "launch"};
static const char *const level_codes[] = {"not_yet", "almost", "yes"};

char *season_text(struct season *s, const char *t)
{
	return arena_text(s->kit.arena, bytes_of_text(t));
}

/* ---- what happened ---- */

static struct seat *seat_of(struct season *s, struct bytes assessor)
{
	for (unsigned i = 0; i < s->size.assessors + SEASON_FOUNDERS; i++)
		if (bytes_equal(bytes_of_id(&s->seats[i].id), assessor))
			return &s->seats[i];
	return NULL;
}

/* A reading, or that of an anchor: to the assessor they are the same. */
static void hear_assigned(struct season *s, ProtobufCBinaryData assessor,
			  ProtobufCBinaryData reading, ProtobufCBinaryData submission)
{
	struct seat *seat = seat_of(s, bytes_of_pb(assessor));

	ENSURE(seat != NULL);
	seat->reading = id_of_bytes(bytes_of_pb(reading));
	seat->work = piece_number(bytes_of_pb(submission));
}

static void hear_released(struct season *s, const Assessment__DecisionReleased *released)
{
	struct piece *work = &s->work[piece_number(bytes_of_pb(released->submission))];

	work->passed = released->passed;
	if (released->supersedes.len > 0) {
		s->n_overturned++;
		return;
	}
	ENSURE(work->released_us == 0);
	work->released_us = s->kit.now_us;
	work->reads = released->reads;
	s->n_released++;
}

static void hear_doubt(struct season *s, ProtobufCBinaryData assessor, bool suspended)
{
	struct seat *seat = seat_of(s, bytes_of_pb(assessor));
	int *day;

	ENSURE(seat != NULL);
	day = suspended ? &seat->suspended_day : &seat->watch_day;
	if (*day < 0)
		*day = s->day;
}

static uint8_t entry_bit(const struct season *s, ProtobufCBinaryData entry)
{
	unsigned i = 0;

	while (!bytes_equal(bytes_of_id(&s->entries[i]), bytes_of_pb(entry)))
		ENSURE(++i < SEASON_ENTRIES);
	return (uint8_t)(1U << i);
}

static void hear(struct season *s, const Assessment__Event *event)
{
	const Assessment__ReadingAssigned *assigned;
	const Assessment__AnchorAssigned *anchor;

	switch (event->body_case) {
	case ASSESSMENT__EVENT__BODY_READING_ASSIGNED:
		assigned = event->reading_assigned;
		hear_assigned(s, assigned->assessor, assigned->reading, assigned->submission);
		break;
	case ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED:
		anchor = event->anchor_assigned;
		hear_assigned(s, anchor->assessor, anchor->reading, anchor->submission);
		s->n_seeds += anchor->attempt == 0;
		break;
	case ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED:
		s->disputed[s->n_disputed++] =
			piece_number(bytes_of_pb(event->adjudication_requested->submission));
		break;
	case ASSESSMENT__EVENT__BODY_ASSESSOR_PLACED_ON_WATCH:
		hear_doubt(s, event->assessor_placed_on_watch->assessor, false);
		break;
	case ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED:
		hear_doubt(s, event->assessor_suspended->assessor, true);
		break;
	case ASSESSMENT__EVENT__BODY_SURGE_REQUESTED:
		s->surges |= entry_bit(s, event->surge_requested->entry);
		s->n_surges++;
		break;
	case ASSESSMENT__EVENT__BODY_SURGE_ENDED:
		s->surges &= (uint8_t)~entry_bit(s, event->surge_ended->entry);
		break;
	case ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED:
		s->n_reviews++;
		break;
	case ASSESSMENT__EVENT__BODY_DECISION_RELEASED:
		hear_released(s, event->decision_released);
		break;
	default:
		break;
	}
}

void season_hear(struct season *s)
{
	const Assessment__Event *event;

	while ((event = (const Assessment__Event *)kit_next_event(&s->kit, NULL)) != NULL)
		hear(s, event);
}

Cairn__Status season_say(struct season *s, const struct id *actor, const Assessment__Command *cmd)
{
	Cairn__Status status =
		kit_send_as(&s->kit, kit_id(&s->kit), READER_ROLES, bytes_of_id(actor), &cmd->base);

	season_hear(s);
	return status;
}

Cairn__Status season_order(struct season *s, const Assessment__Command *cmd)
{
	Cairn__Status status = kit_send(&s->kit, BYTES_NONE, &cmd->base);

	season_hear(s);
	return status;
}

/* ---- sealing ---- */

struct id season_district(unsigned district)
{
	char name[32];

	snprintf(name, sizeof name, "district %u", district);
	return id_of_name("org", name);
}

void season_seal(struct season *s, unsigned number, unsigned author, uint32_t attempt)
{
	Evidence__SubmissionSealed sealed = EVIDENCE__SUBMISSION_SEALED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct piece *work = &s->work[number];
	struct id educator, portfolio, district = season_district(work->district);
	char *rows[SEASON_ROWS], name[32];

	snprintf(name, sizeof name, "%u", author);
	educator = id_of_name("educator", name);
	portfolio = id_of_name("enrollment", name);
	for (unsigned i = 0; i < SEASON_ROWS; i++)
		rows[i] = season_text(s, season_rows[i]);
	sealed.submission = pb_of_id(&work->id);
	sealed.portfolio = pb_of_id(&portfolio);
	sealed.educator = pb_of_id(&educator);
	sealed.entry = pb_of_id(&s->entries[work->entry]);
	sealed.version = sealed.profile_version = 1;
	sealed.attempt = attempt;
	sealed.district = pb_of_id(&district);
	sealed.manifest_sha256 = pb_of_bytes(BYTES_OF(s->kit.caps.noise_key));
	sealed.sealed_us = s->kit.now_us;
	sealed.due_us = s->kit.now_us + 7 * US_PER_DAY;
	sealed.limit_us = s->kit.now_us + SEASON_LIMIT_DAYS * US_PER_DAY;
	sealed.profile = season_text(s, season_profiles[work->entry]);
	sealed.rows = rows;
	sealed.n_rows = SEASON_ROWS;
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_SEALED;
	event.submission_sealed = &sealed;
	kit_upstream(&s->kit, "evidence.0.log", bytes_of_id(&work->id), &event.base);
	season_hear(s);
}

/* ---- reading ---- */

bool season_take(struct season *s, struct seat *seat)
{
	struct id reading = id_of_bytes(kit_id(&s->kit));
	Assessment__NextReading ask = ASSESSMENT__NEXT_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_id(&seat->id);
	ask.reading = pb_of_id(&reading);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &ask;
	if (season_say(s, &seat->id, &cmd) != CAIRN__STATUS__OK)
		return false;
	seat->taken++;
	seat->ready_us = s->kit.now_us + (1 + (int64_t)chance_below(&s->chance, 3)) * US_PER_HOUR;
	when_evidence_opened(&s->kit, bytes_of_id(&s->work[seat->work].id), bytes_of_id(&reading));
	season_hear(s);
	return true;
}

static Assessment__Rating *rate(struct season *s, struct seat *seat, unsigned row)
{
	Assessment__Rating *r = arena_alloc(s->kit.arena, sizeof *r);
	uint8_t level = level_seen(&s->chance, seat, s->work[seat->work].levels[row], s->day);

	assessment__rating__init(r);
	r->row = season_text(s, season_rows[row]);
	r->level = season_text(s, level_codes[level]);
	r->confidence = chance_percent(&s->chance, 3) ? 2 : 4;
	if (level < 2)
		r->feedback = words_text(&s->kit, FEEDBACK_WORDS, "more");
	return r;
}

void season_complete(struct season *s, struct seat *seat)
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
	ENSURE(season_say(s, &seat->id, &cmd) == CAIRN__STATUS__OK);
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

	while (strcmp(season_rows[i], code) != 0)
		ENSURE(++i < SEASON_ROWS);
	return i;
}

bool season_adjudicate(struct season *s, struct seat *lead, unsigned number)
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
	return season_say(s, &lead->id, &cmd) == CAIRN__STATUS__OK;
}
