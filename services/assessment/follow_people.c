/* What the neighbours' events on people mean here: relations, licenses, erasure, organisations. */
#include "services/assessment/anchors.h"
#include "services/assessment/follow_parts.h"
#include "services/assessment/tables_fairness.h"

#include "libshared/calendar.h"

/* ---- relations ---- */

/* The reading in hand of this educator's work goes back to the queue. */
static void take_back(const struct view *view, struct decision *d, struct bytes assessor,
		      struct bytes educator)
{
	struct submission row;
	struct assessor holder;
	struct reading reading;

	if (!assessor_get(view, assessor, &holder) ||
	    !reading_get(view, bytes_of_id(&holder.holds), &reading) ||
	    !submission_get(view, bytes_of_id(&reading.submission), &row))
		return;
	if (bytes_equal(bytes_of_id(&row.educator), educator))
		emit_lease_expired(view, d, bytes_of_id(&holder.holds), &reading, assessor);
}

void emit_related(const struct view *view, struct decision *d, struct bytes assessor,
		  struct bytes educator)
{
	Assessment__RelationNoted noted = ASSESSMENT__RELATION_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	noted.assessor = pb_of_bytes(assessor);
	noted.educator = pb_of_bytes(educator);
	event.body_case = ASSESSMENT__EVENT__BODY_RELATION_NOTED;
	event.relation_noted = &noted;
	emit_about(d, assessor, &event.base);
	take_back(view, d, assessor, educator);
	emit_left_alone(view, d, assessor, educator);
}

enum verdict relation_declared(const struct view *view, const ProtobufCMessage *upstream,
			       struct decision *d)
{
	const Enrollment__RelationDeclared *declared =
		((const Enrollment__Event *)upstream)->relation_declared;
	struct bytes assessor = bytes_of_pb(declared->assessor);
	struct bytes educator = bytes_of_pb(declared->educator);
	struct assessor row;

	if (!is_id(assessor) || !is_id(educator))
		return refuse(d, ASSESSMENT__REASON__BAD_ID);
	if (!assessor_get(view, assessor, &row))
		return await(d, AWAIT_ASSESSOR, assessor);
	if (!is_related(view, assessor, educator))
		emit_related(view, d, assessor, educator);
	return ACCEPTED;
}

/* ---- licenses ---- */

/* Of a license only the day on which it ends is of use here, and nothing else of it is kept. */
static enum verdict license_ends(const struct view *view, struct decision *d,
				 ProtobufCBinaryData educator, char *expires)
{
	Assessment__RenewalNoted noted = ASSESSMENT__RENEWAL_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	int64_t day, known;

	if (!is_id(bytes_of_pb(educator)))
		return refuse(d, ASSESSMENT__REASON__BAD_ID);
	if (!day_of_text(expires, &day) || day < 0 ||
	    (renewal_get(view, bytes_of_pb(educator), day, &known) && known == day))
		return ACCEPTED;
	noted.educator = educator;
	noted.renewal_by = expires;
	event.body_case = ASSESSMENT__EVENT__BODY_RENEWAL_NOTED;
	event.renewal_noted = &noted;
	emit_about(d, bytes_of_pb(educator), &event.base);
	return ACCEPTED;
}

enum verdict license_linked(const struct view *view, const ProtobufCMessage *upstream,
			    struct decision *d)
{
	const Enrollment__LicenseLinked *linked =
		((const Enrollment__Event *)upstream)->license_linked;

	return license_ends(view, d, linked->educator, linked->expires);
}

enum verdict license_renewed(const struct view *view, const ProtobufCMessage *upstream,
			     struct decision *d)
{
	const Enrollment__LicenseRenewed *renewed =
		((const Enrollment__Event *)upstream)->license_renewed;

	return license_ends(view, d, renewed->educator, renewed->expires);
}

/* ---- erasure ---- */

static bool is_of(const struct view *view, struct bytes submission, struct bytes educator)
{
	struct submission row;

	return submission_get(view, submission, &row) &&
	       bytes_equal(bytes_of_id(&row.educator), educator);
}

/* Nobody may open an erased educator's evidence any more: it is an anchor no longer. */
enum verdict educator_erased(const struct view *view, const ProtobufCMessage *upstream,
			     struct decision *d)
{
	struct bytes educator =
		bytes_of_pb(((const Enrollment__Event *)upstream)->educator_erased->educator);
	struct scan scan = scan_first(view, ANCHOR, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct bytes submission = {key.data + key.len - ID_LEN, ID_LEN};

		if (is_of(view, submission, educator))
			emit_anchor_withdrawn(d, arena_copy(d->arena, submission), "erased");
	}
	scan_end(&scan);
	emit_forgotten(view, educator, d);
	return ACCEPTED;
}

/* ---- organisations ---- */

/* Of an organisation only what fairness is watched by; never its name. */
enum verdict org_registered(const struct view *view, const ProtobufCMessage *upstream,
			    struct decision *d)
{
	const Enrollment__OrgRegistered *org =
		((const Enrollment__Event *)upstream)->org_registered;
	Assessment__OrgNoted noted = ASSESSMENT__ORG_NOTED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	struct org known;

	if (!is_id(bytes_of_pb(org->org)))
		return refuse(d, ASSESSMENT__REASON__BAD_ID);
	if ((org->region[0] == '\0' && org->school_type[0] == '\0') ||
	    org_get(view, bytes_of_pb(org->org), &known))
		return ACCEPTED;
	noted.org = org->org;
	noted.region = org->region;
	noted.school_type = org->school_type;
	event.body_case = ASSESSMENT__EVENT__BODY_ORG_NOTED;
	event.org_noted = &noted;
	emit_about(d, bytes_of_pb(org->org), &event.base);
	return ACCEPTED;
}
