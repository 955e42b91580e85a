/* Rules on what a teacher submits: answers as drafts, the seal, and its recall. */
#include "services/evidence/rules.h"

#include "services/evidence/duplicates.h"

enum verdict check_answer(const struct view *view, const Evidence__SaveAnswer *ask,
			  struct decision *d, uint16_t *question_r)
{
	struct work work;

	if (open_work(view, d, bytes_of_pb(ask->portfolio), &work) != ACCEPTED)
		return REFUSED;
	*question_r = question_find(&work, ask->question);
	if (*question_r == NOT_FOUND)
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_QUESTION,
				   "question: %s has none of that code", work.entry->code);
	if (!question_is_open(&work, *question_r))
		return refuse_text(d, EVIDENCE__REASON__REQUIREMENT_CLOSED,
				   "%s: its rows have passed; only unmet rows are open",
				   ask->question);
	return ACCEPTED;
}

/* prepare.c has written the draft; the log hears of an answer when it is sealed. */
enum verdict decide_save_answer(const struct view *view, const Evidence__Command *cmd,
				struct decision *d)
{
	uint16_t question;

	return check_answer(view, cmd->save_answer, d, &question);
}

static void answer_receipt(struct decision *d, const Evidence__SubmissionSealed *sealed)
{
	Evidence__Receipt receipt = EVIDENCE__RECEIPT__INIT;
	Evidence__Answer body = EVIDENCE__ANSWER__INIT;

	receipt.submission = sealed->submission;
	receipt.manifest_sha256 = sealed->manifest_sha256;
	receipt.attempt = sealed->attempt;
	receipt.due_us = sealed->due_us;
	receipt.recall_until_us = sealed->recall_until_us;
	body.body_case = EVIDENCE__ANSWER__BODY_RECEIPT;
	body.receipt = &receipt;
	answer(d, &body.base);
}

/* prepare.c has kept the answers and the manifest as blobs: both build the same from one state. */
enum verdict decide_seal(const struct view *view, const Evidence__Command *cmd, struct decision *d)
{
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct sealing sealing;

	if (sealing_build(view, cmd->seal, d, &sealing) != ACCEPTED)
		return REFUSED;
	event.submission_sealed = &sealing.sealed;
	emit_event(d, bytes_of_pb(cmd->seal->submission), &event,
		   EVIDENCE__EVENT__BODY_SUBMISSION_SEALED);
	emit_duplicates(view, d, &sealing.sealed);
	emit_shared_rows(view, d, &sealing.sealed);
	brings(d, AWAIT_SUBMISSION, bytes_of_pb(cmd->seal->submission));
	answer_receipt(d, &sealing.sealed);
	return ACCEPTED;
}

/* Until the policy's hours are over, or a reader has opened it, whichever comes first. */
enum verdict decide_recall(const struct view *view, const Evidence__Command *cmd,
			   struct decision *d)
{
	Evidence__SubmissionRecalled recalled = EVIDENCE__SUBMISSION_RECALLED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct bytes submission = bytes_of_pb(cmd->recall->submission);
	struct submission row;
	struct work work;

	if (!is_id(submission))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "submission: 16 bytes are needed");
	if (!submission_get(view, submission, &row))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_SUBMISSION,
				   "there is no such submission");
	if (known_work(view, d, bytes_of_id(&row.portfolio), &work) != ACCEPTED)
		return REFUSED;
	if (row.state == SUBMISSION_OPENED)
		return refuse_text(d, EVIDENCE__REASON__ALREADY_OPENED,
				   "a reader has opened it: it cannot be recalled any more");
	if (row.state != SUBMISSION_SEALED)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "it is not out to be read: its state is %s",
				   submission_state_word(row.state));
	if (d->now_us >= row.recall_until_us)
		return refuse_text(d, EVIDENCE__REASON__RECALL_TOO_LATE,
				   "the time to recall it is over");
	recalled.submission = cmd->recall->submission;
	recalled.portfolio = pb_of_id(&row.portfolio);
	event.submission_recalled = &recalled;
	emit_event(d, submission, &event, EVIDENCE__EVENT__BODY_SUBMISSION_RECALLED);
	emit_grants_closed(view, d, submission, "recalled");
	return ACCEPTED;
}
