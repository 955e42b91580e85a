/* How far the removal of an erased educator's bytes has come, and what stays. */
#include "services/evidence/rules.h"

#include "services/evidence/tables_retention.h"

static void count_file(const struct query *q, const uint8_t sha256[SHA256_LEN],
		       Evidence__ErasureAnswer *a)
{
	struct bytes hash = {sha256, SHA256_LEN};

	if (use_known(q->view, hash))
		a->shared++;
	else if (purge_wanted(q->view, hash))
		a->waiting++;
}

static void count_artifacts(const struct query *q, struct bytes portfolio,
			    Evidence__ErasureAnswer *a)
{
	struct id_scan artifacts = id_scan(ARTIFACT_OF, portfolio);
	struct artifact row;
	struct id artifact;

	while (id_next(&artifacts, q->view, &artifact))
		if (artifact_get(q->view, bytes_of_id(&artifact), &row))
			count_file(q, row.sha256, a);
}

static void count_answers(const struct query *q, struct bytes portfolio, Evidence__ErasureAnswer *a)
{
	struct id_scan submissions = id_scan(SUBMISSION_OF, portfolio);
	struct answer_row row;
	struct id submission;

	while (id_next(&submissions, q->view, &submission)) {
		struct bytes id = bytes_of_id(&submission);

		a->manifests++;
		for (uint16_t i = 0; answer_get(q->view, id, i, &row); i++)
			count_file(q, row.sha256, a);
	}
}

Cairn__Status ask_erasure(const Evidence__Query *query, struct query *q)
{
	Evidence__ErasureAnswer a = EVIDENCE__ERASURE_ANSWER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct bytes educator = bytes_of_pb(query->get_erasure->educator);
	struct id_scan portfolios;
	struct portfolio row;
	struct id portfolio;

	if (!is_id(educator))
		return query_refuse(q, CAIRN__STATUS__INVALID, "educator: 16 bytes are needed");
	a.educator = query->get_erasure->educator;
	portfolios = id_scan(PORTFOLIO_OF, educator);
	while (id_next(&portfolios, q->view, &portfolio)) {
		struct bytes id = bytes_of_id(&portfolio);

		a.portfolios++;
		if (portfolio_get(q->view, id, &row) && row.standing == STANDING_FORGOTTEN)
			a.forgotten++;
		a.waiting += forgetting_wanted(q->view, id);
		if (is_held(q->view, id)) { /* all of it, until nobody holds it */
			a.waiting++;
			continue;
		}
		count_artifacts(q, id, &a);
		count_answers(q, id, &a);
	}
	body.body_case = EVIDENCE__ANSWER__BODY_ERASURE;
	body.erasure = &a;
	return query_answer(q, &body.base);
}
