/* Due process in a simulation: appeals by teachers, back-reads, holds that are cleared or founded.
 */
#include "tests/simulation/actors_parts.h"

#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"

/* One that the teacher has sealed; none: NULL data. */
static ProtobufCBinaryData some_submission(struct world *w, const struct actor *teacher)
{
	Evidence__GetPortfolio get = EVIDENCE__GET_PORTFOLIO__INIT;
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	ProtobufCBinaryData none = {0};
	const Evidence__Answer *answer;
	size_t n;

	get.portfolio = pb_of_id(&teacher->holds);
	query.body_case = EVIDENCE__QUERY__BODY_GET_PORTFOLIO;
	query.get_portfolio = &get;
	answer = (const Evidence__Answer *)world_ask(w, EVIDENCE, bytes_of_id(&teacher->id),
						     &query.base);
	n = answer != NULL ? answer->portfolio->n_submissions : 0;
	return n > 0 ? answer->portfolio->submissions[chance_below(&w->chance, n)] : none;
}

static void appeal(struct world *w, struct cast *c, const struct actor *teacher,
		   ProtobufCBinaryData submission)
{
	Assessment__FileAppeal ask = ASSESSMENT__FILE_APPEAL__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = submission;
	ask.reason = actor_text(w, "the third item shows it");
	cmd.body_case = ASSESSMENT__COMMAND__BODY_FILE_APPEAL;
	cmd.file_appeal = &ask;
	actor_say(w, &c->auditor, ASSESSMENT, &teacher->id, &cmd.base, NULL);
}

static void review(struct world *w, struct cast *c, ProtobufCBinaryData submission)
{
	Assessment__RequestReview ask = ASSESSMENT__REQUEST_REVIEW__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.submission = submission;
	ask.why = chance_percent(&w->chance, 50) ? ASSESSMENT__REVIEW_WHY__BACK_READ
						 : ASSESSMENT__REVIEW_WHY__FAIRNESS;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REQUEST_REVIEW;
	cmd.request_review = &ask;
	actor_say(w, &c->auditor, ASSESSMENT, NULL, &cmd.base, NULL);
}

/* Two leads propose and confirm; either may clear. */
static void handle_case(struct world *w, struct cast *c, ProtobufCBinaryData submission)
{
	const struct actor *lead = &c->assessors[ASSESSORS - 1 - chance_below(&w->chance, 2)];
	Assessment__PlaceHold place = ASSESSMENT__PLACE_HOLD__INIT;
	Assessment__ClearHold clear = ASSESSMENT__CLEAR_HOLD__INIT;
	Assessment__ProposeFounded propose = ASSESSMENT__PROPOSE_FOUNDED__INIT;
	Assessment__ConfirmFounded confirm = ASSESSMENT__CONFIRM_FOUNDED__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	uint64_t what = chance_below(&w->chance, 6);

	place.submission = clear.submission = propose.submission = confirm.submission = submission;
	place.why = actor_text(w, "duplicate_evidence");
	cmd.body_case = what < 1   ? ASSESSMENT__COMMAND__BODY_PLACE_HOLD
			: what < 4 ? ASSESSMENT__COMMAND__BODY_CLEAR_HOLD
			: what < 5 ? ASSESSMENT__COMMAND__BODY_PROPOSE_FOUNDED
				   : ASSESSMENT__COMMAND__BODY_CONFIRM_FOUNDED;
	if (what < 1)
		cmd.place_hold = &place;
	else if (what < 4)
		cmd.clear_hold = &clear;
	else if (what < 5)
		cmd.propose_founded = &propose;
	else
		cmd.confirm_founded = &confirm;
	actor_say(w, &c->auditor, ASSESSMENT, &lead->id, &cmd.base, NULL);
}

void auditor_step(struct world *w, struct cast *c)
{
	const struct actor *teacher = &c->teachers[chance_below(&w->chance, TEACHERS)];
	ProtobufCBinaryData submission = {0};

	if (!id_is_none(&teacher->holds))
		submission = some_submission(w, teacher);
	if (submission.len == 0)
		return;
	if (chance_percent(&w->chance, 40))
		appeal(w, c, teacher, submission);
	else if (chance_percent(&w->chance, 50))
		review(w, c, submission);
	else
		handle_case(w, c, submission);
}
