/* The consent ledger of a portfolio or an artifact, and who looked at what. */
#include "services/evidence/rules.h"

#include "services/evidence/tables_privacy.h"

#define LEDGER_MAX ((size_t)500)
#define VIEWS_MAX ((uint32_t)500)
#define VIEWS_DEFAULT ((uint32_t)100)

/* ---- whose ---- */

/* Of an artifact, or of a whole portfolio. */
struct subject {
	struct bytes portfolio, artifact; /* artifact: none, the whole */
	bool is_operator;
};

static Cairn__Status find_subject(struct query *q, ProtobufCBinaryData portfolio,
				  ProtobufCBinaryData artifact, struct subject *s_r)
{
	struct portfolio row;
	struct artifact item;

	*s_r = (struct subject){.portfolio = bytes_of_pb(portfolio),
				.artifact = bytes_of_pb(artifact),
				.is_operator = (q->roles & ROLE_OPERATOR) != 0};
	if (is_id(s_r->artifact) == is_id(s_r->portfolio))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "the id of either an enrollment or an artifact is needed");
	if (is_id(s_r->artifact)) {
		if (!artifact_get(q->view, s_r->artifact, &item))
			return query_refuse(q, CAIRN__STATUS__REJECTED,
					    "there is no such artifact");
		s_r->portfolio = arena_copy(q->arena, bytes_of_id(&item.portfolio));
	}
	if (!portfolio_get(q->view, s_r->portfolio, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such portfolio");
	if (!may_ask(q, BYTES_OF(row.educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "this portfolio is another teacher's");
	return CAIRN__STATUS__OK;
}

/* ---- consents ---- */

static char *consent_word(struct query *q, const struct consent *row)
{
	static const char *const words[] = {[CONSENT_HOLDS] = "holds",
					    [CONSENT_WITHDRAWN] = "withdrawn",
					    [CONSENT_EXPIRED] = "expired"};

	return arena_text(q->arena, bytes_of_text(words[row->end]));
}

static Evidence__ConsentEntry *consent_entry(struct query *q, struct bytes artifact,
					     struct bytes consent)
{
	static const Evidence__ConsentEntry init = EVIDENCE__CONSENT_ENTRY__INIT;
	const Evidence__ConsentRecorded *said =
		consent_said_get(q->view, artifact, consent, q->arena);
	Evidence__ConsentEntry *entry = arena_alloc(q->arena, sizeof *entry);
	struct consent row;

	ENSURE(said != NULL && consent_get(q->view, artifact, consent, &row));
	*entry = init;
	entry->artifact = said->artifact;
	entry->consent = said->consent;
	entry->scope = said->scope;
	entry->basis = said->basis;
	entry->given_by_role = said->given_by_role;
	entry->expires = said->expires;
	entry->recorded_us = row.recorded_us;
	entry->state = consent_word(q, &row);
	entry->ended_us = row.ended_us;
	return entry;
}

static void list_consents(struct query *q, struct bytes artifact, Evidence__ConsentLedger *ledger)
{
	struct id_scan scan = id_scan(CONSENT, artifact);
	struct id consent;

	while (id_next(&scan, q->view, &consent)) {
		ledger->more = ledger->n_consents == LEDGER_MAX;
		if (ledger->more)
			return;
		ledger->consents[ledger->n_consents++] =
			consent_entry(q, artifact, bytes_of_id(&consent));
	}
}

Cairn__Status ask_consents(const Evidence__Query *query, struct query *q)
{
	Evidence__ConsentLedger ledger = EVIDENCE__CONSENT_LEDGER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct subject s;
	struct id artifact;
	struct id_scan artifacts;
	Cairn__Status status =
		find_subject(q, query->get_consents->portfolio, query->get_consents->artifact, &s);

	if (status != CAIRN__STATUS__OK)
		return status;
	ledger.consents = arena_alloc(q->arena, LEDGER_MAX * sizeof *ledger.consents);
	if (s.artifact.len > 0)
		list_consents(q, s.artifact, &ledger);
	artifacts = id_scan(ARTIFACT_OF, s.portfolio);
	while (s.artifact.len == 0 && !ledger.more && id_next(&artifacts, q->view, &artifact))
		list_consents(q, arena_copy(q->arena, bytes_of_id(&artifact)), &ledger);
	body.body_case = EVIDENCE__ANSWER__BODY_CONSENTS;
	body.consents = &ledger;
	return query_answer(q, &body.base);
}

/* ---- views ---- */

static ProtobufCBinaryData id_kept(struct query *q, const struct id *id)
{
	return id_is_none(id) ? pb_of_id(id) : pb_of_bytes(arena_copy(q->arena, bytes_of_id(id)));
}

static Evidence__View *view_entry(struct query *q, const struct subject *s, uint64_t seq)
{
	static const Evidence__View init = EVIDENCE__VIEW__INIT;
	static const char *const words[] = {[VIEWER_ASSESSOR] = "assessor",
					    [VIEWER_TEACHER] = "teacher",
					    [VIEWER_OPERATOR] = "operator"};
	Evidence__View *entry = arena_alloc(q->arena, sizeof *entry);
	struct viewing row;

	ENSURE(viewing_get(q->view, s->portfolio, seq, &row));
	*entry = init;
	entry->seq = seq;
	entry->at_us = row.at_us;
	entry->role = arena_text(q->arena, bytes_of_text(words[row.viewer]));
	if (s->is_operator || row.viewer != VIEWER_ASSESSOR)
		entry->by = id_kept(q, &row.by);
	entry->reading = id_kept(q, &row.reading);
	entry->reason = arena_text(q->arena, bytes_of_text(row.reason));
	entry->artifact = id_kept(q, &row.artifact);
	entry->submission = id_kept(q, &row.submission);
	entry->item = row.item;
	return entry;
}

Cairn__Status ask_views(const Evidence__Query *query, struct query *q)
{
	const Evidence__ListViews *ask = query->list_views;
	Evidence__ViewList list = EVIDENCE__VIEW_LIST__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	uint32_t limit = ask->limit == 0 ? VIEWS_DEFAULT : MIN(ask->limit, VIEWS_MAX);
	struct seq_scan seqs;
	struct subject s;
	uint64_t seq;
	Cairn__Status status = find_subject(q, ask->portfolio, ask->artifact, &s);

	if (status != CAIRN__STATUS__OK)
		return status;
	list.views = arena_alloc(q->arena, limit * sizeof *list.views);
	seqs = s.artifact.len > 0 ? viewings_of(VIEW_OF, s.artifact, ask->after)
				  : viewings_of(VIEW, s.portfolio, ask->after);
	while (seq_next(&seqs, q->view, &seq)) {
		if (list.n_views == limit) {
			list.next = list.views[limit - 1]->seq;
			break;
		}
		list.views[list.n_views++] = view_entry(q, &s, seq);
	}
	body.body_case = EVIDENCE__ANSWER__BODY_VIEWS;
	body.views = &list;
	return query_answer(q, &body.base);
}
