/* The rules of cohorts: named sets of educators of one district. */
#include "services/enrollment/must.h"
#include "services/enrollment/rules.h"
#include "services/enrollment/tables_district.h"

#define NAME_MAX_BYTES 120

enum verdict decide_open_cohort(const struct view *view, const Enrollment__Command *cmd,
				struct decision *d)
{
	const Enrollment__OpenCohort *ask = cmd->open_cohort;
	Enrollment__CohortOpened event = ENROLLMENT__COHORT_OPENED__INIT;
	struct cohort_row row;

	if (!must_id(d, "cohort", ask->cohort) || !must_id(d, "district", ask->district) ||
	    !must_text(d, "name", ask->name, NAME_MAX_BYTES) ||
	    (ask->coach.len > 0 && !must_id(d, "coach", ask->coach)) ||
	    !org_ok(view, "district", ask->district, ENROLLMENT__ORG_KIND__DISTRICT, d))
		return REFUSED;
	if (cohort_get(view, bytes_of_pb(ask->cohort), &row))
		return refuse_text(d, ENROLLMENT__REASON__ID_TAKEN,
				   "a cohort was opened under this id");
	event.cohort = ask->cohort;
	event.district = ask->district;
	event.name = ask->name;
	event.coach = ask->coach;
	EMIT(d, bytes_of_pb(ask->cohort), COHORT_OPENED, cohort_opened, &event);
	return ACCEPTED;
}

/* One that is not closed. False: refused. */
static bool open_cohort(const struct view *view, ProtobufCBinaryData id, struct decision *d,
			struct cohort_row *row_r)
{
	if (!must_id(d, "cohort", id))
		return false;
	if (!cohort_get(view, bytes_of_pb(id), row_r))
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_COHORT, "there is no cohort of this id");
	else if (row_r->closed != 0)
		refuse_text(d, ENROLLMENT__REASON__COHORT_CLOSED,
			    "this cohort is closed; open another one");
	else
		return true;
	return false;
}

enum verdict decide_close_cohort(const struct view *view, const Enrollment__Command *cmd,
				 struct decision *d)
{
	Enrollment__CohortClosed event = ENROLLMENT__COHORT_CLOSED__INIT;
	struct cohort_row row;

	event.cohort = cmd->close_cohort->cohort;
	if (!open_cohort(view, event.cohort, d, &row))
		return REFUSED;
	EMIT(d, bytes_of_pb(event.cohort), COHORT_CLOSED, cohort_closed, &event);
	return ACCEPTED;
}

/* Somebody of another district is as unknown as nobody: an id tells nothing. */
static bool of_district(const struct view *view, struct bytes educator,
			const struct cohort_row *row, struct decision *d)
{
	struct educator_row person;

	if (educator_get(view, educator, &person) && person.erased == 0 &&
	    id_equal(&person.district, &row->district))
		return true;
	refuse_text(d, ENROLLMENT__REASON__UNKNOWN_EDUCATOR,
		    "the district has no educator of this id");
	return false;
}

/* Who is in it already stays in it. */
enum verdict decide_join_cohort(const struct view *view, const Enrollment__Command *cmd,
				struct decision *d)
{
	const Enrollment__JoinCohort *ask = cmd->join_cohort;
	struct bytes educator = bytes_of_pb(ask->educator);
	Enrollment__CohortJoined event = ENROLLMENT__COHORT_JOINED__INIT;
	struct cohort_row row;

	if (!open_cohort(view, ask->cohort, d, &row) || !must_id(d, "educator", ask->educator) ||
	    !of_district(view, educator, &row, d))
		return REFUSED;
	if (mark_get(view, MEMBER, bytes_of_pb(ask->cohort), educator))
		return ACCEPTED;
	if (row.members == COHORT_MEMBERS_MAX)
		return refuse_text(d, ENROLLMENT__REASON__COHORT_FULL,
				   "a cohort has at most %d members; open another one",
				   COHORT_MEMBERS_MAX);
	event.cohort = ask->cohort;
	event.educator = ask->educator;
	EMIT(d, bytes_of_pb(ask->cohort), COHORT_JOINED, cohort_joined, &event);
	return ACCEPTED;
}

enum verdict decide_leave_cohort(const struct view *view, const Enrollment__Command *cmd,
				 struct decision *d)
{
	const Enrollment__LeaveCohort *ask = cmd->leave_cohort;
	Enrollment__CohortLeft event = ENROLLMENT__COHORT_LEFT__INIT;
	struct cohort_row row;

	if (!open_cohort(view, ask->cohort, d, &row) || !must_id(d, "educator", ask->educator))
		return REFUSED;
	if (!mark_get(view, MEMBER, bytes_of_pb(ask->cohort), bytes_of_pb(ask->educator)))
		return refuse_text(d, ENROLLMENT__REASON__UNKNOWN_EDUCATOR,
				   "the cohort has no member of this id");
	event.cohort = ask->cohort;
	event.educator = ask->educator;
	EMIT(d, bytes_of_pb(ask->cohort), COHORT_LEFT, cohort_left, &event);
	return ACCEPTED;
}
