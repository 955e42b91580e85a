/* How far the removal of what readers wrote to an erased educator has come. */
#include "services/assessment/erasure.h"
#include "services/assessment/query_parts.h"

Cairn__Status ask_erasure(const Assessment__Query *query, struct query *q)
{
	struct bytes educator = bytes_of_pb(query->get_erasure->educator);
	Assessment__ErasureAnswer a = ASSESSMENT__ERASURE_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	struct erasure_count count;

	if (!is_id(educator))
		return query_refuse(q, CAIRN__STATUS__INVALID, "educator: 16 bytes are needed");
	count = erasure_count(q->view, educator);
	a.educator = query->get_erasure->educator;
	a.forgotten = is_forgotten(q->view, educator);
	a.submissions = count.submissions;
	a.purged = count.purged;
	a.waiting = count.waiting;
	a.shared = count.shared;
	body.body_case = ASSESSMENT__ANSWER__BODY_ERASURE;
	body.erasure = &a;
	return query_answer(q, &body.base);
}
