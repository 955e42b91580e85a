/* The question for what was published and cannot be evaluated. */
#include "services/issuance/query_parts.h"
#include "services/issuance/tables.h"

#define UNFIT_MAX 200

Cairn__Status list_unfit(const Issuance__Query *query, struct query *q)
{
	struct scan scan = scan_first(q->view, UNFIT, BYTES_NONE, BYTES_NONE);
	Issuance__Answer answer = ISSUANCE__ANSWER__INIT;
	Issuance__UnfitList list = ISSUANCE__UNFIT_LIST__INIT;
	struct bytes key, raw;

	(void)query;
	list.documents = arena_alloc(q->arena, UNFIT_MAX * sizeof *list.documents);
	while (list.n_documents < UNFIT_MAX && scan_next(&scan, &key, &raw))
		list.documents[list.n_documents++] = event_of_row(raw, q->arena)->document_unfit;
	scan_end(&scan);
	answer.body_case = ISSUANCE__ANSWER__BODY_UNFIT;
	answer.unfit = &list;
	return query_answer(q, &answer.base);
}
