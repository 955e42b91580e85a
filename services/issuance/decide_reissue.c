/* Signing again what a retiring or revoked key signed: started by an operator, gone on with by the
 * daemon, batch by batch. */
#include "services/issuance/decide_parts.h"
#include "services/issuance/keys.h"
#include "services/issuance/life.h"
#include "services/issuance/mint.h"

#include <string.h>

/* Some ten milliseconds of signing, so that nobody waits long behind a batch. */
#define BATCH 128

/* ---- by an operator ---- */

/* The key, known and no longer the one that signs; else refused. */
static enum verdict check_key(const struct view *view, struct bytes issuer, const char *name,
			      struct decision *d, struct issuer_key *key_r)
{
	if (!is_id(issuer))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID, "issuer: 16 bytes are expected");
	if (!issuer_key_find(view, issuer, name, d->arena, key_r) ||
	    key_r->added->kind != ISSUANCE__KEY_KIND__ED25519)
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_KEY,
				   "key: the issuer has none of that name that signs credentials");
	return ACCEPTED;
}

enum verdict decide_start_reissue(const struct view *view, const Issuance__Command *cmd,
				  struct decision *d)
{
	const Issuance__StartReissue *ask = cmd->start_reissue;
	struct bytes issuer = bytes_of_pb(ask->issuer);
	Issuance__ReissueStarted started = ISSUANCE__REISSUE_STARTED__INIT;
	struct issuer_key key;
	struct reissue row;

	if (check_key(view, issuer, ask->key, d, &key) != ACCEPTED)
		return REFUSED;
	if (key.row.state == STATE_ACTIVE)
		return refuse_text(d, ISSUANCE__REASON__KEY_IS_ACTIVE,
				   "key: it is the one that signs; rotate or revoke it first");
	if (issuer_key(view, issuer, d->arena) == NULL)
		return refuse_text(d, ISSUANCE__REASON__NO_SIGNING_KEY,
				   "issuer: it has no key to sign with");
	if (reissue_get(view, ask->key, &row) && row.state != REISSUE_FINISHED)
		return refuse_text(d, ISSUANCE__REASON__REISSUE_STANDS,
				   "key: its reissue was started before and has not ended");
	started.issuer = ask->issuer;
	started.key = ask->key;
	started.total = signed_count(view, ask->key);
	EMIT(d, issuer, REISSUE_STARTED, reissue_started, &started);
	return ACCEPTED;
}

static enum verdict check_state(const struct view *view, struct bytes issuer, const char *name,
				enum reissue_state state, struct decision *d)
{
	struct issuer_key key;
	struct reissue row;

	if (check_key(view, issuer, name, d, &key) != ACCEPTED)
		return REFUSED;
	if (!reissue_get(view, name, &row) || row.state != (uint32_t)state)
		return refuse_text(d, ISSUANCE__REASON__NO_REISSUE, "key: no reissue of it %s",
				   state == REISSUE_RUNNING ? "runs" : "pauses");
	return ACCEPTED;
}

enum verdict decide_pause_reissue(const struct view *view, const Issuance__Command *cmd,
				  struct decision *d)
{
	const Issuance__PauseReissue *ask = cmd->pause_reissue;
	struct bytes issuer = bytes_of_pb(ask->issuer);
	Issuance__ReissuePaused paused = ISSUANCE__REISSUE_PAUSED__INIT;

	if (check_state(view, issuer, ask->key, REISSUE_RUNNING, d) != ACCEPTED)
		return REFUSED;
	paused.issuer = ask->issuer;
	paused.key = ask->key;
	EMIT(d, issuer, REISSUE_PAUSED, reissue_paused, &paused);
	return ACCEPTED;
}

enum verdict decide_resume_reissue(const struct view *view, const Issuance__Command *cmd,
				   struct decision *d)
{
	const Issuance__ResumeReissue *ask = cmd->resume_reissue;
	struct bytes issuer = bytes_of_pb(ask->issuer);
	Issuance__ReissueResumed resumed = ISSUANCE__REISSUE_RESUMED__INIT;

	if (check_state(view, issuer, ask->key, REISSUE_PAUSED, d) != ACCEPTED)
		return REFUSED;
	resumed.issuer = ask->issuer;
	resumed.key = ask->key;
	EMIT(d, issuer, REISSUE_RESUMED, reissue_resumed, &resumed);
	return ACCEPTED;
}

/* ---- by the daemon ---- */

struct batch {
	Issuance__ReissueAdvanced advanced;
	Issuance__SkippedCredential *skipped[BATCH];
	size_t n;  /* looked at */
	bool more; /* there are credentials behind the last one */
};

static void skip(struct batch *b, struct bytes credential, const char *reason, struct decision *d)
{
	Issuance__SkippedCredential *s =
		NEW(d, Issuance__SkippedCredential, ISSUANCE__SKIPPED_CREDENTIAL__INIT);

	s->credential = pb_of_bytes(credential);
	s->reason = arena_text(d->arena, bytes_of_text(reason));
	b->skipped[b->advanced.n_skipped++] = s;
}

/* One credential, signed by the key that signs now; or skipped, with the reason. */
static void reissue_one(const struct view *view, struct bytes credential, struct batch *b,
			struct decision *d)
{
	Issuance__CredentialIssued c = *credential_get(view, credential, d->arena);
	Issuance__CredentialReissued again = ISSUANCE__CREDENTIAL_REISSUED__INIT;
	struct life life = life_get(view, credential);
	const char *why;

	if (life_is_listed(life.state, life.reason)) {
		skip(b, credential, "it does not count any more; what reinstates it signs it again",
		     d);
		return;
	}
	again.replaces = c.key;
	mint_with_newest_key(view, &c, d);
	why = mint_document(view, &c, d);
	if (why != NULL) {
		skip(b, credential, why, d);
		return;
	}
	again.credential = c.credential;
	again.educator = c.educator;
	again.signing = mint_signing(&c, d);
	EMIT(d, credential, CREDENTIAL_REISSUED, credential_reissued, &again);
	b->advanced.done++;
}

/* The next credentials of the key behind the cursor. */
static void reissue_next(const struct view *view, const struct reissue *row, const char *name,
			 struct batch *b, struct decision *d)
{
	struct id id = key_id(name);
	struct key from = {0};
	struct bytes key, val;
	struct scan scan;

	key_add(&from, bytes_of_id(&id));
	if (is_id(BYTES_OF(row->cursor))) {
		key_add(&from, BYTES_OF(row->cursor));
		key_add(&from, (struct bytes){(const uint8_t *)"", 1});
	}
	scan = scan_first(view, SIGNED_BY, bytes_of_id(&id), key_bytes(&from));
	while ((b->more = scan_next(&scan, &key, &val)) && b->n < BATCH) {
		struct bytes credential =
			arena_copy(d->arena, (struct bytes){key.data + ID_LEN, key.len - ID_LEN});

		reissue_one(view, credential, b, d);
		b->advanced.cursor = pb_of_bytes(credential);
		b->n++;
	}
	if (b->more)
		scan_end(&scan);
}

/* A batch that was sent for another cursor, or after a pause, does nothing. */
enum verdict decide_reissue_batch(const struct view *view, const Issuance__Command *cmd,
				  struct decision *d)
{
	const Issuance__ReissueBatch *ask = cmd->reissue_batch;
	struct bytes issuer = bytes_of_pb(ask->issuer);
	struct batch b = {.advanced = ISSUANCE__REISSUE_ADVANCED__INIT};
	Issuance__ReissueFinished finished = ISSUANCE__REISSUE_FINISHED__INIT;
	struct reissue row;

	if (!reissue_get(view, ask->key, &row) || row.state != REISSUE_RUNNING ||
	    !bytes_equal(BYTES_OF(row.cursor), bytes_of_pb(ask->after)))
		return ACCEPTED;
	b.advanced.issuer = ask->issuer;
	b.advanced.key = ask->key;
	b.advanced.skipped = b.skipped;
	reissue_next(view, &row, ask->key, &b, d);
	if (b.n > 0)
		EMIT(d, issuer, REISSUE_ADVANCED, reissue_advanced, &b.advanced);
	finished.issuer = ask->issuer;
	finished.key = ask->key;
	if (!b.more)
		EMIT(d, issuer, REISSUE_FINISHED, reissue_finished, &finished);
	return ACCEPTED;
}
