/* Questions about the life of credentials: what became of one, and status lists. */
#include "services/issuance/life.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/tables.h"

#include <string.h>

#define STEPS_MAX 200
#define LISTS_MAX 200

/* ---- history ---- */

static ProtobufCBinaryData id_of_row(const struct query *q, const uint8_t id[ID_LEN])
{
	struct bytes bytes = {id, ID_LEN};

	return is_id(bytes) ? pb_of_bytes(arena_copy(q->arena, bytes)) : (ProtobufCBinaryData){0};
}

static char *text_copy(const struct query *q, const char *text)
{
	return arena_text(q->arena, bytes_of_text(text));
}

static Issuance__LifeStep *step_of(const struct query *q, struct bytes raw)
{
	Issuance__LifeStep *s = arena_alloc(q->arena, sizeof *s);
	const char *event;
	struct life_step row;

	ENSURE(raw.len == sizeof row);
	memcpy(&row, raw.data, sizeof row);
	event = kind_name(&issuance__event__descriptor, row.kind);
	issuance__life_step__init(s);
	s->event = text_copy(q, event != NULL ? event : "");
	s->at_us = row.at_us;
	s->reason = (Issuance__LifeReason)row.reason;
	s->reason_text = text_copy(q, reason_text(row.reason));
	s->by = id_of_row(q, row.by);
	s->second = id_of_row(q, row.second);
	s->other = id_of_row(q, row.other);
	return s;
}

/* That it was issued is in the credential itself. */
static Issuance__LifeStep *first_step(const struct query *q, const Issuance__CredentialIssued *c)
{
	Issuance__LifeStep *s = arena_alloc(q->arena, sizeof *s);

	issuance__life_step__init(s);
	s->event = text_copy(q, "credential_issued");
	s->at_us = c->issued_us != 0 ? c->issued_us : c->decided_us;
	s->reason = c->because;
	s->reason_text = text_copy(q, reason_text((int)c->because));
	s->other = c->supersedes;
	return s;
}

/* To its holder: what became of it, not who did it, nor what was only proposed. */
static bool for_holder(Issuance__LifeStep *step)
{
	step->by = step->second = (ProtobufCBinaryData){0};
	return strcmp(step->event, "revocation_proposed") != 0 &&
	       strcmp(step->event, "proposal_withdrawn") != 0;
}

static bool tells_step(const struct query *q, Issuance__LifeStep *step)
{
	return (q->roles & ROLE_OPERATOR) != 0 || for_holder(step);
}

Cairn__Status get_history(const Issuance__Query *query, struct query *q)
{
	struct bytes credential = bytes_of_pb(query->get_history->credential), key, raw;
	const Issuance__CredentialIssued *c =
		is_id(credential) ? credential_get(q->view, credential, q->arena) : NULL;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__CredentialHistory history = ISSUANCE__CREDENTIAL_HISTORY__INIT;
	struct scan scan;

	if (c == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "credential: no such credential was issued here");
	if ((q->roles & ROLE_OPERATOR) == 0 &&
	    !bytes_equal(bytes_of_id(&q->actor), bytes_of_pb(c->educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "credential: only its holder or an operator is told");
	history.credential = c->credential;
	history.steps = arena_alloc(q->arena, STEPS_MAX * sizeof *history.steps);
	history.steps[history.n_steps++] = first_step(q, c);
	scan = scan_first(q->view, HISTORY, credential, credential);
	while (history.n_steps < STEPS_MAX && scan_next(&scan, &key, &raw))
		history.n_steps += tells_step(q, history.steps[history.n_steps] = step_of(q, raw));
	scan_end(&scan);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_HISTORY;
	answer_message.history = &history;
	return query_answer(q, &answer_message.base);
}

/* ---- status lists ---- */

static Issuance__StatusListAnswer *describe_list(const struct query *q, struct bytes list)
{
	Issuance__StatusListAnswer *a = arena_alloc(q->arena, sizeof *a);
	struct status_list row;

	ENSURE(status_list_get(q->view, list, &row));
	issuance__status_list_answer__init(a);
	a->issuer = id_of_row(q, row.issuer);
	a->number = row.number;
	a->taken = row.taken;
	a->revoked = row.revoked;
	a->signed_us = row.signed_us;
	a->changed = row.changed != 0;
	a->place = place_of_list(q, a->issuer, row.number);
	return a;
}

Cairn__Status get_status_list(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetStatusList *ask = query->get_status_list;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	const Issuance__StatusListSigned *made;
	struct status_list row;
	struct id list;

	if (!is_id(bytes_of_pb(ask->issuer)))
		return query_refuse(q, CAIRN__STATUS__INVALID, "issuer: 16 bytes are expected");
	list = status_list_id(bytes_of_pb(ask->issuer), ask->number);
	if (!status_list_get(q->view, bytes_of_id(&list), &row))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "number: the issuer has no such status list");
	answer_message.body_case = ISSUANCE__ANSWER__BODY_STATUS_LIST;
	answer_message.status_list = describe_list(q, bytes_of_id(&list));
	made = status_signed(q->view, bytes_of_id(&list), q->arena);
	if (made != NULL)
		answer_message.status_list->document = made->document;
	return query_answer(q, &answer_message.base);
}

Cairn__Status list_status_lists(const Issuance__Query *query, struct query *q)
{
	struct bytes issuer = bytes_of_pb(query->list_status_lists->issuer), key, list;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__StatusListList lists = ISSUANCE__STATUS_LIST_LIST__INIT;
	struct scan scan;

	if (!is_id(issuer) || issuer_get(q->view, issuer, q->arena) == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID, "issuer: not known here");
	lists.lists = arena_alloc(q->arena, LISTS_MAX * sizeof *lists.lists);
	scan = scan_first(q->view, STATUS_OF, issuer, issuer);
	while (lists.n_lists < LISTS_MAX && scan_next(&scan, &key, &list))
		lists.lists[lists.n_lists++] = describe_list(q, list);
	scan_end(&scan);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_STATUS_LISTS;
	answer_message.status_lists = &lists;
	return query_answer(q, &answer_message.base);
}
