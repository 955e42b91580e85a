/* What the neighbours' events mean here: documents of the catalogue, and sealed work. */
#include "services/assessment/decision.h"
#include "services/assessment/follow_parts.h"
#include "services/assessment/rules.h"
#include "services/assessment/shared.h"
#include "services/assessment/tables_seat.h"
#include "services/assessment/tables_due.h"

#include "libshared/calendar.h"
#include "libshared/zone.h"
#include "proto/evidence.pb-c.h"

#include <string.h>

/* Of no use here. */
static enum verdict ignore(const struct view *view, const ProtobufCMessage *event,
			   struct decision *d)
{
	(void)view, (void)event, (void)d;
	return ACCEPTED;
}

/* ---- documents ---- */

/* There is one policy. */
static struct id policy_id(void)
{
	return id_of_name("policy", "policy");
}

static enum verdict profile_published(const struct view *view, const ProtobufCMessage *upstream,
				      struct decision *d)
{
	Enrollment__Profile *profile =
		((const Enrollment__Event *)upstream)->profile_published->profile;
	Assessment__ProfileNoted noted = ASSESSMENT__PROFILE_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct id id, version;

	if (profile == NULL)
		return refuse(d, ASSESSMENT__REASON__BAD_VALUE);
	id = profile_id(profile->code);
	version = id_of_version(bytes_of_id(&id), profile->version);
	if (profile_get(view, bytes_of_id(&id), profile->version, d->arena) != NULL)
		return ACCEPTED;
	noted.profile = profile;
	event.body_case = ASSESSMENT__EVENT__BODY_PROFILE_NOTED;
	event.profile_noted = &noted;
	emit_about(d, bytes_of_id(&id), &event.base);
	brings(d, AWAIT_PROFILE, bytes_of_id(&version));
	brings(d, AWAIT_PROFILE, bytes_of_id(&id));
	return ACCEPTED;
}

static enum verdict policy_published(const struct view *view, const ProtobufCMessage *upstream,
				     struct decision *d)
{
	Enrollment__Policy *policy =
		((const Enrollment__Event *)upstream)->policy_published->policy;
	Assessment__PolicyNoted noted = ASSESSMENT__POLICY_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct id id = policy_id();

	if (policy == NULL)
		return refuse(d, ASSESSMENT__REASON__BAD_VALUE);
	if (policy_get(view, policy->version, d->arena) != NULL)
		return ACCEPTED;
	noted.policy = policy;
	event.body_case = ASSESSMENT__EVENT__BODY_POLICY_NOTED;
	event.policy_noted = &noted;
	emit_about(d, bytes_of_id(&id), &event.base);
	brings(d, AWAIT_POLICY, bytes_of_id(&id));
	return ACCEPTED;
}

/* A zone that this machine does not have would make every rule on days wrong: somebody must install
 * it. */
static enum verdict calendar_published(const struct view *view, const ProtobufCMessage *upstream,
				       struct decision *d)
{
	Enrollment__Calendar *calendar =
		((const Enrollment__Event *)upstream)->calendar_published->calendar;
	Assessment__CalendarNoted noted = ASSESSMENT__CALENDAR_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct id id = id_of_name("calendar", "calendar");

	if (calendar == NULL || calendar_fault(d->caps->zones, calendar) != NULL)
		return refuse(d, ASSESSMENT__REASON__BAD_VALUE);
	if (calendar_get(view, calendar->version, d->arena) != NULL)
		return ACCEPTED;
	noted.calendar = calendar;
	event.body_case = ASSESSMENT__EVENT__BODY_CALENDAR_NOTED;
	event.calendar_noted = &noted;
	emit_about(d, bytes_of_id(&id), &event.base);
	return ACCEPTED;
}

static enum verdict entry_published(const struct view *view, const ProtobufCMessage *upstream,
				    struct decision *d)
{
	const Enrollment__Entry *entry =
		((const Enrollment__Event *)upstream)->entry_published->entry;
	Assessment__EntryNoted noted = ASSESSMENT__ENTRY_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct id version;

	if (entry == NULL || !is_id(bytes_of_pb(entry->entry)) || entry->rubric == NULL)
		return refuse(d, ASSESSMENT__REASON__BAD_VALUE);
	if (entry_known(view, bytes_of_pb(entry->entry), entry->version))
		return ACCEPTED;
	noted.entry = entry->entry;
	noted.version = entry->version;
	noted.code = entry->code;
	noted.title = entry->title;
	noted.profile = entry->profile;
	noted.rubric = entry->rubric;
	noted.n_requirements = entry->n_requirements;
	noted.requirements = entry->requirements;
	event.body_case = ASSESSMENT__EVENT__BODY_ENTRY_NOTED;
	event.entry_noted = &noted;
	emit_about(d, bytes_of_pb(entry->entry), &event.base);
	version = id_of_version(bytes_of_pb(entry->entry), entry->version);
	brings(d, AWAIT_ENTRY, bytes_of_id(&version));
	return ACCEPTED;
}

/* ---- sealed work ---- */

/* What decides the rows of an attempt. */
struct seal {
	const Evidence__SubmissionSealed *sealed;
	const Assessment__EntryNoted *entry;
	const Enrollment__Policy *policy;
};

/* Met in an earlier attempt, and still standing when this one was sealed. */
static bool stands(const struct view *view, const struct seal *seal, const char *row,
		   struct arena *arena)
{
	const Evidence__SubmissionSealed *sealed = seal->sealed;
	const Assessment__EntryNoted *then;
	struct kept kept;

	if (!kept_get(view, bytes_of_pb(sealed->portfolio), row, &kept))
		return false;
	if (months_after_us(kept.met_us, seal->policy->kept_row_months) < sealed->sealed_us)
		return false;
	if (kept.entry_version == sealed->version)
		return true;
	then = entry_get(view, bytes_of_pb(sealed->entry), kept.entry_version, arena);
	return then != NULL && row_still_stands(then->rubric, seal->entry->rubric, row);
}

static bool is_opened(const Evidence__SubmissionSealed *sealed, const char *row)
{
	for (size_t i = 0; i < sealed->n_rows; i++)
		if (strcmp(sealed->rows[i], row) == 0)
			return true;
	return false;
}

/* The rows to be judged: those that the seal opened, and those that nothing stands for. */
static void open_rows(const struct view *view, const struct seal *seal, struct arena *arena,
		      Assessment__SubmissionReceived *received)
{
	const Enrollment__Rubric *rubric = seal->entry->rubric;

	received->rows = arena_zalloc(arena, (rubric->n_criteria + 1) * sizeof(char *));
	for (size_t i = 0; i < rubric->n_criteria; i++) {
		char *row = rubric->criteria[i]->code;

		if (is_opened(seal->sealed, row) || !stands(view, seal, row, arena))
			received->rows[received->n_rows++] = row;
	}
}

/* The profile it starts under, and keeps: the entry's; or, when an entry has had its many decisions
 * under a launch profile, the one that comes then. NULL: *wanted_r is not known yet. */
static const Enrollment__Profile *choose_profile(const struct view *view,
						 const Evidence__SubmissionSealed *sealed,
						 struct arena *arena, struct id *wanted_r)
{
	struct id id = profile_id(sealed->profile);
	const Enrollment__Profile *profile =
		profile_get(view, bytes_of_id(&id), sealed->profile_version, arena);

	*wanted_r = id_of_version(bytes_of_id(&id), sealed->profile_version);
	if (profile == NULL || profile->until_decided == 0 || profile->then[0] == '\0' ||
	    decisions_of(view, bytes_of_pb(sealed->entry), bytes_of_id(&id)) <
		    profile->until_decided)
		return profile;
	*wanted_r = profile_id(profile->then);
	return profile_get(view, bytes_of_id(wanted_r), 0, arena);
}

static void emit_received(struct decision *d, Assessment__SubmissionReceived *received)
{
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	event.body_case = ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED;
	event.submission_received = received;
	emit_about(d, bytes_of_pb(received->submission), &event.base);
	brings(d, AWAIT_SUBMISSION, bytes_of_pb(received->submission));
}

/* The seal itself was the check: every required item is there. */
static void emit_screened(const struct view *view, struct decision *d,
			  const Assessment__SubmissionReceived *received, uint32_t minutes)
{
	Assessment__SubmissionScreened screened = ASSESSMENT__SUBMISSION_SCREENED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct submission row = submission_of_received(received);
	struct bytes submission = bytes_of_pb(received->submission);

	screened.submission = received->submission;
	screened.automatic = true;
	screened.no_reader_us = look_again_us(view, d, submission, &row, BYTES_NONE, minutes);
	event.body_case = ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED;
	event.submission_screened = &screened;
	emit_about(d, submission, &event.base);
}

/* A license of the author's that ends within the policy's days after the seal, as 2026-06-30. */
static char *renewal_by(const struct view *view, struct decision *d, const struct seal *seal)
{
	int64_t today = seal->sealed->sealed_us / US_PER_DAY, day;
	struct civil c;

	if (!renewal_get(view, bytes_of_pb(seal->sealed->educator), today, &day) ||
	    day > today + seal->policy->renewal_priority_days)
		return arena_text(d->arena, bytes_of_text(""));
	c = civil_of_day(day);
	return arena_printf(d->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* The attempt was back with its author: its clock goes on. */
static void go_on(const struct view *view, struct decision *d,
		  const Assessment__SubmissionReceived *received)
{
	struct submission row = submission_of_received(received);

	if (clock_get(view, &row).state == CLOCK_PAUSED)
		emit_clock_resumed_as_sealed(d, received);
}

static void receive(const struct view *view, struct decision *d, const struct seal *seal,
		    const Enrollment__Profile *profile)
{
	Assessment__SubmissionReceived received = ASSESSMENT__SUBMISSION_RECEIVED__INIT;
	const Evidence__SubmissionSealed *sealed = seal->sealed;
	bool person = strcmp(profile->screening, "person") == 0;

	open_rows(view, seal, d->arena, &received);
	received.submission = sealed->submission;
	received.enrollment = sealed->portfolio;
	received.educator = sealed->educator;
	received.entry = sealed->entry;
	received.version = sealed->version;
	received.attempt = sealed->attempt;
	received.manifest_sha256 = sealed->manifest_sha256;
	received.school = sealed->school;
	received.district = sealed->district;
	received.sealed_us = sealed->sealed_us;
	received.due_us = sealed->due_us;
	received.limit_us = sealed->limit_us;
	received.profile = profile->code;
	received.profile_version = profile->version;
	received.policy_version = seal->policy->version;
	received.language = sealed->language;
	received.renewal_by = renewal_by(view, d, seal);
	received.screening = arena_text(d->arena, bytes_of_text(person ? "person" : "automatic"));
	emit_received(d, &received);
	go_on(view, d, &received);
	if (!person)
		emit_screened(view, d, &received, seal->policy->no_reader_minutes);
}

static bool is_id_or_none(ProtobufCBinaryData id)
{
	return id.len == 0 || is_id(bytes_of_pb(id));
}

static bool ids_are_sound(const Evidence__SubmissionSealed *sealed)
{
	return is_id(bytes_of_pb(sealed->submission)) && is_id(bytes_of_pb(sealed->portfolio)) &&
	       is_id(bytes_of_pb(sealed->educator)) && is_id(bytes_of_pb(sealed->entry)) &&
	       is_id_or_none(sealed->school) && is_id_or_none(sealed->district);
}

static enum verdict submission_sealed(const struct view *view, const ProtobufCMessage *upstream,
				      struct decision *d)
{
	const Evidence__SubmissionSealed *sealed =
		((const Evidence__Event *)upstream)->submission_sealed;
	struct bytes entry = bytes_of_pb(sealed->entry);
	struct id wanted = id_of_version(entry, sealed->version), policy = policy_id();
	struct seal seal = {.sealed = sealed};
	const Enrollment__Profile *profile;
	struct submission row;

	if (!ids_are_sound(sealed))
		return refuse(d, ASSESSMENT__REASON__BAD_ID);
	if (submission_get(view, bytes_of_pb(sealed->submission), &row))
		return ACCEPTED;
	seal.entry = entry_get(view, entry, sealed->version, d->arena);
	if (seal.entry == NULL)
		return await(d, AWAIT_ENTRY, bytes_of_id(&wanted));
	seal.policy = policy_get(view, 0, d->arena);
	if (seal.policy == NULL)
		return await(d, AWAIT_POLICY, bytes_of_id(&policy));
	profile = choose_profile(view, sealed, d->arena, &wanted);
	if (profile == NULL)
		return await(d, AWAIT_PROFILE, bytes_of_id(&wanted));
	receive(view, d, &seal, profile);
	return ACCEPTED;
}

/* Evidence lets an author recall what no reader has opened: nothing was judged. What was decided,
 * returned or has left already stays as it is. */
static enum verdict submission_recalled(const struct view *view, const ProtobufCMessage *upstream,
					struct decision *d)
{
	const Evidence__SubmissionRecalled *recalled =
		((const Evidence__Event *)upstream)->submission_recalled;
	struct bytes submission = bytes_of_pb(recalled->submission);
	struct submission row;

	if (!is_id(submission))
		return refuse(d, ASSESSMENT__REASON__BAD_ID);
	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	if (!submission_is_open(row.state) || row.readings > 0)
		return ACCEPTED;
	emit_submission_left(d, submission, "recalled");
	emit_clock_paused(d, submission, "recalled");
	return ACCEPTED;
}

/* A lead who adjudicates opens it too, under an id that is no reading's here; a lease may have
 * ended since. */
static enum verdict submission_opened(const struct view *view, const ProtobufCMessage *upstream,
				      struct decision *d)
{
	const Evidence__SubmissionOpened *opened =
		((const Evidence__Event *)upstream)->submission_opened;
	struct bytes submission = bytes_of_pb(opened->submission),
		     id = bytes_of_pb(opened->reading);
	Assessment__OpeningNoted noted = ASSESSMENT__OPENING_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct submission row;
	struct reading reading;

	if (!is_id(submission) || !is_id(id))
		return refuse(d, ASSESSMENT__REASON__BAD_ID);
	if (!submission_get(view, submission, &row))
		return await(d, AWAIT_SUBMISSION, submission);
	if (!reading_get(view, id, &reading) || reading.state != READING_IN_HAND || reading.opened)
		return ACCEPTED;
	noted.reading = opened->reading;
	noted.submission = opened->submission;
	event.body_case = ASSESSMENT__EVENT__BODY_OPENING_NOTED;
	event.opening_noted = &noted;
	emit_about(d, submission, &event.base);
	return ACCEPTED;
}

/* What nobody can read any more is no anchor. Every submission has answers, so that the end of its
 * time shows in them. */
static enum verdict answer_purged(const struct view *view, const ProtobufCMessage *upstream,
				  struct decision *d)
{
	struct bytes submission =
		bytes_of_pb(((const Evidence__Event *)upstream)->answer_purged->submission);
	struct submission row;

	if (is_id(submission) && submission_get(view, submission, &row) &&
	    anchor_get(view, submission, &row, d->arena) != NULL)
		emit_anchor_withdrawn(d, submission, "purged");
	return ACCEPTED;
}

/* ---- the tables ---- */

/* Of educators only the id and, when sealing, the orgs matter here; sealed work is assessed
 * whatever becomes of the enrollment. An erased educator's id is a pseudonym that nothing opens any
 * more; that the work is no anchor any more is all that follows. */
static follow_fn *const of_enrollment[] = {
	[ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_PROFILE_PUBLISHED] = profile_published,
	[ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED] = policy_published,
	[ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED] = calendar_published,
	[ENROLLMENT__EVENT__BODY_MEDIA_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED] = entry_published,
	[ENROLLMENT__EVENT__BODY_ENTRY_RETIRED] = ignore,
	[ENROLLMENT__EVENT__BODY_STACK_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_ORG_REGISTERED] = org_registered,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_MOVED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_RENAMED] = ignore,
	[ENROLLMENT__EVENT__BODY_EMAIL_CHANGED] = ignore,
	[ENROLLMENT__EVENT__BODY_LICENSE_LINKED] = license_linked,
	[ENROLLMENT__EVENT__BODY_LICENSE_CORRECTED] = ignore,
	[ENROLLMENT__EVENT__BODY_LICENSE_RENEWED] = license_renewed,
	[ENROLLMENT__EVENT__BODY_RELATION_DECLARED] = relation_declared,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED] = educator_erased,
	[ENROLLMENT__EVENT__BODY_KEY_DESTROYED] = ignore,
	[ENROLLMENT__EVENT__BODY_ERASURE_COMPLETED] = ignore,
	[ENROLLMENT__EVENT__BODY_ENROLLED] = ignore,
	[ENROLLMENT__EVENT__BODY_PAUSED] = ignore,
	[ENROLLMENT__EVENT__BODY_RESUMED] = ignore,
	[ENROLLMENT__EVENT__BODY_WITHDRAWN] = ignore,
	[ENROLLMENT__EVENT__BODY_PROGRESS_NOTED] = ignore,
	[ENROLLMENT__EVENT__BODY_LAPSE_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_LAPSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COMPLETED] = ignore,
	[ENROLLMENT__EVENT__BODY_SUBMISSION_NOTED] = ignore,
	[ENROLLMENT__EVENT__BODY_ACTIVITY_NOTED] = ignore,
	[ENROLLMENT__EVENT__BODY_NAMES_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_QUALITY_STANDARD_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_RECORDED] = ignore,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_WITHDRAWN] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_OVERDUE] = ignore,
	[ENROLLMENT__EVENT__BODY_FINISH_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_TOLD] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_SEEN] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_MISSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_CLOSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_JOINED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_LEFT] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_SET] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_DROPPED] = ignore,
};

/* A withdrawn consent closes an item at evidence and undoes no judgement. */
static follow_fn *const of_evidence[] = {
	[EVIDENCE__EVENT__BODY_ARTIFACT_BEGUN] = ignore,
	[EVIDENCE__EVENT__BODY_PART_STORED] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_STORED] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_ABANDONED] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENT_RECORDED] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENT_WITHDRAWN] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_REDACTED] = ignore,
	[EVIDENCE__EVENT__BODY_NO_IDENTIFIERS_ATTESTED] = ignore,
	[EVIDENCE__EVENT__BODY_BLOBS_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED] = ignore,
	[EVIDENCE__EVENT__BODY_SUBMISSION_SEALED] = submission_sealed,
	[EVIDENCE__EVENT__BODY_SUBMISSION_RECALLED] = submission_recalled,
	[EVIDENCE__EVENT__BODY_SUBMISSION_OPENED] = submission_opened,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_REOPENED] = ignore,
	[EVIDENCE__EVENT__BODY_PORTFOLIO_CLOSED] = ignore,
	[EVIDENCE__EVENT__BODY_GRANT_WRITTEN] = ignore,
	[EVIDENCE__EVENT__BODY_GRANT_CLOSED] = ignore,
	[EVIDENCE__EVENT__BODY_ITEM_VIEWED] = ignore,
	[EVIDENCE__EVENT__BODY_ITEM_READ] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_SCANNED] = ignore,
	[EVIDENCE__EVENT__BODY_ARTIFACT_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_ANSWER_PURGED] = answer_purged,
	[EVIDENCE__EVENT__BODY_RETENTION_SET] = ignore,
	[EVIDENCE__EVENT__BODY_RETENTION_HELD] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENTS_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_MANIFESTS_PURGED] = ignore,
	[EVIDENCE__EVENT__BODY_PURGE_REQUESTED] = ignore,
	[EVIDENCE__EVENT__BODY_DUPLICATE_FOUND] = follow_duplicate,
	[EVIDENCE__EVENT__BODY_SHARED_DECLARED] = ignore,
	[EVIDENCE__EVENT__BODY_SHARED_CONFIRMED] = ignore,
	[EVIDENCE__EVENT__BODY_SHARED_ROWS_FOUND] = follow_shared_rows,
	[EVIDENCE__EVENT__BODY_HOLD_PLACED] = ignore,
	[EVIDENCE__EVENT__BODY_HOLD_LIFT_ASKED] = ignore,
	[EVIDENCE__EVENT__BODY_HOLD_LIFTED] = ignore,
	[EVIDENCE__EVENT__BODY_CONSENT_EXPIRED] = ignore, /* the item is closed */
	[EVIDENCE__EVENT__BODY_ENTRY_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_POLICY_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_MEDIA_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_CALENDAR_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_PROFILE_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_EDUCATOR_FORGOTTEN] = ignore,
	[EVIDENCE__EVENT__BODY_ENROLLMENT_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_ASSESSOR_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_RELATION_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_ADJUDICATION_NOTED] = ignore,
	[EVIDENCE__EVENT__BODY_RETIREMENT_NOTED] = ignore,
};

static const struct {
	follow_fn *const *of;
	uint32_t n;
} follows[N_UPSTREAMS] = {
	[UP_ENROLLMENT] = {of_enrollment, ARRAY_LEN(of_enrollment)},
	[UP_EVIDENCE] = {of_evidence, ARRAY_LEN(of_evidence)},
};

bool assessment_follows(unsigned upstream, uint32_t kind)
{
	return upstream < N_UPSTREAMS && kind < follows[upstream].n &&
	       follows[upstream].of[kind] != NULL;
}

static enum verdict follow(unsigned upstream, const struct view *view,
			   const ProtobufCMessage *event, struct decision *d)
{
	uint32_t kind = body_kind(event);

	/* A newer neighbour's kind that may be skipped. */
	if (!assessment_follows(upstream, kind))
		return ACCEPTED;
	return follows[upstream].of[kind](view, event, d);
}

static enum verdict decide_enrollment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	(void)record;
	return follow(UP_ENROLLMENT, view, event, d);
}

static enum verdict decide_evidence(const struct view *view, const ProtobufCMessage *event,
				    const struct record *record, struct decision *d)
{
	(void)record;
	return follow(UP_EVIDENCE, view, event, d);
}

const struct upstream assessment_upstreams[N_UPSTREAMS] = {
	[UP_ENROLLMENT] = {"enrollment.0.log", &enrollment__event__descriptor, decide_enrollment},
	[UP_EVIDENCE] = {"evidence.0.log", &evidence__event__descriptor, decide_evidence},
};

/* The first release kept what readers had written to who was erased. */
const struct learned assessment_learned[1] = {
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED},
};
