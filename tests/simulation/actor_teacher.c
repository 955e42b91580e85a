/* Teachers of a simulation: enroll, bring evidence, seal, recall, try again. */
#include "tests/simulation/actors_parts.h"

#include "libshared/blobs.h"
#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "tests/support/kit.h"

#include <string.h>

#define AGAIN_US (INT64_C(600) * US_PER_S)

static void hear_enrolled(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	actor_hear(w, who, reply);
	if (reply->status == CAIRN__STATUS__OK)
		return;
	a->holds = ID_NONE;
	a->rest_us = w->now_us + AGAIN_US; /* it is earned, most likely */
}

static void enroll(struct world *w, struct actor *a)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__Enroll ask = ENROLLMENT__ENROLL__INIT;

	a->holds = world_id(w);
	ask.enrollment = pb_of_id(&a->holds);
	ask.educator = pb_of_id(&a->id);
	ask.entry = actor_entry(w, (unsigned)chance_below(&w->chance, ENTRIES)).entry;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_ENROLL;
	cmd.enroll = &ask;
	actor_say(w, a, ENROLLMENT, &a->id, &cmd.base, hear_enrolled);
}

/* The bytes of an artifact follow from its id, so that any part can be sent again. */
static struct bytes content_of(struct world *w, struct bytes artifact)
{
	size_t len = 200 + 10 * (size_t)artifact.data[15];
	uint8_t *data = arena_alloc(w->arena, len);

	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(artifact.data[i % ID_LEN] ^ i);
	return (struct bytes){data, len};
}

static const char *media_type_of(const char *kind)
{
	const Enrollment__Media *media = kit_media();

	for (size_t i = 0; i < media->n_kinds; i++)
		if (strcmp(media->kinds[i]->kind, kind) == 0)
			return media->kinds[i]->types[0];
	return "text/plain";
}

static void begin_artifact(struct world *w, struct actor *a, const char *requirement)
{
	const Enrollment__Entry *entry = kit_entry();
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__BeginArtifact begin = EVIDENCE__BEGIN_ARTIFACT__INIT;
	struct id artifact = world_id(w);
	uint8_t hash[SHA256_LEN];

	for (size_t i = 0; i < entry->n_requirements; i++)
		if (strcmp(entry->requirements[i]->code, requirement) == 0)
			begin.media_type =
				actor_text(w, media_type_of(entry->requirements[i]->kind));
	sha256(content_of(w, bytes_of_id(&artifact)), hash);
	begin.artifact = pb_of_id(&artifact);
	begin.portfolio = pb_of_id(&a->holds);
	begin.requirement = actor_text(w, requirement);
	begin.bytes = content_of(w, bytes_of_id(&artifact)).len;
	begin.sha256 = pb_of_bytes(BYTES_OF(hash));
	begin.captured_on = actor_text(w, "2026-01-05");
	cmd.body_case = EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT;
	cmd.begin_artifact = &begin;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void put_part(struct world *w, struct actor *a, const Evidence__ArtifactState *s)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__PutPart put = EVIDENCE__PUT_PART__INIT;
	struct bytes content = content_of(w, bytes_of_pb(s->artifact));

	put.artifact = s->artifact;
	put.offset = s->received;
	put.data = pb_of_bytes((struct bytes){content.data + s->received,
					      MIN(content.len - s->received, (size_t)1000)});
	cmd.body_case = EVIDENCE__COMMAND__BODY_PUT_PART;
	cmd.put_part = &put;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void finish_artifact(struct world *w, struct actor *a, const Evidence__ArtifactState *s)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__FinishArtifact finish = EVIDENCE__FINISH_ARTIFACT__INIT;

	finish.artifact = s->artifact;
	cmd.body_case = EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT;
	cmd.finish_artifact = &finish;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void consent(struct world *w, struct actor *a, const Evidence__ArtifactState *s)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__RecordConsent record = EVIDENCE__RECORD_CONSENT__INIT;
	struct id id = world_id(w);

	record.artifact = s->artifact;
	record.consent = pb_of_id(&id);
	record.scope = actor_text(w, "assessment");
	record.basis = EVIDENCE__CONSENT_BASIS__PARENT;
	record.given_by_role = actor_text(w, "parent");
	record.expires = actor_text(w, "2029-06-30");
	cmd.body_case = EVIDENCE__COMMAND__BODY_RECORD_CONSENT;
	cmd.record_consent = &record;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

/* Nobody consents to it any more: another one takes its place. */
static void abandon(struct world *w, struct actor *a, const Evidence__ArtifactState *s)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__AbandonArtifact ask = EVIDENCE__ABANDON_ARTIFACT__INIT;

	ask.artifact = s->artifact;
	cmd.body_case = EVIDENCE__COMMAND__BODY_ABANDON_ARTIFACT;
	cmd.abandon_artifact = &ask;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

/* What this artifact still needs; false: nothing. */
static bool tend_artifact(struct world *w, struct actor *a, const Evidence__ArtifactState *s)
{
	if (strcmp(s->state, "uploading") == 0 && s->received < s->bytes)
		put_part(w, a, s);
	else if (strcmp(s->state, "uploading") == 0)
		finish_artifact(w, a, s);
	else if (strcmp(s->state, "needs_privacy_step") == 0)
		consent(w, a, s);
	else if (strcmp(s->state, "restricted") == 0)
		abandon(w, a, s);
	else
		return false;
	return true;
}

static bool tend_requirement(struct world *w, struct actor *a, const Evidence__RequirementState *r)
{
	if (!r->open)
		return false;
	for (size_t i = 0; i < r->n_artifacts; i++)
		if (tend_artifact(w, a, r->artifacts[i]))
			return true;
	if (r->items >= r->items_min)
		return false;
	begin_artifact(w, a, r->code);
	return true;
}

static bool tend_answer(struct world *w, struct actor *a, const Evidence__QuestionState *q)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__SaveAnswer save = EVIDENCE__SAVE_ANSWER__INIT;
	char *text;

	if (q->words >= q->words_min)
		return false;
	text = arena_alloc(w->arena, 5 * (size_t)q->words_min + 1);
	for (uint32_t i = 0; i < q->words_min; i++)
		memcpy(text + 5 * i, "word ", 6);
	text[5 * q->words_min - 1] = '\0';
	save.portfolio = pb_of_id(&a->holds);
	save.question = actor_text(w, q->code);
	save.text = text;
	cmd.body_case = EVIDENCE__COMMAND__BODY_SAVE_ANSWER;
	cmd.save_answer = &save;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
	return true;
}

static void seal_work(struct world *w, struct actor *a)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__Seal seal = EVIDENCE__SEAL__INIT;
	struct id submission = world_id(w);

	seal.submission = pb_of_id(&submission);
	seal.portfolio = pb_of_id(&a->holds);
	seal.own_work = true;
	seal.ai_use = actor_text(w, "none");
	cmd.body_case = EVIDENCE__COMMAND__BODY_SEAL;
	cmd.seal = &seal;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void recall(struct world *w, struct actor *a, ProtobufCBinaryData submission)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__Recall ask = EVIDENCE__RECALL__INIT;

	ask.submission = submission;
	cmd.body_case = EVIDENCE__COMMAND__BODY_RECALL;
	cmd.recall = &ask;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void coach(struct world *w, struct actor *a)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__RecordCoaching ask = ASSESSMENT__RECORD_COACHING__INIT;

	ask.enrollment = pb_of_id(&a->holds);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RECORD_COACHING;
	cmd.record_coaching = &ask;
	actor_say(w, a, ASSESSMENT, NULL, &cmd.base, NULL);
}

static void pause_or_resume(struct world *w, struct actor *a, bool pause)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__Pause pausing = ENROLLMENT__PAUSE__INIT;
	Enrollment__Resume resuming = ENROLLMENT__RESUME__INIT;

	pausing.enrollment = resuming.enrollment = pb_of_id(&a->holds);
	cmd.body_case = pause ? ENROLLMENT__COMMAND__BODY_PAUSE : ENROLLMENT__COMMAND__BODY_RESUME;
	if (pause)
		cmd.pause = &pausing;
	else
		cmd.resume = &resuming;
	actor_say(w, a, ENROLLMENT, &a->id, &cmd.base, NULL);
}

static void work(struct world *w, struct actor *a, const Evidence__PortfolioAnswer *p)
{
	for (size_t i = 0; i < p->n_requirements; i++)
		if (tend_requirement(w, a, p->requirements[i]))
			return;
	for (size_t i = 0; i < p->n_questions; i++)
		if (tend_answer(w, a, p->questions[i]))
			return;
	seal_work(w, a);
}

void teacher_step(struct world *w, struct actor *a)
{
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	Evidence__GetPortfolio get = EVIDENCE__GET_PORTFOLIO__INIT;
	const Evidence__Answer *answer;
	const Evidence__PortfolioAnswer *p;

	if (id_is_none(&a->holds)) {
		enroll(w, a);
		return;
	}
	get.portfolio = pb_of_id(&a->holds);
	query.body_case = EVIDENCE__QUERY__BODY_GET_PORTFOLIO;
	query.get_portfolio = &get;
	answer = (const Evidence__Answer *)world_ask(w, EVIDENCE, bytes_of_id(&a->id), &query.base);
	if (answer == NULL)
		return; /* not opened yet */
	p = answer->portfolio;
	if (strcmp(p->state, "open") == 0 && chance_percent(&w->chance, 2))
		pause_or_resume(w, a, true);
	else if (strcmp(p->state, "open") == 0)
		work(w, a, p);
	else if (strcmp(p->state, "paused") == 0)
		pause_or_resume(w, a, false);
	else if (strcmp(p->state, "coach_first") == 0)
		coach(w, a);
	else if (strcmp(p->state, "passed") == 0 && chance_percent(&w->chance, 30))
		teacher_wants_purge(w, a);
	else if (strcmp(p->state, "passed") == 0)
		a->holds = ID_NONE; /* the next one */
	else if (strcmp(p->state, "sealed") == 0 && chance_percent(&w->chance, 1))
		recall(w, a, p->submission);
}
