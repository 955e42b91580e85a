/*
 * The changes, one per event; apply.c has the table of them.
 */
#ifndef CAIRN_ISSUANCE_APPLY_PARTS_H
#define CAIRN_ISSUANCE_APPLY_PARTS_H

#include "services/issuance/issuance.h"
#include "libshared/eventlog.h"
#include "services/issuance/tables.h"

typedef void apply_fn(struct txn *txn, const Issuance__Event *event, const struct record *record);

/* apply_keys.c */
apply_fn apply_key_added, apply_key_retired, apply_key_revoked;
/* apply_reissue.c */
apply_fn apply_reissue_started, apply_reissue_paused, apply_reissue_resumed,
	apply_credential_reissued, apply_reissue_advanced, apply_reissue_finished;
/* apply_ledger.c */
apply_fn apply_ledger_posted, apply_ledger_reversed, apply_ledger_adjusted,
	apply_ledger_acknowledged, apply_ledger_disputed, apply_evaluation_recorded,
	apply_ledger_swept, apply_renewal_policy_noted;

/* apply_statefile.c */
apply_fn apply_state_layout_noted, apply_state_file_rows, apply_state_file_cut,
	apply_state_file_answered;

/* apply_life.c */
apply_fn apply_credential_issued, apply_suspended, apply_reinstated, apply_proposed,
	apply_withdrawn, apply_revoked, apply_reversed, apply_superseded, apply_expired,
	apply_list_signed, apply_list_delayed;

/* apply_stack.c */
apply_fn apply_stack_noted, apply_stack_members_held, apply_stack_members_settled,
	apply_stack_swept;

#endif
