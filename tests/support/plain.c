/* Looks through a message, whatever it is, for anything that people could read. */
#include "tests/support/plain.h"

#include <string.h>

static bool is_code(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
	       strlen(text);
}

static bool value_is_plain(const ProtobufCFieldDescriptor *field, const void *value,
			   const char **field_r)
{
	const ProtobufCMessage *inner;
	ProtobufCBinaryData data;
	const char *text;

	*field_r = field->name;
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&text, value, sizeof text);
		return is_code(text);
	case PROTOBUF_C_TYPE_BYTES:
		memcpy(&data, value, sizeof data);
		return data.len == 0 || data.len == 16 || data.len == 32;
	case PROTOBUF_C_TYPE_MESSAGE:
		memcpy(&inner, value, sizeof inner);
		return inner == NULL || message_is_plain(inner, field_r);
	default:
		return true; /* a number */
	}
}

static size_t size_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	default:
		return 0; /* numbers are not looked at */
	}
}

static bool list_is_plain(const ProtobufCFieldDescriptor *field, const uint8_t *m,
			  const char **field_r)
{
	const uint8_t *list;
	size_t n;

	memcpy(&n, m + field->quantifier_offset, sizeof n);
	memcpy(&list, m + field->offset, sizeof list);
	for (size_t i = 0; i < n; i++)
		if (!value_is_plain(field, list + i * size_of(field->type), field_r))
			return false;
	return true;
}

static bool is_set(const ProtobufCFieldDescriptor *field, const uint8_t *m)
{
	uint32_t set;

	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
		return true;
	memcpy(&set, m + field->quantifier_offset, sizeof set);
	return set == field->id;
}

bool message_is_plain(const ProtobufCMessage *m, const char **field_r)
{
	const uint8_t *base = (const uint8_t *)m;

	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &m->descriptor->fields[i];

		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			if (!list_is_plain(field, base, field_r))
				return false;
		} else if (is_set(field, base) &&
			   !value_is_plain(field, base + field->offset, field_r)) {
			return false;
		}
	}
	return true;
}
