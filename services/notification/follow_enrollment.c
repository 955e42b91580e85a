/* What enrollment's events mean here: the catalogue's words, people, and notices of a lapse. */
#include "services/notification/follow.h"

#include "services/notification/mail/address.h"
#include "services/notification/decide_parts.h"
#include "services/notification/plan.h"
#include "services/notification/tables_mail.h"
#include "services/notification/mail/templates.h"

#include "proto/enrollment.pb-c.h"

/* Dates in notices are dates of the issuer's time zone. */
enum verdict on_calendar_published(const struct view *view, const ProtobufCMessage *event,
				   struct decision *d)
{
	const Enrollment__Calendar *calendar =
		((const Enrollment__Event *)event)->calendar_published->calendar;
	Notification__CalendarNoted noted = NOTIFICATION__CALENDAR_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;

	(void)view;
	if (calendar == NULL)
		return ACCEPTED;
	noted.version = calendar->version;
	noted.time_zone = calendar->time_zone;
	ours.calendar_noted = &noted;
	emit_event(d, bytes_of_id(&d->entity), &ours, NOTIFICATION__EVENT__BODY_CALENDAR_NOTED);
	return ACCEPTED;
}

/* The newest version; one that is read once more may be older. */
enum verdict on_policy_published(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	const Enrollment__Policy *policy =
		((const Enrollment__Event *)event)->policy_published->policy;
	const Notification__PolicyNoted *known = policy_get(view, d->arena);
	Notification__PolicyNoted noted = NOTIFICATION__POLICY_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;

	if (policy == NULL || (known != NULL && known->version >= policy->version))
		return ACCEPTED;
	noted.version = policy->version;
	noted.expiry_notice_days = policy->expiry_notice_days;
	ours.policy_noted = &noted;
	emit_event(d, bytes_of_id(&d->entity), &ours, NOTIFICATION__EVENT__BODY_POLICY_NOTED);
	return ACCEPTED;
}

enum verdict on_entry_published(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	const Enrollment__Entry *entry = ((const Enrollment__Event *)event)->entry_published->entry;
	Notification__EntryNoted noted = NOTIFICATION__ENTRY_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;
	struct id version;

	(void)view;
	if (entry == NULL)
		return ACCEPTED;
	version = id_of_version(bytes_of_pb(entry->entry), entry->version);
	noted.entry = entry->entry;
	noted.version = entry->version;
	noted.code = entry->code;
	noted.title = entry->title;
	ours.entry_noted = &noted;
	emit_event(d, bytes_of_pb(entry->entry), &ours, NOTIFICATION__EVENT__BODY_ENTRY_NOTED);
	brings(d, AWAIT_ENTRY, bytes_of_id(&version));
	return ACCEPTED;
}

/* What notices call it, as an entry's version. */
enum verdict on_stack_published(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	const Enrollment__Document *stack =
		((const Enrollment__Event *)event)->stack_published->stack;
	Notification__EntryNoted noted = NOTIFICATION__ENTRY_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;
	struct id version;

	if (stack == NULL)
		return ACCEPTED;
	version = id_of_version(bytes_of_pb(stack->id), stack->version);
	if (entry_known(view, bytes_of_pb(stack->id), stack->version))
		return ACCEPTED; /* read once more */
	noted.entry = stack->id;
	noted.version = stack->version;
	noted.code = stack->code;
	noted.title = stack->title;
	ours.entry_noted = &noted;
	emit_event(d, bytes_of_pb(stack->id), &ours, NOTIFICATION__EVENT__BODY_ENTRY_NOTED);
	brings(d, AWAIT_ENTRY, bytes_of_id(&version));
	return ACCEPTED;
}

/* Mail came back from an address that the person has no more. */
static void address_may_differ(const struct view *view, struct bytes educator,
			       const Cairn__Sealed *person, struct decision *d)
{
	struct bounce row;
	struct id mark;

	if (bounce_get(view, educator, &row) &&
	    address_mark_of(d->caps, educator, person, d->arena, &mark) &&
	    !bytes_equal(BYTES_OF(row.address), bytes_of_id(&mark)))
		clear_bounce(view, educator, "changed", d);
}

/* The person stays sealed. A language that notices cannot be written in falls back when one is
 * sent. */
enum verdict on_educator_registered(const struct view *view, const ProtobufCMessage *event,
				    struct decision *d)
{
	const Enrollment__EducatorRegistered *e =
		((const Enrollment__Event *)event)->educator_registered;
	Notification__EducatorNoted noted = NOTIFICATION__EDUCATOR_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;
	struct educator educator;

	if (educator_get(view, bytes_of_pb(e->educator), &educator) && educator.erased)
		return ACCEPTED;
	noted.educator = e->educator;
	if (e->person != NULL && is_id(bytes_of_pb(e->person->subject)))
		noted.person = e->person;
	noted.language = arena_text(
		d->arena,
		bytes_of_text(language_is_sound(e->language) ? e->language : LANGUAGE_DEFAULT));
	ours.educator_noted = &noted;
	emit_event(d, bytes_of_pb(e->educator), &ours, NOTIFICATION__EVENT__BODY_EDUCATOR_NOTED);
	address_may_differ(view, bytes_of_pb(e->educator), e->person, d);
	brings(d, AWAIT_EDUCATOR, bytes_of_pb(e->educator));
	return ACCEPTED;
}

/* Another name or address of the same person. The language is the person's own choice here. */
static enum verdict person_changed(const struct view *view, ProtobufCBinaryData educator,
				   Cairn__Sealed *person, struct decision *d)
{
	Notification__EducatorNoted noted = NOTIFICATION__EDUCATOR_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;
	struct bytes id = bytes_of_pb(educator);
	struct educator row;

	if (!educator_get(view, id, &row))
		return await(d, AWAIT_EDUCATOR, id);
	if (row.erased)
		return ACCEPTED;
	noted.educator = educator;
	noted.person = person;
	noted.language = arena_text(d->arena, bytes_of_text(row.language));
	ours.educator_noted = &noted;
	emit_event(d, id, &ours, NOTIFICATION__EVENT__BODY_EDUCATOR_NOTED);
	address_may_differ(view, id, person, d);
	return ACCEPTED;
}

enum verdict on_educator_renamed(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	const Enrollment__EducatorRenamed *e = ((const Enrollment__Event *)event)->educator_renamed;

	return person_changed(view, e->educator, e->person, d);
}

enum verdict on_email_changed(const struct view *view, const ProtobufCMessage *event,
			      struct decision *d)
{
	const Enrollment__EmailChanged *e = ((const Enrollment__Event *)event)->email_changed;

	return person_changed(view, e->educator, e->person, d);
}

/* The key is destroyed after this is durable (effects.c); nothing more is written to the person. */
enum verdict on_educator_erased(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	const Enrollment__EducatorErased *e = ((const Enrollment__Event *)event)->educator_erased;
	Notification__EducatorForgotten forgotten = NOTIFICATION__EDUCATOR_FORGOTTEN__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;
	struct bytes id = bytes_of_pb(e->educator);
	struct educator educator;

	if (educator_get(view, id, &educator) && educator.erased)
		return ACCEPTED;
	cancel_needless(
		view, &(struct needless){.educator = id, .why = "erased", .sending_too = true}, d);
	forgotten.educator = e->educator;
	ours.educator_forgotten = &forgotten;
	emit_event(d, id, &ours, NOTIFICATION__EVENT__BODY_EDUCATOR_FORGOTTEN);
	brings(d, AWAIT_EDUCATOR, id);
	return ACCEPTED;
}

enum verdict know_person_and_entry(const struct view *view, struct bytes educator,
				   struct bytes entry, uint32_t version, struct decision *d)
{
	struct id wanted = id_of_version(entry, version);
	struct educator row;

	if (!educator_get(view, educator, &row))
		return await(d, AWAIT_EDUCATOR, educator);
	if (!entry_known(view, entry, version))
		return await(d, AWAIT_ENTRY, bytes_of_id(&wanted));
	return ACCEPTED;
}

enum verdict on_enrolled(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	const Enrollment__Enrolled *e = ((const Enrollment__Event *)event)->enrolled;
	Notification__EnrollmentNoted noted = NOTIFICATION__ENROLLMENT_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;

	if (know_person_and_entry(view, bytes_of_pb(e->educator), bytes_of_pb(e->entry), e->version,
				  d) == AWAITING)
		return AWAITING;
	noted.enrollment = e->enrollment;
	noted.educator = e->educator;
	noted.entry = e->entry;
	noted.version = e->version;
	ours.enrollment_noted = &noted;
	emit_event(d, bytes_of_pb(e->enrollment), &ours,
		   NOTIFICATION__EVENT__BODY_ENROLLMENT_NOTED);
	brings(d, AWAIT_ENROLLMENT, bytes_of_pb(e->enrollment));
	return ACCEPTED;
}

/* The enrollment does not lapse on the day that an unsent notice names. */
static enum verdict lapse_is_off(const struct view *view, ProtobufCBinaryData enrollment,
				 struct decision *d)
{
	struct bytes id = bytes_of_pb(enrollment);
	struct enrollment row;

	if (!enrollment_get(view, id, &row))
		return await(d, AWAIT_ENROLLMENT, id);
	cancel_needless(view,
			&(struct needless){.educator = BYTES_OF(row.educator),
					   .about = id,
					   .topic = NOTIFICATION__TOPIC__LAPSE_COMING,
					   .why = "resolved"},
			d);
	return ACCEPTED;
}

enum verdict on_paused(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->paused->enrollment, d);
}

enum verdict on_resumed(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->resumed->enrollment, d);
}

enum verdict on_withdrawn(const struct view *view, const ProtobufCMessage *event,
			  struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->withdrawn->enrollment, d);
}

enum verdict on_progress_noted(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->progress_noted->enrollment,
			    d);
}

enum verdict on_lapsed(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->lapsed->enrollment, d);
}

enum verdict on_completed(const struct view *view, const ProtobufCMessage *event,
			  struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->completed->enrollment, d);
}

enum verdict on_submission_noted(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->submission_noted->enrollment,
			    d);
}

enum verdict on_lapse_noticed(const struct view *view, const ProtobufCMessage *event,
			      struct decision *d)
{
	struct bytes id =
		bytes_of_pb(((const Enrollment__Event *)event)->lapse_noticed->enrollment);
	struct enrollment row;

	return enrollment_get(view, id, &row) ? ACCEPTED : await(d, AWAIT_ENROLLMENT, id);
}

enum verdict on_finish_noticed(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d)
{
	struct bytes id =
		bytes_of_pb(((const Enrollment__Event *)event)->finish_noticed->enrollment);
	struct enrollment row;

	return enrollment_get(view, id, &row) ? ACCEPTED : await(d, AWAIT_ENROLLMENT, id);
}

enum verdict on_activity_noted(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d)
{
	return lapse_is_off(view, ((const Enrollment__Event *)event)->activity_noted->enrollment,
			    d);
}
