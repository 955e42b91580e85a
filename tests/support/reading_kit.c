/* Assessment under a kit: what its neighbours tell, and what its readers do. */
#include "tests/support/reading_kit.h"

#include "proto/evidence.pb-c.h"
#include "services/assessment/assessment.h"

#include <string.h>

#define ENROLLMENT_LOG "enrollment.0.log"
#define EVIDENCE_LOG "evidence.0.log"

static const char *const row_codes[] = {"lit-101.r1", "lit-101.r2", "lit-101.r3"};

static char *text(struct kit *k, const char *t)
{
	return arena_text(k->arena, bytes_of_text(t));
}

/* ---- the catalogue ---- */

void tell_profile(struct kit *k, const Enrollment__Profile *profile)
{
	Enrollment__ProfilePublished published = ENROLLMENT__PROFILE_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Profile copy = *profile;

	published.profile = &copy;
	event.body_case = ENROLLMENT__EVENT__BODY_PROFILE_PUBLISHED;
	event.profile_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, kit_name("profile", profile->code), &event.base);
}

void tell_policy(struct kit *k, const Enrollment__Policy *policy)
{
	Enrollment__PolicyPublished published = ENROLLMENT__POLICY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Policy copy = *policy;

	published.policy = &copy;
	event.body_case = ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED;
	event.policy_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, kit_name("policy", "policy"), &event.base);
}

void tell_calendar(struct kit *k)
{
	Enrollment__CalendarPublished published = ENROLLMENT__CALENDAR_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Calendar copy = *kit_calendar();

	published.calendar = &copy;
	event.body_case = ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED;
	event.calendar_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, kit_name("calendar", "calendar"), &event.base);
}

void tell_entry(struct kit *k, const Enrollment__Entry *entry)
{
	Enrollment__EntryPublished published = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Entry copy = *entry;

	published.entry = &copy;
	event.body_case = ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED;
	event.entry_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, bytes_of_pb(entry->entry), &event.base);
}

void tell_relation(struct kit *k, const char *reader, const char *educator)
{
	Enrollment__RelationDeclared declared = ENROLLMENT__RELATION_DECLARED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	declared.assessor = pb_of_bytes(READER(reader));
	declared.educator = pb_of_bytes(EDUCATOR(educator));
	event.body_case = ENROLLMENT__EVENT__BODY_RELATION_DECLARED;
	event.relation_declared = &declared;
	kit_upstream(k, ENROLLMENT_LOG, EDUCATOR(educator), &event.base);
}

void tell_license(struct kit *k, const char *educator, const char *expires)
{
	Enrollment__LicenseLinked linked = ENROLLMENT__LICENSE_LINKED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	linked.license = pb_of_bytes(kit_id(k));
	linked.educator = pb_of_bytes(EDUCATOR(educator));
	linked.expires = text(k, expires);
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_LINKED;
	event.license_linked = &linked;
	kit_upstream(k, ENROLLMENT_LOG, EDUCATOR(educator), &event.base);
}

void tell_license_renewed(struct kit *k, const char *educator, const char *expires)
{
	Enrollment__LicenseRenewed renewed = ENROLLMENT__LICENSE_RENEWED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	renewed.license = pb_of_bytes(kit_id(k));
	renewed.educator = pb_of_bytes(EDUCATOR(educator));
	renewed.expires = text(k, expires);
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_RENEWED;
	event.license_renewed = &renewed;
	kit_upstream(k, ENROLLMENT_LOG, EDUCATOR(educator), &event.base);
}

void reading_kit_open_empty(struct kit *k)
{
	kit_open(k, &assessment_service);
}

void reading_kit_open(struct kit *k, const char *profile)
{
	Enrollment__Entry entry = *kit_entry();

	reading_kit_open_empty(k);
	entry.profile = text(k, profile);
	tell_policy(k, kit_policy());
	tell_calendar(k);
	tell_profile(k, kit_profile("standard"));
	tell_profile(k, kit_profile("double-read"));
	tell_profile(k, kit_profile("launch"));
	tell_entry(k, &entry);
}

/* ---- assessors ---- */

static void register_reader(struct kit *k, Assessment__RegisterAssessor *ask)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	cmd.body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd.register_assessor = ask;
	ENSURE(kit_send(k, BYTES_NONE, &cmd.base) == CAIRN__STATUS__OK);
}

void given_registered(struct kit *k, const char *name, const char *org, bool lead)
{
	Assessment__RegisterAssessor ask = ASSESSMENT__REGISTER_ASSESSOR__INIT;
	ProtobufCBinaryData orgs[1];

	ask.assessor = pb_of_bytes(READER(name));
	ask.lead = lead;
	if (org != NULL) {
		orgs[0] = pb_of_bytes(ORG(org));
		ask.orgs = orgs;
		ask.n_orgs = 1;
	}
	register_reader(k, &ask);
}

void given_reader_who_teaches(struct kit *k, const char *name, const char *educator)
{
	Assessment__RegisterAssessor ask = ASSESSMENT__REGISTER_ASSESSOR__INIT;

	ask.assessor = pb_of_bytes(READER(name));
	ask.educator = pb_of_bytes(EDUCATOR(educator));
	register_reader(k, &ask);
	given_qualified(k, name, LIT_101, k->now_us + 365 * US_PER_DAY);
}

void given_qualified(struct kit *k, const char *name, struct bytes entry, int64_t until_us)
{
	Assessment__QualifyAssessor ask = ASSESSMENT__QUALIFY_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(READER(name));
	ask.entry = pb_of_bytes(entry);
	ask.until_us = until_us;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &ask;
	ENSURE(kit_send(k, BYTES_NONE, &cmd.base) == CAIRN__STATUS__OK);
}

void given_reader_of(struct kit *k, const char *name, const char *org)
{
	given_registered(k, name, org, false);
	given_qualified(k, name, LIT_101, k->now_us + 365 * US_PER_DAY);
}

void given_reader(struct kit *k, const char *name)
{
	given_reader_of(k, name, NULL);
}

void given_lead_reader(struct kit *k, const char *name)
{
	given_registered(k, name, NULL, true);
	given_qualified(k, name, LIT_101, k->now_us + 365 * US_PER_DAY);
}

Cairn__Status when_retired(struct kit *k, const char *name)
{
	Assessment__RetireAssessor ask = ASSESSMENT__RETIRE_ASSESSOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(READER(name));
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RETIRE_ASSESSOR;
	cmd.retire_assessor = &ask;
	return kit_send(k, BYTES_NONE, &cmd.base);
}

/* ---- sealed work ---- */

static void fill_rows(struct kit *k, const char *rows, Evidence__SubmissionSealed *sealed)
{
	sealed->rows = arena_alloc(k->arena, ARRAY_LEN(row_codes) * sizeof *sealed->rows);
	for (size_t i = 0; i < ARRAY_LEN(row_codes); i++)
		if (rows == NULL || strstr(rows, row_codes[i]) != NULL)
			sealed->rows[sealed->n_rows++] = text(k, row_codes[i]);
}

static void fill_orgs(const struct work *w, Evidence__SubmissionSealed *sealed)
{
	if (w->school != NULL)
		sealed->school = pb_of_bytes(ORG(w->school));
	if (w->district != NULL)
		sealed->district = pb_of_bytes(ORG(w->district));
}

struct bytes given_work(struct kit *k, const struct work *w)
{
	Evidence__SubmissionSealed sealed = EVIDENCE__SUBMISSION_SEALED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	const char *educator = w->educator != NULL ? w->educator : "ana";
	struct bytes submission = w->submission.len > 0 ? w->submission : kit_id(k);
	struct bytes hash = arena_copy(k->arena, BYTES_OF(k->caps.noise_key));

	sealed.submission = pb_of_bytes(submission);
	sealed.portfolio = pb_of_bytes(
		kit_name("enrollment", w->enrollment != NULL ? w->enrollment : educator));
	sealed.educator = pb_of_bytes(EDUCATOR(educator));
	sealed.entry = pb_of_bytes(w->entry.len > 0 ? w->entry : LIT_101);
	sealed.version = w->entry_version != 0 ? w->entry_version : 1;
	sealed.attempt = w->attempt != 0 ? w->attempt : 1;
	sealed.manifest_sha256 = pb_of_bytes(hash);
	sealed.sealed_us = k->now_us;
	sealed.due_us = w->due_us != 0 ? w->due_us : k->now_us + 5 * US_PER_DAY;
	sealed.limit_us = sealed.due_us + 5 * US_PER_DAY;
	sealed.profile = text(k, w->profile != NULL ? w->profile : "double-read");
	sealed.profile_version = 1;
	fill_rows(k, w->rows, &sealed);
	fill_orgs(w, &sealed);
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_SEALED;
	event.submission_sealed = &sealed;
	kit_upstream(k, EVIDENCE_LOG, submission, &event.base);
	return submission;
}

void when_work_recalled(struct kit *k, struct bytes submission)
{
	Evidence__SubmissionRecalled recalled = EVIDENCE__SUBMISSION_RECALLED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	recalled.submission = pb_of_bytes(submission);
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_RECALLED;
	event.submission_recalled = &recalled;
	kit_upstream(k, EVIDENCE_LOG, submission, &event.base);
}

void when_evidence_opened(struct kit *k, struct bytes submission, struct bytes reading)
{
	Evidence__SubmissionOpened opened = EVIDENCE__SUBMISSION_OPENED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	opened.submission = pb_of_bytes(submission);
	opened.reading = pb_of_bytes(reading);
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_OPENED;
	event.submission_opened = &opened;
	kit_upstream(k, EVIDENCE_LOG, submission, &event.base);
}

/* ---- readings ---- */

Cairn__Status when_next(struct kit *k, const char *reader, struct bytes reading)
{
	Assessment__NextReading ask = ASSESSMENT__NEXT_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_bytes(READER(reader));
	ask.reading = pb_of_bytes(reading);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &ask;
	return kit_send_as(k, kit_id(k), READER_ROLES, READER(reader), &cmd.base);
}

struct bytes take(struct kit *k, const char *reader)
{
	struct bytes reading = kit_id(k), submission;
	const Assessment__Event *event;

	forget_events(k);
	ENSURE(when_next(k, reader, reading) == CAIRN__STATUS__OK);
	event = next_of_kind(k, ASSESSMENT__EVENT__BODY_READING_ASSIGNED);
	ENSURE(event != NULL);
	submission = bytes_of_pb(event->reading_assigned->submission);
	when_evidence_opened(k, submission, reading);
	return reading;
}

char *words_text(struct kit *k, unsigned n, const char *word)
{
	char *all = text(k, n > 0 ? word : "");

	for (unsigned i = 1; i < n; i++)
		all = arena_printf(k->arena, "%s %s", all, word);
	return all;
}

static Assessment__Rating *rating(struct kit *k, const char *row, const char *level,
				  uint32_t confidence)
{
	Assessment__Rating *r = arena_alloc(k->arena, sizeof *r);

	assessment__rating__init(r);
	r->row = text(k, row);
	r->level = text(k, level);
	r->confidence = confidence;
	if (strcmp(level, "yes") != 0)
		r->feedback = words_text(k, FEEDBACK_WORDS, level);
	return r;
}

static Assessment__Rating **ratings(struct kit *k, const char *levels, uint32_t confidence,
				    size_t *n_r)
{
	Assessment__Rating **list = arena_alloc(k->arena, ARRAY_LEN(row_codes) * sizeof *list);
	char *rest = text(k, levels), *level, *at = NULL;

	*n_r = 0;
	for (size_t i = 0; i < ARRAY_LEN(row_codes); i++) {
		level = strtok_r(i == 0 ? rest : NULL, " ", &at);
		if (level != NULL && strcmp(level, "-") != 0)
			list[(*n_r)++] = rating(k, row_codes[i], level, confidence);
	}
	return list;
}

const Assessment__Command *rated_command(struct kit *k, struct bytes reading, const char *levels,
					 uint32_t confidence)
{
	Assessment__CompleteReading *ask = arena_alloc(k->arena, sizeof *ask);
	Assessment__Command *cmd = arena_alloc(k->arena, sizeof *cmd);

	assessment__complete_reading__init(ask);
	assessment__command__init(cmd);
	ask->reading = pb_of_bytes(reading);
	ask->ratings = ratings(k, levels, confidence, &ask->n_ratings);
	cmd->body_case = ASSESSMENT__COMMAND__BODY_COMPLETE_READING;
	cmd->complete_reading = ask;
	return cmd;
}

Cairn__Status when_rated_with(struct kit *k, struct bytes reading, const char *levels,
			      uint32_t confidence)
{
	return kit_send(k, BYTES_NONE, &rated_command(k, reading, levels, confidence)->base);
}

Cairn__Status when_rated(struct kit *k, struct bytes reading, const char *levels)
{
	return when_rated_with(k, reading, levels, 4);
}

Cairn__Status when_adjudicated(struct kit *k, struct bytes submission, const char *lead,
			       const char *levels)
{
	Assessment__Adjudicate ask = ASSESSMENT__ADJUDICATE__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(submission);
	ask.assessor = pb_of_bytes(READER(lead));
	ask.ratings = ratings(k, levels, 5, &ask.n_ratings);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_ADJUDICATE;
	cmd.adjudicate = &ask;
	return kit_send_as(k, kit_id(k), READER_ROLES, READER(lead), &cmd.base);
}

void given_read_twice(struct kit *k, const char *first, const char *second,
		      const char *levels_first, const char *levels_second)
{
	ENSURE(when_rated(k, take(k, first), levels_first) == CAIRN__STATUS__OK);
	ENSURE(when_rated(k, take(k, second), levels_second) == CAIRN__STATUS__OK);
}

/* ---- questions ---- */

const Assessment__DecisionAnswer *decision_of_work(struct kit *k, struct bytes submission)
{
	Assessment__GetDecision ask = ASSESSMENT__GET_DECISION__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.submission = pb_of_bytes(submission);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_DECISION;
	query.get_decision = &ask;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)k->answer)->decision;
}

const char *state_of_work(struct kit *k, struct bytes submission)
{
	return decision_of_work(k, submission)->state;
}

const Assessment__QueueAnswer *queue_as_operator(struct kit *k, const char *state)
{
	Assessment__GetQueue ask = ASSESSMENT__GET_QUEUE__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;

	ask.state = text(k, state);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_QUEUE;
	query.get_queue = &ask;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Assessment__Answer *)k->answer)->queue;
}

/* Without the operator's role, which kit_ask() has. */
Cairn__Status ask_as(struct kit *k, struct bytes actor, const ProtobufCMessage *query)
{
	struct query q = {
		.view = kit_view(k),
		.now_us = k->now_us,
		.actor = id_of_bytes(actor),
		.roles = READER_ROLES,
		.caps = &k->caps,
		.arena = k->arena,
	};
	Cairn__Status status = assessment_answer_query(query, &q);

	k->answer = NULL;
	if (status == CAIRN__STATUS__OK)
		k->answer = protobuf_c_message_unpack(&assessment__answer__descriptor,
						      arena_cap(k->arena, (size_t)1 << 22),
						      q.answer.len, q.answer.data);
	return status;
}

/* ---- events ---- */

const Assessment__Event *next_of_kind(struct kit *k, Assessment__Event__BodyCase kind)
{
	const Assessment__Event *event;

	while ((event = (const Assessment__Event *)kit_next_event(k, NULL)) != NULL)
		if (event->body_case == kind)
			return event;
	return NULL;
}

unsigned count_of_kind(struct kit *k, Assessment__Event__BodyCase kind)
{
	unsigned n = 0;

	while (next_of_kind(k, kind) != NULL)
		n++;
	return n;
}

void forget_events(struct kit *k)
{
	while (kit_next_event(k, NULL) != NULL)
		continue;
}
