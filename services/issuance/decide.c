/* What issuance may be asked: keys for issuers, and held credentials tried again. */
#include "libshared/check.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/ledger.h"
#include "services/issuance/mint.h"
#include "services/issuance/stack.h"
#include "services/issuance/status.h"
#include "services/issuance/tables_covered.h"
#include "services/issuance/tables_stack.h"
#include "services/issuance/transparency.h"

static const Assessment__DecisionReleased *released_of(ProtobufCBinaryData facts,
						       struct decision *d)
{
	struct message_fault fault;
	const ProtobufCMessage *released =
		message_unpack(&assessment__decision_released__descriptor, bytes_of_pb(facts),
			       &EVENT_LIMITS, d->arena, &fault);

	ENSURE(released != NULL); /* our own bytes */
	return (const Assessment__DecisionReleased *)released;
}

static enum verdict try_pass(const struct view *view, const Issuance__CredentialHeld *held,
			     struct decision *d)
{
	const Assessment__DecisionReleased *released = released_of(held->facts, d);
	const char *why;

	if (is_covered(view, released, d))
		return refuse_text(d, ISSUANCE__REASON__HOLDS_ONE,
				   "credential: the educator holds one of the same period");
	why = mint(view, released, bytes_of_pb(held->credential), d);
	return why == NULL ? ACCEPTED : refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE, "%s", why);
}

static enum verdict try_award(const struct view *view, const Issuance__CredentialHeld *held,
			      struct decision *d)
{
	const char *why = stack_try_held(view, held, d);

	return why == NULL ? ACCEPTED : refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE, "%s", why);
}

/* An award that stands, with the members that it has now. */
static enum verdict try_members(const struct view *view, struct bytes award, struct decision *d)
{
	const char *why = stack_try_members(view, award, d);

	return why == NULL ? ACCEPTED : refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE, "%s", why);
}

/* A held credential is tried again under its own id; refused with the reason while that stands, and
 * for good when another pass has earned one of the same period meanwhile. */
static enum verdict decide_issue_held(const struct view *view, const Issuance__Command *cmd,
				      struct decision *d)
{
	struct bytes credential = bytes_of_pb(cmd->issue_held->credential);
	const Issuance__CredentialHeld *held;

	if (!is_id(credential))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID,
				   "credential: 16 bytes are expected");
	held = held_get(view, credential, d->arena, NULL);
	if (held == NULL && stack_stale(view, credential, d->arena) != NULL)
		return try_members(view, credential, d);
	if (held == NULL)
		return refuse_text(d, ISSUANCE__REASON__NOT_HELD,
				   "credential: no such credential is held");
	return held->facts.len > 0 ? try_pass(view, held, d) : try_award(view, held, d);
}

static enum verdict decide_note_key_destroyed(const struct view *view, const Issuance__Command *cmd,
					      struct decision *d)
{
	struct bytes educator = bytes_of_pb(cmd->note_key_destroyed->educator), val;
	Issuance__KeyDestroyed destroyed = ISSUANCE__KEY_DESTROYED__INIT;

	if (!is_id(educator) || !view_get(view, TO_FORGET, educator, &val))
		return ACCEPTED; /* said before */
	destroyed.educator = cmd->note_key_destroyed->educator;
	EMIT(d, educator, KEY_DESTROYED, key_destroyed, &destroyed);
	return ACCEPTED;
}

static const struct rule {
	rule_fn *decide;
	uint32_t roles;
} rules[] = {
	[ISSUANCE__COMMAND__BODY_ADD_KEY] = {decide_add_key, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_ROTATE_KEY] = {decide_rotate_key, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_REVOKE_KEY] = {decide_revoke_key, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_START_REISSUE] = {decide_start_reissue, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_PAUSE_REISSUE] = {decide_pause_reissue, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_RESUME_REISSUE] = {decide_resume_reissue, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_REISSUE_BATCH] = {decide_reissue_batch, ROLE_SELF},
	[ISSUANCE__COMMAND__BODY_ISSUE_HELD] = {decide_issue_held, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_ADJUST_LEDGER] = {decide_adjust_ledger, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_ACKNOWLEDGE_LEDGER] = {decide_acknowledge_ledger,
							ROLE_OPERATOR | ROLE_LICENSURE |
								ROLE_DELIVERS},
	[ISSUANCE__COMMAND__BODY_DISPUTE_LEDGER] = {decide_dispute_ledger,
						    ROLE_OPERATOR | ROLE_LICENSURE | ROLE_DELIVERS},
	[ISSUANCE__COMMAND__BODY_CORRECT_LEDGER] = {decide_correct_ledger, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_RECORD_EVALUATION] = {decide_record_evaluation,
						       ROLE_OPERATOR | ROLE_PORTAL},
	[ISSUANCE__COMMAND__BODY_SUSPEND] = {decide_suspend, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_REINSTATE] = {decide_reinstate, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_PROPOSE_REVOCATION] = {decide_propose, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_CONFIRM_REVOCATION] = {decide_confirm, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_WITHDRAW_PROPOSAL] = {decide_withdraw, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_REVOKE] = {decide_revoke, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_REVERSE_REVOCATION] = {decide_reverse, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_CORRECT] = {decide_correct, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_SWEEP_STACK] = {decide_sweep_stack, ROLE_SELF},
	[ISSUANCE__COMMAND__BODY_NOTE_KEY_DESTROYED] = {decide_note_key_destroyed, ROLE_SELF},
	[ISSUANCE__COMMAND__BODY_ADD_EXTERNAL] = {decide_add_external, ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_SIGN_ENDORSEMENT] = {decide_sign_endorsement, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_IMPORT_ENDORSEMENT] = {decide_import_endorsement, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_WITHDRAW_ENDORSEMENT] = {decide_withdraw_endorsement,
							  ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_SHARE_CREDENTIAL] = {decide_share_credential,
						      ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_MARK_SANDBOX] = {decide_mark_sandbox, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_WITHDRAW_SHARE] = {decide_withdraw_share,
						    ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_CUT_STATE_FILE] = {decide_cut_state_file, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_ANSWER_STATE_FILE] = {decide_answer_state_file, ROLE_OPERATOR},
	[ISSUANCE__COMMAND__BODY_NOTE_STATE_FILE_READ] = {decide_note_state_file_read, ROLE_SELF},
};

enum verdict issuance_decide(const struct view *view, const ProtobufCMessage *command,
			     struct decision *d)
{
	const Issuance__Command *cmd = (const Issuance__Command *)command;

	return rules[cmd->body_case].decide(view, cmd, d);
}

uint32_t issuance_command_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(rules) ? rules[kind].roles : 0;
}

/* ---- timers ---- */

/* What covered it was taken back. Noted again where another one covers it. */
static enum verdict decide_covered(const struct view *view, const struct timer_due *timer,
				   struct decision *d)
{
	struct bytes decision = bytes_of_id(&timer->entity);
	const Issuance__PassCovered *covered = covered_get(view, decision, d->arena);
	const Assessment__DecisionReleased *released;
	Issuance__PassCovered again;

	ENSURE(covered != NULL); /* its timer goes with it */
	again = *covered;
	released = released_of(covered->facts, d);
	if (is_covered(view, released, d))
		EMIT(d, decision, PASS_COVERED, pass_covered, &again);
	else
		mint(view, released, new_id(d), d);
	return ACCEPTED;
}

static timer_fn *const timers[] = {
	[TIMER_LEDGER_SWEEP] = ledger_sweep,
	[TIMER_EXPIRY] = decide_expiry,
	[TIMER_STATUS] = status_sign,
	[TIMER_STACK_HOLD] = decide_stack_hold,
	[TIMER_STACK_MEMBERS] = decide_stack_members,
	[TIMER_CHECKPOINT] = decide_checkpoint,
	[TIMER_COVERED] = decide_covered,
};

enum verdict issuance_decide_timer(const struct view *view, const struct timer_due *timer,
				   struct decision *d)
{
	ENSURE(timer->kind < ARRAY_LEN(timers) && timers[timer->kind] != NULL); /* set by us */
	return timers[timer->kind](view, timer, d);
}
