/*
 * The rules of issuance, one per command, and what several of them need; decide.c has the table of
 * them. prepare.c asks the same checks before it makes a key.
 */
#ifndef CAIRN_ISSUANCE_DECIDE_PARTS_H
#define CAIRN_ISSUANCE_DECIDE_PARTS_H

#include "services/issuance/issuance.h"
#include "services/issuance/tables.h"

typedef enum verdict rule_fn(const struct view *view, const Issuance__Command *cmd,
			     struct decision *d);

typedef enum verdict timer_fn(const struct view *view, const struct timer_due *timer,
			      struct decision *d);

/* decide_keys.c */
rule_fn decide_add_key, decide_rotate_key, decide_revoke_key;
/* decide_reissue.c */
rule_fn decide_start_reissue, decide_pause_reissue, decide_resume_reissue, decide_reissue_batch;
/* decide_ledger.c */
rule_fn decide_adjust_ledger, decide_acknowledge_ledger, decide_dispute_ledger,
	decide_correct_ledger, decide_record_evaluation;
/* decide_statefile.c */
rule_fn decide_cut_state_file, decide_answer_state_file, decide_note_state_file_read;

/* decide_life.c */
rule_fn decide_suspend, decide_reinstate, decide_propose, decide_confirm, decide_withdraw,
	decide_revoke, decide_reverse, decide_correct;
timer_fn decide_expiry;
/* What a decision earned, issued or still held, is taken back: two persons carry it. */
struct taking_back {
	struct bytes decision, educator, entry;
	Issuance__LifeReason reason;
	ProtobufCBinaryData by, second;
};
void take_back(const struct view *view, const struct taking_back *t, struct decision *d);

/* decide_sandbox.c */
rule_fn decide_mark_sandbox;
/* decide_share.c */
rule_fn decide_share_credential, decide_withdraw_share;

/* decide_external.c */
rule_fn decide_add_external;

/* What others signed, and the lists it is verified by. */
struct brought_along {
	ProtobufCBinaryData document, key_list, status_list;
};
enum verdict check_sizes(const struct brought_along *b, size_t document_max, struct decision *d);
/* The DID is of no issuer of this installation. */
enum verdict check_foreign(const struct view *view, const char *did, struct decision *d);
/* All but its period; verified_r says in words what was looked at. */
enum verdict check_signature(const struct brought_along *b, struct decision *d, char **verified_r);

/* decide_endorse.c */
rule_fn decide_sign_endorsement, decide_import_endorsement, decide_withdraw_endorsement;

/* decide_stack.c */
rule_fn decide_sweep_stack;
timer_fn decide_stack_hold, decide_stack_members;

/* Emits one event about entity: EMIT(d, id, KEY_ADDED, key_added, &added). */
#define EMIT(d, entity, CASE, member, body)                                                        \
	do {                                                                                       \
		Issuance__Event event_ = ISSUANCE__EVENT__INIT;                                    \
		event_.body_case = ISSUANCE__EVENT__BODY_##CASE;                                   \
		event_.member = (body);                                                            \
		emit_about((d), (entity), &event_.base);                                           \
	} while (0)

/* Whether the command makes a key, of whom and of which kind. What it refuses for, d says. */
struct key_wish {
	struct bytes issuer;
	Issuance__KeyKind kind;
};
bool key_wanted(const struct view *view, const Issuance__Command *cmd, struct decision *d,
		struct key_wish *wish_r);

#endif
