/*
 * The renewal ledger: credits posted when a credential is issued to an educator with a license of a
 * state that has a policy, and reversed when it no longer counts; always in the commit of what
 * caused it.
 *
 *	mint_emit()    ledger_post()     a credential was issued (BYTES_NONE: it replaces none)
 *	decide_life.c  ledger_reverse()  it was revoked; or superseded, before ledger_post() of the
 *	                                 one that replaces it
 *	follow.c       ledger_note_license(), ledger_note_policy()
 *	                                 what was issued before counts too; ledger_sweep() does so
 *	                                 for all licenses of a state, some at a time
 *
 * One policy counts for a license: of those of its state that are in force and apply to its flags,
 * the only one, or the only one for its type (ledger_choose()). Where that leaves several, nothing
 * is posted until the state's policies tell its licenses apart; a question may name one.
 *
 * What is emitted in one decision is not in the tables yet: replaces names the credential whose
 * place in the ledger becomes free in it.
 */
#ifndef CAIRN_ISSUANCE_LEDGER_H
#define CAIRN_ISSUANCE_LEDGER_H

#include "services/issuance/issuance.h"
#include "services/issuance/rules/renewal.h"

enum { TIMER_LEDGER_SWEEP = 50 };

/* A policy in force now: as it was noted, and as it is evaluated. */
struct ledger_policy {
	const Issuance__RenewalPolicyNoted *noted;
	const struct renewal_policy *rules;
	const struct zone *zone;
	int64_t today;
};
struct ledger_clock {
	const struct caps *caps;
	int64_t now_us;
};
void ledger_post(const struct view *view, const Issuance__CredentialIssued *c,
		 struct bytes replaces, struct decision *d);
/* because: revoked, superseded. Once revoked, another credential of the same micro-credential takes
 * its place, if there is one that counts. */
void ledger_reverse(const struct view *view, const Issuance__CredentialIssued *c,
		    const char *because, struct decision *d);
/* Reverses a posting and posts it again with what was said of it, under the policy in force. */
void ledger_correct(const struct view *view, const Issuance__LedgerPosted *p,
		    const Issuance__CreditFacts *facts, const struct ledger_policy *policy,
		    struct decision *d);
/* Reverses and posts again all credits of a license that stand: its number was corrected. */
void ledger_post_again(const struct view *view, const Issuance__LicenseNoted *license,
		       struct decision *d);
void ledger_note_license(const struct view *view, const Issuance__LicenseNoted *license,
			 struct decision *d);
/* One that cannot be evaluated is noted as such (unfit.h). */
enum verdict ledger_note_policy(const struct view *view, const Enrollment__Document *document,
				struct decision *d);
enum verdict ledger_sweep(const struct view *view, const struct timer_due *timer,
			  struct decision *d);

/* ---- which policy counts (ledger_policy.c) ---- */

/* A policy_day_fn over a struct ledger_clock: today there. */
int64_t ledger_today(const void *clock, const char *zone);
/* Read once for each version, then remembered by the signer. */
const struct renewal_policy *ledger_rules(const Issuance__RenewalPolicyNoted *noted,
					  const struct caps *caps, struct arena *arena);
struct ledger_choice {
	const struct view *view;
	const struct ledger_clock *clock;
	const Issuance__LicenseNoted *license;
	const char *state;
	const char *code;    /* of the policy that is asked for; "": by the license */
	struct bytes policy; /* or its id; BYTES_NONE: by the license */
	struct arena *arena;
	const char *why; /* set where none is chosen: a sentence for people */
	bool is_ambiguous;
};
bool ledger_choose(struct ledger_choice *choice, struct ledger_policy *policy_r);

/* ---- what rules and questions share (ledger_rules.c) ---- */

/* Its term and flags. False: its dates are none, so nothing can be posted. */
bool ledger_term(const Issuance__LicenseNoted *license, struct renewal_license *term_r);
/* All credentials of the license's educator under a policy. own: with what was said of them and
 * what was adjusted for this license. */
struct ledger_question {
	const struct view *view;
	const Issuance__LicenseNoted *license;
	const struct ledger_policy *policy;
	bool own;
	struct arena *arena;
	const ProtobufCBinaryData *planned; /* as if each were decided today */
	size_t n_planned;
};
void ledger_evaluate(const struct ledger_question *q, struct renewal_answer *answer_r);
int64_t ledger_adjusted(const struct ledger_question *q);
/* A credential as a credit. False: it is of no micro-credential (but of a stack). */
bool ledger_credit(const struct view *view, const struct ledger_policy *policy,
		   const Issuance__CredentialIssued *c, struct arena *arena,
		   struct renewal_credit *credit_r);
/* With what was said of it; NULL: nothing. A level that the policy does not have is passed over. */
void ledger_facts(const struct renewal_policy *policy, const Issuance__CreditFacts *facts,
		  struct renewal_credit *credit);
/* All of an educator's, by decision; returns how many. */
size_t ledger_credentials(const struct view *view, struct bytes educator, struct arena *arena,
			  const Issuance__CredentialIssued ***list_r);
bool ledger_is_revoked(const struct view *view, struct bytes credential, struct arena *arena);
/* What a posting comes to under a policy, with its facts. */
int64_t ledger_units(const struct view *view, const struct ledger_policy *policy,
		     const Issuance__LedgerPosted *p, struct arena *arena);

#endif
