/* Kinds of messages by their oneof, answers of queries, and the public stream's rows. */
#include "libshared/service.h"

#include "libshared/check.h"
#include "libshared/fields.h"

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

/* Bytes that are no id: hashes, signatures of texts, and whole documents. */
static bool is_id_field(const ProtobufCFieldDescriptor *field)
{
	static const char *const others[] = {"facts", "key_list", "status_list", "signature"};
	size_t len = strlen(field->name), tail = strlen("sha256");

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strcmp(field->name, others[i]) == 0)
			return false;
	return field->type == PROTOBUF_C_TYPE_BYTES &&
	       (len < tail || strcmp(field->name + len - tail, "sha256") != 0);
}

static bool ids_are_sound(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field,
			  bool required)
{
	const void *value;
	size_t n = field_values(m, field, &value);

	for (size_t i = 0; i < n; i++, value = field_next(field, value)) {
		const ProtobufCBinaryData *id = value;

		if ((id->len > 0 || required) && !is_id(bytes_of_pb(*id)))
			return false;
	}
	return true;
}

/* The document that an event is about, which is its first field; NULL: the field is none. */
static const ProtobufCMessage *document_of(const ProtobufCMessage *body, bool *absent_r)
{
	const ProtobufCFieldDescriptor *field = body->descriptor->fields;
	const void *value;

	*absent_r = false;
	if (body->descriptor->n_fields == 0 || field->type != PROTOBUF_C_TYPE_MESSAGE ||
	    field->label == PROTOBUF_C_LABEL_REPEATED)
		return NULL;
	*absent_r = field_values(body, field, &value) == 0;
	return *absent_r ? NULL : *(const ProtobufCMessage *const *)value;
}

static bool body_is_sound(const ProtobufCMessage *body)
{
	bool first = true;

	for (unsigned f = 0; f < body->descriptor->n_fields; f++) {
		const ProtobufCFieldDescriptor *field = &body->descriptor->fields[f];

		if (!is_id_field(field))
			continue;
		if (!ids_are_sound(body, field, first))
			return false;
		first = false;
	}
	return true;
}

bool event_is_sound(const ProtobufCMessage *event)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field(event->descriptor, body_kind(event));
	const ProtobufCMessage *body, *document;
	const void *value;
	bool absent;

	if (field == NULL || field_values(event, field, &value) != 1)
		return false;
	body = *(const ProtobufCMessage *const *)value;
	document = document_of(body, &absent);
	return !absent && body_is_sound(body) && (document == NULL || body_is_sound(document));
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
