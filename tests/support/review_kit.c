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
