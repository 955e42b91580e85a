/* The operator of a simulation: sets all up. */
#include "tests/simulation/actors_parts.h"

#include "proto/assessment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"

static void hear_step(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	actor_hear(w, who, reply);
	if (reply->status == CAIRN__STATUS__OK)
		a->phase++;
}

static void enrollment_says(struct world *w, struct actor *a, const Enrollment__Command *c)
{
	actor_say(w, a, ENROLLMENT, NULL, &c->base, hear_step);
}

#define PROFILES 3
#define DOCUMENTS 5
/* All is published under a quality standard, each entry after a review. */
#define PUBLICATIONS (PROFILES + DOCUMENTS + 2 * ENTRIES)

static const char *const profile_codes[PROFILES] = {"standard", "double-read", "launch"};

static void publish_profile(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__PublishProfile profile = ENROLLMENT__PUBLISH_PROFILE__INIT;
	Enrollment__Profile a_profile = *kit_profile(profile_codes[n]);

	profile.profile = &a_profile;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_PROFILE;
	cmd.publish_profile = &profile;
	enrollment_says(w, &c->operator, & cmd);
}

static void publish_document(struct world *w, struct cast *c, unsigned n)
{
	static const Enrollment__Command__BodyCase bodies[DOCUMENTS] = {
		ENROLLMENT__COMMAND__BODY_PUBLISH_ISSUER,
		ENROLLMENT__COMMAND__BODY_PUBLISH_POLICY,
		ENROLLMENT__COMMAND__BODY_PUBLISH_CALENDAR,
		ENROLLMENT__COMMAND__BODY_PUBLISH_MEDIA,
		ENROLLMENT__COMMAND__BODY_PUBLISH_QUALITY_STANDARD,
	};
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__PublishIssuer issuer = ENROLLMENT__PUBLISH_ISSUER__INIT;
	Enrollment__PublishPolicy policy = ENROLLMENT__PUBLISH_POLICY__INIT;
	Enrollment__PublishCalendar calendar = ENROLLMENT__PUBLISH_CALENDAR__INIT;
	Enrollment__PublishMedia media = ENROLLMENT__PUBLISH_MEDIA__INIT;
	Enrollment__PublishQualityStandard standard = ENROLLMENT__PUBLISH_QUALITY_STANDARD__INIT;
	Enrollment__Issuer an_issuer = *kit_issuer();
	Enrollment__Policy a_policy = *kit_policy();
	Enrollment__Calendar a_calendar = *kit_calendar();
	Enrollment__Media a_media = *kit_media();
	Enrollment__QualityStandard a_standard = *kit_quality_standard();
	void *const members[DOCUMENTS] = {&issuer, &policy, &calendar, &media, &standard};

	issuer.issuer = &an_issuer;
	/* Seats are won and lost within the little that a simulation reads. */
	a_policy.calibration_anchors = 1;
	a_policy.seed_permille = 300;
	a_policy.seed_window = 2;
	policy.policy = &a_policy;
	calendar.calendar = &a_calendar;
	media.media = &a_media;
	standard.standard = &a_standard;
	cmd.body_case = bodies[n];
	cmd.publish_issuer = members[n]; /* all are one union of pointers */
	enrollment_says(w, &c->operator, & cmd);
}

static void publish_entry(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__RecordReview review = ENROLLMENT__RECORD_REVIEW__INIT;
	Enrollment__PublishEntry entry = ENROLLMENT__PUBLISH_ENTRY__INIT;
	Enrollment__Entry an_entry = actor_entry(w, n / 2);

	if (n % 2 == 0) {
		review.review = kit_review_of(&an_entry, w->arena);
		cmd.body_case = ENROLLMENT__COMMAND__BODY_RECORD_REVIEW;
		cmd.record_review = &review;
	} else {
		entry.entry = &an_entry;
		cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY;
		cmd.publish_entry = &entry;
	}
	enrollment_says(w, &c->operator, & cmd);
}

static void publish(struct world *w, struct cast *c, unsigned n)
{
	if (n < PROFILES)
		publish_profile(w, c, n);
	else if (n < PROFILES + DOCUMENTS)
		publish_document(w, c, n - PROFILES);
	else
		publish_entry(w, c, n - PROFILES - DOCUMENTS);
}

static void add_key(struct world *w, struct cast *c)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;

	add.issuer = kit_issuer()->issuer;
	cmd.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	cmd.add_key = &add;
	actor_say(w, &c->operator, ISSUANCE, NULL, &cmd.base, hear_step);
}

static void register_org(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__RegisterOrg org = ENROLLMENT__REGISTER_ORG__INIT;

	org.org = pb_of_id(&c->orgs[n]);
	org.kind = ENROLLMENT__ORG_KIND__SCHOOL;
	org.name = actor_text(w, "A school");
	org.state = actor_text(w, "TN");
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
	educator.educator = pb_of_id(&c->teachers[n].id);
	educator.person = &person;
	educator.school = pb_of_id(&c->orgs[n % SCHOOLS]);
	educator.language = actor_text(w, "en");
	cmd.body_case = ENROLLMENT__COMMAND__BODY_REGISTER_EDUCATOR;
	cmd.register_educator = &educator;
	enrollment_says(w, &c->operator, & cmd);
}

static void register_assessor(struct world *w, struct cast *c, unsigned n)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__RegisterAssessor assessor = ASSESSMENT__REGISTER_ASSESSOR__INIT;
	ProtobufCBinaryData orgs[1];

	assessor.assessor = pb_of_id(&c->assessors[n].id);
	assessor.lead = n >= ASSESSORS - 2;
	orgs[0] = pb_of_id(&c->orgs[n % SCHOOLS]);
	if (n < 2) { /* two of them have a conflict of interest with a school */
		assessor.orgs = orgs;
		assessor.n_orgs = 1;
	}
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd.register_assessor = &assessor;
	actor_say(w, &c->operator, ASSESSMENT, NULL, &cmd.base, hear_step);
}

static void qualify(struct world *w, struct cast *c, unsigned n)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__QualifyAssessor q = ASSESSMENT__QUALIFY_ASSESSOR__INIT;

	q.assessor = pb_of_id(&c->assessors[n % ASSESSORS].id);
	q.entry = actor_entry(w, n / ASSESSORS).entry;
	q.until_us = w->now_us + 300 * US_PER_DAY;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &q;
	actor_say(w, &c->operator, ASSESSMENT, NULL, &cmd.base, hear_step);
}

/* Assessor 2 and teacher 0 are declared relations of each other. */
static void declare(struct world *w, struct cast *c)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__DeclareRelation relation = ENROLLMENT__DECLARE_RELATION__INIT;

	relation.assessor = pb_of_id(&c->assessors[2].id);
	relation.educator = pb_of_id(&c->teachers[0].id);
	cmd.body_case = ENROLLMENT__COMMAND__BODY_DECLARE_RELATION;
	cmd.declare_relation = &relation;
	enrollment_says(w, &c->operator, & cmd);
}

#define ORGS_FROM (PUBLICATIONS + 1)
#define TEACHERS_FROM (ORGS_FROM + SCHOOLS)
#define ASSESSORS_FROM (TEACHERS_FROM + TEACHERS)
#define QUALIFY_FROM (ASSESSORS_FROM + ASSESSORS)
#define READY (QUALIFY_FROM + ENTRIES * ASSESSORS + 1)

void operator_step(struct world *w, struct cast *c)
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
