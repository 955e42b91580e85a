/* The rules about goals: what an educator means to earn or to renew. A goal is theirs, and gates
 * nothing. */
#include "services/enrollment/must.h"
#include "services/enrollment/rules.h"

#define GOALS_MAX 50

/* One of the three targets, and one that is known here. */
static bool target_ok(const struct view *view, const Enrollment__SetGoal *ask, struct decision *d)
{
	struct entry_row entry;
	struct license_row license;

	if ((ask->entry.len > 0) + (ask->stack.len > 0) + (ask->license.len > 0) != 1)
		refuse_text(d, ENROLLMENT__REASON__BAD_VALUE,
			    "a goal is one thing: an entry, a stack or a license");
	else if (ask->entry.len > 0 && !entry_get(view, bytes_of_pb(ask->entry), &entry))
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_ENTRY,
			    "entry: no such micro-credential is published");
	else if (ask->stack.len > 0 &&
		 document_newest(view, DOC_STACK, bytes_of_pb(ask->stack)) == 0)
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_STACK,
			    "stack: no such stack is published");
	else if (ask->license.len > 0 && !license_get(view, bytes_of_pb(ask->educator),
						      bytes_of_pb(ask->license), &license))
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_LICENSE,
			    "license: this educator has linked no such license");
	else
		return true;
	return false;
}

static bool same_target(const struct goal_row *row, const Enrollment__SetGoal *ask)
{
	struct id entry = id_of_bytes(bytes_of_pb(ask->entry));
	struct id stack = id_of_bytes(bytes_of_pb(ask->stack));
	struct id license = id_of_bytes(bytes_of_pb(ask->license));

	return id_equal(&row->entry, &entry) && id_equal(&row->stack, &stack) &&
	       id_equal(&row->license, &license);
}

/* There is room for another, and none for the same thing; the goal itself may be set again. */
static bool goal_fits(const struct view *view, const Enrollment__SetGoal *ask, struct decision *d)
{
	struct scan scan = goal_scan(view, bytes_of_pb(ask->educator));
	struct goal_row row;
	struct bytes goal;
	unsigned others = 0;

	while (goal_next(&scan, &goal, &row)) {
		if (bytes_equal(goal, bytes_of_pb(ask->goal)))
			continue;
		others++;
		if (same_target(&row, ask)) {
			scan_end(&scan);
			refuse_text(d, ENROLLMENT__REASON__GOAL_STANDS,
				    "there is a goal for that already: set its day, or drop it");
			return false;
		}
	}
	if (others >= GOALS_MAX)
		refuse_text(d, ENROLLMENT__REASON__TOO_MANY_GOALS,
			    "at most %d goals: drop one first", GOALS_MAX);
	return others < GOALS_MAX;
}

static bool target_shape_ok(const Enrollment__SetGoal *ask, struct decision *d)
{
	int64_t day;

	return must_id(d, "goal", ask->goal) && must_id(d, "educator", ask->educator) &&
	       (ask->entry.len == 0 || must_id(d, "entry", ask->entry)) &&
	       (ask->stack.len == 0 || must_id(d, "stack", ask->stack)) &&
	       (ask->license.len == 0 || must_id(d, "license", ask->license)) &&
	       (*ask->by == '\0' || must_date(d, "by", ask->by, &day));
}

enum verdict decide_set_goal(const struct view *view, const Enrollment__Command *cmd,
			     struct decision *d)
{
	const Enrollment__SetGoal *ask = cmd->set_goal;
	struct bytes educator = bytes_of_pb(ask->educator);
	Enrollment__GoalSet event = ENROLLMENT__GOAL_SET__INIT;
	struct educator_row row;

	if (!target_shape_ok(ask, d) || !is_theirs(d, educator) ||
	    !educator_known(view, educator, d, &row) || !target_ok(view, ask, d) ||
	    !goal_fits(view, ask, d))
		return REFUSED;
	event.goal = ask->goal;
	event.educator = ask->educator;
	event.entry = ask->entry;
	event.stack = ask->stack;
	event.license = ask->license;
	event.by = ask->by;
	EMIT(d, educator, GOAL_SET, goal_set, &event);
	return ACCEPTED;
}

enum verdict decide_drop_goal(const struct view *view, const Enrollment__Command *cmd,
			      struct decision *d)
{
	const Enrollment__DropGoal *ask = cmd->drop_goal;
	struct bytes educator = bytes_of_pb(ask->educator);
	Enrollment__GoalDropped event = ENROLLMENT__GOAL_DROPPED__INIT;
	struct goal_row row;

	if (!must_id(d, "goal", ask->goal) || !must_id(d, "educator", ask->educator) ||
	    !is_theirs(d, educator))
		return REFUSED;
	if (!goal_get(view, educator, bytes_of_pb(ask->goal), &row))
		return refuse_text(d, ENROLLMENT__REASON__UNKNOWN_GOAL,
				   "goal: this educator has none of this id");
	event.goal = ask->goal;
	event.educator = ask->educator;
	EMIT(d, educator, GOAL_DROPPED, goal_dropped, &event);
	return ACCEPTED;
}
