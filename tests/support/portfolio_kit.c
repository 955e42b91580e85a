/* Evidence under a kit: what its neighbours tell, and what a teacher and her readers do. */
#include "tests/support/portfolio_kit.h"

#include "libshared/blobs.h"
#include "services/evidence/evidence.h"

#include <string.h>

#define ENROLLMENT_LOG "enrollment.0.log"
#define ASSESSMENT_LOG "assessment.0.log"

static char *text_in(struct portfolio_kit *p, const char *t)
{
	return arena_text(p->kit.arena, bytes_of_text(t));
}

/* ---- enrollment: the catalogue ---- */

static void hear(struct portfolio_kit *p, struct bytes entity, Enrollment__Event *event,
		 Enrollment__Event__BodyCase body)
{
	event->body_case = body;
	kit_upstream(&p->kit, ENROLLMENT_LOG, entity, &event->base);
}

void hear_policy(struct portfolio_kit *p, const Enrollment__Policy *policy)
{
	Enrollment__PolicyPublished published = ENROLLMENT__POLICY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Policy copy = *policy;

	published.policy = &copy;
	event.policy_published = &published;
	hear(p, kit_name("document", "policy"), &event, ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED);
}

void hear_media(struct portfolio_kit *p)
{
	Enrollment__MediaPublished published = ENROLLMENT__MEDIA_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Media copy = *kit_media();

	published.media = &copy;
	event.media_published = &published;
	hear(p, kit_name("document", "media"), &event, ENROLLMENT__EVENT__BODY_MEDIA_PUBLISHED);
}

void hear_calendar(struct portfolio_kit *p)
{
	Enrollment__CalendarPublished published = ENROLLMENT__CALENDAR_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Calendar copy = *kit_calendar();

	published.calendar = &copy;
	event.calendar_published = &published;
	hear(p, kit_name("document", "calendar"), &event,
	     ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED);
}

void hear_profiles(struct portfolio_kit *p)
{
	static const char *const codes[] = {"standard", "double-read", "launch"};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		Enrollment__ProfilePublished published = ENROLLMENT__PROFILE_PUBLISHED__INIT;
		Enrollment__Event event = ENROLLMENT__EVENT__INIT;
		Enrollment__Profile copy = *kit_profile(codes[i]);

		published.profile = &copy;
		event.profile_published = &published;
		hear(p, kit_name("profile", codes[i]), &event,
		     ENROLLMENT__EVENT__BODY_PROFILE_PUBLISHED);
	}
}

void hear_entry(struct portfolio_kit *p, const char *profile)
{
	Enrollment__EntryPublished published = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Entry copy = *kit_entry();

	copy.profile = text_in(p, profile);
	published.entry = &copy;
	event.entry_published = &published;
	hear(p, bytes_of_pb(copy.entry), &event, ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED);
}

/* ---- enrollment: people ---- */

void hear_enrolled(struct portfolio_kit *p, struct bytes enrollment, struct bytes educator)
{
	Enrollment__Enrolled enrolled = ENROLLMENT__ENROLLED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	enrolled.enrollment = pb_of_bytes(enrollment);
	enrolled.educator = pb_of_bytes(educator);
	enrolled.entry = kit_entry()->entry;
	enrolled.version = 1;
	enrolled.school = pb_of_bytes(ORG("elm-school"));
	enrolled.district = pb_of_bytes(ORG("elm-district"));
	event.enrolled = &enrolled;
	hear(p, enrollment, &event, ENROLLMENT__EVENT__BODY_ENROLLED);
}

void hear_paused(struct portfolio_kit *p)
{
	Enrollment__Paused paused = ENROLLMENT__PAUSED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	paused.enrollment = pb_of_bytes(p->portfolio);
	event.paused = &paused;
	hear(p, p->portfolio, &event, ENROLLMENT__EVENT__BODY_PAUSED);
}

void hear_resumed(struct portfolio_kit *p, const char *school)
{
	Enrollment__Resumed resumed = ENROLLMENT__RESUMED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	resumed.enrollment = pb_of_bytes(p->portfolio);
	resumed.school = pb_of_bytes(ORG(school));
	resumed.district = pb_of_bytes(ORG("elm-district"));
	event.resumed = &resumed;
	hear(p, p->portfolio, &event, ENROLLMENT__EVENT__BODY_RESUMED);
}

void hear_withdrawn(struct portfolio_kit *p)
{
	Enrollment__Withdrawn withdrawn = ENROLLMENT__WITHDRAWN__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	withdrawn.enrollment = pb_of_bytes(p->portfolio);
	event.withdrawn = &withdrawn;
	hear(p, p->portfolio, &event, ENROLLMENT__EVENT__BODY_WITHDRAWN);
}

void hear_lapsed(struct portfolio_kit *p)
{
	Enrollment__Lapsed lapsed = ENROLLMENT__LAPSED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	lapsed.enrollment = pb_of_bytes(p->portfolio);
	lapsed.educator = pb_of_bytes(ANA);
	event.lapsed = &lapsed;
	hear(p, p->portfolio, &event, ENROLLMENT__EVENT__BODY_LAPSED);
}

void hear_completed(struct portfolio_kit *p)
{
	Enrollment__Completed completed = ENROLLMENT__COMPLETED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	completed.enrollment = pb_of_bytes(p->portfolio);
	event.completed = &completed;
	hear(p, p->portfolio, &event, ENROLLMENT__EVENT__BODY_COMPLETED);
}

void hear_moved(struct portfolio_kit *p, const char *school)
{
	Enrollment__EducatorMoved moved = ENROLLMENT__EDUCATOR_MOVED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	moved.educator = pb_of_bytes(ANA);
	moved.school = pb_of_bytes(ORG(school));
	moved.district = pb_of_bytes(ORG("oak-district"));
	event.educator_moved = &moved;
	hear(p, ANA, &event, ENROLLMENT__EVENT__BODY_EDUCATOR_MOVED);
}

void hear_erased(struct portfolio_kit *p, struct bytes educator)
{
	Enrollment__EducatorErased erased = ENROLLMENT__EDUCATOR_ERASED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	erased.educator = pb_of_bytes(educator);
	erased.because = text_in(p, "asked");
	event.educator_erased = &erased;
	hear(p, educator, &event, ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED);
}

void hear_relation(struct portfolio_kit *p, const char *reader, struct bytes educator)
{
	Enrollment__RelationDeclared declared = ENROLLMENT__RELATION_DECLARED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	declared.assessor = pb_of_bytes(READER(reader));
	declared.educator = pb_of_bytes(educator);
	event.relation_declared = &declared;
	hear(p, educator, &event, ENROLLMENT__EVENT__BODY_RELATION_DECLARED);
}

/* ---- assessment ---- */

static void hear_assessment(struct portfolio_kit *p, struct bytes entity, Assessment__Event *event,
			    Assessment__Event__BodyCase body)
{
	event->body_case = body;
	kit_upstream(&p->kit, ASSESSMENT_LOG, entity, &event->base);
}

void hear_assessor(struct portfolio_kit *p, const char *name, const char *org, bool lead)
{
	Assessment__AssessorRegistered registered = ASSESSMENT__ASSESSOR_REGISTERED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	ProtobufCBinaryData orgs[1];

	registered.assessor = pb_of_bytes(READER(name));
	registered.lead = lead;
	if (org != NULL) {
		orgs[0] = pb_of_bytes(ORG(org));
		registered.n_orgs = 1;
		registered.orgs = orgs;
	}
	event.assessor_registered = &registered;
	hear_assessment(p, READER(name), &event, ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED);
}

void hear_assessor_retired(struct portfolio_kit *p, const char *name)
{
	Assessment__AssessorRetired retired = ASSESSMENT__ASSESSOR_RETIRED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	retired.assessor = pb_of_bytes(READER(name));
	event.assessor_retired = &retired;
	hear_assessment(p, READER(name), &event, ASSESSMENT__EVENT__BODY_ASSESSOR_RETIRED);
}

struct bytes given_assigned(struct portfolio_kit *p, struct bytes submission, const char *reader)
{
	Assessment__ReadingAssigned assigned = ASSESSMENT__READING_ASSIGNED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes reading = kit_id(&p->kit);

	assigned.reading = pb_of_bytes(reading);
	assigned.submission = pb_of_bytes(submission);
	assigned.assessor = pb_of_bytes(READER(reader));
	assigned.ordinal = 1;
	assigned.until_us = p->kit.now_us + 72 * US_PER_HOUR;
	event.reading_assigned = &assigned;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_READING_ASSIGNED);
	return reading;
}

struct bytes given_opened(struct portfolio_kit *p, struct bytes submission, const char *reader)
{
	struct bytes reading = given_assigned(p, submission, reader);

	ENSURE(when_opened(p, reading, READER(reader)) == OK);
	return reading;
}

void hear_lease_expired(struct portfolio_kit *p, struct bytes reading, struct bytes submission)
{
	Assessment__LeaseExpired expired = ASSESSMENT__LEASE_EXPIRED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	expired.reading = pb_of_bytes(reading);
	expired.submission = pb_of_bytes(submission);
	event.lease_expired = &expired;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_LEASE_EXPIRED);
}

void hear_reading_completed(struct portfolio_kit *p, struct bytes reading, struct bytes submission)
{
	Assessment__ReadingCompleted completed = ASSESSMENT__READING_COMPLETED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	completed.reading = pb_of_bytes(reading);
	completed.submission = pb_of_bytes(submission);
	event.reading_completed = &completed;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_READING_COMPLETED);
}

void hear_adjudication(struct portfolio_kit *p, struct bytes submission)
{
	Assessment__AdjudicationRequested requested = ASSESSMENT__ADJUDICATION_REQUESTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	requested.submission = pb_of_bytes(submission);
	event.adjudication_requested = &requested;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED);
}

void hear_adjudicated(struct portfolio_kit *p, struct bytes submission, const char *lead)
{
	Assessment__AdjudicationCompleted completed = ASSESSMENT__ADJUDICATION_COMPLETED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	completed.submission = pb_of_bytes(submission);
	completed.assessor = pb_of_bytes(READER(lead));
	event.adjudication_completed = &completed;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED);
}

void hear_returned(struct portfolio_kit *p, struct bytes submission)
{
	Assessment__ReturnedIncomplete returned = ASSESSMENT__RETURNED_INCOMPLETE__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	returned.submission = pb_of_bytes(submission);
	returned.enrollment = pb_of_bytes(p->portfolio);
	returned.why = text_in(p, "unreadable");
	event.returned_incomplete = &returned;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE);
}

void hear_coached(struct portfolio_kit *p)
{
	Assessment__CoachingRecorded recorded = ASSESSMENT__COACHING_RECORDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	recorded.enrollment = pb_of_bytes(p->portfolio);
	event.coaching_recorded = &recorded;
	hear_assessment(p, p->portfolio, &event, ASSESSMENT__EVENT__BODY_COACHING_RECORDED);
}

void hear_decision(struct portfolio_kit *p, struct bytes submission, const char *met,
		   bool coach_next)
{
	Assessment__DecisionReleased released = ASSESSMENT__DECISION_RELEASED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	Assessment__RowResult rows[3], *list[3];

	released.passed = true;
	for (size_t i = 0; i < 3; i++) {
		assessment__row_result__init(&rows[i]);
		rows[i].row = kit_entry()->rubric->criteria[i]->code;
		rows[i].met = met[0] == 'y';
		released.passed = released.passed && rows[i].met;
		met += strcspn(met, " ");
		met += strspn(met, " ");
		list[i] = &rows[i];
	}
	released.decision = pb_of_bytes(kit_id(&p->kit));
	released.submission = pb_of_bytes(submission);
	released.enrollment = pb_of_bytes(p->portfolio);
	released.n_rows = 3;
	released.rows = list;
	released.coach_next = coach_next;
	event.decision_released = &released;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_DECISION_RELEASED);
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
	ask.scope = text_in(p, "assessment only");
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
