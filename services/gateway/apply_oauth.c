/* What events about clients change. */
#include "services/gateway/apply_parts.h"
#include "services/gateway/signin/scopes.h"

void apply_client_registered(struct txn *txn, const Gateway__Event *event,
			     const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__ClientRegistered *e = event->client_registered;

	(void)record;
	client_put(txn, e->client);
	entry->about = e->client->client;
	entry->detail = e->client->name;
}

void apply_client_connected(struct txn *txn, const Gateway__Event *event,
			    const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__ClientConnected *e = event->client_connected;
	struct connection row = {.connected_us = record->at_us};

	id_put(row.account, e->account);
	id_put(row.client, e->client);
	for (size_t i = 0; i < e->n_scopes; i++)
		row.scopes |= oauth_scope_of_name(e->scopes[i]);
	connection_put(txn, bytes_of_pb(e->grant), &row);
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->client;
}

void apply_client_disconnected(struct txn *txn, const Gateway__Event *event,
			       const struct record *record, Gateway__AccessEntry *entry)
{
	const Gateway__ClientDisconnected *e = event->client_disconnected;
	struct connection row;

	if (!connection_get(txn_view(txn), bytes_of_pb(e->grant), &row)) {
		txn_fault(txn, "client_disconnected: no such connection");
		return;
	}
	row.ended_us = record->at_us;
	connection_put(txn, bytes_of_pb(e->grant), &row);
	entry->account = e->account;
	entry->by = e->by;
	entry->about = e->client;
	entry->detail = e->because;
}

void apply_profile_set(struct txn *txn, const Gateway__Event *event, const struct record *record,
		       Gateway__AccessEntry *entry)
{
	const Gateway__ProfileSet *e = event->profile_set;

	(void)record;
	sealed_put(txn, PROFILE, bytes_of_pb(e->account), e->profile);
	entry->account = e->account;
	entry->by = e->by;
}
