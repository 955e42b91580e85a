/* The rules of an enrollment: from enrolling to its lapse. */
#include "libshared/check.h"
#include "services/enrollment/enrollment.h"
#include "services/enrollment/must.h"
#include "services/enrollment/lapse.h"
#include "services/enrollment/retire.h"
#include "services/enrollment/rules.h"

#include <string.h>

/* ---- enroll ---- */

static bool entry_is_open(const struct view *view, struct bytes entry_id, struct decision *d,
			  struct entry_row *entry_r)
{
	struct retired_row retired;

	if (!entry_get(view, entry_id, entry_r))
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_ENTRY,
			    "no micro-credential is published under this id");
	else if (entry_r->opens_day > d->now_us / US_PER_DAY)
		refuse_text(d, ENROLLMENT__REASON__NOT_PUBLISHED,
			    "this micro-credential opens later; see first_published");
	else if (retired_get(view, entry_id, &retired))
		refuse_text(d, ENROLLMENT__REASON__RETIRED,
			    "this micro-credential is retired: who is enrolled finishes it by "
			    "%s%s",
			    finish_day(&retired, d), successor_words(view, &retired, d));
	else
		return true;
	return false;
}

static bool has_prerequisites(const struct view *view, struct bytes educator, struct bytes entry,
			      struct decision *d)
{
	struct bytes ids = entry_prerequisites(view, entry);
	struct earned_row earned;

	for (size_t at = 0; at < ids.len; at += ID_LEN) {
		struct bytes id = {ids.data + at, ID_LEN};
		struct bytes code = entry_code(view, id);

		if (earned_get(view, educator, id, &earned))
			continue;
		refuse_text(d, ENROLLMENT__REASON__PREREQUISITE_MISSING, "earn %.*s first",
			    (int)code.len, (const char *)code.data);
		return false;
	}
	return true;
}

/* One at a time; and again only when the credential has ended. */
static bool is_wanted(const struct view *view, struct bytes educator, struct bytes entry,
		      struct decision *d)
{
	struct earned_row earned;
	struct id other;

	if (active_get(view, educator, entry, &other))
		refuse_text(d, ENROLLMENT__REASON__ALREADY_ACTIVE,
			    "this educator is enrolled in it already");
	else if (earned_get(view, educator, entry, &earned) &&
		 (earned.valid_until_us == 0 || earned.valid_until_us > d->now_us))
		refuse_text(d, ENROLLMENT__REASON__ALREADY_EARNED,
			    "this educator holds the credential, and it has not ended");
	else
		return true;
	return false;
}

static bool may_enroll(const struct view *view, const Enrollment__Enroll *ask, struct decision *d,
		       struct educator_row *person_r, struct entry_row *entry_r)
{
	struct bytes educator = bytes_of_pb(ask->educator), entry = bytes_of_pb(ask->entry);
	struct enrollment_row other;

	if (!must_id(d, "enrollment", ask->enrollment) || !must_id(d, "educator", ask->educator) ||
	    !must_id(d, "entry", ask->entry))
		return false;
	if (enrollment_get(view, bytes_of_pb(ask->enrollment), &other)) {
		refuse_text(d, ENROLLMENT__REASON__ID_TAKEN, "an enrollment has this id");
		return false;
	}
	return educator_known(view, educator, d, person_r) && is_theirs(d, educator) &&
	       entry_is_open(view, entry, d, entry_r) && is_wanted(view, educator, entry, d) &&
	       has_prerequisites(view, educator, entry, d);
}

static void answer_enrolled(struct decision *d, const Enrollment__Enrolled *event)
{
	Enrollment__EnrolledReceipt receipt = ENROLLMENT__ENROLLED_RECEIPT__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;

	receipt.enrollment = event->enrollment;
	receipt.version = event->version;
	receipt.lapses_us = event->lapses_us;
	body.body_case = ENROLLMENT__ANSWER__BODY_ENROLLED;
	body.enrolled = &receipt;
	answer(d, &body.base);
}

static ProtobufCBinaryData pb_if_any(const struct id *id)
{
	if (id_is_none(id))
		return (ProtobufCBinaryData){0};
	return pb_of_id(id);
}

/* Anyone may enroll in what is open, once at a time. The version, the price and the hours are the
 * newest ones now, and stay. */
enum verdict decide_enroll(const struct view *view, const Enrollment__Command *cmd,
			   struct decision *d)
{
	const Enrollment__Enroll *ask = cmd->enroll;
	struct bytes id = bytes_of_pb(ask->enrollment);
	Enrollment__Enrolled event = ENROLLMENT__ENROLLED__INIT;
	struct educator_row person;
	struct entry_row entry;
	struct policy_row policy;

	if (!may_enroll(view, ask, d, &person, &entry))
		return REFUSED;
	if (!policy_get(view, 0, &policy))
		return refuse_text(d, ENROLLMENT__REASON__POLICY_MISSING, "publish a policy first");
	event.enrollment = ask->enrollment;
	event.educator = ask->educator;
	event.entry = ask->entry;
	event.version = entry.newest;
	event.school = pb_if_any(&person.school);
	event.district = pb_if_any(&person.district);
	event.lapses_us = lapse_from(&policy, d->now_us);
	event.fee_cents = entry.fee_cents;
	event.clock_hours = entry.clock_hours;
	event.policy_version = policy.policy_version;
	EMIT(d, id, ENROLLED, enrolled, &event);
	brings(d, AWAIT_ENROLLMENT, id);
	answer_enrolled(d, &event);
	return ACCEPTED;
}

/* ---- pause, resume, withdraw ---- */

static const char *state_name(uint32_t state)
{
	static const char *const names[] = {
		[ENROLLMENT__STATE__ACTIVE] = "active",
		[ENROLLMENT__STATE__PAUSED] = "paused",
		[ENROLLMENT__STATE__WITHDRAWN] = "withdrawn",
		[ENROLLMENT__STATE__LAPSED] = "lapsed",
		[ENROLLMENT__STATE__COMPLETED] = "completed",
	};

	ENSURE(state < ARRAY_LEN(names) && names[state] != NULL);
	return names[state];
}

static bool own_enrollment(const struct view *view, ProtobufCBinaryData id, struct decision *d,
			   struct enrollment_row *row_r)
{
	if (!must_id(d, "enrollment", id))
		return false;
	if (!enrollment_get(view, bytes_of_pb(id), row_r)) {
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_ENROLLMENT,
			    "there is no enrollment of this id");
		return false;
	}
	return is_theirs(d, bytes_of_id(&row_r->educator));
}

static enum verdict wrong_state(struct decision *d, const struct enrollment_row *row,
				const char *what)
{
	return refuse_text(d, ENROLLMENT__REASON__WRONG_STATE, "the enrollment is %s; %s",
			   state_name(row->state), what);
}

/* The lapse of one who is active now, by the policy the enrollment started under. */
static int64_t lapses_again(const struct view *view, const struct enrollment_row *row,
			    const struct decision *d)
{
	struct policy_row policy;

	ENSURE(policy_get(view, row->policy_version, &policy));
	return lapse_from(&policy, d->now_us);
}

enum verdict decide_pause(const struct view *view, const Enrollment__Command *cmd,
			  struct decision *d)
{
	Enrollment__Paused event = ENROLLMENT__PAUSED__INIT;
	struct enrollment_row row;

	event.enrollment = cmd->pause->enrollment;
	if (!own_enrollment(view, event.enrollment, d, &row))
		return REFUSED;
	if (row.state != ENROLLMENT__STATE__ACTIVE)
		return wrong_state(d, &row, "only an active one can be paused");
	event.lapses_us = lapses_again(view, &row, d);
	EMIT(d, bytes_of_pb(event.enrollment), PAUSED, paused, &event);
	return ACCEPTED;
}

static bool may_resume(const struct view *view, const struct enrollment_row *row,
		       struct decision *d)
{
	struct bytes educator = bytes_of_id(&row->educator), entry = bytes_of_id(&row->entry);
	struct retired_row retired;
	struct id other;

	if (row->state != ENROLLMENT__STATE__PAUSED && row->state != ENROLLMENT__STATE__LAPSED)
		wrong_state(d, row, "only a paused or lapsed one can be resumed");
	else if (retired_get(view, entry, &retired) && d->now_us > retired.finish_by_us)
		refuse_text(d, ENROLLMENT__REASON__FINISH_DATE_PAST,
			    "this micro-credential is retired, and the last day to finish it was "
			    "%s%s",
			    finish_day(&retired, d), successor_words(view, &retired, d));
	else if (row->state == ENROLLMENT__STATE__LAPSED &&
		 active_get(view, educator, entry, &other))
		refuse_text(d, ENROLLMENT__REASON__ALREADY_ACTIVE,
			    "this educator has enrolled in it again since");
	else
		return true;
	return false;
}

enum verdict decide_resume(const struct view *view, const Enrollment__Command *cmd,
			   struct decision *d)
{
	Enrollment__Resumed event = ENROLLMENT__RESUMED__INIT;
	struct enrollment_row row;
	struct educator_row person;
	struct retired_row retired;

	event.enrollment = cmd->resume->enrollment;
	if (!own_enrollment(view, event.enrollment, d, &row) ||
	    !educator_known(view, bytes_of_id(&row.educator), d, &person) ||
	    !may_resume(view, &row, d))
		return REFUSED;
	event.lapses_us = lapses_again(view, &row, d);
	event.school = pb_if_any(&person.school);
	event.district = pb_if_any(&person.district);
	EMIT(d, bytes_of_pb(event.enrollment), RESUMED, resumed, &event);
	if (retired_get(view, bytes_of_id(&row.entry), &retired))
		emit_finish_noticed(d, bytes_of_pb(event.enrollment), &row, &retired);
	return ACCEPTED;
}

enum verdict decide_withdraw(const struct view *view, const Enrollment__Command *cmd,
			     struct decision *d)
{
	Enrollment__Withdrawn event = ENROLLMENT__WITHDRAWN__INIT;
	struct enrollment_row row;

	event.enrollment = cmd->withdraw->enrollment;
	if (!own_enrollment(view, event.enrollment, d, &row))
		return REFUSED;
	if (!enrollment_runs(&row))
		return wrong_state(d, &row, "only an active or paused one can be withdrawn");
	if (row.submission_state == ENROLLMENT__SUBMISSION_STATE__IN_READING)
		return refuse_text(d, ENROLLMENT__REASON__SUBMISSION_IN_READING,
				   "an assessor is reading the submission; withdraw after the "
				   "decision");
	EMIT(d, bytes_of_pb(event.enrollment), WITHDRAWN, withdrawn, &event);
	return ACCEPTED;
}

/* ---- progress ---- */

static bool has_resource(const struct view *view, const struct enrollment_row *row,
			 const char *code, struct decision *d)
{
	const Enrollment__Entry *entry;
	struct bytes event;

	ENSURE(document_get(view, DOC_ENTRY, bytes_of_id(&row->entry), row->entry_version, &event));
	entry = document_read(event, d->arena)->entry_published->entry;
	for (size_t i = 0; i < entry->n_resources; i++)
		if (strcmp(entry->resources[i]->code, code) == 0)
			return true;
	refuse_text(d, ENROLLMENT__REASON__UNKNOWN_RESOURCE,
		    "version %u of this micro-credential has no such resource", row->entry_version);
	return false;
}

/* What a teacher has read or watched is for the teacher; it never gates anything. */
enum verdict decide_note_progress(const struct view *view, const Enrollment__Command *cmd,
				  struct decision *d)
{
	const Enrollment__NoteProgress *ask = cmd->note_progress;
	struct bytes id = bytes_of_pb(ask->enrollment);
	Enrollment__ProgressNoted event = ENROLLMENT__PROGRESS_NOTED__INIT;
	struct enrollment_row row;

	if (!own_enrollment(view, ask->enrollment, d, &row) ||
	    !must_code(d, "resource", ask->resource))
		return REFUSED;
	if (row.state != ENROLLMENT__STATE__ACTIVE)
		return wrong_state(d, &row, "progress is noted while it is active");
	if (!has_resource(view, &row, ask->resource, d))
		return REFUSED;
	if (mark_get(view, PROGRESS, id, bytes_of_text(ask->resource)) == (ask->done != 0))
		return ACCEPTED;
	event.enrollment = ask->enrollment;
	event.resource = ask->resource;
	event.done = ask->done;
	event.lapses_us = lapses_again(view, &row, d);
	EMIT(d, id, PROGRESS_NOTED, progress_noted, &event);
	return ACCEPTED;
}

/* ---- lapse ---- */

enum verdict decide_lapse_timer(const struct view *view, const struct timer_due *timer,
				struct decision *d)
{
	struct bytes id = bytes_of_id(&timer->entity);
	Enrollment__LapseNoticed noticed = ENROLLMENT__LAPSE_NOTICED__INIT;
	Enrollment__Lapsed lapsed = ENROLLMENT__LAPSED__INIT;
	struct enrollment_row row;
	struct policy_row policy;
	uint32_t days;

	ENSURE(enrollment_get(view, id, &row) && enrollment_runs(&row));
	ENSURE(policy_get(view, row.policy_version, &policy));
	days = notice_due(&policy.lapse_notices, row.lapses_us, d->now_us);
	if (days == 0) {
		lapsed.enrollment = pb_of_bytes(id);
		lapsed.educator = pb_of_id(&row.educator);
		EMIT(d, id, LAPSED, lapsed, &lapsed);
		return ACCEPTED;
	}
	noticed.enrollment = pb_of_bytes(id);
	noticed.educator = pb_of_id(&row.educator);
	noticed.lapses_us = row.lapses_us;
	noticed.days_left = days;
	EMIT(d, id, LAPSE_NOTICED, lapse_noticed, &noticed);
	return ACCEPTED;
}
