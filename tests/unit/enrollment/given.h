/*
 * What the tests of enrollment start from: the small catalogue of the kit, an educator, an
 * enrollment; and each command in one line.
 *
 * All of it is static inline: each test program has its own.
 */
#ifndef CAIRN_TEST_ENROLLMENT_GIVEN_H
#define CAIRN_TEST_ENROLLMENT_GIVEN_H

#include "libshared/check.h"
#include "libshared/service.h"
#include "services/enrollment/enrollment.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define NOBODY BYTES_NONE
#define LIT_101 kit_name("entry", "lit-101")
#define LIT_102 kit_name("entry", "lit-102")
#define OK CAIRN__STATUS__OK
#define REJECTED CAIRN__STATUS__REJECTED
#define PORTAL (ROLE_PORTAL | ROLE_ASSERTS)
#define REASON(name) ENROLLMENT__REASON__##name

/* Sends one command as a peer with these roles for this person: SEND(&kit, PORTAL, actor, PAUSE,
 * pause, &pause). SEND_OP: as the operator, for nobody. */
#define SEND(k, roles, actor, CASE, member, body)                                                  \
	__extension__({                                                                            \
		Enrollment__Command cmd_ = ENROLLMENT__COMMAND__INIT;                              \
		cmd_.body_case = ENROLLMENT__COMMAND__BODY_##CASE;                                 \
		cmd_.member = (body);                                                              \
		kit_send_as((k), kit_id(k), (roles), (actor), &cmd_.base);                         \
	})
#define SEND_OP(k, CASE, member, body) SEND(k, ROLE_OPERATOR, NOBODY, CASE, member, body)

/* Asks one question. */
#define ASK(k, actor, CASE, member, body)                                                          \
	__extension__({                                                                            \
		Enrollment__Query query_ = ENROLLMENT__QUERY__INIT;                                \
		query_.body_case = ENROLLMENT__QUERY__BODY_##CASE;                                 \
		query_.member = (body);                                                            \
		kit_ask((k), (actor), &query_.base);                                               \
	})

static inline const Enrollment__Answer *got_answer(const struct kit *k)
{
	ENSURE(k->answer != NULL);
	return (const Enrollment__Answer *)k->answer;
}

/* A copy that the test may change; what hangs below it lives in the arena too. */
static inline void *copy_of(struct kit *k, const ProtobufCMessage *m)
{
	struct message_fault fault;
	ProtobufCMessage *copy = message_unpack(m->descriptor, message_pack(m, k->arena),
						&EVENT_LIMITS, k->arena, &fault);

	ENSURE(copy != NULL);
	return copy;
}

static inline char *text_of(struct kit *k, const char *text)
{
	return arena_text(k->arena, bytes_of_text(text));
}

/* ---- the catalogue ---- */

static inline Cairn__Status publish_issuer(struct kit *k, Enrollment__Issuer *issuer)
{
	Enrollment__PublishIssuer ask = ENROLLMENT__PUBLISH_ISSUER__INIT;

	ask.issuer = issuer;
	return SEND_OP(k, PUBLISH_ISSUER, publish_issuer, &ask);
}

static inline Cairn__Status publish_profile(struct kit *k, Enrollment__Profile *profile)
{
	Enrollment__PublishProfile ask = ENROLLMENT__PUBLISH_PROFILE__INIT;

	ask.profile = profile;
	return SEND_OP(k, PUBLISH_PROFILE, publish_profile, &ask);
}

static inline Cairn__Status publish_policy(struct kit *k, Enrollment__Policy *policy)
{
	Enrollment__PublishPolicy ask = ENROLLMENT__PUBLISH_POLICY__INIT;

	ask.policy = policy;
	return SEND_OP(k, PUBLISH_POLICY, publish_policy, &ask);
}

static inline Cairn__Status publish_calendar(struct kit *k, Enrollment__Calendar *calendar)
{
	Enrollment__PublishCalendar ask = ENROLLMENT__PUBLISH_CALENDAR__INIT;

	ask.calendar = calendar;
	return SEND_OP(k, PUBLISH_CALENDAR, publish_calendar, &ask);
}

static inline Cairn__Status publish_media(struct kit *k, Enrollment__Media *media)
{
	Enrollment__PublishMedia ask = ENROLLMENT__PUBLISH_MEDIA__INIT;

	ask.media = media;
	return SEND_OP(k, PUBLISH_MEDIA, publish_media, &ask);
}

static inline Cairn__Status publish_entry(struct kit *k, Enrollment__Entry *entry)
{
	Enrollment__PublishEntry ask = ENROLLMENT__PUBLISH_ENTRY__INIT;

	ask.entry = entry;
	return SEND_OP(k, PUBLISH_ENTRY, publish_entry, &ask);
}

static inline Cairn__Status retire_entry(struct kit *k, struct bytes entry, struct bytes successor)
{
	Enrollment__RetireEntry ask = ENROLLMENT__RETIRE_ENTRY__INIT;

	ask.entry = pb_of_bytes(entry);
	ask.successor = pb_of_bytes(successor);
	return SEND_OP(k, RETIRE_ENTRY, retire_entry, &ask);
}

static inline Cairn__Status withdraw_retirement(struct kit *k, struct bytes entry)
{
	Enrollment__WithdrawRetirement ask = ENROLLMENT__WITHDRAW_RETIREMENT__INIT;

	ask.entry = pb_of_bytes(entry);
	return SEND_OP(k, WITHDRAW_RETIREMENT, withdraw_retirement, &ask);
}

static inline Cairn__Status publish_standard(struct kit *k, Enrollment__QualityStandard *standard)
{
	Enrollment__PublishQualityStandard ask = ENROLLMENT__PUBLISH_QUALITY_STANDARD__INIT;

	ask.standard = standard;
	return SEND_OP(k, PUBLISH_QUALITY_STANDARD, publish_quality_standard, &ask);
}

static inline Cairn__Status record_review(struct kit *k, Enrollment__Review *review)
{
	Enrollment__RecordReview ask = ENROLLMENT__RECORD_REVIEW__INIT;

	ask.review = review;
	return SEND_OP(k, RECORD_REVIEW, record_review, &ask);
}

static inline void given_policy(struct kit *k)
{
	ENSURE(publish_policy(k, copy_of(k, &kit_policy()->base)) == OK);
}

/* All that entries need, and no entry. */
static inline void given_documents(struct kit *k)
{
	given_policy(k);
	ENSURE(publish_calendar(k, copy_of(k, &kit_calendar()->base)) == OK);
	ENSURE(publish_media(k, copy_of(k, &kit_media()->base)) == OK);
	ENSURE(publish_profile(k, copy_of(k, &kit_profile("standard")->base)) == OK);
	ENSURE(publish_profile(k, copy_of(k, &kit_profile("double-read")->base)) == OK);
	ENSURE(publish_profile(k, copy_of(k, &kit_profile("launch")->base)) == OK);
	ENSURE(publish_issuer(k, copy_of(k, &kit_issuer()->base)) == OK);
}

/* LIT-101 to be changed; or the same under another code. */
static inline Enrollment__Entry *an_entry(struct kit *k)
{
	return copy_of(k, &kit_entry()->base);
}

static inline Enrollment__Entry *another_entry(struct kit *k, const char *code, const char *name)
{
	Enrollment__Entry *entry = an_entry(k);

	entry->code = text_of(k, code);
	entry->entry = pb_of_bytes(kit_name("entry", name));
	return entry;
}

static inline void given_catalogue(struct kit *k)
{
	given_documents(k);
	ENSURE(publish_entry(k, an_entry(k)) == OK);
}

/* ---- people ---- */

#define SCHOOL kit_name("org", "meadow school")
#define DISTRICT kit_name("org", "river district")
#define ANA kit_name("educator", "ana")
#define BEN kit_name("educator", "ben")

static inline Cairn__Status register_org(struct kit *k, struct bytes org, Enrollment__OrgKind kind,
					 struct bytes parent)
{
	Enrollment__RegisterOrg ask = ENROLLMENT__REGISTER_ORG__INIT;

	ask.org = pb_of_bytes(org);
	ask.kind = kind;
	ask.name = text_of(k, "River");
	ask.parent = pb_of_bytes(parent);
	ask.state = text_of(k, "TN");
	return SEND_OP(k, REGISTER_ORG, register_org, &ask);
}

static inline void given_orgs(struct kit *k)
{
	ENSURE(register_org(k, DISTRICT, ENROLLMENT__ORG_KIND__DISTRICT, BYTES_NONE) == OK);
	ENSURE(register_org(k, SCHOOL, ENROLLMENT__ORG_KIND__SCHOOL, DISTRICT) == OK);
}

/* RegisterEducator of somebody with this handle, who belongs to no school. */
static inline Enrollment__RegisterEducator *registration(struct kit *k, struct bytes educator,
							 const char *handle)
{
	Enrollment__RegisterEducator *ask = arena_alloc(k->arena, sizeof *ask);
	Enrollment__Person *person = arena_alloc(k->arena, sizeof *person);

	enrollment__register_educator__init(ask);
	enrollment__person__init(person);
	person->handle = text_of(k, handle);
	person->name = text_of(k, "Ana Luz Mu\xc3\xb1oz");
	person->email = arena_printf(k->arena, "%s@meadow.example", handle);
	ask->educator = pb_of_bytes(educator);
	ask->person = person;
	ask->language = text_of(k, "en");
	return ask;
}

static inline Cairn__Status register_educator(struct kit *k, Enrollment__RegisterEducator *ask)
{
	return SEND_OP(k, REGISTER_EDUCATOR, register_educator, ask);
}

static inline void given_educator(struct kit *k, struct bytes educator, const char *handle)
{
	ENSURE(register_educator(k, registration(k, educator, handle)) == OK);
}

static inline Cairn__Status erase_educator(struct kit *k, struct bytes educator)
{
	Enrollment__EraseEducator ask = ENROLLMENT__ERASE_EDUCATOR__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.because = text_of(k, "request");
	return SEND_OP(k, ERASE_EDUCATOR, erase_educator, &ask);
}

static inline Enrollment__LinkLicense *license_of(struct kit *k, struct bytes educator,
						  const char *number)
{
	Enrollment__LinkLicense *ask = arena_alloc(k->arena, sizeof *ask);
	Enrollment__LicenseNumber *n = arena_alloc(k->arena, sizeof *n);

	enrollment__link_license__init(ask);
	enrollment__license_number__init(n);
	n->number = text_of(k, number);
	n->staff_id = text_of(k, "S-17");
	ask->license = pb_of_bytes(kit_id(k));
	ask->educator = pb_of_bytes(educator);
	ask->state = text_of(k, "TN");
	ask->type = text_of(k, "Professional teacher license");
	ask->number = n;
	ask->issued = text_of(k, "2024-09-01");
	ask->expires = text_of(k, "2030-08-31");
	return ask;
}

static inline Cairn__Status link_license(struct kit *k, Enrollment__LinkLicense *ask)
{
	return SEND_OP(k, LINK_LICENSE, link_license, ask);
}

/* ---- enrollments ---- */

static inline Cairn__Status enroll_as(struct kit *k, uint32_t roles, struct bytes actor,
				      struct bytes enrollment, struct bytes educator,
				      struct bytes entry)
{
	Enrollment__Enroll ask = ENROLLMENT__ENROLL__INIT;

	ask.enrollment = pb_of_bytes(enrollment);
	ask.educator = pb_of_bytes(educator);
	ask.entry = pb_of_bytes(entry);
	return SEND(k, roles, actor, ENROLL, enroll, &ask);
}

static inline Cairn__Status enroll(struct kit *k, struct bytes enrollment, struct bytes educator)
{
	return enroll_as(k, PORTAL, educator, enrollment, educator, LIT_101);
}

/* An enrollment of the educator in LIT-101. */
static inline struct bytes given_enrolled(struct kit *k, struct bytes educator)
{
	struct bytes id = kit_id(k);

	ENSURE(enroll(k, id, educator) == OK);
	return id;
}

static inline Cairn__Status pause_it(struct kit *k, struct bytes actor, struct bytes enrollment)
{
	Enrollment__Pause ask = ENROLLMENT__PAUSE__INIT;

	ask.enrollment = pb_of_bytes(enrollment);
	return SEND(k, PORTAL, actor, PAUSE, pause, &ask);
}

static inline Cairn__Status resume_it(struct kit *k, struct bytes actor, struct bytes enrollment)
{
	Enrollment__Resume ask = ENROLLMENT__RESUME__INIT;

	ask.enrollment = pb_of_bytes(enrollment);
	return SEND(k, PORTAL, actor, RESUME, resume, &ask);
}

static inline Cairn__Status withdraw(struct kit *k, struct bytes actor, struct bytes enrollment)
{
	Enrollment__Withdraw ask = ENROLLMENT__WITHDRAW__INIT;

	ask.enrollment = pb_of_bytes(enrollment);
	return SEND(k, PORTAL, actor, WITHDRAW, withdraw, &ask);
}

static inline Cairn__Status note_progress(struct kit *k, struct bytes actor,
					  struct bytes enrollment, const char *resource, bool done)
{
	Enrollment__NoteProgress ask = ENROLLMENT__NOTE_PROGRESS__INIT;

	ask.enrollment = pb_of_bytes(enrollment);
	ask.resource = text_of(k, resource);
	ask.done = done;
	return SEND(k, PORTAL, actor, NOTE_PROGRESS, note_progress, &ask);
}

static inline const Enrollment__EnrollmentAnswer *enrollment_now(struct kit *k,
								 struct bytes enrollment)
{
	Enrollment__GetEnrollment ask = ENROLLMENT__GET_ENROLLMENT__INIT;

	ask.enrollment = pb_of_bytes(enrollment);
	ENSURE(ASK(k, NOBODY, GET_ENROLLMENT, get_enrollment, &ask) == OK);
	return got_answer(k)->enrollment;
}

static inline Enrollment__State state_of(struct kit *k, struct bytes enrollment)
{
	return enrollment_now(k, enrollment)->state;
}

/* ---- events ---- */

/* The next event of a kind; those before it are passed over. NULL: none. */
static inline const Enrollment__Event *next_event(struct kit *k, Enrollment__Event__BodyCase kind)
{
	const Enrollment__Event *event;

	while ((event = (const Enrollment__Event *)kit_next_event(k, NULL)) != NULL)
		if (event->body_case == kind)
			return event;
	return NULL;
}
#define NEXT(k, CASE) next_event(k, ENROLLMENT__EVENT__BODY_##CASE)

/* How many events there are from here on. */
static inline unsigned events_since(struct kit *k)
{
	unsigned n = 0;

	while (kit_next_event(k, NULL) != NULL)
		n++;
	return n;
}

#define ck_refused(status, name)                                                                   \
	do {                                                                                       \
		ck_assert_int_eq((status), REJECTED);                                              \
		ck_assert_int_eq((int)kit.got.reason, REASON(name));                               \
	} while (0)

#endif
