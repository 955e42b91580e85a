/*
 * The changes of events, and what several of them need; apply.c has the table of them.
 */
#ifndef CAIRN_GATEWAY_APPLY_PARTS_H
#define CAIRN_GATEWAY_APPLY_PARTS_H

#include "libshared/service.h"
#include "services/gateway/tables.h"

/* What the audit shows of an event, beside when and what; filled by the event's own change. */
typedef void apply_fn(struct txn *txn, const Gateway__Event *event, const struct record *record,
		      Gateway__AccessEntry *entry);

/* apply_oauth.c */
apply_fn apply_client_registered, apply_client_connected, apply_client_disconnected,
	apply_profile_set;

#endif
