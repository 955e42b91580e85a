/* Evidence outside a reading: a teacher reads their own, an operator with a reason; both on record.
 */
#include "services/evidence/rules.h"

#include "services/evidence/tables_privacy.h"

#include <string.h>

/* "audit", "legal_request": lower case letters, digits and underscores. */
static bool is_reason(const char *reason)
{
	size_t len = strlen(reason);

	return len > 0 && len <= REASON_MAX &&
	       strspn(reason, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

/* The teacher gives no reason. An operator is a person with a reason. */
static Cairn__Status check_reader(struct query *q, struct bytes educator, const char *reason)
{
	if (bytes_equal(bytes_of_id(&q->actor), educator) && reason[0] == '\0')
		return CAIRN__STATUS__OK;
	if (!(q->roles & ROLE_OPERATOR) || reason[0] == '\0')
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN, "this is another teacher's");
	if (id_is_none(&q->actor) || !is_reason(reason))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "reason: a word like legal_request, and who reads, are needed");
	return CAIRN__STATUS__OK;
}

/* As for readers: from the beginning each time, and when somebody begins in the middle. */
static void note_read(struct query *q, const Evidence__NoteRead *look, uint64_t offset,
		      struct bytes portfolio)
{
	static const Evidence__Command command = EVIDENCE__COMMAND__INIT;
	struct bytes of = bytes_of_pb(look->artifact.len > 0 ? look->artifact : look->submission);
	Evidence__Command *note;

	if (offset > 0 && read_before(q->view, of, look->answer, bytes_of_id(&q->actor)))
		return;
	note = arena_alloc(q->arena, sizeof *note);
	*note = command;
	note->body_case = EVIDENCE__COMMAND__BODY_NOTE_READ;
	note->note_read = arena_alloc(q->arena, sizeof *look);
	*note->note_read = *look;
	note->note_read->by = pb_of_bytes(arena_copy(q->arena, bytes_of_id(&q->actor)));
	q->note = &note->base;
	q->note_entity = id_of_bytes(portfolio);
}

Cairn__Status ask_own(const Evidence__Query *query, struct query *q)
{
	struct bytes id = bytes_of_pb(query->fetch_own->artifact);
	Evidence__NoteRead look = EVIDENCE__NOTE_READ__INIT;
	struct portfolio portfolio;
	struct artifact row;
	Cairn__Status status;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID, "artifact: 16 bytes are needed");
	if (!artifact_get(q->view, id, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such artifact");
	ENSURE(portfolio_get(q->view, bytes_of_id(&row.portfolio), &portfolio));
	status = check_reader(q, BYTES_OF(portfolio.educator), query->fetch_own->reason);
	if (status != CAIRN__STATUS__OK)
		return status;
	if (row.state == ARTIFACT_UPLOADING)
		return query_refuse(q, CAIRN__STATUS__REJECTED, "the upload is not finished");
	if (!use_there(q->view, BYTES_OF(row.sha256), id))
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "the artifact is not kept any more");
	if (row.state == ARTIFACT_RESTRICTED && query->fetch_own->reason[0] != '\0')
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "nobody consents to it any more: this artifact is closed");
	status = answer_bytes(q, row.sha256, query->fetch_own->offset, row.bytes);
	look.artifact = query->fetch_own->artifact;
	look.reason = query->fetch_own->reason;
	if (status == CAIRN__STATUS__OK)
		note_read(q, &look, query->fetch_own->offset, BYTES_OF(row.portfolio));
	return status;
}

static Cairn__Status answer_sealed(struct query *q, const Evidence__FetchAnswer *ask,
				   const Evidence__SubmissionSealed *sealed, size_t number)
{
	Evidence__NoteRead look = EVIDENCE__NOTE_READ__INIT;
	const Evidence__AnswerItem *answer = sealed->answers[number];
	Cairn__Status status;

	if (!use_there(q->view, bytes_of_pb(answer->sha256), bytes_of_pb(ask->submission)))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "the answer is not kept any more");
	status = answer_bytes(q, answer->sha256.data, ask->offset, answer->bytes);
	look.submission = ask->submission;
	look.answer = (uint32_t)number + 1;
	look.reason = ask->reason;
	if (status == CAIRN__STATUS__OK)
		note_read(q, &look, ask->offset, bytes_of_pb(sealed->portfolio));
	return status;
}

/* The text as it was sealed; the draft may have gone on since. */
Cairn__Status ask_answer(const Evidence__Query *query, struct query *q)
{
	const Evidence__FetchAnswer *ask = query->fetch_answer;
	const Evidence__SubmissionSealed *sealed;
	struct submission row;
	Cairn__Status status;

	if (!is_id(bytes_of_pb(ask->submission)))
		return query_refuse(q, CAIRN__STATUS__INVALID, "submission: 16 bytes are needed");
	if (!submission_get(q->view, bytes_of_pb(ask->submission), &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such submission");
	sealed = sealed_get(q->view, bytes_of_pb(ask->submission), q->arena);
	status = check_reader(q, bytes_of_pb(sealed->educator), ask->reason);
	if (status != CAIRN__STATUS__OK)
		return status;
	for (size_t i = 0; i < sealed->n_answers; i++)
		if (strcmp(sealed->answers[i]->question, ask->question) == 0)
			return answer_sealed(q, ask, sealed, i);
	return query_refuse(q, CAIRN__STATUS__REJECTED,
			    "question: no answer to it was sealed in this submission");
}
