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

/* The draft has as many bytes as were announced, neither more nor less. */
static bool is_whole(struct decision *d, struct bytes artifact, uint64_t bytes)
{
	struct bytes last;

	return draft_read(d->caps->blobs, artifact, UPLOAD_CODE, bytes - 1, 2, d->arena, &last) &&
	       last.len == 1;
}

/* The hash of the draft, from its parts or, of an upload that an older release began, from all of
 * it. */
static bool hash_upload(const struct view *view, struct decision *d, struct bytes artifact,
			const struct artifact *row, uint8_t hash_r[SHA256_LEN])
{
	uint64_t size;

	if (upload_hash(view, artifact, hash_r))
		return is_whole(d, artifact, row->bytes);
	return draft_hash(d->caps->blobs, artifact, UPLOAD_CODE, hash_r, &size) &&
	       size == row->bytes;
}

/* Kept only when it is what was announced. Otherwise the draft stays, and decide says so. */
static int prepare_finish(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	struct bytes artifact = bytes_of_pb(cmd->finish_artifact->artifact);
	uint8_t hash[SHA256_LEN];
	struct artifact row;

	if (check_finish(view, cmd->finish_artifact, d, &row) != ACCEPTED ||
	    !hash_upload(view, d, artifact, &row, hash) ||
	    !bytes_equal(BYTES_OF(hash), BYTES_OF(row.sha256)))
		return 0;
	return draft_keep(d->caps->blobs, artifact, UPLOAD_CODE, hash);
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

static prepare_fn *const prepares[] = {
	[EVIDENCE__COMMAND__BODY_PUT_PART] = prepare_part,
	[EVIDENCE__COMMAND__BODY_FINISH_ARTIFACT] = prepare_finish,
	[EVIDENCE__COMMAND__BODY_SAVE_ANSWER] = prepare_answer,
	[EVIDENCE__COMMAND__BODY_SEAL] = prepare_seal,
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
