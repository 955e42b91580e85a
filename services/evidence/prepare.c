/* Bytes and text on disk before the rule that names them: only where the same rule will accept. */
#include "services/evidence/rules.h"

typedef int prepare_fn(const struct view *view, const Evidence__Command *cmd, struct decision *d);

static int prepare_part(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	const Evidence__PutPart *ask = cmd->put_part;
	struct artifact row;

	if (check_part(view, ask, d, &row) != ACCEPTED)
		return 0;
	return draft_write(d->caps->blobs, bytes_of_pb(ask->artifact), UPLOAD_CODE, ask->offset,
			   bytes_of_pb(ask->data), false);
}

/* Kept only when it is what was announced. Otherwise the draft stays, and decide says so. */
static int prepare_finish(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	struct bytes artifact = bytes_of_pb(cmd->finish_artifact->artifact);
	struct blobs *blobs = d->caps->blobs;
	uint8_t hash[SHA256_LEN];
	struct artifact row;
	uint64_t size;

	if (check_finish(view, cmd->finish_artifact, d, &row) != ACCEPTED ||
	    !draft_hash(blobs, artifact, UPLOAD_CODE, hash, &size) || size != row.bytes ||
	    !bytes_equal(BYTES_OF(hash), BYTES_OF(row.sha256)))
		return 0;
	return draft_keep(blobs, artifact, UPLOAD_CODE, hash);
}

static int prepare_answer(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	const Evidence__SaveAnswer *ask = cmd->save_answer;
	char code[ANSWER_CODE_LEN];
	uint16_t question;

	if (check_answer(view, ask, d, &question) != ACCEPTED)
		return 0;
	answer_code(question, code);
	return draft_write(d->caps->blobs, bytes_of_pb(ask->portfolio), code, 0,
			   bytes_of_text(ask->text), true);
}

/* The drafts stay: a recall, or the next attempt, goes on with them. */
static int prepare_seal(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	struct blobs *blobs = d->caps->blobs;
	uint8_t hash[SHA256_LEN];
	struct sealing sealing;

	if (sealing_build(view, cmd->seal, d, &sealing) != ACCEPTED)
		return 0;
	for (size_t i = 0; i < sealing.sealed.n_answers; i++)
		if (sealing.texts[i].len > 0 && blobs_put(blobs, sealing.texts[i], hash) != 0)
			return -1;
	return blobs_put(blobs, sealing.manifest, hash);
}

/* Drafts of a portfolio whose educator was erased: answers being typed, uploads never finished. */
static int drop_drafts(const struct view *view, struct bytes portfolio, struct decision *d)
{
	struct id_scan artifacts = id_scan(ARTIFACT_OF, portfolio);
	char code[ANSWER_CODE_LEN];
	struct id artifact;
	struct work work;

	if (!work_load(view, portfolio, d->arena, &work))
		return 0;
	for (uint16_t i = 0; i < work.entry->n_questions; i++) {
		answer_code(i, code);
		if (draft_drop(d->caps->blobs, portfolio, code) != 0)
			return -1;
	}
	while (id_next(&artifacts, view, &artifact))
		if (draft_drop(d->caps->blobs, bytes_of_id(&artifact), UPLOAD_CODE) != 0)
			return -1;
	return 0;
}

/* Removed only while nothing names it: whoever names it later writes it again first. */
static int prepare_purge(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	const Evidence__NotePurged *ask = cmd->note_purged;

	for (size_t i = 0; i < ask->n_sha256; i++)
		if (ask->sha256[i].len == SHA256_LEN &&
		    !use_known(view, bytes_of_pb(ask->sha256[i])) &&
		    blobs_purge(d->caps->blobs, ask->sha256[i].data) != 0)
			return -1;
	for (size_t i = 0; i < ask->n_portfolios; i++)
		if (is_id(bytes_of_pb(ask->portfolios[i])) &&
		    forgetting_wanted(view, bytes_of_pb(ask->portfolios[i])) &&
		    drop_drafts(view, bytes_of_pb(ask->portfolios[i]), d) != 0)
			return -1;
	return 0;
}

static prepare_fn *const prepares[] = {
	[EVIDENCE__COMMAND__BODY_PUT_PART] = prepare_part,
	[EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT] = prepare_finish,
	[EVIDENCE__COMMAND__BODY_SAVE_ANSWER] = prepare_answer,
	[EVIDENCE__COMMAND__BODY_SEAL] = prepare_seal,
	[EVIDENCE__COMMAND__BODY_NOTE_PURGED] = prepare_purge,
};

int evidence_prepare(const struct view *view, const ProtobufCMessage *command,
		     const struct decision *d)
{
	const Evidence__Command *cmd = (const Evidence__Command *)command;
	struct decision trial = *d; /* what the checks refuse here, decide will refuse */

	if (cmd->body_case >= ARRAY_LEN(prepares) || prepares[cmd->body_case] == NULL)
		return 0;
	return prepares[cmd->body_case](view, cmd, &trial);
}

int evidence_prepare_sync(const struct caps *caps)
{
	return blobs_sync(caps->blobs);
}
