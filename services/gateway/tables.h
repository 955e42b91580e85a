/*
 * The tables of the gateway: accounts, what they may, tokens, and what the audit page shows.
 *
 * Nothing here names a person: a login is found by its keyed hash, and shown from a sealed text
 * under the account's own key, as the password's hash is. Whoever holds a copy of the log holds
 * neither, and closing an account destroys the key.
 */
#ifndef CAIRN_GATEWAY_TABLES_H
#define CAIRN_GATEWAY_TABLES_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "libshared/store.h"
#include "proto/gateway.pb-c.h"

struct caps;

enum {
	ACCOUNT = SERVICE_TABLES, /* account -> struct account */
	LOGIN,                    /* keyed hash of a login -> account */
	IDENTITY,                 /* keyed hash of issuer and subject -> account */
	IDENTITY_OF,              /* account, keyed hash -> empty */
	BY_EDUCATOR,              /* educator -> account */
	BY_ASSESSOR,              /* assessor -> account */
	NAME,                     /* account -> subject[16] and box of the login */
	PASSWORD,                 /* account -> subject[16] and box of the argon2id text */
	RESET,                    /* account -> struct reset: one at a time */
	GRANT,                    /* grant -> struct grant */
	GRANT_OF,                 /* account, grant -> empty */
	TOKEN,                    /* token -> Gateway.TokenMade */
	TOKEN_STATE,              /* token -> struct token_state */
	TOKEN_OF,                 /* account, token -> empty */
	DOOR,                     /* keyed hash of a login or address -> struct door */
	ACCESS,                   /* ~seq u64 -> AccessEntry: newest first */
	ACCESS_OF,                /* account, ~seq u64 -> empty */
	TO_FORGET,                /* account -> empty: the key is to be destroyed */
	CLIENT,                   /* client -> Gateway.Client */
	CONNECTION,               /* grant -> struct connection */
	CONNECTION_OF,            /* account, grant -> empty */
	PROFILE,                  /* account -> subject[16] and box of a packed Profile */
	GATEWAY_TABLES_END
};
#define N_TABLES (GATEWAY_TABLES_END - SERVICE_TABLES)
extern const char *const gateway_tables[N_TABLES];

#define LANGUAGE_LEN 8 /* filled with zeros */

struct account {
	uint64_t version;
	int64_t opened_us, signed_in_us;                           /* 0: never yet */
	uint8_t educator[ID_LEN], assessor[ID_LEN], login[ID_LEN]; /* zeros: none */
	char language[LANGUAGE_LEN];
	uint32_t identities, closed; /* closed: 0 or 1 */
};
_Static_assert(sizeof(struct account) == 88, "no padding");

struct grant {
	uint64_t version;
	int64_t granted_us, until_us, revoked_us; /* until, revoked 0: never */
	uint8_t account[ID_LEN], org[ID_LEN], by[ID_LEN];
	uint32_t role, vouched; /* vouched: 1, an identity provider gives and takes it */
};
_Static_assert(sizeof(struct grant) == 88, "no padding");

struct reset {
	uint64_t version;
	int64_t expires_us;
	uint8_t reset[ID_LEN], secret[32];
};
_Static_assert(sizeof(struct reset) == 64, "no padding");

struct token_state {
	uint64_t version;
	int64_t made_us, revoked_us; /* revoked 0: not */
};
_Static_assert(sizeof(struct token_state) == 24, "no padding");

/* A client that somebody lets speak for them. scopes: bits (signin/scopes.h). */
struct connection {
	uint64_t version;
	int64_t connected_us, ended_us; /* ended 0: not */
	uint8_t account[ID_LEN], client[ID_LEN];
	uint32_t scopes, zero;
};
_Static_assert(sizeof(struct connection) == 64, "no padding");

/* How often somebody was refused at a login, or from an address, in a row. */
struct door {
	uint64_t version;
	int64_t last_us, locked_until_us; /* locked until 0: never was */
	uint64_t failures;
};
_Static_assert(sizeof(struct door) == 32, "no padding");

/* ---- accounts (tables.c) ---- */

bool account_get(const struct view *v, struct bytes account, struct account *row_r);
/* Of an educator, an assessor, or of the hash of a login or identity: borrowed from the page. */
bool account_by(const struct view *v, unsigned table, struct bytes key, struct bytes *account_r);
void account_put(struct txn *t, struct bytes account, struct account *row);
/* Nothing leads to the account any more but its id. */
void account_unfind(struct txn *t, struct bytes account, const struct account *row);
void identity_put(struct txn *t, struct bytes identity, struct bytes account);
void sealed_put(struct txn *t, unsigned table, struct bytes account, const Cairn__Sealed *sealed);
bool to_forget(const struct view *v, struct bytes account);

/* What is sealed of an account (NAME, PASSWORD), opened in the arena (sealed.c). False: there is
 * none, or its key is gone. */
bool sealed_get(const struct view *v, unsigned table, struct bytes account, const struct caps *caps,
		struct arena *arena, struct bytes *text_r);

/* The keyed hashes of a login, an OpenID identity, an address. */
struct id login_hash(const struct caps *caps, const char *login);
struct id identity_hash(const struct caps *caps, const char *issuer, const char *subject,
			struct arena *arena);
struct id address_hash(const struct caps *caps, const char *address);

/* ---- grants and tokens (tables_grants.c) ---- */

bool grant_get(const struct view *v, struct bytes grant, struct grant *row_r);
void grant_put(struct txn *t, struct bytes grant, struct grant *row);
bool grant_holds(const struct grant *row, int64_t now_us);
/* The first that a district's administrator's, and a coach's, role has; ID_NONE: none. */
struct orgs {
	struct id administrated, coached;
};
/* Bits 1 << (role - 1) of what the account holds now; orgs_r (may be NULL): within what. */
uint32_t roles_held(const struct view *v, struct bytes account, int64_t now_us,
		    struct orgs *orgs_r);
#define ROLE_BIT(role) (1u << ((role)-1))
/* How many rows of that table begin with the account's id, at most most. */
unsigned rows_of(const struct view *v, unsigned table, struct bytes account, unsigned most);

/* NULL: no such token. */
const Gateway__TokenMade *token_get(const struct view *v, struct bytes token,
				    struct token_state *state_r, struct arena *arena);
bool token_holds(const Gateway__TokenMade *token, const struct token_state *state, int64_t now_us);
void token_put(struct txn *t, const Gateway__TokenMade *token, struct token_state *state);
void token_state_put(struct txn *t, struct bytes token, struct token_state *state);

bool reset_get(const struct view *v, struct bytes account, struct reset *row_r);
void reset_put(struct txn *t, struct bytes account, struct reset *row);
void reset_clear(struct txn *t, struct bytes account);
bool door_get(const struct view *v, struct bytes door, struct door *row_r);
void door_put(struct txn *t, struct bytes door, struct door *row);
void door_clear(struct txn *t, struct bytes door);

/* ---- clients (tables_oauth.c) ---- */

/* NULL: nobody has connected it yet. */
const Gateway__Client *client_get(const struct view *v, struct bytes client, struct arena *arena);
void client_put(struct txn *t, const Gateway__Client *client);
bool connection_get(const struct view *v, struct bytes grant, struct connection *row_r);
void connection_put(struct txn *t, struct bytes grant, struct connection *row);

/* ---- the audit (tables_access.c) ---- */

void access_put(struct txn *t, const Gateway__AccessEntry *entry);
/* Newest first, of one account or (empty) of all, from below before (0: the newest). */
struct access_scan {
	const struct view *view;
	struct scan scan;
	unsigned table;
};
struct access_scan access_first(const struct view *v, struct bytes account, uint64_t before);
/* NULL: no more. */
const Gateway__AccessEntry *access_next(struct access_scan *s, struct arena *arena);
void access_end(struct access_scan *s);

/* Copies the 16 bytes of an id; zeros when it is anything else. */
void id_put(uint8_t to[ID_LEN], ProtobufCBinaryData id);

#endif
