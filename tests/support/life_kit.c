/* Commands of a credential's life, and the status lists. */
#include "tests/support/life_kit.h"

#include <string.h>

static void *kept(struct arena *arena, const void *message, size_t len)
{
	return memcpy(arena_alloc(arena, len), message, len);
}

/* The command of that kind; the bodies are pointers in one place. */
#define COMMAND(arena, kind, member, ask)                                                          \
	(&((Issuance__Command *)kept(                                                              \
		   arena,                                                                          \
		   &(Issuance__Command){                                                           \
			   .base = PROTOBUF_C_MESSAGE_INIT(&issuance__command__descriptor),        \
			   .body_case = ISSUANCE__COMMAND__BODY_##kind,                            \
			   .member = kept(arena, &(ask), sizeof(ask))},                            \
		   sizeof(Issuance__Command)))                                                     \
		  ->base)

const ProtobufCMessage *life_suspend(struct arena *arena, struct bytes credential)
{
	Issuance__Suspend ask = ISSUANCE__SUSPEND__INIT;

	ask.credential = pb_of_bytes(credential);
	ask.reason = ISSUANCE__LIFE_REASON__UNDER_REVIEW;
	return COMMAND(arena, SUSPEND, suspend, ask);
}

const ProtobufCMessage *life_reinstate(struct arena *arena, struct bytes credential)
{
	Issuance__Reinstate ask = ISSUANCE__REINSTATE__INIT;

	ask.credential = pb_of_bytes(credential);
	return COMMAND(arena, REINSTATE, reinstate, ask);
}

const ProtobufCMessage *life_propose(struct arena *arena, struct bytes credential,
				     Issuance__LifeReason reason)
{
	Issuance__ProposeRevocation ask = ISSUANCE__PROPOSE_REVOCATION__INIT;

	ask.credential = pb_of_bytes(credential);
	ask.reason = reason;
	return COMMAND(arena, PROPOSE_REVOCATION, propose_revocation, ask);
}

const ProtobufCMessage *life_confirm(struct arena *arena, struct bytes credential)
{
	Issuance__ConfirmRevocation ask = ISSUANCE__CONFIRM_REVOCATION__INIT;

	ask.credential = pb_of_bytes(credential);
	return COMMAND(arena, CONFIRM_REVOCATION, confirm_revocation, ask);
}

const ProtobufCMessage *life_withdraw(struct arena *arena, struct bytes credential)
{
	Issuance__WithdrawProposal ask = ISSUANCE__WITHDRAW_PROPOSAL__INIT;

	ask.credential = pb_of_bytes(credential);
	return COMMAND(arena, WITHDRAW_PROPOSAL, withdraw_proposal, ask);
}

const ProtobufCMessage *life_revoke(struct arena *arena, struct bytes credential,
				    Issuance__LifeReason reason, struct bytes by,
				    struct bytes second)
{
	Issuance__Revoke ask = ISSUANCE__REVOKE__INIT;

	ask.credential = pb_of_bytes(credential);
	ask.reason = reason;
	ask.by = pb_of_bytes(by);
	ask.second = pb_of_bytes(second);
	return COMMAND(arena, REVOKE, revoke, ask);
}

const ProtobufCMessage *life_reverse(struct arena *arena, struct bytes credential,
				     struct bytes renewed)
{
	Issuance__ReverseRevocation ask = ISSUANCE__REVERSE_REVOCATION__INIT;

	ask.credential = pb_of_bytes(credential);
	ask.renewed = pb_of_bytes(renewed);
	return COMMAND(arena, REVERSE_REVOCATION, reverse_revocation, ask);
}

const ProtobufCMessage *life_correct(struct arena *arena, struct bytes credential,
				     struct bytes corrected)
{
	Issuance__Correct ask = ISSUANCE__CORRECT__INIT;

	ask.credential = pb_of_bytes(credential);
	ask.corrected = pb_of_bytes(corrected);
	return COMMAND(arena, CORRECT, correct, ask);
}

const Issuance__StatusListAnswer *life_list(struct kit *k, uint32_t number)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetStatusList get = ISSUANCE__GET_STATUS_LIST__INIT;

	get.issuer = kit_issuer()->issuer;
	get.number = number;
	query.body_case = ISSUANCE__QUERY__BODY_GET_STATUS_LIST;
	query.get_status_list = &get;
	if (kit_ask(k, BYTES_NONE, &query.base) != CAIRN__STATUS__OK)
		return NULL;
	return ((const Issuance__Answer *)k->answer)->status_list;
}
