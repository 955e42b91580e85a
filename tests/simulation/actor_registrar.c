/* The registrar of a simulation: suspends, revokes, corrects what was issued, and takes it back. */
#include "tests/simulation/actors_parts.h"

#include "proto/issuance.pb-c.h"

#include <string.h>

#define CREDENTIALS_AT_MOST 12 /* of one teacher */

typedef void ask_fn(struct world *w, struct actor *a, ProtobufCBinaryData credential);

static void registrar_says(struct world *w, const struct id *as, struct actor *a,
			   const Issuance__Command *command)
{
	actor_say(w, a, ISSUANCE, as, &command->base, NULL);
}

static void suspend(struct world *w, struct actor *a, ProtobufCBinaryData credential)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__Suspend ask = ISSUANCE__SUSPEND__INIT;

	ask.credential = credential;
	ask.reason = ISSUANCE__LIFE_REASON__UNDER_REVIEW;
	cmd.body_case = ISSUANCE__COMMAND__BODY_SUSPEND;
	cmd.suspend = &ask;
	registrar_says(w, &a->id, a, &cmd);
}

static void reinstate(struct world *w, struct actor *a, ProtobufCBinaryData credential)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__Reinstate ask = ISSUANCE__REINSTATE__INIT;

	ask.credential = credential;
	cmd.body_case = ISSUANCE__COMMAND__BODY_REINSTATE;
	cmd.reinstate = &ask;
	registrar_says(w, &a->id, a, &cmd);
}

static void propose(struct world *w, struct actor *a, ProtobufCBinaryData credential)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__ProposeRevocation ask = ISSUANCE__PROPOSE_REVOCATION__INIT;

	ask.credential = credential;
	ask.reason = ISSUANCE__LIFE_REASON__DUPLICATE;
	cmd.body_case = ISSUANCE__COMMAND__BODY_PROPOSE_REVOCATION;
	cmd.propose_revocation = &ask;
	registrar_says(w, &a->id, a, &cmd);
}

/* By another person, who is as real as the registrar: an id. */
static void confirm(struct world *w, struct actor *a, ProtobufCBinaryData credential)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__ConfirmRevocation ask = ISSUANCE__CONFIRM_REVOCATION__INIT;
	struct id second = world_id(w);

	ask.credential = credential;
	cmd.body_case = ISSUANCE__COMMAND__BODY_CONFIRM_REVOCATION;
	cmd.confirm_revocation = &ask;
	registrar_says(w, &second, a, &cmd);
}

static void reverse(struct world *w, struct actor *a, ProtobufCBinaryData credential)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__ReverseRevocation ask = ISSUANCE__REVERSE_REVOCATION__INIT;
	struct id renewed = world_id(w);

	ask.credential = credential;
	ask.renewed = pb_of_id(&renewed);
	cmd.body_case = ISSUANCE__COMMAND__BODY_REVERSE_REVOCATION;
	cmd.reverse_revocation = &ask;
	registrar_says(w, &a->id, a, &cmd);
}

static void correct(struct world *w, struct actor *a, ProtobufCBinaryData credential)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__Correct ask = ISSUANCE__CORRECT__INIT;
	struct id corrected = world_id(w);

	ask.credential = credential;
	ask.corrected = pb_of_id(&corrected);
	cmd.body_case = ISSUANCE__COMMAND__BODY_CORRECT;
	cmd.correct = &ask;
	registrar_says(w, &a->id, a, &cmd);
}

static ask_fn *const acts[] = {suspend, reinstate, reinstate, propose, confirm, reverse, correct};

static const Issuance__CredentialList *ask_credentials(struct world *w, const struct id *teacher)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListCredentials list = ISSUANCE__LIST_CREDENTIALS__INIT;
	const Issuance__Answer *answer;

	list.educator = pb_of_id(teacher);
	query.body_case = ISSUANCE__QUERY__BODY_LIST_CREDENTIALS;
	query.list_credentials = &list;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	return answer != NULL ? answer->credentials : NULL;
}

/* Whatever the state: most of it is refused, and must change nothing. */
void registrar_step(struct world *w, struct cast *c)
{
	const struct actor *teacher = &c->teachers[chance_below(&w->chance, TEACHERS)];
	const Issuance__CredentialList *list = ask_credentials(w, &teacher->id);
	ask_fn *act = acts[chance_below(&w->chance, ARRAY_LEN(acts))];
	size_t n = list != NULL ? list->n_credentials : 0;

	if (n == 0 || (n >= CREDENTIALS_AT_MOST && (act == correct || act == reverse)))
		return;
	act(w, &c->registrar, list->credentials[chance_below(&w->chance, n)]->credential);
}
