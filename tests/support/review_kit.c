/* Reviews under a reading kit. */
#include "tests/support/review_kit.h"

void review_kit_open(struct kit *k)
{
	static const char *const readers[] = {"ruth", "sol", "tess", "una"};

	reading_kit_open(k, "double-read");
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		given_reader(k, readers[i]);
	given_registered(k, "lea", NULL, true);
	given_registered(k, "mae", NULL, true);
}

struct bytes given_decided(struct kit *k, const char *levels)
{
	struct bytes work = given_work(k, &(struct work){0});

	given_read_twice(k, "ruth", "sol", levels, levels);
	return work;
}

Cairn__Status when_review_requested(struct kit *k, struct bytes submission,
				    Assessment__ReviewWhy why)
{
	Assessment__RequestReview ask = ASSESSMENT__REQUEST_REVIEW__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = pb_of_bytes(submission);
	ask.why = why;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REQUEST_REVIEW;
	cmd.request_review = &ask;
	return kit_send(k, BYTES_NONE, &cmd.base);
}

int64_t given_review(struct kit *k, struct bytes submission, Assessment__ReviewWhy why)
{
	const Assessment__Event *event;

	forget_events(k);
	ENSURE(when_review_requested(k, submission, why) == CAIRN__STATUS__OK);
	event = next_of_kind(k, ASSESSMENT__EVENT__BODY_REVIEW_REQUESTED);
	ENSURE(event != NULL);
	return event->review_requested->due_us;
}

static Cairn__Status appeal(struct kit *k, Assessment__FileAppeal *ask, struct bytes actor)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	cmd.body_case = ASSESSMENT__COMMAND__BODY_FILE_APPEAL;
	cmd.file_appeal = ask;
	return kit_send_as(k, kit_id(k), READER_ROLES, actor, &cmd.base);
}

Cairn__Status when_appealed(struct kit *k, struct bytes submission, const char *row)
{
	Assessment__FileAppeal ask = ASSESSMENT__FILE_APPEAL__INIT;
	char *rows[1];

	ask.submission = pb_of_bytes(submission);
	ask.reason = arena_text(k->arena, bytes_of_text("the third item shows it"));
	if (row != NULL) {
		rows[0] = arena_text(k->arena, bytes_of_text(row));
		ask.rows = rows;
		ask.n_rows = 1;
	}
	return appeal(k, &ask, EDUCATOR("ana"));
}

Cairn__Status when_appealed_by(struct kit *k, struct bytes submission, const char *educator,
			       const char *reason)
{
	Assessment__FileAppeal ask = ASSESSMENT__FILE_APPEAL__INIT;

	ask.submission = pb_of_bytes(submission);
	ask.reason = arena_text(k->arena, bytes_of_text(reason));
	return appeal(k, &ask, EDUCATOR(educator));
}

/* All but the first two are a submission's id and nothing else. */
Cairn__Status when_case(struct kit *k, Assessment__Command__BodyCase kind, struct bytes submission,
			const char *reader)
{
	Assessment__PlaceHold place = ASSESSMENT__PLACE_HOLD__INIT;
	Assessment__FlagIntegrity flag = ASSESSMENT__FLAG_INTEGRITY__INIT;
	Assessment__ClearHold clear = ASSESSMENT__CLEAR_HOLD__INIT;
	Assessment__ProposeFounded propose = ASSESSMENT__PROPOSE_FOUNDED__INIT;
	Assessment__ConfirmFounded confirm = ASSESSMENT__CONFIRM_FOUNDED__INIT;
	Assessment__WithdrawFounded withdraw = ASSESSMENT__WITHDRAW_FOUNDED__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	char why[] = "duplicate_evidence";

	place.submission = flag.submission = clear.submission = propose.submission =
		confirm.submission = withdraw.submission = pb_of_bytes(submission);
	place.why = flag.why = why;
	cmd.body_case = kind;
	if (kind == ASSESSMENT__COMMAND__BODY_FLAG_INTEGRITY)
		cmd.flag_integrity = &flag;
	if (kind == ASSESSMENT__COMMAND__BODY_PLACE_HOLD)
		cmd.place_hold = &place;
	if (kind == ASSESSMENT__COMMAND__BODY_CLEAR_HOLD)
		cmd.clear_hold = &clear;
	if (kind == ASSESSMENT__COMMAND__BODY_PROPOSE_FOUNDED)
		cmd.propose_founded = &propose;
	if (kind == ASSESSMENT__COMMAND__BODY_CONFIRM_FOUNDED)
		cmd.confirm_founded = &confirm;
	if (kind == ASSESSMENT__COMMAND__BODY_WITHDRAW_FOUNDED)
		cmd.withdraw_founded = &withdraw;
	if (reader == NULL)
		return kit_send(k, BYTES_NONE, &cmd.base);
	return kit_send_as(k, kit_id(k), READER_ROLES, READER(reader), &cmd.base);
}

void given_held(struct kit *k, struct bytes submission)
{
	ENSURE(when_case(k, ASSESSMENT__COMMAND__BODY_PLACE_HOLD, submission, "lea") ==
	       CAIRN__STATUS__OK);
}

void given_founded(struct kit *k, struct bytes submission)
{
	ENSURE(when_case(k, ASSESSMENT__COMMAND__BODY_PROPOSE_FOUNDED, submission, "lea") ==
	       CAIRN__STATUS__OK);
	ENSURE(when_case(k, ASSESSMENT__COMMAND__BODY_CONFIRM_FOUNDED, submission, "mae") ==
	       CAIRN__STATUS__OK);
}
