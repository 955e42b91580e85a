/* What stays of an educator: counted, so that an erasure can tell it. */
#include "services/issuance/query_parts.h"
#include "services/issuance/tables.h"

static uint64_t count_rows(const struct query *q, unsigned table, struct bytes prefix)
{
	struct scan scan = scan_first(q->view, table, prefix, prefix);
	struct bytes key, val;
	uint64_t n = 0;

	while (scan_next(&scan, &key, &val))
		n++;
	return n;
}

/* Of all that the educator has in a table, the rows that another table has under the id behind. */
static uint64_t count_below(const struct query *q, unsigned table, struct bytes educator,
			    unsigned below)
{
	struct scan scan = scan_first(q->view, table, educator, educator);
	struct bytes key, val;
	uint64_t n = 0;

	while (scan_next(&scan, &key, &val))
		n += count_rows(q, below, (struct bytes){key.data + ID_LEN, ID_LEN});
	return n;
}

Cairn__Status get_erasure(const Issuance__Query *query, struct query *q)
{
	struct bytes educator = bytes_of_pb(query->get_erasure->educator);
	Issuance__ErasureAnswer a = ISSUANCE__ERASURE_ANSWER__INIT;
	Issuance__Answer answer = ISSUANCE__ANSWER__INIT;

	if (!is_id(educator))
		return query_refuse(q, CAIRN__STATUS__INVALID, "educator: 16 bytes are expected");
	a.educator = query->get_erasure->educator;
	a.credentials = count_rows(q, OF_EDUCATOR, educator);
	a.externals = count_rows(q, EXTERNAL, educator);
	a.ledger_entries = count_below(q, LICENSE, educator, LEDGER);
	a.leaves = count_below(q, OF_EDUCATOR, educator, LEAF_OF);
	answer.body_case = ISSUANCE__ANSWER__BODY_ERASURE;
	answer.erasure = &a;
	return query_answer(q, &answer.base);
}
