/* What happens to a teacher's evidence beside the work: consents withdrawn while it is read, legal
 * holds placed and lifted by two persons, and the teacher's wish that bytes go. */
#include "tests/simulation/actors_parts.h"

#include "proto/evidence.pb-c.h"

#include <string.h>

static const Evidence__Answer *ask_evidence(struct world *w, const struct id *as,
					    Evidence__Query *query, Evidence__Query__BodyCase body)
{
	query->body_case = body;
	return (const Evidence__Answer *)world_ask(w, EVIDENCE, bytes_of_id(as), &query->base);
}

static void withdraw(struct world *w, struct actor *a, const struct actor *teacher)
{
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	Evidence__GetConsents get = EVIDENCE__GET_CONSENTS__INIT;
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__WithdrawConsent ask = EVIDENCE__WITHDRAW_CONSENT__INIT;
	const Evidence__ConsentEntry *consent;
	const Evidence__Answer *answer;

	get.portfolio = pb_of_id(&teacher->holds);
	query.get_consents = &get;
	answer = ask_evidence(w, &teacher->id, &query, EVIDENCE__QUERY__BODY_GET_CONSENTS);
	if (answer == NULL || answer->consents->n_consents == 0)
		return;
	consent =
		answer->consents->consents[chance_below(&w->chance, answer->consents->n_consents)];
	ask.artifact = consent->artifact;
	ask.consent = consent->consent;
	cmd.body_case = EVIDENCE__COMMAND__BODY_WITHDRAW_CONSENT;
	cmd.withdraw_consent = &ask;
	actor_say(w, a, EVIDENCE, &teacher->id, &cmd.base, NULL);
}

void teacher_wants_purge(struct world *w, struct actor *a)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__RequestPurge ask = EVIDENCE__REQUEST_PURGE__INIT;

	ask.portfolio = pb_of_id(&a->holds);
	cmd.body_case = EVIDENCE__COMMAND__BODY_REQUEST_PURGE;
	cmd.request_purge = &ask;
	actor_say(w, a, EVIDENCE, &a->id, &cmd.base, NULL);
}

static void place_hold(struct world *w, struct cast *c, const struct actor *teacher)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__PlaceHold ask = EVIDENCE__PLACE_HOLD__INIT;
	struct id hold = world_id(w);

	ask.hold = pb_of_id(&hold);
	ask.portfolio = pb_of_id(&teacher->holds);
	ask.reason = actor_text(w, "litigation");
	cmd.body_case = EVIDENCE__COMMAND__BODY_PLACE_HOLD;
	cmd.place_hold = &ask;
	actor_say(w, &c->custodian, EVIDENCE, &c->keeper.id, &cmd.base, NULL);
}

/* The keeper asks, the registrar lifts; at times the same one twice, who is refused. */
static void lift_hold(struct world *w, struct cast *c, ProtobufCBinaryData hold)
{
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__LiftHold ask = EVIDENCE__LIFT_HOLD__INIT;
	const struct id *by = chance_percent(&w->chance, 50) ? &c->keeper.id : &c->registrar.id;

	ask.hold = hold;
	cmd.body_case = EVIDENCE__COMMAND__BODY_LIFT_HOLD;
	cmd.lift_hold = &ask;
	actor_say(w, &c->custodian, EVIDENCE, by, &cmd.base, NULL);
}

static void hold_or_lift(struct world *w, struct cast *c, const struct actor *teacher)
{
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	Evidence__GetRetention get = EVIDENCE__GET_RETENTION__INIT;
	const Evidence__Answer *answer;

	get.portfolio = pb_of_id(&teacher->holds);
	query.get_retention = &get;
	answer = ask_evidence(w, &teacher->id, &query, EVIDENCE__QUERY__BODY_GET_RETENTION);
	if (answer == NULL)
		return;
	for (size_t i = 0; i < answer->retention->n_holds; i++)
		if (answer->retention->holds[i]->lifted_by.len == 0) {
			lift_hold(w, c, answer->retention->holds[i]->hold);
			return;
		}
	place_hold(w, c, teacher);
}

void custodian_step(struct world *w, struct cast *c)
{
	const struct actor *teacher = &c->teachers[chance_below(&w->chance, TEACHERS)];
	uint64_t what = chance_below(&w->chance, 40);

	if (id_is_none(&teacher->holds))
		return;
	if (what == 0)
		withdraw(w, &c->custodian, teacher);
	else if (what <= 2)
		hold_or_lift(w, c, teacher);
}
