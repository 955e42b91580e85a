/* The commands of a journey. */
#include "tests/bench/journey.h"

#include "libshared/blobs.h"
#include "libshared/clock.h"
#include "libshared/decision.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "tests/support/kit.h"

#include <string.h>

#define PATIENCE_US (60 * US_PER_S)
#define CONTENT_BYTES 300
#define WORDS "one two three four five six seven eight nine ten eleven twelve"

static void submit(struct journey_clients *c, struct client *to, const struct id *actor,
		   const ProtobufCMessage *message, uint64_t token)
{
	struct ask ask = {.message = message, .actor = bytes_of_id(actor)};

	client_submit(to, &ask, clock_mono_us() + PATIENCE_US, token);
	arena_reset(c->arena);
}

static char *text_of(struct journey_clients *c, const char *text)
{
	return arena_text(c->arena, bytes_of_text(text));
}

/* ---- the teacher ---- */

struct teacher teacher_make(struct journey_clients *c, size_t number)
{
	int64_t now_us = clock_wall_us();
	struct teacher t = {.number = number};

	t.educator = id_make(&c->ids, now_us);
	t.enrollment = id_make(&c->ids, now_us);
	t.submission = id_make(&c->ids, now_us);
	for (size_t i = 0; i < JOURNEY_ITEMS; i++)
		t.artifacts[i] = id_make(&c->ids, now_us);
	return t;
}

typedef void say_fn(struct journey_clients *c, const struct teacher *t, unsigned item,
		    uint64_t token);

static void say_register(struct journey_clients *c, const struct teacher *t, unsigned item,
			 uint64_t token)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__RegisterEducator educator = ENROLLMENT__REGISTER_EDUCATOR__INIT;
	Enrollment__Person person = ENROLLMENT__PERSON__INIT;

	(void)item;
	person.handle = arena_printf(c->arena, "educator-%zu", t->number);
	person.name = arena_printf(c->arena, "Educator Number %zu", t->number);
	person.email = arena_printf(c->arena, "educator-%zu@school.example", t->number);
	educator.educator = pb_of_id(&t->educator);
	educator.person = &person;
	educator.language = text_of(c, "en");
	cmd.body_case = ENROLLMENT__COMMAND__BODY_REGISTER_EDUCATOR;
	cmd.register_educator = &educator;
	submit(c, c->enrollment, &t->educator, &cmd.base, token);
}

static void say_enroll(struct journey_clients *c, const struct teacher *t, unsigned item,
		       uint64_t token)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__Enroll enroll = ENROLLMENT__ENROLL__INIT;

	(void)item;
	enroll.enrollment = pb_of_id(&t->enrollment);
	enroll.educator = pb_of_id(&t->educator);
	enroll.entry = kit_entry()->entry;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_ENROLL;
	cmd.enroll = &enroll;
	submit(c, c->enrollment, &t->educator, &cmd.base, token);
}

/* No two artifacts are alike. */
static struct bytes content_of(struct journey_clients *c, const struct id *artifact)
{
	uint8_t *data = arena_alloc(c->arena, CONTENT_BYTES);

	for (size_t i = 0; i < CONTENT_BYTES; i++)
		data[i] = artifact->b[i % ID_LEN];
	return (struct bytes){data, CONTENT_BYTES};
}

static void say_evidence(struct journey_clients *c, const struct teacher *t,
			 const Evidence__Command *cmd, uint64_t token)
{
	submit(c, c->evidence, &t->educator, &cmd->base, token);
}

static void say_begin(struct journey_clients *c, const struct teacher *t, unsigned item,
		      uint64_t token)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__BeginArtifact begin = EVIDENCE__BEGIN_ARTIFACT__INIT;
	uint8_t hash[SHA256_LEN];

	sha256(content_of(c, &t->artifacts[item]), hash);
	begin.artifact = pb_of_id(&t->artifacts[item]);
	begin.portfolio = pb_of_id(&t->enrollment);
	begin.requirement = kit_entry()->requirements[item]->code;
	begin.media_type = kit_media()->kinds[item]->types[0];
	begin.bytes = CONTENT_BYTES;
	begin.sha256 = pb_of_bytes(BYTES_OF(hash));
	begin.captured_on = text_of(c, "2026-01-05");
	cmd.body_case = EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT;
	cmd.begin_artifact = &begin;
	say_evidence(c, t, &cmd, token);
}

static void say_put(struct journey_clients *c, const struct teacher *t, unsigned item,
		    uint64_t token)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__PutPart put = EVIDENCE__PUT_PART__INIT;

	put.artifact = pb_of_id(&t->artifacts[item]);
	put.data = pb_of_bytes(content_of(c, &t->artifacts[item]));
	cmd.body_case = EVIDENCE__COMMAND__BODY_PUT_PART;
	cmd.put_part = &put;
	say_evidence(c, t, &cmd, token);
}

static void say_finish(struct journey_clients *c, const struct teacher *t, unsigned item,
		       uint64_t token)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__FinishArtifact finish = EVIDENCE__FINISH_ARTIFACT__INIT;

	finish.artifact = pb_of_id(&t->artifacts[item]);
	cmd.body_case = EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT;
	cmd.finish_artifact = &finish;
	say_evidence(c, t, &cmd, token);
}

static void say_consent(struct journey_clients *c, const struct teacher *t, unsigned item,
			uint64_t token)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__RecordConsent record = EVIDENCE__RECORD_CONSENT__INIT;
	struct id consent = id_make(&c->ids, clock_wall_us());

	record.artifact = pb_of_id(&t->artifacts[item]);
	record.consent = pb_of_id(&consent);
	record.scope = text_of(c, "assessment");
	record.basis = EVIDENCE__CONSENT_BASIS__PARENT;
	record.given_by_role = text_of(c, "parent");
	record.expires = text_of(c, "2199-06-30");
	cmd.body_case = EVIDENCE__COMMAND__BODY_RECORD_CONSENT;
	cmd.record_consent = &record;
	say_evidence(c, t, &cmd, token);
}

static void say_attest(struct journey_clients *c, const struct teacher *t, unsigned item,
		       uint64_t token)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__AttestNoIdentifiers attest = EVIDENCE__ATTEST_NO_IDENTIFIERS__INIT;

	attest.artifact = pb_of_id(&t->artifacts[item]);
	cmd.body_case = EVIDENCE__COMMAND__BODY_ATTEST_NO_IDENTIFIERS;
	cmd.attest_no_identifiers = &attest;
	say_evidence(c, t, &cmd, token);
}

/* The reflection is the last question. */
static void say_answer(struct journey_clients *c, const struct teacher *t, unsigned item,
		       uint64_t token)
{
	const Enrollment__Entry *entry = kit_entry();
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__SaveAnswer save = EVIDENCE__SAVE_ANSWER__INIT;

	save.portfolio = pb_of_id(&t->enrollment);
	save.question =
		item < entry->n_questions ? entry->questions[item]->code : entry->reflection->code;
	save.text = arena_printf(c->arena, "%zu " WORDS, t->number);
	cmd.body_case = EVIDENCE__COMMAND__BODY_SAVE_ANSWER;
	cmd.save_answer = &save;
	say_evidence(c, t, &cmd, token);
}

static void say_seal(struct journey_clients *c, const struct teacher *t, unsigned item,
		     uint64_t token)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__Seal seal = EVIDENCE__SEAL__INIT;

	(void)item;
	seal.submission = pb_of_id(&t->submission);
	seal.portfolio = pb_of_id(&t->enrollment);
	seal.own_work = true;
	seal.ai_use = text_of(c, "none");
	cmd.body_case = EVIDENCE__COMMAND__BODY_SEAL;
	cmd.seal = &seal;
	say_evidence(c, t, &cmd, token);
}

static const struct step {
	say_fn *say;
	unsigned item;
} steps[] = {
	{say_register, 0}, {say_enroll, 0}, {say_begin, 0},  {say_put, 0},     {say_finish, 0},
	{say_begin, 1},    {say_put, 1},    {say_finish, 1}, {say_consent, 1}, {say_begin, 2},
	{say_put, 2},      {say_finish, 2}, {say_attest, 2}, {say_answer, 0},  {say_answer, 1},
	{say_answer, 2},   {say_seal, 0},
};
_Static_assert(ARRAY_LEN(steps) == JOURNEY_STEPS, "as many as are said to be");

void teacher_say(struct journey_clients *c, const struct teacher *t, uint64_t token)
{
	steps[t->step].say(c, t, steps[t->step].item, token);
}

bool teacher_is_early(const struct teacher *t, const struct client_answer *answer)
{
	return steps[t->step].say == say_begin && answer->status == CAIRN__STATUS__REJECTED &&
	       answer->reason == EVIDENCE__REASON__UNKNOWN_PORTFOLIO;
}

/* ---- the reader ---- */

enum { ASK, OPEN, COMPLETE };

static void say_next(struct journey_clients *c, struct reader *r, uint64_t token)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__NextReading next = ASSESSMENT__NEXT_READING__INIT;

	r->reading = id_make(&c->ids, clock_wall_us());
	next.assessor = pb_of_id(&r->assessor);
	next.reading = pb_of_id(&r->reading);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &next;
	submit(c, c->assessment, &r->assessor, &cmd.base, token);
}

static void say_open(struct journey_clients *c, struct reader *r, uint64_t token)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__OpenReading open = EVIDENCE__OPEN_READING__INIT;

	open.reading = pb_of_id(&r->reading);
	cmd.body_case = EVIDENCE__COMMAND__BODY_OPEN_READING;
	cmd.open_reading = &open;
	submit(c, c->evidence, &r->assessor, &cmd.base, token);
}

static void say_complete(struct journey_clients *c, struct reader *r, uint64_t token)
{
	const Enrollment__Rubric *rubric = kit_entry()->rubric;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__CompleteReading complete = ASSESSMENT__COMPLETE_READING__INIT;
	Assessment__Rating ratings[8], *list[8];

	ENSURE(rubric->n_criteria <= ARRAY_LEN(list));
	for (size_t i = 0; i < rubric->n_criteria; i++) {
		list[i] = &ratings[i];
		assessment__rating__init(list[i]);
		list[i]->row = rubric->criteria[i]->code;
		list[i]->level = rubric->levels[rubric->n_levels - 1]->code;
		list[i]->confidence = 5;
	}
	complete.reading = pb_of_id(&r->reading);
	complete.n_ratings = rubric->n_criteria;
	complete.ratings = list;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_COMPLETE_READING;
	cmd.complete_reading = &complete;
	submit(c, c->assessment, &r->assessor, &cmd.base, token);
}

void reader_say(struct journey_clients *c, struct reader *r, uint64_t token)
{
	static void (*const say[READER_STEPS])(struct journey_clients *, struct reader *,
					       uint64_t) = {
		[ASK] = say_next, [OPEN] = say_open, [COMPLETE] = say_complete};

	say[r->step](c, r, token);
}

bool reader_is_early(const struct reader *r, const struct client_answer *answer)
{
	static const uint32_t reasons[READER_STEPS] = {
		[ASK] = ASSESSMENT__REASON__NOTHING_TO_READ,
		[OPEN] = EVIDENCE__REASON__NO_GRANT,
		[COMPLETE] = ASSESSMENT__REASON__NOT_OPENED,
	};

	return answer->status == CAIRN__STATUS__REJECTED && answer->reason == reasons[r->step];
}
