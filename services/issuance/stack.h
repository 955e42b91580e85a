/*
 * Stacks in decisions: what a credential that came, or that no longer counts, changes in the
 * stacks of its holder, always in the commit of what caused it.
 *
 *	mint_emit()      stacks_came()  a credential was issued, perhaps in the place of another
 *	decide_life.c    stacks_went()  it was revoked
 *	follow.c         stacks_note()  a stack was published; SweepStack then evaluates it for
 *	                                all educators, batch by batch
 *
 * Where a rule begins to hold, the stack is awarded with the first day on which it held: a
 * credential (mint.h) that names its members. Where it no longer holds, the award is suspended for
 * STACK_RULE; STACK_HOLD_DAYS later a timer revokes it, unless the rule holds again first. Where
 * it holds with other members, the award is signed again with their names. An award keeps the
 * version of the rule it was given for. What persons suspended or revoked stays so.
 */
#ifndef CAIRN_ISSUANCE_STACK_H
#define CAIRN_ISSUANCE_STACK_H

#include "libshared/decision.h"
#include "proto/enrollment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/stack_facts.h"

enum verdict stacks_note(const struct view *view, const Enrollment__Document *document,
			 struct decision *d);

/* replaces: the credential in whose place c is, BYTES_NONE: none. Neither is in the tables yet. */
void stacks_came(const struct view *view, const Issuance__CredentialIssued *c,
		 struct bytes replaces, struct decision *d);
void stacks_went(const struct view *view, const Issuance__CredentialIssued *c, struct decision *d);

/* Before an award is signed by persons' wish: its members as they are now. False: its rule does not
 * hold, refused. True of a credential that is none. */
bool stack_ready(const struct view *view, Issuance__CredentialIssued *award, struct decision *d);
/* The award's hold is over. Emits at least one event. */
void stack_hold_ends(const struct view *view, const Issuance__CredentialIssued *award,
		     struct decision *d);
/* An award that may not be signed with its new members: told, and tried again at that time. */
void stack_hold_members(const struct view *view, const Issuance__CredentialIssued *award,
			const char *why, int64_t retry_us, struct decision *d);
/* Tries such an award again. NULL: it is signed, or needs no other signature any more, which an
 * event says; else why it still may not be signed. */
const char *stack_try_members(const struct view *view, struct bytes award, struct decision *d);
/* Tries an award again that was held. NULL: it was issued, or the rule no longer holds; else why it
 * still may not be signed. */
const char *stack_try_held(const struct view *view, const Issuance__CredentialHeld *held,
			   struct decision *d);

/* ---- what the rules share ---- */

/* One educator whose stacks are looked at in this decision. */
struct evaluation_of {
	const struct view *view;
	struct decision *d;
	struct bytes educator;
	struct holdings has;
	size_t n_awarded, n_held;
};
struct evaluation_of stack_evaluation(const struct view *view, struct bytes educator,
				      struct decision *d);
int64_t stack_day(const struct evaluation_of *e, struct stack_rules *r);
/* After the day was asked for: those with which the rule holds on it, into the facts. */
void stack_put_members(const struct evaluation_of *e, const struct stack_rules *r, int64_t day,
		       Issuance__CredentialIssued *c);
/* Where no award stands. True: there is one now. */
bool stack_evaluate_none(struct evaluation_of *e, struct stack_rules *r);
/* What mentions the changed entry or stack, nested ones first. */
void stack_evaluate_above(struct evaluation_of *e, const struct id *changed);
/* stack_hold.c: an award that stands. */
void stack_evaluate_standing(const struct evaluation_of *e, const Issuance__CredentialIssued *c);
/* The stack, not awarded yet, and then what mentions it. */
void stack_evaluate_new(struct evaluation_of *e, struct stack_rules *r);

#endif
