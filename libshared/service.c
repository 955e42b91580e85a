/* Kinds of messages by their oneof, answers of queries, and the public stream's rows. */
#include "libshared/service.h"

#include "libshared/check.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const ProtobufCFieldDescriptor *first_of_oneof(const ProtobufCMessageDescriptor *outer)
{
	for (unsigned i = 0; i < outer->n_fields; i++)
		if ((outer->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
			return &outer->fields[i];
	return NULL;
}

uint32_t body_kind(const ProtobufCMessage *message)
{
	const ProtobufCFieldDescriptor *member = first_of_oneof(message->descriptor);
	uint32_t kind;

	if (member == NULL)
		return 0;
	memcpy(&kind, (const uint8_t *)message + member->quantifier_offset, sizeof kind);
	return kind;
}

const char *kind_name(const ProtobufCMessageDescriptor *outer, uint32_t kind)
{
	const ProtobufCFieldDescriptor *member =
		protobuf_c_message_descriptor_get_field(outer, kind);

	if (member == NULL || (member->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
		return NULL;
	return member->name;
}

Cairn__Status query_answer(struct query *q, const ProtobufCMessage *body)
{
	q->answer = message_pack(body, q->arena);
	return CAIRN__STATUS__OK;
}

Cairn__Status query_refuse(struct query *q, Cairn__Status status, const char *text)
{
	q->answer = BYTES_NONE;
	q->text = text;
	return status;
}

void public_append(struct txn *t, unsigned table, struct bytes row)
{
	AUTO(free_ptr) uint8_t *value = malloc(CHAIN_LEN + row.len);
	uint8_t before[CHAIN_LEN] = {0}, number[8], key[8];
	struct bytes last_key, last;
	crypto_generichash_state state;
	uint64_t seq = 1;

	ENSURE(value != NULL);
	if (view_last(txn_view(t), table, BYTES_NONE, &last_key, &last)) {
		if (last_key.len != sizeof key || last.len < CHAIN_LEN) {
			txn_fault(t, "public stream: a row that is none");
			return;
		}
		seq = get_u64_be(last_key.data) + 1;
		memcpy(before, last.data, CHAIN_LEN);
	}
	put_u64_le(number, seq);
	crypto_generichash_init(&state, NULL, 0, CHAIN_LEN);
	crypto_generichash_update(&state, before, sizeof before);
	crypto_generichash_update(&state, number, sizeof number);
	crypto_generichash_update(&state, row.data, row.len);
	crypto_generichash_final(&state, value, CHAIN_LEN);
	if (row.len > 0)
		memcpy(value + CHAIN_LEN, row.data, row.len);
	put_u64_be(key, seq);
	txn_append(t, table, BYTES_OF(key), (struct bytes){value, CHAIN_LEN + row.len});
}
