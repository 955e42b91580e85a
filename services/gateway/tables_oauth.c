/* Rows of clients, and of who lets them speak for them. */
#include "services/gateway/tables.h"

#include "libshared/check.h"

const Gateway__Client *client_get(const struct view *v, struct bytes client, struct arena *arena)
{
	struct bytes raw;

	if (!view_get(v, CLIENT, client, &raw))
		return NULL;
	return (const Gateway__Client *)message_unpack_own(&gateway__client__descriptor,
							   arena_copy(arena, raw), arena);
}

void client_put(struct txn *t, const Gateway__Client *client)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);

	txn_put(t, CLIENT, bytes_of_pb(client->client), message_pack(&client->base, arena));
}

bool connection_get(const struct view *v, struct bytes grant, struct connection *row_r)
{
	return ROW_GET(v, CONNECTION, grant, row_r);
}

void connection_put(struct txn *t, struct bytes grant, struct connection *row)
{
	struct key k = {0};

	key_add(&k, BYTES_OF(row->account));
	txn_put(t, CONNECTION_OF, key_add(&k, grant), BYTES_NONE);
	ROW_PUT(t, CONNECTION, grant, row);
}
