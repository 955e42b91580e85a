/* What the events of issuance change in its tables. */
#include "services/issuance/apply_parts.h"
#include "services/issuance/issuance.h"
#include "services/issuance/transparency.h"
#include "services/issuance/tables_endorsement.h"
#include "services/issuance/tables.h"
#include "services/issuance/tables_covered.h"
#include "services/issuance/tables_share.h"
#include "services/issuance/tables_statefile.h"
#include "services/issuance/tables_unfit.h"

static void apply_issuer_noted(struct txn *txn, const Issuance__Event *event,
			       const struct record *record)
{
	issuer_put(txn, bytes_of_pb(event->issuer_noted->issuer->issuer), record->payload);
}

static void apply_achievement_noted(struct txn *txn, const Issuance__Event *event,
				    const struct record *record)
{
	const Issuance__AchievementNoted *a = event->achievement_noted;

	achievement_put(txn, bytes_of_pb(a->entry), a->version, record->payload);
}

static void apply_educator_noted(struct txn *txn, const Issuance__Event *event,
				 const struct record *record)
{
	educator_put(txn, bytes_of_pb(event->educator_noted->educator), record->payload);
	educator_was(txn, bytes_of_pb(event->educator_noted->educator), record->payload);
}

/* The sealed person goes from the table at once; the key goes after the commit. */
static void apply_educator_forgotten(struct txn *txn, const Issuance__Event *event,
				     const struct record *record)
{
	struct bytes educator = bytes_of_pb(event->educator_forgotten->educator);

	educator_put(txn, educator, record->payload);
	educator_was_forget(txn, educator);
	txn_put(txn, TO_FORGET, educator, BYTES_NONE);
}

static void apply_key_destroyed(struct txn *txn, const Issuance__Event *event,
				const struct record *record)
{
	(void)record;
	txn_delete(txn, TO_FORGET, bytes_of_pb(event->key_destroyed->educator));
}

static void apply_license_noted(struct txn *txn, const Issuance__Event *event,
				const struct record *record)
{
	const Issuance__LicenseNoted *l = event->license_noted;

	license_put(txn, bytes_of_pb(l->educator), bytes_of_pb(l->license), record->payload);
	license_was(txn, bytes_of_pb(l->license), record->payload);
}

static void apply_credential_held(struct txn *txn, const Issuance__Event *event,
				  const struct record *record)
{
	held_put(txn, event->credential_held, record->at_us, record->payload);
	covered_drop(txn, bytes_of_pb(event->credential_held->decision));
}

static void apply_held_dropped(struct txn *txn, const Issuance__Event *event,
			       const struct record *record)
{
	(void)record;
	held_drop(txn, bytes_of_pb(event->held_dropped->credential));
}

static void apply_decision_taken_back(struct txn *txn, const Issuance__Event *event,
				      const struct record *record)
{
	const Issuance__DecisionTakenBack *taken = event->decision_taken_back;

	txn_put(txn, TAKEN_BACK, bytes_of_pb(taken->decision), BYTES_NONE);
	covered_drop(txn, bytes_of_pb(taken->decision));
	if (taken->counted)
		covered_due(txn, bytes_of_pb(taken->educator), bytes_of_pb(taken->entry),
			    record->at_us);
}

static void apply_pass_covered(struct txn *txn, const Issuance__Event *event,
			       const struct record *record)
{
	covered_put(txn, event->pass_covered, record->payload);
}

static void apply_external_credential_added(struct txn *txn, const Issuance__Event *event,
					    const struct record *record)
{
	external_put(txn, event->external_credential_added, record->payload);
}

static void apply_checkpoint_signed(struct txn *txn, const Issuance__Event *event,
				    const struct record *record)
{
	checkpoint_put(txn, event->checkpoint_signed, record);
}

static void apply_endorsement_signed(struct txn *txn, const Issuance__Event *event,
				     const struct record *record)
{
	endorsement_put(txn, event->endorsement_signed->endorsement, record->at_us,
			record->payload);
}

static void apply_endorsement_imported(struct txn *txn, const Issuance__Event *event,
				       const struct record *record)
{
	endorsement_put(txn, event->endorsement_imported->endorsement, record->at_us,
			record->payload);
}

static void apply_endorsement_withdrawn(struct txn *txn, const Issuance__Event *event,
					const struct record *record)
{
	endorsement_withdraw(txn, bytes_of_pb(event->endorsement_withdrawn->endorsement),
			     record->at_us, record->payload);
}

static void apply_document_unfit(struct txn *txn, const Issuance__Event *event,
				 const struct record *record)
{
	unfit_put(txn, event->document_unfit, record->payload);
}

static void apply_credential_shared(struct txn *txn, const Issuance__Event *event,
				    const struct record *record)
{
	share_put(txn, event->credential_shared, record->at_us, record->payload);
}

static void apply_share_withdrawn(struct txn *txn, const Issuance__Event *event,
				  const struct record *record)
{
	share_withdraw(txn, bytes_of_pb(event->share_withdrawn->share), record->at_us);
}

static void apply_sandbox_marked(struct txn *txn, const Issuance__Event *event,
				 const struct record *record)
{
	(void)event;
	(void)record;
	sandbox_put(txn);
}

static apply_fn *const changes[] = {
	[ISSUANCE__EVENT__BODY_KEY_ADDED] = apply_key_added,
	[ISSUANCE__EVENT__BODY_KEY_RETIRED] = apply_key_retired,
	[ISSUANCE__EVENT__BODY_KEY_REVOKED] = apply_key_revoked,
	[ISSUANCE__EVENT__BODY_REISSUE_STARTED] = apply_reissue_started,
	[ISSUANCE__EVENT__BODY_REISSUE_PAUSED] = apply_reissue_paused,
	[ISSUANCE__EVENT__BODY_REISSUE_RESUMED] = apply_reissue_resumed,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED] = apply_credential_reissued,
	[ISSUANCE__EVENT__BODY_REISSUE_ADVANCED] = apply_reissue_advanced,
	[ISSUANCE__EVENT__BODY_REISSUE_FINISHED] = apply_reissue_finished,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED] = apply_credential_issued,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_HELD] = apply_credential_held,
	[ISSUANCE__EVENT__BODY_HELD_DROPPED] = apply_held_dropped,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED] = apply_suspended,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED] = apply_reinstated,
	[ISSUANCE__EVENT__BODY_REVOCATION_PROPOSED] = apply_proposed,
	[ISSUANCE__EVENT__BODY_PROPOSAL_WITHDRAWN] = apply_withdrawn,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED] = apply_revoked,
	[ISSUANCE__EVENT__BODY_REVOCATION_REVERSED] = apply_reversed,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED] = apply_superseded,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_EXPIRED] = apply_expired,
	[ISSUANCE__EVENT__BODY_STATUS_LIST_SIGNED] = apply_list_signed,
	[ISSUANCE__EVENT__BODY_STATUS_LIST_DELAYED] = apply_list_delayed,
	[ISSUANCE__EVENT__BODY_ISSUER_NOTED] = apply_issuer_noted,
	[ISSUANCE__EVENT__BODY_ACHIEVEMENT_NOTED] = apply_achievement_noted,
	[ISSUANCE__EVENT__BODY_EDUCATOR_NOTED] = apply_educator_noted,
	[ISSUANCE__EVENT__BODY_LICENSE_NOTED] = apply_license_noted,
	[ISSUANCE__EVENT__BODY_EDUCATOR_FORGOTTEN] = apply_educator_forgotten,
	[ISSUANCE__EVENT__BODY_LEDGER_POSTED] = apply_ledger_posted,
	[ISSUANCE__EVENT__BODY_LEDGER_REVERSED] = apply_ledger_reversed,
	[ISSUANCE__EVENT__BODY_LEDGER_ADJUSTED] = apply_ledger_adjusted,
	[ISSUANCE__EVENT__BODY_LEDGER_ACKNOWLEDGED] = apply_ledger_acknowledged,
	[ISSUANCE__EVENT__BODY_LEDGER_DISPUTED] = apply_ledger_disputed,
	[ISSUANCE__EVENT__BODY_EVALUATION_RECORDED] = apply_evaluation_recorded,
	[ISSUANCE__EVENT__BODY_LEDGER_SWEPT] = apply_ledger_swept,
	[ISSUANCE__EVENT__BODY_RENEWAL_POLICY_NOTED] = apply_renewal_policy_noted,
	[ISSUANCE__EVENT__BODY_STACK_NOTED] = apply_stack_noted,
	[ISSUANCE__EVENT__BODY_STACK_SWEPT] = apply_stack_swept,
	[ISSUANCE__EVENT__BODY_KEY_DESTROYED] = apply_key_destroyed,
	[ISSUANCE__EVENT__BODY_CHECKPOINT_SIGNED] = apply_checkpoint_signed,
	[ISSUANCE__EVENT__BODY_EXTERNAL_CREDENTIAL_ADDED] = apply_external_credential_added,
	[ISSUANCE__EVENT__BODY_ENDORSEMENT_SIGNED] = apply_endorsement_signed,
	[ISSUANCE__EVENT__BODY_ENDORSEMENT_IMPORTED] = apply_endorsement_imported,
	[ISSUANCE__EVENT__BODY_ENDORSEMENT_WITHDRAWN] = apply_endorsement_withdrawn,
	[ISSUANCE__EVENT__BODY_STACK_MEMBERS_HELD] = apply_stack_members_held,
	[ISSUANCE__EVENT__BODY_STACK_MEMBERS_SETTLED] = apply_stack_members_settled,
	[ISSUANCE__EVENT__BODY_DOCUMENT_UNFIT] = apply_document_unfit,
	[ISSUANCE__EVENT__BODY_DECISION_TAKEN_BACK] = apply_decision_taken_back,
	[ISSUANCE__EVENT__BODY_PASS_COVERED] = apply_pass_covered,
	[ISSUANCE__EVENT__BODY_CREDENTIAL_SHARED] = apply_credential_shared,
	[ISSUANCE__EVENT__BODY_SHARE_WITHDRAWN] = apply_share_withdrawn,
	[ISSUANCE__EVENT__BODY_STATE_LAYOUT_NOTED] = apply_state_layout_noted,
	[ISSUANCE__EVENT__BODY_STATE_FILE_ROWS] = apply_state_file_rows,
	[ISSUANCE__EVENT__BODY_STATE_FILE_CUT] = apply_state_file_cut,
	[ISSUANCE__EVENT__BODY_STATE_FILE_ANSWERED] = apply_state_file_answered,
	[ISSUANCE__EVENT__BODY_SANDBOX_MARKED] = apply_sandbox_marked,
};

void issuance_apply(struct txn *txn, const ProtobufCMessage *message, const struct record *record)
{
	const Issuance__Event *event = (const Issuance__Event *)message;

	if (event->body_case < ARRAY_LEN(changes) && changes[event->body_case] != NULL)
		changes[event->body_case](txn, event, record);
}
