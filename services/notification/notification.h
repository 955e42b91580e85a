/*
 * The notification service: plans notices from its neighbours' events and delivers them (mail/),
 *and takes public events to licensure systems (sinks/, by webhook/ or to edfi/).
 *
 *	neighbour's event ──follow.c──> what we keep of it (EntryNoted ...)
 *	                  ──plan.c────> NoticePlanned, by one table of rules
 *	i.due ──effects.c──> BeginSending ──> NoticeSending, durable ──> the channel acts
 *	                 <── RecordAttempt <── delivered, later, never, no address, erased
 *
 * A notice says that something is there to be read, never what: no decision, no student and no
 * evidence stands in any text. Names and addresses are opened at the moment of sending and are
 * nowhere else.
 *
 * These are the functions that the service's own files share.
 */
#ifndef CAIRN_NOTIFICATION_H
#define CAIRN_NOTIFICATION_H

#include "libshared/service.h"
#include "proto/notification.pb-c.h"

extern const struct service notification_service;

enum { UP_ENROLLMENT, UP_EVIDENCE, UP_ASSESSMENT, UP_ISSUANCE, N_UPSTREAMS };
extern const struct upstream notification_upstreams[N_UPSTREAMS];
extern const struct learned notification_learned[12];
/* Whether follow.c has an answer to that kind of the neighbour's events: an effect, or a stated
 * no-op. */
bool notification_follows(unsigned upstream, uint32_t kind);

/* What an upstream event may have to wait for. */
enum { AWAIT_EDUCATOR = 1, AWAIT_ENTRY, AWAIT_ENROLLMENT, AWAIT_SUBMISSION, AWAIT_LICENSE };

enum verdict notification_decide(const struct view *view, const ProtobufCMessage *command,
				 struct decision *d);
enum verdict notification_decide_timer(const struct view *view, const struct timer_due *timer,
				       struct decision *d);
void notification_apply(struct txn *txn, const ProtobufCMessage *event,
			const struct record *record);
Cairn__Status notification_answer_query(const ProtobufCMessage *query, struct query *q);
/* prepare.c */
int notification_prepare(const struct view *view, const ProtobufCMessage *command,
			 const struct decision *d);
int notification_prepare_sync(const struct caps *caps);
uint32_t notification_command_roles(uint32_t kind);
uint32_t notification_query_roles(uint32_t kind);

#endif
