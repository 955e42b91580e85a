/*
 * The gateway: the HTTP edge of Cairn. Pages, the JSON API, sign-in, uploads, addresses that stand
 * in signed credentials.
 *
 *	a request ──web/──> who asks, which route ──routes/──> commands and queries to the services
 *	          <─render/─ one object: as JSON, or through a template of pages/
 *
 * Its own state is who may do what: accounts, grants and tokens, decided and applied as in every
 * service, so each change of access is an event. Sessions are rows beside the log (signin/).
 */
#ifndef CAIRN_GATEWAY_H
#define CAIRN_GATEWAY_H

#include "libshared/daemon.h"
#include "proto/gateway.pb-c.h"
#include "services/gateway/settings.h"

extern const struct service gateway_service;
extern const struct outside_ops gateway_outside;

enum verdict gateway_decide(const struct view *view, const ProtobufCMessage *command,
			    struct decision *d);
enum verdict gateway_decide_timer(const struct view *view, const struct timer_due *timer,
				  struct decision *d);
void gateway_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record);
Cairn__Status gateway_answer_query(const ProtobufCMessage *query, struct query *q);
uint32_t gateway_command_roles(uint32_t kind);
uint32_t gateway_query_roles(uint32_t kind);

#endif
