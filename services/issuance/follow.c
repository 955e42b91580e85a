/* What the neighbours' events mean here: what is kept of them, and which decision earns a
 * credential. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/issuance.h"
#include "services/issuance/ledger.h"
#include "services/issuance/mint.h"
#include "services/issuance/stack.h"
#include "services/issuance/tables_covered.h"
#include "services/issuance/tables_ledger.h"

#include <string.h>

typedef enum verdict follow_fn(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d);

static enum verdict ignore(const struct view *view, const ProtobufCMessage *event,
			   struct decision *d)
{
	(void)view, (void)event, (void)d;
	return ACCEPTED;
}

/* ---- enrollment ---- */

static enum verdict issuer_published(const struct view *view, const ProtobufCMessage *event,
				     struct decision *d)
{
	const Enrollment__IssuerPublished *p = ((const Enrollment__Event *)event)->issuer_published;
	Issuance__IssuerNoted noted = ISSUANCE__ISSUER_NOTED__INIT;
	Issuance__Event ours = ISSUANCE__EVENT__INIT;

	(void)view;
	noted.issuer = p->issuer;
	ours.body_case = ISSUANCE__EVENT__BODY_ISSUER_NOTED;
	ours.issuer_noted = &noted;
	emit_about(d, bytes_of_pb(p->issuer->issuer), &ours.base);
	return ACCEPTED;
}

static enum verdict entry_published(const struct view *view, const ProtobufCMessage *event,
				    struct decision *d)
{
	const Enrollment__Entry *entry = ((const Enrollment__Event *)event)->entry_published->entry;
	Issuance__AchievementNoted noted = ISSUANCE__ACHIEVEMENT_NOTED__INIT;
	Issuance__Event ours = ISSUANCE__EVENT__INIT;
	struct id version = id_of_version(bytes_of_pb(entry->entry), entry->version);

	(void)view;
	noted.entry = entry->entry;
	noted.version = entry->version;
	noted.code = entry->code;
	noted.title = entry->title;
	noted.competency = entry->competency;
	noted.description = entry->description;
	noted.n_tags = entry->n_tags;
	noted.tags = entry->tags;
	noted.issuer = entry->issuer;
	noted.valid_months = entry->valid_months;
	noted.rubric = entry->rubric;
	noted.n_requirements = entry->n_requirements;
	noted.requirements = entry->requirements;
	noted.n_alignments = entry->n_alignments;
	noted.alignments = entry->alignments;
	noted.clock_hours = entry->clock_hours;
	noted.n_renewal_categories = entry->n_renewal_categories;
	noted.renewal_categories = entry->renewal_categories;
	noted.n_languages = entry->n_languages;
	noted.languages = entry->languages;
	noted.topic = entry->topic;
	ours.body_case = ISSUANCE__EVENT__BODY_ACHIEVEMENT_NOTED;
	ours.achievement_noted = &noted;
	emit_about(d, bytes_of_pb(entry->entry), &ours.base);
	brings(d, AWAIT_ACHIEVEMENT, bytes_of_id(&version));
	return ACCEPTED;
}

static bool is_erased(const struct view *view, struct bytes educator, struct decision *d)
{
	const Issuance__EducatorNoted *noted = educator_get(view, educator, d->arena);

	return noted != NULL && noted->person == NULL;
}

/* The person stays sealed. */
static enum verdict educator_registered(const struct view *view, const ProtobufCMessage *event,
					struct decision *d)
{
	const Enrollment__EducatorRegistered *e =
		((const Enrollment__Event *)event)->educator_registered;
	Issuance__EducatorNoted noted = ISSUANCE__EDUCATOR_NOTED__INIT;

	if (is_erased(view, bytes_of_pb(e->educator), d))
		return ACCEPTED;
	noted.educator = e->educator;
	noted.person = e->person;
	EMIT(d, bytes_of_pb(e->educator), EDUCATOR_NOTED, educator_noted, &noted);
	brings(d, AWAIT_EDUCATOR, bytes_of_pb(e->educator));
	return ACCEPTED;
}

static bool same_sealed(const Cairn__Sealed *a, const Cairn__Sealed *b)
{
	return a != NULL && b != NULL && bytes_equal(bytes_of_pb(a->box), bytes_of_pb(b->box));
}

/* What was signed, and what a state was told, keeps the name that it has. Another name or address
 * of the same person, or one that is read once more. */
static enum verdict person_changed(const struct view *view, ProtobufCBinaryData educator,
				   Cairn__Sealed *person, struct decision *d)
{
	const Issuance__EducatorNoted *known = educator_get(view, bytes_of_pb(educator), d->arena);
	Issuance__EducatorNoted noted = ISSUANCE__EDUCATOR_NOTED__INIT;

	if (is_erased(view, bytes_of_pb(educator), d) ||
	    (known != NULL && same_sealed(known->person, person)))
		return ACCEPTED;
	noted.educator = educator;
	noted.person = person;
	EMIT(d, bytes_of_pb(educator), EDUCATOR_NOTED, educator_noted, &noted);
	return ACCEPTED;
}

static enum verdict educator_renamed(const struct view *view, const ProtobufCMessage *event,
				     struct decision *d)
{
	const Enrollment__EducatorRenamed *e = ((const Enrollment__Event *)event)->educator_renamed;

	return person_changed(view, e->educator, e->person, d);
}

static enum verdict email_changed(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	const Enrollment__EmailChanged *e = ((const Enrollment__Event *)event)->email_changed;

	return person_changed(view, e->educator, e->person, d);
}

static enum verdict educator_erased(const struct view *view, const ProtobufCMessage *event,
				    struct decision *d)
{
	const Enrollment__EducatorErased *e = ((const Enrollment__Event *)event)->educator_erased;
	Issuance__EducatorForgotten forgotten = ISSUANCE__EDUCATOR_FORGOTTEN__INIT;
	Issuance__Event ours = ISSUANCE__EVENT__INIT;

	if (is_erased(view, bytes_of_pb(e->educator), d))
		return ACCEPTED;
	forgotten.educator = e->educator;
	ours.body_case = ISSUANCE__EVENT__BODY_EDUCATOR_FORGOTTEN;
	ours.educator_forgotten = &forgotten;
	emit_about(d, bytes_of_pb(e->educator), &ours.base);
	brings(d, AWAIT_EDUCATOR, bytes_of_pb(e->educator));
	return ACCEPTED;
}

static bool is_same_license(const Issuance__LicenseNoted *known, const Enrollment__LicenseLinked *l)
{
	bool is_same = same_sealed(known->number, l->number) && known->n_flags == l->n_flags &&
		       strcmp(known->issued, l->issued) == 0 &&
		       strcmp(known->expires, l->expires) == 0;

	for (size_t i = 0; is_same && i < l->n_flags; i++)
		is_same = strcmp(known->flags[i], l->flags[i]) == 0;
	return is_same;
}

static enum verdict license_linked(const struct view *view, const ProtobufCMessage *event,
				   struct decision *d)
{
	const Enrollment__LicenseLinked *l = ((const Enrollment__Event *)event)->license_linked;
	const Issuance__LicenseNoted *known = license_get(view, bytes_of_pb(l->license), d->arena);
	Issuance__LicenseNoted noted = ISSUANCE__LICENSE_NOTED__INIT;
	Issuance__Event ours = ISSUANCE__EVENT__INIT;

	if (known != NULL && is_same_license(known, l))
		return ACCEPTED; /* read once more */
	noted.license = l->license;
	noted.educator = l->educator;
	noted.state = l->state;
	noted.type = l->type;
	noted.number = l->number;
	noted.issued = l->issued;
	noted.expires = l->expires;
	noted.n_flags = l->n_flags;
	noted.flags = l->flags;
	ours.body_case = ISSUANCE__EVENT__BODY_LICENSE_NOTED;
	ours.license_noted = &noted;
	emit_about(d, bytes_of_pb(l->educator), &ours.base);
	ledger_note_license(view, &noted, d);
	return ACCEPTED;
}

/* Whether both say the same. True where one cannot be opened: nothing is to be told of an erased
 * person. */
static bool same_number(const Cairn__Sealed *a, const Cairn__Sealed *b, struct decision *d)
{
	struct bytes before, now;

	return a == NULL || b == NULL || !unseal(d->caps, a, d->arena, &before) ||
	       !unseal(d->caps, b, d->arena, &now) || bytes_equal(before, now);
}

/* The same license. The state has what is posted to it under the number that was wrong, so it is
 * posted again. One that is not here was erased. */
static enum verdict license_corrected(const struct view *view, const ProtobufCMessage *event,
				      struct decision *d)
{
	const Enrollment__LicenseCorrected *l =
		((const Enrollment__Event *)event)->license_corrected;
	const Issuance__LicenseNoted *known = license_get(view, bytes_of_pb(l->license), d->arena);
	Issuance__LicenseNoted noted;

	if (known == NULL)
		return ACCEPTED;
	if (same_sealed(known->number, l->number))
		return ACCEPTED; /* read once more */
	noted = *known;
	noted.number = l->number;
	EMIT(d, bytes_of_pb(l->educator), LICENSE_NOTED, license_noted, &noted);
	if (!same_number(known->number, l->number, d))
		ledger_post_again(view, &noted, d);
	return ACCEPTED;
}

/* What is decided in the new term counts there; what was posted in the one before stays, but for
 * days that both have. One that is not here was erased. */
static enum verdict license_renewed(const struct view *view, const ProtobufCMessage *event,
				    struct decision *d)
{
	const Enrollment__LicenseRenewed *l = ((const Enrollment__Event *)event)->license_renewed;
	const Issuance__LicenseNoted *known = license_get(view, bytes_of_pb(l->license), d->arena);
	Issuance__LicenseNoted noted;

	if (known == NULL ||
	    (strcmp(known->issued, l->issued) == 0 && strcmp(known->expires, l->expires) == 0))
		return ACCEPTED;
	noted = *known;
	noted.issued = l->issued;
	noted.expires = l->expires;
	EMIT(d, bytes_of_pb(l->educator), LICENSE_NOTED, license_noted, &noted);
	ledger_note_license(view, &noted, d);
	return ACCEPTED;
}

static enum verdict renewal_policy_published(const struct view *view, const ProtobufCMessage *event,
					     struct decision *d)
{
	const Enrollment__RenewalPolicyPublished *p =
		((const Enrollment__Event *)event)->renewal_policy_published;

	return ledger_note_policy(view, p->policy, d);
}

static enum verdict stack_published(const struct view *view, const ProtobufCMessage *event,
				    struct decision *d)
{
	return stacks_note(view, ((const Enrollment__Event *)event)->stack_published->stack, d);
}

/* ---- assessment ---- */

/* A pass that a review took back: its reader and the lead after it are the two persons. */
static enum verdict pass_taken_back(const struct view *view, const Assessment__DecisionReleased *r,
				    struct decision *d)
{
	const struct taking_back t = {
		.decision = bytes_of_pb(r->supersedes),
		.educator = bytes_of_pb(r->educator),
		.entry = bytes_of_pb(r->entry),
		.reason = ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
		.by = r->reader,
		.second = r->lead,
	};

	if (r->supersedes.len > 0)
		take_back(view, &t, d);
	return ACCEPTED;
}

static enum verdict integrity_founded(const struct view *view, const ProtobufCMessage *event,
				      struct decision *d)
{
	const Assessment__IntegrityFounded *f =
		((const Assessment__Event *)event)->integrity_founded;
	const struct taking_back t = {
		.decision = bytes_of_pb(f->decision),
		.educator = bytes_of_pb(f->educator),
		.entry = bytes_of_pb(f->entry),
		.reason = ISSUANCE__LIFE_REASON__INTEGRITY_FOUNDED,
		.by = f->by,
		.second = f->second,
	};

	if (f->decision.len > 0)
		take_back(view, &t, d);
	return ACCEPTED;
}

static void note_covered(const struct view *view, const Assessment__DecisionReleased *r,
			 struct decision *d)
{
	Issuance__PassCovered covered = ISSUANCE__PASS_COVERED__INIT;

	if (covered_get(view, bytes_of_pb(r->decision), d->arena) != NULL)
		return; /* read once more */
	covered.decision = r->decision;
	covered.educator = r->educator;
	covered.entry = r->entry;
	covered.facts = pb_of_bytes(message_pack(&r->base, d->arena));
	EMIT(d, bytes_of_pb(r->decision), PASS_COVERED, pass_covered, &covered);
}

/* A pass earns a credential, unless this decision, or one active in the same period, has earned it.
 */
static enum verdict decision_released(const struct view *view, const ProtobufCMessage *event,
				      struct decision *d)
{
	const Assessment__DecisionReleased *r =
		((const Assessment__Event *)event)->decision_released;
	struct bytes educator = bytes_of_pb(r->educator), entry = bytes_of_pb(r->entry);
	struct id version = id_of_version(entry, r->version);

	if (!r->passed)
		return pass_taken_back(view, r, d);
	if (decision_known(view, bytes_of_pb(r->decision)))
		return ACCEPTED;
	if (achievement_get(view, entry, r->version, d->arena) == NULL)
		return await(d, AWAIT_ACHIEVEMENT, bytes_of_id(&version));
	if (educator_get(view, educator, d->arena) == NULL)
		return await(d, AWAIT_EDUCATOR, educator);
	if (is_covered(view, r, d))
		note_covered(view, r, d);
	else
		mint(view, r, new_id(d), d);
	return ACCEPTED;
}

/* ---- the tables ---- */

/* How an entry is assessed, who enrolls and how far they are does not matter here; a retired
 * entry's credentials stand. */
static follow_fn *const of_enrollment[] = {
	[ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED] = issuer_published,
	[ENROLLMENT__EVENT__BODY_PROFILE_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_MEDIA_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED] = entry_published,
	[ENROLLMENT__EVENT__BODY_ENTRY_RETIRED] = ignore,
	[ENROLLMENT__EVENT__BODY_STACK_PUBLISHED] = stack_published,
	[ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED] = renewal_policy_published,
	[ENROLLMENT__EVENT__BODY_ORG_REGISTERED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED] = educator_registered,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_MOVED] = ignore,
	[ENROLLMENT__EVENT__BODY_EDUCATOR_RENAMED] = educator_renamed,
	[ENROLLMENT__EVENT__BODY_EMAIL_CHANGED] = email_changed,
	[ENROLLMENT__EVENT__BODY_LICENSE_LINKED] = license_linked,
	[ENROLLMENT__EVENT__BODY_LICENSE_CORRECTED] = license_corrected,
	[ENROLLMENT__EVENT__BODY_LICENSE_RENEWED] = license_renewed,
	[ENROLLMENT__EVENT__BODY_RELATION_DECLARED] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_SEEN] = ignore,
	[ENROLLMENT__EVENT__BODY_ROSTER_MISSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_CLOSED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_JOINED] = ignore,
	[ENROLLMENT__EVENT__BODY_COHORT_LEFT] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_SET] = ignore,
	[ENROLLMENT__EVENT__BODY_GOAL_DROPPED] = ignore,
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
	[ENROLLMENT__EVENT__BODY_NAMES_OPENED] = ignore,
	[ENROLLMENT__EVENT__BODY_QUALITY_STANDARD_PUBLISHED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_RECORDED] = ignore,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_WITHDRAWN] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_REVIEW_OVERDUE] = ignore,
	[ENROLLMENT__EVENT__BODY_FINISH_NOTICED] = ignore,
	[ENROLLMENT__EVENT__BODY_RETIREMENT_TOLD] = ignore,
};

/* Only a released decision, and what takes one back, reaches beyond assessment. */
static follow_fn *const of_assessment[] = {
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_QUALIFIED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_RETIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_SEAT_APPLIED] = ignore,
	[ASSESSMENT__EVENT__BODY_TRAINING_STARTED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_STARTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_RATED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_SCORED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_WITHDRAWN] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_ASSIGNED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_COMPLETED] = ignore,
	[ASSESSMENT__EVENT__BODY_ANCHOR_LEASE_EXPIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_CERTIFIED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALIBRATION_FAILED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_PLACED_ON_WATCH] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_SUSPENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_REINSTATED] = ignore,
	[ASSESSMENT__EVENT__BODY_SEAT_EXPIRY_NOTICED] = ignore,
	[ASSESSMENT__EVENT__BODY_ASSESSOR_EXPIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED] = ignore,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_SCREENED] = ignore,
	[ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE] = ignore,
	[ASSESSMENT__EVENT__BODY_READING_ASSIGNED] = ignore,
	[ASSESSMENT__EVENT__BODY_LEASE_EXPIRED] = ignore,
	[ASSESSMENT__EVENT__BODY_READING_COMPLETED] = ignore,
	[ASSESSMENT__EVENT__BODY_SECOND_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED] = ignore,
	[ASSESSMENT__EVENT__BODY_DECISION_MADE] = ignore,
	[ASSESSMENT__EVENT__BODY_DECISION_RELEASED] = decision_released,
	[ASSESSMENT__EVENT__BODY_NO_ELIGIBLE_READER] = ignore,
	[ASSESSMENT__EVENT__BODY_SAME_READER_WAIVED] = ignore,
	[ASSESSMENT__EVENT__BODY_COACHING_RECORDED] = ignore,
	[ASSESSMENT__EVENT__BODY_SUBMISSION_LEFT] = ignore,
	[ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_REVIEW_CONCLUDED] = ignore,
	[ASSESSMENT__EVENT__BODY_APPEAL_FILED] = ignore,
	[ASSESSMENT__EVENT__BODY_APPEAL_UPHELD] = ignore,
	[ASSESSMENT__EVENT__BODY_APPEAL_OVERTURNED] = ignore, /* its decision follows */
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FLAGGED] = ignore,
	[ASSESSMENT__EVENT__BODY_HOLD_PLACED] = ignore,
	[ASSESSMENT__EVENT__BODY_HOLD_CLEARED] = ignore,
	[ASSESSMENT__EVENT__BODY_FOUNDING_PROPOSED] = ignore,
	[ASSESSMENT__EVENT__BODY_FOUNDING_WITHDRAWN] = ignore,
	[ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED] = integrity_founded,
	[ASSESSMENT__EVENT__BODY_CLOCK_PAUSED] = ignore,
	[ASSESSMENT__EVENT__BODY_CLOCK_RESUMED] = ignore,
	[ASSESSMENT__EVENT__BODY_EDUCATOR_FORGOTTEN] = ignore,
	[ASSESSMENT__EVENT__BODY_FEEDBACK_PURGED] = ignore,
	[ASSESSMENT__EVENT__BODY_ENTRY_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_PROFILE_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_POLICY_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_CALENDAR_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_RELATION_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_RENEWAL_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_OPENING_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_SHARED_ROWS_NOTED] = ignore,
	[ASSESSMENT__EVENT__BODY_ROW_PLACED_UNDER_REVIEW] = ignore,
	[ASSESSMENT__EVENT__BODY_ROW_REVIEW_ENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_GAP_FOUND] = ignore,
	[ASSESSMENT__EVENT__BODY_GAP_ENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_SURGE_REQUESTED] = ignore,
	[ASSESSMENT__EVENT__BODY_SURGE_ENDED] = ignore,
	[ASSESSMENT__EVENT__BODY_DAY_LOOKED] = ignore,
	[ASSESSMENT__EVENT__BODY_ORG_NOTED] = ignore,
};

static enum verdict dispatch(follow_fn *const table[], size_t n, const struct view *view,
			     const ProtobufCMessage *event, struct decision *d)
{
	uint32_t kind = body_kind(event);

	if (kind >= n || table[kind] == NULL || table[kind] == ignore)
		return ACCEPTED;
	if (!event_is_sound(event))
		return refuse(d, ISSUANCE__REASON__BAD_ID);
	return table[kind](view, event, d);
}

static enum verdict decide_enrollment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	(void)record;
	return dispatch(of_enrollment, ARRAY_LEN(of_enrollment), view, event, d);
}

static enum verdict decide_assessment(const struct view *view, const ProtobufCMessage *event,
				      const struct record *record, struct decision *d)
{
	(void)record;
	return dispatch(of_assessment, ARRAY_LEN(of_assessment), view, event, d);
}

const struct upstream issuance_upstreams[2] = {
	{"enrollment.0.log", &enrollment__event__descriptor, decide_enrollment},
	{"assessment.0.log", &assessment__event__descriptor, decide_assessment},
};

/* The first release kept licenses without their flags, and passed over the others; the second kept
 * policies without the layouts of their files. */
const struct learned issuance_learned[8] = {
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_STACK_PUBLISHED},
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED},
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_LICENSE_LINKED},
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_LICENSE_CORRECTED},
	{"enrollment.0.log", 1, ENROLLMENT__EVENT__BODY_LICENSE_RENEWED},
	{"enrollment.0.log", 2, ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED},
	{"enrollment.0.log", 2, ENROLLMENT__EVENT__BODY_EDUCATOR_RENAMED},
	{"enrollment.0.log", 2, ENROLLMENT__EVENT__BODY_EMAIL_CHANGED},
};
