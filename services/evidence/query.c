/* What may be asked of evidence: a teacher's own portfolio, and what a reader with an open grant
 * sees. */
#include "services/evidence/rules.h"

#include "libshared/check.h"
#include "services/evidence/tables_privacy.h"
#include "services/evidence/text_file.h"

#include <string.h>

#define MANIFEST_MAX ((size_t)512 << 10)

bool may_ask(const struct query *q, struct bytes educator)
{
	return (q->roles & ROLE_OPERATOR) || id_is_none(&q->actor) ||
	       bytes_equal(bytes_of_id(&q->actor), educator);
}

static char *text_of(struct query *q, const char *word)
{
	return arena_text(q->arena, bytes_of_text(word));
}

/* ---- a teacher's portfolio ---- */

static Evidence__ArtifactState *artifact_state(struct query *q, struct bytes id,
					       const struct artifact *row)
{
	static const Evidence__ArtifactState init = EVIDENCE__ARTIFACT_STATE__INIT;
	const Evidence__ArtifactBegun *begun = begun_get(q->view, id, q->arena);
	const Evidence__ArtifactScanned *scanned = scanned_get(q->view, id, q->arena);
	Evidence__ArtifactState *a = arena_alloc(q->arena, sizeof *a);

	*a = init;
	a->artifact = begun->artifact;
	a->state = text_of(q, artifact_state_word(row->state));
	a->bytes = row->bytes;
	a->received = row->received;
	if (!bytes_all_zero(BYTES_OF(row->sha256)))
		a->sha256 = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->sha256)));
	a->media_type = begun->media_type;
	a->captured_on = begun->captured_on;
	if (scanned != NULL) {
		a->findings = scanned->findings;
		a->n_findings = scanned->n_findings;
	}
	a->privacy = text_of(
		q, row->student_data && row->privacy == 0 ? "needed" : privacy_word(row->privacy));
	return a;
}

static Evidence__RequirementState *requirement_state(struct query *q, const struct work *work,
						     uint16_t number)
{
	static const Evidence__RequirementState init = EVIDENCE__REQUIREMENT_STATE__INIT;
	const Enrollment__Requirement *asked = work->entry->requirements[number];
	Evidence__RequirementState *r = arena_alloc(q->arena, sizeof *r);
	struct id_scan counted = items_of(work->id, number), items = counted;
	struct artifact row;
	size_t room = 0;
	struct id id;

	*r = init;
	r->code = asked->code;
	r->items_min = asked->items_min;
	r->items_max = asked->items_max;
	r->open = requirement_is_open(work, number);
	while (id_next(&counted, q->view, &id))
		room++;
	r->artifacts = arena_alloc(q->arena, (room + 1) * sizeof *r->artifacts);
	while (item_next(&items, q->view, &id, &row)) {
		r->items += row.state == ARTIFACT_READY;
		r->artifacts[r->n_artifacts++] = artifact_state(q, bytes_of_id(&id), &row);
	}
	return r;
}

static Evidence__QuestionState *question_state(struct query *q, const struct work *work,
					       uint16_t number)
{
	static const Evidence__QuestionState init = EVIDENCE__QUESTION_STATE__INIT;
	const Enrollment__Question *asked = work->entry->questions[number];
	Evidence__QuestionState *s = arena_alloc(q->arena, sizeof *s);
	char code[ANSWER_CODE_LEN];
	struct bytes text = BYTES_NONE;

	answer_code(number, code);
	if (work->row.standing == STANDING_FORGOTTEN ||
	    !draft_read(q->caps->blobs, work->id, code, 0, TEXT_MAX, q->arena, &text))
		text = BYTES_NONE;
	*s = init;
	s->code = asked->code;
	s->words = count_words(text);
	s->words_min = asked->words_min;
	s->words_max = asked->words_max;
	s->open = question_is_open(work, number);
	/* What is being typed is for the teacher alone. */
	s->text =
		arena_text(q->arena, id_equal(&q->actor, &work->row.educator) ? text : BYTES_NONE);
	return s;
}

static void portfolio_lists(struct query *q, const struct work *work, Evidence__PortfolioAnswer *a)
{
	struct codes rows = open_rows(work, q->arena);

	a->n_open_rows = work->row.stage >= STAGE_PASSED ? 0 : rows.n;
	a->open_rows = rows.codes;
	a->requirements =
		arena_alloc(q->arena, (work->entry->n_requirements + 1) * sizeof *a->requirements);
	for (uint16_t i = 0; i < work->entry->n_requirements; i++)
		a->requirements[a->n_requirements++] = requirement_state(q, work, i);
	a->questions = arena_alloc(q->arena, (work->entry->n_questions + 1) * sizeof *a->questions);
	for (uint16_t i = 0; i < work->entry->n_questions; i++)
		a->questions[a->n_questions++] = question_state(q, work, i);
}

static void portfolio_submissions(struct query *q, struct bytes portfolio,
				  Evidence__PortfolioAnswer *a)
{
	struct id_scan counted = id_scan(SUBMISSION_OF, portfolio), submissions = counted;
	struct id submission;
	size_t room = 0;

	while (id_next(&counted, q->view, &submission))
		room++;
	a->submissions = arena_alloc(q->arena, (room + 1) * sizeof *a->submissions);
	while (id_next(&submissions, q->view, &submission))
		a->submissions[a->n_submissions++] =
			pb_of_bytes(arena_copy(q->arena, bytes_of_id(&submission)));
}

static Cairn__Status ask_portfolio(const Evidence__Query *query, struct query *q)
{
	Evidence__PortfolioAnswer a = EVIDENCE__PORTFOLIO_ANSWER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_portfolio->portfolio);
	struct work work;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID, "portfolio: 16 bytes are needed");
	if (!work_load(q->view, id, q->arena, &work))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such portfolio");
	if (!may_ask(q, BYTES_OF(work.row.educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "this portfolio is another teacher's");
	a.portfolio = query->get_portfolio->portfolio;
	a.educator = pb_of_bytes(BYTES_OF(work.row.educator));
	a.entry = work.entry->entry;
	a.version = work.row.entry_version;
	a.state = text_of(q, portfolio_state_word(&work.row));
	a.attempt = work.row.attempt;
	if (!id_is_none(&work.row.submission))
		a.submission = pb_of_bytes(BYTES_OF(work.row.submission));
	a.coach_first = work.row.coach_first;
	portfolio_lists(q, &work, &a);
	portfolio_submissions(q, id, &a);
	body.body_case = EVIDENCE__ANSWER__BODY_PORTFOLIO;
	body.portfolio = &a;
	return query_answer(q, &body.base);
}

static Cairn__Status ask_submission(const Evidence__Query *query, struct query *q)
{
	Evidence__SubmissionAnswer a = EVIDENCE__SUBMISSION_ANSWER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_submission->submission), manifest = BYTES_NONE;
	const Evidence__SubmissionSealed *sealed;
	struct submission row;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID, "submission: 16 bytes are needed");
	if (!submission_get(q->view, id, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such submission");
	sealed = sealed_get(q->view, id, q->arena);
	if (!may_ask(q, bytes_of_pb(sealed->educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "this submission is another teacher's");
	if (!use_there(q->view, bytes_of_pb(sealed->manifest_sha256), id))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "the manifest was purged");
	if (!blobs_read(q->caps->blobs, sealed->manifest_sha256.data, 0, MANIFEST_MAX, q->arena,
			&manifest))
		return query_refuse(q, CAIRN__STATUS__UNAVAILABLE,
				    "the manifest's file is missing; restore the blobs");
	a.sealed = (Evidence__SubmissionSealed *)(uintptr_t)sealed;
	a.state = text_of(q, submission_state_word(row.state));
	a.manifest = pb_of_bytes(manifest);
	body.body_case = EVIDENCE__ANSWER__BODY_SUBMISSION;
	body.submission = &a;
	return query_answer(q, &body.base);
}

static Cairn__Status ask_artifact(const Evidence__Query *query, struct query *q)
{
	Evidence__ArtifactAnswer a = EVIDENCE__ARTIFACT_ANSWER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_artifact->artifact);
	struct portfolio portfolio;
	struct artifact row;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID, "artifact: 16 bytes are needed");
	if (!artifact_get(q->view, id, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such artifact");
	ENSURE(portfolio_get(q->view, bytes_of_id(&row.portfolio), &portfolio));
	if (!may_ask(q, BYTES_OF(portfolio.educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN, "this is another teacher's");
	a.portfolio = pb_of_bytes(BYTES_OF(row.portfolio));
	a.requirement = begun_get(q->view, id, q->arena)->requirement;
	a.artifact = artifact_state(q, id, &row);
	a.abandon_us = row.abandon_us;
	body.body_case = EVIDENCE__ANSWER__BODY_ARTIFACT;
	body.artifact = &a;
	return query_answer(q, &body.base);
}

/* ---- bytes ---- */

Cairn__Status answer_bytes(struct query *q, const uint8_t *sha256, uint64_t offset, uint64_t total)
{
	Evidence__ItemBytes a = EVIDENCE__ITEM_BYTES__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	struct bytes data;

	if (!blobs_read(q->caps->blobs, sha256, offset, PART_MAX, q->arena, &data))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "the bytes were purged");
	a.data = pb_of_bytes(data);
	a.total = total;
	body.body_case = EVIDENCE__ANSWER__BODY_BYTES;
	body.bytes = &a;
	return query_answer(q, &body.base);
}

/* ---- readers ---- */

/* An open grant of the person behind the request, opened by a command first. Anything else looks
 * the same from outside. */
static Cairn__Status need_grant(struct query *q, struct bytes reading, struct grant *grant_r)
{
	if (!is_id(reading))
		return query_refuse(q, CAIRN__STATUS__INVALID, "reading: 16 bytes are needed");
	if (id_is_none(&q->actor) || !grant_get(q->view, reading, grant_r) ||
	    !id_equal(&grant_r->assessor, &q->actor) || !grant_r->open ||
	    q->now_us >= grant_r->until_us)
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "you hold no reading of that id whose lease is open");
	if (!grant_r->opened)
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN, "open the reading first");
	return CAIRN__STATUS__OK;
}

static bool is_restricted(const struct query *q, const Evidence__Item *item)
{
	struct artifact row;

	return !artifact_get(q->view, bytes_of_pb(item->artifact), &row) ||
	       row.state == ARTIFACT_RESTRICTED || row.state == ARTIFACT_FORGOTTEN ||
	       row.state == ARTIFACT_PURGED;
}

static Evidence__BlindItem *blind_item(struct query *q, const Evidence__Item *item)
{
	static const Evidence__BlindItem init = EVIDENCE__BLIND_ITEM__INIT;
	Evidence__BlindItem *b = arena_alloc(q->arena, sizeof *b);

	*b = init;
	b->requirement = item->requirement;
	b->ordinal = item->ordinal;
	b->restricted = is_restricted(q, item);
	if (b->restricted)
		return b;
	b->media_type = item->media_type;
	b->bytes = item->bytes;
	b->sha256 = item->sha256;
	return b;
}

static Evidence__BlindItem *blind_answer(struct query *q, const Evidence__AnswerItem *answer)
{
	static const Evidence__BlindItem init = EVIDENCE__BLIND_ITEM__INIT;
	Evidence__BlindItem *b = arena_alloc(q->arena, sizeof *b);

	*b = init;
	b->requirement = answer->question;
	b->ordinal = 1;
	b->media_type = text_of(q, "text/plain");
	b->bytes = answer->bytes;
	b->sha256 = answer->sha256;
	b->answer = true;
	return b;
}

/* Items are numbered from 1 as the manifest lists them, answers after them. */
static Cairn__Status ask_items(const Evidence__Query *query, struct query *q)
{
	Evidence__ItemList list = EVIDENCE__ITEM_LIST__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;
	const Evidence__SubmissionSealed *sealed;
	struct grant grant;
	Cairn__Status status = need_grant(q, bytes_of_pb(query->list_items->reading), &grant);

	if (status != CAIRN__STATUS__OK)
		return status;
	sealed = sealed_get(q->view, bytes_of_id(&grant.submission), q->arena);
	list.items = arena_alloc(q->arena,
				 (sealed->n_items + sealed->n_answers + 1) * sizeof *list.items);
	for (size_t i = 0; i < sealed->n_items; i++)
		list.items[list.n_items++] = blind_item(q, sealed->items[i]);
	for (size_t i = 0; i < sealed->n_answers; i++)
		list.items[list.n_items++] = blind_answer(q, sealed->answers[i]);
	for (size_t i = 0; i < list.n_items; i++)
		list.items[i]->item = (uint32_t)i + 1;
	list.until_us = grant.until_us;
	list.n_rows = sealed->n_rows;
	list.rows = sealed->rows;
	body.body_case = EVIDENCE__ANSWER__BODY_ITEMS;
	body.items = &list;
	return query_answer(q, &body.base);
}

/* The look is an event before the bytes leave: each time an item is looked at from its beginning,
 * and also when somebody begins in the middle. */
static void note_look(struct query *q, const Evidence__FetchItem *ask, const struct grant *grant)
{
	static const Evidence__Command command = EVIDENCE__COMMAND__INIT;
	static const Evidence__NoteViewed viewed = EVIDENCE__NOTE_VIEWED__INIT;
	Evidence__Command *note;

	if (ask->offset > 0 && seen_before(q->view, bytes_of_pb(ask->reading), ask->item))
		return;
	note = arena_alloc(q->arena, sizeof *note);
	*note = command;
	note->body_case = EVIDENCE__COMMAND__BODY_NOTE_VIEWED;
	note->note_viewed = arena_alloc(q->arena, sizeof viewed);
	*note->note_viewed = viewed;
	note->note_viewed->reading = ask->reading;
	note->note_viewed->item = ask->item;
	q->note = &note->base;
	q->note_entity = grant->submission;
}

static Cairn__Status ask_item(const Evidence__Query *query, struct query *q)
{
	const Evidence__FetchItem *ask = query->fetch_item;
	const Evidence__SubmissionSealed *sealed;
	const uint8_t *hash;
	struct grant grant;
	uint64_t total;
	Cairn__Status status = need_grant(q, bytes_of_pb(ask->reading), &grant);

	if (status != CAIRN__STATUS__OK)
		return status;
	sealed = sealed_get(q->view, bytes_of_id(&grant.submission), q->arena);
	if (ask->item == 0 || ask->item > sealed->n_items + sealed->n_answers)
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no item of that number");
	if (ask->item <= sealed->n_items) {
		const Evidence__Item *item = sealed->items[ask->item - 1];

		if (is_restricted(q, item))
			return query_refuse(
				q, CAIRN__STATUS__FORBIDDEN,
				"this item is closed: nobody consents to it any more, or "
				"it was purged");
		hash = item->sha256.data;
		total = item->bytes;
	} else {
		const Evidence__AnswerItem *answer =
			sealed->answers[ask->item - 1 - sealed->n_items];

		if (!use_there(q->view, bytes_of_pb(answer->sha256),
			       bytes_of_id(&grant.submission)))
			return query_refuse(q, CAIRN__STATUS__REJECTED, "the bytes were purged");
		hash = answer->sha256.data;
		total = answer->bytes;
	}
	status = answer_bytes(q, hash, ask->offset, total);
	if (status == CAIRN__STATUS__OK)
		note_look(q, ask, &grant);
	return status;
}

/* ---- the table ---- */

static const struct asked {
	ask_fn *ask;
	uint32_t roles;
} asked[] = {
	[EVIDENCE__QUERY__BODY_GET_PORTFOLIO] = {ask_portfolio, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_GET_SUBMISSION] = {ask_submission, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_LIST_ITEMS] = {ask_items, ROLE_PORTAL},
	[EVIDENCE__QUERY__BODY_FETCH_ITEM] = {ask_item, ROLE_PORTAL},
	[EVIDENCE__QUERY__BODY_FETCH_OWN] = {ask_own, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_FETCH_ANSWER] = {ask_answer, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_GET_CONSENTS] = {ask_consents, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_GET_RETENTION] = {ask_retention, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_LIST_DUPLICATES] = {ask_duplicates, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_LIST_VIEWS] = {ask_views, ROLE_PORTAL | ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_GET_ERASURE] = {ask_erasure, ROLE_OPERATOR},
	[EVIDENCE__QUERY__BODY_GET_ARTIFACT] = {ask_artifact, ROLE_PORTAL | ROLE_OPERATOR},
};

Cairn__Status evidence_answer_query(const ProtobufCMessage *query, struct query *q)
{
	const Evidence__Query *ours = (const Evidence__Query *)query;

	return asked[ours->body_case].ask(ours, q);
}

uint32_t evidence_query_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(asked) ? asked[kind].roles : 0;
}
