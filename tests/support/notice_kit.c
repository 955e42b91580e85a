/* What notification's neighbours tell it, for tests. */
#include "tests/support/notice_kit.h"

#include "libshared/check.h"
#include "libshared/seal.h"
#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"

#include <string.h>

#define ENROLLMENT_LOG "enrollment.0.log"
#define EVIDENCE_LOG "evidence.0.log"
#define ASSESSMENT_LOG "assessment.0.log"
#define ISSUANCE_LOG "issuance.0.log"

static char *text(struct kit *k, const char *s)
{
	return arena_text(k->arena, bytes_of_text(s));
}

void notice_kit_open(struct kit *k, const struct service *service)
{
	kit_open(k, service);
	given_catalogue(k);
}

/* ---- enrollment ---- */

static void enrollment_tells(struct kit *k, struct bytes entity, Enrollment__Event__BodyCase kind,
			     Enrollment__Event *event)
{
	event->body_case = kind;
	kit_upstream(k, ENROLLMENT_LOG, entity, &event->base);
}

void given_catalogue(struct kit *k)
{
	Enrollment__CalendarPublished calendar = ENROLLMENT__CALENDAR_PUBLISHED__INIT;
	Enrollment__EntryPublished entry = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Calendar c = *kit_calendar();
	Enrollment__Entry e = *kit_entry();

	calendar.calendar = &c;
	event.calendar_published = &calendar;
	enrollment_tells(k, bytes_of_id(&ID_NONE), ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED,
			 &event);
	entry.entry = &e;
	entry.hash = text(k, "00");
	event.entry_published = &entry;
	enrollment_tells(k, bytes_of_pb(e.entry), ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED, &event);
}

/* As enrollment seals it. */
static Cairn__Sealed *sealed_person(struct kit *k, struct bytes educator,
				    const struct notice_person *p)
{
	struct decision d = {.caps = &k->caps, .arena = k->arena};
	Enrollment__Person person = ENROLLMENT__PERSON__INIT;
	Cairn__Sealed *sealed;

	ENSURE(keyring_ensure(k->caps.keyring, educator) == 0);
	d.input_id = id_of_bytes(educator);
	person.name = text(k, p->name);
	person.email = text(k, p->email);
	person.handle = text(k, "amunoz");
	sealed = seal(&d, educator, message_pack(&person.base, k->arena));
	ENSURE(sealed != NULL);
	return sealed;
}

void given_person(struct kit *k, struct bytes educator, const struct notice_person *person)
{
	Enrollment__EducatorRegistered registered = ENROLLMENT__EDUCATOR_REGISTERED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	registered.educator = pb_of_bytes(educator);
	registered.person = sealed_person(k, educator, person);
	registered.language = text(k, person->language);
	event.educator_registered = &registered;
	enrollment_tells(k, educator, ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED, &event);
}

void when_email_changed(struct kit *k, struct bytes educator, const struct notice_person *person)
{
	Enrollment__EmailChanged changed = ENROLLMENT__EMAIL_CHANGED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	changed.educator = pb_of_bytes(educator);
	changed.person = sealed_person(k, educator, person);
	event.email_changed = &changed;
	enrollment_tells(k, educator, ENROLLMENT__EVENT__BODY_EMAIL_CHANGED, &event);
}

void given_ana(struct kit *k)
{
	given_person(k, ANA, &(struct notice_person){ANA_NAME, ANA_ADDRESS, "en"});
}

void given_enrolled(struct kit *k, struct bytes enrollment, struct bytes educator)
{
	Enrollment__Enrolled enrolled = ENROLLMENT__ENROLLED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	enrolled.enrollment = pb_of_bytes(enrollment);
	enrolled.educator = pb_of_bytes(educator);
	enrolled.entry = kit_entry()->entry;
	enrolled.version = kit_entry()->version;
	enrolled.lapses_us = k->now_us + 730 * US_PER_DAY;
	event.enrolled = &enrolled;
	enrollment_tells(k, enrollment, ENROLLMENT__EVENT__BODY_ENROLLED, &event);
}

void given_submitted(struct kit *k)
{
	given_ana(k);
	given_enrolled(k, THE_ENROLLMENT, ANA);
	when_sealed(k, THE_SUBMISSION, THE_ENROLLMENT);
}

void when_erased(struct kit *k, struct bytes educator)
{
	Enrollment__EducatorErased erased = ENROLLMENT__EDUCATOR_ERASED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	erased.educator = pb_of_bytes(educator);
	event.educator_erased = &erased;
	enrollment_tells(k, educator, ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED, &event);
}

void when_lapse_noticed(struct kit *k, struct bytes enrollment, int64_t lapses_us, uint32_t days)
{
	Enrollment__LapseNoticed noticed = ENROLLMENT__LAPSE_NOTICED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	noticed.enrollment = pb_of_bytes(enrollment);
	noticed.educator = pb_of_bytes(ANA);
	noticed.lapses_us = lapses_us;
	noticed.days_left = days;
	event.lapse_noticed = &noticed;
	enrollment_tells(k, enrollment, ENROLLMENT__EVENT__BODY_LAPSE_NOTICED, &event);
}

void when_lapsed(struct kit *k, struct bytes enrollment)
{
	Enrollment__Lapsed lapsed = ENROLLMENT__LAPSED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	lapsed.enrollment = pb_of_bytes(enrollment);
	lapsed.educator = pb_of_bytes(ANA);
	event.lapsed = &lapsed;
	enrollment_tells(k, enrollment, ENROLLMENT__EVENT__BODY_LAPSED, &event);
}

void when_finish_noticed(struct kit *k, struct bytes enrollment, int64_t finish_by_us)
{
	Enrollment__FinishNoticed noticed = ENROLLMENT__FINISH_NOTICED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	noticed.enrollment = pb_of_bytes(enrollment);
	noticed.educator = pb_of_bytes(ANA);
	noticed.finish_by_us = finish_by_us;
	event.finish_noticed = &noticed;
	enrollment_tells(k, enrollment, ENROLLMENT__EVENT__BODY_FINISH_NOTICED, &event);
}

void when_progress(struct kit *k, struct bytes enrollment)
{
	Enrollment__ProgressNoted noted = ENROLLMENT__PROGRESS_NOTED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	noted.enrollment = pb_of_bytes(enrollment);
	noted.resource = text(k, "lit-101.read");
	noted.done = true;
	event.progress_noted = &noted;
	enrollment_tells(k, enrollment, ENROLLMENT__EVENT__BODY_PROGRESS_NOTED, &event);
}

/* ---- evidence, assessment, issuance ---- */

void when_sealed(struct kit *k, struct bytes submission, struct bytes enrollment)
{
	Evidence__SubmissionSealed sealed = EVIDENCE__SUBMISSION_SEALED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	sealed.submission = pb_of_bytes(submission);
	sealed.portfolio = pb_of_bytes(enrollment);
	sealed.educator = pb_of_bytes(ANA);
	sealed.entry = kit_entry()->entry;
	sealed.version = kit_entry()->version;
	sealed.attempt = 1;
	/* The last second of Tuesday 2026-01-13 in Chicago, which is Wednesday in UTC. */
	sealed.due_us = INT64_C(1768370399) * US_PER_S;
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_SEALED;
	event.submission_sealed = &sealed;
	kit_upstream(k, EVIDENCE_LOG, enrollment, &event.base);
}

void when_recalled(struct kit *k, struct bytes submission, struct bytes enrollment)
{
	Evidence__SubmissionRecalled recalled = EVIDENCE__SUBMISSION_RECALLED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	recalled.submission = pb_of_bytes(submission);
	recalled.portfolio = pb_of_bytes(enrollment);
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_RECALLED;
	event.submission_recalled = &recalled;
	kit_upstream(k, EVIDENCE_LOG, enrollment, &event.base);
}

void when_returned(struct kit *k, struct bytes submission, struct bytes enrollment)
{
	Assessment__ReturnedIncomplete returned = ASSESSMENT__RETURNED_INCOMPLETE__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	returned.submission = pb_of_bytes(submission);
	returned.enrollment = pb_of_bytes(enrollment);
	returned.why = text(k, "unreadable");
	event.body_case = ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE;
	event.returned_incomplete = &returned;
	kit_upstream(k, ASSESSMENT_LOG, submission, &event.base);
}

void when_released(struct kit *k, struct bytes submission, bool coach_next)
{
	Assessment__DecisionReleased released = ASSESSMENT__DECISION_RELEASED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	released.decision = pb_of_bytes(kit_name("decision", "the one"));
	released.submission = pb_of_bytes(submission);
	released.enrollment = pb_of_bytes(THE_ENROLLMENT);
	released.educator = pb_of_bytes(ANA);
	released.entry = kit_entry()->entry;
	released.version = kit_entry()->version;
	released.coach_next = coach_next;
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_RELEASED;
	event.decision_released = &released;
	kit_upstream(k, ASSESSMENT_LOG, submission, &event.base);
}

/* All of them begin with the same names. */
#define FILL(m)                                                                                    \
	do {                                                                                       \
		(m).submission = pb_of_bytes(submission);                                          \
		(m).enrollment = pb_of_bytes(THE_ENROLLMENT);                                      \
		(m).educator = pb_of_bytes(ANA);                                                   \
		(m).entry = kit_entry()->entry;                                                    \
		(m).version = kit_entry()->version;                                                \
	} while (0)

void when_due_process(struct kit *k, Assessment__Event__BodyCase kind, struct bytes submission)
{
	Assessment__AppealFiled filed = ASSESSMENT__APPEAL_FILED__INIT;
	Assessment__AppealUpheld upheld = ASSESSMENT__APPEAL_UPHELD__INIT;
	Assessment__HoldPlaced placed = ASSESSMENT__HOLD_PLACED__INIT;
	Assessment__HoldCleared cleared = ASSESSMENT__HOLD_CLEARED__INIT;
	Assessment__IntegrityFounded founded = ASSESSMENT__INTEGRITY_FOUNDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	FILL(filed);
	FILL(upheld);
	FILL(placed);
	FILL(cleared);
	FILL(founded);
	filed.due_us = k->now_us + 20 * US_PER_DAY;
	event.body_case = kind;
	if (kind == ASSESSMENT__EVENT__BODY_APPEAL_FILED)
		event.appeal_filed = &filed;
	if (kind == ASSESSMENT__EVENT__BODY_APPEAL_UPHELD)
		event.appeal_upheld = &upheld;
	if (kind == ASSESSMENT__EVENT__BODY_HOLD_PLACED)
		event.hold_placed = &placed;
	if (kind == ASSESSMENT__EVENT__BODY_HOLD_CLEARED)
		event.hold_cleared = &cleared;
	if (kind == ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED)
		event.integrity_founded = &founded;
	kit_upstream(k, ASSESSMENT_LOG, submission, &event.base);
}

void when_issued(struct kit *k, struct bytes credential)
{
	Issuance__CredentialIssued issued = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	issued.credential = pb_of_bytes(credential);
	issued.educator = pb_of_bytes(ANA);
	issued.entry = kit_entry()->entry;
	issued.version = kit_entry()->version;
	issued.valid_from_us = k->now_us;
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	event.credential_issued = &issued;
	kit_upstream(k, ISSUANCE_LOG, credential, &event.base);
}

void when_life_changes(struct kit *k, Issuance__Event__BodyCase kind, struct bytes credential)
{
	Issuance__CredentialSuspended suspended = ISSUANCE__CREDENTIAL_SUSPENDED__INIT;
	Issuance__CredentialReinstated reinstated = ISSUANCE__CREDENTIAL_REINSTATED__INIT;
	Issuance__CredentialRevoked revoked = ISSUANCE__CREDENTIAL_REVOKED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	suspended.credential = reinstated.credential = revoked.credential = pb_of_bytes(credential);
	suspended.educator = reinstated.educator = revoked.educator = pb_of_bytes(ANA);
	suspended.entry = reinstated.entry = revoked.entry = kit_entry()->entry;
	suspended.version = reinstated.version = revoked.version = kit_entry()->version;
	event.body_case = kind;
	if (kind == ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED)
		event.credential_suspended = &suspended;
	else if (kind == ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED)
		event.credential_reinstated = &reinstated;
	else
		event.credential_revoked = &revoked;
	kit_upstream(k, ISSUANCE_LOG, credential, &event.base);
}

/* ---- what notification says ---- */

const Notification__Event *next_event(struct kit *k, Notification__Event__BodyCase kind)
{
	const Notification__Event *event;

	while ((event = (const Notification__Event *)kit_next_event(k, NULL)) != NULL)
		if (event->body_case == kind)
			return event;
	return NULL;
}

unsigned count_events(struct kit *k, Notification__Event__BodyCase kind)
{
	unsigned n = 0;

	while (next_event(k, kind) != NULL)
		n++;
	return n;
}

struct bytes the_notice(struct kit *k, Notification__Topic topic)
{
	const Notification__Event *event;

	do {
		event = next_event(k, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED);
		ENSURE(event != NULL);
	} while (event->notice_planned->topic != topic);
	return bytes_of_pb(event->notice_planned->notice);
}

void when_begun(struct kit *k, struct bytes notice)
{
	Notification__BeginSending begin = NOTIFICATION__BEGIN_SENDING__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	begin.notice = pb_of_bytes(notice);
	command.body_case = NOTIFICATION__COMMAND__BODY_BEGIN_SENDING;
	command.begin_sending = &begin;
	kit_send_as(k, kit_id(k), ROLE_SELF, BYTES_NONE, &command.base);
}

void when_recorded(struct kit *k, struct bytes notice, uint32_t attempt,
		   Notification__Outcome outcome, uint32_t code)
{
	Notification__RecordAttempt record = NOTIFICATION__RECORD_ATTEMPT__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	record.notice = pb_of_bytes(notice);
	record.attempt = attempt;
	record.outcome = outcome;
	record.code = code;
	record.channel = text(k, "smtp");
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_ATTEMPT;
	command.record_attempt = &record;
	kit_send_as(k, kit_id(k), ROLE_SELF, BYTES_NONE, &command.base);
}
