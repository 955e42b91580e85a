/* What an account has connected, and says of itself. */
#include "libshared/check.h"
#include "services/gateway/query_parts.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/tables.h"

#define CONNECTIONS_MOST 200

static void add_scopes(Gateway__ConnectionAnswer *a, uint32_t scopes, struct arena *arena)
{
	a->scopes = arena_alloc(arena, N_OAUTH_SCOPES * sizeof *a->scopes);
	for (unsigned i = 0; i < N_OAUTH_SCOPES; i++)
		if (scopes & oauth_scope_of_name(oauth_scope_names[i]))
			a->scopes[a->n_scopes++] =
				arena_text(arena, bytes_of_text(oauth_scope_names[i]));
}

static Gateway__ConnectionAnswer *connection_answer(struct query *q, struct bytes grant,
						    const struct connection *row)
{
	static const Gateway__ConnectionAnswer init = GATEWAY__CONNECTION_ANSWER__INIT;
	const Gateway__Client *client = client_get(q->view, BYTES_OF(row->client), q->arena);
	Gateway__ConnectionAnswer *a = arena_alloc(q->arena, sizeof *a);

	*a = init;
	a->grant = pb_of_bytes(arena_copy(q->arena, grant));
	a->client = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->client)));
	if (client != NULL) {
		a->name = client->name;
		a->uri = client->uri;
	}
	add_scopes(a, row->scopes, q->arena);
	a->connected_us = row->connected_us;
	a->ended_us = row->ended_us;
	a->state = arena_text(q->arena, bytes_of_text(row->ended_us == 0 ? "open" : "ended"));
	return a;
}

Cairn__Status ask_connections(const Gateway__Query *query, struct query *q)
{
	Gateway__ConnectionList list = GATEWAY__CONNECTION_LIST__INIT;
	Gateway__Answer body = GATEWAY__ANSWER__INIT;
	struct bytes account = bytes_of_pb(query->list_connections->account), key, val;
	struct scan scan;

	if (!is_id(account))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "account: expected an id of 16 bytes");
	list.connections = arena_alloc(q->arena, CONNECTIONS_MOST * sizeof *list.connections);
	scan = scan_first(q->view, CONNECTION_OF, account, account);
	while (list.n_connections < CONNECTIONS_MOST && scan_next(&scan, &key, &val)) {
		struct bytes grant = {key.data + ID_LEN, ID_LEN};
		struct connection row;

		if (connection_get(q->view, grant, &row))
			list.connections[list.n_connections++] = connection_answer(q, grant, &row);
	}
	scan_end(&scan);
	body.connections = &list;
	body.body_case = GATEWAY__ANSWER__BODY_CONNECTIONS;
	return query_answer(q, &body.base);
}

Cairn__Status ask_profile(const Gateway__Query *query, struct query *q)
{
	static const Gateway__Profile none = GATEWAY__PROFILE__INIT;
	struct bytes account = bytes_of_pb(query->get_profile->account), packed;
	Gateway__Answer body = GATEWAY__ANSWER__INIT;

	if (!is_id(account))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "account: expected an id of 16 bytes");
	body.profile = (Gateway__Profile *)(uintptr_t)&none;
	if (sealed_get(q->view, PROFILE, account, q->caps, q->arena, &packed))
		body.profile = (Gateway__Profile *)(uintptr_t)message_unpack_own(
			&gateway__profile__descriptor, packed, q->arena);
	body.body_case = GATEWAY__ANSWER__BODY_PROFILE;
	return query_answer(q, &body.base);
}
