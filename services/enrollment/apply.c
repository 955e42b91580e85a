/* What each event changes in the tables. */
#include "libshared/timers.h"
#include "services/enrollment/apply_parts.h"
#include "services/enrollment/lapse.h"
#include "services/enrollment/tables_district.h"

#include <string.h>

/* ---- people ---- */

static void copy_text(char *to, size_t room, const char *text)
{
	memcpy(to, text, MIN(strlen(text), room));
}

static void apply_org_registered(struct txn *txn, const Enrollment__Event *event,
				 const struct record *record)
{
	const Enrollment__OrgRegistered *e = event->org_registered;
	struct org_row row = {
		.parent = id_of_bytes(bytes_of_pb(e->parent)),
		.kind = (uint32_t)e->kind,
	};

	(void)record;
	copy_text(row.state, sizeof row.state, e->state);
	org_put(txn, bytes_of_pb(e->org), &row, e->name);
}

static void apply_educator_registered(struct txn *txn, const Enrollment__Event *event,
				      const struct record *record)
{
	const Enrollment__EducatorRegistered *e = event->educator_registered;
	struct bytes id = bytes_of_pb(e->educator);
	struct educator_row row = {
		.school = id_of_bytes(bytes_of_pb(e->school)),
		.district = id_of_bytes(bytes_of_pb(e->district)),
		.handle_hash = id_of_bytes(bytes_of_pb(e->handle_hash)),
		.email_hash = id_of_bytes(bytes_of_pb(e->email_hash)),
	};

	(void)record;
	copy_text(row.language, sizeof row.language, e->language);
	educator_put(txn, id, &row);
	educator_put_person(txn, id, bytes_of_pb(e->person->box));
	ref_put(txn, BY_HANDLE, bytes_of_pb(e->handle_hash), id);
	ref_put(txn, BY_EMAIL, bytes_of_pb(e->email_hash), id);
}

/* The row of an educator whom an event names; false: faulted. */
static bool educator_row(struct txn *txn, struct bytes id, struct educator_row *row_r)
{
	if (educator_get(txn_view(txn), id, row_r))
		return true;
	txn_fault(txn, "an event about an educator who is not registered");
	return false;
}

static void apply_email_changed(struct txn *txn, const Enrollment__Event *event,
				const struct record *record)
{
	const Enrollment__EmailChanged *e = event->email_changed;
	struct bytes id = bytes_of_pb(e->educator);
	struct educator_row row;

	(void)record;
	if (!educator_row(txn, id, &row))
		return;
	txn_delete(txn, BY_EMAIL, bytes_of_id(&row.email_hash));
	row.email_hash = id_of_bytes(bytes_of_pb(e->email_hash));
	educator_put(txn, id, &row);
	educator_put_person(txn, id, bytes_of_pb(e->person->box));
	ref_put(txn, BY_EMAIL, bytes_of_pb(e->email_hash), id);
}

static void apply_educator_moved(struct txn *txn, const Enrollment__Event *event,
				 const struct record *record)
{
	const Enrollment__EducatorMoved *e = event->educator_moved;
	struct educator_row row;

	(void)record;
	if (!educator_row(txn, bytes_of_pb(e->educator), &row))
		return;
	row.school = id_of_bytes(bytes_of_pb(e->school));
	row.district = id_of_bytes(bytes_of_pb(e->district));
	educator_put(txn, bytes_of_pb(e->educator), &row);
}

static void apply_educator_renamed(struct txn *txn, const Enrollment__Event *event,
				   const struct record *record)
{
	const Enrollment__EducatorRenamed *e = event->educator_renamed;
	struct educator_row row;

	(void)record;
	if (educator_row(txn, bytes_of_pb(e->educator), &row))
		educator_put_person(txn, bytes_of_pb(e->educator), bytes_of_pb(e->person->box));
}

static void apply_license_linked(struct txn *txn, const Enrollment__Event *event,
				 const struct record *record)
{
	const Enrollment__LicenseLinked *e = event->license_linked;
	struct bytes educator = bytes_of_pb(e->educator);
	struct license_row row = {.number_hash = id_of_bytes(bytes_of_pb(e->number_hash))};
	struct educator_row person;

	(void)record;
	if (!educator_row(txn, educator, &person))
		return;
	person.licenses++;
	educator_put(txn, educator, &person);
	copy_text(row.state, sizeof row.state, e->state);
	license_put(txn, educator, bytes_of_pb(e->license), &row, bytes_of_pb(e->number->box));
}

static void apply_license_corrected(struct txn *txn, const Enrollment__Event *event,
				    const struct record *record)
{
	const Enrollment__LicenseCorrected *e = event->license_corrected;
	struct bytes educator = bytes_of_pb(e->educator), license = bytes_of_pb(e->license);
	struct license_row row;

	(void)record;
	if (!license_get(txn_view(txn), educator, license, &row)) {
		txn_fault(txn, "license corrected: no such license");
		return;
	}
	txn_delete(txn, BY_LICENSE, bytes_of_id(&row.number_hash));
	row.number_hash = id_of_bytes(bytes_of_pb(e->number_hash));
	license_put(txn, educator, license, &row, bytes_of_pb(e->number->box));
}

static void apply_relation_declared(struct txn *txn, const Enrollment__Event *event,
				    const struct record *record)
{
	const Enrollment__RelationDeclared *e = event->relation_declared;

	(void)record;
	mark_put(txn, RELATION, bytes_of_pb(e->assessor), bytes_of_pb(e->educator));
}

static void apply_educator_erased(struct txn *txn, const Enrollment__Event *event,
				  const struct record *record)
{
	struct bytes id = bytes_of_pb(event->educator_erased->educator);
	struct educator_row row;
	struct erasure_row erasure = {0};

	(void)record;
	if (!educator_row(txn, id, &row))
		return;
	educator_forget(txn, id, &row);
	erasure_put(txn, id, &erasure);
}

/* The row of an erasure that an event names; false: faulted. */
static bool erasure_row(struct txn *txn, struct bytes id, struct erasure_row *row_r)
{
	if (erasure_get(txn_view(txn), id, row_r))
		return true;
	txn_fault(txn, "a key destroyed of an educator who is not being erased");
	return false;
}

static void apply_key_destroyed(struct txn *txn, const Enrollment__Event *event,
				const struct record *record)
{
	const Enrollment__KeyDestroyed *e = event->key_destroyed;
	struct erasure_row row;

	(void)record;
	if (!erasure_row(txn, bytes_of_pb(e->educator), &row))
		return;
	row.holders |= strcmp(e->holder, "enrollment") == 0 ? HOLDER_ENROLLMENT : HOLDER_ISSUANCE;
	erasure_put(txn, bytes_of_pb(e->educator), &row);
}

static void apply_erasure_completed(struct txn *txn, const Enrollment__Event *event,
				    const struct record *record)
{
	struct bytes id = bytes_of_pb(event->erasure_completed->educator);
	struct erasure_row row;

	(void)record;
	if (!erasure_row(txn, id, &row))
		return;
	row.completed = 1;
	erasure_put(txn, id, &row);
}

/* ---- enrollments ---- */

/* The row of an enrollment that an event names; false: faulted. */
static bool enrollment_row(struct txn *txn, struct bytes id, struct enrollment_row *row_r)
{
	if (enrollment_get(txn_view(txn), id, row_r))
		return true;
	txn_fault(txn, "an event about an enrollment that is not there");
	return false;
}

/* Writes the row, and sets or clears the timer that its state asks for. */
static void put_with_timer(struct txn *txn, struct bytes id, struct enrollment_row *row)
{
	struct policy_row policy;

	enrollment_put(txn, id, row);
	if (!enrollment_runs(row))
		timer_clear(txn, id, TIMER_LAPSE);
	else if (!policy_get(txn_view(txn), row->policy_version, &policy))
		txn_fault(txn, "an enrollment under a policy that was not published");
	else
		timer_set(
			txn, id, TIMER_LAPSE,
			notice_next_due(&policy.lapse_notices, row->lapses_us, row->noticed_days));
}

/* Somebody is active: the lapse is far again, and notices start anew. */
static void move_lapse(struct enrollment_row *row, int64_t lapses_us)
{
	row->lapses_us = lapses_us;
	row->noticed_days = 0;
}

static void apply_enrolled(struct txn *txn, const Enrollment__Event *event,
			   const struct record *record)
{
	const Enrollment__Enrolled *e = event->enrolled;
	struct bytes id = bytes_of_pb(e->enrollment);
	struct enrollment_row row = {
		.educator = id_of_bytes(bytes_of_pb(e->educator)),
		.entry = id_of_bytes(bytes_of_pb(e->entry)),
		.enrolled_us = record->at_us,
		.lapses_us = e->lapses_us,
		.fee_cents = e->fee_cents,
		.entry_version = e->version,
		.policy_version = e->policy_version,
		.clock_hours = e->clock_hours,
		.state = ENROLLMENT__STATE__ACTIVE,
	};

	put_with_timer(txn, id, &row);
	active_put(txn, bytes_of_pb(e->educator), bytes_of_pb(e->entry), id);
	mark_put(txn, OF_EDUCATOR, bytes_of_pb(e->educator), id);
	mark_put(txn, OF_ENTRY, bytes_of_pb(e->entry), id);
	tally_add(txn, bytes_of_pb(e->school), bytes_of_pb(e->district), record->at_us,
		  TALLY_ENROLLED);
}

static void apply_paused(struct txn *txn, const Enrollment__Event *event,
			 const struct record *record)
{
	const Enrollment__Paused *e = event->paused;
	struct enrollment_row row;

	(void)record;
	if (!enrollment_row(txn, bytes_of_pb(e->enrollment), &row))
		return;
	row.state = ENROLLMENT__STATE__PAUSED;
	move_lapse(&row, e->lapses_us);
	put_with_timer(txn, bytes_of_pb(e->enrollment), &row);
}

static void apply_resumed(struct txn *txn, const Enrollment__Event *event,
			  const struct record *record)
{
	const Enrollment__Resumed *e = event->resumed;
	struct bytes id = bytes_of_pb(e->enrollment);
	struct enrollment_row row;

	(void)record;
	if (!enrollment_row(txn, id, &row))
		return;
	row.state = ENROLLMENT__STATE__ACTIVE;
	move_lapse(&row, e->lapses_us);
	put_with_timer(txn, id, &row);
	active_put(txn, bytes_of_id(&row.educator), bytes_of_id(&row.entry), id);
	mark_put(txn, OF_ENTRY, bytes_of_id(&row.entry), id);
}

/* Leaves the state it is in for one that no timer watches. Another enrollment in the same entry may
 * have become the active one since. */
static void end(struct txn *txn, struct bytes id, struct enrollment_row *row, uint32_t state)
{
	struct bytes educator = bytes_of_id(&row->educator), entry = bytes_of_id(&row->entry);
	struct id active;

	row->state = state;
	put_with_timer(txn, id, row);
	if (mark_get(txn_view(txn), OF_ENTRY, entry, id)) /* a lapsed one can be completed */
		mark_delete(txn, OF_ENTRY, entry, id);
	if (active_get(txn_view(txn), educator, entry, &active) &&
	    bytes_equal(bytes_of_id(&active), id))
		active_delete(txn, educator, entry);
}

static void apply_withdrawn(struct txn *txn, const Enrollment__Event *event,
			    const struct record *record)
{
	struct bytes id = bytes_of_pb(event->withdrawn->enrollment);
	struct enrollment_row row;

	(void)record;
	if (enrollment_row(txn, id, &row))
		end(txn, id, &row, ENROLLMENT__STATE__WITHDRAWN);
}

static void apply_lapsed(struct txn *txn, const Enrollment__Event *event,
			 const struct record *record)
{
	struct bytes id = bytes_of_pb(event->lapsed->enrollment);
	struct enrollment_row row;

	(void)record;
	if (enrollment_row(txn, id, &row))
		end(txn, id, &row, ENROLLMENT__STATE__LAPSED);
}

/* Where the educator is then. */
static void count_completed(struct txn *txn, struct bytes educator, int64_t at_us)
{
	struct educator_row row;

	if (educator_row(txn, educator, &row))
		tally_add(txn, bytes_of_id(&row.school), bytes_of_id(&row.district), at_us,
			  TALLY_COMPLETED);
}

static void apply_completed(struct txn *txn, const Enrollment__Event *event,
			    const struct record *record)
{
	const Enrollment__Completed *e = event->completed;
	struct bytes id = bytes_of_pb(e->enrollment);
	struct earned_row earned = {
		.credential = id_of_bytes(bytes_of_pb(e->credential)),
		.valid_until_us = e->valid_until_us,
	};
	struct enrollment_row row;

	if (!enrollment_row(txn, id, &row))
		return;
	row.credential = earned.credential;
	end(txn, id, &row, ENROLLMENT__STATE__COMPLETED);
	earned_put(txn, bytes_of_id(&row.educator), bytes_of_id(&row.entry), &earned);
	count_completed(txn, bytes_of_id(&row.educator), record->at_us);
}

static void apply_progress_noted(struct txn *txn, const Enrollment__Event *event,
				 const struct record *record)
{
	const Enrollment__ProgressNoted *e = event->progress_noted;
	struct bytes id = bytes_of_pb(e->enrollment), resource = bytes_of_text(e->resource);
	struct enrollment_row row;

	(void)record;
	if (!enrollment_row(txn, id, &row))
		return;
	move_lapse(&row, e->lapses_us);
	put_with_timer(txn, id, &row);
	if (e->done)
		mark_put(txn, PROGRESS, id, resource);
	else
		mark_delete(txn, PROGRESS, id, resource);
}

static void apply_activity_noted(struct txn *txn, const Enrollment__Event *event,
				 const struct record *record)
{
	const Enrollment__ActivityNoted *e = event->activity_noted;
	struct enrollment_row row;

	(void)record;
	if (!enrollment_row(txn, bytes_of_pb(e->enrollment), &row))
		return;
	move_lapse(&row, e->lapses_us);
	put_with_timer(txn, bytes_of_pb(e->enrollment), &row);
}

static void apply_submission_noted(struct txn *txn, const Enrollment__Event *event,
				   const struct record *record)
{
	const Enrollment__SubmissionNoted *e = event->submission_noted;
	struct bytes id = bytes_of_pb(e->enrollment);
	struct enrollment_row row;

	(void)record;
	if (!enrollment_row(txn, id, &row))
		return;
	row.submission = id_of_bytes(bytes_of_pb(e->submission));
	row.submission_state = (uint32_t)e->state;
	if (enrollment_runs(&row))
		move_lapse(&row, e->lapses_us);
	put_with_timer(txn, id, &row);
	ref_put(txn, SUBMISSION, bytes_of_pb(e->submission), id);
}

static void apply_lapse_noticed(struct txn *txn, const Enrollment__Event *event,
				const struct record *record)
{
	const Enrollment__LapseNoticed *e = event->lapse_noticed;
	struct enrollment_row row;

	(void)record;
	if (!enrollment_row(txn, bytes_of_pb(e->enrollment), &row))
		return;
	row.noticed_days = e->days_left;
	put_with_timer(txn, bytes_of_pb(e->enrollment), &row);
}

/* The record itself is what it leaves. */
static void apply_nothing(struct txn *txn, const Enrollment__Event *event,
			  const struct record *record)
{
	(void)txn;
	(void)event;
	(void)record;
}

#define CASE(name) ENROLLMENT__EVENT__BODY_##name

static apply_fn *const changes[] = {
	[CASE(ISSUER_PUBLISHED)] = apply_issuer_published,
	[CASE(PROFILE_PUBLISHED)] = apply_profile_published,
	[CASE(POLICY_PUBLISHED)] = apply_policy_published,
	[CASE(CALENDAR_PUBLISHED)] = apply_calendar_published,
	[CASE(MEDIA_PUBLISHED)] = apply_media_published,
	[CASE(ENTRY_PUBLISHED)] = apply_entry_published,
	[CASE(ENTRY_RETIRED)] = apply_entry_retired,
	[CASE(STACK_PUBLISHED)] = apply_stack_published,
	[CASE(RENEWAL_POLICY_PUBLISHED)] = apply_renewal_policy_published,
	[CASE(ORG_REGISTERED)] = apply_org_registered,
	[CASE(EDUCATOR_REGISTERED)] = apply_educator_registered,
	[CASE(EDUCATOR_MOVED)] = apply_educator_moved,
	[CASE(EDUCATOR_RENAMED)] = apply_educator_renamed,
	[CASE(EMAIL_CHANGED)] = apply_email_changed,
	[CASE(LICENSE_LINKED)] = apply_license_linked,
	[CASE(LICENSE_CORRECTED)] = apply_license_corrected,
	[CASE(RELATION_DECLARED)] = apply_relation_declared,
	[CASE(EDUCATOR_ERASED)] = apply_educator_erased,
	[CASE(KEY_DESTROYED)] = apply_key_destroyed,
	[CASE(ERASURE_COMPLETED)] = apply_erasure_completed,
	[CASE(ENROLLED)] = apply_enrolled,
	[CASE(PAUSED)] = apply_paused,
	[CASE(RESUMED)] = apply_resumed,
	[CASE(WITHDRAWN)] = apply_withdrawn,
	[CASE(PROGRESS_NOTED)] = apply_progress_noted,
	[CASE(LAPSE_NOTICED)] = apply_lapse_noticed,
	[CASE(LAPSED)] = apply_lapsed,
	[CASE(COMPLETED)] = apply_completed,
	[CASE(SUBMISSION_NOTED)] = apply_submission_noted,
	[CASE(ACTIVITY_NOTED)] = apply_activity_noted,
	[CASE(NAMES_OPENED)] = apply_nothing,
	[CASE(QUALITY_STANDARD_PUBLISHED)] = apply_quality_standard_published,
	[CASE(REVIEW_RECORDED)] = apply_review_recorded,
	[CASE(RETIREMENT_WITHDRAWN)] = apply_retirement_withdrawn,
	[CASE(REVIEW_NOTICED)] = apply_review_noticed,
	[CASE(REVIEW_OVERDUE)] = apply_review_overdue,
	[CASE(FINISH_NOTICED)] = apply_nothing,
	[CASE(RETIREMENT_TOLD)] = apply_retirement_told,
	[CASE(ROSTER_SEEN)] = apply_roster_seen,
	[CASE(ROSTER_MISSED)] = apply_roster_missed,
	[CASE(COHORT_OPENED)] = apply_cohort_opened,
	[CASE(COHORT_CLOSED)] = apply_cohort_closed,
	[CASE(COHORT_JOINED)] = apply_cohort_joined,
	[CASE(COHORT_LEFT)] = apply_cohort_left,
	[CASE(GOAL_SET)] = apply_goal_set,
	[CASE(GOAL_DROPPED)] = apply_goal_dropped,
	[CASE(LICENSE_RENEWED)] = apply_nothing, /* its term is of use to issuance */
};

/* An event of a newer version, unknown here, changes nothing. */
void enrollment_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	const Enrollment__Event *e = (const Enrollment__Event *)event;

	if ((size_t)e->body_case < ARRAY_LEN(changes) && changes[e->body_case] != NULL)
		changes[e->body_case](txn, e, record);
}
