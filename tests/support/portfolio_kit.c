/* Evidence under a kit: what a teacher and her readers do, and what is seen. */
#include "tests/support/portfolio_kit.h"

#include "libshared/blobs.h"
#include "services/evidence/evidence.h"

#include <string.h>

static char *text_in(struct portfolio_kit *p, const char *t)
{
	return arena_text(p->kit.arena, bytes_of_text(t));
}

/* ---- opening ---- */

void portfolio_kit_open_empty(struct portfolio_kit *p)
{
	kit_open(&p->kit, &evidence_service);
	p->portfolio = kit_id(&p->kit);
}

void portfolio_kit_open(struct portfolio_kit *p, const char *profile)
{
	portfolio_kit_open_empty(p);
	hear_policy(p, kit_policy());
	hear_media(p);
	hear_calendar(p);
	hear_profiles(p);
	hear_entry(p, profile);
	hear_enrolled(p, p->portfolio, ANA);
}

void portfolio_kit_close(struct portfolio_kit *p)
{
	kit_close(&p->kit);
}

/* ---- the teacher ---- */

Cairn__Status when_sent_as(struct portfolio_kit *p, uint32_t roles, struct bytes actor,
			   Evidence__Command *cmd, Evidence__Command__BodyCase body)
{
	cmd->body_case = body;
	return kit_send_as(&p->kit, kit_id(&p->kit), roles, actor, &cmd->base);
}

Cairn__Status when_sent(struct portfolio_kit *p, Evidence__Command *cmd,
			Evidence__Command__BodyCase body)
{
	return when_sent_as(p, PORTAL, ANA, cmd, body);
}

Cairn__Status when_artifact_begun(struct portfolio_kit *p, struct upload *u)
{
	Evidence__BeginArtifact ask = EVIDENCE__BEGIN_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	uint8_t hash[SHA256_LEN];

	if (u->artifact.len == 0)
		u->artifact = kit_id(&p->kit);
	sha256(bytes_of_text(u->announced != NULL ? u->announced : u->content), hash);
	ask.artifact = pb_of_bytes(u->artifact);
	ask.portfolio = pb_of_bytes(p->portfolio);
	ask.requirement = text_in(p, u->requirement);
	ask.media_type = text_in(p, u->media_type);
	ask.captured_on = text_in(p, u->captured_on != NULL ? u->captured_on : "");
	ask.bytes = strlen(u->content);
	if (u->announced == NULL || u->announced[0] != '\0')
		ask.sha256 = pb_of_bytes(BYTES_OF(hash));
	ask.student_data = u->student_data;
	cmd.begin_artifact = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT);
}

Cairn__Status when_part(struct portfolio_kit *p, struct bytes artifact, uint64_t offset,
			const char *data)
{
	Evidence__PutPart ask = EVIDENCE__PUT_PART__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.offset = offset;
	ask.data = pb_of_bytes(bytes_of_text(data));
	cmd.put_part = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_PUT_PART);
}

Cairn__Status when_finished(struct portfolio_kit *p, struct bytes artifact)
{
	Evidence__FinishArtifact ask = EVIDENCE__FINISH_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	cmd.finish_artifact = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT);
}

Cairn__Status when_abandoned(struct portfolio_kit *p, struct bytes artifact)
{
	Evidence__AbandonArtifact ask = EVIDENCE__ABANDON_ARTIFACT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	cmd.abandon_artifact = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_ABANDON_ARTIFACT);
}

Cairn__Status when_consent(struct portfolio_kit *p, struct bytes artifact, struct bytes consent,
			   const char *expires)
{
	Evidence__RecordConsent ask = EVIDENCE__RECORD_CONSENT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.consent = pb_of_bytes(consent);
	ask.scope = text_in(p, "assessment");
	ask.basis = EVIDENCE__CONSENT_BASIS__PARENT;
	ask.given_by_role = text_in(p, "parent");
	ask.expires = text_in(p, expires);
	cmd.record_consent = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_RECORD_CONSENT);
}

Cairn__Status when_unconsent(struct portfolio_kit *p, struct bytes artifact, struct bytes consent)
{
	Evidence__WithdrawConsent ask = EVIDENCE__WITHDRAW_CONSENT__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.consent = pb_of_bytes(consent);
	cmd.withdraw_consent = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_WITHDRAW_CONSENT);
}

Cairn__Status when_redacted(struct portfolio_kit *p, struct bytes artifact, struct bytes copy)
{
	Evidence__RecordRedaction ask = EVIDENCE__RECORD_REDACTION__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	ask.redacted = pb_of_bytes(copy);
	ask.tool = text_in(p, "blur");
	cmd.record_redaction = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_RECORD_REDACTION);
}

Cairn__Status when_attested(struct portfolio_kit *p, struct bytes artifact)
{
	Evidence__AttestNoIdentifiers ask = EVIDENCE__ATTEST_NO_IDENTIFIERS__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.artifact = pb_of_bytes(artifact);
	cmd.attest_no_identifiers = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_ATTEST_NO_IDENTIFIERS);
}

Cairn__Status when_answered(struct portfolio_kit *p, const char *question, const char *answer)
{
	Evidence__SaveAnswer ask = EVIDENCE__SAVE_ANSWER__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.portfolio = pb_of_bytes(p->portfolio);
	ask.question = text_in(p, question);
	ask.text = text_in(p, answer);
	cmd.save_answer = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_SAVE_ANSWER);
}

char *words_long(struct portfolio_kit *p, unsigned n)
{
	char *words = arena_alloc(p->kit.arena, (size_t)n * 5 + 1);

	for (unsigned i = 0; i < n; i++)
		memcpy(words + (size_t)i * 5, "word ", 5);
	words[n == 0 ? 0 : (size_t)n * 5 - 1] = '\0';
	return words;
}

Cairn__Status when_answered_words(struct portfolio_kit *p, const char *question, unsigned words)
{
	return when_answered(p, question, words_long(p, words));
}

Cairn__Status when_submitted(struct portfolio_kit *p, struct bytes submission)
{
	Evidence__Seal ask = EVIDENCE__SEAL__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.submission = pb_of_bytes(submission);
	ask.portfolio = pb_of_bytes(p->portfolio);
	ask.own_work = true;
	ask.ai_use = text_in(p, "editing");
	cmd.seal = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_SEAL);
}

Cairn__Status when_taken_back(struct portfolio_kit *p, struct bytes submission)
{
	Evidence__Recall ask = EVIDENCE__RECALL__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.submission = pb_of_bytes(submission);
	cmd.recall = &ask;
	return when_sent(p, &cmd, EVIDENCE__COMMAND__BODY_RECALL);
}

/* ---- what a teacher has done ---- */

struct bytes given_artifact(struct portfolio_kit *p, const char *kind, const char *content)
{
	static const char *const types[] = {"application/pdf", "audio/wav", "text/csv"};
	struct upload u = {
		.requirement = arena_printf(p->kit.arena, "lit-101.%s", kind),
		.media_type = types[kind[1] - '1'],
		.content = content,
		.captured_on = "2026-01-05",
	};

	ENSURE(when_artifact_begun(p, &u) == OK);
	ENSURE(when_part(p, u.artifact, 0, content) == OK);
	ENSURE(when_finished(p, u.artifact) == OK);
	return u.artifact;
}

struct bytes given_consent(struct portfolio_kit *p, struct bytes artifact)
{
	struct bytes consent = kit_id(&p->kit);

	ENSURE(when_consent(p, artifact, consent, "") == OK);
	return consent;
}

void given_answers(struct portfolio_kit *p)
{
	ENSURE(when_answered_words(p, "lit-101.o1", 20) == OK);
	ENSURE(when_answered_words(p, "lit-101.o2", 30) == OK);
	ENSURE(when_answered_words(p, "lit-101.f1", 40) == OK);
}

void given_everything(struct portfolio_kit *p, struct bytes artifacts_r[3])
{
	struct bytes own[3];
	struct bytes *artifacts = artifacts_r != NULL ? artifacts_r : own;

	artifacts[0] = given_artifact(p, "e1", "the plan of ten routines");
	artifacts[1] = given_artifact(p, "e2", "children saying sounds");
	artifacts[2] = given_artifact(p, "e3", "1,4,9\n2,5,8\n");
	given_consent(p, artifacts[1]);
	ENSURE(when_attested(p, artifacts[2]) == OK);
	given_answers(p);
}

struct bytes given_sealed(struct portfolio_kit *p)
{
	struct bytes submission = kit_id(&p->kit);

	ENSURE(when_submitted(p, submission) == OK);
	return submission;
}

/* ---- readers ---- */

Cairn__Status when_opened_by_lead(struct portfolio_kit *p, struct bytes reading,
				  struct bytes submission, struct bytes assessor)
{
	Evidence__OpenReading ask = EVIDENCE__OPEN_READING__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;

	ask.reading = pb_of_bytes(reading);
	ask.submission = pb_of_bytes(submission);
	cmd.open_reading = &ask;
	return when_sent_as(p, PORTAL, assessor, &cmd, EVIDENCE__COMMAND__BODY_OPEN_READING);
}

Cairn__Status when_opened(struct portfolio_kit *p, struct bytes reading, struct bytes assessor)
{
	return when_opened_by_lead(p, reading, BYTES_NONE, assessor);
}

Cairn__Status when_listed(struct portfolio_kit *p, struct bytes reading, struct bytes assessor)
{
	Evidence__ListItems ask = EVIDENCE__LIST_ITEMS__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.reading = pb_of_bytes(reading);
	query.body_case = EVIDENCE__QUERY__BODY_LIST_ITEMS;
	query.list_items = &ask;
	return kit_ask(&p->kit, assessor, &query.base);
}

Cairn__Status when_fetched(struct portfolio_kit *p, struct bytes reading, struct bytes assessor,
			   uint32_t item, uint64_t offset)
{
	Evidence__FetchItem ask = EVIDENCE__FETCH_ITEM__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.reading = pb_of_bytes(reading);
	ask.item = item;
	ask.offset = offset;
	query.body_case = EVIDENCE__QUERY__BODY_FETCH_ITEM;
	query.fetch_item = &ask;
	return kit_ask(&p->kit, assessor, &query.base);
}

/* ---- what is seen ---- */

const Evidence__Answer *got_evidence(const struct portfolio_kit *p)
{
	ENSURE(p->kit.answer != NULL);
	return (const Evidence__Answer *)p->kit.answer;
}

const Evidence__PortfolioAnswer *portfolio_seen(struct portfolio_kit *p)
{
	Evidence__GetPortfolio ask = EVIDENCE__GET_PORTFOLIO__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.portfolio = pb_of_bytes(p->portfolio);
	query.body_case = EVIDENCE__QUERY__BODY_GET_PORTFOLIO;
	query.get_portfolio = &ask;
	ENSURE(kit_ask(&p->kit, ANA, &query.base) == OK);
	return got_evidence(p)->portfolio;
}

const Evidence__SubmissionAnswer *submission_seen(struct portfolio_kit *p, struct bytes submission)
{
	Evidence__GetSubmission ask = EVIDENCE__GET_SUBMISSION__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;

	ask.submission = pb_of_bytes(submission);
	query.body_case = EVIDENCE__QUERY__BODY_GET_SUBMISSION;
	query.get_submission = &ask;
	ENSURE(kit_ask(&p->kit, ANA, &query.base) == OK);
	return got_evidence(p)->submission;
}

const char *artifact_state_seen(struct portfolio_kit *p, struct bytes artifact)
{
	const Evidence__PortfolioAnswer *seen = portfolio_seen(p);

	for (size_t i = 0; i < seen->n_requirements; i++)
		for (size_t j = 0; j < seen->requirements[i]->n_artifacts; j++) {
			const Evidence__ArtifactState *a = seen->requirements[i]->artifacts[j];

			if (bytes_equal(bytes_of_pb(a->artifact), artifact))
				return a->state;
		}
	return "";
}

const Evidence__Event *next_evidence(struct portfolio_kit *p, Evidence__Event__BodyCase kind)
{
	const Evidence__Event *event;

	do
		event = (const Evidence__Event *)kit_next_event(&p->kit, NULL);
	while (event != NULL && event->body_case != kind);
	return event;
}

unsigned count_evidence(struct portfolio_kit *p, Evidence__Event__BodyCase kind)
{
	unsigned n = 0;

	while (next_evidence(p, kind) != NULL)
		n++;
	return n;
}

void forget_evidence(struct portfolio_kit *p)
{
	while (kit_next_event(&p->kit, NULL) != NULL)
		continue;
}
