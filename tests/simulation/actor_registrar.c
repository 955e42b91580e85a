/* The registrar of a simulation: suspends, revokes, corrects what was issued, and takes it back. */
#include "tests/simulation/actors_parts.h"

#include "proto/issuance.pb-c.h"
#include "tests/support/life_kit.h"

#define CREDENTIALS_AT_MOST 12 /* of one teacher */

typedef const ProtobufCMessage *ask_fn(struct world *w, struct bytes credential);

static const ProtobufCMessage *suspend(struct world *w, struct bytes credential)
{
	return life_suspend(w->arena, credential);
}

static const ProtobufCMessage *reinstate(struct world *w, struct bytes credential)
{
	return life_reinstate(w->arena, credential);
}

static const ProtobufCMessage *propose(struct world *w, struct bytes credential)
{
	return life_propose(w->arena, credential, ISSUANCE__LIFE_REASON__DUPLICATE);
}

static const ProtobufCMessage *confirm(struct world *w, struct bytes credential)
{
	return life_confirm(w->arena, credential);
}

/* A fresh id, in the arena. */
static struct bytes another(struct world *w)
{
	struct id id = world_id(w);

	return arena_copy(w->arena, bytes_of_id(&id));
}

static const ProtobufCMessage *reverse(struct world *w, struct bytes credential)
{
	return life_reverse(w->arena, credential, another(w));
}

static const ProtobufCMessage *correct(struct world *w, struct bytes credential)
{
	return life_correct(w->arena, credential, another(w));
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
	struct bytes credential;
	struct id as;

	if (n == 0 || (n >= CREDENTIALS_AT_MOST && (act == correct || act == reverse)))
		return;
	credential = bytes_of_pb(list->credentials[chance_below(&w->chance, n)]->credential);
	/* Who confirms is another person, who is as real as the registrar: an id. */
	as = act == confirm ? world_id(w) : c->registrar.id;
	actor_say(w, &c->registrar, ISSUANCE, &as, act(w, credential), NULL);
}
