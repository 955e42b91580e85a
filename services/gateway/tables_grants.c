/* Rows of grants, tokens, resets, and of doors at which people were refused. */
#include "services/gateway/tables.h"

#include "libshared/check.h"

#include <string.h>

static struct bytes pair_key(struct key *k, struct bytes account, struct bytes id)
{
	key_add(k, account);
	return key_add(k, id);
}

/* ---- grants ---- */

bool grant_get(const struct view *v, struct bytes grant, struct grant *row_r)
{
	return ROW_GET(v, GRANT, grant, row_r);
}

void grant_put(struct txn *t, struct bytes grant, struct grant *row)
{
	struct key k = {0};

	txn_put(t, GRANT_OF, pair_key(&k, BYTES_OF(row->account), grant), BYTES_NONE);
	ROW_PUT(t, GRANT, grant, row);
}

bool grant_holds(const struct grant *row, int64_t now_us)
{
	return row->revoked_us == 0 && (row->until_us == 0 || now_us < row->until_us);
}

/* Whoever coaches in one organisation and administrates another does each in its own. */
static void note_org(struct orgs *orgs, const struct grant *row)
{
	struct id *org = row->role == GATEWAY__ROLE__DISTRICT ? &orgs->administrated
			 : row->role == GATEWAY__ROLE__COACH  ? &orgs->coached
							      : NULL;

	if (org != NULL && id_is_none(org))
		memcpy(org->b, row->org, ID_LEN);
}

uint32_t roles_held(const struct view *v, struct bytes account, int64_t now_us, struct orgs *orgs_r)
{
	struct scan scan = scan_first(v, GRANT_OF, account, account);
	struct orgs orgs = {ID_NONE, ID_NONE};
	struct bytes key, val;
	uint32_t held = 0;

	while (scan_next(&scan, &key, &val)) {
		struct grant row;

		if (!grant_get(v, (struct bytes){key.data + ID_LEN, ID_LEN}, &row) ||
		    !grant_holds(&row, now_us))
			continue;
		held |= ROLE_BIT(row.role);
		note_org(&orgs, &row);
	}
	if (orgs_r != NULL)
		*orgs_r = orgs;
	return held;
}

unsigned rows_of(const struct view *v, unsigned table, struct bytes account, unsigned most)
{
	struct scan scan = scan_first(v, table, account, account);
	struct bytes key, val;
	unsigned n = 0;

	while (n < most && scan_next(&scan, &key, &val))
		n++;
	if (n == most)
		scan_end(&scan);
	return n;
}

/* ---- tokens ---- */

const Gateway__TokenMade *token_get(const struct view *v, struct bytes token,
				    struct token_state *state_r, struct arena *arena)
{
	struct bytes raw;

	if (!view_get(v, TOKEN, token, &raw))
		return NULL;
	raw = arena_copy(arena, raw);
	if (!ROW_GET(v, TOKEN_STATE, token, state_r))
		return NULL;
	return (const Gateway__TokenMade *)message_unpack_own(&gateway__token_made__descriptor, raw,
							      arena);
}

bool token_holds(const Gateway__TokenMade *token, const struct token_state *state, int64_t now_us)
{
	return state->revoked_us == 0 && now_us < token->expires_us;
}

void token_put(struct txn *t, const Gateway__TokenMade *token, struct token_state *state)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	struct bytes id = bytes_of_pb(token->token);
	struct key k = {0};

	txn_put(t, TOKEN, id, message_pack(&token->base, arena));
	txn_put(t, TOKEN_OF, pair_key(&k, bytes_of_pb(token->account), id), BYTES_NONE);
	token_state_put(t, id, state);
}

void token_state_put(struct txn *t, struct bytes token, struct token_state *state)
{
	ROW_PUT(t, TOKEN_STATE, token, state);
}

/* ---- resets and doors ---- */

bool reset_get(const struct view *v, struct bytes account, struct reset *row_r)
{
	return ROW_GET(v, RESET, account, row_r);
}

void reset_put(struct txn *t, struct bytes account, struct reset *row)
{
	ROW_PUT(t, RESET, account, row);
}

void reset_clear(struct txn *t, struct bytes account)
{
	txn_delete(t, RESET, account);
}

bool door_get(const struct view *v, struct bytes door, struct door *row_r)
{
	return ROW_GET(v, DOOR, door, row_r);
}

void door_put(struct txn *t, struct bytes door, struct door *row)
{
	ROW_PUT(t, DOOR, door, row);
}

void door_clear(struct txn *t, struct bytes door)
{
	txn_delete(t, DOOR, door);
}
