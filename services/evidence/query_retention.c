/* Until when a portfolio is kept, who holds it, and proof of what was purged. */
#include "services/evidence/rules.h"

#include "services/evidence/tables_retention.h"

static ProtobufCBinaryData id_kept(struct query *q, const struct id *id)
{
	return id_is_none(id) ? pb_of_id(id) : pb_of_bytes(arena_copy(q->arena, bytes_of_id(id)));
}

static Evidence__HoldState *hold_state(struct query *q, const struct id *hold)
{
	static const Evidence__HoldState init = EVIDENCE__HOLD_STATE__INIT;
	Evidence__HoldState *state = arena_alloc(q->arena, sizeof *state);
	struct hold row;

	ENSURE(hold_get(q->view, bytes_of_id(hold), &row));
	*state = init;
	state->hold = id_kept(q, hold);
	state->reason = arena_text(q->arena, bytes_of_text(row.reason));
	state->by = id_kept(q, &row.by);
	state->placed_us = row.placed_us;
	state->lift_asked_by = id_kept(q, &row.lift_asked_by);
	state->lifted_by = id_kept(q, &row.lifted_by);
	state->lifted_us = row.lifted_us;
	return state;
}

static size_t count_ids(const struct query *q, unsigned table, struct bytes of)
{
	struct id_scan scan = id_scan(table, of);
	struct id id;
	size_t n = 0;

	while (id_next(&scan, q->view, &id))
		n++;
	return n;
}

static void list_holds(struct query *q, struct bytes portfolio, Evidence__RetentionAnswer *a)
{
	struct id_scan holds = id_scan(HOLD_OF, portfolio);
	struct id hold;

	a->holds = arena_alloc(q->arena, (count_ids(q, HOLD_OF, portfolio) + 1) * sizeof *a->holds);
	while (id_next(&holds, q->view, &hold))
		a->holds[a->n_holds++] = hold_state(q, &hold);
}

static void list_purged(struct query *q, struct bytes portfolio, Evidence__RetentionAnswer *a)
{
	struct id_scan artifacts = id_scan(ARTIFACT_OF, portfolio);
	struct id artifact;

	a->purged = arena_alloc(q->arena,
				(count_ids(q, ARTIFACT_OF, portfolio) + 1) * sizeof *a->purged);
	while (id_next(&artifacts, q->view, &artifact)) {
		const Evidence__ArtifactPurged *purged =
			purged_get(q->view, bytes_of_id(&artifact), q->arena);

		if (purged != NULL)
			a->purged[a->n_purged++] = (Evidence__ArtifactPurged *)(uintptr_t)purged;
	}
}

static const char *kept_word(uint8_t what)
{
	static const char *const words[] = {
		[EVIDENCE__RETAINED__RETAINED_UNSPECIFIED] = "working",
		[EVIDENCE__RETAINED__BYTES] = "bytes",
		[EVIDENCE__RETAINED__CONSENTS] = "consents",
		[EVIDENCE__RETAINED__MANIFESTS] = "manifests",
		[EVIDENCE__RETAINED__NOTHING] = "hashes",
	};

	return words[what];
}

Cairn__Status ask_retention(const Evidence__Query *query, struct query *q)
{
	Evidence__RetentionAnswer a = EVIDENCE__RETENTION_ANSWER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_retention->portfolio);
	struct retention row = {0};
	struct portfolio portfolio;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID, "portfolio: 16 bytes are needed");
	if (!portfolio_get(q->view, id, &portfolio))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such portfolio");
	if (!may_ask(q, BYTES_OF(portfolio.educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "this portfolio is another teacher's");
	retention_get(q->view, id, &row);
	a.portfolio = query->get_retention->portfolio;
	a.kept = arena_text(q->arena, bytes_of_text(kept_word(row.what)));
	a.until_us = row.until_us;
	a.held = is_held(q->view, id);
	list_holds(q, id, &a);
	list_purged(q, id, &a);
	body.body_case = EVIDENCE__ANSWER__BODY_RETENTION;
	body.retention = &a;
	return query_answer(q, &body.base);
}
