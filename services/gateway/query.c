/* What may be asked about access: accounts, tokens, and everything that changed. */
#include "services/gateway/gateway.h"
#include "services/gateway/query_parts.h"
#include "services/gateway/tables.h"

#include <string.h>

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define ROWS_LOOKED_AT 2000 /* of one list query; the rest comes with the next one */
#define ROWS_OF_ONE 100     /* grants or tokens of an account (decide_grants.c) */

static uint32_t limit_of(uint32_t asked)
{
	return asked == 0 ? LIMIT_DEFAULT : MIN(asked, LIMIT_MOST);
}

static Cairn__Status reply_with(struct query *q, Gateway__Answer *body,
				Gateway__Answer__BodyCase kind)
{
	body->body_case = kind;
	return query_answer(q, &body->base);
}

static ProtobufCBinaryData pb_copy(struct query *q, struct bytes b)
{
	return pb_of_bytes(is_id(b) ? arena_copy(q->arena, b) : BYTES_NONE);
}

/* ---- accounts ---- */

static char *state_of_grant(const struct grant *row, const struct query *q)
{
	const char *state = row->revoked_us != 0          ? "revoked"
			    : grant_holds(row, q->now_us) ? "open"
							  : "over";

	return arena_text(q->arena, bytes_of_text(state));
}

static Gateway__Grant *grant_answer(struct query *q, struct bytes id, const struct grant *row)
{
	static const Gateway__Grant init = GATEWAY__GRANT__INIT;
	Gateway__Grant *a = arena_alloc(q->arena, sizeof *a);

	*a = init;
	a->grant = pb_copy(q, id);
	a->role = (Gateway__Role)row->role;
	a->org = pb_copy(q, BYTES_OF(row->org));
	a->granted_us = row->granted_us;
	a->until_us = row->until_us;
	a->revoked_us = row->revoked_us;
	a->by = pb_copy(q, BYTES_OF(row->by));
	a->state = state_of_grant(row, q);
	return a;
}

static void add_grants(Gateway__AccountAnswer *a, struct bytes account, struct query *q)
{
	struct scan scan = scan_first(q->view, GRANT_OF, account, account);
	struct bytes key, val;

	a->grants = arena_alloc(q->arena, ROWS_OF_ONE * sizeof(Gateway__Grant *));
	while (a->n_grants < ROWS_OF_ONE && scan_next(&scan, &key, &val)) {
		struct bytes id = {key.data + ID_LEN, ID_LEN};
		struct grant row;

		if (grant_get(q->view, id, &row))
			a->grants[a->n_grants++] = grant_answer(q, id, &row);
	}
	scan_end(&scan);
}

/* The login, opened for those who may read names. */
static char *login_of(struct query *q, struct bytes account)
{
	struct bytes text;

	if (!(q->roles & (ROLE_SELF | ROLE_NAMES)) ||
	    !sealed_get(q->view, NAME, account, q->caps, q->arena, &text))
		return arena_text(q->arena, bytes_of_text(""));
	return arena_text(q->arena, text);
}

static Gateway__AccountAnswer *account_answer(struct query *q, struct bytes account,
					      const struct account *row)
{
	static const Gateway__AccountAnswer init = GATEWAY__ACCOUNT_ANSWER__INIT;
	Gateway__AccountAnswer *a = arena_alloc(q->arena, sizeof *a);
	struct bytes val, id = arena_copy(q->arena, account);

	*a = init;
	a->account = pb_of_bytes(id);
	a->login = login_of(q, id);
	a->educator = pb_copy(q, BYTES_OF(row->educator));
	a->assessor = pb_copy(q, BYTES_OF(row->assessor));
	a->language = arena_text(q->arena, bytes_of_text(row->language));
	a->opened_us = row->opened_us;
	a->signed_in_us = row->signed_in_us;
	a->closed = row->closed != 0;
	a->has_password = view_get(q->view, PASSWORD, id, &val);
	a->identities = row->identities;
	add_grants(a, id, q);
	return a;
}

/* The account that was asked for by one of its names. */
static bool account_asked(const Gateway__GetAccount *ask, struct query *q, struct bytes *id_r)
{
	struct bytes educator = bytes_of_pb(ask->educator);
	struct id login;

	*id_r = bytes_of_pb(ask->account);
	if (id_r->len > 0)
		return is_id(*id_r);
	if (is_id(educator))
		return account_by(q->view, BY_EDUCATOR, educator, id_r);
	login = login_hash(q->caps, ask->login);
	return ask->login[0] != '\0' && account_by(q->view, LOGIN, bytes_of_id(&login), id_r);
}

static Cairn__Status ask_account(const Gateway__Query *query, struct query *q)
{
	Gateway__Answer body = GATEWAY__ANSWER__INIT;
	struct account row;
	struct bytes id;

	if (!account_asked(query->get_account, q, &id) || !account_get(q->view, id, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such account");
	body.account = account_answer(q, id, &row);
	return reply_with(q, &body, GATEWAY__ANSWER__BODY_ACCOUNT);
}

/* Whether the account holds the role now, and for that organisation, where those were named. */
static bool account_fits(const Gateway__ListAccounts *ask, struct query *q, struct bytes account)
{
	struct bytes org = bytes_of_pb(ask->org), key, val;
	struct scan scan;
	bool fits = ask->role == 0 && org.len == 0;

	if (fits)
		return true;
	scan = scan_first(q->view, GRANT_OF, account, account);
	while (!fits && scan_next(&scan, &key, &val)) {
		struct grant row;

		fits = grant_get(q->view, (struct bytes){key.data + ID_LEN, ID_LEN}, &row) &&
		       grant_holds(&row, q->now_us) &&
		       (ask->role == 0 || row.role == (uint32_t)ask->role) &&
		       (org.len == 0 || bytes_equal(BYTES_OF(row.org), org));
	}
	if (fits)
		scan_end(&scan);
	return fits;
}

static void list_accounts(const Gateway__ListAccounts *ask, struct query *q,
			  Gateway__AccountList *list)
{
	uint32_t limit = limit_of(ask->limit);
	struct bytes key, val;
	struct key from = {0};
	unsigned looked_at = 0;
	struct scan scan;

	key_add(&from, bytes_of_pb(ask->after));
	if (ask->after.len > 0)
		key_add(&from, (struct bytes){(const uint8_t *)"", 1});
	list->accounts = arena_alloc(q->arena, limit * sizeof(Gateway__AccountAnswer *));
	scan = scan_first(q->view, ACCOUNT, BYTES_NONE, key_bytes(&from));
	while (scan_next(&scan, &key, &val)) {
		struct account row;

		if (account_get(q->view, key, &row) && account_fits(ask, q, key))
			list->accounts[list->n_accounts++] = account_answer(q, key, &row);
		if (list->n_accounts == limit || ++looked_at == ROWS_LOOKED_AT) {
			list->next = pb_copy(q, key);
			scan_end(&scan);
			return;
		}
	}
}

static Cairn__Status ask_accounts(const Gateway__Query *query, struct query *q)
{
	const Gateway__ListAccounts *ask = query->list_accounts;
	Gateway__AccountList list = GATEWAY__ACCOUNT_LIST__INIT;
	Gateway__Answer body = GATEWAY__ANSWER__INIT;

	if ((ask->after.len > 0 && !is_id(bytes_of_pb(ask->after))) ||
	    (ask->org.len > 0 && !is_id(bytes_of_pb(ask->org))))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "after, org: expected ids of 16 bytes, or nothing");
	list_accounts(ask, q, &list);
	body.accounts = &list;
	return reply_with(q, &body, GATEWAY__ANSWER__BODY_ACCOUNTS);
}

/* ---- the audit ---- */

static bool entry_fits(const Gateway__ListAccess *ask, const Gateway__AccessEntry *e)
{
	return (ask->what[0] == '\0' || strcmp(ask->what, e->what) == 0) &&
	       (ask->until_us == 0 || e->at_us < ask->until_us);
}

static void list_access(const Gateway__ListAccess *ask, struct query *q, Gateway__AccessList *list)
{
	struct access_scan scan = access_first(q->view, bytes_of_pb(ask->account), ask->before);
	uint32_t limit = limit_of(ask->limit);
	const Gateway__AccessEntry *entry;
	unsigned looked_at = 0;

	list->entries = arena_alloc(q->arena, limit * sizeof(Gateway__AccessEntry *));
	while ((entry = access_next(&scan, q->arena)) != NULL) {
		/* Newest first: what is older than asked for ends it. */
		if (entry->at_us < ask->from_us) {
			access_end(&scan);
			return;
		}
		if (entry_fits(ask, entry))
			list->entries[list->n_entries++] = (Gateway__AccessEntry *)(uintptr_t)entry;
		if (list->n_entries == limit || ++looked_at == ROWS_LOOKED_AT) {
			list->next = entry->seq;
			access_end(&scan);
			return;
		}
	}
}

static Cairn__Status ask_access(const Gateway__Query *query, struct query *q)
{
	const Gateway__ListAccess *ask = query->list_access;
	Gateway__AccessList list = GATEWAY__ACCESS_LIST__INIT;
	Gateway__Answer body = GATEWAY__ANSWER__INIT;

	if (ask->account.len > 0 && !is_id(bytes_of_pb(ask->account)))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "account: expected an id of 16 bytes, or nothing");
	list_access(ask, q, &list);
	body.access = &list;
	return reply_with(q, &body, GATEWAY__ANSWER__BODY_ACCESS);
}

/* ---- tokens ---- */

static Gateway__TokenAnswer *token_answer(struct query *q, const Gateway__TokenMade *token,
					  const struct token_state *state)
{
	static const Gateway__TokenAnswer init = GATEWAY__TOKEN_ANSWER__INIT;
	Gateway__TokenAnswer *a = arena_alloc(q->arena, sizeof *a);
	const char *word = state->revoked_us != 0                 ? "revoked"
			   : token_holds(token, state, q->now_us) ? "open"
								  : "over";

	*a = init;
	a->token = token->token;
	a->label = token->label;
	a->scopes = token->scopes;
	a->n_scopes = token->n_scopes;
	a->made_us = state->made_us;
	a->expires_us = token->expires_us;
	a->revoked_us = state->revoked_us;
	a->state = arena_text(q->arena, bytes_of_text(word));
	return a;
}

static void list_tokens(struct bytes account, struct query *q, Gateway__TokenList *list)
{
	struct scan scan = scan_first(q->view, TOKEN_OF, account, account);
	struct bytes key, val;

	list->tokens = arena_alloc(q->arena, ROWS_OF_ONE * sizeof(Gateway__TokenAnswer *));
	while (list->n_tokens < ROWS_OF_ONE && scan_next(&scan, &key, &val)) {
		struct token_state state;
		const Gateway__TokenMade *token = token_get(
			q->view, (struct bytes){key.data + ID_LEN, ID_LEN}, &state, q->arena);

		if (token != NULL)
			list->tokens[list->n_tokens++] = token_answer(q, token, &state);
	}
	scan_end(&scan);
}

static Cairn__Status ask_tokens(const Gateway__Query *query, struct query *q)
{
	Gateway__TokenList list = GATEWAY__TOKEN_LIST__INIT;
	Gateway__Answer body = GATEWAY__ANSWER__INIT;
	struct bytes account = bytes_of_pb(query->list_tokens->account);

	if (!is_id(account))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "account: expected an id of 16 bytes");
	list_tokens(account, q, &list);
	body.tokens = &list;
	return reply_with(q, &body, GATEWAY__ANSWER__BODY_TOKENS);
}

static const struct asked {
	ask_fn *ask;
	uint32_t roles;
} asked[] = {
	[GATEWAY__QUERY__BODY_GET_ACCOUNT] = {ask_account, ROLE_SELF | ROLE_OPERATOR},
	[GATEWAY__QUERY__BODY_LIST_ACCOUNTS] = {ask_accounts, ROLE_SELF | ROLE_OPERATOR},
	[GATEWAY__QUERY__BODY_LIST_ACCESS] = {ask_access, ROLE_SELF | ROLE_OPERATOR},
	[GATEWAY__QUERY__BODY_LIST_TOKENS] = {ask_tokens, ROLE_SELF | ROLE_OPERATOR},
	[GATEWAY__QUERY__BODY_LIST_CONNECTIONS] = {ask_connections, ROLE_SELF | ROLE_OPERATOR},
	[GATEWAY__QUERY__BODY_GET_PROFILE] = {ask_profile, ROLE_SELF},
};

Cairn__Status gateway_answer_query(const ProtobufCMessage *query, struct query *q)
{
	const Gateway__Query *ours = (const Gateway__Query *)query;

	return asked[ours->body_case].ask(ours, q);
}

uint32_t gateway_query_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(asked) ? asked[kind].roles : 0;
}
