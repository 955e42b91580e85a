/* The goals of an educator, with what they aim at as it is called now. */
#include "libshared/calendar.h"
#include "services/enrollment/query_parts.h"

static ProtobufCBinaryData id_or_none(struct query *q, const struct id *id)
{
	if (id_is_none(id))
		return (ProtobufCBinaryData){0};
	return pb_of_bytes(arena_copy(q->arena, bytes_of_id(id)));
}

static void add_target(struct query *q, const struct goal_row *row, Enrollment__GoalAnswer *a)
{
	struct bytes event;

	if (!id_is_none(&row->entry) &&
	    document_get(q->view, DOC_ENTRY, bytes_of_id(&row->entry), 0, &event)) {
		const Enrollment__Entry *entry =
			document_read(event, q->arena)->entry_published->entry;

		a->code = entry->code;
		a->title = entry->title;
	} else if (!id_is_none(&row->stack) &&
		   document_get(q->view, DOC_STACK, bytes_of_id(&row->stack), 0, &event)) {
		const Enrollment__Document *stack =
			document_read(event, q->arena)->stack_published->stack;

		a->code = stack->code;
		a->title = stack->title;
	}
}

static Enrollment__GoalAnswer *goal_of(struct query *q, struct bytes goal,
				       const struct goal_row *row)
{
	Enrollment__GoalAnswer *a = arena_alloc(q->arena, sizeof *a);
	char day[11] = "";

	enrollment__goal_answer__init(a);
	a->goal = pb_of_bytes(arena_copy(q->arena, goal));
	a->entry = id_or_none(q, &row->entry);
	a->stack = id_or_none(q, &row->stack);
	a->license = id_or_none(q, &row->license);
	a->set_us = row->set_us;
	if (row->by_day != NO_DAY)
		text_of_day(row->by_day, day);
	a->by = arena_text(q->arena, bytes_of_text(day));
	add_target(q, row, a);
	return a;
}

#define GOALS_TOLD 64

Cairn__Status ask_goals(const Enrollment__Query *query, struct query *q)
{
	struct bytes educator = bytes_of_pb(query->list_goals->educator), goal;
	Enrollment__GoalList a = ENROLLMENT__GOAL_LIST__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct goal_row row;
	struct scan scan;

	if (!is_id(educator))
		return query_refuse(q, CAIRN__STATUS__INVALID, "educator: an id is 16 bytes");
	if ((q->roles & ROLE_OPERATOR) == 0 && !id_is_none(&q->actor) &&
	    !bytes_equal(educator, bytes_of_id(&q->actor)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "this belongs to another educator");
	a.goals = arena_alloc(q->arena, GOALS_TOLD * sizeof *a.goals);
	scan = goal_scan(q->view, educator);
	while (a.n_goals < GOALS_TOLD && goal_next(&scan, &goal, &row))
		a.goals[a.n_goals++] = goal_of(q, goal, &row);
	if (a.n_goals == GOALS_TOLD)
		scan_end(&scan);
	body.body_case = ENROLLMENT__ANSWER__BODY_GOALS;
	body.goals = &a;
	return query_answer(q, &body.base);
}
