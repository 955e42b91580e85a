/* Assessors of a simulation: take readings, open, rate, complete; the lead reader adjudicates. */
#include "tests/simulation/actors_parts.h"

#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"

static void hear_assigned(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	actor_hear(w, who, reply);
	a->opened = false;
	if (reply->status != CAIRN__STATUS__OK)
		a->holds = ID_NONE;
}

static void next_reading(struct world *w, struct actor *a)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__NextReading next = ASSESSMENT__NEXT_READING__INIT;

	a->holds = world_id(w);
	next.assessor = pb_of_id(&a->id);
	next.reading = pb_of_id(&a->holds);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_NEXT_READING;
	cmd.next_reading = &next;
	actor_say(w, a, ASSESSMENT, &a->id, &cmd.base, hear_assigned);
}

static void hear_opened(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	actor_hear(w, who, reply);
	a->opened = reply->status == CAIRN__STATUS__OK;
	if (!a->opened && ++a->phase % 10 == 0)
		a->holds = ID_NONE; /* recalled, perhaps */
}

static void open_reading(struct world *w, struct actor *a)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__OpenReading ask = EVIDENCE__OPEN_READING__INIT;

	ask.reading = pb_of_id(&a->holds);
	cmd.body_case = EVIDENCE__COMMAND__BODY_OPEN_READING;
	cmd.open_reading = &ask;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, hear_opened);
}

static Assessment__Rating **rate(struct world *w, char *const *rows, size_t n,
				 Enrollment__Level **levels, size_t n_levels)
{
	Assessment__Rating **list = arena_alloc(w->arena, MAX(n, (size_t)1) * sizeof(void *));

	for (size_t i = 0; i < n; i++) {
		bool pass = chance_percent(&w->chance, 70);

		list[i] = arena_alloc(w->arena, sizeof **list);
		assessment__rating__init(list[i]);
		list[i]->row = rows[i];
		list[i]->level =
			levels[pass ? n_levels - 1 : chance_below(&w->chance, n_levels)]->code;
		list[i]->confidence = 2 + (uint32_t)chance_below(&w->chance, 4);
		list[i]->feedback =
			actor_text(w, "one two three four five six seven eight nine ten "
				      "eleven twelve thirteen fourteen "
				      "fifteen sixteen seventeen eighteen nineteen twenty "
				      "more words than are asked for");
	}
	return list;
}

static void hear_rated(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	actor_hear(w, who, reply);
	if (reply->status == CAIRN__STATUS__OK || ++a->phase % 10 == 0)
		a->holds = ID_NONE;
}

static void complete_reading(struct world *w, struct actor *a)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetReading get = ASSESSMENT__GET_READING__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__CompleteReading complete = ASSESSMENT__COMPLETE_READING__INIT;
	const Assessment__Answer *answer;
	char **rows;

	get.reading = pb_of_id(&a->holds);
	query.body_case = ASSESSMENT__QUERY__BODY_GET_READING;
	query.get_reading = &get;
	answer = (const Assessment__Answer *)world_ask(w, ASSESSMENT, bytes_of_id(&a->id),
						       &query.base);
	if (answer == NULL) {
		a->holds = ID_NONE;
		return;
	}
	rows = arena_alloc(w->arena, MAX(answer->reading->n_rows, (size_t)1) * sizeof *rows);
	for (size_t i = 0; i < answer->reading->n_rows; i++)
		rows[i] = answer->reading->rows[i]->code;
	complete.reading = pb_of_id(&a->holds);
	complete.n_ratings = answer->reading->n_rows;
	complete.ratings = rate(w, rows, answer->reading->n_rows, answer->reading->levels,
				answer->reading->n_levels);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_COMPLETE_READING;
	cmd.complete_reading = &complete;
	actor_say(w, a, ASSESSMENT, &a->id, &cmd.base, hear_rated);
}

void assessor_step(struct world *w, struct actor *a)
{
	if (id_is_none(&a->holds))
		next_reading(w, a);
	else if (chance_percent(&w->chance, 2))
		a->holds = ID_NONE; /* left lying until the lease runs out */
	else if (!a->opened)
		open_reading(w, a);
	else
		complete_reading(w, a);
}

static void adjudicate(struct world *w, struct actor *a, ProtobufCBinaryData submission)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetAdjudication get = ASSESSMENT__GET_ADJUDICATION__INIT;
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__Adjudicate ask = ASSESSMENT__ADJUDICATE__INIT;
	const Assessment__Answer *answer;

	get.submission = submission;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_ADJUDICATION;
	query.get_adjudication = &get;
	answer = (const Assessment__Answer *)world_ask(w, ASSESSMENT, bytes_of_id(&a->id),
						       &query.base);
	if (answer == NULL)
		return;
	ask.submission = submission;
	ask.assessor = pb_of_id(&a->id);
	ask.n_ratings = answer->adjudication->n_rows;
	ask.ratings = rate(w, answer->adjudication->rows, ask.n_ratings,
			   answer->adjudication->levels, answer->adjudication->n_levels);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_ADJUDICATE;
	cmd.adjudicate = &ask;
	actor_say(w, a, ASSESSMENT, &a->id, &cmd.base, NULL);
}

void lead_step(struct world *w, struct actor *a)
{
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	Assessment__GetQueue get = ASSESSMENT__GET_QUEUE__INIT;
	const Assessment__Answer *answer;

	get.state = actor_text(w, chance_percent(&w->chance, 50) ? "adjudication"
								 : "review_adjudication");
	query.body_case = ASSESSMENT__QUERY__BODY_GET_QUEUE;
	query.get_queue = &get;
	answer = (const Assessment__Answer *)world_ask(w, ASSESSMENT, bytes_of_id(&a->id),
						       &query.base);
	if (answer != NULL && answer->queue->n_rows > 0)
		adjudicate(w, a, answer->queue->rows[0]->submission);
}
