/* What may be done with a credential that was issued: the rules of its life. */
#include "services/issuance/decide_parts.h"
#include "services/issuance/ledger.h"
#include "services/issuance/life.h"
#include "services/issuance/mint.h"
#include "services/issuance/stack.h"
#include "services/issuance/tables_covered.h"

/* A credential and what became of it. */
struct subject {
	struct bytes id;
	const Issuance__CredentialIssued *c;
	struct life life;
};

static const char *const act_names[N_LIFE_ACTS] = {
	[ACT_SUSPEND] = "suspended",
	[ACT_REINSTATE] = "reinstated",
	[ACT_PROPOSE] = "revoked",
	[ACT_CONFIRM] = "revoked",
	[ACT_WITHDRAW] = "left as it is",
	[ACT_REVOKE] = "revoked",
	[ACT_REVERSE] = "issued again after a reversal",
	[ACT_CORRECT] = "corrected",
	[ACT_RENEW] = "renewed",
	[ACT_EXPIRE] = "expired",
};

/* The credential, if the act is allowed in its state; else refused. */
static bool subject_find(const struct view *view, ProtobufCBinaryData credential, enum life_act act,
			 struct decision *d, struct subject *s_r)
{
	struct subject s = {.id = bytes_of_pb(credential)};
	enum life_state state, after;

	if (!is_id(s.id)) {
		refuse_text(d, ISSUANCE__REASON__BAD_ID, "credential: 16 bytes are expected");
		return false;
	}
	s.c = credential_get(view, s.id, d->arena);
	if (s.c == NULL) {
		refuse_text(d, ISSUANCE__REASON__UNKNOWN_CREDENTIAL,
			    "credential: no such credential was issued here");
		return false;
	}
	s.life = life_get(view, s.id);
	state = (enum life_state)s.life.state;
	if (!life_next(state, act, &after)) {
		refuse_text(d, ISSUANCE__REASON__WRONG_STATE,
			    "credential: it is %s, and cannot be %s", life_state_name(state),
			    act_names[act]);
		return false;
	}
	*s_r = s;
	return true;
}

/* ---- suspended and reinstated ---- */

enum verdict decide_suspend(const struct view *view, const Issuance__Command *cmd,
			    struct decision *d)
{
	Issuance__CredentialSuspended suspended = ISSUANCE__CREDENTIAL_SUSPENDED__INIT;
	struct subject s;

	if (!subject_find(view, cmd->suspend->credential, ACT_SUSPEND, d, &s))
		return REFUSED;
	if (!reason_suspends((int)cmd->suspend->reason))
		return refuse_text(d, ISSUANCE__REASON__BAD_REASON,
				   "reason: under_review, earner_request or legal_order");
	suspended.credential = s.c->credential;
	suspended.educator = s.c->educator;
	suspended.entry = s.c->entry;
	suspended.version = s.c->version;
	suspended.reason = cmd->suspend->reason;
	suspended.by = pb_of_id(&d->actor);
	suspended.public_id = pb_of_bytes(new_id(d));
	EMIT(d, s.id, CREDENTIAL_SUSPENDED, credential_suspended, &suspended);
	return ACCEPTED;
}

/* Its place in the status list says for good that it does not count, so it gets another one. */
enum verdict decide_reinstate(const struct view *view, const Issuance__Command *cmd,
			      struct decision *d)
{
	Issuance__CredentialReinstated back = ISSUANCE__CREDENTIAL_REINSTATED__INIT;
	Issuance__CredentialIssued again;
	struct subject s;
	const char *why;

	if (!subject_find(view, cmd->reinstate->credential, ACT_REINSTATE, d, &s))
		return REFUSED;
	again = *s.c;
	if (!stack_ready(view, &again, d))
		return REFUSED;
	mint_with_newest_key(view, &again, d);
	mint_with_fresh_status(view, &again, d);
	why = mint_document(view, &again, d);
	if (why != NULL)
		return refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE, "%s", why);
	back.credential = s.c->credential;
	back.educator = s.c->educator;
	back.entry = s.c->entry;
	back.version = s.c->version;
	back.by = pb_of_id(&d->actor);
	back.public_id = pb_of_bytes(new_id(d));
	back.signing = mint_signing(&again, d);
	EMIT(d, s.id, CREDENTIAL_REINSTATED, credential_reinstated, &back);
	return ACCEPTED;
}

/* ---- revoked, by two persons ---- */

static enum verdict refuse_reason(struct decision *d)
{
	return refuse_text(d, ISSUANCE__REASON__BAD_REASON,
			   "reason: issued_in_error, integrity_founded, appeal_by_issuer, "
			   "key_compromise, duplicate, earner_request or legal_order");
}

enum verdict decide_propose(const struct view *view, const Issuance__Command *cmd,
			    struct decision *d)
{
	Issuance__RevocationProposed proposed = ISSUANCE__REVOCATION_PROPOSED__INIT;
	struct subject s;

	if (!subject_find(view, cmd->propose_revocation->credential, ACT_PROPOSE, d, &s))
		return REFUSED;
	if (!reason_revokes((int)cmd->propose_revocation->reason))
		return refuse_reason(d);
	if (id_is_none(&d->actor))
		return refuse_text(d, ISSUANCE__REASON__NEEDS_ACTOR,
				   "the person who proposes it must be named");
	if (s.life.proposed != 0)
		return refuse_text(d, ISSUANCE__REASON__ALREADY_PROPOSED,
				   "a proposal waits for a second person already");
	proposed.credential = s.c->credential;
	proposed.reason = cmd->propose_revocation->reason;
	proposed.by = pb_of_id(&d->actor);
	EMIT(d, s.id, REVOCATION_PROPOSED, revocation_proposed, &proposed);
	return ACCEPTED;
}

static void emit_revoked(struct decision *d, const struct subject *s, Issuance__LifeReason reason,
			 ProtobufCBinaryData by, ProtobufCBinaryData second)
{
	Issuance__CredentialRevoked revoked = ISSUANCE__CREDENTIAL_REVOKED__INIT;

	revoked.credential = s->c->credential;
	revoked.educator = s->c->educator;
	revoked.entry = s->c->entry;
	revoked.version = s->c->version;
	revoked.reason = reason;
	revoked.by = by;
	revoked.second = second;
	revoked.public_id = pb_of_bytes(new_id(d));
	EMIT(d, s->id, CREDENTIAL_REVOKED, credential_revoked, &revoked);
}

enum verdict decide_confirm(const struct view *view, const Issuance__Command *cmd,
			    struct decision *d)
{
	struct subject s;

	if (!subject_find(view, cmd->confirm_revocation->credential, ACT_CONFIRM, d, &s))
		return REFUSED;
	if (s.life.proposed == 0)
		return refuse_text(d, ISSUANCE__REASON__NOT_PROPOSED,
				   "no revocation of it is proposed");
	if (id_is_none(&d->actor))
		return refuse_text(d, ISSUANCE__REASON__NEEDS_ACTOR,
				   "the person who confirms it must be named");
	if (bytes_equal(bytes_of_id(&d->actor), BYTES_OF(s.life.proposed_by)))
		return refuse_text(d, ISSUANCE__REASON__SAME_PERSON,
				   "who proposed it cannot confirm it");
	emit_revoked(d, &s, (Issuance__LifeReason)s.life.proposed,
		     pb_of_bytes(BYTES_OF(s.life.proposed_by)), pb_of_id(&d->actor));
	ledger_reverse(view, s.c, "revoked", d);
	stacks_went(view, s.c, d);
	return ACCEPTED;
}

enum verdict decide_withdraw(const struct view *view, const Issuance__Command *cmd,
			     struct decision *d)
{
	Issuance__ProposalWithdrawn withdrawn = ISSUANCE__PROPOSAL_WITHDRAWN__INIT;
	struct subject s;

	if (!subject_find(view, cmd->withdraw_proposal->credential, ACT_WITHDRAW, d, &s))
		return REFUSED;
	if (s.life.proposed == 0)
		return refuse_text(d, ISSUANCE__REASON__NOT_PROPOSED,
				   "no revocation of it is proposed");
	withdrawn.credential = s.c->credential;
	withdrawn.by = pb_of_id(&d->actor);
	EMIT(d, s.id, PROPOSAL_WITHDRAWN, proposal_withdrawn, &withdrawn);
	return ACCEPTED;
}

/* Both persons at once: an operator's word for it, and recorded as such. */
enum verdict decide_revoke(const struct view *view, const Issuance__Command *cmd,
			   struct decision *d)
{
	const Issuance__Revoke *ask = cmd->revoke;
	struct subject s;

	if (!subject_find(view, ask->credential, ACT_REVOKE, d, &s))
		return REFUSED;
	if (!reason_revokes((int)ask->reason))
		return refuse_reason(d);
	if (!is_id(bytes_of_pb(ask->by)) || !is_id(bytes_of_pb(ask->second)))
		return refuse_text(d, ISSUANCE__REASON__NEEDS_ACTOR,
				   "by, second: the two persons who agreed must be named");
	if (bytes_equal(bytes_of_pb(ask->by), bytes_of_pb(ask->second)))
		return refuse_text(d, ISSUANCE__REASON__SAME_PERSON,
				   "second: must be another person");
	emit_revoked(d, &s, ask->reason, ask->by, ask->second);
	ledger_reverse(view, s.c, "revoked", d);
	stacks_went(view, s.c, d);
	return ACCEPTED;
}

/* Nothing may be issued of it any more. */
static void drop_held(const struct view *view, struct bytes credential, struct decision *d)
{
	const Issuance__CredentialHeld *held = held_get(view, credential, d->arena, NULL);
	Issuance__HeldDropped dropped = ISSUANCE__HELD_DROPPED__INIT;

	if (held == NULL)
		return;
	dropped.credential = held->credential;
	dropped.educator = held->educator;
	EMIT(d, credential, HELD_DROPPED, held_dropped, &dropped);
}

static void emit_taken_back(const struct taking_back *t, bool counted, struct decision *d)
{
	Issuance__DecisionTakenBack taken = ISSUANCE__DECISION_TAKEN_BACK__INIT;

	taken.decision = pb_of_bytes(t->decision);
	taken.educator = pb_of_bytes(t->educator);
	taken.entry = pb_of_bytes(t->entry);
	taken.counted = counted;
	EMIT(d, t->decision, DECISION_TAKEN_BACK, decision_taken_back, &taken);
}

/* What the decision earned, if that counts still. */
static bool counts(const struct view *view, struct bytes credential, struct decision *d,
		   struct subject *s_r)
{
	enum life_state after;

	s_r->id = credential;
	s_r->c = credential_get(view, credential, d->arena);
	s_r->life = life_get(view, credential);
	return s_r->c != NULL && life_next((enum life_state)s_r->life.state, ACT_REVOKE, &after);
}

/* One that does not count any more is left as it is. */
void take_back(const struct view *view, const struct taking_back *t, struct decision *d)
{
	struct id credential = {0};
	bool earned = decision_earned(view, t->decision, &credential);
	struct bytes id = arena_copy(d->arena, bytes_of_id(&credential));
	struct subject s;

	if (is_taken_back(view, t->decision) ||
	    (!earned && covered_get(view, t->decision, d->arena) == NULL))
		return;
	if (!counts(view, id, d, &s)) {
		emit_taken_back(t, false, d);
		drop_held(view, id, d);
		return;
	}
	emit_taken_back(t, true, d);
	emit_revoked(d, &s, t->reason, t->by, t->second);
	ledger_reverse(view, s.c, "revoked", d);
	stacks_went(view, s.c, d);
}

/* ---- another one in its place ---- */

/* c, with a new id, signed now. False: refused. */
static bool sign_successor(const struct view *view, Issuance__CredentialIssued *c,
			   ProtobufCBinaryData id, struct decision *d)
{
	const char *why;

	if (!is_id(bytes_of_pb(id))) {
		refuse_text(d, ISSUANCE__REASON__BAD_ID, "the new credential: 16 bytes expected");
		return false;
	}
	if (credential_get(view, bytes_of_pb(id), d->arena) != NULL ||
	    held_get(view, bytes_of_pb(id), d->arena, NULL) != NULL) {
		refuse_text(d, ISSUANCE__REASON__ID_TAKEN, "the new credential: the id is taken");
		return false;
	}
	c->credential = id;
	mint_with_newest_key(view, c, d);
	mint_with_fresh_status(view, c, d);
	why = mint_document(view, c, d);
	if (why != NULL)
		refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE, "%s", why);
	return why == NULL;
}

enum verdict decide_reverse(const struct view *view, const Issuance__Command *cmd,
			    struct decision *d)
{
	const Issuance__ReverseRevocation *ask = cmd->reverse_revocation;
	Issuance__RevocationReversed reversed = ISSUANCE__REVOCATION_REVERSED__INIT;
	Issuance__CredentialIssued c;
	struct active active;
	struct subject s;

	if (!subject_find(view, ask->credential, ACT_REVERSE, d, &s))
		return REFUSED;
	if (is_id(BYTES_OF(s.life.superseded_by)))
		return refuse_text(d, ISSUANCE__REASON__ALREADY_REVERSED,
				   "credential: its revocation was reversed before");
	if (is_taken_back(view, bytes_of_pb(s.c->decision)))
		return refuse_text(d, ISSUANCE__REASON__WRONG_STATE,
				   "credential: its decision was taken back by a review or a "
				   "founded integrity case; only a new decision gives another one");
	if (active_get(view, bytes_of_pb(s.c->educator), bytes_of_pb(s.c->entry), &active))
		return refuse_text(d, ISSUANCE__REASON__HOLDS_ONE,
				   "credential: the educator has earned another one since");
	c = *s.c;
	c.supersedes = s.c->credential;
	c.because = ISSUANCE__LIFE_REASON__APPEAL_UPHELD;
	if (!stack_ready(view, &c, d) || !sign_successor(view, &c, ask->renewed, d))
		return REFUSED;
	reversed.credential = s.c->credential;
	reversed.educator = s.c->educator;
	reversed.renewed = ask->renewed;
	reversed.by = pb_of_id(&d->actor);
	EMIT(d, s.id, REVOCATION_REVERSED, revocation_reversed, &reversed);
	mint_emit(view, &c, BYTES_NONE, d);
	return ACCEPTED;
}

/* The same facts in the issuer's newest wording, to the educator's newest address, and where it is
 * asked for in the wording of another version of the entry. */
enum verdict decide_correct(const struct view *view, const Issuance__Command *cmd,
			    struct decision *d)
{
	const Issuance__Correct *ask = cmd->correct;
	Issuance__CredentialIssued c;
	struct subject s;

	if (!subject_find(view, ask->credential, ACT_CORRECT, d, &s))
		return REFUSED;
	if (s.c->valid_until_us != 0 && s.c->valid_until_us <= d->now_us)
		return refuse_text(d, ISSUANCE__REASON__WRONG_STATE,
				   "credential: its period is over");
	c = *s.c;
	c.version = ask->version != 0 ? ask->version : c.version;
	if (achievement_get(view, bytes_of_pb(c.entry), c.version, d->arena) == NULL)
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_VERSION,
				   "version: not known of this entry");
	c.recipient = NULL;
	c.supersedes = s.c->credential;
	c.because = ISSUANCE__LIFE_REASON__CORRECTION;
	if (!stack_ready(view, &c, d) || !sign_successor(view, &c, ask->corrected, d))
		return REFUSED;
	mint_superseded(s.c, &c, d);
	ledger_reverse(view, s.c, "superseded", d);
	mint_emit(view, &c, s.id, d);
	return ACCEPTED;
}

/* ---- expired ---- */

enum verdict decide_expiry(const struct view *view, const struct timer_due *timer,
			   struct decision *d)
{
	const Issuance__CredentialIssued *c =
		credential_get(view, bytes_of_id(&timer->entity), d->arena);

	mint_expired(c, d);
	return ACCEPTED;
}
