/* Which submissions were found alike: for an operator or a lead, and for nobody who reads one. */
#include "services/evidence/rules.h"

#include "services/evidence/tables_duplicates.h"

static bool may_see(const struct query *q)
{
	const Evidence__AssessorNoted *assessor;

	if (id_is_none(&q->actor))
		return (q->roles & ROLE_OPERATOR) != 0;
	assessor = assessor_get(q->view, bytes_of_id(&q->actor), q->arena);
	if (assessor == NULL)
		return (q->roles & ROLE_OPERATOR) != 0;
	return assessor->lead && !assessor->retired;
}

Cairn__Status ask_duplicates(const Evidence__Query *query, struct query *q)
{
	Evidence__DuplicateList list = EVIDENCE__DUPLICATE_LIST__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct bytes submission = bytes_of_pb(query->list_duplicates->submission);
	struct submission row;
	struct id_scan counted, others;
	struct id other;
	size_t room = 1;

	if (!is_id(submission))
		return query_refuse(q, CAIRN__STATUS__INVALID, "submission: 16 bytes are needed");
	if (!may_see(q))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "only an operator or a lead sees what was found alike");
	if (!submission_get(q->view, submission, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such submission");
	counted = others = id_scan(DUPLICATE, submission);
	while (id_next(&counted, q->view, &other))
		room++;
	list.duplicates = arena_alloc(q->arena, room * sizeof *list.duplicates);
	while (id_next(&others, q->view, &other))
		list.duplicates[list.n_duplicates++] =
			(Evidence__DuplicateFound *)(uintptr_t)duplicate_get(
				q->view, submission, bytes_of_id(&other), q->arena);
	body.body_case = EVIDENCE__ANSWER__BODY_DUPLICATES;
	body.duplicates = &list;
	return query_answer(q, &body.base);
}
