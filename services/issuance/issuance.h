/*
 * The issuance service: issuers' keys, credentials, and the public stream that licensure systems
 * follow.
 *
 *	assessment's DecisionReleased ──follow.c──> mint.c makes and signs the badge
 *	    ──> CredentialIssued, or it may not be signed yet ──> CredentialHeld
 *	CredentialIssued ──apply.c──> the credential's rows, and a row of the public stream
 *	    ──public.c──> a CloudEvent, rendered for one subscriber's scope when it is sent
 *
 * Exactly one credential is active for an educator, micro-credential and period. These are the
 * functions that the service's own files share.
 */
#ifndef CAIRN_ISSUANCE_H
#define CAIRN_ISSUANCE_H

#include "libshared/service.h"
#include "proto/issuance.pb-c.h"

extern const struct service issuance_service;
extern const struct upstream issuance_upstreams[2];
extern const struct learned issuance_learned[8];
extern const struct public_stream issuance_public;

/* What an upstream event may have to wait for. */
enum { AWAIT_ACHIEVEMENT = 1, AWAIT_EDUCATOR };

/* Timers. */
enum {
	TIMER_EXPIRY = 20,     /* of a credential */
	TIMER_STATUS,          /* of a status list: to be signed */
	TIMER_STACK_HOLD = 41, /* of the credential of an award that is suspended */
	TIMER_STACK_MEMBERS,   /* of one that may not be signed with its members yet */
	TIMER_COVERED          /* of a pass: what covered it was taken back */
};

enum verdict issuance_decide(const struct view *view, const ProtobufCMessage *command,
			     struct decision *d);
enum verdict issuance_decide_timer(const struct view *view, const struct timer_due *timer,
				   struct decision *d);
void issuance_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record);
Cairn__Status issuance_answer_query(const ProtobufCMessage *query, struct query *q);
uint32_t issuance_command_roles(uint32_t kind);
uint32_t issuance_query_roles(uint32_t kind);

#endif
