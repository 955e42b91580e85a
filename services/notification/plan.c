/* Which notice an event makes, for whom and when; and which open ones a later event makes needless.
 */
#include "services/notification/plan.h"

#include "services/notification/tables.h"

#include "libshared/calendar.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"

/* What a rule takes from its event. A facts_fn fills it, and says whether there is anything to
 * plan. */
struct facts {
	struct id educator, about, entry;
	uint32_t version;
	int64_t date_us;
	uint32_t days;
	int64_t at_us;     /* not before; set by when its rule says */
	uint32_t deadline; /* one of deadlines; 0: as the policy says */
};
typedef bool facts_fn(const struct view *view, const ProtobufCMessage *event, struct facts *f);

void emit_event(struct decision *d, struct bytes entity, Notification__Event *event,
		Notification__Event__BodyCase kind)
{
	event->body_case = kind;
	emit_about(d, entity, &event->base);
}

static struct id id_of_pb(ProtobufCBinaryData id)
{
	return id_of_bytes(bytes_of_pb(id));
}

/* Whose enrollment it is, and in what. False: it is not known here. */
static bool facts_of_enrollment(const struct view *view, ProtobufCBinaryData enrollment,
				struct facts *f)
{
	struct enrollment row;

	if (!enrollment_get(view, bytes_of_pb(enrollment), &row))
		return false;
	f->educator = id_of_bytes(BYTES_OF(row.educator));
	f->entry = id_of_bytes(BYTES_OF(row.entry));
	f->version = (uint32_t)row.entry_version;
	return true;
}

static bool facts_enrolled(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Enrollment__Enrolled *e = ((const Enrollment__Event *)event)->enrolled;

	(void)view;
	*f = (struct facts){.educator = id_of_pb(e->educator),
			    .about = id_of_pb(e->enrollment),
			    .entry = id_of_pb(e->entry),
			    .version = e->version,
			    .date_us = e->lapses_us};
	return true;
}

static bool facts_lapse_noticed(const struct view *view, const ProtobufCMessage *event,
				struct facts *f)
{
	const Enrollment__LapseNoticed *e = ((const Enrollment__Event *)event)->lapse_noticed;

	*f = (struct facts){
		.about = id_of_pb(e->enrollment), .date_us = e->lapses_us, .days = e->days_left};
	return facts_of_enrollment(view, e->enrollment, f);
}

static bool facts_lapsed(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Enrollment__Lapsed *e = ((const Enrollment__Event *)event)->lapsed;

	*f = (struct facts){.about = id_of_pb(e->enrollment)};
	return facts_of_enrollment(view, e->enrollment, f);
}

static bool facts_finish(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Enrollment__FinishNoticed *e = ((const Enrollment__Event *)event)->finish_noticed;

	*f = (struct facts){.about = id_of_pb(e->enrollment), .date_us = e->finish_by_us};
	return facts_of_enrollment(view, e->enrollment, f);
}

static bool facts_sealed(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Evidence__SubmissionSealed *e = ((const Evidence__Event *)event)->submission_sealed;

	(void)view;
	*f = (struct facts){.educator = id_of_pb(e->educator),
			    .about = id_of_pb(e->submission),
			    .entry = id_of_pb(e->entry),
			    .version = e->version,
			    .date_us = e->due_us};
	return true;
}

static bool facts_returned(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Assessment__ReturnedIncomplete *e =
		((const Assessment__Event *)event)->returned_incomplete;

	*f = (struct facts){.about = id_of_pb(e->submission)};
	return facts_of_enrollment(view, e->enrollment, f);
}

static bool facts_released(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Assessment__DecisionReleased *e =
		((const Assessment__Event *)event)->decision_released;

	(void)view;
	*f = (struct facts){.educator = id_of_pb(e->educator),
			    .about = id_of_pb(e->submission),
			    .entry = id_of_pb(e->entry),
			    .version = e->version};
	return true;
}

static bool facts_coach_next(const struct view *view, const ProtobufCMessage *event,
			     struct facts *f)
{
	return ((const Assessment__Event *)event)->decision_released->coach_next &&
	       facts_released(view, event, f);
}

/* Those of due process name the same four things. */
#define FACTS_OF_SUBMISSION(e)                                                                     \
	((struct facts){.educator = id_of_pb((e)->educator),                                       \
			.about = id_of_pb((e)->submission),                                        \
			.entry = id_of_pb((e)->entry),                                             \
			.version = (e)->version})

static bool facts_appealed(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Assessment__AppealFiled *e = ((const Assessment__Event *)event)->appeal_filed;

	(void)view;
	*f = FACTS_OF_SUBMISSION(e);
	f->date_us = e->due_us;
	return true;
}

static bool facts_upheld(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	(void)view;
	*f = FACTS_OF_SUBMISSION(((const Assessment__Event *)event)->appeal_upheld);
	return true;
}

static bool facts_held(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	(void)view;
	*f = FACTS_OF_SUBMISSION(((const Assessment__Event *)event)->hold_placed);
	return true;
}

static bool facts_cleared(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	(void)view;
	*f = FACTS_OF_SUBMISSION(((const Assessment__Event *)event)->hold_cleared);
	return true;
}

static bool facts_founded(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	(void)view;
	*f = FACTS_OF_SUBMISSION(((const Assessment__Event *)event)->integrity_founded);
	return true;
}

static bool facts_issued(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Issuance__CredentialIssued *e = ((const Issuance__Event *)event)->credential_issued;

	(void)view;
	*f = (struct facts){.educator = id_of_pb(e->educator),
			    .about = id_of_pb(e->credential),
			    .entry = id_of_pb(e->entry),
			    .version = e->version,
			    .date_us = e->valid_from_us};
	return true;
}

/* Days are those of the policy now: one that is planned stays as it is. */
static bool facts_expiry(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Issuance__CredentialIssued *e = ((const Issuance__Event *)event)->credential_issued;

	if (e->valid_until_us == 0)
		return false;
	facts_issued(view, event, f);
	f->date_us = e->valid_until_us;
	return true;
}

static bool facts_revoked(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Issuance__CredentialRevoked *e = ((const Issuance__Event *)event)->credential_revoked;

	(void)view;
	*f = (struct facts){.educator = id_of_pb(e->educator),
			    .about = id_of_pb(e->credential),
			    .entry = id_of_pb(e->entry),
			    .version = e->version};
	return true;
}

static bool facts_suspended(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Issuance__CredentialSuspended *e =
		((const Issuance__Event *)event)->credential_suspended;

	(void)view;
	*f = (struct facts){.educator = id_of_pb(e->educator),
			    .about = id_of_pb(e->credential),
			    .entry = id_of_pb(e->entry),
			    .version = e->version};
	return true;
}

static bool facts_reinstated(const struct view *view, const ProtobufCMessage *event,
			     struct facts *f)
{
	const Issuance__CredentialReinstated *e =
		((const Issuance__Event *)event)->credential_reinstated;

	(void)view;
	*f = (struct facts){.educator = id_of_pb(e->educator),
			    .about = id_of_pb(e->credential),
			    .entry = id_of_pb(e->entry),
			    .version = e->version};
	return true;
}

struct license_term {
	ProtobufCBinaryData license, educator;
	const char *expires;
};

/* A day of the calendar, at noon of UTC: the same day in every time zone of a state. */
static bool facts_of_term(const struct license_term *t, struct facts *f)
{
	int64_t day;

	if (!day_of_text(t->expires, &day))
		return false;
	*f = (struct facts){.educator = id_of_pb(t->educator),
			    .about = id_of_pb(t->license),
			    .date_us = day * US_PER_DAY + US_PER_DAY / 2};
	return true;
}

static bool facts_linked(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Enrollment__LicenseLinked *e = ((const Enrollment__Event *)event)->license_linked;

	(void)view;
	return facts_of_term(&(struct license_term){e->license, e->educator, e->expires}, f);
}

static bool facts_renewed(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Enrollment__LicenseRenewed *e = ((const Enrollment__Event *)event)->license_renewed;

	(void)view;
	return facts_of_term(&(struct license_term){e->license, e->educator, e->expires}, f);
}

static bool facts_disputed(const struct view *view, const ProtobufCMessage *event, struct facts *f)
{
	const Issuance__LedgerDisputed *e = ((const Issuance__Event *)event)->ledger_disputed;
	struct license row;

	if (!license_get(view, bytes_of_pb(e->license), &row))
		return false;
	*f = (struct facts){.educator = id_of_bytes(BYTES_OF(row.educator)),
			    .about = id_of_pb(e->license)};
	return true;
}

enum when { AT_ONCE, NUDGE, BEFORE_DATE, DEADLINES };

/* Days before the end of a license's term. */
static const uint32_t deadlines[] = {180, 90, 30, 7};

/* The order in one event is the order in which its notices are planned. The recipient is always the
 * person of the facts. */
static const struct plan_rule {
	unsigned upstream;
	uint32_t kind;
	facts_fn *facts;
	Notification__Topic topic;
	enum when when;
} rules[] = {
	{UP_ENROLLMENT, ENROLLMENT__EVENT__BODY_ENROLLED, facts_enrolled,
	 NOTIFICATION__TOPIC__ENROLLED, AT_ONCE},
	{UP_ENROLLMENT, ENROLLMENT__EVENT__BODY_LAPSE_NOTICED, facts_lapse_noticed,
	 NOTIFICATION__TOPIC__LAPSE_COMING, NUDGE},
	{UP_ENROLLMENT, ENROLLMENT__EVENT__BODY_LAPSED, facts_lapsed,
	 NOTIFICATION__TOPIC__ENROLLMENT_LAPSED, AT_ONCE},
	{UP_ENROLLMENT, ENROLLMENT__EVENT__BODY_FINISH_NOTICED, facts_finish,
	 NOTIFICATION__TOPIC__FINISH_BY, AT_ONCE},
	{UP_EVIDENCE, EVIDENCE__EVENT__BODY_SUBMISSION_SEALED, facts_sealed,
	 NOTIFICATION__TOPIC__SUBMISSION_RECEIPT, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE, facts_returned,
	 NOTIFICATION__TOPIC__RETURNED_INCOMPLETE, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_DECISION_RELEASED, facts_released,
	 NOTIFICATION__TOPIC__DECISION_READY, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_DECISION_RELEASED, facts_coach_next,
	 NOTIFICATION__TOPIC__COACH_NEEDED, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_APPEAL_FILED, facts_appealed,
	 NOTIFICATION__TOPIC__APPEAL_RECEIVED, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_APPEAL_UPHELD, facts_upheld,
	 NOTIFICATION__TOPIC__APPEAL_UPHELD, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_HOLD_PLACED, facts_held,
	 NOTIFICATION__TOPIC__INTEGRITY_HOLD, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_HOLD_CLEARED, facts_cleared,
	 NOTIFICATION__TOPIC__INTEGRITY_CLEARED, AT_ONCE},
	{UP_ASSESSMENT, ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED, facts_founded,
	 NOTIFICATION__TOPIC__SUBMISSION_VOIDED, AT_ONCE},
	{UP_ISSUANCE, ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED, facts_issued,
	 NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, AT_ONCE},
	{UP_ISSUANCE, ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED, facts_expiry,
	 NOTIFICATION__TOPIC__EXPIRY_COMING, BEFORE_DATE},
	{UP_ISSUANCE, ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED, facts_revoked,
	 NOTIFICATION__TOPIC__CREDENTIAL_REVOKED, AT_ONCE},
	{UP_ISSUANCE, ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED, facts_suspended,
	 NOTIFICATION__TOPIC__CREDENTIAL_SUSPENDED, AT_ONCE},
	{UP_ISSUANCE, ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED, facts_reinstated,
	 NOTIFICATION__TOPIC__CREDENTIAL_REINSTATED, AT_ONCE},
	{UP_ENROLLMENT, ENROLLMENT__EVENT__BODY_LICENSE_LINKED, facts_linked,
	 NOTIFICATION__TOPIC__LICENSE_DEADLINE, DEADLINES},
	{UP_ENROLLMENT, ENROLLMENT__EVENT__BODY_LICENSE_RENEWED, facts_renewed,
	 NOTIFICATION__TOPIC__LICENSE_DEADLINE, DEADLINES},
	{UP_ISSUANCE, ISSUANCE__EVENT__BODY_LEDGER_DISPUTED, facts_disputed,
	 NOTIFICATION__TOPIC__CREDIT_DISPUTED, AT_ONCE},
};

bool topic_is_known(Notification__Topic topic)
{
	return topic != NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED &&
	       protobuf_c_enum_descriptor_get_value(&notification__topic__descriptor, (int)topic) !=
		       NULL;
}

bool topic_is_optional(Notification__Topic topic)
{
	return topic_is_known(topic) && topic != NOTIFICATION__TOPIC__DIGEST &&
	       !topic_is_mandatory(topic);
}

bool topic_is_mandatory(Notification__Topic topic)
{
	return topic == NOTIFICATION__TOPIC__DECISION_READY ||
	       topic == NOTIFICATION__TOPIC__COACH_NEEDED ||
	       topic == NOTIFICATION__TOPIC__CREDENTIAL_ISSUED ||
	       topic == NOTIFICATION__TOPIC__CREDENTIAL_REVOKED ||
	       topic == NOTIFICATION__TOPIC__CREDENTIAL_SUSPENDED ||
	       topic == NOTIFICATION__TOPIC__CREDENTIAL_REINSTATED ||
	       topic == NOTIFICATION__TOPIC__FINISH_BY ||
	       topic == NOTIFICATION__TOPIC__CREDIT_DISPUTED ||
	       (topic >= NOTIFICATION__TOPIC__APPEAL_RECEIVED &&
		topic <= NOTIFICATION__TOPIC__SUBMISSION_VOIDED);
}

/* A nudge waits until a week after the one before, but never past the day before its own date: then
 * it would come too late to be of use. */
static int64_t nudge_at(const struct educator *educator, int64_t date_us, int64_t now_us)
{
	int64_t at_us = educator->nudged_us == 0 ? now_us : educator->nudged_us + NUDGE_EVERY_US;

	return MAX(MIN(at_us, date_us - US_PER_DAY), now_us);
}

/* So many days before its date, or at once when that is past already. */
static int64_t remind_at(const struct view *view, const struct facts *f, struct decision *d)
{
	uint32_t days = f->deadline != 0 ? f->deadline : expiry_notice_days(view, d->arena);

	return MAX(f->date_us - days * US_PER_DAY, d->now_us);
}

/* Of several reminders of one date, those whose day is past say nothing that the next one does not.
 */
static bool is_too_late(const struct plan_rule *rule, const struct facts *f, int64_t now_us)
{
	if (rule->when != BEFORE_DATE && rule->when != DEADLINES)
		return false;
	return f->date_us <= now_us || (f->deadline > deadlines[ARRAY_LEN(deadlines) - 1] &&
					f->date_us - f->deadline * US_PER_DAY < now_us);
}

/* A notice is planned once for an event, a person and a topic; of several reminders each has a name
 * of its own. */
static struct id name_of(struct bytes event, uint32_t deadline)
{
	return deadline == 0 ? id_of_bytes(event) : id_of_version(event, deadline);
}

bool deadlines_planned(const struct view *view, struct bytes event, struct bytes educator)
{
	for (size_t i = 0; i < ARRAY_LEN(deadlines); i++) {
		struct id name = name_of(event, deadlines[i]);

		if (by_event_get(view, bytes_of_id(&name), educator,
				 NOTIFICATION__TOPIC__LICENSE_DEADLINE))
			return true;
	}
	return false;
}

static void place_notice(const struct view *view, const struct plan_rule *rule,
			 const struct educator *educator, struct facts *f, struct decision *d)
{
	f->at_us = d->now_us;
	if (rule->when == NUDGE)
		f->at_us = nudge_at(educator, f->date_us, d->now_us);
	if (rule->when == BEFORE_DATE || rule->when == DEADLINES) {
		f->at_us = remind_at(view, f, d);
		f->days = (uint32_t)((f->date_us - f->at_us + US_PER_DAY - 1) / US_PER_DAY);
	}
}

static void plan_notice(const struct plan_rule *rule, const struct facts *f, const struct id *name,
			struct decision *d)
{
	Notification__NoticePlanned planned = NOTIFICATION__NOTICE_PLANNED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct bytes notice = new_id(d);

	planned.notice = pb_of_bytes(notice);
	planned.educator = pb_of_id(&f->educator);
	planned.topic = rule->topic;
	planned.about = pb_of_id(&f->about);
	planned.entry = pb_of_id(&f->entry);
	planned.version = f->version;
	planned.date_us = f->date_us;
	planned.days = f->days;
	planned.at_us = f->at_us;
	planned.event = pb_of_id(name);
	event.notice_planned = &planned;
	emit_event(d, notice, &event, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED);
}

static void plan_once(const struct view *view, const struct plan_rule *rule, struct facts *f,
		      const struct record *record, struct decision *d)
{
	struct id name = name_of(bytes_of_id(&record->id), f->deadline);
	struct educator educator;

	if (!educator_get(view, bytes_of_id(&f->educator), &educator) || educator.erased)
		return;
	if (switched_off(view, bytes_of_id(&f->educator), (uint16_t)rule->topic) ||
	    by_event_get(view, bytes_of_id(&name), bytes_of_id(&f->educator),
			 (uint16_t)rule->topic))
		return;
	if (is_too_late(rule, f, d->now_us))
		return;
	place_notice(view, rule, &educator, f, d);
	plan_notice(rule, f, &name, d);
}

static void plan_rule(const struct view *view, const struct plan_rule *rule,
		      const ProtobufCMessage *event, const struct record *record,
		      struct decision *d)
{
	struct facts f;

	if (!rule->facts(view, event, &f))
		return;
	if (rule->when != DEADLINES) {
		plan_once(view, rule, &f, record, d);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(deadlines); i++) {
		f.deadline = deadlines[i];
		plan_once(view, rule, &f, record, d);
	}
}

void plan_event(const struct view *view, unsigned upstream, const ProtobufCMessage *event,
		const struct record *record, struct decision *d)
{
	uint32_t kind = body_kind(event);

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].upstream == upstream && rules[i].kind == kind)
			plan_rule(view, &rules[i], event, record, d);
}

static bool is_needless(const struct needless *which, const struct notice *row)
{
	if (!which->sending_too && row->state == NOTICE_SENDING)
		return false;
	if (which->topic != 0 && which->topic != row->topic)
		return false;
	return which->about.len == 0 || bytes_equal(which->about, BYTES_OF(row->about));
}

void cancel_needless(const struct view *view, const struct needless *which, struct decision *d)
{
	struct scan scan = scan_first(view, OPEN, which->educator, which->educator);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct bytes notice = {key.data + ID_LEN, ID_LEN};
		Notification__NoticeCancelled cancelled = NOTIFICATION__NOTICE_CANCELLED__INIT;
		Notification__Event event = NOTIFICATION__EVENT__INIT;
		struct notice row;

		if (!notice_get(view, notice, &row) || !is_needless(which, &row))
			continue;
		cancelled.notice = pb_of_bytes(notice);
		cancelled.why = arena_text(d->arena, bytes_of_text(which->why));
		event.notice_cancelled = &cancelled;
		emit_event(d, notice, &event, NOTIFICATION__EVENT__BODY_NOTICE_CANCELLED);
	}
}
