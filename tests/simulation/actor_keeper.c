/* The keeper of the issuer's keys: rotates, revokes, has signed again what a key signed. */
#include "tests/simulation/actors_parts.h"

#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"

#include <string.h>

#define KEYS_AT_MOST 40

static void keeper_says(struct world *w, struct actor *a, const Issuance__Command *command)
{
	actor_say(w, a, ISSUANCE, &a->id, &command->base, NULL);
}

static void rotate(struct world *w, struct actor *a)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__RotateKey ask = ISSUANCE__ROTATE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.because = actor_text(w, "it is time");
	cmd.body_case = ISSUANCE__COMMAND__BODY_ROTATE_KEY;
	cmd.rotate_key = &ask;
	keeper_says(w, a, &cmd);
}

static void revoke(struct world *w, struct actor *a, char *key)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey ask = ISSUANCE__REVOKE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.key = key;
	ask.because = actor_text(w, "it was stolen");
	ask.replace = true;
	cmd.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	cmd.revoke_key = &ask;
	keeper_says(w, a, &cmd);
}

static void start(struct world *w, struct actor *a, char *key)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__StartReissue ask = ISSUANCE__START_REISSUE__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.key = key;
	cmd.body_case = ISSUANCE__COMMAND__BODY_START_REISSUE;
	cmd.start_reissue = &ask;
	keeper_says(w, a, &cmd);
}

static void pause_or_resume(struct world *w, struct actor *a, char *key, bool pause)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__PauseReissue rest = ISSUANCE__PAUSE_REISSUE__INIT;
	Issuance__ResumeReissue go_on = ISSUANCE__RESUME_REISSUE__INIT;

	rest.issuer = go_on.issuer = kit_issuer()->issuer;
	rest.key = go_on.key = key;
	cmd.body_case = pause ? ISSUANCE__COMMAND__BODY_PAUSE_REISSUE
			      : ISSUANCE__COMMAND__BODY_RESUME_REISSUE;
	if (pause)
		cmd.pause_reissue = &rest;
	else
		cmd.resume_reissue = &go_on;
	keeper_says(w, a, &cmd);
}

/* The daemon's part. */
static void batch(struct world *w, struct actor *a, const Issuance__ReissueAnswer *r)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__ReissueBatch ask = ISSUANCE__REISSUE_BATCH__INIT;

	ask.issuer = r->issuer;
	ask.key = r->key;
	ask.after = r->cursor.len > 0 ? r->cursor : pb_of_bytes((struct bytes){ID_NONE.b, ID_LEN});
	cmd.body_case = ISSUANCE__COMMAND__BODY_REISSUE_BATCH;
	cmd.reissue_batch = &ask;
	actor_say(w, a, ISSUANCE, NULL, &cmd.base, NULL);
}

static const Issuance__IssuerAnswer *ask_issuer(struct world *w)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetIssuer get = ISSUANCE__GET_ISSUER__INIT;
	const Issuance__Answer *answer;

	get.issuer = kit_issuer()->issuer;
	query.body_case = ISSUANCE__QUERY__BODY_GET_ISSUER;
	query.get_issuer = &get;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	return answer != NULL ? answer->issuer : NULL;
}

/* The reissue that has not ended; NULL: all have. */
static const Issuance__ReissueAnswer *ask_reissue(struct world *w)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListReissues list = ISSUANCE__LIST_REISSUES__INIT;
	const Issuance__Answer *answer;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_REISSUES;
	query.list_reissues = &list;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	for (size_t i = 0; answer != NULL && i < answer->reissues->n_reissues; i++)
		if (strcmp(answer->reissues->reissues[i]->state, "finished") != 0)
			return answer->reissues->reissues[i];
	return NULL;
}

void keeper_step(struct world *w, struct actor *a)
{
	const Issuance__ReissueAnswer *r = ask_reissue(w);
	const Issuance__IssuerAnswer *issuer = r == NULL ? ask_issuer(w) : NULL;
	const Issuance__KeyAnswer *key;

	if (r != NULL && strcmp(r->state, "paused") == 0) {
		pause_or_resume(w, a, r->key, false);
	} else if (r != NULL && chance_percent(&w->chance, 10)) {
		pause_or_resume(w, a, r->key, true);
	} else if (r != NULL) {
		batch(w, a, r);
	} else if (issuer != NULL && issuer->n_all_keys > 0) {
		key = issuer->all_keys[chance_below(&w->chance, issuer->n_all_keys)];
		if (key->credentials == 0 || issuer->n_all_keys >= KEYS_AT_MOST)
			return; /* it signed nothing yet, or nothing any more */
		if (strcmp(key->state, "active") != 0)
			start(w, a, key->key);
		else if (chance_percent(&w->chance, 50))
			revoke(w, a, key->key);
		else
			rotate(w, a);
	}
}
