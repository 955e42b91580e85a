/* The dean of a simulation: says what passed work truly shows, and has seats calibrated. */
#include "tests/simulation/actors_parts.h"

#include "proto/assessment.pb-c.h"
#include "tests/support/kit.h"

#include <string.h>

/* ---- anchors ---- */

static const Enrollment__EnrollmentAnswer *some_enrollment(struct world *w, struct cast *c)
{
	Enrollment__Query query = ENROLLMENT__QUERY__INIT;
	Enrollment__ListEnrollments list = ENROLLMENT__LIST_ENROLLMENTS__INIT;
	const Enrollment__Answer *answer;

	list.educator = pb_of_id(&c->teachers[chance_below(&w->chance, TEACHERS)].id);
	query.body_case = ENROLLMENT__QUERY__BODY_LIST_ENROLLMENTS;
	query.list_enrollments = &list;
	answer = (const Enrollment__Answer *)world_ask(w, ENROLLMENT, BYTES_NONE, &query.base);
	if (answer == NULL || answer->enrollments->n_enrollments == 0)
		return NULL;
	return answer->enrollments
		->enrollments[chance_below(&w->chance, answer->enrollments->n_enrollments)];
}

static const Assessment__DecisionAnswer *ask_decision(struct world *w,
						      ProtobufCBinaryData submission)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetDecision get = ASSESSMENT__GET_DECISION__INIT;
	const Assessment__Answer *answer;

	get.submission = submission;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_DECISION;
	query.get_decision = &get;
	answer = (const Assessment__Answer *)world_ask(w, ASSESSMENT, BYTES_NONE, &query.base);
	return answer != NULL ? answer->decision : NULL;
}

/* Truly so, or, at times, truly otherwise than it was decided. */
static Assessment__TrueRating *truth(struct world *w, char *row)
{
	const Enrollment__Rubric *rubric = kit_entry()->rubric;
	size_t best = rubric->n_levels - 1;
	bool as_decided = chance_percent(&w->chance, 90);
	Assessment__TrueRating *t = arena_alloc(w->arena, sizeof *t);

	assessment__true_rating__init(t);
	t->row = row;
	t->level = rubric->levels[as_decided ? best : chance_below(&w->chance, best)]->code;
	return t;
}

static void rate_anchor(struct world *w, struct cast *c)
{
	const Enrollment__EnrollmentAnswer *enrollment = some_enrollment(w, c);
	const Assessment__DecisionAnswer *decision =
		enrollment != NULL && enrollment->submission.len > 0
			? ask_decision(w, enrollment->submission)
			: NULL;
	Assessment__RateAnchor ask = ASSESSMENT__RATE_ANCHOR__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	if (decision == NULL || !decision->passed)
		return;
	ask.submission = enrollment->submission;
	ask.by = pb_of_id(&c->keeper.id);
	ask.second = pb_of_id(&c->registrar.id);
	ask.ratings = arena_alloc(w->arena, (decision->n_rows + 1) * sizeof *ask.ratings);
	for (size_t i = 0; i < decision->n_rows; i++)
		if (!decision->rows[i]->kept)
			ask.ratings[ask.n_ratings++] = truth(w, decision->rows[i]->row);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_RATE_ANCHOR;
	cmd.rate_anchor = &ask;
	actor_say(w, &c->dean, ASSESSMENT, NULL, &cmd.base, NULL);
}

/* ---- seats ---- */

/* Who is suspended comes back by it; who is certified renews. */
static void calibrate(struct world *w, struct cast *c)
{
	Enrollment__Entry entry = actor_entry(w, (unsigned)chance_below(&w->chance, ENTRIES));
	Assessment__StartCalibration ask = ASSESSMENT__START_CALIBRATION__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;

	ask.assessor = pb_of_id(&c->assessors[chance_below(&w->chance, ASSESSORS - 1)].id);
	ask.entry = entry.entry;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_START_CALIBRATION;
	cmd.start_calibration = &ask;
	actor_say(w, &c->dean, ASSESSMENT, NULL, &cmd.base, NULL);
}

void dean_step(struct world *w, struct cast *c)
{
	if (chance_percent(&w->chance, 80))
		rate_anchor(w, c);
	else
		calibrate(w, c);
}
