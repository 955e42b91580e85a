/* The tables of the gateway: accounts and what leads to them. */
#include "services/gateway/tables.h"

#include "libshared/check.h"
#include "libshared/seal.h"

#include <arpa/inet.h>
#include <string.h>

const char *const gateway_tables[N_TABLES] = {
	[ACCOUNT - SERVICE_TABLES] = "s.account",
	[LOGIN - SERVICE_TABLES] = "i.login",
	[IDENTITY - SERVICE_TABLES] = "i.identity",
	[IDENTITY_OF - SERVICE_TABLES] = "s.identity",
	[BY_EDUCATOR - SERVICE_TABLES] = "i.educator",
	[BY_ASSESSOR - SERVICE_TABLES] = "i.assessor",
	[NAME - SERVICE_TABLES] = "s.name",
	[PASSWORD - SERVICE_TABLES] = "s.password",
	[RESET - SERVICE_TABLES] = "s.reset",
	[GRANT - SERVICE_TABLES] = "s.grant",
	[GRANT_OF - SERVICE_TABLES] = "i.grant",
	[TOKEN - SERVICE_TABLES] = "s.token",
	[TOKEN_STATE - SERVICE_TABLES] = "s.token_state",
	[TOKEN_OF - SERVICE_TABLES] = "i.token",
	[DOOR - SERVICE_TABLES] = "s.door",
	[ACCESS - SERVICE_TABLES] = "s.access",
	[ACCESS_OF - SERVICE_TABLES] = "i.access",
	[TO_FORGET - SERVICE_TABLES] = "i.to_forget",
	[CLIENT - SERVICE_TABLES] = "s.client",
	[CONNECTION - SERVICE_TABLES] = "s.connection",
	[CONNECTION_OF - SERVICE_TABLES] = "i.connection",
	[PROFILE - SERVICE_TABLES] = "s.profile",
};

void id_put(uint8_t to[ID_LEN], ProtobufCBinaryData id)
{
	memset(to, 0, ID_LEN);
	if (id.len == ID_LEN)
		memcpy(to, id.data, ID_LEN);
}

bool account_get(const struct view *v, struct bytes account, struct account *row_r)
{
	return ROW_GET(v, ACCOUNT, account, row_r);
}

bool account_by(const struct view *v, unsigned table, struct bytes key, struct bytes *account_r)
{
	return view_get(v, table, key, account_r) && account_r->len == ID_LEN;
}

/* What is not known of a person leads nowhere. */
static void lead(struct txn *t, unsigned table, const uint8_t key[ID_LEN], struct bytes account)
{
	struct bytes id = {key, ID_LEN};

	if (is_id(id))
		txn_put(t, table, id, account);
}

void account_put(struct txn *t, struct bytes account, struct account *row)
{
	lead(t, BY_EDUCATOR, row->educator, account);
	lead(t, BY_ASSESSOR, row->assessor, account);
	lead(t, LOGIN, row->login, account);
	ROW_PUT(t, ACCOUNT, account, row);
}

static void unlead(struct txn *t, unsigned table, const uint8_t key[ID_LEN])
{
	struct bytes id = {key, ID_LEN};

	if (is_id(id))
		txn_delete(t, table, id);
}

void account_unfind(struct txn *t, struct bytes account, const struct account *row)
{
	struct bytes key, val;
	struct scan scan;

	unlead(t, LOGIN, row->login);
	unlead(t, BY_EDUCATOR, row->educator);
	unlead(t, BY_ASSESSOR, row->assessor);
	/* Each turn anew: deleting moves what a cursor stands on. */
	for (;;) {
		uint8_t both[2 * ID_LEN];

		scan = scan_first(txn_view(t), IDENTITY_OF, account, account);
		if (!scan_next(&scan, &key, &val))
			break;
		memcpy(both, key.data, sizeof both);
		scan_end(&scan);
		txn_delete(t, IDENTITY, (struct bytes){both + ID_LEN, ID_LEN});
		txn_delete(t, IDENTITY_OF, BYTES_OF(both));
	}
	txn_delete(t, NAME, account);
	txn_delete(t, PASSWORD, account);
	txn_delete(t, PROFILE, account);
	txn_delete(t, RESET, account);
	txn_put(t, TO_FORGET, account, BYTES_NONE);
}

void identity_put(struct txn *t, struct bytes identity, struct bytes account)
{
	struct key k = {0};

	txn_put(t, IDENTITY, identity, account);
	key_add(&k, account);
	txn_put(t, IDENTITY_OF, key_add(&k, identity), BYTES_NONE);
}

void sealed_put(struct txn *t, unsigned table, struct bytes account, const Cairn__Sealed *sealed)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	size_t len = sealed->subject.len + sealed->box.len;
	uint8_t *both = arena_alloc(arena, len);

	memcpy(both, sealed->subject.data, sealed->subject.len);
	memcpy(both + sealed->subject.len, sealed->box.data, sealed->box.len);
	txn_put(t, table, account, (struct bytes){both, len});
}

bool to_forget(const struct view *v, struct bytes account)
{
	struct bytes val;

	return view_get(v, TO_FORGET, account, &val);
}

struct id login_hash(const struct caps *caps, const char *login)
{
	return lookup_hash(caps, "login", bytes_of_text(login));
}

struct id identity_hash(const struct caps *caps, const char *issuer, const char *subject,
			struct arena *arena)
{
	char *hex = arena_alloc(arena, 2 * strlen(subject) + 1);

	/* In hex, because the hash is the same for letters of either case and a subject is not. */
	hex_of_bytes(bytes_of_text(subject), hex);
	return lookup_hash(caps, "identity",
			   bytes_of_text(arena_printf(arena, "%s\n%s", issuer, hex)));
}

/* Of IPv6 the network: whoever has one has all of its addresses. */
struct id address_hash(const struct caps *caps, const char *address)
{
	char network[INET6_ADDRSTRLEN];
	struct in6_addr at;

	if (inet_pton(AF_INET6, address, &at) == 1) {
		memset(&at.s6_addr[8], 0, 8);
		address = inet_ntop(AF_INET6, &at, network, sizeof network);
	}
	return lookup_hash(caps, "address", bytes_of_text(address));
}
