/* What assessors write, durable beside the log before the command that brings it is decided. */
#include "libshared/blobs.h"
#include "libshared/check.h"
#include "services/assessment/draft.h"
#include "services/assessment/rating.h"

static int keep_feedback(const struct caps *caps, size_t n, Assessment__Rating *const *ratings)
{
	if (n > RATINGS_MAX)
		return 0; /* refused by the rule */
	for (size_t i = 0; i < n; i++) {
		struct bytes text = bytes_of_text(ratings[i]->feedback);
		uint8_t hash[SHA256_LEN];

		if (text.len > 0 && blobs_put(caps->blobs, text, hash) != 0)
			return -1;
	}
	return 0;
}

/* Only what its holder says of a reading in hand: all else is refused, and its text is not wanted.
 */
static int keep_of_reading(const struct view *view, const Assessment__CompleteReading *ask,
			   const struct decision *d)
{
	struct bytes id = bytes_of_pb(ask->reading);
	struct reading reading;

	if (!is_id(id) || !reading_get(view, id, &reading) || reading.state != READING_IN_HAND ||
	    !speaks_for(d, bytes_of_id(&reading.assessor)))
		return 0;
	return keep_feedback(d->caps, ask->n_ratings, ask->ratings);
}

static int keep_of_adjudication(const struct view *view, const Assessment__Adjudicate *ask,
				const struct decision *d)
{
	struct bytes submission = bytes_of_pb(ask->submission), lead = bytes_of_pb(ask->assessor);
	struct submission row;
	struct assessor assessor;

	if (!is_id(submission) || !submission_get(view, submission, &row) ||
	    (row.state != STATE_ADJUDICATION && row.state != STATE_REVIEW_LEAD) || !is_id(lead) ||
	    !assessor_get(view, lead, &assessor) || !assessor.lead || !speaks_for(d, lead))
		return 0;
	return keep_feedback(d->caps, ask->n_ratings, ask->ratings);
}

/* Only what whose work it is says of a released decision. */
static int keep_of_appeal(const struct view *view, const Assessment__FileAppeal *ask,
			  const struct decision *d)
{
	struct bytes submission = bytes_of_pb(ask->submission), text = bytes_of_text(ask->reason);
	uint8_t hash[SHA256_LEN];
	struct submission row;

	if (!is_id(submission) || !submission_get(view, submission, &row) || text.len == 0 ||
	    submission_standing(&row) != STATE_RELEASED ||
	    !speaks_for(d, bytes_of_id(&row.educator)))
		return 0;
	return blobs_put(d->caps->blobs, text, hash);
}

static int keep_draft(const struct view *view, const Assessment__SaveRatings *ask,
		      const struct decision *d)
{
	struct decision trial = *d; /* what is refused here, decide refuses */

	if (check_draft(view, ask, &trial) != ACCEPTED)
		return 0;
	return draft_write(d->caps->blobs, bytes_of_pb(ask->reading), DRAFT_CODE, 0,
			   message_pack(&ask->base, d->arena), true);
}

int assessment_prepare(const struct view *view, const ProtobufCMessage *command,
		       const struct decision *d)
{
	const Assessment__Command *cmd = (const Assessment__Command *)command;

	if (cmd->body_case == ASSESSMENT__COMMAND__BODY_COMPLETE_READING)
		return keep_of_reading(view, cmd->complete_reading, d);
	if (cmd->body_case == ASSESSMENT__COMMAND__BODY_ADJUDICATE)
		return keep_of_adjudication(view, cmd->adjudicate, d);
	if (cmd->body_case == ASSESSMENT__COMMAND__BODY_FILE_APPEAL)
		return keep_of_appeal(view, cmd->file_appeal, d);
	if (cmd->body_case == ASSESSMENT__COMMAND__BODY_SAVE_RATINGS)
		return keep_draft(view, cmd->save_ratings, d);
	return 0;
}

int assessment_prepare_sync(const struct caps *caps)
{
	return blobs_sync(caps->blobs);
}
