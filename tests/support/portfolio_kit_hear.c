/* What enrollment and assessment tell evidence under a kit. */
#include "tests/support/portfolio_kit.h"

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

void hear_retired(struct portfolio_kit *p, int64_t finish_in_us, const char *successor_code)
{
	Enrollment__EntryRetired retired = ENROLLMENT__ENTRY_RETIRED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	retired.entry = kit_entry()->entry;
	retired.version = 1;
	retired.finish_by_us = p->kit.now_us + finish_in_us;
	retired.successor_code = text_in(p, successor_code);
	event.entry_retired = &retired;
	hear(p, bytes_of_pb(retired.entry), &event, ENROLLMENT__EVENT__BODY_ENTRY_RETIRED);
}

void hear_retirement_withdrawn(struct portfolio_kit *p)
{
	Enrollment__RetirementWithdrawn withdrawn = ENROLLMENT__RETIREMENT_WITHDRAWN__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	withdrawn.entry = kit_entry()->entry;
	event.retirement_withdrawn = &withdrawn;
	hear(p, bytes_of_pb(withdrawn.entry), &event, ENROLLMENT__EVENT__BODY_RETIREMENT_WITHDRAWN);
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

struct bytes given_anchor(struct portfolio_kit *p, struct bytes submission, const char *reader)
{
	Assessment__AnchorAssigned assigned = ASSESSMENT__ANCHOR_ASSIGNED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct bytes reading = kit_id(&p->kit);

	assigned.reading = pb_of_bytes(reading);
	assigned.submission = pb_of_bytes(submission);
	assigned.assessor = pb_of_bytes(READER(reader));
	assigned.until_us = p->kit.now_us + 72 * US_PER_HOUR;
	event.anchor_assigned = &assigned;
	hear_assessment(p, READER(reader), &event, ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED);
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

static void hear_released(struct portfolio_kit *p, Assessment__DecisionReleased *released,
			  const char *met)
{
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	Assessment__RowResult rows[3], *list[3];

	released->passed = true;
	for (size_t i = 0; i < 3; i++) {
		assessment__row_result__init(&rows[i]);
		rows[i].row = kit_entry()->rubric->criteria[i]->code;
		rows[i].met = met[0] == 'y';
		released->passed = released->passed && rows[i].met;
		met += strcspn(met, " ");
		met += strspn(met, " ");
		list[i] = &rows[i];
	}
	released->decision = pb_of_bytes(kit_id(&p->kit));
	released->enrollment = pb_of_bytes(p->portfolio);
	released->n_rows = 3;
	released->rows = list;
	event.decision_released = released;
	hear_assessment(p, bytes_of_pb(released->submission), &event,
			ASSESSMENT__EVENT__BODY_DECISION_RELEASED);
}

void hear_decision(struct portfolio_kit *p, struct bytes submission, const char *met,
		   bool coach_next)
{
	Assessment__DecisionReleased released = ASSESSMENT__DECISION_RELEASED__INIT;

	released.submission = pb_of_bytes(submission);
	released.coach_next = coach_next;
	hear_released(p, &released, met);
}

void hear_decision_anew(struct portfolio_kit *p, struct bytes submission, const char *met)
{
	Assessment__DecisionReleased released = ASSESSMENT__DECISION_RELEASED__INIT;

	released.submission = pb_of_bytes(submission);
	released.supersedes = pb_of_bytes(kit_id(&p->kit));
	hear_released(p, &released, met);
}

void hear_left(struct portfolio_kit *p, struct bytes submission)
{
	Assessment__SubmissionLeft left = ASSESSMENT__SUBMISSION_LEFT__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	char why[] = "passed_meanwhile";

	left.submission = pb_of_bytes(submission);
	left.why = why;
	event.submission_left = &left;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT);
}

void hear_founded(struct portfolio_kit *p, struct bytes submission)
{
	Assessment__IntegrityFounded founded = ASSESSMENT__INTEGRITY_FOUNDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	founded.submission = pb_of_bytes(submission);
	founded.enrollment = pb_of_bytes(p->portfolio);
	founded.educator = pb_of_bytes(ANA);
	event.integrity_founded = &founded;
	hear_assessment(p, submission, &event, ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED);
}
