/* Rules on artifacts: begun with a hash, sent in parts, finished when the hash holds, abandoned. */
#include "services/evidence/rules.h"

#include "libshared/calendar.h"

#include <inttypes.h>
#include <string.h>

#define MEDIA_TYPE_MAX 127

/* ---- begin ---- */

static enum verdict check_begin_shape(const Evidence__BeginArtifact *ask, struct decision *d)
{
	int64_t day;

	if (!is_id(bytes_of_pb(ask->artifact)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "artifact: 16 bytes are needed");
	if (ask->sha256.len != 0 && ask->sha256.len != SHA256_LEN)
		return refuse_text(d, EVIDENCE__REASON__BAD_HASH,
				   "sha256: %d bytes are needed, or none", SHA256_LEN);
	if (ask->bytes == 0)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "bytes: an empty file is no evidence");
	if (strlen(ask->media_type) > MEDIA_TYPE_MAX)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "media_type: at most %d characters are allowed", MEDIA_TYPE_MAX);
	if (ask->captured_on[0] != '\0' && !day_of_text(ask->captured_on, &day))
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "captured_on: a date like 2026-05-01, or nothing, is needed");
	return ACCEPTED;
}

static const Enrollment__MediaKind *media_kind_find(const Enrollment__Media *media,
						    const char *kind)
{
	for (size_t i = 0; i < media->n_kinds; i++)
		if (strcmp(media->kinds[i]->kind, kind) == 0)
			return media->kinds[i];
	return NULL;
}

static bool media_type_fits(const Enrollment__MediaKind *kind, const char *type)
{
	for (size_t i = 0; i < kind->n_types; i++)
		if (strcmp(kind->types[i], type) == 0)
			return true;
	return false;
}

static enum verdict check_media(const struct view *view, const Evidence__BeginArtifact *ask,
				const struct work *work, const Enrollment__Policy *policy,
				struct decision *d)
{
	const Enrollment__Requirement *requirement =
		work->entry->requirements[requirement_find(work, ask->requirement)];
	const Enrollment__Media *media = media_get(view, work->row.media_version, d->arena);
	const Enrollment__MediaKind *kind = media_kind_find(media, requirement->kind);
	uint64_t most;

	if (kind == NULL || !media_type_fits(kind, ask->media_type))
		return refuse_text(d, EVIDENCE__REASON__MEDIA_TYPE_NOT_ALLOWED,
				   "%s: %s is not among the media types of %s", requirement->code,
				   ask->media_type, requirement->kind);
	most = MIN(kind->bytes_max, policy->artifact_bytes_max);
	if (ask->bytes > most)
		return refuse_text(d, EVIDENCE__REASON__TOO_LARGE,
				   "%s: at most %" PRIu64 " bytes are allowed", requirement->code,
				   most);
	return ACCEPTED;
}

/* Artifacts of a requirement that stand as its items: one whose students may be recognised does
 * not, so that its redacted copy finds room. All of them count against the policy's bound. */
static void count_items(const struct view *view, const struct work *work, uint16_t requirement,
			uint32_t *items_r, uint32_t *all_r)
{
	struct id_scan items = items_of(work->id, requirement);
	struct artifact row;
	struct id artifact;

	while (item_next(&items, view, &artifact, &row)) {
		(*all_r)++;
		if (row.state == ARTIFACT_UPLOADING || row.state == ARTIFACT_READY)
			(*items_r)++;
	}
}

static enum verdict check_counts(const struct view *view, const struct work *work,
				 uint16_t requirement, const Enrollment__Policy *policy,
				 struct decision *d)
{
	const Enrollment__Requirement *asked = work->entry->requirements[requirement];
	uint32_t all = 0;

	for (uint16_t i = 0; i < work->entry->n_requirements; i++) {
		uint32_t items = 0;

		count_items(view, work, i, &items, &all);
		if (i == requirement && items >= asked->items_max)
			return refuse_text(d, EVIDENCE__REASON__TOO_MANY_ITEMS,
					   "%s: at most %" PRIu32
					   " items are allowed; abandon one first",
					   asked->code, asked->items_max);
	}
	if (all >= policy->artifacts_max)
		return refuse_text(d, EVIDENCE__REASON__TOO_MANY_ITEMS,
				   "at most %" PRIu32
				   " artifacts are allowed in all; abandon one first",
				   policy->artifacts_max);
	return ACCEPTED;
}

static void answer_received(struct decision *d, uint64_t received)
{
	Evidence__UploadAnswer upload = EVIDENCE__UPLOAD_ANSWER__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;

	upload.received = received;
	body.body_case = EVIDENCE__ANSWER__BODY_UPLOAD;
	body.upload = &upload;
	answer(d, &body.base);
}

static void emit_begun(struct decision *d, const Evidence__BeginArtifact *ask,
		       const struct work *work, uint16_t number, int64_t until_us)
{
	const Enrollment__Requirement *requirement = work->entry->requirements[number];
	Evidence__ArtifactBegun begun = EVIDENCE__ARTIFACT_BEGUN__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	begun.artifact = ask->artifact;
	begun.portfolio = ask->portfolio;
	begun.requirement = ask->requirement;
	begun.media_type = ask->media_type;
	begun.bytes = ask->bytes;
	begun.sha256 = ask->sha256;
	/* The entry may know better than the teacher, never less. */
	begun.student_data =
		ask->student_data || requirement->student_data || requirement->consent_required;
	begun.captured_on = ask->captured_on;
	begun.consent_required = requirement->consent_required;
	begun.abandon_us = until_us;
	begun.requirement_number = number;
	event.artifact_begun = &begun;
	emit_event(d, bytes_of_pb(ask->artifact), &event, EVIDENCE__EVENT__BODY_ARTIFACT_BEGUN);
}

static int64_t abandon_us(const struct decision *d, const Enrollment__Policy *policy)
{
	return d->now_us + policy->abandon_days * US_PER_DAY;
}

enum verdict decide_begin_artifact(const struct view *view, const Evidence__Command *cmd,
				   struct decision *d)
{
	const Evidence__BeginArtifact *ask = cmd->begin_artifact;
	const Enrollment__Policy *policy;
	struct artifact taken;
	uint16_t requirement;
	struct work work;

	if (check_begin_shape(ask, d) != ACCEPTED)
		return REFUSED;
	if (artifact_get(view, bytes_of_pb(ask->artifact), &taken))
		return refuse_text(d, EVIDENCE__REASON__ID_TAKEN,
				   "this artifact was begun before; use a new id");
	if (open_work(view, d, bytes_of_pb(ask->portfolio), &work) != ACCEPTED)
		return REFUSED;
	requirement = requirement_find(&work, ask->requirement);
	if (requirement == NOT_FOUND)
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_REQUIREMENT,
				   "requirement: %s has none of that code", work.entry->code);
	if (!requirement_is_open(&work, requirement))
		return refuse_text(d, EVIDENCE__REASON__REQUIREMENT_CLOSED,
				   "%s: its rows have passed; only unmet rows are open",
				   ask->requirement);
	policy = policy_get(view, work.row.policy_version, d->arena);
	if (check_media(view, ask, &work, policy, d) != ACCEPTED ||
	    check_counts(view, &work, requirement, policy, d) != ACCEPTED)
		return REFUSED;
	emit_begun(d, ask, &work, requirement, abandon_us(d, policy));
	answer_received(d, 0);
	return ACCEPTED;
}

/* ---- parts ---- */

static enum verdict need_uploading(struct decision *d, const struct artifact *row)
{
	if (row->state == ARTIFACT_UPLOADING)
		return ACCEPTED;
	return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
			   "this artifact is not being uploaded: its state is %s",
			   artifact_state_word(row->state));
}

enum verdict check_part(const struct view *view, const Evidence__PutPart *ask, struct decision *d,
			struct artifact *row_r)
{
	struct work work;

	if (ask->data.len == 0)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE, "data: a part is not empty");
	if (ask->data.len > PART_MAX)
		return refuse_text(d, EVIDENCE__REASON__PART_TOO_LARGE,
				   "data: at most %zu bytes are allowed in a part", PART_MAX);
	if (open_artifact(view, d, bytes_of_pb(ask->artifact), row_r, &work) != ACCEPTED ||
	    need_uploading(d, row_r) != ACCEPTED)
		return REFUSED;
	if (ask->offset != row_r->received)
		return refuse_text(d, EVIDENCE__REASON__PART_OUT_OF_ORDER,
				   "offset: expected %" PRIu64, row_r->received);
	if (ask->data.len > row_r->bytes - row_r->received)
		return refuse_text(d, EVIDENCE__REASON__TOO_LARGE,
				   "data: more than the %" PRIu64 " bytes that were announced",
				   row_r->bytes);
	return ACCEPTED;
}

/* Hashed as it comes, so that the last part of a large file does not have all of it to hash. What
 * stands behind the last whole block is read again from the draft: it is content, and content does
 * not stand in events. */
static struct bytes chain_of(const struct view *view, const Evidence__PutPart *ask,
			     const struct artifact *row, struct decision *d)
{
	uint8_t *sha = arena_alloc(d->arena, SHA256_LEN);
	uint64_t before = row->received - row->received % SHA256_BLOCK;
	struct bytes tail = BYTES_NONE, piece = bytes_of_pb(ask->data);
	struct chain chain;

	sha256_begin(sha);
	if (row->received > 0) {
		if (!chain_get(view, bytes_of_pb(ask->artifact), &chain))
			return BYTES_NONE;
		memcpy(sha, chain.sha256, SHA256_LEN);
	}
	if (row->received > before &&
	    (!draft_read(d->caps->blobs, bytes_of_pb(ask->artifact), UPLOAD_CODE, before,
			 (size_t)(row->received - before), d->arena, &tail) ||
	     tail.len != row->received - before))
		return BYTES_NONE;
	if (row->received + piece.len == row->bytes)
		sha256_end(sha, before, tail, piece);
	else
		sha256_more(sha, before, tail, piece);
	return (struct bytes){sha, SHA256_LEN};
}

/* prepare.c has written the bytes at their offset. */
enum verdict decide_put_part(const struct view *view, const Evidence__Command *cmd,
			     struct decision *d)
{
	const Evidence__PutPart *ask = cmd->put_part;
	Evidence__PartStored stored = EVIDENCE__PART_STORED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	uint8_t hash[SHA256_LEN];
	struct portfolio portfolio;
	struct artifact row;

	if (check_part(view, ask, d, &row) != ACCEPTED)
		return REFUSED;
	ENSURE(portfolio_get(view, bytes_of_id(&row.portfolio), &portfolio));
	sha256(bytes_of_pb(ask->data), hash);
	stored.artifact = ask->artifact;
	stored.offset = ask->offset;
	stored.bytes = (uint32_t)ask->data.len;
	stored.sha256 = pb_of_bytes((struct bytes){hash, sizeof hash});
	stored.chain_sha256 = pb_of_bytes(chain_of(view, ask, &row, d));
	stored.abandon_us = abandon_us(d, policy_get(view, portfolio.policy_version, d->arena));
	event.part_stored = &stored;
	emit_event(d, bytes_of_pb(ask->artifact), &event, EVIDENCE__EVENT__BODY_PART_STORED);
	answer_received(d, ask->offset + ask->data.len);
	return ACCEPTED;
}

/* ---- finish ---- */

enum verdict check_finish(const struct view *view, const Evidence__FinishArtifact *ask,
			  struct decision *d, struct artifact *row_r)
{
	struct work work;

	if (open_artifact(view, d, bytes_of_pb(ask->artifact), row_r, &work) != ACCEPTED ||
	    need_uploading(d, row_r) != ACCEPTED)
		return REFUSED;
	if (row_r->received < row_r->bytes)
		return refuse_text(d, EVIDENCE__REASON__INCOMPLETE,
				   "%" PRIu64 " of %" PRIu64
				   " bytes have arrived; send the rest first",
				   row_r->received, row_r->bytes);
	return ACCEPTED;
}

bool upload_hash(const struct view *view, struct bytes artifact, uint8_t hash_r[SHA256_LEN])
{
	struct chain chain;

	if (!chain_get(view, artifact, &chain))
		return false;
	memcpy(hash_r, chain.sha256, SHA256_LEN);
	return true;
}

/* prepare.c keeps a draft as a blob when its bytes have the hash that was announced: then the blob
 * is there and the draft is not. A blob alone proves nothing, it may be of the same bytes of
 * another. */
static bool was_kept(const struct decision *d, struct bytes artifact, const struct artifact *row)
{
	struct bytes first;
	uint64_t size;

	return blobs_has(d->caps->blobs, row->sha256, &size) && size == row->bytes &&
	       !draft_read(d->caps->blobs, artifact, UPLOAD_CODE, 0, 1, d->arena, &first);
}

enum verdict decide_finish_artifact(const struct view *view, const Evidence__Command *cmd,
				    struct decision *d)
{
	const Evidence__FinishArtifact *ask = cmd->finish_artifact;
	Evidence__ArtifactStored stored = EVIDENCE__ARTIFACT_STORED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct scan_asked asked;
	struct scanned scanned;
	struct artifact row;
	struct work work;

	if (check_finish(view, ask, d, &row) != ACCEPTED)
		return REFUSED;
	if (!was_kept(d, bytes_of_pb(ask->artifact), &row))
		return refuse_text(d, EVIDENCE__REASON__HASH_MISMATCH,
				   "what arrived has not the announced SHA-256; abandon it and "
				   "upload it again");
	ENSURE(work_load(view, bytes_of_id(&row.portfolio), d->arena, &work));
	asked = scan_asked_of(view, &work, d);
	if (scan_artifact(view, d, bytes_of_pb(ask->artifact), &asked, &scanned))
		emit_scanned(d, bytes_of_pb(ask->artifact), &scanned, 0);
	stored.artifact = ask->artifact;
	stored.sha256 = pb_of_bytes((struct bytes){row.sha256, SHA256_LEN});
	stored.bytes = row.bytes;
	stored.needs_privacy_step =
		(row.student_data || scanned.found.total > 0) && row.privacy == 0;
	event.artifact_stored = &stored;
	emit_event(d, bytes_of_pb(ask->artifact), &event, EVIDENCE__EVENT__BODY_ARTIFACT_STORED);
	return ACCEPTED;
}

/* ---- abandon ---- */

static void emit_abandoned(struct decision *d, struct bytes artifact)
{
	Evidence__ArtifactAbandoned abandoned = EVIDENCE__ARTIFACT_ABANDONED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	abandoned.artifact = pb_of_bytes(artifact);
	event.artifact_abandoned = &abandoned;
	emit_event(d, artifact, &event, EVIDENCE__EVENT__BODY_ARTIFACT_ABANDONED);
}

/* Out of the portfolio. What was sealed once stays where its manifest names it. */
enum verdict decide_abandon_artifact(const struct view *view, const Evidence__Command *cmd,
				     struct decision *d)
{
	struct bytes artifact = bytes_of_pb(cmd->abandon_artifact->artifact);
	struct artifact row;
	struct work work;

	if (open_artifact(view, d, artifact, &row, &work) != ACCEPTED)
		return REFUSED;
	if (row.state > ARTIFACT_RESTRICTED)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "this artifact is no item any more: its state is %s",
				   artifact_state_word(row.state));
	emit_abandoned(d, artifact);
	return ACCEPTED;
}

enum verdict decide_abandon_timer(const struct view *view, const struct timer_due *timer,
				  struct decision *d)
{
	(void)view;
	emit_abandoned(d, bytes_of_id(&timer->entity));
	return ACCEPTED;
}
