/* Links by which holders show credentials: listed to their holder, opened to whoever has one. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/tables_share.h"

#include <string.h>

#define SHARES_MAX 500

static const char *const states[] = {
	[SHARE_OPEN] = "open", [SHARE_OVER] = "over", [SHARE_WITHDRAWN] = "withdrawn"};

/* ---- tokens ---- */

/* What only whoever was given the link can know. It stands in no row and no event. */
static struct id secret_of(const struct query *q, struct bytes share)
{
	return lookup_hash(q->caps, "share", bytes_of_text(ID_STR(share)));
}

/* The share's id and its secret, 64 hex digits. */
static char *token_of(const struct query *q, struct bytes share)
{
	char *token = arena_alloc(q->arena, 4 * ID_LEN + 1);
	struct id secret = secret_of(q, share);

	hex_of_bytes(share, token);
	hex_of_bytes(bytes_of_id(&secret), token + (size_t)2 * ID_LEN);
	return token;
}

/* False: no token of ours. Compared as it was made, so that nothing is told by how long it takes.
 */
static bool share_of_token(const struct query *q, const char *token, struct id *share_r)
{
	uint8_t raw[2 * ID_LEN], differs = 0;
	struct id secret;

	if (!bytes_of_hex(token, raw, sizeof raw))
		return false;
	memcpy(share_r->b, raw, ID_LEN);
	secret = secret_of(q, bytes_of_id(share_r));
	for (size_t i = 0; i < ID_LEN; i++)
		differs |= (uint8_t)(secret.b[i] ^ raw[ID_LEN + i]);
	return differs == 0;
}

/* ---- answers ---- */

static Issuance__ShareAnswer *describe_share(const struct query *q, const struct share *share)
{
	Issuance__ShareAnswer *a = arena_alloc(q->arena, sizeof *a);

	issuance__share_answer__init(a);
	a->share = share->made->share;
	a->credential = share->made->credential;
	a->state = arena_text(q->arena, bytes_of_text(states[share_state(share, q->now_us)]));
	a->shared_us = share->shared_us;
	a->until_us = share->made->until_us;
	a->withdrawn_us = share->withdrawn_us;
	a->with_name = share->made->with_name;
	return a;
}

Cairn__Status list_shares(const Issuance__Query *query, struct query *q)
{
	const Issuance__ListShares *ask = query->list_shares;
	struct bytes educator = bytes_of_pb(ask->educator), after = BYTES_NONE;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__ShareList list = ISSUANCE__SHARE_LIST__INIT;
	struct share share;

	if (!is_id(educator))
		return query_refuse(q, CAIRN__STATUS__INVALID, "educator: 16 bytes are expected");
	if (!bytes_equal(bytes_of_id(&q->actor), educator) && !(q->roles & ROLE_OPERATOR))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "educator: links are told to their holder only");
	list.shares = arena_alloc(q->arena, SHARES_MAX * sizeof(Issuance__ShareAnswer *));
	while (list.n_shares < SHARES_MAX &&
	       share_next(q->view, educator, after, q->arena, &share)) {
		after = bytes_of_pb(share.made->share);
		if (ask->credential.len > 0 &&
		    !bytes_equal(bytes_of_pb(ask->credential), bytes_of_pb(share.made->credential)))
			continue;
		list.shares[list.n_shares] = describe_share(q, &share);
		list.shares[list.n_shares++]->token = token_of(q, after);
	}
	answer_message.body_case = ISSUANCE__ANSWER__BODY_SHARES;
	answer_message.shares = &list;
	return query_answer(q, &answer_message.base);
}

/* "" once erased. */
static char *name_of(const struct query *q, struct bytes educator)
{
	const Issuance__EducatorNoted *noted = educator_get(q->view, educator, q->arena);
	const Enrollment__Person *person;
	struct message_fault fault;
	struct bytes text;

	if (noted == NULL || noted->person == NULL ||
	    !unseal(q->caps, noted->person, q->arena, &text))
		return arena_text(q->arena, bytes_of_text(""));
	person = (const Enrollment__Person *)message_unpack(&enrollment__person__descriptor, text,
							    &EVENT_LIMITS, q->arena, &fault);
	return arena_text(q->arena, bytes_of_text(person != NULL ? person->name : ""));
}

static void show_credential(const struct query *q, const struct share *share,
			    Issuance__OpenedShare *opened)
{
	const Issuance__CredentialIssued *c =
		credential_get(q->view, bytes_of_pb(share->made->credential), q->arena);

	ENSURE(c != NULL); /* it was shared */
	opened->credential = credential_answer(q, c, true);
	opened->credential->educator = (ProtobufCBinaryData){0};
	opened->credential->decision = (ProtobufCBinaryData){0};
	opened->credential->proposed = ISSUANCE__LIFE_REASON__LIFE_REASON_UNSPECIFIED;
	opened->credential->proposed_by = (ProtobufCBinaryData){0};
	if (share->made->with_name)
		opened->holder = name_of(q, bytes_of_pb(c->educator));
}

Cairn__Status open_share(const Issuance__Query *query, struct query *q)
{
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__OpenedShare opened = ISSUANCE__OPENED_SHARE__INIT;
	struct share share;
	struct id id;

	if (!share_of_token(q, query->open_share->token, &id) ||
	    !share_get(q->view, bytes_of_id(&id), q->arena, &share))
		return query_refuse(q, CAIRN__STATUS__INVALID, "token: no such link");
	opened.share = describe_share(q, &share);
	if (share_state(&share, q->now_us) == SHARE_OPEN)
		show_credential(q, &share, &opened);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_OPENED_SHARE;
	answer_message.opened_share = &opened;
	return query_answer(q, &answer_message.base);
}
