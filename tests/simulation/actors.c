/* The operator, teachers and assessors of a simulation. */
#include "tests/simulation/actors.h"

#include "libshared/blobs.h"
#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"

#include <stdio.h>
#include <string.h>

#define AGAIN_US (10 * US_PER_S)

static ProtobufCBinaryData pb(const struct id *id)
{
	return pb_of_id(id);
}

static char *text_of(struct world *w, const char *text)
{
	return arena_text(w->arena, bytes_of_text(text));
}

/* ---- talking ---- */

static void hear(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	a->waiting = false;
	a->last = reply->status;
	if (reply->status != CAIRN__STATUS__OK)
		a->rest_us = w->now_us + (int64_t)chance_below(&w->chance, AGAIN_US);
}

static void say(struct world *w, struct actor *a, unsigned to, const struct id *as,
		const ProtobufCMessage *command, replied_fn *fn)
{
	a->waiting = true;
	world_call(w, to, as != NULL ? bytes_of_id(as) : BYTES_NONE, command,
		   fn != NULL ? fn : hear, a);
}

/* ---- the operator ---- */

static void hear_step(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	hear(w, who, reply);
	if (reply->status == CAIRN__STATUS__OK)
		a->phase++;
}

static void enrollment_says(struct world *w, struct actor *a, const Enrollment__Command *c)
{
	say(w, a, ENROLLMENT, NULL, &c->base, hear_step);
}

static const char *const profile_codes[] = {"standard", "double-read", "launch"};

static void publish(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__PublishIssuer issuer = ENROLLMENT__PUBLISH_ISSUER__INIT;
	Enrollment__PublishProfile profile = ENROLLMENT__PUBLISH_PROFILE__INIT;
	Enrollment__PublishPolicy policy = ENROLLMENT__PUBLISH_POLICY__INIT;
	Enrollment__PublishCalendar calendar = ENROLLMENT__PUBLISH_CALENDAR__INIT;
	Enrollment__PublishMedia media = ENROLLMENT__PUBLISH_MEDIA__INIT;
	Enrollment__PublishEntry entry = ENROLLMENT__PUBLISH_ENTRY__INIT;
	Enrollment__Issuer an_issuer = *kit_issuer();
	Enrollment__Profile a_profile = *kit_profile(profile_codes[n < 3 ? n : 0]);
	Enrollment__Policy a_policy = *kit_policy();
	Enrollment__Calendar a_calendar = *kit_calendar();
	Enrollment__Media a_media = *kit_media();
	Enrollment__Entry an_entry = *kit_entry();

	issuer.issuer = &an_issuer;
	profile.profile = &a_profile;
	policy.policy = &a_policy;
	calendar.calendar = &a_calendar;
	media.media = &a_media;
	entry.entry = &an_entry;
	cmd.body_case = n < 3    ? ENROLLMENT__COMMAND__BODY_PUBLISH_PROFILE
			: n == 3 ? ENROLLMENT__COMMAND__BODY_PUBLISH_ISSUER
			: n == 4 ? ENROLLMENT__COMMAND__BODY_PUBLISH_POLICY
			: n == 5 ? ENROLLMENT__COMMAND__BODY_PUBLISH_CALENDAR
			: n == 6 ? ENROLLMENT__COMMAND__BODY_PUBLISH_MEDIA
				 : ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY;
	if (n < 3)
		cmd.publish_profile = &profile;
	else if (n == 3)
		cmd.publish_issuer = &issuer;
	else if (n == 4)
		cmd.publish_policy = &policy;
	else if (n == 5)
		cmd.publish_calendar = &calendar;
	else if (n == 6)
		cmd.publish_media = &media;
	else
		cmd.publish_entry = &entry;
	enrollment_says(w, &c->operator, & cmd);
}

static void add_key(struct world *w, struct cast *c)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;

	add.issuer = kit_issuer()->issuer;
	cmd.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	cmd.add_key = &add;
	say(w, &c->operator, ISSUANCE, NULL, &cmd.base, hear_step);
}

static void register_org(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__RegisterOrg org = ENROLLMENT__REGISTER_ORG__INIT;

	org.org = pb(&c->orgs[n]);
	org.kind = ENROLLMENT__ORG_KIND__SCHOOL;
	org.name = text_of(w, "A school");
	org.state = text_of(w, "TN");
	cmd.body_case = ENROLLMENT__COMMAND__BODY_REGISTER_ORG;
	cmd.register_org = &org;
	enrollment_says(w, &c->operator, & cmd);
}

static void register_educator(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__RegisterEducator educator = ENROLLMENT__REGISTER_EDUCATOR__INIT;
	Enrollment__Person person = ENROLLMENT__PERSON__INIT;

	person.handle = arena_printf(w->arena, "teacher-%u", n);
	person.name = arena_printf(w->arena, "Teacher Number %u", n);
	person.email = arena_printf(w->arena, "t%u@school.example", n);
	educator.educator = pb(&c->teachers[n].id);
	educator.person = &person;
	educator.school = pb(&c->orgs[n % SCHOOLS]);
	educator.language = text_of(w, "en");
	cmd.body_case = ENROLLMENT__COMMAND__BODY_REGISTER_EDUCATOR;
	cmd.register_educator = &educator;
	enrollment_says(w, &c->operator, & cmd);
}

static void register_assessor(struct world *w, struct cast *c, unsigned n)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__RegisterAssessor assessor = ASSESSMENT__REGISTER_ASSESSOR__INIT;
	ProtobufCBinaryData orgs[1];

	assessor.assessor = pb(&c->assessors[n].id);
	assessor.lead = n == ASSESSORS - 1;
	orgs[0] = pb(&c->orgs[n % SCHOOLS]);
	if (n < 2) { /* two of them have a conflict of interest with a school */
		assessor.orgs = orgs;
		assessor.n_orgs = 1;
	}
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd.register_assessor = &assessor;
	say(w, &c->operator, ASSESSMENT, NULL, &cmd.base, hear_step);
}

static void qualify(struct world *w, struct cast *c, unsigned n)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__QualifyAssessor q = ASSESSMENT__QUALIFY_ASSESSOR__INIT;

	q.assessor = pb(&c->assessors[n].id);
	q.entry = kit_entry()->entry;
	q.until_us = w->now_us + 300 * US_PER_DAY;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &q;
	say(w, &c->operator, ASSESSMENT, NULL, &cmd.base, hear_step);
}

/* Assessor 2 and teacher 0 are declared relations of each other. */
static void declare(struct world *w, struct cast *c)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__DeclareRelation relation = ENROLLMENT__DECLARE_RELATION__INIT;

	relation.assessor = pb(&c->assessors[2].id);
	relation.educator = pb(&c->teachers[0].id);
	cmd.body_case = ENROLLMENT__COMMAND__BODY_DECLARE_RELATION;
	cmd.declare_relation = &relation;
	enrollment_says(w, &c->operator, & cmd);
}

#define PUBLICATIONS 8
#define ORGS_FROM (PUBLICATIONS + 1)
#define TEACHERS_FROM (ORGS_FROM + SCHOOLS)
#define ASSESSORS_FROM (TEACHERS_FROM + TEACHERS)
#define QUALIFY_FROM (ASSESSORS_FROM + ASSESSORS)
#define READY (QUALIFY_FROM + ASSESSORS + 1)

static void operator_step(struct world *w, struct cast *c)
{
	unsigned n = c->operator.phase;

	if (n < PUBLICATIONS)
		publish(w, c, n);
	else if (n < ORGS_FROM)
		add_key(w, c);
	else if (n < TEACHERS_FROM)
		register_org(w, c, n - ORGS_FROM);
	else if (n < ASSESSORS_FROM)
		register_educator(w, c, n - TEACHERS_FROM);
	else if (n < QUALIFY_FROM)
		register_assessor(w, c, n - ASSESSORS_FROM);
	else if (n < READY - 1)
		qualify(w, c, n - QUALIFY_FROM);
	else if (n < READY)
		declare(w, c);
}

bool cast_is_ready(const struct cast *c)
{
	return c->operator.phase >= READY;
}

/* ---- teachers ---- */

static void hear_enrolled(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	hear(w, who, reply);
	if (reply->status != CAIRN__STATUS__OK)
		a->holds = ID_NONE;
}

static void enroll(struct world *w, struct actor *a)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__Enroll ask = ENROLLMENT__ENROLL__INIT;

	a->holds = world_id(w);
	ask.enrollment = pb(&a->holds);
	ask.educator = pb(&a->id);
	ask.entry = kit_entry()->entry;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_ENROLL;
	cmd.enroll = &ask;
	say(w, a, ENROLLMENT, &a->id, &cmd.base, hear_enrolled);
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
			begin.media_type = text_of(w, media_type_of(entry->requirements[i]->kind));
	sha256(content_of(w, bytes_of_id(&artifact)), hash);
	begin.artifact = pb(&artifact);
	begin.portfolio = pb(&a->holds);
	begin.requirement = text_of(w, requirement);
	begin.bytes = content_of(w, bytes_of_id(&artifact)).len;
	begin.sha256 = pb_of_bytes(BYTES_OF(hash));
	begin.captured_on = text_of(w, "2026-01-05");
	cmd.body_case = EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT;
	cmd.begin_artifact = &begin;
	say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
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
	say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void finish_artifact(struct world *w, struct actor *a, const Evidence__ArtifactState *s)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__FinishArtifact finish = EVIDENCE__FINISH_ARTIFACT__INIT;

	finish.artifact = s->artifact;
	cmd.body_case = EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT;
	cmd.finish_artifact = &finish;
	say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void consent(struct world *w, struct actor *a, const Evidence__ArtifactState *s)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__RecordConsent record = EVIDENCE__RECORD_CONSENT__INIT;
	struct id id = world_id(w);

	record.artifact = s->artifact;
	record.consent = pb(&id);
	record.scope = text_of(w, "assessment");
	record.basis = EVIDENCE__CONSENT_BASIS__PARENT;
	record.given_by_role = text_of(w, "parent");
	record.expires = text_of(w, "2029-06-30");
	cmd.body_case = EVIDENCE__COMMAND__BODY_RECORD_CONSENT;
	cmd.record_consent = &record;
	say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
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
	save.portfolio = pb(&a->holds);
	save.question = text_of(w, q->code);
	save.text = text;
	cmd.body_case = EVIDENCE__COMMAND__BODY_SAVE_ANSWER;
	cmd.save_answer = &save;
	say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
	return true;
}

static void seal_work(struct world *w, struct actor *a)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__Seal seal = EVIDENCE__SEAL__INIT;
	struct id submission = world_id(w);

	seal.submission = pb(&submission);
	seal.portfolio = pb(&a->holds);
	seal.own_work = true;
	seal.ai_use = text_of(w, "none");
	cmd.body_case = EVIDENCE__COMMAND__BODY_SEAL;
	cmd.seal = &seal;
	say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void recall(struct world *w, struct actor *a, ProtobufCBinaryData submission)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__Recall ask = EVIDENCE__RECALL__INIT;

	ask.submission = submission;
	cmd.body_case = EVIDENCE__COMMAND__BODY_RECALL;
	cmd.recall = &ask;
	say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void coach(struct world *w, struct actor *a)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__RecordCoaching ask = ASSESSMENT__RECORD_COACHING__INIT;

	ask.enrollment = pb(&a->holds);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RECORD_COACHING;
	cmd.record_coaching = &ask;
	say(w, a, ASSESSMENT, NULL, &cmd.base, NULL);
}

static void pause_or_resume(struct world *w, struct actor *a, bool pause)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__Pause pausing = ENROLLMENT__PAUSE__INIT;
	Enrollment__Resume resuming = ENROLLMENT__RESUME__INIT;

	pausing.enrollment = resuming.enrollment = pb(&a->holds);
	cmd.body_case = pause ? ENROLLMENT__COMMAND__BODY_PAUSE : ENROLLMENT__COMMAND__BODY_RESUME;
	if (pause)
		cmd.pause = &pausing;
	else
		cmd.resume = &resuming;
	say(w, a, ENROLLMENT, &a->id, &cmd.base, NULL);
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

static void teacher_step(struct world *w, struct actor *a)
{
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	Evidence__GetPortfolio get = EVIDENCE__GET_PORTFOLIO__INIT;
	const Evidence__Answer *answer;
	const Evidence__PortfolioAnswer *p;

	if (id_is_none(&a->holds)) {
		enroll(w, a);
		return;
	}
	get.portfolio = pb(&a->holds);
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
	else if (strcmp(p->state, "sealed") == 0 && chance_percent(&w->chance, 1))
		recall(w, a, p->submission);
}

/* ---- assessors ---- */

static void hear_assigned(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	hear(w, who, reply);
	a->opened = false;
	if (reply->status != CAIRN__STATUS__OK)
		a->holds = ID_NONE;
}

static void next_reading(struct world *w, struct actor *a)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__NextReading next = ASSESSMENT__NEXT_READING__INIT;

	a->holds = world_id(w);
	next.assessor = pb(&a->id);
	next.reading = pb(&a->holds);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &next;
	say(w, a, ASSESSMENT, &a->id, &cmd.base, hear_assigned);
}

static void hear_opened(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	hear(w, who, reply);
	a->opened = reply->status == CAIRN__STATUS__OK;
	if (!a->opened && ++a->phase % 10 == 0)
		a->holds = ID_NONE; /* recalled, perhaps */
}

static void open_reading(struct world *w, struct actor *a)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__OpenReading ask = EVIDENCE__OPEN_READING__INIT;

	ask.reading = pb(&a->holds);
	cmd.body_case = EVIDENCE__COMMAND__BODY_OPEN_READING;
	cmd.open_reading = &ask;
	say(w, a, EVIDENCE, &a->id, &cmd.base, hear_opened);
}

static Assessment__Rating **rate(struct world *w, char *const *rows, size_t n,
				 Enrollment__Level **levels, size_t n_levels)
{
	Assessment__Rating **list = arena_alloc(w->arena, MAX(n, (size_t)1) * sizeof(void *));

	for (size_t i = 0; i < n; i++) {
		bool pass = chance_percent(&w->chance, 70);

		list[i] = arena_alloc(w->arena, sizeof **list);
		assessment__rating__init(list[i]);
		list[i]->row = rows[i];
		list[i]->level =
			levels[pass ? n_levels - 1 : chance_below(&w->chance, n_levels)]->code;
		list[i]->confidence = 2 + (uint32_t)chance_below(&w->chance, 4);
		list[i]->feedback = text_of(w, "one two three four five six seven eight nine ten "
					       "eleven twelve thirteen fourteen "
					       "fifteen sixteen seventeen eighteen nineteen twenty "
					       "more words than are asked for");
	}
	return list;
}

static void hear_rated(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	hear(w, who, reply);
	if (reply->status == CAIRN__STATUS__OK || ++a->phase % 10 == 0)
		a->holds = ID_NONE;
}

static void complete_reading(struct world *w, struct actor *a)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetReading get = ASSESSMENT__GET_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__CompleteReading complete = ASSESSMENT__COMPLETE_READING__INIT;
	const Assessment__Answer *answer;
	char **rows;

	get.reading = pb(&a->holds);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_READING;
	query.get_reading = &get;
	answer = (const Assessment__Answer *)world_ask(w, ASSESSMENT, bytes_of_id(&a->id),
						       &query.base);
	if (answer == NULL) {
		a->holds = ID_NONE;
		return;
	}
	rows = arena_alloc(w->arena, MAX(answer->reading->n_rows, (size_t)1) * sizeof *rows);
	for (size_t i = 0; i < answer->reading->n_rows; i++)
		rows[i] = answer->reading->rows[i]->code;
	complete.reading = pb(&a->holds);
	complete.n_ratings = answer->reading->n_rows;
	complete.ratings = rate(w, rows, answer->reading->n_rows, answer->reading->levels,
				answer->reading->n_levels);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_COMPLETE_READING;
	cmd.complete_reading = &complete;
	say(w, a, ASSESSMENT, &a->id, &cmd.base, hear_rated);
}

static void assessor_step(struct world *w, struct actor *a)
{
	if (id_is_none(&a->holds))
		next_reading(w, a);
	else if (chance_percent(&w->chance, 2))
		a->holds = ID_NONE; /* left lying until the lease runs out */
	else if (!a->opened)
		open_reading(w, a);
	else
		complete_reading(w, a);
}

static void adjudicate(struct world *w, struct actor *a, ProtobufCBinaryData submission)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetAdjudication get = ASSESSMENT__GET_ADJUDICATION__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__Adjudicate ask = ASSESSMENT__ADJUDICATE__INIT;
	const Assessment__Answer *answer;

	get.submission = submission;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_ADJUDICATION;
	query.get_adjudication = &get;
	answer = (const Assessment__Answer *)world_ask(w, ASSESSMENT, bytes_of_id(&a->id),
						       &query.base);
	if (answer == NULL)
		return;
	ask.submission = submission;
	ask.assessor = pb(&a->id);
	ask.n_ratings = answer->adjudication->n_rows;
	ask.ratings = rate(w, answer->adjudication->rows, ask.n_ratings,
			   answer->adjudication->levels, answer->adjudication->n_levels);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_ADJUDICATE;
	cmd.adjudicate = &ask;
	say(w, a, ASSESSMENT, &a->id, &cmd.base, NULL);
}

static void lead_step(struct world *w, struct actor *a)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetQueue get = ASSESSMENT__GET_QUEUE__INIT;
	const Assessment__Answer *answer;

	get.state = text_of(w, "adjudication");
	query.body_case = ASSESSMENT__QUERY__BODY_GET_QUEUE;
	query.get_queue = &get;
	answer = (const Assessment__Answer *)world_ask(w, ASSESSMENT, bytes_of_id(&a->id),
						       &query.base);
	if (answer != NULL && answer->queue->n_rows > 0)
		adjudicate(w, a, answer->queue->rows[0]->submission);
}

/* ---- the cast ---- */

void cast_open(struct world *w, struct cast *c)
{
	*c = (struct cast){0};
	for (unsigned i = 0; i < TEACHERS; i++)
		c->teachers[i].id = world_id(w);
	for (unsigned i = 0; i < ASSESSORS; i++)
		c->assessors[i].id = world_id(w);
	for (unsigned i = 0; i < SCHOOLS; i++)
		c->orgs[i] = world_id(w);
}

static bool is_free(const struct world *w, const struct actor *a)
{
	return !a->waiting && w->now_us >= a->rest_us;
}

void cast_step(struct world *w, struct cast *c)
{
	unsigned n = (unsigned)chance_below(&w->chance, TEACHERS + ASSESSORS);
	struct actor *a = n < TEACHERS ? &c->teachers[n] : &c->assessors[n - TEACHERS];

	if (!cast_is_ready(c)) {
		if (is_free(w, &c->operator))
			operator_step(w, c);
	} else if (!is_free(w, a)) {
		return;
	} else if (n < TEACHERS) {
		teacher_step(w, a);
	} else if (n < TEACHERS + ASSESSORS - 1) {
		assessor_step(w, a);
	} else {
		lead_step(w, a);
	}
}
