/* What is heard of licenses: whose they are, until when, and that a state did not take a credit. */
#include "services/notification/follow.h"
#include "services/notification/notification.h"
#include "services/notification/plan.h"
#include "services/notification/tables.h"

#include "proto/enrollment.pb-c.h"
#include "proto/issuance.pb-c.h"

static enum verdict know_person(const struct view *view, struct bytes educator, struct decision *d)
{
	struct educator row;

	return educator_get(view, educator, &row) ? ACCEPTED : await(d, AWAIT_EDUCATOR, educator);
}

enum verdict on_license_linked(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d)
{
	const Enrollment__LicenseLinked *e = ((const Enrollment__Event *)event)->license_linked;
	Notification__LicenseNoted noted = NOTIFICATION__LICENSE_NOTED__INIT;
	Notification__Event ours = NOTIFICATION__EVENT__INIT;
	struct license row;

	if (know_person(view, bytes_of_pb(e->educator), d) == AWAITING)
		return AWAITING;
	if (license_get(view, bytes_of_pb(e->license), &row))
		return ACCEPTED; /* read once more */
	noted.license = e->license;
	noted.educator = e->educator;
	ours.license_noted = &noted;
	emit_event(d, bytes_of_pb(e->license), &ours, NOTIFICATION__EVENT__BODY_LICENSE_NOTED);
	brings(d, AWAIT_LICENSE, bytes_of_pb(e->license));
	return ACCEPTED;
}

/* The term before ends no more. */
enum verdict on_license_renewed(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	const Enrollment__LicenseRenewed *e = ((const Enrollment__Event *)event)->license_renewed;
	struct bytes educator = bytes_of_pb(e->educator);

	if (know_person(view, educator, d) == AWAITING)
		return AWAITING;
	if (!deadlines_planned(view, bytes_of_id(&d->input_id), educator))
		cancel_needless(view,
				&(struct needless){.educator = educator,
						   .about = bytes_of_pb(e->license),
						   .topic = NOTIFICATION__TOPIC__LICENSE_DEADLINE,
						   .why = "resolved"},
				d);
	return ACCEPTED;
}

enum verdict on_ledger_disputed(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	struct bytes license =
		bytes_of_pb(((const Issuance__Event *)event)->ledger_disputed->license);
	struct license row;

	return license_get(view, license, &row) ? ACCEPTED : await(d, AWAIT_LICENSE, license);
}
